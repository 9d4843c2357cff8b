// SPDX-License-Identifier: GPL-2.0-only
/*
 * mockgpu-amdgpu.c: the ioctls of amdgpu, as amdgpu_cs.c, amdgpu_bo_list.c,
 * amdgpu_gem.c, amdgpu_kms.c, amdgpu_ctx.c and amdgpu_vm.c read and write
 */
#include "mockgpu.h"
#include "uapi/newest/amdgpu_drm.h"

/* AMDGPU_BO_LIST_MAX_ENTRIES */
#define MOST_ENTRIES	(128 * 1024)
#define MOST_REGISTERS	128
#define BIOS_SIZE	1500

/* ------------------------------------------------------------------- buffers */

static int gem_create(struct mock *m, union drm_amdgpu_gem_create *arg)
{
	int ret;

	mock_add_value(m, arg->in);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	memset(arg, 0, sizeof(*arg));
	arg->out.handle = 1 + mock_number(m, 100000);
	return 0;
}

static int gem_mmap(struct mock *m, union drm_amdgpu_gem_mmap *arg)
{
	mock_add_value(m, arg->in.handle);
	memset(arg, 0, sizeof(*arg));
	if (mock_number(m, 4) == 0)
		return -ENOENT;
	mock_fill_value(m, arg->out.addr_ptr);
	return 0;
}

/* amdgpu_gem_timeout(): negative is for ever */
static int is_signalled(struct mock *m, u64 timeout)
{
	if ((s64)timeout >= 0 && mock_is_over(timeout))
		return mock_number(m, 2);
	return 1;
}

static int gem_wait_idle(struct mock *m, union drm_amdgpu_gem_wait_idle *arg)
{
	u64 timeout = arg->in.timeout;
	int ret;

	mock_add_value(m, arg->in.handle);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	memset(arg, 0, sizeof(*arg));
	arg->out.status = !is_signalled(m, timeout);
	return 0;
}

static int gem_metadata(struct mock *m, struct drm_amdgpu_gem_metadata *arg)
{
	int ret;

	mock_add_value(m, arg->handle);
	mock_add_value(m, arg->op);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	if (arg->op == AMDGPU_GEM_METADATA_OP_GET_METADATA) {
		mock_fill_value(m, arg->data.tiling_info);
		mock_fill_value(m, arg->data.flags);
		arg->data.data_size_bytes = mock_number(m, sizeof(arg->data.data) + 1);
		mock_fill(m, arg->data.data, arg->data.data_size_bytes);
	} else if (arg->op == AMDGPU_GEM_METADATA_OP_SET_METADATA) {
		if (arg->data.data_size_bytes > sizeof(arg->data.data))
			return -EINVAL;
		mock_add_value(m, arg->data);
		return mock_verdict(m);
	}
	return 0;
}

static bool is_va_operation(u32 operation)
{
	return operation >= AMDGPU_VA_OP_MAP && operation <= AMDGPU_VA_OP_REPLACE;
}

static int gem_va(struct mock *m, struct drm_amdgpu_gem_va *arg)
{
	struct drm_amdgpu_gem_va numbers = *arg;

	if (!is_va_operation(arg->operation))
		return -EINVAL;
	if (arg->flags & AMDGPU_VM_DELAY_UPDATE && arg->vm_timeline_syncobj_out)
		return -EINVAL;
	numbers.input_fence_syncobj_handles = 0;
	mock_add_value(m, numbers);
	if (arg->num_syncobj_handles &&
	    mock_array(m, arg->input_fence_syncobj_handles, arg->num_syncobj_handles, sizeof(u32)))
		return -EFAULT;
	return mock_verdict(m);
}

static int get_mappings(struct mock *m, struct drm_amdgpu_gem_op *arg)
{
	u32 found = mock_number(m, 12);

	if (arg->num_entries > INT_MAX / sizeof(struct drm_amdgpu_gem_vm_entry))
		return -EINVAL;
	if (found && found <= arg->num_entries &&
	    mock_answer(m, arg->value, found * sizeof(struct drm_amdgpu_gem_vm_entry)))
		return -EFAULT;
	arg->num_entries = found;
	return 0;
}

static int gem_op(struct mock *m, struct drm_amdgpu_gem_op *arg)
{
	int ret;

	if (arg->padding)
		return -EINVAL;
	mock_add_value(m, arg->handle);
	mock_add_value(m, arg->op);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	switch (arg->op) {
	case AMDGPU_GEM_OP_GET_GEM_CREATE_INFO:
		return mock_answer(m, arg->value, sizeof(struct drm_amdgpu_gem_create_in));
	case AMDGPU_GEM_OP_SET_PLACEMENT:
		mock_add_value(m, arg->value);
		return mock_verdict(m);
	case AMDGPU_GEM_OP_GET_MAPPING_INFO:
		return get_mappings(m, arg);
	default:
		return -EINVAL;
	}
}

