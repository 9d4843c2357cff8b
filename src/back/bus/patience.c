// SPDX-License-Identifier: GPL-2.0-only
/*
 * patience.c: how long the host waits for a guest's acknowledgements in all
 *
 * While a notifier waits, the host's driver does, with locks held that every
 * user of the GPU needs. So besides each wait, the sum of them is limited: a
 * leaky bucket of time. When it is empty, the guest counts as one that does not
 * answer.
 *
 * Time during which several wait counts once. The arithmetic is in waited.h.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>

#include "back/bus/patience.h"

static unsigned int pvdrm_ack_budget_ms = 5000;
module_param_named(ack_budget_ms, pvdrm_ack_budget_ms, uint, 0644);
MODULE_PARM_DESC(ack_budget_ms,
		 "time that this domain's GPU driver may wait for a guest beyond ack_share before its device is closed (default: 5000)");

static unsigned int pvdrm_ack_share = 25;
module_param_named(ack_share, pvdrm_ack_share, uint, 0644);
MODULE_PARM_DESC(ack_share,
		 "percentage of time that this domain's GPU driver may wait for a guest in the long run, 1 to 100 (default: 25)");

static u64 budget(void)
{
	return (u64)READ_ONCE(pvdrm_ack_budget_ms) * NSEC_PER_MSEC;
}

static u32 share(void)
{
	return clamp(READ_ONCE(pvdrm_ack_share), 1u, 100u);
}

/**
 * pvdrm_patience_init() - the host has not waited
 * @patience: zeroed
 */
void pvdrm_patience_init(struct pvdrm_patience *patience)
{
	spin_lock_init(&patience->lock);
}

/**
 * pvdrm_patience_ms() - how long the host may wait now
 * @patience: the device's
 *
 * Return: so many milliseconds; 0: not at all.
 */
unsigned int pvdrm_patience_ms(struct pvdrm_patience *patience)
{
	u64 left;

	spin_lock(&patience->lock);
	left = pvdrm_waited_left(&patience->waited, budget(), share(),
				 ktime_get_ns());
	spin_unlock(&patience->lock);
	return div_u64(left, NSEC_PER_MSEC);
}

/**
 * pvdrm_patience_begin() - somebody begins to wait for the guest
 * @patience: the device's
 */
void pvdrm_patience_begin(struct pvdrm_patience *patience)
{
	spin_lock(&patience->lock);
	if (!patience->waiting++)
		patience->since = ktime_get_ns();
	spin_unlock(&patience->lock);
}

/**
 * pvdrm_patience_end() - somebody does not wait any more
 * @patience: the device's
 *
 * Return: nanoseconds since any waiting was last accounted for.
 */
u64 pvdrm_patience_end(struct pvdrm_patience *patience)
{
	u64 now, waited;

	spin_lock(&patience->lock);
	now = ktime_get_ns();
	waited = now - patience->since;
	patience->since = now;
	patience->waiting--;
	pvdrm_waited_take(&patience->waited, budget(), share(), waited, now);
	spin_unlock(&patience->lock);
	return waited;
}
