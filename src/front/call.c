// SPDX-License-Identifier: GPL-2.0-only
/*
 * call.c: send a request and wait; consume responses
 *
 * pvdrm_front_call() is the only place that waits for an answer, consume() the
 * only one that takes responses off the ring.
 *
 * The backend notifies only when asked to (rsp_event). It is asked to while
 * some outstanding request's caller does not watch the ring itself: consume()
 * arms the ring whenever nr_sent > nr_spinning.
 *
 * Callers are counted here instead of holding drm_dev_enter(): its SRCU is
 * common to all DRM devices, so one program that waits for a fence would hold
 * up the unplugging of every other device.
 */
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <xen/events.h>

#include "front.h"

static unsigned int spin_us = 100;
module_param(spin_us, uint, 0644);
MODULE_PARM_DESC(spin_us, "Longest time a caller watches the ring before it sleeps, in us; 0: never (default 100)");

#define SPIN_MIN_NS	2000u

/* A caller that waits for a slot and for room in the data area; on its stack */
struct pvdrm_waiter {
	struct list_head node;
	wait_queue_head_t wait;
	struct pvdrm_slot *slot;
	u32 units;
};

/* ------------------------------------------------- under front->lock, all */

static void wake_everyone(struct pvdrm_front *front)
{
	struct pvdrm_waiter *waiter;
	u32 i;

	for (i = 0; i < front->nr_slots; i++)
		wake_up(&front->slots[i].wait);
	list_for_each_entry(waiter, &front->waiters, node)
		wake_up(&waiter->wait);
}

static void die(struct pvdrm_front *front)
{
	if (front->dead)
		return;
	WRITE_ONCE(front->dead, true);
	wake_everyone(front);
}

static void break_connection(struct pvdrm_front *front, const char *why)
{
	if (!front->dead && front->on_broken) {
		front->why = why;
		queue_work(pvdrm_front_wq, front->on_broken);
	}
	die(front);
}

/* The next free slot, with a region if @units; NULL if there is none now */
static struct pvdrm_slot *take_slot(struct pvdrm_front *front, u32 units)
{
	struct pvdrm_slot *slot = front->free_slot;
	int unit = 0;

	if (!slot)
		return NULL;
	if (units) {
		unit = pvdrm_data_take(&front->data, units);
		if (unit < 0)
			return NULL;
	}
	front->free_slot = slot->next;
	slot->state = PVDRM_SLOT_TAKEN;
	slot->unit = unit;
	slot->units = units;
	return slot;
}

/* There is room on the ring: each of its entries is a slot. */
static void push(struct pvdrm_front *front, struct pvdrm_slot *slot,
		 struct xendrm_request *req, enum pvdrm_slot_state state)
{
	bool notify;

	/* 0 is what the cancel array holds at first. */
	if (!++front->seq)
		front->seq = 1;
	req->id = slot - front->slots;
	req->seq = front->seq;
	slot->op = req->op;
	slot->seq = req->seq;
	slot->rsp_len = req->rsp_len;
	slot->state = state;
	front->nr_sent++;

	*RING_GET_REQUEST(&front->ring, front->ring.req_prod_pvt) = *req;
	front->ring.req_prod_pvt++;
	RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&front->ring, notify);
	if (notify) {
		notify_remote_via_irq(front->irq);
		pvdrm_stat_inc(&front->stats, PVDRM_STAT_NOTIFICATIONS);
	}
	atomic_long_inc(&front->stats.op[req->op]);
}

