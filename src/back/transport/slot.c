// SPDX-License-Identifier: GPL-2.0-only
/*
 * slot.c: outstanding requests by id, and how the guest cancels them
 */
#include <linux/nospec.h>
#include <linux/sched/signal.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/serve/job.h"
#include "back/transport/slot.h"

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
		slot->task = NULL;
		slot->seq = req->seq;
		slot->cancelled = false;
	}
	spin_unlock_irq(&link->slot_lock);
	return ret;
}

/**
 * pvdrm_back_slot_release() - a request ends, and its id is free
 * @link: the connection
 * @id: the request's
 */
void pvdrm_back_slot_release(struct pvdrm_link *link, u16 id)
{
	spin_lock_irq(&link->slot_lock);
	__clear_bit(id, link->busy);
	spin_unlock_irq(&link->slot_lock);
}

/* Makes interruptible sleeps of @task end, now and until it is cleared. */
static void interrupt_task(struct task_struct *task)
{
	if (test_and_set_tsk_thread_flag(task, TIF_NOTIFY_SIGNAL))
		return;
	if (READ_ONCE(task->__state) & TASK_INTERRUPTIBLE)
		wake_up_process(task);
}

/* slot_lock held; shared memory is there. Return: true if newly cancelled. */
static bool slot_look(struct pvdrm_link *link, u32 id)
{
	struct pvdrm_back_slot *slot = &link->slots[id];
	u32 seq = READ_ONCE(link->events->cancel[id]);

	/* 0 is what the page is before anything was cancelled. */
	if (slot->cancelled || !seq || seq != slot->seq)
		return false;
	slot->cancelled = true;
	if (slot->task)
		interrupt_task(slot->task);
	pvdrm_count(link->back, cancels);
	return true;
}

/**
 * pvdrm_back_slot_run() - the request may be interrupted from here on
 * @job: the request, run by the calling thread
 *
 * A request that is cancelled already runs all the same, as a system call does
 * that begins with a signal pending: only its sleeps end at once. So a program
 * makes progress even if signals come faster than responses.
 *
 * Return: false when the connection is dead.
 */
bool pvdrm_back_slot_run(struct pvdrm_job *job)
{
	struct pvdrm_link *link = job->link;
	struct pvdrm_back_slot *slot = &link->slots[job->req.id];
	bool go;

	down_read(&link->io);
	spin_lock_irq(&link->slot_lock);
	go = !link->dead;
	if (go) {
		slot->task = current;
		slot_look(link, job->req.id);
		if (slot->cancelled)
			interrupt_task(current);
	}
	spin_unlock_irq(&link->slot_lock);
	up_read(&link->io);
	return go;
}

/**
 * pvdrm_back_slot_stop() - the request may not be interrupted any more
 * @job: the request
 */
void pvdrm_back_slot_stop(struct pvdrm_job *job)
{
	struct pvdrm_link *link = job->link;

	spin_lock_irq(&link->slot_lock);
	link->slots[job->req.id].task = NULL;
	spin_unlock_irq(&link->slot_lock);
	/*
	 * Others who set it as well have queued task work, which alone makes
	 * the thread return to user space.
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
		if (slot->task)
			interrupt_task(slot->task);
	}
	spin_unlock_irq(&link->slot_lock);
}

/**
 * pvdrm_back_slot_look() - look which requests the guest has cancelled
 * @link: the connection, with shared memory
 *
 * For the event handler.
 *
 * Return: true if there is one that was not cancelled before.
 */
bool pvdrm_back_slot_look(struct pvdrm_link *link)
{
	bool any = false;
	u32 id;

	spin_lock(&link->slot_lock);
	for_each_set_bit(id, link->busy, XENDRM_MAX_REQUESTS)
		any |= slot_look(link, id);
	spin_unlock(&link->slot_lock);
	return any;
}
