/* SPDX-License-Identifier: GPL-2.0-only */
/* noop-i915.h: the model of i915's GPU */
#ifndef NOOP_I915_H
#define NOOP_I915_H

#include "noop.h"
#include "uapi/newest/i915_drm.h"

#define NOOP_I915_MEMORY	SZ_2G
#define NOOP_I915_FREQUENCY	19200000	/* Hz, of timestamps */

int noop_i915_getparam(struct noop_call *call, struct drm_i915_getparam *arg);
int noop_i915_query(struct noop_call *call, struct drm_i915_query *arg);

#endif /* NOOP_I915_H */
