// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm.c: the DRM device of a connection
 *
 * It carries the host driver's name and version, since programs choose their
 * user-space driver by them. Its parent is a platform device, because libdrm
 * does not list devices of a bus it does not know.
 */
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "front/front.h"

static void release(struct device *dev)
{
	struct pvdrm_front *front = container_of(to_platform_device(dev),
						 struct pvdrm_front, pdev);

	pvdrm_scratch_free_all(front);
	xa_destroy(&front->maps);
	kvfree(front->table_buf);
	kfree(front);
}

/**
 * pvdrm_front_alloc() - a new connection
 * @xbdev: the xenbus device
 *
 * Return: it, with one reference for pvdrm_front_put(), or %NULL.
 */
struct pvdrm_front *pvdrm_front_alloc(struct xenbus_device *xbdev)
{
	struct pvdrm_front *front;

	front = kzalloc(sizeof(*front), GFP_KERNEL);
	if (!front)
		return NULL;
	front->xbdev = xbdev;
	front->backend = xbdev->otherend_id;
	spin_lock_init(&front->lock);
	INIT_LIST_HEAD(&front->waiters);
	INIT_LIST_HEAD(&front->posts);
	init_waitqueue_head(&front->idle);
	INIT_WORK(&front->event_work, pvdrm_front_events_work);
	xa_init(&front->maps);
	spin_lock_init(&front->fence_lock);
	pvdrm_pool_init(&front->pool);
	spin_lock_init(&front->scratch_lock);
	INIT_LIST_HEAD(&front->scratches);

	front->pdev.name = "pvdrm";
	front->pdev.id = PLATFORM_DEVID_AUTO;
	front->pdev.dev.parent = &xbdev->dev;
	front->pdev.dev.release = release;
	device_initialize(&front->pdev.dev);
	return front;
}

/*
 * Normally the table has these and the engine refuses them. DRM core would take
 * locks that a device without GEM does not have.
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

static void fill_driver(struct pvdrm_front *front)
{
	struct pvdrm_identity *id = &front->identity;
	struct drm_driver *driver = &front->driver;

	/* Buffers are the host's: no GEM, syncobj or modesetting of our own. */
	driver->driver_features = DRIVER_RENDER;
	driver->fops = &pvdrm_front_fops;
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
 * pvdrm_drm_register() - make the DRM device; programs may open it at once
 * @front: a connection with a table
 *
 * Return: 0 or an error; pvdrm_drm_unregister() is due either way.
 */
int pvdrm_drm_register(struct pvdrm_front *front)
{
	struct drm_device *drm;
	int err;

	fill_driver(front);
	err = dma_coerce_mask_and_coherent(&front->pdev.dev, DMA_BIT_MASK(64));
	if (err)
		return err;
	err = platform_device_add(&front->pdev);
	if (err)
		return err;

	drm = drm_dev_alloc(&front->driver, &front->pdev.dev);
	if (IS_ERR(drm)) {
		platform_device_del(&front->pdev);
		return PTR_ERR(drm);
	}
	err = drm_dev_register(drm, 0);
	if (err) {
		drm_dev_put(drm);
		platform_device_del(&front->pdev);
		return err;
	}
	front->drm = drm;
	return 0;
}

/**
 * pvdrm_drm_unregister() - take the DRM device away from programs
 * @front: a dead connection, pvdrm_drm_register() done or not
 *
 * Files stay open and mappings stay readable and writable (they show zeroes).
 */
void pvdrm_drm_unregister(struct pvdrm_front *front)
{
	struct drm_device *drm = front->drm;

	if (!drm)
		return;
	front->drm = NULL;
	drm_dev_unplug(drm);
	platform_device_del(&front->pdev);
	drm_dev_put(drm);
}
