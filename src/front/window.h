/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * window.h: pages of the host's device in a guest's memory
 */
#ifndef PVDRM_FRONT_WINDOW_H
#define PVDRM_FRONT_WINDOW_H

#include <linux/ioport.h>
#include <linux/mm.h>

#include "drmif.h"

struct pvdrm_batch;
struct pvdrm_chunk;
struct pvdrm_front;
struct pvdrm_map;

enum pvdrm_device_mode {
	PVDRM_DEVICE_NONE,	/* not to be had */
	PVDRM_DEVICE_WINDOW,	/* PVH, HVM: where we have reserved addresses */
	PVDRM_DEVICE_ENTRIES,	/* PV: the backend writes page table entries */
};

/**
 * struct pvdrm_window - how pages of the host's device are mapped
 * @mode: enum pvdrm_device_mode
 * @frame: PVDRM_DEVICE_WINDOW: the first guest frame
 * @pages: its pages
 * @uncached: how many at the end are mapped uncached
 */
struct pvdrm_window {
	enum pvdrm_device_mode mode;
	u64 frame;
	u32 pages;
	u32 uncached;
};

/**
 * struct pvdrm_window_space - addresses reserved for a window
 * @res: the reservation; its start is 0 when there is none
 * @typed: bytes whose memory type is set
 */
struct pvdrm_window_space {
	struct resource res;
	resource_size_t typed;
};

/* window.c */
void pvdrm_window_open(struct pvdrm_window *window,
		       struct pvdrm_window_space *space, const char *offer);
void pvdrm_window_free(struct pvdrm_window_space *space);
const char *pvdrm_window_check(const struct pvdrm_window *window,
			       const struct xendrm_page *page);
pgprot_t pvdrm_window_prot(u8 cache, vm_flags_t flags);
void pvdrm_window_record(struct pvdrm_map *map,
			 const struct pvdrm_batch *batch);
vm_fault_t pvdrm_window_insert(const struct pvdrm_window *window,
			       struct vm_area_struct *vma,
			       unsigned long address, u32 offset);

/* device_pv.c */
int pvdrm_pv_entries(struct pvdrm_map *map, struct vm_area_struct *vma,
		     const struct pvdrm_batch *batch, u64 *entries);
int pvdrm_pv_record_device(struct pvdrm_map *map, struct vm_area_struct *vma,
			   const struct pvdrm_batch *batch);
bool pvdrm_pv_unmap_device(struct pvdrm_chunk *chunk, u32 from, u32 to);

#endif /* PVDRM_FRONT_WINDOW_H */
