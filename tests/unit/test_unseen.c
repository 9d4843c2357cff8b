// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_unseen.c: submissions of which no fence was found, and which are known to be done
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "back/gpu/unseen.h"

static const char files[2];

static struct pvdrm_gpu_queue queue_of(int file, u32 name)
{
	return (struct pvdrm_gpu_queue){
		.file = &files[file], .cmd = 1, .name = { name },
	};
}

static void a_later_one_covers_all_before(void **state)
{
	struct pvdrm_gpu_queue queue = queue_of(0, 1);
	struct pvdrm_unseen unseen = {};
	int i;

	for (i = 0; i < 5; i++)
		assert_true(pvdrm_unseen_add(&unseen, &queue));
	assert_int_equal(pvdrm_unseen_cover(&unseen, &queue, unseen.clock), 5);
	/* Once */
	assert_int_equal(pvdrm_unseen_cover(&unseen, &queue, unseen.clock), 0);
	assert_int_equal(unseen.nr, 0);
}

/* Nothing is known of the order of what ran at the same time. */
static void not_those_that_had_not_ended(void **state)
{
	struct pvdrm_gpu_queue queue = queue_of(0, 1);
	struct pvdrm_unseen unseen = {};
	u64 began = unseen.clock, later;

	pvdrm_unseen_add(&unseen, &queue);
	assert_int_equal(pvdrm_unseen_cover(&unseen, &queue, began), 0);
	began = unseen.clock;
	pvdrm_unseen_add(&unseen, &queue);
	later = unseen.clock;
	pvdrm_unseen_add(&unseen, &queue);
	/* Of those that came later, all or none */
	assert_int_equal(pvdrm_unseen_cover(&unseen, &queue, later), 1);
	assert_int_equal(pvdrm_unseen_cover(&unseen, &queue, later), 0);
	assert_int_equal(pvdrm_unseen_cover(&unseen, &queue, unseen.clock), 2);
	assert_int_equal(pvdrm_unseen_cover(&unseen, &queue, began), 0);
}

/* Though others come all the time, the first ones do not count for ever. */
static void while_others_come(void **state)
{
	struct pvdrm_gpu_queue queue = queue_of(0, 1);
	struct pvdrm_unseen unseen = {};
	u32 i, covered = 0;
	u64 began;

	for (i = 0; i < 1000; i++) {
		began = unseen.clock;
		pvdrm_unseen_add(&unseen, &queue);
		covered += pvdrm_unseen_cover(&unseen, &queue, began);
		assert_true(i + 1 - covered <= 3);
	}
}

/* Another channel, or another file's of the same number */
static void queues_are_apart(void **state)
{
	struct pvdrm_gpu_queue one = queue_of(0, 1), two = queue_of(0, 2);
	struct pvdrm_gpu_queue theirs = queue_of(1, 1), tfu = queue_of(0, 1);
	struct pvdrm_unseen unseen = {};

	tfu.cmd = 2;
	pvdrm_unseen_add(&unseen, &one);
	assert_int_equal(pvdrm_unseen_cover(&unseen, &two, unseen.clock), 0);
	assert_int_equal(pvdrm_unseen_cover(&unseen, &theirs, unseen.clock), 0);
	assert_int_equal(pvdrm_unseen_cover(&unseen, &tfu, unseen.clock), 0);
	assert_int_equal(pvdrm_unseen_cover(&unseen, &one, unseen.clock), 1);
}

static void closed_files(void **state)
{
	struct pvdrm_gpu_queue one = queue_of(0, 1), two = queue_of(0, 2);
	struct pvdrm_gpu_queue theirs = queue_of(1, 1);
	struct pvdrm_unseen unseen = {};

	pvdrm_unseen_add(&unseen, &one);
	pvdrm_unseen_add(&unseen, &theirs);
	pvdrm_unseen_add(&unseen, &two);
	pvdrm_unseen_add(&unseen, &two);
	assert_int_equal(pvdrm_unseen_forget(&unseen, &files[0]), 3);
	assert_int_equal(pvdrm_unseen_forget(&unseen, &files[0]), 0);
	assert_int_equal(pvdrm_unseen_cover(&unseen, &theirs, unseen.clock), 1);
}

