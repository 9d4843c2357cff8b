// SPDX-License-Identifier: GPL-2.0-only
/*
 * Too few grants: those that no FAULT asked for in the longest time go
 *
 * This domain's grant table is shared by all its guests and by whatever else it
 * grants. What mappings take of it is bounded for each device (max-granted-bytes)
 * and for all together, a little below what there is, for two reasons: others
 * need grants, too; and the kernel logs each time there are none.
 *
 * Beyond a bound, chunks of pages are taken back as if the host moved them, a
 * good part of all at once, since each time costs a round trip: of the device
 * itself beyond its own bound, else of the one that has the most. So in the end
 * all have the same, or what they want of it.
 *
 * Unlike a notifier's, this wait is nobody's but our own: a guest that does not
 * answer keeps its pages, and is left alone for a while. And no mapping's lock is
 * held meanwhile, so many mappings can be waited for at once. Instead the chunks
 * are marked: a FAULT that spoke of a grant between the event and its end might be
 * believed when the grant is another page's.
 *
 * What is promised: a connection with a mapping can have XENDRM_MIN_GRANTED_BYTES
 * of grants, if need be from the others, or MMAP fails. Only then faults fail, with
 * ENOMEM, when others than mappings have used up the grant table.
 */
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <xen/grant_table.h>

#include "back/bus/back.h"
#include "back/vram/vram.h"
#include "back/memory/map.h"

/* Version 1 of the grant table; with the other, the shortage is noticed. */
#define GRANTS_PER_FRAME	512u
/* Of all grants, 1/16 remain for others; of a device's, 1/8 go at once. */
#define SPARE_SHIFT		4
#define BATCH_SHIFT		3
#define MIN_PAGES		(XENDRM_MIN_GRANTED_BYTES >> PAGE_SHIFT)
/* Pages of a FAULT that is not part of a sequence, while grants are short */
#define NARROW_PAGES		16u
#define PRESSED_TIME		HZ
#define SLOW_TIME		(2 * HZ)
#define LEARNED_TIME		(10 * HZ)
/* Other connections that may turn out to be slow before it fails */
#define MAX_VICTIMS		4

static LIST_HEAD(all_lrus);
static DEFINE_SPINLOCK(all_lock);	/* all_lrus, nr_admitted */
static u32 nr_admitted;

static DEFINE_SPINLOCK(total_lock);	/* what follows */
static u32 total;			/* grants of all mappings */
static u32 learned;			/* so many there were when they ran out */
static u64 learned_until;		/* in jiffies; 0: never happened */

static u32 all_grants(void)
{
	static u32 grants;
	u64 all;

	/* A hypercall; and it never changes. */
	if (!READ_ONCE(grants)) {
		all = (u64)gnttab_max_grant_frames() * GRANTS_PER_FRAME;
		all -= all >> SPARE_SHIFT;
		WRITE_ONCE(grants, min_t(u64, all, S32_MAX));
	}
	return READ_ONCE(grants);
}

/**
 * pvdrm_lru_all_bytes() - what mappings of all guests can have granted
 *
 * Return: bytes.
 */
u64 pvdrm_lru_all_bytes(void)
{
	return (u64)all_grants() << PAGE_SHIFT;
}

/* total_lock held */
static u32 total_max(void)
{
	if (learned_until && time_before64(get_jiffies_64(), learned_until))
		return min(learned, all_grants());
	return all_grants();
}

/**
 * pvdrm_lru_learn() - there are no grant references though there should be
 */
void pvdrm_lru_learn(void)
{
	spin_lock(&total_lock);
	learned = total - (total >> SPARE_SHIFT);
	learned_until = get_jiffies_64() + LEARNED_TIME;
	spin_unlock(&total_lock);
}

static void unlearn(void)
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
 * pvdrm_lru_evicting() - the grants around a page are being taken back
 * @map: the mapping; lock held
 * @index: the page
 *
 * Return: whether so; pvdrm_lru_wait() waits for the end of it.
 */
bool pvdrm_lru_evicting(const struct pvdrm_back_map *map, u32 index)
{
	return chunk_of(map, index)->evicting;
}

