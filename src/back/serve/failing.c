// SPDX-License-Identifier: GPL-2.0-only
/*
 * failing.c: slow down a guest whose ioctls keep failing
 *
 * Several drivers print a message for each bad submission, and a guest can have
 * thousands of them in a second. So failures are limited to a rate, after a
 * burst that is larger than what programs do when they probe a driver. The
 * response to a failed ioctl is held back, one at a time; other requests go on.
 */
#include <linux/errno.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/sched.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/serve/failing.h"
#include "back/serve/job.h"
#include "drmif.h"

static unsigned int pvdrm_max_failures = 100;
module_param_named(max_failures, pvdrm_max_failures, uint, 0644);
MODULE_PARM_DESC(max_failures,
		 "ioctls of a guest that may fail in a second in the long run, with ten times as many at once; those above are delayed; 0: any number (default: 100)");

#define BURST_SECONDS	10

/* What programs get while they wait or probe; drivers print nothing then. */
static bool is_usual(int status)
{
	switch (-status) {
	case EAGAIN:
	case EBUSY:
	case EINTR:
	case ETIME:
	case ETIMEDOUT:
	case ENOTTY:
	case EOPNOTSUPP:
	case XENDRM_ERESTARTSYS:
		return true;
	default:
		return status >= 0;
	}
}

/* Return: whether it is within the rate. */
static bool take_one(struct pvdrm_failing *failing, u32 rate)
{
	u64 size = (u64)BURST_SECONDS * NSEC_PER_SEC;
	u64 cost = NSEC_PER_SEC / rate;
	u64 now;
	bool ok;

	spin_lock(&failing->lock);
	now = ktime_get_ns();
	ok = pvdrm_bucket_level(&failing->bucket, size, now) >= cost;
	if (ok)
		pvdrm_bucket_take(&failing->bucket, size, cost, now);
	spin_unlock(&failing->lock);
	return ok;
}

/**
 * pvdrm_failing_init() - nothing has failed
 * @failing: zeroed
 */
void pvdrm_failing_init(struct pvdrm_failing *failing)
{
	spin_lock_init(&failing->lock);
	mutex_init(&failing->turn);
}

/**
 * pvdrm_failing_note() - the driver has run an ioctl
 * @job: the request at hand; nothing of it can be interrupted any more
 * @status: what the driver returned
 *
 * Sleeps if too many have failed.
 */
void pvdrm_failing_note(struct pvdrm_job *job, int status)
{
	struct pvdrm_link *link = job->link;
	struct pvdrm_failing *failing = &link->back->failing;
	u32 rate = READ_ONCE(pvdrm_max_failures);

	if (is_usual(status) || !rate || take_one(failing, rate))
		return;
	pvdrm_count(link->back, failures_delayed);
	pvdrm_job_may_block(job);
	if (mutex_lock_killable(&failing->turn))
		return;
	if (!READ_ONCE(link->closing))
		schedule_timeout_killable(DIV_ROUND_UP(HZ, rate));
	mutex_unlock(&failing->turn);
}
