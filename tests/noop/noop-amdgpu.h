/* SPDX-License-Identifier: GPL-2.0-only */
/* noop-amdgpu.h: the models of amdgpu's GPUs */
#ifndef NOOP_AMDGPU_H
#define NOOP_AMDGPU_H

#include "noop.h"
#include "uapi/newest/amdgpu_drm.h"

/**
 * struct noop_amdgpu_model - what the driver says of a GPU
 * @device: of the GPU
 * @engines: those without rings the GPU does not have
 * @gb_addr_config: the register of that name
 * @feature: of all firmware
 * @me: version of that firmware
 * @pfp: version of that firmware
 * @mec: version of that firmware
 */
struct noop_amdgpu_model {
	struct drm_amdgpu_info_device device;
	struct drm_amdgpu_info_hw_ip engines[AMDGPU_HW_IP_NUM];
	u32 gb_addr_config;
	u32 feature;
	u32 me;
	u32 pfp;
	u32 mec;
};

extern const struct noop_amdgpu_model noop_amdgpu_navi21_model;
extern const struct noop_amdgpu_model noop_amdgpu_vega10_model;

static inline const struct noop_amdgpu_model *noop_amdgpu_model(void)
{
	return noop_gpu->data;
}

int noop_amdgpu_info(struct noop_call *call, struct drm_amdgpu_info *arg);
bool noop_amdgpu_has_ring(u32 type, u32 ring);

#endif /* NOOP_AMDGPU_H */
