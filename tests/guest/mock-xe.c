// SPDX-License-Identifier: GPL-2.0-only
/*
 * mock-xe.c: cases for xe's ioctls
 */
#include <errno.h>

#include "common.h"
#include "mock.h"
#include "uapi/newest/xe_drm.h"

#define PAGE	4096

/* A chain of properties; no unknown ones, which are refused before any other error */
static __u64 properties(__u32 links, const __u32 *known, __u32 nr_known)
{
	struct drm_xe_ext_set_property *ext;
	__u64 next;

	if (!links)
		return 0;
	next = properties(links - 1, known, nr_known);
	ext = zeroes(sizeof(*ext));
	ext->base.next_extension = next;
	ext->base.name = one_in(64) ? any() : 0;
	ext->base.pad = one_in(64);
	ext->property = known[pick(nr_known)];
	ext->pad = one_in(64);
	ext->value = one_in(32) ? any() : pick(2);
	if (mock_group == MOCK_EXTREMES && one_in(16))
		ext->base.next_extension = (unsigned long)ext;
	return point(ext, sizeof(*ext), READ);
}

/* So many, or one more, are the driver's limit */
static __u32 links(void)
{
	if (mock_group == MOCK_EXTREMES && one_in(2))
		return one_in(3) ? 10000 : 15 + pick(3);
	return pick(5);
}

static void device_query(void *data)
{
	static const __u32 sizes[] = {
		sizeof(struct drm_xe_query_engines) + 3 * sizeof(struct drm_xe_engine),
		sizeof(struct drm_xe_query_mem_regions) + 2 * sizeof(struct drm_xe_mem_region),
		sizeof(struct drm_xe_query_config) + 5 * sizeof(__u64),
		sizeof(struct drm_xe_query_gt_list) + 2 * sizeof(struct drm_xe_gt),
		700, 3 * (sizeof(struct drm_xe_query_topology_mask) + 8), 0,
		sizeof(struct drm_xe_query_uc_fw_version),
		sizeof(struct drm_xe_query_oa_units) + sizeof(struct drm_xe_oa_unit) +
			3 * sizeof(struct drm_xe_engine_class_instance),
		sizeof(struct drm_xe_query_pxp_status),
		sizeof(struct drm_xe_query_eu_stall) + 7 * sizeof(__u64), 16, 0,
	};
	struct drm_xe_query_uc_fw_version *version;
	struct drm_xe_device_query *arg = data;

	arg->query = pick(ARRAY_SIZE(sizes));
	/* Not what tells the time */
	if (arg->query == DRM_XE_DEVICE_QUERY_ENGINE_CYCLES)
		arg->query = DRM_XE_DEVICE_QUERY_UC_FW_VERSION;
	arg->size = one_in(8) ? pick(100) : one_in(4) ? 0 : sizes[arg->query];
	arg->extensions = one_in(32);
	arg->reserved[pick(2)] = one_in(32);
	arg->data = array(arg->size, 1, BOTH);
	if (arg->query == DRM_XE_DEVICE_QUERY_UC_FW_VERSION && arg->size == sizeof(*version)) {
		version = zeroes(sizeof(*version));
		version->uc_type = pick(3);
		version->pad2 = one_in(16);
		arg->data = point(version, sizeof(*version), BOTH);
	}
}

static void gem_create(void *data)
{
	static const __u32 known[] = { DRM_XE_GEM_CREATE_SET_PROPERTY_PXP_TYPE };
	struct drm_xe_gem_create *arg = data;

	arg->size = PAGE * (one_in(32) ? 0 : 1 + pick(16));
	arg->placement = one_in(32) ? 0 : 1 + pick(3);
	arg->flags = one_in(32) ? any() : pick(16);
	arg->vm_id = any();
	arg->handle = one_in(32);
	arg->cpu_caching = one_in(32) ? 3 : 1 + pick(2);
	arg->pad[pick(3)] = one_in(32);
	arg->reserved[pick(2)] = one_in(32);
	arg->extensions = properties(links(), known, 1);
}

static void gem_mmap_offset(void *data)
{
	struct drm_xe_gem_mmap_offset *arg = data;

	arg->handle = any();
	arg->flags = one_in(8) ? pick(3) : 0;
	arg->offset = any();
	arg->extensions = one_in(16);
	arg->reserved[pick(2)] = one_in(16);
}

