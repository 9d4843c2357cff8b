/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * syncobj.h: syncobjs of submissions that failed
 */
#ifndef PVDRM_BACK_SYNCOBJ_H
#define PVDRM_BACK_SYNCOBJ_H

struct pvdrm_job;

void pvdrm_syncobj_signal(struct pvdrm_job *job);

#endif /* PVDRM_BACK_SYNCOBJ_H */
