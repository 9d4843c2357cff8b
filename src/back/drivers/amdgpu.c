// SPDX-License-Identifier: GPL-2.0-only
/*
 * amdgpu.c: the ioctls of amdgpu
 *
 * Read with amdgpu_cs.c, amdgpu_bo_list.c, amdgpu_gem.c, amdgpu_kms.c,
 * amdgpu_ctx.c and amdgpu_userq.c of Linux 7.2. Older drivers have fewer ioctls,
 * a shorter GEM_VA, which drm_ioctl() allows for, and refuse the operations that
 * they do not know.
 */
#include "back/tables/tables.h"
#include "uapi/newest/amdgpu_drm.h"

/* As the driver has it, which says EINVAL to more */
#define MOST_BUFFERS	(128 * 1024)

/* The driver takes as many as it is told; so many are never needed */
#define MOST_CHUNKS	4096
#define MOST_FENCES	4096		/* contiguous: 24 bytes each */
#define MOST_SYNCOBJS	16384		/* contiguous: 4 bytes each */
#define MOST_MAPPINGS	32768
#define MOST_HANDLES	16384

/* The longest command buffer that each version takes, in bytes */
#define LONGEST_IB	(0xfffff * 4)

/* What an array of pointers has */
struct amdgpu_cs_pointer {
	__u64 chunk;
};

#define ARG struct drm_amdgpu_bo_list_in
static const struct pvdrm_field_entry bo_handles[] = {
	REFUSE(EINVAL, WHEN_GT(bo_number, MOST_BUFFERS)),
	ARRAY(bo_info_ptr, IN_HANDLES, COUNT(bo_number), STRIDE(bo_info_size),
	      ELEM(struct drm_amdgpu_bo_list_entry), AT_MOST(MOST_BUFFERS)),
	QUEUE(bo_info_size),
};

#undef ARG

#define ARG union drm_amdgpu_bo_list
static const struct pvdrm_field_entry bo_list[] = {
	REFUSE(EINVAL, WHEN_GT(in.bo_number, MOST_BUFFERS)),
	ARRAY(in.bo_info_ptr, IN_RESULT, COUNT(in.bo_number),
	      STRIDE(in.bo_info_size), ELEM(struct drm_amdgpu_bo_list_entry),
	      AT_MOST(MOST_BUFFERS)),
};

#undef ARG

/*
 * amdgpu_cs_submit() returns the number of the fence. amdgpu_ctx_add_fence() counts them for each
 * ring of a context; the last IB says for which. What the driver might refuse because of the flags
 * of IBs, their number, or the user fence is of a form that has not succeeded before. Video engines
 * look into IBs.
 */
#define ARG struct drm_amdgpu_cs_chunk_ib
static const struct pvdrm_field_entry cs_ib[] = {
	QUEUE(ip_type, COUNTED),
	QUEUE(ring, COUNTED),
	QUEUE(flags),
	WAIT(WHEN_GT(ip_type, AMDGPU_HW_IP_DMA)),
	WAIT(WHEN_NE(ip_instance, 0)),
	WAIT(WHEN_EQ(ib_bytes, 0)),
	WAIT(WHEN_GT(ib_bytes, LONGEST_IB)),
};

#undef ARG

#define ARG struct drm_amdgpu_cs_chunk_fence
static const struct pvdrm_field_entry cs_fence[] = {
	QUEUE(handle),
	QUEUE(offset),
};

#undef ARG

#define ARG struct drm_amdgpu_cs_chunk_sem
static const struct pvdrm_field_entry cs_in[] = {
	SYNC(handle, WAITED),
};

static const struct pvdrm_field_entry cs_out[] = {
	SYNC(handle, SIGNALLED),
};

#undef ARG

/* A point that is there need not be waited for. The flags of one that is signalled are ignored. */
#define ARG struct drm_amdgpu_cs_chunk_syncobj
static const struct pvdrm_field_entry cs_timeline_in[] = {
	SYNC(handle, WAITED, POINT(point)),
	WAIT(WHEN_ANY(flags, (u32)~DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT)),
};

static const struct pvdrm_field_entry cs_timeline_out[] = {
	SYNC(handle, SIGNALLED, POINT(point)),
};

#undef ARG

