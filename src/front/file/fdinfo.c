// SPDX-License-Identifier: GPL-2.0-only
/*
 * fdinfo.c: what the host's driver says of a file, in /proc/PID/fdinfo
 *
 * Tools such as nvtop read there how much of the GPU a process uses. The host's
 * numbers, and its client ids, are the file's. Where the device is on a bus, is
 * the guest's.
 */
#include <linux/ctype.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/seq_file.h>

#include <drm/drm_file.h>

#include "front/call/call.h"
#include "front/file/fdinfo.h"
#include "front/file/file.h"
#include "front/front.h"

#define LONGEST_LINE	256u

/* The guest's kernel has said these itself, or does better. */
static const char * const not_the_hosts[] = {
	"pos", "flags", "mnt_id", "ino", "drm-pdev",
};

static bool is_key_char(char c)
{
	return isascii(c) && (isalnum(c) || strchr("-_.", c));
}

/* Return: the key's length if it is "key:" and printable text, 0 if not. */
static size_t check_line(const char *line, size_t len)
{
	size_t key = 0, i;

	if (len > LONGEST_LINE)
		return 0;
	while (key < len && is_key_char(line[key]))
		key++;
	if (key == len || line[key] != ':')
		return 0;
	for (i = key; i < len; i++)
		if (!isascii(line[i]) || (!isprint(line[i]) && line[i] != '\t'))
			return 0;
	return key;
}

static bool is_the_hosts(const char *line, size_t key)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(not_the_hosts); i++)
		if (strlen(not_the_hosts[i]) == key &&
		    !memcmp(not_the_hosts[i], line, key))
			return false;
	return true;
}

static void show_lines(struct seq_file *m, const char *text, const char *end)
{
	const char *next;
	size_t key;

	for (; text < end; text = next + 1) {
		next = memchr(text, '\n', end - text);
		if (!next)
			return;
		key = check_line(text, next - text);
		if (key && is_the_hosts(text, key))
			seq_write(m, text, next + 1 - text);
	}
}

/**
 * pvdrm_front_fdinfo() - file_operations.show_fdinfo
 * @m: where to
 * @fp: a file of ours
 *
 * Says nothing when the backend does not answer soon.
 */
void pvdrm_front_fdinfo(struct seq_file *m, struct file *fp)
{
	struct drm_file *drm_file = fp->private_data;
	struct drm_device *drm = drm_file->minor->dev;
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_FDINFO,
		.req.file = pvdrm_front_file_id(fp),
		.in_len = XENDRM_MAX_FDINFO,
		.wait = PVDRM_WAIT_BRIEF,
	};

	call.in = kvmalloc(call.in_len, GFP_KERNEL);
	if (!call.in)
		return;
	if (!pvdrm_front_call(pvdrm_drm_to_front(drm), &call) &&
	    !pvdrm_call_result(&call) && call.rsp.rsp_len) {
		show_lines(m, call.in, call.in + call.rsp.rsp_len);
		if (dev_is_pci(drm->dev))
			seq_printf(m, "drm-pdev:\t%s\n",
				   pci_name(to_pci_dev(drm->dev)));
	}
	kvfree(call.in);
}
