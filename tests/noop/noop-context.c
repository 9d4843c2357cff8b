// SPDX-License-Identifier: GPL-2.0-only
/*
 * noop-context.c: contexts, and fences that are signalled when a call is done
 */
#include "noop.h"

#include <linux/dma-fence-chain.h>
#include <linux/file.h>
#include <linux/slab.h>
#include <linux/sync_file.h>
#include <drm/drm_syncobj.h>

/**
 * noop_context_create() - make a context
 * @call: the call
 * @id: gets its id, not 0
 *
 * Return: 0 or an error.
 */
int noop_context_create(struct noop_call *call, u32 *id)
{
	struct noop_context *context = kzalloc(sizeof(*context), GFP_KERNEL);
	int ret;

	if (!context)
		return -ENOMEM;
	ret = xa_alloc(&noop_file(call)->contexts, id, context, xa_limit_31b, GFP_KERNEL);
	if (ret)
		kfree(context);
	return ret;
}

/**
 * noop_context_destroy() - free a context
 * @call: the call
 * @id: the context
 *
 * Return: 0, or -EINVAL if there is none.
 */
int noop_context_destroy(struct noop_call *call, u32 id)
{
	struct noop_context *context = xa_erase(&noop_file(call)->contexts, id);

	kfree(context);
	return context ? 0 : -EINVAL;
}

/**
 * noop_context() - find a context
 * @call: the call
 * @id: the context
 *
 * Return: NULL if there is none. A program must not destroy it meanwhile.
 */
struct noop_context *noop_context(struct noop_call *call, u32 id)
{
	return xa_load(&noop_file(call)->contexts, id);
}

struct noop_fence {
	struct dma_fence base;
	spinlock_t lock;
};

static const char *fence_name(struct dma_fence *fence)
{
	return "noop";
}

static const struct dma_fence_ops fence_ops = {
	.get_driver_name = fence_name,
	.get_timeline_name = fence_name,
};

/* What a call signals, it signals at once: a program that sees one sees all */
static struct dma_fence *call_fence(struct noop_call *call)
{
	struct noop_fence *fence;

	if (call->fence)
		return call->fence;
	fence = kzalloc(sizeof(*fence), GFP_KERNEL);
	if (!fence)
		return NULL;
	spin_lock_init(&fence->lock);
	dma_fence_init(&fence->base, &fence_ops, &fence->lock, dma_fence_context_alloc(1), 1);
	call->fence = &fence->base;
	return call->fence;
}

/**
 * noop_syncobj_wait() - a submission waits for a syncobj
 * @call: the call
 * @handle: of the syncobj
 * @point: of a timeline; 0: it is binary
 * @flags: DRM_SYNCOBJ_WAIT_FLAGS_*
 *
 * Return: 0 or an error, as when there is no fence yet.
 */
int noop_syncobj_wait(struct noop_call *call, u32 handle, u64 point, u64 flags)
{
	struct dma_fence *fence;
	int ret = drm_syncobj_find_fence(call->file, handle, point, flags, &fence);

	if (ret)
		return ret;
	ret = dma_fence_wait(fence, true);
	dma_fence_put(fence);
	return ret;
}

/**
 * noop_syncobj_signal() - a submission signals a syncobj when its call is done
 * @call: the call
 * @handle: of the syncobj
 * @point: of a timeline; 0: it is binary
 *
 * Return: 0 or an error.
 */
int noop_syncobj_signal(struct noop_call *call, u32 handle, u64 point)
{
	struct drm_syncobj *syncobj = drm_syncobj_find(call->file, handle);
	struct dma_fence *fence = call_fence(call);
	struct dma_fence_chain *chain = NULL;
	int ret = -ENOENT;

	if (!syncobj)
		return ret;
	if (point)
		chain = dma_fence_chain_alloc();
	if (!fence || (point && !chain)) {
		dma_fence_chain_free(chain);
		ret = -ENOMEM;
	} else if (point) {
		drm_syncobj_add_point(syncobj, chain, fence, point);
		ret = 0;
	} else {
		drm_syncobj_replace_fence(syncobj, fence);
		ret = 0;
	}
	drm_syncobj_put(syncobj);
	return ret;
}

/**
 * noop_signal() - a call is done
 * @call: the call
 */
void noop_signal(const struct noop_call *call)
{
	if (!call->fence)
		return;
	dma_fence_signal(call->fence);
	dma_fence_put(call->fence);
}

/**
 * noop_fence_fd() - give a program a fence as a descriptor
 * @fence: the fence
 * @fd: gets the descriptor of a sync_file
 *
 * Return: 0 or an error.
 */
int noop_fence_fd(struct dma_fence *fence, int *fd)
{
	struct sync_file *file = sync_file_create(fence);
	int new;

	if (!file)
		return -ENOMEM;
	new = get_unused_fd_flags(O_CLOEXEC);
	if (new < 0) {
		fput(file->file);
		return new;
	}
	fd_install(new, file->file);
	*fd = new;
	return 0;
}

/**
 * noop_wait_fd() - a submission waits for a program's descriptor
 * @fd: a sync_file
 *
 * Return: 0 or an error.
 */
int noop_wait_fd(int fd)
{
	struct dma_fence *fence = sync_file_get_fence(fd);
	int ret;

	if (!fence)
		return -EINVAL;
	ret = dma_fence_wait(fence, true);
	dma_fence_put(fence);
	return ret;
}
