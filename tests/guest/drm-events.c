// SPDX-License-Identifier: GPL-2.0-only
/*
 * DRM events of a file: poll, select, epoll, read, and how many it takes
 *
 * virtio_gpu sends one when a fence is signalled, to a file that asked for it
 * when it made its context.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "uapi/newest/drm.h"
#include "uapi/newest/virtgpu_drm.h"

#define LONG_ENOUGH	20000	/* ms, for anything the GPU has been given here */
#define SHORT		200	/* ms, in which nothing happens */
#define EVENT		8u	/* bytes of one of virtio_gpu's */
#define ROOM		4096u	/* bytes of unread ones that DRM core keeps */
#define CAPSET_VIRGL2	2

static const char *node = DEFAULT_NODE;

static int call(int fd, unsigned long cmd, void *arg)
{
	return ioctl(fd, cmd, arg) ? errno : 0;
}

static bool expect(const char *what, int got, int wanted)
{
	return check(got == wanted, "%s: %s", what, errno_name(got));
}

/* Return 0 or errno. */
static int make_context(int fd)
{
	struct drm_virtgpu_context_set_param params[] = {
		{ VIRTGPU_CONTEXT_PARAM_CAPSET_ID, CAPSET_VIRGL2 },
		{ VIRTGPU_CONTEXT_PARAM_NUM_RINGS, 1 },
		{ VIRTGPU_CONTEXT_PARAM_POLL_RINGS_MASK, 1 },
	};
	struct drm_virtgpu_context_init arg = {
		.num_params = ARRAY_SIZE(params),
		.ctx_set_params = (unsigned long)params,
	};

	return call(fd, DRM_IOCTL_VIRTGPU_CONTEXT_INIT, &arg);
}

/* Commands that do nothing, and an event when that is done. Return 0 or errno. */
static int submit(int fd)
{
	static const __u32 commands[16];
	struct drm_virtgpu_execbuffer arg = {
		.flags = VIRTGPU_EXECBUF_RING_IDX,
		.size = sizeof(commands),
		.command = (unsigned long)commands,
	};

	return call(fd, DRM_IOCTL_VIRTGPU_EXECBUFFER, &arg);
}

/* What poll() says, or -1 after so many ms. */
static int wait_for(int fd, int ms)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };

	return poll(&poller, 1, ms) == 1 ? poller.revents : -1;
}

static void set_nonblock(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

/* Return bytes, or -errno; never waits. */
static int read_now(int fd, void *to, size_t len)
{
	int got;

	set_nonblock(fd, true);
	got = read(fd, to, len);
	if (got < 0)
		got = -errno;
	set_nonblock(fd, false);
	return got;
}

static bool is_fence(const void *at)
{
	struct drm_event event;

	memcpy(&event, at, sizeof(event));
	return event.type == VIRTGPU_EVENT_FENCE_SIGNALED && event.length == EVENT;
}

/* Read until there are so many; all of them are right. */
static bool read_events(int fd, int wanted)
{
	char buffer[ROOM];
	int got, at;

	while (wanted > 0) {
		if (wait_for(fd, LONG_ENOUGH) != POLLIN)
			return false;
		got = read_now(fd, buffer, sizeof(buffer));
		if (got <= 0 || got % EVENT)
			return false;
		for (at = 0; at < got; at += EVENT)
			if (!is_fence(buffer + at))
				return false;
		wanted -= got / EVENT;
	}
	return !wanted;
}

static void test_none(int fd)
{
	char buffer[64];

	check(wait_for(fd, 0) == -1, "no event: poll with no time");
	check(wait_for(fd, SHORT) == -1, "no event: poll");
	expect("no event: read with O_NONBLOCK", -read_now(fd, buffer, sizeof(buffer)), EAGAIN);
	expect("no event: read of no bytes", -read_now(fd, buffer, 0), EAGAIN);
	expect("no event: read to nowhere", -read_now(fd, NULL, sizeof(buffer)), EAGAIN);
}

static void test_one(int fd)
{
	char buffer[ROOM] = { 0 };
	int got;

	expect("EXECBUFFER with an event", submit(fd), 0);
	check(wait_for(fd, LONG_ENOUGH) == POLLIN, "poll sees it");
	check(wait_for(fd, 0) == POLLIN, "again");
	got = read_now(fd, buffer, 0);
	check(!got, "read of no bytes: %d", got);
	got = read_now(fd, buffer, EVENT - 1);
	check(!got, "read of too few bytes: %d", got);
	expect("read to nowhere", -read_now(fd, NULL, sizeof(buffer)), EFAULT);
	check(wait_for(fd, 0) == POLLIN, "it is still there");
	got = read_now(fd, buffer, sizeof(buffer));
	check(got == (int)EVENT && is_fence(buffer), "read: %d bytes, a fence's", got);
	check(wait_for(fd, SHORT) == -1, "poll sees no more");
	expect("read", -read_now(fd, buffer, sizeof(buffer)), EAGAIN);
}

static void test_several(int fd)
{
	char buffer[ROOM];
	int i, bad = 0;

	for (i = 0; i < 5; i++)
		bad += submit(fd) != 0;
	check(!bad && read_events(fd, 5), "five events");
	for (i = 0; i < 3; i++)
		bad += submit(fd) != 0;
	for (i = 0; i < 3 && wait_for(fd, LONG_ENOUGH) == POLLIN; i++)
		bad += read_now(fd, buffer, EVENT + EVENT / 2) != (int)EVENT;
	check(!bad && i == 3, "three, one at a time");
	for (i = 0; i < 200; i++)
		bad += submit(fd) || !read_events(fd, 1);
	check(!bad, "200, one after the other");
}

static void test_waiters(int fd)
{
	struct epoll_event on = { .events = EPOLLIN | EPOLLET }, got;
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	struct timeval time = { .tv_sec = LONG_ENOUGH / 1000 };
	fd_set set;

	epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &on);
	check(!epoll_wait(epoll, &got, 1, 0), "epoll: nothing");
	submit(fd);
	check(epoll_wait(epoll, &got, 1, LONG_ENOUGH) == 1 && got.events == EPOLLIN, "epoll: once");
	check(!epoll_wait(epoll, &got, 1, SHORT), "and no more");
	FD_ZERO(&set);
	FD_SET(fd, &set);
	check(select(fd + 1, &set, NULL, NULL, &time) == 1 && FD_ISSET(fd, &set), "select");
	check(read_events(fd, 1), "read");
	submit(fd);
	check(epoll_wait(epoll, &got, 1, LONG_ENOUGH) == 1, "epoll: the next one");
	check(read_events(fd, 1), "read");
	close(epoll);
}

