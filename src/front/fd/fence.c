// SPDX-License-Identifier: GPL-2.0-only
/*
 * fence.c: fences of the host as fences of the guest
 *
 * Each pending fence of the host that the guest has a descriptor of has a fence
 * here. It stays in the table of its connection until the backend stores the
 * fence's status on the event page. A fence may outlive its connection, signalled
 * with -ENODEV.
 *
 * The backend notifies us of a fence that somebody waits for, and stays quiet about the
 * others (feature-quiet-fences). Those are found when somebody looks at them, at the
 * next interrupt, when enough of them may have come together, or when a file is closed.
 *
 * The fence of a caller that was killed occupies its slot, too, with nobody to
 * signal, or its status would stay on the page for ever.
 *
 * Races:
 * - The status may come before the response with the fence's id. It stays on the
 *   page, and is looked at when the fence enters the table. If it comes later,
 *   there is an interrupt, which looks at it under the same lock.
 * - The backend may reuse a slot as soon as its status is cleared, so the fence
 *   leaves the table before that.
 * - A fence that is named here is in the table before its request is sent.
 * - Once @fences_dead is set, under the lock, no shared memory is touched.
 * - A connection is freed by RCU, after all its fences have left the table.
 * - Whoever takes a fence out of the table signals it without fence_lock. The operations
 *   of a fence leave that to their caller.
 */
#include <linux/dma-fence.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <asm/sync_bitops.h>

#include "front/fd/fence.h"
#include "front/front.h"
#include "front/trace.h"

/* Of our fences: it has left its table, and is signalled next */
#define LEFT_TABLE	DMA_FENCE_FLAG_USER_BITS

/* After so many slots of the table, those whose fences are done are looked for. */
#define SWEEP		32u

struct pvdrm_front_fence {
	struct dma_fence base;
	spinlock_t lock; /* of @base */
	struct pvdrm_front *front; /* valid under RCU, unless LEFT_TABLE is set */
	int waiter_cpu; /* where somebody began to wait for it; -1: nobody has */
};

static const char *driver_name(struct dma_fence *fence)
{
	return "pvdrm";
}

static const char *timeline_name(struct dma_fence *fence)
{
	return "host";
}

static struct pvdrm_front_fence *to_ours(const struct dma_fence *fence)
{
	return container_of(fence, struct pvdrm_front_fence, base);
}

/* By RCU, since fences are read under it. Module unload waits for this. */
static void free_fence(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct pvdrm_front_fence, base.rcu));
	module_put(THIS_MODULE);
}

static void release(struct dma_fence *fence)
{
	call_rcu(&fence->rcu, free_fence);
}

static bool enable_signaling(struct dma_fence *fence);
static bool is_signaled(struct dma_fence *fence);

static const struct dma_fence_ops fence_ops = {
	.get_driver_name = driver_name,
	.get_timeline_name = timeline_name,
	.enable_signaling = enable_signaling,
	.signaled = is_signaled,
	.release = release,
};

static bool is_ours(const struct dma_fence *fence)
{
	return fence->ops == &fence_ops;
}

/**
 * pvdrm_front_fence_is_done() - whether the host's fence is signalled
 * @fence: any fence; it may not be signalled itself yet, but soon
 */
bool pvdrm_front_fence_is_done(const struct dma_fence *fence)
{
	return is_ours(fence) && test_bit(LEFT_TABLE, &fence->flags);
}

/**
 * pvdrm_front_fence_create() - make a fence for one that the host may make
 * @front: the connection
 *
 * It keeps the module loaded, as an open file does.
 *
 * Return: the fence, with a reference, or %NULL.
 */
struct dma_fence *pvdrm_front_fence_create(struct pvdrm_front *front)
{
	struct pvdrm_front_fence *fence = kzalloc(sizeof(*fence), GFP_KERNEL);

	if (!fence)
		return NULL;
	__module_get(THIS_MODULE);
	fence->front = front;
	fence->waiter_cpu = -1;
	spin_lock_init(&fence->lock);
	dma_fence_init(&fence->base, &fence_ops, &fence->lock,
		       dma_fence_context_alloc(1), XENDRM_MAX_FENCES);
	return &fence->base;
}

