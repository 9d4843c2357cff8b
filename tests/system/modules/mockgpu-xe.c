// SPDX-License-Identifier: GPL-2.0-only
/*
 * mockgpu-xe.c: the ioctls of xe, as xe_vm.c, xe_exec.c, xe_sync.c,
 * xe_exec_queue.c, xe_query.c, xe_bo.c and xe_vm_madvise.c read and write
 */
#include "mockgpu.h"
#include "uapi/newest/xe_drm.h"

#define MOST_EXTENSIONS	16	/* MAX_USER_EXTENSIONS */
#define MOST_INSTANCES	18	/* XE_HW_ENGINE_MAX_INSTANCE, about */
#define PATS		32
#define PAGE		4096
#define BIND_FLAGS	(2 * DRM_XE_VM_BIND_FLAG_DECOMPRESS - 1)
#define FAULTS		6

/* ---------------------------------------------------------------- extensions */

/* What is done with a struct drm_xe_ext_set_property; @data: of the caller */
typedef int (*set_property)(struct mock *m, u32 property, u64 value, void *data);

/*
 * gem_create_user_extensions() and exec_queue_user_extensions() are alike: the
 * only extension is SET_PROPERTY
 */
static int user_extensions(struct mock *m, u64 at, u32 properties, set_property set, void *data)
{
	struct drm_xe_ext_set_property ext;
	u32 number;
	int ret;

	for (number = 0; at; number++) {
		if (number >= MOST_EXTENSIONS)
			return -E2BIG;
		if (mock_get(&ext.base, at, sizeof(ext.base)))
			return -EFAULT;
		if (ext.base.pad || ext.base.name)
			return -EINVAL;
		if (mock_get(&ext, at, sizeof(ext)))
			return -EFAULT;
		if (ext.property >= properties || ext.pad)
			return -EINVAL;
		mock_add_value(m, ext.property);
		mock_add_value(m, ext.value);
		ret = set(m, ext.property, ext.value, data);
		if (ret)
			return ret;
		at = ext.base.next_extension;
	}
	return 0;
}

/* ------------------------------------------------------------------- buffers */

static int set_pxp_type(struct mock *m, u32 property, u64 value, void *data)
{
	return value > DRM_XE_PXP_TYPE_HWDRM ? -EINVAL : 0;
}

static int gem_create(struct mock *m, struct drm_xe_gem_create *arg)
{
	struct drm_xe_gem_create numbers = *arg;
	int ret;

	if (arg->pad[0] || arg->pad[1] || arg->pad[2] || arg->reserved[0] || arg->reserved[1] ||
	    !arg->placement || arg->placement & ~3u || arg->flags > 15 || arg->handle ||
	    !arg->size || arg->size % PAGE || !arg->cpu_caching ||
	    arg->cpu_caching > DRM_XE_GEM_CPU_CACHING_WC)
		return -EINVAL;
	numbers.extensions = 0;
	mock_add_value(m, numbers);
	ret = mock_verdict(m);
	if (!ret)
		ret = user_extensions(m, arg->extensions, 1, set_pxp_type, NULL);
	if (!ret)
		arg->handle = 1 + mock_number(m, 100000);
	return ret;
}

static int gem_mmap_offset(struct mock *m, struct drm_xe_gem_mmap_offset *arg)
{
	if (arg->extensions || arg->reserved[0] || arg->reserved[1] ||
	    arg->flags & ~DRM_XE_MMAP_OFFSET_FLAG_PCI_BARRIER)
		return -EINVAL;
	if (arg->flags && arg->handle)
		return -EINVAL;
	mock_add_value(m, arg->handle);
	return mock_finish_value(m, arg->offset);
}

/* -------------------------------------------------------------------- spaces */

static int vm_create(struct mock *m, struct drm_xe_vm_create *arg)
{
	int ret;

	if (arg->extensions || arg->reserved[0] || arg->reserved[1] || arg->flags > 15)
		return -EINVAL;
	mock_add_value(m, arg->flags);
	ret = mock_verdict(m);
	if (!ret)
		arg->vm_id = 1 + mock_number(m, 1000);
	return ret;
}

