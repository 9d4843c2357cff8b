// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_hostile.c: requests that no frontend of ours sends, responses that no
 * backend of ours sends
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "kinds.h"

static const struct pvdrm_table *table;

static int setup(void **state)
{
	space_reset();
	test_random_seed(4);
	table = carry_table(&kinds_table);
	return 0;
}

/* What the backend makes of these bytes, which it must not look beyond */
static int plan_of(u32 cmd, const void *req, size_t len, size_t rsp_max)
{
	struct pvdrm_plan plan;
	void *exact = malloc(len + !len);
	int err;

	memcpy(exact, req, len);
	pvdrm_plan_init(&plan);
	err = pvdrm_parse_request(&plan, table, pvdrm_table_find(table, cmd),
				  cmd, exact, len, rsp_max);
	pvdrm_plan_free(&plan);
	free(exact);
	return err;
}

#define PLAN(ioctl, bytes, len) \
	plan_of(DRM_IOCTL_KINDS_##ioctl, bytes, len, 4096)

/* A request with a bit of everything, in carried_req */
static void pack_nest(void)
{
	struct kinds_reloc relocs[3] = { { 1, 2 }, { 3, 4 }, { 5, 6 } };
	struct kinds_buffer buffers[2] = { 0 };
	struct kinds_job jobs[2] = { 0 };
	struct kinds_nest arg = { .nr_jobs = 2 };

	buffers[1].nr_relocs = 3;
	buffers[1].relocs = space_put(&program, relocs, sizeof(relocs));
	jobs[1].nr_buffers = 2;
	jobs[1].buffers = space_put(&program, buffers, sizeof(buffers));
	jobs[1].name = space_put(&program, "a name", 7);
	arg.jobs = space_put(&program, jobs, sizeof(jobs));
	carry_compare(table, DRM_IOCTL_KINDS_NEST,
		      space_put(&program, &arg, sizeof(arg)),
		      DRM_IOCTL_KINDS_NEST, kinds_nest);
}

static void wrong_length(void **state)
{
	size_t len;

	pack_nest();
	assert_int_equal(PLAN(NEST, carried_req, carried_req_len), 0);
	for (len = 0; len < carried_req_len; len++)
		assert_int_equal(PLAN(NEST, carried_req, len), -EPROTO);
	memset(carried_req + carried_req_len, 0, 64);
	for (len = carried_req_len + 1; len < carried_req_len + 64; len++)
		assert_int_equal(PLAN(NEST, carried_req, len), -EPROTO);
}

static void too_long(void **state)
{
	static u8 req[XENDRM_MAX_MESSAGE + 8];

	assert_int_equal(PLAN(NEST, req, XENDRM_MAX_MESSAGE + 1), -E2BIG);
	assert_int_equal(PLAN(NEST, req, XENDRM_MAX_MESSAGE), -EPROTO);
}

static void response_too_long(void **state)
{
	pack_nest();
	assert_int_equal(plan_of(DRM_IOCTL_KINDS_NEST, carried_req,
				 carried_req_len, carried_rsp_len), 0);
	assert_int_equal(plan_of(DRM_IOCTL_KINDS_NEST, carried_req,
				 carried_req_len, carried_rsp_len - 1),
			 -ENOSPC);
}

static void wrong_markers(void **state)
{
	struct kinds_arrays arg = { 0 };
	static const u64 wrong[] = {
		3, ~0ull, ARENA_BASE, PROGRAM_BASE, 1ull << 32, 1ull << 63,
	};
	size_t i;

	assert_int_equal(PLAN(ARRAYS, &arg, sizeof(arg)), 0);
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		arg = (struct kinds_arrays) { .in = wrong[i] };
		assert_int_equal(PLAN(ARRAYS, &arg, sizeof(arg)), -EPROTO);
		arg = (struct kinds_arrays) { .out = wrong[i] };
		assert_int_equal(PLAN(ARRAYS, &arg, sizeof(arg)), -EPROTO);
	}
	/* The frontend cannot know that it cannot write */
	arg = (struct kinds_arrays) { .out = XENDRM_PTR_FAULT };
	assert_int_equal(PLAN(ARRAYS, &arg, sizeof(arg)), -EPROTO);
	arg = (struct kinds_arrays) { .both = XENDRM_PTR_FAULT };
	assert_int_equal(PLAN(ARRAYS, &arg, sizeof(arg)), 0);
}

