// SPDX-License-Identifier: GPL-2.0-only
/*
 * mock-v3d.c: cases for v3d's ioctls
 */
#include <errno.h>

#include "common.h"
#include "mock.h"
#include "uapi/newest/v3d_drm.h"

#define SEM	sizeof(struct drm_v3d_sem)

/* One; a second is an error, which a guest is told before its pointers are looked at */
static __u64 extensions(__u32 stage)
{
	struct drm_v3d_multi_sync *sync;

	if (one_in(16))
		return 0;
	sync = zeroes(sizeof(*sync));
	sync->base.id = one_in(32) ? pick(10) : DRM_V3D_EXT_ID_MULTI_SYNC;
	sync->base.flags = any();
	sync->in_sync_count = count_of(20);
	sync->out_sync_count = count_of(20);
	sync->wait_stage = one_in(8) ? any() : one_in(4) ? pick(6) : stage;
	/* A guest is refused too many even if the driver would not look at them. */
	if (mock_group == MOCK_EXTREMES)
		sync->wait_stage = stage;
	sync->pad = one_in(32);
	sync->in_syncs = array(sync->in_sync_count, SEM, READ);
	sync->out_syncs = array(sync->out_sync_count, SEM, READ);
	/* Its beginning alone is no extension for a guest, but one for the driver */
	return point(sync, sizeof(sync->base), READ);
}

/* No later kernel's flags, which a guest is refused; without EXTENSION it may be anything */
static __u32 flags(__u64 *chain, __u32 stage)
{
	__u32 bits = one_in(8) ? pick(4) : one_in(2) * DRM_V3D_SUBMIT_EXTENSION;

	*chain = bits & DRM_V3D_SUBMIT_EXTENSION ? extensions(stage) : any();
	return bits;
}

static void submit_cl(void *data)
{
	struct drm_v3d_submit_cl *arg = data;

	fill(arg, sizeof(*arg));
	if (one_in(4))
		arg->bcl_end = arg->bcl_start;
	arg->pad = one_in(32);
	arg->bo_handle_count = count_of(40);
	arg->bo_handles = array(arg->bo_handle_count, 4, READ);
	arg->flags = flags(&arg->extensions, mock_group != MOCK_EXTREMES && one_in(2) ?
			   V3D_BIN : V3D_RENDER);
}

static void submit_tfu(void *data)
{
	struct drm_v3d_submit_tfu *arg = data;

	fill(arg, sizeof(*arg));
	arg->flags = flags(&arg->extensions, V3D_TFU);
}

static void submit_csd(void *data)
{
	struct drm_v3d_submit_csd *arg = data;

	fill(arg, sizeof(*arg));
	arg->pad = one_in(32);
	arg->bo_handle_count = count_of(40);
	arg->bo_handles = array(arg->bo_handle_count, 4, READ);
	arg->flags = flags(&arg->extensions, V3D_CSD);
}

static void wait_bo(void *data)
{
	struct drm_v3d_wait_bo *arg = data;

	arg->handle = any();
	arg->pad = one_in(16);
	arg->timeout_ns = some_duration();
}

static void create_bo(void *data)
{
	struct drm_v3d_create_bo *arg = data;

	arg->size = one_in(16) ? 0 : 1 + pick(65536);
	arg->flags = one_in(16);
	arg->handle = any();
	arg->offset = any();
}

static void mmap_bo(void *data)
{
	struct drm_v3d_mmap_bo *arg = data;

	arg->handle = any();
	arg->flags = one_in(8);
	arg->offset = any();
}

/* Not those that a guest is not told */
static void get_param(void *data)
{
	static const __u32 others[] = {
		DRM_V3D_PARAM_SUPPORTS_TFU, DRM_V3D_PARAM_SUPPORTS_CSD,
		DRM_V3D_PARAM_SUPPORTS_CACHE_FLUSH, DRM_V3D_PARAM_SUPPORTS_MULTISYNC_EXT,
		DRM_V3D_PARAM_SUPPORTS_SUPER_PAGES, DRM_V3D_PARAM_GLOBAL_RESET_COUNTER,
		DRM_V3D_PARAM_CONTEXT_RESET_COUNTER, DRM_V3D_PARAM_CONTEXT_RESET_COUNTER + 1,
	};
	struct drm_v3d_get_param *arg = data;

	arg->param = one_in(2) ? pick_of(others) : pick(DRM_V3D_PARAM_SUPPORTS_TFU);
	arg->pad = one_in(16);
	arg->value = one_in(8) ? any() : 0;
}

