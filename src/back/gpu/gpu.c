// SPDX-License-Identifier: GPL-2.0-only
/*
 * gpu.c: the GPUs that guests use, and the time that each works for whom
 *
 * The fence of each submission has a callback until it is signalled; then the time
 * since the last one counts to the guest (time.h). Some drivers signal a fence only when
 * somebody looks at it. So while there are any, the oldest of some contexts are
 * looked at from time to time, in a work item without a lock: looking may be slow.
 *
 * A callback runs with its fence's lock held, and does no more than move numbers and
 * a list entry. Entries whose fence is signalled wait on a list of the GPU for a
 * context in which a fence may be freed.
 */
#include <linux/dma-fence.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "back/bus/back.h"
#include "back/gpu/gpu.h"
#include "back/gpu/time.h"

/* How often fences are looked at, and how many at once */
#define LOOK_OFTEN	max(msecs_to_jiffies(8), 1ul)
#define LOOK_SELDOM	msecs_to_jiffies(100)
#define MOST_LOOKED_AT	8

struct submission {
	struct list_head list;
	struct pvdrm_gpu *gpu;
	struct pvdrm_gpu_guest *guest;
	struct dma_fence *fence;
	struct dma_fence_cb cb;
	u64 submitted;
	u32 covers;	/* of those that are not seen: they are done before it */
};

static LIST_HEAD(gpus);
static DEFINE_MUTEX(gpus_lock);

/* ------------------------------------------------------------- with the lock held */

static void count_time(struct pvdrm_gpu *gpu, const struct submission *sub,
		       u64 now)
{
	u64 ns = pvdrm_gpu_time_take(&gpu->settled, sub->submitted, now);

	atomic64_add(ns, &sub->guest->time_ns);
	pvdrm_turn_had(&sub->guest->turn, ns, now);
	gpu->vtime = max(gpu->vtime, sub->guest->turn.vtime);
}

/* What was submitted first is being done now, as far as is known. */
static void settle(struct pvdrm_gpu *gpu, u64 now)
{
	const struct submission *first =
		list_first_entry_or_null(&gpu->inflight, struct submission,
					 list);

	if (first)
		count_time(gpu, first, now);
}

/**
 * pvdrm_gpu_wake() - something has changed on a GPU: whoever waits for a turn looks again
 * @gpu: the GPU, its lock held
 */
void pvdrm_gpu_wake(struct pvdrm_gpu *gpu)
{
	struct pvdrm_gpu_guest *guest;

	list_for_each_entry(guest, &gpu->guests, list)
		if (guest->turn.waiting)
			wake_up(&guest->wait);
}

static void finish(struct submission *sub, u64 now)
{
	list_move_tail(&sub->list, &sub->gpu->done);
	pvdrm_turn_done(&sub->guest->turn, now);
	sub->guest->turn.unseen -= sub->covers;
	pvdrm_gpu_wake(sub->gpu);
}

static struct submission *find_tracked(struct pvdrm_gpu *gpu,
				       const struct dma_fence *fence)
{
	struct submission *sub;

	/* It is one of the last. */
	list_for_each_entry_reverse(sub, &gpu->inflight, list)
		if (sub->fence == fence)
			return sub;
	return NULL;
}

/* Return: how many fences are put into @oldest, with a reference. */
static int pick_oldest(struct pvdrm_gpu *gpu, struct dma_fence **oldest)
{
	struct submission *sub;
	int i, nr = 0;

	list_for_each_entry(sub, &gpu->inflight, list) {
		for (i = 0; i < nr; i++)
			if (oldest[i]->context == sub->fence->context)
				break;
		if (i < nr)
			continue;
		oldest[nr++] = dma_fence_get(sub->fence);
		if (nr == MOST_LOOKED_AT)
			break;
	}
	return nr;
}

/* ------------------------------------------------------------------- signalling */

/* Any context, with the fence's own lock held */
static void signalled(struct dma_fence *fence, struct dma_fence_cb *cb)
{
	struct submission *sub = container_of(cb, struct submission, cb);
	struct pvdrm_gpu *gpu = sub->gpu;
	unsigned long flags;
	u64 now;

	spin_lock_irqsave(&gpu->lock, flags);
	now = ktime_get_ns();
	count_time(gpu, sub, now);
	finish(sub, now);
	spin_unlock_irqrestore(&gpu->lock, flags);
}

