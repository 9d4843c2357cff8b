// SPDX-License-Identifier: GPL-2.0-only
/*
 * call.c: send a request and wait for the response
 *
 * Callers are counted here, rather than using drm_dev_enter(): all DRM devices
 * share its SRCU, so a program waiting for a fence would delay the unplugging of
 * any other device.
 */
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/sched/signal.h>

#include "front/call/call.h"
#include "front/call/ring.h"
#include "front/front.h"

static unsigned int spin_us = 100;
module_param(spin_us, uint, 0644);
MODULE_PARM_DESC(spin_us, "Longest time a caller polls the ring before it sleeps, in us; 0: never poll (default 100)");

#define SPIN_MIN_NS	2000u

static bool answered_or_dead(struct pvdrm_front *front,
			     struct pvdrm_front_slot *slot)
{
	/* Pairs with accept_response() in ring.c. */
	return smp_load_acquire(&slot->state) == PVDRM_SLOT_DONE ||
	       READ_ONCE(front->dead);
}

static unsigned int task_state(enum pvdrm_wait how)
{
	return how == PVDRM_WAIT_SIGNAL ? TASK_INTERRUPTIBLE : TASK_KILLABLE;
}

/* @left: what wait_event_killable_timeout() returned */
static int brief_result(long left)
{
	if (left < 0)
		return left;
	return left ? 0 : -ETIMEDOUT;
}

static int wait_answer(struct pvdrm_front *front, struct pvdrm_front_slot *slot,
		       enum pvdrm_wait how)
{
	unsigned int state = task_state(how);

	if (how == PVDRM_WAIT_BRIEF)
		return brief_result(wait_event_killable_timeout(slot->wait,
				answered_or_dead(front, slot), PVDRM_BRIEF));
	if (how == PVDRM_WAIT_TIMEOUT)
		return wait_event_timeout(slot->wait, answered_or_dead(front, slot),
					  PVDRM_TIMEOUT) ? 0 : -ETIMEDOUT;
	return wait_event_state(slot->wait, answered_or_dead(front, slot), state);
}

static bool is_turn(struct pvdrm_front *front, struct pvdrm_waiter *waiter)
{
	return READ_ONCE(waiter->slot) || READ_ONCE(front->dead);
}

static int wait_turn(struct pvdrm_front *front, struct pvdrm_waiter *waiter,
		     enum pvdrm_wait how)
{
	unsigned int state = task_state(how);

	if (how == PVDRM_WAIT_BRIEF)
		return brief_result(wait_event_killable_timeout(waiter->wait,
				is_turn(front, waiter), PVDRM_BRIEF));
	if (how == PVDRM_WAIT_TIMEOUT)
		return wait_event_timeout(waiter->wait, is_turn(front, waiter),
					  PVDRM_TIMEOUT) ? 0 : -ETIMEDOUT;
	return wait_event_state(waiter->wait, is_turn(front, waiter), state);
}

/* Lock held. Undoes what enter() counted. */
static void uncount(struct pvdrm_front *front)
{
	if (!--front->nr_callers && front->dead)
		wake_up(&front->idle);
}

/* Wait in the queue. Return: a slot; or an error, and the caller is not counted */
static struct pvdrm_front_slot *queue_for_slot(struct pvdrm_front *front,
					       struct pvdrm_waiter *waiter,
					       enum pvdrm_wait how)
{
	unsigned long flags;
	int err;

	pvdrm_stat_inc(&front->stats, PVDRM_STAT_SLOT_WAITS);
	err = wait_turn(front, waiter, how);

	/* Lock even if there is a slot: hand_out_slots() may still use @waiter. */
	spin_lock_irqsave(&front->lock, flags);
	if (front->dead) {
		if (!waiter->slot)
			list_del(&waiter->node);
		err = -ENODEV;
	} else if (!waiter->slot) {
		pvdrm_ring_leave_queue(front, waiter);
	} else if (err) {
		pvdrm_ring_free_slot(front, waiter->slot);
	}
	if (err)
		uncount(front);
	spin_unlock_irqrestore(&front->lock, flags);
	return err ? ERR_PTR(err) : waiter->slot;
}

/* Return: a slot, and leave() is due; or an error */
static struct pvdrm_front_slot *enter(struct pvdrm_front *front, u32 units,
				      enum pvdrm_wait how)
{
	struct pvdrm_front_slot *slot = NULL;
	struct pvdrm_waiter waiter;
	unsigned long flags;

