/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * map_hvm.h: mappings in a PVH or HVM guest
 */
#ifndef PVDRM_FRONT_MAP_HVM_H
#define PVDRM_FRONT_MAP_HVM_H

#include <linux/pgtable.h>
#include <linux/types.h>

pgprot_t pvdrm_memtype_prot(pgprot_t prot, u8 cache);

#endif /* PVDRM_FRONT_MAP_HVM_H */
