/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * queue.h: works that must be done although memory is short
 */
#ifndef PVDRM_FRONT_QUEUE_H
#define PVDRM_FRONT_QUEUE_H

struct work_struct;

int pvdrm_front_queue_init(void);
void pvdrm_front_queue_exit(void);
void pvdrm_front_queue(struct work_struct *work);

#endif /* PVDRM_FRONT_QUEUE_H */
