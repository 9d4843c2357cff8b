// SPDX-License-Identifier: GPL-2.0-only
/*
 * noop-radeon.c: the ioctls of radeon, on a Cypress
 *
 * The GPU has no address space for each file: submissions come with their commands
 * and a list of buffers.
 */
#include "noop.h"
#include "uapi/newest/radeon_drm.h"

#include <linux/ktime.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define VRAM_SIZE	SZ_512M
#define GART_SIZE	SZ_1G

/* What the driver remembers of a buffer */
struct radeon_bo {
	u32 domain;
	u32 tiling;
	u32 pitch;
};

/* --------------------------------------------------------------------- INFO */

static int ring_works(struct noop_call *call, u64 value_at)
{
	u32 ring;

	if (copy_from_user(&ring, u64_to_user_ptr(value_at), sizeof(ring)))
		return -EFAULT;
	noop_add_value(call, ring);
	return ring == RADEON_CS_RING_GFX || ring == RADEON_CS_RING_DMA;
}

static int info_value(struct noop_call *call, const struct drm_radeon_info *arg)
{
	switch (arg->request) {
	case RADEON_INFO_DEVICE_ID:
		return 0x6898;
	case RADEON_INFO_ACCEL_WORKING2:
		return 1;
	case RADEON_INFO_RING_WORKING:
		return ring_works(call, arg->value);
	case RADEON_INFO_TILING_CONFIG:
		return 0x1133;
	case RADEON_INFO_CLOCK_CRYSTAL_FREQ:
		return 27000;
	case RADEON_INFO_MAX_SCLK:
		return 850000;
	case RADEON_INFO_NUM_BACKENDS:
	case RADEON_INFO_NUM_TILE_PIPES:
	case RADEON_INFO_MAX_PIPES:
		return 8;
	case RADEON_INFO_BACKEND_MAP:
		return 0x76543210;
	case RADEON_INFO_MAX_SE:
		return 2;
	case RADEON_INFO_MAX_SH_PER_SE:
	case RADEON_INFO_GPU_RESET_COUNTER:
	case RADEON_INFO_CURRENT_GPU_TEMP:
	case RADEON_INFO_CURRENT_GPU_SCLK:
	case RADEON_INFO_CURRENT_GPU_MCLK:
		return 0;
	default:
		return -EINVAL;
	}
}

static int info(struct noop_call *call, struct drm_radeon_info *arg)
{
	u64 now = ktime_get_ns();
	int value;

	noop_add_value(call, arg->request);
	if (arg->request == RADEON_INFO_TIMESTAMP)
		return copy_to_user(u64_to_user_ptr(arg->value), &now, sizeof(now)) ? -EFAULT : 0;
	value = info_value(call, arg);
	if (value < 0)
		return value;
	return copy_to_user(u64_to_user_ptr(arg->value), &value, sizeof(value)) ? -EFAULT : 0;
}

NOOP_HANDLER(info, DRM_RADEON_INFO, struct drm_radeon_info)

/* ------------------------------------------------------------------ buffers */

static int gem_info(struct noop_call *call, struct drm_radeon_gem_info *arg)
{
	arg->gart_size = GART_SIZE;
	arg->vram_size = VRAM_SIZE;
	arg->vram_visible = VRAM_SIZE;
	return 0;
}

NOOP_HANDLER(gem_info, DRM_RADEON_GEM_INFO, struct drm_radeon_gem_info)

static int gem_create(struct noop_call *call, struct drm_radeon_gem_create *arg)
{
	struct radeon_bo *bo = kzalloc(sizeof(*bo), GFP_KERNEL);

	noop_add_value(call, arg->size);
	noop_add_value(call, arg->alignment);
	noop_add_value(call, arg->initial_domain);
	noop_add_value(call, arg->flags);
	if (!bo)
		return -ENOMEM;
	bo->domain = arg->initial_domain;
	return noop_bo_create(call, PAGE_ALIGN(arg->size), bo, &arg->handle);
}

NOOP_HANDLER(gem_create, DRM_RADEON_GEM_CREATE, struct drm_radeon_gem_create)

