// SPDX-License-Identifier: GPL-2.0-only
/*
 * live.c: what is known to exist in a file: handles of buffers, syncobjs, queues
 *
 * The host cannot refuse to close a handle that the file has created or imported
 * and not closed since, so the program need not wait for it. The host closes it
 * before it runs any later ioctl, because ioctls that do not block run in the order
 * of the ring.
 *
 * The table says which ioctls create, import, close and rename handles. A handle
 * that is not known here is closed as any other ioctl is run, so forgetting one is
 * always right. Whoever takes it out of @handles closes it without waiting. They hold
 * the mutex until the request is on the ring, so that of several threads that
 * close the same handle the others' requests come later, and are refused.
 *
 * A submission whose buffers all are known is not waited for either (submit.c). It
 * holds the mutex likewise, so that none of them is closed before it.
 *
 * Threads may also close a handle by chance, before the one that creates it knows
 * its number. So a new handle is forgotten if any close that is waited for ran at
 * the same time. An import may return a handle that was known before, so there the
 * same is true of closes that nobody waits for.
 *
 * Syncobjs (syncs.c) and queues (queues.c) are known likewise: an ioctl that may end or
 * change one counts as a close, and what a call that is waited for has shown is learned
 * only if there was no close of any kind meanwhile. An ioctl that may end a queue has the
 * numbers of submissions (counts.c) forgotten as well.
 */
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/string.h>

#include "cached.h"
#include "front/file/answer.h"
#include "front/file/live.h"

static bool async = true;
module_param(async, bool, 0644);
MODULE_PARM_DESC(async, "Do not wait for the host to close a handle, change a syncobj, or take work that it has no reason to refuse (default Y)");

/**
 * pvdrm_live_async() - whether programs may go on before the host is done
 *
 * Return: the module's parameter.
 */
bool pvdrm_live_async(void)
{
	return READ_ONCE(async);
}

/**
 * pvdrm_live_init() - for a new file
 * @live: its handles
 */
void pvdrm_live_init(struct pvdrm_live *live)
{
	mutex_init(&live->lock);
	xa_init(&live->handles);
	pvdrm_syncs_init(&live->syncs);
}

/**
 * pvdrm_live_destroy() - the file is closed: forget all handles
 * @live: the file's
 */
void pvdrm_live_destroy(struct pvdrm_live *live)
{
	xa_destroy(&live->handles);
	pvdrm_syncs_destroy(&live->syncs);
	mutex_destroy(&live->lock);
}

/*
 * Nothing new comes back, and requests after it wait until it is done. A submission is
 * for submit.c, which takes the mutex itself.
 */
static bool may_be_one_way(const struct xendrm_ioctl *desc,
			   const struct pvdrm_plan *plan)
{
	if (!pvdrm_live_async() || plan->must_wait ||
	    desc->flags & (XENDRM_IOCTL_MAY_BLOCK | XENDRM_IOCTL_SUBMITS))
		return false;
	if (desc->flags & XENDRM_IOCTL_NO_REPLY)
		return pvdrm_answer_is_known(plan);
	return !plan->rsp_len && !plan->nr_fixups;
}

static void begin_close(struct pvdrm_live *live)
{
	xa_lock(&live->handles);
	live->closing++;
	xa_unlock(&live->handles);
}

static void end_close(struct pvdrm_live *live, bool waited)
{
	xa_lock(&live->handles);
	live->closing--;
	if (waited)
		WRITE_ONCE(live->closed, live->closed + 1);
	xa_unlock(&live->handles);
}

/* If it closes something, nobody adds from now on what is not found here. */
static int lock(struct pvdrm_live *live, struct pvdrm_live_call *call, bool closes)
{
	if (!call->locked && mutex_lock_interruptible(&live->lock))
		return -ERESTARTSYS;
	call->locked = true;
	if (closes && !call->closes)
		begin_close(live);
	call->closes |= closes;
	return 0;
}

/**
 * pvdrm_live_forget_queues() - queues may have ended
 * @live: of their file
 */
void pvdrm_live_forget_queues(struct pvdrm_live *live)
{
	xa_lock(&live->handles);
	pvdrm_queues_forget(&live->queues);
	pvdrm_counts_forget(&live->counts);
	xa_unlock(&live->handles);
}

