// SPDX-License-Identifier: GPL-2.0-only
/*
 * pool.c: how much is cached, and for how long
 *
 * All files of a connection share one limit and one list by age. What is evicted
 * leaves all lists under the lock, and is disposed of without it.
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/shrinker.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "front/cache/buffer.h"
#include "front/call/call.h"
#include "front/front.h"

static bool cache;
module_param(cache, bool, 0644);
MODULE_PARM_DESC(cache, "Cache freed buffers and their mappings, for the same file to use again (default N)");

static unsigned int cache_mib = 32;
module_param(cache_mib, uint, 0644);
MODULE_PARM_DESC(cache_mib, "Most MiB of buffers that are cached for a device (default 32)");

static unsigned int cache_ms = 2000;
module_param(cache_ms, uint, 0644);
MODULE_PARM_DESC(cache_ms, "Longest time that a buffer is cached, in ms (default 2000)");

/* How soon to ask the backend again about a buffer that was busy */
#define ASK_AGAIN	msecs_to_jiffies(4)

/**
 * pvdrm_cache_enabled() - whether anything is to be cached
 *
 * Return: the module parameter as it is now.
 */
bool pvdrm_cache_enabled(void)
{
	return READ_ONCE(cache);
}

/**
 * pvdrm_pool_max_bytes() - the most that a connection caches
 *
 * Return: bytes.
 */
u64 pvdrm_pool_max_bytes(void)
{
	return (u64)READ_ONCE(cache_mib) * SZ_1M;
}

static u64 max_age(void)
{
	return msecs_to_jiffies(READ_ONCE(cache_ms));
}

/* ------------------------------------------------------- dispose, not locked */

static void buffer_put(struct pvdrm_buffer *buffer)
{
	if (refcount_dec_and_test(&buffer->refs))
		kfree(buffer);
}

/**
 * pvdrm_dispose_init() - make an empty list
 * @dispose: the list
 */
void pvdrm_dispose_init(struct pvdrm_dispose_list *dispose)
{
	INIT_LIST_HEAD(&dispose->buffers);
	INIT_LIST_HEAD(&dispose->maps);
}

/* The backend does all RELEASEs sent before this one first. */
static void wait_for_releases(struct pvdrm_front *front)
{
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_NOP,
		.wait = PVDRM_WAIT_KILL,
	};

	pvdrm_front_call(front, &call);
}

/**
 * pvdrm_dispose_all() - unmap and close what has left the cache
 * @front: the connection; may be dead
 * @dispose: empty afterwards
 * @wait: until the backend has done it
 */
void pvdrm_dispose_all(struct pvdrm_front *front,
		       struct pvdrm_dispose_list *dispose, bool wait)
{
	struct pvdrm_buffer *buffer, *next;
	struct pvdrm_cached_map *map, *next_map;

	list_for_each_entry_safe(map, next_map, &dispose->maps, dispose_node) {
		list_del_init(&map->dispose_node);
		front->pool.end_map(map, wait);
	}
	wait = wait && !list_empty(&dispose->buffers);
	list_for_each_entry_safe(buffer, next, &dispose->buffers, node) {
		list_del_init(&buffer->node);
		if (buffer->release)
			pvdrm_front_post(front, buffer->release);
		buffer->release = NULL;
		buffer_put(buffer);
	}
	if (wait)
		wait_for_releases(front);
}

/* ---------------------------------------------------- pvdrm_pool.lock is held */

static void drop_parked(struct pvdrm_buffer *buffer,
			struct pvdrm_dispose_list *dispose)
{
	if (buffer->parked)
		list_add_tail(&buffer->parked->dispose_node, &dispose->maps);
	buffer->parked = NULL;
}

/**
 * pvdrm_buffer_forget_locked() - take a buffer out of its cache
 * @buffer: in a cache
 * @dispose: gets it and its parked mapping
 *
 * The host's handle is closed if the program has freed the buffer. If not, that
 * is up to the program.
 */
void pvdrm_buffer_forget_locked(struct pvdrm_buffer *buffer,
				struct pvdrm_dispose_list *dispose)
{
	struct pvdrm_cache *owner = buffer->cache;

	pvdrm_cached_remove(&owner->front->pool.cached, &buffer->item);
	if (buffer->has_range)
		interval_tree_remove(&buffer->range, &owner->ranges);
	hash_del(&buffer->hash);
	owner->nr--;
	drop_parked(buffer, dispose);
	buffer->cache = NULL;
	list_del_init(&buffer->node);
	list_add_tail(&buffer->node, &dispose->buffers);
	if (!buffer->freed) {
		kfree(buffer->release);
		buffer->release = NULL;
	}
}

/**
 * pvdrm_pool_evict_locked() - cache something no longer
 * @buffer: in the pool: freed, or with a parked mapping
 * @dispose: gets the freed buffer, and the mapping
 */
