// SPDX-License-Identifier: GPL-2.0-only
/*
 * implicit.c: the host's fences of a dma-buf, in the guest's dma-buf
 *
 * The dma-buf is the host's, which is one of ours here, or another device's that the
 * host has imported.
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
 * Locks: pvdrm_implicit_state.mutex is not held while waiting for the lock of a
 * reservation object: another device may wait for the host's fence under that. The
 * lock of a fence, then pvdrm_implicit_state.lock. Responses are handled with
 * pvdrm_front.lock held and take the fence's lock, so the host is asked in a work.
 */
#include <linux/dma-buf.h>
#include <linux/dma-fence.h>
#include <linux/dma-resv.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "front/call/call.h"
#include "front/call/queue.h"
#include "front/call/ring.h"
#include "front/fd/fence.h"
#include "front/fd/implicit.h"
#include "front/front.h"

enum { READER, WRITER };

struct implicit_fence {
	struct dma_fence base;
	spinlock_t lock; /* of @base */
	/** @implicit: whose it is; %NULL: gone. Under @lock */
	struct pvdrm_implicit *implicit;
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
	struct pvdrm_implicit *implicit = fence->implicit;
	struct pvdrm_front *front;

	if (!implicit || READ_ONCE(implicit->front->dead))
		return false;
	front = implicit->front;
	dma_fence_get(base);
	spin_lock(&front->implicit.lock);
	list_add_tail(&fence->node, &front->implicit.asked);
	if (list_empty(&implicit->stale))
		list_add_tail(&implicit->stale, &front->implicit.stale);
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

/* Return: 0, or an error of the host's work. */
static int error_of(const struct xendrm_response *rsp)
{
	if (!rsp)
		return -ENODEV;
	/* It cannot tell; or has let go of an import, which nothing uses then. */
	if (rsp->status == -XENDRM_ENOTSUPP || rsp->status == -EBADF)
		return 0;
	if (rsp->status < 0)
		return rsp->status;
	return rsp->fence_status ? XENDRM_FENCE_DONE - (int)rsp->fence_status :
				   0;
}

/* Under pvdrm_front.lock, perhaps in an interrupt */
static void answered(struct pvdrm_post *post, const struct xendrm_response *rsp)
{
	struct implicit_fence *fence = container_of(post, struct implicit_fence,
						    post);
	int error;

	/* Pairs with pvdrm_implicit_resolve(): the fence is in the table. */
	smp_store_release(&fence->answered, true);
	smp_mb(); /* or wake_up_var() may not see who has just begun to wait */
	wake_up_var(&fence->answered);
	/* If the host's is pending, it is in the table of fences by now. */
	if (!rsp || rsp->status < 0 || !rsp->fence) {
		error = error_of(rsp);
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

/* ------------------------------------------------------- fences of a dma-buf */

static struct dma_fence *fence_create(struct pvdrm_implicit *implicit, int who)
{
	struct implicit_fence *fence = kzalloc(sizeof(*fence), GFP_KERNEL);

	if (!fence)
		return NULL;
	__module_get(THIS_MODULE);
	spin_lock_init(&fence->lock);
	fence->implicit = implicit;
	fence->post.done = answered;
	fence->post.fence = &fence->base;
	fence->post.req.op = XENDRM_OP_GET_FENCE;
	fence->post.req.u.fence.object = implicit->id;
	fence->post.req.u.fence.flags = who == WRITER ? XENDRM_ACCESS_WRITE :
							XENDRM_ACCESS_READ;
	dma_fence_init(&fence->base, &implicit_ops, &fence->lock,
		       implicit->context + who, implicit->seqno);
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
static int renew_one(struct pvdrm_implicit *implicit, int who)
{
	struct dma_fence *fence;
	int ret;

	if (implicit->ended || can_stay(implicit->fences[who]))
		return 0;
	ret = dma_resv_reserve_fences(implicit->resv, 1);
	if (ret)
		return ret;
	fence = fence_create(implicit, who);
	if (!fence)
		return -ENOMEM;
	dma_resv_add_fence(implicit->resv, fence, usage_of(who));
	swap(implicit->fences[who], fence);
	dma_fence_put(fence);
	return 0;
}

/* The dma-buf's file is open. */
static int renew(struct pvdrm_implicit *implicit)
{
	int ret;

	dma_resv_lock(implicit->resv, NULL);
	implicit->seqno++;
	ret = renew_one(implicit, READER);
	ret = ret ?: renew_one(implicit, WRITER);
	dma_resv_unlock(implicit->resv);
	return ret;
}

/* From now on it refers to the dma-buf no more. */
static void fence_detach(struct dma_fence *base)
{
	struct implicit_fence *fence = to_implicit(base);
	unsigned long flags;

	spin_lock_irqsave(&fence->lock, flags);
	fence->implicit = NULL;
	spin_unlock_irqrestore(&fence->lock, flags);
}

/* ------------------------------------------------------------------- dma-bufs */

static void implicit_free(struct kref *ref)
{
	struct pvdrm_implicit *implicit = container_of(ref,
						       struct pvdrm_implicit,
						       ref);

	pvdrm_front_put(implicit->front);
	kfree(implicit);
}

static void implicit_put(struct pvdrm_implicit *implicit)
{
	kref_put(&implicit->ref, implicit_free);
}

/**
 * pvdrm_implicit_hold() - have a dma-buf and its implicit fences stay
 * @implicit: the dma-buf's; pvdrm_implicit_state.mutex is held
 *
 * Does not sleep.
 *
 * Return: false if the dma-buf is being released; else pvdrm_implicit_let_go() is due.
 */
bool pvdrm_implicit_hold(struct pvdrm_implicit *implicit)
{
	struct file *file = pvdrm_get_file_active(&implicit->file);

	/*
	 * A dma-buf is released with its dentry, which may be later than the file
	 * is. By then that may be another file.
	 */
	if (file && file->private_data == implicit->dmabuf) {
		kref_get(&implicit->ref);
		return true;
	}
	if (file)
		fput(file);
	return false;
}

/**
 * pvdrm_implicit_let_go() - undo pvdrm_implicit_hold()
 * @implicit: the dma-buf's
 */
void pvdrm_implicit_let_go(struct pvdrm_implicit *implicit)
{
	fput(implicit->file);
	implicit_put(implicit);
}

/**
 * pvdrm_implicit_concerns() - whether an ioctl may use a dma-buf
 * @implicit: the dma-buf's
 * @user: the ioctl's file
 *
 * Return: false if it cannot.
 */
bool pvdrm_implicit_concerns(const struct pvdrm_implicit *implicit,
			     const struct file *user)
{
	const struct file *only = READ_ONCE(implicit->user);

	return !only || only == user;
}

/**
 * pvdrm_implicit_add_user() - a file may use a dma-buf
 * @implicit: the dma-buf's
 * @user: a file that imports it
 */
void pvdrm_implicit_add_user(struct pvdrm_implicit *implicit,
			     const struct file *user)
{
	if (implicit->user != user)
		WRITE_ONCE(implicit->user, NULL);
}

/**
 * pvdrm_implicit_mark_stale() - have fences replaced after the next ioctl
 * @implicit: of a dma-buf
 */
void pvdrm_implicit_mark_stale(struct pvdrm_implicit *implicit)
{
	struct pvdrm_implicit_state *state = &implicit->front->implicit;

	spin_lock_irq(&state->lock);
	if (list_empty(&implicit->stale))
		list_add_tail(&implicit->stale, &state->stale);
	spin_unlock_irq(&state->lock);
}

/* Return: the host has answered that nobody uses the buffer. */
static bool is_idle(struct pvdrm_implicit *implicit)
{
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_GET_FENCE,
		.req.u.fence.object = implicit->id,
		.req.u.fence.flags = XENDRM_ACCESS_WRITE,
		.wait = PVDRM_WAIT_KILL,
	};
	const char *why;

	if (pvdrm_front_call(implicit->front, &call) || call.rsp.status < 0)
		return false;
	if (!call.rsp.fence)
		return true;
	/* Nobody waits for this one. */
	why = pvdrm_front_fence_add(implicit->front, call.rsp.fence, NULL);
	if (why)
		pvdrm_front_fail(implicit->front, why);
	return false;
}

/**
 * pvdrm_implicit_add() - the host has a dma-buf
 * @front: the connection
 * @id: what the host knows it by
 * @dmabuf: the guest's
 * @user: the one file that has imported it; %NULL: it is the host's
 *
 * An idle one has no fences until work is submitted. Without memory a busy one looks
 * idle until then, too.
 *
 * Return: its implicit fences; pvdrm_implicit_remove() or pvdrm_implicit_end() is
 * due. Or %NULL: there is no memory.
 */
struct pvdrm_implicit *pvdrm_implicit_add(struct pvdrm_front *front, u32 id,
					  struct dma_buf *dmabuf,
					  const struct file *user)
{
	struct pvdrm_implicit *implicit = kzalloc(sizeof(*implicit),
						  GFP_KERNEL);

	if (!implicit)
		return NULL;
	kref_init(&implicit->ref);
	implicit->front = pvdrm_front_get(front);
	implicit->id = id;
	implicit->file = dmabuf->file;
	implicit->dmabuf = dmabuf;
	implicit->resv = dmabuf->resv;
	implicit->user = user;
	implicit->context = dma_fence_context_alloc(PVDRM_IMPLICIT_FENCES);
	INIT_LIST_HEAD(&implicit->stale);
	mutex_lock(&front->implicit.mutex);
	list_add_tail(&implicit->node, &front->implicit.all);
	mutex_unlock(&front->implicit.mutex);
	/* Nothing on the host has used what has just been imported. */
	if (user || is_idle(implicit) || renew(implicit))
		pvdrm_implicit_mark_stale(implicit);
	return implicit;
}

/* From now on nobody finds it. */
static void take_off(struct pvdrm_implicit *implicit)
{
	struct pvdrm_implicit_state *state = &implicit->front->implicit;

	mutex_lock(&state->mutex);
	list_del(&implicit->node);
	spin_lock_irq(&state->lock);
	list_del_init(&implicit->stale);
	spin_unlock_irq(&state->lock);
	mutex_unlock(&state->mutex);
}

/**
 * pvdrm_implicit_remove() - a dma-buf of ours is being released
 * @implicit: of the dma-buf, before the backend is told to forget it; or %NULL
 */
void pvdrm_implicit_remove(struct pvdrm_implicit *implicit)
{
	struct dma_fence *fence;
	int who;

	if (!implicit)
		return;
	for (who = READER; who <= WRITER; who++) {
		fence = implicit->fences[who];
		if (!fence)
			continue;
		/*
		 * We and the reservation object have a reference each. Another one
		 * is that of a sync_file, say, which may want to know later.
		 */
		if (kref_read(&fence->refcount) > 2)
			dma_fence_enable_sw_signaling(fence);
		fence_detach(fence);
		dma_fence_put(fence);
	}
	take_off(implicit);
	/* What was asked is sent while the backend still has the dma-buf. */
	flush_work(&implicit->front->implicit.work);
	implicit_put(implicit);
}

/**
 * pvdrm_implicit_end() - the host has let go of another device's dma-buf
 * @implicit: of the dma-buf, which lives on; or %NULL
 */
void pvdrm_implicit_end(struct pvdrm_implicit *implicit)
{
	struct dma_fence *fence, *stub;
	int who;

	if (!implicit)
		return;
	take_off(implicit);
	stub = dma_fence_get_stub();
	dma_resv_lock(implicit->resv, NULL);
	implicit->ended = true;
	for (who = READER; who <= WRITER; who++) {
		if (!implicit->fences[who])
			continue;
		fence_detach(implicit->fences[who]);
		/* It would keep the module in use as long as the dma-buf lives. */
		dma_resv_replace_fences(implicit->resv,
					implicit->context + who, stub,
					usage_of(who));
	}
	dma_resv_unlock(implicit->resv);
	for (who = READER; who <= WRITER; who++) {
		fence = implicit->fences[who];
		/* Detached, it asks nobody: this signals it. */
		if (fence)
			dma_fence_enable_sw_signaling(fence);
		dma_fence_put(fence);
	}
	dma_fence_put(stub);
	implicit_put(implicit);
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

/* Return: one that an ioctl of @user may have submitted work for, held; or NULL. */
static struct pvdrm_implicit *take_stale(struct pvdrm_implicit_state *state,
					 const struct file *user)
{
	struct pvdrm_implicit *implicit, *next, *found = NULL;

	mutex_lock(&state->mutex);
	spin_lock_irq(&state->lock);
	list_for_each_entry_safe(implicit, next, &state->stale, stale) {
		if (!pvdrm_implicit_concerns(implicit, user))
			continue;
		list_del_init(&implicit->stale);
		if (pvdrm_implicit_hold(implicit)) {
			found = implicit;
			break;
		}
	}
	spin_unlock_irq(&state->lock);
	mutex_unlock(&state->mutex);
	return found;
}

/**
 * pvdrm_implicit_after_call() - work may have been submitted
 * @front: the connection
 * @user: by an ioctl of this file
 *
 * Replaces the fences that the host was asked about before.
 */
void pvdrm_implicit_after_call(struct pvdrm_front *front,
			       const struct file *user)
{
	struct pvdrm_implicit_state *state = &front->implicit;
	struct pvdrm_implicit *implicit;
	int err = 0;

	if (likely(list_empty_careful(&state->stale)))
		return;
	while (!err && (implicit = take_stale(state, user))) {
		err = renew(implicit);
		if (err)
			pvdrm_implicit_mark_stale(implicit);
		pvdrm_implicit_let_go(implicit);
	}
}

/**
 * pvdrm_implicit_init() - prepare a connection
 * @front: the connection
 */
void pvdrm_implicit_init(struct pvdrm_front *front)
{
	struct pvdrm_implicit_state *state = &front->implicit;

	mutex_init(&state->mutex);
	INIT_LIST_HEAD(&state->all);
	spin_lock_init(&state->lock);
	INIT_LIST_HEAD(&state->asked);
	INIT_LIST_HEAD(&state->stale);
	INIT_WORK(&state->work, ask_work);
}

/**
 * pvdrm_implicit_exit() - end what pvdrm_implicit_init() began
 * @front: a connection without dma-bufs
 */
void pvdrm_implicit_exit(struct pvdrm_front *front)
{
	cancel_work_sync(&front->implicit.work);
}
