// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers that a guest has freed, and keeps to use them again
 *
 * The guest's frontend needs to know when the GPU is done with a buffer, and a
 * new one is all zeroes: the driver is asked, by its table's rule, and then the
 * buffer is cleared through the mapping of it that the process has anyway. Neither
 * waits for the GPU. To the driver and to the limits the buffer is in use all the
 * time; what the guest says about handles and mappings is believed only as far as
 * it concerns itself.
 */
#include <linux/fs.h>
#include <linux/uaccess.h>

#include "back/bus/back.h"
#include "back/memory/map.h"
#include "back/tables/tables.h"

/* Return: 0: idle; -EBUSY; or another error of the driver's */
static int ask_driver(struct pvdrm_worker *worker, struct file *file,
		      const struct pvdrm_idle_rule *rule, u32 handle)
{
	u8 arg[PVDRM_BUFFER_ARG] = { 0 };
	u32 len = _IOC_SIZE(rule->cmd);
	long ret;

	memcpy(arg + rule->handle, &handle, sizeof(handle));
	memcpy(arg + rule->flags, &rule->value, sizeof(rule->value));
	if (copy_to_user((void __user *)worker->arena, arg, len))
		return -EFAULT;
	ret = file->f_op->unlocked_ioctl(file, rule->cmd, worker->arena);
	if (ret >= 0 || ret == -EBUSY)
		return min(ret, 0L);
	/* Not the kernel's codes for doing it again */
	return ret > -ERESTARTSYS ? ret : -EINTR;
}

static int check_idle(struct pvdrm_worker *worker, struct pvdrm_back_file *pf,
		      u32 handle)
{
	const struct pvdrm_idle_rule *rule = worker->server->node.idle;
	int ret;

	if (!rule)
		return -EOPNOTSUPP;
	if (!rule->cmd)
		return 0;
	ret = pvdrm_worker_need_arena(worker, PVDRM_BUFFER_ARG);
	ret = ret ?: ask_driver(worker, pf->file, rule, handle);
	if (ret == -EBUSY)
		pvdrm_count(worker->link->back, recycle_busy);
	return ret;
}

/**
 * pvdrm_recycle() - RECYCLE
 * @worker: the calling thread's
 *
 * Return: 0: the buffer is idle and cleared; -EBUSY: the GPU may use it; or
 * another error.
 */
int pvdrm_recycle(struct pvdrm_worker *worker)
{
	const struct xendrm_request *req = &worker->req;
	struct pvdrm_back_file *pf;
	int ret;

	pf = pvdrm_back_file_get(worker->link, req->file);
	if (!pf)
		return -EBADF;
	ret = check_idle(worker, pf, req->u.recycle.handle);
	ret = ret ?: pvdrm_back_map_clear(worker, pf, req->u.recycle.map);
	if (!ret)
		pvdrm_count(worker->link->back, recycled);
	pvdrm_back_file_put(pf);
	return ret;
}

/**
 * pvdrm_release() - RELEASE
 * @worker: the calling thread's
 *
 * Return: 0 or an error, the driver's if it refuses.
 */
int pvdrm_release(struct pvdrm_worker *worker)
{
	struct pvdrm_back_file *pf;
	int ret;

	pf = pvdrm_back_file_get(worker->link, worker->req.file);
	if (!pf)
		return -EBADF;
	ret = pvdrm_worker_need_arena(worker, PVDRM_BUFFER_ARG);
	ret = ret ?: pvdrm_buffers_close(worker, pf,
					 worker->req.u.release.handle);
	pvdrm_back_file_put(pf);
	return min(ret, 0);
}
