// SPDX-License-Identifier: GPL-2.0-only
/*
 * mocks_amdgpu.c: stand-ins for amdgpu_cs.c, amdgpu_bo_list.c, amdgpu_gem.c and
 * amdgpu_kms.c
 */
#include "mocks.h"
#include "uapi/newest/amdgpu_drm.h"

PLAIN(AMDGPU_GEM_CREATE, union drm_amdgpu_gem_create);
PLAIN(AMDGPU_GEM_MMAP, union drm_amdgpu_gem_mmap);
PLAIN(AMDGPU_CTX, union drm_amdgpu_ctx);
PLAIN(AMDGPU_GEM_METADATA, struct drm_amdgpu_gem_metadata);
PLAIN(AMDGPU_VM, union drm_amdgpu_vm);

/* ------------------------------------------------------------- lists, command */

static long read_list(struct space *s, const struct drm_amdgpu_bo_list_in *in,
		      u32 *sum)
{
	u32 bytes = min(in->bo_info_size, 8u);
	u32 i;

	if (in->bo_number > 131072)
		return -EINVAL;
	for (i = 0; i < in->bo_number; i++)
		if (mock_read(s, in->bo_info_ptr + (u64)i * in->bo_info_size,
			      bytes, sum))
			return -EFAULT;
	return 0;
}

static long mock_bo_list(struct space *s, void *data)
{
	union drm_amdgpu_bo_list *arg = data;
	u32 sum = arg->in.list_handle;
	long err = read_list(s, &arg->in, &sum);

	if (err)
		return err;
	if (arg->in.operation > AMDGPU_BO_LIST_OP_UPDATE)
		return -EINVAL;
	memset(arg, 0, sizeof(*arg));
	arg->out.list_handle = sum;
	return 0;
}

static void make_list(struct drm_amdgpu_bo_list_in *in)
{
	static const u32 sizes[] = { 8, 8, 8, 0, 4, 16, 100 };

	in->operation = test_random() % 4;
	in->list_handle = test_random();
	in->bo_number = test_random() % 20;
	in->bo_info_size = sizes[test_random() % ARRAY_SIZE(sizes)];
	in->bo_info_ptr = make_pointee(in->bo_number * in->bo_info_size + 8);
}

static void make_bo_list(void *data)
{
	union drm_amdgpu_bo_list *arg = data;

	make_list(&arg->in);
}

static long read_chunk(struct space *s, u64 at, u32 *sum)
{
	struct drm_amdgpu_cs_chunk chunk;
	struct drm_amdgpu_bo_list_in list;

	if (space_read(s, &chunk, at, sizeof(chunk)))
		return -EFAULT;
	*sum = *sum * 31 + chunk.chunk_id;
	if (chunk.chunk_id != AMDGPU_CHUNK_ID_BO_HANDLES)
		return mock_read(s, chunk.chunk_data, 4ul * chunk.length_dw,
				 sum);
	if (4ul * chunk.length_dw < sizeof(list))
		return -EINVAL;
	if (space_read(s, &list, chunk.chunk_data, sizeof(list)) ||
	    mock_read(s, chunk.chunk_data + sizeof(list),
		      4ul * chunk.length_dw - sizeof(list), sum))
		return -EFAULT;
	return read_list(s, &list, sum);
}

static long mock_cs(struct space *s, void *data)
{
	union drm_amdgpu_cs *arg = data;
	u32 sum = arg->in.flags;
	u64 chunks[32];
	u32 i;
	long err;

	if (!arg->in.num_chunks || arg->in.num_chunks > ARRAY_SIZE(chunks))
		return -EINVAL;
	if (space_read(s, chunks, arg->in.chunks, 8 * arg->in.num_chunks))
		return -EFAULT;
	for (i = 0; i < arg->in.num_chunks; i++) {
		err = read_chunk(s, chunks[i], &sum);
		if (err)
			return err;
	}
	arg->out.handle = sum;
	return sum % 5 ? 0 : -ENODEV;
}

static u64 make_chunk(void)
{
	struct drm_amdgpu_cs_chunk chunk = {
		.chunk_id = test_random() % 10 + 1,
		.length_dw = test_random() % 30,
	};
	u32 words[30];

	test_random_fill(words, sizeof(words));
	chunk.chunk_data = make_pointee(4 * chunk.length_dw);
	if (chunk.chunk_id == AMDGPU_CHUNK_ID_BO_HANDLES) {
		chunk.length_dw = 6 + test_random() % 8;
		make_list((void *)words);
		chunk.chunk_data = space_put(&program, words, sizeof(words));
	}
	return space_put(&program, &chunk, sizeof(chunk));
}

