// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_submit.c: which submissions a frontend need not wait for, by the table
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "carry.h"
#include "uapi/newest/virtgpu_drm.h"

static const u32 some_handles[] = { 3, 1, 0x7fffffff };

static struct drm_virtgpu_execbuffer arg;

static int setup(void **state)
{
	space_reset();
	pvdrm_plan_init(&carried);
	memset(&arg, 0, sizeof(arg));
	arg.fence_fd = -1;
	arg.size = 64;
	arg.command = space_put(&program, some_handles, sizeof(some_handles));
	arg.num_bo_handles = ARRAY_SIZE(some_handles);
	arg.bo_handles = space_put(&program, some_handles, sizeof(some_handles));
	return 0;
}

static int teardown(void **state)
{
	pvdrm_plan_free(&carried);
	return 0;
}

/* Pack the argument as a frontend does, and read it as a backend does. */
static bool must_wait_as(u32 cmd)
{
	const struct pvdrm_table *table = carry_table(&pvdrm_virtio_gpu_table);
	const struct xendrm_ioctl *desc = pvdrm_table_find(table, cmd);
	u64 at = space_put(&program, &arg, sizeof(arg));
	struct pvdrm_plan there;

	assert_int_equal(desc->flags & XENDRM_IOCTL_SUBMITS,
			 XENDRM_IOCTL_SUBMITS);
	assert_int_equal(pvdrm_pack_request(&carried, table, desc, cmd, at,
					    &program_mem), 0);
	pvdrm_plan_init(&there);
	assert_int_equal(pvdrm_parse_request(&there, table, desc, cmd,
					     carried.buf, carried.req_len,
					     carried.rsp_len), 0);
	assert_int_equal(there.must_wait, carried.must_wait);
	assert_int_equal(there.nr_handles, carried.nr_handles);
	pvdrm_plan_free(&there);
	return carried.must_wait;
}

static bool must_wait(void)
{
	return must_wait_as(DRM_IOCTL_VIRTGPU_EXECBUFFER);
}

static void an_ordinary_one(void **state)
{
	assert_false(must_wait());
	arg.flags = VIRTGPU_EXECBUF_FENCE_FD_OUT;
	assert_false(must_wait());
	assert_int_equal(carried.makes_fd, XENDRM_FD_SYNC_FILE);
	/* Of programs that are older than syncobjs */
	assert_false(must_wait_as(_IOC(_IOC_READ | _IOC_WRITE, 'd',
				       _IOC_NR(DRM_IOCTL_VIRTGPU_EXECBUFFER),
				       40)));
}

static void handles_are_found(void **state)
{
	u32 i, handle;

	assert_false(must_wait());
	assert_int_equal(carried.nr_handles, ARRAY_SIZE(some_handles));
	for (i = 0; i < carried.nr_handles; i++) {
		memcpy(&handle, carried.buf + carried.handles +
		       i * carried.handle_step, sizeof(handle));
		assert_int_equal(handle, some_handles[i]);
	}
	arg.num_bo_handles = 0;
	assert_false(must_wait());
	assert_int_equal(carried.nr_handles, 0);
	arg.bo_handles = 0;
	assert_false(must_wait());
}

static void by_flags(void **state)
{
	arg.flags = VIRTGPU_EXECBUF_RING_IDX;
	assert_true(must_wait());
	arg.flags = VIRTGPU_EXECBUF_FENCE_FD_IN | VIRTGPU_EXECBUF_FENCE_FD_OUT;
	assert_true(must_wait());
}

static void by_syncobjs(void **state)
{
	u64 list = space_put(&program, some_handles, sizeof(some_handles));

	arg.syncobj_stride = 4;
	arg.in_syncobjs = list;
	arg.num_in_syncobjs = 1;
	assert_true(must_wait());
	arg.num_in_syncobjs = 0;
	assert_false(must_wait());
	arg.out_syncobjs = list;
	arg.num_out_syncobjs = 1;
	assert_true(must_wait());
}

static void by_bad_pointers(void **state)
{
	u64 handles = arg.bo_handles;

	arg.bo_handles = 0;
	assert_true(must_wait());
	arg.bo_handles = BAD_ADDRESS;
	assert_true(must_wait());
	arg.bo_handles = handles;
	arg.command = BAD_ADDRESS;
	assert_true(must_wait());
	arg.command = 0;
	assert_true(must_wait());
	arg.size = 0;
	assert_false(must_wait());
}

int main(void)
{
	const struct unit_case tests[] = {
		cmocka_unit_test_setup_teardown(an_ordinary_one, setup, teardown),
		cmocka_unit_test_setup_teardown(handles_are_found, setup, teardown),
		cmocka_unit_test_setup_teardown(by_flags, setup, teardown),
		cmocka_unit_test_setup_teardown(by_syncobjs, setup, teardown),
		cmocka_unit_test_setup_teardown(by_bad_pointers, setup, teardown),
	};

	return cmocka_run_group_tests_name("submit", tests, NULL, NULL);
}
