// SPDX-License-Identifier: GPL-2.0-only
/*
 * mockgpu-panfrost.c: the ioctls of panfrost, as panfrost_drv.c reads and writes
 */
#include "mockgpu.h"
#include "uapi/newest/panfrost_drm.h"

#define MOST_OF_LABEL	4096	/* PANFROST_BO_LABEL_MAXLEN */

static int submit(struct mock *m, struct drm_panfrost_submit *arg)
{
	struct drm_panfrost_submit numbers = *arg;

	if (arg->pad || !arg->jc ||
	    arg->requirements & ~(PANFROST_JD_REQ_FS | PANFROST_JD_REQ_CYCLE_COUNT))
		return -EINVAL;
	numbers.in_syncs = 0;
	numbers.bo_handles = 0;
	mock_add_value(m, numbers);
	if (arg->in_sync_count && mock_array(m, arg->in_syncs, arg->in_sync_count, sizeof(u32)))
		return -EFAULT;
	if (arg->bo_handle_count &&
	    mock_array(m, arg->bo_handles, arg->bo_handle_count, sizeof(u32)))
		return -EFAULT;
	return mock_verdict(m);
}

/* Of a time that is 0 or over, the driver says EBUSY instead of ETIMEDOUT */
static int wait_bo(struct mock *m, struct drm_panfrost_wait_bo *arg)
{
	int ret;

	if (arg->pad)
		return -EINVAL;
	mock_add_value(m, arg->handle);
	ret = mock_verdict(m);
	if (ret || !mock_number(m, 2))
		return ret;
	return !arg->timeout_ns || mock_is_over(arg->timeout_ns) ? -EBUSY : -ETIMEDOUT;
}

static int create_bo(struct mock *m, struct drm_panfrost_create_bo *arg)
{
	int ret;

	if (!arg->size || arg->pad || arg->flags & ~7u ||
	    (arg->flags & PANFROST_BO_HEAP && !(arg->flags & PANFROST_BO_NOEXEC)))
		return -EINVAL;
	mock_add_value(m, arg->size);
	mock_add_value(m, arg->flags);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	arg->handle = 1 + mock_number(m, 100000);
	mock_fill_value(m, arg->offset);
	return 0;
}

static int mmap_bo(struct mock *m, struct drm_panfrost_mmap_bo *arg)
{
	if (arg->flags)
		return -EINVAL;
	mock_add_value(m, arg->handle);
	return mock_finish_value(m, arg->offset);
}

static int get_param(struct mock *m, struct drm_panfrost_get_param *arg)
{
	if (arg->pad)
		return -EINVAL;
	mock_add_value(m, arg->param);
	if (arg->param > DRM_PANFROST_PARAM_SELECTED_COHERENCY)
		return -EINVAL;
	mock_fill_value(m, arg->value);
	return 0;
}

static int get_bo_offset(struct mock *m, struct drm_panfrost_get_bo_offset *arg)
{
	mock_add_value(m, arg->handle);
	return mock_finish_value(m, arg->offset);
}

static int madvise(struct mock *m, struct drm_panfrost_madvise *arg)
{
	int ret;

	mock_add_value(m, arg->handle);
	mock_add_value(m, arg->madv);
	ret = mock_verdict(m);
	if (!ret)
		arg->retained = mock_number(m, 2);
	return ret;
}

static int set_label_bo(struct mock *m, struct drm_panfrost_set_label_bo *arg)
{
	int ret;

	if (arg->pad)
		return -EINVAL;
	mock_add_value(m, arg->handle);
	ret = mock_verdict(m);
	if (!ret && arg->label)
		ret = mock_string(m, arg->label, MOST_OF_LABEL);
	/* Not the driver's: so that it is seen what was read */
	return ret ? ret : mock_verdict(m);
}

/* A high priority is for those who may: the test does not ask for it */
static int jm_ctx_create(struct mock *m, struct drm_panfrost_jm_ctx_create *arg)
{
	int ret;

	mock_add_value(m, arg->priority);
	if (arg->priority > PANFROST_JM_CTX_PRIORITY_HIGH)
		return -EINVAL;
	ret = mock_verdict(m);
	if (!ret)
		arg->handle = 1 + mock_number(m, 64);
	return ret;
}

