// SPDX-License-Identifier: GPL-2.0-only
/*
 * virtio_gpu.c: the ioctls of virtio_gpu
 *
 * As of Linux 7.2. Older drivers take shorter structs, which drm_ioctl() and
 * the engine allow for, and refuse the flags they do not know.
 */
#include "back/tables/tables.h"
#include "uapi/newest/virtgpu_drm.h"

/* The driver allocates as many as it is told, contiguous but for the syncobjs */
#define MOST_HANDLES	16384
#define MOST_SYNCOBJS	4096
#define MOST_BLOB_CMD	65536

/* Refuses with EINVAL what is more than 4: let it */
#define MOST_PARAMS	64

/* It reads one byte less than its array has, 65 */
#define MOST_OF_NAME	64

#define ARG struct drm_virtgpu_execbuffer_syncobj
static const struct pvdrm_field_entry in_syncobj[] = {
	SYNC(handle, RESET, WHEN_ANY(flags, VIRTGPU_EXECBUF_SYNCOBJ_RESET)),
};

static const struct pvdrm_field_entry out_syncobj[] = {
	WAIT(WHEN_NE(flags, 0)),
	SYNC(handle, SIGNALLED, POINT(point)),
};

#undef ARG

/* A submission to a ring may make an event, for which the file may have no room. */
#define ARG struct drm_virtgpu_execbuffer
static const struct pvdrm_field_entry execbuffer[] = {
	REFUSE(EINVAL, WHEN_GT(flags, VIRTGPU_EXECBUF_FLAGS)),
	WAIT(WHEN_ANY(flags, VIRTGPU_EXECBUF_RING_IDX)),
	WAIT(WHEN_NE(num_in_syncobjs, 0)),
	QUEUE(flags),
	ARRAY(command, IN, COUNT(size), ELEM(char), AT_MOST(XENDRM_MAX_ARG)),
	ARRAY(bo_handles, IN_HANDLES, COUNT(num_bo_handles), ELEM(__u32),
	      AT_MOST(MOST_HANDLES)),
	ARRAY(in_syncobjs, IN, COUNT(num_in_syncobjs), STRIDE(syncobj_stride),
	      ELEM(struct drm_virtgpu_execbuffer_syncobj),
	      AT_MOST(MOST_SYNCOBJS), EACH(in_syncobj)),
	ARRAY(out_syncobjs, IN, COUNT(num_out_syncobjs), STRIDE(syncobj_stride),
	      ELEM(struct drm_virtgpu_execbuffer_syncobj),
	      AT_MOST(MOST_SYNCOBJS), EACH(out_syncobj)),
	FD(fence_fd, SYNC_FILE, IN,
	   WHEN_ANY(flags, VIRTGPU_EXECBUF_FENCE_FD_IN)),
	FD(fence_fd, SYNC_FILE, OUT,
	   WHEN_ANY(flags, VIRTGPU_EXECBUF_FENCE_FD_OUT)),
};

#undef ARG

#define ARG struct drm_virtgpu_getparam
static const struct pvdrm_field_entry getparam[] = {
	REFUSE(EINVAL, WHEN_GT(param, VIRTGPU_PARAM_BLOB_ALIGNMENT)),
	ARRAY(value, OUT, ONE, ELEM(int)),
};

#undef ARG

/* The driver writes no more than the host's renderer has: INOUT */
#define ARG struct drm_virtgpu_get_caps
static const struct pvdrm_field_entry get_caps[] = {
	ARRAY(addr, INOUT, COUNT(size), ELEM(char), AT_MOST(XENDRM_MAX_ARG)),
};

#undef ARG

#define ARG struct drm_virtgpu_resource_create_blob
static const struct pvdrm_field_entry resource_create_blob[] = {
	ARRAY(cmd, IN, COUNT(cmd_size), ELEM(char), AT_MOST(MOST_BLOB_CMD)),
};

#undef ARG

#define ARG struct drm_virtgpu_context_set_param
static const struct pvdrm_field_entry context_set_param[] = {
	REFUSE(EINVAL, WHEN_GT(param, VIRTGPU_CONTEXT_PARAM_DEBUG_NAME)),
	/* The driver would make room for no fence context at all, which warns */
	REFUSE(EINVAL, WHEN_EQ(param, VIRTGPU_CONTEXT_PARAM_NUM_RINGS),
	       RANGE(value, 0, 0)),
	STRING(value, MOST_OF_NAME,
	       WHEN_EQ(param, VIRTGPU_CONTEXT_PARAM_DEBUG_NAME)),
};

