// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_memory.c: what the tables say of the memory of buffers
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "carry.h"
#include "uapi/newest/i915_drm.h"
#include "uapi/newest/panfrost_drm.h"
#include "uapi/newest/virtgpu_drm.h"

#define PAGE	4096ull
#define END_OF(type, member) \
	(offsetof(type, member) + sizeof_field(type, member))

static const struct pvdrm_buffer_rule *rules[PVDRM_BUFFER_RULES];

/* An argument, with bytes that count if too much of it is read */
union arg {
	u8 bytes[PVDRM_BUFFER_ARG];
	struct drm_mode_create_dumb dumb;
	struct drm_virtgpu_resource_create resource;
	struct drm_virtgpu_resource_create_blob blob;
	struct drm_i915_gem_create i915;
	struct drm_panfrost_create_bo panfrost;
	struct drm_gem_close close;
	struct drm_gem_change_handle rename;
};

static int setup(void **state)
{
	pvdrm_buffer_rules(&pvdrm_virtio_gpu_table, rules);
	return 0;
}

static const struct pvdrm_buffer_rule *rule(u32 cmd)
{
	assert_non_null(rules[_IOC_NR(cmd)]);
	return rules[_IOC_NR(cmd)];
}

static u64 dumb_wanted(u32 width, u32 height, u32 bpp)
{
	union arg arg = { .dumb = { .width = width, .height = height, .bpp = bpp } };

	return pvdrm_buffer_wanted(rule(DRM_IOCTL_MODE_CREATE_DUMB), arg.bytes);
}

static u64 resource_wanted(u32 size)
{
	union arg arg;

	memset(&arg, 0xff, sizeof(arg));
	arg.resource.size = size;
	return pvdrm_buffer_wanted(rule(DRM_IOCTL_VIRTGPU_RESOURCE_CREATE),
				   arg.bytes);
}

static u64 blob_wanted(u64 size)
{
	union arg arg;

	memset(&arg, 0xff, sizeof(arg));
	arg.blob.size = size;
	return pvdrm_buffer_wanted(rule(DRM_IOCTL_VIRTGPU_RESOURCE_CREATE_BLOB),
				   arg.bytes);
}

static void which(void **state)
{
	size_t i, nr = 0;

	for (i = 0; i < PVDRM_BUFFER_RULES; i++)
		nr += !!rules[i];
	assert_int_equal(nr, 7);
	assert_int_equal(rule(DRM_IOCTL_GEM_CLOSE)->kind, PVDRM_BUFFER_FREES);
	assert_int_equal(rule(DRM_IOCTL_MODE_DESTROY_DUMB)->kind,
			 PVDRM_BUFFER_FREES);
	assert_int_equal(rule(DRM_IOCTL_GEM_CHANGE_HANDLE)->kind,
			 PVDRM_BUFFER_RENAMES);
	assert_int_equal(rule(DRM_IOCTL_PRIME_FD_TO_HANDLE)->kind,
			 PVDRM_BUFFER_IMPORTS);
	pvdrm_buffer_rules(&pvdrm_vgem_table, rules);
	assert_null(rules[_IOC_NR(DRM_IOCTL_VIRTGPU_RESOURCE_CREATE)]);
}

/* The flags that are served follow from the rules. */
#define TABLE(driver)	&pvdrm_##driver##_table,

static void flags_follow_from_rules(void **state)
{
	static const struct pvdrm_driver_table *const tables[] = {
		PVDRM_DRIVERS(TABLE)
	};
	size_t t, i;

	for (t = 0; t < ARRAY_SIZE(tables); t++) {
		const struct pvdrm_table *table = carry_table(tables[t]);

		for (i = 0; i < tables[t]->nr; i++) {
			const struct pvdrm_ioctl_entry *e = &tables[t]->ioctls[i];
			u32 flags = pvdrm_table_find(table, e->cmd)->flags;
			u32 kind = e->buffer.kind;

			assert_int_equal(!!(flags & XENDRM_IOCTL_CREATES),
					 kind == PVDRM_BUFFER_CREATES ||
					 kind == PVDRM_BUFFER_CREATES_DUMB);
			assert_int_equal(!!(flags & XENDRM_IOCTL_FREES),
					 kind == PVDRM_BUFFER_FREES);
		}
	}
}

