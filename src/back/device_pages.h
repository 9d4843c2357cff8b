/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * device_pages.h: pages of a mapping that are a device's own memory
 */
#ifndef PVDRM_BACK_DEVICE_PAGES_H
#define PVDRM_BACK_DEVICE_PAGES_H

#include <linux/types.h>

struct pvdrm_back;
struct pvdrm_device;
struct pvdrm_entries;
struct pvdrm_frame;
struct pvdrm_link;
struct pvdrm_map;
struct xenbus_device;
struct xendrm_request;

extern bool pvdrm_device_pages;

/* device.c: what a guest may have, and where */
const char *pvdrm_device_offer(u32 domid);
int pvdrm_device_open(struct pvdrm_link *link, struct xenbus_device *xdev);
void pvdrm_device_close(struct pvdrm_link *link);
int pvdrm_device_frame(struct pvdrm_device *device, unsigned long pfn,
		       unsigned long *mfn);
u32 pvdrm_device_give(struct pvdrm_device *device, u64 mfn, u32 count,
		      bool uncached, u64 *frame, int *err);
bool pvdrm_device_take(struct pvdrm_device *device, u64 mfn, u32 count,
		       u64 frame);
bool pvdrm_device_fault_is_bad(const struct pvdrm_device *device,
			       const struct xendrm_request *req);
struct pvdrm_entries *pvdrm_device_entries(const struct pvdrm_device *device);

/* device_pages.c: pages of a map; its lock is held */
int pvdrm_device_pages_make(struct pvdrm_map *map,
			    const struct xendrm_request *req,
			    const struct pvdrm_frame *frames);
void pvdrm_device_pages_end(struct pvdrm_map *map, u32 first, u32 count);

#endif /* PVDRM_BACK_DEVICE_PAGES_H */
