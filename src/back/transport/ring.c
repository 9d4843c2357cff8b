// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ring, the data area and the event channel
 *
 * All that is read here is written by the guest at any time: it is copied
 * once, and the copy is checked and used. The only file with ring macros.
 */
#include <linux/interrupt.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/sched/signal.h>
#include <xen/events.h>

#include "back/bus/back.h"

#define SPIN_MIN_NS	2000u

/* Requests are there that the leader has not taken. Any context. */
static bool ring_has_work(struct pvdrm_link *link)
{
	return READ_ONCE(link->ring.sring->req_prod) !=
	       READ_ONCE(link->ring.req_cons);
}

/* The only consumer. Return: 1, @req is filled; 0: none; -EPROTO. */
static int ring_consume(struct pvdrm_link *link, struct xendrm_request *req)
{
	RING_IDX prod = READ_ONCE(link->ring.sring->req_prod);

	if (prod == link->ring.req_cons)
		return 0;
	/* Read the request after the index that published it. */
	virt_rmb();
	if (RING_REQUEST_PROD_OVERFLOW(&link->ring, prod)) {
		pvdrm_violation(link, "ring: producer index %u, but %u taken",
				prod, link->ring.req_cons);
		return -EPROTO;
	}
	RING_COPY_REQUEST(&link->ring, link->ring.req_cons, req);
	WRITE_ONCE(link->ring.req_cons, link->ring.req_cons + 1);
	return 1;
}

/**
 * pvdrm_back_ring_arm() - ask for a notification with the next request
 * @link: the connection; the caller leads
 *
 * Return: whether requests are there already.
 */
bool pvdrm_back_ring_arm(struct pvdrm_link *link)
{
	int more = 0;

	if (READ_ONCE(link->closing) || !down_read_trylock(&link->io))
		return false;
	if (!link->dead)
		RING_FINAL_CHECK_FOR_REQUESTS(&link->ring, more);
	up_read(&link->io);
	return more;
}

static bool spin_for_work(struct pvdrm_worker *worker)
{
	struct pvdrm_link *link = worker->link;
	u64 end;

	if (!worker->spin_ns || num_online_cpus() == 1)
		return false;
	end = ktime_get_ns() + worker->spin_ns;
	do {
		if (ring_has_work(link)) {
			pvdrm_count(link->back, spin_hits);
			return true;
		}
		cpu_relax();
	} while (!need_resched() && !signal_pending(current) &&
		 !READ_ONCE(link->closing) && ktime_get_ns() < end);
	return false;
}

/* Had a longer spin caught it? Then spin longer; if not by far, spin less. */
static void adapt_spin(struct pvdrm_worker *worker, u64 slept_ns)
{
	u32 max_ns = READ_ONCE(pvdrm_spin_us) * NSEC_PER_USEC;

	if (slept_ns <= max_ns)
		worker->spin_ns = min(max(worker->spin_ns * 2, SPIN_MIN_NS),
				      max_ns);
	else
		worker->spin_ns /= 2;
}

static bool leader_may_go_on(struct pvdrm_worker *worker)
{
	return READ_ONCE(worker->link->kick) || pvdrm_leader_stale(worker);
}

static int sleep_for_work(struct pvdrm_worker *worker)
{
	u64 start = ktime_get_ns();
	int ret;

	pvdrm_count(worker->link->back, sleeps);
	ret = wait_event_interruptible(worker->server->leader_wait,
				       leader_may_go_on(worker));
	adapt_spin(worker, ktime_get_ns() - start);
	return ret;
}

/* Return: 1: a request; 0: ring armed, sleep; -EAGAIN: look again; -ESHUTDOWN */
static int poll_ring(struct pvdrm_worker *worker)
{
	struct pvdrm_link *link = worker->link;
	int more, ret = -ESHUTDOWN;

	down_read(&link->io);
	if (link->dead || READ_ONCE(link->closing))
		goto out;
	ret = ring_consume(link, &worker->req);
	if (!ret && spin_for_work(worker))
		ret = ring_consume(link, &worker->req);
	if (ret)
		goto out;
	WRITE_ONCE(link->kick, false);
	RING_FINAL_CHECK_FOR_REQUESTS(&link->ring, more);
	if (more)
		ret = -EAGAIN;
out:
	up_read(&link->io);
	return ret;
}

/**
 * pvdrm_back_ring_wait() - wait for a request, as the leader
 * @worker: the leader, with a link; @worker->req is filled
 *
 * Return: 1: a request; -ESHUTDOWN: the connection has ended; -ERESTARTSYS: a
 * signal, or work due in user space.
 */
