// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault.c: pages to the guest by FAULT, and back by notifier
 *
 * The guest's mapping is a second MMU. It gets pages as grants, and a notifier
 * on the VMA revokes them before the host changes them. Rules:
 *
 * - Grants are created and ended, and the events about them posted, under the
 *   map's lock; the notifier also holds it while it waits for the guest.
 * - A FAULT looks for pages without the lock, and grants them under it only if
 *   the notifier was not called meanwhile. The number of the last invalidation,
 *   read under the same lock, tells the guest which of the two came first.
 * - If grants run out, others are evicted without any of these locks (evict.c),
 *   and the FAULT starts again.
 */
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/sched/signal.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/memory/evict.h"
#include "back/memory/fault.h"
#include "back/memory/grant.h"
#include "back/memory/map.h"
#include "back/serve/job.h"
#include "back/transport/event.h"
#include "back/vram/vram.h"

/* Each try met another invalidation: the host keeps moving the buffer. */
#define MAX_FAULT_TRIES	100

/* Lock held: revoke pages, whatever the guest does. */
static void map_revoke(struct pvdrm_back_map *map, u32 first, u32 count)
{
	struct pvdrm_link *link = map->link;
	u32 seq;

	if (pvdrm_event_invalidate(link, map->id, first, count, &seq) &&
	    pvdrm_event_wait_ack(link, seq)) {
		pvdrm_vram_unmap_pages(map, first, count);
		if (!pvdrm_grants_end(map, first, count))
			return;
		pvdrm_violation(link,
				"invalidation %u acknowledged, but pages of mapping %u are mapped",
				seq, map->id);
	}
	pvdrm_grants_force(map, first, count);
}

static bool any_live(const struct pvdrm_back_map *map, u32 first, u32 count)
{
	u32 i;

	if (!map->nr_live)
		return false;
	for (i = first; i < first + count; i++)
		if (map->grants[i].live)
			return true;
	return false;
}

static void range_to_pages(const struct pvdrm_back_map *map,
			   const struct mmu_notifier_range *range, u32 *first,
			   u32 *count)
{
	unsigned long end = map->va + (unsigned long)map->npages * PAGE_SIZE;
	unsigned long lo = max(range->start, map->va);
	unsigned long hi = min(range->end, end);

	*first = (lo - map->va) >> PAGE_SHIFT;
	*count = hi > lo ? DIV_ROUND_UP(hi - map->va, PAGE_SIZE) - *first : 0;
}

/* Return: false when it would have to wait but may not. */
static bool invalidate_locked(struct pvdrm_back_map *map,
			      const struct mmu_notifier_range *range)
{
	u32 first, count;

	range_to_pages(map, range, &first, &count);
	/* What is pinned stays the buffer's memory, whoever else maps it. */
	if (!map->pin && any_live(map, first, count)) {
		if (!mmu_notifier_range_blockable(range))
			return false;
		map_revoke(map, first, count);
	}
	/* Whatever is mapped there from now on is not for the guest. */
	if (range->event == MMU_NOTIFY_UNMAP ||
	    range->event == MMU_NOTIFY_RELEASE) {
		map->dead = true;
		WRITE_ONCE(map->gone, true);
	}
	return true;
}

static bool map_invalidate(struct mmu_interval_notifier *notifier,
			   const struct mmu_notifier_range *range,
			   unsigned long seq)
{
	struct pvdrm_back_map *map =
		container_of(notifier, struct pvdrm_back_map, notifier);
	bool done;

	/* The process ends: wait once for all maps instead of for each */
	if (range->event == MMU_NOTIFY_RELEASE &&
	    !READ_ONCE(map->link->revoked))
		pvdrm_back_maps_revoke(map->link);

	if (mmu_notifier_range_blockable(range))
		mutex_lock(&map->lock);
	else if (!mutex_trylock(&map->lock))
		return false;
	mmu_interval_set_seq(notifier, seq);
	done = invalidate_locked(map, range);
	mutex_unlock(&map->lock);
	return done;
}

const struct mmu_interval_notifier_ops pvdrm_back_map_notifier_ops = {
	.invalidate = map_invalidate,
};

/* Return: true if the guest has or may have pages mapped, and was asked. */
static bool revoke_begin(struct pvdrm_back_map *map, u32 *seq)
{
	bool any;

	mutex_lock(&map->lock);
	map->dead = true;
	any = map->nr_live;
	if (any)
		pvdrm_event_invalidate(map->link, map->id, 0, map->npages, seq);
	mutex_unlock(&map->lock);
	return any;
}

