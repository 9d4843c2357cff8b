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

/**
 * pvdrm_fence_count() - how many fences one stands for
 * @head: the fence
 * @most: to count; a guest can have a timeline of any number of points
 *
 * Return: their number, or @most + 1: there are more.
 */
u32 pvdrm_fence_count(struct dma_fence *head, u32 most)
{
	struct dma_fence_unwrap cursor;
	struct dma_fence *fence;
	u32 nr = 0;

	dma_fence_unwrap_for_each(fence, &cursor, head) {
		if (++nr <= most)
			continue;
		/* The rest of the chain, which the loop would have put at its end */
		dma_fence_put(cursor.chain);
		break;
	}
	return nr;
}

/*
 * Kernels before 6.13 compare each of them with all names, and do not let others run
 * meanwhile.
 */
static bool are_too_many(struct fences_to_merge *list)
{
	u32 i, nr = 0;

	for (i = 0; i < list->nr && nr <= MOST_TO_MERGE; i++)
		nr += pvdrm_fence_count(list->fences[i], MOST_TO_MERGE);
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
