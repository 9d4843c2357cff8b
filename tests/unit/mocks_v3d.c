// SPDX-License-Identifier: GPL-2.0-only
/*
 * mocks_v3d.c: stand-ins for v3d_submit.c, v3d_bo.c and v3d_drv.c
 */
#include "mocks.h"
#include "uapi/newest/v3d_drm.h"

PLAIN(V3D_WAIT_BO, struct drm_v3d_wait_bo);
PLAIN(V3D_CREATE_BO, struct drm_v3d_create_bo);
PLAIN(V3D_MMAP_BO, struct drm_v3d_mmap_bo);
PLAIN(V3D_GET_BO_OFFSET, struct drm_v3d_get_bo_offset);

static long mock_get_param(struct space *s, void *data)
{
	struct drm_v3d_get_param *arg = data;

	if (arg->param == DRM_V3D_PARAM_SUPPORTS_PERFMON ||
	    arg->param == DRM_V3D_PARAM_MAX_PERF_COUNTERS ||
	    arg->param == DRM_V3D_PARAM_SUPPORTS_CPU_QUEUE)
		return -EINVAL;	/* as before Linux 5.15 */
	return mock_plain(data, sizeof(*arg));
}

static void make_get_param(void *data)
{
	struct drm_v3d_get_param *arg = data;

	arg->param = test_random() % 20;
	arg->value = test_random();
}

/* What the scheduler's jobs wait for is read only if one of them is meant */
static long read_syncs(struct space *s, const struct drm_v3d_multi_sync *sync,
		       u32 stages, u32 *sum)
{
	if (sync->in_sync_count && sync->wait_stage < 32 &&
	    stages & 1u << sync->wait_stage &&
	    mock_read(s, sync->in_syncs, 32ul * sync->in_sync_count, sum))
		return -EFAULT;
	return 0;
}

/* v3d_get_extensions(), for a job of the GPU; then the job's own syncobjs */
static long read_extensions(struct space *s, u64 at, u32 stages, u32 *sum)
{
	struct drm_v3d_multi_sync sync = { 0 };
	struct drm_v3d_extension ext;
	bool seen = false;

	for (; at; at = ext.next) {
		if (space_read(s, &ext, at, sizeof(ext)))
			return -EFAULT;
		if (ext.id != DRM_V3D_EXT_ID_MULTI_SYNC || seen)
			return -EINVAL;
		if (space_read(s, &sync, at, sizeof(sync)))
			return -EFAULT;
		if (sync.pad || (!sync.in_sync_count && !sync.out_sync_count))
			return -EINVAL;
		if (ext.next)
			return -EINVAL;	/* or what it is for the next one */
		if (sync.out_sync_count &&
		    mock_read(s, sync.out_syncs, 32ul * sync.out_sync_count, sum))
			return -EFAULT;
		seen = true;
	}
	return seen ? read_syncs(s, &sync, stages, sum) : 0;
}

static u64 make_extensions(u32 stage)
{
	struct drm_v3d_multi_sync sync = {
		.base.id = test_random() % 16 ? DRM_V3D_EXT_ID_MULTI_SYNC :
			   test_random() % 9,
		.base.next = test_random() % 16 ? 0 : make_pointee(64),
		.base.flags = test_random(),
		.in_sync_count = test_random() % 6,
		.out_sync_count = test_random() % 6,
		.wait_stage = test_random() % 4 ? stage : test_random(),
		.pad = test_random() % 16 == 0,
	};

	if (test_random() % 16 == 0)
		return 0;
	sync.in_syncs = make_pointee(32 * sync.in_sync_count);
	sync.out_syncs = make_pointee(32 * sync.out_sync_count);
	return space_put(&program, &sync, sizeof(sync));
}

/* Without the flag it is any number */
static u64 make_chain(u32 flags, u32 stage)
{
	return flags & DRM_V3D_SUBMIT_EXTENSION ? make_extensions(stage) : test_random();
}

static u32 make_flags(u32 known)
{
	return test_random() % 16 ? test_random() & known :
				    2u << test_random() % 31;
}

/* The last thing that a submission reads */
static long read_buffers(struct space *s, u64 handles, u32 nr, u32 sum)
{
	if (!nr)
		return -EINVAL;
	if (mock_read(s, handles, 4ul * nr, &sum))
		return -EFAULT;
	return mock_status(sum);
}

