// SPDX-License-Identifier: GPL-2.0-only
/*
 * mockgpu-radeon.c: the ioctls of radeon, as radeon_cs.c, radeon_gem.c and
 * radeon_kms.c read and write
 */
#include "mockgpu.h"
#include "uapi/newest/radeon_drm.h"

#define MOST_OF_JOB	(64 * 1024)	/* RADEON_IB_VM_MAX_SIZE, in words */
#define RESERVED	(8 << 20)	/* RADEON_VA_RESERVED_SIZE */

static int gem_info(struct mock *m, struct drm_radeon_gem_info *arg)
{
	mock_fill_value(m, arg->vram_size);
	mock_fill_value(m, arg->vram_visible);
	mock_fill_value(m, arg->gart_size);
	return 0;
}

static int gem_create(struct mock *m, struct drm_radeon_gem_create *arg)
{
	int ret;

	arg->size = (arg->size + 4095) & ~4095ull;
	mock_add_value(m, arg->size);
	mock_add_value(m, arg->alignment);
	mock_add_value(m, arg->initial_domain);
	mock_add_value(m, arg->flags);
	ret = mock_verdict(m);
	if (!ret)
		arg->handle = 1 + mock_number(m, 100000);
	return ret;
}

static int gem_mmap(struct mock *m, struct drm_radeon_gem_mmap *arg)
{
	mock_add_value(m, arg->handle);
	return mock_finish_value(m, arg->addr_ptr);
}

static int gem_set_domain(struct mock *m, struct drm_radeon_gem_set_domain *arg)
{
	mock_add_value(m, *arg);
	return mock_verdict(m);
}

static int gem_wait_idle(struct mock *m, struct drm_radeon_gem_wait_idle *arg)
{
	mock_add_value(m, arg->handle);
	return mock_verdict(m);
}

static int gem_set_tiling(struct mock *m, struct drm_radeon_gem_set_tiling *arg)
{
	mock_add_value(m, *arg);
	return mock_verdict(m);
}

static int gem_get_tiling(struct mock *m, struct drm_radeon_gem_get_tiling *arg)
{
	int ret;

	mock_add_value(m, arg->handle);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	mock_fill_value(m, arg->tiling_flags);
	mock_fill_value(m, arg->pitch);
	return 0;
}

/* The domain is told even if the buffer is busy */
static int gem_busy(struct mock *m, struct drm_radeon_gem_busy *arg)
{
	mock_add_value(m, arg->handle);
	arg->domain = 1 + mock_number(m, 4);
	return mock_number(m, 2) ? -EBUSY : 0;
}

static int gem_va(struct mock *m, struct drm_radeon_gem_va *arg)
{
	u32 operation = arg->operation;
	int ret;

	arg->operation = RADEON_VA_RESULT_ERROR;
	if (arg->vm_id || arg->offset < RESERVED ||
	    arg->flags & (RADEON_VM_PAGE_VALID | RADEON_VM_PAGE_SYSTEM) ||
	    (operation != RADEON_VA_MAP && operation != RADEON_VA_UNMAP))
		return -EINVAL;
	mock_add_value(m, arg->handle);
	mock_add_value(m, operation);
	mock_add_value(m, arg->flags);
	mock_add_value(m, arg->offset);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	arg->operation = RADEON_VA_RESULT_OK;
	if (operation == RADEON_VA_MAP && !mock_number(m, 3)) {
		arg->operation = RADEON_VA_RESULT_VA_EXIST;
		mock_fill_value(m, arg->offset);
	}
	return 0;
}

static int gem_op(struct mock *m, struct drm_radeon_gem_op *arg)
{
	int ret;

	mock_add_value(m, arg->handle);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	switch (arg->op) {
	case RADEON_GEM_OP_GET_INITIAL_DOMAIN:
		arg->value = mock_number(m, 8);
		return 0;
	case RADEON_GEM_OP_SET_INITIAL_DOMAIN:
		mock_add_value(m, arg->value);
		return mock_verdict(m);
	default:
		return -EINVAL;
	}
}

/* ------------------------------------------------------------------ commands */

/* The last of each kind, as in struct radeon_cs_parser */
struct parser {
	struct drm_radeon_cs_chunk job;
	struct drm_radeon_cs_chunk const_job;
	u32 flags;
};

