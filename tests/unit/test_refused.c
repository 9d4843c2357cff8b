// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_refused.c: what must never reach a driver: whole ioctls, and arguments
 * refused for what is in them, by the frontend and by the backend
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "carry.h"
#include "uapi/newest/amdgpu_drm.h"
#include "uapi/newest/etnaviv_drm.h"
#include "uapi/newest/i915_drm.h"
#include "uapi/newest/nouveau_drm.h"
#include "uapi/newest/panfrost_drm.h"
#include "uapi/newest/panthor_drm.h"
#include "uapi/newest/radeon_drm.h"
#include "uapi/newest/v3d_drm.h"
#include "uapi/newest/virtgpu_drm.h"
#include "uapi/newest/xe_drm.h"

static const struct pvdrm_table *table;

static int setup(void **state)
{
	space_reset();
	return 0;
}

#define TABLE(driver)	&pvdrm_##driver##_table,

static void in_no_table(void **state)
{
	static const struct pvdrm_driver_table *const all[] = {
		PVDRM_DRIVERS(TABLE)
	};
	size_t t, i;

	for (t = 0; t < ARRAY_SIZE(all); t++) {
		assert_ptr_equal(pvdrm_driver_table_find(all[t]->driver),
				 all[t]);
		table = carry_table(all[t]);
		for (i = 0; i < all[t]->nr_refused; i++) {
			u32 cmd = all[t]->refused[i].cmd;

			assert_null(pvdrm_table_find(table, cmd));
			assert_ptr_equal(pvdrm_table_refusal(all[t], cmd),
					 &all[t]->refused[i]);
		}
	}
}

/* The driver would be NULL: it must not be called */
static long issue(u32 cmd, const void *arg)
{
	return carry(table, cmd, space_put(&program, arg, _IOC_SIZE(cmd)), cmd,
		     NULL);
}

/* Another frontend might send it all the same */
static long send(u32 cmd, const void *req, size_t len)
{
	struct pvdrm_plan plan;
	long err;

	pvdrm_plan_init(&plan);
	err = pvdrm_parse_request(&plan, table, pvdrm_table_find(table, cmd),
				  cmd, req, len, XENDRM_MAX_MESSAGE);
	pvdrm_plan_free(&plan);
	return err;
}

static void assert_refused(u32 cmd, const void *arg, long err)
{
	assert_int_equal(issue(cmd, arg), err);
	assert_int_equal(send(cmd, arg, _IOC_SIZE(cmd)), err);
}

static void amdgpu_arguments(void **state)
{
	union drm_amdgpu_ctx ctx = { .in.op = AMDGPU_CTX_OP_ALLOC_CTX };
	union drm_amdgpu_ctx clocks = {
		.in.op = AMDGPU_CTX_OP_SET_STABLE_PSTATE,
	};
	union drm_amdgpu_vm vm = { .in.op = AMDGPU_VM_OP_RESERVE_VMID };
	struct drm_amdgpu_gem_op op = { .op = 3, .value = PROGRAM_BASE };
	struct {
		union drm_amdgpu_cs cs;
		u64 pointer;
		struct drm_amdgpu_cs_chunk chunk;
	} req = {
		.cs.in.num_chunks = 1, .cs.in.chunks = XENDRM_PTR_DATA,
		.pointer = XENDRM_PTR_DATA, .chunk.chunk_id = 11,
	};

	table = carry_table(&pvdrm_amdgpu_table);
	ctx.in.priority = AMDGPU_CTX_PRIORITY_HIGH;
	assert_refused(DRM_IOCTL_AMDGPU_CTX, &ctx, -EACCES);
	ctx.in.priority = AMDGPU_CTX_PRIORITY_VERY_HIGH;
	assert_refused(DRM_IOCTL_AMDGPU_CTX, &ctx, -EACCES);
	assert_refused(DRM_IOCTL_AMDGPU_CTX, &clocks, -EACCES);
	assert_refused(DRM_IOCTL_AMDGPU_VM, &vm, -EACCES);
	assert_refused(DRM_IOCTL_AMDGPU_GEM_OP, &op, -EINVAL);
	assert_int_equal(send(DRM_IOCTL_AMDGPU_CS, &req, sizeof(req)), -EINVAL);
}

