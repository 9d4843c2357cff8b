// SPDX-License-Identifier: GPL-2.0-only
/*
 * syncobj-wait.c: waits for syncobjs, how long, for how many, beside others
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "syncobj.h"

#define MANY		4096
#define THREADS		8
#define CALLS		200
#define DEADLINE	DRM_SYNCOBJ_WAIT_FLAGS_WAIT_DEADLINE

/* ----------------------------------------------------------------------- times */

static const struct {
	const char *name;
	long long at;
} times[] = {
	{ "0", 0 }, { "1", 1 }, { "-1", -1 }, { "the least", LLONG_MIN },
	{ "a second after the least", LLONG_MIN + 1000 * MS }, { "the most", LLONG_MAX },
	{ "nearly the most", LLONG_MAX - 1000 }, { "half the most", LLONG_MAX / 2 },
};

/* Those that are over at once: a time in the past, or what is signalled */
static void test_times(int fd)
{
	__u32 never = sync_create(fd), done = sync_create(fd);
	size_t i;

	sync_signal(fd, done);
	for (i = 0; i < ARRAY_SIZE(times); i++) {
		result("time %s, signalled: %s, %s", times[i].name,
		       errno_name(sync_wait(fd, done, times[i].at, 0)),
		       errno_name(sync_wait_point(fd, done, 0, times[i].at, SUBMIT)));
		if (times[i].at > 1000)
			continue;
		result("time %s, never submitted: %s, %s, %s, %s", times[i].name,
		       errno_name(sync_wait(fd, never, times[i].at, SUBMIT)),
		       errno_name(sync_wait(fd, never, times[i].at, SUBMIT | ALL)),
		       errno_name(sync_wait_point(fd, never, 3, times[i].at, SUBMIT)),
		       errno_name(sync_wait_point(fd, never, 3, times[i].at, AVAILABLE)));
		result("time %s, not waiting for that: %s, %s", times[i].name,
		       errno_name(sync_wait(fd, never, times[i].at, 0)),
		       errno_name(sync_wait_point(fd, never, 3, times[i].at, 0)));
	}
	sync_destroy(fd, never);
	sync_destroy(fd, done);
}

static void timed(int fd, const char *what, bool points, __u32 flags, int ms)
{
	__u32 handle = sync_create(fd);
	long long begin = sync_clock(), at = begin + ms * MS, took;
	int error = points ? sync_wait_point(fd, handle, 9, at, flags) :
			     sync_wait(fd, handle, at, flags);

	took = (sync_clock() - begin) / MS;
	info("%s for %d ms: %s after %lld ms", what, ms, errno_name(error), took);
	/*
	 * More on a busy machine, and less there, natively as well: Linux waits in jiffies,
	 * which lag behind and then catch up.
	 */
	check(error == ETIME && took >= ms / 2 && took < ms + 20000, "%s for %d ms takes that long",
	      what, ms);
	sync_destroy(fd, handle);
}

static int wait_deadline(int fd, __u32 handle, long long deadline, __u32 flags)
{
	struct drm_syncobj_wait arg = {
		.handles = (unsigned long)&handle, .count_handles = 1, .flags = flags,
		.timeout_nsec = sync_clock() + 100 * MS, .deadline_nsec = deadline,
	};

	return sync_call(fd, DRM_IOCTL_SYNCOBJ_WAIT, &arg);
}

static void test_deadline(int fd)
{
	__u32 handle = sync_create(fd);

	result("a deadline, never submitted: %s",
	       errno_name(wait_deadline(fd, handle, sync_clock() + 50 * MS, SUBMIT | DEADLINE)));
	sync_signal(fd, handle);
	result("a deadline, signalled: %s",
	       errno_name(wait_deadline(fd, handle, sync_clock() + 50 * MS, DEADLINE)));
	result("a deadline long ago: %s", errno_name(wait_deadline(fd, handle, -5, DEADLINE)));
	result("one that is never: %s", errno_name(wait_deadline(fd, handle, LLONG_MAX, DEADLINE)));
	result("one that does not count: %s", errno_name(wait_deadline(fd, handle, -5, 0)));
	sync_destroy(fd, handle);
}

/* ------------------------------------------------------------------------ many */

static int wait_many(int fd, const __u32 *handles, __u32 count, __u32 flags, __u32 *first)
{
	struct drm_syncobj_wait arg = {
		.handles = (unsigned long)handles, .count_handles = count, .flags = flags,
		.timeout_nsec = sync_clock() + LONG_ENOUGH * MS, .first_signaled = 99,
	};
	int error = sync_call(fd, DRM_IOCTL_SYNCOBJ_WAIT, &arg);

	*first = arg.first_signaled;
	return error;
}

static void test_many(int fd)
{
	__u32 *handles = calloc(MANY, sizeof(*handles)), first, i;
	int error;

	for (i = 0; i < MANY; i++)
		handles[i] = sync_create(fd);
	sync_signal(fd, handles[1234]);
	error = wait_many(fd, handles, MANY, SUBMIT, &first);
	result("a wait for one of %d: %s, number %u", MANY, errno_name(error), first);
	for (i = 0; i < MANY; i++)
		sync_signal(fd, handles[i]);
	result("for all: %s", errno_name(wait_many(fd, handles, MANY, ALL, &first)));
	for (i = 0; i < MANY; i++)
		sync_destroy(fd, handles[i]);
	result("when they are gone: %s", errno_name(wait_many(fd, handles, MANY, ALL, &first)));
	result("for none: %s", errno_name(wait_many(fd, handles, 0, ALL, &first)));
	free(handles);
}

