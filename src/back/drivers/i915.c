// SPDX-License-Identifier: GPL-2.0-only
/*
 * i915.c: the ioctls of i915
 *
 * Read with i915_gem_execbuffer.c, i915_gem_context.c, i915_gem_create.c,
 * i915_gem.c and i915_query.c of Linux 7.2. Extensions, parameters and queries of
 * later kernels, which might have pointers, get the answer of a kernel that does
 * not know them.
 */
#include "back/tables/tables.h"
#include "uapi/newest/i915_drm.h"

/* As the driver has it: i915_user_extensions() */
#define MOST_EXTENSIONS	512

/* The driver takes as many as it is told; so many are never needed */
#define MOST_BUFFERS	16384
#define MOST_RELOCS	32768
#define MOST_FENCES	16384
#define MOST_ITEMS	256

#define MOST_SIBLINGS	4096
#define MOST_SSEU	4096

/* The driver refuses with EINVAL what is more, and less than that */
#define MOST_REGIONS	256
#define MOST_ENGINES	4096
#define MOST_COUNTED	0x7fffffff
#define MOST_RELOCATED	(MOST_COUNTED / sizeof(struct drm_i915_gem_relocation_entry))

#define EXTENSIONS(member, list, ...) \
	CHAIN(member, struct i915_user_extension, next_extension, name, \
	      MOST_EXTENSIONS, list, __VA_ARGS__)
#define EXTENSION(value, type, direction, ...) \
	VARIANT(value, struct i915_user_extension, name, type, direction, \
		__VA_ARGS__)

#define ARG struct drm_i915_getparam
static const struct pvdrm_field_entry getparam[] = {
	ARRAY(value, OUT, ONE, ELEM(int)),
};

#undef ARG

/* ------------------------------------------------------------------- execbuffer */

/* Of a buffer and a relocation, the driver writes where the buffer is */
#define ARG struct drm_i915_gem_exec_object2
static const struct pvdrm_field_entry exec_object[] = {
	REFUSE(EINVAL, WHEN_GT(relocation_count, MOST_RELOCATED)),
	ARRAY(relocs_ptr, INOUT, COUNT(relocation_count),
	      ELEM(struct drm_i915_gem_relocation_entry), AT_MOST(MOST_RELOCS)),
};

#undef ARG

#define ARG struct drm_i915_gem_execbuffer_ext_timeline_fences
static const struct pvdrm_field_entry timeline_fences[] = {
	ARRAY(handles_ptr, IN, COUNT(fence_count),
	      ELEM(struct drm_i915_gem_exec_fence), AT_MOST(MOST_FENCES)),
	ARRAY(values_ptr, IN, COUNT(fence_count), ELEM(__u64),
	      AT_MOST(MOST_FENCES)),
};

static const struct pvdrm_field_entry execbuffer_extensions[] = {
	EXTENSION(DRM_I915_GEM_EXECBUFFER_EXT_TIMELINE_FENCES, ARG, IN,
		  EACH(timeline_fences)),
};

#undef ARG

/* Without FENCE_ARRAY either, the driver refuses a cliprects_ptr, whatever it is */
#define ARG struct drm_i915_gem_execbuffer2
static const struct pvdrm_field_entry execbuffer[] = {
	REFUSE(EINVAL, WHEN_GT(buffer_count, MOST_COUNTED)),
	ARRAY(buffers_ptr, INOUT, COUNT(buffer_count),
	      ELEM(struct drm_i915_gem_exec_object2), AT_MOST(MOST_BUFFERS),
	      EACH(exec_object)),
	EXTENSIONS(cliprects_ptr, execbuffer_extensions,
		   WHEN_ANY(flags, I915_EXEC_USE_EXTENSIONS)),
	ARRAY(cliprects_ptr, IN, COUNT(num_cliprects),
	      ELEM(struct drm_i915_gem_exec_fence), AT_MOST(MOST_FENCES)),
	FD_HALF(rsvd2, 0, SYNC_FILE, IN,
		WHEN_ANY(flags, I915_EXEC_FENCE_IN | I915_EXEC_FENCE_SUBMIT)),
	FD_HALF(rsvd2, 1, SYNC_FILE, OUT,
		WHEN_ANY(flags, I915_EXEC_FENCE_OUT)),
};

