// SPDX-License-Identifier: GPL-2.0-only
/*
 * mock-i915.c: cases for i915's ioctls
 */
#include <errno.h>
#include <string.h>

#include "mock.h"
#include "uapi/newest/i915_drm.h"

#define CLASSES		5
#define INSTANCES	4

/* ------------------------------------------------------------------ extensions */

static void base(struct i915_user_extension *ext, __u32 name, __u64 next)
{
	*ext = (struct i915_user_extension){ .next_extension = next, .name = name };
	if (one_in(64))
		ext->flags = 1;
	if (one_in(64))
		ext->rsvd[pick(4)] = 1;
	if (one_in(64))
		ext->name = any();
}

/* Of a chain with this first: one that comes back, or has too many links */
static __u64 without_end(void *first, size_t len)
{
	struct i915_user_extension *ext = first;
	unsigned char *links;
	__u32 i;

	if (one_in(2)) {
		ext->next_extension = (unsigned long)first;
		return (unsigned long)first;
	}
	len = (len + 7) & ~7ul;
	links = zeroes(10000 * len);
	for (i = 0; i < 10000; i++, links += len) {
		memcpy(links, first, sizeof(*ext));
		ext = (void *)links;
		ext->next_extension = i < 9999 ? (unsigned long)links + len : 0;
	}
	return (unsigned long)(links - 10000 * len);
}

/* Now and then, an extreme chain */
static __u64 chain(void *first, size_t len)
{
	if (mock_group == MOCK_EXTREMES && one_in(8))
		return without_end(first, len);
	return point(first, len, READ);
}

