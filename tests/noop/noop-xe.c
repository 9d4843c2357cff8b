// SPDX-License-Identifier: GPL-2.0-only
/*
 * noop-xe.c: the ioctls of xe, on a Tiger Lake
 */
#include "noop.h"
#include "uapi/newest/xe_drm.h"

#include <linux/slab.h>
#include <linux/uaccess.h>

#define MEMORY_SIZE	SZ_1G
#define FREQUENCY	19200000	/* Hz, of timestamps */
#define ADDRESS_BITS	48
#define READ_BYTES	64

/* ------------------------------------------------------------------ queries */

struct engines {
	struct drm_xe_query_engines head;
	struct drm_xe_engine engine[2];
};

struct regions {
	struct drm_xe_query_mem_regions head;
	struct drm_xe_mem_region region;
};

struct config {
	struct drm_xe_query_config head;
	__u64 info[5];
};

struct gts {
	struct drm_xe_query_gt_list head;
	struct drm_xe_gt gt;
};

/* Masks of what the GPU has: dual subslices, execution units of each */
struct topology {
	struct drm_xe_query_topology_mask geometry;
	__u8 subslices[4];
	struct drm_xe_query_topology_mask compute;
	__u8 compute_subslices[4];
	struct drm_xe_query_topology_mask eu;
	__u8 eus[4];
};

static const struct engines engines = {
	.head.num_engines = 2,
	.engine = {
		{ .instance.engine_class = DRM_XE_ENGINE_CLASS_RENDER },
		{ .instance.engine_class = DRM_XE_ENGINE_CLASS_COPY },
	},
};

static const struct regions regions = {
	.head.num_mem_regions = 1,
	.region = {
		.mem_class = DRM_XE_MEM_REGION_CLASS_SYSMEM,
		.min_page_size = SZ_4K,
		.total_size = MEMORY_SIZE,
	},
};

static const struct config config = {
	.head.num_params = 5,
	.info = {
		[DRM_XE_QUERY_CONFIG_REV_AND_DEVICE_ID] = 0x9a49 | 3 << 16,
		[DRM_XE_QUERY_CONFIG_MIN_ALIGNMENT] = SZ_4K,
		[DRM_XE_QUERY_CONFIG_VA_BITS] = ADDRESS_BITS,
		[DRM_XE_QUERY_CONFIG_MAX_EXEC_QUEUE_PRIORITY] = 1,
	},
};

static const struct gts gts = {
	.head.num_gt = 1,
	.gt = {
		.type = DRM_XE_QUERY_GT_TYPE_MAIN,
		.reference_clock = FREQUENCY,
		.near_mem_regions = 1,
		.ip_ver_major = 12,
	},
};

static const struct topology topology = {
	.geometry = { .type = DRM_XE_TOPO_DSS_GEOMETRY, .num_bytes = 4 },
	.subslices = { 0x3f },
	.compute = { .type = DRM_XE_TOPO_DSS_COMPUTE, .num_bytes = 4 },
	.eu = { .type = DRM_XE_TOPO_EU_PER_DSS, .num_bytes = 4 },
	.eus = { 0xff, 0xff },
};

/* As the driver: a size of 0 asks for the size */
static int answer(struct drm_xe_device_query *arg, const void *data, u32 size)
{
	if (!arg->size) {
		arg->size = size;
		return 0;
	}
	if (arg->size != size)
		return -EINVAL;
	return copy_to_user(u64_to_user_ptr(arg->data), data, size) ? -EFAULT : 0;
}

static int device_query(struct noop_call *call, struct drm_xe_device_query *arg)
{
	noop_add_value(call, arg->query);
	noop_add_value(call, arg->size);
	if (arg->extensions)
		return -EINVAL;
	switch (arg->query) {
	case DRM_XE_DEVICE_QUERY_ENGINES:
		return answer(arg, &engines, sizeof(engines));
	case DRM_XE_DEVICE_QUERY_MEM_REGIONS:
		return answer(arg, &regions, sizeof(regions));
	case DRM_XE_DEVICE_QUERY_CONFIG:
		return answer(arg, &config, sizeof(config));
	case DRM_XE_DEVICE_QUERY_GT_LIST:
		return answer(arg, &gts, sizeof(gts));
	case DRM_XE_DEVICE_QUERY_GT_TOPOLOGY:
		return answer(arg, &topology, sizeof(topology));
	/* The GPU has no such table. */
	case DRM_XE_DEVICE_QUERY_HWCONFIG:
		return answer(arg, NULL, 0);
	default:
		return -EINVAL;
	}
}

NOOP_HANDLER(device_query, DRM_XE_DEVICE_QUERY, struct drm_xe_device_query)

/* ------------------------------------------------------ ids without contents */

static int make_id(struct xarray *ids, u32 *id)
{
	u32 *value = kzalloc(sizeof(*value), GFP_KERNEL);
	int ret;

	if (!value)
		return -ENOMEM;
	ret = xa_alloc(ids, id, value, xa_limit_31b, GFP_KERNEL);
	if (ret)
		kfree(value);
	return ret;
}

