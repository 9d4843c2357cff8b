// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_sizes.c: structs of another size or direction than the driver's own, as
 * drm_ioctl() takes them
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "kinds.h"

static const struct pvdrm_table *table;

static int setup(void **state)
{
	space_reset();
	test_random_seed(2);
	table = carry_table(&kinds_table);
	return 0;
}

static u32 resized(u32 cmd, u32 size)
{
	return _IOC(_IOC_DIR(cmd), _IOC_TYPE(cmd), _IOC_NR(cmd), size);
}

static u32 redirected(u32 cmd, u32 dir)
{
	return _IOC(dir, _IOC_TYPE(cmd), _IOC_NR(cmd), _IOC_SIZE(cmd));
}

/* A struct with bytes behind it, which must stay as they are */
static u64 put_tagged(u32 type)
{
	struct {
		struct kinds_tagged arg;
		u8 more[64];
	} bytes;

	memset(&bytes, 0x77, sizeof(bytes));
	bytes.arg.type = type;
	bytes.arg.result = 9;
	bytes.arg.value = space_put(&program, "a name, and numbers", 20);
	bytes.arg.timeout = program.now + 100;
	bytes.arg.since = program.now + 200;
	return space_put(&program, &bytes, sizeof(bytes));
}

/* Cut where a field begins, the rest counts as zero */
static void shorter(void **state)
{
	static const u32 sizes[] = {
		offsetof(struct kinds_tagged, result),
		offsetof(struct kinds_tagged, value),
		offsetof(struct kinds_tagged, timeout),
		offsetof(struct kinds_tagged, since),
	};
	u32 type;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (type = KINDS_STRING; type <= KINDS_PAIR; type++) {
			carry_compare(table,
				      resized(DRM_IOCTL_KINDS_TAGGED, sizes[i]),
				      put_tagged(type), DRM_IOCTL_KINDS_TAGGED,
				      kinds_tagged);
			assert_int_equal(carried.arg_size, sizes[i]);
			assert_int_equal(carried.segs[0].len, sizes[i]);
		}
	}
}

/* Half an address is none, unless it is nothing */
static void cut_in_a_pointer(void **state)
{
	u32 cmd = resized(DRM_IOCTL_KINDS_TAGGED,
			  offsetof(struct kinds_tagged, value) + 4);
	u64 at = put_tagged(KINDS_INT);
	struct kinds_tagged *there = space_at(&program, at);
	const struct xendrm_ioctl *desc = pvdrm_table_find(table, cmd);
	struct pvdrm_plan plan;
	u8 req[sizeof(*there)];

	assert_int_equal(carry(table, cmd, at, DRM_IOCTL_KINDS_TAGGED,
			       kinds_tagged), -EFAULT);
	pvdrm_plan_init(&plan);
	memcpy(req, there, sizeof(req));
	assert_int_equal(pvdrm_parse_request(&plan, table, desc, cmd, req,
					     _IOC_SIZE(cmd), 4096), -EPROTO);
	there->value = 0xffffffff00000000ull;
	carry_compare(table, cmd, at, DRM_IOCTL_KINDS_TAGGED, kinds_tagged);
	memcpy(req, there, sizeof(req));
	assert_int_equal(pvdrm_parse_request(&plan, table, desc, cmd, req,
					     _IOC_SIZE(cmd), 4096), 0);
	pvdrm_plan_free(&plan);
}

static void cut_in_a_number(void **state)
{
	/* As natively, what is there of the type counts */
	carry_compare(table, resized(DRM_IOCTL_KINDS_TAGGED, 1),
		      put_tagged(KINDS_INT), DRM_IOCTL_KINDS_TAGGED,
		      kinds_tagged);
	carry_compare(table, resized(DRM_IOCTL_KINDS_TAGGED, 3),
		      put_tagged(0x1000001), DRM_IOCTL_KINDS_TAGGED,
		      kinds_tagged);
	carry_compare(table, resized(DRM_IOCTL_KINDS_TAGGED, 0),
		      put_tagged(KINDS_INT), DRM_IOCTL_KINDS_TAGGED,
		      kinds_tagged);
	assert_int_equal(carried.nr_segs, 0);
}

/* A newer program's struct: what the table does not know goes nowhere */
static void longer(void **state)
{
	u32 cmd = resized(DRM_IOCTL_KINDS_TAGGED,
			  sizeof(struct kinds_tagged) + 40);
	u32 type;

	for (type = KINDS_STRING; type <= KINDS_PAIR + 1; type++) {
		u64 at = put_tagged(type);

		if (type > KINDS_PAIR)
			((struct kinds_tagged *)space_at(&program, at))->value = 1;
		carry_compare(table, cmd, at, DRM_IOCTL_KINDS_TAGGED,
			      kinds_tagged);
		assert_int_equal(carried.arg_size, _IOC_SIZE(cmd));
		assert_int_equal(carried.segs[0].len,
				 sizeof(struct kinds_tagged));
	}
}

