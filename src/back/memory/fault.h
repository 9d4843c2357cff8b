/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fault.h: pages to the guest, and back
 */
#ifndef PVDRM_BACK_FAULT_H
#define PVDRM_BACK_FAULT_H

#include <linux/mmu_notifier.h>

struct pvdrm_job;
struct pvdrm_link;
struct xendrm_page;

extern const struct mmu_interval_notifier_ops pvdrm_back_map_notifier_ops;

void pvdrm_back_maps_revoke(struct pvdrm_link *link);
bool pvdrm_back_map_first_pages(struct pvdrm_job *job, u32 count,
				struct xendrm_page *pages);

#endif /* PVDRM_BACK_FAULT_H */
