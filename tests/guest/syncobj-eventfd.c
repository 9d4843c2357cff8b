// SPDX-License-Identifier: GPL-2.0-only
/*
 * syncobj-eventfd.c: eventfds that are signalled with a syncobj
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "syncobj.h"

#define MANY	300

static int make_event(int flags)
{
	int event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | flags);

	if (event < 0)
		die("eventfd: %s", errno_name(errno));
	return event;
}

static bool comes(int event, int ms)
{
	struct pollfd poller = { .fd = event, .events = POLLIN };

	return poll(&poller, 1, ms) == 1 && poller.revents == POLLIN;
}

/* What the eventfd has counted, 0: nothing */
static unsigned long long count(int event)
{
	__u64 value;

	return read(event, &value, sizeof(value)) == sizeof(value) ? value : 0;
}

/* Wait until it has counted so many, and a moment for one too many. */
static bool counts(int event, unsigned long long wanted)
{
	unsigned long long got = 0;

	while (got < wanted && comes(event, LONG_ENOUGH))
		got += count(event);
	return got == wanted && !comes(event, SOON);
}

static void await(int fd, __u32 handle, __u64 point, int event, __u32 flags)
{
	sync_must("SYNCOBJ_EVENTFD", sync_eventfd(fd, handle, point, event, flags));
}

static void test_binary(int fd)
{
	__u32 handle = sync_create(fd), other = sync_create(fd);
	int event = make_event(0), semaphore = make_event(EFD_SEMAPHORE);

	await(fd, handle, 0, event, 0);
	check(!comes(event, SOON), "an eventfd is not signalled before the syncobj");
	sync_signal(fd, handle);
	check(counts(event, 1), "then once");
	await(fd, handle, 0, event, 0);
	check(counts(event, 1), "at once, if that is signalled already");
	await(fd, other, 0, event, 0);
	await(fd, other, 0, event, 0);
	await(fd, other, 0, semaphore, 0);
	await(fd, other, 0, semaphore, 0);
	sync_signal(fd, other);
	check(counts(event, 2), "twice, if it was given twice");
	check(comes(semaphore, LONG_ENOUGH) && count(semaphore) == 1 &&
	      comes(semaphore, LONG_ENOUGH) && count(semaphore) == 1 && !comes(semaphore, SOON),
	      "one by one, if it is a semaphore");
	sync_destroy(fd, handle);
	sync_destroy(fd, other);
	close(semaphore);
	close(event);
}

static void test_points(int fd)
{
	__u32 handle = sync_create(fd);
	int event = make_event(0), available = make_event(0), epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event on = { .events = EPOLLIN | EPOLLET }, got;

	epoll_ctl(epoll, EPOLL_CTL_ADD, event, &on);
	await(fd, handle, 5, event, 0);
	await(fd, handle, 5, available, AVAILABLE);
	sync_signal_point(fd, handle, 3);
	check(!comes(event, SOON) && !comes(available, 0), "point 3 is not point 5");
	sync_signal_point(fd, handle, 6);
	check(epoll_wait(epoll, &got, 1, LONG_ENOUGH) == 1 && counts(event, 1), "6 is past it");
	check(counts(available, 1), "it is available as well");
	close(epoll);
	close(available);
	close(event);
	sync_destroy(fd, handle);
}

static void test_bad(int fd)
{
	int event = make_event(0), other = sync_open(), null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct drm_syncobj_eventfd padded = { .fd = event, .pad = 1 };
	__u32 handle = sync_create(fd);

	padded.handle = handle;
	result("an eventfd and handle 0: %s", errno_name(sync_eventfd(fd, 0, 0, event, 0)));
	result("another file's handle: %s", errno_name(sync_eventfd(other, handle, 0, event, 0)));
	result("unknown flags: %s", errno_name(sync_eventfd(fd, handle, 0, event, 1u << 30)));
	result("flags of a wait: %s", errno_name(sync_eventfd(fd, handle, 0, event, SUBMIT)));
	result("padding: %s", errno_name(sync_call(fd, DRM_IOCTL_SYNCOBJ_EVENTFD, &padded)));
	result("/dev/null: %s", errno_name(sync_eventfd(fd, handle, 0, null, 0)));
	result("the device: %s", errno_name(sync_eventfd(fd, handle, 0, fd, 0)));
	result("-1: %s", errno_name(sync_eventfd(fd, handle, 0, -1, 0)));
	result("-1 and handle 0: %s", errno_name(sync_eventfd(fd, 0, 0, -1, 0)));
	close(null);
	result("what is closed: %s", errno_name(sync_eventfd(fd, handle, 0, null, 0)));
	sync_signal(fd, handle);
	check(!comes(event, SOON), "none of them is signalled");
	sync_destroy(fd, handle);
	close(event);
	close(other);
}

