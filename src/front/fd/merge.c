// SPDX-License-Identifier: GPL-2.0-only
/*
 * merge.c: several fences in one descriptor, merged on the host as well
 *
 * A fence may be a container of others, after SYNC_IOC_MERGE. The host merges those
 * that it knows, so that the driver waits for them and not we.
 */
#include <linux/dma-fence-array.h>
#include <linux/dma-fence-unwrap.h>
#include <linux/slab.h>

#include "front/call/call.h"
#include "front/call/ring.h"
#include "front/fd/fence.h"
#include "front/fd/implicit.h"
#include "front/front.h"

/**
 * struct pending - what is left to wait for in a container
 */
struct pending {
	/** @ids: of fences that the host knows */
	u32 ids[XENDRM_MAX_FENCES];
	/** @nr: number of @ids */
	u32 nr;
};

static long wait_here(struct pvdrm_front *front, struct dma_fence *fence)
{
	if (dma_fence_is_signaled(fence))
		return 0;
	if (!pvdrm_front_fence_is_done(fence))
		pvdrm_stat_inc(&front->stats, PVDRM_STAT_FENCE_WAITS);
	return dma_fence_wait(fence, true);
}

/* After this, only those that the host knows are pending. */
static long wait_for_others(struct pvdrm_front *front, struct dma_fence *head,
			    struct pending *pending)
{
	struct dma_fence_unwrap cursor;
	struct dma_fence *fence;
	long ret = 0;
	u32 id;

	/* To its end, or a reference of the cursor's would be left. */
	dma_fence_unwrap_for_each(fence, &cursor, head) {
		ret = ret ?: pvdrm_implicit_resolve(fence);
		id = pvdrm_front_fence_id(front, fence);
		if (id != XENDRM_FENCE_SIGNALED &&
		    pending->nr < ARRAY_SIZE(pending->ids))
			pending->ids[pending->nr++] = id;
		else if (!ret)
			ret = wait_here(front, fence);
	}
	return ret;
}

static int take_merged(struct pvdrm_front *front, struct pvdrm_call *call,
		       u32 *id)
{
	const char *why = NULL;

	*id = call->rsp.fence;
	/* It has nobody to signal: it is only passed back. */
	if (call->rsp.fence)
		why = pvdrm_front_fence_add(front, call->rsp.fence, NULL);
	else if (!call->rsp.fence_status)
		why = "merged fences that are none";
	if (!why)
		return 0;
	pvdrm_front_fail(front, why);
	return -EPROTO;
}

static int merge(struct pvdrm_front *front, const struct pending *pending,
		 u32 *id)
{
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_MERGE,
		.out = pending->ids,
		.out_len = pending->nr * sizeof(pending->ids[0]),
		.wait = PVDRM_WAIT_KILL,
	};
	int err = pvdrm_front_call(front, &call);

	err = err ?: min(pvdrm_call_result(&call), 0L);
	return err ?: take_merged(front, &call, id);
}

/**
 * pvdrm_front_fence_merge() - find or make the host's fence for a container
 * @front: the connection
 * @head: the container, or a fence that the host does not know
 * @id: result: the backend's id, or XENDRM_FENCE_SIGNALED
 *
 * Waits for what the host does not know.
 *
 * Return: 0 or -errno.
 */
long pvdrm_front_fence_merge(struct pvdrm_front *front, struct dma_fence *head,
			     u32 *id)
{
	struct pending *pending = kzalloc(sizeof(*pending), GFP_KERNEL);
	long ret;

	if (!pending)
		return -ENOMEM;
	*id = XENDRM_FENCE_SIGNALED;
	ret = wait_for_others(front, head, pending);
	if (!ret && pending->nr == 1)
		*id = pending->ids[0];
	else if (!ret && pending->nr)
		ret = merge(front, pending, id);
	kfree(pending);
	/* A backend that cannot */
	return ret == -XENDRM_ENOTSUPP ? wait_here(front, head) : ret;
}
