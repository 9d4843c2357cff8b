// SPDX-License-Identifier: GPL-2.0-only
/*
 * mocks_panthor.c: stand-ins for panthor_drv.c
 */
#include "mocks.h"
#include "uapi/newest/panthor_drm.h"

PLAIN(PANTHOR_VM_CREATE, struct drm_panthor_vm_create);
PLAIN(PANTHOR_VM_DESTROY, struct drm_panthor_vm_destroy);
PLAIN(PANTHOR_VM_GET_STATE, struct drm_panthor_vm_get_state);
PLAIN(PANTHOR_BO_CREATE, struct drm_panthor_bo_create);
PLAIN(PANTHOR_BO_MMAP_OFFSET, struct drm_panthor_bo_mmap_offset);
PLAIN(PANTHOR_GROUP_DESTROY, struct drm_panthor_group_destroy);
PLAIN(PANTHOR_GROUP_GET_STATE, struct drm_panthor_group_get_state);
PLAIN(PANTHOR_TILER_HEAP_DESTROY, struct drm_panthor_tiler_heap_destroy);
PLAIN(PANTHOR_BO_QUERY_INFO, struct drm_panthor_bo_query_info);

/* panthor_get_uobj_array(): random arrays have more elements than there may be, and larger ones */
static long read_objects(struct space *s, const struct drm_panthor_obj_array *a,
			 u32 least, void *list, u32 size)
{
	u32 i;

	if (!a->count)
		return 0;
	if (a->stride < least)
		return -EINVAL;
	if (a->stride > size || a->count > 32)
		return -E2BIG;
	memset(list, 0, a->count * size);
	for (i = 0; i < a->count; i++)
		if (space_read(s, (u8 *)list + i * size, a->array + i * a->stride, a->stride))
			return -EFAULT;
	return 0;
}

static void make_objects(struct drm_panthor_obj_array *a, u32 most, u32 size)
{
	a->count = test_random() % most;
	a->stride = test_random() % 16 ? size : size - 8;
	a->array = make_pointee(a->count * a->stride);
}

/* In each element of another array, where only one thing should be wrong at a time */
static void make_syncs(struct drm_panthor_obj_array *a)
{
	make_objects(a, 6, sizeof(struct drm_panthor_sync_op));
	a->stride = sizeof(struct drm_panthor_sync_op);
}

static u32 add(u32 sum, const void *data, size_t len)
{
	const u8 *byte = data;

	while (len--)
		sum = sum * 31 + *byte++;
	return sum;
}

static long add_syncs(struct space *s, const struct drm_panthor_obj_array *a, u32 *sum)
{
	struct drm_panthor_sync_op list[32];
	long err = read_objects(s, a, 16, list, sizeof(list[0]));

	if (!err)
		*sum = add(*sum, list, a->count * sizeof(list[0]));
	return err;
}

static long mock_query(struct space *s, void *data)
{
	struct drm_panthor_dev_query *arg = data;
	struct drm_panthor_timestamp_info info = { 0 };
	u8 bytes[128] = { 3 };

	if (arg->type > DRM_PANTHOR_DEV_QUERY_GROUP_PRIORITIES_INFO)
		return -EINVAL;
	if (!arg->pointer) {
		arg->size = 64 + arg->type;
		return 0;
	}
	if (arg->size < 16)
		return -EINVAL;
	if (arg->type == DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO) {
		if (space_read(s, &info, arg->pointer, min(arg->size, sizeof(info))))
			return -EFAULT;
		if (info.flags & DRM_PANTHOR_TIMESTAMP_CPU_TYPE_MASK)
			return -EINVAL;	/* not the driver's: dom0's time */
		bytes[1] = info.flags;
	}
	return space_write(s, arg->pointer, bytes, arg->size);
}

static void make_query(void *data)
{
	struct drm_panthor_dev_query *arg = data;
	struct drm_panthor_timestamp_info info = { .flags = test_random() % 256 };

	arg->type = test_random() % 5;
	arg->size = test_random() % 128;
	arg->pointer = make_pointee(arg->size);
	if (arg->type == DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO && test_random() % 2) {
		arg->size = sizeof(info);
		arg->pointer = space_put(&program, &info, sizeof(info));
	}
}

/* Where it failed is told */
static long mock_vm_bind(struct space *s, void *data)
{
	struct drm_panthor_vm_bind *arg = data;
	struct drm_panthor_vm_bind_op ops[32];
	u32 i, sum = arg->vm_id + arg->flags * 3;
	long err = read_objects(s, &arg->ops, 48, ops, sizeof(ops[0]));

	for (i = 0; i < arg->ops.count && !err; i++) {
		sum = add(sum, &ops[i], offsetof(struct drm_panthor_vm_bind_op, syncs));
		err = add_syncs(s, &ops[i].syncs, &sum);
	}
	if (err)
		return err;
	if (arg->ops.count)
		arg->ops.count = sum % arg->ops.count;
	return mock_status(sum);
}

static void make_vm_bind(void *data)
{
	struct drm_panthor_vm_bind *arg = data;
	struct drm_panthor_vm_bind_op ops[16];
	u32 i;

	test_random_fill(ops, sizeof(ops));
	for (i = 0; i < ARRAY_SIZE(ops); i++)
		make_syncs(&ops[i].syncs);
	make_objects(&arg->ops, 10, sizeof(ops[0]));
	if (test_random() % 8)
		arg->ops.array = space_put(&program, ops, sizeof(ops));
	arg->vm_id = test_random();
	arg->flags = test_random() % 2;
}

