/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * failing.h: slow down a guest whose ioctls keep failing
 */
#ifndef PVDRM_BACK_FAILING_H
#define PVDRM_BACK_FAILING_H

struct pvdrm_job;

void pvdrm_failing_note(struct pvdrm_job *job, int status);

#endif /* PVDRM_BACK_FAILING_H */
