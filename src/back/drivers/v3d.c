// SPDX-License-Identifier: GPL-2.0-only
/*
 * v3d.c: the ioctls of v3d
 *
 * Read with v3d_submit.c, v3d_sched.c, v3d_bo.c, v3d_perfmon.c and v3d_mmu.c of
 * Linux 7.2 and 6.12, and v3d_gem.c of 6.1. Flags and extensions of later kernels,
 * which might have pointers, get the answer of a kernel that does not know them.
 */
#include "back/tables/tables.h"
#include "uapi/newest/v3d_drm.h"

/* The driver takes as many as it is told; so many are never needed */
#define MOST_SYNCOBJS	4096
#define MOST_BUFFERS	16384

#define KNOWN_FLAGS	(DRM_V3D_SUBMIT_CL_FLUSH_CACHE | DRM_V3D_SUBMIT_EXTENSION)

/* A syncobj that does not exist is not waited for: the driver has it so. */
#define ARG struct drm_v3d_sem
static const struct pvdrm_field_entry in_sync[] = {
	SYNC(handle, WAITED, WHEN_NE(handle, 0)),
};

static const struct pvdrm_field_entry out_sync[] = {
	SYNC(handle, SIGNALLED),
};

#undef ARG

/*
 * Extensions are a chain, but a submission has room for one: the driver refuses a
 * second one, and then forgets to free what it made for the first. So this is
 * no chain here.
 */
#define ARG struct drm_v3d_multi_sync
static const struct pvdrm_field_entry multi_sync[] = {
	REFUSE(EINVAL, WHEN_NE(base.id, DRM_V3D_EXT_ID_MULTI_SYNC)),
	REFUSE(EINVAL, WHEN_NE(base.next, 0)),
	WAIT(WHEN_EQ(in_sync_count, 0), RANGE(out_sync_count, 0, 0)),
	WAIT(WHEN_NE(pad, 0)),
	ARRAY(in_syncs, IN, COUNT(in_sync_count), ELEM(struct drm_v3d_sem),
	      AT_MOST(MOST_SYNCOBJS), EACH(in_sync)),
	ARRAY(out_syncs, IN, COUNT(out_sync_count), ELEM(struct drm_v3d_sem),
	      AT_MOST(MOST_SYNCOBJS), EACH(out_sync)),
};

#undef ARG

#define EXTENSION \
	REFUSE(EINVAL, WHEN_GT(flags, KNOWN_FLAGS)), \
	ARRAY(extensions, IN, ONE, ELEM(struct drm_v3d_multi_sync), \
	      EACH(multi_sync), WHEN_ANY(flags, DRM_V3D_SUBMIT_EXTENSION))

/* With an extension, its syncobjs are meant instead. */
#define OUT_SYNC \
	SYNC(out_sync, SIGNALLED, WHEN_EQ(flags, 0), RANGE(out_sync, 1, ~0u)), \
	SYNC(out_sync, SIGNALLED, \
	     WHEN_EQ(flags, DRM_V3D_SUBMIT_CL_FLUSH_CACHE), \
	     RANGE(out_sync, 1, ~0u))

/* What a submission may be refused for besides what it names */
#define MAY_FAIL \
	QUEUE(flags), \
	WAIT(WHEN_NE(pad, 0)), \
	WAIT(WHEN_NE(perfmon_id, 0)), \
	WAIT(WHEN_EQ(bo_handle_count, 0))

#define BUFFERS \
	ARRAY(bo_handles, IN_HANDLES, COUNT(bo_handle_count), ELEM(__u32), \
	      AT_MOST(MOST_BUFFERS))

#define ARG struct drm_v3d_submit_cl
static const struct pvdrm_field_entry submit_cl[] = {
	MAY_FAIL,
	SYNC(in_sync_bcl, WAITED, WHEN_NE(in_sync_bcl, 0)),
	SYNC(in_sync_rcl, WAITED, WHEN_NE(in_sync_rcl, 0)),
	OUT_SYNC,
	BUFFERS,
	EXTENSION,
};

#undef ARG