int pvdrm_back_ring_wait(struct pvdrm_worker *worker)
{
	int ret;

	for (;;) {
		if (pvdrm_leader_stale(worker))
			return -ESHUTDOWN;
		ret = poll_ring(worker);
		if (ret == 1)
			return 1;
		if (ret == -EAGAIN)
			continue;
		if (ret)
			return -ESHUTDOWN;
		ret = sleep_for_work(worker);
		if (ret)
			return ret;
	}
}

/* One contiguous piece of a page of the data area at a time */
static void *data_piece(struct pvdrm_link *link, u32 off, u32 len, u32 *piece)
{
	u32 in_page = off % XENDRM_PAGE_SIZE;
	u32 index = array_index_nospec(off / XENDRM_PAGE_SIZE,
				       link->data_pages);

	*piece = min_t(u32, len, XENDRM_PAGE_SIZE - in_page);
	return page_address(link->data[index]) + in_page;
}

/**
 * pvdrm_back_data_read() - copy from the data area, once
 * @link: the connection
 * @off: checked to lie within
 * @buf: private memory
 * @len: bytes
 *
 * Return: 0 or -ESHUTDOWN.
 */
int pvdrm_back_data_read(struct pvdrm_link *link, u32 off, void *buf, u32 len)
{
	u32 piece;
	void *from;

	down_read(&link->io);
	if (link->dead) {
		up_read(&link->io);
		return -ESHUTDOWN;
	}
	for (; len; len -= piece, off += piece, buf += piece) {
		from = data_piece(link, off, len, &piece);
		memcpy(buf, from, piece);
	}
	up_read(&link->io);
	/* What is checked next must be the copy. */
	barrier();
	return 0;
}

/**
 * pvdrm_back_data_write() - copy to the data area
 * @link: the connection
 * @off: checked to lie within
 * @buf: what to copy
 * @len: bytes
 *
 * Return: 0 or -ESHUTDOWN.
 */
int pvdrm_back_data_write(struct pvdrm_link *link, u32 off, const void *buf,
			  u32 len)
{
	u32 piece;
	void *to;

	down_read(&link->io);
	if (link->dead) {
		up_read(&link->io);
		return -ESHUTDOWN;
	}
	for (; len; len -= piece, off += piece, buf += piece) {
		to = data_piece(link, off, len, &piece);
		memcpy(to, buf, piece);
	}
	up_read(&link->io);
	return 0;
}

static void slot_release(struct pvdrm_link *link, u16 id)
{
	spin_lock_irq(&link->slot_lock);
	__clear_bit(id, link->busy);
	spin_unlock_irq(&link->slot_lock);
}

static void ring_push(struct pvdrm_link *link,
		      const struct xendrm_response *rsp)
{
	int notify;

	spin_lock(&link->rsp_lock);
	*RING_GET_RESPONSE(&link->ring, link->ring.rsp_prod_pvt) = *rsp;
	/* ring_consume() compares the guest's index with it, without the lock. */
	WRITE_ONCE(link->ring.rsp_prod_pvt, link->ring.rsp_prod_pvt + 1);
	RING_PUSH_RESPONSES_AND_CHECK_NOTIFY(&link->ring, notify);
	spin_unlock(&link->rsp_lock);
	if (!notify)
		return;
	pvdrm_count(link->back, notifications);
	notify_remote_via_irq(link->irq);
}

/**
 * pvdrm_back_ring_respond() - answer a request; its id is free again
 * @link: the connection; nothing happens when it is dead
 * @rsp: the response
 */
void pvdrm_back_ring_respond(struct pvdrm_link *link,
			     const struct xendrm_response *rsp)
{
	down_read(&link->io);
	if (!link->dead) {
		/* First: the guest may use the id as soon as it is answered. */
		slot_release(link, rsp->id);
		ring_push(link, rsp);
	}
	up_read(&link->io);
}

/**
 * pvdrm_back_slot_claim() - a request begins
 * @link: the connection
 * @req: the request; its id is below the ring's entries
 *
 * Return: 0, or -EPROTO when another request has the same id.
 */
int pvdrm_back_slot_claim(struct pvdrm_link *link,
			  const struct xendrm_request *req)
{
	u16 id = array_index_nospec(req->id, XENDRM_MAX_REQUESTS);
	struct pvdrm_back_slot *slot = &link->slots[id];
	int ret = 0;

	spin_lock_irq(&link->slot_lock);
	if (__test_and_set_bit(id, link->busy)) {
		ret = -EPROTO;
	} else {
		slot->worker = NULL;
		slot->seq = req->seq;
		slot->cancelled = false;
	}
	spin_unlock_irq(&link->slot_lock);
	return ret;
}

