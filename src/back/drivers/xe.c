// SPDX-License-Identifier: GPL-2.0-only
/*
 * xe.c: the ioctls of xe
 *
 * Read with xe_vm.c, xe_exec.c, xe_sync.c, xe_exec_queue.c, xe_query.c, xe_bo.c
 * and xe_vm_madvise.c of Linux 7.2; 6.12 has fewer, 6.1 has no such driver.
 * Extensions, operations and queries of later kernels, which might have pointers,
 * get the answer of a kernel that does not know them.
 */
#include "back/tables/tables.h"
#include "uapi/newest/xe_drm.h"

/* As the driver has it */
#define MOST_EXTENSIONS	16

/* As the driver's DRM_XE_MAX_SYNCS; older ones allocate as many as they are told */
#define MOST_SYNCS	1024

/* The driver refuses with EINVAL what is more, and less than that */
#define MOST_WIDTH	64
#define MOST_INSTANCES	(MOST_WIDTH * MOST_WIDTH)
#define MOST_BATCHES	4096

/* The driver allocates as many as it is told; so many are never needed */
#define MOST_BINDS	8192

#define EXTENSIONS(member, list) \
	CHAIN(member, struct drm_xe_user_extension, next_extension, name, \
	      MOST_EXTENSIONS, list)
#define EXTENSION(value, type, ...) \
	VARIANT(value, struct drm_xe_user_extension, name, type, IN, \
		__VA_ARGS__)

/* Where there are none yet, as the driver answers */
#define NO_EXTENSIONS \
	REFUSE(EINVAL, WHEN_NE(extensions, 0))

/* ---------------------------------------------------------------------- queries */

/*
 * ENGINE_CYCLES tells dom0's time, of which a guest knows nothing: the answer is
 * that of a virtual function of the card.
 */
#define ARG struct drm_xe_device_query
static const struct pvdrm_field_entry device_query[] = {
	NO_EXTENSIONS,
	REFUSE(EINVAL, WHEN_GT(query, DRM_XE_DEVICE_QUERY_EU_STALL)),
	REFUSE(EOPNOTSUPP, WHEN_EQ(query, DRM_XE_DEVICE_QUERY_ENGINE_CYCLES)),
	ARRAY(data, INOUT, COUNT(size), ELEM(char), AT_MOST(XENDRM_MAX_ARG)),
};

#undef ARG

#define ARG struct drm_xe_vm_get_property
static const struct pvdrm_field_entry vm_get_property[] = {
	NO_EXTENSIONS,
	REFUSE(EINVAL, WHEN_GT(property, DRM_XE_VM_GET_PROPERTY_FAULTS)),
	ARRAY(data, INOUT, COUNT(size), ELEM(char), AT_MOST(XENDRM_MAX_ARG)),
};

#undef ARG

/* ---------------------------------------------------------------------- buffers */

#define ARG struct drm_xe_ext_set_property
static const struct pvdrm_field_entry gem_property[] = {
	REFUSE(EINVAL,
	       WHEN_GT(property, DRM_XE_GEM_CREATE_SET_PROPERTY_PXP_TYPE)),
};

static const struct pvdrm_field_entry gem_extensions[] = {
	EXTENSION(DRM_XE_GEM_CREATE_EXTENSION_SET_PROPERTY, ARG,
		  EACH(gem_property)),
};

#undef ARG

#define ARG struct drm_xe_gem_create
static const struct pvdrm_field_entry gem_create[] = {
	EXTENSIONS(extensions, gem_extensions),
};

#undef ARG

#define ARG struct drm_xe_gem_mmap_offset
static const struct pvdrm_field_entry gem_mmap_offset[] = {
	NO_EXTENSIONS,
};

#undef ARG

/* ---------------------------------------------------------------- address spaces */

#define ARG struct drm_xe_vm_create
static const struct pvdrm_field_entry vm_create[] = {
	NO_EXTENSIONS,
};

#undef ARG

/* The GPU is not let into the memory of the process in dom0 */
#define BIND_OP(op, flags) \
	REFUSE(EOPNOTSUPP, WHEN_EQ(op, DRM_XE_VM_BIND_OP_MAP_USERPTR)), \
	REFUSE(EINVAL, WHEN_GT(op, DRM_XE_VM_BIND_OP_PREFETCH)), \
	REFUSE(EINVAL, WHEN_ANY(flags, DRM_XE_VM_BIND_FLAG_CPU_ADDR_MIRROR)), \
	REFUSE(EINVAL, WHEN_GT(flags, 2 * DRM_XE_VM_BIND_FLAG_DECOMPRESS - 1))

