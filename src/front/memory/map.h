/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * map.h: one mmap() of the device, from its first VMA to its last
 */
#ifndef PVDRM_FRONT_MAP_H
#define PVDRM_FRONT_MAP_H

#include <linux/types.h>

struct file;
struct pvdrm_cached_map;
struct pvdrm_front;
struct pvdrm_front_map;
struct vm_area_struct;

int pvdrm_front_mmap(struct file *fp, struct vm_area_struct *vma);
int pvdrm_front_mmap_object(struct pvdrm_front *front, u32 object,
			    struct vm_area_struct *vma);
struct pvdrm_front_map *pvdrm_front_map_find(struct pvdrm_front *front, u32 id);
void pvdrm_front_map_end_cached(struct pvdrm_cached_map *cached, bool wait);
bool pvdrm_front_maps_unmap(struct pvdrm_front *front);
bool pvdrm_front_maps_disconnect(struct pvdrm_front *front);

#endif /* PVDRM_FRONT_MAP_H */