static void vm_create(void *data)
{
	struct drm_xe_vm_create *arg = data;

	arg->flags = pick(20);
	arg->vm_id = any();
	arg->extensions = one_in(16);
	arg->reserved[pick(2)] = one_in(16);
}

static void vm_destroy(void *data)
{
	struct drm_xe_vm_destroy *arg = data;

	arg->vm_id = any();
	arg->pad = one_in(16);
	arg->reserved[pick(2)] = one_in(16);
}

/* ----------------------------------------------------------------------- binds */

/* Mostly right, and of what is not refused */
static void bind(struct drm_xe_vm_bind_op *op)
{
	static const __u32 ops[] = {
		DRM_XE_VM_BIND_OP_MAP, DRM_XE_VM_BIND_OP_MAP, DRM_XE_VM_BIND_OP_UNMAP,
		DRM_XE_VM_BIND_OP_UNMAP_ALL, DRM_XE_VM_BIND_OP_PREFETCH,
	};

	op->extensions = 0;
	op->op = pick_of(ops);
	op->flags = pick(4) | (one_in(2) ? DRM_XE_VM_BIND_FLAG_DUMPABLE : 0);
	op->pat_index = pick(32) + one_in(64);
	op->obj_offset = (__u64)PAGE * pick(1000);
	op->addr = (__u64)PAGE * any() + one_in(64);
	op->range = (__u64)PAGE * (1 + pick(1000));
	op->obj = 1 + pick(1000);
	switch (op->op) {
	case DRM_XE_VM_BIND_OP_MAP:
		if (one_in(4)) {
			op->flags |= DRM_XE_VM_BIND_FLAG_NULL;
			op->obj = 0;
			op->obj_offset = 0;
		}
		break;
	case DRM_XE_VM_BIND_OP_UNMAP_ALL:
		op->addr = 0;
		op->range = 0;
		break;
	default:
		op->obj = one_in(32);
	}
	op->prefetch_mem_region_instance = any();
}

/* User fences are of EXEC alone */
static __u64 syncs(__u32 nr, bool exec)
{
	struct drm_xe_sync *sync;
	__u32 i, real = nr;

	if (mock_group == MOCK_EXTREMES && real > 1024)
		real = 8;
	sync = bytes(real * sizeof(*sync));
	for (i = 0; i < real; i++) {
		sync[i].type = pick(exec ? 3 : 2);
		sync[i].flags = one_in(64) ? any() : pick(2);
		sync[i].reserved[0] = one_in(64);
		sync[i].reserved[1] = 0;
		if (sync[i].type == DRM_XE_SYNC_TYPE_USER_FENCE)
			sync[i].flags = one_in(32) ? 0 : DRM_XE_SYNC_FLAG_SIGNAL;
		else
			sync[i].addr = one_in(64) ? any() : pick(1000);
		if (sync[i].type == DRM_XE_SYNC_TYPE_USER_FENCE)
			sync[i].addr &= ~7ull;
	}
	return point(sync, real * sizeof(*sync), READ);
}

static void vm_bind(void *data)
{
	struct drm_xe_vm_bind *arg = data;
	struct drm_xe_vm_bind_op *op;
	__u32 i, nr = pick(8);

	arg->vm_id = any();
	arg->exec_queue_id = any();
	arg->extensions = one_in(64);
	arg->pad2 = one_in(64);
	arg->reserved[pick(2)] = one_in(64);
	arg->num_syncs = count_of(8);
	arg->syncs = syncs(arg->num_syncs, false);
	arg->num_binds = nr;
	if (nr == 1) {
		bind(&arg->bind);
	} else {
		op = bytes(nr * sizeof(*op));
		for (i = 0; i < nr; i++)
			bind(&op[i]);
		arg->vector_of_binds = point(op, nr * sizeof(*op), READ);
		if (mock_group == MOCK_EXTREMES && one_in(4))
			arg->num_binds = 2 + count_of(nr);
	}
}

static void vm_get_property(void *data)
{
	struct drm_xe_vm_get_property *arg = data;

	arg->vm_id = any();
	arg->property = one_in(8);
	arg->size = one_in(4) ? pick(400) : sizeof(struct xe_vm_fault) * pick(7);
	arg->data = array(arg->size, 1, BOTH);
	arg->extensions = one_in(32);
	arg->pad = one_in(32);
	arg->reserved[pick(3)] = one_in(32);
}

