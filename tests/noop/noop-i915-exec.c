// SPDX-License-Identifier: GPL-2.0-only
/*
 * noop-i915-exec.c: submissions to i915
 *
 * A program that does not place its buffers itself has relocations: it says where in
 * commands addresses are, and which it has put there. Those that are wrong the driver
 * corrects.
 */
#include "noop-i915.h"

#include <linux/iosys-map.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/unaligned.h>

static int use_fence(struct noop_call *call, const struct drm_i915_gem_exec_fence *fence,
		     u64 point)
{
	int ret = 0;

	if (fence->flags & I915_EXEC_FENCE_WAIT)
		ret = noop_syncobj_wait(call, fence->handle, point, 0);
	if (!ret && fence->flags & I915_EXEC_FENCE_SIGNAL)
		ret = noop_syncobj_signal(call, fence->handle, point);
	return ret;
}

static int use_fences(struct noop_call *call, u64 fences_at, u64 points_at, u64 nr)
{
	struct drm_i915_gem_exec_fence *fences;
	u64 *points = NULL;
	u64 i;
	int ret = 0;

	fences = noop_get(call, fences_at, nr, sizeof(*fences));
	if (IS_ERR(fences))
		return PTR_ERR(fences);
	if (points_at)
		points = noop_get(call, points_at, nr, sizeof(*points));
	if (IS_ERR(points)) {
		kvfree(fences);
		return PTR_ERR(points);
	}
	for (i = 0; i < nr && !ret; i++)
		ret = use_fence(call, &fences[i], points ? points[i] : 0);
	kvfree(points);
	kvfree(fences);
	return ret;
}

static int exec_extension(struct noop_call *call, u32 name, u64 from)
{
	struct drm_i915_gem_execbuffer_ext_timeline_fences ext;

	if (name != DRM_I915_GEM_EXECBUFFER_EXT_TIMELINE_FENCES)
		return -EINVAL;
	if (copy_from_user(&ext, u64_to_user_ptr(from), sizeof(ext)))
		return -EFAULT;
	return use_fences(call, ext.handles_ptr, ext.values_ptr, ext.fence_count);
}

static int read_batch(struct noop_call *call, const struct drm_i915_gem_execbuffer2 *arg,
		      const struct drm_i915_gem_exec_object2 *objects)
{
	u32 at = arg->flags & I915_EXEC_BATCH_FIRST ? 0 : arg->buffer_count - 1;
	struct drm_gem_object *obj = drm_gem_object_lookup(call->file, objects[at].handle);
	u64 start = arg->batch_start_offset;
	int ret = -EINVAL;

	if (!obj)
		return -ENOENT;
	if (start <= obj->size)
		ret = noop_add_object(call, obj, start, arg->batch_len ?: obj->size - start);
	drm_gem_object_put(obj);
	return ret;
}

/* Where the buffer is that a relocation names; 0: it names none */
static u64 target(const struct drm_i915_gem_execbuffer2 *arg,
		  const struct drm_i915_gem_exec_object2 *objects, u32 handle)
{
	u32 i;

	if (arg->flags & I915_EXEC_HANDLE_LUT)
		return handle < arg->buffer_count ? objects[handle].offset : 0;
	for (i = 0; i < arg->buffer_count; i++)
		if (objects[i].handle == handle)
			return objects[i].offset;
	return 0;
}

/* As the driver: nothing to do if the program knew where the buffer is */
static int relocate_one(const struct drm_i915_gem_relocation_entry *reloc, u64 place, u64 size,
			void *buffer, struct drm_i915_gem_relocation_entry __user *from)
{
	if (!place || size < sizeof(u32) || reloc->offset > size - sizeof(u32))
		return -EINVAL;
	if (reloc->presumed_offset == place)
		return 0;
	put_unaligned_le32(place + reloc->delta, buffer + reloc->offset);
	return put_user(place, &from->presumed_offset) ? -EFAULT : 0;
}

