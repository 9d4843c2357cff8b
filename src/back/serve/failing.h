/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * failing.h: slow down a guest whose ioctls keep failing
 */
#ifndef PVDRM_BACK_FAILING_H
#define PVDRM_BACK_FAILING_H

#include <linux/mutex.h>
#include <linux/spinlock.h>

#include "back/bus/bucket.h"

struct pvdrm_job;

/**
 * struct pvdrm_failing - of a device, across all its connections
 */
struct pvdrm_failing {
	/** @lock: guards @bucket */
	spinlock_t lock;

	/** @bucket: time for failures */
	struct pvdrm_bucket bucket;

	/** @turn: held by the one request that waits its time */
	struct mutex turn;
};

void pvdrm_failing_init(struct pvdrm_failing *failing);
void pvdrm_failing_note(struct pvdrm_job *job, int status);

#endif /* PVDRM_BACK_FAILING_H */
