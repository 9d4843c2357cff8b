/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gpu.h: a GPU of the host, and the time that it works for each guest
 */
#ifndef PVDRM_BACK_GPU_H
#define PVDRM_BACK_GPU_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "back/gpu/turn.h"
#include "back/gpu/unseen.h"

struct dma_fence;

/**
 * struct pvdrm_gpu - a DRM device of the host, while processes serve it
 */
struct pvdrm_gpu {
	/** @all: entry in the list of GPUs */
	struct list_head all;

	/** @dev: its struct drm_device; compared only */
	const void *dev;

	/** @users: processes that serve it */
	u32 users;

	/** @lock: guards all below but @reaping; any context; see back.h */
	spinlock_t lock;

	/** @guests: struct pvdrm_gpu_guest */
	struct list_head guests;

	/** @nr_guests: number of @guests */
	u32 nr_guests;

	/** @inflight: what is not done, in the order of submission */
	struct list_head inflight;

	/** @done: what is done and has to be freed */
	struct list_head done;

	/** @settled: see time.h */
	u64 settled;

	/** @vtime: the highest virtual time of a guest so far */
	u64 vtime;

	/** @must_look: its driver has signalled a fence when looked at */
	bool must_look;

	/** @reaping: held while entries of the two lists are freed */
	struct mutex reaping;

	/** @look: looks at fences from time to time */
	struct delayed_work look;
};

/**
 * struct pvdrm_gpu_guest - what the GPU has done and does for a guest's device
 *
 * In sysfs, below the device: gpu/time_ns and so on.
 */
struct pvdrm_gpu_guest {
	/** @list: entry in pvdrm_gpu.guests */
	struct list_head list;

	/** @turn: guarded by the GPU's lock */
	struct pvdrm_turn turn;

	/** @unseen: what @turn.unseen counts; guarded by the GPU's lock */
	struct pvdrm_unseen unseen;

	/**
	 * @changes: ioctls that may change what handles stand for, or which fences
	 * syncobjs have: in the lower half how many run, in the upper half how many have
	 * begun
	 */
	atomic64_t changes;

	/** @wait: where ioctls wait for their turn, one woken at a time */
	wait_queue_head_t wait;

	/** @time_ns: how long the GPU has worked for it */
	atomic64_t time_ns;

	/** @submissions: that were seen */
	atomic64_t submissions;
};

/**
 * struct pvdrm_place - where a submission is among others
 * @queue: its queue
 * @began: see pvdrm_unseen_cover()
 */
struct pvdrm_place {
	struct pvdrm_gpu_queue queue;
	u64 began;
};

/**
 * struct pvdrm_submitting - an ioctl that may submit work, while it runs
 * @counts: its driver queues any number of submissions, so each one counts
 * @changes: it is counted in pvdrm_gpu_guest.changes
 * @alone: no other such ioctl was running when it began
 * @before: how many of these had begun then
 * @queues: to how many queues it gives work, see pvdrm_work_queue()
 * @place: where it is among others
 */
struct pvdrm_submitting {
	bool counts;
	bool changes;
	bool alone;
	u32 before;
	u32 queues;
	struct pvdrm_place place;
};

extern const struct attribute_group pvdrm_gpu_group;

struct pvdrm_gpu *pvdrm_gpu_get(const void *dev);
void pvdrm_gpu_put(struct pvdrm_gpu *gpu);
void pvdrm_gpu_join(struct pvdrm_gpu *gpu, struct pvdrm_gpu_guest *guest,
		    u32 weight, u32 cap);
void pvdrm_gpu_guest_init(struct pvdrm_gpu_guest *guest);
void pvdrm_gpu_wake(struct pvdrm_gpu *gpu);
void pvdrm_gpu_settle(struct pvdrm_gpu *gpu);
bool pvdrm_gpu_track(struct pvdrm_gpu *gpu, struct pvdrm_gpu_guest *guest,
		     struct dma_fence *fence, bool *expected);
void pvdrm_gpu_not_seen(struct pvdrm_gpu *gpu, struct pvdrm_gpu_guest *guest,
			const struct pvdrm_gpu_queue *queue, u32 *lost);
void pvdrm_gpu_cover(struct pvdrm_gpu *gpu, struct pvdrm_gpu_guest *guest,
		     const struct dma_fence *fence,
		     const struct pvdrm_place *place);
void pvdrm_gpu_forget(struct pvdrm_gpu *gpu, struct pvdrm_gpu_guest *guest,
		      const void *file, u32 lost);
u64 pvdrm_gpu_change_begin(struct pvdrm_gpu_guest *guest);
void pvdrm_gpu_change_end(struct pvdrm_gpu_guest *guest);
void pvdrm_gpu_leave(struct pvdrm_gpu *gpu, struct pvdrm_gpu_guest *guest);

#endif /* PVDRM_BACK_GPU_H */
