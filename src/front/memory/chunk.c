// SPDX-License-Identifier: GPL-2.0-only
/*
 * chunk.c: the pages of a mapping that are mapped, in chunks of 64
 *
 * A chunk has what is needed to unmap its pages again, allocated before they are
 * mapped: an invalidation must not wait for memory. Chunks are reserved without
 * pvdrm_front_map.lock, before a FAULT is sent, and filled under it.
 */
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "front/front.h"
#include "front/memory/chunk.h"
#include "front/memory/mapping.h"

/* ------------------------------------------------------------------- reserve */

static int reserve_chunk(struct pvdrm_front_map *map, unsigned long i)
{
	struct pvdrm_chunk *chunk;
	int err;

	if (xa_load(&map->chunks, i))
		return 0;
	chunk = kzalloc(sizeof(*chunk), GFP_KERNEL);
	if (!chunk)
		return -ENOMEM;
	chunk->ops = map->ops;
	chunk->nr = min_t(u32, PVDRM_CHUNK_PAGES,
			  map->nr_pages - (i << PVDRM_CHUNK_SHIFT));
	err = chunk->ops->init_chunk(chunk);
	if (!err) {
		err = xa_insert(&map->chunks, i, chunk, GFP_KERNEL);
		if (!err)
			return 0;
		chunk->ops->free_chunk(chunk);
	}
	kfree(chunk);
	/* Another thread has inserted it. */
	return err == -EBUSY ? 0 : err;
}

/**
 * pvdrm_chunks_reserve() - allocate the chunks of some pages
 * @map: the mapping, not locked
 * @first: first page
 * @count: number of pages, at least 1
 *
 * Return: 0 or -ENOMEM.
 */
int pvdrm_chunks_reserve(struct pvdrm_front_map *map, u32 first, u32 count)
{
	u32 last = (first + count - 1) >> PVDRM_CHUNK_SHIFT;
	int err = 0;
	u32 i;

	for (i = first >> PVDRM_CHUNK_SHIFT; i <= last && !err; i++)
		err = reserve_chunk(map, i);
	return err;
}

/**
 * pvdrm_chunks_present() - whether the chunks reserved are still there
 * @map: the mapping, locked
 * @first: first page
 * @count: number of pages, at least 1
 *
 * An invalidation may have dropped them since pvdrm_chunks_reserve().
 *
 * Return: true if all are.
 */
bool pvdrm_chunks_present(struct pvdrm_front_map *map, u32 first, u32 count)
{
	u32 last = (first + count - 1) >> PVDRM_CHUNK_SHIFT;
	u32 i;

	for (i = first >> PVDRM_CHUNK_SHIFT; i <= last; i++)
		if (!xa_load(&map->chunks, i))
			return false;
	return true;
}

/**
 * pvdrm_batch_record() - note which map operations of a batch succeeded
 * @map: the mapping, locked
 * @batch: its operations are done
 *
 * Return: their number.
 */
u32 pvdrm_batch_record(struct pvdrm_front_map *map, struct pvdrm_batch *batch)
{
	struct pvdrm_chunk *chunk;
	u32 i, bit, done = 0;

	for (i = 0; i < batch->nr; i++) {
		struct gnttab_map_grant_ref *op = &batch->ops[i];

		chunk = pvdrm_front_map_chunk(map, batch->index[i]);
		bit = pvdrm_chunk_bit(batch->index[i]);
		if (op->status != GNTST_okay) {
			__clear_bit(bit, chunk->known);
			continue;
		}
		chunk->handles[bit] = op->handle;
		if (op->flags & GNTMAP_contains_pte)
			chunk->ptes[bit] = op->host_addr;
		__set_bit(bit, chunk->mapped);
		done++;
	}
	if (batch->nr)
		pvdrm_stat_inc(&map->front->stats, PVDRM_STAT_MAP_HYPERCALLS);
	pvdrm_stat_add(&map->front->stats, PVDRM_STAT_GRANTS, done);
	return done;
}

/* -------------------------------------------------------------- unmap, locked */

static bool unmap_device(struct pvdrm_front_map *map, struct pvdrm_chunk *chunk,
			 u32 from, u32 to)
{
	unsigned int bit;
	long nr = 0;

	if (find_next_bit(chunk->device, to, from) >= to)
		return true;
	if (map->ops->unmap_device &&
	    !map->ops->unmap_device(chunk, from, to))
		return false;
	for (bit = find_next_bit(chunk->device, to, from); bit < to;
	     bit = find_next_bit(chunk->device, to, bit + 1)) {
		__clear_bit(bit, chunk->device);
		__clear_bit(bit, chunk->mapped);
		nr++;
	}
	pvdrm_stat_add(&map->front->stats, PVDRM_STAT_DEVICE_PAGES, -nr);
	return true;
}

/* Pages [from, to) of a chunk */
static bool unmap_in_chunk(struct pvdrm_front_map *map,
			   struct pvdrm_chunk *chunk, u32 from, u32 to)
{
	unsigned int bit;
	u32 i, nr = 0;
	int err;

	if (!unmap_device(map, chunk, from, to))
		return false;
	for (bit = find_next_bit(chunk->mapped, to, from); bit < to;
	     bit = find_next_bit(chunk->mapped, to, bit + 1)) {
		chunk->unmap_bits[nr] = bit;
		map->ops->set_unmap(chunk, bit, nr++);
	}
	if (!nr)
		return true;

	err = map->ops->unmap(chunk, nr);
	pvdrm_stat_inc(&map->front->stats, PVDRM_STAT_UNMAP_HYPERCALLS);
	pvdrm_stat_add(&map->front->stats, PVDRM_STAT_GRANTS, -(long)nr);
	for (i = 0; i < nr; i++) {
		__clear_bit(chunk->unmap_bits[i], chunk->mapped);
		if (!err && chunk->unmap[i].status != GNTST_okay)
			err = -EIO;
	}
	if (err)
		chunk->stuck = true;
	return !err;
}

