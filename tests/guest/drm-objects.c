// SPDX-License-Identifier: GPL-2.0-only
/*
 * Meet the limit of objects of a guest's device: max-objects, and memory of the host
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <drm.h>

#include "common.h"

#define PATIENCE	10000	/* ms */

static const char *node = DEFAULT_NODE;
static int max_objects;
static bool is_short;

static int call(int fd, unsigned long cmd, void *arg)
{
	return ioctl(fd, cmd, arg) ? errno : 0;
}

static int destroy(int fd, __u32 handle)
{
	struct drm_syncobj_destroy arg = { .handle = handle };

	return call(fd, DRM_IOCTL_SYNCOBJ_DESTROY, &arg);
}

/* Return: how many it was before an error, which is in @error. */
static int make(int fd, __u32 *handles, int most, int *error)
{
	struct drm_syncobj_create arg;
	int n;

	for (n = 0; n < most; n++) {
		arg = (struct drm_syncobj_create){ 0 };
		*error = call(fd, DRM_IOCTL_SYNCOBJ_CREATE, &arg);
		if (*error)
			return n;
		handles[n] = arg.handle;
	}
	return n;
}

/* What a program frees by close() is free a moment later. */
static void expect(const char *when, int fd, __u32 *handles, int want)
{
	double end = now() + PATIENCE;
	int error = 0, n = 0;

	do {
		n += make(fd, handles + n, want + 1 - n, &error);
	} while (n < want && now() < end && !usleep(20000));
	check(n == want && error == ENOMEM, "%s: %d objects, then %s", when, n, errno_name(error));
}

/* A descriptor counts beside what it stands for. */
static void test_descriptor(int fd, __u32 handle)
{
	struct drm_syncobj_handle arg = { .handle = handle, .fd = -1 };
	int error = call(fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &arg);

	check(error == ENOMEM, "no room for a descriptor: %s", errno_name(error));
}

/* What is freed may be made again, in one file or several. */
static void test_objects(void)
{
	__u32 *handles = calloc(max_objects + 1, sizeof(*handles));
	int fd = open_drm(node), other = open_drm(node), i, bad = 0;

	if (!handles)
		die("no memory");
	expect("at first", fd, handles, max_objects);
	expect("in another file", other, handles + max_objects, 0);
	test_descriptor(fd, handles[0]);
	for (i = 0; i < max_objects / 2; i++)
		bad += destroy(fd, handles[i]) != 0;
	check(!bad, "half are freed");
	check(destroy(fd, handles[0]) == EINVAL, "one is freed twice");
	expect("then", other, handles, max_objects / 2);
	close(fd);
	expect("after the first file is closed", other, handles, max_objects - max_objects / 2);
	close(other);
	free(handles);
}

/* What takes memory fails, and what frees some does not. */
static void test_short(void)
{
	__u64 point = 1;
	__u32 handle = 1;
	struct drm_syncobj_timeline_array signal = {
		.handles = (__u64)(unsigned long)&handle,
		.points = (__u64)(unsigned long)&point, .count_handles = 1,
	};
	int fd = open_drm(node), error = 0;

	check(!make(fd, &handle, 1, &error) && error == ENOMEM, "short: a syncobj: %s",
	      errno_name(error));
	error = call(fd, DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL, &signal);
	check(error == ENOMEM, "short: a point: %s", errno_name(error));
	error = destroy(fd, handle);
	check(error == EINVAL, "short: what frees: %s", errno_name(error));
	close(fd);
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node" },
		{ "objects", .number = &max_objects, .help = "max-objects" },
		{ "short", .flag = &is_short, .help = "the host is short of memory" },
	};

	parse_options(argc, argv, "Meet the limit of objects", options, ARRAY_SIZE(options));
	if (max_objects)
		test_objects();
	if (is_short)
		test_short();
	return failures() != 0;
}
