// SPDX-License-Identifier: GPL-2.0-only
/*
 * implicit.c: the host's fences of a dma-buf, in the guest's dma-buf
 *
 * Programs look at the implicit fences of a dma-buf by poll() and
 * DMA_BUF_IOCTL_EXPORT_SYNC_FILE, which read its reservation object and tell nobody.
 * So the reservation object of a dma-buf that may be in use has two fences: one for
 * what a reader has to wait for, one for a writer. When somebody first waits for one,
 * the host is asked (GET_FENCE), and the fence is signalled when the host's is.
 *
 * An answer says nothing of work that is submitted later. So after each ioctl that may
 * have submitted work, a fence that the host was asked about is replaced by a new one.
 * The new one is in place before the program learns that its ioctl is done.
 *
 * Locks: pvdrm_front.objects_lock, then the lock of a reservation object; the lock of a
 * fence, then pvdrm_implicit_state.lock. Responses are handled with pvdrm_front.lock
 * held and take the fence's lock, so the host is asked in a work.
 */
#include <linux/dma-buf.h>
#include <linux/dma-fence.h>
#include <linux/dma-resv.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "front/bus/events.h"
#include "front/call/call.h"
#include "front/call/ring.h"
#include "front/fd/fd.h"
#include "front/fd/fence.h"
#include "front/fd/implicit.h"
#include "front/front.h"

enum { READER, WRITER };

struct implicit_fence {
	struct dma_fence base;
	spinlock_t lock; /* of @base */
	/** @object: whose it is; %NULL: gone. Under @lock */
	struct pvdrm_object *object;
	/** @node: in pvdrm_implicit_state.asked */
	struct list_head node;
	/** @post: the question; has a reference to @base while it is sent */
	struct pvdrm_post post;
	/** @answered: the host has answered */
	bool answered;
};

static struct implicit_fence *to_implicit(struct dma_fence *fence)
{
	return container_of(fence, struct implicit_fence, base);
}

static const char *driver_name(struct dma_fence *fence)
{
	return "pvdrm";
}

static const char *timeline_name(struct dma_fence *fence)
{
	return "implicit";
}

/* With the fence's lock held, perhaps in an interrupt */
static bool ask_host(struct dma_fence *base)
{
	struct implicit_fence *fence = to_implicit(base);
	struct pvdrm_object *object = fence->object;
	struct pvdrm_front *front;

	if (!object || READ_ONCE(object->front->dead))
		return false;
	front = object->front;
	dma_fence_get(base);
	spin_lock(&front->implicit.lock);
	list_add_tail(&fence->node, &front->implicit.asked);
	if (list_empty(&object->implicit.node))
		list_add_tail(&object->implicit.node, &front->implicit.stale);
	spin_unlock(&front->implicit.lock);
	pvdrm_front_queue(&front->implicit.work);
	return true;
}

/* By RCU, since fences are read under it. Module unload waits for this. */
static void free_fence(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct implicit_fence, base.rcu));
	module_put(THIS_MODULE);
}

static void release(struct dma_fence *fence)
{
	call_rcu(&fence->rcu, free_fence);
}

static const struct dma_fence_ops implicit_ops = {
	.get_driver_name = driver_name,
	.get_timeline_name = timeline_name,
	.enable_signaling = ask_host,
	.release = release,
};

static bool is_implicit(const struct dma_fence *fence)
{
	return fence->ops == &implicit_ops;
}

/* Under pvdrm_front.lock, perhaps in an interrupt */
static void answered(struct pvdrm_post *post, const struct xendrm_response *rsp)
{
	struct implicit_fence *fence = container_of(post, struct implicit_fence,
						    post);
	int error = 0;

	/* Pairs with pvdrm_implicit_resolve(): the fence is in the table. */
	smp_store_release(&fence->answered, true);
	smp_mb(); /* or wake_up_var() may not see who has just begun to wait */
	wake_up_var(&fence->answered);
	/* If the host's is pending, it is in the table of fences by now. */
	if (!rsp || rsp->status < 0 || !rsp->fence) {
		if (!rsp)
			error = -ENODEV;
		else if (rsp->status < 0 && rsp->status != -XENDRM_ENOTSUPP)
			error = rsp->status;
		else if (rsp->fence_status)
			error = XENDRM_FENCE_DONE - (int)rsp->fence_status;
		if (error)
			dma_fence_set_error(&fence->base, error);
		dma_fence_signal(&fence->base);
	}
	dma_fence_put(&fence->base);
}

