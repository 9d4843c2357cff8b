// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioctl.c: forward an ioctl to the host
 *
 * The backend's table has an entry for each ioctl that is forwarded. By it, the
 * engine (src/common) packs the argument and unpacks the response. Nothing here
 * knows any driver.
 */
#include <linux/compat.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <drm/drm.h>
#include <drm/drm_file.h>
#include <drm/drm_ioctl.h>
#include <drm/drm_print.h>

#include "front/call/call.h"
#include "front/call/ring.h"
#include "front/fd/fd.h"
#include "front/file/answer.h"
#include "front/file/file.h"
#include "front/file/ioctl.h"
#include "front/file/submit.h"
#include "front/front.h"
#include "user.h"

/* Scratch buffers up to this size are kept for the next ioctl. */
#define KEEP_BYTES	(64u << 10)

/**
 * struct pvdrm_scratch - the buffers of one ioctl
 *
 * Reused: allocating them would take longer than most ioctls.
 */
struct pvdrm_scratch {
	/** @node: in pvdrm_front.scratches, while it is not used */
	struct list_head node;
	/** @plan: the packed argument */
	struct pvdrm_plan plan;
	/** @rsp: room for the payload of the response */
	void *rsp;
	/** @rsp_size: bytes of @rsp */
	u32 rsp_size;
	/** @one_way: need not be waited for */
	bool one_way;
	/** @submit: how it gives work to the GPU, if it does */
	struct pvdrm_submit_call submit;
};

/* ------------------------------------------------------------ scratch buffers */

static void scratch_free(struct pvdrm_scratch *scratch)
{
	pvdrm_plan_free(&scratch->plan);
	kvfree(scratch->rsp);
	kfree(scratch);
}

static struct pvdrm_scratch *scratch_get(struct pvdrm_front *front)
{
	struct pvdrm_scratch *scratch;

	spin_lock(&front->scratch_lock);
	scratch = list_first_entry_or_null(&front->scratches, struct pvdrm_scratch,
					   node);
	if (scratch) {
		list_del(&scratch->node);
		front->nr_scratches--;
	}
	spin_unlock(&front->scratch_lock);
	if (scratch)
		return scratch;

	scratch = kzalloc(sizeof(*scratch), GFP_KERNEL);
	if (scratch)
		pvdrm_plan_init(&scratch->plan);
	return scratch;
}

static void scratch_put(struct pvdrm_front *front,
			struct pvdrm_scratch *scratch)
{
	if (scratch->plan.buf_size <= KEEP_BYTES &&
	    scratch->rsp_size <= KEEP_BYTES) {
		pvdrm_plan_reset(&scratch->plan);
		spin_lock(&front->scratch_lock);
		if (front->nr_scratches < 2 * num_online_cpus()) {
			list_add(&scratch->node, &front->scratches);
			front->nr_scratches++;
			scratch = NULL;
		}
		spin_unlock(&front->scratch_lock);
	}
	if (scratch)
		scratch_free(scratch);
}

/**
 * pvdrm_scratch_free_all() - free the spare buffers
 * @front: a connection that nobody uses any more
 */
void pvdrm_scratch_free_all(struct pvdrm_front *front)
{
	struct pvdrm_scratch *scratch, *next;

	list_for_each_entry_safe(scratch, next, &front->scratches, node)
		scratch_free(scratch);
}

static int reserve_answer(struct pvdrm_scratch *scratch, u32 len)
{
	void *rsp;

	if (len <= scratch->rsp_size)
		return 0;
	len = max_t(u32, len, 512);
	rsp = kvmalloc(len, GFP_KERNEL);
	if (!rsp)
		return -ENOMEM;
	kvfree(scratch->rsp);
	scratch->rsp = rsp;
	scratch->rsp_size = len;
	return 0;
}

/* ----------------------------------------------------------------- forwarding */

