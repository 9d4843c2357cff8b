// SPDX-License-Identifier: GPL-2.0-only
/*
 * merge.c: several fences of the host as one (MERGE)
 */
#include <linux/dma-fence.h>
#include <linux/dma-fence-unwrap.h>
#include <linux/slab.h>

#include "back/bus/link.h"
#include "back/fd/fence.h"
#include "back/serve/job.h"
#include "back/transport/ring.h"

#define MOST_TO_MERGE	4096

/**
 * struct fences_to_merge - for MERGE
 */
struct fences_to_merge {
	/** @fences: a reference to each */
	struct dma_fence *fences[XENDRM_MAX_FENCES];
	/** @nr: number of @fences */
	u32 nr;
	/** @scratch: @fences for the kernel's function, which may change them */
	struct dma_fence *scratch[XENDRM_MAX_FENCES];
	/** @cursors: likewise */
	struct dma_fence_unwrap cursors[XENDRM_MAX_FENCES];
};

/*
 * A fence may stand for many. Kernels before 6.13 compare each of them with all
 * names, and do not let others run meanwhile.
 */
static bool are_too_many(struct fences_to_merge *list)
{
	struct dma_fence_unwrap cursor;
	struct dma_fence *fence;
	u32 i, nr = 0;

	for (i = 0; i < list->nr; i++)
		dma_fence_unwrap_for_each(fence, &cursor, list->fences[i])
			nr++;
	return nr > MOST_TO_MERGE;
}

/* Return: the merged fence, or an error. */
static struct dma_fence *merge(struct pvdrm_link *link, const u32 *names,
			       u32 nr, struct fences_to_merge *list)
{
	struct dma_fence *fence, *merged;

	while (list->nr < nr) {
		fence = pvdrm_fence_must_find(link, names[list->nr]);
		if (!fence)
			return ERR_PTR(-EPROTO);
		list->fences[list->nr++] = fence;
	}
	if (are_too_many(list))
		return ERR_PTR(-E2BIG);
	memcpy(list->scratch, list->fences, nr * sizeof(list->fences[0]));
	merged = __dma_fence_unwrap_merge(nr, list->scratch, list->cursors);
	return merged ?: ERR_PTR(-ENOMEM);
}

static int merge_and_give(struct pvdrm_job *job, u32 nr)
{
	struct fences_to_merge *list = kvzalloc(sizeof(*list),
						GFP_KERNEL_ACCOUNT);
	struct dma_fence *merged;

	if (!list)
		return -ENOMEM;
	merged = merge(job->link, job->buf, nr, list);
	while (list->nr)
		dma_fence_put(list->fences[--list->nr]);
	kvfree(list);
	return IS_ERR(merged) ? PTR_ERR(merged) : pvdrm_fence_give(job, merged);
}

/**
 * pvdrm_fence_merge() - MERGE
 * @job: the request at hand
 *
 * Return: 0 or -errno.
 */
int pvdrm_fence_merge(struct pvdrm_job *job)
{
	u32 len = job->req.req_len, nr = len / sizeof(u32);
	int ret;

	if (!nr || len % sizeof(u32) || nr > XENDRM_MAX_FENCES)
		return -EINVAL;
	ret = pvdrm_job_need_buf(job, len);
	ret = ret ?: pvdrm_back_data_read(job->link, job->req.data_off,
					  job->buf, len);
	return ret ?: merge_and_give(job, nr);
}