static int drop_id(struct xarray *ids, u32 id)
{
	void *value = xa_erase(ids, id);

	kfree(value);
	return value ? 0 : -ENOENT;
}

static bool has_vm(struct noop_call *call, u32 id)
{
	return xa_load(&noop_file(call)->lists, id);
}

/* ------------------------------------------------------------------ buffers */

static int gem_create(struct noop_call *call, struct drm_xe_gem_create *arg)
{
	noop_add(call, &arg->size, offsetof(struct drm_xe_gem_create, handle) -
		 offsetof(struct drm_xe_gem_create, size));
	noop_add_value(call, arg->cpu_caching);
	if (arg->extensions || arg->placement != 1 || !PAGE_ALIGNED(arg->size) ||
	    (arg->vm_id && !has_vm(call, arg->vm_id)))
		return -EINVAL;
	return noop_bo_create(call, arg->size, NULL, &arg->handle);
}

NOOP_HANDLER(gem_create, DRM_XE_GEM_CREATE, struct drm_xe_gem_create)

static int gem_mmap_offset(struct noop_call *call, struct drm_xe_gem_mmap_offset *arg)
{
	noop_add_value(call, arg->handle);
	noop_add_value(call, arg->flags);
	if (arg->extensions || arg->flags)
		return -EINVAL;
	return noop_bo_offset(call, arg->handle, &arg->offset);
}

NOOP_HANDLER(gem_mmap_offset, DRM_XE_GEM_MMAP_OFFSET, struct drm_xe_gem_mmap_offset)

/* -------------------------------------------------------------------- syncs */

static int use_sync(struct noop_call *call, const struct drm_xe_sync *sync)
{
	u64 point = 0;

	if (sync->type == DRM_XE_SYNC_TYPE_TIMELINE_SYNCOBJ)
		point = sync->timeline_value;
	else if (sync->type != DRM_XE_SYNC_TYPE_SYNCOBJ)
		return -EINVAL;
	return sync->flags & DRM_XE_SYNC_FLAG_SIGNAL ?
	       noop_syncobj_signal(call, sync->handle, point) :
	       noop_syncobj_wait(call, sync->handle, point, 0);
}

static int use_syncs(struct noop_call *call, u64 from, u32 nr)
{
	struct drm_xe_sync *syncs;
	u32 i;
	int ret = 0;

	if (nr > DRM_XE_MAX_SYNCS)
		return -EINVAL;
	syncs = noop_get(call, from, nr, sizeof(*syncs));
	if (IS_ERR(syncs))
		return PTR_ERR(syncs);
	for (i = 0; i < nr && !ret; i++)
		ret = use_sync(call, &syncs[i]);
	kvfree(syncs);
	return ret;
}

/* ------------------------------------------------------------ address spaces */

static int vm_create(struct noop_call *call, struct drm_xe_vm_create *arg)
{
	noop_add_value(call, arg->flags);
	return arg->extensions ? -EINVAL : make_id(&noop_file(call)->lists, &arg->vm_id);
}

NOOP_HANDLER(vm_create, DRM_XE_VM_CREATE, struct drm_xe_vm_create)

static int vm_destroy(struct noop_call *call, struct drm_xe_vm_destroy *arg)
{
	noop_add_value(call, arg->vm_id);
	return drop_id(&noop_file(call)->lists, arg->vm_id);
}

NOOP_HANDLER(vm_destroy, DRM_XE_VM_DESTROY, struct drm_xe_vm_destroy)

static int bind_one(struct noop_call *call, const struct drm_xe_vm_bind_op *op)
{
	switch (op->op) {
	case DRM_XE_VM_BIND_OP_MAP:
		noop_unmap(call, op->addr, op->range);
		if (op->flags & DRM_XE_VM_BIND_FLAG_NULL)
			return 0;
		return noop_map(call, op->obj, op->addr, op->range, op->obj_offset);
	case DRM_XE_VM_BIND_OP_UNMAP:
		noop_unmap(call, op->addr, op->range);
		return 0;
	case DRM_XE_VM_BIND_OP_UNMAP_ALL:
	case DRM_XE_VM_BIND_OP_PREFETCH:
		return 0;
	default:
		return -EINVAL;
	}
}

static int bind_all(struct noop_call *call, const struct drm_xe_vm_bind *arg)
{
	struct drm_xe_vm_bind_op *ops;
	u32 i;
	int ret = 0;

	if (arg->num_binds == 1) {
		noop_add_value(call, arg->bind);
		return bind_one(call, &arg->bind);
	}
	ops = noop_get(call, arg->vector_of_binds, arg->num_binds, sizeof(*ops));
	if (IS_ERR(ops))
		return PTR_ERR(ops);
	for (i = 0; i < arg->num_binds && !ret; i++)
		ret = bind_one(call, &ops[i]);
	kvfree(ops);
	return ret;
}

