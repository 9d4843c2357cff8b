// SPDX-License-Identifier: GPL-2.0-only
/*
 * vram.c: pages of a mapping that are a device's own memory
 *
 * Whether a page is system memory or VRAM is seen at each fault; a mapping may
 * have pages of both kinds. VRAM comes and goes with faults and invalidations
 * as granted pages do, but Xen does not know whether the guest has it mapped:
 * the guest has to say so. Without its word pages are unmapped by force, which
 * is possible since we put them where they are.
 */
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/module.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/memory/grant.h"
#include "back/memory/map.h"
#include "back/serve/job.h"
#include "back/vram/domctl.h"
#include "back/vram/vram.h"
#include "back/vram/vram_pte.h"

/*
 * Less than 2 MiB: Xen would use one page table entry for that, and would have
 * to split it, with memory that it may not have, to unmap one page of it.
 */
#define MAX_RUN		256u

static unsigned int pvdrm_vram_faults = 1000;
module_param_named(vram_faults, pvdrm_vram_faults, uint, 0644);
MODULE_PARM_DESC(vram_faults,
		 "requests of a PV guest that put VRAM into its page tables, in a second in the long run, with ten times as many at once; those above are delayed; 0: any number (default: 1000)");

static bool is_new(const struct pvdrm_back_map *map, u32 index,
		   const struct pvdrm_frame *frame)
{
	return frame->vram && !map->grants[index].live &&
	       !pvdrm_lru_evicting(map, index);
}

static bool is_uncached(const struct pvdrm_frame *frame)
{
	return frame->cache == XENDRM_CACHE_UC;
}

static bool is_given(const struct pvdrm_grant *grant)
{
	return grant->live && grant->frame.vram;
}

static void note_given(struct pvdrm_back_map *map, u32 index,
		       const struct pvdrm_frame *frame, u64 guest_frame)
{
	struct pvdrm_grant *grant = &map->grants[index];

	grant->frame = *frame;
	grant->guest_frame = guest_frame;
	WRITE_ONCE(grant->live, true);
	map->nr_live++;
	map->nr_vram++;
}

static void note_taken(struct pvdrm_back_map *map, u32 index)
{
	struct pvdrm_grant *grant = &map->grants[index];

	memset(&grant->frame, 0, sizeof(grant->frame));
	WRITE_ONCE(grant->live, false);
	map->nr_live--;
	map->nr_vram--;
	pvdrm_uncount(map->back, device_pages);
}

static void stop(const struct pvdrm_back_map *map)
{
	u32 domid = map->back->domid, flags = 0;

	if (pvdrm_domctl_flags(domid, &flags) == -ESRCH ||
	    flags & PVDRM_DOMAIN_DYING)
		return;
	if (!(flags & PVDRM_DOMAIN_SHUTDOWN))
		pvdrm_domain_stop(domid);
	/* It does not run any more from here on. */
	if (!pvdrm_domctl_pause(domid))
		pvdrm_domctl_unpause(domid);
	else
		usleep_range(1000, 2000);
}

/* ------------------------------------------------- PVH, HVM: in the window */

/* Frames that can be mapped by one call, from the first on */
static u32 run_to_give(const struct pvdrm_back_map *map, u32 first, u32 count,
		       const struct pvdrm_frame *frames)
{
	u32 n = 1;

	count = min(count, MAX_RUN);
	while (n < count && is_new(map, first + n, &frames[n]) &&
	       frames[n].mfn == frames[0].mfn + n &&
	       is_uncached(&frames[n]) == is_uncached(&frames[0]))
		n++;
	return n;
}

/* Return: pages mapped, from the first on; if fewer, @err says why. */
static u32 give_run(struct pvdrm_back_map *map, u32 first, u32 count,
		    const struct pvdrm_frame *frames, int *err)
{
	u64 guest_frame;
	u32 done = 0, n, i;

	while (done < count) {
		n = pvdrm_vram_window_map(map->link->vram, frames[done].mfn,
					  count - done,
					  is_uncached(&frames[done]),
					  &guest_frame, err);
		for (i = 0; i < n; i++)
			note_given(map, first + done + i, &frames[done + i],
				   guest_frame + i);
		if (!n)
			break;
		done += n;
	}
	return done;
}

/* @err: result, why the page @wanted is not mapped, if it is not */
static void make_in_window(struct pvdrm_back_map *map, u32 first, u32 count,
			   u32 wanted, const struct pvdrm_frame *frames,
			   int *err)
{
	u32 i, n, done;
	int why;

	for (i = 0; i < count; i += n) {
		n = 1;
		if (!is_new(map, first + i, &frames[i]))
			continue;
		n = run_to_give(map, first + i, count - i, &frames[i]);
		done = give_run(map, first + i, n, &frames[i], &why);
		if (done < n)
			pvdrm_count(map->back, device_shortages);
		/* For others there may be room again, or none of their kind. */
		if (wanted - first - i < n)
			*err = why;
	}
}