	spin_lock_irqsave(&front->lock, flags);
	if (front->dead) {
		spin_unlock_irqrestore(&front->lock, flags);
		return ERR_PTR(-ENODEV);
	}
	front->nr_callers++;
	if (list_empty(&front->waiters))
		slot = pvdrm_ring_alloc_slot(front, units);
	if (!slot) {
		init_waitqueue_head(&waiter.wait);
		waiter.slot = NULL;
		waiter.units = units;
		list_add_tail(&waiter.node, &front->waiters);
		/* Quiet requests may be done; it arms the ring for others. */
		pvdrm_ring_consume(front);
	}
	spin_unlock_irqrestore(&front->lock, flags);
	return slot ? slot : queue_for_slot(front, &waiter, how);
}

static void *region(struct pvdrm_front *front, struct pvdrm_front_slot *slot)
{
	return front->data.base + slot->unit * XENDRM_DATA_UNIT;
}

static int submit(struct pvdrm_front *front, struct pvdrm_front_slot *slot,
		  struct pvdrm_call *call, bool spin)
{
	unsigned long flags;
	bool notify = false;
	int err = 0;

	call->req.data_off = slot->unit * XENDRM_DATA_UNIT;
	call->req.req_len = call->out_len;
	call->req.rsp_len = call->in_len;
	if (call->out_len)
		memcpy(region(front, slot), call->out, call->out_len);

	spin_lock_irqsave(&front->lock, flags);
	if (front->dead) {
		err = -ENODEV;
	} else {
		slot->spinning = spin;
		slot->quiet = call->one_way;
		slot->numbered = call->numbered;
		slot->number_at = call->number_at;
		slot->number = call->number;
		front->nr_spinning += spin;
		notify = pvdrm_ring_push(front, slot, &call->req,
					 call->one_way ? PVDRM_SLOT_ORPHAN :
							 PVDRM_SLOT_SENT);
		if (!spin)
			pvdrm_ring_consume(front); /* arms the ring for this one */
	}
	spin_unlock_irqrestore(&front->lock, flags);
	if (notify)
		pvdrm_ring_notify(front);
	return err;
}

/* Poll the ring until there is a response, or the time is up. */
static bool spin(struct pvdrm_front *front, struct pvdrm_front_slot *slot,
		 u64 until)
{
	unsigned long flags;

	while (!answered_or_dead(front, slot)) {
		if (READ_ONCE(front->ring.sring->rsp_prod) !=
		    READ_ONCE(front->ring.rsp_cons)) {
			spin_lock_irqsave(&front->lock, flags);
			pvdrm_ring_consume(front);
			spin_unlock_irqrestore(&front->lock, flags);
		}
		if (need_resched() || ktime_get_ns() >= until)
			return answered_or_dead(front, slot);
		cpu_relax();
	}
	return true;
}

static void stop_spinning(struct pvdrm_front *front, struct pvdrm_front_slot *slot)
{
	unsigned long flags;

	spin_lock_irqsave(&front->lock, flags);
	slot->cpu = raw_smp_processor_id();
	if (slot->spinning) {
		slot->spinning = false;
		front->nr_spinning--;
		pvdrm_ring_consume(front);
	}
	spin_unlock_irqrestore(&front->lock, flags);
}

/*
 * Polling pays if the response comes soon. As in KVM's halt polling, the time is
 * extended after a short sleep, and reduced after a long one.
 */
static void adapt(struct pvdrm_front *front, bool may_block, u64 took)
{
	u32 max = min(READ_ONCE(spin_us), 10000u) * 1000;
	u32 *budget = &front->spin_ns[may_block];
	u32 now = READ_ONCE(*budget);

	if (took <= max)
		now = clamp(now * 2, SPIN_MIN_NS, max);
	else
		now = now > SPIN_MIN_NS ? now / 2 : 0;
	WRITE_ONCE(*budget, now);
}

static u32 spin_budget(struct pvdrm_front *front, bool may_block)
{
	if (num_online_cpus() == 1 || !READ_ONCE(spin_us))
		return 0;
	return READ_ONCE(front->spin_ns[may_block]);
}

static void cancel(struct pvdrm_front *front, struct pvdrm_front_slot *slot)
{
	unsigned long flags;

	spin_lock_irqsave(&front->lock, flags);
	if (slot->state == PVDRM_SLOT_SENT && !front->dead) {
		WRITE_ONCE(front->events->cancel[slot - front->slots],
			   slot->seq);
		virt_wmb(); /* the number before the notification */
		pvdrm_ring_notify(front);
		pvdrm_stat_inc(&front->stats, PVDRM_STAT_CANCELS);
	}
	spin_unlock_irqrestore(&front->lock, flags);
}

