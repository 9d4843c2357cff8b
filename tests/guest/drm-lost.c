// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-lost: programs that wait for a GPU that goes away
 *
 * For a device whose fences stay (tests/system/modules/fencer.c). Without options, waits for
 * one fence, which somebody is to signal. With --go, waits in several ways until the
 * device is gone; each wait must end, with an error. Then holds the device's file and its
 * fences until a file PATH.file and then one PATH.fences exist: nothing of the driver may
 * be missing meanwhile.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <drm.h>
#include <virtgpu_drm.h>
#include <xf86drm.h>

#include "common.h"

#define LONG		90000			/* ms: so long nothing here waits */
#define IN		VIRTGPU_EXECBUF_FENCE_FD_IN
#define OUT		VIRTGPU_EXECBUF_FENCE_FD_OUT

static const char *node = DEFAULT_NODE, *go;

/* 0 or errno */
static int submit(int fd, __u32 flags, int *fence)
{
	struct drm_virtgpu_execbuffer execute = { .flags = flags, .fence_fd = *fence };

	if (drmIoctl(fd, DRM_IOCTL_VIRTGPU_EXECBUFFER, &execute))
		return errno;
	*fence = execute.fence_fd;
	return 0;
}

static int new_fence(int fd)
{
	int fence = -1, error = submit(fd, OUT, &fence);

	if (error)
		die("EXECBUFFER with a fence out: %s", errno_name(error));
	return fence;
}

static int merge(int one, int other)
{
	struct sync_merge_data arg = { .name = "both", .fd2 = other };

	if (ioctl(one, SYNC_IOC_MERGE, &arg))
		die("SYNC_IOC_MERGE: %s", errno_name(errno));
	return arg.fence;
}

/* 0: not signalled, 1: signalled, or -errno it is signalled with */
static int status_of(int fence)
{
	struct sync_file_info about = { 0 };

	if (ioctl(fence, SYNC_IOC_FILE_INFO, &about))
		die("SYNC_IOC_FILE_INFO: %s", errno_name(errno));
	return about.status;
}

/* ----------------------------------------------------------------- ways to wait */

/* The descriptors that all use; each function returns what its wait ended with */
static int the_fd, the_fence, both_fences;

static int wait_readable(int fence)
{
	struct pollfd poller = { .fd = fence, .events = POLLIN };
	bool readable = poll(&poller, 1, LONG) == 1 && poller.revents == POLLIN;

	return readable ? -status_of(fence) : ETIMEDOUT;
}

static int wait_poll(void)
{
	return wait_readable(the_fence);
}

static int wait_merged(void)
{
	return wait_readable(both_fences);
}

/* The host merges them, and its driver waits. */
static int wait_submit(void)
{
	int fence = both_fences;

	return submit(the_fd, IN | OUT, &fence);
}

static int wait_syncobj(void)
{
	struct drm_syncobj_create create = { 0 };
	struct drm_syncobj_wait wait = {
		.handles = (unsigned long)&create.handle,
		.count_handles = 1,
		.flags = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT,
		.timeout_nsec = (__s64)((now() + LONG) * 1e6),
	};

	if (drmIoctl(the_fd, DRM_IOCTL_SYNCOBJ_CREATE, &create))
		die("SYNCOBJ_CREATE: %s", errno_name(errno));
	return drmIoctl(the_fd, DRM_IOCTL_SYNCOBJ_WAIT, &wait) ? errno : 0;
}

static struct way {
	const char *name;
	int (*wait)(void);
	pthread_t thread;
	bool ended;
	int got;
} ways[] = {
	{ "poll() on a fence", wait_poll },
	{ "poll() on two that are merged", wait_merged },
	{ "EXECBUFFER with these in", wait_submit },
	{ "SYNCOBJ_WAIT for what is not submitted", wait_syncobj },
};

static void *run(void *arg)
{
	struct way *way = arg;

	way->got = way->wait();
	__atomic_store_n(&way->ended, true, __ATOMIC_RELEASE);
	return NULL;
}

static void start_all(void)
{
	size_t i;
	int early = 0;

	for (i = 0; i < ARRAY_SIZE(ways); i++)
		if (pthread_create(&ways[i].thread, NULL, run, &ways[i]))
			die("no thread");
	sleep(1);
	for (i = 0; i < ARRAY_SIZE(ways); i++)
		early += __atomic_load_n(&ways[i].ended, __ATOMIC_ACQUIRE);
	check(!early, "all wait");
	info("waiting");
}

static void end_all(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		pthread_join(ways[i].thread, NULL);
		check(ways[i].got == ENODEV, "%s: %s", ways[i].name, errno_name(ways[i].got));
	}
}

/* ------------------------------------------------------------------------- main */

static void until_told(const char *what)
{
	char path[256];

	snprintf(path, sizeof(path), "%s.%s", go, what);
	while (access(path, F_OK))
		usleep(50000);
}

static void run_until_gone(void)
{
	int other = new_fence(the_fd);

	the_fence = new_fence(the_fd);
	both_fences = merge(the_fence, other);
	start_all();
	end_all();
	check(status_of(other) == -ENODEV, "one that nobody waited for: %s",
	      errno_name(-status_of(other)));
	info("ended");
	until_told("file");
	close(the_fd);
	info("closed");
	until_told("fences");
	check(status_of(other) == -ENODEV, "a fence is what it was without the file");
}

static void run_until_signalled(void)
{
	int got;

	the_fence = new_fence(the_fd);
	check(!status_of(the_fence), "a new fence");
	info("waiting");
	got = wait_poll();
	check(got == -1, "is signalled, without an error: %d", got);
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "go", .text = &go, .help = "PATH: until the device is gone, and then these exist" },
	};

	parse_options(argc, argv, "Wait for a GPU that goes away.", options, ARRAY_SIZE(options));
	the_fd = open_drm(node);
	if (go)
		run_until_gone();
	else
		run_until_signalled();
	return failures() != 0;
}
