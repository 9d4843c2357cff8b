// SPDX-License-Identifier: GPL-2.0-only
/*
 * Submissions, which the guest sends without waiting for the host if it knows of no
 * reason to refuse them: those that are wrong get the same errno as ever
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "ioctls.h"
#include "prime.h"
#include "uapi/newest/virtgpu_drm.h"

#define MANY		300		/* more than requests may be outstanding */
#define ROUNDS		20
#define CHILDREN	4

static int file;
static __u32 victim;
static atomic_int wrong;

/* Commands that do nothing, and use these buffers */
static int submit(int fd, const __u32 *handles, __u32 count)
{
	static const __u32 commands[64];
	struct drm_virtgpu_execbuffer execute = {
		.size = sizeof(commands),
		.command = (unsigned long)commands,
		.bo_handles = (unsigned long)handles,
		.num_bo_handles = count,
		.fence_fd = -1,
	};

	return call(fd, DRM_IOCTL_VIRTGPU_EXECBUFFER, &execute);
}

/* Likewise, on a ring of the context, if @ring is not negative */
static int submit_to(int fd, int ring, __u32 in, __u32 out, __u64 point)
{
	static const __u32 commands[64];
	struct drm_virtgpu_execbuffer_syncobj before = { .handle = in };
	struct drm_virtgpu_execbuffer_syncobj after = { .handle = out, .point = point };
	struct drm_virtgpu_execbuffer execute = {
		.size = sizeof(commands),
		.command = (unsigned long)commands,
		.fence_fd = -1,
		.flags = ring < 0 ? 0 : VIRTGPU_EXECBUF_RING_IDX,
		.ring_idx = ring < 0 ? 0 : ring,
		.syncobj_stride = sizeof(before),
		.num_in_syncobjs = !!in,
		.in_syncobjs = (unsigned long)&before,
		.num_out_syncobjs = !!out,
		.out_syncobjs = (unsigned long)&after,
	};

	return call(fd, DRM_IOCTL_VIRTGPU_EXECBUFFER, &execute);
}

static int reset(int fd, __u32 handle)
{
	struct drm_syncobj_array array = {
		.handles = (unsigned long)&handle, .count_handles = 1,
	};

	return call(fd, DRM_IOCTL_SYNCOBJ_RESET, &array);
}

static int wait_for(int fd, __u32 handle)
{
	return syncobj_wait(fd, &handle, 1, 20000 * MS, 0);
}

/* Drivers before 6.6 ignore these: what is wrong with them is compared with dom0's answer. */
static void test_syncobjs_of_work(int fd)
{
	__u32 handle = syncobj_create(fd, 0), fresh = syncobj_create(fd, 0);
	int other = open_drm(node), i, bad = 0;

	observe("a submission with an out-syncobj", submit_to(fd, -1, 0, handle, 0));
	observe("a wait for it", wait_for(fd, handle));
	for (i = 0; i < MANY; i++) {
		bad += reset(fd, handle) != 0;
		bad += submit_to(fd, -1, 0, handle, 0) != 0;
	}
	check(!bad, "%d resets and submissions", MANY);
	observe("a wait for the last one", wait_for(fd, handle));
	expect("a reset", reset(fd, handle), 0);
	observe("a wait for one that was reset", wait_for(fd, handle));
	expect("SYNCOBJ_SIGNAL", syncobj_signal(fd, handle), 0);
	expect("a wait for one that was signalled", wait_for(fd, handle), 0);
	observe("a submission with a point", submit_to(fd, -1, 0, handle, 5));
	observe("one that waits for it", submit_to(fd, -1, handle, fresh, 0));
	observe("one that waits for one without a fence",
		submit_to(fd, -1, syncobj_create(fd, 0), fresh, 0));
	expect("SYNCOBJ_DESTROY", syncobj_destroy(fd, handle), 0);
	observe("a submission with one that is gone", submit_to(fd, -1, 0, handle, 0));
	expect("SYNCOBJ_RESET of it", reset(fd, handle), ENOENT);
	expect("SYNCOBJ_SIGNAL of it", syncobj_signal(fd, handle), ENOENT);
	expect("SYNCOBJ_DESTROY of it", syncobj_destroy(fd, handle), EINVAL);
	expect("a submission in a new file", submit(other, NULL, 0), 0);
	observe("one with another file's syncobj", submit_to(other, -1, 0, fresh, 0));
	expect("SYNCOBJ_RESET of that", reset(other, fresh), ENOENT);
	close(other);
	expect("SYNCOBJ_DESTROY", syncobj_destroy(fd, fresh), 0);
}

/* A context with two rings, if the device has such */
static void test_rings(void)
{
	struct drm_virtgpu_context_set_param params[] = {
		{ .param = VIRTGPU_CONTEXT_PARAM_CAPSET_ID, .value = 2 },
		{ .param = VIRTGPU_CONTEXT_PARAM_NUM_RINGS, .value = 2 },
	};
	struct drm_virtgpu_context_init init = {
		.num_params = 2, .ctx_set_params = (unsigned long)params,
	};
	int fd = open_drm(node), bare = open_drm(node), i, first, bad = 0;

	expect("a submission in a file without rings", submit_to(bare, -1, 0, 0, 0), 0);
	observe("one to a ring there", submit_to(bare, 0, 0, 0, 0));
	observe("a context with two rings", call(fd, DRM_IOCTL_VIRTGPU_CONTEXT_INIT, &init));
	first = submit_to(fd, 0, 0, 0, 0);
	observe("a submission to the first", first);
	observe("one to the second", submit_to(fd, 1, 0, 0, 0));
	for (i = 0; i < MANY; i++)
		bad += submit_to(fd, i % 2, 0, 0, 0) != first;
	check(!bad, "%d have the same result", MANY);
	observe("one to the third", submit_to(fd, 2, 0, 0, 0));
	observe("one to the first", submit_to(fd, 0, 0, 0, 0));
	close(bare);
	close(fd);
}