/* ---------------------------------------------------------------- beside others */

struct waiter {
	pthread_t thread;
	int fd, error;
	__u32 handle;
	bool points;
	long long at;	/* when it gives up, CLOCK_MONOTONIC */
	long long done;	/* when it was over */
};

static void *wait_in_thread(void *data)
{
	struct waiter *w = data;

	w->error = w->points ? sync_wait_point(w->fd, w->handle, 2, w->at, SUBMIT) :
			       sync_wait(w->fd, w->handle, w->at, SUBMIT);
	w->done = sync_clock();
	return NULL;
}

static void begin_wait(struct waiter *w, int fd, bool points, long long at)
{
	w->fd = fd;
	w->handle = sync_create(fd);
	w->points = points;
	w->at = at;
	pthread_create(&w->thread, NULL, wait_in_thread, w);
}

static void test_threads(int fd)
{
	struct waiter waiters[THREADS];
	struct drm_get_cap cap;
	int i, bad = 0;

	for (i = 0; i < THREADS; i++)
		begin_wait(&waiters[i], fd, i % 2, FOREVER);
	usleep(SOON * 1000);
	for (i = 0; i < CALLS; i++) {
		cap.capability = DRM_CAP_PRIME;
		bad += sync_call(fd, DRM_IOCTL_GET_CAP, &cap) != 0;
		sync_destroy(fd, sync_create(fd));
	}
	check(!bad, "%d calls while %d threads wait", CALLS, THREADS);
	for (i = 0; i < THREADS; i++) {
		if (waiters[i].points)
			sync_signal_point(fd, waiters[i].handle, 2);
		else
			sync_signal(fd, waiters[i].handle);
		pthread_join(waiters[i].thread, NULL);
		bad += waiters[i].error != 0;
		sync_destroy(fd, waiters[i].handle);
	}
	check(!bad, "each of which ends with its own signal");
}

static void on_signal(int nr)
{
	(void)nr;
}

/* A signal after 100 ms, once more each 100 ms if the first is too early */
static void test_interrupted(int fd)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	struct itimerspec every = { { 0, 100000000 }, { 0, 100000000 } };
	__u32 handle = sync_create(fd);
	timer_t timer;

	sigaction(SIGUSR1, &action, NULL);
	timer_create(CLOCK_MONOTONIC, &event, &timer);
	timer_settime(timer, 0, &every, NULL);
	result("a wait that a signal ends: %s", errno_name(sync_wait(fd, handle, FOREVER, SUBMIT)));
	result("for a point: %s", errno_name(sync_wait_point(fd, handle, 4, FOREVER, SUBMIT)));
	result("until it is there: %s",
	       errno_name(sync_wait_point(fd, handle, 4, FOREVER, AVAILABLE)));
	timer_delete(timer);
	sync_destroy(fd, handle);
}

/* Return: a process that waits for ever */
static pid_t wait_in_process(int i)
{
	pid_t pid = fork();
	int fd;

	if (pid)
		return pid;
	fd = sync_open();
	if (i % 2)
		sync_wait_point(fd, sync_create(fd), 3, FOREVER, SUBMIT);
	else
		sync_wait(fd, sync_create(fd), FOREVER, SUBMIT | ALL);
	_exit(1);
}

static void test_killed(int fd)
{
	long long begin;
	pid_t pids[THREADS];
	int i, status, bad = 0;

	for (i = 0; i < THREADS; i++)
		pids[i] = wait_in_process(i);
	usleep(4 * SOON * 1000);
	begin = sync_clock();
	for (i = 0; i < THREADS; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], &status, 0);
		bad += !WIFSIGNALED(status);
	}
	check(!bad, "%d processes waited", THREADS);
	check(sync_clock() - begin < 10000 * MS, "and were killed");
	sync_destroy(fd, sync_create(fd));
}

void sync_wait_long(int fd, int ms)
{
	long long begin = sync_clock();
	struct waiter w[2];
	int i;

	for (i = 0; i < 2; i++)
		begin_wait(&w[i], fd, i, begin + ms * MS);
	info("waiting");
	for (i = 0; i < 2; i++) {
		pthread_join(w[i].thread, NULL);
		info("%s: %s after %lld ms", i ? "TIMELINE_WAIT" : "WAIT", errno_name(w[i].error),
		     (w[i].done - begin) / MS);
	}
}

void sync_test_waits(int fd)
{
	test_times(fd);
	timed(fd, "WAIT", false, SUBMIT, 120);
	timed(fd, "WAIT for all", false, SUBMIT | ALL, 80);
	timed(fd, "TIMELINE_WAIT", true, SUBMIT, 120);
	timed(fd, "TIMELINE_WAIT, available", true, AVAILABLE, 80);
	test_deadline(fd);
	test_many(fd);
	test_threads(fd);
	test_interrupted(fd);
	test_killed(fd);
}
