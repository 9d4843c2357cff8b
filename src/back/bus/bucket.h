/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bucket.h: a leaky bucket of time
 *
 * It fills by one nanosecond in a nanosecond. What costs more than that on
 * average empties it in the end; a burst is allowed up to its size.
 */
#ifndef PVDRM_BACK_BUCKET_H
#define PVDRM_BACK_BUCKET_H

#include "portable.h"

/**
 * struct pvdrm_bucket - a leaky bucket; zeroed: full
 * @full_at: when it is full again, if nothing is taken until then; in ns
 *
 * The caller has a lock, the time, and the size, which may change.
 */
struct pvdrm_bucket {
	u64 full_at;
};

/**
 * pvdrm_bucket_level() - what is in it
 * @bucket: the bucket
 * @size: what it holds, in ns
 * @now: the time in ns
 *
 * Return: 0 to @size.
 */
static inline u64 pvdrm_bucket_level(const struct pvdrm_bucket *bucket,
				     u64 size, u64 now)
{
	u64 gone = bucket->full_at > now ? bucket->full_at - now : 0;

	return gone < size ? size - gone : 0;
}

/**
 * pvdrm_bucket_take() - take something out
 * @bucket: the bucket
 * @size: what it holds, in ns
 * @cost: how much is taken; more than there is empties it
 * @now: the time in ns
 */
static inline void pvdrm_bucket_take(struct pvdrm_bucket *bucket, u64 size,
				     u64 cost, u64 now)
{
	u64 level = pvdrm_bucket_level(bucket, size, now);

	bucket->full_at = now + size - (cost < level ? level - cost : 0);
}

#endif /* PVDRM_BACK_BUCKET_H */
