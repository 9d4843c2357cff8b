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

/* -------------------------------------------------------------- seconds and ns */

#define SECOND	1000000000ll

static struct kinds_timespec seen_spec;

static long note_timespec(struct space *s, void *data)
{
	struct kinds_timespec *arg = data;

	seen_spec = *arg;
	arg->when.sec = 12345;
	arg->when.nsec = 678;
	arg->result = 1;
	return 0;
}

static u32 cut(u32 size)
{
	return _IOC(_IOC_READ | _IOC_WRITE, 'd', _IOC_NR(DRM_IOCTL_KINDS_TIMESPEC), size);
}

static void rebase_spec(s64 sec, s64 nsec, u32 size)
{
	struct kinds_timespec arg = { .id = 3, .when = { sec, nsec } };
	struct kinds_timespec *there;
	u64 at = space_put(&program, &arg, sizeof(arg));

	there = space_at(&program, at);
	assert_int_equal(carry(table, cut(size), at, DRM_IOCTL_KINDS_TIMESPEC,
			       note_timespec), 0);
	memcpy(&wire, carried_req + offsetof(struct kinds_timespec, when), 8);
	assert_int_equal(there->when.sec, sec);
	assert_int_equal(there->when.nsec, nsec);
	assert_int_equal(there->result, 1);
	assert_int_equal(seen_spec.id, 3);
}

static void assert_seen(s64 when)
{
	assert_int_equal(seen_spec.when.sec, when / SECOND);
	assert_int_equal(seen_spec.when.nsec, when % SECOND);
}

#define WHOLE	sizeof(struct kinds_timespec)

static void timespec(void **state)
{
	program.now = 5 * SECOND + 999999000;
	arena.now = 70 * SECOND + 500;
	rebase_spec(6, 0, WHOLE);
	assert_int_equal(wire, 1000);
	assert_seen(arena.now + 1000);
	rebase_spec(9, 999999999, WHOLE);
	assert_seen(arena.now + 4 * SECOND + 999);
	/* Programs add without carrying. */
	rebase_spec(5, SECOND + 1000, WHOLE);
	assert_seen(arena.now + 2000);
	rebase_spec(5, 999999000, WHOLE);
	assert_int_equal(wire, 0);
	assert_seen(0);
	rebase_spec(0, 0, WHOLE);
	assert_seen(0);
}

/* No number makes the driver count for long, or is a time of the other clock. */
static void timespecs_that_are_none(void **state)
{
	static const s64 odd[] = { -S64_MAX - 1, -1, S64_MAX, S64_MAX - 1, SECOND };
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(odd); i++)
		for (j = 0; j < ARRAY_SIZE(odd); j++) {
			rebase_spec(odd[i], odd[j], WHOLE);
			assert_true(seen_spec.when.nsec >= 0);
			assert_true(seen_spec.when.nsec < SECOND);
			assert_true(seen_spec.when.sec >= 0);
		}
	rebase_spec(-1, 5 * SECOND, WHOLE);
	assert_seen(0);
	rebase_spec(S64_MAX / SECOND + 1, 0, WHOLE);
	assert_int_equal(wire, S64_MAX);
	assert_seen(S64_MAX);
	rebase_spec(1, S64_MAX, WHOLE);
	assert_seen(S64_MAX);
}

/* A shorter struct has no ns, or no time at all. */
static void timespec_cut_off(void **state)
{
	struct kinds_timespec arg = { .id = 7, .when = { 9, 9 } };
	u64 at = space_put(&program, &arg, sizeof(arg));

	program.now = 5 * SECOND;
	arena.now = 70 * SECOND + 500;
	rebase_spec(8, 700, WHOLE - 8);
	assert_seen(73 * SECOND);
	assert_int_equal(carry(table, cut(8), at, DRM_IOCTL_KINDS_TIMESPEC,
			       note_timespec), 0);
	assert_seen(0);
	assert_int_equal(seen_spec.id, 7);
}

/* What a frontend sends in their place is not what the driver gets. */
static void timespec_of_a_liar(void **state)
{
	static const s64 sent[] = { -S64_MAX - 1, -5, S64_MAX, 3 };
	const struct xendrm_ioctl *desc =
		pvdrm_table_find(table, DRM_IOCTL_KINDS_TIMESPEC);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sent); i++) {
		struct kinds_timespec req = { .when = { sent[i], -7 } };
		struct kinds_timespec *got = space_at(&arena, ARENA_BASE);
		struct pvdrm_plan plan;

		pvdrm_plan_init(&plan);
		assert_int_equal(pvdrm_parse_request(&plan, table, desc, desc->cmd,
						     &req, sizeof(req), sizeof(req)), 0);
		assert_int_equal(pvdrm_unpack_request(&plan, &req, ARENA_BASE,
						      BAD_ADDRESS, &arena_mem), 0);
		assert_true(got->when.sec >= 0);
		assert_true(got->when.nsec >= 0 && got->when.nsec < SECOND);
		pvdrm_plan_free(&plan);
	}
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
		cmocka_unit_test_setup(timespec, setup),
		cmocka_unit_test_setup(timespecs_that_are_none, setup),
		cmocka_unit_test_setup(timespec_cut_off, setup),
		cmocka_unit_test_setup(timespec_of_a_liar, setup),
	};
	int failed = cmocka_run_group_tests_name("time", tests, NULL, NULL);

	pvdrm_plan_free(&carried);
	return failed;
}
