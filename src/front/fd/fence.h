/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fence.h: the host's fences as fences of the guest
 */
#ifndef PVDRM_FRONT_FENCE_H
#define PVDRM_FRONT_FENCE_H

#include <linux/types.h>

struct dma_fence;
struct pvdrm_front;
struct pvdrm_plan;
struct sync_file;
struct xendrm_response;

/**
 * struct pvdrm_new_fd - a sync_file descriptor that an ioctl may return
 */
struct pvdrm_new_fd {
	/** @fence: what the sync_file is of */
	struct dma_fence *fence;
	/** @file: the sync_file; %NULL: none was asked for */
	struct sync_file *file;
	/** @fd: its descriptor, reserved */
	int fd;
};

/* The table of fences that the host has not signalled yet */
const char *pvdrm_front_fence_add(struct pvdrm_front *front, u32 id,
				  struct dma_fence *fence);
bool pvdrm_front_fences_check(struct pvdrm_front *front);
void pvdrm_front_fences_disconnect(struct pvdrm_front *front);

/* Descriptors in the argument of an ioctl */
int pvdrm_front_fences_pack(struct pvdrm_front *front, struct pvdrm_plan *plan);
int pvdrm_new_fd_prepare(struct pvdrm_new_fd *new);
const char *pvdrm_new_fd_bind(struct pvdrm_new_fd *new,
			      struct pvdrm_front *front,
			      const struct xendrm_response *rsp,
			      struct pvdrm_plan *plan);
void pvdrm_new_fd_finish(struct pvdrm_new_fd *new, bool install);

#endif /* PVDRM_FRONT_FENCE_H */
