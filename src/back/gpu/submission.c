// SPDX-License-Identifier: GPL-2.0-only
/*
 * submission.c: find the fences of the work that an ioctl has given to the GPU
 *
 * The driver's table says where the handle of a buffer or of a syncobj is that has
 * them. Whatever is not signalled on a buffer and not known yet is the guest's: buffers
 * are not shared between guests. Work that is done before its ioctl returns is not seen.
 *
 * If the driver queues any number of submissions, each counts until it is known to be
 * done: unseen.h.
 */
#include <linux/dma-fence-chain.h>
#include <linux/dma-fence.h>
#include <linux/dma-resv.h>
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <drm/drm.h>
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
#include "back/tables/driver.h"
#include "user.h"

static bool gpu_time = true;
module_param(gpu_time, bool, 0444);
MODULE_PARM_DESC(gpu_time,
		 "Watch what guests give to the GPU, to account for the time it takes (default: Y)");

/* So many buffers of a file are looked at, for one that belongs to an address space */
#define MOST_OBJECTS	64

/* What was found of a submission that names something */
struct findings {
	u32 fresh;		/* fences that were not known, and are not signalled */
	u32 expected;		/* those of them that are of submissions for sure */
	bool known;		/* there are others that are not signalled */
	bool idle;		/* there is none: it is done */
};

/*
 * A guest could exchange what a submission names while it is made, and so show the end of
 * something else. Of what may have been exchanged no more is believed than that there is a
 * submission's fence which nobody knew. This is asked after the look at what is named.
 */
static bool is_alone(const struct pvdrm_job *job)
{
	const struct pvdrm_submitting *sub = &job->submitting;
	u64 now = atomic64_read(&job->link->back->gpu.changes);

	return sub->counts && sub->alone && sub->before == now >> 32;
}

/* Then there is one fence, or it is done. */
static bool is_sure(const struct pvdrm_job *job)
{
	return is_alone(job) && job->submitting.queues == 1;
}

/*
 * The fence of a submission is the driver's own. Others stand for several, and are made
 * by programs as well. Return: whether it was not known.
 */
static bool track(const struct pvdrm_job *job, struct dma_fence *fence,
		  struct findings *found)
{
	bool fresh, expected = false;

	if (dma_fence_is_container(fence))
		return false;
	fresh = pvdrm_gpu_track(job->link->server->node.gpu,
				&job->link->back->gpu, fence, &expected);
	found->fresh += fresh;
	found->expected += fresh && expected;
	found->known |= !fresh;
	return fresh;
}

/* @fence: the last one that was not known; NULL: there is none that is not signalled */
static void cover(const struct pvdrm_job *job, const struct dma_fence *fence,
		  struct findings *found)
{
	if (!is_sure(job) || found->fresh > 1)
		return;
	found->idle = !fence;
	pvdrm_gpu_cover(job->link->server->node.gpu, &job->link->back->gpu,
			fence, &job->submitting.place);
}

/*
 * If exactly one of the fences was not known, it is the submission's own, unless that is
 * signalled: then what is before it is done, too.
 */
static void track_object(const struct pvdrm_job *job,
			 struct drm_gem_object *object, bool named,
			 struct findings *found)
{
	const struct dma_fence *fresh = NULL;
	struct dma_fence **fences;
	unsigned int i, nr = 0;

	if (dma_resv_get_fences(object->resv, DMA_RESV_USAGE_BOOKKEEP, &nr,
				&fences))
		return;
	for (i = 0; i < nr; i++)
		if (track(job, fences[i], found))
			fresh = fences[i];
	if (named && (fresh || !nr))
		cover(job, fresh, found);
	for (i = 0; i < nr; i++)
		dma_fence_put(fences[i]);
	kfree(fences);
}

static void track_buffer(const struct pvdrm_job *job, u32 handle,
			 struct findings *found)
{
	struct drm_file *file = job->file->file->private_data;
	struct drm_gem_object *object = drm_gem_object_lookup(file, handle);

