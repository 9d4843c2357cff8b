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
#include <linux/module.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/serve/failing.h"
#include "back/serve/job.h"
#include "back/serve/rate.h"
#include "drmif.h"

static unsigned int pvdrm_max_failures = 100;
module_param_named(max_failures, pvdrm_max_failures, uint, 0644);
MODULE_PARM_DESC(max_failures,
		 "ioctls of a guest that may fail in a second in the long run, with ten times as many at once; those above are delayed; 0: any number (default: 100)");

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

/**
 * pvdrm_failing_note() - the driver has run an ioctl
 * @job: the request at hand; nothing of it can be interrupted any more
 * @status: what the driver returned
 *
 * Sleeps if too many have failed.
 */
void pvdrm_failing_note(struct pvdrm_job *job, int status)
{
	struct pvdrm_back *back = job->link->back;

	if (!is_usual(status))
		pvdrm_rate_take(&back->failing, job,
				READ_ONCE(pvdrm_max_failures),
				pvdrm_counter(back, failures_delayed));
}
