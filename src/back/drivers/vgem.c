// SPDX-License-Identifier: GPL-2.0-only
/*
 * vgem.c: the ioctls of vgem, which has buffers and no hardware
 *
 * Its fences are numbers of a file, not descriptors. One that nobody signals expires, but
 * is kept until the file is closed.
 */
#include "back/tables/tables.h"
#include "uapi/newest/vgem_drm.h"

static const struct pvdrm_ioctl_entry vgem_ioctls[] = {
	IOCTL(VGEM_FENCE_ATTACH,	NOTHING,	GROWS),
	IOCTL(VGEM_FENCE_SIGNAL,	NOTHING),
};

/* A fence attached makes a buffer one that is not kept, so none in use is asked for */
static const struct pvdrm_idle_rule vgem_idle = { 0 };

const struct pvdrm_driver_table pvdrm_vgem_table = {
	.driver = "vgem",
	.ioctls = vgem_ioctls,
	.nr = ARRAY_SIZE(vgem_ioctls),
	.idle = &vgem_idle,
};