/* A call of NVIF of any size, which makes an object of that class */
static long nvif_new(u32 size, u32 class)
{
	u32 cmd = _IOC(_IOC_READ | _IOC_WRITE, 'd', 0x47, size);
	u8 arg[80] = { [1] = 2 };
	struct pvdrm_plan plan;
	long err;

	memcpy(arg + 52, &class, sizeof(class));
	pvdrm_plan_init(&plan);
	err = pvdrm_parse_request(&plan, table, pvdrm_table_find(table, cmd),
				  cmd, arg, size, XENDRM_MAX_MESSAGE);
	pvdrm_plan_free(&plan);
	return err;
}

static void nouveau_arguments(void **state)
{
	struct drm_nouveau_gem_new buffer = { .info.size = 4096 };

	table = carry_table(&pvdrm_nouveau_table);
	buffer.info.tile_mode = 0x10000;
	assert_int_equal(send(DRM_IOCTL_NOUVEAU_GEM_NEW, &buffer, sizeof(buffer)), 0);
	/* 64 times that is 0, by which the driver would divide */
	buffer.info.tile_mode = 1 << 26;
	assert_refused(DRM_IOCTL_NOUVEAU_GEM_NEW, &buffer, -EINVAL);
	assert_int_equal(nvif_new(56, -1), -EACCES);
	assert_int_equal(nvif_new(80, -1), -EACCES);
	assert_int_equal(nvif_new(80, -2), -EACCES);
	assert_int_equal(nvif_new(80, 0x80), 0);
	/* Cut off before the class: the driver refuses it */
	assert_int_equal(nvif_new(24, 0), 0);
	assert_int_equal(nvif_new(52, 0), 0);
}

static void i915_arguments(void **state)
{
	struct drm_i915_gem_context_param param = { .value = 1 };
	struct drm_i915_gem_vm_control vm = { .extensions = PROGRAM_BASE };
	struct drm_i915_gem_execbuffer2 exec = { .flags = I915_EXEC_FENCE_OUT };
	struct {
		struct drm_i915_query query;
		struct drm_i915_query_item item;
	} req = {
		.query.num_items = 1, .query.items_ptr = XENDRM_PTR_DATA,
		.item.length = 8, .item.data_ptr = PROGRAM_BASE,
	};
	u32 cmd = DRM_IOCTL_I915_GEM_CONTEXT_SETPARAM;

	table = carry_table(&pvdrm_i915_table);
	param.param = I915_CONTEXT_PARAM_PRIORITY;
	assert_refused(cmd, &param, -EPERM);
	param.param = I915_CONTEXT_PARAM_CONTEXT_IMAGE;
	assert_refused(cmd, &param, -EINVAL);
	param.param = 100;
	assert_refused(cmd, &param, -EINVAL);
	param.param = I915_CONTEXT_PARAM_BANNABLE;
	param.value = 0;
	assert_refused(cmd, &param, -EPERM);
	assert_refused(DRM_IOCTL_I915_GEM_VM_CREATE, &vm, -EINVAL);
	/* The number that does not return anything has no place for a fence */
	assert_refused(DRM_IOCTL_I915_GEM_EXECBUFFER2, &exec, -EOPNOTSUPP);
	req.item.query_id = DRM_I915_QUERY_PERF_CONFIG;
	assert_int_equal(send(DRM_IOCTL_I915_QUERY, &req, sizeof(req)), -EINVAL);
	req.item.query_id = 8;
	assert_int_equal(send(DRM_IOCTL_I915_QUERY, &req, sizeof(req)), -EINVAL);
}

