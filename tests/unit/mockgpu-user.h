/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mockgpu-user.h: what the mock GPU's families use of the kernel, for user space
 *
 * The program's memory is this process's own; see copy_from_user() in
 * test_mockgpu.c.
 */
#ifndef PVDRM_TEST_MOCKGPU_USER_H
#define PVDRM_TEST_MOCKGPU_USER_H

#include "portable.h"

struct drm_device;
struct drm_file;

struct drm_ioctl_desc {
	unsigned int cmd;
	unsigned int flags;
	int (*func)(struct drm_device *dev, void *data, struct drm_file *file);
	const char *name;
};

#define DRM_AUTH		1
#define DRM_RENDER_ALLOW	32

/* As the kernel has it, one entry for each number */
#define DRM_IOCTL_DEF_DRV(ioctl, function, allowed) \
	[_IOC_NR(DRM_IOCTL_##ioctl) - DRM_COMMAND_BASE] = { \
		.cmd = DRM_IOCTL_##ioctl, \
		.func = function, \
		.flags = allowed, \
		.name = #ioctl, \
	}

#define min_t(type, a, b)	min((type)(a), (type)(b))
#define fallthrough		__attribute__((__fallthrough__))
#define typeof			__typeof__
#define u64_to_user_ptr(x)	((void *)(uintptr_t)(x))

static inline const void *memchr_inv(const void *start, int c, size_t len)
{
	const u8 *byte = start;

	while (len && *byte == c)
		byte++, len--;
	return len ? byte : NULL;
}

/* Return how many bytes could not be copied, as the kernel's do: all or none */
unsigned long copy_from_user(void *to, const void *from, unsigned long len);
unsigned long copy_to_user(void *to, const void *from, unsigned long len);

#endif /* PVDRM_TEST_MOCKGPU_USER_H */
