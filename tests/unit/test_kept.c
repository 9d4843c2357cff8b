// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_kept.c: which buffers are the same, and which have to go
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "cached.h"
#include "back/tables/tables.h"
#include "uapi/newest/nouveau_drm.h"
#include "uapi/newest/virtgpu_drm.h"

static struct pvdrm_table table;
static void *image;

static int load(const char *driver)
{
	const char *why = "";
	u32 where = 0;
	size_t len;

	pvdrm_free(image);
	image = NULL;
	assert_int_equal(pvdrm_table_build(pvdrm_driver_table_find(driver),
					   &image, &len), 0);
	if (pvdrm_table_check(image, len, &table, &why, &where))
		fail_msg("%s: %s (%u)", driver, why, where);
	return 0;
}

static int virtio(void **state)
{
	return load("virtio_gpu");
}

static int tear_down(void **state)
{
	pvdrm_free(image);
	image = NULL;
	return 0;
}

/* The n-th field that applies */
static const struct xendrm_field *field(u32 cmd, const void *arg, u32 n)
{
	const struct xendrm_ioctl *desc = pvdrm_table_find(&table, cmd);
	const struct xendrm_field *f;
	u32 index = 0;

	assert_non_null(desc);
	do {
		f = pvdrm_cached_next(&table, desc, arg,
				      arg ? _IOC_SIZE(cmd) : 0, &index);
	} while (f && n--);
	return f;
}

static u32 use(u32 cmd, const void *arg)
{
	const struct xendrm_field *f = field(cmd, arg, 0);

	return f ? f->aux : 0;
}

static void what_is_served(void **state)
{
	struct drm_virtgpu_resource_create_blob blob = {
		.blob_mem = VIRTGPU_BLOB_MEM_GUEST,
	};
	const struct xendrm_field *f;

	assert_int_equal(use(DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, NULL),
			 XENDRM_BUFFER_CREATED);
	assert_int_equal(use(DRM_IOCTL_MODE_CREATE_DUMB, NULL),
			 XENDRM_BUFFER_CREATED);
	assert_int_equal(use(DRM_IOCTL_VIRTGPU_MAP, NULL),
			 XENDRM_BUFFER_MMAP_OFFSET);
	assert_int_equal(use(DRM_IOCTL_MODE_MAP_DUMB, NULL),
			 XENDRM_BUFFER_MMAP_OFFSET);
	assert_int_equal(use(DRM_IOCTL_GEM_CLOSE, NULL), XENDRM_BUFFER_FREED);
	assert_int_equal(use(DRM_IOCTL_MODE_DESTROY_DUMB, NULL),
			 XENDRM_BUFFER_FREED);
	assert_int_equal(use(DRM_IOCTL_PRIME_HANDLE_TO_FD, NULL),
			 XENDRM_BUFFER_EXPORTED);
	assert_int_equal(use(DRM_IOCTL_PRIME_FD_TO_HANDLE, NULL),
			 XENDRM_BUFFER_IMPORTED);
	assert_int_equal(use(DRM_IOCTL_VIRTGPU_WAIT, NULL), XENDRM_BUFFER_USED);
	assert_int_equal(use(DRM_IOCTL_VIRTGPU_EXECBUFFER, NULL), 0);

	/* Of a handle that changes, both names */
	f = field(DRM_IOCTL_GEM_CHANGE_HANDLE, NULL, 0);
	assert_int_equal(f->offset, 0);
	f = field(DRM_IOCTL_GEM_CHANGE_HANDLE, NULL, 1);
	assert_int_equal(f->aux, XENDRM_BUFFER_CHANGED);
	assert_int_equal(f->offset, 4);

	assert_int_equal(use(DRM_IOCTL_VIRTGPU_RESOURCE_CREATE_BLOB, &blob),
			 XENDRM_BUFFER_CREATED);
	blob.blob_mem = VIRTGPU_BLOB_MEM_HOST3D;
	assert_int_equal(use(DRM_IOCTL_VIRTGPU_RESOURCE_CREATE_BLOB, &blob),
			 XENDRM_BUFFER_MADE);
	assert_int_equal(use(DRM_IOCTL_VIRTGPU_RESOURCE_CREATE_BLOB, NULL),
			 XENDRM_BUFFER_MADE);
}

/* Without a way to ask whether a buffer is idle, all that is said is which exist */
static void only_with_a_rule(void **state)
{
	static const char *const without[] = {
		"amdgpu", "etnaviv", "i915", "panfrost", "panthor", "radeon", "v3d", "xe",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(without); i++) {
		load(without[i]);
		assert_int_equal(use(DRM_IOCTL_MODE_CREATE_DUMB, NULL),
				 XENDRM_BUFFER_MADE);
		assert_int_equal(use(DRM_IOCTL_GEM_CLOSE, NULL),
				 XENDRM_BUFFER_FREED);
		assert_int_equal(use(DRM_IOCTL_MODE_MAP_DUMB, NULL), 0);
		assert_int_equal(use(DRM_IOCTL_PRIME_HANDLE_TO_FD, NULL), 0);
	}
	load("vgem");
	assert_int_equal(use(DRM_IOCTL_MODE_CREATE_DUMB, NULL),
			 XENDRM_BUFFER_CREATED);
	load("nouveau");
	assert_int_equal(use(DRM_IOCTL_NOUVEAU_GEM_NEW, NULL),
			 XENDRM_BUFFER_CREATED);
}