static int vm_bind(struct noop_call *call, struct drm_xe_vm_bind *arg)
{
	int ret;

	noop_add_value(call, arg->vm_id);
	noop_add_value(call, arg->exec_queue_id);
	noop_add_value(call, arg->num_binds);
	noop_add_value(call, arg->num_syncs);
	if (arg->extensions || !has_vm(call, arg->vm_id))
		return -ENOENT;
	ret = bind_all(call, arg);
	return ret ?: use_syncs(call, arg->syncs, arg->num_syncs);
}

NOOP_HANDLER(vm_bind, DRM_XE_VM_BIND, struct drm_xe_vm_bind)

/* ----------------------------------------------------- queues and submissions */

static int read_extensions(struct noop_call *call, u64 from)
{
	struct drm_xe_ext_set_property ext;
	int n = 0;

	for (; from; from = ext.base.next_extension) {
		if (++n > 16)
			return -E2BIG;
		if (copy_from_user(&ext, u64_to_user_ptr(from), sizeof(ext)))
			return -EFAULT;
		if (ext.base.name != DRM_XE_EXEC_QUEUE_EXTENSION_SET_PROPERTY)
			return -EINVAL;
		noop_add_value(call, ext.property);
		noop_add_value(call, ext.value);
	}
	return 0;
}

static int queue_create(struct noop_call *call, struct drm_xe_exec_queue_create *arg)
{
	void *instances;
	int ret = read_extensions(call, arg->extensions);

	noop_add(call, &arg->width, offsetof(struct drm_xe_exec_queue_create, exec_queue_id) -
		 offsetof(struct drm_xe_exec_queue_create, width));
	if (ret)
		return ret;
	instances = noop_get(call, arg->instances, arg->width * arg->num_placements,
			     sizeof(struct drm_xe_engine_class_instance));
	if (IS_ERR_OR_NULL(instances))
		return instances ? PTR_ERR(instances) : -EINVAL;
	kvfree(instances);
	return noop_context_create(call, &arg->exec_queue_id);
}

NOOP_HANDLER(queue_create, DRM_XE_EXEC_QUEUE_CREATE, struct drm_xe_exec_queue_create)

static int queue_destroy(struct noop_call *call, struct drm_xe_exec_queue_destroy *arg)
{
	noop_add_value(call, arg->exec_queue_id);
	return noop_context_destroy(call, arg->exec_queue_id) ? -ENOENT : 0;
}

NOOP_HANDLER(queue_destroy, DRM_XE_EXEC_QUEUE_DESTROY, struct drm_xe_exec_queue_destroy)

static int queue_property(struct noop_call *call, struct drm_xe_exec_queue_get_property *arg)
{
	noop_add_value(call, arg->exec_queue_id);
	noop_add_value(call, arg->property);
	if (!noop_context(call, arg->exec_queue_id))
		return -ENOENT;
	arg->value = 0;
	return arg->property == DRM_XE_EXEC_QUEUE_GET_PROPERTY_BAN ? 0 : -EINVAL;
}

NOOP_HANDLER(queue_property, DRM_XE_EXEC_QUEUE_GET_PROPERTY, struct drm_xe_exec_queue_get_property)

/*
 * Nobody tells the length of the commands, so as much as each has goes into the digest.
 * Their address has its sign extended; one that is mapped has not.
 */
static int exec(struct noop_call *call, struct drm_xe_exec *arg)
{
	noop_add_value(call, arg->exec_queue_id);
	noop_add_value(call, arg->num_syncs);
	noop_add_value(call, arg->num_batch_buffer);
	if (arg->extensions || !noop_context(call, arg->exec_queue_id))
		return -ENOENT;
	if (arg->num_batch_buffer) {
		u64 address = arg->address & GENMASK_ULL(ADDRESS_BITS - 1, 0);

		noop_add_value(call, address);
		if (noop_add_mapped(call, address, READ_BYTES))
			return -EINVAL;
	}
	return use_syncs(call, arg->syncs, arg->num_syncs);
}

NOOP_HANDLER(exec, DRM_XE_EXEC, struct drm_xe_exec)

static const struct drm_ioctl_desc ioctls[] = {
	NOOP_IOCTL(XE_DEVICE_QUERY, device_query),
	NOOP_IOCTL(XE_GEM_CREATE, gem_create),
	NOOP_IOCTL(XE_GEM_MMAP_OFFSET, gem_mmap_offset),
	NOOP_IOCTL(XE_VM_CREATE, vm_create),
	NOOP_IOCTL(XE_VM_DESTROY, vm_destroy),
	NOOP_IOCTL(XE_VM_BIND, vm_bind),
	NOOP_IOCTL(XE_EXEC_QUEUE_CREATE, queue_create),
	NOOP_IOCTL(XE_EXEC_QUEUE_DESTROY, queue_destroy),
	NOOP_IOCTL(XE_EXEC_QUEUE_GET_PROPERTY, queue_property),
	NOOP_IOCTL(XE_EXEC, exec),
};

const struct noop_family noop_xe = {
	.driver = "xe",
	.major = 1,
	.minor = 1,
	.vendor = 0x8086,
	.device = 0x9a49,
	.revision = 3,
	.ioctls = ioctls,
	.nr_ioctls = ARRAY_SIZE(ioctls),
};
