// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_counts.c: the numbers of submissions, which a frontend foretells
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "front/file/counts.h"

static const struct xendrm_ioctl desc = { .cmd = 7 };
static struct pvdrm_counts counts;

/* To a ring of a context, of some form; *@plan is one for each test at a time. */
static const struct pvdrm_plan *to(u64 context, u64 ring, u64 form)
{
	static struct pvdrm_plan plan;

	plan.queue = (struct pvdrm_queue){
		.value = { context, form, ring }, .nr = 3, .counted = 1 | 4, .form = form,
	};
	return &plan;
}

static int setup(void **state)
{
	memset(&counts, 0, sizeof(counts));
	return 0;
}

static void waited(const struct pvdrm_plan *plan, u64 number)
{
	struct pvdrm_counted counted = { 0 };

	pvdrm_counts_begin(&counts, &desc, plan, &counted);
	pvdrm_counts_end(&counts, &desc, plan, &counted, number);
}

/* 0: not known */
static u64 next(const struct pvdrm_plan *plan)
{
	u64 number = 0;

	return pvdrm_counts_next(&counts, &desc, plan, &number) ? number : 0;
}

static void one_after_the_other(void **state)
{
	assert_int_equal(next(to(1, 0, 0)), 0);
	waited(to(1, 0, 0), 41);
	assert_int_equal(next(to(1, 0, 0)), 42);
	/* Not sent */
	assert_int_equal(next(to(1, 0, 0)), 42);
	pvdrm_counts_sent(&counts, &desc, to(1, 0, 0));
	assert_int_equal(next(to(1, 0, 0)), 43);
	/* Whatever its form */
	assert_int_equal(next(to(1, 0, 5)), 43);
	pvdrm_counts_forget(&counts);
	assert_int_equal(next(to(1, 0, 0)), 0);
}

static void each_by_itself(void **state)
{
	struct xendrm_ioctl other = { .cmd = 8 };
	u64 number;

	waited(to(1, 0, 0), 10);
	waited(to(1, 1, 0), 20);
	waited(to(2, 0, 0), 30);
	pvdrm_counts_sent(&counts, &desc, to(1, 1, 0));
	assert_int_equal(next(to(1, 0, 0)), 11);
	assert_int_equal(next(to(1, 1, 0)), 22);
	assert_int_equal(next(to(2, 0, 0)), 31);
	assert_int_equal(next(to(2, 1, 0)), 0);
	assert_false(pvdrm_counts_next(&counts, &other, to(1, 0, 0), &number));
}

static void one_that_is_waited_for(void **state)
{
	struct pvdrm_counted counted = { 0 };

	waited(to(1, 0, 0), 10);
	waited(to(1, 1, 0), 20);
	pvdrm_counts_begin(&counts, &desc, to(1, 0, 3), &counted);
	assert_int_equal(next(to(1, 0, 0)), 0);
	assert_int_equal(next(to(1, 1, 0)), 21);
	pvdrm_counts_sent(&counts, &desc, to(1, 0, 0));
	pvdrm_counts_end(&counts, &desc, to(1, 0, 3), &counted, 11);
	assert_int_equal(next(to(1, 0, 0)), 12);
	/* It fails. */
	waited(to(1, 0, 0), 0);
	assert_int_equal(next(to(1, 0, 0)), 0);
	assert_int_equal(next(to(1, 1, 0)), 21);
}

/* Nobody knows which came first. */
static void two_at_a_time(void **state)
{
	struct pvdrm_counted a = { 0 }, b = { 0 }, c = { 0 };

	pvdrm_counts_begin(&counts, &desc, to(1, 0, 0), &a);
	pvdrm_counts_begin(&counts, &desc, to(1, 0, 0), &b);
	pvdrm_counts_end(&counts, &desc, to(1, 0, 0), &a, 6);
	assert_int_equal(next(to(1, 0, 0)), 0);
	pvdrm_counts_end(&counts, &desc, to(1, 0, 0), &b, 5);
	assert_int_equal(next(to(1, 0, 0)), 0);
	/* One ends while the other goes on. */
	pvdrm_counts_begin(&counts, &desc, to(1, 0, 0), &a);
	pvdrm_counts_begin(&counts, &desc, to(1, 0, 0), &b);
	pvdrm_counts_end(&counts, &desc, to(1, 0, 0), &b, 7);
	pvdrm_counts_begin(&counts, &desc, to(1, 0, 0), &c);
	pvdrm_counts_end(&counts, &desc, to(1, 0, 0), &a, 8);
	pvdrm_counts_end(&counts, &desc, to(1, 0, 0), &c, 9);
	assert_int_equal(next(to(1, 0, 0)), 0);
	waited(to(1, 0, 0), 10);
	assert_int_equal(next(to(1, 0, 0)), 11);
}

/* It may be any count. */
static void one_to_different_queues(void **state)
{
	struct pvdrm_plan plan = *to(1, 0, 0);

	waited(to(1, 0, 0), 10);
	waited(to(2, 0, 0), 20);
	plan.queue.miscounted = 1;
	waited(&plan, 30);
	assert_int_equal(next(to(1, 0, 0)), 0);
	assert_int_equal(next(to(2, 0, 0)), 0);
}

static void more_than_there_is_room_for(void **state)
{
	u32 i;

	for (i = 1; i <= PVDRM_COUNTS + 1; i++)
		waited(to(i, 0, 0), 10 * i);
	assert_int_equal(next(to(1, 0, 0)), 0);
	for (i = 2; i <= PVDRM_COUNTS + 1; i++)
		assert_int_equal(next(to(i, 0, 0)), 10 * i + 1);
}

int main(void)
{
	const struct unit_case tests[] = {
		cmocka_unit_test_setup(one_after_the_other, setup),
		cmocka_unit_test_setup(each_by_itself, setup),
		cmocka_unit_test_setup(one_that_is_waited_for, setup),
		cmocka_unit_test_setup(two_at_a_time, setup),
		cmocka_unit_test_setup(one_to_different_queues, setup),
		cmocka_unit_test_setup(more_than_there_is_room_for, setup),
	};

	return cmocka_run_group_tests_name("counts", tests, NULL, NULL);
}