static void xe_bind_arguments(void **state)
{
	u32 cmd = DRM_IOCTL_XE_VM_BIND;
	struct drm_xe_vm_bind one = { .num_binds = 1 };
	struct {
		struct drm_xe_vm_bind bind;
		struct drm_xe_vm_bind_op op[2];
	} two = {
		.bind.num_binds = 2, .bind.vector_of_binds = XENDRM_PTR_DATA,
	};
	struct {
		struct drm_xe_vm_bind bind;
		struct drm_xe_sync sync;
	} sync = {
		.bind.num_syncs = 1, .bind.syncs = XENDRM_PTR_DATA,
		.sync.type = DRM_XE_SYNC_TYPE_USER_FENCE,
	};

	table = carry_table(&pvdrm_xe_table);
	one.bind.op = DRM_XE_VM_BIND_OP_MAP_USERPTR;
	assert_refused(cmd, &one, -EOPNOTSUPP);
	one.bind.op = DRM_XE_VM_BIND_OP_PREFETCH + 1;
	assert_refused(cmd, &one, -EINVAL);
	one.bind.op = DRM_XE_VM_BIND_OP_MAP;
	one.bind.flags = DRM_XE_VM_BIND_FLAG_CPU_ADDR_MIRROR;
	assert_refused(cmd, &one, -EINVAL);
	one.bind.flags = 1 << 8;
	assert_refused(cmd, &one, -EINVAL);

	two.op[1].op = DRM_XE_VM_BIND_OP_MAP_USERPTR;
	assert_int_equal(send(cmd, &two, sizeof(two)), -EOPNOTSUPP);
	two.op[1].op = DRM_XE_VM_BIND_OP_MAP;
	two.op[1].flags = DRM_XE_VM_BIND_FLAG_CPU_ADDR_MIRROR;
	assert_int_equal(send(cmd, &two, sizeof(two)), -EINVAL);

	assert_int_equal(send(cmd, &sync, sizeof(sync)), -EOPNOTSUPP);
	sync.sync.type++;
	assert_int_equal(send(cmd, &sync, sizeof(sync)), -EINVAL);
}

static void xe_other_arguments(void **state)
{
	u32 cmd = DRM_IOCTL_XE_EXEC_QUEUE_CREATE;
	struct {
		struct drm_xe_exec_queue_create create;
		struct drm_xe_ext_set_property ext;
	} req = {
		.create.extensions = XENDRM_PTR_DATA, .ext.value = 2,
	};
	struct drm_xe_device_query query = { 0 };
	struct drm_xe_madvise madvise = { .preferred_mem_loc.devmem_fd = 5 };

	table = carry_table(&pvdrm_xe_table);
	assert_int_equal(send(cmd, &req, sizeof(req)), -EPERM);
	req.ext.property = DRM_XE_EXEC_QUEUE_SET_HANG_REPLAY_STATE;
	assert_int_equal(send(cmd, &req, sizeof(req)), -EINVAL);
	req.ext.property = 7;
	assert_int_equal(send(cmd, &req, sizeof(req)), -EINVAL);
	query.query = DRM_XE_DEVICE_QUERY_ENGINE_CYCLES;
	assert_refused(DRM_IOCTL_XE_DEVICE_QUERY, &query, -EOPNOTSUPP);
	query.query = 11;
	assert_refused(DRM_IOCTL_XE_DEVICE_QUERY, &query, -EINVAL);
	assert_refused(DRM_IOCTL_XE_MADVISE, &madvise, -EOPNOTSUPP);
}

static void virtio_gpu_arguments(void **state)
{
	struct {
		struct drm_virtgpu_context_init init;
		struct drm_virtgpu_context_set_param param;
	} req = {
		.init.num_params = 1, .init.ctx_set_params = XENDRM_PTR_DATA,
		.param.param = VIRTGPU_CONTEXT_PARAM_NUM_RINGS, .param.value = 1,
	};
	u32 cmd = DRM_IOCTL_VIRTGPU_CONTEXT_INIT;

	table = carry_table(&pvdrm_virtio_gpu_table);
	assert_int_equal(send(cmd, &req, sizeof(req)), 0);
	req.param.value = 0;
	assert_int_equal(send(cmd, &req, sizeof(req)), -EINVAL);
	req.param.param = VIRTGPU_CONTEXT_PARAM_CAPSET_ID;
	assert_int_equal(send(cmd, &req, sizeof(req)), 0);
	req.param.param = VIRTGPU_CONTEXT_PARAM_DEBUG_NAME + 1;
	assert_int_equal(send(cmd, &req, sizeof(req)), -EINVAL);
}