/* Closed, destroyed or left to the kernel while it is awaited */
static void test_left(int fd)
{
	__u32 handle = sync_create(fd), gone = sync_create(fd);
	int event = make_event(0), closed = make_event(0), copy;
	pid_t pid;

	await(fd, gone, 0, event, 0);
	sync_destroy(fd, gone);
	check(!comes(event, SOON), "a syncobj that is destroyed signals nothing");
	await(fd, handle, 0, closed, 0);
	copy = dup(closed);
	close(closed);
	await(fd, handle, 0, event, 0);
	pid = fork();
	if (!pid) {
		fd = sync_open();
		await(fd, sync_create(fd), 0, make_event(0), 0);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	sync_signal(fd, handle);
	check(counts(event, 1) && counts(copy, 1), "others are, also by another descriptor");
	await(fd, handle, 0, event, 0);
	close(event);
	close(copy);
	sync_destroy(fd, handle);
}

static void test_between(int fd)
{
	__u32 handle = sync_create(fd), got = 0;
	int event = make_event(0), shared = sync_share(fd, handle), status = -1;
	pid_t pid;

	await(fd, handle, 0, event, 0);
	pid = fork();
	if (!pid) {
		fd = sync_open();
		sync_must("FD_TO_HANDLE", sync_import(fd, shared, 0, &got));
		sync_signal(fd, got);
		_exit(!comes(event, LONG_ENOUGH));
	}
	waitpid(pid, &status, 0);
	check(!status && counts(event, 1), "another process signals it, and both see that");
	close(shared);
	close(event);
	sync_destroy(fd, handle);
}

static void test_many(int fd)
{
	int event[MANY], i, bad = 0;
	__u32 handle = sync_create(fd);

	for (i = 0; i < MANY; i++) {
		event[i] = make_event(0);
		await(fd, handle, i / 2 + 1, event[i], 0);
	}
	sync_signal_point(fd, handle, MANY / 4);
	for (i = 0; i < MANY / 4 * 2; i++)
		bad += !comes(event[i], LONG_ENOUGH) || count(event[i]) != 1;
	check(!bad, "half of %d eventfds", MANY);
	for (; i < MANY; i++)
		bad += comes(event[i], 0);
	check(!bad, "and not the others");
	sync_signal_point(fd, handle, MANY);
	for (i = 0; i < MANY; i++) {
		if (i >= MANY / 4 * 2)
			bad += !comes(event[i], LONG_ENOUGH) || count(event[i]) != 1;
		close(event[i]);
	}
	check(!bad, "which come with theirs");
	sync_destroy(fd, handle);
}

/* Signalled so often at once that no count may be lost */
static void test_burst(int fd)
{
	__u32 handle = sync_create(fd);
	int event = make_event(0), i;

	for (i = 0; i < MANY; i++)
		await(fd, handle, 0, event, 0);
	sync_signal(fd, handle);
	check(counts(event, MANY), "one eventfd counts to %d", MANY);
	close(event);
	sync_destroy(fd, handle);
}

static void test_cycles(int fd)
{
	int i, event, bad = 0;
	__u32 handle;

	for (i = 0; i < sync_cycles / 4; i++) {
		handle = sync_create(fd);
		event = make_event(0);
		await(fd, handle, 0, event, 0);
		if (i % 2) {
			sync_signal(fd, handle);
			bad += !comes(event, LONG_ENOUGH) || count(event) != 1;
		}
		sync_destroy(fd, handle);
		close(event);
	}
	check(!bad, "%d eventfds one after the other", sync_cycles / 4);
}

void sync_test_eventfds(int fd)
{
	__u32 handle = sync_create(fd);
	int event = make_event(0), error = sync_eventfd(fd, handle, 0, event, 0);

	close(event);
	sync_destroy(fd, handle);
	/* Linux 6.6 on */
	result("SYNCOBJ_EVENTFD: %s", errno_name(error));
	if (error)
		return;
	test_binary(fd);
	test_points(fd);
	test_bad(fd);
	test_left(fd);
	test_between(fd);
	test_many(fd);
	test_burst(fd);
	test_cycles(fd);
}
