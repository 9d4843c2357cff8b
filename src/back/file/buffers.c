// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of buffers: counted by handle, while the driver makes and frees
 *
 * No lock is held while the driver runs, and a guest can have any ioctls of a
 * file run at the same time, with any handles. So the count of a buffer is in
 * one place at a time, and errs on the high side only:
 *
 *   before the driver makes a buffer	 its bytes are taken, or it is refused
 *   before it frees one		 its bytes go from the handle to the
 *					 ioctl's struct pvdrm_charge, given back
 *					 when the driver has freed it
 *
 * Bytes are given back only by an ioctl after which the driver has one buffer
 * less, and by none twice. A guest that frees a handle before it was told of
 * it leaves bytes behind, until the handle is freed once more or the file is
 * closed: its own loss.
 *
 * A closed handle's memory stays while it is mapped: that is limited by what
 * may be mapped.
 */
#include <linux/fs.h>
#include <linux/uaccess.h>

#include "back/bus/back.h"
#include "back/tables/tables.h"

void pvdrm_buffers_init(struct pvdrm_buffers *buffers)
{
	atomic64_set(&buffers->bytes, 0);
	xa_init(&buffers->pages);
}

/**
 * pvdrm_buffers_release() - the file is closed, and all its buffers
 * @buffers: the file's
 * @limits: the device's
 */
void pvdrm_buffers_release(struct pvdrm_buffers *buffers,
			   struct pvdrm_limits *limits)
{
	pvdrm_limits_uncharge(limits, PVDRM_LIMIT_BUFFER_BYTES,
			      atomic64_read(&buffers->bytes));
	xa_destroy(&buffers->pages);
}

static bool take(struct pvdrm_worker *worker, struct pvdrm_buffers *buffers,
		 u64 bytes)
{
	struct pvdrm_back *back = worker->link->back;

	if (!pvdrm_limits_try_charge(&back->limits, PVDRM_LIMIT_BUFFER_BYTES,
				     bytes)) {
		pvdrm_count(back, limits_met);
		return false;
	}
	atomic64_add(bytes, &buffers->bytes);
	return true;
}

static void give(struct pvdrm_worker *worker, struct pvdrm_buffers *buffers,
		 u64 bytes)
{
	atomic64_sub(bytes, &buffers->bytes);
	pvdrm_limits_uncharge(&worker->link->back->limits,
			      PVDRM_LIMIT_BUFFER_BYTES, bytes);
}

/* Without memory for that, they stay the file's until it is closed. */
static void handle_add(struct pvdrm_buffers *buffers, u32 handle, u64 bytes)
{
	void *now = xa_load(&buffers->pages, handle);
	unsigned long pages;
	void *old;

	if (!bytes)
		return;
	do {
		old = now;
		pages = (old ? xa_to_value(old) : 0) + (bytes >> PAGE_SHIFT);
		now = xa_cmpxchg(&buffers->pages, handle, old,
				 xa_mk_value(pages), GFP_KERNEL_ACCOUNT);
	} while (now != old && !xa_is_err(now));
}

static u64 handle_remove(struct pvdrm_buffers *buffers, u32 handle)
{
	void *old = xa_erase(&buffers->pages, handle);

	return old ? (u64)xa_to_value(old) << PAGE_SHIFT : 0;
}

/*
 * The argument as the driver reads it, or has written it: the arena is the
 * process's, out of reach of the guest.
 */
static int read_arg(struct pvdrm_worker *worker,
		    const struct xendrm_ioctl *desc, u32 dir, u8 *arg, u32 *len)
{
	*len = pvdrm_buffer_len(worker->req.u.ioctl.cmd, desc->cmd, dir);
	memset(arg, 0, PVDRM_BUFFER_ARG);
	return copy_from_user(arg, (void __user *)worker->arena, *len) ?
	       -EFAULT : 0;
}

/**
 * pvdrm_buffers_begin() - before the driver runs an ioctl
 * @worker: the calling thread's; the argument is in its arena
 * @desc: the ioctl
 * @pf: the file
 * @charge: for pvdrm_buffers_end()
 *
 * Return: 0, -ENOMEM when it must not run, or -EFAULT.
 */
int pvdrm_buffers_begin(struct pvdrm_worker *worker,
			const struct xendrm_ioctl *desc,
			struct pvdrm_back_file *pf, struct pvdrm_charge *charge)
{
	const struct pvdrm_buffer_rule *rule;
	u8 arg[PVDRM_BUFFER_ARG];
	u32 len;
	int ret;