	if (!object)
		return;
	track_object(job, object, true, found);
	drm_gem_object_put(object);
}

static void track_syncobj(const struct pvdrm_job *job, u32 handle,
			  struct findings *found)
{
	struct drm_file *file = job->file->file->private_data;
	struct dma_fence *fence, *own;

	/* Of a timeline, the newest point */
	if (drm_syncobj_find_fence(file, handle, 0, 0, &fence))
		return;
	own = dma_fence_chain_contained(fence);
	if (dma_fence_is_signaled(own))
		cover(job, NULL, found);
	else if (track(job, own, found))
		cover(job, own, found);
	dma_fence_put(fence);
}

/*
 * A buffer that belongs to an address space alone has the address space's fences, also those
 * of changes to it. There is such a buffer among the first, if any; which address space it is
 * of is not known.
 */
static struct drm_gem_object *object_of_a_space(struct drm_file *file)
{
	struct drm_gem_object *object, *found = NULL;
	int handle, left = MOST_OBJECTS;

	spin_lock(&file->table_lock);
	idr_for_each_entry(&file->object_idr, object, handle) {
		if (!left--)
			break;
		if (object->resv != &object->_resv && !object->import_attach) {
			found = object;
			drm_gem_object_get(found);
			break;
		}
	}
	spin_unlock(&file->table_lock);
	return found;
}

static void track_space(const struct pvdrm_job *job, struct findings *found)
{
	struct drm_gem_object *object;
	u32 fresh = found->fresh;

	object = object_of_a_space(job->file->file->private_data);
	if (!object)
		return;
	track_object(job, object, false, found);
	/* They may be anything's, unless they are expected. */
	found->fresh = fresh;
	drm_gem_object_put(object);
}

/* What a driver lacks has not been set up in its files. */
static bool has_handles(const struct pvdrm_job *job, bool syncobj)
{
	const struct drm_file *file = job->file->file->private_data;

	return drm_core_check_feature(file->minor->dev,
				      syncobj ? DRIVER_SYNCOBJ : DRIVER_GEM);
}