/* Hand free slots to who waits for them; true if something was sent. */
static bool serve(struct pvdrm_front *front)
{
	struct pvdrm_waiter *waiter;
	struct pvdrm_slot *slot;
	struct pvdrm_post *post;
	bool sent = false;

	/* First those that free something in the backend. */
	while ((post = list_first_entry_or_null(&front->posts,
						struct pvdrm_post, node))) {
		slot = take_slot(front, 0);
		if (!slot)
			return sent;
		list_del(&post->node);
		push(front, slot, &post->req, PVDRM_SLOT_ORPHAN);
		kfree(post);
		sent = true;
	}

	while ((waiter = list_first_entry_or_null(&front->waiters,
						  struct pvdrm_waiter, node))) {
		slot = take_slot(front, waiter->units);
		if (!slot)
			break;
		list_del_init(&waiter->node);
		WRITE_ONCE(waiter->slot, slot);
		wake_up(&waiter->wait);
	}
	return sent;
}

/* True if something was sent. */
static bool free_slot(struct pvdrm_front *front, struct pvdrm_slot *slot)
{
	if (slot->units)
		pvdrm_data_give(&front->data, slot->unit, slot->units);
	slot->units = 0;
	slot->state = PVDRM_SLOT_FREE;
	slot->next = front->free_slot;
	front->free_slot = slot;
	return serve(front);
}

/* The caller was killed: undo what the backend did for it. */
static void settle_orphan(struct pvdrm_front *front, struct pvdrm_slot *slot,
			  const struct xendrm_response *rsp)
{
	struct xendrm_request undo = { 0 };

	if (rsp->op == XENDRM_OP_OPEN && rsp->status >= 0) {
		undo.op = XENDRM_OP_CLOSE;
		undo.file = rsp->file;
	} else if (rsp->op == XENDRM_OP_MMAP && rsp->status >= 0) {
		undo.op = XENDRM_OP_MUNMAP;
		undo.u.munmap.map = rsp->map;
	}

	if (undo.op)
		push(front, slot, &undo, PVDRM_SLOT_ORPHAN);
	else
		free_slot(front, slot);
}

/* Take one response; a rule it breaks, or NULL */
static const char *accept_response(struct pvdrm_front *front,
				   const struct xendrm_response *rsp)
{
	struct pvdrm_slot *slot;

	if (rsp->id >= front->nr_slots)
		return "response with an id beyond the ring";
	slot = &front->slots[rsp->id];
	if (slot->state != PVDRM_SLOT_SENT && slot->state != PVDRM_SLOT_ORPHAN)
		return "response to no outstanding request";
	if (rsp->seq != slot->seq || rsp->op != slot->op)
		return "response does not match its request";
	if (rsp->rsp_len > slot->rsp_len)
		return "response is longer than asked for";
	if (rsp->status < -MAX_ERRNO)
		return "response with a status that is no errno";
	if (memchr_inv(rsp->reserved, 0, sizeof(rsp->reserved)))
		return "response with reserved bytes set";

	front->nr_sent--;
	if (slot->spinning)
		front->nr_spinning--;
	slot->spinning = false;

	if (slot->state == PVDRM_SLOT_ORPHAN) {
		settle_orphan(front, slot, rsp);
		return NULL;
	}
	slot->rsp = *rsp;
	/* Pairs with settled(): who sees DONE sees the response. */
	smp_store_release(&slot->state, PVDRM_SLOT_DONE);
	wake_up(&slot->wait);
	return NULL;
}

static void consume(struct pvdrm_front *front)
{
	struct xendrm_response rsp;
	const char *why;
	RING_IDX prod;
	int more;

	do {
		if (front->dead)
			return;
		prod = READ_ONCE(front->ring.sring->rsp_prod);
		virt_rmb(); /* see responses up to prod */
		if (RING_RESPONSE_PROD_OVERFLOW(&front->ring, prod)) {
			break_connection(front, "more responses than the ring holds");
			return;
		}
		while (front->ring.rsp_cons != prod) {
			RING_COPY_RESPONSE(&front->ring, front->ring.rsp_cons,
					   &rsp);
			WRITE_ONCE(front->ring.rsp_cons,
				   front->ring.rsp_cons + 1);
			front->consumed++;
			why = accept_response(front, &rsp);
			if (why) {
				break_connection(front, why);
				return;
			}
		}
		more = 0;
		if (front->nr_sent > front->nr_spinning)
			RING_FINAL_CHECK_FOR_RESPONSES(&front->ring, more);
	} while (more);
}