static void on_alarm(int signal)
{
	(void)signal;
}

static void set_alarm(int ms)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval timer = { .it_value = { ms / 1000, ms % 1000 * 1000 } };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void *submit_later(void *arg)
{
	usleep(SHORT * 1000);
	submit(*(int *)arg);
	return NULL;
}

static void test_blocking(int fd)
{
	char buffer[64];
	pthread_t thread;
	int got;

	set_alarm(SHORT);
	got = read(fd, buffer, sizeof(buffer)) < 0 ? errno : 0;
	expect("a read that waits and is interrupted", got, EINTR);
	pthread_create(&thread, NULL, submit_later, &fd);
	got = read(fd, buffer, sizeof(buffer));
	check(got == (int)EVENT && is_fence(buffer), "one that waits and gets it: %d bytes", got);
	pthread_join(thread, NULL);
}

/* DRM core keeps 4096 bytes; then work that makes an event is refused. */
static void test_overflow(int fd)
{
	int nr, error = 0;

	for (nr = 0; nr < 2 * (int)(ROOM / EVENT) && !error; nr++)
		error = submit(fd);
	check(nr == (int)(ROOM / EVENT) + 1 && error == ENOMEM, "unread: %d, then %s", nr - 1,
	      errno_name(error));
	check(read_events(fd, ROOM / EVENT), "all can be read");
	expect("EXECBUFFER after that", submit(fd), 0);
	check(read_events(fd, 1), "and its event");
}

static void test_sharing(int fd)
{
	int other = open_drm(node), status = 1;
	pid_t child;

	expect("another file", make_context(other), 0);
	submit(other);
	check(wait_for(other, LONG_ENOUGH) == POLLIN, "has its event");
	check(wait_for(fd, SHORT) == -1, "which is not the first one's");
	close(other);
	child = fork();
	if (!child)
		_exit(read_events(fd, 1) ? 0 : 1);
	submit(fd);
	waitpid(child, &status, 0);
	check(!status, "a child reads its parent's");
	check(wait_for(fd, SHORT) == -1, "once");
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
	};
	int fd, error;

	parse_options(argc, argv, "Wait for a DRM node's events, and read them.", options,
		      ARRAY_SIZE(options));
	fd = open_drm(node);
	test_none(fd);
	error = make_context(fd);
	if (error) {
		result("this node has no context with events: %s", errno_name(error));
		return failures() != 0;
	}
	test_one(fd);
	test_several(fd);
	test_waiters(fd);
	test_blocking(fd);
	test_overflow(fd);
	test_sharing(fd);
	close(fd);
	return failures() != 0;
}
