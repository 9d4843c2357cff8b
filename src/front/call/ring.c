// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring.c: put requests onto the ring, take responses off it
 *
 * pvdrm_ring_push() alone sends, and pvdrm_ring_consume() alone takes responses.
 *
 * The backend notifies only if the ring is armed, by rsp_event. It has to be
 * armed while somebody sleeps until there is a response: see arm_after().
 *
 * Quiet requests are those that nobody waits for. The ring is not armed for them:
 * their responses are taken with others, or when slots run out. Then one notification
 * comes for several of them.
 */
#include <linux/slab.h>
#include <xen/events.h>

#include "front/call/data.h"
#include "front/call/ring.h"
#include "front/front.h"
#include "front/trace.h"

/* A caller that waits for a slot sleeps until this part of the quiet requests is done. */
#define QUIET_PARTS	4

/* ---------------------------------------------- pvdrm_front.lock is held */

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
	/* Before callers give up: their FAULTs name page tables they will free. */
	if (front->events)
		WRITE_ONCE(front->events->stop_faults, 1);
	WRITE_ONCE(front->dead, true);
	trace_front_gone(front);
	wake_everyone(front);
	front->hooks->died(front);
}

static void fail(struct pvdrm_front *front, const char *why)
{
	if (!front->dead && front->on_failure) {
		front->why = why;
		schedule_work(front->on_failure);
	}
	die(front);
}

/**
 * pvdrm_ring_alloc_slot() - allocate a slot and its region of the data area
 * @front: the connection, locked
 * @units: size of the region in units; 0: none
 *
 * Return: the slot, or %NULL if no slot or no room is free at present.
 */
struct pvdrm_front_slot *pvdrm_ring_alloc_slot(struct pvdrm_front *front, u32 units)
{
	struct pvdrm_front_slot *slot = front->free_slot;
	int unit = 0;

	if (!slot)
		return NULL;
	if (units) {
		unit = pvdrm_data_alloc(&front->data, units);
		if (unit < 0)
			return NULL;
	}
	front->free_slot = slot->next;
	slot->state = PVDRM_SLOT_ALLOCATED;
	slot->unit = unit;
	slot->units = units;
	slot->post = NULL;
	slot->quiet = false;
	slot->numbered = false;
	return slot;
}

/**
 * pvdrm_ring_push() - send a request
 * @front: the connection, locked and not dead
 * @slot: its slot
 * @req: the request; id and seq are filled in
 * @state: PVDRM_SLOT_SENT or PVDRM_SLOT_ORPHAN
 *
 * There always is room on the ring: it has an entry for each slot. The caller has
 * set @slot->spinning and @slot->quiet. Unless it is spinning, call
 * pvdrm_ring_consume() next, which arms the ring.
 *
 * Return: true if pvdrm_ring_notify() is to be called.
 */
bool pvdrm_ring_push(struct pvdrm_front *front, struct pvdrm_front_slot *slot,
		     struct xendrm_request *req,
		     enum pvdrm_front_slot_state state)
{
	bool notify;

	/* Not 0: the array of cancelled requests is zeroed at first. */
	if (!++front->seq)
		front->seq = 1;
	req->id = slot - front->slots;
	req->seq = front->seq;
	slot->op = req->op;
	slot->file = req->file;
	slot->submits = req->op == XENDRM_OP_IOCTL &&
			req->u.ioctl.flags & XENDRM_CALL_ORDERED;
	slot->seq = req->seq;
	slot->rsp_len = req->rsp_len;
	slot->state = state;
	front->nr_sent++;
	if (slot->quiet) {
		front->nr_quiet++;
		front->quiet_units += slot->units;
	}

	trace_front_request_begin(front, req, slot->quiet);
	*RING_GET_REQUEST(&front->ring, front->ring.req_prod_pvt) = *req;
	front->ring.req_prod_pvt++;
	atomic_long_inc(&front->stats.op[req->op]);
	RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&front->ring, notify);
	return notify;
}

/**
 * pvdrm_ring_notify() - send the backend an event
 * @front: the connection; locked and not dead, or the caller is counted in
 *	   nr_callers: either keeps the event channel open
 */
void pvdrm_ring_notify(struct pvdrm_front *front)
{
	notify_remote_via_irq(front->irq);
	pvdrm_stat_inc(&front->stats, PVDRM_STAT_NOTIFICATIONS);
}