/* @reaping held */
static void reap(struct pvdrm_gpu *gpu)
{
	struct submission *sub, *next;
	LIST_HEAD(done);

	spin_lock_irq(&gpu->lock);
	list_splice_init(&gpu->done, &done);
	spin_unlock_irq(&gpu->lock);
	list_for_each_entry_safe(sub, next, &done, list) {
		dma_fence_put(sub->fence);
		kfree(sub);
	}
}

static void look_later(struct pvdrm_gpu *gpu)
{
	queue_delayed_work(pvdrm_back_wq, &gpu->look,
			   READ_ONCE(gpu->must_look) ? LOOK_OFTEN :
			   LOOK_SELDOM);
}

/* This may read registers of the GPU. */
static void look_at(struct pvdrm_gpu *gpu, struct dma_fence *fence)
{
	if (!test_bit(DMA_FENCE_FLAG_SIGNALED_BIT, &fence->flags) &&
	    dma_fence_is_signaled(fence))
		WRITE_ONCE(gpu->must_look, true);
	dma_fence_put(fence);
}

static void look(struct work_struct *work)
{
	struct pvdrm_gpu *gpu = container_of(to_delayed_work(work),
					     struct pvdrm_gpu, look);
	struct dma_fence *oldest[MOST_LOOKED_AT];
	bool more;
	int i, nr;

	spin_lock_irq(&gpu->lock);
	settle(gpu, ktime_get_ns());
	nr = pick_oldest(gpu, oldest);
	spin_unlock_irq(&gpu->lock);
	for (i = 0; i < nr; i++)
		look_at(gpu, oldest[i]);

	mutex_lock(&gpu->reaping);
	reap(gpu);
	mutex_unlock(&gpu->reaping);

	spin_lock_irq(&gpu->lock);
	more = !list_empty(&gpu->inflight) || !list_empty(&gpu->done);
	spin_unlock_irq(&gpu->lock);
	if (more)
		look_later(gpu);
}

/* ------------------------------------------------------------------- submissions */

/* Return: whether the fence was added to those in flight. */
static bool add(struct submission *sub, bool *expected)
{
	struct pvdrm_gpu *gpu = sub->gpu;
	bool ok;

	spin_lock_irq(&gpu->lock);
	ok = sub->guest->turn.inflight < PVDRM_TURN_MOST &&
	     !find_tracked(gpu, sub->fence);
	*expected = pvdrm_unseen_knows(&sub->guest->unseen,
				       sub->fence->context);
	if (ok) {
		sub->submitted = ktime_get_ns();
		sub->guest->turn.inflight++;
		list_add_tail(&sub->list, &gpu->inflight);
	}
	spin_unlock_irq(&gpu->lock);
	return ok;
}

/**
 * pvdrm_gpu_track() - a guest has submitted work
 * @gpu: the GPU
 * @guest: the guest
 * @fence: of the work; may be tracked already. The caller keeps its reference
 * @expected: returns whether it is one of a submission, see unseen.h
 *
 * Process context. If too many of the guest are in flight, nothing is done: their time
 * covers that of the new one, but for what is left of it when all of them are done.
 *
 * Return: whether the fence is tracked from now on, and was not before.
 */
bool pvdrm_gpu_track(struct pvdrm_gpu *gpu, struct pvdrm_gpu_guest *guest,
		     struct dma_fence *fence, bool *expected)
{
	struct submission *sub = kmalloc(sizeof(*sub), GFP_KERNEL_ACCOUNT);

	if (!sub)
		return false;
	*sub = (struct submission){
		.gpu = gpu,
		.guest = guest,
		.fence = fence,
	};
	if (!add(sub, expected)) {
		kfree(sub);
		return false;
	}
	dma_fence_get(fence);
	atomic64_inc(&guest->submissions);
	if (dma_fence_add_callback(fence, &sub->cb, signalled))
		signalled(fence, &sub->cb);
	if (mutex_trylock(&gpu->reaping)) {
		reap(gpu);
		mutex_unlock(&gpu->reaping);
	}
	look_later(gpu);
	return true;
}