#undef ARG

#define ARG struct drm_virtgpu_context_init
static const struct pvdrm_field_entry context_init[] = {
	ARRAY(ctx_set_params, IN, COUNT(num_params),
	      ELEM(struct drm_virtgpu_context_set_param), AT_MOST(MOST_PARAMS),
	      EACH(context_set_param)),
};

#undef ARG

/*
 * EXECBUFFER waits for its in-fences, also those of syncobjs, otherwise only for the
 * host's queue. What it may refuse in an ordinary program's life is a handle; a device
 * without 3D or a context that cannot be made it has refused before. The transfers wait
 * for each other, from 7.2 on; GET_CAPS for the device's answer.
 *
 * RESOURCE_CREATE takes as much memory as its size says, a page for 0: what only
 * the renderer keeps, such as a texture with samples, is not this domain's. Of
 * blobs, those whose memory is this domain's can be kept when they are freed: the
 * renderer's own are made by commands, once.
 */
static const struct pvdrm_ioctl_entry virtio_gpu_ioctls[] = {
	IOCTL(VIRTGPU_MAP,		HARMLESS,
	      MMAP_OFFSET(struct drm_virtgpu_map, handle, offset)),
	IOCTL(VIRTGPU_EXECBUFFER,	MAY_BLOCK | HARMLESS | SUBMITS,
	      FIELDS(execbuffer)),
	IOCTL(VIRTGPU_GETPARAM,		HARMLESS,	FIELDS(getparam)),
	IOCTL(VIRTGPU_RESOURCE_CREATE,	HARMLESS,
	      CREATES(struct drm_virtgpu_resource_create, size, bo_handle,
		      CACHED(RESULT(struct drm_virtgpu_resource_create, bo_handle) |
			     RESULT(struct drm_virtgpu_resource_create,
				    res_handle)))),
	IOCTL(VIRTGPU_RESOURCE_INFO,	HARMLESS,
	      USES(struct drm_virtgpu_resource_info, bo_handle)),
	IOCTL(VIRTGPU_TRANSFER_FROM_HOST, MAY_BLOCK | HARMLESS,
	      USES(struct drm_virtgpu_3d_transfer_from_host, bo_handle)),
	IOCTL(VIRTGPU_TRANSFER_TO_HOST,	MAY_BLOCK | HARMLESS,
	      USES(struct drm_virtgpu_3d_transfer_to_host, bo_handle)),
	IOCTL(VIRTGPU_WAIT,		MAY_BLOCK | HARMLESS,
	      USES(struct drm_virtgpu_3d_wait, handle)),
	IOCTL(VIRTGPU_GET_CAPS,		MAY_BLOCK | HARMLESS, FIELDS(get_caps)),
	IOCTL(VIRTGPU_RESOURCE_CREATE_BLOB, HARMLESS,
	      FIELDS(resource_create_blob),
	      CREATES(struct drm_virtgpu_resource_create_blob, size, bo_handle,
		      CACHED(RESULT(struct drm_virtgpu_resource_create_blob,
				    bo_handle) |
			     RESULT(struct drm_virtgpu_resource_create_blob,
				    res_handle)),
		      CACHED_IF(struct drm_virtgpu_resource_create_blob, blob_mem,
				VIRTGPU_BLOB_MEM_GUEST))),
	IOCTL(VIRTGPU_CONTEXT_INIT,	HARMLESS,	FIELDS(context_init)),
};

/* Its fences are on the buffers that a command's list names */
static const struct pvdrm_idle_rule virtio_gpu_idle = {
	.cmd = DRM_IOCTL_VIRTGPU_WAIT,
	.handle = offsetof(struct drm_virtgpu_3d_wait, handle),
	.flags = offsetof(struct drm_virtgpu_3d_wait, flags),
	.value = VIRTGPU_WAIT_NOWAIT,
};

static const struct pvdrm_work_rule virtio_gpu_work[] = {
	WORK_ON_BUFFER(VIRTGPU_EXECBUFFER, struct work_handle, handle,
		       MANY_OF(struct drm_virtgpu_execbuffer, bo_handles,
			       num_bo_handles, struct work_handle)),
	{ 0 }
};

const struct pvdrm_driver_table pvdrm_virtio_gpu_table = {
	.driver = "virtio_gpu",
	.ioctls = virtio_gpu_ioctls,
	.nr = ARRAY_SIZE(virtio_gpu_ioctls),
	.idle = &virtio_gpu_idle,
	.work = virtio_gpu_work,
};
