/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pace.h: guests wait for their turn on a GPU that several of them want
 */
#ifndef PVDRM_BACK_PACE_H
#define PVDRM_BACK_PACE_H

struct pvdrm_job;

int pvdrm_pace_begin(struct pvdrm_job *job);
void pvdrm_pace_end(struct pvdrm_job *job);

#endif /* PVDRM_BACK_PACE_H */