static int gem_list_handles(struct mock *m, struct drm_amdgpu_gem_list_handles *arg)
{
	u32 found;

	/* The driver has the file to go by, the mock has not */
	mock_add_value(m, arg->num_entries);
	found = mock_number(m, 10);
	if (arg->num_entries < found || !found) {
		arg->num_entries = found;
		return 0;
	}
	arg->num_entries = found;
	return mock_answer(m, arg->entries,
			   found * sizeof(struct drm_amdgpu_gem_list_handles_entry));
}

/* ------------------------------------------------------- contexts and spaces */

static int ctx(struct mock *m, union drm_amdgpu_ctx *arg)
{
	u32 op = arg->in.op;
	int ret;

	if (op != AMDGPU_CTX_OP_SET_STABLE_PSTATE && arg->in.flags)
		return -EINVAL;
	if (op == AMDGPU_CTX_OP_SET_STABLE_PSTATE && arg->in.flags > AMDGPU_CTX_STABLE_PSTATE_PEAK)
		return -EINVAL;
	mock_add_value(m, arg->in);
	ret = mock_verdict(m);
	switch (op) {
	case AMDGPU_CTX_OP_ALLOC_CTX:
		arg->out.alloc.ctx_id = mock_number(m, 4096);
		return ret;
	case AMDGPU_CTX_OP_FREE_CTX:
	case AMDGPU_CTX_OP_SET_STABLE_PSTATE:
		return ret;
	case AMDGPU_CTX_OP_QUERY_STATE:
	case AMDGPU_CTX_OP_QUERY_STATE2:
		if (!ret)
			mock_fill_value(m, arg->out.state);
		return ret;
	case AMDGPU_CTX_OP_GET_STABLE_PSTATE:
		if (!ret)
			mock_fill_value(m, arg->out.pstate.flags);
		return ret;
	default:
		return -EINVAL;
	}
}

static int vm(struct mock *m, union drm_amdgpu_vm *arg)
{
	if (arg->in.flags)
		return -EINVAL;
	mock_add_value(m, arg->in);
	switch (arg->in.op) {
	case AMDGPU_VM_OP_RESERVE_VMID:
		return mock_verdict(m);
	case AMDGPU_VM_OP_UNRESERVE_VMID:
		return 0;
	default:
		return -EINVAL;
	}
}

/* --------------------------------------------------------- lists and commands */

/* amdgpu_bo_create_list_entry_array() */
static int read_list(struct mock *m, const struct drm_amdgpu_bo_list_in *in)
{
	u32 known = sizeof(struct drm_amdgpu_bo_list_entry);
	u64 at = in->bo_info_ptr;
	u32 i;

	if (in->bo_number > MOST_ENTRIES)
		return -EINVAL;
	if (in->bo_info_size == known)
		return mock_array(m, at, in->bo_number, known);
	for (i = 0; i < in->bo_number; i++, at += in->bo_info_size)
		if (mock_array(m, at, 1, min(in->bo_info_size, known)))
			return -EFAULT;
	return 0;
}

static int bo_list(struct mock *m, union drm_amdgpu_bo_list *arg)
{
	u32 operation = arg->in.operation;
	u32 handle = arg->in.list_handle;
	int ret = read_list(m, &arg->in);

	if (ret)
		return ret;
	if (operation > AMDGPU_BO_LIST_OP_UPDATE)
		return -EINVAL;
	mock_add_value(m, operation);
	mock_add_value(m, handle);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	if (operation == AMDGPU_BO_LIST_OP_CREATE)
		handle = 1 + mock_number(m, 1000);
	if (operation == AMDGPU_BO_LIST_OP_DESTROY)
		handle = 0;
	memset(arg, 0, sizeof(*arg));
	arg->out.list_handle = handle;
	return 0;
}

/* What there may be one of */
struct pass {
	bool has_job;
	bool has_fence;
	bool has_list;
};

static int read_job(struct mock *m, struct pass *pass, u64 at, u64 len)
{
	struct drm_amdgpu_cs_chunk_ib ib;

	if (len < sizeof(ib))
		return -EINVAL;
	if (mock_get(&ib, at, sizeof(ib)))
		return -EFAULT;
	if (ib.ip_type >= AMDGPU_HW_IP_NUM)
		return -EINVAL;
	pass->has_job = true;
	return 0;
}

