// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fences as sync_file descriptors: out, in, merged, many, left alone
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <virtgpu_drm.h>

#include "common.h"
#include "ioctls.h"

#define OUT		VIRTGPU_EXECBUF_FENCE_FD_OUT
#define IN		VIRTGPU_EXECBUF_FENCE_FD_IN
#define LONG_ENOUGH	20000	/* ms, for anything the GPU has been given here */
#define MANY		600	/* more than the protocol has room for */
#define ROUNDS		200
#define UNTOUCHED	7777	/* no descriptor, and no number that anyone would write */

/* Is it a sync_file that gets signalled, without an error? */
static bool signals(int fence)
{
	struct pollfd poller = { .fd = fence, .events = POLLIN };
	struct sync_file_info about = { 0 };

	if (poll(&poller, 1, LONG_ENOUGH) != 1 || poller.revents != POLLIN)
		return false;
	return !call(fence, SYNC_IOC_FILE_INFO, &about) && about.status == 1 &&
	       about.num_fences == 1;
}

static int next_descriptor(void)
{
	int fd = dup(STDOUT_FILENO);

	close(fd);
	return fd;
}

/* With no descriptor left to have */
static int starved(int (*func)(int fd, int *fence), int fd, int *fence)
{
	struct rlimit old, none;
	int got;

	getrlimit(RLIMIT_NOFILE, &old);
	none = old;
	none.rlim_cur = next_descriptor();
	setrlimit(RLIMIT_NOFILE, &none);
	got = func(fd, fence);
	setrlimit(RLIMIT_NOFILE, &old);
	return got;
}

/* -------------------------------------------- from and to synchronization objects */

static int export_fence(int fd, __u32 handle, int *fence)
{
	struct drm_syncobj_handle arg = {
		.handle = handle,
		.flags = DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE,
		.fd = *fence,
	};
	int got = call(fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &arg);

	*fence = arg.fd;
	return got;
}

static int import_fence(int fd, __u32 handle, int fence)
{
	struct drm_syncobj_handle arg = {
		.handle = handle,
		.flags = DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE,
		.fd = fence,
	};
	int got = call(fd, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &arg);

	check(arg.fd == fence, "a descriptor that goes in stays as it is");
	return got;
}

static int export_new(int fd, int *fence)
{
	__u32 handle = syncobj_create(fd, DRM_SYNCOBJ_CREATE_SIGNALED);
	int got = export_fence(fd, handle, fence);

	syncobj_destroy(fd, handle);
	return got;
}

static void test_export(int fd)
{
	__u32 handle = syncobj_create(fd, 0);
	int fence = UNTOUCHED, i, bad = 0, first;

	expect("exporting what has no fence", export_fence(fd, handle, &fence), EINVAL);
	check(fence == UNTOUCHED, "makes no descriptor");
	expect("exporting what isn't there", export_fence(fd, 0x7ffffff, &fence), ENOENT);
	expect("exporting with no descriptor left", starved(export_new, fd, &fence), EMFILE);
	check(fence == UNTOUCHED, "makes no descriptor either");
	syncobj_signal(fd, handle);
	expect("exporting what is signalled", export_fence(fd, handle, &fence), 0);
	check(signals(fence), "it is readable, and signalled");
	check(fcntl(fence, F_GETFD) == FD_CLOEXEC, "it is closed by exec");
	close(fence);

	first = next_descriptor();
	for (i = 0; i < ROUNDS; i++) {
		bad += export_fence(fd, handle, &fence) != 0;
		bad += close(fence) != 0;
	}
	check(!bad && next_descriptor() == first, "%d are exported and closed", ROUNDS);
	syncobj_destroy(fd, handle);
}

static void test_import(int fd)
{
	__u32 handle = syncobj_create(fd, 0);
	int fence = UNTOUCHED;

	expect("importing descriptor -1", import_fence(fd, handle, -1), EINVAL);
	expect("importing a descriptor nobody has", import_fence(fd, handle, UNTOUCHED), EINVAL);
	expect("importing something else", import_fence(fd, handle, fd), EINVAL);
	expect("a wait after that", syncobj_wait(fd, &handle, 1, 0, 0), EINVAL);
	expect("exporting", export_new(fd, &fence), 0);
	expect("importing to nobody", import_fence(fd, 0x7ffffff, fence), ENOENT);
	expect("importing", import_fence(fd, handle, fence), 0);
	close(fence);
	expect("a wait for it", syncobj_wait(fd, &handle, 1, 1000 * MS, 0), 0);
	syncobj_destroy(fd, handle);
}

void test_fences(int fd)
{
	test_export(fd);
	test_import(fd);
}

/* ------------------------------------------------------------ of virtio_gpu's work */

/* Commands that do nothing; @fence goes in and comes out, as @flags say. */
static int submit(int fd, __u32 flags, int *fence)
{
	static const __u32 commands[1024];
	struct drm_virtgpu_execbuffer execute = {
		.flags = flags,
		.size = sizeof(commands),
		.command = (unsigned long)commands,
		.fence_fd = *fence,
	};
	int got = call(fd, DRM_IOCTL_VIRTGPU_EXECBUFFER, &execute);

	*fence = execute.fence_fd;
	return got;
}

static int submit_out(int fd, int *fence)
{
	return submit(fd, OUT, fence);
}

static int new_fence(int fd)
{
	int fence = UNTOUCHED, got = submit_out(fd, &fence);

	if (got)
		die("EXECBUFFER with a fence out: %s", errno_name(got));
	return fence;
}

