// SPDX-License-Identifier: GPL-2.0-only
/*
 * noop-i915.c: the ioctls of i915
 */
#include "noop-i915.h"

#include <linux/ktime.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define MOST_EXTENSIONS	16

/* --------------------------------------------------------------- extensions */

/**
 * noop_i915_each_extension() - call a function with each extension of a chain
 * @call: the call
 * @from: the first; 0: there is none
 * @take: gets the extension's name and where it is
 *
 * Return: 0 or an error.
 */
int noop_i915_each_extension(struct noop_call *call, u64 from,
			     int (*take)(struct noop_call *call, u32 name, u64 from))
{
	struct i915_user_extension head;
	int ret = 0, n = 0;

	for (; from && !ret; from = head.next_extension) {
		if (copy_from_user(&head, u64_to_user_ptr(from), sizeof(head)))
			return -EFAULT;
		noop_add_value(call, head.name);
		ret = ++n > MOST_EXTENSIONS ? -E2BIG : take(call, head.name, from);
	}
	return ret;
}

/* ----------------------------------------------------------------- buffers */

static int make_buffer(struct noop_call *call, u64 size, u32 *handle)
{
	struct noop_i915_bo *bo = kzalloc(sizeof(*bo), GFP_KERNEL);

	if (!bo)
		return -ENOMEM;
	return noop_bo_create(call, PAGE_ALIGN(size), bo, handle);
}

static int gem_create(struct noop_call *call, struct drm_i915_gem_create *arg)
{
	noop_add_value(call, arg->size);
	return make_buffer(call, arg->size, &arg->handle);
}

NOOP_HANDLER(gem_create, DRM_I915_GEM_CREATE, struct drm_i915_gem_create)

static int create_extension(struct noop_call *call, u32 name, u64 from)
{
	struct drm_i915_gem_create_ext_memory_regions regions;
	void *list;

	if (name != I915_GEM_CREATE_EXT_MEMORY_REGIONS)
		return -EINVAL;
	if (copy_from_user(&regions, u64_to_user_ptr(from), sizeof(regions)))
		return -EFAULT;
	list = noop_get(call, regions.regions, regions.num_regions,
			sizeof(struct drm_i915_gem_memory_class_instance));
	if (IS_ERR_OR_NULL(list))
		return list ? PTR_ERR(list) : -EINVAL;
	kvfree(list);
	return 0;
}

static int gem_create_ext(struct noop_call *call, struct drm_i915_gem_create_ext *arg)
{
	int ret;

	noop_add_value(call, arg->size);
	noop_add_value(call, arg->flags);
	ret = noop_i915_each_extension(call, arg->extensions, create_extension);
	return ret ?: make_buffer(call, arg->size, &arg->handle);
}

NOOP_HANDLER(gem_create_ext, DRM_I915_GEM_CREATE_EXT, struct drm_i915_gem_create_ext)

/* The ioctl is also that of GEM_MMAP_GTT, whose argument is shorter. */
static int gem_mmap_offset(struct noop_call *call, struct drm_i915_gem_mmap_offset *arg)
{
	noop_add_value(call, arg->handle);
	noop_add_value(call, arg->flags);
	return noop_bo_offset(call, arg->handle, &arg->offset);
}

NOOP_HANDLER(gem_mmap_offset, DRM_I915_GEM_MMAP_GTT, struct drm_i915_gem_mmap_offset)

/* What has no more to do than to find the buffer */
static int with_buffer(struct noop_call *call, u32 handle)
{
	return noop_bo_exists(call, handle) ? 0 : -ENOENT;
}

static int gem_set_domain(struct noop_call *call, struct drm_i915_gem_set_domain *arg)
{
	noop_add_value(call, *arg);
	return with_buffer(call, arg->handle);
}

NOOP_HANDLER(gem_set_domain, DRM_I915_GEM_SET_DOMAIN, struct drm_i915_gem_set_domain)

static int gem_busy(struct noop_call *call, struct drm_i915_gem_busy *arg)
{
	noop_add_value(call, arg->handle);
	arg->busy = 0;
	return with_buffer(call, arg->handle);
}

NOOP_HANDLER(gem_busy, DRM_I915_GEM_BUSY, struct drm_i915_gem_busy)

static int gem_wait(struct noop_call *call, struct drm_i915_gem_wait *arg)
{
	noop_add_value(call, arg->bo_handle);
	return with_buffer(call, arg->bo_handle);
}

NOOP_HANDLER(gem_wait, DRM_I915_GEM_WAIT, struct drm_i915_gem_wait)

static int gem_madvise(struct noop_call *call, struct drm_i915_gem_madvise *arg)
{
	noop_add_value(call, arg->handle);
	noop_add_value(call, arg->madv);
	arg->retained = 1;
	return with_buffer(call, arg->handle);
}