/* Makes @task's interruptible sleeps end, now and until it is cleared. */
static void interrupt_task(struct task_struct *task)
{
	if (test_and_set_tsk_thread_flag(task, TIF_NOTIFY_SIGNAL))
		return;
	if (READ_ONCE(task->__state) & TASK_INTERRUPTIBLE)
		wake_up_process(task);
}

/* slot_lock held; shared memory is there. Return: newly cancelled. */
static bool slot_look(struct pvdrm_link *link, u32 id)
{
	struct pvdrm_back_slot *slot = &link->slots[id];
	u32 seq = READ_ONCE(link->events->cancel[id]);

	/* 0 is what the page is before anything was cancelled. */
	if (slot->cancelled || !seq || seq != slot->seq)
		return false;
	slot->cancelled = true;
	if (slot->worker)
		interrupt_task(slot->worker->task);
	pvdrm_count(link->back, cancels);
	return true;
}

/**
 * pvdrm_back_slot_run() - the request may be interrupted from here on
 * @worker: runs it
 *
 * One that was cancelled already runs all the same, as a system call does that
 * begins with a signal pending: only its sleeps end at once. So a program gets
 * on even if its signals come faster than answers.
 *
 * Return: false when the connection is dead.
 */
bool pvdrm_back_slot_run(struct pvdrm_worker *worker)
{
	struct pvdrm_link *link = worker->link;
	struct pvdrm_back_slot *slot = &link->slots[worker->req.id];
	bool go;

	down_read(&link->io);
	spin_lock_irq(&link->slot_lock);
	go = !link->dead;
	if (go) {
		slot->worker = worker;
		slot_look(link, worker->req.id);
		if (slot->cancelled)
			interrupt_task(current);
	}
	spin_unlock_irq(&link->slot_lock);
	up_read(&link->io);
	return go;
}

/**
 * pvdrm_back_slot_stop() - the request may not be interrupted any more
 * @worker: ran it
 */
void pvdrm_back_slot_stop(struct pvdrm_worker *worker)
{
	struct pvdrm_link *link = worker->link;

	spin_lock_irq(&link->slot_lock);
	link->slots[worker->req.id].worker = NULL;
	spin_unlock_irq(&link->slot_lock);
	/*
	 * If others set it as well, they have queued task work, and that alone
	 * makes the worker return to user space.
	 */
	if (test_thread_flag(TIF_NOTIFY_SIGNAL))
		clear_notify_signal();
}

/**
 * pvdrm_back_slot_interrupt_all() - interrupt all that runs
 * @link: a dead connection
 */
void pvdrm_back_slot_interrupt_all(struct pvdrm_link *link)
{
	struct pvdrm_back_slot *slot;
	u32 id;

	spin_lock_irq(&link->slot_lock);
	for_each_set_bit(id, link->busy, XENDRM_MAX_REQUESTS) {
		slot = &link->slots[id];
		slot->cancelled = true;
		if (slot->worker)
			interrupt_task(slot->worker->task);
	}
	spin_unlock_irq(&link->slot_lock);
}

static bool look_at_cancels(struct pvdrm_link *link)
{
	bool any = false;
	u32 id;

	spin_lock(&link->slot_lock);
	for_each_set_bit(id, link->busy, XENDRM_MAX_REQUESTS)
		any |= slot_look(link, id);
	spin_unlock(&link->slot_lock);
	return any;
}

/* Counted as useful once per request: the guest cannot move it on its own. */
static bool look_at_ring(struct pvdrm_link *link)
{
	RING_IDX prod = READ_ONCE(link->ring.sring->req_prod);

	if ((s32)(prod - link->seen_prod) <= 0 ||
	    prod - READ_ONCE(link->ring.req_cons) > link->ring_ents)
		return false;
	link->seen_prod = prod;
	return true;
}

static bool look_at_acks(struct pvdrm_link *link)
{
	if (!atomic_read(&link->ack_waiters))
		return false;
	wake_up_all(&link->ack_wait);
	return true;
}

/* Bound until shared memory is unmapped; takes no lock that sleeps. */
irqreturn_t pvdrm_back_ring_irq(int irq, void *data)
{
	struct pvdrm_link *link = data;
	bool useful;

	pvdrm_count(link->back, irqs);
	useful = look_at_acks(link);
	useful |= look_at_cancels(link);
	useful |= look_at_ring(link);
	if (ring_has_work(link))
		pvdrm_leader_kick(link);
	if (!useful)
		pvdrm_count(link->back, spurious);
	xen_irq_lateeoi(irq, useful ? 0 : XEN_EOI_FLAG_SPURIOUS);
	return IRQ_HANDLED;
}