static void push_orphan(struct pvdrm_front *front,
			struct pvdrm_front_slot *slot,
			struct xendrm_request *req)
{
	if (pvdrm_ring_push(front, slot, req, PVDRM_SLOT_ORPHAN))
		pvdrm_ring_notify(front);
}

/* Hand free slots to those waiting; true if something was sent. */
static bool hand_out_slots(struct pvdrm_front *front)
{
	struct pvdrm_waiter *waiter;
	struct pvdrm_front_slot *slot;
	struct pvdrm_post *post;
	bool sent = false;

	/* First the requests that free something in the backend. */
	while ((post = list_first_entry_or_null(&front->posts,
						struct pvdrm_post, node))) {
		slot = pvdrm_ring_alloc_slot(front, 0);
		if (!slot)
			return sent;
		list_del(&post->node);
		slot->quiet = !post->done;
		push_orphan(front, slot, &post->req);
		if (post->done)
			slot->post = post;
		else
			kfree(post);
		sent = true;
	}

	while ((waiter = list_first_entry_or_null(&front->waiters,
						  struct pvdrm_waiter, node))) {
		slot = pvdrm_ring_alloc_slot(front, waiter->units);
		if (!slot)
			break;
		list_del_init(&waiter->node);
		WRITE_ONCE(waiter->slot, slot);
		wake_up(&waiter->wait);
	}
	return sent;
}

/* True if something was sent. */
static bool release_slot(struct pvdrm_front *front, struct pvdrm_front_slot *slot)
{
	if (slot->units)
		pvdrm_data_free(&front->data, slot->unit, slot->units);
	slot->units = 0;
	slot->state = PVDRM_SLOT_FREE;
	slot->next = front->free_slot;
	front->free_slot = slot;
	return hand_out_slots(front);
}

static void finish_post(struct pvdrm_post *post,
			const struct xendrm_response *rsp)
{
	if (post->done)
		post->done(post, rsp);
	else
		kfree(post);
}

/* The caller may have been told a number that is wrong: then it has failed as well. */
static int quiet_status(const struct pvdrm_front *front,
			const struct pvdrm_front_slot *slot,
			const struct xendrm_response *rsp)
{
	u64 number = 0;

	if (rsp->status < 0 || !slot->numbered)
		return rsp->status;
	if (rsp->rsp_len >= slot->number_at + sizeof(number))
		memcpy(&number, front->data.base + slot->unit * XENDRM_DATA_UNIT +
		       slot->number_at, sizeof(number));
	return number == slot->number ? 0 : -EIO;
}

/* Nobody waits for it; if its caller was killed, undo what was done for it. */
static const char *finish_orphan(struct pvdrm_front *front,
				 struct pvdrm_front_slot *slot,
				 const struct xendrm_response *rsp)
{
	struct xendrm_request undo = { 0 };
	const char *why = NULL;
	int status = quiet_status(front, slot, rsp);

	if (slot->quiet && slot->op == XENDRM_OP_IOCTL && status < 0) {
		pvdrm_stat_inc(&front->stats, PVDRM_STAT_ONE_WAY_FAILED);
		if (slot->submits)
			front->hooks->submit_failed(front, slot->file, status);
	}
	if (rsp->fence)
		why = front->hooks->fence(front, rsp->fence,
					  slot->post ? slot->post->fence :
						       NULL);
	if (slot->post) {
		finish_post(slot->post, why ? NULL : rsp);
		slot->post = NULL;
	}
	if (rsp->op == XENDRM_OP_OPEN && rsp->status >= 0) {
		undo.op = XENDRM_OP_CLOSE;
		undo.file = rsp->file;
	} else if (rsp->op == XENDRM_OP_MMAP && rsp->map) {
		undo.op = XENDRM_OP_MUNMAP;
		undo.u.munmap.map = rsp->map;
	} else if (rsp->object && !xendrm_is_import(rsp->object)) {
		undo.op = XENDRM_OP_FORGET;
		undo.u.forget.object = rsp->object;
		undo.u.forget.uses = 1;
	}

	if (undo.op) {
		slot->quiet = true;
		push_orphan(front, slot, &undo);
	} else {
		release_slot(front, slot);
	}
	return why;
}