static bool know_queue(struct pvdrm_live *live, const struct xendrm_ioctl *desc,
		       const struct pvdrm_plan *plan)
{
	bool known;

	xa_lock(&live->handles);
	known = pvdrm_queues_know(&live->queues, desc, plan);
	xa_unlock(&live->handles);
	return known;
}

/* Forget a handle. Return: true if it was known */
static bool forget(struct pvdrm_live *live, const struct xendrm_field *f,
		   const struct pvdrm_plan *plan)
{
	u32 handle = pvdrm_cached_value(plan->buf, pvdrm_cached_sent(plan),
					f->offset, sizeof(handle));

	return xa_erase(&live->handles, handle);
}

/* Buffers. *@known is set if one is freed that exists. */
static int close_buffers(struct pvdrm_live *live, const struct pvdrm_table *table,
			 const struct xendrm_ioctl *desc,
			 const struct pvdrm_plan *plan,
			 struct pvdrm_live_call *call, bool *known)
{
	u32 len = pvdrm_cached_sent(plan), index = 0;
	const struct xendrm_field *f;

	while ((f = pvdrm_cached_next(table, desc, plan->buf, len, &index))) {
		if (f->aux == XENDRM_BUFFER_CREATED ||
		    f->aux == XENDRM_BUFFER_MADE ||
		    f->aux == XENDRM_BUFFER_IMPORTED)
			call->made = f;
		if (f->aux != XENDRM_BUFFER_FREED &&
		    f->aux != XENDRM_BUFFER_CHANGED)
			continue;
		if (lock(live, call, true))
			return -ERESTARTSYS;
		if (forget(live, f, plan))
			*known = f->aux == XENDRM_BUFFER_FREED;
	}
	return 0;
}

/* Syncobjs and queues. *@known is set if nothing that is named can be wrong. */
static int close_others(struct pvdrm_live *live, const struct xendrm_ioctl *desc,
			const struct pvdrm_plan *plan,
			struct pvdrm_live_call *call, bool *known)
{
	bool no_reply = desc->flags & XENDRM_IOCTL_NO_REPLY && plan->nr_syncs;
	bool closes = desc->flags & XENDRM_IOCTL_ENDS ||
		      pvdrm_syncs_change(plan);

	if (!no_reply && !closes)
		return 0;
	if (lock(live, call, closes))
		return -ERESTARTSYS;
	if (no_reply && pvdrm_syncs_know(&live->syncs, plan))
		*known = !plan->queue.nr || know_queue(live, desc, plan);
	pvdrm_syncs_forget(&live->syncs, plan);
	if (desc->flags & XENDRM_IOCTL_ENDS)
		pvdrm_live_forget_queues(live);
	return 0;
}

/* Of a syncobj that is made */
static const struct xendrm_field *sync_made(const struct pvdrm_table *table,
					    const struct xendrm_ioctl *desc)
{
	const struct xendrm_field *f = table->fields + desc->first;
	u32 i;

	for (i = 0; i < desc->nr; i++)
		if (f[i].kind == XENDRM_FIELD_SYNC &&
		    f[i].aux == XENDRM_SYNC_MADE)
			return &f[i];
	return NULL;
}

/**
 * pvdrm_live_before_call() - called before an ioctl is run
 * @live: its file's
 * @table: the table
 * @desc: its entry there
 * @plan: its argument, packed
 * @call: filled in; pvdrm_live_after_call() is due
 *
 * If @call->one_way is set, the mutex is held: only send the request.
 *
 * Return: 0; -ERESTARTSYS: a signal came, and nothing is due.
 */
int pvdrm_live_before_call(struct pvdrm_live *live,
			   const struct pvdrm_table *table,
			   const struct xendrm_ioctl *desc,
			   const struct pvdrm_plan *plan,
			   struct pvdrm_live_call *call)
{
	bool known = false;
	int err;

	memset(call, 0, sizeof(*call));
	call->closed = READ_ONCE(live->closed);
	call->sent = READ_ONCE(live->sent);
	call->sync_made = sync_made(table, desc);
	err = close_buffers(live, table, desc, plan, call, &known);
	err = err ?: close_others(live, desc, plan, call, &known);
	if (err || !call->locked)
		return err;
	call->one_way = known && may_be_one_way(desc, plan);
	if (!call->one_way)
		mutex_unlock(&live->lock);
	else if (call->closes)
		end_close(live, false);
	return 0;
}

