/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * recycle.h: buffers that the guest has freed and wants to use again
 */
#ifndef PVDRM_BACK_RECYCLE_H
#define PVDRM_BACK_RECYCLE_H

struct pvdrm_job;

int pvdrm_recycle(struct pvdrm_job *job);
int pvdrm_release(struct pvdrm_job *job);

#endif /* PVDRM_BACK_RECYCLE_H */
