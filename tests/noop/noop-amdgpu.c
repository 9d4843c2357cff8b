// SPDX-License-Identifier: GPL-2.0-only
/*
 * noop-amdgpu.c: the ioctls of amdgpu
 */
#include "noop-amdgpu.h"

#include <linux/dma-fence.h>
#include <linux/file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <drm/drm_syncobj.h>

/* ----------------------------------------------------------------- buffers */

/* What the driver remembers of a buffer */
struct amdgpu_bo {
	struct drm_amdgpu_gem_create_in made;
	struct drm_amdgpu_gem_metadata metadata;
};

static int gem_create(struct noop_call *call, union drm_amdgpu_gem_create *arg)
{
	struct amdgpu_bo *bo;
	u32 handle;
	int ret;

	noop_add_value(call, arg->in);
	if (!arg->in.domains || arg->in.domains & ~(u64)AMDGPU_GEM_DOMAIN_MASK)
		return -EINVAL;
	bo = kzalloc(sizeof(*bo), GFP_KERNEL);
	if (!bo)
		return -ENOMEM;
	bo->made = arg->in;
	bo->made.bo_size = PAGE_ALIGN(arg->in.bo_size);
	ret = noop_bo_create(call, bo->made.bo_size, bo, &handle);
	memset(arg, 0, sizeof(*arg));
	if (!ret)
		arg->out.handle = handle;
	return ret;
}

NOOP_HANDLER(gem_create, DRM_AMDGPU_GEM_CREATE, union drm_amdgpu_gem_create)

static int gem_mmap(struct noop_call *call, union drm_amdgpu_gem_mmap *arg)
{
	u32 handle = arg->in.handle;

	noop_add_value(call, arg->in);
	return noop_bo_offset(call, handle, &arg->out.addr_ptr);
}

NOOP_HANDLER(gem_mmap, DRM_AMDGPU_GEM_MMAP, union drm_amdgpu_gem_mmap)

static int access_metadata(struct amdgpu_bo *bo, struct drm_amdgpu_gem_metadata *arg)
{
	/* A dumb buffer has none. */
	if (!bo)
		return -EINVAL;
	switch (arg->op) {
	case AMDGPU_GEM_METADATA_OP_SET_METADATA:
		if (arg->data.data_size_bytes > sizeof(arg->data.data))
			return -EINVAL;
		bo->metadata = *arg;
		return 0;
	case AMDGPU_GEM_METADATA_OP_GET_METADATA:
		arg->data = bo->metadata.data;
		return 0;
	default:
		return -EINVAL;
	}
}

static int gem_metadata(struct noop_call *call, struct drm_amdgpu_gem_metadata *arg)
{
	struct drm_gem_object *obj = drm_gem_object_lookup(call->file, arg->handle);
	int ret;

	noop_add_value(call, *arg);
	if (!obj)
		return -ENOENT;
	ret = access_metadata(to_noop_bo(obj)->priv, arg);
	drm_gem_object_put(obj);
	return ret;
}

NOOP_HANDLER(gem_metadata, DRM_AMDGPU_GEM_METADATA, struct drm_amdgpu_gem_metadata)

static int gem_op(struct noop_call *call, struct drm_amdgpu_gem_op *arg)
{
	struct drm_gem_object *obj = drm_gem_object_lookup(call->file, arg->handle);
	const struct amdgpu_bo *bo;
	int ret = -EINVAL;

	noop_add_value(call, arg->handle);
	noop_add_value(call, arg->op);
	if (!obj)
		return -ENOENT;
	bo = to_noop_bo(obj)->priv;
	if (bo && arg->op == AMDGPU_GEM_OP_GET_GEM_CREATE_INFO)
		ret = copy_to_user(u64_to_user_ptr(arg->value), &bo->made, sizeof(bo->made)) ?
		      -EFAULT : 0;
	drm_gem_object_put(obj);
	return ret;
}

NOOP_HANDLER(gem_op, DRM_AMDGPU_GEM_OP, struct drm_amdgpu_gem_op)

static int gem_wait_idle(struct noop_call *call, union drm_amdgpu_gem_wait_idle *arg)
{
	u32 handle = arg->in.handle;

	noop_add_value(call, handle);
	if (!noop_bo_exists(call, handle))
		return -ENOENT;
	memset(arg, 0, sizeof(*arg));
	return 0;
}