NOOP_HANDLER(gem_madvise, DRM_I915_GEM_MADVISE, struct drm_i915_gem_madvise)

/**
 * noop_i915_bo() - find the family's part of a buffer
 * @call: the call
 * @handle: of the buffer
 * @obj: gets the buffer, to put
 *
 * Return: NULL if there is none, as of a dumb buffer; nothing must be put then.
 */
struct noop_i915_bo *noop_i915_bo(struct noop_call *call, u32 handle,
				  struct drm_gem_object **obj)
{
	struct noop_i915_bo *bo;

	*obj = drm_gem_object_lookup(call->file, handle);
	if (!*obj)
		return NULL;
	bo = READ_ONCE(to_noop_bo(*obj)->priv);
	/* One of another device's has none yet. */
	if (!bo && (*obj)->import_attach) {
		bo = kzalloc(sizeof(*bo), GFP_KERNEL);
		if (bo && cmpxchg(&to_noop_bo(*obj)->priv, NULL, (void *)bo)) {
			kfree(bo);
			bo = to_noop_bo(*obj)->priv;
		}
	}
	if (!bo)
		drm_gem_object_put(*obj);
	return bo;
}

static int gem_set_tiling(struct noop_call *call, struct drm_i915_gem_set_tiling *arg)
{
	struct drm_gem_object *obj;
	struct noop_i915_bo *bo;

	noop_add_value(call, *arg);
	if (arg->tiling_mode > I915_TILING_Y)
		return -EINVAL;
	bo = noop_i915_bo(call, arg->handle, &obj);
	if (!bo)
		return -ENOENT;
	bo->tiling = arg->tiling_mode;
	bo->stride = arg->stride;
	arg->swizzle_mode = I915_BIT_6_SWIZZLE_NONE;
	drm_gem_object_put(obj);
	return 0;
}

NOOP_HANDLER(gem_set_tiling, DRM_I915_GEM_SET_TILING, struct drm_i915_gem_set_tiling)

static int gem_get_tiling(struct noop_call *call, struct drm_i915_gem_get_tiling *arg)
{
	struct drm_gem_object *obj;
	struct noop_i915_bo *bo = noop_i915_bo(call, arg->handle, &obj);

	noop_add_value(call, arg->handle);
	if (!bo)
		return -ENOENT;
	arg->tiling_mode = bo->tiling;
	arg->swizzle_mode = I915_BIT_6_SWIZZLE_NONE;
	arg->phys_swizzle_mode = I915_BIT_6_SWIZZLE_NONE;
	drm_gem_object_put(obj);
	return 0;
}

NOOP_HANDLER(gem_get_tiling, DRM_I915_GEM_GET_TILING, struct drm_i915_gem_get_tiling)

static int gem_set_caching(struct noop_call *call, struct drm_i915_gem_caching *arg)
{
	struct drm_gem_object *obj;
	struct noop_i915_bo *bo = noop_i915_bo(call, arg->handle, &obj);

	noop_add_value(call, *arg);
	if (!bo)
		return -ENOENT;
	bo->caching = arg->caching;
	drm_gem_object_put(obj);
	return 0;
}

NOOP_HANDLER(gem_set_caching, DRM_I915_GEM_SET_CACHING, struct drm_i915_gem_caching)

static int gem_get_caching(struct noop_call *call, struct drm_i915_gem_caching *arg)
{
	struct drm_gem_object *obj;
	struct noop_i915_bo *bo = noop_i915_bo(call, arg->handle, &obj);

	noop_add_value(call, arg->handle);
	if (!bo)
		return -ENOENT;
	arg->caching = bo->caching;
	drm_gem_object_put(obj);
	return 0;
}

NOOP_HANDLER(gem_get_caching, DRM_I915_GEM_GET_CACHING, struct drm_i915_gem_caching)

static int gem_get_aperture(struct noop_call *call, struct drm_i915_gem_get_aperture *arg)
{
	arg->aper_size = NOOP_I915_MEMORY;
	arg->aper_available_size = NOOP_I915_MEMORY;
	return 0;
}

NOOP_HANDLER(gem_get_aperture, DRM_I915_GEM_GET_APERTURE, struct drm_i915_gem_get_aperture)

/* --------------------------------------------------- contexts, address space */

/* Context 0 is always there. */
static int with_context(struct noop_call *call, u32 id)
{
	return !id || noop_context(call, id) ? 0 : -ENOENT;
}

static int make_vm(struct noop_call *call, u32 *id)
{
	u32 *vm = kzalloc(sizeof(*vm), GFP_KERNEL);
	int ret;

	if (!vm)
		return -ENOMEM;
	ret = xa_alloc(&noop_file(call)->lists, vm, vm, xa_limit_31b, GFP_KERNEL);
	*id = *vm;
	if (ret)
		kfree(vm);
	return ret;
}

