// SPDX-License-Identifier: GPL-2.0-only
/*
 * sync_file.c: descriptors of fences
 *
 * All that a new descriptor needs is allocated before the request is sent. Once
 * the host has made a fence, nothing can fail except access to the program's own
 * memory.
 */
#include <linux/dma-fence.h>
#include <linux/file.h>
#include <linux/sync_file.h>

#include "front/call/ring.h"
#include "front/fd/fd.h"
#include "front/fd/fence.h"
#include "front/fd/implicit.h"
#include "front/front.h"

/*
 * A fence that the host does not know is waited for here: one of another device. The
 * fence found may be signalled by now, and its slot reused: the backend can tell that
 * the id is an old one.
 */
static int fence_identify(struct pvdrm_front *front, const struct file *user,
			  int fd, u32 *id)
{
	struct dma_fence *fence = sync_file_get_fence(fd);
	long ret = 0;

	*id = XENDRM_FD_BAD;
	if (!fence)
		return 0;
	ret = pvdrm_implicit_resolve(fence);
	if (!ret)
		*id = pvdrm_front_fence_id(front, fence);
	if (!ret && *id == XENDRM_FENCE_SIGNALED &&
	    !dma_fence_is_signaled(fence))
		ret = pvdrm_front_fence_merge(front, fence, id);
	dma_fence_put(fence);
	return ret;
}

static int fence_prepare(struct pvdrm_new_fd *new)
{
	struct sync_file *sync_file;

	new->fd = get_unused_fd_flags(O_CLOEXEC);
	if (new->fd < 0)
		return new->fd;
	new->fence = pvdrm_front_fence_create(new->front);
	if (!new->fence)
		return -ENOMEM;
	sync_file = sync_file_create(new->fence);
	if (!sync_file)
		return -ENOMEM;
	new->file = sync_file->file;
	return 0;
}

static int fence_bind(struct pvdrm_new_fd *new,
		      const struct xendrm_response *rsp)
{
	const char *why = NULL;

	if (rsp->fence)
		why = pvdrm_front_fence_add(new->front, rsp->fence, new->fence);
	else
		pvdrm_front_fence_finish(dma_fence_get(new->fence),
					 rsp->fence_status);
	if (!why)
		return 0;
	pvdrm_front_fail(new->front, why);
	return -EPROTO;
}

const struct pvdrm_fd_kind pvdrm_fd_fence = {
	.identify = fence_identify,
	.prepare = fence_prepare,
	.bind = fence_bind,
};
