// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_turn.c: guests on a simulated GPU that does one thing after the other
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "back/gpu/time.h"
#include "back/gpu/turn.h"

#define USEC		1000ull
#define MSEC		1000000ull
#define STEP		(20 * USEC)
#define MOST_GUESTS	3
#define MOST_QUEUED	256

/* A process: submits a job, waits until it is done and a moment longer, and so on */
struct process {
	u64 ready;	/* when it wants to submit the next one */
	bool queued;
	bool asked;
};

struct guest {
	struct pvdrm_turn turn;
	int processes;
	u64 job, pause, from;
	bool deep;	/* waits for nothing but its turn */
	struct process process[16];
	u64 had;	/* ns of the GPU, as simulated */
	u64 done;	/* jobs */
};

struct job {
	struct guest *guest;
	struct process *process;
	u64 submitted;
};

struct gpu {
	struct guest guest[MOST_GUESTS];
	int guests;
	struct job queue[MOST_QUEUED];
	int queued;
	u64 settled, left, busy, now;
	bool unpaced;
};

static u64 least(const struct gpu *gpu, const struct guest *but)
{
	u64 found = PVDRM_TURN_NOBODY;
	int i;

	for (i = 0; i < gpu->guests; i++)
		if (&gpu->guest[i] != but &&
		    pvdrm_turn_wants(&gpu->guest[i].turn, gpu->now))
			found = min(found, gpu->guest[i].turn.vtime);
	return found;
}

static void submit(struct gpu *gpu, struct guest *guest, struct process *process)
{
	if (!gpu->queued)
		gpu->left = guest->job;
	assert_true(gpu->queued < MOST_QUEUED);
	gpu->queue[gpu->queued++] = (struct job){ guest, process, gpu->now };
	guest->turn.inflight++;
	guest->turn.went = gpu->now;
	process->queued = !guest->deep;
}

static void run_process(struct gpu *gpu, struct guest *guest,
			struct process *process)
{
	struct pvdrm_turn *turn = &guest->turn;
	u64 base;

	if (process->queued || gpu->now < max(process->ready, guest->from))
		return;
	if (!process->asked) {
		base = least(gpu, guest);
		pvdrm_turn_arrive(turn, base == PVDRM_TURN_NOBODY ? 0 : base,
				  gpu->now);
		process->asked = true;
		turn->waiting++;
	}
	if (guest->deep && turn->inflight >= 64)
		return;
	if (!gpu->unpaced &&
	    !pvdrm_turn_may_go(turn, least(gpu, guest), gpu->now))
		return;
	process->asked = false;
	turn->waiting--;
	submit(gpu, guest, process);
}

static void finish(struct gpu *gpu)
{
	struct job job = gpu->queue[0];

	memmove(gpu->queue, gpu->queue + 1,
		--gpu->queued * sizeof(*gpu->queue));
	pvdrm_turn_had(&job.guest->turn,
		       pvdrm_gpu_time_take(&gpu->settled, job.submitted,
					   gpu->now),
		       gpu->now);
	pvdrm_turn_done(&job.guest->turn, gpu->now);
	job.guest->done++;
	if (!job.guest->deep)
		job.process->queued = false;
	job.process->ready = gpu->now + job.guest->pause;
	if (gpu->queued)
		gpu->left = gpu->queue[0].guest->job;
}

static void run(struct gpu *gpu, u64 ns)
{
	u64 end = gpu->now + ns;
	int i, p;

	for (; gpu->now < end; gpu->now += STEP) {
		if (gpu->queued) {
			gpu->busy += STEP;
			gpu->queue[0].guest->had += STEP;
			gpu->left -= min(gpu->left, STEP);
			if (!gpu->left)
				finish(gpu);
		}
		for (i = 0; i < gpu->guests; i++)
			for (p = 0; p < gpu->guest[i].processes; p++)
				run_process(gpu, &gpu->guest[i],
					    &gpu->guest[i].process[p]);
	}
}

