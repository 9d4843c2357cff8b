// SPDX-License-Identifier: GPL-2.0-only
/*
 * mocks_i915.c: stand-ins for i915_gem_execbuffer.c, i915_gem_create.c,
 * i915_gem.c and i915_query.c
 */
#include "mocks_i915.h"

PLAIN(I915_GEM_BUSY, struct drm_i915_gem_busy);
PLAIN(I915_GEM_SET_CACHING, struct drm_i915_gem_caching);
PLAIN(I915_GEM_GET_CACHING, struct drm_i915_gem_caching);
PLAIN(I915_GEM_CREATE, struct drm_i915_gem_create);
PLAIN(I915_GEM_SET_DOMAIN, struct drm_i915_gem_set_domain);
PLAIN(I915_GEM_SW_FINISH, struct drm_i915_gem_sw_finish);
PLAIN(I915_GEM_SET_TILING, struct drm_i915_gem_set_tiling);
PLAIN(I915_GEM_GET_TILING, struct drm_i915_gem_get_tiling);
PLAIN(I915_GEM_GET_APERTURE, struct drm_i915_gem_get_aperture);
PLAIN(I915_GEM_MADVISE, struct drm_i915_gem_madvise);
PLAIN(I915_GEM_WAIT, struct drm_i915_gem_wait);
PLAIN(I915_GEM_CONTEXT_DESTROY, struct drm_i915_gem_context_destroy);
PLAIN(I915_REG_READ, struct drm_i915_reg_read);
PLAIN(I915_GET_RESET_STATS, struct drm_i915_reset_stats);
PLAIN(I915_GEM_VM_DESTROY, struct drm_i915_gem_vm_control);

static long mock_throttle(struct space *s, void *data)
{
	return 0;
}

static void make_throttle(void *data)
{
}

long mock_i915_extensions(struct space *s, u64 at, u32 *sum,
			  mock_i915_extension each)
{
	u32 links = 0;

	while (at) {
		struct i915_user_extension ext;
		long err;

		if (links++ >= 512)
			return -E2BIG;
		if (space_read(s, &ext, at, sizeof(ext)))
			return -EFAULT;
		err = each(s, at, ext.name, sum);
		if (err)
			return err;
		*sum = *sum * 31 + ext.name + ext.flags;
		at = ext.next_extension;
	}
	return 0;
}

/* ------------------------------------------------------------------- execbuffer */

static long exec_timeline(struct space *s, u64 at, u32 name, u32 *sum)
{
	struct drm_i915_gem_execbuffer_ext_timeline_fences ext;

	if (name != DRM_I915_GEM_EXECBUFFER_EXT_TIMELINE_FENCES)
		return -EINVAL;
	if (space_read(s, &ext, at, sizeof(ext)))
		return -EFAULT;
	if (!ext.fence_count)
		return 0;
	return mock_read(s, ext.handles_ptr, 8 * ext.fence_count, sum) ?:
	       mock_read(s, ext.values_ptr, 8 * ext.fence_count, sum);
}

/* Some of the relocations are found to be elsewhere */
static long exec_relocate(struct space *s,
			  const struct drm_i915_gem_exec_object2 *object,
			  u32 *sum)
{
	u32 i;

	for (i = 0; i < object->relocation_count; i++) {
		struct drm_i915_gem_relocation_entry reloc;
		u64 at = object->relocs_ptr + i * sizeof(reloc);
		u64 offset;

		if (space_read(s, &reloc, at, sizeof(reloc)))
			return -EFAULT;
		*sum = *sum * 31 + reloc.target_handle + reloc.delta +
		       reloc.offset;
		offset = *sum;
		at += offsetof(struct drm_i915_gem_relocation_entry,
			       presumed_offset);
		if (*sum % 3 && space_write(s, at, &offset, sizeof(offset)))
			return -EFAULT;
	}
	return 0;
}

static long exec_objects(struct space *s,
			 const struct drm_i915_gem_execbuffer2 *arg, u32 *sum)
{
	struct drm_i915_gem_exec_object2 object;
	u64 at = arg->buffers_ptr;
	long err = 0;
	u32 i;

	/* All of them first, as the kernel does */
	if (mock_read(s, at, arg->buffer_count * sizeof(object), &i))
		return -EFAULT;
	for (i = 0; !err && i < arg->buffer_count; i++, at += sizeof(object)) {
		u64 offset = i << 12;

		space_read(s, &object, at, sizeof(object));
		*sum = *sum * 31 + object.handle + object.flags;
		err = exec_relocate(s, &object, sum);
		if (!err && *sum % 2)
			space_write(s, at + offsetof(__typeof__(object), offset),
				    &offset, sizeof(offset));
	}
	return err;
}

