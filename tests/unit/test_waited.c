// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_waited.c: what it costs a guest that the host has waited for it
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "back/bus/waited.h"

#define MSEC	1000000ull
#define SEC	(1000 * MSEC)
#define BUDGET	(5 * SEC)
#define SHARE	25u

/*
 * The host waits for @ns, does something else for @pause, and so on. Return: for how
 * long this goes until the guest has lost its device; at most for @most.
 */
static u64 lasts(u64 ns, u64 pause, u64 most)
{
	struct pvdrm_waited waited = {};
	u64 now = 0;

	while (now < most && pvdrm_waited_left(&waited, BUDGET, SHARE, now) >=
			     max(ns, MSEC)) {
		now += ns;
		pvdrm_waited_take(&waited, BUDGET, SHARE, ns, now);
		now += pause;
	}
	return now;
}

static void nothing_yet(void **state)
{
	struct pvdrm_waited waited = {};

	assert_int_equal(pvdrm_waited_left(&waited, BUDGET, SHARE, 0), BUDGET);
}

static void long_waits(void **state)
{
	struct pvdrm_waited waited = {};

	pvdrm_waited_take(&waited, BUDGET, SHARE, SEC, SEC);
	assert_int_equal(pvdrm_waited_left(&waited, BUDGET, SHARE, SEC),
			 BUDGET - SEC + MSEC);
	/* A quarter of the time that passes */
	assert_int_equal(pvdrm_waited_left(&waited, BUDGET, SHARE, 3 * SEC),
			 BUDGET - SEC / 2 + MSEC);
	assert_true(lasts(100 * MSEC, 0, 3600 * SEC) < 8 * SEC);
	assert_true(lasts(100 * MSEC, 100 * MSEC, 3600 * SEC) < 30 * SEC);
	assert_true(lasts(100 * MSEC, 310 * MSEC, 3600 * SEC) >= 3600 * SEC);
}

/* An honest guest answers at once, however often it is asked. */
static void brief_waits(void **state)
{
	u64 us = 1000;

	assert_true(lasts(100 * us, 110 * us, 600 * SEC) >= 600 * SEC);
	assert_true(lasts(900 * us, MSEC, 600 * SEC) >= 600 * SEC);
	/* A burst */
	assert_true(lasts(900 * us, 0, 15 * SEC) >= 15 * SEC);
}

/* One that always takes almost what is free does not get away with it. */
static void brief_waits_without_end(void **state)
{
	u64 us = 1000;

	assert_true(lasts(950 * us, 50 * us, 3600 * SEC) < 60 * SEC);
	assert_true(lasts(100 * us, 0, 3600 * SEC) < 60 * SEC);
	assert_true(lasts(MSEC, 250 * us, 3600 * SEC) < 300 * SEC);
}

/* No time at all, and a share of all of it */
static void extremes(void **state)
{
	struct pvdrm_waited waited = {};

	pvdrm_waited_take(&waited, 0, SHARE, SEC, SEC);
	assert_int_equal(pvdrm_waited_left(&waited, 0, SHARE, SEC), 0);
	memset(&waited, 0, sizeof(waited));
	pvdrm_waited_take(&waited, BUDGET, 100, 3600 * SEC, 3600 * SEC);
	assert_int_equal(pvdrm_waited_left(&waited, BUDGET, 100, 3600 * SEC), 0);
	assert_int_equal(pvdrm_waited_left(&waited, BUDGET, 100,
					   3605 * SEC), BUDGET);
}

int main(void)
{
	const struct unit_case tests[] = {
		cmocka_unit_test(nothing_yet),
		cmocka_unit_test(long_waits),
		cmocka_unit_test(brief_waits),
		cmocka_unit_test(brief_waits_without_end),
		cmocka_unit_test(extremes),
	};

	return cmocka_run_group_tests_name("waited", tests, NULL, NULL);
}