/* Lock held */
static void fewer_unseen(struct pvdrm_gpu *gpu, struct pvdrm_gpu_guest *guest,
			 u32 nr)
{
	if (!nr)
		return;
	guest->turn.unseen -= nr;
	pvdrm_gpu_wake(gpu);
}

/**
 * pvdrm_gpu_not_seen() - a guest has submitted work of which no fence was found
 * @gpu: the GPU
 * @guest: the guest
 * @queue: where the work is
 * @lost: of the queue's file: submissions of which is not known in which queue they are
 */
void pvdrm_gpu_not_seen(struct pvdrm_gpu *gpu, struct pvdrm_gpu_guest *guest,
			const struct pvdrm_gpu_queue *queue, u32 *lost)
{
	spin_lock_irq(&gpu->lock);
	fewer_unseen(gpu, guest,
		     pvdrm_unseen_age(&guest->unseen, ktime_get_ns()));
	guest->turn.unseen++;
	if (!pvdrm_unseen_add(&guest->unseen, queue))
		++*lost;
	spin_unlock_irq(&gpu->lock);
}

/**
 * pvdrm_gpu_cover() - work is known that shows the end of what was not seen before it
 * @gpu: the GPU
 * @guest: the guest
 * @fence: of the work, after pvdrm_gpu_track(); NULL: it is done
 * @place: where the submission is among others
 */
void pvdrm_gpu_cover(struct pvdrm_gpu *gpu, struct pvdrm_gpu_guest *guest,
		     const struct dma_fence *fence,
		     const struct pvdrm_place *place)
{
	struct submission *sub = NULL;
	u32 nr;

	spin_lock_irq(&gpu->lock);
	nr = pvdrm_unseen_cover(&guest->unseen, &place->queue, place->began);
	if (fence)
		pvdrm_unseen_learn(&guest->unseen, fence->context);
	if (fence && nr)
		sub = find_tracked(gpu, fence);
	if (sub)
		sub->covers += nr;
	else
		fewer_unseen(gpu, guest, nr);
	spin_unlock_irq(&gpu->lock);
}

/**
 * pvdrm_gpu_forget() - a guest's file is closed, and the driver has ended its work
 * @gpu: the GPU
 * @guest: the guest
 * @file: the file
 * @lost: as above
 */
void pvdrm_gpu_forget(struct pvdrm_gpu *gpu, struct pvdrm_gpu_guest *guest,
		      const void *file, u32 lost)
{
	spin_lock_irq(&gpu->lock);
	fewer_unseen(gpu, guest,
		     lost + pvdrm_unseen_forget(&guest->unseen, file));
	spin_unlock_irq(&gpu->lock);
}

/**
 * pvdrm_gpu_change_begin() - handles and syncobjs of a guest may change from now on
 * @guest: the guest
 *
 * Return: pvdrm_gpu_guest.changes.
 */
u64 pvdrm_gpu_change_begin(struct pvdrm_gpu_guest *guest)
{
	return atomic64_add_return((1ull << 32) + 1, &guest->changes);
}

/**
 * pvdrm_gpu_change_end() - they have changed
 * @guest: the guest
 */
void pvdrm_gpu_change_end(struct pvdrm_gpu_guest *guest)
{
	atomic64_dec(&guest->changes);
}

/**
 * pvdrm_gpu_settle() - account for the time until now
 * @gpu: the GPU
 */
void pvdrm_gpu_settle(struct pvdrm_gpu *gpu)
{
	spin_lock_irq(&gpu->lock);
	settle(gpu, ktime_get_ns());
	spin_unlock_irq(&gpu->lock);
}

static struct submission *find_first(struct pvdrm_gpu *gpu,
				     const struct pvdrm_gpu_guest *guest)
{
	struct submission *sub;

	list_for_each_entry(sub, &gpu->inflight, list)
		if (sub->guest == guest)
			return sub;
	return NULL;
}

/**
 * pvdrm_gpu_guest_init() - nothing was done for a guest
 * @guest: zeroed
 */
