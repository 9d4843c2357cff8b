// SPDX-License-Identifier: GPL-2.0-only
/*
 * Closing handles, which the guest does without waiting for the host
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "common.h"
#include "ioctls.h"

#define HANDLES	300		/* more than requests may be outstanding */
#define THREADS	2
#define EACH_OF		8		/* dom0 slows down guests whose calls fail often */

static __u32 handles[HANDLES];
static int file;
static atomic_int closed;

int gem_close(int fd, __u32 handle)
{
	struct drm_gem_close arg = { .handle = handle };

	return call(fd, DRM_IOCTL_GEM_CLOSE, &arg);
}

static void make_all(int fd, __u32 (*make)(int fd))
{
	int i;

	for (i = 0; i < HANDLES; i++)
		handles[i] = make(fd);
}

/* Close some handles. Return: how many calls returned something else. */
static int wrong_closes(int fd, int wanted, int step)
{
	int i, count = 0;

	for (i = 0; i < HANDLES; i += step)
		count += gem_close(fd, handles[i]) != wanted;
	return count;
}

static void *close_all(void *unused)
{
	(void)unused;
	closed += HANDLES - wrong_closes(file, 0, 1);
	return NULL;
}

void test_closes(int fd, __u32 (*make)(int fd))
{
	pthread_t threads[THREADS];
	int i;

	make_all(fd, make);
	check(!wrong_closes(fd, 0, 1), "all handles are closed");
	check(!wrong_closes(fd, EINVAL, EACH_OF), "none is closed twice");

	/* The host gives the lowest free one: it must have closed all by then. */
	make_all(fd, make);
	for (i = 0; i < HANDLES; i++) {
		__u32 old = handles[i];

		gem_close(fd, old);
		handles[i] = make(fd);
		if (handles[i] != old)
			break;
	}
	check(i == HANDLES, "each handle that is closed is given out again");

	file = fd;
	closed = 0;
	for (i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, close_all, NULL))
			die("no thread");
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	check(closed == HANDLES, "of several threads one closes each handle");
	check(!wrong_closes(fd, EINVAL, EACH_OF), "none is left");
}
