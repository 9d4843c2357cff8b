// SPDX-License-Identifier: GPL-2.0-only
/*
 * mock-panthor.c: cases for panthor's ioctls
 */
#include <errno.h>
#include <string.h>

#include "common.h"
#include "mock.h"
#include "uapi/newest/panthor_drm.h"

#define MOST_OF_LABEL	4096

/* Of this size, or once in a while too small; guests are refused larger ones */
static void objects(struct drm_panthor_obj_array *a, __u32 count, __u32 size)
{
	a->stride = one_in(64) ? size - 8 : size;
	a->count = count;
}

static void array_of(struct drm_panthor_obj_array *a, __u32 count, __u32 size)
{
	objects(a, count, size);
	a->array = array(a->count, a->stride, READ);
}

/* Of an element of another array, where a guest is told of its size before anything else */
static void syncs(struct drm_panthor_obj_array *a)
{
	a->stride = sizeof(struct drm_panthor_sync_op);
	a->count = count_of(5);
	a->array = array(a->count, a->stride, READ);
}

static void dev_query(void *data)
{
	static const __u32 sizes[] = {
		sizeof(struct drm_panthor_gpu_info), sizeof(struct drm_panthor_csif_info),
		sizeof(struct drm_panthor_timestamp_info),
		sizeof(struct drm_panthor_group_priorities_info), 8,
	};
	struct drm_panthor_dev_query *arg = data;
	struct drm_panthor_timestamp_info *info;

	arg->type = pick(ARRAY_SIZE(sizes));
	arg->size = one_in(8) ? pick(200) : sizes[arg->type];
	if (one_in(8))
		return;
	arg->pointer = array(arg->size, 1, BOTH);
	if (arg->type == DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO) {
		arg->size = one_in(4) ? 24 : sizeof(*info) + 8 * one_in(8);
		info = zeroes(sizeof(*info) + 8);
		/* Not dom0's time */
		info->flags = one_in(16) ? 0x100 : any() & 0xf1;
		arg->pointer = point(info, arg->size, BOTH);
	}
}

static void vm_create(void *data)
{
	struct drm_panthor_vm_create *arg = data;

	arg->flags = one_in(16);
	arg->id = any();
	arg->user_va_range = any();
}

static void vm_destroy(void *data)
{
	struct drm_panthor_vm_destroy *arg = data;

	arg->id = any();
	arg->pad = one_in(16);
}

static void vm_bind(void *data)
{
	struct drm_panthor_vm_bind *arg = data;
	struct drm_panthor_vm_bind_op *op;
	__u32 i, nr = pick(8);

	arg->vm_id = any();
	arg->flags = pick(2);
	op = bytes(nr * sizeof(*op));
	for (i = 0; i < nr; i++) {
		memset(&op[i].syncs, 0, sizeof(op[i].syncs));
		if (arg->flags || one_in(32))
			syncs(&op[i].syncs);
	}
	objects(&arg->ops, nr, sizeof(*op));
	arg->ops.array = point(op, nr * sizeof(*op), READ);
	if (mock_group == MOCK_EXTREMES)
		array_of(&arg->ops, count_of(4), sizeof(*op));
}

static void vm_get_state(void *data)
{
	fill(data, sizeof(struct drm_panthor_vm_get_state));
}

static void bo_create(void *data)
{
	struct drm_panthor_bo_create *arg = data;

	arg->size = one_in(16) ? 0 : 1 + pick(65536);
	arg->flags = one_in(16) ? any() : pick(3);
	arg->exclusive_vm_id = any();
	arg->handle = any();
	arg->pad = one_in(16);
}

static void bo_mmap_offset(void *data)
{
	struct drm_panthor_bo_mmap_offset *arg = data;

	arg->handle = any();
	arg->pad = one_in(8);
	arg->offset = any();
}

/* High priorities are for those who may */
static void group_create(void *data)
{
	struct drm_panthor_group_create *arg = data;

	fill(arg, sizeof(*arg));
	arg->priority = one_in(16) ? 4 + pick(250) : pick(2);
	arg->pad = one_in(16);
	array_of(&arg->queues, count_of(mock_group == MOCK_EXTREMES ? 100 : 8),
		 sizeof(struct drm_panthor_queue_create));
}

static void group_destroy(void *data)
{
	struct drm_panthor_group_destroy *arg = data;

	arg->group_handle = any();
	arg->pad = one_in(16);
}

static void group_submit(void *data)
{
	struct drm_panthor_group_submit *arg = data;
	struct drm_panthor_queue_submit *job;
	__u32 i, nr = pick(8);

	arg->group_handle = any();
	arg->pad = one_in(32);
	job = bytes(nr * sizeof(*job));
	for (i = 0; i < nr; i++) {
		job[i].stream_addr &= ~63ull;
		job[i].stream_size &= ~7u;
		job[i].pad = one_in(64);
		syncs(&job[i].syncs);
	}
	objects(&arg->queue_submits, nr, sizeof(*job));
	arg->queue_submits.array = point(job, nr * sizeof(*job), READ);
	if (mock_group == MOCK_EXTREMES)
		array_of(&arg->queue_submits, count_of(4), sizeof(*job));
}

