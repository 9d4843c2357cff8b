// SPDX-License-Identifier: GPL-2.0-only
/*
 * rate.c: slow a guest down that does something too often
 *
 * After a burst, responses are held back, one at a time; other requests go on.
 */
#include <linux/ktime.h>
#include <linux/sched.h>

#include "back/bus/link.h"
#include "back/serve/job.h"
#include "back/serve/rate.h"

#define BURST_SECONDS	10

/**
 * pvdrm_rate_init() - it has done nothing
 * @rate: zeroed
 */
void pvdrm_rate_init(struct pvdrm_rate *rate)
{
	spin_lock_init(&rate->lock);
	mutex_init(&rate->turn);
}

/* Return: whether it is within the rate. */
static bool take_one(struct pvdrm_rate *rate, u32 often)
{
	u64 size = (u64)BURST_SECONDS * NSEC_PER_SEC;
	u64 cost = NSEC_PER_SEC / often;
	u64 now;
	bool ok;

	spin_lock(&rate->lock);
	now = ktime_get_ns();
	ok = pvdrm_bucket_level(&rate->bucket, size, now) >= cost;
	if (ok)
		pvdrm_bucket_take(&rate->bucket, size, cost, now);
	spin_unlock(&rate->lock);
	return ok;
}

/**
 * pvdrm_rate_take() - the guest has done it once more
 * @rate: the device's
 * @job: the request at hand; nothing of it can be interrupted any more
 * @often: times in a second, in the long run; 0: any number
 * @delayed: counter of requests that are held back
 *
 * Sleeps if that is too often.
 */
void pvdrm_rate_take(struct pvdrm_rate *rate, struct pvdrm_job *job, u32 often,
		     atomic64_t *delayed)
{
	if (!often || take_one(rate, often))
		return;
	atomic64_inc(delayed);
	pvdrm_job_may_block(job);
	if (mutex_lock_killable(&rate->turn))
		return;
	if (!READ_ONCE(job->link->closing))
		schedule_timeout_killable(DIV_ROUND_UP(HZ, often));
	/* What it has slept for pays for this one, not for the next. */
	take_one(rate, often);
	mutex_unlock(&rate->turn);
}