/* Before it is signalled. @status: as on the event page */
static void set_error(struct dma_fence *fence, u32 status)
{
	u32 error = min_t(u32, status - XENDRM_FENCE_DONE, MAX_ERRNO);

	if (error)
		dma_fence_set_error(fence, -(int)error);
}

/**
 * pvdrm_front_fence_finish() - signal a fence
 * @fence: the fence; the caller's reference is put. May be %NULL
 * @status: as on the event page
 */
void pvdrm_front_fence_finish(struct dma_fence *fence, u32 status)
{
	if (!fence)
		return;
	set_error(fence, status);
	dma_fence_signal(fence);
	dma_fence_put(fence);
}

/* ------------------------------------------------------------------ the table */

/* fence_lock is held. Return: the fence with the table's reference, or NULL */
static struct dma_fence *leave_table(struct pvdrm_front *front, u32 slot)
{
	struct dma_fence *fence = front->fences[slot];

	if (fence && is_ours(fence))
		set_bit(LEFT_TABLE, &fence->flags);
	front->fences[slot] = NULL;
	__clear_bit(slot, front->fences_pending);
	pvdrm_stat_add(&front->stats, PVDRM_STAT_FENCES_NOW, -1);
	return fence;
}

/* fence_lock is held, !fences_dead. Return: the status; 0: pending */
static u32 take_status(struct pvdrm_front *front, u32 slot,
		       struct dma_fence **fence)
{
	u16 status = READ_ONCE(front->events->fence[slot]);

	if (status == XENDRM_FENCE_PENDING || status == XENDRM_FENCE_WANTED)
		return 0;
	trace_front_fence_signalled(front, front->fence_ids[slot],
				    -(int)(status - XENDRM_FENCE_DONE));
	*fence = leave_table(front, slot);
	virt_mb(); /* read before the backend may reuse the slot */
	WRITE_ONCE(front->events->fence[slot], XENDRM_FENCE_PENDING);
	return status;
}

/*
 * fence_lock is held. Have the backend notify us of a fence; if it is signalled by
 * now, take_status() finds it. The access is atomic on a single CPU as well.
 */
static void want(struct pvdrm_front *front, u32 slot)
{
	if (front->quiet_fences && !front->fences_dead)
		sync_cmpxchg(&front->events->fence[slot],
			     (u16)XENDRM_FENCE_PENDING,
			     (u16)XENDRM_FENCE_WANTED);
}

static void enter_table(struct pvdrm_front *front, u32 id,
			struct dma_fence *fence)
{
	u32 slot = XENDRM_FENCE_SLOT(id);

	__set_bit(slot, front->fences_pending);
	front->fence_ids[slot] = id;
	if (fence) {
		/* For pvdrm_front_fence_id(); nobody knows the fence yet. */
		if (is_ours(fence))
			fence->seqno = slot;
		front->fences[slot] = dma_fence_get(fence);
	}
	pvdrm_stat_inc(&front->stats, PVDRM_STAT_FENCES);
	pvdrm_stat_inc(&front->stats, PVDRM_STAT_FENCES_NOW);
}

static void note_waiter(const struct dma_fence *fence, int *cpu)
{
	if (fence && is_ours(fence) && to_ours(fence)->waiter_cpu >= 0)
		*cpu = to_ours(fence)->waiter_cpu;
}

/* Nobody may tell later that they wait: there is nobody, or they do already. */
static bool is_wanted(const struct dma_fence *fence)
{
	return !fence || !is_ours(fence) ||
	       test_bit(DMA_FENCE_FLAG_ENABLE_SIGNAL_BIT, &fence->flags);
}

/* fence_lock is held; let go of for a while. Return: whether any fence was done */
static bool sweep(struct pvdrm_front *front, unsigned long *flags,
		  int *woken_cpu)
{
	struct dma_fence *fence;
	bool seen = false;
	u32 slot, status;

	for_each_set_bit(slot, front->fences_pending, XENDRM_MAX_FENCES) {
		if (front->fences_dead)
			break;
		status = take_status(front, slot, &fence);
		if (!status)
			continue;
		seen = true;
		spin_unlock_irqrestore(&front->fence_lock, *flags);
		note_waiter(fence, woken_cpu);
		pvdrm_front_fence_finish(fence, status);
		spin_lock_irqsave(&front->fence_lock, *flags);
	}
	return seen;
}