/* ------------------------------------------------------ for the other files */

/**
 * pvdrm_front_break() - the backend broke the protocol: end the connection
 * @front: the connection
 * @why: the rule, a constant string; goes to the log and to xenstore
 */
void pvdrm_front_break(struct pvdrm_front *front, const char *why)
{
	unsigned long flags;

	spin_lock_irqsave(&front->lock, flags);
	break_connection(front, why);
	spin_unlock_irqrestore(&front->lock, flags);
}

/**
 * pvdrm_front_kill() - no more requests; calls under way end with -ENODEV
 * @front: the connection
 */
void pvdrm_front_kill(struct pvdrm_front *front)
{
	unsigned long flags;

	spin_lock_irqsave(&front->lock, flags);
	die(front);
	spin_unlock_irqrestore(&front->lock, flags);
}

/**
 * pvdrm_front_drain() - wait until the last caller has left
 * @front: a dead connection; what is posted but not sent is dropped
 */
void pvdrm_front_drain(struct pvdrm_front *front)
{
	struct pvdrm_post *post, *next;

	wait_event(front->idle, !READ_ONCE(front->nr_callers));

	spin_lock_irq(&front->lock);
	list_for_each_entry_safe(post, next, &front->posts, node) {
		list_del(&post->node);
		kfree(post);
	}
	spin_unlock_irq(&front->lock);
}

/**
 * pvdrm_front_consume() - take what responses there are
 * @front: the connection
 *
 * Return: responses taken since the last call, by whomever.
 */
u32 pvdrm_front_consume(struct pvdrm_front *front)
{
	unsigned long flags;
	u32 consumed;

	spin_lock_irqsave(&front->lock, flags);
	consume(front);
	consumed = front->consumed;
	front->consumed = 0;
	spin_unlock_irqrestore(&front->lock, flags);
	return consumed;
}

/**
 * pvdrm_front_post() - send a request without waiting for the answer
 * @front: the connection; when it is dead nothing is sent
 * @post: allocated with kmalloc(); taken over
 *
 * Never waits: the request is sent when there is a slot.
 */
void pvdrm_front_post(struct pvdrm_front *front, struct pvdrm_post *post)
{
	unsigned long flags;

	spin_lock_irqsave(&front->lock, flags);
	if (front->dead) {
		kfree(post);
	} else {
		list_add_tail(&post->node, &front->posts);
		/* Also when nothing was sent: slots may wait on the ring. */
		serve(front);
		consume(front);
	}
	spin_unlock_irqrestore(&front->lock, flags);
}

/* ------------------------------------------------------------------ calling */

static bool settled(struct pvdrm_front *front, struct pvdrm_slot *slot)
{
	/* Pairs with accept_response(). */
	return smp_load_acquire(&slot->state) == PVDRM_SLOT_DONE ||
	       READ_ONCE(front->dead);
}

static unsigned int task_state(enum pvdrm_wait how)
{
	return how == PVDRM_WAIT_SIGNAL ? TASK_INTERRUPTIBLE : TASK_KILLABLE;
}

static int wait_answer(struct pvdrm_front *front, struct pvdrm_slot *slot,
		       enum pvdrm_wait how)
{
	unsigned int state = task_state(how);

	if (how == PVDRM_WAIT_TIMEOUT)
		return wait_event_timeout(slot->wait, settled(front, slot),
					  PVDRM_TIMEOUT) ? 0 : -ETIMEDOUT;
	return wait_event_state(slot->wait, settled(front, slot), state);
}

static bool is_turn(struct pvdrm_front *front, struct pvdrm_waiter *waiter)
{
	return READ_ONCE(waiter->slot) || READ_ONCE(front->dead);
}