static long unpack_answer(struct pvdrm_front *front, struct pvdrm_scratch *scratch,
			  struct pvdrm_call *call, struct pvdrm_new_fd *new)
{
	long status = pvdrm_call_result(call);
	int err;

	err = pvdrm_new_fd_bind(new, &call->rsp, &scratch->plan);
	if (err)
		return err;
	/*
	 * The driver never ran: there is no payload. One that was interrupted
	 * may have written what the next attempt continues with.
	 */
	if (status < 0 && !call->rsp.rsp_len)
		return status;
	err = pvdrm_unpack_response(&scratch->plan, scratch->rsp,
				    call->rsp.rsp_len, status, &user_mem);
	if (err == -EPROTO)
		pvdrm_front_fail(front, "ioctl answered with the wrong payload");
	return err ? err : status;
}

/* @new: prepared if the ioctl may return a descriptor */
static long exchange(struct pvdrm_front *front, struct pvdrm_scratch *scratch,
		     const struct xendrm_ioctl *desc, struct file *fp, u32 cmd,
		     struct pvdrm_new_fd *new)
{
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_IOCTL,
		.req.file = pvdrm_front_file_id(fp),
		.req.u.ioctl.cmd = cmd,
		.wait = PVDRM_WAIT_SIGNAL,
		.may_block = desc->flags & XENDRM_IOCTL_MAY_BLOCK,
		.one_way = scratch->one_way,
		.out = scratch->plan.buf,
		.out_len = scratch->plan.req_len,
		.in = scratch->rsp,
		.in_len = scratch->plan.rsp_len,
	};
	int err;

	if (front->nonblock && fp->f_flags & O_NONBLOCK)
		call.req.u.ioctl.flags = XENDRM_CALL_NONBLOCK;
	if (scratch->submit.one_way) {
		pvdrm_submit_prepare(&scratch->submit, &scratch->plan, &call);
		pvdrm_stat_inc(&front->stats, PVDRM_STAT_ONE_WAY_SUBMITS);
	}
	err = pvdrm_front_call(front, &call);
	if (err)
		return err;
	scratch->submit.sent = true;
	if (scratch->one_way)
		pvdrm_answer_expect(&call, &scratch->plan, new);
	return unpack_answer(front, scratch, &call, new);
}

/* A cached buffer may do, so that the host need not be asked. */
static long exchange_or_reuse(struct pvdrm_front *front,
			      struct pvdrm_scratch *scratch,
			      const struct xendrm_ioctl *desc, struct file *fp,
			      u32 cmd, struct pvdrm_new_fd *new)
{
	struct pvdrm_cache *cache = pvdrm_front_file_cache(fp);
	struct pvdrm_plan *plan = &scratch->plan;
	long ret;

	ret = pvdrm_cache_before_call(cache, desc, cmd, plan, scratch->rsp);
	if (ret == PVDRM_CACHE_ANSWERED)
		return pvdrm_unpack_response(plan, scratch->rsp, plan->rsp_len,
					     0, &user_mem);
	if (ret)
		return ret;
	ret = exchange(front, scratch, desc, fp, cmd, new);
	pvdrm_cache_after_call(cache, desc, cmd, plan, scratch->rsp, ret);
	return ret;
}

/* If need be, keep the order of requests that nobody waits for. */
static long exchange_in_order(struct pvdrm_front *front,
			      struct pvdrm_scratch *scratch,
			      const struct xendrm_ioctl *desc, struct file *fp,
			      u32 cmd, struct pvdrm_new_fd *new)
{
	struct pvdrm_front_file *file = pvdrm_front_file_of(fp);
	struct pvdrm_submit_call *submit = &scratch->submit;
	struct pvdrm_plan *plan = &scratch->plan;
	struct pvdrm_live_call live;
	long ret;

	ret = pvdrm_live_before_call(&file->live, &front->table, desc, plan,
				     &live);
	if (ret)
		return ret;
	ret = pvdrm_submit_before_call(submit, front, fp, desc, plan, new);
	scratch->one_way = live.one_way || submit->one_way;
	if (!ret)
		ret = exchange_or_reuse(front, scratch, desc, fp, cmd, new);
	pvdrm_submit_after_call(submit, front, fp, desc, plan, scratch->rsp, ret);
	pvdrm_live_after_call(&file->live, desc, plan, &live, scratch->rsp,
			      ret);
	return ret;
}

