/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * buffer.h: between cache.c, calls.c and pool.c
 */
#ifndef PVDRM_FRONT_BUFFER_H
#define PVDRM_FRONT_BUFFER_H

#include <linux/hashtable.h>
#include <linux/interval_tree.h>
#include <linux/refcount.h>

#include "front/front.h"
#include "front/memory/map.h"

#define PVDRM_CACHE_BITS	6

/**
 * struct pvdrm_cache - the buffers of one open file that could be kept
 * @front: the connection
 * @file: the backend's name for the file
 * @buffers: by handle
 * @ranges: buffers, by where they are mapped from
 * @maps: mappings that a program has, by the same
 * @freed: freed buffers, the latest first
 * @nr: buffers
 * @generation: calls that may have done anything to any buffer
 *
 * All under pvdrm_pool.lock, but for the first two, which do not change.
 */
struct pvdrm_cache {
	struct pvdrm_front *front;
	u32 file;
	DECLARE_HASHTABLE(buffers, PVDRM_CACHE_BITS);
	struct rb_root_cached ranges;
	struct rb_root_cached maps;
	struct list_head freed;
	u32 nr;
	u32 generation;
};

enum pvdrm_buffer_state {
	PVDRM_BUFFER_IN_USE,	/* by the program, or nobody knows */
	PVDRM_BUFFER_ASKED,	/* the backend, whether it is idle */
	PVDRM_BUFFER_BUSY,	/* it was not */
	PVDRM_BUFFER_IDLE,	/* and all zeroes */
};

/**
 * struct pvdrm_buffer - a buffer of a kind that can be kept
 * @refs: the cache's, and one while the backend is asked
 * @item: in pvdrm_pool.kept, while it is freed or has @parked
 * @node: in pvdrm_cache.freed, or in pvdrm_dispose_list.buffers
 * @hash: in pvdrm_cache.buffers
 * @range: in pvdrm_cache.ranges, if @has_range
 * @cache: whose it is, while it is in there
 * @handle: the host's and the program's name for it
 * @generation: those of the cache when it was made
 * @bytes: its size
 * @has_range: it is known where it is mapped from
 * @changed: it cannot be kept any more
 * @freed: the program has freed it
 * @parked: a mapping of all of it that no program has; %NULL: none
 * @state: enum pvdrm_buffer_state; the answer is entered in interrupts
 * @asked_at: when the backend was asked, in jiffies
 * @ask: the request RECYCLE
 * @release: the request RELEASE
 * @create_answer: how it was made
 * @offset_answer: how the program asked for its place; cmd 0: it has not
 */
struct pvdrm_buffer {
	refcount_t refs;
	struct pvdrm_cached_item item;
	struct list_head node;
	struct hlist_node hash;
	struct interval_tree_node range;
	struct pvdrm_cache *cache;
	u32 handle;
	u32 generation;
	u64 bytes;
	bool has_range;
	bool changed;
	bool freed;
	struct pvdrm_front_map *parked;
	atomic_t state;
	unsigned long asked_at;
	struct pvdrm_post ask;
	struct pvdrm_post *release;
	struct pvdrm_cached_answer create_answer;
	struct pvdrm_cached_answer offset_answer;
};

/* cache.c; _locked: under pvdrm_pool.lock */
struct pvdrm_buffer *pvdrm_cache_find_locked(struct pvdrm_cache *cache,
					     u32 handle);
void pvdrm_buffer_set_range_locked(struct pvdrm_buffer *buffer, u64 start);
bool pvdrm_buffer_cacheable_locked(const struct pvdrm_buffer *buffer);

/* pool.c */
void pvdrm_dispose_init(struct pvdrm_dispose_list *dispose);
void pvdrm_dispose_all(struct pvdrm_front *front,
		       struct pvdrm_dispose_list *dispose, bool wait);
void pvdrm_pool_add_locked(struct pvdrm_buffer *buffer,
			   struct pvdrm_dispose_list *dispose);
void pvdrm_pool_evict_locked(struct pvdrm_buffer *buffer,
			     struct pvdrm_dispose_list *dispose);
void pvdrm_buffer_forget_locked(struct pvdrm_buffer *buffer,
				struct pvdrm_dispose_list *dispose);
void pvdrm_buffer_ask_locked(struct pvdrm_buffer *buffer);
u64 pvdrm_pool_max_bytes(void);

static inline u64 pvdrm_front_map_bytes(const struct pvdrm_front_map *map)
{
	return (u64)map->nr_pages << PAGE_SHIFT;
}

#endif /* PVDRM_FRONT_BUFFER_H */