static int merge(int one, int other)
{
	struct sync_merge_data arg = { .name = "both", .fd2 = other };

	return call(one, SYNC_IOC_MERGE, &arg) ? -1 : arg.fence;
}

static void test_one(int fd)
{
	struct drm_virtgpu_execbuffer wrong = { .flags = OUT, .size = 64, .fence_fd = UNTOUCHED };
	int fence = UNTOUCHED, next;

	expect("EXECBUFFER with a fence out", submit(fd, OUT, &fence), 0);
	check(fence >= 0 && fence != UNTOUCHED && signals(fence), "its fence is signalled");
	check(fcntl(fence, F_GETFD) == FD_CLOEXEC, "it is closed by exec");
	next = fence;
	expect("EXECBUFFER with a fence in", submit(fd, IN, &next), 0);
	check(next == fence, "leaves it as it is");
	expect("EXECBUFFER with one in and one out", submit(fd, IN | OUT, &next), 0);
	check(next != fence && signals(next), "another one comes out");
	close(next);
	close(fence);

	expect("EXECBUFFER that fails", call(fd, DRM_IOCTL_VIRTGPU_EXECBUFFER, &wrong), EFAULT);
	check(wrong.fence_fd == UNTOUCHED, "has no fence");
	fence = UNTOUCHED;
	expect("EXECBUFFER with no descriptor left", starved(submit_out, fd, &fence), EMFILE);
	check(fence == UNTOUCHED, "has none either");
}

static void test_wrong(int fd)
{
	int fence = -1;

	expect("EXECBUFFER with fence -1 in", submit(fd, IN, &fence), EINVAL);
	fence = UNTOUCHED;
	expect("EXECBUFFER with nobody's in", submit(fd, IN, &fence), EINVAL);
	expect("EXECBUFFER with nobody's in, one out", submit(fd, IN | OUT, &fence), EINVAL);
	check(fence == UNTOUCHED, "it stays as it is");
	fence = fd;
	expect("EXECBUFFER with something else in", submit(fd, IN, &fence), EINVAL);
	check(fence == fd, "that stays, too");
}

/* Each waits for the one before, in this file or another. */
static void test_chain(int fd)
{
	int other = open_drm(node), fence = new_fence(fd), next, i, bad = 0;

	for (i = 0; i < ROUNDS; i++) {
		next = fence;
		bad += submit(i & 1 ? fd : other, IN | OUT, &next) != 0;
		close(fence);
		fence = next;
	}
	check(!bad && signals(fence), "%d in a row", ROUNDS);
	close(fence);
	close(other);
}

static void test_merged(int fd)
{
	int one = new_fence(fd), other = new_fence(fd), both = merge(one, other), next = both;

	check(both >= 0, "two fences are merged");
	expect("EXECBUFFER with both in, one out", submit(fd, IN | OUT, &next), 0);
	check(signals(next) && signals(one) && signals(other), "all are signalled");
	close(next);
	close(both);
	close(one);
	close(other);
}

/* Each waits for the two before, merged: one of them again and again, and a new one. */
static void test_merged_chain(int fd)
{
	int other = open_drm(node), last = new_fence(fd), i, bad = 0, next, both;

	for (i = 0; i < ROUNDS; i++) {
		next = new_fence(other);
		both = merge(last, next);
		close(last);
		close(next);
		last = both;
		bad += submit(i & 1 ? fd : other, IN | OUT, &last) != 0;
		close(both);
	}
	check(!bad && signals(last), "%d in a row with two merged fences each", ROUNDS);
	close(last);
	close(other);
}

/* A merged one as the fence of a synchronization object */
static void test_merged_import(int fd)
{
	int one = new_fence(fd), other = new_fence(fd), both = merge(one, other);
	__u32 handle = syncobj_create(fd, 0);

	expect("importing two merged fences", import_fence(fd, handle, both), 0);
	expect("a wait for them", syncobj_wait(fd, &handle, 1, 20000 * MS, 0), 0);
	check(signals(one) && signals(other), "both are signalled then");
	syncobj_destroy(fd, handle);
	close(both);
	close(one);
	close(other);
}

static void test_many(int fd)
{
	int fences[MANY], i, good = 0, first = next_descriptor();

	for (i = 0; i < MANY; i++)
		fences[i] = new_fence(fd);
	for (i = 0; i < MANY; i++)
		good += signals(fences[i]);
	for (i = 0; i < MANY; i++)
		close(fences[i]);
	check(good == MANY, "%d at a time are signalled", MANY);
	for (i = 0; i < ROUNDS; i++)
		close(new_fence(fd));
	check(next_descriptor() == first, "%d that nobody waits for", ROUNDS);
	i = new_fence(fd);
	check(signals(i), "and one that somebody does");
	close(i);
}

/* The child ends with fences of its own and with its parent's. */
static void one_child(int fd, bool shot)
{
	int fence = new_fence(fd), status = 0;
	pid_t child = fork();

	if (!child) {
		new_fence(fd);
		if (!shot)
			_exit(signals(fence) ? 0 : 1);
		for (;;)
			close(new_fence(fd));
	}
	if (shot) {
		usleep(20000);
		kill(child, SIGKILL);
	}
	waitpid(child, &status, 0);
	check(shot ? WIFSIGNALED(status) : !status, "a child that %s",
	      shot ? "is killed" : "waits for its parent's fence");
	check(signals(fence), "the parent's is signalled");
	close(fence);
}

void test_execute_fences(int fd)
{
	test_one(fd);
	test_wrong(fd);
	test_chain(fd);
	test_merged(fd);
	test_merged_chain(fd);
	test_merged_import(fd);
	test_many(fd);
	one_child(fd, false);
	one_child(fd, true);
}
