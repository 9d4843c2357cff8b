// SPDX-License-Identifier: GPL-2.0-only
/*
 * noop-v3d.c: the ioctls of v3d, on the GPU of a BCM2711 (4.2) or a BCM2712 (7.1)
 *
 * All files of the real driver share one address space. Here each has its own, which
 * begins at the same address, so that two runs of a program ask for the same.
 */
#include "noop.h"
#include "uapi/newest/v3d_drm.h"

#include <linux/uaccess.h>

#define KNOWN_FLAGS	(DRM_V3D_SUBMIT_CL_FLUSH_CACHE | DRM_V3D_SUBMIT_EXTENSION)

/* What a model's registers have */
struct v3d_model {
	u32 registers[DRM_V3D_PARAM_V3D_CORE0_IDENT2 + 1];
};

static const struct v3d_model v42 = {
	.registers = {
		[DRM_V3D_PARAM_V3D_UIFCFG] = 0x00000045,
		[DRM_V3D_PARAM_V3D_HUB_IDENT1] = 0x000e1124,
		[DRM_V3D_PARAM_V3D_HUB_IDENT2] = 0x00000100,
		[DRM_V3D_PARAM_V3D_HUB_IDENT3] = 0x00000e00,
		[DRM_V3D_PARAM_V3D_CORE0_IDENT0] = 0x04443356,
		[DRM_V3D_PARAM_V3D_CORE0_IDENT1] = 0x81001422,
		[DRM_V3D_PARAM_V3D_CORE0_IDENT2] = 0x40078121,
	},
};

/* Slices, processors and the size of the vertex memory are in CORE0_IDENT1. */
static const struct v3d_model v71 = {
	.registers = {
		[DRM_V3D_PARAM_V3D_UIFCFG] = 0x00000045,
		[DRM_V3D_PARAM_V3D_HUB_IDENT1] = 0x000e1117,
		[DRM_V3D_PARAM_V3D_HUB_IDENT2] = 0x00000100,
		[DRM_V3D_PARAM_V3D_HUB_IDENT3] = 0x00000a00,
		[DRM_V3D_PARAM_V3D_CORE0_IDENT0] = 0x07443356,
		[DRM_V3D_PARAM_V3D_CORE0_IDENT1] = 0x81001431,
		[DRM_V3D_PARAM_V3D_CORE0_IDENT2] = 0x40078121,
	},
};

/* The CPU queue and what counts performance are not offered: guests do not have them. */
static int get_param(struct noop_call *call, struct drm_v3d_get_param *arg)
{
	const struct v3d_model *model = noop_gpu->data;

	noop_add_value(call, arg->param);
	if (arg->pad)
		return -EINVAL;
	switch (arg->param) {
	case DRM_V3D_PARAM_SUPPORTS_TFU:
	case DRM_V3D_PARAM_SUPPORTS_CSD:
	case DRM_V3D_PARAM_SUPPORTS_CACHE_FLUSH:
	case DRM_V3D_PARAM_SUPPORTS_MULTISYNC_EXT:
		arg->value = 1;
		return 0;
	}
	if (arg->param >= ARRAY_SIZE(model->registers))
		return -EINVAL;
	arg->value = model->registers[arg->param];
	return 0;
}

NOOP_HANDLER(get_param, DRM_V3D_GET_PARAM, struct drm_v3d_get_param)

/* ------------------------------------------------------------------ buffers */

static int create_bo(struct noop_call *call, struct drm_v3d_create_bo *arg)
{
	u64 place;
	int ret;

	noop_add_value(call, arg->size);
	noop_add_value(call, arg->flags);
	if (arg->flags)
		return -EINVAL;
	ret = noop_bo_create_placed(call, PAGE_ALIGN((u64)arg->size), false, &arg->handle, &place);
	arg->offset = place;
	return ret;
}

NOOP_HANDLER(create_bo, DRM_V3D_CREATE_BO, struct drm_v3d_create_bo)

