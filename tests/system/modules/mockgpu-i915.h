/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mockgpu-i915.h: shared by the files of the i915 mock
 *
 * The mock is of one generation that has everything: relocations and PREAD,
 * execution lists, the GuC's parallel submission, a slice configuration, memory
 * of its own.
 */
#ifndef MOCKGPU_I915_H
#define MOCKGPU_I915_H

#include "mockgpu.h"
#include "uapi/newest/i915_drm.h"

/* i915_user_extension_fn */
typedef int (*i915_extension)(struct mock *m, u64 at, void *data);

/* i915_user_extensions() */
int i915_extensions(struct mock *m, u64 at, const i915_extension *known, u32 count, void *data);

/* check_user_mbz(): @len bytes that must be 0 */
int i915_must_be_zero(u64 at, size_t len);

/* intel_engine_lookup_user() */
bool i915_has_engine(const struct i915_engine_class_instance *ci);

/* mockgpu-i915-context.c, mockgpu-i915-exec.c */
int i915_context_create(struct mock *m, struct drm_i915_gem_context_create_ext *arg);
int i915_context_getparam(struct mock *m, struct drm_i915_gem_context_param *arg);
int i915_context_setparam(struct mock *m, struct drm_i915_gem_context_param *arg);
int i915_execbuffer2(struct mock *m, struct drm_i915_gem_execbuffer2 *arg);

#endif /* MOCKGPU_I915_H */
