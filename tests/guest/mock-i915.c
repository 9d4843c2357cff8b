// SPDX-License-Identifier: GPL-2.0-only
/*
 * mock-i915.c: cases for i915's ioctls
 */
#include <errno.h>

#include "common.h"
#include "mock-i915.h"

/* ----------------------------------------------------------------- execbuffer */

static __u64 relocations(__u32 nr)
{
	struct drm_i915_gem_relocation_entry *entry = bytes(nr * sizeof(*entry));
	__u32 i;

	for (i = 0; i < nr; i++) {
		entry[i].offset &= ~(one_in(64) ? 0 : 3ull);
		entry[i].read_domains = 1u << (1 + pick(5));
		entry[i].write_domain = one_in(2) ? 0 : one_in(64) ? 6 : 2;
	}
	/* If they cannot be written, the driver goes on; a guest is told */
	return point(entry, nr * sizeof(*entry), READ);
}

static __u64 objects(__u32 nr)
{
	struct drm_i915_gem_exec_object2 *object = bytes(nr * sizeof(*object));
	__u32 i, relocs;

	for (i = 0; i < nr; i++) {
		relocs = one_in(2) ? pick(12) : 0;
		object[i].relocation_count = relocs;
		object[i].relocs_ptr = relocations(relocs);
		object[i].flags &= one_in(64) ? ~0ull : 2 * EXEC_OBJECT_CAPTURE - 1;
		object[i].alignment = one_in(64) ? 3 : 4096;
		if (object[i].flags & EXEC_OBJECT_PAD_TO_SIZE)
			object[i].pad_to_size = 4096 * pick(16);
		object[i].rsvd2 = 0;
		if (mock_group == MOCK_EXTREMES && one_in(8))
			object[i].relocation_count = count_of(4);
	}
	return point(object, nr * sizeof(*object), READ);
}

static struct drm_i915_gem_exec_fence *fences(__u32 nr)
{
	struct drm_i915_gem_exec_fence *fence = bytes(nr * sizeof(*fence));
	__u32 i;

	for (i = 0; i < nr; i++)
		fence[i].flags = one_in(128) ? any() : pick(4);
	return fence;
}

static __u64 timelines(__u32 links)
{
	struct drm_i915_gem_execbuffer_ext_timeline_fences *ext;
	__u32 nr = pick(8);

	if (!links)
		return 0;
	ext = bytes(sizeof(*ext));
	i915_base(&ext->base, DRM_I915_GEM_EXECBUFFER_EXT_TIMELINE_FENCES, timelines(links - 1));
	ext->fence_count = nr;
	ext->handles_ptr = point(fences(nr), nr * sizeof(struct drm_i915_gem_exec_fence), READ);
	ext->values_ptr = array(nr, sizeof(__u64), READ);
	if (mock_group == MOCK_EXTREMES && one_in(8))
		ext->fence_count = one_in(2) ? count_of(nr) : any();
	return i915_chain(ext, sizeof(*ext));
}

static void execbuffer2(void *data)
{
	struct drm_i915_gem_execbuffer2 *arg = data;
	__u32 nr = 1 + pick(8);

	arg->buffers_ptr = objects(nr);
	arg->buffer_count = one_in(32) ? 0 : nr;
	if (mock_group == MOCK_EXTREMES && one_in(4))
		arg->buffer_count = count_of(nr);
	arg->batch_start_offset = 8 * pick(100);
	arg->batch_len = 8 * pick(100) + one_in(32);
	arg->DR1 = one_in(32);
	arg->DR4 = one_in(16) ? 0xffffffff : 0;
	arg->rsvd1 = any();
	arg->rsvd2 = any();
	arg->flags = pick(5) | (one_in(2) ? I915_EXEC_NO_RELOC : 0) |
		     (one_in(2) ? I915_EXEC_HANDLE_LUT : 0) | (one_in(64) ? 1ull << 40 : 0);
	switch (pick(4)) {
	case 0:
		arg->flags |= I915_EXEC_USE_EXTENSIONS;
		arg->cliprects_ptr = timelines(pick(5));
		break;
	case 1:
		arg->flags |= I915_EXEC_FENCE_ARRAY;
		arg->num_cliprects = pick(10);
		arg->cliprects_ptr = point(fences(arg->num_cliprects),
					   arg->num_cliprects *
					   sizeof(struct drm_i915_gem_exec_fence), READ);
		break;
	case 2:
		if (one_in(8))
			arg->cliprects_ptr = any();
		break;
	}
}

