// SPDX-License-Identifier: GPL-2.0-only
/*
 * recycle.c: buffers that the guest has freed and wants to use again
 *
 * The frontend has to know when the GPU is done with a buffer, and a new buffer
 * is all zeroes. So the driver is asked, by the rule of its table, and the
 * buffer is cleared through the mapping that the process has anyway. Neither
 * waits for the GPU. To the driver and to the limits the buffer stays in use.
 * What the guest says about handles and mappings affects nobody else.
 */
#include <linux/fs.h>
#include <linux/uaccess.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/file/file.h"
#include "back/file/recycle.h"
#include "back/memory/map.h"
#include "back/serve/job.h"
#include "back/serve/server.h"
#include "back/tables/driver.h"

/* Return: 0: idle; -EBUSY; or another error of the driver's */
static int ask_driver(struct pvdrm_job *job, struct file *file,
		      const struct pvdrm_idle_rule *rule, u32 handle)
{
	u8 arg[PVDRM_BUFFER_ARG] = { 0 };
	u32 len = _IOC_SIZE(rule->cmd);
	long ret;

	memcpy(arg + rule->handle, &handle, sizeof(handle));
	memcpy(arg + rule->flags, &rule->value, sizeof(rule->value));
	if (copy_to_user((void __user *)job->arena, arg, len))
		return -EFAULT;
	ret = file->f_op->unlocked_ioctl(file, rule->cmd, job->arena);
	if (ret >= 0 || ret == -EBUSY)
		return min(ret, 0L);
	/* Not the kernel's codes for doing it again */
	return ret > -ERESTARTSYS ? ret : -EINTR;
}

static int check_idle(struct pvdrm_job *job, struct pvdrm_back_file *pf,
		      u32 handle)
{
	const struct pvdrm_idle_rule *rule = job->link->server->node.idle;
	int ret;

	if (!rule)
		return -EOPNOTSUPP;
	if (!rule->cmd)
		return 0;
	ret = pvdrm_job_need_arena(job, PVDRM_BUFFER_ARG);
	ret = ret ?: ask_driver(job, pf->file, rule, handle);
	if (ret == -EBUSY)
		pvdrm_count(job->link->back, recycle_busy);
	return ret;
}

/**
 * pvdrm_recycle() - RECYCLE
 * @job: the request at hand
 *
 * Return: 0: the buffer is idle and cleared; -EBUSY: the GPU may use it; or
 * another error.
 */
int pvdrm_recycle(struct pvdrm_job *job)
{
	const struct xendrm_request *req = &job->req;
	struct pvdrm_back_file *pf;
	int ret;

	pf = pvdrm_back_file_get(job->link, req->file);
	if (!pf)
		return -EBADF;
	ret = check_idle(job, pf, req->u.recycle.handle);
	ret = ret ?: pvdrm_back_map_clear(job, pf, req->u.recycle.map);
	if (!ret)
		pvdrm_count(job->link->back, recycled);
	pvdrm_back_file_put(pf);
	return ret;
}

/**
 * pvdrm_release() - RELEASE
 * @job: the request at hand
 *
 * Return: 0 or an error, the driver's if it refuses.
 */
int pvdrm_release(struct pvdrm_job *job)
{
	struct pvdrm_back_file *pf;
	int ret;

	pf = pvdrm_back_file_get(job->link, job->req.file);
	if (!pf)
		return -EBADF;
	ret = pvdrm_job_need_arena(job, PVDRM_BUFFER_ARG);
	ret = ret ?: pvdrm_buffers_close(job, pf,
					 job->req.u.release.handle);
	pvdrm_back_file_put(pf);
	return min(ret, 0);
}
