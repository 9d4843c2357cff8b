// SPDX-License-Identifier: GPL-2.0-only
/*
 * pace.c: guests wait for their turn on a GPU that several of them want, for their cap,
 * and until less of theirs waits for the GPU
 *
 * An ioctl that submits work waits before its driver runs it; turn.c says how long. It
 * is not counted as a running request meanwhile, so other requests of the guest go on,
 * but for those that must come after it (a submission that nobody waits for).
 */
#include <linux/ktime.h>
#include <linux/sched/signal.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/gpu/gpu.h"
#include "back/gpu/pace.h"
#include "back/gpu/submission.h"
#include "back/serve/job.h"
#include "back/serve/leader.h"
#include "back/serve/server.h"
#include "back/transport/slot.h"

/* The moment at which a guest does not want the GPU any more wakes nobody. */
#define LOOK_AGAIN	max(msecs_to_jiffies(8), 1ul)

/* ------------------------------------------------------- with the GPU's lock held */

static u64 least(const struct pvdrm_gpu *gpu,
		 const struct pvdrm_gpu_guest *but, u64 now)
{
	const struct pvdrm_gpu_guest *guest;
	u64 found = PVDRM_TURN_NOBODY;

	list_for_each_entry(guest, &gpu->guests, list)
		if (guest != but && pvdrm_turn_wants(&guest->turn, now))
			found = min(found, guest->turn.vtime);
	return found;
}

static bool try_go(struct pvdrm_gpu *gpu, struct pvdrm_gpu_guest *guest,
		   u64 now)
{
	if (!pvdrm_turn_may_go(&guest->turn, least(gpu, guest, now), now))
		return false;
	guest->turn.going++;
	guest->turn.went = now;
	return true;
}

static void arrive(struct pvdrm_gpu *gpu, struct pvdrm_gpu_guest *guest,
		   u64 now)
{
	u64 base = least(gpu, guest, now);

	pvdrm_turn_arrive(&guest->turn,
			  base == PVDRM_TURN_NOBODY ? gpu->vtime : base, now);
}

/* ---------------------------------------------------------------------- waiting */

static bool is_ordered(const struct pvdrm_job *job)
{
	return job->req.u.ioctl.flags & XENDRM_CALL_ORDERED;
}

static bool has_gone(struct pvdrm_gpu *gpu, struct pvdrm_gpu_guest *guest)
{
	bool gone;

	spin_lock_irq(&gpu->lock);
	gone = try_go(gpu, guest, ktime_get_ns());
	if (gone)
		guest->turn.waiting--;
	spin_unlock_irq(&gpu->lock);
	return gone;
}

static void give_up(struct pvdrm_gpu *gpu, struct pvdrm_gpu_guest *guest)
{
	spin_lock_irq(&gpu->lock);
	guest->turn.waiting--;
	spin_unlock_irq(&gpu->lock);
}

/* Return: whether it may go; false: the wait was interrupted. */
static bool wait_for_turn(struct pvdrm_job *job, struct pvdrm_gpu *gpu,
			  struct pvdrm_gpu_guest *guest)
{
	DEFINE_WAIT(wait);
	bool gone;

	for (;;) {
		prepare_to_wait_exclusive(&guest->wait, &wait,
					  TASK_INTERRUPTIBLE);
		gone = has_gone(gpu, guest);
		if (gone || signal_pending(current) ||
		    READ_ONCE(job->link->closing))
			break;
		schedule_timeout(LOOK_AGAIN);
	}
	finish_wait(&guest->wait, &wait);
	if (!gone)
		give_up(gpu, guest);
	/* There may be a turn for another one as well. */
	wake_up(&guest->wait);
	return gone;
}

/*
 * A guest cannot cancel an ordered ioctl here: nobody would make it again, so it goes on,
 * and a guest that cancels all of them would never wait. A connection that ends is seen
 * all the same.
 */
static bool wait_unless_cancelled(struct pvdrm_job *job, struct pvdrm_gpu *gpu,
				  struct pvdrm_gpu_guest *guest)
{
	bool gone;

	if (is_ordered(job))
		return wait_for_turn(job, gpu, guest);
	if (!pvdrm_back_slot_run(job)) {
		give_up(gpu, guest);
		return false;
	}
	gone = wait_for_turn(job, gpu, guest);
	pvdrm_back_slot_stop(job);
	return gone;
}

static bool wait_interruptibly(struct pvdrm_job *job, struct pvdrm_gpu *gpu,
			       struct pvdrm_gpu_guest *guest)
{
	struct pvdrm_back *back = job->link->back;
	u64 begin = ktime_get_ns();
	bool gone;

	pvdrm_count(back, submissions_delayed);
	pvdrm_leader_uncount(job);
	gone = wait_unless_cancelled(job, gpu, guest);
	pvdrm_count_by(back, submission_delay_us,
		       div_u64(ktime_get_ns() - begin, NSEC_PER_USEC));
	return gone;
}

/**
 * pvdrm_pace_begin() - before the driver runs an ioctl
 * @job: the IOCTL at hand, which has stepped aside unless order forbids that
 *
 * Waits for the guest's turn if the ioctl submits work, and other guests want the GPU or
 * the guest itself has to wait.
 *
 * Return: 0, or -XENDRM_ERESTARTSYS: it was cancelled, or the connection ends.
 */
int pvdrm_pace_begin(struct pvdrm_job *job)
{
	struct pvdrm_gpu *gpu = job->link->server->node.gpu;
	struct pvdrm_gpu_guest *guest = &job->link->back->gpu;
	u64 now;

	job->paced = false;
	if (READ_ONCE(gpu->nr_guests) < 2 && pvdrm_turn_is_free(&guest->turn))
		return 0;
	if (!pvdrm_submission_is(job))
		return 0;
	spin_lock_irq(&gpu->lock);
	now = ktime_get_ns();
	arrive(gpu, guest, now);
	job->paced = try_go(gpu, guest, now);
	if (!job->paced)
		guest->turn.waiting++;
	spin_unlock_irq(&gpu->lock);
	if (!job->paced)
		job->paced = wait_interruptibly(job, gpu, guest);
	/* Nobody would make an ordered one again. */
	if (job->paced || is_ordered(job))
		return 0;
	return -XENDRM_ERESTARTSYS;
}

/**
 * pvdrm_pace_end() - the driver has run an ioctl
 * @job: the IOCTL at hand, after pvdrm_pace_begin() and pvdrm_submission_done()
 */
void pvdrm_pace_end(struct pvdrm_job *job)
{
	struct pvdrm_gpu *gpu = job->link->server->node.gpu;
	struct pvdrm_turn *turn = &job->link->back->gpu.turn;

	if (!job->paced)
		return;
	spin_lock_irq(&gpu->lock);
	turn->going--;
	if (!turn->going && !turn->inflight) {
		turn->idle_since = ktime_get_ns();
		pvdrm_gpu_wake(gpu);
	}
	spin_unlock_irq(&gpu->lock);
}
