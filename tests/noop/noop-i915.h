/* SPDX-License-Identifier: GPL-2.0-only */
/* noop-i915.h: the models of i915's GPUs */
#ifndef NOOP_I915_H
#define NOOP_I915_H

#include "noop.h"
#include "uapi/newest/i915_drm.h"

#define NOOP_I915_MEMORY	SZ_2G

/**
 * struct noop_i915_model - what the driver says of a GPU, which has one slice
 * @frequency: of timestamps, in Hz
 * @subslices: their number, at most NOOP_I915_SUBSLICES
 * @eus: in each
 * @full_ppgtt: each context has an address space, of 48 bits, and buffers have the
 *	addresses that the program gives them
 */
struct noop_i915_model {
	u32 frequency;
	u8 subslices;
	u8 eus;
	bool full_ppgtt;
};

#define NOOP_I915_SUBSLICES	6

/**
 * struct noop_i915_bo - what the driver remembers of a buffer
 * @tiling: I915_TILING_*
 * @stride: in bytes
 * @caching: I915_CACHING_*
 * @place: address that the driver has given it; 0: none yet
 */
struct noop_i915_bo {
	u32 tiling;
	u32 stride;
	u32 caching;
	u64 place;
};

static inline const struct noop_i915_model *noop_i915_model(void)
{
	return noop_gpu->data;
}

struct noop_i915_bo *noop_i915_bo(struct noop_call *call, u32 handle,
				  struct drm_gem_object **obj);
int noop_i915_each_extension(struct noop_call *call, u64 from,
			     int (*take)(struct noop_call *call, u32 name, u64 from));
int noop_i915_getparam(struct noop_call *call, struct drm_i915_getparam *arg);
int noop_i915_query(struct noop_call *call, struct drm_i915_query *arg);
int noop_i915_execbuffer(struct noop_call *call, struct drm_i915_gem_execbuffer2 *arg);

#endif /* NOOP_I915_H */
