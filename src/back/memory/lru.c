// SPDX-License-Identifier: GPL-2.0-only
/*
 * lru.c: how many grants there are, and which pages were faulted least recently
 *
 * dom0 has one grant table for all guests, and when it is full, other devices
 * of guests stop working as well, and the kernel logs each attempt. So grants
 * of mappings are charged to the device and to the sum of all, and the live
 * ones are listed in chunks of pages by their last FAULT. When a bound is met,
 * evict.c revokes the least recently faulted pages.
 */
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/mm.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/memory/lru.h"
#include "back/memory/map.h"

/* When grants have run out, the bound is lowered by 1/16 for a while. */
#define SPARE_SHIFT		4
#define MIN_PAGES		(XENDRM_MIN_GRANTED_BYTES >> PAGE_SHIFT)
/* Pages of a FAULT that is not part of a sequence, while grants are short */
#define NARROW_PAGES		16u
#define PRESSED_TIME		HZ
#define LEARNED_TIME		(10 * HZ)

static LIST_HEAD(all_lrus);
static DEFINE_SPINLOCK(all_lock);	/* what follows; pvdrm_back.nr_pinned */
static u32 nr_admitted;
static u32 nr_pinned;			/* pages of pinned mappings */

static DEFINE_SPINLOCK(total_lock);	/* what follows */
static u32 total;			/* grants of all mappings */
static u32 learned;			/* so many there were when they ran out */
static u64 learned_until;		/* in jiffies; 0: never happened */

/* total_lock held */
static u32 total_max(void)
{
	if (learned_until && time_before64(get_jiffies_64(), learned_until))
		return min(learned, pvdrm_limits_all_grants());
	return pvdrm_limits_all_grants();
}

/**
 * pvdrm_lru_learn() - there are no grant references although there should be
 */
void pvdrm_lru_learn(void)
{
	spin_lock(&total_lock);
	learned = total - (total >> SPARE_SHIFT);
	learned_until = get_jiffies_64() + LEARNED_TIME;
	spin_unlock(&total_lock);
}

/**
 * pvdrm_lru_unlearn() - what pvdrm_lru_learn() noted may not be true any more
 */
void pvdrm_lru_unlearn(void)
{
	spin_lock(&total_lock);
	learned_until = 0;
	spin_unlock(&total_lock);
}

/* ---------------------------------------------------------------- accounting */

/**
 * pvdrm_lru_charge() - before grants are made
 * @back: the device
 * @need: how many
 *
 * Return: how many may be made, 0 to @need; for pvdrm_lru_uncharge().
 */
u32 pvdrm_lru_charge(struct pvdrm_back *back, u32 need)
{
	u32 got, allowed;
	u64 bytes;

	spin_lock(&total_lock);
	allowed = total_max();
	got = total < allowed ? min(need, allowed - total) : 0;
	total += got;
	spin_unlock(&total_lock);
	bytes = pvdrm_limits_charge_some(&back->limits,
					 PVDRM_LIMIT_GRANTED_BYTES,
					 (u64)got << PAGE_SHIFT, PAGE_SIZE);
	spin_lock(&total_lock);
	total -= got - (bytes >> PAGE_SHIFT);
	spin_unlock(&total_lock);
	return bytes >> PAGE_SHIFT;
}

/**
 * pvdrm_lru_uncharge() - after grants were ended, or not made
 * @back: the device
 * @count: how many
 */
void pvdrm_lru_uncharge(struct pvdrm_back *back, u32 count)
{
	spin_lock(&total_lock);
	total -= count;
	spin_unlock(&total_lock);
	pvdrm_limits_uncharge(&back->limits, PVDRM_LIMIT_GRANTED_BYTES,
			      (u64)count << PAGE_SHIFT);
}

static struct pvdrm_lru_chunk *chunk_of(const struct pvdrm_back_map *map,
					u32 index)
{
	return &map->chunks[index >> PVDRM_LRU_SHIFT];
}

/**
 * pvdrm_lru_granted() - a grant is live
 * @map: the mapping; lock held
 * @index: its page
 */