static struct guest *add(struct gpu *gpu, u32 weight, int processes, u64 job,
			 u64 pause)
{
	struct guest *guest = &gpu->guest[gpu->guests++];

	guest->processes = processes;
	guest->job = job;
	guest->pause = pause;
	pvdrm_turn_weigh(&guest->turn, weight);
	return guest;
}

static u64 percent(const struct gpu *gpu, const struct guest *guest)
{
	return guest->had * 100 / gpu->now;
}

/* Jobs that take as long, or ten times as long: in FIFO order it would be a 17th or less */
static void greedy(void **state)
{
	static const u64 jobs[] = { 1 * MSEC, 10 * MSEC, 100 * USEC };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(jobs); i++) {
		struct gpu gpu = {};
		struct guest *many = add(&gpu, 100, 16, jobs[i], 0);
		struct guest *one = add(&gpu, 100, 1, MSEC, 300 * USEC);

		run(&gpu, 5000 * MSEC);
		print_message("jobs of %llu us: %llu%% and %llu%%\n",
			      (unsigned long long)(jobs[i] / USEC),
			      (unsigned long long)percent(&gpu, many),
			      (unsigned long long)percent(&gpu, one));
		assert_in_range(percent(&gpu, one), 30, 60);
		assert_true(gpu.busy * 100 / gpu.now >= 75);
	}
}

static void without_pacing(void **state)
{
	struct gpu gpu = { .unpaced = true };
	struct guest *one;

	add(&gpu, 100, 16, MSEC, 0);
	one = add(&gpu, 100, 1, MSEC, 300 * USEC);
	run(&gpu, 5000 * MSEC);
	assert_in_range(percent(&gpu, one), 0, 7);
}

static void weights(void **state)
{
	struct gpu gpu = {};
	struct guest *heavy = add(&gpu, 300, 4, MSEC, 0);
	struct guest *light = add(&gpu, 100, 16, MSEC, 0);

	run(&gpu, 5000 * MSEC);
	assert_in_range(percent(&gpu, heavy), 70, 80);
	assert_in_range(percent(&gpu, light), 20, 30);
}

static void three(void **state)
{
	struct gpu gpu = {};
	int i;

	add(&gpu, 100, 16, 5 * MSEC, 0);
	add(&gpu, 200, 3, MSEC, 100 * USEC);
	add(&gpu, 100, 8, 500 * USEC, 0);
	run(&gpu, 10000 * MSEC);
	for (i = 0; i < 3; i++)
		assert_in_range(percent(&gpu, &gpu.guest[i]), i == 1 ? 40 : 20,
				i == 1 ? 60 : 30);
}

/* One that submits without waiting for anything */
static void queue_of_jobs(void **state)
{
	struct gpu gpu = {};
	struct guest *one;

	add(&gpu, 100, 1, 2 * MSEC, 0)->deep = true;
	one = add(&gpu, 100, 1, MSEC, 200 * USEC);
	run(&gpu, 5000 * MSEC);
	assert_in_range(percent(&gpu, one), 30, 60);
}

static void alone(void **state)
{
	struct gpu gpu = {};

	add(&gpu, 100, 2, MSEC, 0);
	/* It has been there, and wants nothing any more. */
	add(&gpu, 100, 0, MSEC, 0);
	run(&gpu, 1000 * MSEC);
	assert_true(gpu.busy * 100 / gpu.now >= 99);
}

/* Seldom there: the other one is not kept waiting for it */
static void seldom(void **state)
{
	struct gpu gpu = {};
	struct guest *one;

	add(&gpu, 100, 4, 2 * MSEC, 0);
	one = add(&gpu, 100, 1, MSEC, 30 * MSEC);
	run(&gpu, 5000 * MSEC);
	assert_true(gpu.busy * 100 / gpu.now >= 97);
	/* And has nothing to wait for but what is there already */
	assert_true(one->done >= 5000 / 41);
}