/* The fence that goes in is another number on each side: only if it is any */
static long exec_fences(struct drm_i915_gem_execbuffer2 *arg, u32 sum)
{
	u64 in = I915_EXEC_FENCE_IN | I915_EXEC_FENCE_SUBMIT;

	if ((arg->flags & in) == in)
		return -EINVAL;
	if (arg->flags & in && (s32)arg->rsvd2 < 0)
		return -EINVAL;
	if (arg->flags & I915_EXEC_FENCE_OUT) {
		arg->rsvd2 &= U32_MAX;
		arg->rsvd2 |= (u64)(sum % 1024) << 32;
	}
	return 0;
}

static long mock_execbuffer2(struct space *s, void *data)
{
	struct drm_i915_gem_execbuffer2 *arg = data;
	u32 sum = arg->flags;
	long err = 0;

	if (!arg->buffer_count)
		return -EINVAL;
	if (!(arg->flags & (I915_EXEC_FENCE_ARRAY | I915_EXEC_USE_EXTENSIONS)) &&
	    (arg->num_cliprects || arg->cliprects_ptr))
		return -EINVAL;
	if (arg->flags & I915_EXEC_USE_EXTENSIONS) {
		if (arg->flags & I915_EXEC_FENCE_ARRAY || arg->num_cliprects)
			return -EINVAL;
		err = mock_i915_extensions(s, arg->cliprects_ptr, &sum,
					   exec_timeline);
	} else if (arg->flags & I915_EXEC_FENCE_ARRAY) {
		err = mock_read(s, arg->cliprects_ptr,
				8ul * arg->num_cliprects, &sum);
	}
	err = err ?: exec_objects(s, arg, &sum);
	err = err ?: exec_fences(arg, sum);
	arg->DR1 = sum;
	return err;
}

static u64 make_objects(u32 nr)
{
	struct drm_i915_gem_exec_object2 object[12];
	u32 i;

	test_random_fill(object, sizeof(object));
	for (i = 0; i < nr; i++) {
		object[i].relocation_count = test_random() % 6;
		object[i].relocs_ptr =
			make_pointee(32 * object[i].relocation_count);
		object[i].rsvd1 = 0;
	}
	return space_put(&program, object, sizeof(object));
}

static u64 make_timeline(u64 next, u32 name)
{
	struct drm_i915_gem_execbuffer_ext_timeline_fences ext = {
		.base.next_extension = next,
		.base.name = name,
		.fence_count = test_random() % 8,
	};

	ext.handles_ptr = make_pointee(8 * ext.fence_count);
	ext.values_ptr = make_pointee(8 * ext.fence_count);
	return space_put(&program, &ext, sizeof(ext));
}

static void make_execbuffer2(void *data)
{
	struct drm_i915_gem_execbuffer2 *arg = data;

	arg->buffer_count = test_random() % 12;
	arg->buffers_ptr = test_random() % 8 ? make_objects(arg->buffer_count) :
			   BAD_ADDRESS;
	arg->batch_len = test_random();
	switch (test_random() % 4) {
	case 0:
		arg->flags = I915_EXEC_USE_EXTENSIONS;
		arg->cliprects_ptr = make_timeline(make_timeline(0, 0),
						   test_random() % 4 == 3);
		break;
	case 1:
		arg->flags = I915_EXEC_FENCE_ARRAY;
		arg->num_cliprects = test_random() % 10;
		arg->cliprects_ptr = make_pointee(8 * arg->num_cliprects);
		break;
	case 2:
		arg->flags = I915_EXEC_FENCE_ARRAY | I915_EXEC_USE_EXTENSIONS;
		arg->cliprects_ptr = make_timeline(0, 0);
		break;
	}
}

static void make_execbuffer2_fences(void *data)
{
	static const s32 fds[] = { -1, 0, 1, 5, 300, -77 };
	struct drm_i915_gem_execbuffer2 *arg = data;
	u64 fences = I915_EXEC_FENCE_IN | I915_EXEC_FENCE_SUBMIT |
		     I915_EXEC_FENCE_OUT;

	make_execbuffer2(data);
	arg->flags |= test_random() & fences;
	arg->rsvd2 = (u64)test_random() << 32 |
		     (u32)fds[test_random() % ARRAY_SIZE(fds)];
}

