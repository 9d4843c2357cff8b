// SPDX-License-Identifier: GPL-2.0-only
/*
 * noop-i915-query.c: what i915 says of a GPU
 */
#include "noop-i915.h"

#include <linux/uaccess.h>

/* --------------------------------------------------------------- parameters */

static int param_value(int param)
{
	const struct noop_i915_model *model = noop_i915_model();

	switch (param) {
	case I915_PARAM_CHIPSET_ID:
		return noop_gpu->device;
	case I915_PARAM_REVISION:
		return noop_gpu->revision;
	case I915_PARAM_CS_TIMESTAMP_FREQUENCY:
		return model->frequency;
	case I915_PARAM_HAS_ALIASING_PPGTT:
		return model->full_ppgtt ? I915_GEM_PPGTT_FULL : I915_GEM_PPGTT_ALIASING;
	case I915_PARAM_NUM_FENCES_AVAIL:
		return 32;
	case I915_PARAM_MMAP_VERSION:
		return 1;
	case I915_PARAM_MMAP_GTT_VERSION:
		return 4;
	case I915_PARAM_CMD_PARSER_VERSION:
		return 10;
	case I915_PARAM_SUBSLICE_TOTAL:
		return model->subslices;
	case I915_PARAM_EU_TOTAL:
		return model->subslices * model->eus;
	case I915_PARAM_HAS_GEM:
	case I915_PARAM_HAS_BLT:
	case I915_PARAM_HAS_LLC:
	case I915_PARAM_HAS_RELAXED_DELTA:
	case I915_PARAM_HAS_RELAXED_FENCING:
	case I915_PARAM_HAS_WAIT_TIMEOUT:
	case I915_PARAM_HAS_EXECBUF2:
	case I915_PARAM_HAS_EXEC_NO_RELOC:
	case I915_PARAM_HAS_EXEC_HANDLE_LUT:
	case I915_PARAM_HAS_EXEC_SOFTPIN:
	case I915_PARAM_HAS_EXEC_ASYNC:
	case I915_PARAM_HAS_EXEC_FENCE:
	case I915_PARAM_HAS_EXEC_CAPTURE:
	case I915_PARAM_HAS_EXEC_BATCH_FIRST:
	case I915_PARAM_HAS_EXEC_FENCE_ARRAY:
	case I915_PARAM_HAS_EXEC_TIMELINE_FENCES:
		return 1;
	case I915_PARAM_HAS_CONTEXT_ISOLATION:
		return model->full_ppgtt;
	default:
		return -EINVAL;
	}
}

/**
 * noop_i915_getparam() - the ioctl of that name
 * @call: the call
 * @arg: its argument
 *
 * Return: 0 or an error.
 */
int noop_i915_getparam(struct noop_call *call, struct drm_i915_getparam *arg)
{
	int value = param_value(arg->param);

	noop_add_value(call, arg->param);
	if (value < 0)
		return value;
	return put_user(value, arg->value) ? -EFAULT : 0;
}

/* ------------------------------------------------------------------ queries */

/* With room for as many subslices as any model has, and for 16 EUs in each */
struct topology {
	struct drm_i915_query_topology_info info;
	u8 slices;
	u8 subslices;
	u8 eus[NOOP_I915_SUBSLICES * 2];
};

struct engines {
	struct drm_i915_query_engine_info info;
	struct drm_i915_engine_info engine[2];
};

struct regions {
	struct drm_i915_query_memory_regions info;
	struct drm_i915_memory_region_info region;
};

/* As the driver: a length of 0 asks for the length */
static int answer(const struct drm_i915_query_item *item, const void *data, int len)
{
	if (!item->length)
		return len;
	if (item->length < len)
		return -EINVAL;
	return copy_to_user(u64_to_user_ptr(item->data_ptr), data, len) ? -EFAULT : len;
}

static int query_topology(const struct drm_i915_query_item *item)
{
	const struct noop_i915_model *model = noop_i915_model();
	u8 stride = DIV_ROUND_UP(model->eus, 8);
	struct topology t = {
		.info = {
			.max_slices = 1,
			.max_subslices = model->subslices,
			.max_eus_per_subslice = model->eus,
			.subslice_offset = 1,
			.subslice_stride = 1,
			.eu_offset = 2,
			.eu_stride = stride,
		},
		.slices = 1,
		.subslices = BIT(model->subslices) - 1,
	};
	u8 *eus = t.eus;
	int i;

	for (i = 0; i < model->subslices; i++, eus += stride) {
		eus[0] = 0xff;
		if (stride > 1)
			eus[1] = BIT(model->eus - 8) - 1;
	}
	return answer(item, &t, eus - (u8 *)&t);
}

static int query_engines(const struct drm_i915_query_item *item)
{
	static const struct engines e = {
		.info.num_engines = 2,
		.engine = {
			{ .engine.engine_class = I915_ENGINE_CLASS_RENDER },
			{ .engine.engine_class = I915_ENGINE_CLASS_COPY },
		},
	};

	return answer(item, &e, sizeof(e));
}

static int query_regions(const struct drm_i915_query_item *item)
{
	static const struct regions r = {
		.info.num_regions = 1,
		.region = {
			.region.memory_class = I915_MEMORY_CLASS_SYSTEM,
			.probed_size = NOOP_I915_MEMORY,
			.unallocated_size = NOOP_I915_MEMORY,
		},
	};

	return answer(item, &r, sizeof(r));
}

static int query_one(const struct drm_i915_query_item *item)
{
	switch (item->query_id) {
	case DRM_I915_QUERY_TOPOLOGY_INFO:
		return query_topology(item);
	case DRM_I915_QUERY_ENGINE_INFO:
		return query_engines(item);
	case DRM_I915_QUERY_MEMORY_REGIONS:
		return query_regions(item);
	case DRM_I915_QUERY_HWCONFIG_BLOB:
	case DRM_I915_QUERY_GEOMETRY_SUBSLICES:
	case DRM_I915_QUERY_GUC_SUBMISSION_VERSION:
		return -ENODEV;
	default:
		return -EINVAL;
	}
}

/**
 * noop_i915_query() - the ioctl of that name
 * @call: the call
 * @arg: its argument
 *
 * Return: 0 or an error.
 */
int noop_i915_query(struct noop_call *call, struct drm_i915_query *arg)
{
	struct drm_i915_query_item __user *items = u64_to_user_ptr(arg->items_ptr);
	struct drm_i915_query_item item;
	u32 i;

	if (arg->flags)
		return -EINVAL;
	for (i = 0; i < arg->num_items; i++, items++) {
		if (copy_from_user(&item, items, sizeof(item)))
			return -EFAULT;
		noop_add(call, &item, offsetof(struct drm_i915_query_item, data_ptr));
		item.length = query_one(&item);
		if (put_user(item.length, &items->length))
			return -EFAULT;
	}
	return 0;
}