/* What it had while nobody else wanted the GPU is not held against it. */
static void late_comer(void **state)
{
	struct gpu gpu = {};
	struct guest *first = add(&gpu, 100, 4, MSEC, 0);
	struct guest *late = add(&gpu, 100, 4, MSEC, 0);
	u64 had;

	late->from = 5000 * MSEC;
	run(&gpu, 5000 * MSEC);
	had = first->had;
	run(&gpu, 200 * MSEC);
	assert_in_range((first->had - had) * 100 / (200 * MSEC), 40, 60);
}

/* Nobody waits for ever: what is in flight may depend on what waits. */
static void patience(void **state)
{
	struct pvdrm_turn turn = {};

	pvdrm_turn_weigh(&turn, 1);
	pvdrm_turn_arrive(&turn, 0, 5 * MSEC);
	turn.waiting = 1;
	turn.inflight = 3;
	pvdrm_turn_had(&turn, 1000 * MSEC, 5 * MSEC);
	assert_false(pvdrm_turn_may_go(&turn, 0, 6 * MSEC));
	assert_false(pvdrm_turn_may_go(&turn, 0, 1004 * MSEC));
	assert_true(pvdrm_turn_may_go(&turn, 0, 1005 * MSEC));
	assert_true(pvdrm_turn_may_go(&turn, PVDRM_TURN_NOBODY, 6 * MSEC));
}

/* Whatever its jobs take, and though nobody else is there */
static void capped(void **state)
{
	static const u64 jobs[] = { 100 * USEC, 5 * MSEC, 200 * MSEC };
	static const u32 caps[] = { 5, 25, 80 };
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(jobs) * ARRAY_SIZE(caps); i++) {
		struct gpu gpu = {};
		struct guest *guest;

		j = i % ARRAY_SIZE(caps);
		guest = add(&gpu, 100, 4, jobs[i / ARRAY_SIZE(caps)], 0);
		pvdrm_turn_cap(&guest->turn, caps[j]);
		run(&gpu, 20000 * MSEC);
		print_message("jobs of %llu us, cap %u: %llu%%\n",
			      (unsigned long long)(guest->job / USEC), caps[j],
			      (unsigned long long)percent(&gpu, guest));
		assert_in_range(percent(&gpu, guest), caps[j] * 3 / 4,
				caps[j] + 5);
	}
}

/* The other one has what the cap leaves, and does not wait for a guest that waits. */
static void cap_and_other(void **state)
{
	struct gpu gpu = {};
	struct guest *guest = add(&gpu, 1000, 8, 2 * MSEC, 0);
	struct guest *other = add(&gpu, 100, 1, MSEC, 0);

	pvdrm_turn_cap(&guest->turn, 20);
	run(&gpu, 10000 * MSEC);
	assert_in_range(percent(&gpu, guest), 15, 22);
	assert_in_range(percent(&gpu, other), 75, 85);
}

/* A job that takes for ever does not lock a guest out for as long. */
static void cap_and_long_job(void **state)
{
	struct pvdrm_turn turn = {};

	pvdrm_turn_weigh(&turn, 100);
	pvdrm_turn_cap(&turn, 50);
	pvdrm_turn_had(&turn, 60000 * MSEC, MSEC);
	assert_false(pvdrm_turn_may_go(&turn, PVDRM_TURN_NOBODY, 1900 * MSEC));
	assert_true(pvdrm_turn_may_go(&turn, PVDRM_TURN_NOBODY, 2001 * MSEC));
	assert_false(pvdrm_turn_is_free(&turn));
	pvdrm_turn_cap(&turn, 100);
	assert_true(pvdrm_turn_is_free(&turn));
}

