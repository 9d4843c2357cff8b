// SPDX-License-Identifier: GPL-2.0-only
/*
 * mockgpu-panthor.c: the ioctls of panthor, as panthor_drv.c reads and writes
 */
#include "mockgpu.h"
#include "uapi/newest/panthor_drm.h"

#define MOST_OF_LABEL	4096	/* PANTHOR_BO_LABEL_MAXLEN */
#define MOST_QUEUES	32	/* MAX_CS_PER_CSG */
#define MOST_OF_OBJECT	64	/* no struct in an array is larger */

/* PANTHOR_UOBJ_MIN_SIZE(): up to the end of the last member that has to be there */
#define LEAST(type, last)	(offsetof(type, last) + sizeof_field(type, last))

/* copy_struct_from_user(): what is not known has to be zeroes */
static int get_struct(void *dst, size_t known, u64 from, size_t size)
{
	u8 byte;
	size_t i;

	memset(dst, 0, known);
	for (i = known; i < size; i++) {
		if (mock_get(&byte, from + i, 1))
			return -EFAULT;
		if (byte)
			return -E2BIG;
	}
	return mock_get(dst, from, min_t(size_t, known, size));
}

/* panthor_get_uobj_array(), an element at a time */
static int get_object(struct mock *m, const struct drm_panthor_obj_array *a, u32 i,
		      void *dst, size_t size)
{
	int ret = get_struct(dst, size, a->array + (u64)i * a->stride, a->stride);

	if (!ret)
		mock_add(m, dst, size);
	return ret;
}

static int check_stride(const struct drm_panthor_obj_array *a, size_t least)
{
	return a->count && a->stride < least ? -EINVAL : 0;
}

/* An array of what has no pointers */
static int get_objects(struct mock *m, const struct drm_panthor_obj_array *a, size_t least,
		       size_t size)
{
	u8 object[MOST_OF_OBJECT];
	int ret = check_stride(a, least);
	u32 i;

	for (i = 0; !ret && i < a->count; i++)
		ret = get_object(m, a, i, object, size);
	return ret;
}

static int get_syncs(struct mock *m, const struct drm_panthor_obj_array *a)
{
	return get_objects(m, a, LEAST(struct drm_panthor_sync_op, timeline_value),
			   sizeof(struct drm_panthor_sync_op));
}

/* panthor_set_uobj() */
static int set_object(struct mock *m, struct drm_panthor_dev_query *arg, u32 least, u32 known)
{
	static const u8 zeroes[MOST_OF_OBJECT];
	u32 size = arg->size, pos, now;

	if (size < least)
		return -EINVAL;
	if (mock_answer(m, arg->pointer, min(size, known)))
		return -EFAULT;
	for (pos = known; pos < size; pos += now) {
		now = min_t(u32, size - pos, sizeof(zeroes));
		if (mock_put(arg->pointer + pos, zeroes, now))
			return -EFAULT;
	}
	return 0;
}

static int query_timestamp(struct mock *m, struct drm_panthor_dev_query *arg)
{
	struct drm_panthor_timestamp_info info;
	int ret = get_struct(&info, sizeof(info), arg->pointer, arg->size);

	if (ret)
		return ret;
	if (info.flags & ~0xffu)
		return -EINVAL;
	mock_add_value(m, info.flags);
	return set_object(m, arg, LEAST(struct drm_panthor_timestamp_info, current_timestamp),
			  sizeof(info));
}

static const u32 query_sizes[] = {
	[DRM_PANTHOR_DEV_QUERY_GPU_INFO] = sizeof(struct drm_panthor_gpu_info),
	[DRM_PANTHOR_DEV_QUERY_CSIF_INFO] = sizeof(struct drm_panthor_csif_info),
	[DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO] = sizeof(struct drm_panthor_timestamp_info),
	[DRM_PANTHOR_DEV_QUERY_GROUP_PRIORITIES_INFO] =
		sizeof(struct drm_panthor_group_priorities_info),
};

