/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vram_pte.h: page table entries of a PV guest that we write and clear
 */
#ifndef PVDRM_BACK_VRAM_PTE_H
#define PVDRM_BACK_VRAM_PTE_H

#include <linux/errno.h>
#include <linux/types.h>

struct pvdrm_vram_ptes;

#ifdef CONFIG_XEN_PV
bool pvdrm_vram_pte_possible(void);
struct pvdrm_vram_ptes *pvdrm_vram_pte_create(u32 domid);
void pvdrm_vram_pte_destroy(struct pvdrm_vram_ptes *entries);

/* Between these two the guest is paused. */
int pvdrm_vram_pte_begin(struct pvdrm_vram_ptes *entries);
void pvdrm_vram_pte_end(struct pvdrm_vram_ptes *entries);

void pvdrm_vram_pte_add(struct pvdrm_vram_ptes *entries, u64 at, u64 mfn,
			bool uncached, bool write);
u16 *pvdrm_vram_pte_index(struct pvdrm_vram_ptes *entries);
bool pvdrm_vram_pte_commit(struct pvdrm_vram_ptes *entries);
bool pvdrm_vram_pte_added(const struct pvdrm_vram_ptes *entries, u32 n);
bool pvdrm_vram_pte_remove(struct pvdrm_vram_ptes *entries, u64 at, u64 mfn);
#else
/* A kernel that cannot be a PV domain never calls these. */
static inline bool pvdrm_vram_pte_possible(void)
{
	return false;
}

static inline struct pvdrm_vram_ptes *pvdrm_vram_pte_create(u32 domid)
{
	return NULL;
}

static inline void pvdrm_vram_pte_destroy(struct pvdrm_vram_ptes *entries)
{
}

static inline int pvdrm_vram_pte_begin(struct pvdrm_vram_ptes *entries)
{
	return -ENXIO;
}

static inline void pvdrm_vram_pte_end(struct pvdrm_vram_ptes *entries)
{
}

static inline void pvdrm_vram_pte_add(struct pvdrm_vram_ptes *entries, u64 at,
				      u64 mfn, bool uncached, bool write)
{
}

static inline u16 *pvdrm_vram_pte_index(struct pvdrm_vram_ptes *entries)
{
	return NULL;
}

static inline bool pvdrm_vram_pte_commit(struct pvdrm_vram_ptes *entries)
{
	return false;
}

static inline bool pvdrm_vram_pte_added(const struct pvdrm_vram_ptes *entries,
					u32 n)
{
	return false;
}

static inline bool pvdrm_vram_pte_remove(struct pvdrm_vram_ptes *entries,
					 u64 at, u64 mfn)
{
	return false;
}
#endif

#endif /* PVDRM_BACK_VRAM_PTE_H */