static void wrong_markers_within(void **state)
{
	u64 marker;
	size_t at;

	/* Wherever there is a marker, another one makes no sense */
	pack_nest();
	for (at = 0; at + 8 <= carried_req_len; at += 8) {
		memcpy(&marker, carried_req + at, 8);
		if (marker != XENDRM_PTR_DATA)
			continue;
		marker = XENDRM_PTR_NULL;
		memcpy(carried_req + at, &marker, 8);
		assert_int_equal(PLAN(NEST, carried_req, carried_req_len),
				 -EPROTO);
		marker = ARENA_BASE;
		memcpy(carried_req + at, &marker, 8);
		assert_int_equal(PLAN(NEST, carried_req, carried_req_len),
				 -EPROTO);
		marker = XENDRM_PTR_DATA;
		memcpy(carried_req + at, &marker, 8);
	}
	assert_int_equal(PLAN(NEST, carried_req, carried_req_len), 0);
}

static void huge_counts(void **state)
{
	struct kinds_arrays arrays = {
		.in = XENDRM_PTR_DATA, .nr_in = ~0ull,
	};
	struct kinds_nest nest = { .jobs = XENDRM_PTR_DATA, .nr_jobs = 1000 };
	struct kinds_stride stride = {
		.points = XENDRM_PTR_DATA, .nr = 2, .stride = ~0u,
	};

	assert_int_equal(PLAN(ARRAYS, &arrays, sizeof(arrays)), -E2BIG);
	arrays.nr_in = 1ull << 62;	/* times 4 is 0 */
	assert_int_equal(PLAN(ARRAYS, &arrays, sizeof(arrays)), -E2BIG);
	arrays.nr_in = 1000;
	assert_int_equal(PLAN(ARRAYS, &arrays, sizeof(arrays)), -EPROTO);
	assert_int_equal(PLAN(NEST, &nest, sizeof(nest)), -EPROTO);
	assert_int_equal(PLAN(STRIDE, &stride, sizeof(stride)), -E2BIG);
	stride.nr = 1000;
	stride.stride = 1 << 20;
	assert_int_equal(PLAN(STRIDE, &stride, sizeof(stride)), -E2BIG);
}

/* What only the driver writes costs no request, so it must be bounded */
static void much_for_little(void **state)
{
	struct kinds_arrays arg = { .out = XENDRM_PTR_DATA, .nr_out = 1000 };

	assert_int_equal(PLAN(ARRAYS, &arg, sizeof(arg)), -ENOSPC);
	arg.nr_out = 1001;
	assert_int_equal(PLAN(ARRAYS, &arg, sizeof(arg)), -E2BIG);
}

static void endless_string(void **state)
{
	struct {
		struct kinds_tagged arg;
		char name[32];
	} req = {
		.arg.type = KINDS_STRING, .arg.value = XENDRM_PTR_DATA,
	};
	size_t len;

	memset(req.name, 'x', sizeof(req.name));
	for (len = 0; len <= sizeof(req.name); len++)
		assert_int_equal(PLAN(TAGGED, &req, sizeof(req.arg) + len),
				 len == KINDS_NAME_LEN ? 0 : -EPROTO);
	req.name[4] = 0;
	for (len = 0; len <= sizeof(req.name); len++)
		assert_int_equal(PLAN(TAGGED, &req, sizeof(req.arg) + len),
				 len == 5 ? 0 : -EPROTO);
}