static int dev_query(struct mock *m, struct drm_panthor_dev_query *arg)
{
	if (arg->type >= ARRAY_SIZE(query_sizes))
		return -EINVAL;
	if (!arg->pointer) {
		arg->size = query_sizes[arg->type];
		return 0;
	}
	mock_add_value(m, arg->type);
	switch (arg->type) {
	case DRM_PANTHOR_DEV_QUERY_GPU_INFO:
		return set_object(m, arg, LEAST(struct drm_panthor_gpu_info, tiler_present),
				  query_sizes[arg->type]);
	case DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO:
		return query_timestamp(m, arg);
	default:
		return set_object(m, arg, query_sizes[arg->type], query_sizes[arg->type]);
	}
}

static int vm_create(struct mock *m, struct drm_panthor_vm_create *arg)
{
	int ret;

	if (arg->flags)
		return -EINVAL;
	mock_add_value(m, arg->user_va_range);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	arg->id = 1 + mock_number(m, 32);
	mock_fill_value(m, arg->user_va_range);
	return 0;
}

static int vm_destroy(struct mock *m, struct drm_panthor_vm_destroy *arg)
{
	if (arg->pad)
		return -EINVAL;
	mock_add_value(m, arg->id);
	return mock_verdict(m);
}

/* What is not asynchronous has no syncobjs */
static int bind_one(struct mock *m, const struct drm_panthor_vm_bind *arg, u32 i)
{
	struct drm_panthor_vm_bind_op op;
	int ret = get_struct(&op, sizeof(op), arg->ops.array + (u64)i * arg->ops.stride,
			     arg->ops.stride);

	if (ret)
		return ret;
	if (arg->flags & DRM_PANTHOR_VM_BIND_ASYNC)
		ret = get_syncs(m, &op.syncs);
	else if (op.syncs.count)
		ret = -EINVAL;
	op.syncs.array = 0;
	mock_add_value(m, op);
	return ret;
}

/* Of what is done at once, it is told where it failed */
static int vm_bind(struct mock *m, struct drm_panthor_vm_bind *arg)
{
	int ret = check_stride(&arg->ops, LEAST(struct drm_panthor_vm_bind_op, syncs));
	u32 i;

	mock_add_value(m, arg->vm_id);
	mock_add_value(m, arg->flags);
	for (i = 0; !ret && i < arg->ops.count; i++)
		ret = bind_one(m, arg, i);
	if (ret)
		return ret;
	ret = mock_verdict(m);
	if (ret && !(arg->flags & DRM_PANTHOR_VM_BIND_ASYNC) && arg->ops.count)
		arg->ops.count = mock_number(m, arg->ops.count);
	return ret;
}

static int vm_get_state(struct mock *m, struct drm_panthor_vm_get_state *arg)
{
	int ret;

	mock_add_value(m, arg->vm_id);
	ret = mock_verdict(m);
	if (!ret)
		arg->state = mock_number(m, 2);
	return ret;
}

static int bo_create(struct mock *m, struct drm_panthor_bo_create *arg)
{
	int ret;

	if (!arg->size || arg->pad ||
	    arg->flags & ~(DRM_PANTHOR_BO_NO_MMAP | DRM_PANTHOR_BO_WB_MMAP) ||
	    arg->flags == (DRM_PANTHOR_BO_NO_MMAP | DRM_PANTHOR_BO_WB_MMAP))
		return -EINVAL;
	mock_add_value(m, arg->size);
	mock_add_value(m, arg->flags);
	mock_add_value(m, arg->exclusive_vm_id);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	arg->handle = 1 + mock_number(m, 100000);
	arg->size = (arg->size + 4095) & ~4095ull;
	return 0;
}

static int bo_mmap_offset(struct mock *m, struct drm_panthor_bo_mmap_offset *arg)
{
	if (arg->pad)
		return -EINVAL;
	mock_add_value(m, arg->handle);
	return mock_finish_value(m, arg->offset);
}

