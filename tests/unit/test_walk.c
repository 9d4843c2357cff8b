// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_walk.c: every kind of field, carried to a mock driver and back
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "kinds.h"

static const struct pvdrm_table *table;

static int setup(void **state)
{
	space_reset();
	test_random_seed(1);
	table = carry_table(&kinds_table);
	return 0;
}

static int teardown(void **state)
{
	pvdrm_plan_free(&carried);
	return 0;
}

/* Issue an ioctl whose argument is @arg, both ways; have the result in @arg */
#define ISSUE(ioctl, arg, func) \
	issue(DRM_IOCTL_KINDS_##ioctl, &(arg), sizeof(arg), func)

static long issue(u32 cmd, void *arg, size_t len, mock_ioctl func)
{
	u64 at = space_put(&program, arg, len);
	long ret = carry_compare(table, cmd, at, cmd, func);

	memcpy(arg, space_at(&program, at), len);
	return ret;
}

static u64 put_random(size_t len)
{
	u8 bytes[4096];

	test_random_fill(bytes, len);
	return space_put(&program, bytes, len);
}

static struct kinds_arrays some_arrays(void)
{
	struct kinds_arrays arg = {
		.in = put_random(400), .nr_in = 100,
		.out = put_random(24), .nr_out = 3,
		.both = put_random(14), .nr_both = 7,
		.bytes = put_random(255), .nr_bytes = 255,
	};

	return arg;
}

/* ------------------------------------------------------------------- arrays */

static void arrays_cross(void **state)
{
	struct kinds_arrays arg = some_arrays();

	assert_int_equal(ISSUE(ARRAYS, arg, kinds_arrays), 7);
	/* The argument, 400, 14 and 255 bytes go; what is only written does not */
	assert_int_equal(carried_req_len, sizeof(arg) + 400 + 16 + 255);
	assert_int_equal(carried_rsp_len, sizeof(arg) + 24 + 14);
}

static void arrays_of_a_failed_call(void **state)
{
	struct kinds_arrays arg = some_arrays();
	u8 before[24];

	memcpy(before, space_at(&program, arg.out), sizeof(before));
	arg.fail = 1;
	assert_int_equal(ISSUE(ARRAYS, arg, kinds_arrays), -EBUSY);
	assert_int_equal(arg.fail, 2);
	assert_memory_equal(space_at(&program, arg.out), before, 24);
}

static void array_null(void **state)
{
	struct kinds_arrays arg = some_arrays();

	arg.in = 0;
	assert_int_equal(ISSUE(ARRAYS, arg, kinds_arrays), -EFAULT);
	arg.nr_in = 0;
	assert_int_equal(ISSUE(ARRAYS, arg, kinds_arrays), 7);
	/* The driver may allocate by the count before it looks at the pointer */
	arg.nr_in = ~0ull;
	assert_int_equal(carry(table, DRM_IOCTL_KINDS_ARRAYS,
			       space_put(&program, &arg, sizeof(arg)),
			       DRM_IOCTL_KINDS_ARRAYS, kinds_arrays), -E2BIG);
}

static void array_empty(void **state)
{
	struct kinds_arrays arg = some_arrays();
	u64 marker;

	arg.nr_in = 0;
	assert_int_equal(ISSUE(ARRAYS, arg, kinds_arrays), 7);
	memcpy(&marker, carried_req + offsetof(struct kinds_arrays, in), 8);
	assert_int_equal(marker, XENDRM_PTR_DATA);
	/* Nobody looks where it points */
	arg.in = 17;
	arg.nr_in = 0;
	assert_int_equal(ISSUE(ARRAYS, arg, kinds_arrays), 7);
	assert_int_equal(arg.in, 17);
}

/* The driver is given an address it can test, in its own process */
static long pointer_is_good(struct space *s, void *data)
{
	struct kinds_arrays *arg = data;

	return arg->in >= s->base && arg->in < s->base + SPACE_SIZE;
}

static void array_empty_is_not_null(void **state)
{
	struct kinds_arrays arg = some_arrays();

	arg.nr_in = 0;
	arg.nr_out = 0;
	assert_int_equal(ISSUE(ARRAYS, arg, pointer_is_good), 1);
}

static void array_unreadable(void **state)
{
	struct kinds_arrays arg = some_arrays();

	/* The last byte is enough */
	program.hole = arg.in + 399;
	program.hole_len = 1;
	assert_int_equal(ISSUE(ARRAYS, arg, kinds_arrays), -EFAULT);
	assert_int_equal(carried_req_len, sizeof(arg) + 16 + 255);
}

static long looks_at_nothing(struct space *s, void *data)
{
	return 3;
}

static void array_unreadable_unused(void **state)
{
	struct kinds_arrays arg = some_arrays();

	/* A driver that does not look at it does not mind */
	arg.nr_out = 0;
	program.hole = arg.in;
	program.hole_len = 1;
	assert_int_equal(ISSUE(ARRAYS, arg, looks_at_nothing), 3);
}

static void array_unwritable(void **state)
{
	struct kinds_arrays arg = some_arrays();
	u64 at = space_put(&program, &arg, sizeof(arg));

	program.hole = arg.out + 8;
	program.hole_len = 1;
	assert_int_equal(carry(table, DRM_IOCTL_KINDS_ARRAYS, at,
			       DRM_IOCTL_KINDS_ARRAYS, kinds_arrays), -EFAULT);
}

static void array_limits(void **state)
{
	struct kinds_arrays arg = some_arrays();
	struct kinds_arrays *there;
	u64 at;

	arg.in = put_random(4000);
	at = space_put(&program, &arg, sizeof(arg));
	there = space_at(&program, at);
	there->nr_in = 1000;
	assert_int_equal(carry(table, DRM_IOCTL_KINDS_ARRAYS, at,
			       DRM_IOCTL_KINDS_ARRAYS, kinds_arrays), 7);
	there->nr_in = 1001;
	assert_int_equal(carry(table, DRM_IOCTL_KINDS_ARRAYS, at,
			       DRM_IOCTL_KINDS_ARRAYS, kinds_arrays), -E2BIG);
	there->nr_in = 1ull << 62;
	assert_int_equal(carry(table, DRM_IOCTL_KINDS_ARRAYS, at,
			       DRM_IOCTL_KINDS_ARRAYS, kinds_arrays), -E2BIG);
}

/* The same memory in two places */
static void arrays_overlap(void **state)
{
	struct kinds_arrays arg = some_arrays();

	arg.in = arg.bytes;
	arg.nr_in = 10;
	assert_int_equal(ISSUE(ARRAYS, arg, kinds_arrays), 7);
}

/* ------------------------------------------------------------------- nesting */

static u64 put_buffers(u32 nr)
{
	struct kinds_buffer buffers[8];
	u32 i;

	for (i = 0; i < nr; i++) {
		buffers[i].handle = test_random();
		buffers[i].nr_relocs = i;
		buffers[i].relocs = put_random(i * sizeof(struct kinds_reloc));
	}
	return space_put(&program, buffers, nr * sizeof(buffers[0]));
}

static struct kinds_nest some_nest(struct kinds_job *jobs, u32 nr)
{
	struct kinds_nest arg = { .nr_jobs = nr };
	u32 i;

	for (i = 0; i < nr; i++) {
		jobs[i].nr_buffers = i;
		jobs[i].buffers = put_buffers(i);
		jobs[i].name = i % 2 ? space_put(&program, "a name", 7) : 0;
		jobs[i].result = test_random();
	}
	arg.jobs = space_put(&program, jobs, nr * sizeof(*jobs));
	return arg;
}

static void nested(void **state)
{
	struct kinds_job jobs[6];
	struct kinds_nest arg = some_nest(jobs, 6);

	assert_int_equal(ISSUE(NEST, arg, kinds_nest), 0);
	assert_int_equal(arg.sum, 7);
	/* Deeper than the plan's own memory goes */
	assert_true(carried.nr_segs > PVDRM_INLINE_SEGMENTS);
	assert_true(carried.nr_fixups > PVDRM_INLINE_FIXUPS);
}

static void nested_unreadable(void **state)
{
	struct kinds_job jobs[6];
	struct kinds_nest arg = some_nest(jobs, 6);

	program.hole = jobs[5].buffers + 20;
	program.hole_len = 1;
	assert_int_equal(ISSUE(NEST, arg, kinds_nest), -EFAULT);
	program.hole = jobs[4].name ? jobs[4].name : jobs[3].name + 2;
	assert_int_equal(ISSUE(NEST, arg, kinds_nest), -EFAULT);
	program.hole = arg.jobs + 3;
	assert_int_equal(ISSUE(NEST, arg, kinds_nest), -EFAULT);
	assert_int_equal(carried_req_len, sizeof(arg));
}

/* Many small ones are as bad as a large one */
static void nested_too_many(void **state)
{
	static struct kinds_buffer buffers[1000];
	struct kinds_job jobs[10] = { 0 };
	struct kinds_nest arg = { .nr_jobs = 10 };
	u64 at, list = space_put(&program, buffers, sizeof(buffers));
	u32 i;

	for (i = 0; i < 10; i++) {
		jobs[i].nr_buffers = 1000;
		jobs[i].buffers = list;
	}
	arg.jobs = space_put(&program, jobs, sizeof(jobs));
	at = space_put(&program, &arg, sizeof(arg));
	assert_int_equal(carry(table, DRM_IOCTL_KINDS_NEST, at,
			       DRM_IOCTL_KINDS_NEST, kinds_nest), -E2BIG);
	((struct kinds_nest *)space_at(&program, at))->nr_jobs = 8;
	assert_int_equal(carry(table, DRM_IOCTL_KINDS_NEST, at,
			       DRM_IOCTL_KINDS_NEST, kinds_nest), 0);
}

/* --------------------------------------------------------------------- strings */

static void strings(void **state)
{
	static const char *const names[] = {
		"", "x", "fourteen bytes", "fifteen bytes..",
		"sixteen bytes...", "seventeen bytes..",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		struct kinds_tagged arg = { .type = KINDS_STRING };
		size_t len = strlen(names[i]) + 1;

		arg.value = space_put(&program, names[i], len);
		assert_int_equal(ISSUE(TAGGED, arg, kinds_tagged), 0);
		assert_int_equal(carried_req_len, sizeof(arg) +
				 min(len, (size_t)KINDS_NAME_LEN));
	}
}

static void string_unreadable(void **state)
{
	struct kinds_tagged arg = { .type = KINDS_STRING };

	arg.value = space_put(&program, "a name", 7);
	/* What is behind the end does not count */
	program.hole = arg.value + 7;
	program.hole_len = 1;
	assert_int_equal(ISSUE(TAGGED, arg, kinds_tagged), 0);
	program.hole = arg.value + 6;
	assert_int_equal(ISSUE(TAGGED, arg, kinds_tagged), -EFAULT);
}

/* ------------------------------------------------------------------ conditions */

static void pointer_by_type(void **state)
{
	struct kinds_tagged arg = { 0 };
	u32 type;

	for (type = KINDS_NUMBER; type <= KINDS_PAIR; type++) {
		arg.type = type;
		arg.since = program.now + 5000;
		arg.timeout = program.now + 300;
		/* A number is not a pointer, so not looked at */
		arg.value = type == KINDS_NUMBER ? 42 : put_random(32);
		assert_int_equal(ISSUE(TAGGED, arg, kinds_tagged), 0);
	}
	arg.type = KINDS_PAIR + 1;
	arg.value = 42;
	assert_int_equal(ISSUE(TAGGED, arg, kinds_tagged), -EINVAL);
}

/* What becomes of a kind is the modules' business. */
static void descriptors_have_kinds(void **state)
{
	struct kinds_fences arg = { .flags = KINDS_EVENT, .event = 7 };
	u32 cmd = DRM_IOCTL_KINDS_FENCES;
	u64 at = space_put(&program, &arg, sizeof(arg));
	struct pvdrm_plan plan;

	pvdrm_plan_init(&plan);
	assert_int_equal(pvdrm_pack_request(&plan, table,
					    pvdrm_table_find(table, cmd), cmd,
					    at, &program_mem), 0);
	assert_int_equal(plan.makes_fd, 0);
	assert_int_equal(plan.fixups[0].fd_kind, XENDRM_FD_EVENTFD);
	assert_int_equal(plan.fixups[0].here, 7);

	arg.flags = KINDS_FD_OUT;
	at = space_put(&program, &arg, sizeof(arg));
	assert_int_equal(pvdrm_pack_request(&plan, table,
					    pvdrm_table_find(table, cmd), cmd,
					    at, &program_mem), 0);
	assert_int_equal(plan.makes_fd, XENDRM_FD_SYNC_FILE);
	pvdrm_plan_free(&plan);
}

/* --------------------------------------------------------------------- strides */

static void stride_is_the_callers(void **state)
{
	static const u32 strides[] = { 0, 4, 8, 12, 16, 20, 24, 40 };
	u8 bytes[400];
	size_t i;
	u32 n;

	for (i = 0; i < ARRAY_SIZE(strides); i++) {
		struct kinds_stride arg = { .nr = 5, .stride = strides[i] };

		memset(bytes, 0, sizeof(bytes));
		for (n = 0; n < arg.nr && arg.stride >= 16; n++) {
			struct kinds_point p = { put_random(n), n, n };

			/* A later version's bytes follow */
			memset(bytes + n * arg.stride, 0x55, arg.stride);
			memcpy(bytes + n * arg.stride, &p, sizeof(p));
		}
		arg.points = space_put(&program, bytes, sizeof(bytes));
		assert_int_equal(ISSUE(STRIDE, arg, kinds_stride), 0);
		n = carried_req_len - sizeof(arg);
		if (arg.stride < 16)
			assert_int_equal(n, 5 * arg.stride);
		assert_null(memchr(carried_req + sizeof(arg), 0x55, n));
	}
}

static void stride_ends_with_the_last_element(void **state)
{
	struct kinds_stride arg = { .nr = 2, .stride = 64 };
	struct kinds_point p[5] = { 0 };

	arg.points = space_put(&program, p, sizeof(p));
	program.hole = arg.points + 64 + 16;
	program.hole_len = 1;
	assert_int_equal(ISSUE(STRIDE, arg, kinds_stride), 0);
	assert_int_equal(carried_req_len, sizeof(arg) + 64 + 16);
}

static void stride_limits(void **state)
{
	struct kinds_stride arg = { .nr = 1, .stride = ~0u };
	struct kinds_point p = { 0 };
	u64 at;

	/* With one element there is nothing between */
	arg.points = space_put(&program, &p, sizeof(p));
	assert_int_equal(ISSUE(STRIDE, arg, kinds_stride), 0);
	arg.nr = 2;
	at = space_put(&program, &arg, sizeof(arg));
	assert_int_equal(carry(table, DRM_IOCTL_KINDS_STRIDE, at,
			       DRM_IOCTL_KINDS_STRIDE, kinds_stride), -E2BIG);
	arg.nr = 1000;
	arg.stride = 2000;
	at = space_put(&program, &arg, sizeof(arg));
	assert_int_equal(carry(table, DRM_IOCTL_KINDS_STRIDE, at,
			       DRM_IOCTL_KINDS_STRIDE, kinds_stride), -E2BIG);
}

/* ---------------------------------------------------------------------- chains */

static u64 put_number(u64 next, u64 number)
{
	struct kinds_number n = {
		.link = { .next = next, .tag = KINDS_LINK_NUMBER },
		.number = number,
	};

	return space_put(&program, &n, sizeof(n));
}

static u64 put_blob(u64 next, u32 len)
{
	struct kinds_blob b = {
		.link = { .next = next, .tag = KINDS_LINK_BLOB },
		.bytes = put_random(len),
		.len = len,
	};

	return space_put(&program, &b, sizeof(b));
}

static void chains(void **state)
{
	struct kinds_chain arg = { 0 };

	assert_int_equal(ISSUE(CHAIN, arg, kinds_chain), 0);
	arg.extensions = put_number(0, 5);
	assert_int_equal(ISSUE(CHAIN, arg, kinds_chain), 0);
	arg.extensions = put_blob(put_number(put_blob(put_blob(0, 0), 100), 9),
				  33);
	assert_int_equal(ISSUE(CHAIN, arg, kinds_chain), 0);
	/* Four links, in which three blobs, of which one is empty; the argument */
	assert_int_equal(carried.nr_segs, 7);
}

static void chain_length(void **state)
{
	struct kinds_chain arg = { 0 };
	u64 at;
	int i;

	for (i = 0; i < KINDS_MOST_LINKS; i++)
		arg.extensions = put_number(arg.extensions, i);
	assert_int_equal(ISSUE(CHAIN, arg, kinds_chain), 0);
	arg.extensions = put_number(arg.extensions, i);
	at = space_put(&program, &arg, sizeof(arg));
	assert_int_equal(carry(table, DRM_IOCTL_KINDS_CHAIN, at,
			       DRM_IOCTL_KINDS_CHAIN, kinds_chain), -E2BIG);

	/* One that bites its tail */
	at = put_number(0, 1);
	memcpy(space_at(&program, at), &at, sizeof(at));
	arg.extensions = at;
	at = space_put(&program, &arg, sizeof(arg));
	assert_int_equal(carry(table, DRM_IOCTL_KINDS_CHAIN, at,
			       DRM_IOCTL_KINDS_CHAIN, kinds_chain), -E2BIG);
}

static void chain_unknown_link(void **state)
{
	struct kinds_chain arg = { 0 };
	struct kinds_number n = {
		.link = { .next = put_number(0, 3), .tag = 1000 },
	};

	arg.extensions = put_number(space_put(&program, &n, sizeof(n)), 4);
	assert_int_equal(ISSUE(CHAIN, arg, kinds_chain), -EINVAL);
	/* The header goes, what it leads to does not */
	assert_int_equal(carried_req_len, sizeof(arg) +
			 sizeof(struct kinds_number) +
			 sizeof(struct kinds_link));
}

static void chain_unreadable(void **state)
{
	struct kinds_chain arg = { .extensions = put_blob(0, 9) };

	program.hole_len = 1;
	program.hole = arg.extensions + 31;
	assert_int_equal(ISSUE(CHAIN, arg, kinds_chain), -EFAULT);
	assert_int_equal(carried_req_len, sizeof(arg));
	program.hole = arg.extensions + 9;
	assert_int_equal(ISSUE(CHAIN, arg, kinds_chain), -EFAULT);
	arg.extensions = put_number(7, 1);
	assert_int_equal(ISSUE(CHAIN, arg, kinds_chain), -EFAULT);
}

int main(void)
{
	const struct unit_case tests[] = {
		cmocka_unit_test(arrays_cross),
		cmocka_unit_test(arrays_of_a_failed_call),
		cmocka_unit_test(array_null),
		cmocka_unit_test(array_empty),
		cmocka_unit_test(array_empty_is_not_null),
		cmocka_unit_test(array_unreadable),
		cmocka_unit_test(array_unreadable_unused),
		cmocka_unit_test(array_unwritable),
		cmocka_unit_test(array_limits),
		cmocka_unit_test(arrays_overlap),
		cmocka_unit_test(nested),
		cmocka_unit_test(nested_unreadable),
		cmocka_unit_test(nested_too_many),
		cmocka_unit_test(strings),
		cmocka_unit_test(string_unreadable),
		cmocka_unit_test(pointer_by_type),
		cmocka_unit_test(descriptors_have_kinds),
		cmocka_unit_test(stride_is_the_callers),
		cmocka_unit_test(stride_ends_with_the_last_element),
		cmocka_unit_test(stride_limits),
		cmocka_unit_test(chains),
		cmocka_unit_test(chain_length),
		cmocka_unit_test(chain_unknown_link),
		cmocka_unit_test(chain_unreadable),
	};
	struct unit_case each[ARRAY_SIZE(tests)];
	size_t i;

	/* A space of its own for each */
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		each[i] = tests[i];
		each[i].setup_func = setup;
		each[i].teardown_func = teardown;
	}
	return cmocka_run_group_tests_name("walk", each, NULL, NULL);
}
