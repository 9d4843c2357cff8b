// SPDX-License-Identifier: GPL-2.0-only
/*
 * grant.c: grants of a mapping's pages
 *
 * A grant cannot be ended while the guest has it mapped. A guest that breaks
 * the rules and keeps pages loses the device, and:
 * - pages with a reference of ours, or pinned, stay allocated until it unmaps
 *   them: the grant is stale, and a zombie map keeps track of it;
 * - for any other page, the guest is stopped before the page gets a new owner.
 *   Where possible the page is kept from the page allocator until the guest is
 *   destroyed; where not, its new owner waits for that.
 *
 * All but the last part runs under the map's lock, even in reclaim.
 */
#include <linux/delay.h>
#include <linux/mm.h>
#include <xen/grant_table.h>
#include <xen/page.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/memory/grant.h"
#include "back/memory/map.h"
#include "back/vram/domctl.h"
#include "back/vram/vram.h"

#define ZOMBIE_DELAY	HZ
/* By then its owner has destroyed a stopped guest, or we do. */
#define DESTROY_TIME	(5 * HZ)

static LIST_HEAD(zombies);
static DEFINE_SPINLOCK(zombie_lock);
static void zombie_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(zombie_dwork, zombie_work);

static void grant_one(struct pvdrm_back_map *map, u32 index, grant_ref_t *head,
		      struct pvdrm_frame *frame)
{
	struct pvdrm_grant *grant = &map->grants[index];

	grant->ref = gnttab_claim_grant_reference(head);
	gnttab_grant_foreign_access_ref(grant->ref, map->back->domid,
					xen_page_to_gfn(frame->page),
					!map->write);
	grant->frame = *frame;
	memset(frame, 0, sizeof(*frame));
	WRITE_ONCE(grant->live, true);
	map->nr_live++;
	pvdrm_lru_granted(map, index);
}

static void describe(const struct pvdrm_back_map *map, u32 index,
		     struct xendrm_page *page)
{
	const struct pvdrm_grant *grant = &map->grants[index];

	memset(page, 0, sizeof(*page));
	if (!grant->live || pvdrm_lru_evicting(map, index))
		return;
	page->flags = map->write ? 0 : XENDRM_PAGE_READONLY;
	page->cache = grant->frame.cache;
	if (grant->frame.vram) {
		page->kind = XENDRM_PAGE_DEVICE;
		/* For a PV guest we have written the entry. */
		if (!pvdrm_vram_ptes_of(map->link->vram))
			page->frame = grant->guest_frame;
		return;
	}
	page->kind = XENDRM_PAGE_GRANT;
	page->gref = grant->ref;
}

static bool is_new(const struct pvdrm_back_map *map, u32 index,
		   const struct pvdrm_frame *frame)
{
	return frame->page && !frame->vram && !map->grants[index].live &&
	       !pvdrm_lru_evicting(map, index);
}

static u32 count_new(const struct pvdrm_back_map *map, u32 first, u32 count,
		     const struct pvdrm_frame *frames)
{
	u32 i, n = 0;

	for (i = 0; i < count; i++)
		n += is_new(map, first + i, &frames[i]);
	return n;
}

/*
 * Return: how many of the grants needed there are; @head is a list of them.
 */
static u32 alloc_refs(struct pvdrm_back_map *map, u32 need, grant_ref_t *head)
{
	u32 got = pvdrm_lru_charge(map->back, need);

	if (got && gnttab_alloc_grant_references(got, head)) {
		pvdrm_lru_uncharge(map->back, got);
		pvdrm_lru_learn();
		got = 0;
	}
	if (got < need)
		pvdrm_count(map->back, grant_shortages);
	return got;
}

/*
 * Starts with the wanted page, since programs mostly go on from there.
 */
static int grant_new(struct pvdrm_back_map *map, u32 first, u32 count,
		     u32 wanted, struct pvdrm_frame *frames)
{
	u32 need = count_new(map, first, count, frames);
	u32 i, n, got;
	grant_ref_t head;

	if (!need)
		return 0;
	got = alloc_refs(map, need, &head);
	if (!got)
		return map->grants[wanted].live ? 0 : -ENOSPC;
	for (n = 0; n < count && got; n++) {
		i = (wanted - first + n) % count;
		if (!is_new(map, first + i, &frames[i]))
			continue;
		grant_one(map, first + i, &head, &frames[i]);
		got--;
	}
	return 0;
}

/**
 * pvdrm_grants_make() - grant pages to the guest
 * @map: the mapping; lock held, no invalidation since @frames were found
 * @first: page in it
 * @count: pages
 * @wanted: the page that must be granted
 * @frames: where they are; those granted are handed over and emptied
 * @pages: result, for the guest; what it has from before included, and pages of
 *	   a device's memory
 *
 * Return: 0; -ENOSPC: no grants left.
 */