NOOP_HANDLER(gem_wait_idle, DRM_AMDGPU_GEM_WAIT_IDLE, union drm_amdgpu_gem_wait_idle)

static int change_va(struct noop_call *call, const struct drm_amdgpu_gem_va *arg)
{
	switch (arg->operation) {
	case AMDGPU_VA_OP_REPLACE:
		noop_unmap(call, arg->va_address, arg->map_size);
		fallthrough;
	case AMDGPU_VA_OP_MAP:
		/* Sparse, without a buffer */
		if (arg->flags & AMDGPU_VM_PAGE_PRT)
			return 0;
		return noop_map(call, arg->handle, arg->va_address, arg->map_size,
				arg->offset_in_bo);
	case AMDGPU_VA_OP_UNMAP:
	case AMDGPU_VA_OP_CLEAR:
		noop_unmap(call, arg->va_address, arg->map_size);
		return 0;
	default:
		return -EINVAL;
	}
}

static int gem_va(struct noop_call *call, struct drm_amdgpu_gem_va *arg)
{
	u32 *waits;
	int ret;

	noop_add(call, arg, offsetofend(struct drm_amdgpu_gem_va, map_size));
	noop_add_value(call, arg->num_syncobj_handles);
	waits = noop_get(call, arg->input_fence_syncobj_handles, arg->num_syncobj_handles,
			 sizeof(*waits));
	if (IS_ERR(waits))
		return PTR_ERR(waits);
	kvfree(waits);
	ret = change_va(call, arg);
	if (!ret && arg->vm_timeline_syncobj_out)
		ret = noop_syncobj_signal(call, arg->vm_timeline_syncobj_out,
					  arg->vm_timeline_point);
	return ret;
}

NOOP_HANDLER(gem_va, DRM_AMDGPU_GEM_VA, struct drm_amdgpu_gem_va)

/* --------------------------------------------------- contexts, address space */

static int ctx_op(struct noop_call *call, union drm_amdgpu_ctx *arg)
{
	const struct drm_amdgpu_ctx_in in = arg->in;
	struct noop_context *context;

	noop_add_value(call, in);
	memset(arg, 0, sizeof(*arg));
	if (in.op == AMDGPU_CTX_OP_ALLOC_CTX)
		return noop_context_create(call, &arg->out.alloc.ctx_id);
	if (in.op == AMDGPU_CTX_OP_FREE_CTX)
		return noop_context_destroy(call, in.ctx_id);
	context = noop_context(call, in.ctx_id);
	if (!context)
		return -EINVAL;
	switch (in.op) {
	case AMDGPU_CTX_OP_QUERY_STATE:
	case AMDGPU_CTX_OP_QUERY_STATE2:
		return 0;
	case AMDGPU_CTX_OP_GET_STABLE_PSTATE:
		arg->out.pstate.flags = context->state;
		return 0;
	case AMDGPU_CTX_OP_SET_STABLE_PSTATE:
		context->state = in.flags;
		return 0;
	default:
		return -EINVAL;
	}
}

NOOP_HANDLER(ctx_op, DRM_AMDGPU_CTX, union drm_amdgpu_ctx)

static int vm_op(struct noop_call *call, union drm_amdgpu_vm *arg)
{
	u32 op = arg->in.op;

	noop_add_value(call, arg->in);
	return op == AMDGPU_VM_OP_RESERVE_VMID || op == AMDGPU_VM_OP_UNRESERVE_VMID ? 0 : -EINVAL;
}

NOOP_HANDLER(vm_op, DRM_AMDGPU_VM, union drm_amdgpu_vm)

/* ------------------------------------------------------------- buffer lists */

static int check_buffers(struct noop_call *call, const struct drm_amdgpu_bo_list_in *in)
{
	const struct drm_amdgpu_bo_list_entry *entries;
	int ret = 0;
	u32 i;

	noop_add(call, in, offsetof(struct drm_amdgpu_bo_list_in, bo_info_ptr));
	if (in->bo_info_size != sizeof(*entries))
		return -EINVAL;
	entries = noop_get(call, in->bo_info_ptr, in->bo_number, sizeof(*entries));
	if (IS_ERR(entries))
		return PTR_ERR(entries);
	for (i = 0; i < in->bo_number && !ret; i++)
		if (!noop_bo_exists(call, entries[i].bo_handle))
			ret = -ENOENT;
	kvfree(entries);
	return ret;
}

