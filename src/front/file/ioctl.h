/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ioctl.h: ioctls of the device
 */
#ifndef PVDRM_FRONT_IOCTL_H
#define PVDRM_FRONT_IOCTL_H

struct file;
struct pvdrm_front;

long pvdrm_front_ioctl(struct file *fp, unsigned int cmd, unsigned long arg);
#ifdef CONFIG_COMPAT
long pvdrm_front_compat_ioctl(struct file *fp, unsigned int cmd,
			      unsigned long arg);
#else
#define pvdrm_front_compat_ioctl	NULL
#endif
void pvdrm_scratch_free_all(struct pvdrm_front *front);

#endif /* PVDRM_FRONT_IOCTL_H */
