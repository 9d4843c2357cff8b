// SPDX-License-Identifier: GPL-2.0-only
/*
 * submit.c: submissions that nobody waits for
 *
 * A program that gives work to the GPU learns nothing from the response but whether
 * the driver took it. So it goes on once the request is on the ring, if the driver
 * has no reason to refuse it:
 *
 *   the table says that the ioctl is such a submission, and no WAIT applies
 *   all of the argument could be read; all buffers and syncobjs it lists are known to
 *   exist, and the syncobjs that it waits for to have a fence
 *   one to the same queue has succeeded, and none of the file has failed since: the GPU
 *   works, the context is there
 *   it has no descriptor but those of a signalled fence and of a new one, for which a
 *   slot is free
 *   the number that the driver returns is known, if it numbers submissions
 *
 * The request is ordered: the backend runs it before it looks at the next one. So
 * whatever this program or another one does next finds it done. pvdrm_live.lock is
 * held until it is on the ring, so no thread closes a buffer in between.
 *
 * The name of the new fence is chosen here. The fence is signalled with an error if
 * the driver refuses the work nevertheless (out of memory, or the GPU is lost); its
 * syncobjs are signalled by the backend. The response comes with later ones. The next
 * submission of the file fails with that errno, and the one after is waited for.
 */
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "front/call/call.h"
#include "front/call/ring.h"
#include "front/fd/fd.h"
#include "front/fd/fence.h"
#include "front/file/answer.h"
#include "front/file/file.h"
#include "front/file/submit.h"
#include "front/front.h"

/* Looked up one by one, with a lock held */
#define MOST_HANDLES	512u

/* A program that never waits must leave slots and room in the data area to others. */
static bool there_is_room(const struct pvdrm_front *front,
			  const struct pvdrm_plan *plan)
{
	u32 len = max(plan->req_len, plan->rsp_len);
	u32 units = DIV_ROUND_UP(len, XENDRM_DATA_UNIT);

	return READ_ONCE(front->nr_quiet) < front->nr_slots / 2 &&
	       READ_ONCE(front->quiet_units) + units <= front->data.nr_units / 2;
}

/* But for what it names, and the fence's slot */
static bool may_be_one_way(struct pvdrm_front *front, struct file *fp,
			   const struct pvdrm_plan *plan)
{
	const struct pvdrm_submits *submits = &pvdrm_front_file_of(fp)->submits;

	return front->feature_submit && pvdrm_live_async() &&
	       !READ_ONCE(submits->failed) && !(fp->f_flags & O_NONBLOCK) &&
	       !plan->must_wait && plan->nr_handles <= MOST_HANDLES &&
	       pvdrm_answer_is_known(plan) && there_is_room(front, plan);
}

static bool name_fence(struct pvdrm_submit_call *submit,
		       struct pvdrm_front *front, const struct pvdrm_plan *plan,
		       const struct pvdrm_new_fd *new)
{
	if (!plan->makes_fd)
		return true;
	submit->fence = pvdrm_front_fence_name(front, new->fence);
	return submit->fence;
}

/* Responses that nobody waits for stay on the ring: learn of failures. */
static void take_responses(struct pvdrm_front *front)
{
	if (!READ_ONCE(front->nr_quiet))
		return;
	spin_lock_irq(&front->lock);
	pvdrm_ring_consume(front);
	spin_unlock_irq(&front->lock);
}

/**
 * pvdrm_submit_before_call() - called before an ioctl is run
 * @submit: filled in; pvdrm_submit_after_call() is due whatever is returned
 * @front: the connection
 * @fp: the ioctl's file
 * @desc: its entry in the table
 * @plan: its argument, packed
 * @new: prepared for a descriptor that it makes
 *
 * If @submit->one_way is set, a mutex is held: only send the request.
 *
 * Return: 0; -errno of an earlier submission; -ERESTARTSYS: a signal came.
 */
