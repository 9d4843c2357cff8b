// SPDX-License-Identifier: GPL-2.0-only
/*
 * fence.c: fences of the host that the guest knows
 *
 * When a driver creates a sync_file, its fence gets a slot of the event page,
 * the descriptor is closed, and the guest gets an id for this use of the slot.
 * When an id comes back, a sync_file is created again for that one call.
 *
 * A slot is free, pending, or done: done until the guest has cleared the status
 * on the page. The guest can write anything there; it is only read to find out
 * whether a slot that is done may be used again.
 *
 * Races:
 * - A fence may be signalled before the response with its id is sent. The guest
 *   expects that.
 * - pvdrm_link.io is held while a callback is added, so this is done, with
 *   shared memory still mapped, before a connection that ends removes
 *   callbacks.
 * - A callback runs with its fence's lock held, so one that could not be
 *   removed has ended. Once @fences_dead is set, under pvdrm_link.fence_lock,
 *   callbacks touch no shared memory any more.
 */
#include <linux/dma-fence.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/nospec.h>
#include <linux/sched/signal.h>
#include <linux/sync_file.h>
#include <linux/task_work.h>
#include <xen/events.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/fd/fd.h"
#include "back/fd/fence.h"
#include "back/gpu/submission.h"
#include "back/serve/job.h"
#include "back/trace.h"
#include "back/transport/ring.h"

/* The guest doesn't say when it frees a slot. */
#define LOOK_AGAIN	msecs_to_jiffies(20)

/* @error: 0 or -errno */
static u32 wire_status(int error)
{
	return XENDRM_FENCE_DONE + min_t(u32, -error, MAX_ERRNO);
}

/* fence_lock held */
static u32 name_of(const struct pvdrm_link *link,
		   const struct pvdrm_back_fence *slot)
{
	return XENDRM_FENCE_NAME(slot - link->fences, slot->uses);
}

/* fence_lock held. The caller has the slot's reference to the fence now. */
static void let_go(struct pvdrm_link *link, struct pvdrm_back_fence *slot,
		   enum pvdrm_back_fence_state state)
{
	slot->fence = NULL;
	slot->state = state;
	pvdrm_uncount(link->back, fences);
}

/* fence_lock held. @error: 0 or -errno */
static void tell(struct pvdrm_link *link, struct pvdrm_back_fence *slot,
		 int error)
{
	u16 before;

	if (!link->fences_dead) {
		/* It is there before the guest is notified, or asks to be. */
		before = xchg(&link->events->fence[slot - link->fences],
			      wire_status(error));
		if (!link->quiet_fences || before == XENDRM_FENCE_WANTED)
			notify_remote_via_irq(link->irq);
	}
	trace_back_fence_signalled(link, name_of(link, slot), error);
}

/* Any context, with the fence's own lock held */
static void signalled(struct dma_fence *fence, struct dma_fence_cb *cb)
{
	struct pvdrm_back_fence *slot =
		container_of(cb, struct pvdrm_back_fence, cb);
	struct pvdrm_link *link = slot->link;
	unsigned long flags;

	spin_lock_irqsave(&link->fence_lock, flags);
	tell(link, slot, fence->error);
	let_go(link, slot, PVDRM_FENCE_DONE);
	spin_unlock_irqrestore(&link->fence_lock, flags);
	dma_fence_put(fence);
}

/* fence_lock held, shared memory is there */
static bool is_free(struct pvdrm_link *link, u32 index)
{
	u16 status;

	if (link->fences[index].state != PVDRM_FENCE_DONE)
		return link->fences[index].state == PVDRM_FENCE_FREE;
	status = READ_ONCE(link->events->fence[index]);
	/* The guest may wait for a fence that it has named and not told us of. */
	return status == XENDRM_FENCE_PENDING || status == XENDRM_FENCE_WANTED;
}

