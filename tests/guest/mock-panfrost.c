// SPDX-License-Identifier: GPL-2.0-only
/*
 * mock-panfrost.c: cases for panfrost's ioctls
 */
#include <errno.h>

#include "common.h"
#include "mock.h"
#include "uapi/newest/panfrost_drm.h"

#define MOST_OF_LABEL	4096

static void submit(void *data)
{
	struct drm_panfrost_submit *arg = data;

	arg->jc = one_in(32) ? 0 : any();
	arg->in_sync_count = count_of(20);
	arg->in_syncs = array(arg->in_sync_count, 4, READ);
	arg->out_sync = any();
	arg->bo_handle_count = count_of(40);
	arg->bo_handles = array(arg->bo_handle_count, 4, READ);
	arg->requirements = one_in(16) ? any() : pick(4);
	arg->jm_ctx_handle = any();
	arg->pad = one_in(32);
}

static void wait_bo(void *data)
{
	struct drm_panfrost_wait_bo *arg = data;

	arg->handle = any();
	arg->pad = one_in(16);
	some_time((__u64 *)&arg->timeout_ns);
}

static void create_bo(void *data)
{
	struct drm_panfrost_create_bo *arg = data;

	arg->size = one_in(16) ? 0 : 1 + pick(65536);
	arg->flags = one_in(16) ? any() : pick(8);
	arg->handle = any();
	arg->pad = one_in(16);
	arg->offset = any();
}

static void mmap_bo(void *data)
{
	struct drm_panfrost_mmap_bo *arg = data;

	arg->handle = any();
	arg->flags = one_in(8);
	arg->offset = any();
}

static void get_param(void *data)
{
	struct drm_panfrost_get_param *arg = data;

	arg->param = pick(50);
	arg->pad = one_in(16);
	arg->value = any();
}

static void get_bo_offset(void *data)
{
	fill(data, sizeof(struct drm_panfrost_get_bo_offset));
}

static void madvise(void *data)
{
	fill(data, sizeof(struct drm_panfrost_madvise));
}

static void set_label_bo(void *data)
{
	struct drm_panfrost_set_label_bo *arg = data;

	arg->handle = any();
	arg->pad = one_in(16);
	arg->label = label(MOST_OF_LABEL);
}

/* High ones are for those who may */
static void jm_ctx_create(void *data)
{
	struct drm_panfrost_jm_ctx_create *arg = data;

	arg->handle = any();
	arg->priority = one_in(8) ? PANFROST_JM_CTX_PRIORITY_HIGH + 1 + pick(100) :
			pick(PANFROST_JM_CTX_PRIORITY_HIGH);
}

static void jm_ctx_destroy(void *data)
{
	struct drm_panfrost_jm_ctx_destroy *arg = data;

	arg->handle = one_in(16) ? 0 : any();
	arg->pad = one_in(16);
}

static void sync_bo(void *data)
{
	struct drm_panfrost_sync_bo *arg = data;

	arg->op_count = count_of(20);
	arg->ops = array(arg->op_count, sizeof(struct drm_panfrost_bo_sync_op), READ);
	arg->pad = one_in(16);
}

static void query_bo_info(void *data)
{
	fill(data, sizeof(struct drm_panfrost_query_bo_info));
}

static void high_priority(void *data)
{
	struct drm_panfrost_jm_ctx_create *arg = data;

	arg->priority = PANFROST_JM_CTX_PRIORITY_HIGH;
}

static void counters(void *data)
{
	struct drm_panfrost_perfcnt_dump *arg = data;

	arg->buf_ptr = (unsigned long)bytes(4096);
}

static const struct mock_op ops[] = {
	MOCK_OP(PANFROST_SUBMIT, submit),
	MOCK_OP(PANFROST_WAIT_BO, wait_bo),
	MOCK_OP(PANFROST_CREATE_BO, create_bo),
	MOCK_OP(PANFROST_MMAP_BO, mmap_bo),
	MOCK_OP(PANFROST_GET_PARAM, get_param),
	MOCK_OP(PANFROST_GET_BO_OFFSET, get_bo_offset),
	MOCK_OP(PANFROST_MADVISE, madvise),
	MOCK_OP(PANFROST_SET_LABEL_BO, set_label_bo),
	MOCK_OP(PANFROST_JM_CTX_CREATE, jm_ctx_create),
	MOCK_OP(PANFROST_JM_CTX_DESTROY, jm_ctx_destroy),
	MOCK_OP(PANFROST_SYNC_BO, sync_bo),
	MOCK_OP(PANFROST_QUERY_BO_INFO, query_bo_info),
};

static const struct mock_refused refused[] = {
	{ "context of high priority", DRM_IOCTL_PANFROST_JM_CTX_CREATE, high_priority, EACCES },
	{ "counters", DRM_IOCTL_PANFROST_PERFCNT_DUMP, counters, EINVAL },
};

const struct mock_driver mock_driver_panfrost = {
	.name = "panfrost",
	.ops = ops,
	.nr_ops = ARRAY_SIZE(ops),
	.refused = refused,
	.nr_refused = ARRAY_SIZE(refused),
};