/* Whatever a guest does, what was added is never more than what is taken off. */
static void at_random(void **state)
{
	struct pvdrm_unseen unseen = {};
	u32 left[2][8] = {}, sum, lost = 0;
	int i, file, name;

	srand(1);
	for (i = 0; i < 200000; i++) {
		struct pvdrm_gpu_queue queue;

		file = rand() % 2;
		name = rand() % 8;
		queue = queue_of(file, name);
		if (rand() % 3) {
			if (pvdrm_unseen_add(&unseen, &queue))
				left[file][name]++;
			else
				lost++;
		} else if (rand() % 8) {
			sum = pvdrm_unseen_cover(&unseen, &queue,
						 unseen.clock - rand() % 4);
			assert_true(sum <= left[file][name]);
			left[file][name] -= sum;
		} else {
			for (sum = 0, name = 0; name < 8; name++) {
				sum += left[file][name];
				left[file][name] = 0;
			}
			assert_int_equal(pvdrm_unseen_forget(&unseen, &files[file]),
					 sum);
		}
	}
	assert_int_equal(lost, 0);
}

static void too_many_queues(void **state)
{
	struct pvdrm_unseen unseen = {};
	struct pvdrm_gpu_queue queue;
	u32 i;

	for (i = 0; i < PVDRM_UNSEEN_QUEUES; i++) {
		queue = queue_of(0, i);
		assert_true(pvdrm_unseen_add(&unseen, &queue));
	}
	assert_true(pvdrm_unseen_add(&unseen, &queue));
	queue = queue_of(0, i);
	assert_false(pvdrm_unseen_add(&unseen, &queue));
	assert_int_equal(pvdrm_unseen_forget(&unseen, &files[0]),
			 PVDRM_UNSEEN_QUEUES + 1);
	assert_true(pvdrm_unseen_add(&unseen, &queue));
}

/* More than are remembered push the oldest out. */
static void contexts(void **state)
{
	struct pvdrm_unseen unseen = {};
	u32 i;

	assert_false(pvdrm_unseen_knows(&unseen, 1));
	for (i = 1; i <= PVDRM_UNSEEN_CONTEXTS; i++) {
		pvdrm_unseen_learn(&unseen, i);
		pvdrm_unseen_learn(&unseen, i);
	}
	for (i = 1; i <= PVDRM_UNSEEN_CONTEXTS; i++)
		assert_true(pvdrm_unseen_knows(&unseen, i));
	pvdrm_unseen_learn(&unseen, i);
	assert_true(pvdrm_unseen_knows(&unseen, i));
	assert_false(pvdrm_unseen_knows(&unseen, 1));
	assert_true(pvdrm_unseen_knows(&unseen, 2));
}

/* What is never shown to be done is forgotten, one each second, from the first on. */
static void old_ones_are_forgotten(void **state)
{
	struct pvdrm_gpu_queue one = queue_of(0, 1), two = queue_of(0, 2);
	const u64 second = 1000000000ull;
	struct pvdrm_unseen unseen = {};
	u64 now = 1000 * second;

	/* Time without any does not count. */
	assert_int_equal(pvdrm_unseen_age(&unseen, now), 0);
	pvdrm_unseen_add(&unseen, &one);
	pvdrm_unseen_add(&unseen, &one);
	pvdrm_unseen_add(&unseen, &one);
	pvdrm_unseen_add(&unseen, &two);
	assert_int_equal(pvdrm_unseen_age(&unseen, now + second - 1), 0);
	assert_int_equal(pvdrm_unseen_age(&unseen, now + 2 * second + 5), 2);
	assert_int_equal(pvdrm_unseen_age(&unseen, now + 3 * second - 1), 0);
	assert_int_equal(unseen.nr, 2);
	assert_int_equal(pvdrm_unseen_age(&unseen, now + 3 * second), 1);
	assert_int_equal(pvdrm_unseen_cover(&unseen, &one, unseen.clock), 0);
	assert_int_equal(pvdrm_unseen_age(&unseen, now + 100 * second), 1);
	assert_int_equal(unseen.nr, 0);
	pvdrm_unseen_add(&unseen, &one);
	assert_int_equal(pvdrm_unseen_age(&unseen, now + 100 * second + 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_later_one_covers_all_before),
		cmocka_unit_test(not_those_that_had_not_ended),
		cmocka_unit_test(while_others_come),
		cmocka_unit_test(queues_are_apart),
		cmocka_unit_test(closed_files),
		cmocka_unit_test(at_random),
		cmocka_unit_test(too_many_queues),
		cmocka_unit_test(contexts),
		cmocka_unit_test(old_ones_are_forgotten),
	};

	return cmocka_run_group_tests_name("unseen", tests, NULL, NULL);
}
