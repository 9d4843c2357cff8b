// SPDX-License-Identifier: GPL-2.0-only
/*
 * mockgpu-i915-exec.c: i915_gem_execbuffer.c of i915
 */
#include "mockgpu-i915.h"

#define MOST_RELOCS	(INT_MAX / sizeof(struct drm_i915_gem_relocation_entry))
#define GPU_DOMAINS	(I915_GEM_DOMAIN_RENDER | I915_GEM_DOMAIN_SAMPLER | \
			 I915_GEM_DOMAIN_COMMAND | I915_GEM_DOMAIN_INSTRUCTION | \
			 I915_GEM_DOMAIN_VERTEX)

/* __I915_EXEC_ILLEGAL_FLAGS */
#define ILLEGAL_FLAGS	(__I915_EXEC_UNKNOWN_FLAGS | I915_EXEC_CONSTANTS_MASK | \
			 I915_EXEC_RESOURCE_STREAMER)

/* One fence after the other, as the driver goes */
static int read_fence(struct mock *m, u64 at)
{
	struct drm_i915_gem_exec_fence fence;

	if (mock_get(&fence, at, sizeof(fence)))
		return -EFAULT;
	if (fence.flags & __I915_EXEC_FENCE_UNKNOWN_FLAGS)
		return -EINVAL;
	mock_add_value(m, fence);
	return 0;
}

static int timeline_fences(struct mock *m, u64 at, void *data)
{
	struct drm_i915_gem_execbuffer_ext_timeline_fences ext;
	u64 i;
	int ret;

	if (mock_get(&ext, at, sizeof(ext)))
		return -EFAULT;
	for (i = 0; i < ext.fence_count; i++) {
		ret = read_fence(m, ext.handles_ptr + i * sizeof(struct drm_i915_gem_exec_fence));
		if (ret)
			return ret;
		if (mock_array(m, ext.values_ptr + i * sizeof(u64), 1, sizeof(u64)))
			return -EFAULT;
	}
	return mock_verdict(m);
}

static int read_extensions(struct mock *m, const struct drm_i915_gem_execbuffer2 *arg)
{
	static const i915_extension known[] = {
		[DRM_I915_GEM_EXECBUFFER_EXT_TIMELINE_FENCES] = timeline_fences,
	};

	if (!(arg->flags & I915_EXEC_USE_EXTENSIONS))
		return 0;
	if (arg->flags & I915_EXEC_FENCE_ARRAY || arg->num_cliprects)
		return -EINVAL;
	return i915_extensions(m, arg->cliprects_ptr, known, ARRAY_SIZE(known), NULL);
}

static int read_fences(struct mock *m, const struct drm_i915_gem_execbuffer2 *arg)
{
	u32 i;
	int ret = 0;

	if (!(arg->flags & I915_EXEC_FENCE_ARRAY))
		return 0;
	for (i = 0; !ret && i < arg->num_cliprects; i++)
		ret = read_fence(m, arg->cliprects_ptr +
				    i * sizeof(struct drm_i915_gem_exec_fence));
	return ret;
}

/* eb_relocate_entry(), and where that writes if the target is elsewhere */
static int relocate(struct mock *m, u64 at)
{
	struct drm_i915_gem_relocation_entry reloc;
	u32 domains;
	u64 offset;

	if (mock_get(&reloc, at, sizeof(reloc)))
		return -EFAULT;
	mock_add_value(m, reloc);
	domains = reloc.write_domain | reloc.read_domains;
	if (reloc.write_domain & (reloc.write_domain - 1) || domains & ~GPU_DOMAINS ||
	    reloc.offset & 3)
		return -EINVAL;
	if (!mock_number(m, 3))
		return 0;
	mock_fill_value(m, offset);
	/* As the driver, it does not look whether this works */
	mock_put(at + offsetof(struct drm_i915_gem_relocation_entry, presumed_offset), &offset,
		   sizeof(offset));
	return 0;
}