static int jm_ctx_destroy(struct mock *m, struct drm_panfrost_jm_ctx_destroy *arg)
{
	if (arg->pad || !arg->handle)
		return -EINVAL;
	mock_add_value(m, arg->handle);
	return mock_verdict(m);
}

static int sync_bo(struct mock *m, struct drm_panfrost_sync_bo *arg)
{
	if (arg->pad)
		return -EINVAL;
	if (!arg->op_count)
		return 0;
	if (mock_array(m, arg->ops, arg->op_count, sizeof(struct drm_panfrost_bo_sync_op)))
		return -EFAULT;
	return mock_verdict(m);
}

static int query_bo_info(struct mock *m, struct drm_panfrost_query_bo_info *arg)
{
	int ret;

	mock_add_value(m, arg->handle);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	arg->pad = 0;
	mock_fill_value(m, arg->create_flags);
	mock_fill_value(m, arg->extra_flags);
	return 0;
}

MOCK_HANDLER(submit, struct drm_panfrost_submit)
MOCK_HANDLER(wait_bo, struct drm_panfrost_wait_bo)
MOCK_HANDLER(create_bo, struct drm_panfrost_create_bo)
MOCK_HANDLER(mmap_bo, struct drm_panfrost_mmap_bo)
MOCK_HANDLER(get_param, struct drm_panfrost_get_param)
MOCK_HANDLER(get_bo_offset, struct drm_panfrost_get_bo_offset)
MOCK_HANDLER(madvise, struct drm_panfrost_madvise)
MOCK_HANDLER(set_label_bo, struct drm_panfrost_set_label_bo)
MOCK_HANDLER(jm_ctx_create, struct drm_panfrost_jm_ctx_create)
MOCK_HANDLER(jm_ctx_destroy, struct drm_panfrost_jm_ctx_destroy)
MOCK_HANDLER(sync_bo, struct drm_panfrost_sync_bo)
MOCK_HANDLER(query_bo_info, struct drm_panfrost_query_bo_info)

static const struct drm_ioctl_desc ioctls[] = {
	MOCK_IOCTL(PANFROST_SUBMIT, submit, DRM_RENDER_ALLOW),
	MOCK_IOCTL(PANFROST_WAIT_BO, wait_bo, DRM_RENDER_ALLOW),
	MOCK_IOCTL(PANFROST_CREATE_BO, create_bo, DRM_RENDER_ALLOW),
	MOCK_IOCTL(PANFROST_MMAP_BO, mmap_bo, DRM_RENDER_ALLOW),
	MOCK_IOCTL(PANFROST_GET_PARAM, get_param, DRM_RENDER_ALLOW),
	MOCK_IOCTL(PANFROST_GET_BO_OFFSET, get_bo_offset, DRM_RENDER_ALLOW),
	MOCK_IOCTL(PANFROST_MADVISE, madvise, DRM_RENDER_ALLOW),
	MOCK_IOCTL(PANFROST_SET_LABEL_BO, set_label_bo, DRM_RENDER_ALLOW),
	MOCK_IOCTL(PANFROST_JM_CTX_CREATE, jm_ctx_create, DRM_RENDER_ALLOW),
	MOCK_IOCTL(PANFROST_JM_CTX_DESTROY, jm_ctx_destroy, DRM_RENDER_ALLOW),
	MOCK_IOCTL(PANFROST_SYNC_BO, sync_bo, DRM_RENDER_ALLOW),
	MOCK_IOCTL(PANFROST_QUERY_BO_INFO, query_bo_info, DRM_RENDER_ALLOW),
};

static const struct mock_left_out left_out[] = {
	{ "PANFROST_PERFCNT_ENABLE", "for what comes of a GPU that runs" },
	{ "PANFROST_PERFCNT_DUMP", "writes as much as the GPU has counters" },
};

const struct mock_family mock_panfrost = {
	.driver = "panfrost",
	.major = 1,
	.minor = 6,
	.ioctls = ioctls,
	.nr_ioctls = ARRAY_SIZE(ioctls),
	.left_out = left_out,
	.nr_left_out = ARRAY_SIZE(left_out),
};
