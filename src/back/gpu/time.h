/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * time.h: to whom the time of a GPU counts
 *
 * A GPU counts as one engine that does one thing after the other. So the time until
 * some work is done counts to the guest that submitted it, from when it was submitted
 * or from when anything was done before, whichever is later. All guests' times
 * together are never more than the time that has passed.
 */
#ifndef PVDRM_BACK_GPU_TIME_H
#define PVDRM_BACK_GPU_TIME_H

#include "portable.h"

/**
 * pvdrm_gpu_time_take() - the time that counts to a guest
 * @settled: the GPU's: all time until then has been accounted for; set to @now
 * @submitted: when the work was submitted that is done, or being done
 * @now: the time in ns, as the others
 *
 * Return: nanoseconds.
 */
static inline u64 pvdrm_gpu_time_take(u64 *settled, u64 submitted, u64 now)
{
	u64 begin = max(*settled, submitted);

	/* Clocks are read before locks are taken. */
	if (now <= *settled)
		return 0;
	*settled = now;
	return now > begin ? now - begin : 0;
}

#endif /* PVDRM_BACK_GPU_TIME_H */
