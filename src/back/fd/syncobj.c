// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptors of syncobjs: objects that a guest can only pass on and import; and the
 * syncobjs of submissions that failed
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/uaccess.h>
#include <drm/drm.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/fd/fd.h"
#include "back/fd/object.h"
#include "back/fd/syncobj.h"
#include "back/file/file.h"
#include "back/serve/job.h"

static int syncobj_import(struct pvdrm_job *job, u32 id)
{
	struct file *file = pvdrm_object_get(job->link, XENDRM_FD_SYNCOBJ, id);

	return file ? pvdrm_fd_install(file) : -EBADF;
}

static int syncobj_export(struct pvdrm_job *job, int fd)
{
	struct xendrm_response *rsp = &job->rsp;
	struct file *file = fget(fd);
	int ret;

	if (!file)
		return -EOPNOTSUPP;
	ret = pvdrm_object_add(job->link, XENDRM_FD_SYNCOBJ, file, 0,
			       NULL, &rsp->object);
	if (!ret && pvdrm_fd_closes_on_exec(fd))
		rsp->object_flags = XENDRM_OBJECT_CLOEXEC;
	fput(file);
	return ret;
}

const struct pvdrm_fd_kind pvdrm_fd_syncobj = {
	.import = syncobj_import,
	.export = syncobj_export,
};

/* As it lies in the arena */
struct signal_arg {
	struct drm_syncobj_array binary;
	struct drm_syncobj_timeline_array timeline;
	u64 point;
	u32 handle;
};

/* Not every driver has timelines, so a binary one needs the other ioctl. */
static void signal_one(struct pvdrm_job *job, const struct pvdrm_sync *sync)
{
	unsigned long at = job->arena;
	unsigned long handle = at + offsetof(struct signal_arg, handle);
	struct signal_arg arg = {
		.binary = { .handles = handle, .count_handles = 1 },
		.timeline = {
			.handles = handle, .count_handles = 1,
			.points = at + offsetof(struct signal_arg, point),
		},
		.point = sync->point,
		.handle = sync->handle,
	};
	struct file *file = job->file->file;

	if (copy_to_user((void __user *)at, &arg, sizeof(arg)))
		return;
	if (sync->point)
		file->f_op->unlocked_ioctl(file,
					   DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL,
					   at + offsetof(struct signal_arg,
							 timeline));
	else
		file->f_op->unlocked_ioctl(file, DRM_IOCTL_SYNCOBJ_SIGNAL, at);
}

/**
 * pvdrm_syncobj_signal() - signal what a submission would have signalled
 * @job: the submission, which nobody waits for, and which has failed
 *
 * The program was told that it would succeed, and may wait for them for ever.
 */
void pvdrm_syncobj_signal(struct pvdrm_job *job)
{
	const struct pvdrm_plan *plan = &job->plan;
	u32 i;

	if (!plan->nr_syncs ||
	    pvdrm_job_need_arena(job, sizeof(struct signal_arg)))
		return;
	pvdrm_gpu_change_begin(&job->link->back->gpu);
	for (i = 0; i < plan->nr_syncs; i++)
		if (plan->syncs[i].use == XENDRM_SYNC_SIGNALLED)
			signal_one(job, &plan->syncs[i]);
	pvdrm_gpu_change_end(&job->link->back->gpu);
}