static int mmap_bo(struct noop_call *call, struct drm_v3d_mmap_bo *arg)
{
	noop_add_bo(call, arg->handle);
	noop_add_value(call, arg->flags);
	return arg->flags ? -EINVAL : noop_bo_offset(call, arg->handle, &arg->offset);
}

NOOP_HANDLER(mmap_bo, DRM_V3D_MMAP_BO, struct drm_v3d_mmap_bo)

static int get_bo_offset(struct noop_call *call, struct drm_v3d_get_bo_offset *arg)
{
	noop_add_bo(call, arg->handle);
	arg->offset = noop_bo_place(call, arg->handle);
	return arg->offset ? 0 : -ENOENT;
}

NOOP_HANDLER(get_bo_offset, DRM_V3D_GET_BO_OFFSET, struct drm_v3d_get_bo_offset)

static int wait_bo(struct noop_call *call, struct drm_v3d_wait_bo *arg)
{
	noop_add_bo(call, arg->handle);
	noop_add_value(call, arg->timeout_ns);
	if (arg->pad)
		return -EINVAL;
	return noop_bo_exists(call, arg->handle) ? 0 : -EINVAL;
}

NOOP_HANDLER(wait_bo, DRM_V3D_WAIT_BO, struct drm_v3d_wait_bo)

/*
 * -------------------------------------------------------------- submissions
 *
 * All that one uses is in its buffers: commands, shaders, vertices, textures.
 */

/* As the driver: one that does not exist is not waited for. */
static int wait_sync(struct noop_call *call, u32 handle)
{
	int ret = handle ? noop_syncobj_wait(call, handle, 0, 0) : 0;

	noop_add_value(call, handle);
	return ret == -ENOENT ? 0 : ret;
}

static int signal_sync(struct noop_call *call, u32 handle)
{
	noop_add_value(call, handle);
	return handle ? noop_syncobj_signal(call, handle, 0) : 0;
}

typedef int (*use_sync)(struct noop_call *call, u32 handle);

static int use_syncs(struct noop_call *call, u64 from, u32 nr, use_sync use)
{
	struct drm_v3d_sem *syncs = noop_get(call, from, nr, sizeof(*syncs));
	int ret = 0;
	u32 i;

	if (IS_ERR(syncs))
		return PTR_ERR(syncs);
	for (i = 0; i < nr && !ret; i++)
		ret = use(call, syncs[i].handle);
	kvfree(syncs);
	return ret;
}

/* The only extension that a submission to a GPU may have */
static int get_multi_sync(struct noop_call *call, u64 from, struct drm_v3d_multi_sync *sync)
{
	if (copy_from_user(sync, u64_to_user_ptr(from), sizeof(*sync)))
		return -EFAULT;
	if (sync->base.next || sync->base.id != DRM_V3D_EXT_ID_MULTI_SYNC || sync->base.flags ||
	    sync->pad)
		return -EINVAL;
	noop_add_value(call, sync->wait_stage);
	return 0;
}

/* What all kinds of submissions have */
struct submission {
	u32 flags;
	u64 extensions;
	u32 in_sync[2];
	u32 out_sync;
};

static int synchronize(struct noop_call *call, const struct submission *s)
{
	struct drm_v3d_multi_sync multi;
	int ret;

	noop_add_value(call, s->flags);
	if (s->flags & ~KNOWN_FLAGS)
		return -EINVAL;
	if (s->flags & DRM_V3D_SUBMIT_EXTENSION) {
		ret = get_multi_sync(call, s->extensions, &multi);
		ret = ret ?: use_syncs(call, multi.in_syncs, multi.in_sync_count, wait_sync);
		return ret ?: use_syncs(call, multi.out_syncs, multi.out_sync_count, signal_sync);
	}
	ret = wait_sync(call, s->in_sync[0]);
	ret = ret ?: wait_sync(call, s->in_sync[1]);
	return ret ?: signal_sync(call, s->out_sync);
}

