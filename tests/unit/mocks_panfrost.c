// SPDX-License-Identifier: GPL-2.0-only
/*
 * mocks_panfrost.c: stand-ins for panfrost_drv.c
 */
#include "mocks.h"
#include "uapi/newest/panfrost_drm.h"

PLAIN(PANFROST_CREATE_BO, struct drm_panfrost_create_bo);
PLAIN(PANFROST_MMAP_BO, struct drm_panfrost_mmap_bo);
PLAIN(PANFROST_GET_PARAM, struct drm_panfrost_get_param);
PLAIN(PANFROST_GET_BO_OFFSET, struct drm_panfrost_get_bo_offset);
PLAIN(PANFROST_MADVISE, struct drm_panfrost_madvise);
PLAIN(PANFROST_JM_CTX_CREATE, struct drm_panfrost_jm_ctx_create);
PLAIN(PANFROST_JM_CTX_DESTROY, struct drm_panfrost_jm_ctx_destroy);
PLAIN(PANFROST_QUERY_BO_INFO, struct drm_panfrost_query_bo_info);

static long mock_submit(struct space *s, void *data)
{
	struct drm_panfrost_submit *arg = data;
	u32 sum = arg->jc + arg->requirements;

	if (arg->in_sync_count &&
	    mock_read(s, arg->in_syncs, 4ul * arg->in_sync_count, &sum))
		return -EFAULT;
	if (arg->bo_handle_count &&
	    mock_read(s, arg->bo_handles, 4ul * arg->bo_handle_count, &sum))
		return -EFAULT;
	return mock_status(sum);
}

static void make_submit(void *data)
{
	struct drm_panfrost_submit *arg = data;

	test_random_fill(arg, sizeof(*arg));
	arg->in_sync_count = test_random() % 20;
	arg->in_syncs = make_pointee(4 * arg->in_sync_count);
	arg->bo_handle_count = test_random() % 200;
	arg->bo_handles = make_pointee(4 * arg->bo_handle_count);
}

static long mock_wait_bo(struct space *s, void *data)
{
	struct drm_panfrost_wait_bo *arg = data;

	return mock_status(kinds_until(s, arg->timeout_ns));
}

static void make_wait_bo(void *data)
{
	struct drm_panfrost_wait_bo *arg = data;

	arg->timeout_ns = make_time();
}

static long mock_set_label(struct space *s, void *data)
{
	struct drm_panfrost_set_label_bo *arg = data;
	u32 sum = 0;
	long err = arg->label ? mock_read_string(s, arg->label, &sum) : 0;

	return err ? err : mock_status(sum);
}

static void make_set_label(void *data)
{
	struct drm_panfrost_set_label_bo *arg = data;

	arg->label = make_string();
}

static long mock_sync_bo(struct space *s, void *data)
{
	struct drm_panfrost_sync_bo *arg = data;
	u32 sum = 0;

	if (arg->pad)
		return -EINVAL;
	if (arg->op_count && mock_read(s, arg->ops, 16ul * arg->op_count, &sum))
		return -EFAULT;
	arg->pad = sum;
	return 0;
}

static void make_sync_bo(void *data)
{
	struct drm_panfrost_sync_bo *arg = data;

	arg->op_count = test_random() % 20;
	arg->ops = make_pointee(16 * arg->op_count);
}

const struct mock panfrost_mocks[] = {
	PLAIN_MOCK(PANFROST_CREATE_BO),
	PLAIN_MOCK(PANFROST_MMAP_BO),
	PLAIN_MOCK(PANFROST_GET_PARAM),
	PLAIN_MOCK(PANFROST_GET_BO_OFFSET),
	PLAIN_MOCK(PANFROST_MADVISE),
	PLAIN_MOCK(PANFROST_JM_CTX_CREATE),
	PLAIN_MOCK(PANFROST_JM_CTX_DESTROY),
	PLAIN_MOCK(PANFROST_QUERY_BO_INFO),
	MOCK(PANFROST_SUBMIT, mock_submit, make_submit),
	MOCK(PANFROST_WAIT_BO, mock_wait_bo, make_wait_bo),
	MOCK(PANFROST_SET_LABEL_BO, mock_set_label, make_set_label),
	MOCK(PANFROST_SYNC_BO, mock_sync_bo, make_sync_bo),
};

const size_t nr_panfrost_mocks = ARRAY_SIZE(panfrost_mocks);
