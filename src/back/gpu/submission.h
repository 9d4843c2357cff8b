/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * submission.h: find the fences of the work that an ioctl has given to the GPU
 */
#ifndef PVDRM_BACK_SUBMISSION_H
#define PVDRM_BACK_SUBMISSION_H

#include <linux/types.h>

struct dma_fence;
struct pvdrm_job;
struct pvdrm_work_rule;

bool pvdrm_submission_may_hide(const struct pvdrm_work_rule *rules);
bool pvdrm_submission_is(const struct pvdrm_job *job);
void pvdrm_submission_begin(struct pvdrm_job *job);
void pvdrm_submission_done(struct pvdrm_job *job);
void pvdrm_submission_end(struct pvdrm_job *job);
void pvdrm_submission_made_fence(struct pvdrm_job *job,
				 struct dma_fence *fence);

#endif /* PVDRM_BACK_SUBMISSION_H */
