// SPDX-License-Identifier: GPL-2.0-only
/*
 * device_pages.c: pages of a mapping that are a device's own memory
 *
 * What a buffer consists of is seen page by page, at each fault; a mapping may
 * have pages of both kinds. Memory of the device comes and goes with faults and
 * invalidations as granted pages do, but Xen does not know whether the guest has
 * it mapped: only the guest's word ends it in good order. Without that word,
 * see pvdrm_device_pages_force().
 */
#include <linux/delay.h>
#include <linux/mm.h>

#include "device_pages.h"
#include "domctl.h"
#include "map.h"

/*
 * So that Xen never uses a page table entry for 2 MiB, which it would have to
 * split, with memory that it may not have, when one page of it is taken.
 */
#define MAX_RUN		256u

static bool is_new(const struct pvdrm_map *map, u32 index,
		   const struct pvdrm_frame *frame)
{
	return frame->device && !map->grants[index].live &&
	       !pvdrm_lru_going(map, index);
}

static bool is_uncached(const struct pvdrm_frame *frame)
{
	return frame->cache == XENDRM_CACHE_UC;
}

/* Frames that can be given together, from the first on */
static u32 run_to_give(const struct pvdrm_map *map, u32 first, u32 count,
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

static void note_given(struct pvdrm_map *map, u32 index,
		       const struct pvdrm_frame *frame, u64 guest_frame)
{
	struct pvdrm_grant *grant = &map->grants[index];

	grant->frame = *frame;
	grant->guest_frame = guest_frame;
	WRITE_ONCE(grant->live, true);
	map->nr_live++;
	map->nr_device++;
}

/* Return: pages given, from the first on; fewer only for a reason. */
static u32 give_run(struct pvdrm_map *map, u32 first, u32 count,
		    const struct pvdrm_frame *frames, int *err)
{
	u64 guest_frame;
	u32 done = 0, n, i;

	while (done < count) {
		n = pvdrm_device_give(map->link->device, frames[done].mfn,
				      count - done, is_uncached(&frames[done]),
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

/**
 * pvdrm_device_pages_make() - give the guest memory of the device
 * @map: the mapping; lock held, no invalidation since @frames were found
 * @first: page in it
 * @count: pages
 * @wanted: the page that it must get, if it is of that kind
 * @frames: where they are; others are skipped
 *
 * Return: 0; -ENOBUFS: no room left in the guest; -ENOMEM or what Xen says.
 */
int pvdrm_device_pages_make(struct pvdrm_map *map, u32 first, u32 count,
			    u32 wanted, const struct pvdrm_frame *frames)
{
	u32 before = map->nr_device, i, n, done;
	int err = 0;

	for (i = 0; i < count; i += n) {
		n = 1;
		if (!is_new(map, first + i, &frames[i]))
			continue;
		n = run_to_give(map, first + i, count - i, &frames[i]);
		done = give_run(map, first + i, n, &frames[i], &err);
		if (done < n)
			pvdrm_count(map->back, device_shortages);
	}
	pvdrm_count_by(map->back, device_pages, map->nr_device - before);
	pvdrm_count_by(map->back, device_pages_made, map->nr_device - before);
	if (is_new(map, wanted, &frames[wanted - first]))
		return err ?: -ENOBUFS;
	return 0;
}

static bool is_given(const struct pvdrm_grant *grant)
{
	return grant->live && grant->frame.device;
}

static u32 run_to_take(const struct pvdrm_map *map, u32 first, u32 count)
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

static bool take_run(struct pvdrm_map *map, u32 first, u32 count)
{
	struct pvdrm_grant *grants = &map->grants[first];
	bool done;
	u32 i;

	done = pvdrm_device_take(map->link->device, grants->frame.mfn, count,
				 grants->guest_frame);
	for (i = 0; i < count; i++) {
		memset(&grants[i].frame, 0, sizeof(grants[i].frame));
		WRITE_ONCE(grants[i].live, false);
	}
	map->nr_live -= count;
	map->nr_device -= count;
	pvdrm_count_by(map->back, device_pages, -(s64)count);
	return done;
}

/* Return: false: Xen could not take them all. */
static bool take_pages(struct pvdrm_map *map, u32 first, u32 count)
{
	bool done = true;
	u32 i, n;

	for (i = 0; i < count && map->nr_device; i += n) {
		n = 1;
		if (!is_given(&map->grants[first + i]))
			continue;
		n = run_to_take(map, first + i, count - i);
		done &= take_run(map, first + i, n);
	}
	return done;
}

static void stop(const struct pvdrm_map *map)
{
	u32 domid = map->back->domid, flags = 0;

	if (pvdrm_domctl_flags(domid, &flags) == -ESRCH ||
	    flags & PVDRM_DOMAIN_DYING)
		return;
	if (!(flags & PVDRM_DOMAIN_SHUTDOWN))
		pvdrm_guest_stop(domid);
	if (pvdrm_domctl_settle(domid))
		usleep_range(1000, 2000);
}

/**
 * pvdrm_device_pages_end() - take memory of the device back
 * @map: the mapping; lock held
 * @first: page in it
 * @count: pages; the guest says that it does not have them mapped
 */
void pvdrm_device_pages_end(struct pvdrm_map *map, u32 first, u32 count)
{
	/* Xen not doing its part is no fault of the guest, but not safe. */
	if (!take_pages(map, first, count))
		stop(map);
}

/**
 * pvdrm_device_pages_force() - take memory of the device back, without the
 *				guest's word
 * @map: the mapping; lock held
 * @first: page in it
 * @count: pages
 *
 * A guest that is not PV reads ones from now on. A PV guest may have its own
 * page tables point there still: it is stopped.
 */
void pvdrm_device_pages_force(struct pvdrm_map *map, u32 first, u32 count)
{
	u32 before = map->nr_device;
	bool done = take_pages(map, first, count);

	if (map->nr_device == before)
		return;
	if (!done || !pvdrm_device_is_forced(map->link->device))
		stop(map);
}
