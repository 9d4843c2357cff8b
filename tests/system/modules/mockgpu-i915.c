// SPDX-License-Identifier: GPL-2.0-only
/*
 * mockgpu-i915.c: i915_gem_create.c, i915_gem.c, i915_query.c and the like of
 * i915, and its list of ioctls
 */
#include "mockgpu-i915.h"

#define MOST_EXTENSIONS	512
#define CLASSES		5
#define INSTANCES	4
#define REGIONS		2
#define MOST_REGIONS	8	/* INTEL_REGION_UNKNOWN, about */
#define MOST_PATS	5
#define PARAMETERS	61

int i915_must_be_zero(u64 at, size_t len)
{
	u8 all[64];

	if (mock_get(all, at, len))
		return -EFAULT;
	return memchr_inv(all, 0, len) ? -EINVAL : 0;
}

int i915_extensions(struct mock *m, u64 at, const i915_extension *known, u32 count, void *data)
{
	struct i915_user_extension ext;
	u32 depth = MOST_EXTENSIONS;
	u64 next;
	int ret;

	while (at) {
		if (!depth--)
			return -E2BIG;
		ret = i915_must_be_zero(at + offsetof(typeof(ext), flags), sizeof(ext.flags));
		if (!ret)
			ret = i915_must_be_zero(at + offsetof(typeof(ext), rsvd), sizeof(ext.rsvd));
		if (ret)
			return ret;
		if (mock_get(&ext, at, sizeof(ext)))
			return -EFAULT;
		mock_add_value(m, ext.name);
		if (ext.name >= count || !known[ext.name])
			return -EINVAL;
		ret = known[ext.name](m, at, data);
		if (ret)
			return ret;
		if (mock_get(&next, at + offsetof(typeof(ext), next_extension), sizeof(next)))
			return -EFAULT;
		at = next;
	}
	return 0;
}

bool i915_has_engine(const struct i915_engine_class_instance *ci)
{
	return ci->engine_class < CLASSES && ci->engine_instance < INSTANCES;
}

/* ------------------------------------------------------------------- buffers */

static int gem_create(struct mock *m, struct drm_i915_gem_create *arg)
{
	int ret;

	mock_add_value(m, arg->size);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	arg->size = (arg->size + 4095) & ~4095ull;
	arg->handle = 1 + mock_number(m, 100000);
	return 0;
}

static int create_regions(struct mock *m, u64 at, void *data)
{
	struct drm_i915_gem_create_ext_memory_regions ext;
	struct drm_i915_gem_memory_class_instance region;
	u32 *placements = data;
	u32 mask = 0;
	u32 i;

	if (mock_get(&ext, at, sizeof(ext)))
		return -EFAULT;
	if (ext.pad || !ext.num_regions || ext.num_regions > MOST_REGIONS)
		return -EINVAL;
	for (i = 0; i < ext.num_regions; i++) {
		if (mock_get(&region, ext.regions + i * sizeof(region), sizeof(region)))
			return -EFAULT;
		mock_add_value(m, region);
		if (region.memory_class >= REGIONS || region.memory_instance ||
		    mask & 1 << region.memory_class)
			return -EINVAL;
		mask |= 1 << region.memory_class;
	}
	if (*placements)
		return -EINVAL;
	*placements = mask;
	return 0;
}

static int create_protected(struct mock *m, u64 at, void *data)
{
	struct drm_i915_gem_create_ext_protected_content ext;

	if (mock_get(&ext, at, sizeof(ext)))
		return -EFAULT;
	return ext.flags ? -EINVAL : 0;
}

static int create_pat(struct mock *m, u64 at, void *data)
{
	struct drm_i915_gem_create_ext_set_pat ext;

	if (mock_get(&ext, at, sizeof(ext)))
		return -EFAULT;
	if (ext.pat_index > MOST_PATS)
		return -EINVAL;
	mock_add_value(m, ext.pat_index);
	return 0;
}