/* The same. Not one that the guest names */
static struct pvdrm_back_fence *find_free(struct pvdrm_link *link)
{
	u32 nr = link->feature_submit ? XENDRM_FIRST_FRONT_FENCE :
					XENDRM_MAX_FENCES;
	u32 i;

	for (i = 0; i < nr; i++)
		if (is_free(link, i))
			return &link->fences[i];
	return NULL;
}

/* Return: a slot that has a reference to the fence, or NULL. */
static struct pvdrm_back_fence *take_slot(struct pvdrm_link *link,
					  struct dma_fence *fence, u32 *name)
{
	struct pvdrm_back_fence *slot;

	spin_lock_irq(&link->fence_lock);
	slot = find_free(link);
	if (slot) {
		slot->link = link;
		slot->fence = dma_fence_get(fence);
		slot->state = PVDRM_FENCE_PENDING;
		slot->uses++;
		*name = name_of(link, slot);
		WRITE_ONCE(link->events->fence[slot - link->fences],
			   XENDRM_FENCE_PENDING);
		pvdrm_count(link->back, fences);
	}
	spin_unlock_irq(&link->fence_lock);
	return slot;
}

static void undo_slot(struct pvdrm_link *link, struct pvdrm_back_fence *slot)
{
	struct dma_fence *fence;

	spin_lock_irq(&link->fence_lock);
	fence = slot->fence;
	let_go(link, slot, PVDRM_FENCE_FREE);
	spin_unlock_irq(&link->fence_lock);
	dma_fence_put(fence);
}

/* Return: 0; -ENOENT: it is signalled already; -EBUSY: no slot; -ESHUTDOWN. */
static int watch(struct pvdrm_link *link, struct dma_fence *fence, u32 *name)
{
	struct pvdrm_back_fence *slot;
	int ret = -ESHUTDOWN;

	down_read(&link->io);
	if (link->dead)
		goto out;
	ret = -EBUSY;
	slot = take_slot(link, fence, name);
	if (!slot) {
		/* It may not know which ones it could free. */
		notify_remote_via_irq(link->irq);
		goto out;
	}
	ret = dma_fence_add_callback(fence, &slot->cb, signalled);
	if (ret)
		undo_slot(link, slot);
out:
	up_read(&link->io);
	return ret;
}

/* No slot is free: the answer comes when the fence is done, or there is one. */
static int wait_for_either(struct pvdrm_job *job, struct dma_fence *fence)
{
	/* The guest's next requests must not wait with it. */
	pvdrm_job_may_block(job);
	dma_fence_wait_timeout(fence, false, LOOK_AGAIN);
	if (READ_ONCE(job->link->dead))
		return -ESHUTDOWN;
	return fatal_signal_pending(current) ? -EINTR : 0;
}

/**
 * pvdrm_fence_publish() - name a fence in the response
 * @job: the request at hand; steps aside if it has to wait for a slot
 * @fence: any fence; the caller keeps its reference
 *
 * Return: 0; -EINTR: the worker ends; -ESHUTDOWN: the connection is dead.
 */
int pvdrm_fence_publish(struct pvdrm_job *job, struct dma_fence *fence)
{
	struct pvdrm_link *link = job->link;
	bool short_of = false;
	u32 name;
	int ret;

	for (;;) {
		ret = dma_fence_get_status(fence);
		if (ret) {
			job->rsp.fence_status = wire_status(min(ret, 0));
			return 0;
		}
		ret = watch(link, fence, &name);
		if (!ret) {
			job->rsp.fence = name;
			return 0;
		}
		if (ret == -ENOENT)
			continue;
		if (ret == -EBUSY && !short_of)
			pvdrm_count(link->back, fence_shortages);
		short_of = true;
		if (ret == -EBUSY)
			ret = wait_for_either(job, fence);
		if (ret)
			return ret;
	}
}

/**
 * pvdrm_fence_give() - name a fence that was made for the guest
 * @job: the request at hand
 * @fence: any fence; the caller's reference is put
 *
 * Return: as pvdrm_fence_publish().
 */
