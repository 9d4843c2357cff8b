/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pass-fd.h: pass a descriptor to another process, by SCM_RIGHTS
 */
#ifndef PASS_FD_H
#define PASS_FD_H

/* Over a UNIX socket; both end the program with a message when they fail */
void send_fd(int socket, int fd);
int receive_fd(int socket);

#endif /* PASS_FD_H */