static int gem_create_ext(struct mock *m, struct drm_i915_gem_create_ext *arg)
{
	static const i915_extension known[] = {
		[I915_GEM_CREATE_EXT_MEMORY_REGIONS] = create_regions,
		[I915_GEM_CREATE_EXT_PROTECTED_CONTENT] = create_protected,
		[I915_GEM_CREATE_EXT_SET_PAT] = create_pat,
	};
	u32 placements = 0;
	int ret;

	if (arg->flags & ~I915_GEM_CREATE_EXT_FLAG_NEEDS_CPU_ACCESS)
		return -EINVAL;
	mock_add_value(m, arg->size);
	ret = i915_extensions(m, arg->extensions, known, ARRAY_SIZE(known), &placements);
	if (ret)
		return ret;
	if (arg->flags && placements != 3)
		return -EINVAL;
	ret = mock_verdict(m);
	if (ret)
		return ret;
	arg->size = (arg->size + 4095) & ~4095ull;
	arg->handle = 1 + mock_number(m, 100000);
	return 0;
}

static int gem_mmap_offset(struct mock *m, struct drm_i915_gem_mmap_offset *arg)
{
	int ret = i915_extensions(m, arg->extensions, NULL, 0, NULL);

	if (ret)
		return ret;
	if (arg->flags > I915_MMAP_OFFSET_FIXED)
		return -EINVAL;
	mock_add_value(m, arg->handle);
	mock_add_value(m, arg->flags);
	return mock_finish_value(m, arg->offset);
}

/* Both check the object first, then copy all at once */
static int gem_pread(struct mock *m, struct drm_i915_gem_pread *arg)
{
	int ret;

	if (!arg->size)
		return 0;
	mock_add_value(m, arg->handle);
	mock_add_value(m, arg->size);
	mock_add_value(m, arg->offset);
	ret = mock_verdict(m);
	return ret ? ret : mock_answer(m, arg->data_ptr, arg->size);
}

static int gem_pwrite(struct mock *m, struct drm_i915_gem_pwrite *arg)
{
	if (!arg->size)
		return 0;
	mock_add_value(m, arg->handle);
	mock_add_value(m, arg->offset);
	if (mock_array(m, arg->data_ptr, arg->size, 1))
		return -EFAULT;
	return mock_verdict(m);
}

static int gem_busy(struct mock *m, struct drm_i915_gem_busy *arg)
{
	mock_add_value(m, arg->handle);
	return mock_finish_value(m, arg->busy);
}

static int gem_set_caching(struct mock *m, struct drm_i915_gem_caching *arg)
{
	mock_add_value(m, *arg);
	return arg->caching > I915_CACHING_DISPLAY ? -EINVAL : mock_verdict(m);
}

static int gem_get_caching(struct mock *m, struct drm_i915_gem_caching *arg)
{
	int ret;

	mock_add_value(m, arg->handle);
	ret = mock_verdict(m);
	if (!ret)
		arg->caching = mock_number(m, 3);
	return ret;
}

static int gem_set_domain(struct mock *m, struct drm_i915_gem_set_domain *arg)
{
	if (arg->write_domain && arg->read_domains != arg->write_domain)
		return -EINVAL;
	mock_add_value(m, *arg);
	return mock_verdict(m);
}

static int gem_sw_finish(struct mock *m, struct drm_i915_gem_sw_finish *arg)
{
	mock_add_value(m, *arg);
	return mock_verdict(m);
}

static int gem_set_tiling(struct mock *m, struct drm_i915_gem_set_tiling *arg)
{
	int ret;

	mock_add_value(m, *arg);
	ret = mock_verdict(m);
	mock_fill_value(m, arg->stride);
	arg->tiling_mode = mock_number(m, 3);
	arg->swizzle_mode = mock_number(m, 5);
	return ret;
}

static int gem_get_tiling(struct mock *m, struct drm_i915_gem_get_tiling *arg)
{
	int ret;

	mock_add_value(m, arg->handle);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	arg->tiling_mode = mock_number(m, 3);
	arg->swizzle_mode = mock_number(m, 5);
	arg->phys_swizzle_mode = mock_number(m, 5);
	return 0;
}

static int gem_get_aperture(struct mock *m, struct drm_i915_gem_get_aperture *arg)
{
	mock_fill_value(m, arg->aper_size);
	mock_fill_value(m, arg->aper_available_size);
	return 0;
}

static int gem_madvise(struct mock *m, struct drm_i915_gem_madvise *arg)
{
	int ret;

	if (arg->madv > I915_MADV_DONTNEED)
		return -EINVAL;
	mock_add_value(m, arg->handle);
	mock_add_value(m, arg->madv);
	ret = mock_verdict(m);
	if (!ret)
		arg->retained = mock_number(m, 2);
	return ret;
}