/* What extensions have is packed: hence no type */
static void engine(void *at)
{
	struct i915_engine_class_instance *ci = at;

	ci->engine_class = one_in(64) ? any() : pick(CLASSES);
	ci->engine_instance = pick(INSTANCES);
}

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
	base(&ext->base, DRM_I915_GEM_EXECBUFFER_EXT_TIMELINE_FENCES, timelines(links - 1));
	ext->fence_count = nr;
	ext->handles_ptr = point(fences(nr), nr * sizeof(struct drm_i915_gem_exec_fence), READ);
	ext->values_ptr = array(nr, sizeof(__u64), READ);
	if (mock_group == MOCK_EXTREMES && one_in(8))
		ext->fence_count = one_in(2) ? count_of(nr) : any();
	return chain(ext, sizeof(*ext));
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
	base(&ext->base, name, next);
	switch (name) {
	case I915_GEM_CREATE_EXT_MEMORY_REGIONS:
		region = zeroes(2 * sizeof(*region));
		region[pick(2)].memory_class = 1;
		ext->regions.num_regions = count_of(2);
		ext->regions.regions = point(region, 2 * sizeof(*region), READ);
		return chain(ext, sizeof(ext->regions));
	case I915_GEM_CREATE_EXT_PROTECTED_CONTENT:
		ext->content.flags = one_in(16);
		return chain(ext, sizeof(ext->content));
	default:
		ext->pat.pat_index = pick(one_in(4) ? 9 : 6);
		return chain(ext, sizeof(ext->pat));
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
	base(ext, any(), 0);
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
	arg->timeout_ns = some_time();
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

static void siblings(void *at, __u32 nr)
{
	__u32 i;

	for (i = 0; i < nr; i++, at += sizeof(struct i915_engine_class_instance))
		engine(at);
}

/* An extension of a list of engines, with @nr of them behind it */
static __u64 engines_extensions(__u32 links)
{
	union {
		struct i915_user_extension base;
		struct i915_context_engines_load_balance balance;
		struct i915_context_engines_bond bond;
		struct i915_context_engines_parallel_submit parallel;
	} *ext;
	__u32 name = pick(3), nr = pick(6);
	__u64 next;
	size_t len;

	if (!links)
		return 0;
	next = engines_extensions(links - 1);
	ext = zeroes(sizeof(*ext) + 64 * sizeof(struct i915_engine_class_instance));
	base(&ext->base, name, next);
	switch (name) {
	case I915_CONTEXT_ENGINES_EXT_LOAD_BALANCE:
		ext->balance.engine_index = links - 1;
		ext->balance.num_siblings = nr;
		siblings(&ext->balance + 1, nr);
		len = sizeof(ext->balance);
		break;
	case I915_CONTEXT_ENGINES_EXT_BOND:
		/* The last slots are for this */
		ext->bond.virtual_index = 8 + pick(4);
		engine((void *)ext + offsetof(struct i915_context_engines_bond, master));
		ext->bond.num_bonds = nr;
		siblings(&ext->bond + 1, nr);
		len = sizeof(ext->bond);
		break;
	default:
		ext->parallel.engine_index = 4 + links - 1;
		ext->parallel.width = 2 + pick(4);
		ext->parallel.num_siblings = nr;
		siblings(&ext->parallel + 1, nr * ext->parallel.width);
		nr *= ext->parallel.width;
		len = sizeof(ext->parallel);
	}
	return chain(ext, len + nr * sizeof(struct i915_engine_class_instance));
}

/* Slots for balancing and for parallel submission are empty, the others not */
static void engines(struct drm_i915_gem_context_param *param)
{
	struct i915_context_param_engines *list;
	__u32 i, nr = 12;

	list = zeroes(sizeof(*list) + nr * sizeof(list->engines[0]));
	for (i = 0; i < 8; i++) {
		list->engines[i].engine_class = I915_ENGINE_CLASS_INVALID;
		list->engines[i].engine_instance = I915_ENGINE_CLASS_INVALID_NONE;
	}
	siblings(list->engines + 8, nr - 8);
	list->extensions = engines_extensions(pick(5));
	param->size = sizeof(*list) + nr * sizeof(list->engines[0]);
	param->value = point(list, param->size, READ);
	if (one_in(16))
		param->size = pick(param->size) & ~(one_in(2) ? 7u : 0);
	if (mock_group == MOCK_EXTREMES && one_in(2))
		param->size = count_of(param->size);
	/* Half a pointer is none */
	if (param->size < sizeof(*list))
		list->extensions = 0;
}

static void sseu(struct drm_i915_gem_context_param *param, enum mock_access access)
{
	struct drm_i915_gem_context_param_sseu *value;

	param->size = one_in(8) ? pick(100) : sizeof(*value);
	value = bytes(128);
	value->rsvd = one_in(16);
	value->flags = one_in(16) ? any() : pick(2);
	param->value = point(value, param->size, access);
}

/* What a guest may do, too: the others are below */
static void set_param(struct drm_i915_gem_context_param *param)
{
	static const __u64 params[] = {
		I915_CONTEXT_PARAM_BAN_PERIOD, I915_CONTEXT_PARAM_NO_ERROR_CAPTURE,
		I915_CONTEXT_PARAM_BANNABLE, I915_CONTEXT_PARAM_PRIORITY, I915_CONTEXT_PARAM_SSEU,
		I915_CONTEXT_PARAM_SSEU, I915_CONTEXT_PARAM_RECOVERABLE, I915_CONTEXT_PARAM_VM,
		I915_CONTEXT_PARAM_ENGINES, I915_CONTEXT_PARAM_ENGINES, I915_CONTEXT_PARAM_ENGINES,
		I915_CONTEXT_PARAM_PERSISTENCE, I915_CONTEXT_PARAM_RINGSIZE,
		I915_CONTEXT_PARAM_PROTECTED_CONTENT, I915_CONTEXT_PARAM_LOW_LATENCY,
	};

	param->param = pick_of(params);
	if (param->param == I915_CONTEXT_PARAM_SSEU) {
		sseu(param, READ);
	} else if (param->param == I915_CONTEXT_PARAM_ENGINES) {
		engines(param);
	} else {
		param->size = one_in(16) ? 8 : 0;
		param->value = 1 + pick(1000);
	}
	if (param->param == I915_CONTEXT_PARAM_PRIORITY)
		param->value = one_in(8) ? (__u64)-2000 : -(__u64)pick(1024);
}

static void context_setparam(void *data)
{
	struct drm_i915_gem_context_param *arg = data;

	arg->ctx_id = pick(8);
	set_param(arg);
}

static __u64 create_setparams(__u32 links)
{
	struct drm_i915_gem_context_create_ext_setparam *ext;
	__u64 next;

	if (!links)
		return 0;
	next = create_setparams(links - 1);
	ext = zeroes(sizeof(*ext));
	base(&ext->base, I915_CONTEXT_CREATE_EXT_SETPARAM, next);
	ext->param.ctx_id = one_in(64);
	set_param(&ext->param);
	return chain(ext, sizeof(*ext));
}

static void context_create(void *data)
{
	struct drm_i915_gem_context_create_ext *arg = data;

	arg->ctx_id = any();
	arg->flags = one_in(32) ? 8 : pick(4);
	if (arg->flags & I915_CONTEXT_CREATE_FLAGS_USE_EXTENSIONS)
		arg->extensions = create_setparams(pick(4));
	else
		arg->extensions = any();
}

static void context_getparam(void *data)
{
	struct drm_i915_gem_context_param *arg = data;

	arg->ctx_id = any();
	arg->param = one_in(4) ? I915_CONTEXT_PARAM_SSEU : pick(I915_CONTEXT_PARAM_LOW_LATENCY + 1);
	arg->value = any();
	if (arg->param == I915_CONTEXT_PARAM_SSEU)
		sseu(arg, BOTH);
	else
		arg->size = pick(100);
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
	MOCK_OP(I915_GEM_CONTEXT_CREATE_EXT, context_create),
	MOCK_OP(I915_GEM_CONTEXT_DESTROY, context_destroy),
	MOCK_OP(I915_REG_READ, reg_read),
	MOCK_OP(I915_GET_RESET_STATS, reset_stats),
	MOCK_OP(I915_GEM_CONTEXT_GETPARAM, context_getparam),
	MOCK_OP(I915_GEM_CONTEXT_SETPARAM, context_setparam),
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
	.nr_ops = sizeof(ops) / sizeof(ops[0]),
	.refused = refused,
	.nr_refused = sizeof(refused) / sizeof(refused[0]),
};
