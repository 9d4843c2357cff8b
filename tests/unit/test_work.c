// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_work.c: where the fences of submissions are, and to whom their time counts
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "back/gpu/time.h"
#include "back/tables/tables.h"
#include "uapi/newest/amdgpu_drm.h"
#include "uapi/newest/etnaviv_drm.h"
#include "uapi/newest/nouveau_drm.h"
#include "uapi/newest/panfrost_drm.h"
#include "uapi/newest/panthor_drm.h"
#include "uapi/newest/v3d_drm.h"
#include "uapi/newest/xe_drm.h"

#define NOWHERE	4096u	/* addresses below fault */

static int in(void *dst, u64 addr, size_t len)
{
	if (addr < NOWHERE)
		return -EFAULT;
	memcpy(dst, (const void *)(uintptr_t)addr, len);
	return 0;
}

static const struct pvdrm_mem mem = { .in = in };

static u64 at(const void *what)
{
	return (u64)(uintptr_t)what;
}

/* The handle that the first rule of an ioctl finds that finds one; 0: none does */
static u32 find(const struct pvdrm_driver_table *drv, u32 cmd, const void *arg,
		bool *syncobj)
{
	const struct pvdrm_work_rule *rule;
	u32 handle;

	for (rule = drv->work; rule->cmd; rule++)
		if (rule->cmd == cmd && rule->kind <= PVDRM_WORK_SYNCOBJ &&
		    !pvdrm_work_handle(rule, &mem, at(arg), _IOC_SIZE(cmd),
				       &handle)) {
			*syncobj = rule->kind == PVDRM_WORK_SYNCOBJ;
			return handle;
		}
	return 0;
}

static void buffers(void **state)
{
	struct drm_nouveau_gem_pushbuf_bo bo[2] = {
		{ .handle = 7 }, { .handle = 8 }
	};
	struct drm_nouveau_gem_pushbuf arg = {
		.nr_buffers = 2, .buffers = at(bo),
	};
	const u32 cmd = DRM_IOCTL_NOUVEAU_GEM_PUSHBUF;
	const struct pvdrm_work_rule *rule = pvdrm_nouveau_table.work;
	bool syncobj;
	u32 handle;

	assert_int_equal(find(&pvdrm_nouveau_table, cmd, &arg, &syncobj), 7);
	assert_false(syncobj);
	arg.nr_buffers = 0;
	assert_int_equal(find(&pvdrm_nouveau_table, cmd, &arg, &syncobj), 0);
	arg.nr_buffers = ~0u;
	arg.buffers = 16;
	assert_int_equal(find(&pvdrm_nouveau_table, cmd, &arg, &syncobj), 0);
	/* A program's struct may end before the pointer. */
	arg.buffers = at(bo);
	assert_int_equal(pvdrm_work_handle(rule, &mem, at(&arg), 12, &handle),
			 -ENOENT);
}

/* In the argument itself */
static void a_buffer_without_a_list(void **state)
{
	struct drm_v3d_submit_tfu arg = { .bo_handles = { 6, 7 } };
	bool syncobj;

	assert_int_equal(find(&pvdrm_v3d_table, DRM_IOCTL_V3D_SUBMIT_TFU, &arg,
			      &syncobj), 6);
	assert_false(syncobj);
}

/* A handle that is not the first member */
static void a_buffer_among_flags(void **state)
{
	struct drm_etnaviv_gem_submit_bo bo[2] = { { 1, 8, 0 }, { 1, 9, 0 } };
	struct drm_etnaviv_gem_submit arg = { .nr_bos = 2, .bos = at(bo) };
	bool syncobj;

	assert_int_equal(find(&pvdrm_etnaviv_table, DRM_IOCTL_ETNAVIV_GEM_SUBMIT,
			      &arg, &syncobj), 8);
	assert_false(syncobj);
}