/* A list is no more than its id, since nothing is executed. */
static int make_list(struct noop_call *call, union drm_amdgpu_bo_list *arg)
{
	u32 *list = kzalloc(sizeof(*list), GFP_KERNEL);
	int ret;

	if (!list)
		return -ENOMEM;
	ret = xa_alloc(&noop_file(call)->lists, list, list, xa_limit_31b, GFP_KERNEL);
	if (ret) {
		kfree(list);
		return ret;
	}
	memset(arg, 0, sizeof(*arg));
	arg->out.list_handle = *list;
	return 0;
}

static int bo_list(struct noop_call *call, union drm_amdgpu_bo_list *arg)
{
	int ret = check_buffers(call, &arg->in);

	if (ret)
		return ret;
	switch (arg->in.operation) {
	case AMDGPU_BO_LIST_OP_CREATE:
		return make_list(call, arg);
	case AMDGPU_BO_LIST_OP_DESTROY:
		kfree(xa_erase(&noop_file(call)->lists, arg->in.list_handle));
		return 0;
	case AMDGPU_BO_LIST_OP_UPDATE:
		return xa_load(&noop_file(call)->lists, arg->in.list_handle) ? 0 : -ENOENT;
	default:
		return -EINVAL;
	}
}

NOOP_HANDLER(bo_list, DRM_AMDGPU_BO_LIST, union drm_amdgpu_bo_list)

/* -------------------------------------------------------------- submissions */

static unsigned int skip;
module_param(skip, uint, 0644);
MODULE_PARM_DESC(skip, "amdgpu: leave out a number after so many submissions (0: never)");

/* Whose submissions are counted: an index of noop_context.seqno, or an error */
static int find_ring(u32 type, u32 instance, u32 ring)
{
	if (!noop_amdgpu_has_ring(type, ring) || instance || ring >= NOOP_RINGS)
		return -EINVAL;
	return type * NOOP_RINGS + ring;
}

static int read_ib(struct noop_call *call, const struct drm_amdgpu_cs_chunk_ib *ib)
{
	int ring = find_ring(ib->ip_type, ib->ip_instance, ib->ring);

	if (ring < 0)
		return ring;
	call->ring = ring;
	return noop_add_mapped(call, ib->va_start, ib->ib_bytes);
}

static int sync_binary(struct noop_call *call, u32 id,
		       const struct drm_amdgpu_cs_chunk_sem *sem, size_t nr)
{
	int ret = 0;

	for (; nr && !ret; nr--, sem++)
		ret = id == AMDGPU_CHUNK_ID_SYNCOBJ_IN ?
		      noop_syncobj_wait(call, sem->handle, 0, 0) :
		      noop_syncobj_signal(call, sem->handle, 0);
	return ret;
}

static int sync_timeline(struct noop_call *call, u32 id,
			 const struct drm_amdgpu_cs_chunk_syncobj *sync, size_t nr)
{
	int ret = 0;

	for (; nr && !ret; nr--, sync++)
		ret = id == AMDGPU_CHUNK_ID_SYNCOBJ_TIMELINE_WAIT ?
		      noop_syncobj_wait(call, sync->handle, sync->point, sync->flags) :
		      noop_syncobj_signal(call, sync->handle, sync->point);
	return ret;
}