static int read_fence(struct mock *m, struct pass *pass, u64 at, u64 len)
{
	struct drm_amdgpu_cs_chunk_fence fence;

	if (len < sizeof(fence) || pass->has_fence)
		return -EINVAL;
	if (mock_get(&fence, at, sizeof(fence)))
		return -EFAULT;
	if (fence.offset > 4096 - 8)
		return -EINVAL;
	pass->has_fence = true;
	return 0;
}

static int read_handles(struct mock *m, struct pass *pass, u64 at, u64 len)
{
	struct drm_amdgpu_bo_list_in in;

	if (len < sizeof(in) || pass->has_list)
		return -EINVAL;
	if (mock_get(&in, at, sizeof(in)))
		return -EFAULT;
	pass->has_list = true;
	return read_list(m, &in);
}

/* Of a list, all but the pointer in it */
static int add_chunk(struct mock *m, const struct drm_amdgpu_cs_chunk *chunk)
{
	size_t hole = offsetof(struct drm_amdgpu_bo_list_in, bo_info_ptr);
	u64 len = 4ull * chunk->length_dw;

	if (chunk->chunk_id != AMDGPU_CHUNK_ID_BO_HANDLES || len <= hole)
		return mock_array(m, chunk->chunk_data, len, 1);
	if (mock_array(m, chunk->chunk_data, hole, 1))
		return -EFAULT;
	if (len <= hole + 8)
		return mock_get(&hole, chunk->chunk_data + hole, len - hole);
	return mock_array(m, chunk->chunk_data + hole + 8, len - hole - 8, 1);
}

static int read_chunk(struct mock *m, struct pass *pass, u64 at)
{
	struct drm_amdgpu_cs_chunk chunk;
	u64 len;

	if (mock_get(&chunk, at, sizeof(chunk)))
		return -EFAULT;
	mock_add_value(m, chunk.chunk_id);
	mock_add_value(m, chunk.length_dw);
	if (add_chunk(m, &chunk))
		return -EFAULT;
	len = 4ull * chunk.length_dw;
	switch (chunk.chunk_id) {
	case AMDGPU_CHUNK_ID_IB:
		return read_job(m, pass, chunk.chunk_data, len);
	case AMDGPU_CHUNK_ID_FENCE:
		return read_fence(m, pass, chunk.chunk_data, len);
	case AMDGPU_CHUNK_ID_BO_HANDLES:
		return read_handles(m, pass, chunk.chunk_data, len);
	case AMDGPU_CHUNK_ID_CP_GFX_SHADOW:
		return len < sizeof(struct drm_amdgpu_cs_chunk_cp_gfx_shadow) ? -EINVAL : 0;
	case AMDGPU_CHUNK_ID_DEPENDENCIES:
	case AMDGPU_CHUNK_ID_SYNCOBJ_IN:
	case AMDGPU_CHUNK_ID_SYNCOBJ_OUT:
	case AMDGPU_CHUNK_ID_SCHEDULED_DEPENDENCIES:
	case AMDGPU_CHUNK_ID_SYNCOBJ_TIMELINE_WAIT:
	case AMDGPU_CHUNK_ID_SYNCOBJ_TIMELINE_SIGNAL:
		return 0;
	default:
		return -EINVAL;
	}
}

static int cs(struct mock *m, union drm_amdgpu_cs *arg)
{
	struct pass pass = { 0 };
	u64 chunk;
	int ret;
	u32 i;

	if (!arg->in.num_chunks)
		return -EINVAL;
	mock_add_value(m, arg->in.ctx_id);
	mock_add_value(m, arg->in.bo_list_handle);
	mock_add_value(m, arg->in.flags);
	for (i = 0; i < arg->in.num_chunks; i++)
		if (mock_get(&chunk, arg->in.chunks + i * sizeof(chunk), sizeof(chunk)))
			return -EFAULT;
	for (i = 0; i < arg->in.num_chunks; i++) {
		if (mock_get(&chunk, arg->in.chunks + i * sizeof(chunk), sizeof(chunk)))
			return -EFAULT;
		ret = read_chunk(m, &pass, chunk);
		if (ret)
			return ret;
	}
	if (!pass.has_job)
		return -EINVAL;
	return mock_finish_value(m, arg->out.handle);
}

/* --------------------------------------------------------------------- waits */