static void wanted(void **state)
{
	assert_int_equal(resource_wanted(0), PAGE);
	assert_int_equal(resource_wanted(1), PAGE);
	assert_int_equal(resource_wanted(PAGE), PAGE);
	assert_int_equal(resource_wanted(PAGE + 1), 2 * PAGE);
	assert_int_equal(resource_wanted(~0u), 1ull << 32);

	assert_int_equal(blob_wanted(0), PAGE);
	assert_int_equal(blob_wanted(1ull << 40), 1ull << 40);
	assert_int_equal(blob_wanted((1ull << 40) + 1), (1ull << 40) + PAGE);
	assert_true(blob_wanted(~0ull) == ~0ull);
	assert_true(blob_wanted(~0ull - PAGE + 1) == ~0ull);
	assert_true(blob_wanted(~0ull - 2 * PAGE + 1) == ~0ull - 2 * PAGE + 1);

	assert_int_equal(dumb_wanted(64, 64, 32), 4 * PAGE);
	assert_int_equal(dumb_wanted(64, 65, 32), 5 * PAGE);
	assert_int_equal(dumb_wanted(100, 1, 1), PAGE);
	assert_int_equal(dumb_wanted(PAGE, 2, 9), 4 * PAGE);
	assert_int_equal(dumb_wanted(0, 64, 32), PAGE);
	assert_int_equal(dumb_wanted(64, 64, 0), PAGE);
	assert_int_equal(dumb_wanted(1u << 31, 1u << 31, 8), 1ull << 62);
	assert_true(dumb_wanted(1u << 31, 1u << 31, 32) == ~0ull);
	assert_true(dumb_wanted(1u << 31, 1u << 31, 64) == ~0ull);
	assert_true(dumb_wanted(~0u, ~0u, ~0u) == ~0ull);
	assert_true(dumb_wanted(~0u, 1, ~0u) == 0x1fffffffe0000000ull);
}

static void got(void **state)
{
	const struct pvdrm_buffer_rule *dumb = rule(DRM_IOCTL_MODE_CREATE_DUMB);
	const struct pvdrm_buffer_rule *resource =
		rule(DRM_IOCTL_VIRTGPU_RESOURCE_CREATE);
	union arg arg = { .dumb = { .handle = 5, .size = 3 * PAGE + 1 } };
	u32 end = END_OF(struct drm_mode_create_dumb, size);

	assert_int_equal(pvdrm_buffer_got(dumb, arg.bytes, end, 7), 4 * PAGE);
	assert_int_equal(pvdrm_buffer_got(dumb, arg.bytes, end - 1, 7), 7);
	assert_int_equal(pvdrm_buffer_got(dumb, arg.bytes, 0, 7), 7);
	assert_int_equal(pvdrm_buffer_got(resource, arg.bytes,
					  sizeof(arg.resource), 7), 7);
}

/* A driver may make a buffer that is larger than the program wants */
static void larger(void **state)
{
	union arg arg = { .i915 = { .size = PAGE } };
	u32 end = END_OF(struct drm_i915_gem_create, size);
	const struct pvdrm_buffer_rule *r;

	pvdrm_buffer_rules(&pvdrm_i915_table, rules);
	r = rule(DRM_IOCTL_I915_GEM_CREATE);
	assert_int_equal(pvdrm_buffer_wanted(r, arg.bytes), PAGE);
	arg.i915.size = 16 * PAGE;
	assert_int_equal(pvdrm_buffer_got(r, arg.bytes, end, PAGE), 16 * PAGE);
	assert_int_equal(pvdrm_buffer_got(r, arg.bytes, end - 1, PAGE), PAGE);

	pvdrm_buffer_rules(&pvdrm_panfrost_table, rules);
	r = rule(DRM_IOCTL_PANFROST_CREATE_BO);
	memset(&arg, 0, sizeof(arg));
	arg.panfrost.size = PAGE;
	arg.panfrost.flags = PANFROST_BO_NOEXEC;
	assert_int_equal(pvdrm_buffer_wanted(r, arg.bytes), PAGE);
	arg.panfrost.flags |= PANFROST_BO_HEAP;
	assert_int_equal(pvdrm_buffer_wanted(r, arg.bytes), 2 << 20);
	arg.panfrost.size = ~0u;
	assert_int_equal(pvdrm_buffer_wanted(r, arg.bytes), 1ull << 32);
}

/* What the driver did not write is what the guest has put there */
static void forged(void **state)
{
	const struct pvdrm_buffer_rule *dumb = rule(DRM_IOCTL_MODE_CREATE_DUMB);
	union arg arg = { .dumb = { .handle = 5 } };
	u32 end = END_OF(struct drm_mode_create_dumb, handle);
	u32 handle = 0;

	assert_true(pvdrm_buffer_handle(dumb, arg.bytes, end, &handle));
	assert_int_equal(handle, 5);
	assert_false(pvdrm_buffer_handle(dumb, arg.bytes, end - 1, &handle));
	assert_false(pvdrm_buffer_handle(dumb, arg.bytes, 0, &handle));
}

static u32 as(u32 cmd, u32 dir, u32 size)
{
	return _IOC(dir, _IOC_TYPE(cmd), _IOC_NR(cmd), size);
}