static int gem_mmap(struct noop_call *call, struct drm_radeon_gem_mmap *arg)
{
	noop_add_bo(call, arg->handle);
	noop_add_value(call, arg->offset);
	noop_add_value(call, arg->size);
	return noop_bo_offset(call, arg->handle, &arg->addr_ptr);
}

NOOP_HANDLER(gem_mmap, DRM_RADEON_GEM_MMAP, struct drm_radeon_gem_mmap)

/*
 * The family's part of a buffer, or NULL. The object must be put; a dumb buffer has
 * no such part.
 */
static struct radeon_bo *find_buffer(struct noop_call *call, u32 handle,
				     struct drm_gem_object **obj)
{
	struct radeon_bo *bo;

	*obj = drm_gem_object_lookup(call->file, handle);
	if (!*obj)
		return NULL;
	bo = to_noop_bo(*obj)->priv;
	if (!bo)
		drm_gem_object_put(*obj);
	return bo;
}

static int gem_set_domain(struct noop_call *call, struct drm_radeon_gem_set_domain *arg)
{
	noop_add_bo(call, arg->handle);
	noop_add_value(call, arg->read_domains);
	noop_add_value(call, arg->write_domain);
	return noop_bo_exists(call, arg->handle) ? 0 : -ENOENT;
}

NOOP_HANDLER(gem_set_domain, DRM_RADEON_GEM_SET_DOMAIN, struct drm_radeon_gem_set_domain)

static int gem_wait_idle(struct noop_call *call, struct drm_radeon_gem_wait_idle *arg)
{
	noop_add_bo(call, arg->handle);
	return noop_bo_exists(call, arg->handle) ? 0 : -ENOENT;
}

NOOP_HANDLER(gem_wait_idle, DRM_RADEON_GEM_WAIT_IDLE, struct drm_radeon_gem_wait_idle)

static int gem_busy(struct noop_call *call, struct drm_radeon_gem_busy *arg)
{
	struct drm_gem_object *obj;
	struct radeon_bo *bo = find_buffer(call, arg->handle, &obj);

	noop_add_bo(call, arg->handle);
	if (!bo)
		return -ENOENT;
	arg->domain = bo->domain;
	drm_gem_object_put(obj);
	return 0;
}

NOOP_HANDLER(gem_busy, DRM_RADEON_GEM_BUSY, struct drm_radeon_gem_busy)

static int gem_set_tiling(struct noop_call *call, struct drm_radeon_gem_set_tiling *arg)
{
	struct drm_gem_object *obj;
	struct radeon_bo *bo = find_buffer(call, arg->handle, &obj);

	noop_add_bo(call, arg->handle);
	noop_add_value(call, arg->tiling_flags);
	noop_add_value(call, arg->pitch);
	if (!bo)
		return -ENOENT;
	bo->tiling = arg->tiling_flags;
	bo->pitch = arg->pitch;
	drm_gem_object_put(obj);
	return 0;
}

NOOP_HANDLER(gem_set_tiling, DRM_RADEON_GEM_SET_TILING, struct drm_radeon_gem_set_tiling)

static int gem_get_tiling(struct noop_call *call, struct drm_radeon_gem_get_tiling *arg)
{
	struct drm_gem_object *obj;
	struct radeon_bo *bo = find_buffer(call, arg->handle, &obj);

	noop_add_bo(call, arg->handle);
	if (!bo)
		return -ENOENT;
	arg->tiling_flags = bo->tiling;
	arg->pitch = bo->pitch;
	drm_gem_object_put(obj);
	return 0;
}

NOOP_HANDLER(gem_get_tiling, DRM_RADEON_GEM_GET_TILING, struct drm_radeon_gem_get_tiling)

static int gem_op(struct noop_call *call, struct drm_radeon_gem_op *arg)
{
	struct drm_gem_object *obj;
	struct radeon_bo *bo = find_buffer(call, arg->handle, &obj);
	int ret = 0;

	noop_add_bo(call, arg->handle);
	noop_add_value(call, arg->op);
	if (!bo)
		return -ENOENT;
	if (arg->op == RADEON_GEM_OP_GET_INITIAL_DOMAIN)
		arg->value = bo->domain;
	else if (arg->op == RADEON_GEM_OP_SET_INITIAL_DOMAIN)
		bo->domain = arg->value;
	else
		ret = -EINVAL;
	drm_gem_object_put(obj);
	return ret;
}

