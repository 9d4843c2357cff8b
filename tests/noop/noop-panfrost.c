// SPDX-License-Identifier: GPL-2.0-only
/*
 * noop-panfrost.c: the ioctls of panfrost, on a Mali-G52 (Bifrost) or a Mali-T860
 * (Midgard)
 */
#include "noop.h"
#include "uapi/newest/panfrost_drm.h"

#include <linux/ktime.h>
#include <linux/sizes.h>

/* By number of the parameter */
struct panfrost_model {
	u32 values[DRM_PANFROST_PARAM_AFBC_FEATURES + 1];
};

#define COMMON_PARAMS \
	[DRM_PANFROST_PARAM_TILER_PRESENT] = 1, \
	[DRM_PANFROST_PARAM_L2_PRESENT] = 1, \
	[DRM_PANFROST_PARAM_TEXTURE_FEATURES0 ... DRM_PANFROST_PARAM_TEXTURE_FEATURES3] = ~0u, \
	[DRM_PANFROST_PARAM_JS_FEATURES0] = 0x20e, \
	[DRM_PANFROST_PARAM_JS_FEATURES1] = 0x1fe, \
	[DRM_PANFROST_PARAM_JS_FEATURES2] = 0x7e, \
	[DRM_PANFROST_PARAM_JS_PRESENT] = 7, \
	[DRM_PANFROST_PARAM_MMU_FEATURES] = 0x2830, \
	[DRM_PANFROST_PARAM_TILER_FEATURES] = 0x809, \
	[DRM_PANFROST_PARAM_MAX_THREADS] = 256, \
	[DRM_PANFROST_PARAM_THREAD_MAX_WORKGROUP_SZ] = 256, \
	[DRM_PANFROST_PARAM_THREAD_MAX_BARRIER_SZ] = 256, \
	[DRM_PANFROST_PARAM_NR_CORE_GROUPS] = 1

static const struct panfrost_model g52 = {
	.values = {
		COMMON_PARAMS,
		[DRM_PANFROST_PARAM_GPU_PROD_ID] = 0x7212,
		[DRM_PANFROST_PARAM_SHADER_PRESENT] = 1,
		[DRM_PANFROST_PARAM_AS_PRESENT] = 0xff,
	},
};

static const struct panfrost_model t860 = {
	.values = {
		COMMON_PARAMS,
		[DRM_PANFROST_PARAM_GPU_PROD_ID] = 0x860,
		[DRM_PANFROST_PARAM_SHADER_PRESENT] = 0xf,
		[DRM_PANFROST_PARAM_AS_PRESENT] = 0xff,
	},
};

static int get_param(struct noop_call *call, struct drm_panfrost_get_param *arg)
{
	const struct panfrost_model *model = noop_gpu->data;

	noop_add_value(call, arg->param);
	if (arg->pad || arg->param >= ARRAY_SIZE(model->values))
		return -EINVAL;
	arg->value = model->values[arg->param];
	return 0;
}

NOOP_HANDLER(get_param, DRM_PANFROST_GET_PARAM, struct drm_panfrost_get_param)

/* ------------------------------------------------------------------ buffers */

/* A heap gets its memory when the GPU touches it. */
static int create_bo(struct noop_call *call, struct drm_panfrost_create_bo *arg)
{
	bool heap = arg->flags & PANFROST_BO_HEAP;

	noop_add_value(call, arg->size);
	noop_add_value(call, arg->flags);
	if (!arg->size || arg->pad || arg->flags & ~(PANFROST_BO_NOEXEC | PANFROST_BO_HEAP) ||
	    (heap && !(arg->flags & PANFROST_BO_NOEXEC)))
		return -EINVAL;
	return noop_bo_create_placed(call, round_up((u64)arg->size, heap ? SZ_2M : PAGE_SIZE),
				     heap, &arg->handle, &arg->offset);
}

NOOP_HANDLER(create_bo, DRM_PANFROST_CREATE_BO, struct drm_panfrost_create_bo)

static int mmap_bo(struct noop_call *call, struct drm_panfrost_mmap_bo *arg)
{
	noop_add_bo(call, arg->handle);
	return arg->flags ? -EINVAL : noop_bo_offset(call, arg->handle, &arg->offset);
}

