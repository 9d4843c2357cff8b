// SPDX-License-Identifier: GPL-2.0-only
/*
 * mockgpu-v3d.c: the ioctls of v3d, as v3d_submit.c, v3d_bo.c and v3d_drv.c read
 * and write
 */
#include "mockgpu.h"
#include "uapi/newest/v3d_drm.h"

/* struct v3d_submit_ext: what came of the extensions */
struct extensions {
	u64 in_syncs;
	u32 in_count;
	u32 out_count;
	u32 stage;
	bool multisync;
};

/* v3d_get_multisync_submit_deps() */
static int get_multisync(struct mock *m, u64 at, struct extensions *se)
{
	struct drm_v3d_multi_sync sync;

	if (se->in_count || se->out_count)
		return -EINVAL;
	if (mock_get(&sync, at, sizeof(sync)))
		return -EFAULT;
	if (sync.pad || (!sync.in_sync_count && !sync.out_sync_count))
		return -EINVAL;
	if (mock_array(m, sync.out_syncs, sync.out_sync_count, sizeof(struct drm_v3d_sem)))
		return -EFAULT;
	mock_add_value(m, sync.wait_stage);
	se->in_syncs = sync.in_syncs;
	se->in_count = sync.in_sync_count;
	se->out_count = sync.out_sync_count;
	se->stage = sync.wait_stage;
	se->multisync = true;
	return 0;
}

/* v3d_get_extensions() of a job of the GPU: those of CPU jobs are errors */
static int get_extensions(struct mock *m, u64 at, struct extensions *se)
{
	struct drm_v3d_extension ext;
	int ret;

	for (; at; at = ext.next) {
		if (mock_get(&ext, at, sizeof(ext)))
			return -EFAULT;
		if (ext.id != DRM_V3D_EXT_ID_MULTI_SYNC)
			return -EINVAL;
		ret = get_multisync(m, at, se);
		if (ret)
			return ret;
	}
	return 0;
}

/* v3d_job_add_syncobjs() */
static int add_syncobjs(struct mock *m, const struct extensions *se, u32 queue, u32 in_sync)
{
	if (!se->multisync)
		mock_add_value(m, in_sync);
	else if (se->stage == queue &&
		 mock_array(m, se->in_syncs, se->in_count, sizeof(struct drm_v3d_sem)))
		return -EFAULT;
	return 0;
}

static int lookup_bos(struct mock *m, u64 handles, u32 count)
{
	if (!count)
		return -EINVAL;
	return mock_array(m, handles, count, sizeof(u32)) ? -EFAULT : 0;
}

static int submit_cl(struct mock *m, struct drm_v3d_submit_cl *arg)
{
	struct drm_v3d_submit_cl numbers = *arg;
	struct extensions se = { 0 };
	int ret = 0;

	if (arg->pad ||
	    arg->flags & ~(DRM_V3D_SUBMIT_CL_FLUSH_CACHE | DRM_V3D_SUBMIT_EXTENSION))
		return -EINVAL;
	numbers.bo_handles = 0;
	numbers.extensions = 0;
	mock_add_value(m, numbers);
	if (arg->flags & DRM_V3D_SUBMIT_EXTENSION)
		ret = get_extensions(m, arg->extensions, &se);
	if (!ret && arg->bcl_start != arg->bcl_end)
		ret = add_syncobjs(m, &se, V3D_BIN, arg->in_sync_bcl);
	if (!ret)
		ret = add_syncobjs(m, &se, V3D_RENDER, arg->in_sync_rcl);
	if (!ret)
		ret = lookup_bos(m, arg->bo_handles, arg->bo_handle_count);
	return ret ? ret : mock_verdict(m);
}

static int submit_tfu(struct mock *m, struct drm_v3d_submit_tfu *arg)
{
	struct drm_v3d_submit_tfu numbers = *arg;
	struct extensions se = { 0 };
	int ret = 0;

	if (arg->flags && !(arg->flags & DRM_V3D_SUBMIT_EXTENSION))
		return -EINVAL;
	numbers.extensions = 0;
	mock_add_value(m, numbers);
	if (arg->flags & DRM_V3D_SUBMIT_EXTENSION)
		ret = get_extensions(m, arg->extensions, &se);
	if (!ret)
		ret = add_syncobjs(m, &se, V3D_TFU, arg->in_sync);
	return ret ? ret : mock_verdict(m);
}

