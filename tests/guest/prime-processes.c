// SPDX-License-Identifier: GPL-2.0-only
/*
 * prime-processes.c: dma-bufs between processes
 */
#include <errno.h>
#include <linux/dma-buf.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pass-fd.h"
#include "prime.h"

static int wait_for(pid_t pid)
{
	int status = -1;

	waitpid(pid, &status, 0);
	return status;
}

/* A client: makes a buffer, draws, sends it, and goes */
static void client(int socket, __u32 seed)
{
	struct prime_buffer b;
	int dmabuf;

	prime_create(&b, prime_open());
	prime_fill(prime_map(b.fd, b.offset), seed);
	dmabuf = prime_share(&b);
	send_fd(socket, dmabuf);
}

static void test_passing(int fd)
{
	int ends[2], dmabuf;
	__u32 *map, handle;
	pid_t pid;

	prime_must("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, ends) ? errno : 0);
	pid = fork();
	if (!pid) {
		client(ends[1], 11);
		_exit(0);
	}
	dmabuf = receive_fd(ends[0]);
	check(!wait_for(pid), "a process sends a buffer and ends");
	check(!prime_import(fd, dmabuf, &handle), "another one imports it");
	map = prime_map(dmabuf, 0);
	check(!prime_wrong(map, 11), "with its data");
	munmap(map, PRIME_BYTES);
	close(dmabuf);
	prime_destroy(fd, handle);

	/* Killed with the message under way: the descriptor is in the socket alone */
	pid = fork();
	if (!pid) {
		client(ends[1], 12);
		raise(SIGKILL);
	}
	check(WIFSIGNALED(wait_for(pid)), "the exporter is killed");
	dmabuf = receive_fd(ends[0]);
	map = prime_map(dmabuf, 0);
	check(!prime_wrong(map, 12), "and what it sent is there");
	munmap(map, PRIME_BYTES);
	close(dmabuf);

	/* Never received */
	pid = fork();
	if (!pid) {
		client(ends[1], 13);
		_exit(0);
	}
	wait_for(pid);
	close(ends[0]);
	close(ends[1]);
}

static void test_fork(int fd)
{
	struct prime_buffer b;
	__u32 *map, handle;
	int dmabuf;
	pid_t pid;

	prime_create(&b, fd);
	dmabuf = prime_share(&b);
	map = prime_map(dmabuf, 0);
	prime_fill(map, 21);
	pid = fork();
	if (!pid) {
		int own = prime_open(), bad = prime_import(own, dmabuf, &handle);

		map = prime_map(dmabuf, 0);
		bad += prime_wrong(map, 21);
		prime_fill(map, 22);
		_exit(bad != 0);
	}
	check(!wait_for(pid), "a child has its parent's dma-buf");
	check(!prime_wrong(map, 22), "and the parent sees what it wrote");

	pid = fork();
	if (!pid) {
		prime_import(prime_open(), dmabuf, &handle);
		prime_map(dmabuf, 0);
		raise(SIGKILL);
	}
	check(WIFSIGNALED(wait_for(pid)), "an importer is killed");
	check(!prime_wrong(map, 22), "which the exporter does not notice");
	munmap(map, PRIME_BYTES);
	close(dmabuf);
	prime_destroy(fd, b.handle);
}

static void test_exec(int fd)
{
	struct prime_buffer b;
	char command[64];
	int dmabuf;

	prime_create(&b, fd);
	prime_must("HANDLE_TO_FD", prime_export(fd, b.handle, 0, &dmabuf));
	snprintf(command, sizeof(command), "test -e /proc/self/fd/%d", dmabuf);
	check(!system(command), "exec() keeps the descriptor");
	close(dmabuf);
	dmabuf = prime_share(&b);
	snprintf(command, sizeof(command), "test ! -e /proc/self/fd/%d", dmabuf);
	check(!system(command), "or closes it");
	close(dmabuf);
	prime_destroy(fd, b.handle);
}

/* Several processes export, import and close the same buffer at once. */
static int busy(int dmabuf)
{
	int fd = prime_open(), i, again, bad = 0;
	__u32 handle;

	for (i = 0; i < 200; i++) {
		bad += prime_import(fd, dmabuf, &handle) != 0;
		bad += prime_export(fd, handle, 0, &again) != 0;
		bad += prime_sync(again, DMA_BUF_SYNC_READ) != 0;
		close(again);
		prime_destroy(fd, handle);
	}
	return bad != 0;
}

static void test_many(int fd)
{
	struct prime_buffer b;
	int i, status, dmabuf, bad = 0;

	prime_create(&b, fd);
	dmabuf = prime_share(&b);
	for (i = 0; i < 4; i++)
		if (!fork())
			_exit(busy(dmabuf));
	close(dmabuf);
	while (wait(&status) > 0)
		bad += status != 0;
	check(!bad, "4 processes share a buffer 200 times");
	prime_destroy(fd, b.handle);
}

void prime_test_processes(int fd)
{
	test_passing(fd);
	test_fork(fd);
	test_exec(fd);
	test_many(fd);
}
