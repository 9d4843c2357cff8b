/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * buffer.h: buffers that can be cached; for the files of this folder
 */
#ifndef PVDRM_FRONT_BUFFER_H
#define PVDRM_FRONT_BUFFER_H

#include <linux/hashtable.h>
#include <linux/interval_tree.h>
#include <linux/refcount.h>

#include "front/cache/cache.h"
#include "front/call/ring.h"

#define PVDRM_CACHE_BITS	6

/**
 * struct pvdrm_cache - the buffers of one open file that can be cached
 *
 * Protected by pvdrm_pool.lock, except for @front and @file, which do not
 * change.
 */
struct pvdrm_cache {
	/** @front: the connection */
	struct pvdrm_front *front;
	/** @file: the backend's id of the file */
	u32 file;
	/** @buffers: all of them, by handle */
	DECLARE_HASHTABLE(buffers, PVDRM_CACHE_BITS);
	/** @ranges: buffers, by the mmap() offsets that show them */
	struct rb_root_cached ranges;
	/** @maps: mappings that a program has, likewise */
	struct rb_root_cached maps;
	/** @freed: freed buffers, the last one freed first */
	struct list_head freed;
	/** @nr: number of buffers */
	u32 nr;
	/**
	 * @generation: rises with each call that may have shared or changed any
	 * buffer. Only buffers of the latest generation are cached.
	 */
	u32 generation;
};

enum pvdrm_buffer_state {
	PVDRM_BUFFER_IN_USE,	/* by the program, or not known */
	PVDRM_BUFFER_ASKED,	/* the backend is asked whether it is idle */
	PVDRM_BUFFER_BUSY,	/* it was not idle */
	PVDRM_BUFFER_IDLE,	/* idle, and all zeroes */
};

/**
 * struct pvdrm_buffer - a buffer of a kind that can be cached
 */
struct pvdrm_buffer {
	/** @refs: one of the cache, one while the backend is asked */
	refcount_t refs;
	/** @item: in pvdrm_pool.cached, while it is freed or has @parked */
	struct pvdrm_cached_item item;
	/** @node: in pvdrm_cache.freed or pvdrm_dispose_list.buffers */
	struct list_head node;
	/** @hash: in pvdrm_cache.buffers */
	struct hlist_node hash;
	/** @range: in pvdrm_cache.ranges, if @has_range */
	struct interval_tree_node range;
	/** @cache: its owner; %NULL once it has left the cache */
	struct pvdrm_cache *cache;
	/** @handle: the host's and the program's */
	u32 handle;
	/** @generation: of the cache when the buffer was created */
	u32 generation;
	/** @bytes: its size */
	u64 bytes;
	/** @has_range: its mmap() offset is known */
	bool has_range;
	/** @changed: it cannot be cached any more */
	bool changed;
	/** @freed: the program has freed it */
	bool freed;
	/** @parked: a mapping of all of it that no program has, or %NULL */
	struct pvdrm_cached_map *parked;
	/** @state: enum pvdrm_buffer_state; also changed in interrupts */
	atomic_t state;
	/** @asked_at: when the backend was asked last, in jiffies */
	unsigned long asked_at;
	/** @ask: the request RECYCLE */
	struct pvdrm_post ask;
	/** @release: the request RELEASE */
	struct pvdrm_post *release;
	/** @create_answer: the ioctl that created it, and its answer */
	struct pvdrm_cached_answer create_answer;
	/** @offset_answer: likewise for its mmap() offset; cmd 0: none */
	struct pvdrm_cached_answer offset_answer;
};

/* cache.c; _locked: pvdrm_pool.lock held */
struct pvdrm_buffer *pvdrm_cache_find_locked(struct pvdrm_cache *cache,
					     u32 handle);
void pvdrm_buffer_set_range_locked(struct pvdrm_buffer *buffer, u64 start);
bool pvdrm_buffer_cacheable_locked(const struct pvdrm_buffer *buffer);

/* pool.c */
bool pvdrm_cache_enabled(void);
u64 pvdrm_pool_max_bytes(void);
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

#endif /* PVDRM_FRONT_BUFFER_H */
