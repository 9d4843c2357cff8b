/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fence.h: the host's fences as fences of the guest
 */
#ifndef PVDRM_FRONT_FENCE_H
#define PVDRM_FRONT_FENCE_H

#include <linux/types.h>

struct dma_fence;
struct pvdrm_front;

bool pvdrm_front_fence_is_done(const struct dma_fence *fence);
struct dma_fence *pvdrm_front_fence_create(struct pvdrm_front *front);
void pvdrm_front_fence_finish(struct dma_fence *fence, u32 status);

/* The table of fences that the host has not signalled yet */
const char *pvdrm_front_fence_add(struct pvdrm_front *front, u32 id,
				  struct dma_fence *fence);
u32 pvdrm_front_fence_name(struct pvdrm_front *front, struct dma_fence *fence);
void pvdrm_front_fence_unname(struct pvdrm_front *front, u32 id);
bool pvdrm_front_fences_check(struct pvdrm_front *front, int *woken_cpu);
void pvdrm_front_fences_want(struct pvdrm_front *front);
void pvdrm_front_fences_disconnect(struct pvdrm_front *front);
u32 pvdrm_front_fence_id(struct pvdrm_front *front, struct dma_fence *fence);

/* merge.c */
long pvdrm_front_fence_merge(struct pvdrm_front *front, struct dma_fence *head,
			     u32 *id);

#endif /* PVDRM_FRONT_FENCE_H */