/* Leave the slot to accept_response(); false if there is a response already. */
static bool abandon(struct pvdrm_front *front, struct pvdrm_front_slot *slot)
{
	unsigned long flags;
	bool left;

	spin_lock_irqsave(&front->lock, flags);
	left = slot->state == PVDRM_SLOT_SENT;
	if (left) {
		slot->state = PVDRM_SLOT_ORPHAN;
		/* Before the page tables are freed that a FAULT names. */
		if (slot->op == XENDRM_OP_FAULT && !front->dead)
			WRITE_ONCE(front->events->cancel[slot - front->slots],
				   slot->seq);
		pvdrm_stat_inc(&front->stats, PVDRM_STAT_ABANDONED);
	}
	spin_unlock_irqrestore(&front->lock, flags);
	return left;
}

/*
 * A signal does not end the wait, it only asks the backend to hurry. Otherwise a
 * call that was done might be reported as interrupted, and be repeated.
 */
static int await(struct pvdrm_front *front, struct pvdrm_front_slot *slot,
		 struct pvdrm_call *call, u64 start, u32 budget)
{
	int err;

	if (budget && spin(front, slot, start + budget)) {
		pvdrm_stat_inc(&front->stats, PVDRM_STAT_SPIN_HITS);
	} else {
		stop_spinning(front, slot);
		pvdrm_stat_inc(&front->stats, PVDRM_STAT_SLEEPS);
		err = wait_answer(front, slot, call->wait);
		if (err && call->wait == PVDRM_WAIT_SIGNAL) {
			cancel(front, slot);
			err = wait_answer(front, slot, PVDRM_WAIT_KILL);
		}
		if (err && abandon(front, slot))
			return err == -ERESTARTSYS ? -EINTR : err;
		adapt(front, call->may_block, ktime_get_ns() - start);
	}
	/* Pairs with accept_response() in ring.c. */
	if (smp_load_acquire(&slot->state) != PVDRM_SLOT_DONE)
		return -ENODEV;
	return 0;
}

/* @slot: NULL: not to be freed here: the backend may have it, or all is dead */
static void leave(struct pvdrm_front *front, struct pvdrm_front_slot *slot)
{
	unsigned long flags;

	spin_lock_irqsave(&front->lock, flags);
	if (slot && !front->dead)
		pvdrm_ring_free_slot(front, slot);
	uncount(front);
	spin_unlock_irqrestore(&front->lock, flags);
}

static int exchange(struct pvdrm_front *front, struct pvdrm_front_slot *slot,
		    struct pvdrm_call *call)
{
	u32 budget = spin_budget(front, call->may_block);
	u64 start = ktime_get_ns();
	int err;

	if (call->one_way) {
		pvdrm_stat_inc(&front->stats, PVDRM_STAT_ONE_WAY);
		return submit(front, slot, call, false);
	}
	err = submit(front, slot, call, budget);
	if (!err)
		err = await(front, slot, call, start, budget);
	if (err)
		return err;
	call->rsp = slot->rsp;
	if (call->rsp.rsp_len)
		memcpy(call->in, region(front, slot), call->rsp.rsp_len);
	return 0;
}

/**
 * pvdrm_front_call() - send a request and wait for the response, unless one-way
 * @front: the connection
 * @call: see struct pvdrm_call
 *
 * Sleeps. The payload of the response is copied to private memory once. A status
 * of -XENDRM_ERESTARTSYS is passed on as it is: see pvdrm_call_result().
 *
 * Return: 0: there is a response, with the result in @call->rsp.status;
 * -ENODEV: the connection is dead; -E2BIG: the payload is larger than the
 * protocol or the data area allows; -ERESTARTSYS: a signal came before the
 * request was sent; -EINTR: the caller is being killed; -ETIMEDOUT.
 */
int pvdrm_front_call(struct pvdrm_front *front, struct pvdrm_call *call)
{
	u32 len = max(call->out_len, call->in_len);
	struct pvdrm_front_slot *slot;
	int err;

	if (len > XENDRM_MAX_MESSAGE ||
	    len > front->data.nr_units * XENDRM_DATA_UNIT)
		return READ_ONCE(front->dead) ? -ENODEV : -E2BIG;
	slot = enter(front, DIV_ROUND_UP(len, XENDRM_DATA_UNIT), call->wait);
	if (IS_ERR(slot))
		return PTR_ERR(slot);
	err = exchange(front, slot, call);
	leave(front, err || call->one_way ? NULL : slot);
	return err;
}