static void follow(const struct pvdrm_job *job,
		   const struct pvdrm_work_rule *rule, struct findings *found)
{
	u32 handle;

	if (!has_handles(job, rule->kind == PVDRM_WORK_SYNCOBJ))
		return;
	if (rule->kind == PVDRM_WORK_SPACE) {
		track_space(job, found);
		return;
	}
	if (pvdrm_work_handle(rule, &user_mem, job->arena,
			      _IOC_SIZE(job->req.u.ioctl.cmd), &handle))
		return;
	if (rule->kind == PVDRM_WORK_SYNCOBJ)
		track_syncobj(job, handle, found);
	else
		track_buffer(job, handle, found);
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
 * pvdrm_submission_may_hide() - whether submissions may have no fence that can be found
 * @rules: of the driver, or %NULL
 *
 * Return: true if so, and the driver queues any number of them.
 */
bool pvdrm_submission_may_hide(const struct pvdrm_work_rule *rules)
{
	for (; rules && rules->cmd; rules++)
		if (rules->kind == PVDRM_WORK_QUEUE)
			return true;
	return false;
}

/*
 * It may change what a handle of a buffer or syncobj stands for, or the fence of a syncobj,
 * as one that changes an address space may.
 */
static bool changes_names(const struct pvdrm_job *job)
{
	const struct pvdrm_node *node = &job->link->server->node;
	u32 nr = _IOC_NR(job->desc->cmd);
	const struct pvdrm_buffer_rule *buffer = node->buffers[nr];
	const struct pvdrm_object_rule *object = node->objects[nr];

	if (nr == _IOC_NR(DRM_IOCTL_SYNCOBJ_DESTROY) ||
	    nr == _IOC_NR(DRM_IOCTL_SYNCOBJ_RESET) ||
	    nr == _IOC_NR(DRM_IOCTL_SYNCOBJ_SIGNAL))
		return true;
	if (buffer && (buffer->kind == PVDRM_BUFFER_FREES ||
		       buffer->kind == PVDRM_BUFFER_RENAMES))
		return true;
	return object && (object->kind == PVDRM_OBJECT_BY_OP ||
			  object->kind == PVDRM_OBJECT_GROWS);
}

static void find_queue(struct pvdrm_job *job,
		       const struct pvdrm_work_rule *rule)
{
	struct pvdrm_submitting *sub = &job->submitting;
	struct pvdrm_gpu_queue *queue = &sub->place.queue;

	queue->file = job->file;
	queue->cmd = rule->cmd;
	sub->queues = pvdrm_work_queue(rule, &user_mem, job->arena,
				       _IOC_SIZE(job->req.u.ioctl.cmd),
				       queue->name);
	sub->place.began = READ_ONCE(job->link->back->gpu.unseen.clock);
}

/**
 * pvdrm_submission_begin() - the driver is about to run an ioctl
 * @job: the IOCTL at hand; its argument is in the arena
 */
void pvdrm_submission_begin(struct pvdrm_job *job)
{
	const struct pvdrm_work_rule *rule = rule_of(job);
	struct pvdrm_submitting *sub = &job->submitting;
	u64 changes;

	sub->counts = rule && rule->kind == PVDRM_WORK_QUEUE;
	sub->changes = job->link->server->node.work_hides && gpu_time &&
		       (sub->counts || changes_names(job));
	if (!sub->changes)
		return;
	changes = pvdrm_gpu_change_begin(&job->link->back->gpu);
	sub->alone = (u32)changes == 1;
	sub->before = changes >> 32;
	if (sub->counts)
		find_queue(job, rule);
}

/**
 * pvdrm_submission_end() - the driver has run an ioctl, or it is not run
 * @job: the IOCTL at hand, after pvdrm_submission_begin()
 */
void pvdrm_submission_end(struct pvdrm_job *job)
{
	if (job->submitting.changes)
		pvdrm_gpu_change_end(&job->link->back->gpu);
}

/* Each fence that nobody knew is of one submission to one queue, and counts once. */
static void count(struct pvdrm_job *job, const struct findings *found)
{
	const struct pvdrm_submitting *sub = &job->submitting;
	u32 fences = found->expected;

	if (is_alone(job))
		fences = max(fences, found->fresh);
	if (found->idle || (sub->queues && fences >= sub->queues))
		return;
	pvdrm_count(job->link->back, submissions_unseen);
	pvdrm_gpu_not_seen(job->link->server->node.gpu, &job->link->back->gpu,
			   &sub->place.queue, &job->file->unseen);
}

static bool is_enough(const struct pvdrm_submitting *sub,
		      const struct findings *found)
{
	if (!sub->counts)
		return found->fresh || found->known;
	return found->idle || (found->fresh && found->fresh >= sub->queues);
}

/**
 * pvdrm_submission_done() - the driver has run an ioctl
 * @job: the IOCTL at hand, which has succeeded; its argument is in the arena
 */
void pvdrm_submission_done(struct pvdrm_job *job)
{
	const struct pvdrm_submitting *sub = &job->submitting;
	const struct pvdrm_work_rule *rule = rule_of(job);
	struct findings found = {};
	u32 cmd;

	if (!rule)
		return;
	for (cmd = rule->cmd; rule->cmd == cmd; rule++) {
		if (rule->kind != PVDRM_WORK_QUEUE)
			follow(job, rule, &found);
		if (is_enough(sub, &found))
			break;
	}
	if (sub->counts)
		count(job, &found);
}

/**
 * pvdrm_submission_made_fence() - an ioctl has returned a fence to the guest
 * @job: the IOCTL at hand
 * @fence: the fence; the caller keeps its reference
 */
void pvdrm_submission_made_fence(struct pvdrm_job *job,
				 struct dma_fence *fence)
{
	struct findings found = {};

	if (rule_of(job) && !dma_fence_is_signaled(fence))
		track(job, fence, &found);
}