static void v3d_arguments(void **state)
{
	static const u32 unasked[] = {
		DRM_V3D_PARAM_SUPPORTS_PERFMON, DRM_V3D_PARAM_MAX_PERF_COUNTERS,
		DRM_V3D_PARAM_SUPPORTS_CPU_QUEUE,
	};
	struct drm_v3d_submit_cl cl = { .flags = 4 };
	struct drm_v3d_submit_csd csd = { .flags = 1u << 31 };
	struct drm_v3d_submit_tfu tfu = { .flags = 6 };
	struct drm_v3d_get_param param = { 0 };
	struct {
		struct drm_v3d_submit_cl cl;
		struct drm_v3d_multi_sync sync;
	} req = {
		.cl.flags = DRM_V3D_SUBMIT_EXTENSION,
		.cl.extensions = XENDRM_PTR_DATA,
		.sync.base.id = DRM_V3D_EXT_ID_MULTI_SYNC,
	};
	size_t i;

	table = carry_table(&pvdrm_v3d_table);
	assert_refused(DRM_IOCTL_V3D_SUBMIT_CL, &cl, -EINVAL);
	assert_refused(DRM_IOCTL_V3D_SUBMIT_CSD, &csd, -EINVAL);
	assert_refused(DRM_IOCTL_V3D_SUBMIT_TFU, &tfu, -EINVAL);
	for (i = 0; i < ARRAY_SIZE(unasked); i++) {
		param.param = unasked[i];
		assert_refused(DRM_IOCTL_V3D_GET_PARAM, &param, -EINVAL);
	}
	assert_int_equal(send(DRM_IOCTL_V3D_SUBMIT_CL, &req, sizeof(req)), 0);
	req.sync.base.next = PROGRAM_BASE;
	assert_int_equal(send(DRM_IOCTL_V3D_SUBMIT_CL, &req, sizeof(req)), -EINVAL);
	req.sync.base.next = 0;
	req.sync.base.id = DRM_V3D_EXT_ID_CPU_INDIRECT_CSD;
	assert_int_equal(send(DRM_IOCTL_V3D_SUBMIT_CL, &req, sizeof(req)), -EINVAL);
}

static void etnaviv_arguments(void **state)
{
	static const u64 sizes[] = { 0, 0xfffff001, 1ull << 32, ~0ull };
	struct drm_etnaviv_gem_submit counters = { .nr_pmrs = 1 };
	struct drm_etnaviv_gem_submit later = { .flags = 16 };
	struct drm_etnaviv_gem_submit many = { .nr_bos = 128 * 1024 + 1 };
	struct drm_etnaviv_gem_new buffer = { .size = 0xfffff000 };
	size_t i;

	table = carry_table(&pvdrm_etnaviv_table);
	assert_refused(DRM_IOCTL_ETNAVIV_GEM_SUBMIT, &counters, -EINVAL);
	assert_refused(DRM_IOCTL_ETNAVIV_GEM_SUBMIT, &later, -EINVAL);
	assert_refused(DRM_IOCTL_ETNAVIV_GEM_SUBMIT, &many, -EINVAL);
	assert_int_equal(send(DRM_IOCTL_ETNAVIV_GEM_NEW, &buffer, sizeof(buffer)), 0);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		buffer.size = sizes[i];
		assert_refused(DRM_IOCTL_ETNAVIV_GEM_NEW, &buffer, -EINVAL);
	}
}