static void ask_work(struct work_struct *work)
{
	struct pvdrm_front *front = container_of(work, struct pvdrm_front,
						 implicit.work);
	struct pvdrm_implicit_state *state = &front->implicit;
	struct implicit_fence *fence;

	for (;;) {
		spin_lock_irq(&state->lock);
		fence = list_first_entry_or_null(&state->asked,
						 struct implicit_fence, node);
		if (fence)
			list_del(&fence->node);
		spin_unlock_irq(&state->lock);
		if (!fence)
			return;
		pvdrm_front_post(front, &fence->post);
	}
}

/* ------------------------------------------------------- fences of an object */

static struct dma_fence *fence_create(struct pvdrm_object *object, int who)
{
	struct implicit_fence *fence = kzalloc(sizeof(*fence), GFP_KERNEL);

	if (!fence)
		return NULL;
	__module_get(THIS_MODULE);
	spin_lock_init(&fence->lock);
	fence->object = object;
	fence->post.done = answered;
	fence->post.fence = &fence->base;
	fence->post.req.op = XENDRM_OP_GET_FENCE;
	fence->post.req.u.fence.object = object->id;
	fence->post.req.u.fence.flags = who == WRITER ? XENDRM_ACCESS_WRITE :
							XENDRM_ACCESS_READ;
	dma_fence_init(&fence->base, &implicit_ops, &fence->lock,
		       object->implicit.context + who, object->implicit.seqno);
	return &fence->base;
}

/* What everybody waits for has usage WRITE, what only writers wait for READ. */
static enum dma_resv_usage usage_of(int who)
{
	return who == WRITER ? DMA_RESV_USAGE_READ : DMA_RESV_USAGE_WRITE;
}

/*
 * A fence that nobody has asked about answers for later work as well. It stays, and
 * so one that is replaced never asks any more.
 */
static bool can_stay(const struct dma_fence *fence)
{
	return fence && !test_bit(DMA_FENCE_FLAG_ENABLE_SIGNAL_BIT,
				  &fence->flags);
}

/* @resv's lock held. It takes the place of the last one, which has its context. */
static int renew_one(struct pvdrm_object *object, int who)
{
	struct pvdrm_implicit *implicit = &object->implicit;
	struct dma_fence *fence;
	int ret;

	if (can_stay(implicit->fences[who]))
		return 0;
	ret = dma_resv_reserve_fences(implicit->resv, 1);
	if (ret)
		return ret;
	fence = fence_create(object, who);
	if (!fence)
		return -ENOMEM;
	dma_resv_add_fence(implicit->resv, fence, usage_of(who));
	swap(implicit->fences[who], fence);
	dma_fence_put(fence);
	return 0;
}

/* The object's file is open. */
static int renew(struct pvdrm_object *object)
{
	struct pvdrm_implicit *implicit = &object->implicit;
	int ret;

	dma_resv_lock(implicit->resv, NULL);
	implicit->seqno++;
	ret = renew_one(object, READER);
	ret = ret ?: renew_one(object, WRITER);
	dma_resv_unlock(implicit->resv);
	return ret;
}

/**
 * pvdrm_implicit_mark_stale() - have an object's fences replaced after the next ioctl
 * @object: an object with a dma-buf
 */
void pvdrm_implicit_mark_stale(struct pvdrm_object *object)
{
	struct pvdrm_implicit_state *state = &object->front->implicit;

	spin_lock_irq(&state->lock);
	if (list_empty(&object->implicit.node))
		list_add_tail(&object->implicit.node, &state->stale);
	spin_unlock_irq(&state->lock);
}

/* Return: the host has answered that nobody uses the buffer. */
static bool is_idle(struct pvdrm_object *object)
{
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_GET_FENCE,
		.req.u.fence.object = object->id,
		.req.u.fence.flags = XENDRM_ACCESS_WRITE,
		.wait = PVDRM_WAIT_KILL,
	};
	const char *why;

	if (pvdrm_front_call(object->front, &call) || call.rsp.status < 0)
		return false;
	if (!call.rsp.fence)
		return true;
	/* Nobody waits for this one. */
	why = pvdrm_front_fence_add(object->front, call.rsp.fence, NULL);
	if (why)
		pvdrm_front_fail(object->front, why);
	return false;
}

