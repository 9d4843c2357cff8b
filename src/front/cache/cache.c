// SPDX-License-Identifier: GPL-2.0-only
/*
 * cache.c: freed buffers, kept for the same file to use again
 *
 * A buffer that the program frees stays open on the host if nobody else can reach
 * it: it was not shared, no call was made that may have done so, and no program has
 * it mapped. A mapping of all of it is kept as well. Here are the buffers of a file,
 * and the mappings of them; in calls.c, the calls that change them. The bounds
 * are in pool.c.
 */
#include <linux/slab.h>

#include "front/cache/buffer.h"

/* ------------------------------------------------------------------ life and end */

/**
 * pvdrm_cache_create() - the cache of a new file
 * @front: the connection
 *
 * Return: it, or %NULL.
 */
struct pvdrm_cache *pvdrm_cache_create(struct pvdrm_front *front)
{
	struct pvdrm_cache *cache = kzalloc(sizeof(*cache), GFP_KERNEL);

	if (!cache)
		return NULL;
	cache->front = front;
	hash_init(cache->buffers);
	cache->ranges = RB_ROOT_CACHED;
	cache->maps = RB_ROOT_CACHED;
	INIT_LIST_HEAD(&cache->freed);
	return cache;
}

/**
 * pvdrm_cache_set_file() - the file is open
 * @cache: new
 * @file: the backend's name for the file
 */
void pvdrm_cache_set_file(struct pvdrm_cache *cache, u32 file)
{
	cache->file = file;
}

/**
 * pvdrm_cache_destroy() - its file is about to be closed
 * @cache: no program has a mapping of it, and no call is being made
 *
 * The handles are closed with the file.
 */
void pvdrm_cache_destroy(struct pvdrm_cache *cache)
{
	struct pvdrm_front *front = cache->front;
	struct pvdrm_dispose_list dispose;
	struct pvdrm_buffer *buffer;
	struct hlist_node *next;
	int bucket;

	pvdrm_dispose_init(&dispose);
	spin_lock(&front->pool.lock);
	hash_for_each_safe(cache->buffers, bucket, next, buffer, hash) {
		buffer->freed = false;
		pvdrm_buffer_forget_locked(buffer, &dispose);
	}
	spin_unlock(&front->pool.lock);
	pvdrm_dispose_all(front, &dispose, false);
	kfree(cache);
}

/* ------------------------------------------------------- buffers, all locked */

/**
 * pvdrm_cache_find_locked() - a buffer by its handle
 * @cache: the file's
 * @handle: the handle
 *
 * Return: it, which the program may have freed, or %NULL.
 */
struct pvdrm_buffer *pvdrm_cache_find_locked(struct pvdrm_cache *cache,
					     u32 handle)
{
	struct pvdrm_buffer *buffer;

	hash_for_each_possible(cache->buffers, buffer, hash, handle)
		if (buffer->handle == handle)
			return buffer;
	return NULL;
}

/**
 * pvdrm_buffer_set_range_locked() - it is known where a buffer is mapped from
 * @buffer: in a cache
 * @start: there
 */
void pvdrm_buffer_set_range_locked(struct pvdrm_buffer *buffer, u64 start)
{
	struct pvdrm_cache *cache = buffer->cache;
	u64 last;

	if (buffer->has_range)
		interval_tree_remove(&buffer->range, &cache->ranges);
	buffer->has_range = !check_add_overflow(start, buffer->bytes - 1, &last);
	if (!buffer->has_range)
		return;
	buffer->range.start = start;
	buffer->range.last = last;
	interval_tree_insert(&buffer->range, &cache->ranges);
}

/**
 * pvdrm_buffer_cacheable_locked() - whether nobody else can reach a buffer
 * @buffer: in a cache
 *
 * Return: false also if nothing is kept at all.
 */
bool pvdrm_buffer_cacheable_locked(const struct pvdrm_buffer *buffer)
{
	struct pvdrm_cache *cache = buffer->cache;

	return pvdrm_cache_enabled() && !cache->front->pool.closed &&
	       !buffer->changed && buffer->generation == cache->generation &&
	       buffer->has_range &&
	       !interval_tree_iter_first(&cache->maps, buffer->range.start,
					 buffer->range.last);
}

/* --------------------------------------------------------------------- mappings */

