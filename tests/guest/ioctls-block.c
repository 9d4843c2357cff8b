// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that block: signals, death, threads, other files meanwhile
 */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "ioctls.h"

#define FLAGS		DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT
#define WAITERS		8
#define WORKERS		8
#define ROUNDS		200
#define SOON		1500	/* ms: long on an emulated machine, short for a wait of 20 s */

static void on_alarm(int signal)
{
	(void)signal;
}

static void set_alarm(int ms, int flags)
{
	struct sigaction action = { .sa_handler = on_alarm, .sa_flags = flags };
	struct itimerval timer = { .it_value = { ms / 1000, ms % 1000 * 1000 } };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void interrupted(int fd, __u32 handle)
{
	double begin = now();

	set_alarm(100, 0);
	expect("a wait that a signal interrupts", syncobj_wait(fd, &handle, 1, 20000 * MS, FLAGS),
	       EINTR);
	check(now() - begin < 100 + SOON, "at once");
	expect("a wait after that", syncobj_wait(fd, &handle, 1, 20 * MS, FLAGS), ETIME);
	begin = now();
	set_alarm(100, SA_RESTART);
	expect("a wait that is restarted", syncobj_wait(fd, &handle, 1, 400 * MS, FLAGS), ETIME);
	check(now() - begin >= 400 && now() - begin < 400 + SOON, "waits no longer for that");
}

/* SIGALRM every few ms, as with a profiler: everything works nevertheless. */
static void many_signals(int fd, __u32 handle)
{
	struct sigaction action = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	struct itimerval often = { { 0, 3000 }, { 0, 3000 } }, never = { 0 };
	struct drm_get_cap cap = { .capability = DRM_CAP_SYNCOBJ };
	int i, bad = 0;
	__u32 made;

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	for (i = 0; i < ROUNDS; i++) {
		made = syncobj_create(fd, DRM_SYNCOBJ_CREATE_SIGNALED);
		bad += syncobj_wait(fd, &made, 1, LLONG_MAX, 0) != 0;
		bad += call(fd, DRM_IOCTL_GET_CAP, &cap) != 0 || cap.value != 1;
		bad += syncobj_destroy(fd, made) != 0;
		if (i % 20 == 0)
			bad += syncobj_wait(fd, &handle, 1, 10 * MS, FLAGS) != ETIME;
	}
	setitimer(ITIMER_REAL, &never, NULL);
	check(!bad, "nothing is lost or done twice among many signals");
}

static void shot(int fd, __u32 handle)
{
	double begin;
	int status = 0;
	pid_t child = fork();

	if (!child)
		_exit(syncobj_wait(fd, &handle, 1, LLONG_MAX, FLAGS));
	usleep(200000);
	kill(child, SIGKILL);
	begin = now();
	waitpid(child, &status, 0);
	check(WIFSIGNALED(status) && now() - begin < SOON,
	      "waiting for ever can be ended by SIGKILL");
	expect("its parent's file works on", syncobj_wait(fd, &handle, 1, 0, FLAGS), ETIME);
}

void test_signals(int fd)
{
	__u32 handle = syncobj_create(fd, 0);

	interrupted(fd, handle);
	many_signals(fd, handle);
	shot(fd, handle);
	syncobj_destroy(fd, handle);
}

struct waiter {
	pthread_t thread;
	int fd;
	__u32 handle;
	int got;
};

static void *wait_for_ever(void *arg)
{
	struct waiter *w = arg;

	w->got = syncobj_wait(w->fd, &w->handle, 1, LLONG_MAX, FLAGS);
	return NULL;
}

/* With all of them asleep in the kernel, others are served at once. */
static void test_others_meanwhile(int fd)
{
	struct drm_get_cap cap = { .capability = DRM_CAP_SYNCOBJ };
	struct waiter waiter[WAITERS];
	int i, good = 0, other = open_drm(node);
	double begin;

	for (i = 0; i < WAITERS; i++) {
		waiter[i].fd = i & 1 ? fd : open_drm(node);
		waiter[i].handle = syncobj_create(waiter[i].fd, 0);
		pthread_create(&waiter[i].thread, NULL, wait_for_ever, &waiter[i]);
	}
	usleep(200000);
	begin = now();
	for (i = 0; i < 20; i++)
		good += !call(i & 1 ? fd : other, DRM_IOCTL_GET_CAP, &cap);
	check(good == 20 && now() - begin < SOON, "waiting threads keep nobody up");
	for (good = 0, i = 0; i < WAITERS; i++)
		good += !syncobj_signal(waiter[i].fd, waiter[i].handle);
	for (i = 0; i < WAITERS; i++) {
		pthread_join(waiter[i].thread, NULL);
		good += !waiter[i].got;
		syncobj_destroy(waiter[i].fd, waiter[i].handle);
		if (waiter[i].fd != fd)
			close(waiter[i].fd);
	}
	check(good == 2 * WAITERS, "signalling ends every wait");
	close(other);
}

struct worker {
	pthread_t thread;
	int fd;
	int bad;
};

static void *work(void *arg)
{
	struct worker *w = arg;
	__u32 handle;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		handle = syncobj_create(w->fd, 0);
		w->bad += syncobj_signal(w->fd, handle) != 0;
		w->bad += syncobj_wait(w->fd, &handle, 1, LLONG_MAX, 0) != 0;
		w->bad += syncobj_destroy(w->fd, handle) != 0;
	}
	return NULL;
}

/* Handles are the file's: sharing one, threads meet the same names. */
static void test_workers(int fd)
{
	struct worker worker[WORKERS];
	int i, bad = 0;

	for (i = 0; i < WORKERS; i++) {
		worker[i] = (struct worker) { .fd = i & 1 ? fd : open_drm(node) };
		pthread_create(&worker[i].thread, NULL, work, &worker[i]);
	}
	for (i = 0; i < WORKERS; i++) {
		pthread_join(worker[i].thread, NULL);
		bad += worker[i].bad;
		if (worker[i].fd != fd)
			close(worker[i].fd);
	}
	check(!bad, "%d threads do %d rounds each", WORKERS, ROUNDS);
}

void test_threads(int fd)
{
	test_others_meanwhile(fd);
	test_workers(fd);
}

/* Descriptors of the objects themselves; drm-syncobj has more of them. */
void test_fds(int fd)
{
	struct drm_syncobj_handle export = { .handle = syncobj_create(fd, 0), .fd = -1 };
	struct drm_syncobj_handle import = { 0 };

	expect("SYNCOBJ_HANDLE_TO_FD", call(fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &export), 0);
	import.fd = export.fd;
	expect("SYNCOBJ_FD_TO_HANDLE", call(fd, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &import), 0);
	check(export.fd >= 0 && import.handle, "a descriptor and a handle");
	syncobj_destroy(fd, import.handle);
	close(export.fd);
	syncobj_destroy(fd, export.handle);
}
