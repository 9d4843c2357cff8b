// SPDX-License-Identifier: GPL-2.0-only
/*
 * buffers.c: the memory of buffers, charged by handle
 *
 * No lock is held while the driver runs, and a guest can have any ioctls of a
 * file run at the same time, with any handles. So the bytes of a buffer are in
 * one place at a time, and the count can only be too high:
 *
 *   before the driver creates a buffer  its bytes are charged, or it is refused
 *   before it frees one                 its bytes move from the handle to the
 *                                       ioctl's struct pvdrm_charge, and are
 *                                       uncharged once the driver has freed it
 *
 * Bytes are uncharged only by an ioctl after which the driver has one buffer
 * less, and never twice. If a guest frees a handle before it was told of it,
 * its bytes stay charged until the handle is freed once more or the file is
 * closed, to the guest's own loss.
 *
 * The memory of a closed handle stays in use while it is mapped; that is
 * limited by the limit of mapped bytes.
 */
#include <linux/fs.h>
#include <linux/uaccess.h>
#include <drm/drm.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/file/file.h"
#include "back/serve/job.h"
#include "back/serve/server.h"
#include "back/tables/buffer.h"

void pvdrm_buffers_init(struct pvdrm_buffers *buffers)
{
	atomic64_set(&buffers->bytes, 0);
	xa_init(&buffers->pages);
}

/**
 * pvdrm_buffers_release() - the file is closed, and all its buffers with it
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

static bool try_charge(struct pvdrm_job *job, struct pvdrm_buffers *buffers,
		       u64 bytes)
{
	struct pvdrm_back *back = job->link->back;

	if (!pvdrm_limits_try_charge(&back->limits, PVDRM_LIMIT_BUFFER_BYTES,
				     bytes)) {
		pvdrm_count(back, limits_met);
		return false;
	}
	atomic64_add(bytes, &buffers->bytes);
	return true;
}

static void uncharge(struct pvdrm_job *job, struct pvdrm_buffers *buffers,
		     u64 bytes)
{
	atomic64_sub(bytes, &buffers->bytes);
	pvdrm_limits_uncharge(&job->link->back->limits,
			      PVDRM_LIMIT_BUFFER_BYTES, bytes);
}

/* If that needs memory and there is none, they stay charged to the file. */
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

/*
 * A dma-buf may be imported as a handle that the file has already. Return: the
 * bytes that were not counted for it yet, and whether nothing was.
 */
static u64 handle_raise(struct pvdrm_buffers *buffers, u32 handle, u64 bytes,
			bool *is_new)
{
	void *now = xa_load(&buffers->pages, handle);
	u64 counted;
	void *old;

	do {
		old = now;
		*is_new = !old;
		counted = old ? (u64)xa_to_value(old) << PAGE_SHIFT : 0;
		if (counted >= bytes)
			return 0;
		now = xa_cmpxchg(&buffers->pages, handle, old,
				 xa_mk_value(bytes >> PAGE_SHIFT),
				 GFP_KERNEL_ACCOUNT);
	} while (now != old && !xa_is_err(now));
	return bytes - counted;
}

static u64 handle_remove(struct pvdrm_buffers *buffers, u32 handle)
{
	void *old = xa_erase(&buffers->pages, handle);

	return old ? (u64)xa_to_value(old) << PAGE_SHIFT : 0;
}

/*
 * The argument as the driver reads it, or has written it: the guest cannot
 * reach the arena.
 */
static int read_arg(const struct pvdrm_job *job, u32 dir, u8 *arg, u32 *len)
{
	*len = pvdrm_buffer_len(job->req.u.ioctl.cmd, job->desc->cmd, dir);
	memset(arg, 0, PVDRM_BUFFER_ARG);
	return copy_from_user(arg, (void __user *)job->arena, *len) ?
	       -EFAULT : 0;
}

/**
 * pvdrm_buffers_begin() - before the driver runs an ioctl
 * @job: the IOCTL at hand; its argument is in the arena
 *
 * Return: 0, -ENOMEM if it must not run, or -EFAULT.
 */
int pvdrm_buffers_begin(struct pvdrm_job *job)
{
	struct pvdrm_buffers *buffers = &job->file->buffers;
	struct pvdrm_charge *charge = &job->charge;
	const struct pvdrm_buffer_rule *rule;
	u8 arg[PVDRM_BUFFER_ARG];
	u32 len;
	int ret;

	rule = job->link->server->node.buffers[_IOC_NR(job->desc->cmd)];
	charge->rule = rule;
	if (!rule)
		return 0;
	ret = read_arg(job, _IOC_WRITE, arg, &len);
	if (ret)
		return ret;
	if (rule->kind == PVDRM_BUFFER_FREES ||
	    rule->kind == PVDRM_BUFFER_RENAMES) {
		charge->handle = pvdrm_buffer_u32(arg, rule->handle);
		charge->renamed = pvdrm_buffer_u32(arg, rule->shape[0]);
		charge->bytes = handle_remove(buffers, charge->handle);
		return 0;
	}
	if (rule->kind == PVDRM_BUFFER_IMPORTS)
		charge->bytes = job->imported;
	else
		charge->bytes = pvdrm_buffer_wanted(rule, arg);
	return try_charge(job, buffers, charge->bytes) ? 0 : -ENOMEM;
}