void pvdrm_pool_evict_locked(struct pvdrm_buffer *buffer,
			     struct pvdrm_dispose_list *dispose)
{
	struct pvdrm_front *front = buffer->cache->front;

	pvdrm_stat_inc(&front->stats, PVDRM_STAT_CACHE_EVICTIONS);
	if (buffer->freed) {
		pvdrm_buffer_forget_locked(buffer, dispose);
		return;
	}
	pvdrm_cached_remove(&front->pool.cached, &buffer->item);
	drop_parked(buffer, dispose);
}

/* Return: the number of pages evicted */
static u64 evict_surplus(struct pvdrm_pool *pool, u64 max_bytes, u64 oldest,
			 struct pvdrm_dispose_list *dispose)
{
	u64 before = pool->cached.bytes;
	struct pvdrm_cached_item *item;

	while ((item = pvdrm_cached_surplus(&pool->cached, max_bytes, oldest)))
		pvdrm_pool_evict_locked(container_of(item, struct pvdrm_buffer,
						     item), dispose);
	return (before - pool->cached.bytes) >> PAGE_SHIFT;
}

/**
 * pvdrm_pool_add_locked() - cache a buffer, or its parked mapping
 * @buffer: freed, or with a parked mapping
 * @dispose: gets what is evicted to make room, perhaps @buffer itself
 */
void pvdrm_pool_add_locked(struct pvdrm_buffer *buffer,
			   struct pvdrm_dispose_list *dispose)
{
	struct pvdrm_pool *pool = &buffer->cache->front->pool;

	pvdrm_cached_add(&pool->cached, &buffer->item, buffer->bytes,
			 get_jiffies_64());
	evict_surplus(pool, pvdrm_pool_max_bytes(), 0, dispose);
	if (!delayed_work_pending(&pool->work))
		schedule_delayed_work(&pool->work, max_age() / 2 + 1);
}

/* Perhaps in an interrupt, under pvdrm_front.lock */
static void answered(struct pvdrm_post *post, const struct xendrm_response *rsp)
{
	bool idle = rsp && !rsp->status;
	struct pvdrm_buffer *buffer = container_of(post, struct pvdrm_buffer,
						   ask);

	/* Any other error: it is not used again, and is evicted in time. */
	atomic_set_release(&buffer->state, idle ? PVDRM_BUFFER_IDLE :
						  PVDRM_BUFFER_BUSY);
	buffer_put(buffer);
}

/**
 * pvdrm_buffer_ask_locked() - ask whether the GPU is done with a buffer
 * @buffer: freed, with a parked mapping; not being asked about
 *
 * Does not wait. The answer changes pvdrm_buffer.state.
 */
void pvdrm_buffer_ask_locked(struct pvdrm_buffer *buffer)
{
	refcount_inc(&buffer->refs);
	atomic_set(&buffer->state, PVDRM_BUFFER_ASKED);
	buffer->asked_at = jiffies;
	buffer->ask.done = answered;
	buffer->ask.req.op = XENDRM_OP_RECYCLE;
	buffer->ask.req.file = buffer->cache->file;
	buffer->ask.req.u.recycle.handle = buffer->handle;
	buffer->ask.req.u.recycle.map = buffer->parked->id;
	pvdrm_front_post(buffer->cache->front, &buffer->ask);
}

/* Return: true if there are busy buffers */
static bool ask_about_busy(struct pvdrm_pool *pool)
{
	struct pvdrm_cached_item *item;
	struct pvdrm_buffer *buffer;
	bool busy = false;

	list_for_each_entry(item, &pool->cached.items, node) {
		buffer = container_of(item, struct pvdrm_buffer, item);
		if (!buffer->freed ||
		    atomic_read(&buffer->state) != PVDRM_BUFFER_BUSY)
			continue;
		busy = true;
		if (time_after(jiffies, buffer->asked_at + ASK_AGAIN))
			pvdrm_buffer_ask_locked(buffer);
	}
	return busy;
}

/* -------------------------------------------------------------------- by age */

static void expire(struct work_struct *work)
{
	struct pvdrm_pool *pool = container_of(to_delayed_work(work),
					       struct pvdrm_pool, work);
	struct pvdrm_front *front = container_of(pool, struct pvdrm_front,
						 pool);
	u64 now = get_jiffies_64();
	struct pvdrm_dispose_list dispose;
	bool busy;

	pvdrm_dispose_init(&dispose);
	spin_lock(&pool->lock);
	list_splice_init(&pool->dispose.buffers, &dispose.buffers);
	list_splice_init(&pool->dispose.maps, &dispose.maps);
	evict_surplus(pool, pvdrm_cache_enabled() ? pvdrm_pool_max_bytes() : 0,
		      now - min(max_age(), now), &dispose);
	busy = ask_about_busy(pool);
	if (!list_empty(&pool->cached.items) && !pool->closed)
		schedule_delayed_work(&pool->work,
				      busy ? min_t(u64, 10 * ASK_AGAIN,
						   max_age() / 2 + 1) :
					     max_age() / 2 + 1);
	spin_unlock(&pool->lock);
	pvdrm_dispose_all(front, &dispose, false);
}