static void group_get_state(void *data)
{
	struct drm_panthor_group_get_state *arg = data;

	fill(arg, sizeof(*arg));
	arg->pad = one_in(16);
}

/* No larger ones than a guest may have */
static void tiler_heap_create(void *data)
{
	struct drm_panthor_tiler_heap_create *arg = data;

	fill(arg, sizeof(*arg));
	arg->max_chunks = 1 + pick(64);
	arg->initial_chunk_count = one_in(16) ? 0 : 1 + pick(arg->max_chunks + one_in(16));
	arg->chunk_size = one_in(16) ? any() & 0x1fffff : 0x20000 * (1 + pick(16));
}

static void tiler_heap_destroy(void *data)
{
	struct drm_panthor_tiler_heap_destroy *arg = data;

	arg->handle = any();
	arg->pad = one_in(16);
}

static void bo_set_label(void *data)
{
	struct drm_panthor_bo_set_label *arg = data;

	arg->handle = any();
	arg->pad = one_in(16);
	arg->label = label(MOST_OF_LABEL);
}

static void bo_sync(void *data)
{
	struct drm_panthor_bo_sync *arg = data;

	array_of(&arg->ops, count_of(20), sizeof(struct drm_panthor_bo_sync_op));
}

static void bo_query_info(void *data)
{
	fill(data, sizeof(struct drm_panthor_bo_query_info));
}

static void high_priority(void *data)
{
	struct drm_panthor_group_create *arg = data;

	arg->priority = PANTHOR_GROUP_PRIORITY_REALTIME;
	arg->queues.count = 1;
	arg->queues.stride = sizeof(struct drm_panthor_queue_create);
	arg->queues.array = (unsigned long)zeroes(sizeof(struct drm_panthor_queue_create));
}

static void time_of_dom0(void *data)
{
	struct drm_panthor_dev_query *arg = data;
	struct drm_panthor_timestamp_info *info = zeroes(sizeof(*info));

	info->flags = DRM_PANTHOR_TIMESTAMP_CPU_MONOTONIC;
	arg->type = DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO;
	arg->size = sizeof(*info);
	arg->pointer = (unsigned long)info;
}

static void much_memory(void *data)
{
	struct drm_panthor_tiler_heap_create *arg = data;

	arg->initial_chunk_count = 1;
	arg->chunk_size = 1 << 20;
	arg->max_chunks = 1 << 20;
}

static void larger_objects(void *data)
{
	struct drm_panthor_bo_sync *arg = data;

	arg->ops.stride = sizeof(struct drm_panthor_bo_sync_op) + 8;
	arg->ops.count = 1;
	arg->ops.array = (unsigned long)zeroes(arg->ops.stride);
}

static void registers(void *data)
{
	struct drm_panthor_set_user_mmio_offset *arg = data;

	arg->offset = DRM_PANTHOR_USER_MMIO_OFFSET_32BIT;
}

static const struct mock_op ops[] = {
	MOCK_OP(PANTHOR_DEV_QUERY, dev_query),
	MOCK_OP(PANTHOR_VM_CREATE, vm_create),
	MOCK_OP(PANTHOR_VM_DESTROY, vm_destroy),
	MOCK_OP(PANTHOR_VM_BIND, vm_bind),
	MOCK_OP(PANTHOR_VM_GET_STATE, vm_get_state),
	MOCK_OP(PANTHOR_BO_CREATE, bo_create),
	MOCK_OP(PANTHOR_BO_MMAP_OFFSET, bo_mmap_offset),
	MOCK_OP(PANTHOR_GROUP_CREATE, group_create),
	MOCK_OP(PANTHOR_GROUP_DESTROY, group_destroy),
	MOCK_OP(PANTHOR_GROUP_SUBMIT, group_submit),
	MOCK_OP(PANTHOR_GROUP_GET_STATE, group_get_state),
	MOCK_OP(PANTHOR_TILER_HEAP_CREATE, tiler_heap_create),
	MOCK_OP(PANTHOR_TILER_HEAP_DESTROY, tiler_heap_destroy),
	MOCK_OP(PANTHOR_BO_SET_LABEL, bo_set_label),
	MOCK_OP(PANTHOR_BO_SYNC, bo_sync),
	MOCK_OP(PANTHOR_BO_QUERY_INFO, bo_query_info),
};

static const struct mock_refused refused[] = {
	{ "group of high priority", DRM_IOCTL_PANTHOR_GROUP_CREATE, high_priority, EACCES },
	{ "time of dom0", DRM_IOCTL_PANTHOR_DEV_QUERY, time_of_dom0, EINVAL },
	{ "heap without bounds", DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE, much_memory, ENOMEM },
	{ "objects of a later kernel", DRM_IOCTL_PANTHOR_BO_SYNC, larger_objects, E2BIG },
	{ "registers", DRM_IOCTL_PANTHOR_SET_USER_MMIO_OFFSET, registers, EINVAL },
};

const struct mock_driver mock_driver_panthor = {
	.name = "panthor",
	.ops = ops,
	.nr_ops = ARRAY_SIZE(ops),
	.refused = refused,
	.nr_refused = ARRAY_SIZE(refused),
};
