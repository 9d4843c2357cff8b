/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gpu.h: a GPU of the host, and the time that it works for each guest
 */
#ifndef PVDRM_BACK_GPU_H
#define PVDRM_BACK_GPU_H

#include <linux/atomic.h>
#include <linux/sysfs.h>
#include <linux/types.h>

struct dma_fence;
struct pvdrm_gpu;
struct pvdrm_job;

/**
 * struct pvdrm_gpu_guest - what the GPU has done and does for a guest's device
 *
 * In sysfs, below the device: gpu/time_ns and so on.
 */
struct pvdrm_gpu_guest {
	/** @time_ns: how long the GPU has worked for it; written under the GPU's lock */
	atomic64_t time_ns;

	/** @submissions: that were seen */
	atomic64_t submissions;

	/** @inflight: that are not done; written under the GPU's lock */
	u32 inflight;
};

extern const struct attribute_group pvdrm_gpu_group;

/* gpu.c */
struct pvdrm_gpu *pvdrm_gpu_get(const void *dev);
void pvdrm_gpu_put(struct pvdrm_gpu *gpu);
void pvdrm_gpu_settle(struct pvdrm_gpu *gpu);
void pvdrm_gpu_track(struct pvdrm_gpu *gpu, struct pvdrm_gpu_guest *guest,
		     struct dma_fence *fence);
void pvdrm_gpu_forget(struct pvdrm_gpu *gpu, struct pvdrm_gpu_guest *guest);

/* submission.c */
void pvdrm_submission_done(struct pvdrm_job *job);
void pvdrm_submission_made_fence(struct pvdrm_job *job,
				 struct dma_fence *fence);

#endif /* PVDRM_BACK_GPU_H */