static int group_create(struct mock *m, struct drm_panthor_group_create *arg)
{
	struct drm_panthor_group_create numbers = *arg;
	int ret;

	if (!arg->queues.count || arg->queues.count > MOST_QUEUES)
		return -EINVAL;
	ret = get_objects(m, &arg->queues, LEAST(struct drm_panthor_queue_create, ringbuf_size),
			  sizeof(struct drm_panthor_queue_create));
	if (ret)
		return ret;
	if (arg->priority > PANTHOR_GROUP_PRIORITY_REALTIME || arg->pad)
		return -EINVAL;
	numbers.queues.array = 0;
	numbers.group_handle = 0;
	mock_add_value(m, numbers);
	ret = mock_verdict(m);
	if (!ret)
		arg->group_handle = 1 + mock_number(m, 128);
	return ret;
}

static int group_destroy(struct mock *m, struct drm_panthor_group_destroy *arg)
{
	if (arg->pad)
		return -EINVAL;
	mock_add_value(m, arg->group_handle);
	return mock_verdict(m);
}

static int group_submit(struct mock *m, struct drm_panthor_group_submit *arg)
{
	struct drm_panthor_queue_submit job;
	int ret;
	u32 i;

	if (arg->pad)
		return -EINVAL;
	mock_add_value(m, arg->group_handle);
	ret = check_stride(&arg->queue_submits, LEAST(struct drm_panthor_queue_submit, syncs));
	for (i = 0; !ret && i < arg->queue_submits.count; i++) {
		ret = get_struct(&job, sizeof(job),
				 arg->queue_submits.array + (u64)i * arg->queue_submits.stride,
				 arg->queue_submits.stride);
		if (!ret && (job.pad || job.stream_addr & 63 || job.stream_size & 7))
			ret = -EINVAL;
		if (!ret)
			ret = get_syncs(m, &job.syncs);
		job.syncs.array = 0;
		mock_add_value(m, job);
	}
	return ret ? ret : mock_verdict(m);
}

static int group_get_state(struct mock *m, struct drm_panthor_group_get_state *arg)
{
	int ret;

	if (arg->pad)
		return -EINVAL;
	mock_add_value(m, arg->group_handle);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	memset(arg, 0, sizeof(*arg));
	arg->state = mock_number(m, 8);
	mock_fill_value(m, arg->fatal_queues);
	return 0;
}

static int tiler_heap_create(struct mock *m, struct drm_panthor_tiler_heap_create *arg)
{
	int ret;

	if (!arg->initial_chunk_count || arg->initial_chunk_count > arg->max_chunks ||
	    arg->chunk_size % 4096 || arg->chunk_size < 128 << 10 || arg->chunk_size > 8 << 20)
		return -EINVAL;
	mock_add_value(m, arg->vm_id);
	mock_add_value(m, arg->chunk_size);
	mock_add_value(m, arg->target_in_flight);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	arg->handle = arg->vm_id << 16 | mock_number(m, 128);
	mock_fill_value(m, arg->tiler_heap_ctx_gpu_va);
	mock_fill_value(m, arg->first_heap_chunk_gpu_va);
	return 0;
}

static int tiler_heap_destroy(struct mock *m, struct drm_panthor_tiler_heap_destroy *arg)
{
	if (arg->pad)
		return -EINVAL;
	mock_add_value(m, arg->handle);
	return mock_verdict(m);
}

static int bo_set_label(struct mock *m, struct drm_panthor_bo_set_label *arg)
{
	int ret;

	if (arg->pad)
		return -EINVAL;
	mock_add_value(m, arg->handle);
	ret = mock_verdict(m);
	if (!ret && arg->label)
		ret = mock_string(m, arg->label, MOST_OF_LABEL);
	/* Not the driver's: so that it is seen what was read */
	return ret ? ret : mock_verdict(m);
}