static int wait_turn(struct pvdrm_front *front, struct pvdrm_waiter *waiter,
		     enum pvdrm_wait how)
{
	unsigned int state = task_state(how);

	if (how == PVDRM_WAIT_TIMEOUT)
		return wait_event_timeout(waiter->wait, is_turn(front, waiter),
					  PVDRM_TIMEOUT) ? 0 : -ETIMEDOUT;
	return wait_event_state(waiter->wait, is_turn(front, waiter), state);
}

/* Wait in the queue. A slot, or an error and nothing is held. */
static struct pvdrm_slot *queue_for_slot(struct pvdrm_front *front,
					 struct pvdrm_waiter *waiter,
					 enum pvdrm_wait how)
{
	unsigned long flags;
	int err;

	pvdrm_stat_inc(&front->stats, PVDRM_STAT_SLOT_WAITS);
	err = wait_turn(front, waiter, how);

	/* The lock, also when the turn has come: serve() may still use us. */
	spin_lock_irqsave(&front->lock, flags);
	if (!waiter->slot)
		list_del(&waiter->node);
	if (front->dead)
		err = -ENODEV;
	if (err && waiter->slot && !front->dead) {
		if (free_slot(front, waiter->slot))
			consume(front);
	}
	spin_unlock_irqrestore(&front->lock, flags);
	return err ? ERR_PTR(err) : waiter->slot;
}

static struct pvdrm_slot *get_slot(struct pvdrm_front *front, u32 units,
				   enum pvdrm_wait how)
{
	struct pvdrm_slot *slot = NULL;
	struct pvdrm_waiter waiter;
	unsigned long flags;

	spin_lock_irqsave(&front->lock, flags);
	if (list_empty(&front->waiters))
		slot = take_slot(front, units);
	if (!slot) {
		init_waitqueue_head(&waiter.wait);
		waiter.slot = NULL;
		waiter.units = units;
		list_add_tail(&waiter.node, &front->waiters);
	}
	spin_unlock_irqrestore(&front->lock, flags);
	return slot ? slot : queue_for_slot(front, &waiter, how);
}

static void *region(struct pvdrm_front *front, struct pvdrm_slot *slot)
{
	return front->data.base + slot->unit * XENDRM_DATA_UNIT;
}

static int submit(struct pvdrm_front *front, struct pvdrm_slot *slot,
		  struct pvdrm_call *call, bool spin)
{
	unsigned long flags;
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
		front->nr_spinning += spin;
		push(front, slot, &call->req, PVDRM_SLOT_SENT);
		if (!spin)
			consume(front); /* arms the ring for this one */
	}
	spin_unlock_irqrestore(&front->lock, flags);
	return err;
}

/* Watch the ring until the answer is there or the time is up. */
static bool spin(struct pvdrm_front *front, struct pvdrm_slot *slot, u64 until)
{
	unsigned long flags;

	while (!settled(front, slot)) {
		if (READ_ONCE(front->ring.sring->rsp_prod) !=
		    READ_ONCE(front->ring.rsp_cons)) {
			spin_lock_irqsave(&front->lock, flags);
			consume(front);
			spin_unlock_irqrestore(&front->lock, flags);
		}
		if (need_resched() || ktime_get_ns() >= until)
			return settled(front, slot);
		cpu_relax();
	}
	return true;
}

static void stop_spinning(struct pvdrm_front *front, struct pvdrm_slot *slot)
{
	unsigned long flags;

	spin_lock_irqsave(&front->lock, flags);
	if (slot->spinning) {
		slot->spinning = false;
		front->nr_spinning--;
		consume(front);
	}
	spin_unlock_irqrestore(&front->lock, flags);
}

