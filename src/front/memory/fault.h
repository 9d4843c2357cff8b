/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fault.h: a program touches a page that is not mapped
 */
#ifndef PVDRM_FRONT_FAULT_H
#define PVDRM_FRONT_FAULT_H

#include <linux/mm_types.h>

struct pvdrm_batch;
struct pvdrm_front;
struct vm_fault;
struct xendrm_page;

vm_fault_t pvdrm_front_map_fault(struct vm_fault *vmf);
vm_fault_t pvdrm_front_map_pfn_mkwrite(struct vm_fault *vmf);
int pvdrm_batch_alloc(struct pvdrm_batch *batch);
const char *pvdrm_fault_check(const struct pvdrm_front *front,
			      const struct xendrm_page *reply, u32 count, u32 len);

#endif /* PVDRM_FRONT_FAULT_H */
