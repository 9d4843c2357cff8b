// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm.c: the DRM device of a connection
 *
 * It has the host driver's name and version, by which programs choose their
 * user-space driver.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>

#include <drm/drm_file.h>
#include <drm/drm_ioctl.h>

#include "front/file/drm.h"
#include "front/file/fdinfo.h"
#include "front/file/file.h"
#include "front/file/ioctl.h"
#include "front/file/read.h"
#include "front/front.h"
#include "front/memory/map.h"

/*
 * These ioctls are usually in the table, and refused by the engine. If not, DRM
 * core's own functions would use locks that a device without GEM does not have.
 */
static int refuse_export(struct drm_device *drm, struct drm_file *drm_file,
			 u32 handle, u32 flags, int *fd)
{
	return -EOPNOTSUPP;
}

static int refuse_import(struct drm_device *drm, struct drm_file *drm_file,
			 int fd, u32 *handle)
{
	return -EOPNOTSUPP;
}

/* The owner keeps the module loaded while a program has the device open. */
static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.open = drm_open,
	.release = drm_release,
	.unlocked_ioctl = pvdrm_front_ioctl,
	.compat_ioctl = pvdrm_front_compat_ioctl,
	.mmap = pvdrm_front_mmap,
	.poll = pvdrm_front_poll,
	.read = pvdrm_front_read,
	.show_fdinfo = pvdrm_front_fdinfo,
	.llseek = noop_llseek,
	PVDRM_FOP_FLAGS
};

static void fill_driver(struct pvdrm_front *front)
{
	struct pvdrm_identity *id = &front->identity;
	struct drm_driver *driver = &front->driver;

	/* Buffers are the host's: there is no GEM, syncobj or KMS here. */
	driver->driver_features = DRIVER_RENDER;
	driver->fops = &fops;
	driver->open = pvdrm_front_file_open;
	driver->postclose = pvdrm_front_file_postclose;
	driver->prime_handle_to_fd = refuse_export;
	driver->prime_fd_to_handle = refuse_import;
	driver->name = id->name;
	driver->desc = id->desc;
	pvdrm_set_driver_date(driver, id->date);
	driver->major = id->major;
	driver->minor = id->minor;
	driver->patchlevel = id->patch;
}

/**
 * pvdrm_drm_register() - register the DRM device; programs may open it at once
 * @front: a connection with a table
 * @parent: what the device hangs on; has a reference to @front until its release
 *
 * Return: 0 or an error.
 */
int pvdrm_drm_register(struct pvdrm_front *front, struct device *parent)
{
	struct drm_device *drm;
	int err;

	fill_driver(front);
	drm = drm_dev_alloc(&front->driver, parent);
	if (IS_ERR(drm))
		return PTR_ERR(drm);
	err = drm_dev_register(drm, 0);
	if (err) {
		drm_dev_put(drm);
		return err;
	}
	front->drm = drm;
	return 0;
}

/**
 * pvdrm_drm_unregister() - unplug the DRM device
 * @front: a dead connection; its device need not be registered
 *
 * Files stay open. Mappings stay readable and writable, and show zeroes.
 */
void pvdrm_drm_unregister(struct pvdrm_front *front)
{
	struct drm_device *drm = front->drm;

	if (!drm)
		return;
	front->drm = NULL;
	drm_dev_unplug(drm);
	drm_dev_put(drm);
}
