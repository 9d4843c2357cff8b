// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_fds.c: descriptors of fences, carried to a mock driver and back
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "kinds.h"

#define CMD	DRM_IOCTL_KINDS_FENCES
#define AT_FD	offsetof(struct kinds_fences, fd)
#define AT_CONTEXT	offsetof(struct kinds_fences, context)

static const struct pvdrm_table *table;

static int setup(void **state)
{
	space_reset();
	test_random_seed(1);
	table = carry_table(&kinds_table);
	kinds_makes_fd = 40;
	kinds_returns = 0;
	return 0;
}

static int teardown(void **state)
{
	pvdrm_plan_free(&carried);
	return 0;
}

static long issue(struct kinds_fences *arg)
{
	u64 at = space_put(&program, arg, sizeof(*arg));
	long ret = carry_compare(table, CMD, at, CMD, kinds_fences);

	memcpy(arg, space_at(&program, at), sizeof(*arg));
	return ret;
}

static u32 sent(size_t off)
{
	u32 value;

	memcpy(&value, carried_req + off, sizeof(value));
	return value;
}

static void one_goes_in(void **state)
{
	struct kinds_fences arg = { .flags = KINDS_FD_IN, .fd = 7 };

	assert_int_equal(issue(&arg), 0);
	assert_int_equal(sent(AT_FD), carry_fence(7));
	assert_int_equal(kinds_saw_fd, carry_host_fd(carry_fence(7)));
	assert_int_equal(arg.fd, 7);
}

static void a_bad_one_goes_in(void **state)
{
	struct kinds_fences arg = { .flags = KINDS_FD_IN, .fd = -9 };

	kinds_returns = -EINVAL;
	assert_int_equal(issue(&arg), -EINVAL);
	assert_int_equal(sent(AT_FD), XENDRM_FD_BAD);
	assert_int_equal(kinds_saw_fd, -1);
	assert_int_equal(arg.fd, -9);
}

static void one_comes_out(void **state)
{
	struct kinds_fences arg = { .flags = KINDS_FD_OUT, .fd = 7 };

	assert_int_equal(issue(&arg), 0);
	assert_int_equal(sent(AT_FD), XENDRM_FD_BAD);
	assert_int_equal(kinds_saw_fd, -1);
	assert_int_equal(arg.fd, 40);
	assert_int_equal(carried.new_fd, 40);

	kinds_returns = 3;
	assert_int_equal(issue(&arg), 3);
	assert_int_equal(arg.fd, 40);
}

static void none_comes_out_of_a_failed_call(void **state)
{
	struct kinds_fences arg = { .flags = KINDS_FD_OUT, .fd = 7 };

	kinds_returns = -EBUSY;
	assert_int_equal(issue(&arg), -EBUSY);
	assert_int_equal(arg.fd, 7);
	assert_int_equal(carried.new_fd, -1);
}

static void one_goes_in_and_one_comes_out(void **state)
{
	struct kinds_fences arg = {
		.flags = KINDS_FD_IN | KINDS_FD_OUT, .fd = 7,
	};

	assert_int_equal(issue(&arg), 0);
	assert_int_equal(sent(AT_FD), carry_fence(7));
	assert_int_equal(kinds_saw_fd, carry_host_fd(carry_fence(7)));
	assert_int_equal(arg.fd, 40);
	assert_int_equal(carried.nr_fixups, 2);
	assert_int_equal(carried.fixups[0].dir,
			 XENDRM_FIELD_IN | XENDRM_FIELD_OUT);

	kinds_returns = -EBUSY;
	arg.fd = 8;
	assert_int_equal(issue(&arg), -EBUSY);
	assert_int_equal(arg.fd, 8);
}

static void a_number_the_driver_leaves(void **state)
{
	struct kinds_fences arg = { .flags = KINDS_FD_OUT, .fd = 7 };

	kinds_makes_fd = -24;
	assert_int_equal(issue(&arg), 0);
	assert_int_equal(arg.fd, -24);
	assert_int_equal(carried.new_fd, -1);
}

/* One that is not asked for is nobody's business */
static void no_flag_no_descriptor(void **state)
{
	struct kinds_fences arg = { .fd = 7, .event = 8, .both = 9 };

	assert_int_equal(issue(&arg), 0);
	assert_int_equal(sent(AT_FD), 7);
	assert_int_equal(kinds_saw_fd, 7);
}

