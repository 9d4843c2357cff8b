/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lru.h: live grants, and which pages were faulted least recently
 */
#ifndef PVDRM_BACK_LRU_H
#define PVDRM_BACK_LRU_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "drmif.h"

struct pvdrm_back;
struct pvdrm_link;
struct pvdrm_back_map;

#define PVDRM_LRU_SHIFT		6
#define PVDRM_LRU_PAGES		64u

/**
 * struct pvdrm_lru_chunk - PVDRM_LRU_PAGES pages of a mapping
 */
struct pvdrm_lru_chunk {
	/**
	 * @list: entry in pvdrm_lru.chunks, while it has live grants, is not
	 * @evicting and not pinned; under pvdrm_lru.lock
	 */
	struct list_head list;

	/** @map: the mapping */
	struct pvdrm_back_map *map;

	/** @nr_live: live grants, unless pinned; under pvdrm_back_map.lock */
	u32 nr_live;

	/**
	 * @evicting: its grants are being ended: FAULT neither reports nor
	 * creates grants here; under pvdrm_back_map.lock
	 */
	bool evicting;
};

/**
 * struct pvdrm_lru_run - contiguous chunks that are evicted by one event
 */
struct pvdrm_lru_run {
	/** @map: the mapping; a reference */
	struct pvdrm_back_map *map;

	/** @first: number of the first chunk */
	u32 first;

	/** @count: number of chunks */
	u32 count;
};

/**
 * struct pvdrm_lru - the live grants of a connection by their last FAULT
 */
struct pvdrm_lru {
	/** @all: entry in the list of connections */
	struct list_head all;

	/** @admitted: counts as one that was promised grants */
	bool admitted;

	/** @lock: guards @chunks and @granted; within pvdrm_back_map.lock */
	spinlock_t lock;

	/** @chunks: the least recently faulted first */
	struct list_head chunks;

	/** @granted: number of live grants that may be evicted */
	u32 granted;

	/** @evict: held while grants are evicted; guards @rounds and @runs */
	struct mutex evict;

	/** @rounds: how often grants were evicted */
	u32 rounds;

	/** @runs: what is being evicted */
	struct pvdrm_lru_run runs[XENDRM_EVENTS];

	/** @pressed_until: in jiffies; grants were scarce shortly before */
	u64 pressed_until;

	/**
	 * @slow_until: in jiffies; the guest did not answer, and is left alone
	 */
	u64 slow_until;
};

void pvdrm_lru_init(struct pvdrm_link *link);
void pvdrm_lru_exit(struct pvdrm_link *link);
bool pvdrm_lru_admit(struct pvdrm_link *link);
bool pvdrm_lru_pin(struct pvdrm_back *back, u32 pages);
void pvdrm_lru_unpin(struct pvdrm_back *back, u32 pages);

/* accounting */
u32 pvdrm_lru_charge(struct pvdrm_back *back, u32 need);
void pvdrm_lru_uncharge(struct pvdrm_back *back, u32 count);
void pvdrm_lru_learn(void);
void pvdrm_lru_unlearn(void);
void pvdrm_lru_granted(struct pvdrm_back_map *map, u32 index);
void pvdrm_lru_ended(struct pvdrm_back_map *map, u32 index);
void pvdrm_lru_touch(struct pvdrm_back_map *map, u32 index);
bool pvdrm_lru_evicting(const struct pvdrm_back_map *map, u32 index);

/* what to evict, and what not to grant */
struct pvdrm_link *pvdrm_lru_choose(struct pvdrm_link *link);
void pvdrm_lru_note_pressure(struct pvdrm_link *link);
void pvdrm_lru_narrow(const struct pvdrm_link *link, u32 wanted, u32 *first,
		      u32 *count);

#endif /* PVDRM_BACK_LRU_H */
