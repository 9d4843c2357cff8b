// SPDX-License-Identifier: GPL-2.0-only
/*
 * mock-amdgpu.c: cases for amdgpu's ioctls
 *
 * What says how much room there is for an answer is never extreme: the driver
 * does not mind, and PVDRM has its own limit.
 */
#include <errno.h>

#include "common.h"
#include "mock.h"
#include "uapi/newest/amdgpu_drm.h"

static void gem_create(void *data)
{
	union drm_amdgpu_gem_create *arg = data;

	arg->in.bo_size = 1 + pick(65536);
	arg->in.alignment = pick(4096);
	arg->in.domains = any();
	arg->in.domain_flags = any();
}

static void gem_mmap(void *data)
{
	union drm_amdgpu_gem_mmap *arg = data;

	arg->in.handle = any();
	arg->in._pad = any();
}

static void gem_wait_idle(void *data)
{
	union drm_amdgpu_gem_wait_idle *arg = data;

	arg->in.handle = any();
	some_time((__u64 *)&arg->in.timeout);
}

static void gem_metadata(void *data)
{
	struct drm_amdgpu_gem_metadata *arg = data;

	fill(arg, sizeof(*arg));
	arg->op = pick(4);
	arg->data.data_size_bytes = pick(300);
}

static void gem_va(void *data)
{
	struct drm_amdgpu_gem_va *arg = data;

	fill(arg, sizeof(*arg));
	arg->operation = pick(6);
	arg->flags = any() & (AMDGPU_VM_PAGE_READABLE | AMDGPU_VM_DELAY_UPDATE);
	arg->vm_timeline_syncobj_out = pick(2);
	arg->num_syncobj_handles = count_of(20);
	arg->input_fence_syncobj_handles = array(arg->num_syncobj_handles, 4, READ);
}

/* What it is depends on the operation */
static void gem_op(void *data)
{
	struct drm_amdgpu_gem_op *arg = data;

	arg->handle = any();
	arg->op = pick(3);
	arg->num_entries = pick(20);
	arg->padding = one_in(16);
	if (arg->op == AMDGPU_GEM_OP_SET_PLACEMENT)
		arg->value = any();
	else if (arg->op == AMDGPU_GEM_OP_GET_GEM_CREATE_INFO)
		arg->value = array(1, sizeof(struct drm_amdgpu_gem_create_in), WRITTEN);
	else
		arg->value = array(arg->num_entries, sizeof(struct drm_amdgpu_gem_vm_entry), BOTH);
}

static void gem_list_handles(void *data)
{
	struct drm_amdgpu_gem_list_handles *arg = data;

	arg->num_entries = pick(20);
	arg->entries = array(arg->num_entries, sizeof(struct drm_amdgpu_gem_list_handles_entry),
			     BOTH);
}

static void ctx(void *data)
{
	static const int priorities[] = {
		AMDGPU_CTX_PRIORITY_UNSET, AMDGPU_CTX_PRIORITY_VERY_LOW, AMDGPU_CTX_PRIORITY_LOW,
		AMDGPU_CTX_PRIORITY_NORMAL, 12345,
	};
	/* Without AMDGPU_CTX_OP_SET_STABLE_PSTATE, which is refused */
	static const int calls[] = { 0, 1, 2, 3, 4, 5, 7 };
	union drm_amdgpu_ctx *arg = data;

	arg->in.op = pick_of(calls);
	arg->in.flags = one_in(4) ? pick(8) : 0;
	arg->in.ctx_id = any();
	arg->in.priority = pick_of(priorities);
}

static void vm(void *data)
{
	union drm_amdgpu_vm *arg = data;

	/* Not AMDGPU_VM_OP_RESERVE_VMID */
	arg->in.op = pick(3) ? AMDGPU_VM_OP_UNRESERVE_VMID + pick(2) : 0;
	arg->in.flags = one_in(4);
}

/* ---------------------------------------------------------- lists and commands */