static int vm_destroy(struct mock *m, struct drm_xe_vm_destroy *arg)
{
	if (arg->pad || arg->reserved[0] || arg->reserved[1])
		return -EINVAL;
	mock_add_value(m, arg->vm_id);
	return mock_verdict(m);
}

/* vm_bind_ioctl_check_args() */
static int check_bind(struct mock *m, const struct drm_xe_vm_bind_op *op)
{
	bool no_buffer = op->flags & (DRM_XE_VM_BIND_FLAG_NULL |
				      DRM_XE_VM_BIND_FLAG_CPU_ADDR_MIRROR);

	if (op->pat_index >= PATS || op->op > DRM_XE_VM_BIND_OP_PREFETCH ||
	    op->flags & ~BIND_FLAGS || (no_buffer && (op->obj || op->obj_offset)) ||
	    (op->op != DRM_XE_VM_BIND_OP_MAP && no_buffer) ||
	    (op->op == DRM_XE_VM_BIND_OP_MAP && !op->obj && !no_buffer) ||
	    (op->op == DRM_XE_VM_BIND_OP_UNMAP_ALL && (!op->obj || op->addr || op->range)) ||
	    (op->op == DRM_XE_VM_BIND_OP_UNMAP && op->obj) ||
	    (op->op == DRM_XE_VM_BIND_OP_PREFETCH && op->obj))
		return -EINVAL;
	if (op->obj_offset % PAGE || op->addr % PAGE || op->range % PAGE ||
	    (!op->range && op->op != DRM_XE_VM_BIND_OP_UNMAP_ALL))
		return -EINVAL;
	mock_add(m, op, sizeof(*op));
	return 0;
}

static int read_binds(struct mock *m, const struct drm_xe_vm_bind *arg)
{
	struct drm_xe_vm_bind_op op;
	int ret = 0;
	u32 i;

	if (arg->num_binds == 1)
		return check_bind(m, &arg->bind);
	/* All of them first, as the driver does */
	for (i = 0; i < arg->num_binds; i++)
		if (mock_get(&op, arg->vector_of_binds + i * sizeof(op), sizeof(op)))
			return -EFAULT;
	for (i = 0; !ret && i < arg->num_binds; i++) {
		if (mock_get(&op, arg->vector_of_binds + i * sizeof(op), sizeof(op)))
			return -EFAULT;
		ret = check_bind(m, &op);
	}
	return ret;
}

/* xe_sync_entry_parse(); one after the other, as the driver goes */
static int read_sync(struct mock *m, u64 at)
{
	struct drm_xe_sync sync;

	if (mock_get(&sync, at, sizeof(sync)))
		return -EFAULT;
	if (sync.flags & ~DRM_XE_SYNC_FLAG_SIGNAL || sync.reserved[0] || sync.reserved[1])
		return -EINVAL;
	mock_add_value(m, sync);
	switch (sync.type) {
	case DRM_XE_SYNC_TYPE_TIMELINE_SYNCOBJ:
		if (!sync.timeline_value)
			return -EINVAL;
		fallthrough;
	case DRM_XE_SYNC_TYPE_SYNCOBJ:
		return sync.addr >> 32 ? -EINVAL : 0;
	case DRM_XE_SYNC_TYPE_USER_FENCE:
		if (!(sync.flags & DRM_XE_SYNC_FLAG_SIGNAL))
			return -EOPNOTSUPP;
		return sync.addr & 7 ? -EINVAL : 0;
	default:
		return -EINVAL;
	}
}

static int read_syncs(struct mock *m, u64 at, u32 nr)
{
	int ret = 0;
	u32 i;

	for (i = 0; !ret && i < nr; i++)
		ret = read_sync(m, at + i * sizeof(struct drm_xe_sync));
	return ret;
}