static int wait_cs(struct mock *m, union drm_amdgpu_wait_cs *arg)
{
	u64 timeout = arg->in.timeout;
	int ret;

	arg->in.timeout = 0;
	mock_add_value(m, arg->in);
	arg->in.timeout = timeout;
	if (arg->in.ip_type >= AMDGPU_HW_IP_NUM)
		return -EINVAL;
	ret = mock_verdict(m);
	if (ret)
		return ret;
	memset(arg, 0, sizeof(*arg));
	arg->out.status = !is_signalled(m, timeout);
	return 0;
}

static int wait_fences(struct mock *m, union drm_amdgpu_wait_fences *arg)
{
	struct drm_amdgpu_wait_fences_in in = arg->in;
	int ret;

	if (!in.fence_count)
		return -EINVAL;
	if (mock_array(m, in.fences, in.fence_count, sizeof(struct drm_amdgpu_fence)))
		return -EFAULT;
	mock_add_value(m, in.wait_all);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	memset(arg, 0, sizeof(*arg));
	arg->out.status = is_signalled(m, in.timeout_ns);
	if (!in.wait_all)
		arg->out.first_signaled = arg->out.status ? mock_number(m, in.fence_count) : ~0u;
	return 0;
}

static int fence_to_handle(struct mock *m, union drm_amdgpu_fence_to_handle *arg)
{
	int ret;

	mock_add_value(m, arg->in);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	/* Descriptors are not this mock's business: see tests/guest/ioctls-fence.c */
	if (arg->in.what != AMDGPU_FENCE_TO_HANDLE_GET_SYNCOBJ)
		return -EINVAL;
	arg->out.handle = 1 + mock_number(m, 1000);
	return 0;
}

/* --------------------------------------------------------------- information */

static int info_size(const struct drm_amdgpu_info *arg)
{
	switch (arg->query) {
	case AMDGPU_INFO_ACCEL_WORKING:
	case AMDGPU_INFO_VRAM_LOST_COUNTER:
		return sizeof(u32);
	case AMDGPU_INFO_HW_IP_INFO:
		return arg->query_hw_ip.type < AMDGPU_HW_IP_NUM ?
		       sizeof(struct drm_amdgpu_info_hw_ip) : -EINVAL;
	case AMDGPU_INFO_HW_IP_COUNT:
		return arg->query_hw_ip.type < AMDGPU_HW_IP_NUM ? sizeof(u32) : -EINVAL;
	case AMDGPU_INFO_FW_VERSION:
		return !arg->query_fw.ip_instance ? sizeof(struct drm_amdgpu_info_firmware) :
		       -EINVAL;
	case AMDGPU_INFO_TIMESTAMP:
	case AMDGPU_INFO_NUM_BYTES_MOVED:
	case AMDGPU_INFO_NUM_EVICTIONS:
	case AMDGPU_INFO_NUM_VRAM_CPU_PAGE_FAULTS:
	case AMDGPU_INFO_VRAM_USAGE:
	case AMDGPU_INFO_VIS_VRAM_USAGE:
	case AMDGPU_INFO_GTT_USAGE:
	case AMDGPU_INFO_RAS_ENABLED_FEATURES:
		return sizeof(u64);
	case AMDGPU_INFO_GDS_CONFIG:
		return sizeof(struct drm_amdgpu_info_gds);
	case AMDGPU_INFO_VRAM_GTT:
		return sizeof(struct drm_amdgpu_info_vram_gtt);
	case AMDGPU_INFO_MEMORY:
		return sizeof(struct drm_amdgpu_memory_info);
	case AMDGPU_INFO_DEV_INFO:
		return sizeof(struct drm_amdgpu_info_device);
	case AMDGPU_INFO_VCE_CLOCK_TABLE:
		return sizeof(struct drm_amdgpu_info_vce_clock_table);
	case AMDGPU_INFO_SENSOR:
		return arg->sensor_info.type - 1 < AMDGPU_INFO_SENSOR_GPU_INPUT_POWER ?
		       sizeof(u32) : -EINVAL;
	case AMDGPU_INFO_VIDEO_CAPS:
		return arg->video_cap.type <= AMDGPU_INFO_VIDEO_CAPS_ENCODE ?
		       sizeof(struct drm_amdgpu_info_video_caps) : -EINVAL;
	case AMDGPU_INFO_MAX_IBS:
		return AMDGPU_HW_IP_NUM * sizeof(u32);
	case AMDGPU_INFO_GPUVM_FAULT:
		return sizeof(struct drm_amdgpu_info_gpuvm_fault);
	case AMDGPU_INFO_UQ_FW_AREAS:
		return arg->query_hw_ip.type <= AMDGPU_HW_IP_DMA ?
		       sizeof(struct drm_amdgpu_info_uq_metadata) : -EINVAL;
	case AMDGPU_INFO_NUM_HANDLES:
		return arg->query_hw_ip.type == AMDGPU_HW_IP_UVD ?
		       sizeof(struct drm_amdgpu_info_num_handles) : -EINVAL;
	case AMDGPU_INFO_READ_MMR_REG:
		return arg->read_mmr_reg.count <= MOST_REGISTERS ?
		       arg->read_mmr_reg.count * sizeof(u32) : -EINVAL;
	default:
		return -EINVAL;
	}
}

