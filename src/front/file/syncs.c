// SPDX-License-Identifier: GPL-2.0-only
/*
 * syncs.c: syncobjs that are known to exist, and to have a fence
 *
 * The host cannot refuse to reset, signal or free a syncobj that the file has made and
 * not freed since, nor a submission that waits for one that has a fence, or has the
 * point of its timeline. live.c orders what is learned here and forgotten.
 *
 * Whoever else has a syncobj that was shared can reset it, so nothing but its handle
 * is known of it.
 */
#include "front/file/syncs.h"

/* The number of a handle */
#define SHARED		1ul	/* others may change it */
#define HAS_FENCE	2ul
#define POINT_SHIFT	2
#define HIGHEST_POINT	(LONG_MAX >> POINT_SHIFT)

/**
 * pvdrm_syncs_init() - for a new file
 * @syncs: its syncobjs
 */
void pvdrm_syncs_init(struct pvdrm_syncs *syncs)
{
	xa_init(&syncs->handles);
}

/**
 * pvdrm_syncs_destroy() - the file is closed: forget all
 * @syncs: the file's
 */
void pvdrm_syncs_destroy(struct pvdrm_syncs *syncs)
{
	xa_destroy(&syncs->handles);
}

/**
 * pvdrm_syncs_change() - whether less is known of any syncobj once an ioctl is sent
 * @plan: its argument, packed
 *
 * Return: true if so.
 */
bool pvdrm_syncs_change(const struct pvdrm_plan *plan)
{
	u32 i;

	for (i = 0; i < plan->nr_syncs; i++)
		if (plan->syncs[i].use < XENDRM_SYNC_SIGNALLED)
			return true;
	return false;
}

static bool know(struct pvdrm_syncs *syncs, const struct pvdrm_sync *sync)
{
	void *entry = xa_load(&syncs->handles, sync->handle);
	unsigned long state;

	if (!entry || sync->use != XENDRM_SYNC_WAITED)
		return entry;
	state = xa_to_value(entry);
	return state & HAS_FENCE && sync->point <= state >> POINT_SHIFT;
}

/**
 * pvdrm_syncs_know() - whether the host has no reason to refuse the syncobjs of an ioctl
 * @syncs: its file's
 * @plan: its argument, packed
 *
 * Return: true if all exist, and those that are waited for have a fence.
 */
bool pvdrm_syncs_know(struct pvdrm_syncs *syncs, const struct pvdrm_plan *plan)
{
	u32 i;

	for (i = 0; i < plan->nr_syncs; i++)
		if (!know(syncs, &plan->syncs[i]))
			return false;
	return !plan->more_syncs;
}

/* In place of an entry, which takes no memory */
static void set_state(struct pvdrm_syncs *syncs, u32 handle, unsigned long state)
{
	xa_store(&syncs->handles, handle, xa_mk_value(state), GFP_NOWAIT);
}

static void lose_fence(struct pvdrm_syncs *syncs, u32 handle, unsigned long state)
{
	set_state(syncs, handle, state & SHARED);
}

static void forget(struct pvdrm_syncs *syncs, const struct pvdrm_sync *sync)
{
	void *entry = xa_load(&syncs->handles, sync->handle);

	if (!entry)
		return;
	if (sync->use == XENDRM_SYNC_ENDED)
		xa_erase(&syncs->handles, sync->handle);
	else if (sync->use == XENDRM_SYNC_SHARED)
		set_state(syncs, sync->handle, SHARED);
	else if (sync->use == XENDRM_SYNC_RESET)
		lose_fence(syncs, sync->handle, xa_to_value(entry));
}

/**
 * pvdrm_syncs_forget() - an ioctl is sent: forget what it may change
 * @syncs: its file's
 * @plan: its argument, packed
 */
void pvdrm_syncs_forget(struct pvdrm_syncs *syncs, const struct pvdrm_plan *plan)
{
	unsigned long handle;
	void *entry;
	u32 i;

	for (i = 0; i < plan->nr_syncs; i++)
		forget(syncs, &plan->syncs[i]);
	if (plan->more_syncs)
		xa_for_each(&syncs->handles, handle, entry)
			lose_fence(syncs, handle, xa_to_value(entry));
}

/* A point is added to those that are there; without one, they are replaced. */
static void learn(struct pvdrm_syncs *syncs, const struct pvdrm_sync *sync)
{
	void *entry = xa_load(&syncs->handles, sync->handle);
	unsigned long state, point = 0;

	if (!entry)
		return;
	state = xa_to_value(entry);
	if (state & SHARED)
		return;
	if (sync->point && sync->point <= HIGHEST_POINT)
		point = max_t(unsigned long, sync->point, state >> POINT_SHIFT);
	set_state(syncs, sync->handle, HAS_FENCE | point << POINT_SHIFT);
}

/**
 * pvdrm_syncs_learn() - an ioctl has succeeded, or is sent: they have fences
 * @syncs: its file's
 * @plan: its argument, packed
 */
void pvdrm_syncs_learn(struct pvdrm_syncs *syncs, const struct pvdrm_plan *plan)
{
	u32 i;

	for (i = 0; i < plan->nr_syncs; i++)
		if (plan->syncs[i].use == XENDRM_SYNC_SIGNALLED)
			learn(syncs, &plan->syncs[i]);
}

/**
 * pvdrm_syncs_add() - a new syncobj
 * @syncs: its file's
 * @handle: its handle
 *
 * If there is no memory for it, it is not known. Does not sleep.
 */
void pvdrm_syncs_add(struct pvdrm_syncs *syncs, u32 handle)
{
	xa_store(&syncs->handles, handle, xa_mk_value(0),
		 GFP_NOWAIT | __GFP_ACCOUNT | __GFP_NOWARN);
}
