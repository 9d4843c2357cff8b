/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * file.h: an open file of the device
 */
#ifndef PVDRM_FRONT_FILE_H
#define PVDRM_FRONT_FILE_H

#include <linux/types.h>

struct drm_device;
struct drm_file;
struct file;
struct pvdrm_cache;

int pvdrm_front_file_open(struct drm_device *drm, struct drm_file *drm_file);
void pvdrm_front_file_postclose(struct drm_device *drm,
				struct drm_file *drm_file);
u32 pvdrm_front_file_id(struct file *fp);
struct pvdrm_cache *pvdrm_front_file_cache(struct file *fp);

#endif /* PVDRM_FRONT_FILE_H */
