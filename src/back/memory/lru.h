/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lru.h: which grants to take back when there are too few
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
 * @list: in pvdrm_lru.chunks, while it has live grants and is not @evicting
 * @map: whose pages they are
 * @nr_live: live grants
 * @evicting: being taken back: no FAULT speaks of its grants, and makes none
 *
 * @nr_live and @evicting under pvdrm_back_map.lock, @list under pvdrm_lru.lock.
 */
struct pvdrm_lru_chunk {
	struct list_head list;
	struct pvdrm_back_map *map;
	u32 nr_live;
	bool evicting;
};

/**
 * struct pvdrm_lru_run - chunks that are taken back by one event
 * @map: the mapping; a reference
 * @first: chunk in it
 * @count: chunks
 */
struct pvdrm_lru_run {
	struct pvdrm_back_map *map;
	u32 first;
	u32 count;
};

/**
 * struct pvdrm_lru - the live grants of a connection by their last FAULT
 * @all: in the list of connections
 * @admitted: counts as one that was promised grants
 * @lock: @chunks and @granted; within pvdrm_back_map.lock; nothing is taken
 *	  under it
 * @chunks: pvdrm_lru_chunk; the first are those to go next
 * @granted: live grants
 * @evict: held by who takes grants back, and for what follows; no other lock is
 *	   held when it is taken
 * @rounds: how often that was
 * @runs: what is being taken back
 * @pressed_until: in jiffies; grants were short shortly before
 * @slow_until: in jiffies; the guest did not answer, and is left alone
 */
struct pvdrm_lru {
	struct list_head all;
	bool admitted;
	spinlock_t lock;		/* chunks, granted */
	struct list_head chunks;
	u32 granted;
	struct mutex evict;		/* rounds, runs */
	u32 rounds;
	struct pvdrm_lru_run runs[XENDRM_EVENTS];
	u64 pressed_until;
	u64 slow_until;
};

void pvdrm_lru_init(struct pvdrm_link *link);
void pvdrm_lru_exit(struct pvdrm_link *link);
u64 pvdrm_lru_all_bytes(void);
bool pvdrm_lru_admit(struct pvdrm_link *link);

/* accounting, for grant.c */
u32 pvdrm_lru_charge(struct pvdrm_back *back, u32 need);
void pvdrm_lru_uncharge(struct pvdrm_back *back, u32 count);
void pvdrm_lru_learn(void);
void pvdrm_lru_granted(struct pvdrm_back_map *map, u32 index);
void pvdrm_lru_ended(struct pvdrm_back_map *map, u32 index);
void pvdrm_lru_touch(struct pvdrm_back_map *map, u32 index);
bool pvdrm_lru_evicting(const struct pvdrm_back_map *map, u32 index);

/* for fault.c */
int pvdrm_lru_make_room(struct pvdrm_link *link);
int pvdrm_lru_wait(struct pvdrm_link *link);
void pvdrm_lru_narrow(const struct pvdrm_link *link, u32 wanted, u32 *first,
		      u32 *count);

#endif /* PVDRM_BACK_LRU_H */