/* Outside the interrupt, which may come for these later */
static void sweep_early(struct pvdrm_front *front, unsigned long *flags)
{
	int cpu;

	if (sweep(front, flags, &cpu))
		front->fence_seen = true;
}

/**
 * pvdrm_front_fence_add() - the backend has made a fence
 * @front: the connection; may be locked
 * @id: the backend's id of it
 * @fence: a new fence to signal with it; %NULL: its caller was killed
 *
 * Return: %NULL, or the rule that the backend broke.
 */
const char *pvdrm_front_fence_add(struct pvdrm_front *front, u32 id,
				  struct dma_fence *fence)
{
	u32 slot = XENDRM_FENCE_SLOT(id), status;
	const char *why = NULL;
	struct dma_fence *done = NULL;
	unsigned long flags;

	if (slot >= XENDRM_MAX_FENCES)
		return "fence with a slot that is none";
	if (front->feature_submit && slot >= XENDRM_FIRST_FRONT_FENCE)
		return "fence with a slot that is ours";
	spin_lock_irqsave(&front->fence_lock, flags);
	if (front->fences_dead) {
		status = XENDRM_FENCE_DONE + ENODEV;
		done = fence ? dma_fence_get(fence) : NULL;
	} else if (test_bit(slot, front->fences_pending)) {
		why = "fence with a slot that is taken";
	} else {
		enter_table(front, id, fence);
		if (is_wanted(fence))
			want(front, slot);
		status = take_status(front, slot, &done);
		if (status)
			front->fence_seen = true;
		else if (slot % SWEEP == SWEEP - 1)
			sweep_early(front, &flags);
	}
	spin_unlock_irqrestore(&front->fence_lock, flags);
	if (done)
		pvdrm_front_fence_finish(done, status);
	return why;
}

/**
 * pvdrm_front_fence_name() - give the host a name for a fence that it will make
 * @front: the connection, with feature_submit
 * @fence: a new fence to signal with it
 *
 * Return: the name; 0: all slots are taken.
 */
u32 pvdrm_front_fence_name(struct pvdrm_front *front, struct dma_fence *fence)
{
	unsigned long flags;
	u32 slot, id = 0;

	spin_lock_irqsave(&front->fence_lock, flags);
	slot = find_next_zero_bit(front->fences_pending, XENDRM_MAX_FENCES,
				  XENDRM_FIRST_FRONT_FENCE);
	if (slot < XENDRM_MAX_FENCES && !front->fences_dead) {
		u16 *uses = &front->fence_uses[slot - XENDRM_FIRST_FRONT_FENCE];

		id = XENDRM_FENCE_NAME(slot, ++*uses);
		enter_table(front, id, fence);
	}
	if (slot % SWEEP == SWEEP - 1 || slot == XENDRM_MAX_FENCES)
		sweep_early(front, &flags);
	spin_unlock_irqrestore(&front->fence_lock, flags);
	return id;
}

/**
 * pvdrm_front_fence_unname() - the host was not told of a name after all
 * @front: the connection
 * @id: from pvdrm_front_fence_name()
 */
void pvdrm_front_fence_unname(struct pvdrm_front *front, u32 id)
{
	u32 slot = XENDRM_FENCE_SLOT(id);
	struct dma_fence *fence = NULL;

	spin_lock_irq(&front->fence_lock);
	/* A backend that signals what it was not told of has ended it already. */
	if (!front->fences_dead && test_bit(slot, front->fences_pending) &&
	    front->fence_ids[slot] == id) {
		fence = leave_table(front, slot);
		front->fence_uses[slot - XENDRM_FIRST_FRONT_FENCE]--;
	}
	spin_unlock_irq(&front->fence_lock);
	dma_fence_put(fence);
}

/**
 * pvdrm_front_fences_check() - signal the fences that are done, in the interrupt
 * @front: the connection
 * @woken_cpu: result: where somebody waited for one; untouched: nobody did
 *
 * Return: true if any was done since the last interrupt.
 */
bool pvdrm_front_fences_check(struct pvdrm_front *front, int *woken_cpu)
{
	unsigned long flags;
	bool seen;

	spin_lock_irqsave(&front->fence_lock, flags);
	seen = front->fence_seen;
	front->fence_seen = false;
	seen |= sweep(front, &flags, woken_cpu);
	spin_unlock_irqrestore(&front->fence_lock, flags);
	return seen;
}