#define CHUNK(id, direction, type, list) \
	ARRAY(chunk_data, direction, UNITS(length_dw, 4), ELEM(type), \
	      AT_MOST(XENDRM_MAX_ARG / 4), EACH(list), \
	      WHEN_EQ(chunk_id, AMDGPU_CHUNK_ID_##id))

/*
 * Of the chunks, one has a pointer within. Those of later kernels, which might,
 * get the answer of a kernel that does not know them.
 */
#define ARG struct drm_amdgpu_cs_chunk
static const struct pvdrm_field_entry cs_chunk[] = {
	REFUSE(EINVAL, WHEN_GT(chunk_id, AMDGPU_CHUNK_ID_CP_GFX_SHADOW)),
	QUEUE(chunk_id),
	QUEUE(length_dw),
	WAIT(WHEN_EQ(chunk_id, AMDGPU_CHUNK_ID_DEPENDENCIES)),
	WAIT(WHEN_EQ(chunk_id, AMDGPU_CHUNK_ID_SCHEDULED_DEPENDENCIES)),
	WAIT(WHEN_EQ(chunk_id, AMDGPU_CHUNK_ID_CP_GFX_SHADOW)),
	CHUNK(BO_HANDLES, IN, struct drm_amdgpu_bo_list_in, bo_handles),
	CHUNK(IB, IN, struct drm_amdgpu_cs_chunk_ib, cs_ib),
	CHUNK(FENCE, IN, struct drm_amdgpu_cs_chunk_fence, cs_fence),
	CHUNK(SYNCOBJ_IN, IN_MANY, struct drm_amdgpu_cs_chunk_sem, cs_in),
	CHUNK(SYNCOBJ_OUT, IN_MANY, struct drm_amdgpu_cs_chunk_sem, cs_out),
	CHUNK(SYNCOBJ_TIMELINE_WAIT, IN_MANY,
	      struct drm_amdgpu_cs_chunk_syncobj, cs_timeline_in),
	CHUNK(SYNCOBJ_TIMELINE_SIGNAL, IN_MANY,
	      struct drm_amdgpu_cs_chunk_syncobj, cs_timeline_out),
	ARRAY(chunk_data, IN, COUNT(length_dw), ELEM(__u32),
	      AT_MOST(XENDRM_MAX_ARG / 4)),
};

#undef ARG

#define ARG struct amdgpu_cs_pointer
static const struct pvdrm_field_entry cs_pointer[] = {
	ARRAY(chunk, IN, ONE, ELEM(struct drm_amdgpu_cs_chunk), EACH(cs_chunk)),
};

#undef ARG

#define ARG union drm_amdgpu_cs
static const struct pvdrm_field_entry cs[] = {
	QUEUE(in.ctx_id, COUNTED),
	NUMBER(out.handle),
	WAIT(WHEN_NE(in.bo_list_handle, 0)),
	WAIT(WHEN_NE(in.flags, 0)),
	ARRAY(in.chunks, IN, COUNT(in.num_chunks),
	      ELEM(struct amdgpu_cs_pointer), AT_MOST(MOST_CHUNKS),
	      EACH(cs_pointer)),
};

#undef ARG

/* The driver writes no more than it has: INOUT */
#define ARG struct drm_amdgpu_info
static const struct pvdrm_field_entry info[] = {
	ARRAY(return_pointer, INOUT, COUNT(return_size), ELEM(char),
	      AT_MOST(XENDRM_MAX_ARG)),
};

#undef ARG

/*
 * Priorities above normal would be granted for the rights of the process in
 * dom0. The clocks are those of the whole GPU, as is the last address space that
 * can be reserved.
 */
#define ARG union drm_amdgpu_ctx
static const struct pvdrm_field_entry ctx[] = {
	REFUSE(EACCES, WHEN_EQ(in.priority, AMDGPU_CTX_PRIORITY_HIGH)),
	REFUSE(EACCES, WHEN_EQ(in.priority, AMDGPU_CTX_PRIORITY_VERY_HIGH)),
	REFUSE(EACCES, WHEN_EQ(in.op, AMDGPU_CTX_OP_SET_STABLE_PSTATE)),
};

#undef ARG

#define ARG union drm_amdgpu_vm
static const struct pvdrm_field_entry vm[] = {
	REFUSE(EACCES, WHEN_EQ(in.op, AMDGPU_VM_OP_RESERVE_VMID)),
};

#undef ARG

#define ARG union drm_amdgpu_gem_wait_idle
static const struct pvdrm_field_entry gem_wait_idle[] = {
	ABS_TIMEOUT_OR_RESULT(in.timeout),
};

#undef ARG

#define ARG union drm_amdgpu_wait_cs
static const struct pvdrm_field_entry wait_cs[] = {
	ABS_TIMEOUT_OR_RESULT(in.timeout),
};

#undef ARG

#define ARG union drm_amdgpu_wait_fences
static const struct pvdrm_field_entry wait_fences[] = {
	ARRAY(in.fences, IN_RESULT, COUNT(in.fence_count),
	      ELEM(struct drm_amdgpu_fence), AT_MOST(MOST_FENCES)),
	ABS_TIMEOUT_OR_RESULT(in.timeout_ns),
};

#undef ARG

#define ARG union drm_amdgpu_fence_to_handle
static const struct pvdrm_field_entry fence_to_handle[] = {
	FD(out.handle, SYNCOBJ, OUT_RESULT,
	   WHEN_EQ(in.what, AMDGPU_FENCE_TO_HANDLE_GET_SYNCOBJ_FD)),
	FD(out.handle, SYNC_FILE, OUT_RESULT,
	   WHEN_EQ(in.what, AMDGPU_FENCE_TO_HANDLE_GET_SYNC_FILE_FD)),
};

#undef ARG

#define ARG struct drm_amdgpu_gem_va
static const struct pvdrm_field_entry gem_va[] = {
	ARRAY(input_fence_syncobj_handles, IN, COUNT(num_syncobj_handles),
	      ELEM(__u32), AT_MOST(MOST_SYNCOBJS)),
};

#undef ARG

/* What the value is depends on the operation: one sets it to a domain */
#define ARG struct drm_amdgpu_gem_op
static const struct pvdrm_field_entry gem_op[] = {
	REFUSE(EINVAL, WHEN_GT(op, AMDGPU_GEM_OP_GET_MAPPING_INFO)),
	ARRAY(value, OUT, ONE, ELEM(struct drm_amdgpu_gem_create_in),
	      WHEN_EQ(op, AMDGPU_GEM_OP_GET_GEM_CREATE_INFO)),
	ARRAY(value, INOUT, COUNT(num_entries),
	      ELEM(struct drm_amdgpu_gem_vm_entry), AT_MOST(MOST_MAPPINGS),
	      WHEN_EQ(op, AMDGPU_GEM_OP_GET_MAPPING_INFO)),
};

#undef ARG

#define ARG struct drm_amdgpu_gem_list_handles
static const struct pvdrm_field_entry gem_list_handles[] = {
	ARRAY(entries, INOUT, COUNT(num_entries),
	      ELEM(struct drm_amdgpu_gem_list_handles_entry),
	      AT_MOST(MOST_HANDLES)),
};

#undef ARG

/* What makes room for a buffer, or maps one, may have to wait for the GPU */
static const struct pvdrm_ioctl_entry amdgpu_ioctls[] = {
	IOCTL(AMDGPU_GEM_CREATE,	MAY_BLOCK,
	      CREATES(union drm_amdgpu_gem_create, in.bo_size, out.handle)),
	IOCTL(AMDGPU_GEM_MMAP,		NOTHING),
	IOCTL(AMDGPU_CTX,		ENDS,		FIELDS(ctx),
	      OBJECTS_BY(union drm_amdgpu_ctx, in.op, AMDGPU_CTX_OP_ALLOC_CTX,
			 AMDGPU_CTX_OP_FREE_CTX)),
	IOCTL(AMDGPU_BO_LIST,		NOTHING,	FIELDS(bo_list),
	      OBJECTS_BY(union drm_amdgpu_bo_list, in.operation,
			 AMDGPU_BO_LIST_OP_CREATE, AMDGPU_BO_LIST_OP_DESTROY,
			 NAMED(union drm_amdgpu_bo_list, out.list_handle,
			       in.list_handle))),
	IOCTL(AMDGPU_CS,		MAY_BLOCK | SUBMITS,	FIELDS(cs)),
	IOCTL(AMDGPU_INFO,		NOTHING,	FIELDS(info)),
	IOCTL(AMDGPU_GEM_METADATA,	NOTHING),
	IOCTL(AMDGPU_GEM_WAIT_IDLE,	MAY_BLOCK,	FIELDS(gem_wait_idle)),
	IOCTL(AMDGPU_GEM_VA,		MAY_BLOCK,	FIELDS(gem_va), GROWS),
	IOCTL(AMDGPU_WAIT_CS,		MAY_BLOCK,	FIELDS(wait_cs)),
	IOCTL(AMDGPU_GEM_OP,		NOTHING,	FIELDS(gem_op)),
	IOCTL(AMDGPU_WAIT_FENCES,	MAY_BLOCK,	FIELDS(wait_fences)),
	IOCTL(AMDGPU_VM,		NOTHING,	FIELDS(vm)),
	IOCTL(AMDGPU_FENCE_TO_HANDLE,	NOTHING,	FIELDS(fence_to_handle),
	      OBJECTS_BY(union drm_amdgpu_fence_to_handle, in.what,
			 AMDGPU_FENCE_TO_HANDLE_GET_SYNCOBJ, NEVER)),
	IOCTL(AMDGPU_GEM_LIST_HANDLES,	NOTHING,	FIELDS(gem_list_handles)),
};

/* Guilty are those whose work made the driver reset the whole GPU. */
static const struct pvdrm_hang_rule amdgpu_hangs = {
	.submit = DRM_IOCTL_AMDGPU_CS,
	.used = offsetof(union drm_amdgpu_cs, in.ctx_id),
	.free = DRM_IOCTL_AMDGPU_CTX,
	.freed = offsetof(union drm_amdgpu_ctx, in.ctx_id),
	.ask = DRM_IOCTL_AMDGPU_CTX,
	.id = offsetof(union drm_amdgpu_ctx, in.ctx_id),
	.op = offsetof(union drm_amdgpu_ctx, in.op),
	.value = AMDGPU_CTX_OP_QUERY_STATE2,
	.answer = offsetof(union drm_amdgpu_ctx, out.state.flags),
	.mask = AMDGPU_CTX_QUERY2_FLAGS_GUILTY,
};

static const char user_queues[] =
	"works with doorbells, which are registers and cannot be granted";

static const struct pvdrm_refusal amdgpu_refused[] = {
	REFUSED(AMDGPU_GEM_USERPTR,
		"would make a buffer of the memory of the process in dom0"),
	REFUSED(AMDGPU_SCHED, "privileged: sets other programs' priorities"),
	REFUSED(AMDGPU_USERQ, user_queues),
	REFUSED(AMDGPU_USERQ_SIGNAL, user_queues),
	REFUSED(AMDGPU_USERQ_WAIT, user_queues),
};

#define CHUNK_OF(id) \
	MANY_OF(union drm_amdgpu_cs, in.chunks, in.num_chunks, \
		struct amdgpu_cs_pointer), \
	ONE_OF(struct amdgpu_cs_pointer, chunk, struct drm_amdgpu_cs_chunk, \
	       ONLY_IF(struct drm_amdgpu_cs_chunk, chunk_id, ~0u, id))

/* What names its buffers by a list made before, and signals nothing, is not seen. */
static const struct pvdrm_work_rule amdgpu_work[] = {
	WORK_ON_BUFFER(AMDGPU_CS, struct drm_amdgpu_bo_list_entry, bo_handle,
		       CHUNK_OF(AMDGPU_CHUNK_ID_BO_HANDLES),
		       ONE_OF(struct drm_amdgpu_cs_chunk, chunk_data,
			      struct drm_amdgpu_bo_list_in),
		       MANY_OF(struct drm_amdgpu_bo_list_in, bo_info_ptr,
			       bo_number, struct drm_amdgpu_bo_list_entry)),
	WORK_SIGNALS(AMDGPU_CS, struct drm_amdgpu_cs_chunk_sem, handle,
		     CHUNK_OF(AMDGPU_CHUNK_ID_SYNCOBJ_OUT),
		     ONE_OF(struct drm_amdgpu_cs_chunk, chunk_data,
			    struct drm_amdgpu_cs_chunk_sem)),
	WORK_SIGNALS(AMDGPU_CS, struct drm_amdgpu_cs_chunk_syncobj, handle,
		     CHUNK_OF(AMDGPU_CHUNK_ID_SYNCOBJ_TIMELINE_SIGNAL),
		     ONE_OF(struct drm_amdgpu_cs_chunk, chunk_data,
			    struct drm_amdgpu_cs_chunk_syncobj)),
	{ 0 }
};

const struct pvdrm_driver_table pvdrm_amdgpu_table = {
	.driver = "amdgpu",
	.ioctls = amdgpu_ioctls,
	.nr = ARRAY_SIZE(amdgpu_ioctls),
	.refused = amdgpu_refused,
	.nr_refused = ARRAY_SIZE(amdgpu_refused),
	.hangs = &amdgpu_hangs,
	.work = amdgpu_work,
};