static void make_cs(void *data)
{
	union drm_amdgpu_cs *arg = data;
	u64 chunks[8];
	u32 i;

	test_random_fill(arg, sizeof(*arg));
	arg->in.num_chunks = test_random() % ARRAY_SIZE(chunks);
	for (i = 0; i < arg->in.num_chunks; i++)
		chunks[i] = test_random() % 32 ? make_chunk() : BAD_ADDRESS;
	arg->in.chunks = test_random() % 16 ?
		space_put(&program, chunks, sizeof(chunks)) : BAD_ADDRESS;
}

/* ---------------------------------------------------------------------- waits */

static long mock_wait_fences(struct space *s, void *data)
{
	union drm_amdgpu_wait_fences *arg = data;
	u32 sum = kinds_until(s, arg->in.timeout_ns);

	if (!arg->in.fence_count)
		return -EINVAL;
	if (mock_read(s, arg->in.fences, 24ul * arg->in.fence_count, &sum))
		return -EFAULT;
	if (sum % 5 == 0)
		return -EINVAL;
	memset(arg, 0, sizeof(*arg));
	arg->out.status = sum % 2;
	arg->out.first_signaled = sum % 3 ? sum : 0;
	return 0;
}

static void make_wait_fences(void *data)
{
	union drm_amdgpu_wait_fences *arg = data;

	arg->in.fence_count = test_random() % 20;
	arg->in.fences = make_pointee(24 * arg->in.fence_count);
	arg->in.wait_all = test_random() % 2;
	arg->in.timeout_ns = make_time();
}

static long mock_wait_cs(struct space *s, void *data)
{
	union drm_amdgpu_wait_cs *arg = data;
	u32 sum = arg->in.handle * 31 + kinds_until(s, arg->in.timeout);

	if (sum % 5 == 0)
		return -EINVAL;
	memset(arg, 0, sizeof(*arg));
	arg->out.status = sum;
	return 0;
}

static void make_wait_cs(void *data)
{
	union drm_amdgpu_wait_cs *arg = data;

	test_random_fill(arg, sizeof(*arg));
	arg->in.timeout = make_time();
}

static long mock_wait_idle(struct space *s, void *data)
{
	union drm_amdgpu_gem_wait_idle *arg = data;
	u32 sum = arg->in.handle * 31 + kinds_until(s, arg->in.timeout);

	if (sum % 5 == 0)
		return -ENOENT;
	memset(arg, 0, sizeof(*arg));
	arg->out.status = sum;
	return 0;
}

static void make_wait_idle(void *data)
{
	union drm_amdgpu_gem_wait_idle *arg = data;

	test_random_fill(arg, sizeof(*arg));
	arg->in.timeout = make_time();
}

/* ------------------------------------------------------- buffers, information */

static long mock_info(struct space *s, void *data)
{
	struct drm_amdgpu_info *arg = data;
	u8 answer[300];

	if (!arg->return_size || !arg->return_pointer)
		return -EINVAL;
	memset(answer, arg->query, sizeof(answer));
	return space_write(s, arg->return_pointer, answer,
			   min(arg->return_size, (u32)sizeof(answer)));
}

static void make_info(void *data)
{
	struct drm_amdgpu_info *arg = data;

	test_random_fill(arg, sizeof(*arg));
	arg->return_size = test_random() % 600;
	arg->return_pointer = make_pointee(arg->return_size);
}

static long mock_gem_va(struct space *s, void *data)
{
	struct drm_amdgpu_gem_va *arg = data;
	u32 sum = arg->handle + arg->flags;

	if (arg->num_syncobj_handles &&
	    mock_read(s, arg->input_fence_syncobj_handles,
		      4ul * arg->num_syncobj_handles, &sum))
		return -EFAULT;
	return mock_status(sum);
}

static void make_gem_va(void *data)
{
	struct drm_amdgpu_gem_va *arg = data;

	test_random_fill(arg, sizeof(*arg));
	arg->num_syncobj_handles = test_random() % 30;
	arg->input_fence_syncobj_handles =
		make_pointee(4 * arg->num_syncobj_handles);
}

