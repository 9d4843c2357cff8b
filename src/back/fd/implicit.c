// SPDX-License-Identifier: GPL-2.0-only
/*
 * implicit.c: the fences of a dma-buf that the guest holds, or that is the guest's
 *
 * The guest asks what a reader or writer of the dma-buf has to wait for, and adds
 * fences that its programs have imported.
 */
#include <linux/dma-buf.h>
#include <linux/dma-fence-unwrap.h>
#include <linux/dma-resv.h>
#include <linux/file.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/fd/fence.h"
#include "back/fd/implicit.h"
#include "back/fd/import.h"
#include "back/fd/object.h"
#include "back/serve/job.h"

static bool flags_are_bad(u32 flags)
{
	return flags != XENDRM_ACCESS_READ && flags != XENDRM_ACCESS_WRITE;
}

/* Return: a dma-buf's file, with a reference for the caller; NULL: there is none. */
static struct file *get_file_of(struct pvdrm_link *link, u32 id)
{
	return xendrm_is_import(id) ? pvdrm_import_file(link, id) :
				      pvdrm_object_get(link, XENDRM_FD_DMABUF,
						       id);
}

/**
 * pvdrm_implicit_get_fence() - GET_FENCE
 * @job: the request at hand
 *
 * Return: 0 or -errno.
 */
int pvdrm_implicit_get_fence(struct pvdrm_job *job)
{
	const struct xendrm_request *req = &job->req;
	struct dma_fence *fence = NULL;
	struct dma_buf *dmabuf;
	struct file *file;
	int ret;

	if (flags_are_bad(req->u.fence.flags) || req->u.fence.fence)
		return -EINVAL;
	file = get_file_of(job->link, req->u.fence.object);
	if (!file)
		return -EBADF;
	dmabuf = file->private_data;
	/* A reader waits for writers, a writer for all. */
	ret = dma_resv_get_singleton(dmabuf->resv,
				     dma_resv_usage_rw(req->u.fence.flags ==
						       XENDRM_ACCESS_WRITE),
				     &fence);
	fput(file);
	if (ret)
		return ret;
	if (!fence)
		fence = dma_fence_get_stub();
	ret = pvdrm_fence_publish(job, fence);
	dma_fence_put(fence);
	return ret;
}

/*
 * What GET_FENCE or MERGE has named may be a container, which a reservation object
 * must not have.
 */
static int add_fences(struct dma_resv *resv, struct dma_fence *head,
		      enum dma_resv_usage usage)
{
	struct dma_fence_unwrap cursor;
	u32 nr = pvdrm_fence_count(head, XENDRM_MAX_FENCES);
	struct dma_fence *fence;
	int ret;

	if (!nr)
		return 0;
	if (nr > XENDRM_MAX_FENCES)
		return -E2BIG;
	ret = dma_resv_lock_interruptible(resv, NULL);
	if (ret)
		return ret;
	ret = dma_resv_reserve_fences(resv, nr);
	/* By now there may be fewer, but not more. */
	if (!ret)
		dma_fence_unwrap_for_each(fence, &cursor, head)
			dma_resv_add_fence(resv, fence, usage);
	dma_resv_unlock(resv);
	return ret;
}

/**
 * pvdrm_implicit_add_fence() - ADD_FENCE
 * @job: the request at hand, which has stepped aside
 *
 * Return: 0 or -errno.
 */
int pvdrm_implicit_add_fence(struct pvdrm_job *job)
{
	const struct xendrm_request *req = &job->req;
	struct dma_fence *fence;
	struct dma_buf *dmabuf;
	struct file *file;
	int ret;

	if (flags_are_bad(req->u.fence.flags))
		return -EINVAL;
	fence = pvdrm_fence_find(job->link, req->u.fence.fence);
	if (!fence)
		return -EINVAL;
	file = get_file_of(job->link, req->u.fence.object);
	if (!file) {
		dma_fence_put(fence);
		return -EBADF;
	}
	dmabuf = file->private_data;
	ret = add_fences(dmabuf->resv, fence,
			 req->u.fence.flags == XENDRM_ACCESS_WRITE ?
			 DMA_RESV_USAGE_WRITE : DMA_RESV_USAGE_READ);
	fput(file);
	dma_fence_put(fence);
	return ret;
}