static void lengths(void **state)
{
	u32 both = DRM_IOCTL_MODE_CREATE_DUMB, in = DRM_IOCTL_GEM_CLOSE;
	u32 dirs = _IOC_READ | _IOC_WRITE;

	assert_int_equal(pvdrm_buffer_len(both, both, _IOC_READ), 32);
	assert_int_equal(pvdrm_buffer_len(both, both, _IOC_WRITE), 32);
	assert_int_equal(pvdrm_buffer_len(as(both, dirs, 17), both, _IOC_READ),
			 17);
	assert_int_equal(pvdrm_buffer_len(as(both, dirs, 16000), both,
					  _IOC_READ), 32);
	assert_int_equal(pvdrm_buffer_len(as(both, dirs, 16000),
					  as(both, dirs, 16000), _IOC_READ),
			 PVDRM_BUFFER_ARG);
	assert_int_equal(pvdrm_buffer_len(as(both, _IOC_WRITE, 32), both,
					  _IOC_READ), 0);
	assert_int_equal(pvdrm_buffer_len(as(both, _IOC_READ, 32), both,
					  _IOC_WRITE), 0);
	assert_int_equal(pvdrm_buffer_len(as(in, dirs, 8), in, _IOC_READ), 0);
	assert_int_equal(pvdrm_buffer_len(as(in, dirs, 8), in, _IOC_WRITE), 8);
	assert_int_equal(pvdrm_buffer_len(as(in, 0, 0), in, _IOC_WRITE), 0);
}

static void handles(void **state)
{
	union arg arg = { .rename = { .handle = 3, .new_handle = 77 } };
	const struct pvdrm_buffer_rule *r = rule(DRM_IOCTL_GEM_CHANGE_HANDLE);

	assert_int_equal(pvdrm_buffer_u32(arg.bytes, r->handle), 3);
	assert_int_equal(pvdrm_buffer_u32(arg.bytes, r->shape[0]), 77);
	arg.close.handle = 9;
	r = rule(DRM_IOCTL_GEM_CLOSE);
	assert_int_equal(pvdrm_buffer_u32(arg.bytes, r->handle), 9);
}

/* The name says that a successful call makes something with a handle, or keeps memory. */
static bool makes(const char *name)
{
	return strstr(name, "_CREATE") || strstr(name, "_ALLOC") || strstr(name, "_NEW") ||
	       strstr(name, "FD_TO_HANDLE") || strstr(name, "_LABEL") ||
	       strstr(name, "_ATTACH") || strstr(name, "_BIND") ||
	       strstr(name, "_SETPARAM");
}

/* A guest must not make more than it is counted for. */
static void check_counted(const struct pvdrm_driver_table *drv)
{
	const struct pvdrm_ioctl_entry *entry;
	size_t i;

	for (i = 0; i < drv->nr; i++) {
		entry = &drv->ioctls[i];
		if (makes(entry->name) && !entry->objects.kind && !entry->buffer.kind)
			fail_msg("%s: counts nothing", entry->name);
	}
}

#define TABLE_OF(driver) &pvdrm_##driver##_table,
static const struct pvdrm_driver_table *const all_tables[] = {
	PVDRM_DRIVERS(TABLE_OF) &pvdrm_core_table
};

static void all_are_counted(void **state)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all_tables); i++)
		check_counted(all_tables[i]);
}

/* In all supported kernels, the driver refuses to free what there is not. */
static const char *const refuse_to_free[] = {
	"DRM_IOCTL_SYNCOBJ_DESTROY",
	"DRM_IOCTL_AMDGPU_CTX",
	"DRM_IOCTL_I915_GEM_CONTEXT_DESTROY",
	"DRM_IOCTL_I915_GEM_VM_DESTROY",
	"DRM_IOCTL_NOUVEAU_CHANNEL_FREE",
	"DRM_IOCTL_PANFROST_JM_CTX_DESTROY",
	"DRM_IOCTL_PANTHOR_VM_DESTROY",
	"DRM_IOCTL_PANTHOR_GROUP_DESTROY",
	"DRM_IOCTL_PANTHOR_TILER_HEAP_DESTROY",
	"DRM_IOCTL_XE_VM_DESTROY",
	"DRM_IOCTL_XE_EXEC_QUEUE_DESTROY",
};

static bool refuses_to_free(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(refuse_to_free); i++)
		if (!strcmp(name, refuse_to_free[i]))
			return true;
	return false;
}

static bool may_free(const struct pvdrm_object_rule *r)
{
	return r->kind == PVDRM_OBJECT_FREES ||
	       (r->kind == PVDRM_OBJECT_BY_OP && r->freed != ~0u);
}

/* Or a guest could have its count lowered by freeing what it does not have. */
static void none_frees_what_is_not_there(void **state)
{
	const struct pvdrm_ioctl_entry *entry;
	size_t t, i;

	for (t = 0; t < ARRAY_SIZE(all_tables); t++) {
		for (i = 0; i < all_tables[t]->nr; i++) {
			entry = &all_tables[t]->ioctls[i];
			if (may_free(&entry->objects) && !entry->objects.named &&
			    !refuses_to_free(entry->name))
				fail_msg("%s: may free nothing", entry->name);
		}
	}
}

int main(void)
{
	const struct unit_case tests[] = {
		cmocka_unit_test_setup(which, setup),
		cmocka_unit_test_setup(flags_follow_from_rules, setup),
		cmocka_unit_test_setup(wanted, setup),
		cmocka_unit_test_setup(got, setup),
		cmocka_unit_test_setup(larger, setup),
		cmocka_unit_test_setup(forged, setup),
		cmocka_unit_test_setup(lengths, setup),
		cmocka_unit_test_setup(handles, setup),
		cmocka_unit_test(all_are_counted),
		cmocka_unit_test(none_frees_what_is_not_there),
	};

	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