static bool anything_mapped(struct pvdrm_front_map *map, u32 first, u32 last)
{
	struct pvdrm_chunk *chunk;
	unsigned long i;

	xa_for_each_range(&map->chunks, i, chunk, first >> PVDRM_CHUNK_SHIFT,
			  (last - 1) >> PVDRM_CHUNK_SHIFT) {
		if (!bitmap_empty(chunk->mapped, PVDRM_CHUNK_PAGES))
			return true;
	}
	return false;
}

/**
 * pvdrm_front_map_unmap() - unmap some pages
 * @map: the mapping, locked
 * @first: first page
 * @last: the page after the last; may be beyond the end
 *
 * Return: false if anything is still mapped.
 */
bool pvdrm_front_map_unmap(struct pvdrm_front_map *map, u32 first, u32 last)
{
	struct pvdrm_chunk *chunk;
	unsigned long i;
	bool done = true;

	if (last > map->nr_pages)
		last = map->nr_pages;
	if (first >= last || !anything_mapped(map, first, last))
		return true;
	/* When the last VMA is gone, so are its page table entries. */
	if (map->ops->zap && refcount_read(&map->vmas))
		map->ops->zap(map, first, last);

	xa_for_each_range(&map->chunks, i, chunk, first >> PVDRM_CHUNK_SHIFT,
			  (last - 1) >> PVDRM_CHUNK_SHIFT) {
		u32 base = i << PVDRM_CHUNK_SHIFT;

		done &= unmap_in_chunk(map, chunk,
				       first > base ? first - base : 0,
				       min(last - base, PVDRM_CHUNK_PAGES));
	}
	return done;
}

/* ---------------------------------------------------------------------- free */

/* Nothing is mapped. */
static void free_chunks(struct pvdrm_front_map *map)
{
	struct pvdrm_chunk *chunk;
	unsigned long i;

	xa_for_each(&map->chunks, i, chunk) {
		/* Leak pages that still have a grant mapped. */
		if (!chunk->stuck)
			map->ops->free_chunk(chunk);
		kfree(chunk);
	}
	xa_destroy(&map->chunks);
}

/**
 * pvdrm_front_map_put() - drop a reference
 * @map: from pvdrm_front_map_find()
 */
void pvdrm_front_map_put(struct pvdrm_front_map *map)
{
	if (!refcount_dec_and_test(&map->refs))
		return;
	free_chunks(map);
	if (map->zero)
		__free_page(map->zero);
	kfree(map->munmap);
	pvdrm_front_put(map->front);
	kfree(map);
}

/*
 * Freeing a chunk's pages takes a lock under which others allocate memory. The
 * thread that handles invalidations must not wait for that.
 */
static LLIST_HEAD(idle_chunks);

static void free_idle_chunks(struct work_struct *work)
{
	struct pvdrm_chunk *chunk, *next;

	llist_for_each_entry_safe(chunk, next, llist_del_all(&idle_chunks),
				  idle) {
		chunk->ops->free_chunk(chunk);
		kfree(chunk);
	}
}

static DECLARE_WORK(idle_work, free_idle_chunks);

/**
 * pvdrm_chunks_exit() - the module is unloaded; there are no mappings
 */
void pvdrm_chunks_exit(void)
{
	flush_work(&idle_work);
}

/*
 * Locked. A backend that is short of grants takes back whole chunks. That bounds
 * the pages that are mapped, so let it bound the memory of chunks as well.
 */
static void drop_empty_chunks(struct pvdrm_front_map *map, u32 first, u32 last)
{
	struct pvdrm_chunk *chunk;
	unsigned long i;
	bool any = false;

	xa_for_each_range(&map->chunks, i, chunk, first >> PVDRM_CHUNK_SHIFT,
			  (last - 1) >> PVDRM_CHUNK_SHIFT) {
		if (chunk->stuck ||
		    !bitmap_empty(chunk->mapped, PVDRM_CHUNK_PAGES))
			continue;
		xa_erase(&map->chunks, i);
		llist_add(&chunk->idle, &idle_chunks);
		any = true;
	}
	if (any)
		schedule_work(&idle_work);
}

/* Locked. The backend is about to end the grants. */
static void forget_grants(struct pvdrm_front_map *map, u32 first, u32 last)
{
	struct pvdrm_chunk *chunk;
	unsigned long i;

	xa_for_each_range(&map->chunks, i, chunk, first >> PVDRM_CHUNK_SHIFT,
			  (last - 1) >> PVDRM_CHUNK_SHIFT) {
		u32 base = i << PVDRM_CHUNK_SHIFT;
		u32 from = first > base ? first - base : 0;

		bitmap_clear(chunk->known, from,
			     min(last - base, PVDRM_CHUNK_PAGES) - from);
	}
}

/**
 * pvdrm_front_map_invalidate() - unmap because the backend says so
 * @map: the mapping, not locked
 * @first: first page
 * @count: number of pages; may reach beyond the end
 * @seq: the invalidation's number
 *
 * Return: false if a grant is still mapped.
 */
bool pvdrm_front_map_invalidate(struct pvdrm_front_map *map, u32 first,
				u32 count, u32 seq)
{
	u32 last = min(first + count, map->nr_pages);
	bool done;

	mutex_lock(&map->lock);
	map->last_inval = seq;
	map->nr_inval++;
	done = pvdrm_front_map_unmap(map, first, last);
	if (first < last) {
		forget_grants(map, first, last);
		drop_empty_chunks(map, first, last);
	}
	mutex_unlock(&map->lock);
	return done;
}
