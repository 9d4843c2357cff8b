/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * serve.h: what a thread does that the process lends
 */
#ifndef PVDRM_BACK_SERVE_H
#define PVDRM_BACK_SERVE_H

#include <linux/types.h>

struct pvdrm_job;
struct pvdrm_server;
struct pvdrm_worker;

/* chardev.c */
int pvdrm_chardev_init(void);
void pvdrm_chardev_exit(void);

/* serve.c */
int pvdrm_serve(struct pvdrm_server *server);

/* wait.c */
int pvdrm_wait_for_request(struct pvdrm_worker *worker);

/* ops.c */
bool pvdrm_job_run(struct pvdrm_job *job);

#endif /* PVDRM_BACK_SERVE_H */