/* ------------------------------------------------------- buffers, information */

static long create_extension(struct space *s, u64 at, u32 name, u32 *sum)
{
	struct drm_i915_gem_create_ext_memory_regions regions;
	struct drm_i915_gem_create_ext_set_pat pat;

	switch (name) {
	case I915_GEM_CREATE_EXT_MEMORY_REGIONS:
		if (space_read(s, &regions, at, sizeof(regions)))
			return -EFAULT;
		return mock_read(s, regions.regions, 4ul * regions.num_regions,
				 sum);
	case I915_GEM_CREATE_EXT_SET_PAT:
		if (space_read(s, &pat, at, sizeof(pat)))
			return -EFAULT;
		*sum = *sum * 31 + pat.pat_index;
		return 0;
	default:
		return -EINVAL;
	}
}

static long mock_create_ext(struct space *s, void *data)
{
	struct drm_i915_gem_create_ext *arg = data;
	u32 sum = arg->flags;
	long err = mock_i915_extensions(s, arg->extensions, &sum, create_extension);

	if (!err)
		arg->handle = sum;
	return err;
}

static void make_create_ext(void *data)
{
	struct drm_i915_gem_create_ext *arg = data;
	struct drm_i915_gem_create_ext_memory_regions regions = {
		.base.name = I915_GEM_CREATE_EXT_MEMORY_REGIONS,
		.num_regions = test_random() % 5,
	};
	struct drm_i915_gem_create_ext_set_pat pat = {
		.base.name = I915_GEM_CREATE_EXT_SET_PAT + test_random() % 2,
		.pat_index = test_random(),
	};

	arg->size = test_random();
	regions.regions = make_pointee(4 * regions.num_regions);
	if (test_random() % 2)
		regions.base.next_extension = space_put(&program, &pat,
							sizeof(pat));
	if (test_random() % 4)
		arg->extensions = space_put(&program, &regions, sizeof(regions));
}

static long mock_mmap_offset(struct space *s, void *data)
{
	struct drm_i915_gem_mmap_offset *arg = data;

	if (arg->extensions)
		return -EINVAL;
	arg->offset = arg->handle * 4096ull;
	return 0;
}

static void make_mmap_offset(void *data)
{
	struct drm_i915_gem_mmap_offset *arg = data;

	arg->handle = test_random();
	arg->extensions = test_random() % 4 ? 0 : test_random();
}

static long mock_vm_create(struct space *s, void *data)
{
	struct drm_i915_gem_vm_control *arg = data;

	if (arg->extensions)
		return -EINVAL;
	arg->vm_id = 5;
	return 0;
}

static void make_vm_create(void *data)
{
	struct drm_i915_gem_vm_control *arg = data;

	arg->extensions = test_random() % 4 ? 0 : test_random();
}

static long mock_pread(struct space *s, void *data)
{
	struct drm_i915_gem_pread *arg = data;
	u8 bytes[1000];

	memset(bytes, arg->offset, sizeof(bytes));
	return space_write(s, arg->data_ptr, bytes, arg->size);
}

static long mock_pwrite(struct space *s, void *data)
{
	struct drm_i915_gem_pwrite *arg = data;
	u32 sum = 0;

	return mock_read(s, arg->data_ptr, arg->size, &sum) ?: mock_status(sum);
}

/* Both structs are alike */
static void make_pread(void *data)
{
	struct drm_i915_gem_pread *arg = data;

	arg->offset = test_random();
	arg->size = test_random() % 1000;
	arg->data_ptr = make_pointee(arg->size);
}

static long mock_param(struct space *s, void *data)
{
	struct drm_i915_getparam *arg = data;
	int value = 17;

	if (arg->param > 60)
		return -EINVAL;
	return space_write(s, (u64)arg->value, &value, sizeof(value));
}

static void make_plain_param(void *data)
{
	struct drm_i915_getparam *arg = data;

	arg->param = test_random() % 70;
	arg->value = (void *)make_pointee(sizeof(int));
}