static int read_flags(struct mock *m, struct parser *p, const struct drm_radeon_cs_chunk *chunk)
{
	u32 ring;

	if (mock_get(&p->flags, chunk->chunk_data, sizeof(p->flags)))
		return -EFAULT;
	if (chunk->length_dw < 2)
		return 0;
	if (mock_get(&ring, chunk->chunk_data + sizeof(u32), sizeof(ring)))
		return -EFAULT;
	return ring <= RADEON_CS_RING_VCE ? 0 : -EINVAL;
}

/* radeon_cs_parser_init(): jobs are left for later */
static int read_chunk(struct mock *m, struct parser *p, u64 at)
{
	struct drm_radeon_cs_chunk chunk;

	if (mock_get(&chunk, at, sizeof(chunk)))
		return -EFAULT;
	mock_add_value(m, chunk.chunk_id);
	mock_add_value(m, chunk.length_dw);
	if (!chunk.length_dw && (chunk.chunk_id == RADEON_CHUNK_ID_IB ||
				 chunk.chunk_id == RADEON_CHUNK_ID_CONST_IB ||
				 chunk.chunk_id == RADEON_CHUNK_ID_FLAGS))
		return -EINVAL;
	switch (chunk.chunk_id) {
	case RADEON_CHUNK_ID_IB:
		p->job = chunk;
		return 0;
	case RADEON_CHUNK_ID_CONST_IB:
		p->const_job = chunk;
		return 0;
	}
	if (mock_array(m, chunk.chunk_data, chunk.length_dw, sizeof(u32)))
		return -EFAULT;
	return chunk.chunk_id == RADEON_CHUNK_ID_FLAGS ? read_flags(m, p, &chunk) : 0;
}

/* radeon_cs_ib_fill() */
static int read_job(struct mock *m, const struct drm_radeon_cs_chunk *chunk)
{
	if (chunk->length_dw > MOST_OF_JOB)
		return -EINVAL;
	return mock_array(m, chunk->chunk_data, chunk->length_dw, sizeof(u32));
}

static int cs(struct mock *m, struct drm_radeon_cs *arg)
{
	struct parser p = { 0 };
	u64 chunk;
	int ret;
	u32 i;

	for (i = 0; i < arg->num_chunks; i++)
		if (mock_get(&chunk, arg->chunks + i * sizeof(chunk), sizeof(chunk)))
			return -EFAULT;
	for (i = 0; i < arg->num_chunks; i++) {
		if (mock_get(&chunk, arg->chunks + i * sizeof(chunk), sizeof(chunk)))
			return -EFAULT;
		ret = read_chunk(m, &p, chunk);
		if (ret)
			return ret;
	}
	if (!p.job.length_dw)
		return 0;
	ret = 0;
	if (p.flags & RADEON_CS_USE_VM && p.const_job.length_dw)
		ret = read_job(m, &p.const_job);
	if (!ret)
		ret = read_job(m, &p.job);
	return ret ? ret : mock_verdict(m);
}

/* --------------------------------------------------------------- information */

static u32 info_size(u32 request)
{
	switch (request) {
	case RADEON_INFO_TIMESTAMP:
	case RADEON_INFO_NUM_BYTES_MOVED:
	case RADEON_INFO_VRAM_USAGE:
	case RADEON_INFO_GTT_USAGE:
		return sizeof(u64);
	case RADEON_INFO_SI_TILE_MODE_ARRAY:
		return 32 * sizeof(u32);
	case RADEON_INFO_CIK_MACROTILE_MODE_ARRAY:
		return 16 * sizeof(u32);
	default:
		return sizeof(u32);
	}
}

/* Those that read a value first, and what it may be */
static int info_read(struct mock *m, const struct drm_radeon_info *arg)
{
	u32 value;
	u32 most;

	switch (arg->request) {
	case RADEON_INFO_WANT_HYPERZ:
	case RADEON_INFO_WANT_CMASK:
		most = 1;
		break;
	case RADEON_INFO_RING_WORKING:
		most = RADEON_CS_RING_VCE;
		break;
	case RADEON_INFO_CRTC_FROM_ID:
	case RADEON_INFO_READ_REG:
		most = U32_MAX / 2;
		break;
	default:
		return 0;
	}
	if (mock_get(&value, arg->value, sizeof(value)))
		return -EFAULT;
	mock_add_value(m, value);
	return value > most ? -EINVAL : 0;
}

