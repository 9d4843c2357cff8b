// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_time.c: absolute times, between two clocks
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "kinds.h"

static const struct pvdrm_table *table;

/* What the driver found, and what the wire had */
static s64 seen;
static s64 wire;

static long note_time(struct space *s, void *data)
{
	struct kinds_tagged *arg = data;

	seen = arg->timeout;
	/* Drivers do not; should one, the program would not see it */
	arg->timeout = 12345;
	arg->result = 1;
	return 0;
}

static void rebase(s64 when)
{
	struct kinds_tagged arg = { .timeout = when };
	struct kinds_tagged *there;
	u64 at;

	at = space_put(&program, &arg, sizeof(arg));
	there = space_at(&program, at);
	assert_int_equal(carry(table, DRM_IOCTL_KINDS_TAGGED, at,
			       DRM_IOCTL_KINDS_TAGGED, note_time), 0);
	memcpy(&wire, carried_req + offsetof(struct kinds_tagged, timeout), 8);
	assert_int_equal(there->timeout, when);
	assert_int_equal(there->result, 1);
}

static int setup(void **state)
{
	space_reset();
	table = carry_table(&kinds_table);
	return 0;
}

static void future(void **state)
{
	rebase(program.now + 1);
	assert_int_equal(wire, 1);
	assert_int_equal(seen, arena.now + 1);
	rebase(program.now + 5000000000ll);
	assert_int_equal(wire, 5000000000ll);
	assert_int_equal(seen, arena.now + 5000000000ll);
}

/* Later than program.now means over, not a wait for the other clock's lead */
static void past(void **state)
{
	arena.now = program.now / 2;
	rebase(program.now);
	assert_int_equal(wire, 0);
	assert_int_equal(seen, 0);
	rebase(program.now - 1);
	assert_int_equal(seen, 0);
	rebase(arena.now + 5);
	assert_int_equal(seen, 0);
	rebase(1);
	assert_int_equal(seen, 0);
}

/* Drivers give these a meaning of their own */
static void zero_and_negative(void **state)
{
	rebase(0);
	assert_int_equal(seen, 0);
	rebase(-1);
	assert_int_equal(wire, -1);
	assert_int_equal(seen, -1);
	rebase(-S64_MAX - 1);
	assert_int_equal(seen, -S64_MAX - 1);
}

static void for_ever(void **state)
{
	rebase(S64_MAX);
	assert_int_equal(wire, S64_MAX);
	assert_int_equal(seen, S64_MAX);
}

static void saturates(void **state)
{
	/* The server's clock is ahead: now plus the distance is too much */
	program.now = 5;
	arena.now = 1000;
	rebase(S64_MAX - 1);
	assert_int_equal(wire, S64_MAX - 6);
	assert_int_equal(seen, S64_MAX);
	arena.now = 6;
	rebase(S64_MAX - 1);
	assert_int_equal(seen, S64_MAX);
	arena.now = 4;
	rebase(S64_MAX - 1);
	assert_int_equal(seen, S64_MAX - 2);
}

/* No clock of the kernel's is negative; nothing overflows if one is */
static void strange_clocks(void **state)
{
	static const s64 times[] = { -S64_MAX - 1, -1, 0, 1, S64_MAX };
	size_t i, j, k;

	for (i = 0; i < ARRAY_SIZE(times); i++)
		for (j = 0; j < ARRAY_SIZE(times); j++)
			for (k = 0; k < ARRAY_SIZE(times); k++) {
				program.now = times[i];
				arena.now = times[j];
				rebase(times[k]);
			}
}

static void only_when_it_applies(void **state)
{
	struct kinds_tagged arg = {
		.type = KINDS_NUMBER, .since = 1ull << 63 | 7, .value = 1,
	};
	u64 at = space_put(&program, &arg, sizeof(arg));

	carry_compare(table, DRM_IOCTL_KINDS_TAGGED, at, DRM_IOCTL_KINDS_TAGGED,
		      kinds_tagged);
}

int main(void)
{
	const struct unit_case tests[] = {
		cmocka_unit_test_setup(future, setup),
		cmocka_unit_test_setup(past, setup),
		cmocka_unit_test_setup(zero_and_negative, setup),
		cmocka_unit_test_setup(for_ever, setup),
		cmocka_unit_test_setup(saturates, setup),
		cmocka_unit_test_setup(strange_clocks, setup),
		cmocka_unit_test_setup(only_when_it_applies, setup),
	};
	int failed = cmocka_run_group_tests_name("time", tests, NULL, NULL);

	pvdrm_plan_free(&carried);
	return failed;
}
