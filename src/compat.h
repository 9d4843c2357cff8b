/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.h: the only file that knows kernel versions
 *
 * Included before everything else. The rest of src/ is written for the newest
 * supported kernel; what an older one lacks is supplied here under its newest
 * name. Supported: 6.1, 6.12, 7.2 and what lies between.
 */
#ifndef PVDRM_COMPAT_H
#define PVDRM_COMPAT_H

#include <linux/version.h>

#define PVDRM_KERNEL_AT_LEAST(major, minor) \
	(LINUX_VERSION_CODE >= KERNEL_VERSION(major, minor, 0))

/* 6.3: VMA flags are changed by functions only. */
#if !PVDRM_KERNEL_AT_LEAST(6, 3)
#define vm_flags_set(vma, flags)	((void)((vma)->vm_flags |= (flags)))
#endif

/* 6.12: DRM core warns about files without FOP_UNSIGNED_OFFSET. */
#if PVDRM_KERNEL_AT_LEAST(6, 12)
#define PVDRM_FOP_FLAGS			.fop_flags = FOP_UNSIGNED_OFFSET,
#else
#define PVDRM_FOP_FLAGS
#endif

/* 6.14: struct drm_driver has no date. */
#if PVDRM_KERNEL_AT_LEAST(6, 14)
#define pvdrm_set_driver_date(driver, string)	((void)(string))
#else
#define pvdrm_set_driver_date(driver, string)	((driver)->date = (string))
#endif

#endif /* PVDRM_COMPAT_H */
