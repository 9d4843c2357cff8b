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

#endif /* PVDRM_COMPAT_H */