/* Of what a guest submits, only so much waits for a GPU that is not done with anything. */
static void most_in_flight(void **state)
{
	struct pvdrm_turn turn = {};
	u64 now = 5000 * MSEC;

	pvdrm_turn_weigh(&turn, 100);
	pvdrm_turn_arrive(&turn, 0, now);
	while (pvdrm_turn_may_go(&turn, PVDRM_TURN_NOBODY, now)) {
		assert_true(pvdrm_turn_is_free(&turn));
		turn.inflight++;
	}
	assert_int_equal(turn.inflight, PVDRM_TURN_MOST);
	assert_false(pvdrm_turn_is_free(&turn));
	assert_false(pvdrm_turn_may_go(&turn, PVDRM_TURN_NOBODY, now + 999 * MSEC));
	assert_true(pvdrm_turn_may_go(&turn, PVDRM_TURN_NOBODY, now + 1000 * MSEC));
	pvdrm_turn_done(&turn, now);
	assert_true(pvdrm_turn_may_go(&turn, PVDRM_TURN_NOBODY, now));
}

/* So does what is not known to be done. */
static void most_unseen(void **state)
{
	struct pvdrm_turn turn = {};
	u64 now = 5000 * MSEC;
	int went = 0;

	pvdrm_turn_weigh(&turn, 100);
	turn.went = now;
	turn.inflight = 100;
	turn.unseen = PVDRM_TURN_MOST - 101;
	assert_true(pvdrm_turn_is_free(&turn));
	pvdrm_turn_arrive(&turn, 0, now);
	assert_true(pvdrm_turn_may_go(&turn, PVDRM_TURN_NOBODY, now));
	turn.unseen++;
	assert_false(pvdrm_turn_is_free(&turn));
	assert_false(pvdrm_turn_may_go(&turn, PVDRM_TURN_NOBODY, now));
	/* Nothing else is there, and each is one more: one a second. */
	turn.unseen = PVDRM_TURN_MOST;
	turn.inflight = 0;
	for (; now < 15000 * MSEC; now += MSEC) {
		if (!turn.waiting) {
			pvdrm_turn_arrive(&turn, 0, now);
			turn.waiting = 1;
		}
		if (!pvdrm_turn_may_go(&turn, PVDRM_TURN_NOBODY, now))
			continue;
		turn.waiting = 0;
		turn.went = now;
		turn.unseen++;
		went++;
	}
	assert_in_range(went, 8, 10);
}

/* What is in flight is never done unless what waits is submitted. */
static void cap_and_dependency(void **state)
{
	struct pvdrm_turn turn = {};
	u64 now;

	pvdrm_turn_weigh(&turn, 100);
	pvdrm_turn_cap(&turn, 10);
	turn.inflight = 1;
	turn.waiting = 1;
	turn.went = MSEC;
	for (now = MSEC; now < 1001 * MSEC; now += 100 * MSEC) {
		pvdrm_turn_had(&turn, 100 * MSEC, now);
		assert_false(now > 100 * MSEC &&
			     pvdrm_turn_may_go(&turn, PVDRM_TURN_NOBODY, now));
	}
	assert_true(pvdrm_turn_may_go(&turn, PVDRM_TURN_NOBODY, now));
	turn.went = now;
	assert_false(pvdrm_turn_may_go(&turn, PVDRM_TURN_NOBODY,
				       now + 999 * MSEC));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(greedy),
		cmocka_unit_test(without_pacing),
		cmocka_unit_test(weights),
		cmocka_unit_test(three),
		cmocka_unit_test(queue_of_jobs),
		cmocka_unit_test(alone),
		cmocka_unit_test(seldom),
		cmocka_unit_test(late_comer),
		cmocka_unit_test(patience),
		cmocka_unit_test(capped),
		cmocka_unit_test(cap_and_other),
		cmocka_unit_test(cap_and_long_job),
		cmocka_unit_test(cap_and_dependency),
		cmocka_unit_test(most_in_flight),
		cmocka_unit_test(most_unseen),
	};

	return cmocka_run_group_tests_name("turn", tests, NULL, NULL);
}