static int bo_sync(struct mock *m, struct drm_panthor_bo_sync *arg)
{
	int ret = get_objects(m, &arg->ops, LEAST(struct drm_panthor_bo_sync_op, size),
			      sizeof(struct drm_panthor_bo_sync_op));

	return ret || !arg->ops.count ? ret : mock_verdict(m);
}

static int bo_query_info(struct mock *m, struct drm_panthor_bo_query_info *arg)
{
	int ret;

	mock_add_value(m, arg->handle);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	arg->pad = 0;
	mock_fill_value(m, arg->create_flags);
	arg->extra_flags = mock_number(m, 2);
	return 0;
}

MOCK_HANDLER(dev_query, struct drm_panthor_dev_query)
MOCK_HANDLER(vm_create, struct drm_panthor_vm_create)
MOCK_HANDLER(vm_destroy, struct drm_panthor_vm_destroy)
MOCK_HANDLER(vm_bind, struct drm_panthor_vm_bind)
MOCK_HANDLER(vm_get_state, struct drm_panthor_vm_get_state)
MOCK_HANDLER(bo_create, struct drm_panthor_bo_create)
MOCK_HANDLER(bo_mmap_offset, struct drm_panthor_bo_mmap_offset)
MOCK_HANDLER(group_create, struct drm_panthor_group_create)
MOCK_HANDLER(group_destroy, struct drm_panthor_group_destroy)
MOCK_HANDLER(group_submit, struct drm_panthor_group_submit)
MOCK_HANDLER(group_get_state, struct drm_panthor_group_get_state)
MOCK_HANDLER(tiler_heap_create, struct drm_panthor_tiler_heap_create)
MOCK_HANDLER(tiler_heap_destroy, struct drm_panthor_tiler_heap_destroy)
MOCK_HANDLER(bo_set_label, struct drm_panthor_bo_set_label)
MOCK_HANDLER(bo_sync, struct drm_panthor_bo_sync)
MOCK_HANDLER(bo_query_info, struct drm_panthor_bo_query_info)

#define PANTHOR_IOCTL(upper, name) \
	MOCK_IOCTL(PANTHOR_##upper, name, DRM_RENDER_ALLOW)

static const struct drm_ioctl_desc ioctls[] = {
	PANTHOR_IOCTL(DEV_QUERY, dev_query),
	PANTHOR_IOCTL(VM_CREATE, vm_create),
	PANTHOR_IOCTL(VM_DESTROY, vm_destroy),
	PANTHOR_IOCTL(VM_BIND, vm_bind),
	PANTHOR_IOCTL(VM_GET_STATE, vm_get_state),
	PANTHOR_IOCTL(BO_CREATE, bo_create),
	PANTHOR_IOCTL(BO_MMAP_OFFSET, bo_mmap_offset),
	PANTHOR_IOCTL(GROUP_CREATE, group_create),
	PANTHOR_IOCTL(GROUP_DESTROY, group_destroy),
	PANTHOR_IOCTL(GROUP_SUBMIT, group_submit),
	PANTHOR_IOCTL(GROUP_GET_STATE, group_get_state),
	PANTHOR_IOCTL(TILER_HEAP_CREATE, tiler_heap_create),
	PANTHOR_IOCTL(TILER_HEAP_DESTROY, tiler_heap_destroy),
	PANTHOR_IOCTL(BO_SET_LABEL, bo_set_label),
	PANTHOR_IOCTL(BO_SYNC, bo_sync),
	PANTHOR_IOCTL(BO_QUERY_INFO, bo_query_info),
};

static const struct mock_left_out left_out[] = {
	{ "PANTHOR_SET_USER_MMIO_OFFSET", "not for guests, and there are no registers" },
};

const struct mock_family mock_panthor = {
	.driver = "panthor",
	.major = 1,
	.minor = 8,
	.ioctls = ioctls,
	.nr_ioctls = ARRAY_SIZE(ioctls),
	.left_out = left_out,
	.nr_left_out = ARRAY_SIZE(left_out),
};