static int gem_wait(struct mock *m, struct drm_i915_gem_wait *arg)
{
	int ret;

	if (arg->flags)
		return -EINVAL;
	mock_add_value(m, arg->bo_handle);
	mock_add_value(m, arg->timeout_ns);
	ret = mock_verdict(m);
	if (!ret && arg->timeout_ns > 0)
		arg->timeout_ns /= 2;
	return ret;
}

static int gem_throttle(struct mock *m, void *arg)
{
	return 0;
}

/* --------------------------------------------- contexts, spaces, information */

static int context_destroy(struct mock *m, struct drm_i915_gem_context_destroy *arg)
{
	if (arg->pad)
		return -EINVAL;
	mock_add_value(m, arg->ctx_id);
	return mock_verdict(m);
}

static int reset_stats(struct mock *m, struct drm_i915_reset_stats *arg)
{
	int ret;

	if (arg->flags || arg->pad)
		return -EINVAL;
	mock_add_value(m, arg->ctx_id);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	mock_fill_value(m, arg->reset_count);
	mock_fill_value(m, arg->batch_active);
	mock_fill_value(m, arg->batch_pending);
	return 0;
}

static int vm_create(struct mock *m, struct drm_i915_gem_vm_control *arg)
{
	int ret;

	if (arg->flags)
		return -EINVAL;
	ret = i915_extensions(m, arg->extensions, NULL, 0, NULL);
	if (!ret)
		arg->vm_id = 1 + mock_number(m, 1000);
	return ret;
}

static int vm_destroy(struct mock *m, struct drm_i915_gem_vm_control *arg)
{
	if (arg->flags || arg->extensions)
		return -EINVAL;
	mock_add_value(m, arg->vm_id);
	return mock_verdict(m);
}

static int reg_read(struct mock *m, struct drm_i915_reg_read *arg)
{
	mock_add_value(m, arg->offset);
	return mock_finish_value(m, arg->val);
}

static int getparam(struct mock *m, struct drm_i915_getparam *arg)
{
	int value;

	mock_add_value(m, arg->param);
	if (arg->param < 1 || arg->param >= PARAMETERS)
		return -EINVAL;
	mock_fill_value(m, value);
	return mock_put((unsigned long)arg->value, &value, sizeof(value));
}

/* ------------------------------------------------------------------- queries */

/* copy_query_item(): a header that has to be zero, and room for all */
static int query_header(const struct drm_i915_query_item *item, u32 header, u32 total)
{
	if (!item->length)
		return total;
	if (item->length < (s32)total)
		return -EINVAL;
	return i915_must_be_zero(item->data_ptr, header);
}

static int query_filled(struct mock *m, const struct drm_i915_query_item *item, u32 header,
			u32 total)
{
	int ret = query_header(item, header, total);

	if (ret)
		return ret;
	return mock_answer(m, item->data_ptr, total) ? -EFAULT : (int)total;
}

/* Of the topology, what the header has does not matter */
static int query_topology(struct mock *m, const struct drm_i915_query_item *item)
{
	u32 total = sizeof(struct drm_i915_query_topology_info) + 1 + 8 + 30;
	struct drm_i915_query_topology_info topology;

	if (!item->length)
		return total;
	if (item->length < (s32)total)
		return -EINVAL;
	if (mock_get(&topology, item->data_ptr, sizeof(topology)))
		return -EFAULT;
	return mock_answer(m, item->data_ptr, total) ? -EFAULT : (int)total;
}

/* It has no header, and compares a signed length as if it had no sign */
static int query_hwconfig(struct mock *m, const struct drm_i915_query_item *item)
{
	u32 total = 88;

	if (!item->length)
		return total;
	if ((u32)item->length < total)
		return -EINVAL;
	return mock_answer(m, item->data_ptr, total) ? -EFAULT : (int)total;
}