#undef ARG

/* ---------------------------------------------------------------------- buffers */

#define ARG struct drm_i915_gem_create_ext_memory_regions
static const struct pvdrm_field_entry memory_regions[] = {
	REFUSE(EINVAL, WHEN_GT(num_regions, MOST_REGIONS)),
	ARRAY(regions, IN, COUNT(num_regions),
	      ELEM(struct drm_i915_gem_memory_class_instance),
	      AT_MOST(MOST_REGIONS)),
};

static const struct pvdrm_field_entry create_extensions[] = {
	EXTENSION(I915_GEM_CREATE_EXT_MEMORY_REGIONS, ARG, IN,
		  EACH(memory_regions)),
	EXTENSION(I915_GEM_CREATE_EXT_PROTECTED_CONTENT,
		  struct drm_i915_gem_create_ext_protected_content, IN),
	EXTENSION(I915_GEM_CREATE_EXT_SET_PAT,
		  struct drm_i915_gem_create_ext_set_pat, IN),
};

#undef ARG

#define ARG struct drm_i915_gem_create_ext
static const struct pvdrm_field_entry create_ext[] = {
	EXTENSIONS(extensions, create_extensions),
};

#undef ARG

#define ARG struct drm_i915_gem_mmap_offset
static const struct pvdrm_field_entry mmap_offset[] = {
	REFUSE(EINVAL, WHEN_NE(extensions, 0)),
};

#undef ARG

#define ARG struct drm_i915_gem_vm_control
static const struct pvdrm_field_entry vm_create[] = {
	REFUSE(EINVAL, WHEN_NE(extensions, 0)),
};

#undef ARG

#define ARG struct drm_i915_gem_pread
static const struct pvdrm_field_entry pread[] = {
	ARRAY(data_ptr, OUT, COUNT(size), ELEM(char), AT_MOST(XENDRM_MAX_ARG)),
};

#undef ARG

#define ARG struct drm_i915_gem_pwrite
static const struct pvdrm_field_entry pwrite[] = {
	ARRAY(data_ptr, IN, COUNT(size), ELEM(char), AT_MOST(XENDRM_MAX_ARG)),
};

#undef ARG

/* --------------------------------------------------------------------- contexts */

#define ARG struct i915_context_engines_load_balance
static const struct pvdrm_field_entry engines_extensions[] = {
	EXTENSION(I915_CONTEXT_ENGINES_EXT_LOAD_BALANCE, ARG, IN,
		  COUNT(num_siblings), AT_MOST(MOST_SIBLINGS),
		  TRAILING(struct i915_engine_class_instance)),
#undef ARG
#define ARG struct i915_context_engines_bond
	EXTENSION(I915_CONTEXT_ENGINES_EXT_BOND, ARG, IN,
		  COUNT(num_bonds), AT_MOST(MOST_SIBLINGS),
		  TRAILING(struct i915_engine_class_instance)),
#undef ARG
#define ARG struct i915_context_engines_parallel_submit
	EXTENSION(I915_CONTEXT_ENGINES_EXT_PARALLEL_SUBMIT, ARG, IN_TIMES,
		  COUNT(num_siblings), TRAILING_TIMES(width),
		  AT_MOST(MOST_SIBLINGS),
		  TRAILING(struct i915_engine_class_instance)),
};

#undef ARG

#define ARG struct i915_context_param_engines
static const struct pvdrm_field_entry engines[] = {
	EXTENSIONS(extensions, engines_extensions),
};

#undef ARG

/*
 * A parameter that is set. Priorities above the default, and contexts that
 * nothing bans, the driver would grant for the rights of the process in dom0; an
 * image is for debugging. The others not named are numbers.
 */