int pvdrm_grants_make(struct pvdrm_back_map *map, u32 first, u32 count,
		      u32 wanted, struct pvdrm_frame *frames,
		      struct xendrm_page *pages)
{
	u32 before = map->nr_live;
	int ret = grant_new(map, first, count, wanted, frames);
	u32 i;

	for (i = 0; i < count; i++)
		describe(map, first + i, &pages[i]);
	pvdrm_lru_touch(map, wanted);
	pvdrm_count_by(map->back, grants, map->nr_live - before);
	pvdrm_count_by(map->back, grants_made, map->nr_live - before);
	return ret;
}

static bool grant_try_end(struct pvdrm_grant *grant)
{
	if (!gnttab_try_end_foreign_access(grant->ref))
		return false;
	pvdrm_frame_drop(&grant->frame);
	return true;
}

/**
 * pvdrm_grants_end() - end what the guest does not have mapped
 * @map: the mapping; lock held
 * @first: page in it
 * @count: pages
 *
 * VRAM is left alone: see pvdrm_vram_unmap_pages().
 *
 * Return: pages it still has mapped, or may have.
 */
u32 pvdrm_grants_end(struct pvdrm_back_map *map, u32 first, u32 count)
{
	struct pvdrm_grant *grant;
	u32 i, busy = 0, ended = 0;

	for (i = first; i < first + count && map->nr_live > busy; i++) {
		grant = &map->grants[i];
		if (!grant->live)
			continue;
		if (grant->frame.vram || !grant_try_end(grant)) {
			busy++;
			continue;
		}
		WRITE_ONCE(grant->live, false);
		map->nr_live--;
		pvdrm_lru_ended(map, i);
		ended++;
	}
	pvdrm_lru_uncharge(map->back, ended);
	pvdrm_count_by(map->back, grants, -(s64)ended);
	return busy;
}

static void zombie_add(struct pvdrm_back_map *map)
{
	spin_lock(&zombie_lock);
	if (list_empty(&map->zombies)) {
		kref_get(&map->ref);
		list_add_tail(&map->zombies, &zombies);
	}
	spin_unlock(&zombie_lock);
	schedule_delayed_work(&zombie_dwork, ZOMBIE_DELAY);
}

/* Return: true if the guest has none of them mapped any more. */
static bool end_loose(struct pvdrm_back_map *map, u32 first, u32 count)
{
	struct pvdrm_grant *grant;
	bool done = true;
	u32 i;

	for (i = first; i < first + count; i++) {
		grant = &map->grants[i];
		if (!grant->stale || grant->frame.held)
			continue;
		if (!grant_try_end(grant)) {
			done = false;
			continue;
		}
		grant->stale = false;
		map->nr_stale--;
		pvdrm_uncount(map->back, grants_stale);
	}
	return done;
}

/*
 * A stopped guest touches nothing, but Xen counts its mappings until it is
 * destroyed: a page with a writable one cannot become a page table of a PV
 * host, whose kernel does not survive that. A reference keeps it from the page
 * allocator; that the driver may use it again does no harm.
 *
 * Return: whether all have a count; pages inside a block do not.
 */
static bool keep_loose(struct pvdrm_back_map *map, u32 first, u32 count)
{
	struct pvdrm_grant *grant;
	bool all = true;
	u32 i;

	for (i = first; i < first + count; i++) {
		grant = &map->grants[i];
		if (!grant->stale || grant->frame.held)
			continue;
		grant->frame.held = folio_try_get(page_folio(grant->frame.page));
		all &= grant->frame.held;
	}
	return all;
}

/*
 * However many mappings a device has, the time begins once.
 */
static unsigned long destroy_by(struct pvdrm_back *back)
{
	cmpxchg(&back->destroy_by, 0, (jiffies + DESTROY_TIME) | 1);
	return READ_ONCE(back->destroy_by);
}

static void destroy(struct pvdrm_back_map *map, u32 first, u32 count)
{
	u32 domid = map->back->domid;
	int ret;

	pr_err_ratelimited("pvdrm-back: destroying domain %u: it is stopped, but its owner keeps it, with pages of the host mapped\n",
			   domid);
	ret = pvdrm_domctl_destroy(domid);
	if (!end_loose(map, first, count))
		pr_err_ratelimited("pvdrm-back: domain %u still has pages of the host mapped (%d)\n",
				   domid, ret);
}

static void protect_stopped(struct pvdrm_back_map *map, u32 first, u32 count)
{
	unsigned long end = destroy_by(map->back);

	/* Its vCPUs stop at the next interrupt, which was sent already. */
	usleep_range(1000, 2000);
	if (keep_loose(map, first, count))
		return;
	while (!end_loose(map, first, count)) {
		if (time_after(jiffies, end)) {
			destroy(map, first, count);
			return;
		}
		msleep(20);
	}
}