static void only_what_signals(void **state)
{
	struct drm_xe_sync sync[3] = {
		{ .handle = 1 },
		{ .handle = 2, .flags = DRM_XE_SYNC_FLAG_SIGNAL },
		{ .handle = 3, .flags = DRM_XE_SYNC_FLAG_SIGNAL },
	};
	struct drm_xe_exec arg = { .num_syncs = 3, .syncs = at(sync) };
	bool syncobj;

	assert_int_equal(find(&pvdrm_xe_table, DRM_IOCTL_XE_EXEC, &arg, &syncobj),
			 2);
	assert_true(syncobj);
	arg.num_syncs = 1;
	assert_int_equal(find(&pvdrm_xe_table, DRM_IOCTL_XE_EXEC, &arg, &syncobj),
			 0);
	/* An address is no handle, whatever is in its lower half. */
	arg.num_syncs = 3;
	sync[1].type = DRM_XE_SYNC_TYPE_USER_FENCE;
	assert_int_equal(find(&pvdrm_xe_table, DRM_IOCTL_XE_EXEC, &arg, &syncobj),
			 3);
	sync[2].type = DRM_XE_SYNC_TYPE_TIMELINE_SYNCOBJ;
	assert_int_equal(find(&pvdrm_xe_table, DRM_IOCTL_XE_EXEC, &arg, &syncobj),
			 3);
}

/* Each job has syncobjs of its own. */
static void syncobjs_of_jobs(void **state)
{
	struct drm_panthor_sync_op ops[2] = {
		{ .handle = 4 },
		{ .handle = 5, .flags = 1u << 31 | 1 },
	};
	struct drm_panthor_queue_submit job[2] = {
		{ .syncs = { sizeof(ops[0]), 1, at(ops) } },
		{ .syncs = { sizeof(ops[0]), 2, at(ops) } },
	};
	struct drm_panthor_group_submit arg = {
		.queue_submits = { sizeof(job[0]), 2, at(job) },
	};
	const u32 cmd = DRM_IOCTL_PANTHOR_GROUP_SUBMIT;
	bool syncobj;

	assert_int_equal(find(&pvdrm_panthor_table, cmd, &arg, &syncobj), 5);
	assert_true(syncobj);
	arg.queue_submits.count = 1;
	assert_int_equal(find(&pvdrm_panthor_table, cmd, &arg, &syncobj), 0);
}

/* The chunk that matters is not the first, and has pointers within. */
static void chunks(void **state)
{
	struct drm_amdgpu_bo_list_entry entry = { .bo_handle = 5 };
	struct drm_amdgpu_bo_list_in list = {
		.bo_number = 1, .bo_info_size = sizeof(entry),
		.bo_info_ptr = at(&entry),
	};
	struct drm_amdgpu_cs_chunk_sem sem = { .handle = 9 };
	struct drm_amdgpu_cs_chunk chunk[3] = {
		{ AMDGPU_CHUNK_ID_IB, 8, 0 },
		{ AMDGPU_CHUNK_ID_SYNCOBJ_OUT, 1, at(&sem) },
		{ AMDGPU_CHUNK_ID_BO_HANDLES, sizeof(list) / 4, at(&list) },
	};
	u64 pointers[3] = { at(&chunk[0]), at(&chunk[1]), at(&chunk[2]) };
	union drm_amdgpu_cs arg = {
		.in.num_chunks = 3, .in.chunks = at(pointers),
	};
	bool syncobj;

	assert_int_equal(find(&pvdrm_amdgpu_table, DRM_IOCTL_AMDGPU_CS, &arg,
			      &syncobj), 5);
	assert_false(syncobj);
	list.bo_number = 0;
	assert_int_equal(find(&pvdrm_amdgpu_table, DRM_IOCTL_AMDGPU_CS, &arg,
			      &syncobj), 9);
	assert_true(syncobj);
}

static const struct pvdrm_ioctl_entry *
entry_of(const struct pvdrm_driver_table *drv, u32 cmd)
{
	size_t i;

	for (i = 0; i < drv->nr; i++)
		if (drv->ioctls[i].cmd == cmd)
			return &drv->ioctls[i];
	return NULL;
}