static int set_param(struct noop_call *call, const struct drm_i915_gem_context_param *param)
{
	void *engines;

	noop_add_value(call, param->size);
	noop_add_value(call, param->param);
	switch (param->param) {
	case I915_CONTEXT_PARAM_ENGINES:
		engines = noop_get(call, param->value, param->size, 1);
		if (IS_ERR(engines))
			return PTR_ERR(engines);
		kvfree(engines);
		return 0;
	case I915_CONTEXT_PARAM_VM:
		return xa_load(&noop_file(call)->lists, param->value) ? 0 : -ENOENT;
	case I915_CONTEXT_PARAM_PRIORITY:
	case I915_CONTEXT_PARAM_RECOVERABLE:
	case I915_CONTEXT_PARAM_BANNABLE:
	case I915_CONTEXT_PARAM_PERSISTENCE:
	case I915_CONTEXT_PARAM_NO_ERROR_CAPTURE:
		noop_add_value(call, param->value);
		return 0;
	default:
		return -EINVAL;
	}
}

static int context_extension(struct noop_call *call, u32 name, u64 from)
{
	struct drm_i915_gem_context_create_ext_setparam ext;

	if (name != I915_CONTEXT_CREATE_EXT_SETPARAM)
		return -EINVAL;
	if (copy_from_user(&ext, u64_to_user_ptr(from), sizeof(ext)))
		return -EFAULT;
	return set_param(call, &ext.param);
}

static int context_create(struct noop_call *call, struct drm_i915_gem_context_create_ext *arg)
{
	int ret = 0;

	noop_add_value(call, arg->flags);
	if (arg->flags & I915_CONTEXT_CREATE_FLAGS_USE_EXTENSIONS)
		ret = noop_i915_each_extension(call, arg->extensions, context_extension);
	return ret ?: noop_context_create(call, &arg->ctx_id);
}

NOOP_HANDLER(context_create, DRM_I915_GEM_CONTEXT_CREATE, struct drm_i915_gem_context_create_ext)

static int context_destroy(struct noop_call *call, struct drm_i915_gem_context_destroy *arg)
{
	noop_add_value(call, *arg);
	return noop_context_destroy(call, arg->ctx_id) ? -ENOENT : 0;
}

NOOP_HANDLER(context_destroy, DRM_I915_GEM_CONTEXT_DESTROY, struct drm_i915_gem_context_destroy)

static int context_setparam(struct noop_call *call, struct drm_i915_gem_context_param *arg)
{
	noop_add_value(call, arg->ctx_id);
	return with_context(call, arg->ctx_id) ?: set_param(call, arg);
}

NOOP_HANDLER(context_setparam, DRM_I915_GEM_CONTEXT_SETPARAM, struct drm_i915_gem_context_param)

static int context_getparam(struct noop_call *call, struct drm_i915_gem_context_param *arg)
{
	u32 vm;
	int ret = with_context(call, arg->ctx_id);

	noop_add_value(call, arg->ctx_id);
	noop_add_value(call, arg->param);
	if (ret)
		return ret;
	arg->size = 0;
	switch (arg->param) {
	case I915_CONTEXT_PARAM_GTT_SIZE:
		arg->value = noop_i915_model()->full_ppgtt ? BIT_ULL(48) : BIT_ULL(31);
		return 0;
	case I915_CONTEXT_PARAM_VM:
		if (!noop_i915_model()->full_ppgtt)
			return -ENODEV;
		ret = make_vm(call, &vm);
		arg->value = vm;
		return ret;
	case I915_CONTEXT_PARAM_RECOVERABLE:
	case I915_CONTEXT_PARAM_BANNABLE:
		arg->value = 1;
		return 0;
	case I915_CONTEXT_PARAM_PRIORITY:
		arg->value = 0;
		return 0;
	default:
		return -EINVAL;
	}
}

NOOP_HANDLER(context_getparam, DRM_I915_GEM_CONTEXT_GETPARAM, struct drm_i915_gem_context_param)

static int vm_create(struct noop_call *call, struct drm_i915_gem_vm_control *arg)
{
	noop_add_value(call, arg->flags);
	if (arg->flags || arg->extensions)
		return -EINVAL;
	if (!noop_i915_model()->full_ppgtt)
		return -ENODEV;
	return make_vm(call, &arg->vm_id);
}

NOOP_HANDLER(vm_create, DRM_I915_GEM_VM_CREATE, struct drm_i915_gem_vm_control)

static int vm_destroy(struct noop_call *call, struct drm_i915_gem_vm_control *arg)
{
	void *vm = xa_erase(&noop_file(call)->lists, arg->vm_id);

	noop_add_value(call, arg->vm_id);
	kfree(vm);
	return vm ? 0 : -ENOENT;
}

