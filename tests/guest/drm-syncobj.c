// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-syncobj: syncobjs as descriptors, in one process
 *
 * The result lines are the same in dom0 and in its guests. syncobj-processes.c has
 * what happens between processes, syncobj-eventfd.c eventfds, syncobj-wait.c waits.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "syncobj.h"

const char *sync_node = DEFAULT_NODE;
int sync_cycles = 2000;
static const char *hold;
static int wait_ms;

/* ----------------------------------------------------------------------- tools */

int sync_open(void)
{
	return open_drm(sync_node);
}

int sync_call(int fd, unsigned long cmd, void *arg)
{
	return ioctl(fd, cmd, arg) ? errno : 0;
}

long long sync_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

void sync_must(const char *what, int error)
{
	if (error)
		die("%s: %s", what, errno_name(error));
}

__u32 sync_create(int fd)
{
	struct drm_syncobj_create arg = { 0 };

	sync_must("SYNCOBJ_CREATE", sync_call(fd, DRM_IOCTL_SYNCOBJ_CREATE, &arg));
	return arg.handle;
}

void sync_destroy(int fd, __u32 handle)
{
	struct drm_syncobj_destroy arg = { .handle = handle };

	sync_must("SYNCOBJ_DESTROY", sync_call(fd, DRM_IOCTL_SYNCOBJ_DESTROY, &arg));
}

void sync_signal(int fd, __u32 handle)
{
	struct drm_syncobj_array arg = {
		.handles = (unsigned long)&handle, .count_handles = 1,
	};

	sync_must("SYNCOBJ_SIGNAL", sync_call(fd, DRM_IOCTL_SYNCOBJ_SIGNAL, &arg));
}

void sync_signal_point(int fd, __u32 handle, __u64 point)
{
	struct drm_syncobj_timeline_array arg = {
		.handles = (unsigned long)&handle, .points = (unsigned long)&point,
		.count_handles = 1,
	};

	sync_must("TIMELINE_SIGNAL", sync_call(fd, DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL, &arg));
}

__u64 sync_point(int fd, __u32 handle)
{
	__u64 point = ~0ull;
	struct drm_syncobj_timeline_array arg = {
		.handles = (unsigned long)&handle, .points = (unsigned long)&point,
		.count_handles = 1,
	};

	sync_must("SYNCOBJ_QUERY", sync_call(fd, DRM_IOCTL_SYNCOBJ_QUERY, &arg));
	return point;
}

int sync_export(int fd, __u32 handle, __u32 flags, int *to)
{
	struct drm_syncobj_handle arg = { .handle = handle, .flags = flags, .fd = -1 };
	int error = sync_call(fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &arg);

	*to = arg.fd;
	return error;
}

int sync_import(int fd, int from, __u32 flags, __u32 *handle)
{
	struct drm_syncobj_handle arg = { .handle = *handle, .flags = flags, .fd = from };
	int error = sync_call(fd, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &arg);

	*handle = arg.handle;
	return error;
}

int sync_share(int fd, __u32 handle)
{
	int shared;

	sync_must("HANDLE_TO_FD", sync_export(fd, handle, 0, &shared));
	return shared;
}

int sync_wait(int fd, __u32 handle, long long at, __u32 flags)
{
	struct drm_syncobj_wait arg = {
		.handles = (unsigned long)&handle, .count_handles = 1, .timeout_nsec = at,
		.flags = flags,
	};

	return sync_call(fd, DRM_IOCTL_SYNCOBJ_WAIT, &arg);
}

int sync_wait_point(int fd, __u32 handle, __u64 point, long long at, __u32 flags)
{
	struct drm_syncobj_timeline_wait arg = {
		.handles = (unsigned long)&handle, .points = (unsigned long)&point,
		.count_handles = 1, .timeout_nsec = at, .flags = flags,
	};

	return sync_call(fd, DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, &arg);
}

int sync_eventfd(int fd, __u32 handle, __u64 point, int event, __u32 flags)
{
	struct drm_syncobj_eventfd arg = {
		.handle = handle, .flags = flags, .point = point, .fd = event,
	};

	return sync_call(fd, DRM_IOCTL_SYNCOBJ_EVENTFD, &arg);
}

/* ----------------------------------------------------------------------- tests */

static __u32 imported(int fd, int shared)
{
	__u32 handle = 0;

	sync_must("FD_TO_HANDLE", sync_import(fd, shared, 0, &handle));
	return handle;
}

