// SPDX-License-Identifier: GPL-2.0-only
/*
 * mocks_virtio_gpu.c: stand-ins for virtgpu_ioctl.c and virtgpu_submit.c
 */
#include "mocks.h"

PLAIN(VIRTGPU_MAP, struct drm_virtgpu_map);
PLAIN(VIRTGPU_RESOURCE_CREATE, struct drm_virtgpu_resource_create);
PLAIN(VIRTGPU_RESOURCE_INFO, struct drm_virtgpu_resource_info);
PLAIN(VIRTGPU_TRANSFER_FROM_HOST, struct drm_virtgpu_3d_transfer_from_host);
PLAIN(VIRTGPU_TRANSFER_TO_HOST, struct drm_virtgpu_3d_transfer_to_host);
PLAIN(VIRTGPU_WAIT, struct drm_virtgpu_3d_wait);

static long read_syncobjs(struct space *s, u64 at, u32 nr, size_t stride,
			  u32 *sum)
{
	struct drm_virtgpu_execbuffer_syncobj desc;
	u32 i;

	for (i = 0; i < nr; i++) {
		memset(&desc, 0, sizeof(desc));
		if (space_read(s, &desc, at + i * stride,
			       min(stride, sizeof(desc))))
			return -EFAULT;
		*sum = *sum * 31 + desc.handle + desc.flags + desc.point;
	}
	return 0;
}

static long mock_execbuffer(struct space *s, void *data)
{
	struct drm_virtgpu_execbuffer *arg = data;
	u32 sum = arg->flags + arg->ring_idx;

	if (arg->num_bo_handles &&
	    mock_read(s, arg->bo_handles, 4ul * arg->num_bo_handles, &sum))
		return -EFAULT;
	if (mock_read(s, arg->command, arg->size, &sum))
		return -EFAULT;
	if (read_syncobjs(s, arg->out_syncobjs, arg->num_out_syncobjs,
			  arg->syncobj_stride, &sum) ||
	    read_syncobjs(s, arg->in_syncobjs, arg->num_in_syncobjs,
			  arg->syncobj_stride, &sum))
		return -EFAULT;
	/* It does not; but this way all that was read is compared */
	arg->ring_idx = sum;
	return sum % 5 ? 0 : -ENOENT;
}

static void make_execbuffer(void *data)
{
	static const u32 strides[] = { 0, 4, 8, 16, 16, 16, 24, 100 };
	struct drm_virtgpu_execbuffer *arg = data;

	arg->flags = test_random() & VIRTGPU_EXECBUF_RING_IDX;
	arg->size = test_random() % 3000;
	arg->command = make_pointee(arg->size);
	arg->num_bo_handles = test_random() % 30;
	arg->bo_handles = make_pointee(4 * arg->num_bo_handles);
	arg->syncobj_stride = strides[test_random() % ARRAY_SIZE(strides)];
	arg->num_in_syncobjs = test_random() % 5;
	arg->in_syncobjs = make_pointee(500);
	arg->num_out_syncobjs = test_random() % 5;
	arg->out_syncobjs = make_pointee(500);
	arg->fence_fd = -1;
}

static long mock_getparam(struct space *s, void *data)
{
	struct drm_virtgpu_getparam *arg = data;
	int value = 4711;

	if (arg->param > VIRTGPU_PARAM_BLOB_ALIGNMENT)
		return -EINVAL;
	return space_write(s, arg->value, &value, sizeof(value));
}

static void make_getparam(void *data)
{
	struct drm_virtgpu_getparam *arg = data;

	arg->param = test_random() % 12;
	arg->value = make_pointee(sizeof(int));
}

static long mock_get_caps(struct space *s, void *data)
{
	struct drm_virtgpu_get_caps *arg = data;
	u8 caps[308];

	if (!arg->size)
		return -EINVAL;
	memset(caps, arg->cap_set_id, sizeof(caps));
	/* The rest stays as it was */
	return space_write(s, arg->addr, caps,
			   min(arg->size, (u32)sizeof(caps)));
}

static void make_get_caps(void *data)
{
	struct drm_virtgpu_get_caps *arg = data;

	test_random_fill(arg, sizeof(*arg));
	arg->size = test_random() % 600;
	arg->addr = make_pointee(arg->size);
}

