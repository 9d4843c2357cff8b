/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * syncs.h: syncobjs that are known to exist, and to have a fence
 */
#ifndef PVDRM_FRONT_SYNCS_H
#define PVDRM_FRONT_SYNCS_H

#include <linux/types.h>
#include <linux/xarray.h>

#include "engine.h"

/**
 * struct pvdrm_syncs - the syncobjs of a file that are known to exist
 *
 * All functions but init() and destroy() are called with pvdrm_live.lock, or with the
 * lock of pvdrm_live.handles when something is added.
 */
struct pvdrm_syncs {
	/** @handles: has a number for each: bits below, and a point */
	struct xarray handles;
};

void pvdrm_syncs_init(struct pvdrm_syncs *syncs);
void pvdrm_syncs_destroy(struct pvdrm_syncs *syncs);
bool pvdrm_syncs_change(const struct pvdrm_plan *plan);
bool pvdrm_syncs_know(struct pvdrm_syncs *syncs, const struct pvdrm_plan *plan);
void pvdrm_syncs_forget(struct pvdrm_syncs *syncs,
			const struct pvdrm_plan *plan);
void pvdrm_syncs_learn(struct pvdrm_syncs *syncs,
		       const struct pvdrm_plan *plan);
void pvdrm_syncs_add(struct pvdrm_syncs *syncs, u32 handle);

#endif /* PVDRM_FRONT_SYNCS_H */