static int vm_bind(struct mock *m, struct drm_xe_vm_bind *arg)
{
	int ret;

	if (arg->pad || arg->pad2 || arg->reserved[0] || arg->reserved[1] || arg->extensions ||
	    arg->num_syncs > DRM_XE_MAX_SYNCS)
		return -EINVAL;
	mock_add_value(m, arg->vm_id);
	mock_add_value(m, arg->exec_queue_id);
	ret = read_binds(m, arg);
	if (!ret)
		ret = read_syncs(m, arg->syncs, arg->num_syncs);
	return ret ? ret : mock_verdict(m);
}

static int fault_list(struct mock *m, struct drm_xe_vm_get_property *arg)
{
	u32 size = FAULTS * sizeof(struct xe_vm_fault);

	if (!arg->size) {
		arg->size = size;
		return 0;
	}
	if (arg->size > size || arg->size % sizeof(struct xe_vm_fault))
		return -EINVAL;
	return mock_answer(m, arg->data, arg->size);
}

static int vm_get_property(struct mock *m, struct drm_xe_vm_get_property *arg)
{
	if (arg->reserved[0] || arg->reserved[1] || arg->reserved[2] || arg->extensions || arg->pad)
		return -EINVAL;
	mock_add_value(m, arg->vm_id);
	return arg->property == DRM_XE_VM_GET_PROPERTY_FAULTS ? fault_list(m, arg) : -EINVAL;
}

static int vm_query_attrs(struct mock *m, struct drm_xe_vm_query_mem_range_attr *arg)
{
	u32 size = sizeof(struct drm_xe_mem_range_attr);
	u32 found;

	if (!arg->num_mem_ranges && (arg->vector_of_mem_attr || arg->sizeof_mem_range_attr))
		return -EINVAL;
	if (arg->num_mem_ranges &&
	    (!arg->vector_of_mem_attr || arg->sizeof_mem_range_attr != size))
		return -EINVAL;
	mock_add_value(m, arg->vm_id);
	mock_add_value(m, arg->start);
	mock_add_value(m, arg->range);
	found = mock_number(m, 6);
	if (!arg->num_mem_ranges) {
		arg->num_mem_ranges = found;
		arg->sizeof_mem_range_attr = size;
		return 0;
	}
	if (found > arg->num_mem_ranges)
		return -ENOSPC;
	arg->num_mem_ranges = found;
	return mock_answer(m, arg->vector_of_mem_attr, (u64)size * found);
}

/* madvise_args_are_sane() */
static bool madvise_is_sane(const struct drm_xe_madvise *arg)
{
	if (arg->start % PAGE || arg->range % PAGE || !arg->range)
		return false;
	switch (arg->type) {
	case DRM_XE_MEM_RANGE_ATTR_PREFERRED_LOC:
		return (s32)arg->preferred_mem_loc.devmem_fd >= -1 &&
		       (arg->preferred_mem_loc.devmem_fd + 1 > 1 ||
			!arg->preferred_mem_loc.region_instance) &&
		       arg->preferred_mem_loc.migration_policy <= 1 &&
		       !arg->preferred_mem_loc.reserved;
	case DRM_XE_MEM_RANGE_ATTR_ATOMIC:
		return arg->atomic.val <= DRM_XE_ATOMIC_CPU && !arg->atomic.pad &&
		       !arg->atomic.reserved;
	case DRM_XE_MEM_RANGE_ATTR_PAT:
		return arg->pat_index.val < PATS && !arg->pat_index.pad && !arg->pat_index.reserved;
	case DRM_XE_VMA_ATTR_PURGEABLE_STATE:
		return arg->purge_state_val.val <= 1 && !arg->purge_state_val.pad;
	default:
		return false;
	}
}

