/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cache.h: freed buffers and mappings that are kept to be used again
 */
#ifndef PVDRM_FRONT_CACHE_H
#define PVDRM_FRONT_CACHE_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "cached.h"

struct pvdrm_cache;
struct pvdrm_front;
struct pvdrm_front_map;
struct shrinker;
struct vm_area_struct;

/**
 * struct pvdrm_dispose_list - what is kept no more, and not gone yet
 * @buffers: pvdrm_buffer.node
 * @maps: pvdrm_front_map.dispose_node
 */
struct pvdrm_dispose_list {
	struct list_head buffers;
	struct list_head maps;
};

/**
 * struct pvdrm_pool - what all files of a connection keep
 * @lock: all of it, and of the files' struct pvdrm_cache. Nothing is allocated
 *	  under it, since the shrinker takes it. Within pvdrm_front_map.lock's order it
 *	  is innermost but for pvdrm_front.lock
 * @cached: freed buffers, and buffers in use with a mapping that is not
 * @dispose: left behind by the shrinker for @work
 * @closed: nothing is kept any more
 * @work: ends what has been kept for long
 * @shrinker: ends what is kept when memory is short; %NULL: not registered
 */
struct pvdrm_pool {
	spinlock_t lock;	/* the connection's caches */
	struct pvdrm_cached_list cached;
	struct pvdrm_dispose_list dispose;
	bool closed;
	struct delayed_work work;
	struct shrinker *shrinker;
};

/* What pvdrm_cache_before_call() says beside errnos */
#define PVDRM_CACHE_PASS	0
#define PVDRM_CACHE_ANSWERED	1

/* cache.c: a file's buffers */
struct pvdrm_cache *pvdrm_cache_create(struct pvdrm_front *front);
void pvdrm_cache_set_file(struct pvdrm_cache *cache, u32 file);
void pvdrm_cache_destroy(struct pvdrm_cache *cache);
int pvdrm_cache_add_map(struct pvdrm_cache *cache, struct pvdrm_front_map *map);
void pvdrm_cache_remove_map(struct pvdrm_front_map *map);
bool pvdrm_cache_park(struct pvdrm_front_map *map);
struct pvdrm_front_map *pvdrm_cache_unpark(struct pvdrm_cache *cache,
					   struct vm_area_struct *vma);

/* calls.c: calls, before and after the host's turn */
int pvdrm_cache_before_call(struct pvdrm_cache *cache,
			    const struct xendrm_ioctl *desc, u32 cmd,
			    const struct pvdrm_plan *plan, u8 *rsp);
void pvdrm_cache_after_call(struct pvdrm_cache *cache,
			    const struct xendrm_ioctl *desc, u32 cmd,
			    const struct pvdrm_plan *plan, const u8 *rsp, long ret);

/* pool.c: the bounds */
bool pvdrm_cache_enabled(void);
void pvdrm_pool_init(struct pvdrm_pool *pool);
int pvdrm_pool_open(struct pvdrm_front *front);
void pvdrm_pool_close(struct pvdrm_front *front);
bool pvdrm_pool_flush(struct pvdrm_front *front);

#endif /* PVDRM_FRONT_CACHE_H */
