// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-paused: a program that waits in several ways while its guest is paused
 *
 * For a device whose fences stay (tests/system/modules/fencer.c). Somebody pauses the guest
 * for 6 seconds once it says "waiting", and has the device signal its fences meanwhile.
 *
 * The guest's clock goes on. So a time that comes meanwhile is over at once afterwards, and a
 * later one comes when it would have come.
 */
#include <errno.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <drm.h>
#include <virtgpu_drm.h>
#include <xf86drm.h>

#include "common.h"

#define EARLY		3000		/* ms: while it is paused, and after that */
#define LATE		14000
#define SLACK		4000		/* less than it is paused */
#define LONG		90000

static const char *node = DEFAULT_NODE;
static int fd, fence, merged;

static int new_fence(void)
{
	struct drm_virtgpu_execbuffer execute = {
		.flags = VIRTGPU_EXECBUF_FENCE_FD_OUT, .fence_fd = -1,
	};

	if (drmIoctl(fd, DRM_IOCTL_VIRTGPU_EXECBUFFER, &execute))
		die("EXECBUFFER: %s", errno_name(errno));
	return execute.fence_fd;
}

/* Return: 0 if it is signalled, ETIME, or an error it is signalled with */
static int wait_fence(int which, int ms)
{
	struct pollfd poller = { .fd = which, .events = POLLIN };
	struct sync_file_info about = { .status = -ETIME };

	if (poll(&poller, 1, ms) == 1)
		ioctl(which, SYNC_IOC_FILE_INFO, &about);
	return about.status == 1 ? 0 : -about.status;
}

/* For what is never submitted */
static int wait_syncobj(int ms)
{
	struct drm_syncobj_create create = { 0 };
	struct drm_syncobj_wait wait = {
		.handles = (unsigned long)&create.handle,
		.count_handles = 1,
		.flags = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT,
		.timeout_nsec = (__s64)((now() + ms) * 1e6),
	};

	if (drmIoctl(fd, DRM_IOCTL_SYNCOBJ_CREATE, &create))
		die("SYNCOBJ_CREATE: %s", errno_name(errno));
	return drmIoctl(fd, DRM_IOCTL_SYNCOBJ_WAIT, &wait) ? errno : 0;
}

static int poll_fence(void) { return wait_fence(fence, LONG); }
static int poll_merged(void) { return wait_fence(merged, LONG); }
static int syncobj_early(void) { return wait_syncobj(EARLY); }
static int syncobj_late(void) { return wait_syncobj(LATE); }

/* Of the host's driver, in an ioctl of this program */
static int submit_merged(void)
{
	struct drm_virtgpu_execbuffer execute = {
		.flags = VIRTGPU_EXECBUF_FENCE_FD_IN | VIRTGPU_EXECBUF_FENCE_FD_OUT,
		.fence_fd = merged,
	};

	return drmIoctl(fd, DRM_IOCTL_VIRTGPU_EXECBUFFER, &execute) ? errno : 0;
}

static struct way {
	const char *name;
	int (*wait)(void);
	int error;		/* that it ends with */
	int least, most;	/* ms that it takes */
	pthread_t thread;
	double took;
	int got;
} ways[] = {
	{ "poll() on a fence", poll_fence, 0, 1000, LATE },
	{ "poll() on two that are merged", poll_merged, 0, 1000, LATE },
	{ "EXECBUFFER with these in", submit_merged, 0, 1000, LATE },
	{ "SYNCOBJ_WAIT that ends meanwhile", syncobj_early, ETIME, EARLY, LATE - SLACK },
	{ "SYNCOBJ_WAIT that ends later", syncobj_late, ETIME, LATE - 100, LATE + SLACK },
};

static void *run(void *arg)
{
	struct way *way = arg;
	double begin = now();

	way->got = way->wait();
	way->took = now() - begin;
	return NULL;
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
	};
	struct sync_merge_data merge = { .name = "both" };
	size_t i;

	parse_options(argc, argv, "Wait while the guest is paused.", options, ARRAY_SIZE(options));
	fd = open_drm(node);
	fence = new_fence();
	merge.fd2 = new_fence();
	if (ioctl(fence, SYNC_IOC_MERGE, &merge))
		die("SYNC_IOC_MERGE: %s", errno_name(errno));
	merged = merge.fence;
	for (i = 0; i < ARRAY_SIZE(ways); i++)
		if (pthread_create(&ways[i].thread, NULL, run, &ways[i]))
			die("no thread");
	sleep(1);
	info("waiting");
	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		const struct way *way = &ways[i];

		pthread_join(way->thread, NULL);
		check(way->got == way->error, "%s: %s", way->name, errno_name(way->got));
		check(way->took >= way->least && way->took < way->most, "%s: after %.0f ms, of %d to %d",
		      way->name, way->took, way->least, way->most);
	}
	return failures() != 0;
}