/**
 * pvdrm_implicit_add() - an object has got a dma-buf
 * @object: the object
 * @dmabuf: its dma-buf, which no program has yet
 *
 * One that is idle has no fences until work is submitted. Without memory a busy one
 * looks idle until then, too.
 */
void pvdrm_implicit_add(struct pvdrm_object *object, struct dma_buf *dmabuf)
{
	object->implicit.file = dmabuf->file;
	object->implicit.resv = dmabuf->resv;
	object->implicit.context = dma_fence_context_alloc(PVDRM_IMPLICIT_FENCES);
	if (is_idle(object) || renew(object))
		pvdrm_implicit_mark_stale(object);
}

/* From now on it refers to the object no more. */
static void fence_detach(struct dma_fence *base)
{
	struct implicit_fence *fence = to_implicit(base);
	unsigned long flags;

	/*
	 * The object and the reservation object have a reference each. Another one
	 * is that of a sync_file, say, which may want to know later.
	 */
	if (kref_read(&base->refcount) > 2)
		dma_fence_enable_sw_signaling(base);
	spin_lock_irqsave(&fence->lock, flags);
	fence->object = NULL;
	spin_unlock_irqrestore(&fence->lock, flags);
	dma_fence_put(base);
}

/**
 * pvdrm_implicit_remove() - an object's dma-buf is being released
 * @object: the object, before the backend is told to forget it
 */
void pvdrm_implicit_remove(struct pvdrm_object *object)
{
	struct pvdrm_front *front = object->front;
	int who;

	for (who = READER; who <= WRITER; who++)
		if (object->implicit.fences[who])
			fence_detach(object->implicit.fences[who]);
	spin_lock_irq(&front->implicit.lock);
	list_del_init(&object->implicit.node);
	spin_unlock_irq(&front->implicit.lock);
	/* What was asked is sent while the backend still has the object. */
	flush_work(&front->implicit.work);
}

static bool is_answered(struct implicit_fence *fence)
{
	/* Pairs with answered(). */
	return smp_load_acquire(&fence->answered) ||
	       dma_fence_is_signaled(&fence->base);
}

/**
 * pvdrm_implicit_resolve() - ask the host about a fence
 * @fence: any fence; if it is an implicit one, the host may get an id for it
 *
 * Return: 0, or -ERESTARTSYS.
 */
int pvdrm_implicit_resolve(struct dma_fence *fence)
{
	struct implicit_fence *implicit;

	if (!is_implicit(fence) || dma_fence_is_signaled(fence))
		return 0;
	implicit = to_implicit(fence);
	dma_fence_enable_sw_signaling(fence);
	return wait_var_event_interruptible(&implicit->answered,
					    is_answered(implicit));
}

/**
 * pvdrm_implicit_after_call() - work may have been submitted
 * @front: the connection
 *
 * Replaces the fences that the host was asked about before.
 */
void pvdrm_implicit_after_call(struct pvdrm_front *front)
{
	struct pvdrm_implicit_state *state = &front->implicit;
	struct pvdrm_object *object;
	struct file *file;
	int err = 0;

	if (likely(list_empty_careful(&state->stale)))
		return;
	mutex_lock(&front->objects_lock);
	while (!err) {
		spin_lock_irq(&state->lock);
		object = list_first_entry_or_null(&state->stale,
						  struct pvdrm_object,
						  implicit.node);
		if (object)
			list_del_init(&object->implicit.node);
		spin_unlock_irq(&state->lock);
		if (!object)
			break;
		/* Neither is freed before the lock is given up. */
		file = pvdrm_get_file_active(&object->implicit.file);
		if (!file)
			continue;
		err = renew(object);
		if (err)
			pvdrm_implicit_mark_stale(object);
		fput(file);
	}
	mutex_unlock(&front->objects_lock);
}

/**
 * pvdrm_implicit_init() - prepare a connection
 * @front: the connection
 */
void pvdrm_implicit_init(struct pvdrm_front *front)
{
	struct pvdrm_implicit_state *state = &front->implicit;

	spin_lock_init(&state->lock);
	INIT_LIST_HEAD(&state->asked);
	INIT_LIST_HEAD(&state->stale);
	INIT_WORK(&state->work, ask_work);
}

/**
 * pvdrm_implicit_exit() - end what pvdrm_implicit_init() began
 * @front: a connection without objects
 */
void pvdrm_implicit_exit(struct pvdrm_front *front)
{
	cancel_work_sync(&front->implicit.work);
}
