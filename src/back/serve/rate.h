/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rate.h: slow a guest down that does something too often
 */
#ifndef PVDRM_BACK_RATE_H
#define PVDRM_BACK_RATE_H

#include <linux/mutex.h>
#include <linux/spinlock.h>

#include "back/bus/bucket.h"

struct pvdrm_job;

/**
 * struct pvdrm_rate - how often a guest does something, across all connections of a
 * device
 */
struct pvdrm_rate {
	/** @lock: guards @bucket */
	spinlock_t lock;

	/** @bucket: time for it */
	struct pvdrm_bucket bucket;

	/** @turn: held by the one request that waits its time */
	struct mutex turn;
};

void pvdrm_rate_init(struct pvdrm_rate *rate);
void pvdrm_rate_take(struct pvdrm_rate *rate, struct pvdrm_job *job, u32 often,
		     atomic64_t *delayed);

#endif /* PVDRM_BACK_RATE_H */
