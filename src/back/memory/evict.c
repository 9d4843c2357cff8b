// SPDX-License-Identifier: GPL-2.0-only
/*
 * evict.c: end grants of the least recently faulted pages when there are too
 * few
 *
 * Chunks of pages are revoked as if the host moved them, a good part of all at
 * once, since each time costs a round trip: of the device itself if it is at
 * its limit, else of the one that has the most. So in the end all have the
 * same, or what they want of it.
 *
 * Unlike in a notifier, nobody else waits for this: a guest that does not
 * answer keeps its pages, and is left alone for a while. No mapping's lock is
 * held while waiting, so several mappings can be waited for at once. Instead,
 * the chunks are marked: if a FAULT told of a grant between the event and the
 * end of the grant, the guest might use the reference after it has become
 * another page's.
 *
 * The promise: a connection with a mapping can have XENDRM_MIN_GRANTED_BYTES of
 * grants, taken from the others if need be; otherwise MMAP fails. After that,
 * faults fail with ENOMEM only if something else than mappings has used up the
 * grant table.
 */
#include <linux/jiffies.h>
#include <linux/mm.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/memory/evict.h"
#include "back/memory/grant.h"
#include "back/memory/lru.h"
#include "back/memory/map.h"
#include "back/transport/event.h"
#include "back/vram/vram.h"

/* 1/8 of a device's grants are evicted at once. */
#define BATCH_SHIFT		3
#define SLOW_TIME		(2 * HZ)
/* Connections that may turn out to be slow before it fails */
#define MAX_VICTIMS		4

/* The mapping of the first chunk, with a reference */
static struct pvdrm_back_map *next_map(struct pvdrm_lru *lru)
{
	struct pvdrm_lru_chunk *chunk;
	struct pvdrm_back_map *map = NULL;

	spin_lock(&lru->lock);
	chunk = list_first_entry_or_null(&lru->chunks, struct pvdrm_lru_chunk,
					 list);
	if (chunk) {
		/* Not freed before its grants are ended, which takes it out. */
		map = chunk->map;
		kref_get(&map->ref);
	}
	spin_unlock(&lru->lock);
	return map;
}

/*
 * Map's lock held: the first chunks, as long as they are contiguous in that map
 */
static u32 take_run(struct pvdrm_lru *lru, struct pvdrm_lru_run *run, u32 want)
{
	struct pvdrm_back_map *map = run->map;
	struct pvdrm_lru_chunk *chunk;
	u32 pages = 0;

	run->count = 0;
	spin_lock(&lru->lock);
	while (pages < want) {
		chunk = list_first_entry_or_null(&lru->chunks,
						 struct pvdrm_lru_chunk, list);
		if (!chunk || chunk->map != map)
			break;
		if (run->count && chunk != &map->chunks[run->first + run->count])
			break;
		if (!run->count)
			run->first = chunk - map->chunks;
		run->count++;
		list_del_init(&chunk->list);
		chunk->evicting = true;
		pages += chunk->nr_live;
	}
	spin_unlock(&lru->lock);
	return pages;
}

/* Map's lock held: chunks that still have grants go to the end of the list. */
static void return_run(struct pvdrm_lru *lru, const struct pvdrm_lru_run *run)
{
	struct pvdrm_lru_chunk *chunk;
	u32 i;

	spin_lock(&lru->lock);
	for (i = 0; i < run->count; i++) {
		chunk = &run->map->chunks[run->first + i];
		chunk->evicting = false;
		if (chunk->nr_live)
			list_add_tail(&chunk->list, &lru->chunks);
	}
	spin_unlock(&lru->lock);
}

static u32 run_first(const struct pvdrm_lru_run *run)
{
	return run->first << PVDRM_LRU_SHIFT;
}

static u32 run_pages(const struct pvdrm_lru_run *run)
{
	return min(run->count << PVDRM_LRU_SHIFT,
		   run->map->npages - run_first(run));
}

/*
 * Post one event. Return: pages it is about; 0: the list has changed meanwhile;
 * -ENOENT: there is nothing to evict; -EBUSY: the guest has not read older
 * events.
 */
static int begin_run(struct pvdrm_link *link, struct pvdrm_lru_run *run,
		     u32 want, u32 *seq)
{
	struct pvdrm_lru *lru = &link->lru;
	int ret;

	run->map = next_map(lru);
	if (!run->map)
		return -ENOENT;
	mutex_lock(&run->map->lock);
	ret = take_run(lru, run, want);
	if (ret && !pvdrm_event_try_invalidate(link, run->map->id,
					       run_first(run), run_pages(run),
					       seq)) {
		return_run(lru, run);
		ret = -EBUSY;
	}
	mutex_unlock(&run->map->lock);
	if (ret <= 0)
		pvdrm_back_map_put(run->map);
	return ret;
}

