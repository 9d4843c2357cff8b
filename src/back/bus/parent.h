/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * parent.h: what the host's DRM device hangs on, told to the guest
 */
#ifndef PVDRM_BACK_PARENT_H
#define PVDRM_BACK_PARENT_H

struct file;
struct xenbus_device;

int pvdrm_back_write_parent(const struct xenbus_device *xdev,
			    const struct file *node);

#endif /* PVDRM_BACK_PARENT_H */