/* The driver's kernel knows more fields than the table: it sees zeroes there */
static long newer_driver(struct space *s, void *data)
{
	static const u8 none[40];

	return memcmp((u8 *)data + sizeof(struct kinds_tagged), none,
		      sizeof(none)) ? 1 : 0;
}

static void longer_for_a_newer_driver(void **state)
{
	u32 cmd = resized(DRM_IOCTL_KINDS_TAGGED,
			  sizeof(struct kinds_tagged) + 40);

	assert_int_equal(carry(table, cmd, put_tagged(KINDS_INT), cmd,
			       newer_driver), 0);
	/* ... and when the program's is shorter, the argument has room enough */
	cmd = resized(cmd, 8);
	assert_int_equal(carry(table, cmd, put_tagged(KINDS_INT), cmd,
			       newer_driver), 0);
	assert_int_equal(carried.arena_len, sizeof(struct kinds_tagged));
}

static void any_direction(void **state)
{
	static const u32 cmds[] = {
		DRM_IOCTL_KINDS_TAGGED, DRM_IOCTL_KINDS_WRITE,
		DRM_IOCTL_KINDS_READ, DRM_IOCTL_KINDS_NONE,
	};
	size_t i;
	u32 dir;

	for (i = 0; i < ARRAY_SIZE(cmds); i++) {
		for (dir = 0; dir < 4; dir++) {
			u32 cmd = redirected(cmds[i], dir);
			u64 at = put_tagged(KINDS_INT);

			/* Only a table that knows the pointer hides it */
			if (i)
				memset(space_at(&program, at), 60, 32);
			carry_compare(table, cmd, at, cmds[i],
				      i ? kinds_sum_bytes : kinds_tagged);
			if (!_IOC_SIZE(cmd))
				continue;
			assert_int_equal(carried.segs[0].req_off,
					 dir & _IOC_DIR(cmds[i]) & _IOC_WRITE ?
					 0 : PVDRM_ABSENT);
			assert_int_equal(carried.segs[0].rsp_off,
					 dir & _IOC_DIR(cmds[i]) & _IOC_READ ?
					 0 : PVDRM_ABSENT);
		}
	}
}

/* Only the caller knows how long it is */
static void varsize(void **state)
{
	u32 size;

	for (size = 0; size < 200; size += 7) {
		u8 bytes[256];

		memset(bytes, 3, sizeof(bytes));
		bytes[0] = size;
		carry_compare(table, resized(DRM_IOCTL_KINDS_VARSIZE, size),
			      space_put(&program, bytes, sizeof(bytes)),
			      DRM_IOCTL_KINDS_VARSIZE, kinds_sum_bytes);
		assert_int_equal(carried_req_len, size);
		assert_int_equal(carried_rsp_len, size);
	}
}

static void argument_unreadable(void **state)
{
	u64 at = put_tagged(KINDS_INT);

	program.hole = at + 7;
	program.hole_len = 1;
	assert_int_equal(carry_compare(table, DRM_IOCTL_KINDS_TAGGED, at,
				       DRM_IOCTL_KINDS_TAGGED, kinds_tagged),
			 -EFAULT);
	assert_int_equal(carry_compare(table, DRM_IOCTL_KINDS_WRITE, at,
				       DRM_IOCTL_KINDS_WRITE, kinds_sum_bytes),
			 -EFAULT);
	/* Nobody asks for it */
	assert_int_equal(carry_compare(table, DRM_IOCTL_KINDS_NONE, at,
				       DRM_IOCTL_KINDS_NONE, kinds_sum_bytes),
			 0);
}

int main(void)
{
	const struct unit_case tests[] = {
		cmocka_unit_test_setup(shorter, setup),
		cmocka_unit_test_setup(cut_in_a_pointer, setup),
		cmocka_unit_test_setup(cut_in_a_number, setup),
		cmocka_unit_test_setup(longer, setup),
		cmocka_unit_test_setup(longer_for_a_newer_driver, setup),
		cmocka_unit_test_setup(any_direction, setup),
		cmocka_unit_test_setup(varsize, setup),
		cmocka_unit_test_setup(argument_unreadable, setup),
	};
	int failed = cmocka_run_group_tests_name("sizes", tests, NULL, NULL);

	pvdrm_plan_free(&carried);
	return failed;
}