static long mock_submit_cl(struct space *s, void *data)
{
	struct drm_v3d_submit_cl *arg = data;
	u32 sum = arg->bcl_start * 3 + arg->rcl_end * 5 + arg->in_sync_bcl * 7 +
		  arg->in_sync_rcl * 11 + arg->out_sync * 13 + arg->perfmon_id;
	u32 stages = 1u << V3D_RENDER;
	long err;

	if (arg->flags & ~3u)
		return -EINVAL;
	if (arg->bcl_start != arg->bcl_end)
		stages |= 1u << V3D_BIN;
	if (arg->flags & DRM_V3D_SUBMIT_EXTENSION) {
		err = read_extensions(s, arg->extensions, stages, &sum);
		if (err)
			return err;
	}
	return read_buffers(s, arg->bo_handles, arg->bo_handle_count, sum);
}

static void make_submit_cl(void *data)
{
	struct drm_v3d_submit_cl *arg = data;

	test_random_fill(arg, sizeof(*arg));
	if (test_random() % 4 == 0)
		arg->bcl_end = arg->bcl_start;
	arg->flags = make_flags(3);
	arg->extensions = make_chain(arg->flags, test_random() % 2);
	arg->bo_handle_count = test_random() % 100;
	arg->bo_handles = make_pointee(4 * arg->bo_handle_count);
}

static long mock_submit_csd(struct space *s, void *data)
{
	struct drm_v3d_submit_csd *arg = data;
	u32 sum = arg->cfg[6] + arg->coef[3] * 3 + arg->in_sync * 7 + arg->out_sync * 11;
	long err;

	if (arg->flags > 3 || arg->flags == DRM_V3D_SUBMIT_CL_FLUSH_CACHE)
		return -EINVAL;
	if (arg->flags & DRM_V3D_SUBMIT_EXTENSION) {
		err = read_extensions(s, arg->extensions, 1u << V3D_CSD, &sum);
		if (err)
			return err;
	}
	return read_buffers(s, arg->bo_handles, arg->bo_handle_count, sum);
}

static void make_submit_csd(void *data)
{
	struct drm_v3d_submit_csd *arg = data;

	test_random_fill(arg, sizeof(*arg));
	arg->flags = make_flags(3);
	arg->extensions = make_chain(arg->flags, V3D_CSD);
	arg->bo_handle_count = test_random() % 100;
	arg->bo_handles = make_pointee(4 * arg->bo_handle_count);
}

static long mock_submit_tfu(struct space *s, void *data)
{
	struct drm_v3d_submit_tfu *arg = data;
	u32 sum = arg->icfg + arg->bo_handles[3] * 3 + arg->in_sync * 7 + arg->v71.ioc * 5;
	long err;

	if (arg->flags > 3 || arg->flags == DRM_V3D_SUBMIT_CL_FLUSH_CACHE)
		return -EINVAL;
	if (arg->flags & DRM_V3D_SUBMIT_EXTENSION) {
		err = read_extensions(s, arg->extensions, 1u << V3D_TFU, &sum);
		if (err)
			return err;
	}
	return mock_status(sum);
}

static void make_submit_tfu(void *data)
{
	struct drm_v3d_submit_tfu *arg = data;

	test_random_fill(arg, sizeof(*arg));
	arg->flags = make_flags(3);
	arg->extensions = make_chain(arg->flags, V3D_TFU);
}

const struct mock v3d_mocks[] = {
	PLAIN_MOCK(V3D_WAIT_BO),
	PLAIN_MOCK(V3D_CREATE_BO),
	PLAIN_MOCK(V3D_MMAP_BO),
	PLAIN_MOCK(V3D_GET_BO_OFFSET),
	MOCK(V3D_GET_PARAM, mock_get_param, make_get_param),
	MOCK(V3D_SUBMIT_CL, mock_submit_cl, make_submit_cl),
	MOCK(V3D_SUBMIT_CSD, mock_submit_csd, make_submit_csd),
	MOCK(V3D_SUBMIT_TFU, mock_submit_tfu, make_submit_tfu),
};

const size_t nr_v3d_mocks = ARRAY_SIZE(v3d_mocks);