int pvdrm_submit_before_call(struct pvdrm_submit_call *submit,
			     struct pvdrm_front *front, struct file *fp,
			     const struct xendrm_ioctl *desc,
			     const struct pvdrm_plan *plan,
			     struct pvdrm_new_fd *new)
{
	struct pvdrm_front_file *file = pvdrm_front_file_of(fp);
	bool may;
	int err;

	memset(submit, 0, sizeof(*submit));
	submit->submits = desc->flags & XENDRM_IOCTL_SUBMITS;
	if (!submit->submits)
		return 0;
	take_responses(front);
	err = xchg(&file->submits.error, 0);
	if (err)
		return err;
	may = may_be_one_way(front, fp, plan);
	if (!may && plan->number == PVDRM_ABSENT)
		return 0;
	/* Those whose numbers were foretold are on the ring before this one takes the next. */
	if (mutex_lock_interruptible(&file->live.lock))
		return -ERESTARTSYS;
	submit->one_way = may &&
			  pvdrm_live_know(&file->live, desc, plan, &submit->number) &&
			  name_fence(submit, front, plan, new);
	if (submit->one_way)
		return 0;
	pvdrm_live_count_begin(&file->live, desc, plan, &submit->counted);
	mutex_unlock(&file->live.lock);
	return 0;
}

/**
 * pvdrm_submit_after_call() - called when an ioctl is done, or sent
 * @submit: from pvdrm_submit_before_call()
 * @front: the connection
 * @fp: the ioctl's file
 * @desc: its entry in the table
 * @plan: its argument, packed
 * @rsp: the payload of the response
 * @ret: what the ioctl returns
 */
void pvdrm_submit_after_call(const struct pvdrm_submit_call *submit,
			     struct pvdrm_front *front, struct file *fp,
			     const struct xendrm_ioctl *desc,
			     const struct pvdrm_plan *plan, const u8 *rsp, long ret)
{
	struct pvdrm_front_file *file = pvdrm_front_file_of(fp);

	if (submit->fence && !submit->sent)
		pvdrm_front_fence_unname(front, submit->fence);
	if (submit->one_way) {
		if (submit->sent)
			pvdrm_live_submitted(&file->live, desc, plan);
		mutex_unlock(&file->live.lock);
	} else if (submit->submits && ret >= 0 &&
		   READ_ONCE(file->submits.failed)) {
		/* Whichever queue it was */
		pvdrm_live_forget_queues(&file->live);
		WRITE_ONCE(file->submits.failed, false);
	}
	pvdrm_live_count_end(&file->live, desc, plan, &submit->counted, rsp,
			     ret >= 0);
}

/**
 * pvdrm_submit_prepare() - have the backend keep the order
 * @submit: one-way
 * @plan: its argument, packed
 * @call: its request
 */
void pvdrm_submit_prepare(const struct pvdrm_submit_call *submit,
			  const struct pvdrm_plan *plan, struct pvdrm_call *call)
{
	call->req.u.ioctl.flags |= XENDRM_CALL_ORDERED;
	call->req.u.ioctl.fence = submit->fence;
	call->numbered = plan->number != PVDRM_ABSENT;
	call->number_at = plan->number;
	call->number = submit->number;
}

/* A program would take these for its own, and make the next submission again. */
static int lasting_error(int status)
{
	return status == -EINTR || status == -EAGAIN ||
	       status <= -XENDRM_ERESTARTSYS ? -EIO : status;
}

/**
 * pvdrm_submit_failed() - a submission that nobody waits for has failed
 * @front: the connection, locked
 * @id: the backend's id of its file, which may be closed by now
 * @status: -errno
 */
void pvdrm_submit_failed(struct pvdrm_front *front, u32 id, int status)
{
	struct pvdrm_front_file *file;

	pr_debug("pvdrm-front: a submission of file %u failed late: %d\n", id,
		 status);
	xa_lock(&front->files);
	file = xa_load(&front->files, id);
	if (file) {
		WRITE_ONCE(file->submits.failed, true);
		cmpxchg(&file->submits.error, 0, lasting_error(status));
	}
	xa_unlock(&front->files);
}