static int query_one(struct mock *m, const struct drm_i915_query_item *item)
{
	struct i915_engine_class_instance ci;
	int ret;

	mock_add_value(m, item->query_id);
	mock_add_value(m, item->flags);
	switch (item->query_id) {
	case DRM_I915_QUERY_TOPOLOGY_INFO:
		return item->flags ? -EINVAL : query_topology(m, item);
	case DRM_I915_QUERY_ENGINE_INFO:
		if (item->flags)
			return -EINVAL;
		return query_filled(m, item, sizeof(struct drm_i915_query_engine_info),
				    sizeof(struct drm_i915_query_engine_info) +
				    3 * sizeof(struct drm_i915_engine_info));
	case DRM_I915_QUERY_MEMORY_REGIONS:
		if (item->flags)
			return -EINVAL;
		return query_filled(m, item, sizeof(struct drm_i915_query_memory_regions),
				    sizeof(struct drm_i915_query_memory_regions) +
				    REGIONS * sizeof(struct drm_i915_memory_region_info));
	case DRM_I915_QUERY_HWCONFIG_BLOB:
		return query_hwconfig(m, item);
	case DRM_I915_QUERY_GEOMETRY_SUBSLICES:
		memcpy(&ci, &item->flags, sizeof(ci));
		return i915_has_engine(&ci) && !ci.engine_class ? query_topology(m, item) : -EINVAL;
	case DRM_I915_QUERY_GUC_SUBMISSION_VERSION:
		ret = query_filled(m, item, sizeof(struct drm_i915_query_guc_submission_version),
				   sizeof(struct drm_i915_query_guc_submission_version));
		return ret > 0 && item->length ? 0 : ret;
	default:
		return -EINVAL;
	}
}

static int query(struct mock *m, struct drm_i915_query *arg)
{
	struct drm_i915_query_item item;
	u64 at = arg->items_ptr;
	s32 ret;
	u32 i;

	if (arg->flags)
		return -EINVAL;
	for (i = 0; i < arg->num_items; i++, at += sizeof(item)) {
		if (mock_get(&item, at, sizeof(item)))
			return -EFAULT;
		if (!item.query_id)
			return -EINVAL;
		ret = query_one(m, &item);
		if (ret != item.length &&
		    mock_put(at + offsetof(typeof(item), length), &ret, sizeof(ret)))
			return -EFAULT;
	}
	return 0;
}

MOCK_HANDLER(gem_create, struct drm_i915_gem_create)
MOCK_HANDLER(gem_create_ext, struct drm_i915_gem_create_ext)
MOCK_HANDLER(gem_mmap_offset, struct drm_i915_gem_mmap_offset)
MOCK_HANDLER(gem_pread, struct drm_i915_gem_pread)
MOCK_HANDLER(gem_pwrite, struct drm_i915_gem_pwrite)
MOCK_HANDLER(gem_busy, struct drm_i915_gem_busy)
MOCK_HANDLER(gem_set_caching, struct drm_i915_gem_caching)
MOCK_HANDLER(gem_get_caching, struct drm_i915_gem_caching)
MOCK_HANDLER(gem_set_domain, struct drm_i915_gem_set_domain)
MOCK_HANDLER(gem_sw_finish, struct drm_i915_gem_sw_finish)
MOCK_HANDLER(gem_set_tiling, struct drm_i915_gem_set_tiling)
MOCK_HANDLER(gem_get_tiling, struct drm_i915_gem_get_tiling)
MOCK_HANDLER(gem_get_aperture, struct drm_i915_gem_get_aperture)
MOCK_HANDLER(gem_madvise, struct drm_i915_gem_madvise)
MOCK_HANDLER(gem_wait, struct drm_i915_gem_wait)
MOCK_HANDLER(gem_throttle, void)
MOCK_HANDLER(context_destroy, struct drm_i915_gem_context_destroy)
MOCK_HANDLER(reset_stats, struct drm_i915_reset_stats)
MOCK_HANDLER(vm_create, struct drm_i915_gem_vm_control)
MOCK_HANDLER(vm_destroy, struct drm_i915_gem_vm_control)
MOCK_HANDLER(reg_read, struct drm_i915_reg_read)
MOCK_HANDLER(getparam, struct drm_i915_getparam)
MOCK_HANDLER(query, struct drm_i915_query)
MOCK_HANDLER(i915_context_create, struct drm_i915_gem_context_create_ext)
MOCK_HANDLER(i915_context_getparam, struct drm_i915_gem_context_param)
MOCK_HANDLER(i915_context_setparam, struct drm_i915_gem_context_param)
MOCK_HANDLER(i915_execbuffer2, struct drm_i915_gem_execbuffer2)

