/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fence.h: fences of the host that the guest knows
 */
#ifndef PVDRM_BACK_FENCE_H
#define PVDRM_BACK_FENCE_H

#include <linux/dma-fence.h>
#include <linux/types.h>

struct pvdrm_job;
struct pvdrm_link;

enum pvdrm_back_fence_state {
	PVDRM_FENCE_FREE,
	PVDRM_FENCE_RESERVED,	/* the guest has named it; its ioctl runs */
	PVDRM_FENCE_PENDING,	/* the callback is set, or about to be */
	PVDRM_FENCE_DONE,	/* the guest may not have read its status yet */
};

/**
 * struct pvdrm_back_fence - a slot for a fence that is not signalled
 */
struct pvdrm_back_fence {
	/** @fence: a reference while it is pending; %NULL otherwise */
	struct dma_fence *fence;

	/** @cb: on @fence */
	struct dma_fence_cb cb;

	/** @link: the connection that the slot belongs to */
	struct pvdrm_link *link;

	/** @uses: how often the slot was used */
	u32 uses;

	/** @state: what it is used for now */
	enum pvdrm_back_fence_state state;
};

int pvdrm_fence_publish(struct pvdrm_job *job, struct dma_fence *fence);
int pvdrm_fence_give(struct pvdrm_job *job, struct dma_fence *fence);
int pvdrm_fence_reserve(struct pvdrm_job *job);
void pvdrm_fence_settle(struct pvdrm_job *job, int status);
struct dma_fence *pvdrm_fence_find(struct pvdrm_link *link, u32 name);
struct dma_fence *pvdrm_fence_must_find(struct pvdrm_link *link, u32 name);
void pvdrm_back_fences_kill(struct pvdrm_link *link);

/* merge.c */
u32 pvdrm_fence_count(struct dma_fence *head, u32 most);
int pvdrm_fence_merge(struct pvdrm_job *job);

#endif /* PVDRM_BACK_FENCE_H */