static int relocate(struct noop_call *call, const struct drm_i915_gem_execbuffer2 *arg,
		    const struct drm_i915_gem_exec_object2 *objects, u32 at)
{
	const struct drm_i915_gem_exec_object2 *object = &objects[at];
	struct drm_i915_gem_relocation_entry *relocs;
	struct drm_gem_object *obj;
	struct iosys_map map;
	u32 i;
	int ret;

	relocs = noop_get(call, object->relocs_ptr, object->relocation_count, sizeof(*relocs));
	if (IS_ERR_OR_NULL(relocs))
		return PTR_ERR_OR_ZERO(relocs);
	obj = drm_gem_object_lookup(call->file, object->handle);
	ret = obj ? drm_gem_vmap_unlocked(obj, &map) : -ENOENT;
	if (!ret) {
		for (i = 0; i < object->relocation_count && !ret; i++)
			ret = relocate_one(&relocs[i], target(arg, objects, relocs[i].target_handle),
					   obj->size, map.vaddr,
					   u64_to_user_ptr(object->relocs_ptr + i * sizeof(*relocs)));
		drm_gem_vunmap_unlocked(obj, &map);
	}
	if (obj)
		drm_gem_object_put(obj);
	kvfree(relocs);
	return ret;
}

/* A buffer that the program has not placed is placed by the driver, which tells it. */
static int place_object(struct noop_call *call, struct drm_i915_gem_exec_object2 *object,
			struct drm_i915_gem_exec_object2 __user *from)
{
	struct drm_i915_gem_exec_object2 sum = *object;
	struct drm_gem_object *obj;
	struct noop_i915_bo *bo = noop_i915_bo(call, object->handle, &obj);
	int ret = 0;

	/* A pointer of the program's */
	sum.relocs_ptr = 0;
	noop_add_value(call, sum);
	if (!bo)
		return -ENOENT;
	if (!(object->flags & EXEC_OBJECT_PINNED)) {
		if (!bo->place)
			bo->place = noop_place(call, obj->size, 0);
		object->offset = bo->place;
		ret = put_user(bo->place, &from->offset) ? -EFAULT : 0;
	}
	drm_gem_object_put(obj);
	return ret;
}

static int read_objects(struct noop_call *call, const struct drm_i915_gem_execbuffer2 *arg)
{
	struct drm_i915_gem_exec_object2 __user *from = u64_to_user_ptr(arg->buffers_ptr);
	struct drm_i915_gem_exec_object2 *objects;
	u32 i;
	int ret = 0;

	objects = vmemdup_array_user(from, arg->buffer_count, sizeof(*objects));
	if (IS_ERR(objects))
		return PTR_ERR(objects);
	for (i = 0; i < arg->buffer_count && !ret; i++)
		ret = place_object(call, &objects[i], &from[i]);
	for (i = 0; i < arg->buffer_count && !ret; i++)
		ret = relocate(call, arg, objects, i);
	if (!ret)
		ret = read_batch(call, arg, objects);
	kvfree(objects);
	return ret;
}

/**
 * noop_i915_execbuffer() - the ioctl EXECBUFFER2
 * @call: the call
 * @arg: its argument
 *
 * Return: 0 or an error.
 */
int noop_i915_execbuffer(struct noop_call *call, struct drm_i915_gem_execbuffer2 *arg)
{
	u32 context = i915_execbuffer2_get_context_id(*arg);
	int ret;

	noop_add_value(call, arg->buffer_count);
	noop_add_value(call, arg->batch_start_offset);
	noop_add_value(call, arg->batch_len);
	noop_add_value(call, arg->num_cliprects);
	noop_add_value(call, arg->flags);
	noop_add_value(call, arg->rsvd1);
	/* Context 0 is always there. */
	if (context && !noop_context(call, context))
		return -ENOENT;
	if (!arg->buffer_count || arg->flags & (I915_EXEC_FENCE_IN | I915_EXEC_FENCE_OUT))
		return -EINVAL;
	ret = read_objects(call, arg);
	if (!ret && arg->flags & I915_EXEC_FENCE_ARRAY)
		ret = use_fences(call, arg->cliprects_ptr, 0, arg->num_cliprects);
	if (!ret && arg->flags & I915_EXEC_USE_EXTENSIONS)
		ret = noop_i915_each_extension(call, arg->cliprects_ptr, exec_extension);
	return ret;
}
