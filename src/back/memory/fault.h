/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fault.h: pages to the guest, and back
 */
#ifndef PVDRM_BACK_FAULT_H
#define PVDRM_BACK_FAULT_H

#include <linux/mmu_notifier.h>

struct pvdrm_link;

extern const struct mmu_interval_notifier_ops pvdrm_back_map_notifier_ops;

void pvdrm_back_maps_revoke(struct pvdrm_link *link);

#endif /* PVDRM_BACK_FAULT_H */