static int info(struct mock *m, struct drm_radeon_info *arg)
{
	int ret;

	if (arg->request > RADEON_INFO_GPU_RESET_COUNTER)
		return -EINVAL;
	mock_add_value(m, arg->request);
	ret = info_read(m, arg);
	return ret ? ret : mock_answer(m, arg->value, info_size(arg->request));
}

MOCK_HANDLER(gem_info, struct drm_radeon_gem_info)
MOCK_HANDLER(gem_create, struct drm_radeon_gem_create)
MOCK_HANDLER(gem_mmap, struct drm_radeon_gem_mmap)
MOCK_HANDLER(gem_set_domain, struct drm_radeon_gem_set_domain)
MOCK_HANDLER(gem_wait_idle, struct drm_radeon_gem_wait_idle)
MOCK_HANDLER(gem_set_tiling, struct drm_radeon_gem_set_tiling)
MOCK_HANDLER(gem_get_tiling, struct drm_radeon_gem_get_tiling)
MOCK_HANDLER(gem_busy, struct drm_radeon_gem_busy)
MOCK_HANDLER(gem_va, struct drm_radeon_gem_va)
MOCK_HANDLER(gem_op, struct drm_radeon_gem_op)
MOCK_HANDLER(cs, struct drm_radeon_cs)
MOCK_HANDLER(info, struct drm_radeon_info)

static const struct drm_ioctl_desc ioctls[] = {
	MOCK_IOCTL(RADEON_GEM_INFO, gem_info, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(RADEON_GEM_CREATE, gem_create, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(RADEON_GEM_MMAP, gem_mmap, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(RADEON_GEM_SET_DOMAIN, gem_set_domain, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(RADEON_GEM_WAIT_IDLE, gem_wait_idle, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(RADEON_CS, cs, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(RADEON_INFO, info, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(RADEON_GEM_SET_TILING, gem_set_tiling, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(RADEON_GEM_GET_TILING, gem_get_tiling, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(RADEON_GEM_BUSY, gem_busy, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(RADEON_GEM_VA, gem_va, DRM_AUTH | DRM_RENDER_ALLOW),
	MOCK_IOCTL(RADEON_GEM_OP, gem_op, DRM_AUTH | DRM_RENDER_ALLOW),
};

static const char legacy[] = "refuses in the driver itself";

static const struct mock_left_out left_out[] = {
	{ "RADEON_CP_INIT", legacy },
	{ "RADEON_CP_START", legacy },
	{ "RADEON_CP_STOP", legacy },
	{ "RADEON_CP_RESET", legacy },
	{ "RADEON_CP_IDLE", legacy },
	{ "RADEON_CP_RESUME", legacy },
	{ "RADEON_RESET", legacy },
	{ "RADEON_FULLSCREEN", legacy },
	{ "RADEON_SWAP", legacy },
	{ "RADEON_CLEAR", legacy },
	{ "RADEON_VERTEX", legacy },
	{ "RADEON_INDICES", legacy },
	{ "RADEON_STIPPLE", legacy },
	{ "RADEON_INDIRECT", legacy },
	{ "RADEON_TEXTURE", legacy },
	{ "RADEON_VERTEX2", legacy },
	{ "RADEON_CMDBUF", legacy },
	{ "RADEON_GETPARAM", legacy },
	{ "RADEON_FLIP", legacy },
	{ "RADEON_ALLOC", legacy },
	{ "RADEON_FREE", legacy },
	{ "RADEON_INIT_HEAP", legacy },
	{ "RADEON_IRQ_EMIT", legacy },
	{ "RADEON_IRQ_WAIT", legacy },
	{ "RADEON_SETPARAM", legacy },
	{ "RADEON_SURF_ALLOC", legacy },
	{ "RADEON_SURF_FREE", legacy },
	{ "RADEON_GEM_PREAD", "the driver has no such ioctl" },
	{ "RADEON_GEM_PWRITE", "the driver has no such ioctl" },
	{ "RADEON_GEM_USERPTR", "pins the caller's memory" },
};

const struct mock_family mock_radeon = {
	.driver = "radeon",
	.major = 2,
	.minor = 51,
	.ioctls = ioctls,
	.nr_ioctls = ARRAY_SIZE(ioctls),
	.left_out = left_out,
	.nr_left_out = ARRAY_SIZE(left_out),
};