static int submit_cl(struct noop_call *call, struct drm_v3d_submit_cl *arg)
{
	struct submission s = {
		.flags = arg->flags,
		.extensions = arg->extensions,
		.in_sync = { arg->in_sync_bcl, arg->in_sync_rcl },
		.out_sync = arg->out_sync,
	};
	int ret;

	noop_add(call, arg, offsetof(struct drm_v3d_submit_cl, in_sync_bcl));
	noop_add(call, &arg->qma, offsetof(struct drm_v3d_submit_cl, bo_handles) -
		 offsetof(struct drm_v3d_submit_cl, qma));
	if (arg->pad || arg->perfmon_id || !arg->bo_handle_count)
		return -EINVAL;
	ret = noop_add_buffers(call, arg->bo_handles, arg->bo_handle_count);
	return ret ?: synchronize(call, &s);
}

NOOP_HANDLER(submit_cl, DRM_V3D_SUBMIT_CL, struct drm_v3d_submit_cl)

static int submit_csd(struct noop_call *call, struct drm_v3d_submit_csd *arg)
{
	struct submission s = {
		.flags = arg->flags,
		.extensions = arg->extensions,
		.in_sync = { arg->in_sync },
		.out_sync = arg->out_sync,
	};
	int ret;

	noop_add(call, arg, offsetof(struct drm_v3d_submit_csd, bo_handles));
	if (arg->pad || arg->perfmon_id || !arg->bo_handle_count)
		return -EINVAL;
	ret = noop_add_buffers(call, arg->bo_handles, arg->bo_handle_count);
	return ret ?: synchronize(call, &s);
}

NOOP_HANDLER(submit_csd, DRM_V3D_SUBMIT_CSD, struct drm_v3d_submit_csd)

/* Its buffers are in the argument; the first is written. */
static int submit_tfu(struct noop_call *call, struct drm_v3d_submit_tfu *arg)
{
	struct submission s = {
		.flags = arg->flags,
		.extensions = arg->extensions,
		.in_sync = { arg->in_sync },
		.out_sync = arg->out_sync,
	};
	int i, ret = arg->bo_handles[0] ? 0 : -ENOENT;

	noop_add(call, arg, offsetof(struct drm_v3d_submit_tfu, bo_handles));
	noop_add_value(call, arg->v71);
	for (i = 0; !ret && i < ARRAY_SIZE(arg->bo_handles) && arg->bo_handles[i]; i++)
		ret = noop_add_contents(call, arg->bo_handles[i]);
	return ret ?: synchronize(call, &s);
}

NOOP_HANDLER(submit_tfu, DRM_V3D_SUBMIT_TFU, struct drm_v3d_submit_tfu)

static const struct drm_ioctl_desc ioctls[] = {
	NOOP_IOCTL(V3D_SUBMIT_CL, submit_cl),
	NOOP_IOCTL(V3D_WAIT_BO, wait_bo),
	NOOP_IOCTL(V3D_CREATE_BO, create_bo),
	NOOP_IOCTL(V3D_MMAP_BO, mmap_bo),
	NOOP_IOCTL(V3D_GET_PARAM, get_param),
	NOOP_IOCTL(V3D_GET_BO_OFFSET, get_bo_offset),
	NOOP_IOCTL(V3D_SUBMIT_TFU, submit_tfu),
	NOOP_IOCTL(V3D_SUBMIT_CSD, submit_csd),
};

const struct noop_family noop_v3d = {
	.driver = "v3d",
	.data = &v42,
	.major = 1,
	.platform = "fec00000.gpu",
	.ioctls = ioctls,
	.nr_ioctls = ARRAY_SIZE(ioctls),
};

const struct noop_family noop_v3d_71 = {
	.driver = "v3d",
	.model = "7.1",
	.data = &v71,
	.major = 1,
	.platform = "1002000000.gpu",
	.ioctls = ioctls,
	.nr_ioctls = ARRAY_SIZE(ioctls),
};