static void two_come_out(void **state)
{
	struct kinds_fences arg = {
		.flags = KINDS_FD_OUT | KINDS_SECOND, .fd = 7, .both = 8,
	};
	u64 at = space_put(&program, &arg, sizeof(arg));
	struct pvdrm_plan plan;

	assert_int_equal(carry(table, CMD, at, CMD, kinds_fences), -EOPNOTSUPP);
	arg.fd = -1;
	pvdrm_plan_init(&plan);
	assert_int_equal(pvdrm_parse_request(&plan, table,
					     pvdrm_table_find(table, CMD), CMD,
					     &arg, sizeof(arg), 4096),
			 -EOPNOTSUPP);
	pvdrm_plan_free(&plan);

	arg.flags = KINDS_FD_IN | KINDS_SECOND;
	assert_int_equal(issue(&arg), 0);
	assert_int_equal(arg.both, 40);
}

/* What only comes out has nothing to say on the way in */
static void a_name_where_none_belongs(void **state)
{
	struct kinds_fences arg = { .flags = KINDS_FD_OUT, .fd = 0 };
	const struct xendrm_ioctl *desc = pvdrm_table_find(table, CMD);
	struct pvdrm_plan plan;

	pvdrm_plan_init(&plan);
	assert_int_equal(pvdrm_parse_request(&plan, table, desc, CMD, &arg,
					     sizeof(arg), 4096),
			 -EPROTO);
	arg.fd = -1;
	assert_int_equal(pvdrm_parse_request(&plan, table, desc, CMD, &arg,
					     sizeof(arg), 4096),
			 0);
	pvdrm_plan_free(&plan);
}

/* The driver reads something else there, which nobody touches */
static void one_comes_out_where_a_number_was(void **state)
{
	static const u32 contexts[] = { 0, 1, 39, 40, 0x80000001, U32_MAX };
	struct kinds_fences arg = { .flags = KINDS_RESULT, .fd = 7 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(contexts); i++) {
		kinds_returns = 0;
		arg.context = contexts[i];
		assert_int_equal(issue(&arg), 0);
		assert_int_equal(sent(AT_CONTEXT), contexts[i]);
		assert_int_equal(kinds_saw_context, contexts[i]);
		assert_int_equal(arg.context, 40);
		/* Even if it happens to be the number that was there */
		assert_int_equal(carried.new_fd, 40);

		kinds_returns = -EBUSY;
		arg.context = contexts[i];
		assert_int_equal(issue(&arg), -EBUSY);
		assert_int_equal(kinds_saw_context, contexts[i]);
		assert_int_equal(arg.context, contexts[i]);
		assert_int_equal(carried.new_fd, -1);
	}
	arg.flags |= KINDS_FD_OUT;
	assert_int_equal(carry(table, CMD,
			       space_put(&program, &arg, sizeof(arg)), CMD,
			       kinds_fences), -EOPNOTSUPP);
}

/* Of a struct that ends before or in it, and one that is not copied back */
static void no_room_for_one(void **state)
{
	struct kinds_fences arg = { .flags = KINDS_FD_OUT };
	u64 at = space_put(&program, &arg, sizeof(arg));
	u32 nr = _IOC_NR(CMD), size;

	for (size = 4; size < 8; size++)
		assert_int_equal(carry(table, _IOC(3u, 'd', nr, size), at, CMD,
				       kinds_fences), -EOPNOTSUPP);
	assert_int_equal(carry(table, _IOC(3u, 'd', nr, 8), at, CMD,
			       kinds_fences), 0);
	assert_int_equal(carry(table, _IOC(1u, 'd', nr, sizeof(arg)), at, CMD,
			       kinds_fences), -EOPNOTSUPP);
	((struct kinds_fences *)space_at(&program, at))->flags = KINDS_FD_IN;
	assert_int_equal(carry(table, _IOC(1u, 'd', nr, sizeof(arg)), at, CMD,
			       kinds_fences), 0);
}

static void many_go_in(void **state)
{
	static struct kinds_fence list[XENDRM_MAX_SEGMENTS + 1];
	struct kinds_fences arg = { .nr = 100 };
	u64 at;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(list); i++)
		list[i].fd = i % 64;
	arg.list = space_put(&program, list, sizeof(list));
	assert_int_equal(issue(&arg), 0);
	assert_int_equal(carried.nr_fixups, 101);

	arg.nr = ARRAY_SIZE(list);
	at = space_put(&program, &arg, sizeof(arg));
	assert_int_equal(carry(table, CMD, at, CMD, kinds_fences), -E2BIG);
}

