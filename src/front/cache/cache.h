/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cache.h: freed buffers and mappings that are cached, to be used again
 *
 * This is all that the rest of the frontend knows of the cache. The cache knows
 * connections and calls, but neither files nor mappings: a mapping embeds a
 * struct pvdrm_cached_map, and pvdrm_pool.end_map ends it.
 */
#ifndef PVDRM_FRONT_CACHE_H
#define PVDRM_FRONT_CACHE_H

#include <linux/interval_tree.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "cached.h"

struct pvdrm_cache;
struct pvdrm_front;
struct pvdrm_plan;
struct shrinker;

/**
 * struct pvdrm_cached_map - what the cache knows of a mapping
 *
 * Protected by pvdrm_pool.lock.
 */
struct pvdrm_cached_map {
	/** @cache: its file's; valid while it has VMAs or is parked */
	struct pvdrm_cache *cache;
	/**
	 * @range: bytes of the file that it shows; in pvdrm_cache.maps while a
	 * program has it
	 */
	struct interval_tree_node range;
	/** @dispose_node: in pvdrm_dispose_list.maps */
	struct list_head dispose_node;
	/** @id: the backend's, while it is parked */
	u32 id;
	/** @writable: it may ever be written to */
	bool writable;
};

/**
 * struct pvdrm_dispose_list - what left the cache under its lock
 *
 * To be disposed of without the lock.
 */
struct pvdrm_dispose_list {
	/** @buffers: by pvdrm_buffer.node */
	struct list_head buffers;
	/** @maps: by pvdrm_cached_map.dispose_node */
	struct list_head maps;
};

/**
 * struct pvdrm_pool - what all files of a connection have cached
 */
struct pvdrm_pool {
	/**
	 * @lock: protects this struct and the connection's struct pvdrm_cache.
	 * The shrinker takes it, so no memory is allocated under it.
	 */
	spinlock_t lock; /* the connection's caches */
	/** @cached: freed buffers, and buffers in use with a parked mapping */
	struct pvdrm_cached_list cached;
	/** @dispose: left by the shrinker to @work */
	struct pvdrm_dispose_list dispose;
	/** @closed: nothing is cached any more */
	bool closed;
	/** @work: evicts what has been cached for long */
	struct delayed_work work;
	/** @shrinker: evicts when memory is short; %NULL: not registered */
	struct shrinker *shrinker;
	/**
	 * @end_map: ends a mapping that is in no cache and has no VMA; @wait:
	 * until the backend has ended it, too. May sleep.
	 */
	void (*end_map)(struct pvdrm_cached_map *map, bool wait);
};

/* What pvdrm_cache_before_call() returns, besides errnos */
#define PVDRM_CACHE_PASS	0
#define PVDRM_CACHE_ANSWERED	1

/* Of a file: cache.c */
struct pvdrm_cache *pvdrm_cache_create(struct pvdrm_front *front);
void pvdrm_cache_set_file(struct pvdrm_cache *cache, u32 file);
void pvdrm_cache_destroy(struct pvdrm_cache *cache);

/* Of a file's mappings: cache.c */
int pvdrm_cache_add_map(struct pvdrm_cache *cache, struct pvdrm_cached_map *map,
			u64 start, u64 bytes, bool writable);
void pvdrm_cache_remove_map(struct pvdrm_cached_map *map);
bool pvdrm_cache_park_map(struct pvdrm_cached_map *map, u32 id);
struct pvdrm_cached_map *pvdrm_cache_unpark_map(struct pvdrm_cache *cache,
						u64 start, u64 bytes,
						bool writable);

/* Of a file's ioctls: calls.c */
int pvdrm_cache_before_call(struct pvdrm_cache *cache,
			    const struct xendrm_ioctl *desc, u32 cmd,
			    const struct pvdrm_plan *plan, u8 *rsp);
void pvdrm_cache_after_call(struct pvdrm_cache *cache,
			    const struct xendrm_ioctl *desc, u32 cmd,
			    const struct pvdrm_plan *plan, const u8 *rsp,
			    long ret);

/* Of a connection: pool.c */
void pvdrm_pool_init(struct pvdrm_pool *pool,
		     void (*end_map)(struct pvdrm_cached_map *map, bool wait));
int pvdrm_pool_open(struct pvdrm_front *front);
void pvdrm_pool_close(struct pvdrm_front *front);
bool pvdrm_pool_flush(struct pvdrm_front *front);
bool pvdrm_pool_made_room(struct pvdrm_front *front, long ret, bool *flushed);

#endif /* PVDRM_FRONT_CACHE_H */