static u32 begin_runs(struct pvdrm_link *link, u32 want, u32 *seq)
{
	struct pvdrm_lru *lru = &link->lru;
	u32 nr = 0, pages = 0, tries;
	int ret;

	for (tries = 0; tries < 2 * XENDRM_EVENTS && pages < want; tries++) {
		if (nr == XENDRM_EVENTS)
			break;
		ret = begin_run(link, &lru->runs[nr], want - pages, seq);
		if (ret < 0)
			break;
		if (ret)
			nr++;
		pages += ret;
	}
	return nr;
}

/* Return: pages whose grants were ended. */
static u32 end_run(struct pvdrm_link *link, struct pvdrm_lru_run *run,
		   bool acked)
{
	struct pvdrm_back_map *map = run->map;
	u32 before, done, busy = 0;

	mutex_lock(&map->lock);
	/* The guest has unmapped all pages of the range, VRAM as well. */
	if (acked)
		pvdrm_vram_unmap_pages(map, run_first(run), run_pages(run));
	before = map->nr_live;
	if (acked)
		busy = pvdrm_grants_end(map, run_first(run), run_pages(run));
	done = before - map->nr_live;
	return_run(&link->lru, run);
	mutex_unlock(&map->lock);
	if (busy)
		pvdrm_violation(link,
				"invalidation acknowledged, but %u pages of mapping %u are mapped",
				busy, map->id);
	pvdrm_back_map_put(map);
	run->map = NULL;
	return done;
}

/* evict held */
static u32 evict_batch(struct pvdrm_link *link)
{
	struct pvdrm_lru *lru = &link->lru;
	u32 want = max(READ_ONCE(lru->granted) >> BATCH_SHIFT, PVDRM_LRU_PAGES);
	u32 i, nr, seq = 0, pages = 0;
	bool acked;

	nr = begin_runs(link, want, &seq);
	acked = nr && pvdrm_event_is_acked(link, seq);
	for (i = 0; i < nr; i++)
		pages += end_run(link, &lru->runs[i], acked);
	if (nr && !acked)
		WRITE_ONCE(lru->slow_until, get_jiffies_64() + SLOW_TIME);
	pvdrm_count(link->back, evictions);
	pvdrm_count_by(link->back, pages_evicted, pages);
	return pages;
}

/* Return: 0: grants were ended, by us or by another thread; -EAGAIN; -EINTR. */
static int evict(struct pvdrm_link *link)
{
	struct pvdrm_lru *lru = &link->lru;
	u32 rounds = READ_ONCE(lru->rounds);
	int ret = 0;

	if (mutex_lock_killable(&lru->evict))
		return -EINTR;
	if (lru->rounds == rounds) {
		ret = evict_batch(link) ? 0 : -EAGAIN;
		WRITE_ONCE(lru->rounds, rounds + 1);
	}
	mutex_unlock(&lru->evict);
	return ret;
}

/**
 * pvdrm_evict() - end grants of some pages, since there are too few
 * @link: the connection that needs one; no lock held
 *
 * Waits for the guest whose pages are evicted, bounded.
 *
 * Return: 0: some were ended, but others may have them by now; -ENOMEM: there
 * was nothing to evict; -EINTR.
 */
int pvdrm_evict(struct pvdrm_link *link)
{
	struct pvdrm_link *victim;
	int i, ret = -EAGAIN;
	bool own = false;

	pvdrm_lru_note_pressure(link);
	/* Stop after evicting from the caller; its guest retries. */
	for (i = 0; i < MAX_VICTIMS && ret == -EAGAIN && !own; i++) {
		victim = pvdrm_lru_choose(link);
		if (!victim)
			break;
		pvdrm_lru_note_pressure(victim);
		own = victim == link;
		ret = evict(victim);
		pvdrm_link_put(victim);
	}
	if (ret != -EAGAIN)
		return ret;
	pvdrm_lru_unlearn();
	return -ENOMEM;
}

/**
 * pvdrm_evict_wait() - wait until nothing is being evicted
 * @link: the connection; no lock held
 *
 * Return: 0 or -EINTR.
 */
int pvdrm_evict_wait(struct pvdrm_link *link)
{
	if (mutex_lock_killable(&link->lru.evict))
		return -EINTR;
	mutex_unlock(&link->lru.evict);
	return 0;
}