static void test_sharing(int fd)
{
	__u32 first = sync_create(fd), second, third;
	int other = sync_open(), shared = sync_share(fd, first);

	second = imported(fd, shared);
	third = imported(other, shared);
	check(second && second != first, "the same file imports it as one more handle");
	result("a wait for what has no fence: %s", errno_name(sync_wait(other, third, 0, 0)));
	sync_signal(fd, first);
	check(!sync_wait(fd, second, 0, 0) && !sync_wait(other, third, 0, 0),
	      "what one signals all see signalled");
	sync_destroy(fd, first);
	close(shared);
	sync_destroy(fd, second);
	check(!sync_wait(other, third, 0, 0), "it lives on in the other file");
	sync_destroy(other, third);
	close(other);
}

static void test_timeline(int fd)
{
	__u32 first = sync_create(fd), second;
	int other = sync_open(), shared = sync_share(fd, first);
	struct drm_syncobj_transfer move = { .src_point = 7, .dst_point = 3 };

	second = imported(other, shared);
	sync_signal_point(fd, first, 5);
	check(sync_point(other, second) == 5, "a point crosses");
	result("a wait for it: %s", errno_name(sync_wait_point(other, second, 5, 0, 0)));
	result("for the next: %s", errno_name(sync_wait_point(other, second, 6, 0, SUBMIT)));
	sync_signal_point(other, second, 7);
	check(sync_point(fd, first) == 7, "and back");
	move.src_handle = first;
	move.dst_handle = sync_create(fd);
	result("TRANSFER: %s", errno_name(sync_call(fd, DRM_IOCTL_SYNCOBJ_TRANSFER, &move)));
	check(sync_point(fd, move.dst_handle) == 3, "of a point");
	sync_destroy(fd, move.dst_handle);
	sync_destroy(fd, first);
	close(shared);
	close(other);
}

static void test_descriptor(int fd)
{
	__u32 handle = sync_create(fd);
	int shared = sync_share(fd, handle), again = sync_share(fd, handle);
	struct pollfd poller = { .fd = shared, .events = POLLIN | POLLOUT };
	char path[64], name[64] = "";
	void *map;

	result("descriptor flags %d, file flags %#x", fcntl(shared, F_GETFD),
	       fcntl(shared, F_GETFL) & (O_ACCMODE | O_NONBLOCK | O_APPEND));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", shared);
	check(readlink(path, name, sizeof(name) - 1) > 0, "it has a name");
	result("which is %s", name);
	check(shared != again, "each export is a new descriptor");
	result("read: %s", read(shared, name, 8) < 0 ? errno_name(errno) : "0");
	result("write: %s", write(shared, name, 8) < 0 ? errno_name(errno) : "0");
	result("lseek: %s", lseek(shared, 0, SEEK_END) < 0 ? errno_name(errno) : "0");
	result("an ioctl: %s", errno_name(sync_call(shared, SYNC_IOC_FILE_INFO, name)));
	map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, shared, 0);
	result("mmap: %s", map == MAP_FAILED ? errno_name(errno) : "0");
	poll(&poller, 1, 0);
	result("poll: %#x", poller.revents);
	close(again);
	close(shared);
	result("close again: %s", close(shared) ? errno_name(errno) : "0");
	sync_destroy(fd, handle);
}

static void try_import(int fd, const char *what, int from)
{
	__u32 handle = 0, target = sync_create(fd);

	result("import of %s: %s", what, errno_name(sync_import(fd, from, 0, &handle)));
	result("of %s as a sync_file: %s", what,
	       errno_name(sync_import(fd, from, DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE,
				      &target)));
	check(!handle, "gives no handle");
	sync_destroy(fd, target);
}

static void test_wrong_kinds(int fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), event = eventfd(0, EFD_CLOEXEC);
	__u32 handle = sync_create(fd);
	int shared = sync_share(fd, handle), fence, pipes[2];

	sync_must("pipe", pipe(pipes) ? errno : 0);
	try_import(fd, "-1", -1);
	try_import(fd, "a number nobody has", 999);
	try_import(fd, "/dev/null", null);
	try_import(fd, "an eventfd", event);
	try_import(fd, "a pipe", pipes[1]);
	try_import(fd, "the device", fd);
	close(shared);
	try_import(fd, "what is closed", shared);
	result("export of a sync_file without a fence: %s",
	       errno_name(sync_export(fd, handle, DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE,
				      &fence)));
	sync_signal(fd, handle);
	sync_must("EXPORT_SYNC_FILE",
		  sync_export(fd, handle, DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE, &fence));
	sync_destroy(fd, handle);
	handle = 0;
	result("import of a sync_file: %s", errno_name(sync_import(fd, fence, 0, &handle)));
	close(fence);
	close(pipes[0]);
	close(pipes[1]);
	close(event);
	close(null);
}