void pvdrm_lru_granted(struct pvdrm_back_map *map, u32 index)
{
	struct pvdrm_lru_chunk *chunk = chunk_of(map, index);
	struct pvdrm_lru *lru = &map->link->lru;

	/* Not to be evicted */
	if (map->pin)
		return;
	spin_lock(&lru->lock);
	lru->granted++;
	if (!chunk->nr_live++)
		list_add_tail(&chunk->list, &lru->chunks);
	spin_unlock(&lru->lock);
}

/**
 * pvdrm_lru_ended() - a grant is not live any more
 * @map: the mapping; lock held
 * @index: its page
 */
void pvdrm_lru_ended(struct pvdrm_back_map *map, u32 index)
{
	struct pvdrm_lru_chunk *chunk = chunk_of(map, index);
	struct pvdrm_lru *lru = &map->link->lru;

	if (map->pin)
		return;
	spin_lock(&lru->lock);
	lru->granted--;
	if (!--chunk->nr_live)
		list_del_init(&chunk->list);
	spin_unlock(&lru->lock);
}

/**
 * pvdrm_lru_touch() - a FAULT asked for a page
 * @map: the mapping; lock held
 * @index: the page
 */
void pvdrm_lru_touch(struct pvdrm_back_map *map, u32 index)
{
	struct pvdrm_lru_chunk *chunk = chunk_of(map, index);
	struct pvdrm_lru *lru = &map->link->lru;

	spin_lock(&lru->lock);
	if (!list_empty(&chunk->list))
		list_move_tail(&chunk->list, &lru->chunks);
	spin_unlock(&lru->lock);
}

/**
 * pvdrm_lru_evicting() - whether the grants around a page are being evicted
 * @map: the mapping; lock held
 * @index: the page
 *
 * Return: true if so; pvdrm_evict_wait() waits until that is done.
 */
bool pvdrm_lru_evicting(const struct pvdrm_back_map *map, u32 index)
{
	return chunk_of(map, index)->evicting;
}

/* ------------------------------------------------------------- what to evict */

/* A guest that is slow holds up only itself. */
static bool can_give(const struct pvdrm_link *link,
		     const struct pvdrm_link *asker)
{
	if (!READ_ONCE(link->lru.granted) || READ_ONCE(link->closing))
		return false;
	return link == asker || time_after_eq64(get_jiffies_64(),
						READ_ONCE(link->lru.slow_until));
}

static struct pvdrm_link *largest(const struct pvdrm_link *asker)
{
	struct pvdrm_link *link, *found = NULL;

	spin_lock(&all_lock);
	list_for_each_entry(link, &all_lrus, lru.all) {
		if (!can_give(link, asker))
			continue;
		if (found && link->lru.granted <= found->lru.granted)
			continue;
		found = link;
	}
	/* It may be about to be freed, which waits for the lock. */
	if (found && !kref_get_unless_zero(&found->ref))
		found = NULL;
	spin_unlock(&all_lock);
	return found;
}

/**
 * pvdrm_lru_choose() - whose pages are to be evicted
 * @link: the connection that needs a grant
 *
 * A guest that has met its own limit gets nothing from others.
 *
 * Return: a connection with a reference for the caller, or NULL.
 */
struct pvdrm_link *pvdrm_lru_choose(struct pvdrm_link *link)
{
	if (pvdrm_limits_room(&link->back->limits,
			      PVDRM_LIMIT_GRANTED_BYTES) >= PAGE_SIZE)
		return largest(link);
	if (!can_give(link, link))
		return NULL;
	kref_get(&link->ref);
	return link;
}

/**
 * pvdrm_lru_note_pressure() - grants are scarce at the moment
 * @link: the connection
 */
void pvdrm_lru_note_pressure(struct pvdrm_link *link)
{
	WRITE_ONCE(link->lru.pressed_until, get_jiffies_64() + PRESSED_TIME);
}