static void panthor_arguments(void **state)
{
	struct drm_panthor_dev_query later = { .type = 4 };
	struct drm_panthor_group_create group = { .queues = { 8, 33, 0 } };
	struct drm_panthor_tiler_heap_create heap = { .max_chunks = 65 };
	struct drm_panthor_bo_sync sync = { .ops = { 32, 1, 0 } };
	struct {
		struct drm_panthor_dev_query query;
		struct drm_panthor_timestamp_info info;
	} time = {
		.query.type = DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO,
		.query.size = sizeof(time.info),
		.query.pointer = XENDRM_PTR_DATA,
		.info.flags = DRM_PANTHOR_TIMESTAMP_GPU,
	};
	struct {
		struct drm_panthor_group_submit submit;
		struct drm_panthor_queue_submit job;
	} submit = {
		.submit.queue_submits = { sizeof(submit.job), 1, XENDRM_PTR_DATA },
		.job.syncs = { 16, 1, XENDRM_PTR_NULL },
	};

	table = carry_table(&pvdrm_panthor_table);
	assert_refused(DRM_IOCTL_PANTHOR_DEV_QUERY, &later, -EINVAL);
	assert_refused(DRM_IOCTL_PANTHOR_GROUP_CREATE, &group, -EINVAL);
	group.queues.count = 0;
	group.priority = PANTHOR_GROUP_PRIORITY_HIGH;
	assert_refused(DRM_IOCTL_PANTHOR_GROUP_CREATE, &group, -EACCES);
	group.priority = PANTHOR_GROUP_PRIORITY_REALTIME;
	assert_refused(DRM_IOCTL_PANTHOR_GROUP_CREATE, &group, -EACCES);
	assert_refused(DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, &heap, -ENOMEM);
	heap.max_chunks = 1;
	heap.chunk_size = 4 << 20;
	assert_refused(DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, &heap, -ENOMEM);
	assert_refused(DRM_IOCTL_PANTHOR_BO_SYNC, &sync, -E2BIG);

	assert_int_equal(send(DRM_IOCTL_PANTHOR_DEV_QUERY, &time, sizeof(time)), 0);
	time.info.flags |= DRM_PANTHOR_TIMESTAMP_CPU_MONOTONIC_RAW;
	assert_int_equal(send(DRM_IOCTL_PANTHOR_DEV_QUERY, &time, sizeof(time)), -EINVAL);
	assert_int_equal(send(DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &submit, sizeof(submit)), 0);
	submit.job.syncs.stride = 24;
	assert_int_equal(send(DRM_IOCTL_PANTHOR_GROUP_SUBMIT, &submit, sizeof(submit)), -E2BIG);
}

static void other_arguments(void **state)
{
	struct drm_radeon_info info = { .value = PROGRAM_BASE };
	struct drm_panfrost_jm_ctx_create ctx = { 0 };

	table = carry_table(&pvdrm_radeon_table);
	info.request = RADEON_INFO_GPU_RESET_COUNTER + 1;
	assert_refused(DRM_IOCTL_RADEON_INFO, &info, -EINVAL);
	table = carry_table(&pvdrm_panfrost_table);
	ctx.priority = PANFROST_JM_CTX_PRIORITY_HIGH;
	assert_refused(DRM_IOCTL_PANFROST_JM_CTX_CREATE, &ctx, -EACCES);
}

int main(void)
{
	const struct unit_case tests[] = {
		cmocka_unit_test_setup(in_no_table, setup),
		cmocka_unit_test_setup(amdgpu_arguments, setup),
		cmocka_unit_test_setup(nouveau_arguments, setup),
		cmocka_unit_test_setup(i915_arguments, setup),
		cmocka_unit_test_setup(xe_bind_arguments, setup),
		cmocka_unit_test_setup(xe_other_arguments, setup),
		cmocka_unit_test_setup(virtio_gpu_arguments, setup),
		cmocka_unit_test_setup(v3d_arguments, setup),
		cmocka_unit_test_setup(etnaviv_arguments, setup),
		cmocka_unit_test_setup(panthor_arguments, setup),
		cmocka_unit_test_setup(other_arguments, setup),
	};
	int failed = cmocka_run_group_tests_name("refused", tests, NULL, NULL);

	pvdrm_plan_free(&carried);
	return failed;
}
