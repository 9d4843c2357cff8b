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

enum pvdrm_stat {
	PVDRM_STAT_NOTIFICATIONS,	/* sent: a hypercall each */
	PVDRM_STAT_IRQS,		/* received */
	PVDRM_STAT_SPIN_HITS,		/* responses that came while polling */
	PVDRM_STAT_SLEEPS,		/* calls that slept for their response */
	PVDRM_STAT_ONE_WAY,		/* calls that did not wait */
	PVDRM_STAT_ONE_WAY_SUBMITS,	/* those that gave work to the GPU */
	PVDRM_STAT_ONE_WAY_FAILED,	/* those that the host refused */
	PVDRM_STAT_SLOT_WAITS,		/* calls that waited for a slot or room */
	PVDRM_STAT_CANCELS,
	PVDRM_STAT_ABANDONED,		/* calls whose caller was killed */
	PVDRM_STAT_EVENTS,
	PVDRM_STAT_INVALIDATIONS,	/* of mappings that exist */
	PVDRM_STAT_FAULTS,
	PVDRM_STAT_FAULT_UNLOCKED,	/* waited for without mmap_lock */
	PVDRM_STAT_FAULT_RETRIES,	/* replies overtaken by an invalidation */
	PVDRM_STAT_MAPS,		/* mappings now */
	PVDRM_STAT_MAPS_AHEAD,		/* mappings that came with pages */
	PVDRM_STAT_GRANTS,		/* grants mapped now */
	PVDRM_STAT_DEVICE_PAGES,	/* pages of VRAM mapped now */
	PVDRM_STAT_MAP_HYPERCALLS,
	PVDRM_STAT_UNMAP_HYPERCALLS,
	PVDRM_STAT_FENCES,		/* of the host, pending when they came */
	PVDRM_STAT_FENCES_NOW,		/* pending now */
	PVDRM_STAT_FENCE_WAITS,		/* for fences that the host lacks */
	PVDRM_STAT_CACHE_HITS,		/* cached buffers used again */
	PVDRM_STAT_CACHE_MISSES,	/* buffers created, none being cached */
	PVDRM_STAT_CACHE_BUSY,		/* cached buffers that were not idle yet */
	PVDRM_STAT_CACHE_MAPS,		/* parked mappings used again */
	PVDRM_STAT_CACHE_EVICTIONS,	/* evicted without being used again */
	PVDRM_STAT_MAX
};

/**
 * struct pvdrm_front_stats - counters of one connection
 */
struct pvdrm_front_stats {
	/** @count: by enum pvdrm_stat */
	atomic_long_t count[PVDRM_STAT_MAX];
	/** @op: requests, by enum xendrm_op */
	atomic_long_t op[XENDRM_OP_COUNT];
	/** @refused: ioctls that are not in the table, by number */
	atomic_t refused[1 << _IOC_NRBITS];
	/** @dir: the connection's directory in debugfs */
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

#endif /* PVDRM_FRONT_STATS_H */