/* A mapping of all of a buffer that may be written, or it could not be cleared */
static bool covers(const struct pvdrm_front_map *map,
		   const struct pvdrm_buffer *buffer)
{
	return map->writable && map->range.start == buffer->range.start &&
	       pvdrm_front_map_bytes(map) >= buffer->bytes;
}

/* Of a mapping's range, what starts with it; or any freed buffer therein */
static struct pvdrm_buffer *find_in_range(struct pvdrm_cache *cache, u64 start,
					  u64 last, bool freed)
{
	struct interval_tree_node *node;
	struct pvdrm_buffer *buffer;

	for (node = interval_tree_iter_first(&cache->ranges, start, last); node;
	     node = interval_tree_iter_next(node, start, last)) {
		buffer = container_of(node, struct pvdrm_buffer, range);
		if (buffer->freed == freed && (freed || node->start == start))
			return buffer;
	}
	return NULL;
}

/**
 * pvdrm_cache_add_map() - a program is about to have a mapping
 * @cache: the file's
 * @map: new
 *
 * From now on no buffer there is kept.
 *
 * Return: 0, or -EINVAL: there is a buffer that the program has freed.
 */
int pvdrm_cache_add_map(struct pvdrm_cache *cache, struct pvdrm_front_map *map)
{
	int err = 0;

	map->cache = cache;
	map->range.start = (u64)map->pgoff << PAGE_SHIFT;
	map->range.last = map->range.start + pvdrm_front_map_bytes(map) - 1;
	spin_lock(&cache->front->pool.lock);
	if (find_in_range(cache, map->range.start, map->range.last, true))
		err = -EINVAL;
	else
		interval_tree_insert(&map->range, &cache->maps);
	spin_unlock(&cache->front->pool.lock);
	return err;
}

/**
 * pvdrm_cache_remove_map() - the program has not got it after all
 * @map: from pvdrm_cache_add_map(), which returned 0
 */
void pvdrm_cache_remove_map(struct pvdrm_front_map *map)
{
	spin_lock(&map->front->pool.lock);
	interval_tree_remove(&map->range, &map->cache->maps);
	spin_unlock(&map->front->pool.lock);
}

/**
 * pvdrm_cache_park() - no program has a mapping any more
 * @map: from pvdrm_cache_add_map(), or pvdrm_cache_unpark()
 *
 * Return: true if it is kept; false: it is the caller's to end.
 */
bool pvdrm_cache_park(struct pvdrm_front_map *map)
{
	struct pvdrm_cache *cache = map->cache;
	struct pvdrm_front *front = map->front;
	struct pvdrm_dispose_list dispose;
	struct pvdrm_buffer *buffer;
	bool parked = false;

	pvdrm_dispose_init(&dispose);
	spin_lock(&front->pool.lock);
	interval_tree_remove(&map->range, &cache->maps);
	buffer = find_in_range(cache, map->range.start, map->range.start, false);
	if (buffer && !buffer->parked && !READ_ONCE(map->lost) &&
	    covers(map, buffer) && pvdrm_buffer_cacheable_locked(buffer)) {
		buffer->parked = map;
		pvdrm_pool_add_locked(buffer, &dispose);
		parked = true;
	}
	spin_unlock(&front->pool.lock);
	pvdrm_dispose_all(front, &dispose, false);
	return parked;
}

/**
 * pvdrm_cache_unpark() - find a mapping for a new VMA
 * @cache: the file's
 * @vma: the VMA
 *
 * Return: a mapping with all it had, the caller's now, or %NULL.
 */
struct pvdrm_front_map *pvdrm_cache_unpark(struct pvdrm_cache *cache,
					   struct vm_area_struct *vma)
{
	u64 start = (u64)vma->vm_pgoff << PAGE_SHIFT;
	struct pvdrm_pool *pool = &cache->front->pool;
	struct pvdrm_front_map *map = NULL;
	struct pvdrm_buffer *buffer;

	spin_lock(&pool->lock);
	buffer = find_in_range(cache, start, start, false);
	if (buffer && buffer->parked &&
	    buffer->parked->nr_pages == vma_pages(vma) &&
	    buffer->parked->writable == !!(vma->vm_flags & VM_MAYWRITE)) {
		map = buffer->parked;
		buffer->parked = NULL;
		pvdrm_cached_remove(&pool->cached, &buffer->item);
		interval_tree_insert(&map->range, &cache->maps);
		pvdrm_stat_inc(&cache->front->stats, PVDRM_STAT_CACHE_MAPS);
	}
	spin_unlock(&pool->lock);
	return map;
}