	rule = worker->server->node.memory[_IOC_NR(desc->cmd)];
	charge->rule = rule;
	if (!rule)
		return 0;
	ret = read_arg(worker, desc, _IOC_WRITE, arg, &len);
	if (ret)
		return ret;
	if (rule->kind == PVDRM_BUFFER_FREES ||
	    rule->kind == PVDRM_BUFFER_RENAMES) {
		charge->handle = pvdrm_buffer_u32(arg, rule->handle);
		charge->renamed = pvdrm_buffer_u32(arg, rule->shape[0]);
		charge->bytes = handle_remove(&pf->buffers, charge->handle);
		return 0;
	}
	charge->bytes = pvdrm_buffer_wanted(rule, arg);
	return take(worker, &pf->buffers, charge->bytes) ? 0 : -ENOMEM;
}

static int close_handle(struct pvdrm_worker *worker, struct file *file,
			u32 handle)
{
	struct drm_gem_close gem = { .handle = handle };

	if (copy_to_user((void __user *)worker->arena, &gem, sizeof(gem)))
		return -EFAULT;
	return file->f_op->unlocked_ioctl(file, DRM_IOCTL_GEM_CLOSE,
					  worker->arena);
}

/* The driver's size counts. Return: 0; -ENOMEM: too large, and gone again. */
static int settle(struct pvdrm_worker *worker, struct pvdrm_back_file *pf,
		  struct pvdrm_charge *charge, u64 got, u32 handle)
{
	struct pvdrm_buffers *buffers = &pf->buffers;

	if (got <= charge->bytes) {
		give(worker, buffers, charge->bytes - got);
		charge->bytes = got;
	} else if (take(worker, buffers, got - charge->bytes)) {
		charge->bytes = got;
	} else if (!close_handle(worker, pf->file, handle)) {
		give(worker, buffers, charge->bytes);
		return -ENOMEM;
	}
	return 0;
}

static int made(struct pvdrm_worker *worker, const struct xendrm_ioctl *desc,
		struct pvdrm_back_file *pf, struct pvdrm_charge *charge)
{
	u8 arg[PVDRM_BUFFER_ARG];
	u32 handle, len;
	u64 got;
	int ret;

	/* With a struct too short for it, the handle remains unknown. */
	if (read_arg(worker, desc, _IOC_READ, arg, &len) ||
	    !pvdrm_buffer_handle(charge->rule, arg, len, &handle))
		return 0;
	got = pvdrm_buffer_got(charge->rule, arg, len, charge->bytes);
	ret = settle(worker, pf, charge, got, handle);
	if (!ret)
		handle_add(&pf->buffers, handle, charge->bytes);
	return ret;
}

/**
 * pvdrm_buffers_end() - after the driver has run an ioctl
 * @worker: as for pvdrm_buffers_begin()
 * @desc: the ioctl
 * @pf: the file
 * @charge: of pvdrm_buffers_begin(), which returned 0
 * @status: what the driver said
 *
 * Return: @status, or -ENOMEM when the buffer came out too large.
 */
int pvdrm_buffers_end(struct pvdrm_worker *worker,
		      const struct xendrm_ioctl *desc,
		      struct pvdrm_back_file *pf, struct pvdrm_charge *charge,
		      int status)
{
	struct pvdrm_buffers *buffers = &pf->buffers;

	if (!charge->rule)
		return status;
	switch (charge->rule->kind) {
	case PVDRM_BUFFER_FREES:
		if (status < 0)
			handle_add(buffers, charge->handle, charge->bytes);
		else
			give(worker, buffers, charge->bytes);
		break;
	case PVDRM_BUFFER_RENAMES:
		handle_add(buffers, status < 0 ? charge->handle :
			   charge->renamed, charge->bytes);
		break;
	default:
		if (status < 0)
			give(worker, buffers, charge->bytes);
		else
			status = made(worker, desc, pf, charge) ?: status;
		break;
	}
	return status;
}

/**
 * pvdrm_buffers_close() - close a handle of which the guest wants to hear no more
 * @worker: the calling thread's, with an arena
 * @pf: the file
 * @handle: from the guest
 *
 * Return: 0 or the driver's error.
 */
int pvdrm_buffers_close(struct pvdrm_worker *worker, struct pvdrm_back_file *pf,
			u32 handle)
{
	u64 bytes = handle_remove(&pf->buffers, handle);
	int ret = close_handle(worker, pf->file, handle);

	if (ret)
		handle_add(&pf->buffers, handle, bytes);
	else
		give(worker, &pf->buffers, bytes);
	return ret;
}