static int madvise(struct mock *m, struct drm_xe_madvise *arg)
{
	struct drm_xe_madvise numbers = *arg;
	u64 retained_ptr = 0;
	u32 retained;
	int ret;

	if (!madvise_is_sane(arg) || arg->reserved[0] || arg->reserved[1])
		return -EINVAL;
	if (arg->type == DRM_XE_VMA_ATTR_PURGEABLE_STATE) {
		retained_ptr = arg->purge_state_val.retained_ptr;
		numbers.purge_state_val.retained_ptr = 0;
	}
	if (retained_ptr) {
		if (mock_get(&retained, retained_ptr, sizeof(retained)))
			return -EFAULT;
		if (retained)
			return -EINVAL;
	}
	mock_add_value(m, numbers);
	ret = mock_verdict(m);
	if (ret || !retained_ptr)
		return ret;
	retained = mock_number(m, 2);
	return mock_put(retained_ptr, &retained, sizeof(retained));
}

/* -------------------------------------------------------------------- queues */

/* exec_queue_user_ext_set_property(), but for the replay of a hang */
static int set_queue_property(struct mock *m, u32 property, u64 value, void *data)
{
	u32 *properties = data;

	*properties |= 1 << property;
	switch (property) {
	case DRM_XE_EXEC_QUEUE_SET_PROPERTY_PRIORITY:
		return value > 2 ? -EINVAL : 0;
	case DRM_XE_EXEC_QUEUE_SET_PROPERTY_PXP_TYPE:
		return value > DRM_XE_PXP_TYPE_HWDRM ? -EINVAL : 0;
	case DRM_XE_EXEC_QUEUE_SET_HANG_REPLAY_STATE:
		return -EINVAL;
	default:
		return 0;
	}
}

static int queue_extensions(struct mock *m, u64 at)
{
	u32 properties = 0;
	int ret = user_extensions(m, at, 7, set_queue_property, &properties);

	if (!ret && properties & 1 << DRM_XE_EXEC_QUEUE_SET_PROPERTY_MULTI_QUEUE_PRIORITY &&
	    !(properties & 1 << DRM_XE_EXEC_QUEUE_SET_PROPERTY_MULTI_GROUP))
		return -EINVAL;
	return ret;
}

static int queue_create(struct mock *m, struct drm_xe_exec_queue_create *arg)
{
	u32 len = (u32)arg->width * arg->num_placements;
	int ret;

	if (arg->flags & ~DRM_XE_EXEC_QUEUE_LOW_LATENCY_HINT || arg->reserved[0] ||
	    arg->reserved[1] || !len || len > MOST_INSTANCES)
		return -EINVAL;
	mock_add_value(m, arg->vm_id);
	mock_add_value(m, arg->width);
	if (mock_array(m, arg->instances, len, sizeof(struct drm_xe_engine_class_instance)))
		return -EFAULT;
	ret = mock_verdict(m);
	if (!ret)
		ret = queue_extensions(m, arg->extensions);
	if (!ret)
		arg->exec_queue_id = 1 + mock_number(m, 1000);
	return ret;
}

static int queue_destroy(struct mock *m, struct drm_xe_exec_queue_destroy *arg)
{
	if (arg->pad || arg->reserved[0] || arg->reserved[1])
		return -EINVAL;
	mock_add_value(m, arg->exec_queue_id);
	return mock_verdict(m);
}

static int queue_get_property(struct mock *m, struct drm_xe_exec_queue_get_property *arg)
{
	int ret;

	if (arg->reserved[0] || arg->reserved[1])
		return -EINVAL;
	mock_add_value(m, arg->exec_queue_id);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	if (arg->property != DRM_XE_EXEC_QUEUE_GET_PROPERTY_BAN)
		return -EINVAL;
	arg->value = mock_number(m, 2);
	return 0;
}

static int queue_set_property(struct mock *m, struct drm_xe_exec_queue_set_property *arg)
{
	if (arg->reserved[0] || arg->reserved[1] ||
	    arg->property != DRM_XE_EXEC_QUEUE_SET_PROPERTY_MULTI_QUEUE_PRIORITY)
		return -EINVAL;
	mock_add_value(m, arg->exec_queue_id);
	mock_add_value(m, arg->value);
	return mock_verdict(m);
}

