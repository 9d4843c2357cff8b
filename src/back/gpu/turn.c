// SPDX-License-Identifier: GPL-2.0-only
/*
 * turn.c: whose turn it is on a GPU that several guests want: the arithmetic
 */
#include "back/gpu/turn.h"

#define MSEC		1000000ull
#define SCALE_ONE	0x10000u

/* How far a guest may be ahead; more than that costs turns, less costs idle time */
#define SLACK		(2 * MSEC)
/* What a guest that wanted nothing for a while may catch up on */
#define CREDIT		(20 * MSEC)
/* The longest time that a GPU is kept for a guest that has nothing on it */
#define LONGEST_PAUSE	(50 * MSEC)
/* A guest that is not let go for so long goes, whatever it has had */
#define PATIENCE	(1000 * MSEC)
/* Submissions at a time of a guest that others wait for, whatever they cost */
#define MOST_AT_ONCE	16u
/* What a submission is taken to cost before one is done */
#define USUAL_COST	MSEC
/* With a cap: the debt up to which a guest may submit, and the highest there is */
#define FREE_DEBT	(20 * MSEC)
#define HIGHEST_DEBT	(1000 * MSEC)

static u64 average(u64 was, u64 is)
{
	return was - was / 4 + is / 4;
}

void pvdrm_turn_weigh(struct pvdrm_turn *turn, u32 weight)
{
	turn->scale = PVDRM_TURN_WEIGHT * SCALE_ONE / weight;
	if (!turn->cost)
		turn->cost = USUAL_COST;
}

void pvdrm_turn_cap(struct pvdrm_turn *turn, u32 percent)
{
	turn->repaid = percent < 100 ? percent * SCALE_ONE / 100 : 0;
}

/* What is left of @debt, if nothing was added to it since @turn was settled */
static u64 debt_left(const struct pvdrm_turn *turn, u64 debt, u64 now)
{
	u64 time = min(now - turn->settled, HIGHEST_DEBT * 100);

	return debt - min(debt, time * turn->repaid / SCALE_ONE);
}

/* What is in flight may depend on what waits; meanwhile it adds to the debt. */
static bool is_stuck(const struct pvdrm_turn *turn, u64 now)
{
	return turn->inflight &&
	       now >= max(turn->went, turn->idle_since) + PATIENCE;
}

static bool is_over_cap(const struct pvdrm_turn *turn, u64 now)
{
	u64 soon = (turn->going + turn->inflight) * turn->cost;

	return turn->repaid && !is_stuck(turn, now) &&
	       debt_left(turn, turn->debt, now) + soon > FREE_DEBT;
}

static bool has_work(const struct pvdrm_turn *turn)
{
	return turn->going || turn->inflight || turn->waiting;
}

static u64 scaled(const struct pvdrm_turn *turn, u64 ns)
{
	return ns * turn->scale / SCALE_ONE;
}

bool pvdrm_turn_wants(const struct pvdrm_turn *turn, u64 now)
{
	if (is_over_cap(turn, now))
		return false;
	if (has_work(turn))
		return true;
	return turn->pause <= min(turn->cost, LONGEST_PAUSE) &&
	       now < turn->idle_since + 2 * turn->pause;
}

void pvdrm_turn_arrive(struct pvdrm_turn *turn, u64 base, u64 now)
{
	if (has_work(turn))
		return;
	if (now > turn->idle_since)
		turn->pause = average(turn->pause,
				      min(now - turn->idle_since,
					  4 * LONGEST_PAUSE));
	if (base > CREDIT)
		turn->vtime = max(turn->vtime, base - CREDIT);
	turn->went = now;
}

bool pvdrm_turn_may_go(const struct pvdrm_turn *turn, u64 least, u64 now)
{
	u32 at_once = turn->going + turn->inflight;

	if (is_over_cap(turn, now))
		return false;
	if (now >= turn->went + PATIENCE)
		return true;
	if (at_once + turn->unseen >= PVDRM_TURN_MOST)
		return false;
	if (least == PVDRM_TURN_NOBODY)
		return true;
	return at_once < MOST_AT_ONCE &&
	       turn->vtime + scaled(turn, at_once * turn->cost) <=
	       least + SLACK;
}

void pvdrm_turn_had(struct pvdrm_turn *turn, u64 ns, u64 now)
{
	/* Time repays what it had meanwhile, too. */
	turn->debt = min(debt_left(turn, turn->debt + ns, now), HIGHEST_DEBT);
	turn->settled = now;
	turn->vtime += scaled(turn, ns);
	turn->unfinished += ns;
}

void pvdrm_turn_done(struct pvdrm_turn *turn, u64 now)
{
	turn->cost = average(turn->cost, turn->unfinished);
	turn->unfinished = 0;
	turn->inflight--;
	turn->idle_since = now;
}
