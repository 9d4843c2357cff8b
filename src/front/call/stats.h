/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stats.h: counters of one connection, shown in debugfs
 */
#ifndef PVDRM_FRONT_STATS_H
#define PVDRM_FRONT_STATS_H

#include <linux/atomic.h>
#include <linux/ioctl.h>

#include "drmif.h"

struct dentry;
struct pvdrm_front;

enum pvdrm_stat {
	PVDRM_STAT_NOTIFICATIONS,	/* sent: a hypercall each */
	PVDRM_STAT_IRQS,		/* received */
	PVDRM_STAT_SPIN_HITS,		/* answers that came while watching */
	PVDRM_STAT_SLEEPS,		/* calls that slept for their answer */
	PVDRM_STAT_SLOT_WAITS,		/* calls that waited for a slot or room */
	PVDRM_STAT_CANCELS,
	PVDRM_STAT_ABANDONED,		/* calls whose caller was killed */
	PVDRM_STAT_EVENTS,
	PVDRM_STAT_INVALIDATIONS,	/* of mappings that exist */
	PVDRM_STAT_FAULTS,
	PVDRM_STAT_FAULT_RETRIES,	/* replies overtaken by an invalidation */
	PVDRM_STAT_MAPS,		/* mappings now */
	PVDRM_STAT_GRANTS,		/* grants mapped now */
	PVDRM_STAT_DEVICE_PAGES,	/* pages of the host's device, likewise */
	PVDRM_STAT_MAP_HYPERCALLS,
	PVDRM_STAT_UNMAP_HYPERCALLS,
	PVDRM_STAT_FENCES,		/* of the host, not yet signalled then */
	PVDRM_STAT_FENCES_NOW,
	PVDRM_STAT_FENCE_WAITS,		/* for those that the host does not know */
	PVDRM_STAT_CACHE_HITS,		/* buffers made of freed ones */
	PVDRM_STAT_CACHE_MISSES,	/* made by the host, for want of one */
	PVDRM_STAT_CACHE_BUSY,		/* those passed over: busy, or nobody knows */
	PVDRM_STAT_CACHE_MAPS,		/* mappings made of kept ones */
	PVDRM_STAT_CACHE_EVICTIONS,	/* kept no more, and not used again */
	PVDRM_STAT_MAX
};

/**
 * struct pvdrm_front_stats - counters of one connection
 * @count: by enum pvdrm_stat
 * @op: requests by enum xendrm_op
 * @refused: ioctls not in the table, by number
 * @dir: the folder in debugfs
 */
struct pvdrm_front_stats {
	atomic_long_t count[PVDRM_STAT_MAX];
	atomic_long_t op[XENDRM_OP_COUNT];
	atomic_t refused[1 << _IOC_NRBITS];
	struct dentry *dir;
};

static inline void pvdrm_stat_add(struct pvdrm_front_stats *stats,
				  enum pvdrm_stat which, long n)
{
	atomic_long_add(n, &stats->count[which]);
}

static inline void pvdrm_stat_inc(struct pvdrm_front_stats *stats,
				  enum pvdrm_stat which)
{
	atomic_long_inc(&stats->count[which]);
}

void pvdrm_front_stats_init(void);
void pvdrm_front_stats_exit(void);
void pvdrm_front_stats_show(struct pvdrm_front *front, const char *name);
void pvdrm_front_stats_hide(struct pvdrm_front *front);

#endif /* PVDRM_FRONT_STATS_H */