/* The first rule for an ioctl, if it says which queue the work is for */
static const struct pvdrm_work_rule *
queue_rule(const struct pvdrm_driver_table *drv, u32 cmd)
{
	const struct pvdrm_work_rule *rule;

	for (rule = drv->work; rule->cmd; rule++)
		if (rule->cmd == cmd)
			return rule->kind == PVDRM_WORK_QUEUE ? rule : NULL;
	return NULL;
}

static u32 queue(const struct pvdrm_driver_table *drv, u32 cmd, const void *arg,
		 u32 size, u32 *name)
{
	const struct pvdrm_work_rule *rule = queue_rule(drv, cmd);

	assert_non_null(rule);
	return pvdrm_work_queue(rule, &mem, at(arg), size, name);
}

static void queues(void **state)
{
	struct drm_nouveau_exec exec = { .channel = 3, .push_count = 7 };
	struct drm_panfrost_submit submit = {
		.requirements = 1, .jm_ctx_handle = 4,
	};
	struct drm_v3d_submit_tfu tfu = { .iia = 5 };
	struct drm_xe_exec xe = { .exec_queue_id = 6 };
	struct drm_etnaviv_gem_submit etnaviv = { .pipe = 2 };
	u32 name[PVDRM_WORK_NAMES];

	assert_int_equal(queue(&pvdrm_nouveau_table, DRM_IOCTL_NOUVEAU_EXEC, &exec,
			       sizeof(exec), name), 1);
	assert_int_equal(name[0], 3);
	assert_int_equal(name[1], 0);
	assert_int_equal(queue(&pvdrm_panfrost_table, DRM_IOCTL_PANFROST_SUBMIT,
			       &submit, sizeof(submit), name), 1);
	assert_int_equal(name[0], 1);
	assert_int_equal(name[1], 4);
	/* The driver reads zeroes beyond a program's struct. */
	assert_int_equal(queue(&pvdrm_panfrost_table, DRM_IOCTL_PANFROST_SUBMIT,
			       &submit, offsetof(struct drm_panfrost_submit,
						 jm_ctx_handle), name), 1);
	assert_int_equal(name[1], 0);
	assert_int_equal(queue(&pvdrm_v3d_table, DRM_IOCTL_V3D_SUBMIT_TFU, &tfu,
			       sizeof(tfu), name), 1);
	assert_int_equal(name[0], 0);
	assert_int_equal(queue(&pvdrm_xe_table, DRM_IOCTL_XE_EXEC, &xe, sizeof(xe),
			       name), 1);
	assert_int_equal(name[0], 6);
	assert_int_equal(queue(&pvdrm_etnaviv_table, DRM_IOCTL_ETNAVIV_GEM_SUBMIT,
			       &etnaviv, sizeof(etnaviv), name), 1);
	assert_int_equal(name[0], 2);
}

/* Parts of a submission may be for several queues. */
static void queues_of_parts(void **state)
{
	static struct drm_panthor_queue_submit part[1025];
	struct drm_panthor_group_submit arg = {
		.group_handle = 9,
		.queue_submits = { sizeof(part[0]), 3, at(part) },
	};
	const u32 cmd = DRM_IOCTL_PANTHOR_GROUP_SUBMIT;
	u32 name[PVDRM_WORK_NAMES], other[PVDRM_WORK_NAMES];

	assert_int_equal(queue(&pvdrm_panthor_table, cmd, &arg, sizeof(arg), name), 1);
	assert_int_equal(name[0], 9);
	part[1].queue_index = 1;
	assert_int_equal(queue(&pvdrm_panthor_table, cmd, &arg, sizeof(arg), other), 2);
	part[0].queue_index = 1;
	part[2].queue_index = 1;
	assert_int_equal(queue(&pvdrm_panthor_table, cmd, &arg, sizeof(arg), other), 1);
	assert_int_not_equal(other[1], name[1]);
	/* More than the table lets through */
	arg.queue_submits.count = 1025;
	assert_int_equal(queue(&pvdrm_panthor_table, cmd, &arg, sizeof(arg), name), 0);
	arg.queue_submits.count = 1;
	arg.queue_submits.array = 16;
	assert_int_equal(queue(&pvdrm_panthor_table, cmd, &arg, sizeof(arg), name), 0);
}