/* Those whose descriptor is none */
static void execbuffer2_fence_in(void *data)
{
	struct drm_i915_gem_execbuffer2 *arg = data;

	execbuffer2(data);
	arg->flags |= one_in(2) ? I915_EXEC_FENCE_IN : I915_EXEC_FENCE_SUBMIT;
	arg->rsvd2 = one_in(2) ? 0xffffffff : 1000 + pick(1000);
	/* Of several errors, which is found first depends on who looks */
	arg->buffer_count = 1;
	arg->num_cliprects = 0;
	arg->cliprects_ptr = 0;
	arg->flags &= ~(I915_EXEC_USE_EXTENSIONS | I915_EXEC_FENCE_ARRAY);
	/* One has to work; and in a struct too short for it, none is refused */
	if (one_in(2) || mock_group == MOCK_SIZES)
		arg->flags &= ~(I915_EXEC_FENCE_IN | I915_EXEC_FENCE_SUBMIT);
}

/* --------------------------------------------------------------------- buffers */

static void gem_create(void *data)
{
	struct drm_i915_gem_create *arg = data;

	arg->size = 1 + pick(65536);
	arg->handle = any();
	arg->pad = any();
}

static __u64 create_extensions(__u32 links)
{
	union {
		struct i915_user_extension base;
		struct drm_i915_gem_create_ext_memory_regions regions;
		struct drm_i915_gem_create_ext_protected_content content;
		struct drm_i915_gem_create_ext_set_pat pat;
	} *ext;
	struct drm_i915_gem_memory_class_instance *region;
	__u32 name = links == 1 ? I915_GEM_CREATE_EXT_MEMORY_REGIONS : 1 + pick(2);
	__u64 next;

	if (!links)
		return 0;
	next = create_extensions(links - 1);
	ext = zeroes(sizeof(*ext));
	i915_base(&ext->base, name, next);
	switch (name) {
	case I915_GEM_CREATE_EXT_MEMORY_REGIONS:
		region = zeroes(2 * sizeof(*region));
		region[pick(2)].memory_class = 1;
		ext->regions.num_regions = count_of(2);
		ext->regions.regions = point(region, 2 * sizeof(*region), READ);
		return i915_chain(ext, sizeof(ext->regions));
	case I915_GEM_CREATE_EXT_PROTECTED_CONTENT:
		ext->content.flags = one_in(16);
		return i915_chain(ext, sizeof(ext->content));
	default:
		ext->pat.pat_index = pick(one_in(4) ? 9 : 6);
		return i915_chain(ext, sizeof(ext->pat));
	}
}

static void gem_create_ext(void *data)
{
	struct drm_i915_gem_create_ext *arg = data;

	arg->size = 1 + pick(65536);
	arg->handle = any();
	arg->flags = one_in(8);
	arg->extensions = create_extensions(pick(5));
}

/* An extension that no kernel knows: EINVAL, if it can be read */
static __u64 unknown_extension(void)
{
	struct i915_user_extension *ext;

	if (!one_in(8))
		return 0;
	ext = bytes(sizeof(*ext));
	i915_base(ext, any(), 0);
	return (unsigned long)ext;
}

static void gem_mmap_offset(void *data)
{
	struct drm_i915_gem_mmap_offset *arg = data;

	fill(arg, sizeof(*arg));
	arg->flags = pick(6);
	arg->extensions = unknown_extension();
}

static void gem_pread(void *data)
{
	struct drm_i915_gem_pread *arg = data;

	arg->handle = any();
	arg->offset = any();
	arg->size = count_of(1000);
	arg->data_ptr = array(arg->size, 1, WRITTEN);
}

static void gem_pwrite(void *data)
{
	struct drm_i915_gem_pwrite *arg = data;

	arg->handle = any();
	arg->offset = any();
	arg->size = count_of(1000);
	arg->data_ptr = array(arg->size, 1, READ);
}

/* Numbers alone */
#define NUMBERS(maker, type) \
	static void maker(void *data) \
	{ \
		fill(data, sizeof(type)); \
	}

