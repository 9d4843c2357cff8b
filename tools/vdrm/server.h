/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * server.h: the process that serves a guest, and the watcher's end of it
 */
#ifndef VDRM_SERVER_H
#define VDRM_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * struct server - the sandboxed process, as the watcher knows it
 * @control: a socket to it: it reports with struct server_report, and ends when
 *	     the watcher closes its end; -1: there is none
 * @pid: its number here
 */
struct server {
	int control;
	pid_t pid;
};

enum server_stage {
	SERVER_READY = 1,	/* it serves the device, inside its sandbox */
	SERVER_BIND_FAILED,
	SERVER_FAILED,		/* it has said why */
	SERVER_CLOSED,		/* the kernel has closed the device */
};

/**
 * struct server_report - a message of the server
 * @stage: enum server_stage
 * @error: SERVER_BIND_FAILED: the errno
 * @driver: SERVER_BIND_FAILED: the DRM driver's name, if known
 */
struct server_report {
	int stage;
	int error;
	char driver[32];
};

/**
 * struct server_task - what a server is to serve
 * @guest: the domain
 * @devid: the device's number there
 * @back: /dev/pvdrm-back, open; the server's from then on
 * @node: the DRM node, open; the same
 * @card: it is a card node
 * @layers: of the sandbox, SANDBOX_*
 */
struct server_task {
	unsigned int guest;
	unsigned int devid;
	int back;
	int node;
	bool card;
	unsigned int layers;
};

int server_fork(struct server *server, const struct server_task *task);
int server_go(const struct server *server, struct server_report *report);
bool server_has_closed(const struct server *server, bool *lost);
void server_end(struct server *server);

#endif /* VDRM_SERVER_H */