static int submit_csd(struct mock *m, struct drm_v3d_submit_csd *arg)
{
	struct drm_v3d_submit_csd numbers = *arg;
	struct extensions se = { 0 };
	int ret = 0;

	if (arg->pad || (arg->flags && !(arg->flags & DRM_V3D_SUBMIT_EXTENSION)))
		return -EINVAL;
	numbers.bo_handles = 0;
	numbers.extensions = 0;
	mock_add_value(m, numbers);
	if (arg->flags & DRM_V3D_SUBMIT_EXTENSION)
		ret = get_extensions(m, arg->extensions, &se);
	if (!ret)
		ret = add_syncobjs(m, &se, V3D_CSD, arg->in_sync);
	if (!ret)
		ret = lookup_bos(m, arg->bo_handles, arg->bo_handle_count);
	return ret ? ret : mock_verdict(m);
}

/* What is left of the time is returned, whatever becomes of the call */
static int wait_bo(struct mock *m, struct drm_v3d_wait_bo *arg)
{
	int ret;

	if (arg->pad)
		return -EINVAL;
	mock_add_value(m, arg->handle);
	mock_add_value(m, arg->timeout_ns);
	ret = mock_verdict(m);
	arg->timeout_ns -= min_t(u64, arg->timeout_ns, mock_number(m, 1000));
	return ret;
}

static int create_bo(struct mock *m, struct drm_v3d_create_bo *arg)
{
	int ret;

	if (arg->flags || !arg->size)
		return -EINVAL;
	mock_add_value(m, arg->size);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	arg->handle = 1 + mock_number(m, 100000);
	mock_fill_value(m, arg->offset);
	return 0;
}

static int mmap_bo(struct mock *m, struct drm_v3d_mmap_bo *arg)
{
	if (arg->flags)
		return -EINVAL;
	mock_add_value(m, arg->handle);
	return mock_finish_value(m, arg->offset);
}

/* Registers have to be asked for with a value of 0 */
static int get_param(struct mock *m, struct drm_v3d_get_param *arg)
{
	if (arg->pad)
		return -EINVAL;
	if (arg->param <= DRM_V3D_PARAM_V3D_CORE0_IDENT2 ? arg->value :
	    arg->param > DRM_V3D_PARAM_CONTEXT_RESET_COUNTER)
		return -EINVAL;
	mock_add_value(m, arg->param);
	mock_fill_value(m, arg->value);
	return 0;
}

static int get_bo_offset(struct mock *m, struct drm_v3d_get_bo_offset *arg)
{
	mock_add_value(m, arg->handle);
	return mock_finish_value(m, arg->offset);
}

MOCK_HANDLER(submit_cl, struct drm_v3d_submit_cl)
MOCK_HANDLER(submit_tfu, struct drm_v3d_submit_tfu)
MOCK_HANDLER(submit_csd, struct drm_v3d_submit_csd)
MOCK_HANDLER(wait_bo, struct drm_v3d_wait_bo)
MOCK_HANDLER(create_bo, struct drm_v3d_create_bo)
MOCK_HANDLER(mmap_bo, struct drm_v3d_mmap_bo)
MOCK_HANDLER(get_param, struct drm_v3d_get_param)
MOCK_HANDLER(get_bo_offset, struct drm_v3d_get_bo_offset)

static const struct drm_ioctl_desc ioctls[] = {
	MOCK_IOCTL(V3D_SUBMIT_CL, submit_cl, DRM_RENDER_ALLOW | DRM_AUTH),
	MOCK_IOCTL(V3D_WAIT_BO, wait_bo, DRM_RENDER_ALLOW),
	MOCK_IOCTL(V3D_CREATE_BO, create_bo, DRM_RENDER_ALLOW),
	MOCK_IOCTL(V3D_MMAP_BO, mmap_bo, DRM_RENDER_ALLOW),
	MOCK_IOCTL(V3D_GET_PARAM, get_param, DRM_RENDER_ALLOW),
	MOCK_IOCTL(V3D_GET_BO_OFFSET, get_bo_offset, DRM_RENDER_ALLOW),
	MOCK_IOCTL(V3D_SUBMIT_TFU, submit_tfu, DRM_RENDER_ALLOW | DRM_AUTH),
	MOCK_IOCTL(V3D_SUBMIT_CSD, submit_csd, DRM_RENDER_ALLOW | DRM_AUTH),
};

static const char counters[] = "for what comes of a GPU that runs";

static const struct mock_left_out left_out[] = {
	{ "V3D_SUBMIT_CPU", "not for guests, and nothing comes of it without buffers" },
	{ "V3D_PERFMON_CREATE", counters },
	{ "V3D_PERFMON_DESTROY", counters },
	{ "V3D_PERFMON_GET_VALUES", counters },
	{ "V3D_PERFMON_GET_COUNTER", counters },
	{ "V3D_PERFMON_SET_GLOBAL", counters },
};

const struct mock_family mock_v3d = {
	.driver = "v3d",
	.major = 1,
	.minor = 0,
	.ioctls = ioctls,
	.nr_ioctls = ARRAY_SIZE(ioctls),
	.left_out = left_out,
	.nr_left_out = ARRAY_SIZE(left_out),
};