NUMBERS(gem_busy, struct drm_i915_gem_busy)
NUMBERS(gem_get_caching, struct drm_i915_gem_caching)
NUMBERS(gem_sw_finish, struct drm_i915_gem_sw_finish)
NUMBERS(gem_set_tiling, struct drm_i915_gem_set_tiling)
NUMBERS(gem_get_tiling, struct drm_i915_gem_get_tiling)
NUMBERS(gem_get_aperture, struct drm_i915_gem_get_aperture)
NUMBERS(reg_read, struct drm_i915_reg_read)

static void gem_set_caching(void *data)
{
	struct drm_i915_gem_caching *arg = data;

	arg->handle = any();
	arg->caching = pick(4);
}

static void gem_set_domain(void *data)
{
	struct drm_i915_gem_set_domain *arg = data;

	arg->handle = any();
	arg->read_domains = any();
	arg->write_domain = one_in(4) ? any() : arg->read_domains;
}

static void gem_madvise(void *data)
{
	struct drm_i915_gem_madvise *arg = data;

	arg->handle = any();
	arg->madv = pick(3);
}

static void gem_wait(void *data)
{
	struct drm_i915_gem_wait *arg = data;

	arg->bo_handle = any();
	arg->flags = one_in(8);
	arg->timeout_ns = some_duration();
}

static void nothing(void *data)
{
	(void)data;
}

/* -------------------------------------------------------------------- contexts */

static void context_destroy(void *data)
{
	struct drm_i915_gem_context_destroy *arg = data;

	arg->ctx_id = any();
	arg->pad = one_in(8);
}

static void reset_stats(void *data)
{
	struct drm_i915_reset_stats *arg = data;

	arg->ctx_id = any();
	arg->flags = one_in(8);
}

static void vm_create(void *data)
{
	struct drm_i915_gem_vm_control *arg = data;

	arg->flags = one_in(8);
	arg->vm_id = any();
	arg->extensions = unknown_extension();
}

static void vm_destroy(void *data)
{
	struct drm_i915_gem_vm_control *arg = data;

	arg->vm_id = any();
	arg->flags = one_in(8);
	arg->extensions = one_in(8);
}

/* ----------------------------------------------------------------- information */

static void getparam(void *data)
{
	struct drm_i915_getparam *arg = data;

	arg->param = one_in(8) ? (__s32)any() : (__s32)pick(70);
	arg->value = (int *)(unsigned long)array(1, sizeof(int), WRITTEN);
}

/* Of room: none, to ask for it; enough, too little, negative */
static __s32 some_length(void)
{
	static const __s32 lengths[] = { 0, 0, 400, 400, 400, 16, 88, 55, 1, -1, -22, 400, 200 };

	if (mock_group == MOCK_EXTREMES && one_in(4))
		return -0x7fffffff - 1;
	return pick_of(lengths);
}

static void query_item(struct drm_i915_query_item *item)
{
	static const __u64 ids[] = {
		DRM_I915_QUERY_TOPOLOGY_INFO, DRM_I915_QUERY_ENGINE_INFO,
		DRM_I915_QUERY_MEMORY_REGIONS, DRM_I915_QUERY_HWCONFIG_BLOB,
		DRM_I915_QUERY_GEOMETRY_SUBSLICES, DRM_I915_QUERY_GUC_SUBMISSION_VERSION,
	};
	unsigned char *room = zeroes(400);

	item->query_id = one_in(64) ? 0 : pick_of(ids);
	item->length = some_length();
	item->flags = one_in(8) ? any() : 0;
	if (one_in(8))
		room[pick(24)] = 1;
	/*
	 * One that cannot be written, or ends too early, is an error of the whole
	 * call, or of the item, to a guest; a driver may come to no such place.
	 */
	item->data_ptr = point(room, 8, READ);
}

static void query(void *data)
{
	struct drm_i915_query *arg = data;
	__u32 i, nr = pick(6);
	struct drm_i915_query_item *item = bytes(nr * sizeof(*item));

	for (i = 0; i < nr; i++)
		query_item(&item[i]);
	arg->num_items = nr;
	arg->flags = one_in(16);
	arg->items_ptr = point(item, nr * sizeof(*item), BOTH);
	if (mock_group == MOCK_EXTREMES && one_in(4))
		arg->num_items = count_of(nr);
}