static void fill_list(struct drm_amdgpu_bo_list_in *in)
{
	static const __u32 sizes[] = { 8, 8, 8, 0, 4, 12, 16, 100 };
	__u32 nr = count_of(20);

	in->operation = pick(4);
	in->list_handle = any();
	in->bo_number = nr;
	in->bo_info_size = pick_of(sizes);
	if (mock_group == MOCK_EXTREMES)
		in->bo_info_size = sizeof(struct drm_amdgpu_bo_list_entry);
	in->bo_info_ptr = array(nr + 1, in->bo_info_size, READ);
}

static void bo_list(void *data)
{
	union drm_amdgpu_bo_list *arg = data;

	fill_list(&arg->in);
}

static __u64 chunk_of_handles(__u32 *words)
{
	struct drm_amdgpu_bo_list_in *in = bytes(sizeof(*in) + 16);

	fill_list(in);
	/* Half a pointer is none */
	*words = one_in(16) ? 3 : sizeof(*in) / 4 + pick(4);
	return point(in, 4 * *words, READ);
}

static __u64 chunk_of_job(__u32 *words)
{
	struct drm_amdgpu_cs_chunk_ib *ib = bytes(sizeof(*ib) + 16);

	ib->ip_type = one_in(16) ? any() : pick(AMDGPU_HW_IP_NUM);
	*words = sizeof(*ib) / 4 + pick(4);
	return point(ib, 4 * *words, READ);
}

static __u64 chunk_of_fence(__u32 *words)
{
	struct drm_amdgpu_cs_chunk_fence *fence = bytes(sizeof(*fence));

	fence->offset = pick(4200);
	*words = sizeof(*fence) / 4;
	return point(fence, sizeof(*fence), READ);
}

static __u64 chunk(__u32 id)
{
	struct drm_amdgpu_cs_chunk *chunk = bytes(sizeof(*chunk));

	chunk->chunk_id = id;
	switch (id) {
	case AMDGPU_CHUNK_ID_BO_HANDLES:
		chunk->chunk_data = chunk_of_handles(&chunk->length_dw);
		break;
	case AMDGPU_CHUNK_ID_IB:
		chunk->chunk_data = chunk_of_job(&chunk->length_dw);
		break;
	case AMDGPU_CHUNK_ID_FENCE:
		chunk->chunk_data = chunk_of_fence(&chunk->length_dw);
		break;
	default:
		chunk->length_dw = count_of(40);
		chunk->chunk_data = array(chunk->length_dw, 4, READ);
	}
	return point(chunk, sizeof(*chunk), READ);
}

/* Mostly with a job, and nothing there may be one of twice */
static void cs(void *data)
{
	union drm_amdgpu_cs *arg = data;
	__u32 nr = 1 + pick(8);
	__u64 *chunks = bytes(nr * sizeof(*chunks));
	bool list = false, fence = false;
	__u32 i, id;

	arg->in.ctx_id = any();
	arg->in.bo_list_handle = any();
	arg->in.flags = any();
	for (i = 0; i < nr; i++) {
		id = i ? 1 + pick(AMDGPU_CHUNK_ID_CP_GFX_SHADOW) : AMDGPU_CHUNK_ID_IB;
		if ((id == AMDGPU_CHUNK_ID_FENCE && fence) ||
		    (id == AMDGPU_CHUNK_ID_BO_HANDLES && list))
			id = one_in(16) ? id : AMDGPU_CHUNK_ID_DEPENDENCIES;
		fence |= id == AMDGPU_CHUNK_ID_FENCE;
		list |= id == AMDGPU_CHUNK_ID_BO_HANDLES;
		chunks[i] = chunk(id);
	}
	arg->in.num_chunks = one_in(16) ? 0 : nr;
	if (mock_group == MOCK_EXTREMES && one_in(2))
		arg->in.num_chunks = count_of(nr);
	arg->in.chunks = point(chunks, nr * sizeof(*chunks), READ);
}

/* ----------------------------------------------------------------------- waits */

static void wait_cs(void *data)
{
	union drm_amdgpu_wait_cs *arg = data;

	fill(arg, sizeof(*arg));
	some_time((__u64 *)&arg->in.timeout);
	arg->in.ip_type = pick(AMDGPU_HW_IP_NUM + 1);
}