static void get_bo_offset(void *data)
{
	fill(data, sizeof(struct drm_v3d_get_bo_offset));
}

static void two_extensions(void *data)
{
	struct drm_v3d_submit_cl *arg = data;
	struct drm_v3d_multi_sync *sync = zeroes(sizeof(*sync));
	struct drm_v3d_multi_sync *other = zeroes(sizeof(*other));

	sync->base.id = DRM_V3D_EXT_ID_MULTI_SYNC;
	sync->base.next = (unsigned long)other;
	sync->out_sync_count = 1;
	sync->out_syncs = (unsigned long)bytes(SEM);
	arg->flags = DRM_V3D_SUBMIT_EXTENSION;
	arg->extensions = (unsigned long)sync;
}

static void later_flags(void *data)
{
	struct drm_v3d_submit_csd *arg = data;

	arg->flags = DRM_V3D_SUBMIT_EXTENSION | 4;
}

/* The driver would write there, in the memory behind a buffer */
static void cpu_job(void *data)
{
	struct drm_v3d_submit_cpu *arg = data;
	struct drm_v3d_reset_timestamp_query *query = zeroes(sizeof(*query));

	query->base.id = DRM_V3D_EXT_ID_CPU_RESET_TIMESTAMP_QUERY;
	query->offset = 0x1000000;
	query->count = 1;
	query->syncs = (unsigned long)bytes(4);
	arg->flags = DRM_V3D_SUBMIT_EXTENSION;
	arg->extensions = (unsigned long)query;
}

static void cpu_queue(void *data)
{
	struct drm_v3d_get_param *arg = data;

	arg->param = DRM_V3D_PARAM_SUPPORTS_CPU_QUEUE;
}

static void perfmon(void *data)
{
	struct drm_v3d_get_param *arg = data;

	arg->param = DRM_V3D_PARAM_SUPPORTS_PERFMON;
}

static void counters(void *data)
{
	struct drm_v3d_perfmon_get_values *arg = data;

	arg->values_ptr = (unsigned long)bytes(256);
}

static void all_users(void *data)
{
	struct drm_v3d_perfmon_set_global *arg = data;

	arg->id = 1;
}

static const struct mock_op ops[] = {
	MOCK_OP(V3D_SUBMIT_CL, submit_cl),
	MOCK_OP(V3D_SUBMIT_TFU, submit_tfu),
	MOCK_OP(V3D_SUBMIT_CSD, submit_csd),
	MOCK_OP(V3D_WAIT_BO, wait_bo),
	MOCK_OP(V3D_CREATE_BO, create_bo),
	MOCK_OP(V3D_MMAP_BO, mmap_bo),
	MOCK_OP(V3D_GET_PARAM, get_param),
	MOCK_OP(V3D_GET_BO_OFFSET, get_bo_offset),
};

static const struct mock_refused refused[] = {
	{ "two extensions", DRM_IOCTL_V3D_SUBMIT_CL, two_extensions, EINVAL },
	{ "flags of a later kernel", DRM_IOCTL_V3D_SUBMIT_CSD, later_flags, EINVAL },
	{ "CPU job", DRM_IOCTL_V3D_SUBMIT_CPU, cpu_job, EINVAL },
	{ "question for CPU jobs", DRM_IOCTL_V3D_GET_PARAM, cpu_queue, EINVAL },
	{ "question for counters", DRM_IOCTL_V3D_GET_PARAM, perfmon, EINVAL },
	{ "counters", DRM_IOCTL_V3D_PERFMON_GET_VALUES, counters, EINVAL },
	{ "counters of all users", DRM_IOCTL_V3D_PERFMON_SET_GLOBAL, all_users, EINVAL },
};

const struct mock_driver mock_driver_v3d = {
	.name = "v3d",
	.ops = ops,
	.nr_ops = ARRAY_SIZE(ops),
	.refused = refused,
	.nr_refused = ARRAY_SIZE(refused),
};