static u32 new_handle(const struct pvdrm_plan *plan,
		      const struct xendrm_field *made, const u8 *rsp)
{
	return pvdrm_cached_value(rsp, pvdrm_cached_returned(plan),
				  made->offset, sizeof(u32));
}

/* A lock is held. Whether nothing was closed that may be what is added */
static bool nothing_closed(const struct pvdrm_live *live,
			   const struct pvdrm_live_call *call)
{
	return !live->closing && live->closed == call->closed;
}

static void add(struct pvdrm_live *live, const struct pvdrm_plan *plan,
		const struct pvdrm_live_call *call, const u8 *rsp)
{
	u32 handle = new_handle(plan, call->made, rsp);

	/* The program's struct has no room for the handle. */
	if (!handle)
		return;
	xa_lock(&live->handles);
	/* If there is no memory for it, it is not known. */
	__xa_store(&live->handles, handle, xa_mk_value(0), GFP_KERNEL_ACCOUNT);
	/* The lock may have been released before, but not since it was stored. */
	if (!nothing_closed(live, call))
		__xa_erase(&live->handles, handle);
	xa_unlock(&live->handles);
}

static void add_sync(struct pvdrm_live *live, const struct pvdrm_plan *plan,
		     const struct pvdrm_live_call *call, const u8 *rsp)
{
	u32 handle = new_handle(plan, call->sync_made, rsp);

	xa_lock(&live->handles);
	if (handle && nothing_closed(live, call))
		pvdrm_syncs_add(&live->syncs, handle);
	xa_unlock(&live->handles);
}

/* A handle that is not added is closed as any other. */
static void add_imported(struct pvdrm_live *live, const struct pvdrm_plan *plan,
			 const struct pvdrm_live_call *call, const u8 *rsp)
{
	if (!mutex_trylock(&live->lock))
		return;
	if (live->sent == call->sent)
		add(live, plan, call, rsp);
	mutex_unlock(&live->lock);
}

/* A call that was waited for shows that what it names is there. */
static void learn(struct pvdrm_live *live, const struct xendrm_ioctl *desc,
		  const struct pvdrm_plan *plan,
		  const struct pvdrm_live_call *call)
{
	bool queue = plan->queue.nr || desc->flags & XENDRM_IOCTL_SUBMITS;

	if ((!queue && !plan->nr_syncs) || !mutex_trylock(&live->lock))
		return;
	xa_lock(&live->handles);
	if (live->sent == call->sent && nothing_closed(live, call)) {
		pvdrm_syncs_learn(&live->syncs, plan);
		if (queue)
			pvdrm_queues_add(&live->queues, desc, plan);
	}
	xa_unlock(&live->handles);
	mutex_unlock(&live->lock);
}

static void add_made(struct pvdrm_live *live, const struct pvdrm_plan *plan,
		     const struct pvdrm_live_call *call, const u8 *rsp)
{
	if (call->made->aux == XENDRM_BUFFER_IMPORTED)
		add_imported(live, plan, call, rsp);
	else
		add(live, plan, call, rsp);
}

/**
 * pvdrm_live_after_call() - called when an ioctl is done, or sent
 * @live: its file's
 * @desc: its entry in the table
 * @plan: its argument, packed
 * @call: from pvdrm_live_before_call()
 * @rsp: the payload of the response
 * @ret: what the ioctl returns
 */
void pvdrm_live_after_call(struct pvdrm_live *live,
			   const struct xendrm_ioctl *desc,
			   const struct pvdrm_plan *plan,
			   const struct pvdrm_live_call *call, const u8 *rsp,
			   long ret)
{
	if (call->one_way) {
		if (ret >= 0)
			pvdrm_syncs_learn(&live->syncs, plan);
		WRITE_ONCE(live->sent, live->sent + 1);
		mutex_unlock(&live->lock);
		return;
	}
	if (call->closes)
		end_close(live, true);
	if (ret < 0)
		return;
	if (call->made)
		add_made(live, plan, call, rsp);
	if (call->sync_made)
		add_sync(live, plan, call, rsp);
	learn(live, desc, plan, call);
}