static void same(void **state)
{
	struct drm_virtgpu_resource_create arg = {
		.target = 2, .width = 64, .height = 64, .size = 16384,
		.bo_handle = 5, .res_handle = 9,
	};
	u32 cmd = DRM_IOCTL_VIRTGPU_RESOURCE_CREATE;
	const struct xendrm_field *f = field(cmd, NULL, 0);
	struct pvdrm_cached_answer a, b;
	u32 i, len = sizeof(arg);

	assert_true(pvdrm_cached_ask(&a, f, cmd, (u8 *)&arg, len));
	assert_true(pvdrm_cached_same(&a, &a));
	/* What is only written does not matter, all else does */
	for (i = 0; i < len / 4; i++) {
		u32 *word = (u32 *)&arg + i;
		bool result = word == &arg.bo_handle || word == &arg.res_handle;

		*word ^= 0x100;
		assert_true(pvdrm_cached_ask(&b, f, cmd, (u8 *)&arg, len));
		assert_int_equal(pvdrm_cached_same(&a, &b), result);
		*word ^= 0x100;
	}
	assert_true(pvdrm_cached_ask(&b, f, cmd, (u8 *)&arg, len - 4));
	assert_false(pvdrm_cached_same(&a, &b));
	assert_true(pvdrm_cached_ask(&b, f, cmd ^ (1u << _IOC_SIZESHIFT),
				     (u8 *)&arg, len));
	assert_false(pvdrm_cached_same(&a, &b));
	assert_false(pvdrm_cached_ask(&b, f, cmd, (u8 *)&arg,
				      XENDRM_MAX_BUFFER_ARG + 1));
	assert_false(pvdrm_cached_same(&b, &b));
}

static void answered(void **state)
{
	struct drm_nouveau_gem_new arg = {
		.info = { .handle = 3, .size = 8192, .map_handle = 0x10000000 },
	};
	u32 cmd = DRM_IOCTL_NOUVEAU_GEM_NEW, len = sizeof(arg);
	const struct xendrm_field *f;
	struct pvdrm_cached_answer a;
	u32 need;

	load("nouveau");
	f = field(cmd, NULL, 0);
	assert_int_equal(pvdrm_cached_value((u8 *)&arg, len, f->offset, 4), 3);
	assert_int_equal(pvdrm_cached_value((u8 *)&arg, len, f->count,
					    f->count_width), 8192);
	assert_int_equal(pvdrm_cached_value((u8 *)&arg, len, f->stride,
					    f->stride_width), 0x10000000);
	need = f->stride + 8;
	assert_true(pvdrm_cached_ask(&a, f, cmd, (u8 *)&arg, len));
	assert_true(pvdrm_cached_answered(&a, f, (u8 *)&arg, need));
	assert_int_equal(a.rsp_len, need);
	assert_memory_equal(a.rsp, &arg, need);
	/* One that does not tell all is of no use */
	assert_false(pvdrm_cached_answered(&a, f, (u8 *)&arg, need - 1));
	assert_false(pvdrm_cached_same(&a, &a));
	assert_false(pvdrm_cached_answered(&a, f, (u8 *)&arg, need));
}

static void numbers(void **state)
{
	static const u8 arg[] = { 1, 2, 3, 4, 5, 6, 7, 8 };

	assert_true(pvdrm_cached_value(arg, 8, 0, 8) == 0x0807060504030201ull);
	assert_int_equal(pvdrm_cached_value(arg, 8, 4, 4), 0x08070605);
	assert_int_equal(pvdrm_cached_value(arg, 6, 4, 4), 0x0605);
	assert_int_equal(pvdrm_cached_value(arg, 4, 4, 4), 0);
	assert_int_equal(pvdrm_cached_value(arg, 4, ~0u, 4), 0);
}

static void oldest_first(void **state)
{
	struct pvdrm_cached_item item[4];
	struct pvdrm_cached_list list;
	size_t i;

	pvdrm_cached_init(&list);
	assert_null(pvdrm_cached_surplus(&list, 0, ~0ull));
	for (i = 0; i < 4; i++) {
		INIT_LIST_HEAD(&item[i].node);
		pvdrm_cached_add(&list, &item[i], 10, 100 + i);
	}
	assert_int_equal(list.bytes, 40);
	assert_int_equal(list.nr, 4);
	assert_null(pvdrm_cached_surplus(&list, 40, 100));
	assert_ptr_equal(pvdrm_cached_surplus(&list, 39, 0), &item[0]);
	assert_ptr_equal(pvdrm_cached_surplus(&list, 40, 101), &item[0]);

	/* Used again: the newest */
	pvdrm_cached_add(&list, &item[0], 15, 104);
	assert_int_equal(list.bytes, 45);
	assert_int_equal(list.nr, 4);
	assert_ptr_equal(pvdrm_cached_surplus(&list, 44, 0), &item[1]);
	pvdrm_cached_remove(&list, &item[1]);
	pvdrm_cached_remove(&list, &item[1]);
	assert_int_equal(list.bytes, 35);
	assert_null(pvdrm_cached_surplus(&list, 35, 102));
	assert_ptr_equal(pvdrm_cached_surplus(&list, 35, 103), &item[2]);
	for (i = 0; i < 4; i++)
		pvdrm_cached_remove(&list, &item[i]);
	assert_int_equal(list.bytes, 0);
	assert_int_equal(list.nr, 0);
	assert_null(pvdrm_cached_surplus(&list, 0, ~0ull));
}

int main(void)
{
	const struct unit_case tests[] = {
		cmocka_unit_test_setup_teardown(what_is_served, virtio,
						tear_down),
		cmocka_unit_test_setup_teardown(only_with_a_rule, virtio,
						tear_down),
		cmocka_unit_test_setup_teardown(same, virtio, tear_down),
		cmocka_unit_test_setup_teardown(answered, virtio, tear_down),
		cmocka_unit_test(numbers),
		cmocka_unit_test(oldest_first),
	};

	return cmocka_run_group_tests_name("kept", tests, NULL, NULL);
}
