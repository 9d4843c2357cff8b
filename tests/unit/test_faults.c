// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_faults.c: each access to memory and each allocation fails in turn
 *
 * Whatever fails, the answer is one of those promised, and nothing leaks (the
 * sanitizer tells).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "kinds.h"

static const struct pvdrm_table *table;
static u64 argument;

#define CMD	DRM_IOCTL_KINDS_NEST

/* An argument that needs more than the plan's own memory */
static int setup(void **state)
{
	struct kinds_reloc relocs[90] = { 0 };
	struct kinds_buffer buffers[12];
	struct kinds_job jobs[3] = { 0 };
	struct kinds_nest arg = { .nr_jobs = 3 };
	u32 i;

	space_reset();
	table = carry_table(&kinds_table);
	for (i = 0; i < 12; i++)
		buffers[i] = (struct kinds_buffer) {
			.relocs = space_put(&program, relocs, sizeof(relocs)),
			.nr_relocs = 90,
		};
	for (i = 0; i < 3; i++)
		jobs[i] = (struct kinds_job) {
			.nr_buffers = 12,
			.buffers = space_put(&program, buffers, sizeof(buffers)),
			.name = space_put(&program, "a name", 7),
		};
	arg.jobs = space_put(&program, jobs, sizeof(jobs));
	argument = space_put(&program, &arg, sizeof(arg));
	return 0;
}

static int pack(struct pvdrm_plan *plan)
{
	return pvdrm_pack_request(plan, table, pvdrm_table_find(table, CMD),
				  CMD, argument, &program_mem);
}

static int plan_request(struct pvdrm_plan *plan, const struct pvdrm_plan *front)
{
	return pvdrm_parse_request(plan, table, pvdrm_table_find(table, CMD),
				   CMD, front->buf, front->req_len,
				   front->rsp_len);
}

static void allocations_in_pack(void **state)
{
	struct pvdrm_plan plan;
	u32 fail_at;
	int err = -ENOMEM;

	pvdrm_plan_init(&plan);
	for (fail_at = 1; err; fail_at++) {
		alloc_calls = 0;
		alloc_fail_at = fail_at;
		err = pack(&plan);
		assert_true(!err || err == -ENOMEM);
		assert_int_equal(!err, alloc_calls < fail_at);
		pvdrm_plan_free(&plan);
	}
	assert_true(fail_at > 10);
}

static void allocations_in_plan(void **state)
{
	struct pvdrm_plan front, plan;
	u32 fail_at;
	int err = -ENOMEM;

	pvdrm_plan_init(&front);
	pvdrm_plan_init(&plan);
	assert_int_equal(pack(&front), 0);
	for (fail_at = 1; err; fail_at++) {
		alloc_calls = 0;
		alloc_fail_at = fail_at;
		err = plan_request(&plan, &front);
		assert_true(!err || err == -ENOMEM);
		pvdrm_plan_free(&plan);
	}
	assert_true(fail_at > 4);
	pvdrm_plan_free(&front);
}

/* A plan that failed half-way is as good as new */
static void plan_after_a_failure(void **state)
{
	struct pvdrm_plan plan;

	pvdrm_plan_init(&plan);
	alloc_calls = 0;
	alloc_fail_at = 3;
	assert_int_equal(pack(&plan), -ENOMEM);
	alloc_fail_at = 0;
	assert_int_equal(pack(&plan), 0);
	alloc_calls = 0;
	assert_int_equal(pack(&plan), 0);
	assert_int_equal(alloc_calls, 0);
	pvdrm_plan_free(&plan);
}

static void allocation_in_build(void **state)
{
	void *buf;
	size_t len;

	alloc_calls = 0;
	alloc_fail_at = 1;
	assert_int_equal(pvdrm_table_build(&kinds_table, &buf, &len), -ENOMEM);
}

/* Some pointee is unreadable: a request nevertheless, which the backend takes */
static void reads_in_pack(void **state)
{
	struct pvdrm_plan front, plan;
	u32 fail_at, fewer = 0;
	int err;

	pvdrm_plan_init(&front);
	pvdrm_plan_init(&plan);
	for (fail_at = 1; ; fail_at++) {
		program.calls = 0;
		program.fail_at = fail_at;
		err = pack(&front);
		assert_int_equal(err, fail_at == 1 ? -EFAULT : 0);
		if (program.calls < fail_at)
			break;
		if (err)
			continue;
		assert_int_equal(plan_request(&plan, &front), 0);
		assert_int_equal(plan.nr_segs, front.nr_segs);
		fewer += front.nr_segs < 44;
	}
	assert_true(fewer > 40);
	pvdrm_plan_free(&front);
	pvdrm_plan_free(&plan);
}

static void server_faults(void **state)
{
	struct pvdrm_plan front, plan;
	u8 *rsp;
	u32 fail_at, failed = 0;
	int err;

	pvdrm_plan_init(&front);
	pvdrm_plan_init(&plan);
	assert_int_equal(pack(&front), 0);
	rsp = malloc(front.rsp_len);
	for (fail_at = 1; ; fail_at++) {
		u8 *req = malloc(front.req_len);

		memcpy(req, front.buf, front.req_len);
		assert_int_equal(plan_request(&plan, &front), 0);
		arena.calls = 0;
		arena.fail_at = fail_at;
		err = pvdrm_unpack_request(&plan, req, ARENA_BASE, BAD_ADDRESS,
					   &arena_mem);
		if (!err)
			err = pvdrm_pack_response(&plan, rsp, 0, &arena_mem);
		free(req);
		assert_int_equal(err, arena.calls < fail_at ? 0 : -EFAULT);
		if (!err)
			break;
		failed++;
	}
	/* A write for each pointee, a read for each that comes back */
	assert_true(failed > 60);
	free(rsp);
	pvdrm_plan_free(&front);
	pvdrm_plan_free(&plan);
}

/* One cannot be written, and the others are */
static void writes_in_deliver(void **state)
{
	struct pvdrm_plan front;
	u32 fail_at;
	u8 *rsp;
	int err;

	pvdrm_plan_init(&front);
	assert_int_equal(pack(&front), 0);
	rsp = malloc(front.rsp_len);
	for (fail_at = 1; ; fail_at++) {
		/* Not as it was, or it would not be written */
		memset(rsp, 0x77, front.rsp_len);
		program.calls = 0;
		program.fail_at = fail_at;
		err = pvdrm_unpack_response(&front, rsp, front.rsp_len, 0,
					    &program_mem);
		assert_int_equal(err, program.calls < fail_at ? 0 : -EFAULT);
		assert_int_equal(program.calls, 1 + 1 + 36);
		if (!err)
			break;
	}
	free(rsp);
	pvdrm_plan_free(&front);
}

int main(void)
{
	const struct unit_case tests[] = {
		cmocka_unit_test_setup(allocations_in_pack, setup),
		cmocka_unit_test_setup(allocations_in_plan, setup),
		cmocka_unit_test_setup(plan_after_a_failure, setup),
		cmocka_unit_test_setup(allocation_in_build, setup),
		cmocka_unit_test_setup(reads_in_pack, setup),
		cmocka_unit_test_setup(server_faults, setup),
		cmocka_unit_test_setup(writes_in_deliver, setup),
	};

	return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}