static u32 run_to_take(const struct pvdrm_back_map *map, u32 first, u32 count)
{
	const struct pvdrm_grant *grants = &map->grants[first];
	u32 n = 1;

	count = min(count, MAX_RUN);
	while (n < count && is_given(&grants[n]) &&
	       grants[n].frame.mfn == grants[0].frame.mfn + n &&
	       grants[n].guest_frame == grants[0].guest_frame + n)
		n++;
	return n;
}

static bool take_run(struct pvdrm_back_map *map, u32 first, u32 count)
{
	struct pvdrm_grant *grants = &map->grants[first];
	bool done;
	u32 i;

	done = pvdrm_vram_window_unmap(map->link->vram, grants->frame.mfn,
				       count, grants->guest_frame);
	for (i = 0; i < count; i++)
		note_taken(map, first + i);
	return done;
}

static bool take_from_window(struct pvdrm_back_map *map, u32 first, u32 count)
{
	bool done = true;
	u32 i, n;

	for (i = 0; i < count && map->nr_vram; i += n) {
		n = 1;
		if (!is_given(&map->grants[first + i]))
			continue;
		n = run_to_take(map, first + i, count - i);
		done &= take_run(map, first + i, n);
	}
	return done;
}

/* ------------------------------------------------------------------- PV guests */

/*
 * The guest is paused, so it cannot change its mind before we have written. It
 * cancels FAULTs before it gives up page tables.
 */
static bool still_wanted(struct pvdrm_link *link,
			 const struct xendrm_request *req)
{
	bool wanted = false;

	if (!down_read_trylock(&link->io))
		return false;
	if (!link->dead)
		wanted = !READ_ONCE(link->events->stop_faults) &&
			 READ_ONCE(link->events->cancel[req->id]) != req->seq;
	up_read(&link->io);
	return wanted;
}

/* Return: 0 if the guest did not say where. */
static u64 entry_address(const struct xendrm_request *req, u32 index)
{
	u64 start = req->u.fault.entries[0] & ~XENDRM_ENTRY_FLAGS;
	u32 n = index - req->u.fault.first;
	u32 in_page = offset_in_page(start) / sizeof(u64) + n;

	if (in_page < PTRS_PER_PTE)
		return start ? start + n * sizeof(u64) : 0;
	if (!req->u.fault.entries[1])
		return 0;
	return req->u.fault.entries[1] +
	       (in_page - PTRS_PER_PTE) * sizeof(u64);
}

/* An entry that is live already: the guest may have cleared it, or moved it. */
static bool add_again(struct pvdrm_back_map *map,
		      struct pvdrm_vram_ptes *entries,
		      const struct xendrm_request *req, u32 index)
{
	struct pvdrm_grant *grant = &map->grants[index];
	u64 at = entry_address(req, index);

	if (!at)
		return false;
	if (at != grant->guest_frame &&
	    !pvdrm_vram_pte_remove(entries, grant->guest_frame,
				   grant->frame.mfn))
		return false;
	pvdrm_vram_pte_add(entries, at, grant->frame.mfn,
			   is_uncached(&grant->frame),
			   req->u.fault.entries[0] & XENDRM_ENTRY_WRITE);
	return true;
}

static bool add_new(struct pvdrm_vram_ptes *entries,
		    const struct xendrm_request *req, u32 index,
		    const struct pvdrm_frame *frame)
{
	u64 at = entry_address(req, index);

	if (!at)
		return false;
	pvdrm_vram_pte_add(entries, at, frame->mfn, is_uncached(frame),
			   req->u.fault.entries[0] & XENDRM_ENTRY_WRITE);
	return true;
}

/* Return: entries added; @index tells what they are about. */
static u32 add_entries(struct pvdrm_back_map *map,
		       struct pvdrm_vram_ptes *entries,
		       const struct xendrm_request *req,
		       const struct pvdrm_frame *frames, u16 *index)
{
	u32 first = req->u.fault.first, i, nr = 0;
	bool added;

	for (i = 0; i < req->u.fault.count; i++) {
		added = false;
		if (pvdrm_lru_evicting(map, first + i))
			continue;
		if (is_given(&map->grants[first + i]))
			added = add_again(map, entries, req, first + i);
		else if (is_new(map, first + i, &frames[i]))
			added = add_new(entries, req, first + i, &frames[i]);
		if (added)
			index[nr++] = i;
	}
	return nr;
}

static void make_entries(struct pvdrm_back_map *map,
			 struct pvdrm_vram_ptes *entries,
			 const struct xendrm_request *req,
			 const struct pvdrm_frame *frames)
{
	u16 *index = pvdrm_vram_pte_index(entries);
	u32 first = req->u.fault.first, nr, i;

	nr = add_entries(map, entries, req, frames, index);
	if (!pvdrm_vram_pte_commit(entries))
		stop(map);
	for (i = 0; i < nr; i++) {
		if (!pvdrm_vram_pte_added(entries, i))
			continue;
		if (is_given(&map->grants[first + index[i]]))
			map->grants[first + index[i]].guest_frame =
				entry_address(req, first + index[i]);
		else
			note_given(map, first + index[i], &frames[index[i]],
				   entry_address(req, first + index[i]));
	}
}

