// SPDX-License-Identifier: GPL-2.0-only
/*
 * panfrost.c: the ioctls of panfrost
 *
 * Read with panfrost_drv.c and panfrost_job.c of Linux 7.2. Older drivers have
 * fewer ioctls and a shorter SUBMIT, which drm_ioctl() allows for.
 */
#include "back/tables/tables.h"
#include "uapi/newest/panfrost_drm.h"

/* The driver takes as many as it is told; so many are never needed */
#define MOST_SYNCOBJS	4096
#define MOST_BUFFERS	16384
#define MOST_SYNC_OPS	16384

/* A heap grows by so much when the GPU touches it. */
#define HEAP_BLOCK	(2u << 20)

/* As the driver's PANFROST_BO_LABEL_MAXLEN */
#define MOST_OF_LABEL	4096

/* What an array of syncobjs has */
struct panfrost_in_sync {
	__u32 handle;
};

#define ARG struct panfrost_in_sync
static const struct pvdrm_field_entry in_sync[] = {
	SYNC(handle, WAITED),
};

#undef ARG

#define ARG struct drm_panfrost_submit
static const struct pvdrm_field_entry submit[] = {
	QUEUE(requirements),
	QUEUE(jm_ctx_handle),
	WAIT(WHEN_EQ(jc, 0)),
	WAIT(WHEN_NE(pad, 0)),
	SYNC(out_sync, SIGNALLED, WHEN_NE(out_sync, 0)),
	ARRAY(in_syncs, IN, COUNT(in_sync_count),
	      ELEM(struct panfrost_in_sync), AT_MOST(MOST_SYNCOBJS),
	      EACH(in_sync)),
	ARRAY(bo_handles, IN_HANDLES, COUNT(bo_handle_count), ELEM(__u32),
	      AT_MOST(MOST_BUFFERS)),
};

#undef ARG

#define ARG struct drm_panfrost_wait_bo
static const struct pvdrm_field_entry wait_bo[] = {
	ABS_TIMEOUT(timeout_ns),
};

#undef ARG

#define ARG struct drm_panfrost_set_label_bo
static const struct pvdrm_field_entry set_label_bo[] = {
	STRING(label, MOST_OF_LABEL),
};

#undef ARG

#define ARG struct drm_panfrost_sync_bo
static const struct pvdrm_field_entry sync_bo[] = {
	ARRAY(ops, IN, COUNT(op_count), ELEM(struct drm_panfrost_bo_sync_op),
	      AT_MOST(MOST_SYNC_OPS)),
};

#undef ARG

/* The driver would grant it for the rights of the process in dom0 */
#define ARG struct drm_panfrost_jm_ctx_create
static const struct pvdrm_field_entry jm_ctx_create[] = {
	REFUSE(EACCES, WHEN_EQ(priority, PANFROST_JM_CTX_PRIORITY_HIGH)),
};

#undef ARG

/* SUBMIT waits for locks and for memory; syncobjs are waited for later. */
static const struct pvdrm_ioctl_entry panfrost_ioctls[] = {
	IOCTL(PANFROST_SUBMIT,		MAY_BLOCK | SUBMITS, FIELDS(submit)),
	IOCTL(PANFROST_WAIT_BO,		MAY_BLOCK,	FIELDS(wait_bo)),
	IOCTL(PANFROST_CREATE_BO,	NOTHING,
	      CREATES(struct drm_panfrost_create_bo, size, handle,
		      BLOCKS_IF(struct drm_panfrost_create_bo, flags,
				PANFROST_BO_HEAP, HEAP_BLOCK))),
	IOCTL(PANFROST_MMAP_BO,		NOTHING),
	IOCTL(PANFROST_GET_PARAM,	NOTHING),
	IOCTL(PANFROST_GET_BO_OFFSET,	NOTHING),
	IOCTL(PANFROST_MADVISE,		NOTHING),
	IOCTL(PANFROST_SET_LABEL_BO,	NOTHING,	FIELDS(set_label_bo), GROWS),
	IOCTL(PANFROST_JM_CTX_CREATE,	NOTHING,	FIELDS(jm_ctx_create),
	      MAKES_OBJECTS(1)),
	IOCTL(PANFROST_JM_CTX_DESTROY,	ENDS,		FREES_OBJECT),
	IOCTL(PANFROST_SYNC_BO,		NOTHING,	FIELDS(sync_bo)),
	IOCTL(PANFROST_QUERY_BO_INFO,	NOTHING),
};

static const char performance[] =
	"counts what all users of the GPU do";

static const struct pvdrm_refusal panfrost_refused[] = {
	REFUSED(PANFROST_PERFCNT_ENABLE, performance),
	REFUSED(PANFROST_PERFCNT_DUMP, performance),
};

static const struct pvdrm_work_rule panfrost_work[] = {
	WORK_IN_QUEUE_OF(PANFROST_SUBMIT, struct drm_panfrost_submit, requirements,
			 jm_ctx_handle),
	WORK_SIGNALS(PANFROST_SUBMIT, struct drm_panfrost_submit, out_sync),
	WORK_ON_BUFFER(PANFROST_SUBMIT, struct work_handle, handle,
		       MANY_OF(struct drm_panfrost_submit, bo_handles,
			       bo_handle_count, struct work_handle)),
	{ 0 }
};

const struct pvdrm_driver_table pvdrm_panfrost_table = {
	.driver = "panfrost",
	.ioctls = panfrost_ioctls,
	.nr = ARRAY_SIZE(panfrost_ioctls),
	.refused = panfrost_refused,
	.nr_refused = ARRAY_SIZE(panfrost_refused),
	.work = panfrost_work,
};