static void vm_query_attrs(void *data)
{
	struct drm_xe_vm_query_mem_range_attr *arg = data;

	arg->vm_id = any();
	arg->start = any();
	arg->range = any();
	arg->num_mem_ranges = one_in(4) ? 0 : pick(10);
	if (!arg->num_mem_ranges && !one_in(8))
		return;
	arg->sizeof_mem_range_attr = one_in(8) ? pick(100) : sizeof(struct drm_xe_mem_range_attr);
	arg->vector_of_mem_attr = array(arg->num_mem_ranges, arg->sizeof_mem_range_attr, BOTH);
}

/* No other device's memory: that is refused */
static void madvise(void *data)
{
	struct drm_xe_madvise *arg = data;
	__u32 *retained = zeroes(sizeof(*retained));

	arg->vm_id = any();
	arg->start = (__u64)PAGE * any() + one_in(32);
	arg->range = (__u64)PAGE * pick(100);
	arg->type = pick(5);
	arg->reserved[pick(2)] = one_in(32);
	switch (arg->type) {
	case DRM_XE_MEM_RANGE_ATTR_PREFERRED_LOC:
		arg->preferred_mem_loc.devmem_fd = one_in(2) ? 0 : ~0u;
		arg->preferred_mem_loc.migration_policy = pick(3);
		arg->preferred_mem_loc.region_instance = one_in(8);
		break;
	case DRM_XE_VMA_ATTR_PURGEABLE_STATE:
		arg->purge_state_val.val = pick(3);
		arg->purge_state_val.pad = one_in(16);
		*retained = one_in(8);
		if (!one_in(4))
			arg->purge_state_val.retained_ptr = point(retained, sizeof(*retained), BOTH);
		break;
	default:
		arg->atomic.val = pick(6);
		arg->atomic.pad = one_in(16);
		arg->atomic.reserved = one_in(16);
	}
}

/* ---------------------------------------------------------------------- queues */

static void queue_create(void *data)
{
	static const __u32 known[] = {
		DRM_XE_EXEC_QUEUE_SET_PROPERTY_PRIORITY, DRM_XE_EXEC_QUEUE_SET_PROPERTY_TIMESLICE,
		DRM_XE_EXEC_QUEUE_SET_PROPERTY_PXP_TYPE,
		DRM_XE_EXEC_QUEUE_SET_PROPERTY_MULTI_GROUP,
		DRM_XE_EXEC_QUEUE_SET_DISABLE_STATE_CACHE_PERF_FIX,
	};
	struct drm_xe_exec_queue_create *arg = data;

	arg->width = 1 + pick(3);
	arg->num_placements = 1 + pick(5);
	if (mock_group == MOCK_EXTREMES) {
		arg->width = count_of(4);
		arg->num_placements = count_of(4);
	}
	arg->vm_id = any();
	arg->flags = one_in(16) ? 2 : pick(2);
	arg->exec_queue_id = any();
	arg->reserved[pick(2)] = one_in(32);
	arg->instances = array((__u32)arg->width * arg->num_placements,
			       sizeof(struct drm_xe_engine_class_instance), READ);
	arg->extensions = properties(links(), known, ARRAY_SIZE(known));
}

static void queue_destroy(void *data)
{
	struct drm_xe_exec_queue_destroy *arg = data;

	arg->exec_queue_id = any();
	arg->pad = one_in(16);
}

static void queue_get_property(void *data)
{
	struct drm_xe_exec_queue_get_property *arg = data;

	arg->exec_queue_id = any();
	arg->property = one_in(8);
	arg->value = any();
	arg->reserved[pick(2)] = one_in(16);
}

static void queue_set_property(void *data)
{
	struct drm_xe_exec_queue_set_property *arg = data;

	arg->exec_queue_id = any();
	arg->property = one_in(8) ? any() : DRM_XE_EXEC_QUEUE_SET_PROPERTY_MULTI_QUEUE_PRIORITY;
	arg->value = any();
	arg->reserved[pick(2)] = one_in(16);
}