#define SET_PARAM(size, param, value) \
	REFUSE(EINVAL, WHEN_GT(param, I915_CONTEXT_PARAM_LOW_LATENCY)), \
	REFUSE(EPERM, WHEN_EQ(param, I915_CONTEXT_PARAM_PRIORITY), \
	       RANGE(value, I915_CONTEXT_DEFAULT_PRIORITY + 1, \
		     I915_CONTEXT_MAX_USER_PRIORITY)), \
	REFUSE(EPERM, WHEN_EQ(param, I915_CONTEXT_PARAM_BANNABLE), \
	       RANGE(value, 0, 0)), \
	REFUSE(EINVAL, WHEN_EQ(param, I915_CONTEXT_PARAM_ENGINES), \
	       RANGE(size, MOST_ENGINES + 1, ~0u)), \
	ARRAY(value, IN, UNITS(size, 1), \
	      ELEM(struct drm_i915_gem_context_param_sseu), \
	      AT_MOST(MOST_SSEU), WHEN_EQ(param, I915_CONTEXT_PARAM_SSEU)), \
	ARRAY(value, IN, UNITS(size, 1), \
	      ELEM(struct i915_context_param_engines), \
	      AT_MOST(MOST_ENGINES), EACH(engines), \
	      WHEN_EQ(param, I915_CONTEXT_PARAM_ENGINES))

#define ARG struct drm_i915_gem_context_param
static const struct pvdrm_field_entry context_setparam[] = {
	SET_PARAM(size, param, value),
};

static const struct pvdrm_field_entry context_getparam[] = {
	REFUSE(EINVAL, WHEN_GT(param, I915_CONTEXT_PARAM_LOW_LATENCY)),
	ARRAY(value, INOUT, UNITS(size, 1),
	      ELEM(struct drm_i915_gem_context_param_sseu),
	      AT_MOST(MOST_SSEU), WHEN_EQ(param, I915_CONTEXT_PARAM_SSEU)),
};

#undef ARG

#define ARG struct drm_i915_gem_context_create_ext_setparam
static const struct pvdrm_field_entry create_setparam[] = {
	SET_PARAM(param.size, param.param, param.value),
};

static const struct pvdrm_field_entry context_extensions[] = {
	EXTENSION(I915_CONTEXT_CREATE_EXT_SETPARAM, ARG, IN,
		  EACH(create_setparam)),
};

#undef ARG

#define ARG struct drm_i915_gem_context_create_ext
static const struct pvdrm_field_entry context_create[] = {
	EXTENSIONS(extensions, context_extensions,
		   WHEN_ANY(flags, I915_CONTEXT_CREATE_FLAGS_USE_EXTENSIONS)),
};

#undef ARG

/* ---------------------------------------------------------------------- queries */

/* The blob of hwconfig, whose driver compares a length without its sign */
#define MOST_OF_BLOB	4096
#define MOST_LENGTH	0x7fffffff

/*
 * Of performance, a query has pointers in its data, and tells of all clients. A
 * negative length is an error of the item, which the driver puts in its place.
 */
#define ARG struct drm_i915_query_item
static const struct pvdrm_field_entry query_item[] = {
	REFUSE(EINVAL, WHEN_GT(query_id, DRM_I915_QUERY_GUC_SUBMISSION_VERSION)),
	REFUSE(EINVAL, WHEN_EQ(query_id, DRM_I915_QUERY_PERF_CONFIG)),
	ARRAY(data_ptr, INOUT, ONE, ELEM(char[MOST_OF_BLOB]),
	      WHEN_GT(length, MOST_LENGTH)),
	ARRAY(data_ptr, INOUT, COUNT(length), ELEM(char),
	      AT_MOST(XENDRM_MAX_ARG)),
};

#undef ARG