static u32 handle_in_list(const struct pvdrm_plan *plan, u32 i)
{
	u32 handle;

	memcpy(&handle, plan->buf + plan->handles + i * plan->handle_step,
	       sizeof(handle));
	return handle;
}

/* Its xa_lock is held. Storing in place of an entry takes no memory. */
static bool mark_handle(struct pvdrm_live *live, u32 handle)
{
	void *mark = xa_mk_value(live->mark);
	void *old = xa_load(&live->handles, handle);

	if (!old || old == mark)
		return false;
	__xa_store(&live->handles, handle, mark, GFP_NOWAIT);
	return true;
}

/**
 * pvdrm_live_know() - whether the driver finds all that a submission names
 * @live: its file's, with the mutex, so that they stay
 * @desc: its entry in the table
 * @plan: its argument, packed
 * @number: that which the driver will return, if it has one
 *
 * Return: true if all buffers and syncobjs exist, no buffer is listed twice, the syncobjs
 * that it waits for have a fence, one to the same queue has succeeded, and its number is known.
 */
bool pvdrm_live_know(struct pvdrm_live *live, const struct xendrm_ioctl *desc,
		     const struct pvdrm_plan *plan, u64 *number)
{
	bool known = pvdrm_syncs_know(&live->syncs, plan);
	u32 i;

	xa_lock(&live->handles);
	known = known && pvdrm_queues_know(&live->queues, desc, plan) &&
		(plan->number == PVDRM_ABSENT ||
		 pvdrm_counts_next(&live->counts, desc, plan, number));
	/* New handles have 0. */
	live->mark = live->mark < S32_MAX ? live->mark + 1 : 1;
	for (i = 0; i < plan->nr_handles && known; i++)
		known = mark_handle(live, handle_in_list(plan, i));
	xa_unlock(&live->handles);
	return known;
}

/**
 * pvdrm_live_submitted() - a submission that nobody waits for is on the ring
 * @live: its file's, with the mutex
 * @desc: its entry in the table
 * @plan: its argument, packed
 */
void pvdrm_live_submitted(struct pvdrm_live *live, const struct xendrm_ioctl *desc,
			  const struct pvdrm_plan *plan)
{
	if (plan->number != PVDRM_ABSENT) {
		xa_lock(&live->handles);
		pvdrm_counts_sent(&live->counts, desc, plan);
		xa_unlock(&live->handles);
	}
	if (!plan->nr_syncs)
		return;
	pvdrm_syncs_learn(&live->syncs, plan);
	WRITE_ONCE(live->sent, live->sent + 1);
}

/**
 * pvdrm_live_count_begin() - a submission will be sent and waited for
 * @live: its file's, with the mutex
 * @desc: its entry in the table
 * @plan: its argument, packed
 * @counted: filled in; pvdrm_live_count_end() is due
 */
void pvdrm_live_count_begin(struct pvdrm_live *live, const struct xendrm_ioctl *desc,
			    const struct pvdrm_plan *plan,
			    struct pvdrm_counted *counted)
{
	if (plan->number == PVDRM_ABSENT)
		return;
	xa_lock(&live->handles);
	pvdrm_counts_begin(&live->counts, desc, plan, counted);
	xa_unlock(&live->handles);
}

/**
 * pvdrm_live_count_end() - it is done
 * @live: its file's
 * @desc: its entry in the table
 * @plan: its argument, packed
 * @counted: from pvdrm_live_count_begin(), or zeroes
 * @rsp: the payload of the response
 * @done: it has succeeded
 */
void pvdrm_live_count_end(struct pvdrm_live *live, const struct xendrm_ioctl *desc,
			  const struct pvdrm_plan *plan,
			  const struct pvdrm_counted *counted, const u8 *rsp, bool done)
{
	u64 number = 0;

	if (!counted->begun)
		return;
	if (done)
		memcpy(&number, rsp + plan->number, sizeof(number));
	xa_lock(&live->handles);
	pvdrm_counts_end(&live->counts, desc, plan, counted, number);
	xa_unlock(&live->handles);
}