/* The queue is as wide as the call has batches: else it would be EINVAL */
static int exec(struct mock *m, struct drm_xe_exec *arg)
{
	int ret;

	if (arg->extensions || arg->pad[0] || arg->pad[1] || arg->pad[2] || arg->reserved[0] ||
	    arg->reserved[1] || arg->num_syncs > DRM_XE_MAX_SYNCS)
		return -EINVAL;
	if (arg->num_batch_buffer > MOST_INSTANCES)
		return -EINVAL;
	mock_add_value(m, arg->exec_queue_id);
	ret = read_syncs(m, arg->syncs, arg->num_syncs);
	if (ret)
		return ret;
	if (arg->num_batch_buffer == 1)
		mock_add_value(m, arg->address);
	if (arg->num_batch_buffer > 1 &&
	    mock_array(m, arg->address, arg->num_batch_buffer, sizeof(u64)))
		return -EFAULT;
	return mock_verdict(m);
}

/* ------------------------------------------------------------------- queries */

/* All but the two below: the size is asked for first, and then must be right */
static int answer_query(struct mock *m, struct drm_xe_device_query *arg, u32 size)
{
	if (!arg->size) {
		arg->size = size;
		return 0;
	}
	if (arg->size != size)
		return -EINVAL;
	mock_add_value(m, arg->query);
	return mock_answer(m, arg->data, size);
}

static int query_firmware(struct mock *m, struct drm_xe_device_query *arg)
{
	struct drm_xe_query_uc_fw_version resp;

	if (!arg->size) {
		arg->size = sizeof(resp);
		return 0;
	}
	if (arg->size != sizeof(resp))
		return -EINVAL;
	if (mock_get(&resp, arg->data, sizeof(resp)))
		return -EFAULT;
	if (resp.pad || resp.pad2 || resp.reserved || resp.uc_type > XE_QUERY_UC_TYPE_HUC)
		return -EINVAL;
	mock_add_value(m, resp.uc_type);
	resp.branch_ver = 0;
	mock_fill_value(m, resp.major_ver);
	mock_fill_value(m, resp.minor_ver);
	mock_fill_value(m, resp.patch_ver);
	return mock_put(arg->data, &resp, sizeof(resp));
}

static int query(struct mock *m, struct drm_xe_device_query *arg)
{
	if (arg->extensions || arg->reserved[0] || arg->reserved[1])
		return -EINVAL;
	switch (arg->query) {
	case DRM_XE_DEVICE_QUERY_ENGINES:
		return answer_query(m, arg, sizeof(struct drm_xe_query_engines) +
				    3 * sizeof(struct drm_xe_engine));
	case DRM_XE_DEVICE_QUERY_MEM_REGIONS:
		return answer_query(m, arg, sizeof(struct drm_xe_query_mem_regions) +
				    2 * sizeof(struct drm_xe_mem_region));
	case DRM_XE_DEVICE_QUERY_CONFIG:
		return answer_query(m, arg, sizeof(struct drm_xe_query_config) + 5 * sizeof(u64));
	case DRM_XE_DEVICE_QUERY_GT_LIST:
		return answer_query(m, arg, sizeof(struct drm_xe_query_gt_list) +
				    2 * sizeof(struct drm_xe_gt));
	case DRM_XE_DEVICE_QUERY_HWCONFIG:
		return answer_query(m, arg, 700);
	case DRM_XE_DEVICE_QUERY_GT_TOPOLOGY:
		return answer_query(m, arg, 3 * (sizeof(struct drm_xe_query_topology_mask) + 8));
	case DRM_XE_DEVICE_QUERY_UC_FW_VERSION:
		return query_firmware(m, arg);
	case DRM_XE_DEVICE_QUERY_OA_UNITS:
		return answer_query(m, arg, sizeof(struct drm_xe_query_oa_units) +
				    sizeof(struct drm_xe_oa_unit) +
				    3 * sizeof(struct drm_xe_engine_class_instance));
	case DRM_XE_DEVICE_QUERY_PXP_STATUS:
		return answer_query(m, arg, sizeof(struct drm_xe_query_pxp_status));
	case DRM_XE_DEVICE_QUERY_EU_STALL:
		return answer_query(m, arg, sizeof(struct drm_xe_query_eu_stall) + 7 * sizeof(u64));
	default:
		/* ENGINE_CYCLES has dom0's time: no two answers are alike */
		return -EINVAL;
	}
}