static int take_chunk(struct noop_call *call, u32 id, const void *data, size_t len)
{
	switch (id) {
	case AMDGPU_CHUNK_ID_IB:
		return len < sizeof(struct drm_amdgpu_cs_chunk_ib) ? -EINVAL : read_ib(call, data);
	case AMDGPU_CHUNK_ID_FENCE:
	case AMDGPU_CHUNK_ID_DEPENDENCIES:
	case AMDGPU_CHUNK_ID_SCHEDULED_DEPENDENCIES:
	case AMDGPU_CHUNK_ID_CP_GFX_SHADOW:
		return 0;
	case AMDGPU_CHUNK_ID_SYNCOBJ_IN:
	case AMDGPU_CHUNK_ID_SYNCOBJ_OUT:
		return sync_binary(call, id, data, len / sizeof(struct drm_amdgpu_cs_chunk_sem));
	case AMDGPU_CHUNK_ID_SYNCOBJ_TIMELINE_WAIT:
	case AMDGPU_CHUNK_ID_SYNCOBJ_TIMELINE_SIGNAL:
		return sync_timeline(call, id, data,
				     len / sizeof(struct drm_amdgpu_cs_chunk_syncobj));
	default:
		return -EINVAL;
	}
}

static int read_chunk(struct noop_call *call, u64 from)
{
	struct drm_amdgpu_cs_chunk chunk;
	struct drm_amdgpu_bo_list_in list;
	void *data;
	int ret;

	if (copy_from_user(&chunk, u64_to_user_ptr(from), sizeof(chunk)))
		return -EFAULT;
	noop_add(call, &chunk, offsetof(struct drm_amdgpu_cs_chunk, chunk_data));
	if (chunk.chunk_id == AMDGPU_CHUNK_ID_BO_HANDLES) {
		if (copy_from_user(&list, u64_to_user_ptr(chunk.chunk_data), sizeof(list)))
			return -EFAULT;
		return check_buffers(call, &list);
	}
	data = noop_get(call, chunk.chunk_data, chunk.length_dw, 4);
	if (IS_ERR_OR_NULL(data))
		return data ? PTR_ERR(data) : -EINVAL;
	ret = take_chunk(call, chunk.chunk_id, data, chunk.length_dw * 4);
	kvfree(data);
	return ret;
}

static int read_chunks(struct noop_call *call, u64 from, u32 nr)
{
	u64 chunk;
	u32 i;
	int ret = 0;

	for (i = 0; i < nr && !ret; i++)
		ret = copy_from_user(&chunk, u64_to_user_ptr(from + i * sizeof(chunk)),
				     sizeof(chunk)) ? -EFAULT : read_chunk(call, chunk);
	return ret;
}

/* Of the ring that the last IB is for */
static u64 next_number(const struct noop_call *call, struct noop_context *context)
{
	u64 *seqno = &context->seqno[call->ring];

	if (skip && *seqno && !(*seqno % (skip + 1)))
		++*seqno;
	return ++*seqno;
}

static int cs(struct noop_call *call, union drm_amdgpu_cs *arg)
{
	struct noop_context *context = noop_context(call, arg->in.ctx_id);
	int ret;

	noop_add(call, &arg->in, offsetof(struct drm_amdgpu_cs_in, chunks));
	if (!context || !arg->in.num_chunks)
		return -EINVAL;
	if (arg->in.bo_list_handle && !xa_load(&noop_file(call)->lists, arg->in.bo_list_handle))
		return -ENOENT;
	ret = read_chunks(call, arg->in.chunks, arg->in.num_chunks);
	if (!ret)
		arg->out.handle = next_number(call, context);
	return ret;
}

NOOP_HANDLER(cs, DRM_AMDGPU_CS, union drm_amdgpu_cs)

/* ------------------------------------------------------------------ waiting */

/* As the driver: only what was submitted has a fence */
static int wait_cs(struct noop_call *call, union drm_amdgpu_wait_cs *arg)
{
	struct noop_context *context = noop_context(call, arg->in.ctx_id);
	int ring = find_ring(arg->in.ip_type, arg->in.ip_instance, arg->in.ring);

	noop_add_value(call, arg->in.ctx_id);
	noop_add_value(call, arg->in.handle);
	if (!context || ring < 0 || arg->in.handle > context->seqno[ring])
		return -EINVAL;
	memset(arg, 0, sizeof(*arg));
	return 0;
}

NOOP_HANDLER(wait_cs, DRM_AMDGPU_WAIT_CS, union drm_amdgpu_wait_cs)