static long forward_packed(struct pvdrm_front *front,
			   struct pvdrm_scratch *scratch,
			   const struct xendrm_ioctl *desc, struct file *fp,
			   u32 cmd)
{
	struct pvdrm_plan *plan = &scratch->plan;
	struct pvdrm_new_fd new;
	long ret;

	ret = pvdrm_new_fd_prepare(&new, front, plan->makes_fd);
	if (!ret)
		ret = exchange_in_order(front, scratch, desc, fp, cmd, &new);
	pvdrm_new_fd_finish(&new, ret >= 0 && plan->new_fd >= 0);
	return ret;
}

static long forward(struct pvdrm_front *front, struct pvdrm_scratch *scratch,
		    const struct xendrm_ioctl *desc, struct file *fp, u32 cmd,
		    unsigned long arg, const struct pvdrm_mem *mem)
{
	struct pvdrm_plan *plan = &scratch->plan;
	long ret;

	ret = pvdrm_pack_request(plan, &front->table, desc, cmd, arg, mem);
	if (!ret)
		ret = reserve_answer(scratch, plan->rsp_len);
	if (ret)
		return ret;
	ret = pvdrm_fds_pack(front, fp, plan);
	if (!ret)
		ret = forward_packed(front, scratch, desc, fp, cmd);
	pvdrm_fds_release(front, plan);
	return ret;
}

static bool made_room(struct pvdrm_front *front,
		      const struct xendrm_ioctl *desc, long ret, bool *flushed)
{
	return desc->flags & XENDRM_IOCTL_CREATES &&
	       pvdrm_pool_made_room(front, ret, flushed);
}

/* Those of DRM core never do. Not all tables say which of a driver are harmless. */
static bool may_submit(const struct xendrm_ioctl *desc)
{
	u32 nr = _IOC_NR(desc->cmd);

	if (nr < DRM_COMMAND_BASE || nr >= DRM_COMMAND_END)
		return false;
	if (desc->flags & XENDRM_IOCTL_MAY_BLOCK)
		return true;
	return !(desc->flags & (XENDRM_IOCTL_HARMLESS | XENDRM_IOCTL_CREATES |
				XENDRM_IOCTL_FREES));
}

/* @mem: to read the argument by */
static long remote(struct file *fp, const struct xendrm_ioctl *desc,
		   unsigned int cmd, unsigned long arg,
		   const struct pvdrm_mem *mem)
{
	struct drm_file *drm_file = fp->private_data;
	struct drm_device *drm = drm_file->minor->dev;
	struct pvdrm_front *front = pvdrm_drm_to_front(drm);
	struct pvdrm_scratch *scratch;
	bool flushed = false;
	long ret;

	if (drm_dev_is_unplugged(drm))
		return -ENODEV;

	if (may_submit(desc)) {
		do {
			ret = pvdrm_implicit_send_imported(front, fp);
		} while (pvdrm_call_again(ret));
		if (ret)
			return ret;
	}
	scratch = scratch_get(front);
	if (!scratch)
		return -ENOMEM;
	/* Pack again each time: a relative timeout counts from now. */
	do {
		ret = forward(front, scratch, desc, fp, cmd, arg, mem);
	} while (pvdrm_call_again(ret) ||
		 made_room(front, desc, ret, &flushed));
	scratch_put(front, scratch);
	if (may_submit(desc))
		pvdrm_implicit_after_call(front, fp);

	if (ret == -EOPNOTSUPP)
		drm_dbg(drm, "ioctl %#x (%#x): not supported by the host's driver, or has what does not cross\n",
			_IOC_NR(cmd), cmd);
	return ret;
}

