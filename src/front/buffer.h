/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * buffer.h: between cache.c, cache_calls.c and pool.c
 */
#ifndef PVDRM_FRONT_BUFFER_H
#define PVDRM_FRONT_BUFFER_H

#include <linux/hashtable.h>
#include <linux/interval_tree.h>
#include <linux/refcount.h>

#include "front.h"
#include "map.h"

#define PVDRM_CACHE_BITS	6

/**
 * struct pvdrm_cache - the buffers of one open file that could be kept
 * @front: the connection
 * @file: the backend's name for the file
 * @buffers: by handle
 * @places: buffers, by where they are mapped from
 * @maps: mappings that a program has, by the same
 * @freed: freed buffers, the latest first
 * @nr: buffers
 * @doubts: calls that may have done anything to any buffer
 *
 * All under pvdrm_pool.lock, but for the first two, which do not change.
 */
struct pvdrm_cache {
	struct pvdrm_front *front;
	u32 file;
	DECLARE_HASHTABLE(buffers, PVDRM_CACHE_BITS);
	struct rb_root_cached places;
	struct rb_root_cached maps;
	struct list_head freed;
	u32 nr;
	u32 doubts;
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
 * @node: in pvdrm_cache.freed, or in pvdrm_victims.buffers
 * @hash: in pvdrm_cache.buffers
 * @place: in pvdrm_cache.places, if @placed
 * @cache: whose it is, while it is in there
 * @handle: the host's and the program's name for it
 * @doubts: those of the cache when it was made
 * @bytes: its size
 * @placed: it is known where it is mapped from
 * @changed: it cannot be kept any more
 * @freed: the program has freed it
 * @parked: a mapping of all of it that no program has; %NULL: none
 * @state: enum pvdrm_buffer_state; the answer is entered in interrupts
 * @asked: when the backend was asked, in jiffies
 * @ask: the request RECYCLE
 * @release: the request RELEASE
 * @made: how it was made
 * @where: how the program asked for its place; cmd 0: it has not
 */
struct pvdrm_buffer {
	refcount_t refs;
	struct pvdrm_kept_item item;
	struct list_head node;
	struct hlist_node hash;
	struct interval_tree_node place;
	struct pvdrm_cache *cache;
	u32 handle;
	u32 doubts;
	u64 bytes;
	bool placed;
	bool changed;
	bool freed;
	struct pvdrm_map *parked;
	atomic_t state;
	unsigned long asked;
	struct pvdrm_post ask;
	struct pvdrm_post *release;
	struct pvdrm_kept_answer made;
	struct pvdrm_kept_answer where;
};

/* cache.c; _locked: under pvdrm_pool.lock */
struct pvdrm_buffer *pvdrm_cache_find_locked(struct pvdrm_cache *cache,
					     u32 handle);
void pvdrm_buffer_place_locked(struct pvdrm_buffer *buffer, u64 start);
bool pvdrm_buffer_can_keep_locked(const struct pvdrm_buffer *buffer);

/* pool.c */
void pvdrm_victims_init(struct pvdrm_victims *victims);
void pvdrm_victims_end(struct pvdrm_front *front,
		       struct pvdrm_victims *victims, bool wait);
void pvdrm_pool_keep_locked(struct pvdrm_buffer *buffer,
			    struct pvdrm_victims *victims);
void pvdrm_pool_evict_locked(struct pvdrm_buffer *buffer,
			     struct pvdrm_victims *victims);
void pvdrm_buffer_forget_locked(struct pvdrm_buffer *buffer,
				struct pvdrm_victims *victims);
void pvdrm_buffer_ask_locked(struct pvdrm_buffer *buffer);
u64 pvdrm_pool_max_bytes(void);

static inline u64 pvdrm_map_bytes(const struct pvdrm_map *map)
{
	return (u64)map->nr_pages << PAGE_SHIFT;
}

#endif /* PVDRM_FRONT_BUFFER_H */