/* ------------------------------------------------------- when memory is short */

static unsigned long shrink_count(struct shrinker *shrinker,
				  struct shrink_control *control)
{
	struct pvdrm_front *front = pvdrm_shrinker_data(shrinker);
	unsigned long pages = READ_ONCE(front->pool.cached.bytes) >> PAGE_SHIFT;

	return pages ? pages : SHRINK_EMPTY;
}

/*
 * What is freed is grants and the memory that goes with them. Freeing these takes
 * locks under which others allocate memory, so it is left to the work.
 */
static unsigned long shrink_scan(struct shrinker *shrinker,
				 struct shrink_control *control)
{
	struct pvdrm_front *front = pvdrm_shrinker_data(shrinker);
	struct pvdrm_pool *pool = &front->pool;
	u64 bytes = (u64)control->nr_to_scan << PAGE_SHIFT;
	u64 freed;

	spin_lock(&pool->lock);
	freed = evict_surplus(pool, pool->cached.bytes -
			      min(bytes, pool->cached.bytes), 0, &pool->dispose);
	if (freed && !pool->closed)
		mod_delayed_work(system_wq, &pool->work, 0);
	spin_unlock(&pool->lock);
	return freed ? freed : SHRINK_STOP;
}

/* ------------------------------------------------------------ open and close */

/**
 * pvdrm_pool_init() - make an empty pool
 * @pool: the pool
 * @end_map: see struct pvdrm_pool
 */
void pvdrm_pool_init(struct pvdrm_pool *pool,
		     void (*end_map)(struct pvdrm_cached_map *map, bool wait))
{
	pool->end_map = end_map;
	spin_lock_init(&pool->lock);
	pvdrm_cached_init(&pool->cached);
	pvdrm_dispose_init(&pool->dispose);
	INIT_DELAYED_WORK(&pool->work, expire);
}

/**
 * pvdrm_pool_open() - register the shrinker
 * @front: a connection
 *
 * Return: 0 or -ENOMEM; pvdrm_pool_close() is due either way.
 */
int pvdrm_pool_open(struct pvdrm_front *front)
{
	front->pool.shrinker = pvdrm_shrinker_register(shrink_count,
						       shrink_scan, front,
						       "pvdrm-front");
	return front->pool.shrinker ? 0 : -ENOMEM;
}

/* Of all files. Return: whether anything was cached */
static bool evict_all(struct pvdrm_front *front, bool close, bool wait)
{
	struct pvdrm_pool *pool = &front->pool;
	struct pvdrm_dispose_list dispose;
	bool any;

	pvdrm_dispose_init(&dispose);
	spin_lock(&pool->lock);
	pool->closed |= close;
	evict_surplus(pool, 0, U64_MAX, &dispose);
	list_splice_init(&pool->dispose.buffers, &dispose.buffers);
	list_splice_init(&pool->dispose.maps, &dispose.maps);
	any = !list_empty(&dispose.buffers) || !list_empty(&dispose.maps);
	spin_unlock(&pool->lock);
	pvdrm_dispose_all(front, &dispose, wait);
	return any;
}

/**
 * pvdrm_pool_close() - evict everything, for good
 * @front: a dead connection
 */
void pvdrm_pool_close(struct pvdrm_front *front)
{
	evict_all(front, true, false);
	pvdrm_shrinker_unregister(front->pool.shrinker);
	front->pool.shrinker = NULL;
	cancel_delayed_work_sync(&front->pool.work);
	/* What the shrinker left to the work */
	evict_all(front, true, false);
}

/**
 * pvdrm_pool_flush() - evict everything
 * @front: a connection
 *
 * Waits until the backend has freed it, so that a request that met one of the
 * backend's limits can be tried again.
 *
 * Return: true if anything was cached.
 */
bool pvdrm_pool_flush(struct pvdrm_front *front)
{
	return evict_all(front, false, true);
}

/**
 * pvdrm_pool_made_room() - whether to make a call once more that met a limit
 * @front: the connection
 * @ret: the call's result
 * @flushed: false before the first call; then it is this function's
 *
 * What is cached counts towards the backend's limits.
 *
 * Return: true if it was -ENOMEM for the first time, and something was evicted.
 */
bool pvdrm_pool_made_room(struct pvdrm_front *front, long ret, bool *flushed)
{
	if (ret != -ENOMEM || *flushed)
		return false;
	*flushed = true;
	return pvdrm_pool_flush(front);
}