static int relocate_object(struct mock *m, const struct drm_i915_gem_exec_object2 *object)
{
	u32 i;
	int ret = 0;

	if (object->relocation_count > MOST_RELOCS)
		return -EINVAL;
	for (i = 0; !ret && i < object->relocation_count; i++)
		ret = relocate(m, object->relocs_ptr +
				  i * sizeof(struct drm_i915_gem_relocation_entry));
	return ret;
}

/* eb_validate_vma() */
static int check_object(struct mock *m, const struct drm_i915_gem_exec_object2 *object)
{
	struct drm_i915_gem_exec_object2 numbers = *object;

	if (object->flags & __EXEC_OBJECT_UNKNOWN_FLAGS ||
	    object->alignment & (object->alignment - 1))
		return -EINVAL;
	if (object->flags & EXEC_OBJECT_PAD_TO_SIZE && object->pad_to_size % 4096)
		return -EINVAL;
	numbers.relocs_ptr = 0;
	mock_add_value(m, numbers);
	return 0;
}

typedef int (*each_object)(struct mock *m, const struct drm_i915_gem_exec_object2 *object);

static int for_objects(struct mock *m, const struct drm_i915_gem_execbuffer2 *arg, each_object each)
{
	struct drm_i915_gem_exec_object2 object;
	u32 i;
	int ret = 0;

	for (i = 0; !ret && i < arg->buffer_count; i++) {
		if (mock_get(&object, arg->buffers_ptr + i * sizeof(object), sizeof(object)))
			return -EFAULT;
		ret = each ? each(m, &object) : 0;
	}
	return ret;
}

/* Tell where the buffers are; only of those that moved, and without any error */
static void write_offsets(struct mock *m, const struct drm_i915_gem_execbuffer2 *arg)
{
	u64 at = arg->buffers_ptr + offsetof(struct drm_i915_gem_exec_object2, offset);
	u64 offset;
	u32 i;

	if (arg->flags & I915_EXEC_NO_RELOC)
		return;
	for (i = 0; i < arg->buffer_count; i++, at += sizeof(struct drm_i915_gem_exec_object2)) {
		if (!mock_number(m, 2))
			continue;
		mock_fill_value(m, offset);
		if (mock_put(at, &offset, sizeof(offset)))
			return;
	}
}

static int check_execbuffer(struct drm_i915_gem_execbuffer2 *arg)
{
	if (!arg->buffer_count || arg->buffer_count > INT_MAX || arg->flags & ILLEGAL_FLAGS)
		return -EINVAL;
	if (!(arg->flags & (I915_EXEC_FENCE_ARRAY | I915_EXEC_USE_EXTENSIONS)) &&
	    (arg->num_cliprects || arg->cliprects_ptr))
		return -EINVAL;
	if (arg->DR4 == 0xffffffff)
		arg->DR4 = 0;
	if (arg->DR1 || arg->DR4 || (arg->batch_start_offset | arg->batch_len) & 7)
		return -EINVAL;
	return 0;
}

/* No fence that comes in by descriptor is any: other tests have such */
static int execute(struct mock *m, struct drm_i915_gem_execbuffer2 *arg)
{
	int ret;

	if (arg->flags & I915_EXEC_SECURE)
		return -ENODEV;
	ret = read_extensions(m, arg);
	if (!ret)
		ret = read_fences(m, arg);
	if (!ret && arg->flags & (I915_EXEC_FENCE_IN | I915_EXEC_FENCE_SUBMIT))
		ret = -EINVAL;
	if (!ret)
		ret = for_objects(m, arg, check_object);
	if (!ret)
		ret = for_objects(m, arg, relocate_object);
	/* Of relocations that failed, nothing is told */
	if (!ret) {
		ret = mock_verdict(m);
		write_offsets(m, arg);
	}
	return ret;
}

int i915_execbuffer2(struct mock *m, struct drm_i915_gem_execbuffer2 *arg)
{
	int ret = check_execbuffer(arg);

	if (ret)
		return ret;
	if (for_objects(m, arg, NULL))
		return -EFAULT;
	mock_add_value(m, arg->batch_start_offset);
	mock_add_value(m, arg->batch_len);
	mock_add_value(m, arg->flags);
	mock_add_value(m, arg->rsvd1);
	return execute(m, arg);
}
