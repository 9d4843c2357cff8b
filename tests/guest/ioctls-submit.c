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
#include <virtgpu_drm.h>

#include "common.h"
#include "ioctls.h"
#include "prime.h"

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
	expect("GEM_CLOSE of what was used", gem_close(fd, handles[0]), 0);
	expect("and of the other one", gem_close(fd, handles[1]), 0);
}