static void filled_gaps(void **state)
{
	struct {
		struct kinds_stride arg;
		u8 elements[40 + 16];
	} req = { .arg = { .points = XENDRM_PTR_DATA, .nr = 2, .stride = 40 } };
	u32 i;

	assert_int_equal(PLAN(STRIDE, &req, sizeof(req)), 0);
	for (i = 16; i < 40; i++) {
		req.elements[i] = 1;
		assert_int_equal(PLAN(STRIDE, &req, sizeof(req)), -EPROTO);
		req.elements[i] = 0;
	}
}

static void chain_with_a_tail(void **state)
{
	struct {
		struct kinds_chain arg;
		struct kinds_link link;
		struct kinds_number more;
	} req = {
		.arg.extensions = XENDRM_PTR_DATA, .link.tag = 1000,
		.more.link.tag = KINDS_LINK_NUMBER,
	};
	size_t len = offsetof(__typeof__(req), more);

	assert_int_equal(PLAN(CHAIN, &req, len), 0);
	/* A tag it does not know may be anything: nothing can follow it */
	assert_int_equal(PLAN(CHAIN, &req, sizeof(req)), -EPROTO);
	req.link.next = XENDRM_PTR_DATA;
	assert_int_equal(PLAN(CHAIN, &req, sizeof(req)), -EPROTO);
	req.link.next = ARENA_BASE;
	assert_int_equal(PLAN(CHAIN, &req, len), -EPROTO);
}

static void chain_too_long(void **state)
{
	struct {
		struct kinds_chain arg;
		struct kinds_number links[KINDS_MOST_LINKS + 1];
	} req = { .arg.extensions = XENDRM_PTR_DATA };
	int i;

	for (i = 0; i <= KINDS_MOST_LINKS; i++)
		req.links[i].link = (struct kinds_link) {
			.next = XENDRM_PTR_DATA, .tag = KINDS_LINK_NUMBER,
		};
	assert_int_equal(PLAN(CHAIN, &req, sizeof(req)), -E2BIG);
}

/* Responses of any content: see that pointers and what is around stay */
static void any_response(void **state)
{
	u8 rsp[4096], wrong[4096];
	struct kinds_nest *arg;
	struct kinds_job *job;
	size_t len;
	u64 jobs, buffers, at;

	pack_nest();
	at = carried.segs[0].addr;
	arg = space_at(&program, at);
	jobs = arg->jobs;
	job = space_at(&program, jobs);
	buffers = job[1].buffers;

	test_random_fill(wrong, sizeof(wrong));
	for (len = 0; len < 512; len++) {
		memcpy(rsp, wrong, sizeof(rsp));
		assert_int_equal(pvdrm_unpack_response(&carried, rsp, len, 0,
						       &program_mem),
				 len == carried_rsp_len ? 0 : -EPROTO);
	}
	assert_int_equal(arg->jobs, jobs);
	assert_int_equal(job[1].buffers, buffers);
	assert_string_equal(space_at(&program, job[1].name), "a name");
}

int main(void)
{
	const struct unit_case tests[] = {
		cmocka_unit_test_setup(wrong_length, setup),
		cmocka_unit_test_setup(too_long, setup),
		cmocka_unit_test_setup(response_too_long, setup),
		cmocka_unit_test_setup(wrong_markers, setup),
		cmocka_unit_test_setup(wrong_markers_within, setup),
		cmocka_unit_test_setup(huge_counts, setup),
		cmocka_unit_test_setup(much_for_little, setup),
		cmocka_unit_test_setup(endless_string, setup),
		cmocka_unit_test_setup(filled_gaps, setup),
		cmocka_unit_test_setup(chain_with_a_tail, setup),
		cmocka_unit_test_setup(chain_too_long, setup),
		cmocka_unit_test_setup(any_response, setup),
	};
	int failed = cmocka_run_group_tests_name("hostile", tests, NULL, NULL);

	pvdrm_plan_free(&carried);
	return failed;
}