/* Have @value as the answer in the place at @off; what the program then has there */
static int answer(const struct kinds_fences *arg, size_t off, u32 value,
		  s32 new_fd, long status, s32 *fd)
{
	u64 at = space_put(&program, arg, sizeof(*arg));
	struct kinds_fences rsp = *arg;
	struct pvdrm_plan plan;
	int ret;

	pvdrm_plan_init(&plan);
	assert_int_equal(pvdrm_pack_request(&plan, table,
					    pvdrm_table_find(table, CMD), CMD,
					    at, &program_mem),
			 0);
	memcpy((u8 *)&rsp + off, &value, sizeof(value));
	plan.new_fd = new_fd;
	ret = pvdrm_unpack_response(&plan, &rsp, sizeof(rsp), status,
				    &program_mem);
	memcpy(fd, (u8 *)space_at(&program, at) + off, sizeof(*fd));
	pvdrm_plan_free(&plan);
	return ret;
}

/* Answers of a backend that is not ours */
static void wrong_answers(void **state)
{
	static const struct {
		u32 flags, answer;
		s32 new_fd;
		int ret;
		s32 fd;
	} cases[] = {
		{ KINDS_FD_IN, XENDRM_FD_SAME, -1, 0, 7 },
		{ KINDS_FD_IN, -5, -1, 0, -5 },
		{ KINDS_FD_IN, XENDRM_FD_NEW, -1, -EPROTO, 7 },
		{ KINDS_FD_IN, XENDRM_FD_NEW, 55, -EPROTO, 7 },
		{ KINDS_FD_IN, 2, -1, -EPROTO, 7 },
		{ KINDS_FD_OUT, XENDRM_FD_NEW, 55, 0, 55 },
		{ KINDS_FD_OUT, XENDRM_FD_NEW, -1, -EPROTO, 7 },
		{ KINDS_FD_OUT, XENDRM_FD_SAME, 55, -EPROTO, 7 },
		{ KINDS_FD_OUT, XENDRM_FD_SAME, -1, 0, 7 },
		{ KINDS_FD_OUT, 0x7fffffff, 55, -EPROTO, 7 },
		{ 0, XENDRM_FD_NEW, 55, -EPROTO, 7 },
	};
	struct kinds_fences arg = { .fd = 7 };
	size_t i;
	s32 fd;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		arg.flags = cases[i].flags;
		assert_int_equal(answer(&arg, AT_FD, cases[i].answer,
					cases[i].new_fd, 0, &fd), cases[i].ret);
		assert_int_equal(fd, cases[i].fd);
	}
}

static void wrong_results(void **state)
{
	static const struct {
		u32 answer;
		s32 new_fd;
		int ret;
		s32 fd;
	} cases[] = {
		{ XENDRM_FD_NEW, 55, 0, 55 },
		{ XENDRM_FD_NEW, -1, -EPROTO, 7 },
		{ XENDRM_FD_SAME, -1, -EPROTO, 7 },
		{ 7, 55, -EPROTO, 7 },
		{ -5, -1, 0, -5 },
	};
	struct kinds_fences arg = { .flags = KINDS_RESULT, .context = 7 };
	size_t i;
	s32 fd;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(answer(&arg, AT_CONTEXT, cases[i].answer,
					cases[i].new_fd, 0, &fd), cases[i].ret);
		assert_int_equal(fd, cases[i].fd);
	}
	assert_int_equal(answer(&arg, AT_CONTEXT, XENDRM_FD_SAME, -1, -EBUSY,
				&fd), 0);
	assert_int_equal(fd, 7);
}

int main(void)
{
	const struct unit_case tests[] = {
		cmocka_unit_test_setup_teardown(one_goes_in, setup, teardown),
		cmocka_unit_test_setup_teardown(a_bad_one_goes_in, setup, teardown),
		cmocka_unit_test_setup_teardown(one_comes_out, setup, teardown),
		cmocka_unit_test_setup_teardown(none_comes_out_of_a_failed_call,
						setup, teardown),
		cmocka_unit_test_setup_teardown(one_goes_in_and_one_comes_out,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_number_the_driver_leaves, setup,
						teardown),
		cmocka_unit_test_setup_teardown(no_flag_no_descriptor, setup,
						teardown),
		cmocka_unit_test_setup_teardown(two_come_out, setup, teardown),
		cmocka_unit_test_setup_teardown(a_name_where_none_belongs, setup,
						teardown),
		cmocka_unit_test_setup_teardown(one_comes_out_where_a_number_was,
						setup, teardown),
		cmocka_unit_test_setup_teardown(no_room_for_one, setup, teardown),
		cmocka_unit_test_setup_teardown(many_go_in, setup, teardown),
		cmocka_unit_test_setup_teardown(wrong_answers, setup, teardown),
		cmocka_unit_test_setup_teardown(wrong_results, setup, teardown),
	};

	return cmocka_run_group_tests_name("fds", tests, NULL, NULL);
}