static int wait_fences(struct noop_call *call, union drm_amdgpu_wait_fences *arg)
{
	struct drm_amdgpu_fence *fences;

	noop_add_value(call, arg->in.fence_count);
	fences = noop_get(call, arg->in.fences, arg->in.fence_count, sizeof(*fences));
	if (IS_ERR_OR_NULL(fences))
		return fences ? PTR_ERR(fences) : -EINVAL;
	kvfree(fences);
	memset(arg, 0, sizeof(*arg));
	arg->out.status = 1;
	return 0;
}

NOOP_HANDLER(wait_fences, DRM_AMDGPU_WAIT_FENCES, union drm_amdgpu_wait_fences)

static int syncobj_out(struct noop_call *call, struct dma_fence *fence, bool fd, u32 *out)
{
	struct drm_syncobj *syncobj;
	int ret = drm_syncobj_create(&syncobj, 0, fence);

	if (ret)
		return ret;
	ret = fd ? drm_syncobj_get_fd(syncobj, (int *)out) :
		   drm_syncobj_get_handle(call->file, syncobj, out);
	drm_syncobj_put(syncobj);
	return ret;
}

static int fence_to_handle(struct noop_call *call, union drm_amdgpu_fence_to_handle *arg)
{
	struct dma_fence *fence;
	u32 what = arg->in.what;
	int ret = -EINVAL;

	noop_add_value(call, arg->in);
	if (!noop_context(call, arg->in.fence.ctx_id))
		return -EINVAL;
	fence = dma_fence_get_stub();
	if (what == AMDGPU_FENCE_TO_HANDLE_GET_SYNC_FILE_FD)
		ret = noop_fence_fd(fence, (int *)&arg->out.handle);
	else if (what <= AMDGPU_FENCE_TO_HANDLE_GET_SYNCOBJ_FD)
		ret = syncobj_out(call, fence, what == AMDGPU_FENCE_TO_HANDLE_GET_SYNCOBJ_FD,
				  &arg->out.handle);
	dma_fence_put(fence);
	return ret;
}

NOOP_HANDLER(fence_to_handle, DRM_AMDGPU_FENCE_TO_HANDLE, union drm_amdgpu_fence_to_handle)

NOOP_HANDLER(noop_amdgpu_info, DRM_AMDGPU_INFO, struct drm_amdgpu_info)

static const struct drm_ioctl_desc ioctls[] = {
	NOOP_IOCTL(AMDGPU_GEM_CREATE, gem_create),
	NOOP_IOCTL(AMDGPU_GEM_MMAP, gem_mmap),
	NOOP_IOCTL(AMDGPU_CTX, ctx_op),
	NOOP_IOCTL(AMDGPU_BO_LIST, bo_list),
	NOOP_IOCTL(AMDGPU_CS, cs),
	NOOP_IOCTL(AMDGPU_INFO, noop_amdgpu_info),
	NOOP_IOCTL(AMDGPU_GEM_METADATA, gem_metadata),
	NOOP_IOCTL(AMDGPU_GEM_WAIT_IDLE, gem_wait_idle),
	NOOP_IOCTL(AMDGPU_GEM_VA, gem_va),
	NOOP_IOCTL(AMDGPU_WAIT_CS, wait_cs),
	NOOP_IOCTL(AMDGPU_GEM_OP, gem_op),
	NOOP_IOCTL(AMDGPU_WAIT_FENCES, wait_fences),
	NOOP_IOCTL(AMDGPU_VM, vm_op),
	NOOP_IOCTL(AMDGPU_FENCE_TO_HANDLE, fence_to_handle),
};

const struct noop_family noop_amdgpu = {
	.driver = "amdgpu",
	.data = &noop_amdgpu_navi21_model,
	.major = 3,
	.minor = 59,
	.vendor = 0x1002,
	.device = 0x73bf,
	.revision = 0xc3,
	.ioctls = ioctls,
	.nr_ioctls = ARRAY_SIZE(ioctls),
};

const struct noop_family noop_amdgpu_vega10 = {
	.driver = "amdgpu",
	.model = "vega10",
	.data = &noop_amdgpu_vega10_model,
	.major = 3,
	.minor = 59,
	.vendor = 0x1002,
	.device = 0x687f,
	.revision = 0xc1,
	.ioctls = ioctls,
	.nr_ioctls = ARRAY_SIZE(ioctls),
};