static void wait_fences(void *data)
{
	union drm_amdgpu_wait_fences *arg = data;

	arg->in.fence_count = count_of(20);
	arg->in.fences = array(arg->in.fence_count, sizeof(struct drm_amdgpu_fence), READ);
	arg->in.wait_all = pick(2);
	some_time((__u64 *)&arg->in.timeout_ns);
}

static void fence_to_handle(void *data)
{
	union drm_amdgpu_fence_to_handle *arg = data;

	fill(arg, sizeof(*arg));
	/* No descriptors: their numbers would differ */
	arg->in.what = one_in(4) ? 3 + pick(4) : AMDGPU_FENCE_TO_HANDLE_GET_SYNCOBJ;
}

static void get_info(void *data)
{
	struct drm_amdgpu_info *arg = data;

	arg->query = pick(AMDGPU_INFO_UQ_FW_AREAS + 2);
	arg->read_mmr_reg.dword_offset = pick(14);
	arg->read_mmr_reg.count = pick(160);
	if (arg->query == AMDGPU_INFO_FW_VERSION)
		arg->query_fw.ip_instance = one_in(4);
	arg->return_size = pick(one_in(4) ? 1200 : 64);
	arg->return_pointer = array(arg->return_size, 1, BOTH);
}

/* ------------------------------------------------------------- what is refused */

static void userptr(void *data)
{
	struct drm_amdgpu_gem_userptr *arg = data;

	arg->addr = (unsigned long)bytes(4096);
	arg->size = 4096;
}

static void high_priority(void *data)
{
	union drm_amdgpu_ctx *arg = data;

	arg->in.op = AMDGPU_CTX_OP_ALLOC_CTX;
	arg->in.priority = AMDGPU_CTX_PRIORITY_HIGH;
}

static void stable_clocks(void *data)
{
	union drm_amdgpu_ctx *arg = data;

	arg->in.op = AMDGPU_CTX_OP_SET_STABLE_PSTATE;
	arg->in.flags = AMDGPU_CTX_STABLE_PSTATE_PEAK;
}

static void reserved_vmid(void *data)
{
	union drm_amdgpu_vm *arg = data;

	arg->in.op = AMDGPU_VM_OP_RESERVE_VMID;
}

static const struct mock_op ops[] = {
	MOCK_OP(AMDGPU_GEM_CREATE, gem_create),
	MOCK_OP(AMDGPU_GEM_MMAP, gem_mmap),
	MOCK_OP(AMDGPU_GEM_WAIT_IDLE, gem_wait_idle),
	MOCK_OP(AMDGPU_GEM_METADATA, gem_metadata),
	MOCK_OP(AMDGPU_GEM_VA, gem_va),
	MOCK_OP(AMDGPU_GEM_OP, gem_op),
	MOCK_OP(AMDGPU_GEM_LIST_HANDLES, gem_list_handles),
	MOCK_OP(AMDGPU_CTX, ctx),
	MOCK_OP(AMDGPU_VM, vm),
	MOCK_OP(AMDGPU_BO_LIST, bo_list),
	MOCK_OP(AMDGPU_CS, cs),
	MOCK_OP(AMDGPU_WAIT_CS, wait_cs),
	MOCK_OP(AMDGPU_WAIT_FENCES, wait_fences),
	MOCK_OP(AMDGPU_FENCE_TO_HANDLE, fence_to_handle),
	MOCK_OP(AMDGPU_INFO, get_info),
};

static const struct mock_refused refused[] = {
	{ "userptr", DRM_IOCTL_AMDGPU_GEM_USERPTR, userptr, EINVAL },
	{ "context of high priority", DRM_IOCTL_AMDGPU_CTX, high_priority, EACCES },
	{ "clocks of the GPU", DRM_IOCTL_AMDGPU_CTX, stable_clocks, EACCES },
	{ "reserved address space", DRM_IOCTL_AMDGPU_VM, reserved_vmid, EACCES },
};

const struct mock_driver mock_driver_amdgpu = {
	.name = "amdgpu",
	.ops = ops,
	.nr_ops = ARRAY_SIZE(ops),
	.refused = refused,
	.nr_refused = ARRAY_SIZE(refused),
};
