/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fault.h: a program touches a page that is not mapped
 */
#ifndef PVDRM_FRONT_FAULT_H
#define PVDRM_FRONT_FAULT_H

#include <linux/mm_types.h>

struct vm_fault;

vm_fault_t pvdrm_front_map_fault(struct vm_fault *vmf);
vm_fault_t pvdrm_front_map_pfn_mkwrite(struct vm_fault *vmf);

#endif /* PVDRM_FRONT_FAULT_H */