int pvdrm_fence_give(struct pvdrm_job *job, struct dma_fence *fence)
{
	int ret = pvdrm_fence_publish(job, fence);

	dma_fence_put(fence);
	if (!ret)
		pvdrm_count(job->link->back, fences_made);
	return ret;
}

/* ------------------------------------------------- fences that the guest names */

static struct pvdrm_back_fence *named_slot(struct pvdrm_job *job)
{
	u32 index = XENDRM_FENCE_SLOT(job->req.u.ioctl.fence);

	return &job->link->fences[array_index_nospec(index,
						     XENDRM_MAX_FENCES)];
}

/* fence_lock held. Return: false: the guest may not use that slot now. */
static bool take_named(struct pvdrm_link *link, u32 name,
		       struct pvdrm_back_fence *slot)
{
	u32 index = XENDRM_FENCE_SLOT(name);

	if (index < XENDRM_FIRST_FRONT_FENCE || index >= XENDRM_MAX_FENCES)
		return false;
	if (link->fences_dead)
		return true;
	if (!is_free(link, slot - link->fences) ||
	    XENDRM_FENCE_USE(name) != ((slot->uses + 1) & 0xffffu))
		return false;
	slot->link = link;
	slot->state = PVDRM_FENCE_RESERVED;
	slot->uses++;
	return true;
}

/**
 * pvdrm_fence_reserve() - the guest has named the fence that an ioctl makes
 * @job: the ioctl, which has not begun; pvdrm_fence_settle() is due
 *
 * Return: 0; -EPROTO: the name breaks a rule, which ends the connection.
 */
int pvdrm_fence_reserve(struct pvdrm_job *job)
{
	struct pvdrm_link *link = job->link;
	u32 name = job->req.u.ioctl.fence;
	bool ok;

	spin_lock_irq(&link->fence_lock);
	ok = take_named(link, name, named_slot(job));
	spin_unlock_irq(&link->fence_lock);
	if (ok)
		return 0;
	pvdrm_violation(link, "fence %#x is not the guest's to name now", name);
	return -EPROTO;
}

/* Puts the caller's reference. Return: 0 or -ESHUTDOWN. */
static int watch_named(struct pvdrm_job *job, struct dma_fence *fence)
{
	struct pvdrm_back_fence *slot = named_slot(job);
	struct pvdrm_link *link = job->link;
	bool done = false;

	down_read(&link->io);
	if (link->dead) {
		up_read(&link->io);
		dma_fence_put(fence);
		return -ESHUTDOWN;
	}
	spin_lock_irq(&link->fence_lock);
	slot->fence = fence;
	slot->state = PVDRM_FENCE_PENDING;
	pvdrm_count(link->back, fences);
	spin_unlock_irq(&link->fence_lock);
	if (dma_fence_add_callback(fence, &slot->cb, signalled)) {
		spin_lock_irq(&link->fence_lock);
		tell(link, slot, fence->error);
		let_go(link, slot, PVDRM_FENCE_DONE);
		spin_unlock_irq(&link->fence_lock);
		done = true;
	}
	up_read(&link->io);
	if (done)
		dma_fence_put(fence);
	pvdrm_count(link->back, fences_made);
	return 0;
}

/**
 * pvdrm_fence_settle() - an ioctl whose fence the guest has named is done
 * @job: the ioctl, after pvdrm_fence_reserve()
 * @status: what it returned
 *
 * If it has made no fence, the guest's is signalled with the error.
 */
void pvdrm_fence_settle(struct pvdrm_job *job, int status)
{
	struct pvdrm_back_fence *slot = named_slot(job);
	struct pvdrm_link *link = job->link;

	spin_lock_irq(&link->fence_lock);
	if (slot->state == PVDRM_FENCE_RESERVED) {
		tell(link, slot, min(status, 0));
		slot->state = PVDRM_FENCE_DONE;
	}
	spin_unlock_irq(&link->fence_lock);
}

