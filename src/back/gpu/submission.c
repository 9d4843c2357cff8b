// SPDX-License-Identifier: GPL-2.0-only
/*
 * submission.c: find the fences of the work that an ioctl has given to the GPU
 *
 * The driver's table says where the handle of a buffer or of a syncobj is that has
 * them. Whatever is not signalled on a buffer and not known yet is the guest's: buffers
 * are not shared between guests. Work that is done before its ioctl returns is not seen.
 */
#include <linux/dma-fence.h>
#include <linux/dma-resv.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_syncobj.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/file/file.h"
#include "back/gpu/gpu.h"
#include "back/gpu/submission.h"
#include "back/serve/job.h"
#include "back/serve/server.h"
#include "back/tables/work.h"
#include "user.h"

static bool gpu_time = true;
module_param(gpu_time, bool, 0444);
MODULE_PARM_DESC(gpu_time,
		 "Watch what guests give to the GPU, to account for the time it takes (default: Y)");

static void track(const struct pvdrm_job *job, struct dma_fence *fence)
{
	pvdrm_gpu_track(job->link->server->node.gpu, &job->link->back->gpu,
			fence);
}

static bool track_buffer(const struct pvdrm_job *job, u32 handle)
{
	struct drm_file *file = job->file->file->private_data;
	struct drm_gem_object *object = drm_gem_object_lookup(file, handle);
	struct dma_fence **fences;
	unsigned int i, nr = 0;

	if (!object)
		return false;
	if (!dma_resv_get_fences(object->resv, DMA_RESV_USAGE_BOOKKEEP, &nr,
				 &fences)) {
		for (i = 0; i < nr; i++) {
			track(job, fences[i]);
			dma_fence_put(fences[i]);
		}
		kfree(fences);
	}
	drm_gem_object_put(object);
	return nr;
}

static bool track_syncobj(const struct pvdrm_job *job, u32 handle)
{
	struct drm_file *file = job->file->file->private_data;
	struct dma_fence *fence;

	/* Of a timeline, the newest point */
	if (drm_syncobj_find_fence(file, handle, 0, 0, &fence))
		return false;
	track(job, fence);
	dma_fence_put(fence);
	return true;
}

/* What a driver lacks has not been set up in its files. */
static bool has_handles(const struct pvdrm_job *job, bool syncobj)
{
	const struct drm_file *file = job->file->file->private_data;

	return drm_core_check_feature(file->minor->dev,
				      syncobj ? DRIVER_SYNCOBJ : DRIVER_GEM);
}

static bool follow(const struct pvdrm_job *job,
		   const struct pvdrm_work_rule *rule)
{
	u32 handle;

	if (!has_handles(job, rule->syncobj) ||
	    pvdrm_work_handle(rule, &user_mem, job->arena,
			      _IOC_SIZE(job->req.u.ioctl.cmd), &handle))
		return false;
	return rule->syncobj ? track_syncobj(job, handle) :
			       track_buffer(job, handle);
}

/* Return: the first rule for the ioctl at hand, or %NULL. */
static const struct pvdrm_work_rule *rule_of(const struct pvdrm_job *job)
{
	const struct pvdrm_work_rule *rule = job->link->server->node.work;

	if (!rule || !gpu_time)
		return NULL;
	for (; rule->cmd; rule++)
		if (_IOC_NR(rule->cmd) == _IOC_NR(job->desc->cmd))
			return rule;
	return NULL;
}

/**
 * pvdrm_submission_is() - whether an ioctl may give work to the GPU that is accounted for
 * @job: the IOCTL at hand
 *
 * Return: true if so.
 */
bool pvdrm_submission_is(const struct pvdrm_job *job)
{
	return rule_of(job);
}

/**
 * pvdrm_submission_done() - the driver has run an ioctl
 * @job: the IOCTL at hand, which has succeeded; its argument is in the arena
 */
void pvdrm_submission_done(struct pvdrm_job *job)
{
	const struct pvdrm_work_rule *rule = rule_of(job);
	u32 cmd;

	if (!rule)
		return;
	for (cmd = rule->cmd; rule->cmd == cmd; rule++)
		if (follow(job, rule))
			return;
}

/**
 * pvdrm_submission_made_fence() - an ioctl has returned a fence to the guest
 * @job: the IOCTL at hand
 * @fence: the fence; the caller keeps its reference
 */
void pvdrm_submission_made_fence(struct pvdrm_job *job,
				 struct dma_fence *fence)
{
	if (rule_of(job) && !dma_fence_is_signaled(fence))
		track(job, fence);
}
