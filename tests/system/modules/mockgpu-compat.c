// SPDX-License-Identifier: GPL-2.0-only
/*
 * mockgpu-compat.c: the one ioctl of i915 for which 32-bit programs have another struct
 *
 * As i915_ioc32.c has it: by the ioctl's number, whatever its size.
 */
#include <linux/compat.h>
#include <drm/drm_gem.h>

#include "mockgpu.h"
#include "uapi/newest/i915_drm.h"

struct getparam32 {
	s32 param;
	u32 value;
};

static int getparam(struct drm_device *dev, void *data, struct drm_file *file)
{
	return mock_i915.ioctls[DRM_I915_GETPARAM].func(dev, data, file);
}

static long mock_compat_ioctl(struct file *fp, unsigned int cmd, unsigned long arg)
{
	struct getparam32 narrow;
	struct drm_i915_getparam wide;

	if (DRM_IOCTL_NR(cmd) != DRM_COMMAND_BASE + DRM_I915_GETPARAM)
		return drm_compat_ioctl(fp, cmd, arg);
	if (copy_from_user(&narrow, compat_ptr(arg), sizeof(narrow)))
		return -EFAULT;
	wide.param = narrow.param;
	wide.value = compat_ptr(narrow.value);
	return drm_ioctl_kernel(fp, getparam, &wide, DRM_RENDER_ALLOW);
}

/* What DRM core has in it differs from kernel to kernel, but for this. */
#define drm_compat_ioctl mock_compat_ioctl
DEFINE_DRM_GEM_FOPS(mock_fops);

const struct file_operations *mock_i915_fops(void)
{
	return &mock_fops;
}