/* A cancelled request goes on: what the driver did cannot be undone. */
static int fence_export(struct pvdrm_job *job, int fd)
{
	struct dma_fence *fence = sync_file_get_fence(fd);

	if (!fence)
		return -EOPNOTSUPP;
	pvdrm_submission_made_fence(job, fence);
	return job->req.u.ioctl.fence ? watch_named(job, fence) :
					pvdrm_fence_give(job, fence);
}

/**
 * pvdrm_fence_find() - find a fence by the name the guest has for it
 * @link: the connection
 * @name: from the guest
 *
 * A fence whose slot was freed has been signalled, so a signalled one stands for it.
 *
 * Return: the fence with a reference for the caller; NULL: there has never been a
 * fence of this name.
 */
struct dma_fence *pvdrm_fence_find(struct pvdrm_link *link, u32 name)
{
	u32 index = XENDRM_FENCE_SLOT(name);
	struct dma_fence *fence = NULL;
	struct pvdrm_back_fence *slot;
	u16 behind;
	bool known;

	if (name == XENDRM_FENCE_SIGNALED)
		return dma_fence_get_stub();
	if (index >= XENDRM_MAX_FENCES)
		return NULL;
	index = array_index_nospec(index, XENDRM_MAX_FENCES);
	slot = &link->fences[index];
	spin_lock_irq(&link->fence_lock);
	behind = slot->uses - XENDRM_FENCE_USE(name);
	known = behind < slot->uses;
	if (!behind && slot->state == PVDRM_FENCE_PENDING)
		fence = dma_fence_get(slot->fence);
	spin_unlock_irq(&link->fence_lock);
	return fence || !known ? fence : dma_fence_get_stub();
}

/* Return: a descriptor of the process, or -errno. */
static int open_fence(struct dma_fence *fence)
{
	struct sync_file *sync_file = sync_file_create(fence);

	return sync_file ? pvdrm_fd_install(sync_file->file) : -ENOMEM;
}

/**
 * pvdrm_fence_must_find() - as pvdrm_fence_find(), for a name that has to be one
 * @link: the connection; it ends if the name has never been given
 * @name: from the guest
 *
 * Return: the fence with a reference for the caller, or NULL.
 */
struct dma_fence *pvdrm_fence_must_find(struct pvdrm_link *link, u32 name)
{
	struct dma_fence *fence = pvdrm_fence_find(link, name);

	if (!fence)
		pvdrm_violation(link, "fence %#x has never been", name);
	return fence;
}

static int fence_import(struct pvdrm_job *job, u32 id)
{
	struct dma_fence *fence = pvdrm_fence_must_find(job->link, id);
	int fd;

	if (!fence)
		return -EPROTO;
	fd = open_fence(fence);
	dma_fence_put(fence);
	return fd;
}

const struct pvdrm_fd_kind pvdrm_fd_fence = {
	.import = fence_import,
	.export = fence_export,
};

/**
 * pvdrm_back_fences_kill() - forget all fences
 * @link: a dead connection, with shared memory still mapped
 */
void pvdrm_back_fences_kill(struct pvdrm_link *link)
{
	struct pvdrm_back_fence *slot;
	struct dma_fence *fence;
	u32 i;

	spin_lock_irq(&link->fence_lock);
	link->fences_dead = true;
	spin_unlock_irq(&link->fence_lock);

	for (i = 0; i < XENDRM_MAX_FENCES; i++) {
		slot = &link->fences[i];
		spin_lock_irq(&link->fence_lock);
		fence = dma_fence_get(slot->fence);
		spin_unlock_irq(&link->fence_lock);
		if (!fence)
			continue;
		if (dma_fence_remove_callback(fence, &slot->cb))
			undo_slot(link, slot);
		dma_fence_put(fence);
	}
}