static bool fence_is_bad(const struct xendrm_response *rsp)
{
	if (!rsp->fence && !rsp->fence_status)
		return false;
	if (rsp->op != XENDRM_OP_IOCTL && rsp->op != XENDRM_OP_MERGE &&
	    rsp->op != XENDRM_OP_GET_FENCE)
		return true;
	return rsp->status < 0 || (rsp->fence && rsp->fence_status) ||
	       rsp->fence_status > XENDRM_FENCE_DONE + MAX_ERRNO;
}

static bool import_is_bad(const struct xendrm_response *rsp)
{
	if (rsp->status < 0 || rsp->fence || rsp->fence_status ||
	    rsp->object_size)
		return true;
	if (rsp->op == XENDRM_OP_MMAP)
		return rsp->map || rsp->object_flags ||
		       !PAGE_ALIGNED(rsp->object_off);
	return rsp->op != XENDRM_OP_IOCTL || rsp->object_off ||
	       rsp->object_flags & ~XENDRM_OBJECT_CLOEXEC;
}

static bool object_is_bad(const struct xendrm_response *rsp)
{
	if (!rsp->object)
		return rsp->object_flags || rsp->object_size || rsp->object_off;
	if (xendrm_is_import(rsp->object))
		return import_is_bad(rsp);
	return rsp->object_off || (rsp->op != XENDRM_OP_IOCTL && rsp->op != XENDRM_OP_EVENTFD) ||
	       rsp->status < 0 ||
	       rsp->fence || rsp->fence_status || rsp->object > S32_MAX ||
	       rsp->object_flags & ~XENDRM_OBJECT_FLAGS ||
	       rsp->object_size > S64_MAX;
}

/* Take one response. Return: a rule that it breaks, or NULL */
static const char *accept_response(struct pvdrm_front *front,
				   const struct xendrm_response *rsp)
{
	struct pvdrm_front_slot *slot;
	bool polled;

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
	if (fence_is_bad(rsp))
		return "response with a fence that cannot be";
	if (object_is_bad(rsp))
		return "response with an object that cannot be";

	trace_front_request_end(front, rsp);
	polled = slot->spinning;
	front->nr_sent--;
	front->nr_spinning -= polled;
	if (slot->quiet) {
		front->nr_quiet--;
		front->quiet_units -= slot->units;
	}
	slot->spinning = false;

	if (slot->state == PVDRM_SLOT_ORPHAN)
		return finish_orphan(front, slot, rsp);
	slot->rsp = *rsp;
	/* Pairs with answered_or_dead(): whoever sees DONE sees the response. */
	smp_store_release(&slot->state, PVDRM_SLOT_DONE);
	if (!polled) {
		front->woken_cpu = slot->cpu;
		wake_up(&slot->wait);
	}
	return NULL;
}

/*
 * After how many responses somebody who sleeps has to know: after the next one, which
 * may be theirs; or, if all that they wait for is a free slot, after a part of the quiet
 * ones. Callers that poll take all responses. Return:
 * 0: nobody sleeps.
 */
static u32 arm_after(struct pvdrm_front *front)
{
	if (front->nr_sent - front->nr_quiet > front->nr_spinning)
		return 1;
	if (list_empty(&front->waiters) && list_empty(&front->posts))
		return 0;
	return DIV_ROUND_UP(front->nr_quiet, QUIET_PARTS);
}

/* Return: there are responses already. */
static bool arm(struct pvdrm_front *front, u32 after)
{
	struct xendrm_sring *sring = front->ring.sring;

	WRITE_ONCE(sring->rsp_event, front->ring.rsp_cons + after);
	virt_mb(); /* the backend sees it, or we its responses */
	return RING_HAS_UNCONSUMED_RESPONSES(&front->ring);
}

/**
 * pvdrm_ring_consume() - take all responses, and arm the ring if needed
 * @front: the connection, locked
 */
void pvdrm_ring_consume(struct pvdrm_front *front)
{
	struct xendrm_response rsp;
	const char *why;
	RING_IDX prod;
	u32 after;

	do {
		if (front->dead)
			return;
		prod = READ_ONCE(front->ring.sring->rsp_prod);
		virt_rmb(); /* see responses up to prod */
		if (RING_RESPONSE_PROD_OVERFLOW(&front->ring, prod)) {
			fail(front, "more responses than the ring holds");
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
				fail(front, why);
				return;
			}
		}
		after = arm_after(front);
	} while (after && arm(front, after));
}

