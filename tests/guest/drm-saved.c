// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-saved: a program whose guest is saved while it has a buffer of virtio_gpu mapped
 *
 * With --checked PATH, checks each time that this file exists that the buffer still has
 * what was written into it and that the device works, and removes the file. When the
 * device is gone, all must be as it is then: ENODEV, and the mapping is zeroes.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <drm.h>
#include <virtgpu_drm.h>
#include <xf86drm.h>

#include "common.h"

#define SIZE	(64 * 4096)
#define WORDS	(SIZE / sizeof(__u32))
#define STEP_US	50000
#define LONG	900000			/* ms; the debug kernel saves slowly */

static __u32 *map_buffer(int fd)
{
	/* A buffer of PIPE_BUFFER with PIPE_BIND_CUSTOM, as Mesa makes staging buffers */
	struct drm_virtgpu_resource_create make = {
		.format = 64, .bind = 1 << 17, .width = SIZE, .height = 1, .depth = 1,
		.array_size = 1, .size = SIZE,
	};
	struct drm_virtgpu_map where = {};
	void *words;

	if (drmIoctl(fd, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, &make))
		die("RESOURCE_CREATE: %s", errno_name(errno));
	where.handle = make.bo_handle;
	if (drmIoctl(fd, DRM_IOCTL_VIRTGPU_MAP, &where))
		die("MAP: %s", errno_name(errno));
	words = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, where.offset);
	if (words == MAP_FAILED)
		die("mmap: %s", errno_name(errno));
	return words;
}

/* 0 or errno */
static int ask(int fd)
{
	int value = 0;
	struct drm_virtgpu_getparam get = {
		.param = VIRTGPU_PARAM_3D_FEATURES, .value = (unsigned long)&value,
	};

	return drmIoctl(fd, DRM_IOCTL_VIRTGPU_GETPARAM, &get) ? errno : 0;
}

static __u32 pattern(size_t i)
{
	return 0x9e3779b9u * (i + 1);
}

/* How many words are not as they should be */
static size_t wrong_words(const volatile __u32 *words, bool lost)
{
	size_t i, wrong = 0;

	for (i = 0; i < WORDS; i++) {
		__u32 want = lost ? 0 : pattern(i), got = words[i];

		if (got != want && wrong++ < 4)
			info("word %#zx: %#x, not %#x; now %#x", i, got, want, words[i]);
	}
	info("%zu of %zu words are wrong", wrong, WORDS);
	return wrong;
}

int main(int argc, char **argv)
{
	const char *node = DEFAULT_NODE, *checked = NULL;
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "checked", .text = &checked, .help = "PATH: check, and remove it" },
	};
	double start = now();
	int fd, error = 0;
	__u32 *words;
	size_t i;

	parse_options(argc, argv, "Have a buffer mapped while the guest is saved.", options,
		      ARRAY_SIZE(options));
	fd = open_drm(node);
	words = map_buffer(fd);
	for (i = 0; i < WORDS; i++)
		words[i] = pattern(i);
	info("mapped");
	while (!error && now() - start < LONG) {
		if (checked && !access(checked, F_OK)) {
			check(!wrong_words(words, false), "the buffer is as it was");
			fflush(stdout);
			unlink(checked);
		}
		usleep(STEP_US);
		error = ask(fd);
	}
	check(error == ENODEV, "the device is gone: %s", errno_name(error));
	check(!wrong_words(words, true), "the mapping is zeroes");
	check(!touch(words, true), "it can be written");
	return failures() != 0;
}