/* A length of 0 asks how long it is; one that is too short is told so */
static long query_one(struct space *s, const struct drm_i915_query_item *item)
{
	u8 answer[72];

	if (!item->length)
		return sizeof(answer);
	if (item->length < (int)sizeof(answer))
		return -EINVAL;
	if (space_read(s, answer, item->data_ptr, 16))
		return -EFAULT;
	memset(answer, answer[3] + item->query_id, sizeof(answer));
	if (space_write(s, item->data_ptr, answer, sizeof(answer)))
		return -EFAULT;
	return sizeof(answer);
}

static long mock_query(struct space *s, void *data)
{
	struct drm_i915_query *arg = data;
	struct drm_i915_query_item item;
	u64 at = arg->items_ptr;
	u32 i;

	if (arg->flags)
		return -EINVAL;
	for (i = 0; i < arg->num_items; i++, at += sizeof(item)) {
		s32 ret;

		if (space_read(s, &item, at, sizeof(item)))
			return -EFAULT;
		if (!item.query_id)
			return -EINVAL;
		ret = query_one(s, &item);
		if (ret != item.length &&
		    space_write(s, at + offsetof(__typeof__(item), length),
				&ret, sizeof(ret)))
			return -EFAULT;
	}
	return 0;
}

static void make_query(void *data)
{
	static const u8 ids[] = { 1, 2, 4, 5, 6, 7 };
	struct drm_i915_query *arg = data;
	struct drm_i915_query_item item[5];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(item); i++) {
		item[i].query_id = ids[test_random() % ARRAY_SIZE(ids)];
		item[i].flags = test_random();
		item[i].length = test_random() % 3 ? test_random() % 150 : 0;
		item[i].data_ptr = make_pointee(item[i].length);
	}
	arg->num_items = test_random() % ARRAY_SIZE(item);
	arg->flags = test_random() % 8 == 7;
	arg->items_ptr = test_random() % 8 ?
		space_put(&program, item, sizeof(item)) : BAD_ADDRESS;
}

const struct mock i915_mocks[] = {
	PLAIN_MOCK(I915_GEM_BUSY),
	PLAIN_MOCK(I915_GEM_SET_CACHING),
	PLAIN_MOCK(I915_GEM_GET_CACHING),
	PLAIN_MOCK(I915_GEM_CREATE),
	PLAIN_MOCK(I915_GEM_SET_DOMAIN),
	PLAIN_MOCK(I915_GEM_SW_FINISH),
	PLAIN_MOCK(I915_GEM_SET_TILING),
	PLAIN_MOCK(I915_GEM_GET_TILING),
	PLAIN_MOCK(I915_GEM_GET_APERTURE),
	PLAIN_MOCK(I915_GEM_MADVISE),
	PLAIN_MOCK(I915_GEM_WAIT),
	PLAIN_MOCK(I915_GEM_CONTEXT_DESTROY),
	PLAIN_MOCK(I915_REG_READ),
	PLAIN_MOCK(I915_GET_RESET_STATS),
	PLAIN_MOCK(I915_GEM_VM_DESTROY),
	MOCK(I915_GEM_THROTTLE, mock_throttle, make_throttle),
	MOCK(I915_GETPARAM, mock_param, make_plain_param),
	MOCK(I915_GEM_EXECBUFFER2_WR, mock_execbuffer2, make_execbuffer2),
	MOCK_WHOLE(I915_GEM_EXECBUFFER2_WR, mock_execbuffer2,
		   make_execbuffer2_fences),
	MOCK(I915_GEM_CREATE_EXT, mock_create_ext, make_create_ext),
	MOCK(I915_GEM_PREAD, mock_pread, make_pread),
	MOCK(I915_GEM_PWRITE, mock_pwrite, make_pread),
	MOCK(I915_GEM_MMAP_OFFSET, mock_mmap_offset, make_mmap_offset),
	MOCK(I915_GEM_CONTEXT_CREATE_EXT, mock_i915_context_create,
	     mock_i915_make_context_create),
	MOCK(I915_GEM_CONTEXT_GETPARAM, mock_i915_getparam,
	     mock_i915_make_getparam),
	MOCK(I915_GEM_CONTEXT_SETPARAM, mock_i915_setparam,
	     mock_i915_make_setparam),
	MOCK(I915_QUERY, mock_query, make_query),
	MOCK(I915_GEM_VM_CREATE, mock_vm_create, make_vm_create),
};

const size_t nr_i915_mocks = ARRAY_SIZE(i915_mocks);
