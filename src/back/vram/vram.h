/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vram.h: pages of a mapping that are a device's own memory
 */
#ifndef PVDRM_BACK_VRAM_H
#define PVDRM_BACK_VRAM_H

#include <linux/types.h>

struct pvdrm_back;
struct pvdrm_vram;
struct pvdrm_vram_ptes;
struct pvdrm_frame;
struct pvdrm_job;
struct pvdrm_link;
struct pvdrm_back_map;
struct xenbus_device;
struct xendrm_request;

extern bool pvdrm_vram_enabled;

/* vram_window.c: what a guest may have, and where */
const char *pvdrm_vram_offer(u32 domid);
int pvdrm_vram_open(struct pvdrm_link *link, struct xenbus_device *xdev);
void pvdrm_vram_close(struct pvdrm_link *link);
int pvdrm_vram_frame(struct pvdrm_vram *vram, unsigned long pfn,
		     unsigned long *mfn);
u32 pvdrm_vram_window_map(struct pvdrm_vram *vram, u64 mfn, u32 count,
			  bool uncached, u64 *frame, int *err);
bool pvdrm_vram_window_unmap(struct pvdrm_vram *vram, u64 mfn, u32 count,
			     u64 frame);
bool pvdrm_vram_fault_is_bad(const struct pvdrm_vram *vram,
			     const struct xendrm_request *req);
struct pvdrm_vram_ptes *pvdrm_vram_ptes_of(const struct pvdrm_vram *vram);

/* vram.c: pages of a map; its lock is held */
int pvdrm_vram_map_pages(struct pvdrm_back_map *map,
			 const struct xendrm_request *req,
			 const struct pvdrm_frame *frames);
void pvdrm_vram_fault_done(struct pvdrm_job *job);
void pvdrm_vram_unmap_pages(struct pvdrm_back_map *map, u32 first, u32 count);

#endif /* PVDRM_BACK_VRAM_H */