static long mock_group_create(struct space *s, void *data)
{
	struct drm_panthor_group_create *arg = data;
	struct drm_panthor_queue_create queues[32];
	u32 sum = arg->vm_id + arg->max_tiler_cores;
	long err;

	if (!arg->queues.count || arg->queues.count > 32)
		return -EINVAL;
	if (arg->priority == PANTHOR_GROUP_PRIORITY_HIGH ||
	    arg->priority == PANTHOR_GROUP_PRIORITY_REALTIME)
		return -EACCES;	/* without the right to more */
	err = read_objects(s, &arg->queues, 8, queues, sizeof(queues[0]));
	if (err)
		return err;
	arg->group_handle = add(sum, queues, arg->queues.count * sizeof(queues[0]));
	return 0;
}

static void make_group_create(void *data)
{
	struct drm_panthor_group_create *arg = data;

	test_random_fill(arg, sizeof(*arg));
	arg->priority = test_random() % 5;
	make_objects(&arg->queues, 36, sizeof(struct drm_panthor_queue_create));
	/* Not two errors at once */
	if (!arg->queues.count || arg->queues.count > 32)
		arg->priority = PANTHOR_GROUP_PRIORITY_LOW;
}

static long mock_group_submit(struct space *s, void *data)
{
	struct drm_panthor_group_submit *arg = data;
	struct drm_panthor_queue_submit jobs[32];
	u32 i, sum = arg->group_handle;
	long err = read_objects(s, &arg->queue_submits, 40, jobs, sizeof(jobs[0]));

	for (i = 0; i < arg->queue_submits.count && !err; i++) {
		sum = add(sum, &jobs[i], offsetof(struct drm_panthor_queue_submit, syncs));
		err = add_syncs(s, &jobs[i].syncs, &sum);
	}
	return err ? err : mock_status(sum);
}

static void make_group_submit(void *data)
{
	struct drm_panthor_group_submit *arg = data;
	struct drm_panthor_queue_submit jobs[16];
	u32 i;

	test_random_fill(jobs, sizeof(jobs));
	for (i = 0; i < ARRAY_SIZE(jobs); i++)
		make_syncs(&jobs[i].syncs);
	make_objects(&arg->queue_submits, 10, sizeof(jobs[0]));
	if (test_random() % 8)
		arg->queue_submits.array = space_put(&program, jobs, sizeof(jobs));
	arg->group_handle = test_random();
}

static long mock_tiler_heap_create(struct space *s, void *data)
{
	struct drm_panthor_tiler_heap_create *arg = data;

	if (arg->max_chunks > 64 || arg->chunk_size > 2 << 20)
		return -ENOMEM;	/* the driver allows more */
	return mock_plain(data, sizeof(*arg));
}

static void make_tiler_heap_create(void *data)
{
	struct drm_panthor_tiler_heap_create *arg = data;

	test_random_fill(arg, sizeof(*arg));
	arg->max_chunks = test_random() % 70;
	arg->chunk_size = 4096 * (test_random() % 520);
}

static long mock_set_label(struct space *s, void *data)
{
	struct drm_panthor_bo_set_label *arg = data;
	u32 sum = 0;
	long err = arg->label ? mock_read_string(s, arg->label, &sum) : 0;

	return err ? err : mock_status(sum);
}

static void make_set_label(void *data)
{
	struct drm_panthor_bo_set_label *arg = data;

	arg->label = make_string();
}

static long mock_bo_sync(struct space *s, void *data)
{
	struct drm_panthor_bo_sync *arg = data;
	struct drm_panthor_bo_sync_op ops[32];
	long err = read_objects(s, &arg->ops, 24, ops, sizeof(ops[0]));

	return err ? err : mock_status(add(5, ops, arg->ops.count * sizeof(ops[0])));
}

static void make_bo_sync(void *data)
{
	struct drm_panthor_bo_sync *arg = data;

	make_objects(&arg->ops, 16, sizeof(struct drm_panthor_bo_sync_op));
}

const struct mock panthor_mocks[] = {
	PLAIN_MOCK(PANTHOR_VM_CREATE),
	PLAIN_MOCK(PANTHOR_VM_DESTROY),
	PLAIN_MOCK(PANTHOR_VM_GET_STATE),
	PLAIN_MOCK(PANTHOR_BO_CREATE),
	PLAIN_MOCK(PANTHOR_BO_MMAP_OFFSET),
	PLAIN_MOCK(PANTHOR_GROUP_DESTROY),
	PLAIN_MOCK(PANTHOR_GROUP_GET_STATE),
	PLAIN_MOCK(PANTHOR_TILER_HEAP_DESTROY),
	PLAIN_MOCK(PANTHOR_BO_QUERY_INFO),
	MOCK(PANTHOR_DEV_QUERY, mock_query, make_query),
	MOCK(PANTHOR_VM_BIND, mock_vm_bind, make_vm_bind),
	MOCK(PANTHOR_GROUP_CREATE, mock_group_create, make_group_create),
	MOCK(PANTHOR_GROUP_SUBMIT, mock_group_submit, make_group_submit),
	MOCK(PANTHOR_TILER_HEAP_CREATE, mock_tiler_heap_create, make_tiler_heap_create),
	MOCK(PANTHOR_BO_SET_LABEL, mock_set_label, make_set_label),
	MOCK(PANTHOR_BO_SYNC, mock_bo_sync, make_bo_sync),
};

const size_t nr_panthor_mocks = ARRAY_SIZE(panthor_mocks);