/**
 * pvdrm_front_fences_want() - be notified of all fences that are pending now
 * @front: the connection
 */
void pvdrm_front_fences_want(struct pvdrm_front *front)
{
	unsigned long flags;
	u32 slot;

	spin_lock_irqsave(&front->fence_lock, flags);
	for_each_set_bit(slot, front->fences_pending, XENDRM_MAX_FENCES)
		want(front, slot);
	sweep_early(front, &flags);
	spin_unlock_irqrestore(&front->fence_lock, flags);
}

/**
 * pvdrm_front_fences_disconnect() - signal all fences with -ENODEV, for good
 * @front: the connection, locked; it dies
 */
void pvdrm_front_fences_disconnect(struct pvdrm_front *front)
{
	struct dma_fence *fence;
	unsigned long flags;
	u32 slot;

	spin_lock_irqsave(&front->fence_lock, flags);
	front->fences_dead = true;
	for_each_set_bit(slot, front->fences_pending, XENDRM_MAX_FENCES) {
		fence = leave_table(front, slot);
		spin_unlock_irqrestore(&front->fence_lock, flags);
		pvdrm_front_fence_finish(fence, XENDRM_FENCE_DONE + ENODEV);
		spin_lock_irqsave(&front->fence_lock, flags);
	}
	spin_unlock_irqrestore(&front->fence_lock, flags);
}

/* fence_lock is held. Return: the slot of a fence, or XENDRM_MAX_FENCES */
static u32 find_slot(struct pvdrm_front *front, const struct dma_fence *fence)
{
	u32 slot;

	/* Another driver's fence may have any seqno, so compare. */
	if (fence->seqno < XENDRM_MAX_FENCES &&
	    front->fences[fence->seqno] == fence)
		return fence->seqno;
	if (is_ours(fence))
		return XENDRM_MAX_FENCES;
	for_each_set_bit(slot, front->fences_pending, XENDRM_MAX_FENCES)
		if (front->fences[slot] == fence)
			return slot;
	return XENDRM_MAX_FENCES;
}

/**
 * pvdrm_front_fence_id() - find the backend's id of a fence
 * @front: the connection
 * @fence: any fence
 *
 * Return: the id; XENDRM_FENCE_SIGNALED: it has none, or has been signalled.
 */
u32 pvdrm_front_fence_id(struct pvdrm_front *front, struct dma_fence *fence)
{
	u32 id = XENDRM_FENCE_SIGNALED;
	u32 slot;

	if (dma_fence_is_signaled(fence))
		return id;
	spin_lock_irq(&front->fence_lock);
	slot = find_slot(front, fence);
	if (slot < XENDRM_MAX_FENCES)
		id = front->fence_ids[slot];
	spin_unlock_irq(&front->fence_lock);
	return id;
}

/* ------------------------------------------------------- operations of a fence */

/* Return: the status, if the caller is to signal the fence; else 0 */
static u32 look(struct pvdrm_front_fence *fence, bool wait)
{
	struct pvdrm_front *front = fence->front;
	struct dma_fence *taken = NULL;
	unsigned long flags;
	u32 slot, status = 0;

	rcu_read_lock();
	if (test_bit(LEFT_TABLE, &fence->base.flags))
		goto out;
	spin_lock_irqsave(&front->fence_lock, flags);
	slot = find_slot(front, &fence->base);
	if (slot < XENDRM_MAX_FENCES && !front->fences_dead) {
		if (wait)
			want(front, slot);
		status = take_status(front, slot, &taken);
		if (status)
			front->fence_seen = true;
	}
	spin_unlock_irqrestore(&front->fence_lock, flags);
out:
	rcu_read_unlock();
	if (!status)
		return 0;
	set_error(&fence->base, status);
	dma_fence_put(taken); /* not the last: the caller has one */
	return status;
}

/* With the fence's lock held: somebody begins to wait. */
static bool enable_signaling(struct dma_fence *fence)
{
	to_ours(fence)->waiter_cpu = raw_smp_processor_id();
	return !look(to_ours(fence), true);
}

/* Perhaps with the fence's lock held */
static bool is_signaled(struct dma_fence *fence)
{
	return look(to_ours(fence), false);
}