static void test_many(int fd, const __u32 *handles)
{
	struct drm_virtgpu_3d_wait wait = { .handle = handles[1] };
	int i, bad = 0;

	for (i = 0; i < MANY; i++)
		bad += submit(fd, handles, 2) != 0;
	check(!bad, "%d submissions", MANY);
	expect("a wait for a buffer they use", call(fd, DRM_IOCTL_VIRTGPU_WAIT, &wait), 0);
}

static void test_wrong_lists(int fd, const __u32 *handles)
{
	const __u32 twice[] = { handles[0], handles[1], handles[0] };
	const __u32 nobody[] = { handles[0], 0x7ffffff };
	int other = open_drm(node);

	observe("a submission that names a buffer twice", submit(fd, twice, 3));
	expect("one that names nobody's", submit(fd, nobody, 2), ENOENT);
	expect("one in a new file", submit(other, NULL, 0), 0);
	expect("one with another file's buffer", submit(other, handles, 1), ENOENT);
	expect("a good one", submit(fd, handles, 2), 0);
	close(other);
}

static void test_closed(int fd, __u32 (*make)(int fd))
{
	int i, bad = 0, missed = 0;

	for (i = 0; i < ROUNDS; i++) {
		__u32 handle = make(fd);

		bad += submit(fd, &handle, 1) != 0;
		bad += gem_close(fd, handle) != 0;
		missed += submit(fd, &handle, 1) != ENOENT;
	}
	check(!bad, "%d buffers are used and closed", ROUNDS);
	check(!missed, "none is found afterwards");
}

/* Those that programs share are known as well, by either file's handle. */
static void test_shared(int fd, __u32 (*make)(int fd))
{
	int other = open_drm(node), dmabuf = -1, i, bad = 0;
	__u32 ours = make(fd), again = 0, theirs = 0;

	expect("a buffer is exported", prime_export(fd, ours, DRM_CLOEXEC, &dmabuf), 0);
	expect("and imported by another file", prime_import(other, dmabuf, &theirs), 0);
	expect("the first submission there", submit(other, NULL, 0), 0);
	for (i = 0; i < MANY; i++) {
		bad += submit(fd, &ours, 1) != 0;
		bad += submit(other, &theirs, 1) != 0;
	}
	check(!bad, "%d submissions of each use it", MANY);
	expect("it is imported where it came from", prime_import(fd, dmabuf, &again), 0);
	check(again == ours, "that is the same handle");
	expect("GEM_CLOSE of it", gem_close(fd, ours), 0);
	expect("a submission with that handle", submit(fd, &ours, 1), ENOENT);
	expect("one by the other file", submit(other, &theirs, 1), 0);
	expect("the handle is closed there, too", gem_close(other, theirs), 0);
	expect("a submission with it", submit(other, &theirs, 1), ENOENT);
	expect("it is imported anew", prime_import(other, dmabuf, &theirs), 0);
	expect("and used", submit(other, &theirs, 1), 0);
	close(dmabuf);
	close(other);
}

/* Until it is closed, it is found. */
static void *use_victim(void *unused)
{
	int error;

	(void)unused;
	while (!(error = submit(file, &victim, 1)))
		;
	wrong += error != ENOENT;
	wrong += submit(file, &victim, 1) != ENOENT;
	return NULL;
}

static void test_race(int fd, __u32 (*make)(int fd))
{
	pthread_t users[2];
	int i, n;

	file = fd;
	for (i = 0; i < ROUNDS; i++) {
		victim = make(fd);
		for (n = 0; n < 2; n++)
			if (pthread_create(&users[n], NULL, use_victim, NULL))
				die("no thread");
		usleep(1000 * i);
		wrong += gem_close(fd, victim) != 0;
		for (n = 0; n < 2; n++)
			pthread_join(users[n], NULL);
	}
	check(!wrong, "a buffer is used by two threads until a third one closes it");
}

/* Each has more on its way than the ring holds. */
static void test_killed(int fd, const __u32 *handles)
{
	pid_t children[CHILDREN];
	int i, status, bad = 0;

	for (i = 0; i < CHILDREN; i++) {
		children[i] = fork();
		if (!children[i])
			for (;;)
				submit(fd, handles, 2);
	}
	for (i = 0; i < CHILDREN; i++) {
		usleep(20000);
		kill(children[i], SIGKILL);
		waitpid(children[i], &status, 0);
		bad += !WIFSIGNALED(status);
	}
	check(!bad, "%d children are killed while they submit", CHILDREN);
	expect("a submission of their parent", submit(fd, handles, 2), 0);
}

void test_submits(int fd, __u32 (*make)(int fd))
{
	const __u32 handles[] = { make(fd), make(fd) };

	test_many(fd, handles);
	test_wrong_lists(fd, handles);
	test_closed(fd, make);
	test_shared(fd, make);
	test_race(fd, make);
	test_killed(fd, handles);
	test_syncobjs_of_work(fd);
	test_rings();
	expect("GEM_CLOSE of what was used", gem_close(fd, handles[0]), 0);
	expect("and of the other one", gem_close(fd, handles[1]), 0);
}
