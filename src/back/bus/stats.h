/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stats.h: counters of one device, shown in debugfs
 */
#ifndef PVDRM_BACK_STATS_H
#define PVDRM_BACK_STATS_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "drmif.h"

/* One name for each: PVDRM_COUNT_* here, the same in the file */
#define PVDRM_COUNTERS(X) \
	X(notifications)	\
	X(irqs)			\
	X(spurious)		\
	X(sleeps)		\
	X(spin_hits)		\
	X(promotions)		\
	X(user_trips)		\
	X(cancels)		\
	X(unknown_ops)		\
	X(refused_ioctls)	\
	X(limits_met)		\
	X(failures_delayed)	\
	X(vram_faults_delayed)	\
	X(submissions_unseen)	\
	X(submissions_delayed)	\
	X(submission_delay_us)	\
	X(hangs)		\
	X(files)		\
	X(maps)			\
	X(map_pages)		\
	X(pins)			\
	X(grants)		\
	X(grants_made)		\
	X(grant_shortages)	\
	X(evictions)		\
	X(pages_evicted)	\
	X(grants_stale)		\
	X(pages_not_system)	\
	X(device_pages)		\
	X(device_pages_made)	\
	X(device_shortages)	\
	X(device_evictions)	\
	X(fault_retries)	\
	X(invalidations)	\
	X(acks_missed)		\
	X(ack_max_us)		\
	X(ack_wait_us)		\
	X(fences)		\
	X(fences_made)		\
	X(fence_shortages)	\
	X(objects)		\
	X(objects_made)		\
	X(imports)		\
	X(import_pages)		\
	X(recycled)		\
	X(recycle_busy)		\
	X(threads)		\
	X(connections)

#define PVDRM_COUNTER_ENUM(name) PVDRM_COUNT_##name,
enum pvdrm_counter {
	PVDRM_COUNTERS(PVDRM_COUNTER_ENUM)
	PVDRM_NR_COUNTERS
};

#define PVDRM_STAT_NRS	256	/* _IOC_NR is 8 bits */

/**
 * struct pvdrm_back_stats - counters; any context
 * @counts: by enum pvdrm_counter
 * @ops: requests by op
 * @ran: ioctls run, by number
 * @refused: ioctls refused, by number
 * @dir: in debugfs
 */
struct pvdrm_back_stats {
	atomic64_t counts[PVDRM_NR_COUNTERS];
	atomic64_t ops[XENDRM_OP_COUNT];
	atomic_t ran[PVDRM_STAT_NRS];
	atomic_t refused[PVDRM_STAT_NRS];
	struct dentry *dir;
};

#define pvdrm_counter(back, name) \
	(&(back)->stats.counts[PVDRM_COUNT_##name])
#define pvdrm_count(back, name)		atomic64_inc(pvdrm_counter(back, name))
#define pvdrm_uncount(back, name)	atomic64_dec(pvdrm_counter(back, name))
#define pvdrm_count_by(back, name, n) \
	atomic64_add(n, pvdrm_counter(back, name))

void pvdrm_back_stats_init(void);
void pvdrm_back_stats_exit(void);
void pvdrm_back_stats_add(struct pvdrm_back_stats *stats, u32 domid, u32 devid);
void pvdrm_back_stats_remove(struct pvdrm_back_stats *stats);

#endif /* PVDRM_BACK_STATS_H */
