// SPDX-License-Identifier: GPL-2.0-only
/*
 * Synchronization objects: handles, states, points, times
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "common.h"
#include "ioctls.h"

#define MANY		4096	/* handles: 16 KiB of them */

static long long clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

__u32 syncobj_create(int fd, __u32 flags)
{
	struct drm_syncobj_create create = { .flags = flags };
	int error = call(fd, DRM_IOCTL_SYNCOBJ_CREATE, &create);

	if (error)
		die("SYNCOBJ_CREATE: %s", errno_name(error));
	return create.handle;
}

int syncobj_destroy(int fd, __u32 handle)
{
	struct drm_syncobj_destroy destroy = { .handle = handle };

	return call(fd, DRM_IOCTL_SYNCOBJ_DESTROY, &destroy);
}

/* @ns: from now on; LLONG_MAX: for ever */
int syncobj_wait(int fd, const __u32 *handles, __u32 count, long long ns, __u32 flags)
{
	struct drm_syncobj_wait wait = {
		.handles = (unsigned long)handles,
		.count_handles = count,
		.timeout_nsec = ns == LLONG_MAX ? ns : clock_ns() + ns,
		.flags = flags,
	};

	return call(fd, DRM_IOCTL_SYNCOBJ_WAIT, &wait);
}

int syncobj_signal(int fd, __u32 handle)
{
	struct drm_syncobj_array array = {
		.handles = (unsigned long)&handle,
		.count_handles = 1,
	};

	return call(fd, DRM_IOCTL_SYNCOBJ_SIGNAL, &array);
}

static void test_handles(int fd)
{
	struct drm_syncobj_create create = { .flags = ~0u };
	struct drm_syncobj_destroy padded = { .pad = 1 };
	int other = open_drm(node);
	__u32 handle;

	expect("SYNCOBJ_CREATE with unknown flags", call(fd, DRM_IOCTL_SYNCOBJ_CREATE, &create),
	       EINVAL);
	handle = syncobj_create(fd, 0);
	check(handle, "SYNCOBJ_CREATE gives a handle");
	padded.handle = handle;
	observe("SYNCOBJ_DESTROY with padding set", call(fd, DRM_IOCTL_SYNCOBJ_DESTROY, &padded));
	expect("SYNCOBJ_DESTROY in another file", syncobj_destroy(other, handle), EINVAL);
	expect("a wait in another file", syncobj_wait(other, &handle, 1, 0, 0), ENOENT);
	expect("SYNCOBJ_DESTROY", syncobj_destroy(fd, handle), 0);
	expect("SYNCOBJ_DESTROY again", syncobj_destroy(fd, handle), EINVAL);
	expect("a wait for a handle that is gone", syncobj_wait(fd, &handle, 1, 0, 0), ENOENT);
	close(other);
}

static void test_states(int fd)
{
	const __u32 signalled = DRM_SYNCOBJ_CREATE_SIGNALED;
	__u32 handle[2] = { syncobj_create(fd, 0), syncobj_create(fd, signalled) };
	const __u32 all = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_ALL;
	struct drm_syncobj_wait wait = {
		.handles = (unsigned long)handle,
		.count_handles = 2,
		.flags = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT,
		.first_signaled = 99,
	};
	struct drm_syncobj_array reset = { .handles = (unsigned long)handle, .count_handles = 2 };

	expect("a wait for one that has no fence", syncobj_wait(fd, handle, 1, 0, 0), EINVAL);
	expect("a wait for one that is signalled", syncobj_wait(fd, handle + 1, 1, 0, 0), 0);
	expect("a wait for either", call(fd, DRM_IOCTL_SYNCOBJ_WAIT, &wait), 0);
	check(wait.first_signaled == 1, "the second was first");
	expect("a wait for both, with time over",
	       syncobj_wait(fd, handle, 2, 0, all | DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT), ETIME);
	expect("SYNCOBJ_SIGNAL", syncobj_signal(fd, handle[0]), 0);
	expect("a wait for both", syncobj_wait(fd, handle, 2, 0, all), 0);
	expect("SYNCOBJ_RESET", call(fd, DRM_IOCTL_SYNCOBJ_RESET, &reset), 0);
	expect("a wait after that", syncobj_wait(fd, handle, 2, 0, 0), EINVAL);
	reset.count_handles = 0;
	expect("SYNCOBJ_RESET of none", call(fd, DRM_IOCTL_SYNCOBJ_RESET, &reset), EINVAL);
	observe("a wait for none", syncobj_wait(fd, handle, 0, 0, 0));
	expect("a wait with unknown flags", syncobj_wait(fd, handle, 1, 0, 1u << 30), EINVAL);
	syncobj_destroy(fd, handle[0]);
	syncobj_destroy(fd, handle[1]);
}

static int query(int fd, __u32 handle, __u64 *point)
{
	struct drm_syncobj_timeline_array array = {
		.handles = (unsigned long)&handle,
		.points = (unsigned long)point,
		.count_handles = 1,
	};

	return call(fd, DRM_IOCTL_SYNCOBJ_QUERY, &array);
}

static int signal_point(int fd, __u32 handle, __u64 point)
{
	struct drm_syncobj_timeline_array array = {
		.handles = (unsigned long)&handle,
		.points = (unsigned long)&point,
		.count_handles = 1,
	};

	return call(fd, DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL, &array);
}