NOOP_HANDLER(mmap_bo, DRM_PANFROST_MMAP_BO, struct drm_panfrost_mmap_bo)

static int get_bo_offset(struct noop_call *call, struct drm_panfrost_get_bo_offset *arg)
{
	noop_add_bo(call, arg->handle);
	arg->offset = noop_bo_place(call, arg->handle);
	return arg->offset ? 0 : -ENOENT;
}

NOOP_HANDLER(get_bo_offset, DRM_PANFROST_GET_BO_OFFSET, struct drm_panfrost_get_bo_offset)

/* Memory is never short. */
static int madvise(struct noop_call *call, struct drm_panfrost_madvise *arg)
{
	noop_add_bo(call, arg->handle);
	noop_add_value(call, arg->madv);
	if (!noop_bo_exists(call, arg->handle))
		return -ENOENT;
	arg->retained = 1;
	return 0;
}

NOOP_HANDLER(madvise, DRM_PANFROST_MADVISE, struct drm_panfrost_madvise)

/*
 * Nothing is ever busy. But a program that waits means a time that is to come; on the
 * clock of a guest, which has started later, it would be over. 0 is not a time.
 */
static int wait_bo(struct noop_call *call, struct drm_panfrost_wait_bo *arg)
{
	noop_add_bo(call, arg->handle);
	if (arg->pad)
		return -EINVAL;
	if (!noop_bo_exists(call, arg->handle))
		return -ENOENT;
	return arg->timeout_ns && arg->timeout_ns < ktime_get_ns() - NSEC_PER_SEC ? -ETIMEDOUT : 0;
}

NOOP_HANDLER(wait_bo, DRM_PANFROST_WAIT_BO, struct drm_panfrost_wait_bo)

/* -------------------------------------------------------------- submissions */

static int wait_syncs(struct noop_call *call, u64 from, u32 nr)
{
	u32 i, *handles = noop_get(call, from, nr, sizeof(*handles));
	int ret = 0;

	if (IS_ERR(handles))
		return PTR_ERR(handles);
	for (i = 0; i < nr && !ret; i++)
		ret = noop_syncobj_wait(call, handles[i], 0, 0);
	kvfree(handles);
	return ret;
}

/* Job descriptors, shaders, vertices and textures are in its buffers. */
static int submit(struct noop_call *call, struct drm_panfrost_submit *arg)
{
	int ret;

	noop_add_value(call, arg->jc);
	noop_add_value(call, arg->requirements);
	noop_add_value(call, arg->out_sync);
	if (!arg->jc || (arg->requirements && arg->requirements != PANFROST_JD_REQ_FS))
		return -EINVAL;
	ret = wait_syncs(call, arg->in_syncs, arg->in_sync_count);
	ret = ret ?: noop_add_buffers(call, arg->bo_handles, arg->bo_handle_count);
	if (ret || !arg->out_sync)
		return ret;
	return noop_syncobj_signal(call, arg->out_sync, 0);
}

NOOP_HANDLER(submit, DRM_PANFROST_SUBMIT, struct drm_panfrost_submit)

static const struct drm_ioctl_desc ioctls[] = {
	NOOP_IOCTL(PANFROST_SUBMIT, submit),
	NOOP_IOCTL(PANFROST_WAIT_BO, wait_bo),
	NOOP_IOCTL(PANFROST_CREATE_BO, create_bo),
	NOOP_IOCTL(PANFROST_MMAP_BO, mmap_bo),
	NOOP_IOCTL(PANFROST_GET_PARAM, get_param),
	NOOP_IOCTL(PANFROST_GET_BO_OFFSET, get_bo_offset),
	NOOP_IOCTL(PANFROST_MADVISE, madvise),
};

const struct noop_family noop_panfrost = {
	.driver = "panfrost",
	.data = &g52,
	.major = 1,
	.minor = 2,
	.platform = "fde60000.gpu",
	.ioctls = ioctls,
	.nr_ioctls = ARRAY_SIZE(ioctls),
};

const struct noop_family noop_panfrost_t860 = {
	.driver = "panfrost",
	.model = "t860",
	.data = &t860,
	.major = 1,
	.minor = 2,
	.platform = "ff9a0000.gpu",
	.ioctls = ioctls,
	.nr_ioctls = ARRAY_SIZE(ioctls),
};