MOCK_HANDLER(gem_create, struct drm_xe_gem_create)
MOCK_HANDLER(gem_mmap_offset, struct drm_xe_gem_mmap_offset)
MOCK_HANDLER(vm_create, struct drm_xe_vm_create)
MOCK_HANDLER(vm_destroy, struct drm_xe_vm_destroy)
MOCK_HANDLER(vm_bind, struct drm_xe_vm_bind)
MOCK_HANDLER(vm_get_property, struct drm_xe_vm_get_property)
MOCK_HANDLER(vm_query_attrs, struct drm_xe_vm_query_mem_range_attr)
MOCK_HANDLER(madvise, struct drm_xe_madvise)
MOCK_HANDLER(queue_create, struct drm_xe_exec_queue_create)
MOCK_HANDLER(queue_destroy, struct drm_xe_exec_queue_destroy)
MOCK_HANDLER(queue_get_property, struct drm_xe_exec_queue_get_property)
MOCK_HANDLER(queue_set_property, struct drm_xe_exec_queue_set_property)
MOCK_HANDLER(exec, struct drm_xe_exec)
MOCK_HANDLER(query, struct drm_xe_device_query)

static const struct drm_ioctl_desc ioctls[] = {
	MOCK_IOCTL(XE_DEVICE_QUERY, query, DRM_RENDER_ALLOW),
	MOCK_IOCTL(XE_GEM_CREATE, gem_create, DRM_RENDER_ALLOW),
	MOCK_IOCTL(XE_GEM_MMAP_OFFSET, gem_mmap_offset, DRM_RENDER_ALLOW),
	MOCK_IOCTL(XE_VM_CREATE, vm_create, DRM_RENDER_ALLOW),
	MOCK_IOCTL(XE_VM_DESTROY, vm_destroy, DRM_RENDER_ALLOW),
	MOCK_IOCTL(XE_VM_BIND, vm_bind, DRM_RENDER_ALLOW),
	MOCK_IOCTL(XE_EXEC, exec, DRM_RENDER_ALLOW),
	MOCK_IOCTL(XE_EXEC_QUEUE_CREATE, queue_create, DRM_RENDER_ALLOW),
	MOCK_IOCTL(XE_EXEC_QUEUE_DESTROY, queue_destroy, DRM_RENDER_ALLOW),
	MOCK_IOCTL(XE_EXEC_QUEUE_GET_PROPERTY, queue_get_property, DRM_RENDER_ALLOW),
	MOCK_IOCTL(XE_MADVISE, madvise, DRM_RENDER_ALLOW),
	MOCK_IOCTL(XE_VM_QUERY_MEM_RANGE_ATTRS, vm_query_attrs, DRM_RENDER_ALLOW),
	MOCK_IOCTL(XE_EXEC_QUEUE_SET_PROPERTY, queue_set_property, DRM_RENDER_ALLOW),
	MOCK_IOCTL(XE_VM_GET_PROPERTY, vm_get_property, DRM_RENDER_ALLOW),
};

static const struct mock_left_out left_out[] = {
	{ "XE_WAIT_USER_FENCE", "waits for the caller's memory to change" },
	{ "XE_OBSERVATION", "makes a descriptor" },
};

const struct mock_family mock_xe = {
	.driver = "xe",
	.major = 1,
	.minor = 1,
	.ioctls = ioctls,
	.nr_ioctls = ARRAY_SIZE(ioctls),
	.left_out = left_out,
	.nr_left_out = ARRAY_SIZE(left_out),
};
