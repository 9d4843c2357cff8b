/* SPDX-License-Identifier: GPL-2.0-only */
/* noop-amdgpu.h: the model of amdgpu's GPU */
#ifndef NOOP_AMDGPU_H
#define NOOP_AMDGPU_H

#include "noop.h"
#include "uapi/newest/amdgpu_drm.h"

int noop_amdgpu_info(struct noop_call *call, struct drm_amdgpu_info *arg);
bool noop_amdgpu_has_ring(u32 type, u32 ring);

#endif /* NOOP_AMDGPU_H */