static void test_arguments(int fd)
{
	struct drm_syncobj_handle padded = { .pad = 1, .fd = -1 };
	__u32 handle = sync_create(fd), flags, got;
	int other = sync_open(), shared;

	for (flags = 1; flags < 16; flags++) {
		/* What newer kernels know depends on the kernel, and is the same in dom0. */
		result("HANDLE_TO_FD with flags %u: %s", flags,
		       errno_name(sync_export(fd, handle, flags, &shared)));
		got = handle;
		result("FD_TO_HANDLE with flags %u: %s", flags,
		       errno_name(sync_import(fd, fd, flags, &got)));
	}
	padded.handle = handle;
	result("HANDLE_TO_FD with padding: %s",
	       errno_name(sync_call(fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &padded)));
	result("FD_TO_HANDLE with padding: %s",
	       errno_name(sync_call(fd, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &padded)));
	result("export of handle 0: %s", errno_name(sync_export(fd, 0, 0, &shared)));
	result("of nobody's: %s", errno_name(sync_export(fd, 0x7ffffff, 0, &shared)));
	result("of another file's: %s", errno_name(sync_export(other, handle, 0, &shared)));
	check(shared == -1, "makes no descriptor");
	sync_destroy(fd, handle);
	close(other);
}

static void test_no_descriptor_left(int fd)
{
	__u32 handle = sync_create(fd);
	int last = -1, next, shared, error;

	while ((next = dup(fd)) >= 0)
		last = next;
	error = sync_export(fd, handle, 0, &shared);
	for (next = last; next > fd + 1 && last > 0; next--)
		close(next);
	result("export without a free descriptor: %s", errno_name(error));
	shared = sync_share(fd, handle);
	check(shared >= 0, "and with one");
	close(shared);
	sync_destroy(fd, handle);
}

static void test_fences(int fd)
{
	__u32 from = sync_create(fd), to = sync_create(fd);
	int fence;

	sync_signal(fd, from);
	sync_must("EXPORT_SYNC_FILE",
		  sync_export(fd, from, DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE, &fence));
	result("IMPORT_SYNC_FILE: %s",
	       errno_name(sync_import(fd, fence, DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE,
				      &to)));
	check(!sync_wait(fd, to, 0, 0), "is signalled as the other was");
	close(fence);
	sync_destroy(fd, from);
	sync_destroy(fd, to);
}

static void test_cycles(int fd)
{
	__u32 handle = sync_create(fd), got;
	int i, shared, bad = 0, other = sync_open();

	for (i = 0; i < sync_cycles; i++) {
		shared = sync_share(fd, handle);
		got = 0;
		bad += sync_import(other, shared, 0, &got) || !got;
		close(shared);
		sync_destroy(other, got);
	}
	check(!bad, "%d times exported, imported and closed", sync_cycles);
	sync_destroy(fd, handle);
	close(other);
}

void sync_test_descriptors(int fd)
{
	test_sharing(fd);
	test_timeline(fd);
	test_descriptor(fd);
	test_wrong_kinds(fd);
	test_arguments(fd);
	test_no_descriptor_left(fd);
	test_fences(fd);
	test_cycles(fd);
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &sync_node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "cycles", .number = &sync_cycles, .help = "of what is repeated (2000)" },
		{ "hold", .text = &hold, .help = "hold and await all kinds, until TEXT exists" },
		{ "wait", .number = &wait_ms, .help = "only wait so many ms, and tell how long it took" },
	};
	int fd;

	parse_options(argc, argv, "Share a DRM node's syncobjs, and wait for them.", options,
		      ARRAY_SIZE(options));
	fd = sync_open();
	if (hold) {
		sync_hold(fd, hold);
		return failures() != 0;
	}
	if (wait_ms) {
		sync_wait_long(fd, wait_ms);
		return 0;
	}
	sync_test_descriptors(fd);
	sync_test_processes(fd);
	sync_test_eventfds(fd);
	sync_test_waits(fd);
	close(fd);
	return failures() != 0;
}