/*
 * Watching pays if the answer comes soon. Like KVM's halt polling: longer after
 * a sleep that was short, shorter after a long one.
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

static void cancel(struct pvdrm_front *front, struct pvdrm_slot *slot)
{
	unsigned long flags;

	spin_lock_irqsave(&front->lock, flags);
	if (slot->state == PVDRM_SLOT_SENT && !front->dead) {
		WRITE_ONCE(front->events->cancel[slot - front->slots],
			   slot->seq);
		virt_wmb(); /* the number before the notification */
		notify_remote_via_irq(front->irq);
		pvdrm_stat_inc(&front->stats, PVDRM_STAT_NOTIFICATIONS);
		pvdrm_stat_inc(&front->stats, PVDRM_STAT_CANCELS);
	}
	spin_unlock_irqrestore(&front->lock, flags);
}

/* Leave the slot to accept_response(); false if the answer is there already. */
static bool abandon(struct pvdrm_front *front, struct pvdrm_slot *slot)
{
	unsigned long flags;
	bool left;

	spin_lock_irqsave(&front->lock, flags);
	left = slot->state == PVDRM_SLOT_SENT;
	if (left) {
		slot->state = PVDRM_SLOT_ORPHAN;
		pvdrm_stat_inc(&front->stats, PVDRM_STAT_ABANDONED);
	}
	spin_unlock_irqrestore(&front->lock, flags);
	return left;
}

/*
 * A signal does not end the wait, it only asks the backend to hurry: else a
 * call that was carried out could be reported as interrupted and be repeated.
 */
static int await(struct pvdrm_front *front, struct pvdrm_slot *slot,
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
	/* Pairs with accept_response(). */
	if (smp_load_acquire(&slot->state) != PVDRM_SLOT_DONE)
		return -ENODEV;
	return 0;
}

static bool enter(struct pvdrm_front *front)
{
	unsigned long flags;
	bool alive;

	spin_lock_irqsave(&front->lock, flags);
	alive = !front->dead;
	front->nr_callers += alive;
	spin_unlock_irqrestore(&front->lock, flags);
	return alive;
}

/* @slot: the caller's, if it still is and has been answered */
static void leave(struct pvdrm_front *front, struct pvdrm_slot *slot)
{
	unsigned long flags;

	spin_lock_irqsave(&front->lock, flags);
	if (slot && !front->dead && free_slot(front, slot))
		consume(front);
	if (!--front->nr_callers && front->dead)
		wake_up(&front->idle);
	spin_unlock_irqrestore(&front->lock, flags);
}

static int exchange(struct pvdrm_front *front, struct pvdrm_slot *slot,
		    struct pvdrm_call *call)
{
	u32 budget = spin_budget(front, call->may_block);
	u64 start = ktime_get_ns();
	int err;

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
 * pvdrm_front_call() - send a request and wait for its answer
 * @front: the connection
 * @call: see struct pvdrm_call
 *
 * May sleep; holds no lock meanwhile. The answer's payload has been copied to
 * private memory once. An answer -XENDRM_ERESTARTSYS is left in the status.
 *
 * Return: 0: there is an answer, @call->rsp.status is the call's result;
 * -ENODEV: the connection is dead; -E2BIG: over what the protocol or the data
 * area carries; -ERESTARTSYS: a signal came before the request was sent;
 * -EINTR: the caller is being killed; -ETIMEDOUT.
 */
int pvdrm_front_call(struct pvdrm_front *front, struct pvdrm_call *call)
{
	u32 len = max(call->out_len, call->in_len);
	struct pvdrm_slot *slot;
	int err;

	if (len > XENDRM_MAX_MESSAGE ||
	    len > front->data.nr_units * XENDRM_DATA_UNIT)
		return -E2BIG;
	if (!enter(front))
		return -ENODEV;

	slot = get_slot(front, DIV_ROUND_UP(len, XENDRM_DATA_UNIT), call->wait);
	if (IS_ERR(slot)) {
		err = PTR_ERR(slot);
		slot = NULL;
	} else {
		err = exchange(front, slot, call);
	}
	leave(front, err ? NULL : slot);
	return err;
}