/* ------------------------------------------------------------------ taking back */

/* The mapping of the chunk that is next, with a reference */
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

/* Map's lock held: what is next, as long as it is of that map and in order */
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

/* Map's lock held: those that still have grants are not to be next again. */
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
 * One event. Return: pages it takes back; 0: the list changed meanwhile; -ENOENT:
 * nothing to take; -EBUSY: the guest has not looked at so many events.
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

/* Return: pages that were taken back. */
static u32 end_run(struct pvdrm_link *link, struct pvdrm_lru_run *run,
		   bool acked)
{
	struct pvdrm_back_map *map = run->map;
	u32 before, done, busy = 0;

	mutex_lock(&map->lock);
	/* It unmapped all of the range, of whatever kind. */
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

/* Return: 0: grants were taken back, by us or somebody else; -EAGAIN; -EINTR. */
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

/* Who waits for its own guest may wait again. */
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
	/* It may be on its way out, which waits for the lock. */
	if (found && !kref_get_unless_zero(&found->ref))
		found = NULL;
	spin_unlock(&all_lock);
	return found;
}

/* Beyond its own bound a guest gets nothing from others. */
static struct pvdrm_link *choose(struct pvdrm_link *link)
{
	if (pvdrm_limits_room(&link->back->limits,
			      PVDRM_LIMIT_GRANTED_BYTES) >= PAGE_SIZE)
		return largest(link);
	if (!can_give(link, link))
		return NULL;
	kref_get(&link->ref);
	return link;
}

static void note_pressure(struct pvdrm_link *link)
{
	WRITE_ONCE(link->lru.pressed_until, get_jiffies_64() + PRESSED_TIME);
}

/**
 * pvdrm_lru_make_room() - take back grants, since there are too few
 * @link: the connection that needs one; no lock held
 *
 * Waits for the guest that has to give some, bounded.
 *
 * Return: 0: there were some, but others may have them by now; -ENOMEM: there is
 * nothing to take back; -EINTR.
 */
int pvdrm_lru_make_room(struct pvdrm_link *link)
{
	struct pvdrm_link *victim;
	int i, ret = -EAGAIN;
	bool own = false;

	note_pressure(link);
	/* A guest whose own turn it was has to come again itself. */
	for (i = 0; i < MAX_VICTIMS && ret == -EAGAIN && !own; i++) {
		victim = choose(link);
		if (!victim)
			break;
		note_pressure(victim);
		own = victim == link;
		ret = evict(victim);
		pvdrm_link_put(victim);
	}
	if (ret != -EAGAIN)
		return ret;
	/* What was learned may not be true any more. */
	unlearn();
	return -ENOMEM;
}

/**
 * pvdrm_lru_wait() - until nothing is being taken back
 * @link: the connection; no lock held
 *
 * Return: 0 or -EINTR.
 */
int pvdrm_lru_wait(struct pvdrm_link *link)
{
	if (mutex_lock_killable(&link->lru.evict))
		return -EINTR;
	mutex_unlock(&link->lru.evict);
	return 0;
}

/**
 * pvdrm_lru_narrow() - while grants are short, none for what may not be used
 * @link: the connection
 * @wanted: the page that is
 * @first: of what the guest asks for; result
 * @count: the same
 *
 * A guest that asks for more than a chunk goes through the pages in order.
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

/**
 * pvdrm_lru_admit() - a connection is about to have a mapping
 * @link: the connection
 *
 * Return: whether it can be promised grants.
 */
bool pvdrm_lru_admit(struct pvdrm_link *link)
{
	bool ok = true;

	spin_lock(&all_lock);
	if (!link->lru.admitted) {
		ok = (u64)(nr_admitted + 1) * MIN_PAGES <= all_grants();
		link->lru.admitted = ok;
		nr_admitted += ok;
	}
	spin_unlock(&all_lock);
	if (!ok)
		pr_err_ratelimited("pvdrm-back: domain %u can map nothing: %u grants do not do for more than %u devices; raise gnttab_max_frames\n",
				   link->back->domid, all_grants(),
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
	/* Outside of the lock, where it may take long */
	all_grants();
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