/* ------------------------------------------------------------- what is refused */

static void userptr(void *data)
{
	struct drm_i915_gem_userptr *arg = data;

	arg->user_ptr = (unsigned long)bytes(4096);
	arg->user_size = 4096;
}

static void high_priority(void *data)
{
	struct drm_i915_gem_context_param *arg = data;

	arg->param = I915_CONTEXT_PARAM_PRIORITY;
	arg->value = 1;
}

static void unbannable(void *data)
{
	struct drm_i915_gem_context_param *arg = data;

	arg->param = I915_CONTEXT_PARAM_BANNABLE;
}

static void query_perf(void *data)
{
	struct drm_i915_query *arg = data;
	struct drm_i915_query_item *item = zeroes(sizeof(*item));

	item->query_id = DRM_I915_QUERY_PERF_CONFIG;
	item->flags = DRM_I915_QUERY_PERF_CONFIG_LIST;
	arg->num_items = 1;
	arg->items_ptr = (unsigned long)item;
}

static const struct mock_op ops[] = {
	MOCK_OP(I915_GETPARAM, getparam),
	MOCK_OP(I915_GEM_EXECBUFFER2_WR, execbuffer2),
	{ "I915_GEM_EXECBUFFER2", DRM_IOCTL_I915_GEM_EXECBUFFER2, execbuffer2_fence_in },
	MOCK_OP(I915_GEM_BUSY, gem_busy),
	MOCK_OP(I915_GEM_SET_CACHING, gem_set_caching),
	MOCK_OP(I915_GEM_GET_CACHING, gem_get_caching),
	MOCK_OP(I915_GEM_THROTTLE, nothing),
	MOCK_OP(I915_GEM_CREATE, gem_create),
	MOCK_OP(I915_GEM_CREATE_EXT, gem_create_ext),
	MOCK_OP(I915_GEM_PREAD, gem_pread),
	MOCK_OP(I915_GEM_PWRITE, gem_pwrite),
	MOCK_OP(I915_GEM_MMAP_OFFSET, gem_mmap_offset),
	MOCK_OP(I915_GEM_SET_DOMAIN, gem_set_domain),
	MOCK_OP(I915_GEM_SW_FINISH, gem_sw_finish),
	MOCK_OP(I915_GEM_SET_TILING, gem_set_tiling),
	MOCK_OP(I915_GEM_GET_TILING, gem_get_tiling),
	MOCK_OP(I915_GEM_GET_APERTURE, gem_get_aperture),
	MOCK_OP(I915_GEM_MADVISE, gem_madvise),
	MOCK_OP(I915_GEM_WAIT, gem_wait),
	MOCK_OP(I915_GEM_CONTEXT_CREATE_EXT, make_i915_context_create),
	MOCK_OP(I915_GEM_CONTEXT_DESTROY, context_destroy),
	MOCK_OP(I915_REG_READ, reg_read),
	MOCK_OP(I915_GET_RESET_STATS, reset_stats),
	MOCK_OP(I915_GEM_CONTEXT_GETPARAM, make_i915_context_getparam),
	MOCK_OP(I915_GEM_CONTEXT_SETPARAM, make_i915_context_setparam),
	MOCK_OP(I915_QUERY, query),
	MOCK_OP(I915_GEM_VM_CREATE, vm_create),
	MOCK_OP(I915_GEM_VM_DESTROY, vm_destroy),
};

static const struct mock_refused refused[] = {
	{ "userptr", DRM_IOCTL_I915_GEM_USERPTR, userptr, EINVAL },
	{ "context of high priority", DRM_IOCTL_I915_GEM_CONTEXT_SETPARAM, high_priority, EPERM },
	{ "unbannable context", DRM_IOCTL_I915_GEM_CONTEXT_SETPARAM, unbannable, EPERM },
	{ "query of counters", DRM_IOCTL_I915_QUERY, query_perf, EINVAL },
};

const struct mock_driver mock_driver_i915 = {
	.name = "i915",
	.ops = ops,
	.nr_ops = ARRAY_SIZE(ops),
	.refused = refused,
	.nr_refused = ARRAY_SIZE(refused),
};