static const struct drm_ioctl_desc ioctls[] = {
	MOCK_IOCTL(I915_GETPARAM, getparam, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_EXECBUFFER2_WR, i915_execbuffer2, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_BUSY, gem_busy, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_SET_CACHING, gem_set_caching, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_GET_CACHING, gem_get_caching, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_THROTTLE, gem_throttle, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_CREATE, gem_create, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_CREATE_EXT, gem_create_ext, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_PREAD, gem_pread, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_PWRITE, gem_pwrite, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_MMAP_OFFSET, gem_mmap_offset, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_SET_DOMAIN, gem_set_domain, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_SW_FINISH, gem_sw_finish, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_SET_TILING, gem_set_tiling, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_GET_TILING, gem_get_tiling, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_GET_APERTURE, gem_get_aperture, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_MADVISE, gem_madvise, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_WAIT, gem_wait, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_CONTEXT_CREATE_EXT, i915_context_create, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_CONTEXT_DESTROY, context_destroy, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_REG_READ, reg_read, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GET_RESET_STATS, reset_stats, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_CONTEXT_GETPARAM, i915_context_getparam, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_CONTEXT_SETPARAM, i915_context_setparam, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_QUERY, query, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_VM_CREATE, vm_create, DRM_RENDER_ALLOW),
	MOCK_IOCTL(I915_GEM_VM_DESTROY, vm_destroy, DRM_RENDER_ALLOW),
};

static const char legacy[] = "does nothing, or refuses, in the driver itself";
static const char display[] = "of displays";
static const char counters[] = "makes a descriptor, or is of what does";

static const struct mock_left_out left_out[] = {
	{ "I915_INIT", legacy },
	{ "I915_FLUSH", legacy },
	{ "I915_FLIP", legacy },
	{ "I915_BATCHBUFFER", legacy },
	{ "I915_IRQ_EMIT", legacy },
	{ "I915_IRQ_WAIT", legacy },
	{ "I915_SETPARAM", legacy },
	{ "I915_ALLOC", legacy },
	{ "I915_FREE", legacy },
	{ "I915_INIT_HEAP", legacy },
	{ "I915_CMDBUFFER", legacy },
	{ "I915_DESTROY_HEAP", legacy },
	{ "I915_SET_VBLANK_PIPE", legacy },
	{ "I915_GET_VBLANK_PIPE", legacy },
	{ "I915_VBLANK_SWAP", legacy },
	{ "I915_HWS_ADDR", legacy },
	{ "I915_GEM_INIT", legacy },
	{ "I915_GEM_EXECBUFFER", legacy },
	{ "I915_GEM_EXECBUFFER2", "another number of EXECBUFFER2_WR" },
	{ "I915_GEM_CONTEXT_CREATE", "another number of CONTEXT_CREATE_EXT" },
	{ "I915_GEM_MMAP_GTT", "another number of MMAP_OFFSET" },
	{ "I915_GEM_PIN", legacy },
	{ "I915_GEM_UNPIN", legacy },
	{ "I915_GEM_ENTERVT", legacy },
	{ "I915_GEM_LEAVEVT", legacy },
	{ "I915_GEM_MMAP", "maps into the caller" },
	{ "I915_GEM_USERPTR", "pins the caller's memory" },
	{ "I915_GET_PIPE_FROM_CRTC_ID", display },
	{ "I915_OVERLAY_PUT_IMAGE", display },
	{ "I915_OVERLAY_ATTRS", display },
	{ "I915_SET_SPRITE_COLORKEY", display },
	{ "I915_GET_SPRITE_COLORKEY", display },
	{ "I915_PERF_OPEN", counters },
	{ "I915_PERF_ADD_CONFIG", counters },
	{ "I915_PERF_REMOVE_CONFIG", counters },
};

const struct mock_family mock_i915 = {
	.driver = "i915",
	.major = 1,
	.minor = 6,
	.ioctls = ioctls,
	.nr_ioctls = ARRAY_SIZE(ioctls),
	.left_out = left_out,
	.nr_left_out = ARRAY_SIZE(left_out),
};