static void protect_loose(struct pvdrm_back_map *map, u32 first, u32 count)
{
	int ret = pvdrm_domain_stop(map->back->domid);

	if (!ret) {
		protect_stopped(map, first, count);
		return;
	}
	/* No other way is safe. */
	pr_err_ratelimited("pvdrm-back: cannot stop domain %u (%d): waiting for it\n",
			   map->back->domid, ret);
	while (!end_loose(map, first, count))
		msleep(20);
}

/**
 * pvdrm_grants_force() - make a guest harmless that keeps pages
 * @map: the mapping; lock held; serves no more faults afterwards
 * @first: page in it
 * @count: pages
 *
 * On return no page of the range can be reached by the guest except pages that
 * stay allocated for its sake.
 */
void pvdrm_grants_force(struct pvdrm_back_map *map, u32 first, u32 count)
{
	struct pvdrm_grant *grant;
	u32 i, loose = 0;

	map->dead = true;
	pvdrm_vram_unmap_pages(map, first, count);
	if (!pvdrm_grants_end(map, first, count))
		return;
	for (i = first; i < first + count; i++) {
		grant = &map->grants[i];
		if (!grant->live)
			continue;
		WRITE_ONCE(grant->live, false);
		grant->stale = true;
		map->nr_live--;
		map->nr_stale++;
		pvdrm_lru_ended(map, i);
		pvdrm_lru_uncharge(map->back, 1);
		loose += !grant->frame.held && !map->pin;
		pvdrm_uncount(map->back, grants);
		pvdrm_count(map->back, grants_stale);
	}
	zombie_add(map);
	if (loose)
		protect_loose(map, first, count);
}

/* Return: true if none is left. */
static bool zombie_end(struct pvdrm_back_map *map)
{
	struct pvdrm_grant *grant;
	bool done;
	u32 i;

	mutex_lock(&map->lock);
	for (i = 0; i < map->npages && map->nr_stale; i++) {
		grant = &map->grants[i];
		if (!grant->stale || !grant_try_end(grant))
			continue;
		grant->stale = false;
		map->nr_stale--;
		pvdrm_uncount(map->back, grants_stale);
	}
	done = !map->nr_stale;
	mutex_unlock(&map->lock);
	return done;
}

static struct pvdrm_back_map *zombie_take(void)
{
	struct pvdrm_back_map *map;

	spin_lock(&zombie_lock);
	map = list_first_entry_or_null(&zombies, struct pvdrm_back_map,
				       zombies);
	if (map)
		list_del_init(&map->zombies);
	spin_unlock(&zombie_lock);
	return map;
}

/*
 * Back into the list, with the reference it had there. It may be in it again:
 * more of its grants became stale while it was looked at.
 */
static bool zombie_return(struct pvdrm_back_map *map, struct list_head *list)
{
	bool added;

	spin_lock(&zombie_lock);
	added = list_empty(&map->zombies);
	if (added)
		list_add_tail(&map->zombies, list);
	spin_unlock(&zombie_lock);
	return added;
}

static void zombie_work(struct work_struct *work)
{
	LIST_HEAD(rest);
	struct pvdrm_back_map *map;

	while ((map = zombie_take())) {
		if (zombie_end(map) || !zombie_return(map, &rest))
			pvdrm_back_map_put(map);
	}
	if (list_empty(&rest))
		return;
	spin_lock(&zombie_lock);
	list_splice(&rest, &zombies);
	spin_unlock(&zombie_lock);
	schedule_delayed_work(&zombie_dwork, ZOMBIE_DELAY);
}

/* From here on the grant table code looks after those with pages. */
static void zombie_abandon(struct pvdrm_back_map *map)
{
	struct pvdrm_grant *grant;
	u32 i;

	for (i = 0; i < map->npages; i++) {
		grant = &map->grants[i];
		if (grant->stale && grant->frame.held)
			gnttab_end_foreign_access(grant->ref,
						  grant->frame.page);
		else if (grant->stale)
			pr_warn_ratelimited("pvdrm-back: leaking grant %u\n",
					    grant->ref);
	}
	pvdrm_back_map_put(map);
}

/**
 * pvdrm_zombies_exit() - the module goes; there are no connections any more
 */
void pvdrm_zombies_exit(void)
{
	struct pvdrm_back_map *map;

	cancel_delayed_work_sync(&zombie_dwork);
	while ((map = zombie_take())) {
		if (zombie_end(map))
			pvdrm_back_map_put(map);
		else
			zombie_abandon(map);
	}
}