static bool any_for_entries(const struct pvdrm_back_map *map,
			    const struct xendrm_request *req,
			    const struct pvdrm_frame *frames)
{
	u32 first = req->u.fault.first, i;

	for (i = 0; i < req->u.fault.count; i++)
		if (is_given(&map->grants[first + i]) ||
		    is_new(map, first + i, &frames[i]))
			return true;
	return false;
}

static int make_in_tables(struct pvdrm_back_map *map,
			  struct pvdrm_vram_ptes *entries,
			  const struct xendrm_request *req,
			  const struct pvdrm_frame *frames)
{
	int ret;

	/* A guest that does not say where need not be paused. */
	if (!req->u.fault.entries[0] || !any_for_entries(map, req, frames))
		return 0;
	ret = pvdrm_vram_pte_begin(entries);
	if (ret)
		return ret;
	atomic_inc(&map->link->vram_writes);
	if (still_wanted(map->link, req))
		make_entries(map, entries, req, frames);
	else
		ret = -EINTR;
	pvdrm_vram_pte_end(entries);
	return ret;
}

/**
 * pvdrm_vram_fault_done() - account for page table entries that were written
 * @job: the FAULT at hand, done
 *
 * For each such request Xen before 4.21 may flush the caches of all CPUs, and a
 * guest can have its pages written again and again. Sleeps if it does so too often.
 */
void pvdrm_vram_fault_done(struct pvdrm_job *job)
{
	struct pvdrm_link *link = job->link;
	struct pvdrm_back *back = link->back;
	int nr;

	if (!atomic_read(&link->vram_writes))
		return;
	for (nr = atomic_xchg(&link->vram_writes, 0); nr; nr--)
		pvdrm_rate_take(&back->vram_faults, job,
				READ_ONCE(pvdrm_vram_faults),
				pvdrm_counter(back, vram_faults_delayed));
}

static bool take_from_tables(struct pvdrm_back_map *map,
			     struct pvdrm_vram_ptes *entries, u32 first,
			     u32 count)
{
	struct pvdrm_grant *grant;
	bool done = true;
	u32 i;
	int ret = pvdrm_vram_pte_begin(entries);

	for (i = first; i < first + count && map->nr_vram; i++) {
		grant = &map->grants[i];
		if (!is_given(grant))
			continue;
		if (!ret)
			done &= pvdrm_vram_pte_remove(entries,
						      grant->guest_frame,
						      grant->frame.mfn);
		note_taken(map, i);
	}
	if (!ret)
		pvdrm_vram_pte_end(entries);
	/* A domain that is gone has nothing mapped. */
	return ret ? ret == -ESRCH : done;
}

/* ------------------------------------------------------------------ all guests */

/**
 * pvdrm_vram_map_pages() - map VRAM for the guest
 * @map: the mapping; lock held, no invalidation since @frames were found
 * @req: the FAULT, checked
 * @frames: where its pages are; those of other kinds are skipped
 *
 * Return: 0; -ENOBUFS: no room left in the guest's window; -EINTR: the guest
 * has given up; -EINVAL: the guest does not tell where, or Xen refuses.
 */
int pvdrm_vram_map_pages(struct pvdrm_back_map *map,
			 const struct xendrm_request *req,
			 const struct pvdrm_frame *frames)
{
	u32 first = req->u.fault.first, wanted = req->u.fault.wanted;
	struct pvdrm_vram *vram = map->link->vram;
	u32 before = map->nr_vram;
	struct pvdrm_vram_ptes *entries;
	int err = 0;

	if (!vram)
		return 0;
	entries = pvdrm_vram_ptes_of(vram);
	if (entries)
		err = make_in_tables(map, entries, req, frames);
	else
		make_in_window(map, first, req->u.fault.count, wanted, frames,
			       &err);
	pvdrm_count_by(map->back, device_pages, map->nr_vram - before);
	pvdrm_count_by(map->back, device_pages_made, map->nr_vram - before);
	if (is_new(map, wanted, &frames[wanted - first]))
		return err ?: -EINVAL;
	return 0;
}

static bool take_pages(struct pvdrm_back_map *map, u32 first, u32 count)
{
	struct pvdrm_vram_ptes *entries = pvdrm_vram_ptes_of(map->link->vram);

	if (entries)
		return take_from_tables(map, entries, first, count);
	return take_from_window(map, first, count);
}

static bool any_given(const struct pvdrm_back_map *map, u32 first, u32 count)
{
	u32 i;

	if (!map->nr_vram)
		return false;
	for (i = first; i < first + count; i++)
		if (is_given(&map->grants[i]))
			return true;
	return false;
}

/**
 * pvdrm_vram_unmap_pages() - unmap VRAM from the guest
 * @map: the mapping; lock held
 * @first: page in it
 * @count: pages
 *
 * A guest that still has them mapped reads ones, or faults.
 */
void pvdrm_vram_unmap_pages(struct pvdrm_back_map *map, u32 first, u32 count)
{
	/* If Xen fails, that is not the guest's fault, but it is not safe. */
	if (any_given(map, first, count) && !take_pages(map, first, count))
		stop(map);
}
