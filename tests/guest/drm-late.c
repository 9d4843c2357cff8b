// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-late: a submission that the host refuses after the program has gone on
 *
 * In a guest: submits, while the serving process in dom0 can open no descriptor, and a
 * fence takes one. The first submission that meets this was accepted: its fence fails,
 * its syncobj is signalled, and the next submission fails. Those after it are waited for,
 * and fail at once.
 *
 * In dom0, with --starve: sees to that for some seconds.
 */
#include <errno.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <drm.h>

#include "common.h"
#include "uapi/newest/virtgpu_drm.h"

#define PATIENCE	20000		/* ms */
#define PAUSE		20		/* ms */

static const char *node = DEFAULT_NODE;
static int starved, seconds = 4, unsignalled;
static __u32 syncobj;

/* Return: 0 or errno. @fence: of commands that do nothing, as is @syncobj's */
static int submit(int fd, int *fence)
{
	static const __u32 commands[64];
	struct drm_virtgpu_execbuffer_syncobj out = { .handle = syncobj };
	struct drm_virtgpu_execbuffer execute = {
		.flags = VIRTGPU_EXECBUF_FENCE_FD_OUT,
		.size = sizeof(commands),
		.command = (unsigned long)commands,
		.fence_fd = -1,
		.syncobj_stride = sizeof(out),
		.num_out_syncobjs = 1,
		.out_syncobjs = (unsigned long)&out,
	};
	struct drm_syncobj_array reset = {
		.handles = (unsigned long)&syncobj, .count_handles = 1,
	};

	if (ioctl(fd, DRM_IOCTL_SYNCOBJ_RESET, &reset))
		die("SYNCOBJ_RESET: %s", strerror(errno));

	*fence = -1;
	if (ioctl(fd, DRM_IOCTL_VIRTGPU_EXECBUFFER, &execute))
		return errno;
	*fence = execute.fence_fd;
	return 0;
}

/* Return: 1 when it is signalled, or the error it is signalled with */
static int wait_and_close(int fd, int fence)
{
	struct drm_syncobj_wait wait = {
		.handles = (unsigned long)&syncobj, .count_handles = 1,
		.timeout_nsec = (now() + PATIENCE) * 1e6,
		.flags = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT,
	};
	struct pollfd poller = { .fd = fence, .events = POLLIN };
	struct sync_file_info about = { 0 };

	if (poll(&poller, 1, PATIENCE) != 1 || ioctl(fence, SYNC_IOC_FILE_INFO, &about))
		about.status = -ETIMEDOUT;
	unsignalled += ioctl(fd, DRM_IOCTL_SYNCOBJ_WAIT, &wait) != 0;
	close(fence);
	return about.status;
}

/* Return: what the first submission fails with. @last: status of the one before */
static int until_refused(int fd, int *last)
{
	double end = now() + PATIENCE;
	int fence, error;

	while (!(error = submit(fd, &fence)) && now() < end) {
		*last = wait_and_close(fd, fence);
		usleep(PAUSE * 1000);
	}
	return error;
}

static int until_accepted(int fd)
{
	double end = now() + PATIENCE;
	int fence, error;

	while ((error = submit(fd, &fence)) && now() < end)
		usleep(PAUSE * 1000);
	return error ? -error : wait_and_close(fd, fence);
}

/* Standard input, output and errors alone */
static void starve(void)
{
	struct rlimit old, none;

	if (prlimit(starved, RLIMIT_NOFILE, NULL, &old))
		die("limits of process %d: %s", starved, strerror(errno));
	none = old;
	none.rlim_cur = STDERR_FILENO + 1;
	if (prlimit(starved, RLIMIT_NOFILE, &none, NULL))
		die("limiting process %d: %s", starved, strerror(errno));
	sleep(seconds);
	if (prlimit(starved, RLIMIT_NOFILE, &old, NULL))
		die("giving back: %s", strerror(errno));
}

static void meet_refusals(void)
{
	struct drm_syncobj_create create = { 0 };
	int fd = open_drm(node), fence, last = 0, error;

	if (ioctl(fd, DRM_IOCTL_SYNCOBJ_CREATE, &create))
		die("SYNCOBJ_CREATE: %s", strerror(errno));
	syncobj = create.handle;
	error = until_refused(fd, &last);
	check(error == EMFILE, "a submission fails: %s", errno_name(error));
	check(last == -EMFILE, "the fence of the one before has failed: %d", last);
	error = submit(fd, &fence);
	check(error == EMFILE, "the next one is waited for: %s", errno_name(error));
	check(until_accepted(fd) == 1, "in the end they succeed");
	last = until_accepted(fd);
	check(last == 1, "and go on: %d", last);
	check(!unsignalled, "each one's syncobj was signalled, but for %d", unsignalled);
	close(fd);
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "starve", .number = &starved, .help = "a process that is to open no descriptors" },
		{ "seconds", .number = &seconds, .help = "for so long (4)" },
	};

	parse_options(argc, argv, "Submit while the host refuses it.", options,
		      ARRAY_SIZE(options));
	if (starved)
		starve();
	else
		meet_refusals();
	return failures() != 0;
}
