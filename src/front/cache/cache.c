// SPDX-License-Identifier: GPL-2.0-only
/*
 * cache.c: the buffers of a file that can be cached, and their mappings
 *
 * A buffer that the program frees is not freed on the host if nobody else can
 * reach it: it was not shared, no ioctl was made that may have shared it, and no
 * program has it mapped. The mapping of a buffer is cached as well: it is
 * "parked" when the program unmaps it.
 *
 * calls.c has the ioctls that change buffers, pool.c the limits.
 */
#include <linux/slab.h>

#include "front/cache/buffer.h"
#include "front/front.h"

/* -------------------------------------------------------- create and destroy */

/**
 * pvdrm_cache_create() - the cache of a new file
 * @front: the connection
 *
 * Return: the cache, or %NULL.
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
 * pvdrm_cache_set_file() - set the file's id
 * @cache: new
 * @file: the backend's id of the file
 */
void pvdrm_cache_set_file(struct pvdrm_cache *cache, u32 file)
{
	cache->file = file;
}

/**
 * pvdrm_cache_destroy() - free the cache of a file
 * @cache: its file has no mappings and is about to be closed
 *
 * The buffers' handles are closed with the file.
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

/* ------------------------------------------- buffers, pvdrm_pool.lock is held */

/**
 * pvdrm_cache_find_locked() - find a buffer by its handle
 * @cache: the file's
 * @handle: the handle
 *
 * Return: the buffer, which the program may have freed, or %NULL.
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
 * pvdrm_buffer_set_range_locked() - set the mmap() offset of a buffer
 * @buffer: in a cache
 * @start: the offset
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
 * pvdrm_buffer_cacheable_locked() - whether a buffer may be cached
 * @buffer: in a cache
 *
 * Return: true if nobody but its file can reach it, and caching is enabled.
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

/* ------------------------------------------------------------------ mappings */

/* It shows all of the buffer and is writable: the backend clears through it. */
static bool covers(const struct pvdrm_cached_map *map,
		   const struct pvdrm_buffer *buffer)
{
	return map->writable && map->range.start == buffer->range.start &&
	       map->range.last >= buffer->range.last;
}

/* A buffer in use that starts at @start; or any freed one in the range */
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
 * pvdrm_cache_add_map() - a program is about to map a part of the file
 * @cache: the file's
 * @map: new
 * @start: first byte of that part
 * @bytes: its length, at least 1
 * @writable: the mapping may ever be written to
 *
 * No buffer in that part is cached from now on.
 *
 * Return: 0, or -EINVAL if the program has freed a buffer there.
 */
int pvdrm_cache_add_map(struct pvdrm_cache *cache, struct pvdrm_cached_map *map,
			u64 start, u64 bytes, bool writable)
{
	int err = 0;

	map->cache = cache;
	map->range.start = start;
	map->range.last = start + bytes - 1;
	map->writable = writable;
	spin_lock(&cache->front->pool.lock);
	if (find_in_range(cache, map->range.start, map->range.last, true))
		err = -EINVAL;
	else
		interval_tree_insert(&map->range, &cache->maps);
	spin_unlock(&cache->front->pool.lock);
	return err;
}

/**
 * pvdrm_cache_remove_map() - no program has a mapping any more
 * @map: from pvdrm_cache_add_map() or pvdrm_cache_unpark_map(); or one that was
 *	 never added, since it shows an object
 */
void pvdrm_cache_remove_map(struct pvdrm_cached_map *map)
{
	struct pvdrm_pool *pool;

	if (!map->cache)
		return;
	pool = &map->cache->front->pool;
	spin_lock(&pool->lock);
	interval_tree_remove(&map->range, &map->cache->maps);
	spin_unlock(&pool->lock);
}

/**
 * pvdrm_cache_park_map() - as pvdrm_cache_remove_map(), but cache the mapping
 * @map: as for pvdrm_cache_remove_map()
 * @id: the backend's id of it
 *
 * Return: true if it was cached, perhaps for a short time only; false: it is the
 * caller's to end.
 */
bool pvdrm_cache_park_map(struct pvdrm_cached_map *map, u32 id)
{
	struct pvdrm_cache *cache = map->cache;
	struct pvdrm_dispose_list dispose;
	struct pvdrm_buffer *buffer;
	struct pvdrm_front *front;
	bool parked = false;

	if (!cache)
		return false;
	front = cache->front;
	pvdrm_dispose_init(&dispose);
	spin_lock(&front->pool.lock);
	interval_tree_remove(&map->range, &cache->maps);
	buffer = find_in_range(cache, map->range.start, map->range.start, false);
	if (buffer && !buffer->parked && covers(map, buffer) &&
	    pvdrm_buffer_cacheable_locked(buffer)) {
		map->id = id;
		buffer->parked = map;
		pvdrm_pool_add_locked(buffer, &dispose);
		parked = true;
	}
	spin_unlock(&front->pool.lock);
	pvdrm_dispose_all(front, &dispose, false);
	return parked;
}

/**
 * pvdrm_cache_unpark_map() - find a parked mapping for a program
 * @cache: the file's
 * @start: first byte of the file that it is to show
 * @bytes: how many, at least 1
 * @writable: it may ever be written to
 *
 * Return: a mapping with all its pages, now the caller's, or %NULL.
 */
struct pvdrm_cached_map *pvdrm_cache_unpark_map(struct pvdrm_cache *cache,
						u64 start, u64 bytes,
						bool writable)
{
	struct pvdrm_pool *pool = &cache->front->pool;
	struct pvdrm_cached_map *map = NULL;
	struct pvdrm_buffer *buffer;

	spin_lock(&pool->lock);
	buffer = find_in_range(cache, start, start, false);
	if (buffer && buffer->parked &&
	    buffer->parked->range.last == start + bytes - 1 &&
	    buffer->parked->writable == writable) {
		map = buffer->parked;
		buffer->parked = NULL;
		pvdrm_cached_remove(&pool->cached, &buffer->item);
		interval_tree_insert(&map->range, &cache->maps);
		pvdrm_stat_inc(&cache->front->stats, PVDRM_STAT_CACHE_MAPS);
	}
	spin_unlock(&pool->lock);
	return map;
}
