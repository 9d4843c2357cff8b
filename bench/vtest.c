// SPDX-License-Identifier: GPL-2.0-only
/*
 * pvdrm-vtest ADDRESS PORT: let a program in a guest use virgl_test_server in dom0
 *
 * Mesa's virpipe driver talks to it at /tmp/.virgl_test. What it says goes to ADDRESS by TCP and
 * back. From version 2 of the protocol on, buffers are shared memory, which cannot
 * cross; so Mesa is made to ask for version 1, in which they are sent (vtest_protocol.h).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common.h"

#define SOCKET	"/tmp/.virgl_test"
#define CHUNK	65536

/* VCMD_PROTOCOL_VERSION, one word long, and the version */
static const unsigned char ask[8] = { 1, 0, 0, 0, 11, 0, 0, 0 };
static const unsigned char version[4] = { 1, 0, 0, 0 };

/* Replaces the version in what passes; may be called with any part of it. */
static void lower_version(unsigned char *bytes, ssize_t count, size_t *seen)
{
	ssize_t i;

	for (i = 0; i < count && *seen < sizeof(ask) + sizeof(version); i++) {
		if (*seen >= sizeof(ask))
			bytes[i] = version[(*seen)++ - sizeof(ask)];
		else if (bytes[i] == ask[*seen])
			++*seen;
		else
			*seen = bytes[i] == ask[0];
	}
}

static void send_all(int fd, const unsigned char *bytes, ssize_t count)
{
	ssize_t sent;

	for (; count > 0; bytes += sent, count -= sent) {
		sent = send(fd, bytes, count, MSG_NOSIGNAL);
		if (sent <= 0)
			_exit(1);
	}
}

static void relay(int program, int server)
{
	static unsigned char bytes[CHUNK];
	struct pollfd fds[] = { { program, POLLIN }, { server, POLLIN } };
	size_t seen = 0;
	ssize_t count;
	int i;

	while (poll(fds, 2, -1) > 0)
		for (i = 0; i < 2; i++) {
			if (!fds[i].revents)
				continue;
			count = read(fds[i].fd, bytes, sizeof(bytes));
			if (count <= 0)
				_exit(0);
			if (i == 0)
				lower_version(bytes, count, &seen);
			send_all(fds[!i].fd, bytes, count);
		}
}

static void serve(int program, const struct sockaddr_in *to)
{
	int server = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(server, (const struct sockaddr *)to, sizeof(*to)))
		die("connect: %s", strerror(errno));
	relay(program, server);
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct sockaddr_un at = { AF_UNIX, SOCKET };
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), program;

	if (argc != 3 || !inet_aton(argv[1], &to.sin_addr))
		die("usage: pvdrm-vtest ADDRESS PORT");
	to.sin_port = htons(atoi(argv[2]));
	unlink(SOCKET);
	if (bind(listener, (struct sockaddr *)&at, sizeof(at)) || listen(listener, 8))
		die("%s: %s", SOCKET, strerror(errno));
	signal(SIGCHLD, SIG_IGN);
	while ((program = accept(listener, NULL, NULL)) >= 0) {
		if (!fork())
			serve(program, &to);
		close(program);
	}
	return 1;
}