static int close_handle(struct pvdrm_job *job, struct file *file,
			u32 handle)
{
	struct pvdrm_gpu_guest *guest = &job->link->back->gpu;
	struct drm_gem_close gem = { .handle = handle };
	int ret;

	if (copy_to_user((void __user *)job->arena, &gem, sizeof(gem)))
		return -EFAULT;
	pvdrm_gpu_change_begin(guest);
	ret = file->f_op->unlocked_ioctl(file, DRM_IOCTL_GEM_CLOSE, job->arena);
	pvdrm_gpu_change_end(guest);
	return ret;
}

/*
 * Charge what the driver says the buffer takes. Return: 0; -ENOMEM: that is too
 * much, and the buffer is closed again.
 */
static int adjust_charge(struct pvdrm_job *job, u64 got, u32 handle)
{
	struct pvdrm_buffers *buffers = &job->file->buffers;
	struct pvdrm_charge *charge = &job->charge;

	if (got <= charge->bytes) {
		uncharge(job, buffers, charge->bytes - got);
		charge->bytes = got;
	} else if (try_charge(job, buffers, got - charge->bytes)) {
		charge->bytes = got;
	} else if (!close_handle(job, job->file->file, handle)) {
		uncharge(job, buffers, charge->bytes);
		return -ENOMEM;
	}
	return 0;
}

static int created(struct pvdrm_job *job)
{
	struct pvdrm_charge *charge = &job->charge;
	u8 arg[PVDRM_BUFFER_ARG];
	u32 handle, len;
	u64 got;
	int ret;

	/*
	 * If the program's struct is too short for it, the handle is unknown.
	 */
	if (read_arg(job, _IOC_READ, arg, &len) ||
	    !pvdrm_buffer_handle(charge->rule, arg, len, &handle))
		return 0;
	got = pvdrm_buffer_got(charge->rule, arg, len, charge->bytes);
	ret = adjust_charge(job, got, handle);
	if (!ret)
		handle_add(&job->file->buffers, handle, charge->bytes);
	return ret;
}

static void imported(struct pvdrm_job *job)
{
	struct pvdrm_buffers *buffers = &job->file->buffers;
	struct pvdrm_charge *charge = &job->charge;
	u8 arg[PVDRM_BUFFER_ARG];
	u32 handle, len;
	bool is_new;
	u64 added;

	if (read_arg(job, _IOC_READ, arg, &len) ||
	    !pvdrm_buffer_handle(charge->rule, arg, len, &handle))
		return;
	added = handle_raise(buffers, handle, charge->bytes, &is_new);
	if (!is_new)
		pvdrm_held_none_made(job);
	uncharge(job, buffers, charge->bytes - added);
}

/**
 * pvdrm_buffers_end() - after the driver has run an ioctl
 * @job: the IOCTL at hand; pvdrm_buffers_begin() returned 0
 * @status: what the driver returned
 *
 * Return: @status, or -ENOMEM if the buffer turned out too large.
 */
int pvdrm_buffers_end(struct pvdrm_job *job, int status)
{
	struct pvdrm_buffers *buffers = &job->file->buffers;
	struct pvdrm_charge *charge = &job->charge;

	if (!charge->rule)
		return status;
	switch (charge->rule->kind) {
	case PVDRM_BUFFER_FREES:
		if (status < 0)
			handle_add(buffers, charge->handle, charge->bytes);
		else
			uncharge(job, buffers, charge->bytes);
		break;
	case PVDRM_BUFFER_RENAMES:
		handle_add(buffers, status < 0 ? charge->handle :
			   charge->renamed, charge->bytes);
		break;
	case PVDRM_BUFFER_IMPORTS:
		if (status < 0)
			uncharge(job, buffers, charge->bytes);
		else
			imported(job);
		break;
	default:
		if (status < 0)
			uncharge(job, buffers, charge->bytes);
		else
			status = created(job) ?: status;
		break;
	}
	return status;
}

/**
 * pvdrm_buffers_close() - close a handle that the guest has forgotten
 * @job: the request at hand, with an arena
 * @pf: the file
 * @handle: from the guest
 *
 * Return: 0 or the driver's error.
 */
int pvdrm_buffers_close(struct pvdrm_job *job, struct pvdrm_back_file *pf,
			u32 handle)
{
	u64 bytes = handle_remove(&pf->buffers, handle);
	int ret = close_handle(job, pf->file, handle);

	if (ret) {
		handle_add(&pf->buffers, handle, bytes);
		return ret;
	}
	uncharge(job, &pf->buffers, bytes);
	pvdrm_held_drop(pf, 1);
	return 0;
}
