// SPDX-License-Identifier: GPL-2.0-only
/*
 * live.c: handles of buffers that are known to exist
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
 */
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/string.h>

#include "cached.h"
#include "front/file/live.h"

static bool async = true;
module_param(async, bool, 0644);
MODULE_PARM_DESC(async, "Do not wait for the host to close a buffer's handle, or to take work that it has no reason to refuse (default Y)");

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
}

/**
 * pvdrm_live_destroy() - the file is closed: forget all handles
 * @live: the file's
 */
void pvdrm_live_destroy(struct pvdrm_live *live)
{
	xa_destroy(&live->handles);
	mutex_destroy(&live->lock);
}

/* Nothing comes back, and requests after it wait until it is done. */
static bool may_be_one_way(const struct xendrm_ioctl *desc,
			   const struct pvdrm_plan *plan)
{
	return pvdrm_live_async() && !plan->rsp_len && !plan->nr_fixups &&
	       !(desc->flags & XENDRM_IOCTL_MAY_BLOCK);
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

/* Forget a handle. Return: true if it was known */
static bool forget(struct pvdrm_live *live, const struct xendrm_field *f,
		   const struct pvdrm_plan *plan)
{
	u32 handle = pvdrm_cached_value(plan->buf, pvdrm_cached_sent(plan),
					f->offset, sizeof(handle));

	return xa_erase(&live->handles, handle);
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
	u32 len = pvdrm_cached_sent(plan), index = 0;
	const struct xendrm_field *f;
	bool known = false;

	memset(call, 0, sizeof(*call));
	call->closed = READ_ONCE(live->closed);
	call->sent = READ_ONCE(live->sent);
	while ((f = pvdrm_cached_next(table, desc, plan->buf, len, &index))) {
		if (f->aux == XENDRM_BUFFER_CREATED ||
		    f->aux == XENDRM_BUFFER_IMPORTED)
			call->made = f;
		if (f->aux != XENDRM_BUFFER_FREED &&
		    f->aux != XENDRM_BUFFER_CHANGED)
			continue;
		if (!call->closes) {
			if (mutex_lock_interruptible(&live->lock))
				return -ERESTARTSYS;
			/* From now on, nobody adds what is not found here. */
			begin_close(live);
			call->closes = true;
		}
		if (forget(live, f, plan))
			known = f->aux == XENDRM_BUFFER_FREED;
	}
	if (!call->closes)
		return 0;
	call->one_way = known && may_be_one_way(desc, plan);
	if (call->one_way)
		end_close(live, false);
	else
		mutex_unlock(&live->lock);
	return 0;
}

static void add(struct pvdrm_live *live, const struct pvdrm_plan *plan,
		const struct pvdrm_live_call *call, const u8 *rsp)
{
	u32 handle = pvdrm_cached_value(rsp, pvdrm_cached_returned(plan),
					call->made->offset, sizeof(handle));

	/* The program's struct has no room for the handle. */
	if (!handle)
		return;
	xa_lock(&live->handles);
	/* If there is no memory for it, it is not known. */
	__xa_store(&live->handles, handle, xa_mk_value(0), GFP_KERNEL_ACCOUNT);
	/* The lock may have been released before, but not since it was stored. */
	if (live->closing || live->closed != call->closed)
		__xa_erase(&live->handles, handle);
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
 * @plan: its argument, packed
 * @call: from pvdrm_live_before_call()
 * @rsp: the payload of the response
 * @ret: what the ioctl returns
 */
void pvdrm_live_after_call(struct pvdrm_live *live,
			   const struct pvdrm_plan *plan,
			   const struct pvdrm_live_call *call, const u8 *rsp,
			   long ret)
{
	if (call->one_way) {
		WRITE_ONCE(live->sent, live->sent + 1);
		mutex_unlock(&live->lock);
	} else if (call->closes) {
		end_close(live, true);
	} else if (call->made && ret >= 0) {
		add_made(live, plan, call, rsp);
	}
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
 * pvdrm_live_know() - whether the driver finds the buffers that an ioctl lists
 * @live: its file's, with the mutex, so that they stay
 * @plan: its argument, packed
 *
 * Return: true if all exist, and none is listed twice.
 */
bool pvdrm_live_know(struct pvdrm_live *live, const struct pvdrm_plan *plan)
{
	bool known = true;
	u32 i;

	xa_lock(&live->handles);
	/* New handles have 0. */
	live->mark = live->mark < S32_MAX ? live->mark + 1 : 1;
	for (i = 0; i < plan->nr_handles && known; i++)
		known = mark_handle(live, handle_in_list(plan, i));
	xa_unlock(&live->handles);
	return known;
}
