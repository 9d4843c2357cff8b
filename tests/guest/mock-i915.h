/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the files with i915's cases
 */
#ifndef MOCK_I915_H
#define MOCK_I915_H

#include "mock.h"
#include "uapi/newest/i915_drm.h"

/* An extension of that name, now and then a wrong one */
void i915_base(struct i915_user_extension *ext, __u32 name, __u64 next);

/* The address of a chain that begins with this; now and then an extreme one */
__u64 i915_chain(void *first, size_t len);

void make_i915_context_create(void *data);
void make_i915_context_getparam(void *data);
void make_i915_context_setparam(void *data);

#endif /* MOCK_I915_H */
