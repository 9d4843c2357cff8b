// SPDX-License-Identifier: GPL-2.0-only
/*
 * imported.c: fences of others in a dma-buf that the host has
 *
 * DMA_BUF_IOCTL_IMPORT_SYNC_FILE adds fences to the guest's dma-buf, and so do other
 * devices to what is theirs. The host has to know of them before work is submitted.
 * They are sent (ADD_FENCE) before each such ioctl; one that the host does not know is
 * waited for.
 */
#include <linux/dma-buf.h>
#include <linux/dma-fence.h>
#include <linux/dma-resv.h>

#include "front/call/call.h"
#include "front/fd/fence.h"
#include "front/fd/implicit.h"
#include "front/front.h"

/* Return: a fence that somebody has added, with a reference, or NULL. */
static struct dma_fence *find_imported(const struct pvdrm_implicit *implicit,
				       enum dma_resv_usage *usage)
{
	struct dma_fence *fence, *found = NULL;
	struct dma_resv_iter cursor;

	dma_resv_iter_begin(&cursor, implicit->resv, DMA_RESV_USAGE_READ);
	dma_resv_for_each_fence_unlocked(&cursor, fence) {
		/* Not those of implicit.c */
		if (fence->context - implicit->context < PVDRM_IMPLICIT_FENCES)
			continue;
		*usage = dma_resv_iter_usage(&cursor);
		found = dma_fence_get(fence);
		break;
	}
	dma_resv_iter_end(&cursor);
	return found;
}

/* Return: the host's errno, or one of its own. */
static int send_fence(struct pvdrm_implicit *implicit, u32 id,
		      enum dma_resv_usage usage)
{
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_ADD_FENCE,
		.req.u.fence.object = implicit->id,
		.req.u.fence.fence = id,
		.req.u.fence.flags = usage == DMA_RESV_USAGE_READ ?
				     XENDRM_ACCESS_READ : XENDRM_ACCESS_WRITE,
		.wait = PVDRM_WAIT_KILL,
	};
	int err = pvdrm_front_call(implicit->front, &call);

	return err ?: min(pvdrm_call_result(&call), 0L);
}

/* @resv's lock held. Return: no other fence of its context is pending. */
static bool is_only_one(struct dma_resv *resv, const struct dma_fence *fence)
{
	struct dma_resv_iter cursor;
	struct dma_fence *other;

	dma_resv_for_each_fence(&cursor, resv, DMA_RESV_USAGE_BOOKKEEP, other)
		if (other != fence && other->context == fence->context &&
		    !dma_fence_is_signaled(other))
			return false;
	return true;
}

/*
 * The host has the fence, so it goes from here: the implicit fences stand for it. But
 * fences are replaced by their context, and the host may not have another one of that.
 *
 * Return: 0; -EEXIST: there is another one; -ERESTARTSYS.
 */
static int replace(struct dma_resv *resv, struct dma_fence *fence,
		   enum dma_resv_usage usage)
{
	struct dma_fence *stub;
	int err = 0;

	if (dma_resv_lock_interruptible(resv, NULL))
		return -ERESTARTSYS;
	if (is_only_one(resv, fence)) {
		stub = dma_fence_get_stub();
		dma_resv_replace_fences(resv, fence->context, stub, usage);
		dma_fence_put(stub);
	} else {
		err = -EEXIST;
	}
	dma_resv_unlock(resv);
	return err;
}

/* The lock is not held while waiting for the backend: other devices take it. */
static int hand_over(struct pvdrm_implicit *implicit, struct dma_fence *fence,
		     u32 id, enum dma_resv_usage usage)
{
	int err = send_fence(implicit, id, usage);

	if (!err)
		err = replace(implicit->resv, fence, usage);
	pvdrm_implicit_mark_stale(implicit);
	return err;
}

static int send_or_wait(struct pvdrm_implicit *implicit,
			struct dma_fence *fence, enum dma_resv_usage usage)
{
	struct pvdrm_front *front = implicit->front;
	int err = pvdrm_implicit_resolve(fence);
	u32 id;

	if (err)
		return err;
	id = pvdrm_front_fence_id(front, fence);
	if (id == XENDRM_FENCE_SIGNALED)
		err = pvdrm_front_fence_merge(front, fence, &id);
	if (err || id == XENDRM_FENCE_SIGNALED)
		return err;
	err = hand_over(implicit, fence, id, usage);
	if (!err || err == -ERESTARTSYS)
		return err;
	pvdrm_stat_inc(&front->stats, PVDRM_STAT_FENCE_WAITS);
	return dma_fence_wait(fence, true);
}

/* Return: a dma-buf with a fence that the host is to know of, held; or NULL. */
static struct pvdrm_implicit *find(struct pvdrm_implicit_state *state,
				   const struct file *user,
				   struct dma_fence **fence,
				   enum dma_resv_usage *usage)
{
	struct pvdrm_implicit *implicit, *found = NULL;

	mutex_lock(&state->mutex);
	list_for_each_entry(implicit, &state->all, node) {
		if (!pvdrm_implicit_concerns(implicit, user))
			continue;
		*fence = find_imported(implicit, usage);
		if (!*fence)
			continue;
		if (pvdrm_implicit_hold(implicit)) {
			found = implicit;
			break;
		}
		dma_fence_put(*fence);
	}
	mutex_unlock(&state->mutex);
	return found;
}

/**
 * pvdrm_implicit_send_imported() - work may be submitted now
 * @front: the connection
 * @user: by an ioctl of this file
 *
 * Tells the host of fences that others have added to dma-bufs.
 *
 * Return: 0, or -ERESTARTSYS.
 */
int pvdrm_implicit_send_imported(struct pvdrm_front *front,
				 const struct file *user)
{
	struct pvdrm_implicit_state *state = &front->implicit;
	struct pvdrm_implicit *implicit;
	enum dma_resv_usage usage;
	struct dma_fence *fence;
	int err = 0;

	if (likely(list_empty_careful(&state->all)))
		return 0;
	while (!err && (implicit = find(state, user, &fence, &usage))) {
		err = send_or_wait(implicit, fence, usage);
		dma_fence_put(fence);
		pvdrm_implicit_let_go(implicit);
	}
	return err;
}