static int bios_size(const struct drm_amdgpu_info *arg)
{
	switch (arg->vbios_info.type) {
	case AMDGPU_INFO_VBIOS_SIZE:
		return sizeof(u32);
	case AMDGPU_INFO_VBIOS_IMAGE:
		return arg->vbios_info.offset < BIOS_SIZE ? BIOS_SIZE - arg->vbios_info.offset :
		       -EINVAL;
	case AMDGPU_INFO_VBIOS_INFO:
		return sizeof(struct drm_amdgpu_info_vbios);
	default:
		return -EINVAL;
	}
}

static int info(struct mock *m, struct drm_amdgpu_info *arg)
{
	struct drm_amdgpu_info numbers = *arg;
	int size;

	if (!arg->return_size || !arg->return_pointer)
		return -EINVAL;
	size = arg->query == AMDGPU_INFO_VBIOS ? bios_size(arg) : info_size(arg);
	if (size < 0)
		return size;
	numbers.return_pointer = 0;
	mock_add_value(m, numbers);
	return mock_answer(m, arg->return_pointer, min_t(u32, size, arg->return_size));
}

MOCK_HANDLER(gem_create, union drm_amdgpu_gem_create)
MOCK_HANDLER(gem_mmap, union drm_amdgpu_gem_mmap)
MOCK_HANDLER(gem_wait_idle, union drm_amdgpu_gem_wait_idle)
MOCK_HANDLER(gem_metadata, struct drm_amdgpu_gem_metadata)
MOCK_HANDLER(gem_va, struct drm_amdgpu_gem_va)
MOCK_HANDLER(gem_op, struct drm_amdgpu_gem_op)
MOCK_HANDLER(gem_list_handles, struct drm_amdgpu_gem_list_handles)
MOCK_HANDLER(ctx, union drm_amdgpu_ctx)
MOCK_HANDLER(vm, union drm_amdgpu_vm)
MOCK_HANDLER(bo_list, union drm_amdgpu_bo_list)
MOCK_HANDLER(cs, union drm_amdgpu_cs)
MOCK_HANDLER(wait_cs, union drm_amdgpu_wait_cs)
MOCK_HANDLER(wait_fences, union drm_amdgpu_wait_fences)
MOCK_HANDLER(fence_to_handle, union drm_amdgpu_fence_to_handle)
MOCK_HANDLER(info, struct drm_amdgpu_info)

static const struct drm_ioctl_desc ioctls[] = {
	MOCK_IOCTL(AMDGPU_GEM_CREATE, gem_create, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(AMDGPU_CTX, ctx, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(AMDGPU_VM, vm, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(AMDGPU_BO_LIST, bo_list, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(AMDGPU_FENCE_TO_HANDLE, fence_to_handle, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(AMDGPU_GEM_MMAP, gem_mmap, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(AMDGPU_GEM_WAIT_IDLE, gem_wait_idle, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(AMDGPU_CS, cs, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(AMDGPU_INFO, info, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(AMDGPU_WAIT_CS, wait_cs, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(AMDGPU_WAIT_FENCES, wait_fences, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(AMDGPU_GEM_METADATA, gem_metadata, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(AMDGPU_GEM_VA, gem_va, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(AMDGPU_GEM_OP, gem_op, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(AMDGPU_GEM_LIST_HANDLES, gem_list_handles, DRM_AUTH | DRM_RENDER_ALLOW),
};

static const struct mock_left_out left_out[] = {
	{ "AMDGPU_SCHED", "for the DRM master alone" },
	{ "AMDGPU_GEM_USERPTR", "pins the caller's memory" },
	{ "AMDGPU_USERQ", "maps doorbells" },
	{ "AMDGPU_USERQ_SIGNAL", "of user queues" },
	{ "AMDGPU_USERQ_WAIT", "of user queues" },
};

const struct mock_family mock_amdgpu = {
	.driver = "amdgpu",
	.major = 3,
	.minor = 64,
	.ioctls = ioctls,
	.nr_ioctls = ARRAY_SIZE(ioctls),
	.left_out = left_out,
	.nr_left_out = ARRAY_SIZE(left_out),
};