/* Those that queue any number of submissions: their submissions all count. */
static void queues_without_end(void **state)
{
	static const struct {
		const struct pvdrm_driver_table *drv;
		u32 cmd;
	} endless[] = {
		{ &pvdrm_nouveau_table, DRM_IOCTL_NOUVEAU_EXEC },
		{ &pvdrm_xe_table, DRM_IOCTL_XE_EXEC },
		{ &pvdrm_panfrost_table, DRM_IOCTL_PANFROST_SUBMIT },
		{ &pvdrm_panthor_table, DRM_IOCTL_PANTHOR_GROUP_SUBMIT },
		{ &pvdrm_v3d_table, DRM_IOCTL_V3D_SUBMIT_CL },
		{ &pvdrm_v3d_table, DRM_IOCTL_V3D_SUBMIT_CSD },
		{ &pvdrm_v3d_table, DRM_IOCTL_V3D_SUBMIT_TFU },
		{ &pvdrm_etnaviv_table, DRM_IOCTL_ETNAVIV_GEM_SUBMIT },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(endless); i++)
		assert_non_null(queue_rule(endless[i].drv, endless[i].cmd));
	/* Its ring is full sooner or later, and then the ioctl waits. */
	assert_null(queue_rule(&pvdrm_nouveau_table, DRM_IOCTL_NOUVEAU_GEM_PUSHBUF));
}

/* All ioctls that submit have rules, and rules are of ioctls that are forwarded. */
static void all_drivers(void **state)
{
#define TABLE(driver)	&pvdrm_##driver##_table,
	static const struct pvdrm_driver_table *const all[] = {
		PVDRM_DRIVERS(TABLE)
	};
	const struct pvdrm_work_rule *rule;
	int without = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		if (!all[i]->work) {
			without++;
			continue;
		}
		/* They may have to wait for their turn. */
		for (rule = all[i]->work; rule->cmd; rule++)
			assert_true(entry_of(all[i], rule->cmd)->flags &
				    MAY_BLOCK);
	}
	/* vgem */
	assert_int_equal(without, 1);
}

static void time_counts_once(void **state)
{
	u64 settled = 0;

	/* Alone, from when it was submitted */
	assert_int_equal(pvdrm_gpu_time_take(&settled, 100, 150), 50);
	/* Queued behind that */
	assert_int_equal(pvdrm_gpu_time_take(&settled, 120, 180), 30);
	/* Another guest's, submitted long ago */
	assert_int_equal(pvdrm_gpu_time_take(&settled, 10, 190), 10);
	/* Idle between */
	assert_int_equal(pvdrm_gpu_time_take(&settled, 300, 310), 10);
	/* Clocks that were read in another order than locks were taken */
	assert_int_equal(pvdrm_gpu_time_take(&settled, 290, 305), 0);
	assert_int_equal(settled, 310);
	assert_int_equal(pvdrm_gpu_time_take(&settled, 400, 390), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buffers),
		cmocka_unit_test(a_buffer_without_a_list),
		cmocka_unit_test(a_buffer_among_flags),
		cmocka_unit_test(only_what_signals),
		cmocka_unit_test(syncobjs_of_jobs),
		cmocka_unit_test(chunks),
		cmocka_unit_test(queues),
		cmocka_unit_test(queues_of_parts),
		cmocka_unit_test(queues_without_end),
		cmocka_unit_test(all_drivers),
		cmocka_unit_test(time_counts_once),
	};

	return cmocka_run_group_tests_name("work", tests, NULL, NULL);
}