/**
 * pvdrm_lru_narrow() - while grants are scarce, fault fewer pages ahead
 * @link: the connection
 * @wanted: the page that is
 * @first: of what the guest asks for; result
 * @count: the same
 *
 * A guest that asks for more than a chunk accesses the pages in order.
 */
void pvdrm_lru_narrow(const struct pvdrm_link *link, u32 wanted, u32 *first,
		      u32 *count)
{
	u32 last = *first + *count;
	u32 low = round_down(wanted, NARROW_PAGES);

	if (*count > PVDRM_LRU_PAGES ||
	    time_after_eq64(get_jiffies_64(),
			    READ_ONCE(link->lru.pressed_until)))
		return;
	last = min(last, low + NARROW_PAGES);
	*first = max(*first, low);
	*count = last - *first;
}

/* ------------------------------------------------------------------ connections */

/* all_lock held. Grants that are promised, with so many more of each */
static u64 promised(u32 admit, u32 pin)
{
	return (u64)(nr_admitted + admit) * MIN_PAGES + nr_pinned + pin;
}

/**
 * pvdrm_lru_pin() - before pages are pinned, which cannot be evicted then
 * @back: the device
 * @pages: how many
 *
 * What is promised to connections remains, of the device's limit and of all grants.
 *
 * Return: whether there is room for that many; then pvdrm_lru_unpin() is due.
 */
bool pvdrm_lru_pin(struct pvdrm_back *back, u32 pages)
{
	u64 own = pvdrm_limits_max(&back->limits, PVDRM_LIMIT_GRANTED_BYTES) >>
		  PAGE_SHIFT;
	bool ok;

	spin_lock(&all_lock);
	ok = (u64)back->nr_pinned + pages + MIN_PAGES <= own &&
	     promised(0, pages) <= pvdrm_limits_all_grants();
	if (ok) {
		back->nr_pinned += pages;
		nr_pinned += pages;
	}
	spin_unlock(&all_lock);
	return ok;
}

/**
 * pvdrm_lru_unpin() - undo pvdrm_lru_pin()
 * @back: the device
 * @pages: how many
 */
void pvdrm_lru_unpin(struct pvdrm_back *back, u32 pages)
{
	spin_lock(&all_lock);
	back->nr_pinned -= pages;
	nr_pinned -= pages;
	spin_unlock(&all_lock);
}

/**
 * pvdrm_lru_admit() - promise grants to a connection
 * @link: the connection, before it has a mapping
 *
 * Return: false if there are too many connections for that.
 */
bool pvdrm_lru_admit(struct pvdrm_link *link)
{
	bool ok = true;

	spin_lock(&all_lock);
	if (!link->lru.admitted) {
		ok = promised(1, 0) <= pvdrm_limits_all_grants();
		link->lru.admitted = ok;
		nr_admitted += ok;
	}
	spin_unlock(&all_lock);
	if (!ok)
		pr_err_ratelimited("pvdrm-back: domain %u can map nothing: %u grants do not do for more than %u devices; raise gnttab_max_frames\n",
				   link->back->domid, pvdrm_limits_all_grants(),
				   nr_admitted);
	return ok;
}

/**
 * pvdrm_lru_init() - nothing is granted
 * @link: a new connection
 */
void pvdrm_lru_init(struct pvdrm_link *link)
{
	struct pvdrm_lru *lru = &link->lru;

	spin_lock_init(&lru->lock);
	mutex_init(&lru->evict);
	INIT_LIST_HEAD(&lru->chunks);
	/* The first time it takes long: not under the lock */
	pvdrm_limits_all_grants();
	spin_lock(&all_lock);
	list_add_tail(&lru->all, &all_lrus);
	spin_unlock(&all_lock);
}

/**
 * pvdrm_lru_exit() - nothing is granted any more
 * @link: a connection about to be freed
 */
void pvdrm_lru_exit(struct pvdrm_link *link)
{
	spin_lock(&all_lock);
	list_del(&link->lru.all);
	nr_admitted -= link->lru.admitted;
	spin_unlock(&all_lock);
}
