// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vfio-user connection: messages in, answers out
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vfio_user.h"

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(VFU_MAX_FDS * sizeof(int))];
};

static void take_fds(struct msghdr *msg, struct vfu_message *message)
{
	struct cmsghdr *c;
	unsigned int n;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		if (n > VFU_MAX_FDS - message->fds)
			n = VFU_MAX_FDS - message->fds;
		memcpy(message->fd + message->fds, CMSG_DATA(c), n * sizeof(int));
		message->fds += n;
	}
}

/* All of @size bytes: 0, -ECONNRESET at the end of the connection, or another negative errno */
static int receive(int socket, void *to, size_t size, struct vfu_message *message)
{
	ssize_t got;

	while (size) {
		union control control;
		struct iovec iov = { to, size };
		struct msghdr msg = {
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = &control,
			.msg_controllen = sizeof(control),
		};

		got = recvmsg(socket, &msg, MSG_CMSG_CLOEXEC);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got ? -errno : -ECONNRESET;
		take_fds(&msg, message);
		to = (char *)to + got;
		size -= got;
	}
	return 0;
}

static int send_all(int socket, const struct vfu_header *header, const struct vfu_answer *answer)
{
	struct iovec iov[2] = {
		{ (void *)header, sizeof(*header) },
		{ (void *)answer->body, header->size - sizeof(*header) },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	union control control;
	ssize_t sent;

	memset(&control, 0, sizeof(control));
	if (answer->fd >= 0) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(sizeof(int));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &answer->fd, sizeof(int));
	}
	do
		sent = sendmsg(socket, &msg, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return -errno;
	/* A blocking stream socket takes all of it, unless it ends. */
	return sent == (ssize_t)header->size ? 0 : -EPIPE;
}

static int answer_message(struct gpu *gpu, int socket, struct vfu_message *message,
			  struct vfu_answer *answer)
{
	struct vfu_header header = message->header;
	int error = vfu_handle(gpu, message, answer);

	if (header.flags & VFU_NO_REPLY)
		return 0;
	header.flags = VFU_REPLY | (error ? VFU_ERROR : 0);
	header.error = -error;
	if (error) {
		answer->body_size = 0;
		answer->fd = -1;
	}
	header.size = sizeof(header) + answer->body_size;
	return send_all(socket, &header, answer);
}

static void close_fds(struct vfu_message *message)
{
	unsigned int i;

	for (i = 0; i < message->fds; i++)
		if (message->fd[i] >= 0)
			close(message->fd[i]);
	message->fds = 0;
}

static int serve_one(struct gpu *gpu, int socket, struct vfu_message *message,
		     struct vfu_answer *answer)
{
	int error = receive(socket, &message->header, sizeof(message->header), message);

	if (!error)
		error = vfu_check_header(&message->header, &message->body_size);
	if (!error)
		error = receive(socket, message->body, message->body_size, message);
	if (!error)
		error = answer_message(gpu, socket, message, answer);
	close_fds(message);
	return error;
}

int vfu_serve(struct gpu *gpu, int socket)
{
	struct vfu_message *message = calloc(1, sizeof(*message));
	struct vfu_answer *answer = calloc(1, sizeof(*answer));
	int error = message && answer ? 0 : -ENOMEM;

	while (!error)
		error = serve_one(gpu, socket, message, answer);
	free(message);
	free(answer);
	return error == -ECONNRESET ? 0 : error;
}
