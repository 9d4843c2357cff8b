/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mocks_i915.h: shared by the files of i915's stand-ins
 */
#ifndef PVDRM_TEST_MOCKS_I915_H
#define PVDRM_TEST_MOCKS_I915_H

#include "mocks.h"
#include "uapi/newest/i915_drm.h"

/* Is told the place and the name of an extension */
typedef long (*mock_i915_extension)(struct space *s, u64 at, u32 name, u32 *sum);

/* The driver's i915_user_extensions() */
long mock_i915_extensions(struct space *s, u64 at, u32 *sum, mock_i915_extension each);

long mock_i915_context_create(struct space *s, void *data);
long mock_i915_getparam(struct space *s, void *data);
long mock_i915_setparam(struct space *s, void *data);
void mock_i915_make_context_create(void *data);
void mock_i915_make_getparam(void *data);
void mock_i915_make_setparam(void *data);

#endif /* PVDRM_TEST_MOCKS_I915_H */
