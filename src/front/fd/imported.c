// SPDX-License-Identifier: GPL-2.0-only
/*
 * imported.c: fences that programs add to a dma-buf
 *
 * DMA_BUF_IOCTL_IMPORT_SYNC_FILE adds fences to the guest's dma-buf, of which the host
 * has to know before work is submitted. They are sent (ADD_FENCE) before each such
 * ioctl; one that the host does not know is waited for.
 */
#include <linux/dma-buf.h>
#include <linux/dma-fence.h>
#include <linux/dma-resv.h>
#include <linux/file.h>

#include "front/call/call.h"
#include "front/fd/fd.h"
#include "front/fd/fence.h"
#include "front/fd/implicit.h"
#include "front/front.h"

/* Return: a fence that a program has added, with a reference, or NULL. */
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
static int send_fence(struct pvdrm_object *object, u32 id,
		      enum dma_resv_usage usage)
{
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_ADD_FENCE,
		.req.u.fence.object = object->id,
		.req.u.fence.fence = id,
		.req.u.fence.flags = usage == DMA_RESV_USAGE_READ ?
				     XENDRM_ACCESS_READ : XENDRM_ACCESS_WRITE,
		.wait = PVDRM_WAIT_KILL,
	};
	int err = pvdrm_front_call(object->front, &call);

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
static int hand_over(struct pvdrm_object *object, struct dma_fence *fence,
		     u32 id, enum dma_resv_usage usage)
{
	int err = send_fence(object, id, usage);

	if (!err)
		err = replace(object->implicit.resv, fence, usage);
	pvdrm_implicit_mark_stale(object);
	return err;
}

static int send_or_wait(struct pvdrm_object *object, struct dma_fence *fence,
			enum dma_resv_usage usage)
{
	int err = pvdrm_implicit_resolve(fence);
	u32 id;

	if (err)
		return err;
	id = pvdrm_front_fence_id(object->front, fence);
	if (id == XENDRM_FENCE_SIGNALED)
		err = pvdrm_front_fence_merge(object->front, fence, &id);
	if (err || id == XENDRM_FENCE_SIGNALED)
		return err;
	err = hand_over(object, fence, id, usage);
	if (!err || err == -ERESTARTSYS)
		return err;
	pvdrm_stat_inc(&object->front->stats, PVDRM_STAT_FENCE_WAITS);
	return dma_fence_wait(fence, true);
}

/**
 * pvdrm_implicit_send_imported() - work may be submitted now
 * @front: the connection
 *
 * Tells the host of fences that programs have added to dma-bufs.
 *
 * Return: 0, or -ERESTARTSYS.
 */
int pvdrm_implicit_send_imported(struct pvdrm_front *front)
{
	enum dma_resv_usage usage;
	struct pvdrm_object *object;
	struct dma_fence *fence;
	unsigned long id = 0;
	struct file *file;
	int err = 0;

	if (likely(xa_empty(&front->objects)))
		return 0;
	mutex_lock(&front->objects_lock);
	xa_for_each(&front->objects, id, object) {
		/* It has its dma-buf until it has left the table. */
		while (object->implicit.resv &&
		       (fence = find_imported(&object->implicit, &usage))) {
			file = pvdrm_get_file_active(&object->file);
			mutex_unlock(&front->objects_lock);
			if (file) {
				err = send_or_wait(object, fence, usage);
				fput(file);
			}
			dma_fence_put(fence);
			if (err)
				return err;
			mutex_lock(&front->objects_lock);
			object = xa_load(&front->objects, id);
			if (!object || !file)
				break;
		}
	}
	mutex_unlock(&front->objects_lock);
	return err;
}