/**
 * pvdrm_ring_free_slot() - free a slot and its region
 * @front: the connection, locked and not dead
 * @slot: allocated but not sent, or answered
 */
void pvdrm_ring_free_slot(struct pvdrm_front *front, struct pvdrm_front_slot *slot)
{
	if (release_slot(front, slot))
		pvdrm_ring_consume(front);
}

/**
 * pvdrm_ring_leave_queue() - stop waiting for a slot
 * @front: the connection, locked and not dead
 * @waiter: still waiting; it may have held up those behind it in the queue
 */
void pvdrm_ring_leave_queue(struct pvdrm_front *front, struct pvdrm_waiter *waiter)
{
	list_del(&waiter->node);
	if (hand_out_slots(front))
		pvdrm_ring_consume(front);
}

/* ------------------------------------------ pvdrm_front.lock is not held */

/**
 * pvdrm_front_fail() - the backend broke the protocol: end the connection
 * @front: the connection
 * @why: the rule, a constant string; goes to the log and to xenstore
 */
void pvdrm_front_fail(struct pvdrm_front *front, const char *why)
{
	unsigned long flags;

	spin_lock_irqsave(&front->lock, flags);
	fail(front, why);
	spin_unlock_irqrestore(&front->lock, flags);
}

/**
 * pvdrm_front_kill() - send no more requests; calls in flight fail with -ENODEV
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
 * pvdrm_front_remove() - the guest takes the device away: end the connection
 * @front: the connection; nothing happens if it is dead, and so is leaving
 */
void pvdrm_front_remove(struct pvdrm_front *front)
{
	unsigned long flags;

	spin_lock_irqsave(&front->lock, flags);
	if (!front->dead && front->on_failure) {
		front->removed = true;
		/* It disconnects, which the queue of events must not wait for. */
		schedule_work(front->on_failure);
	}
	die(front);
	spin_unlock_irqrestore(&front->lock, flags);
}

/**
 * pvdrm_front_drain() - wait until the last caller has left
 * @front: a dead connection; posts that were not sent are dropped
 */
void pvdrm_front_drain(struct pvdrm_front *front)
{
	struct pvdrm_post *post, *next;
	u32 i;

	wait_event(front->idle, !READ_ONCE(front->nr_callers));

	spin_lock_irq(&front->lock);
	list_for_each_entry_safe(post, next, &front->posts, node) {
		list_del(&post->node);
		finish_post(post, NULL);
	}
	for (i = 0; i < front->nr_slots; i++) {
		if (front->slots[i].post)
			finish_post(front->slots[i].post, NULL);
		front->slots[i].post = NULL;
	}
	spin_unlock_irq(&front->lock);
}

/**
 * pvdrm_front_consume() - take all responses; for the interrupt
 * @front: the connection
 * @woken_cpu: result: where a caller slept that was woken; -1: none was
 *
 * Return: responses taken since the last interrupt, also by callers.
 */
u32 pvdrm_front_consume(struct pvdrm_front *front, int *woken_cpu)
{
	unsigned long flags;
	u32 consumed;

	spin_lock_irqsave(&front->lock, flags);
	front->woken_cpu = -1;
	pvdrm_ring_consume(front);
	*woken_cpu = front->woken_cpu;
	consumed = front->consumed;
	front->consumed = 0;
	spin_unlock_irqrestore(&front->lock, flags);
	return consumed;
}

/**
 * pvdrm_front_post() - send a request without waiting for the response
 * @front: the connection; if it is dead, nothing is sent
 * @post: see struct pvdrm_post for who frees it
 *
 * Never sleeps: the request is queued if there is no slot.
 */
void pvdrm_front_post(struct pvdrm_front *front, struct pvdrm_post *post)
{
	unsigned long flags;

	spin_lock_irqsave(&front->lock, flags);
	if (front->dead) {
		finish_post(post, NULL);
	} else {
		list_add_tail(&post->node, &front->posts);
		/* Even if nothing was sent: a response may free a slot. */
		hand_out_slots(front);
		pvdrm_ring_consume(front);
	}
	spin_unlock_irqrestore(&front->lock, flags);
}