static void exec(void *data)
{
	struct drm_xe_exec *arg = data;

	arg->exec_queue_id = any();
	arg->extensions = one_in(32);
	arg->pad[pick(3)] = one_in(32);
	arg->reserved[pick(2)] = one_in(32);
	arg->num_syncs = count_of(8);
	arg->syncs = syncs(arg->num_syncs, true);
	arg->num_batch_buffer = pick(6);
	if (mock_group == MOCK_EXTREMES)
		arg->num_batch_buffer = count_of(6);
	arg->address = arg->num_batch_buffer > 1 ?
		       array(arg->num_batch_buffer, sizeof(__u64), READ) : any();
}

/* ------------------------------------------------------------- what is refused */

static void userptr(void *data)
{
	struct drm_xe_vm_bind *arg = data;

	arg->num_binds = 1;
	arg->bind.op = DRM_XE_VM_BIND_OP_MAP_USERPTR;
	arg->bind.range = PAGE;
	arg->bind.userptr = (unsigned long)bytes(PAGE);
}

static void mirror(void *data)
{
	struct drm_xe_vm_bind *arg = data;

	arg->num_binds = 1;
	arg->bind.flags = DRM_XE_VM_BIND_FLAG_CPU_ADDR_MIRROR;
	arg->bind.range = PAGE;
}

static void user_fence(void *data)
{
	struct drm_xe_vm_bind *arg = data;
	struct drm_xe_sync *sync = zeroes(sizeof(*sync));

	sync->type = DRM_XE_SYNC_TYPE_USER_FENCE;
	sync->flags = DRM_XE_SYNC_FLAG_SIGNAL;
	arg->num_syncs = 1;
	arg->syncs = (unsigned long)sync;
}

static void wait_user_fence(void *data)
{
	struct drm_xe_wait_user_fence *arg = data;

	arg->addr = (unsigned long)zeroes(8);
}

static void cycles(void *data)
{
	struct drm_xe_device_query *arg = data;

	arg->query = DRM_XE_DEVICE_QUERY_ENGINE_CYCLES;
}

static void high_priority(void *data)
{
	static const __u32 known[] = { DRM_XE_EXEC_QUEUE_SET_PROPERTY_PRIORITY };
	struct drm_xe_exec_queue_create *arg = data;
	struct drm_xe_ext_set_property *ext = zeroes(sizeof(*ext));

	ext->property = known[0];
	ext->value = 2;
	arg->extensions = (unsigned long)ext;
}

static const struct mock_op ops[] = {
	MOCK_OP(XE_DEVICE_QUERY, device_query),
	MOCK_OP(XE_GEM_CREATE, gem_create),
	MOCK_OP(XE_GEM_MMAP_OFFSET, gem_mmap_offset),
	MOCK_OP(XE_VM_CREATE, vm_create),
	MOCK_OP(XE_VM_DESTROY, vm_destroy),
	MOCK_OP(XE_VM_BIND, vm_bind),
	MOCK_OP(XE_EXEC, exec),
	MOCK_OP(XE_EXEC_QUEUE_CREATE, queue_create),
	MOCK_OP(XE_EXEC_QUEUE_DESTROY, queue_destroy),
	MOCK_OP(XE_EXEC_QUEUE_GET_PROPERTY, queue_get_property),
	MOCK_OP(XE_MADVISE, madvise),
	MOCK_OP(XE_VM_QUERY_MEM_RANGE_ATTRS, vm_query_attrs),
	MOCK_OP(XE_EXEC_QUEUE_SET_PROPERTY, queue_set_property),
	MOCK_OP(XE_VM_GET_PROPERTY, vm_get_property),
};

static const struct mock_refused refused[] = {
	{ "userptr", DRM_IOCTL_XE_VM_BIND, userptr, EOPNOTSUPP },
	{ "CPU mirror", DRM_IOCTL_XE_VM_BIND, mirror, EINVAL },
	{ "user fence of VM_BIND", DRM_IOCTL_XE_VM_BIND, user_fence, EOPNOTSUPP },
	{ "WAIT_USER_FENCE", DRM_IOCTL_XE_WAIT_USER_FENCE, wait_user_fence, EINVAL },
	{ "ENGINE_CYCLES", DRM_IOCTL_XE_DEVICE_QUERY, cycles, EOPNOTSUPP },
	{ "queue of high priority", DRM_IOCTL_XE_EXEC_QUEUE_CREATE, high_priority, EPERM },
};

const struct mock_driver mock_driver_xe = {
	.name = "xe",
	.ops = ops,
	.nr_ops = ARRAY_SIZE(ops),
	.refused = refused,
	.nr_refused = ARRAY_SIZE(refused),
};
