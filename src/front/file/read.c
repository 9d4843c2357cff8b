// SPDX-License-Identifier: GPL-2.0-only
/*
 * read.c: a file's DRM events: poll() and read()
 *
 * Events stay in the host's file until a program reads them, so that the host
 * driver's bound on unread ones is the one that programs meet. From the first
 * look at a file on, the backend tells when it has events, each time once. That
 * and its answers may overtake each other: both have numbers.
 */
#include <linux/fs.h>
#include <linux/pagemap.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <drm/drm_file.h>

#include "front/call/call.h"
#include "front/call/ring.h"
#include "front/file/file.h"
#include "front/file/read.h"
#include "front/front.h"

static bool is_later(u32 seq, u32 than)
{
	return (s32)(seq - than) > 0;
}

static bool is_readable(const struct pvdrm_front_file *file)
{
	return is_later(READ_ONCE(file->told), READ_ONCE(file->empty));
}

/**
 * pvdrm_front_file_readable() - the backend tells that a file has events
 * @front: the connection
 * @id: the backend's id of the file, which may be closed by now
 * @seq: see struct xendrm_read
 */
void pvdrm_front_file_readable(struct pvdrm_front *front, u32 id, u32 seq)
{
	struct pvdrm_front_file *file;

	xa_lock_irq(&front->files);
	file = xa_load(&front->files, id);
	if (file && is_later(seq, file->told)) {
		WRITE_ONCE(file->told, seq);
		if (is_readable(file))
			wake_up_poll(&file->wait, EPOLLIN | EPOLLRDNORM);
	}
	xa_unlock_irq(&front->files);
}

/**
 * pvdrm_front_files_disconnect() - the connection dies: nobody waits for events any more
 * @front: the connection, locked
 */
void pvdrm_front_files_disconnect(struct pvdrm_front *front)
{
	struct pvdrm_front_file *file;
	unsigned long id;

	xa_lock(&front->files);
	xa_for_each(&front->files, id, file)
		wake_up_poll(&file->wait, EPOLLERR | EPOLLHUP);
	xa_unlock(&front->files);
}

static void note_answer(struct pvdrm_front *front,
			struct pvdrm_front_file *file,
			const struct xendrm_read *head)
{
	u32 *what = head->readable ? &file->told : &file->empty;

	xa_lock_irq(&front->files);
	if (is_later(head->seq, *what))
		WRITE_ONCE(*what, head->seq);
	WRITE_ONCE(file->watched, true);
	if (is_readable(file))
		wake_up_poll(&file->wait, EPOLLIN | EPOLLRDNORM);
	xa_unlock_irq(&front->files);
}

/* Return: %NULL, or the rule that the backend broke. */
static const char *check_answer(const struct pvdrm_call *call,
				const struct xendrm_read *head)
{
	const void *at = head + 1, *end;
	struct drm_event event;

	if (call->rsp.rsp_len < sizeof(*head) || head->readable > 1 ||
	    call->rsp.status != call->rsp.rsp_len - sizeof(*head))
		return "READ answered with the wrong payload";
	for (end = at + call->rsp.status; at < end; at += event.length) {
		if (end - at < sizeof(event))
			return "READ answered with half an event";
		memcpy(&event, at, sizeof(event));
		if (event.length < sizeof(event) || event.length > end - at)
			return "READ answered with half an event";
	}
	return NULL;
}

/* @answer: room for as many bytes of events. Return: bytes there are, or -errno */
static int request_read(struct pvdrm_front *front,
			struct pvdrm_front_file *file,
			struct xendrm_read *answer, u32 count)
{
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_READ,
		.req.file = file->id,
		.in = answer,
		.in_len = sizeof(*answer) + count,
		.wait = PVDRM_WAIT_KILL,
	};
	const char *why;
	int ret;

	ret = pvdrm_front_call(front, &call);
	if (ret)
		return ret;
	ret = pvdrm_call_result(&call);
	if (ret < 0)
		return ret;
	why = check_answer(&call, answer);
	if (why) {
		pvdrm_front_fail(front, why);
		return -EPROTO;
	}
	note_answer(front, file, answer);
	return ret;
}

static int ask(struct pvdrm_front *front, struct pvdrm_front_file *file)
{
	struct xendrm_read answer;
	int ret;

	do {
		ret = request_read(front, file, &answer, 0);
	} while (pvdrm_call_again(ret));
	/* A backend that knows no events has none to tell of. */
	if (ret == -XENDRM_ENOTSUPP)
		WRITE_ONCE(file->watched, true);
	return ret;
}

/**
 * pvdrm_front_poll() - file_operations.poll
 * @fp: a file of ours
 * @table: who waits
 *
 * The first look at a file asks the backend.
 *
 * Return: what can be done with the file now. One of a lost device can be read,
 * which fails.
 */
__poll_t pvdrm_front_poll(struct file *fp, struct poll_table_struct *table)
{
	struct drm_file *drm_file = fp->private_data;
	struct pvdrm_front *front = pvdrm_drm_to_front(drm_file->minor->dev);
	struct pvdrm_front_file *file = pvdrm_front_file_of(fp);

	poll_wait(fp, &file->wait, table);
	if (!READ_ONCE(file->watched))
		ask(front, file);
	if (READ_ONCE(front->dead))
		return EPOLLIN | EPOLLRDNORM | EPOLLERR | EPOLLHUP;
	return is_readable(file) ? EPOLLIN | EPOLLRDNORM : 0;
}

/* Once, without waiting for events. -EAGAIN: there are none. */
static ssize_t read_now(struct pvdrm_front *front,
			struct pvdrm_front_file *file, char __user *to,
			size_t count, struct xendrm_read *answer)
{
	/* What the host has handed out cannot be put back. */
	size_t room = count - fault_in_writeable(to, count);
	int ret;

	ret = request_read(front, file, answer, room);
	if (ret > 0 && copy_to_user(to, answer + 1, ret))
		return -EFAULT;
	if (ret)
		return ret == -XENDRM_ENOTSUPP ? -EAGAIN : ret;
	if (!answer->readable)
		return -EAGAIN;
	return room < count ? -EFAULT : 0; /* the event takes more room */
}

static int wait_readable(struct pvdrm_front *front,
			 struct pvdrm_front_file *file)
{
	return wait_event_interruptible(file->wait,
					is_readable(file) ||
					READ_ONCE(front->dead));
}

/**
 * pvdrm_front_read() - file_operations.read
 * @fp: a file of ours
 * @to: the program's memory
 * @count: its bytes
 * @pos: not looked at
 *
 * As drm_read(): whole events only.
 *
 * Return: bytes of events, or an errno.
 */
ssize_t pvdrm_front_read(struct file *fp, char __user *to, size_t count,
			 loff_t *pos)
{
	struct drm_file *drm_file = fp->private_data;
	struct pvdrm_front *front = pvdrm_drm_to_front(drm_file->minor->dev);
	struct pvdrm_front_file *file = pvdrm_front_file_of(fp);
	struct xendrm_read *answer;
	ssize_t ret;

	count = min_t(size_t, count, XENDRM_MAX_READ);
	answer = kmalloc(sizeof(*answer) + count, GFP_KERNEL);
	if (!answer)
		return -ENOMEM;
	for (;;) {
		ret = read_now(front, file, to, count, answer);
		if (pvdrm_call_again(ret))
			continue;
		if (ret != -EAGAIN || fp->f_flags & O_NONBLOCK)
			break;
		ret = wait_readable(front, file);
		if (ret)
			break;
	}
	kfree(answer);
	return ret;
}
