/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * drm.h: the DRM device of a connection
 */
#ifndef PVDRM_FRONT_DRM_H
#define PVDRM_FRONT_DRM_H

struct device;
struct pvdrm_front;

int pvdrm_drm_register(struct pvdrm_front *front, struct device *parent);
void pvdrm_drm_unregister(struct pvdrm_front *front);

#endif /* PVDRM_FRONT_DRM_H */
