// SPDX-License-Identifier: GPL-2.0-only
/*
 * syncobj-processes.c: syncobjs between processes
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pass-fd.h"
#include "syncobj.h"

static __u32 take(int fd, int socket)
{
	int shared = receive_fd(socket);
	__u32 handle = 0;

	sync_must("FD_TO_HANDLE", sync_import(fd, shared, 0, &handle));
	close(shared);
	return handle;
}

/* Makes one that has reached point 4, sends it, and stays until it is killed */
static void exporter(int socket)
{
	int fd = sync_open();
	__u32 handle = sync_create(fd);

	sync_signal_point(fd, handle, 4);
	send_fd(socket, sync_share(fd, handle));
	pause();
	_exit(0);
}

static void test_exporter_dies(int fd)
{
	__u32 handle;
	int ends[2];
	pid_t pid;

	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
	pid = fork();
	if (!pid)
		exporter(ends[1]);
	handle = take(fd, ends[0]);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	check(sync_point(fd, handle) == 4, "it outlives the process that made it");
	sync_signal_point(fd, handle, 8);
	check(sync_point(fd, handle) == 8, "and can be signalled");
	sync_destroy(fd, handle);
	close(ends[0]);
	close(ends[1]);
}

/* Sends a descriptor that it has closed everywhere else, never to be received */
static void test_in_flight(int fd)
{
	__u32 handle = sync_create(fd);
	int ends[2], shared = sync_share(fd, handle);

	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
	send_fd(ends[0], shared);
	close(shared);
	sync_destroy(fd, handle);
	close(ends[0]);
	close(ends[1]);
	handle = sync_create(fd);
	check(handle, "a descriptor that nobody receives");
	sync_destroy(fd, handle);
}

/* Tells when it is about to wait, waits for point 2, and says what came of it */
static void waiter(int socket)
{
	int fd = sync_open();
	__u32 handle = take(fd, socket);

	if (write(socket, "w", 1) != 1)
		_exit(1);
	_exit(sync_wait_point(fd, handle, 2, FOREVER, SUBMIT));
}

static void test_waiters(int fd)
{
	__u32 handle = sync_create(fd);
	int ends[2], i, shared, status, bad = 0;
	char byte;

	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
	for (i = 0; i < 4; i++) {
		shared = sync_share(fd, handle);
		if (!fork())
			waiter(ends[1]);
		send_fd(ends[0], shared);
		bad += read(ends[0], &byte, 1) != 1;
		/* While it waits */
		close(shared);
	}
	usleep(SOON * 1000);
	check(!bad && waitpid(-1, &status, WNOHANG) == 0, "four processes wait for one syncobj");
	sync_signal_point(fd, handle, 1);
	usleep(SOON * 1000);
	check(waitpid(-1, &status, WNOHANG) == 0, "whose first point is not what they wait for");
	sync_signal_point(fd, handle, 2);
	for (i = 0; i < 4; i++)
		bad += wait(&status) < 0 || status;
	check(!bad, "whose second one is, though its descriptors are closed");
	sync_destroy(fd, handle);
	close(ends[0]);
	close(ends[1]);
}

static void test_exec(int fd)
{
	__u32 handle = sync_create(fd);
	int shared = sync_share(fd, handle), status = -1;
	char path[64];
	pid_t pid;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", shared);
	pid = fork();
	if (!pid) {
		execlp("test", "test", "-h", path, NULL);
		_exit(99);
	}
	waitpid(pid, &status, 0);
	result("after exec: %s", WEXITSTATUS(status) == 1 ? "closed" : "open");
	close(shared);
	sync_destroy(fd, handle);
}

void sync_test_processes(int fd)
{
	test_exporter_dies(fd);
	test_in_flight(fd);
	test_waiters(fd);
	test_exec(fd);
}

/* ------------------------------------------------------------- to be interrupted */

static int lost_wait(int shared)
{
	int fd = sync_open(), error;
	__u32 handle = 0;

	sync_must("FD_TO_HANDLE", sync_import(fd, shared, 0, &handle));
	error = sync_wait(fd, handle, FOREVER, SUBMIT);
	check(error == ENODEV, "a wait ends with ENODEV: %s", errno_name(error));
	return failures() != 0;
}

static int lost_eventfd(int shared)
{
	struct pollfd poller = { .fd = eventfd(0, EFD_CLOEXEC), .events = POLLIN };
	int fd = sync_open();
	__u32 handle = 0;

	sync_must("FD_TO_HANDLE", sync_import(fd, shared, 0, &handle));
	sync_must("SYNCOBJ_EVENTFD", sync_eventfd(fd, handle, 0, poller.fd, 0));
	check(poll(&poller, 1, 5 * LONG_ENOUGH) == 1, "an eventfd is signalled");
	handle = 0;
	check(sync_import(fd, shared, 0, &handle) == ENODEV, "FD_TO_HANDLE: ENODEV");
	return failures() != 0;
}

/*
 * Three processes hold a descriptor of one syncobj, and await it, until the device
 * is gone, or they are killed.
 */
void sync_hold(int fd, const char *path)
{
	int shared = sync_share(fd, sync_create(fd)), i, status, bad = 0;

	for (i = 0; i < 3; i++)
		if (!fork())
			_exit(i ? lost_wait(shared) : lost_eventfd(shared));
	usleep(20 * SOON * 1000);
	info("ready");
	while (wait(&status) > 0)
		bad += status != 0;
	check(!bad, "three processes had a lost syncobj");
	while (access(path, F_OK))
		usleep(100000);
}