static long mock_create_blob(struct space *s, void *data)
{
	struct drm_virtgpu_resource_create_blob *arg = data;
	u32 sum = arg->blob_mem + arg->blob_flags + arg->size + arg->blob_id +
		  arg->blob_hints;

	if (arg->cmd_size % 4)
		return -EINVAL;
	if (arg->cmd_size && mock_read(s, arg->cmd, arg->cmd_size, &sum))
		return -EFAULT;
	arg->res_handle = sum;
	arg->bo_handle = sum + 1;
	return 0;
}

static void make_create_blob(void *data)
{
	struct drm_virtgpu_resource_create_blob *arg = data;

	test_random_fill(arg, sizeof(*arg));
	arg->cmd_size = test_random() % 200;
	arg->cmd = make_pointee(arg->cmd_size);
}

static long read_debug_name(struct space *s, u64 at, u32 *sum)
{
	u32 i;

	for (i = 0; i < 64; i++) {
		u8 byte;

		if (space_read(s, &byte, at + i, 1))
			return -EFAULT;
		*sum = *sum * 31 + byte;
		if (!byte)
			break;
	}
	return 0;
}

static long mock_context_init(struct space *s, void *data)
{
	struct drm_virtgpu_context_init *arg = data;
	struct drm_virtgpu_context_set_param params[4];
	u32 sum = 0;
	u32 i;

	if (arg->num_params > 4)
		return -EINVAL;
	if (space_read(s, params, arg->ctx_set_params,
		       arg->num_params * sizeof(params[0])))
		return -EFAULT;
	for (i = 0; i < arg->num_params; i++) {
		if (params[i].param > VIRTGPU_CONTEXT_PARAM_DEBUG_NAME)
			return -EINVAL;
		sum = sum * 31 + params[i].param;
		if (params[i].param != VIRTGPU_CONTEXT_PARAM_DEBUG_NAME)
			sum = sum * 31 + params[i].value;
		else if (read_debug_name(s, params[i].value, &sum))
			return -EFAULT;
	}
	arg->pad = sum;
	return sum % 5 ? 0 : -EEXIST;
}

static void make_context_init(void *data)
{
	struct drm_virtgpu_context_init *arg = data;
	struct drm_virtgpu_context_set_param params[6];
	char name[100];
	u32 i;

	memset(name, 'n', sizeof(name));
	arg->num_params = test_random() % 6;
	for (i = 0; i < 6; i++) {
		params[i].param = test_random() % 5;
		params[i].value = test_random();
		if (params[i].param != VIRTGPU_CONTEXT_PARAM_DEBUG_NAME)
			continue;
		name[test_random() % sizeof(name)] = 0;
		params[i].value = test_random() % 8 ?
			space_put(&program, name, sizeof(name)) : BAD_ADDRESS;
	}
	arg->ctx_set_params = test_random() % 8 ?
		space_put(&program, params, sizeof(params)) : make_pointee(96);
}

const struct mock virtio_gpu_mocks[] = {
	PLAIN_MOCK(VIRTGPU_MAP),
	PLAIN_MOCK(VIRTGPU_RESOURCE_CREATE),
	PLAIN_MOCK(VIRTGPU_RESOURCE_INFO),
	PLAIN_MOCK(VIRTGPU_TRANSFER_FROM_HOST),
	PLAIN_MOCK(VIRTGPU_TRANSFER_TO_HOST),
	PLAIN_MOCK(VIRTGPU_WAIT),
	MOCK(VIRTGPU_EXECBUFFER, mock_execbuffer, make_execbuffer),
	MOCK(VIRTGPU_GETPARAM, mock_getparam, make_getparam),
	MOCK(VIRTGPU_GET_CAPS, mock_get_caps, make_get_caps),
	MOCK(VIRTGPU_RESOURCE_CREATE_BLOB, mock_create_blob, make_create_blob),
	MOCK(VIRTGPU_CONTEXT_INIT, mock_context_init, make_context_init),
};

const size_t nr_virtio_gpu_mocks = ARRAY_SIZE(virtio_gpu_mocks);