static int wait_point(int fd, __u32 handle, __u64 point, long long ns, __u32 flags)
{
	struct drm_syncobj_timeline_wait wait = {
		.handles = (unsigned long)&handle,
		.points = (unsigned long)&point,
		.timeout_nsec = clock_ns() + ns,
		.count_handles = 1,
		.flags = flags,
	};

	return call(fd, DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, &wait);
}

static void test_timeline(int fd)
{
	__u32 handle = syncobj_create(fd, 0), copy = syncobj_create(fd, 0);
	struct drm_syncobj_transfer transfer = {
		.src_handle = handle,
		.dst_handle = copy,
		.src_point = 5,
		.dst_point = 2,
	};
	__u64 point = 99;

	expect("SYNCOBJ_QUERY", query(fd, handle, &point), 0);
	check(point == 0, "a new timeline is at 0");
	expect("SYNCOBJ_TIMELINE_SIGNAL of 5", signal_point(fd, handle, 5), 0);
	expect("SYNCOBJ_QUERY", query(fd, handle, &point), 0);
	check(point == 5, "then it is at 5");
	expect("a wait for 3", wait_point(fd, handle, 3, 0, 0), 0);
	observe("a wait for 7", wait_point(fd, handle, 7, 0, 0));
	expect("a wait until 7 is submitted, with time over",
	       wait_point(fd, handle, 7, 20 * MS, DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT), ETIME);
	expect("SYNCOBJ_TRANSFER", call(fd, DRM_IOCTL_SYNCOBJ_TRANSFER, &transfer), 0);
	expect("SYNCOBJ_QUERY of the copy", query(fd, copy, &point), 0);
	check(point == 2, "the copy is at 2");
	expect("SYNCOBJ_QUERY into nowhere", query(fd, handle, NULL), EFAULT);
	expect("SYNCOBJ_QUERY of nobody", query(fd, 0x7ffffff, &point), ENOENT);
	syncobj_destroy(fd, handle);
	syncobj_destroy(fd, copy);
}

static void test_many(int fd)
{
	__u32 *handles = malloc(MANY * sizeof(*handles));
	struct drm_syncobj_array array = {
		.handles = (unsigned long)handles,
		.count_handles = MANY,
	};
	__u32 i, one = syncobj_create(fd, 0), last = syncobj_create(fd, 0);

	for (i = 0; i < MANY; i++)
		handles[i] = one;
	handles[MANY - 1] = last;
	expect("SYNCOBJ_SIGNAL of 4096", call(fd, DRM_IOCTL_SYNCOBJ_SIGNAL, &array), 0);
	expect("a wait for 4096",
	       syncobj_wait(fd, handles, MANY, 0, DRM_SYNCOBJ_WAIT_FLAGS_WAIT_ALL), 0);
	handles[MANY / 2] = 0x7ffffff;
	expect("SYNCOBJ_RESET of 4096 with one that isn't there",
	       call(fd, DRM_IOCTL_SYNCOBJ_RESET, &array), ENOENT);
	array.handles = (unsigned long)no_access_page();
	expect("SYNCOBJ_SIGNAL of handles nobody can read",
	       call(fd, DRM_IOCTL_SYNCOBJ_SIGNAL, &array), EFAULT);
	array.handles = 0;
	expect("SYNCOBJ_SIGNAL of handles at NULL", call(fd, DRM_IOCTL_SYNCOBJ_SIGNAL, &array),
	       EFAULT);
	if (in_guest()) {
		/* Natively this is a matter of memory; PVDRM has a limit. */
		array.count_handles = 0x10000000;
		array.handles = (unsigned long)handles;
		check(call(fd, DRM_IOCTL_SYNCOBJ_SIGNAL, &array) == E2BIG, "too many are too many");
	} else {
		check(true, "too many are too many");
	}
	syncobj_destroy(fd, one);
	syncobj_destroy(fd, last);
	free(handles);
}

void test_syncobjs(int fd)
{
	test_handles(fd);
	test_states(fd);
	test_timeline(fd);
	test_many(fd);
}

/* A wait that times out takes as long as it should, by the caller's clock. */
static void timed(int fd, __u32 handle, long long ms)
{
	double begin = now(), took;
	int got = syncobj_wait(fd, &handle, 1, ms * MS, DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT);

	took = now() - begin;
	/* More on a busy machine, and less: see timed() of syncobj-wait.c. */
	info("a wait of %lld ms took %.3f ms", ms, took);
	check(got == ETIME && took >= ms / 2 && took < ms + 20000, "a wait of %lld ms takes that long",
	      ms);
}

void test_waits(int fd)
{
	__u32 handle = syncobj_create(fd, 0), flags = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT;
	struct drm_syncobj_wait wait = {
		.handles = (unsigned long)&handle,
		.count_handles = 1,
		.flags = flags,
	};

	timed(fd, handle, 50);
	timed(fd, handle, 300);
	wait.timeout_nsec = LLONG_MIN;
	expect("a wait until long ago", call(fd, DRM_IOCTL_SYNCOBJ_WAIT, &wait), ETIME);
	wait.timeout_nsec = -1;
	expect("a wait until time -1", call(fd, DRM_IOCTL_SYNCOBJ_WAIT, &wait), ETIME);
	wait.timeout_nsec = 1;
	expect("a wait until just after the start", call(fd, DRM_IOCTL_SYNCOBJ_WAIT, &wait), ETIME);
	syncobj_signal(fd, handle);
	wait.timeout_nsec = LLONG_MAX;
	expect("a wait for ever for what is signalled", call(fd, DRM_IOCTL_SYNCOBJ_WAIT, &wait), 0);
	syncobj_destroy(fd, handle);
}
