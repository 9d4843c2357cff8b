// SPDX-License-Identifier: GPL-2.0-only
/*
 * panthor.c: the ioctls of panthor
 *
 * Read with panthor_drv.c, panthor_sched.c, panthor_mmu.c and panthor_heap.c of Linux
 * 7.2 and 6.12, which has fewer ioctls and queries; 6.1 has no such driver. Queries of
 * later kernels, which might have pointers, get the answer of a kernel that does not
 * know them.
 */
#include "back/tables/tables.h"
#include "uapi/newest/panthor_drm.h"

/* As the driver's MAX_CS_PER_CSG, which says EINVAL to more, and PANTHOR_BO_LABEL_MAXLEN */
#define MOST_QUEUES	32
#define MOST_OF_LABEL	4096

/* The driver takes as many as it is told; so many are never needed */
#define MOST_JOBS	1024
#define MOST_BINDS	4096
#define MOST_SYNCS	4096
#define MOST_SYNC_OPS	16384

/*
 * The memory of a tiler heap is counted nowhere, and the driver lets it grow as it is
 * told. Mesa asks for so much.
 */
#define MOST_CHUNKS	64
#define MOST_OF_CHUNK	(2u << 20)

/*
 * Arrays say how large their elements are. So far none may be smaller, and the driver
 * insists on zeroes in what it does not know of a larger one, which does not cross.
 */
#define OBJECTS(member, type, limit, ...) \
	REFUSE(EINVAL, WHEN_NE(member.count, 0), \
	       RANGE(member.stride, 0, sizeof(type) - 1)), \
	REFUSE(E2BIG, WHEN_NE(member.count, 0), \
	       RANGE(member.stride, sizeof(type) + 1, ~0u)), \
	ARRAY(member.array, IN, COUNT(member.count), STRIDE(member.stride), \
	      ELEM(type), AT_MOST(limit), __VA_ARGS__)

/* The clock of the processor is dom0's, of which a guest knows nothing. */
#define ARG struct drm_panthor_timestamp_info
static const struct pvdrm_field_entry timestamp_info[] = {
	REFUSE(EINVAL, WHEN_ANY(flags, DRM_PANTHOR_TIMESTAMP_CPU_TYPE_MASK)),
};

#undef ARG

#define ARG struct drm_panthor_dev_query
static const struct pvdrm_field_entry dev_query[] = {
	REFUSE(EINVAL,
	       WHEN_GT(type, DRM_PANTHOR_DEV_QUERY_GROUP_PRIORITIES_INFO)),
	ARRAY(pointer, INOUT, UNITS(size, 1),
	      ELEM(struct drm_panthor_timestamp_info), AT_MOST(XENDRM_MAX_ARG),
	      EACH(timestamp_info),
	      WHEN_EQ(type, DRM_PANTHOR_DEV_QUERY_TIMESTAMP_INFO)),
	ARRAY(pointer, INOUT, COUNT(size), ELEM(char), AT_MOST(XENDRM_MAX_ARG)),
};

#undef ARG

#define ARG struct drm_panthor_vm_bind_op
static const struct pvdrm_field_entry bind_op[] = {
	OBJECTS(syncs, struct drm_panthor_sync_op, MOST_SYNCS),
};

#undef ARG

#define ARG struct drm_panthor_vm_bind
static const struct pvdrm_field_entry vm_bind[] = {
	OBJECTS(ops, struct drm_panthor_vm_bind_op, MOST_BINDS, EACH(bind_op)),
};

#undef ARG

/* The driver would grant these for the rights of the process in dom0 */
#define ARG struct drm_panthor_group_create
static const struct pvdrm_field_entry group_create[] = {
	REFUSE(EINVAL, WHEN_GT(queues.count, MOST_QUEUES)),
	REFUSE(EACCES, WHEN_EQ(priority, PANTHOR_GROUP_PRIORITY_HIGH)),
	REFUSE(EACCES, WHEN_EQ(priority, PANTHOR_GROUP_PRIORITY_REALTIME)),
	OBJECTS(queues, struct drm_panthor_queue_create, MOST_QUEUES),
};

#undef ARG

#define ARG struct drm_panthor_queue_submit
static const struct pvdrm_field_entry queue_submit[] = {
	OBJECTS(syncs, struct drm_panthor_sync_op, MOST_SYNCS),
};

#undef ARG

#define ARG struct drm_panthor_group_submit
static const struct pvdrm_field_entry group_submit[] = {
	OBJECTS(queue_submits, struct drm_panthor_queue_submit, MOST_JOBS,
		EACH(queue_submit)),
};

#undef ARG