#define ARG struct drm_xe_vm_bind_op
static const struct pvdrm_field_entry bind_op[] = {
	BIND_OP(op, flags),
};

#undef ARG

/* A user fence of VM_BIND is memory of the process */
#define ARG struct drm_xe_sync
#define TYPE(name) \
	RANGE(type, DRM_XE_SYNC_TYPE_##name, DRM_XE_SYNC_TYPE_##name)
#define SIGNAL_SYNC \
	SYNC(handle, SIGNALLED, WHEN_ANY(flags, DRM_XE_SYNC_FLAG_SIGNAL), \
	     TYPE(SYNCOBJ)), \
	SYNC(handle, SIGNALLED, POINT(timeline_value), \
	     WHEN_ANY(flags, DRM_XE_SYNC_FLAG_SIGNAL), TYPE(TIMELINE_SYNCOBJ))
static const struct pvdrm_field_entry bind_sync[] = {
	REFUSE(EOPNOTSUPP, WHEN_EQ(type, DRM_XE_SYNC_TYPE_USER_FENCE)),
	REFUSE(EINVAL, WHEN_GT(type, DRM_XE_SYNC_TYPE_USER_FENCE)),
	SIGNAL_SYNC,
};

/*
 * One of EXEC is an address of the GPU. Queues of such programs may refuse a submission
 * when they are full, and have no out-syncobjs.
 */
static const struct pvdrm_field_entry exec_sync[] = {
	REFUSE(EINVAL, WHEN_GT(type, DRM_XE_SYNC_TYPE_USER_FENCE)),
	WAIT(WHEN_NE(extensions, 0)),
	WAIT(WHEN_GT(flags, DRM_XE_SYNC_FLAG_SIGNAL)),
	WAIT(WHEN_GT(type, DRM_XE_SYNC_TYPE_TIMELINE_SYNCOBJ)),
	WAIT(WHEN_GT(addr, (__u32)~0u)),
	WAIT(WHEN_NE(reserved[0], 0)),
	WAIT(WHEN_NE(reserved[1], 0)),
	WAIT(WHEN_EQ(timeline_value, 0), TYPE(TIMELINE_SYNCOBJ)),
	SYNC(handle, WAITED, WHEN_EQ(flags, 0), TYPE(SYNCOBJ)),
	SYNC(handle, WAITED, POINT(timeline_value), WHEN_EQ(flags, 0),
	     TYPE(TIMELINE_SYNCOBJ)),
	SIGNAL_SYNC,
};

#undef ARG

/* One bind is in the argument itself; it is looked at if there are more, too */
#define ARG struct drm_xe_vm_bind
static const struct pvdrm_field_entry vm_bind[] = {
	NO_EXTENSIONS,
	BIND_OP(bind.op, bind.flags),
	REFUSE(EINVAL, WHEN_GT(num_syncs, MOST_SYNCS)),
	ARRAY(vector_of_binds, IN, COUNT(num_binds),
	      ELEM(struct drm_xe_vm_bind_op), AT_MOST(MOST_BINDS),
	      EACH(bind_op), WHEN_GT(num_binds, 1)),
	ARRAY(syncs, IN, COUNT(num_syncs), ELEM(struct drm_xe_sync),
	      AT_MOST(MOST_SYNCS), EACH(bind_sync)),
};

#undef ARG

/*
 * A location preferred can be another device, by its descriptor: but for the
 * two that stand for this device and for main memory.
 */
#define ARG struct drm_xe_madvise
static const struct pvdrm_field_entry madvise[] = {
	NO_EXTENSIONS,
	REFUSE(EINVAL, WHEN_GT(type, DRM_XE_VMA_ATTR_PURGEABLE_STATE)),
	REFUSE(EOPNOTSUPP,
	       WHEN_EQ(type, DRM_XE_MEM_RANGE_ATTR_PREFERRED_LOC),
	       RANGE(preferred_mem_loc.devmem_fd, 1, ~1u)),
	ARRAY(purge_state_val.retained_ptr, INOUT, ONE, ELEM(__u32),
	      WHEN_EQ(type, DRM_XE_VMA_ATTR_PURGEABLE_STATE)),
};

#undef ARG

#define ARG struct drm_xe_vm_query_mem_range_attr
static const struct pvdrm_field_entry query_mem_range_attr[] = {
	NO_EXTENSIONS,
	ARRAY(vector_of_mem_attr, INOUT_TIMES, COUNT(num_mem_ranges),
	      TIMES(sizeof_mem_range_attr), ELEM(char),
	      AT_MOST(XENDRM_MAX_ARG)),
};

#undef ARG

/* ---------------------------------------------------------------------- queues */

/* The driver would grant it for the rights of the process in dom0 */
#define PRIORITY_HIGH	2

#define ARG struct drm_xe_ext_set_property
static const struct pvdrm_field_entry queue_property[] = {
	REFUSE(EPERM, WHEN_EQ(property, DRM_XE_EXEC_QUEUE_SET_PROPERTY_PRIORITY),
	       RANGE(value, PRIORITY_HIGH, PRIORITY_HIGH)),
	/* For debugging: a pointer to as many bytes as the driver knows of */
	REFUSE(EINVAL, WHEN_EQ(property, DRM_XE_EXEC_QUEUE_SET_HANG_REPLAY_STATE)),
	REFUSE(EINVAL,
	       WHEN_GT(property,
		       DRM_XE_EXEC_QUEUE_SET_DISABLE_STATE_CACHE_PERF_FIX)),
};

static const struct pvdrm_field_entry queue_extensions[] = {
	EXTENSION(DRM_XE_EXEC_QUEUE_EXTENSION_SET_PROPERTY, ARG,
		  EACH(queue_property)),
};

#undef ARG

#define ARG struct drm_xe_exec_queue_create
static const struct pvdrm_field_entry queue_create[] = {
	REFUSE(EINVAL, WHEN_GT(width, MOST_WIDTH)),
	REFUSE(EINVAL, WHEN_GT(num_placements, MOST_WIDTH)),
	EXTENSIONS(extensions, queue_extensions),
	ARRAY(instances, IN_TIMES, COUNT(width), TIMES(num_placements),
	      ELEM(struct drm_xe_engine_class_instance),
	      AT_MOST(MOST_INSTANCES)),
};

#undef ARG

#define ARG struct drm_xe_exec_queue_get_property
static const struct pvdrm_field_entry queue_get_property[] = {
	NO_EXTENSIONS,
};

#undef ARG

#define ARG struct drm_xe_exec_queue_set_property
static const struct pvdrm_field_entry queue_set_property[] = {
	NO_EXTENSIONS,
	REFUSE(EINVAL,
	       WHEN_NE(property,
		       DRM_XE_EXEC_QUEUE_SET_PROPERTY_MULTI_QUEUE_PRIORITY)),
};

#undef ARG

/*
 * One batch is an address of the GPU, another number is an array of these: the
 * driver goes by the width of the queue, which must be this number, and reads
 * before it finds that it is not.
 */
#define ARG struct drm_xe_exec
static const struct pvdrm_field_entry exec[] = {
	NO_EXTENSIONS,
	REFUSE(EINVAL, WHEN_GT(num_syncs, MOST_SYNCS)),
	REFUSE(EINVAL, WHEN_GT(num_batch_buffer, MOST_BATCHES)),
	QUEUE(exec_queue_id),
	QUEUE(num_batch_buffer),
	WAIT(WHEN_EQ(num_syncs, 0)),
	WAIT(WHEN_NE(pad[0], 0)),
	WAIT(WHEN_NE(pad[1], 0)),
	WAIT(WHEN_NE(pad[2], 0)),
	WAIT(WHEN_NE(reserved[0], 0)),
	WAIT(WHEN_NE(reserved[1], 0)),
	ARRAY(syncs, IN, COUNT(num_syncs), ELEM(struct drm_xe_sync),
	      AT_MOST(MOST_SYNCS), EACH(exec_sync)),
	ARRAY(address, IN, COUNT(num_batch_buffer), ELEM(__u64),
	      AT_MOST(MOST_BATCHES), WHEN_NE(num_batch_buffer, 1)),
};

#undef ARG

/*
 * What takes a lock of an address space may wait for one that waits. EXEC itself waits
 * for nothing else but room in memory: syncobjs are waited for later. VM_BIND is refused
 * for addresses and sizes that only the driver knows.
 */
static const struct pvdrm_ioctl_entry xe_ioctls[] = {
	IOCTL(XE_DEVICE_QUERY,		NOTHING,	FIELDS(device_query)),
	IOCTL(XE_GEM_CREATE,		MAY_BLOCK, FIELDS(gem_create),
	      CREATES(struct drm_xe_gem_create, size, handle)),
	IOCTL(XE_GEM_MMAP_OFFSET,	NOTHING,	FIELDS(gem_mmap_offset)),
	IOCTL(XE_VM_CREATE,		MAY_BLOCK,	FIELDS(vm_create),
	      MAKES_OBJECTS(1)),
	IOCTL(XE_VM_DESTROY,		MAY_BLOCK | ENDS, FREES_OBJECT),
	IOCTL(XE_VM_BIND,		MAY_BLOCK,	FIELDS(vm_bind), GROWS),
	IOCTL(XE_EXEC_QUEUE_CREATE,	MAY_BLOCK,	FIELDS(queue_create),
	      MAKES_OBJECTS(1)),
	IOCTL(XE_EXEC_QUEUE_DESTROY,	MAY_BLOCK | ENDS, FREES_OBJECT),
	IOCTL(XE_EXEC_QUEUE_GET_PROPERTY, NOTHING,	FIELDS(queue_get_property)),
	IOCTL(XE_EXEC,			MAY_BLOCK | SUBMITS, FIELDS(exec)),
	IOCTL(XE_MADVISE,		MAY_BLOCK,	FIELDS(madvise), GROWS),
	IOCTL(XE_VM_QUERY_MEM_RANGE_ATTRS, MAY_BLOCK,	FIELDS(query_mem_range_attr)),
	IOCTL(XE_EXEC_QUEUE_SET_PROPERTY, NOTHING,	FIELDS(queue_set_property)),
	IOCTL(XE_VM_GET_PROPERTY,	NOTHING,	FIELDS(vm_get_property)),
};

static const struct pvdrm_refusal xe_refused[] = {
	REFUSED(XE_WAIT_USER_FENCE,
		"waits for a value in the memory of the process in dom0"),
	REFUSED(XE_OBSERVATION, "counts what all users of the GPU do"),
};

/* Also banned are queues whose work ran while the whole GPU was reset. */
static const struct pvdrm_hang_rule xe_hangs = {
	.submit = DRM_IOCTL_XE_EXEC,
	.used = offsetof(struct drm_xe_exec, exec_queue_id),
	.free = DRM_IOCTL_XE_EXEC_QUEUE_DESTROY,
	.freed = offsetof(struct drm_xe_exec_queue_destroy, exec_queue_id),
	.ask = DRM_IOCTL_XE_EXEC_QUEUE_GET_PROPERTY,
	.id = offsetof(struct drm_xe_exec_queue_get_property, exec_queue_id),
	.op = offsetof(struct drm_xe_exec_queue_get_property, property),
	.value = DRM_XE_EXEC_QUEUE_GET_PROPERTY_BAN,
	.answer = offsetof(struct drm_xe_exec_queue_get_property, value),
	.mask = 1,
};

/* A user fence has an address in place of the handle. */
static const struct pvdrm_work_rule xe_work[] = {
	WORK_IN_QUEUE(XE_EXEC, struct drm_xe_exec, exec_queue_id),
	WORK_SIGNALS(XE_EXEC, struct drm_xe_sync, handle,
		     MANY_OF(struct drm_xe_exec, syncs, num_syncs,
			     struct drm_xe_sync,
			     ONLY_IF_BOTH(struct drm_xe_sync,
					  type, ~DRM_XE_SYNC_TYPE_TIMELINE_SYNCOBJ,
					  DRM_XE_SYNC_TYPE_SYNCOBJ,
					  flags, DRM_XE_SYNC_FLAG_SIGNAL,
					  DRM_XE_SYNC_FLAG_SIGNAL))),
	WORK_IN_SPACE(XE_EXEC),
	{ 0 }
};

const struct pvdrm_driver_table pvdrm_xe_table = {
	.driver = "xe",
	.ioctls = xe_ioctls,
	.nr = ARRAY_SIZE(xe_ioctls),
	.refused = xe_refused,
	.nr_refused = ARRAY_SIZE(xe_refused),
	.hangs = &xe_hangs,
	.work = xe_work,
};
