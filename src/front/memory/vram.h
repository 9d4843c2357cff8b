/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vram.h: the GPU's own memory ("VRAM": anything behind its PCI BARs) in a
 * guest's memory. It cannot be granted.
 */
#ifndef PVDRM_FRONT_VRAM_H
#define PVDRM_FRONT_VRAM_H

#include <linux/ioport.h>
#include <linux/mm.h>

#include "drmif.h"

struct pvdrm_batch;
struct pvdrm_chunk;
struct pvdrm_front;
struct pvdrm_front_map;

enum pvdrm_vram_mode {
	PVDRM_VRAM_NONE,	/* not available */
	PVDRM_VRAM_WINDOW,	/* PVH, HVM: at guest addresses reserved for it */
	PVDRM_VRAM_PTES,	/* PV: the backend writes page table entries */
};

/**
 * struct pvdrm_vram_window - how VRAM is mapped
 */
struct pvdrm_vram_window {
	/** @mode: in which way, if at all */
	enum pvdrm_vram_mode mode;
	/** @seen: PVDRM_VRAM_PTES: the backend has written an entry */
	bool seen;
	/** @frame: PVDRM_VRAM_WINDOW: the window's first guest frame */
	u64 frame;
	/** @pages: its size */
	u32 pages;
	/** @uncached: pages at its end that are mapped uncached */
	u32 uncached;
};

/**
 * struct pvdrm_vram_space - guest addresses reserved for a window
 *
 * Kept from one connection of a device to its next.
 */
struct pvdrm_vram_space {
	/** @res: the reservation; its start is 0: there is none */
	struct resource res;
	/** @typed: bytes at its start whose memory type is write-combining */
	resource_size_t typed;
};

/* vram_window.c */
void pvdrm_vram_window_open(struct pvdrm_vram_window *window,
			    struct pvdrm_vram_space *space, const char *offer);
void pvdrm_vram_window_free(struct pvdrm_vram_space *space);
const char *pvdrm_vram_window_check(const struct pvdrm_vram_window *window,
				    const struct xendrm_page *page);
pgprot_t pvdrm_vram_window_prot(u8 cache, vm_flags_t flags);
void pvdrm_vram_window_record(struct pvdrm_front_map *map,
			      const struct pvdrm_batch *batch);
vm_fault_t pvdrm_vram_window_insert(const struct pvdrm_vram_window *window,
				    struct vm_area_struct *vma,
				    unsigned long address, u32 offset);

/* vram_pte.c */
int pvdrm_vram_pte_find(struct pvdrm_front_map *map, struct vm_area_struct *vma,
			const struct pvdrm_batch *batch, u64 *entries);
int pvdrm_vram_pte_record(struct pvdrm_front_map *map, struct vm_area_struct *vma,
			  const struct pvdrm_batch *batch);
bool pvdrm_vram_pte_clear(struct pvdrm_chunk *chunk, u32 from, u32 to);

#endif /* PVDRM_FRONT_VRAM_H */