static long mock_gem_op(struct space *s, void *data)
{
	struct drm_amdgpu_gem_op *arg = data;
	u8 bytes[32 * 32];
	u32 found = arg->handle % 32;

	memset(bytes, 0x42, sizeof(bytes));
	switch (arg->op) {
	case AMDGPU_GEM_OP_GET_GEM_CREATE_INFO:
		return space_write(s, arg->value, bytes, 32);
	case AMDGPU_GEM_OP_SET_PLACEMENT:
		arg->padding = arg->value;
		return 0;
	case AMDGPU_GEM_OP_GET_MAPPING_INFO:
		if (found <= arg->num_entries &&
		    space_write(s, arg->value, bytes, 32 * found))
			return -EFAULT;
		arg->num_entries = found;
		return 0;
	default:
		return -EINVAL;
	}
}

static void make_gem_op(void *data)
{
	struct drm_amdgpu_gem_op *arg = data;

	arg->handle = test_random();
	arg->op = test_random() % 3;
	arg->num_entries = test_random() % 40;
	/* To set it, the value is a number */
	arg->value = arg->op == AMDGPU_GEM_OP_SET_PLACEMENT ? test_random() :
		     make_pointee(max(32 * arg->num_entries, 32u));
}

static long mock_list_handles(struct space *s, void *data)
{
	struct drm_amdgpu_gem_list_handles *arg = data;
	u8 bytes[40 * 20];

	memset(bytes, 0x24, sizeof(bytes));
	if (arg->num_entries >= 20 &&
	    space_write(s, arg->entries, bytes, sizeof(bytes)))
		return -EFAULT;
	arg->num_entries = 20;
	return 0;
}

static void make_list_handles(void *data)
{
	struct drm_amdgpu_gem_list_handles *arg = data;

	arg->num_entries = test_random() % 40;
	arg->entries = make_pointee(40 * arg->num_entries);
}

/* A handle or a number of a descriptor; now and then the same as the context's */
static long mock_fence_to_handle(struct space *s, void *data)
{
	union drm_amdgpu_fence_to_handle *arg = data;
	const struct drm_amdgpu_fence *fence = &arg->in.fence;
	u32 sum = fence->ctx_id * 31 + fence->ip_type + fence->ip_instance +
		  fence->ring + fence->seq_no;

	if (sum % 4 == 0)
		return -EINVAL;
	switch (arg->in.what) {
	case AMDGPU_FENCE_TO_HANDLE_GET_SYNCOBJ:
	case AMDGPU_FENCE_TO_HANDLE_GET_SYNCOBJ_FD:
	case AMDGPU_FENCE_TO_HANDLE_GET_SYNC_FILE_FD:
		arg->out.handle = sum % 4 == 1 ? fence->ctx_id : sum % 1024;
		return 0;
	default:
		return -EINVAL;
	}
}

static void make_fence_to_handle(void *data)
{
	union drm_amdgpu_fence_to_handle *arg = data;

	test_random_fill(arg, sizeof(*arg));
	arg->in.fence.ctx_id %= 1024;
	arg->in.what = test_random() % 4;
}

const struct mock amdgpu_mocks[] = {
	PLAIN_MOCK(AMDGPU_GEM_CREATE),
	PLAIN_MOCK(AMDGPU_GEM_MMAP),
	PLAIN_MOCK(AMDGPU_CTX),
	PLAIN_MOCK(AMDGPU_GEM_METADATA),
	PLAIN_MOCK(AMDGPU_VM),
	MOCK(AMDGPU_FENCE_TO_HANDLE, mock_fence_to_handle,
	     make_fence_to_handle),
	MOCK(AMDGPU_BO_LIST, mock_bo_list, make_bo_list),
	MOCK(AMDGPU_CS, mock_cs, make_cs),
	MOCK(AMDGPU_INFO, mock_info, make_info),
	MOCK(AMDGPU_GEM_WAIT_IDLE, mock_wait_idle, make_wait_idle),
	MOCK(AMDGPU_GEM_VA, mock_gem_va, make_gem_va),
	MOCK(AMDGPU_WAIT_CS, mock_wait_cs, make_wait_cs),
	MOCK(AMDGPU_GEM_OP, mock_gem_op, make_gem_op),
	MOCK(AMDGPU_WAIT_FENCES, mock_wait_fences, make_wait_fences),
	MOCK(AMDGPU_GEM_LIST_HANDLES, mock_list_handles, make_list_handles),
};

const size_t nr_amdgpu_mocks = ARRAY_SIZE(amdgpu_mocks);