NOOP_HANDLER(vm_destroy, DRM_I915_GEM_VM_DESTROY, struct drm_i915_gem_vm_control)

static int get_reset_stats(struct noop_call *call, struct drm_i915_reset_stats *arg)
{
	u32 id = arg->ctx_id;

	noop_add_value(call, id);
	memset(arg, 0, sizeof(*arg));
	arg->ctx_id = id;
	return with_context(call, id);
}

NOOP_HANDLER(get_reset_stats, DRM_I915_GET_RESET_STATS, struct drm_i915_reset_stats)

/* The one register that programs may read: a time */
static int reg_read(struct noop_call *call, struct drm_i915_reg_read *arg)
{
	noop_add_value(call, arg->offset);
	if ((arg->offset & ~7ull) != 0x2358)
		return -EINVAL;
	arg->val = mul_u64_u32_div(ktime_get_ns(), noop_i915_model()->frequency / 1000,
				   NSEC_PER_SEC / 1000);
	return 0;
}

NOOP_HANDLER(reg_read, DRM_I915_REG_READ, struct drm_i915_reg_read)

NOOP_HANDLER(noop_i915_execbuffer, DRM_I915_GEM_EXECBUFFER2, struct drm_i915_gem_execbuffer2)

NOOP_HANDLER(noop_i915_getparam, DRM_I915_GETPARAM, struct drm_i915_getparam)
NOOP_HANDLER(noop_i915_query, DRM_I915_QUERY, struct drm_i915_query)

static const struct drm_ioctl_desc ioctls[] = {
	NOOP_IOCTL(I915_GETPARAM, noop_i915_getparam),
	NOOP_IOCTL(I915_QUERY, noop_i915_query),
	NOOP_IOCTL(I915_GEM_CREATE, gem_create),
	NOOP_IOCTL(I915_GEM_CREATE_EXT, gem_create_ext),
	NOOP_IOCTL(I915_GEM_MMAP_OFFSET, gem_mmap_offset),
	NOOP_IOCTL(I915_GEM_SET_DOMAIN, gem_set_domain),
	NOOP_IOCTL(I915_GEM_BUSY, gem_busy),
	NOOP_IOCTL(I915_GEM_WAIT, gem_wait),
	NOOP_IOCTL(I915_GEM_MADVISE, gem_madvise),
	NOOP_IOCTL(I915_GEM_SET_TILING, gem_set_tiling),
	NOOP_IOCTL(I915_GEM_GET_TILING, gem_get_tiling),
	NOOP_IOCTL(I915_GEM_SET_CACHING, gem_set_caching),
	NOOP_IOCTL(I915_GEM_GET_CACHING, gem_get_caching),
	NOOP_IOCTL(I915_GEM_GET_APERTURE, gem_get_aperture),
	NOOP_IOCTL(I915_GEM_CONTEXT_CREATE_EXT, context_create),
	NOOP_IOCTL(I915_GEM_CONTEXT_DESTROY, context_destroy),
	NOOP_IOCTL(I915_GEM_CONTEXT_SETPARAM, context_setparam),
	NOOP_IOCTL(I915_GEM_CONTEXT_GETPARAM, context_getparam),
	NOOP_IOCTL(I915_GEM_VM_CREATE, vm_create),
	NOOP_IOCTL(I915_GEM_VM_DESTROY, vm_destroy),
	NOOP_IOCTL(I915_GET_RESET_STATS, get_reset_stats),
	NOOP_IOCTL(I915_REG_READ, reg_read),
	NOOP_IOCTL(I915_GEM_EXECBUFFER2_WR, noop_i915_execbuffer),
};

#define FAMILY(name, id, rev, ...) \
	{ \
		.driver = "i915", \
		.model = name, \
		.data = &(const struct noop_i915_model){ __VA_ARGS__ }, \
		.major = 1, \
		.minor = 6, \
		.vendor = 0x8086, \
		.device = id, \
		.revision = rev, \
		.ioctls = ioctls, \
		.nr_ioctls = ARRAY_SIZE(ioctls), \
	}

/* Tiger Lake */
const struct noop_family noop_i915 =
	FAMILY(NULL, 0x9a49, 3, .frequency = 19200000, .subslices = 6, .eus = 16,
	       .full_ppgtt = true);

const struct noop_family noop_i915_skylake =
	FAMILY("skylake", 0x1912, 6, .frequency = 12000000, .subslices = 3, .eus = 8,
	       .full_ppgtt = true);

const struct noop_family noop_i915_broadwell =
	FAMILY("broadwell", 0x1616, 9, .frequency = 12500000, .subslices = 3, .eus = 8,
	       .full_ppgtt = true);

const struct noop_family noop_i915_haswell =
	FAMILY("haswell", 0x0412, 6, .frequency = 12500000, .subslices = 2, .eus = 10);
