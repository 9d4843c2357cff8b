// SPDX-License-Identifier: GPL-2.0-only
/*
 * ahead.c: the first pages of a mapping, which come with the response to MMAP
 *
 * Most programs touch what they map. So the host is asked for the pages that the first
 * FAULT would ask for, and the program's first touch needs no round trip. That is done on
 * credit, which the first touch of a mapping pays back: so the pages that nobody touches
 * are few, and if nothing that is mapped is touched, none are asked for. An mmap() that
 * fails costs nothing.
 *
 * An invalidation may overtake the response, and the mapping cannot be found by then. So
 * the pages are used only if no invalidation of anything has been looked at since.
 */
#include <linux/slab.h>

#include "front/call/ring.h"
#include "front/front.h"
#include "front/memory/ahead.h"
#include "front/memory/batch.h"
#include "front/memory/chunk.h"

/**
 * pvdrm_ahead_begin() - decide what to ask for
 * @map: a new mapping
 * @ahead: result, for pvdrm_ahead_end()
 */
void pvdrm_ahead_begin(struct pvdrm_front_map *map, struct pvdrm_ahead *ahead)
{
	struct pvdrm_batch *batch = &ahead->batch;

	memset(ahead, 0, sizeof(*ahead));
	if (!map->front->map_pages ||
	    atomic_dec_if_positive(&map->front->ahead_credit) < 0)
		return;
	ahead->paid = true;
	batch->count = min(map->nr_pages, PVDRM_CHUNK_PAGES);
	if (pvdrm_batch_alloc(batch) ||
	    pvdrm_chunks_reserve(map, 0, batch->count))
		batch->count = 0;
}

/* Locked, and invalidations find the mapping. */
static bool is_current(const struct pvdrm_front_map *map,
		       const struct pvdrm_ahead *ahead)
{
	/* Pairs with handle_invalidation(): it sees the mapping, or we its number. */
	smp_mb();
	return (s32)(READ_ONCE(map->front->inval_begun) - ahead->inval_seq) <= 0 &&
	       !map->nr_inval && !map->lost;
}

/**
 * pvdrm_ahead_take() - keep the pages that have come, if they are still there
 * @map: the mapping; invalidations find it from now on
 * @ahead: its @len and @inval_seq are the response's
 */
void pvdrm_ahead_take(struct pvdrm_front_map *map, struct pvdrm_ahead *ahead)
{
	struct pvdrm_batch *batch = &ahead->batch;
	const char *why;

	if (!ahead->len)
		return;
	why = pvdrm_batch_check(map->front, batch->reply, batch->count, ahead->len);
	if (why) {
		pvdrm_front_fail(map->front, why);
		return;
	}
	mutex_lock(&map->lock);
	if (is_current(map, ahead) &&
	    pvdrm_chunks_present(map, 0, batch->count)) {
		map->ops->keep(map, batch);
		map->next = batch->count;
		map->fault_around = PVDRM_CHUNK_PAGES;
		pvdrm_stat_inc(&map->front->stats, PVDRM_STAT_MAPS_AHEAD);
	}
	mutex_unlock(&map->lock);
}

/**
 * pvdrm_ahead_touched() - a program touches a page
 * @map: the mapping
 */
void pvdrm_ahead_touched(struct pvdrm_front_map *map)
{
	if (READ_ONCE(map->touched) || xchg(&map->touched, true))
		return;
	atomic_add_unless(&map->front->ahead_credit, 1, PVDRM_AHEAD_CREDIT);
}

/**
 * pvdrm_ahead_end() - the mapping is made, or not
 * @map: the mapping
 * @ahead: from pvdrm_ahead_begin(); what that allocated is freed
 * @err: 0, or why the mapping is not made
 */
void pvdrm_ahead_end(struct pvdrm_front_map *map, struct pvdrm_ahead *ahead,
		     int err)
{
	if (err && ahead->paid)
		pvdrm_ahead_touched(map);
	kvfree(ahead->batch.reply);
}