#define ARG struct drm_i915_query
static const struct pvdrm_field_entry query[] = {
	ARRAY(items_ptr, INOUT, COUNT(num_items),
	      ELEM(struct drm_i915_query_item), AT_MOST(MOST_ITEMS),
	      EACH(query_item)),
};

#undef ARG

/* GEM_WAIT has a time from now: it crosses as it is */
static const struct pvdrm_ioctl_entry i915_ioctls[] = {
	IOCTL(I915_GETPARAM,		NATIVE_PTR,	FIELDS(getparam)),
	IOCTL(I915_GEM_EXECBUFFER2_WR,	MAY_BLOCK,	FIELDS(execbuffer)),
	IOCTL(I915_GEM_BUSY,		NOTHING),
	IOCTL(I915_GEM_SET_CACHING,	MAY_BLOCK),
	IOCTL(I915_GEM_GET_CACHING,	NOTHING),
	IOCTL(I915_GEM_THROTTLE,	MAY_BLOCK),
	IOCTL(I915_GEM_CREATE,		MAY_BLOCK,
	      CREATES(struct drm_i915_gem_create, size, handle, SIZE_TOLD)),
	IOCTL(I915_GEM_CREATE_EXT,	MAY_BLOCK, FIELDS(create_ext),
	      CREATES(struct drm_i915_gem_create_ext, size, handle, SIZE_TOLD)),
	IOCTL(I915_GEM_PREAD,		MAY_BLOCK,	FIELDS(pread)),
	IOCTL(I915_GEM_PWRITE,		MAY_BLOCK,	FIELDS(pwrite)),
	IOCTL(I915_GEM_MMAP_OFFSET,	NOTHING,	FIELDS(mmap_offset)),
	IOCTL(I915_GEM_SET_DOMAIN,	MAY_BLOCK),
	IOCTL(I915_GEM_SW_FINISH,	NOTHING),
	IOCTL(I915_GEM_SET_TILING,	MAY_BLOCK),
	IOCTL(I915_GEM_GET_TILING,	NOTHING),
	IOCTL(I915_GEM_GET_APERTURE,	NOTHING),
	IOCTL(I915_GEM_MADVISE,		NOTHING),
	IOCTL(I915_GEM_WAIT,		MAY_BLOCK),
	IOCTL(I915_GEM_CONTEXT_CREATE_EXT, NOTHING,	FIELDS(context_create),
	      MAKES_OBJECTS(1)),
	IOCTL(I915_GEM_CONTEXT_DESTROY,	NOTHING,	FREES_OBJECT),
	IOCTL(I915_REG_READ,		NOTHING),
	IOCTL(I915_GET_RESET_STATS,	NOTHING),
	IOCTL(I915_GEM_CONTEXT_GETPARAM, NOTHING,	FIELDS(context_getparam),
	      OBJECTS_BY(struct drm_i915_gem_context_param, param,
			 I915_CONTEXT_PARAM_VM, NEVER)),
	IOCTL(I915_GEM_CONTEXT_SETPARAM, NOTHING,	FIELDS(context_setparam), GROWS),
	IOCTL(I915_QUERY,		NOTHING,	FIELDS(query)),
	IOCTL(I915_GEM_VM_CREATE,	NOTHING,	FIELDS(vm_create),
	      MAKES_OBJECTS(1)),
	IOCTL(I915_GEM_VM_DESTROY,	NOTHING,	FREES_OBJECT),
};

static const char legacy[] =
	"of the time before GEM: does nothing in any supported kernel";
static const char performance[] =
	"counts what all users of the GPU do";
static const char scanout[] =
	"speaks of what is displayed, which is dom0's";
static const char pinning[] =
	"privileged, and refused by all supported kernels";