/* The table's entry for @cmd; NULL: DRM core answers here */
static const struct xendrm_ioctl *look_up(struct file *fp, unsigned int cmd)
{
	struct drm_file *drm_file = fp->private_data;
	struct drm_device *drm = drm_file->minor->dev;
	struct pvdrm_front *front = pvdrm_drm_to_front(drm);
	const struct xendrm_ioctl *desc;

	desc = pvdrm_table_find(&front->table, cmd);
	if (!desc) {
		/*
		 * DRM core sees a driver without modesetting, GEM or ioctls,
		 * and refuses it with the right errno.
		 */
		atomic_inc(&front->stats.refused[_IOC_NR(cmd)]);
		drm_dbg(drm, "ioctl %#x (%#x) is not in the backend's table\n",
			_IOC_NR(cmd), cmd);
		return NULL;
	}
	return desc->flags & XENDRM_IOCTL_LOCAL ? NULL : desc;
}

/**
 * pvdrm_front_ioctl() - file_operations.unlocked_ioctl
 * @fp: a file of ours
 * @cmd: the number
 * @arg: the argument's address
 *
 * Return: what the host's driver returned, or an errno.
 */
long pvdrm_front_ioctl(struct file *fp, unsigned int cmd, unsigned long arg)
{
	const struct xendrm_ioctl *desc = look_up(fp, cmd);

	if (!desc)
		return drm_ioctl(fp, cmd, arg);
	return remote(fp, desc, cmd, arg, &user_mem);
}

#ifdef CONFIG_COMPAT
/* The argument of a XENDRM_IOCTL_NATIVE_PTR, as 64-bit programs have it */
static int native_ptr_in(void *dst, u64 addr, size_t len)
{
	u32 narrow[2];
	u64 wide[2];

	/* All that such an ioctl reads; the table was checked. */
	if (len != sizeof(wide) ||
	    copy_from_user(narrow, u64_to_user_ptr(addr), sizeof(narrow)))
		return -EFAULT;
	wide[0] = narrow[0];
	wide[1] = narrow[1];
	memcpy(dst, wide, sizeof(wide));
	return 0;
}

static const struct pvdrm_mem native_ptr_mem = {
	.in = native_ptr_in,
	.out = user_out,
	.zero = user_zero,
	.str = user_str,
	.now = user_now,
};

/* The argument itself is only read. Drivers do not look at its size either. */
static long remote_native_ptr(struct file *fp, const struct xendrm_ioctl *desc,
			      void __user *arg)
{
	u32 cmd = _IOC(_IOC_WRITE, _IOC_TYPE(desc->cmd), _IOC_NR(desc->cmd),
		       _IOC_SIZE(desc->cmd));

	return remote(fp, desc, cmd, (unsigned long)arg, &native_ptr_mem);
}

/**
 * pvdrm_front_compat_ioctl() - file_operations.compat_ioctl
 * @fp: a file of ours
 * @cmd: the number
 * @arg: the argument's address
 *
 * DRM core translates the ioctls that it answers. Those of drivers have the same
 * structs in 32-bit programs, by the rules of DRM, but for those of which the table
 * says otherwise.
 *
 * Return: as pvdrm_front_ioctl().
 */
long pvdrm_front_compat_ioctl(struct file *fp, unsigned int cmd,
			      unsigned long arg)
{
	const struct xendrm_ioctl *desc = look_up(fp, cmd);

	if (!desc)
		return drm_compat_ioctl(fp, cmd, arg);
	if (desc->flags & XENDRM_IOCTL_NATIVE_PTR)
		return remote_native_ptr(fp, desc, compat_ptr(arg));
	return remote(fp, desc, cmd, (unsigned long)compat_ptr(arg), &user_mem);
}
#endif