NOOP_HANDLER(gem_op, DRM_RADEON_GEM_OP, struct drm_radeon_gem_op)

/* -------------------------------------------------------------- submissions */

static int add_relocs(struct noop_call *call, const struct drm_radeon_cs_reloc *reloc, u32 nr)
{
	for (; nr; nr--, reloc++) {
		if (!noop_bo_exists(call, reloc->handle))
			return -ENOENT;
		noop_add_bo(call, reloc->handle);
		noop_add_value(call, reloc->read_domains);
		noop_add_value(call, reloc->write_domain);
		noop_add_value(call, reloc->flags);
	}
	return 0;
}

static int read_relocs(struct noop_call *call, const struct drm_radeon_cs_chunk *chunk)
{
	u32 nr = chunk->length_dw * sizeof(u32) / sizeof(struct drm_radeon_cs_reloc);
	struct drm_radeon_cs_reloc *relocs;
	int ret;

	relocs = noop_copy(chunk->chunk_data, nr, sizeof(*relocs));
	if (IS_ERR(relocs))
		return PTR_ERR(relocs);
	ret = add_relocs(call, relocs, nr);
	kvfree(relocs);
	return ret;
}

static int read_chunk(struct noop_call *call, u64 from)
{
	struct drm_radeon_cs_chunk chunk;
	void *data;

	if (copy_from_user(&chunk, u64_to_user_ptr(from), sizeof(chunk)))
		return -EFAULT;
	noop_add(call, &chunk, offsetof(struct drm_radeon_cs_chunk, chunk_data));
	if (!chunk.chunk_id || chunk.chunk_id > RADEON_CHUNK_ID_CONST_IB)
		return -EINVAL;
	if (chunk.chunk_id == RADEON_CHUNK_ID_RELOCS)
		return read_relocs(call, &chunk);
	data = noop_get(call, chunk.chunk_data, chunk.length_dw, sizeof(u32));
	if (IS_ERR(data))
		return PTR_ERR(data);
	kvfree(data);
	return 0;
}

static int cs(struct noop_call *call, struct drm_radeon_cs *arg)
{
	u64 chunk;
	u32 i;
	int ret = 0;

	noop_add_value(call, arg->num_chunks);
	for (i = 0; i < arg->num_chunks && !ret; i++)
		ret = copy_from_user(&chunk, u64_to_user_ptr(arg->chunks + i * sizeof(chunk)),
				     sizeof(chunk)) ? -EFAULT : read_chunk(call, chunk);
	arg->gart_limit = GART_SIZE / 2;
	arg->vram_limit = VRAM_SIZE / 2;
	return ret;
}

NOOP_HANDLER(cs, DRM_RADEON_CS, struct drm_radeon_cs)

static const struct drm_ioctl_desc ioctls[] = {
	NOOP_IOCTL(RADEON_INFO, info),
	NOOP_IOCTL(RADEON_GEM_INFO, gem_info),
	NOOP_IOCTL(RADEON_GEM_CREATE, gem_create),
	NOOP_IOCTL(RADEON_GEM_MMAP, gem_mmap),
	NOOP_IOCTL(RADEON_GEM_SET_DOMAIN, gem_set_domain),
	NOOP_IOCTL(RADEON_GEM_WAIT_IDLE, gem_wait_idle),
	NOOP_IOCTL(RADEON_GEM_BUSY, gem_busy),
	NOOP_IOCTL(RADEON_GEM_SET_TILING, gem_set_tiling),
	NOOP_IOCTL(RADEON_GEM_GET_TILING, gem_get_tiling),
	NOOP_IOCTL(RADEON_GEM_OP, gem_op),
	NOOP_IOCTL(RADEON_CS, cs),
};

const struct noop_family noop_radeon = {
	.driver = "radeon",
	.major = 2,
	.minor = 50,
	.vendor = 0x1002,
	.device = 0x6898,
	.ioctls = ioctls,
	.nr_ioctls = ARRAY_SIZE(ioctls),
};