#define ARG struct drm_v3d_submit_csd
static const struct pvdrm_field_entry submit_csd[] = {
	MAY_FAIL,
	WAIT(WHEN_EQ(flags, DRM_V3D_SUBMIT_CL_FLUSH_CACHE)),
	SYNC(in_sync, WAITED, WHEN_NE(in_sync, 0)),
	OUT_SYNC,
	BUFFERS,
	EXTENSION,
};

#undef ARG

/* Its buffers are in the argument itself, in no list: it is waited for. */
#define ARG struct drm_v3d_submit_tfu
static const struct pvdrm_field_entry submit_tfu[] = {
	OUT_SYNC,
	EXTENSION,
};

#undef ARG

/* What is refused is not offered: the answer of a kernel that lacks it */
#define ARG struct drm_v3d_get_param
static const struct pvdrm_field_entry get_param[] = {
	REFUSE(EINVAL, WHEN_EQ(param, DRM_V3D_PARAM_SUPPORTS_PERFMON)),
	REFUSE(EINVAL, WHEN_EQ(param, DRM_V3D_PARAM_MAX_PERF_COUNTERS)),
	REFUSE(EINVAL, WHEN_EQ(param, DRM_V3D_PARAM_SUPPORTS_CPU_QUEUE)),
};

#undef ARG

/*
 * Submissions wait for locks and for memory; syncobjs are waited for later. The time
 * of WAIT_BO is from now.
 */
static const struct pvdrm_ioctl_entry v3d_ioctls[] = {
	IOCTL(V3D_SUBMIT_CL,		MAY_BLOCK | SUBMITS, FIELDS(submit_cl)),
	IOCTL(V3D_SUBMIT_TFU,		MAY_BLOCK,	FIELDS(submit_tfu)),
	IOCTL(V3D_SUBMIT_CSD,		MAY_BLOCK | SUBMITS, FIELDS(submit_csd)),
	IOCTL(V3D_WAIT_BO,		MAY_BLOCK),
	IOCTL(V3D_CREATE_BO,		NOTHING,
	      CREATES(struct drm_v3d_create_bo, size, handle)),
	IOCTL(V3D_MMAP_BO,		NOTHING),
	IOCTL(V3D_GET_PARAM,		NOTHING,	FIELDS(get_param)),
	IOCTL(V3D_GET_BO_OFFSET,	NOTHING),
};

static const char performance[] =
	"counts what all users of the GPU do";

static const struct pvdrm_refusal v3d_refused[] = {
	REFUSED(V3D_SUBMIT_CPU,
		"the driver writes at offsets that it does not check, in dom0's memory"),
	REFUSED(V3D_PERFMON_CREATE, performance),
	REFUSED(V3D_PERFMON_DESTROY, performance),
	REFUSED(V3D_PERFMON_GET_VALUES, performance),
	REFUSED(V3D_PERFMON_GET_COUNTER, performance),
	REFUSED(V3D_PERFMON_SET_GLOBAL, performance),
};

static const struct pvdrm_isolation_rule v3d_isolation = {
	.why = "v3d has one address space for all users of the GPU",
};

#define BUFFERS_OF(type) \
	MANY_OF(type, bo_handles, bo_handle_count, struct work_handle)

static const struct pvdrm_work_rule v3d_work[] = {
	WORK_IN_ONE_QUEUE(V3D_SUBMIT_CL),
	WORK_ON_BUFFER(V3D_SUBMIT_CL, struct work_handle, handle,
		       BUFFERS_OF(struct drm_v3d_submit_cl)),
	WORK_IN_ONE_QUEUE(V3D_SUBMIT_CSD),
	WORK_ON_BUFFER(V3D_SUBMIT_CSD, struct work_handle, handle,
		       BUFFERS_OF(struct drm_v3d_submit_csd)),
	WORK_IN_ONE_QUEUE(V3D_SUBMIT_TFU),
	WORK_ON_BUFFER(V3D_SUBMIT_TFU, struct drm_v3d_submit_tfu, bo_handles[0]),
	{ 0 }
};

const struct pvdrm_driver_table pvdrm_v3d_table = {
	.driver = "v3d",
	.ioctls = v3d_ioctls,
	.nr = ARRAY_SIZE(v3d_ioctls),
	.refused = v3d_refused,
	.nr_refused = ARRAY_SIZE(v3d_refused),
	.isolation = &v3d_isolation,
	.work = v3d_work,
};
