/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * waited.h: what it costs a guest that the host has waited for it
 *
 * The beginning of each wait is free: an honest guest's vCPU has to be scheduled, and
 * the host may move many buffers in a short time. But a guest can have the host wait
 * as often as it likes. So what is free is limited, too, by a bucket of its own.
 */
#ifndef PVDRM_BACK_WAITED_H
#define PVDRM_BACK_WAITED_H

#include "back/bus/bucket.h"

#define PVDRM_WAIT_FREE_NS	1000000ull
/* In the long run, so much of the time may be free, in percent. */
#define PVDRM_WAIT_FREE_SHARE	50u

/**
 * struct pvdrm_waited - how long the host may wait; zeroed: it has not waited
 * @bucket: time that it may wait
 * @brief: the beginnings of waits that are free
 *
 * The caller has a lock, and the time in ns.
 */
struct pvdrm_waited {
	struct pvdrm_bucket bucket;
	struct pvdrm_bucket brief;
};

/* In a bucket, a share of the time weighs as much as the time that passes. */
static inline u64 pvdrm_waited_weigh(u64 ns, u32 share)
{
	u32 rest;

	return div_u64_rem(ns * 100, share, &rest);
}

/* What is in a bucket, in ns of waiting; @budget: what it holds of that */
static inline u64 pvdrm_waited_in(const struct pvdrm_bucket *bucket, u64 budget,
				  u32 share, u64 now)
{
	u64 level = pvdrm_bucket_level(bucket, pvdrm_waited_weigh(budget, share),
				       now);
	u32 rest;

	return div_u64_rem(level, 100, &rest) * share;
}

/**
 * pvdrm_waited_left() - how long the host may wait now, beyond what is free
 * @waited: of a guest
 * @budget: how long it may wait at once, in ns
 * @share: for how much of the time in the long run, in percent, from 1 on
 * @now: the time
 *
 * Return: ns.
 */
static inline u64 pvdrm_waited_left(const struct pvdrm_waited *waited,
				    u64 budget, u32 share, u64 now)
{
	return pvdrm_waited_in(&waited->bucket, budget, share, now);
}

/**
 * pvdrm_waited_take() - the host has waited
 * @waited: of a guest
 * @budget: as above, and what may be free at once
 * @share: as above
 * @ns: so long
 * @now: the time
 */
static inline void pvdrm_waited_take(struct pvdrm_waited *waited, u64 budget,
				     u32 share, u64 ns, u64 now)
{
	u64 brief = min(min(ns, PVDRM_WAIT_FREE_NS),
			pvdrm_waited_in(&waited->brief, budget,
					PVDRM_WAIT_FREE_SHARE, now));

	pvdrm_bucket_take(&waited->brief,
			  pvdrm_waited_weigh(budget, PVDRM_WAIT_FREE_SHARE),
			  pvdrm_waited_weigh(brief, PVDRM_WAIT_FREE_SHARE), now);
	pvdrm_bucket_take(&waited->bucket, pvdrm_waited_weigh(budget, share),
			  pvdrm_waited_weigh(ns - brief, share), now);
}

#endif /* PVDRM_BACK_WAITED_H */