void pvdrm_gpu_guest_init(struct pvdrm_gpu_guest *guest)
{
	INIT_LIST_HEAD(&guest->list);
	init_waitqueue_head(&guest->wait);
}

/**
 * pvdrm_gpu_join() - a guest uses a GPU from now on
 * @gpu: the GPU
 * @guest: the guest
 * @weight: its share, see turn.h
 * @cap: the most that it may have, in percent
 */
void pvdrm_gpu_join(struct pvdrm_gpu *gpu, struct pvdrm_gpu_guest *guest,
		    u32 weight, u32 cap)
{
	spin_lock_irq(&gpu->lock);
	pvdrm_turn_weigh(&guest->turn, weight);
	pvdrm_turn_cap(&guest->turn, cap);
	list_add_tail(&guest->list, &gpu->guests);
	gpu->nr_guests++;
	spin_unlock_irq(&gpu->lock);
}

/**
 * pvdrm_gpu_leave() - a guest does not use a GPU any more
 * @gpu: the GPU
 * @guest: the guest, which has joined; its files are closed
 */
void pvdrm_gpu_leave(struct pvdrm_gpu *gpu, struct pvdrm_gpu_guest *guest)
{
	struct submission *sub;

	/* Nobody else frees entries now. */
	mutex_lock(&gpu->reaping);
	for (;;) {
		spin_lock_irq(&gpu->lock);
		sub = find_first(gpu, guest);
		spin_unlock_irq(&gpu->lock);
		if (!sub)
			break;
		/* Otherwise the callback has run to its end. */
		if (!dma_fence_remove_callback(sub->fence, &sub->cb))
			continue;
		spin_lock_irq(&gpu->lock);
		finish(sub, ktime_get_ns());
		spin_unlock_irq(&gpu->lock);
	}
	reap(gpu);
	mutex_unlock(&gpu->reaping);
	spin_lock_irq(&gpu->lock);
	memset(&guest->unseen, 0, sizeof(guest->unseen));
	guest->turn.unseen = 0;
	list_del_init(&guest->list);
	gpu->nr_guests--;
	spin_unlock_irq(&gpu->lock);
}

/* ------------------------------------------------------------------- GPUs */

static struct pvdrm_gpu *find(const void *dev)
{
	struct pvdrm_gpu *gpu;

	list_for_each_entry(gpu, &gpus, all)
		if (gpu->dev == dev)
			return gpu;
	return NULL;
}

static struct pvdrm_gpu *create(const void *dev)
{
	struct pvdrm_gpu *gpu = kzalloc(sizeof(*gpu), GFP_KERNEL);

	if (!gpu)
		return NULL;
	gpu->dev = dev;
	spin_lock_init(&gpu->lock);
	INIT_LIST_HEAD(&gpu->guests);
	INIT_LIST_HEAD(&gpu->inflight);
	INIT_LIST_HEAD(&gpu->done);
	mutex_init(&gpu->reaping);
	INIT_DELAYED_WORK(&gpu->look, look);
	list_add_tail(&gpu->all, &gpus);
	return gpu;
}

/**
 * pvdrm_gpu_get() - a process serves a node of a GPU
 * @dev: the GPU's struct drm_device, which remains until pvdrm_gpu_put()
 *
 * Return: the GPU, or %NULL if out of memory.
 */
struct pvdrm_gpu *pvdrm_gpu_get(const void *dev)
{
	struct pvdrm_gpu *gpu;

	mutex_lock(&gpus_lock);
	gpu = find(dev) ?: create(dev);
	if (gpu)
		gpu->users++;
	mutex_unlock(&gpus_lock);
	return gpu;
}

/**
 * pvdrm_gpu_put() - the process has gone
 * @gpu: the GPU, or %NULL; the process's guest has left it
 */
void pvdrm_gpu_put(struct pvdrm_gpu *gpu)
{
	bool last;

	if (!gpu)
		return;
	mutex_lock(&gpus_lock);
	last = !--gpu->users;
	if (last)
		list_del(&gpu->all);
	mutex_unlock(&gpus_lock);
	if (!last)
		return;
	cancel_delayed_work_sync(&gpu->look);
	kfree(gpu);
}