#define ARG struct drm_panthor_tiler_heap_create
static const struct pvdrm_field_entry tiler_heap_create[] = {
	REFUSE(ENOMEM, WHEN_GT(max_chunks, MOST_CHUNKS)),
	REFUSE(ENOMEM, WHEN_GT(chunk_size, MOST_OF_CHUNK)),
};

#undef ARG

#define ARG struct drm_panthor_bo_set_label
static const struct pvdrm_field_entry bo_set_label[] = {
	STRING(label, MOST_OF_LABEL),
};

#undef ARG

#define ARG struct drm_panthor_bo_sync
static const struct pvdrm_field_entry bo_sync[] = {
	OBJECTS(ops, struct drm_panthor_bo_sync_op, MOST_SYNC_OPS),
};

#undef ARG

/*
 * A submission is refused if its group has failed, and for the queue that each job of it
 * names, so a program waits for it.
 */
static const struct pvdrm_ioctl_entry panthor_ioctls[] = {
	IOCTL(PANTHOR_DEV_QUERY,	NOTHING,	FIELDS(dev_query)),
	IOCTL(PANTHOR_VM_CREATE,	NOTHING,	MAKES_OBJECTS(1)),
	IOCTL(PANTHOR_VM_DESTROY,	MAY_BLOCK,	FREES_OBJECT),
	IOCTL(PANTHOR_VM_BIND,		MAY_BLOCK,	FIELDS(vm_bind), GROWS),
	IOCTL(PANTHOR_VM_GET_STATE,	NOTHING),
	IOCTL(PANTHOR_BO_CREATE,	NOTHING,
	      CREATES(struct drm_panthor_bo_create, size, handle)),
	IOCTL(PANTHOR_BO_MMAP_OFFSET,	NOTHING),
	IOCTL(PANTHOR_GROUP_CREATE,	MAY_BLOCK,	FIELDS(group_create),
	      MAKES_OBJECTS(1)),
	IOCTL(PANTHOR_GROUP_DESTROY,	MAY_BLOCK,	FREES_OBJECT),
	IOCTL(PANTHOR_GROUP_SUBMIT,	MAY_BLOCK,	FIELDS(group_submit)),
	IOCTL(PANTHOR_GROUP_GET_STATE,	NOTHING),
	IOCTL(PANTHOR_TILER_HEAP_CREATE, MAY_BLOCK,	FIELDS(tiler_heap_create),
	      MAKES_OBJECTS(1)),
	IOCTL(PANTHOR_TILER_HEAP_DESTROY, MAY_BLOCK,	FREES_OBJECT),
	IOCTL(PANTHOR_BO_SET_LABEL,	NOTHING,	FIELDS(bo_set_label), GROWS),
	IOCTL(PANTHOR_BO_SYNC,		NOTHING,	FIELDS(bo_sync)),
	IOCTL(PANTHOR_BO_QUERY_INFO,	NOTHING),
};

static const struct pvdrm_refusal panthor_refused[] = {
	REFUSED(PANTHOR_SET_USER_MMIO_OFFSET,
		"says where registers are mapped, which cannot be granted"),
};

static const struct pvdrm_work_rule panthor_work[] = {
	WORK_IN_QUEUES(PANTHOR_GROUP_SUBMIT, struct drm_panthor_group_submit,
		       group_handle, struct drm_panthor_queue_submit, queue_index,
		       MANY_OF(struct drm_panthor_group_submit,
			       queue_submits.array, queue_submits.count,
			       struct drm_panthor_queue_submit)),
	WORK_SIGNALS(PANTHOR_GROUP_SUBMIT, struct drm_panthor_sync_op, handle,
		     MANY_OF(struct drm_panthor_group_submit,
			     queue_submits.array, queue_submits.count,
			     struct drm_panthor_queue_submit),
		     MANY_OF(struct drm_panthor_queue_submit, syncs.array,
			     syncs.count, struct drm_panthor_sync_op,
			     ONLY_IF(struct drm_panthor_sync_op, flags,
				     (u32)DRM_PANTHOR_SYNC_OP_SIGNAL,
				     (u32)DRM_PANTHOR_SYNC_OP_SIGNAL))),
	WORK_IN_SPACE(PANTHOR_GROUP_SUBMIT),
	{ 0 }
};

const struct pvdrm_driver_table pvdrm_panthor_table = {
	.driver = "panthor",
	.ioctls = panthor_ioctls,
	.nr = ARRAY_SIZE(panthor_ioctls),
	.refused = panthor_refused,
	.nr_refused = ARRAY_SIZE(panthor_refused),
	.work = panthor_work,
};