static void revoke_end(struct pvdrm_back_map *map, bool acked)
{
	mutex_lock(&map->lock);
	if (acked)
		pvdrm_vram_unmap_pages(map, 0, map->npages);
	if (pvdrm_grants_end(map, 0, map->npages))
		pvdrm_grants_force(map, 0, map->npages);
	mutex_unlock(&map->lock);
}

/* The guest's devices may go on using what they have: it is not asked. */
static void revoke_pinned(struct pvdrm_back_map *map)
{
	mutex_lock(&map->lock);
	pvdrm_grants_force(map, 0, map->npages);
	mutex_unlock(&map->lock);
}

/**
 * pvdrm_back_maps_revoke() - revoke all pages of all mappings, for good
 * @link: the connection; does not begin new mappings
 *
 * Does not wait for the guest if it has no pages: it may be dead. Nor for those of
 * pinned mappings.
 */
void pvdrm_back_maps_revoke(struct pvdrm_link *link)
{
	struct pvdrm_back_map *map;
	unsigned long id;
	bool any = false, acked;
	u32 seq = 0;

	xa_for_each(&link->maps, id, map) {
		map = pvdrm_back_map_get(link, id);
		if (!map)
			continue;
		if (map->pin)
			revoke_pinned(map);
		else if (!READ_ONCE(map->dead) || READ_ONCE(map->nr_live))
			any |= revoke_begin(map, &seq);
		pvdrm_back_map_put(map);
	}
	WRITE_ONCE(link->revoked, true);
	if (!any)
		return;
	/* Does not wait where the guest could not be asked. */
	acked = pvdrm_event_wait_ack(link, seq);
	xa_for_each(&link->maps, id, map) {
		map = pvdrm_back_map_get(link, id);
		if (!map)
			continue;
		revoke_end(map, acked);
		pvdrm_back_map_put(map);
	}
}

/* Lock held. Return: -EAGAIN if the pages found are outdated. */
static int fault_grant(struct pvdrm_back_map *map,
		       const struct xendrm_request *req, unsigned long seq,
		       struct pvdrm_frame *frames, struct xendrm_page *pages)
{
	u32 first = req->u.fault.first;
	u32 wanted = req->u.fault.wanted;
	int ret;

	if (map->dead)
		return -EFAULT;
	if (mmu_interval_read_retry(&map->notifier, seq))
		return -EAGAIN;
	if (pvdrm_lru_evicting(map, wanted))
		return -EINPROGRESS;
	/* It was granted when we looked for frames, and is not any more. */
	if (!frames[wanted - first].page && !map->grants[wanted].live)
		return -EAGAIN;
	ret = pvdrm_vram_map_pages(map, req, frames);
	if (ret)
		return ret;
	return pvdrm_grants_make(map, first, req->u.fault.count, wanted,
				 frames, pages);
}

static void drop_device_pages(struct pvdrm_frame *frames, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		if (frames[i].vram)
			pvdrm_frame_drop(&frames[i]);
}

/* @system: system memory only */
static int fault_try(struct pvdrm_back_map *map,
		     const struct xendrm_request *req,
		     struct pvdrm_frame *frames, struct xendrm_page *pages,
		     u32 *inval_seq, bool system)
{
	u32 first = req->u.fault.first;
	u32 count = req->u.fault.count;
	unsigned long seq;
	int ret;

	if (READ_ONCE(map->dead))
		return -EFAULT;
	memset(frames, 0, count * sizeof(*frames));
	pvdrm_lru_narrow(map->link, req->u.fault.wanted, &first, &count);
	seq = mmu_interval_read_begin(&map->notifier);
	ret = pvdrm_frames_find(map, first, count, req->u.fault.wanted,
				frames + (first - req->u.fault.first));
	if (system)
		drop_device_pages(frames, req->u.fault.count);
	if (!ret) {
		mutex_lock(&map->lock);
		ret = fault_grant(map, req, seq, frames, pages);
		*inval_seq = READ_ONCE(map->link->inval_seq);
		mutex_unlock(&map->lock);
	}
	pvdrm_frames_drop(frames, req->u.fault.count);
	return ret;
}

/* Lock held. Return: true if there was any to revoke. */
static bool map_make_room(struct pvdrm_back_map *map)
{
	u32 i = 0;

	if (!map->nr_vram)
		return false;
	while (!map->grants[i].live || !map->grants[i].frame.vram)
		i++;
	map_revoke(map, i, min_t(u32, map->npages - i, XENDRM_MAX_FAULT_PAGES));
	pvdrm_count(map->back, device_evictions);
	return true;
}