static const struct pvdrm_refusal i915_refused[] = {
	REFUSED(I915_INIT, legacy),
	REFUSED(I915_FLUSH, legacy),
	REFUSED(I915_FLIP, legacy),
	REFUSED(I915_BATCHBUFFER, legacy),
	REFUSED(I915_IRQ_EMIT, legacy),
	REFUSED(I915_IRQ_WAIT, legacy),
	REFUSED(I915_SETPARAM, legacy),
	REFUSED(I915_ALLOC, legacy),
	REFUSED(I915_FREE, legacy),
	REFUSED(I915_INIT_HEAP, legacy),
	REFUSED(I915_CMDBUFFER, legacy),
	REFUSED(I915_DESTROY_HEAP, legacy),
	REFUSED(I915_SET_VBLANK_PIPE, legacy),
	REFUSED(I915_GET_VBLANK_PIPE, legacy),
	REFUSED(I915_VBLANK_SWAP, legacy),
	REFUSED(I915_HWS_ADDR, legacy),
	REFUSED(I915_GEM_INIT, legacy),
	REFUSED(I915_GEM_EXECBUFFER, "refused by all supported kernels"),
	REFUSED(I915_GEM_PIN, pinning),
	REFUSED(I915_GEM_UNPIN, pinning),
	REFUSED(I915_GEM_ENTERVT, legacy),
	REFUSED(I915_GEM_LEAVEVT, legacy),
	REFUSED(I915_GEM_MMAP,
		"maps into the process in dom0: GEM_MMAP_OFFSET does instead"),
	REFUSED(I915_GEM_USERPTR,
		"would make a buffer of the memory of the process in dom0"),
	REFUSED(I915_GET_PIPE_FROM_CRTC_ID, scanout),
	REFUSED(I915_OVERLAY_PUT_IMAGE, scanout),
	REFUSED(I915_OVERLAY_ATTRS, scanout),
	REFUSED(I915_SET_SPRITE_COLORKEY, scanout),
	REFUSED(I915_GET_SPRITE_COLORKEY, scanout),
	REFUSED(I915_PERF_OPEN, performance),
	REFUSED(I915_PERF_ADD_CONFIG, performance),
	REFUSED(I915_PERF_REMOVE_CONFIG, performance),
};

static const struct pvdrm_isolation_rule i915_isolation = {
	.why = "up to Haswell, all contexts share an address space",
	.cmd = DRM_IOCTL_I915_GETPARAM,
	.which = I915_PARAM_HAS_ALIASING_PPGTT,
	.param = offsetof(struct drm_i915_getparam, param),
	.value = offsetof(struct drm_i915_getparam, value),
	.by_pointer = true,
	.least = I915_GEM_PPGTT_FULL,
};

/* batch_active counts the context's own hangs, batch_pending what others lost. */
static const struct pvdrm_hang_rule i915_hangs = {
	.submit = DRM_IOCTL_I915_GEM_EXECBUFFER2_WR,
	.used = offsetof(struct drm_i915_gem_execbuffer2, rsvd1),
	.free = DRM_IOCTL_I915_GEM_CONTEXT_DESTROY,
	.freed = offsetof(struct drm_i915_gem_context_destroy, ctx_id),
	.ask = DRM_IOCTL_I915_GET_RESET_STATS,
	.id = offsetof(struct drm_i915_reset_stats, ctx_id),
	.op = offsetof(struct drm_i915_reset_stats, flags),
	.answer = offsetof(struct drm_i915_reset_stats, batch_active),
	.mask = ~0u,
};

static const struct pvdrm_work_rule i915_work[] = {
	WORK_ON_BUFFER(I915_GEM_EXECBUFFER2_WR, struct drm_i915_gem_exec_object2,
		       handle,
		       MANY_OF(struct drm_i915_gem_execbuffer2, buffers_ptr,
			       buffer_count, struct drm_i915_gem_exec_object2)),
	{ 0 }
};

const struct pvdrm_driver_table pvdrm_i915_table = {
	.driver = "i915",
	.isolation = &i915_isolation,
	.ioctls = i915_ioctls,
	.nr = ARRAY_SIZE(i915_ioctls),
	.refused = i915_refused,
	.nr_refused = ARRAY_SIZE(i915_refused),
	.hangs = &i915_hangs,
	.work = i915_work,
};
