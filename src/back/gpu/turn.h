/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * turn.h: whose turn it is on a GPU that several guests want
 *
 * Start-time fair queueing: each guest has a virtual time, the GPU's time that it has
 * had by its weight. One that is ahead of another that wants the GPU waits before it
 * submits more, so that the other catches up.
 *
 * A guest that submits, waits for that, and submits again has nothing on the GPU for a
 * moment. If a long job of another guest began then, it would have to wait for it each
 * time. So a guest that is used to come back sooner than its work takes still wants
 * the GPU for a moment after its work is done.
 *
 * A guest may have a cap as well, a share of the time that it does not exceed even if
 * nobody else wants the GPU. What it has had is a debt, which time repays by that share. A
 * guest with too much of it waits, and nobody waits for it meanwhile.
 *
 * However little a guest has had, it waits once PVDRM_TURN_MOST of its submissions are not
 * done, as far as is known (unseen.h). So that nothing gets stuck, it may submit one more
 * each second all the same.
 */
#ifndef PVDRM_BACK_GPU_TURN_H
#define PVDRM_BACK_GPU_TURN_H

#include "portable.h"

#define PVDRM_TURN_WEIGHT	100u	/* of a guest by default */

/*
 * With so many submissions that are not done, a guest waits even if it is alone: they take
 * memory of the host that nobody counts.
 */
#define PVDRM_TURN_MOST		256u

/* There is no other guest that wants the GPU */
#define PVDRM_TURN_NOBODY	(~0ull)

/**
 * struct pvdrm_turn - a guest on a GPU
 * @vtime: ns of the GPU that it has had, as if its weight were the default
 * @scale: what a ns adds to that, in units of 2^-16
 * @going: ioctls that may submit now
 * @inflight: submissions that are not done
 * @unseen: those of which it is not known
 * @waiting: ioctls that wait until they may
 * @went: when the last one was let go, or it began to want the GPU
 * @idle_since: when the last one was done
 * @unfinished: ns it has had since then
 * @cost: ns that a submission takes, on average
 * @pause: ns until it wants the GPU again, on average
 * @repaid: ns of debt that a ns repays, in units of 2^-16; 0: it has no cap
 * @debt: ns that it has had and that were not repaid by @settled
 * @settled: when it last had something
 *
 * The caller has a lock, and the time in ns.
 */
struct pvdrm_turn {
	u64 vtime;
	u32 scale;
	u32 going;
	u32 inflight;
	u32 unseen;
	u32 waiting;
	u64 went;
	u64 idle_since;
	u64 unfinished;
	u64 cost;
	u64 pause;
	u32 repaid;
	u64 debt;
	u64 settled;
};

/**
 * pvdrm_turn_weigh() - set a guest's weight
 * @turn: the guest's
 * @weight: from 1 on
 */
void pvdrm_turn_weigh(struct pvdrm_turn *turn, u32 weight);

/**
 * pvdrm_turn_cap() - limit a guest's share
 * @turn: the guest's
 * @percent: of the GPU's time, from 1 on; 100: no limit
 */
void pvdrm_turn_cap(struct pvdrm_turn *turn, u32 percent);

/**
 * pvdrm_turn_is_free() - whether a guest need not wait if it is alone
 * @turn: the guest's; the lock is not needed
 *
 * Return: true if so.
 */
static inline bool pvdrm_turn_is_free(const struct pvdrm_turn *turn)
{
	return !turn->repaid &&
	       READ_ONCE(turn->inflight) + READ_ONCE(turn->unseen) <
	       PVDRM_TURN_MOST;
}

/**
 * pvdrm_turn_wants() - whether a guest wants the GPU
 * @turn: the guest's
 * @now: the time
 *
 * Return: true if others may have to wait for it.
 */
bool pvdrm_turn_wants(const struct pvdrm_turn *turn, u64 now);

/**
 * pvdrm_turn_arrive() - a guest is about to submit something
 * @turn: the guest's
 * @base: the least virtual time of others that want the GPU, or of all so far
 * @now: the time
 */
void pvdrm_turn_arrive(struct pvdrm_turn *turn, u64 base, u64 now);

/**
 * pvdrm_turn_may_go() - whether it may submit now
 * @turn: the guest's
 * @least: the least virtual time of others that want the GPU, or PVDRM_TURN_NOBODY
 * @now: the time
 *
 * Return: true if it may.
 */
bool pvdrm_turn_may_go(const struct pvdrm_turn *turn, u64 least, u64 now);

/**
 * pvdrm_turn_had() - the GPU has worked for a guest
 * @turn: the guest's
 * @ns: so long
 * @now: the time
 */
void pvdrm_turn_had(struct pvdrm_turn *turn, u64 ns, u64 now);

/**
 * pvdrm_turn_done() - a submission of a guest is done
 * @turn: the guest's, after pvdrm_turn_had()
 * @now: the time
 */
void pvdrm_turn_done(struct pvdrm_turn *turn, u64 now);

#endif /* PVDRM_BACK_GPU_TURN_H */