/*
 * The guest has as much VRAM as it can have: revoke some, of each mapping in
 * turn. Its programs fault it in again. If none is found, the host has revoked
 * all of it meanwhile, and there is room as well.
 */
static void make_room(struct pvdrm_link *link)
{
	unsigned long id, start = READ_ONCE(link->next_room);
	struct pvdrm_back_map *map;
	bool done = false;
	u32 round;

	for (round = 0; round < 2 && !done; round++, start = 0) {
		xa_for_each_start(&link->maps, id, map, start) {
			map = pvdrm_back_map_get(link, id);
			if (!map)
				continue;
			mutex_lock(&map->lock);
			done = map_make_room(map);
			mutex_unlock(&map->lock);
			pvdrm_back_map_put(map);
			if (done)
				break;
		}
	}
	if (done)
		WRITE_ONCE(link->next_room, id + 1);
}

static bool range_is_bad(const struct pvdrm_back_map *map,
			 const struct xendrm_request *req)
{
	u32 first = req->u.fault.first;
	u32 count = req->u.fault.count;
	u32 wanted = req->u.fault.wanted;

	return first >= map->npages || count > map->npages - first ||
	       wanted < first || wanted - first >= count;
}

/* Return: -EAGAIN: try again; other: the answer, 0 included. */
static int fault_failed(struct pvdrm_back_map *map, int ret)
{
	switch (ret) {
	case -ENOSPC:
		return pvdrm_evict(map->link) ?: -EAGAIN;
	case -EINPROGRESS:
		return pvdrm_evict_wait(map->link) ?: -EAGAIN;
	case -ENOBUFS:
		make_room(map->link);
		return -EAGAIN;
	default:
		return ret;
	}
}

static int fault_map(struct pvdrm_back_map *map,
		     const struct xendrm_request *req,
		     struct pvdrm_frame *frames, struct xendrm_page *pages,
		     u32 *inval_seq)
{
	int ret, tries;

	if (range_is_bad(map, req))
		return -EINVAL;
	/* The guest's numbers are indices from here on. */
	barrier_nospec();
	for (tries = 0; tries < MAX_FAULT_TRIES; tries++) {
		ret = fault_try(map, req, frames, pages, inval_seq, false);
		ret = fault_failed(map, ret);
		if (ret != -EAGAIN)
			return ret;
		if (fatal_signal_pending(current))
			return -EINTR;
		pvdrm_count(map->back, fault_retries);
	}
	return -EBUSY;
}

/**
 * pvdrm_back_map_fault() - FAULT
 * @job: the request at hand; 1 <= count <= XENDRM_MAX_FAULT_PAGES
 * @pages: result, count of them
 *
 * Return: 0; -EINVAL: no such mapping or pages; -EFAULT: nothing there, as the
 * host's own access would find; -ENXIO: the page is neither system memory nor a
 * device's that the guest may have; -ENOMEM: out of grants; -EBUSY: pages are
 * revoked as fast as they are found.
 */
int pvdrm_back_map_fault(struct pvdrm_job *job, struct xendrm_page *pages)
{
	struct pvdrm_back_map *map =
		pvdrm_back_map_get(job->link, job->req.u.fault.map);
	int ret;

	if (!map)
		return -EINVAL;
	ret = fault_map(map, &job->req, job->frames, pages,
			&job->rsp.inval_seq);
	pvdrm_back_map_put(map);
	return ret;
}

/**
 * pvdrm_back_map_first_pages() - pages of a new mapping, ahead of their FAULT
 * @job: the MMAP at hand, which has made the mapping
 * @count: pages, from the first on; as many as the mapping has at most
 * @pages: result, @count of them
 *
 * Takes no grants from others, and tries once: the guest may send a FAULT. Not for the
 * GPU's own memory, for which a PV guest has to say where it goes.
 *
 * Return: true; false: there are none now.
 */
bool pvdrm_back_map_first_pages(struct pvdrm_job *job, u32 count,
				struct xendrm_page *pages)
{
	struct pvdrm_back_map *map =
		pvdrm_back_map_get(job->link, job->rsp.map);
	struct xendrm_request req = { 0 };
	int ret = -EINVAL;

	/* The guest may have guessed its name, and ended it. */
	if (!map)
		return false;
	req.u.fault.count = count;
	if (!range_is_bad(map, &req) && !map->pin) {
		/* As for a FAULT: the guest's number bounds indices. */
		barrier_nospec();
		ret = fault_try(map, &req, job->frames, pages,
				&job->rsp.inval_seq, true);
	}
	pvdrm_back_map_put(map);
	return !ret;
}
