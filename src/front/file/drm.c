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
#include <linux/slab.h>

#include <drm/drm_file.h>
#include <drm/drm_ioctl.h>
#include <xen/xenbus.h>

#include "front/bus/events.h"
#include "front/fd/eventfd.h"
#include "front/file/drm.h"
#include "front/file/fdinfo.h"
#include "front/file/file.h"
#include "front/file/ioctl.h"
#include "front/file/read.h"
#include "front/front.h"
#include "front/memory/map.h"

static void release(struct kref *ref)
{
	struct pvdrm_front *front = container_of(ref, struct pvdrm_front, ref);

	pvdrm_implicit_exit(front);
	pvdrm_scratch_free_all(front);
	xa_destroy(&front->maps);
	xa_destroy(&front->files);
	xa_destroy(&front->objects);
	kvfree(front->table_buf);
	kfree(front);
}

/**
 * pvdrm_front_put() - let go of a connection
 * @front: the connection
 */
void pvdrm_front_put(struct pvdrm_front *front)
{
	kref_put(&front->ref, release);
}

static struct lock_class_key files_key;

/**
 * pvdrm_front_alloc() - allocate a connection
 * @xbdev: the xenbus device
 *
 * Return: the connection, with a reference for pvdrm_front_put(), or %NULL.
 */
struct pvdrm_front *pvdrm_front_alloc(struct xenbus_device *xbdev)
{
	struct pvdrm_front *front;

	front = kzalloc(sizeof(*front), GFP_KERNEL);
	if (!front)
		return NULL;
	kref_init(&front->ref);
	front->xbdev = xbdev;
	if (kstrtou32(kbasename(xbdev->nodename), 10, &front->devid))
		front->devid = U32_MAX;
	front->backend = xbdev->otherend_id;
	spin_lock_init(&front->lock);
	INIT_LIST_HEAD(&front->waiters);
	INIT_LIST_HEAD(&front->posts);
	init_waitqueue_head(&front->idle);
	INIT_WORK(&front->event_work, pvdrm_front_events_work);
	xa_init(&front->maps);
	xa_init_flags(&front->files, XA_FLAGS_LOCK_IRQ);
	/* Or lockdep takes it for the same lock as that of @maps. */
	lockdep_set_class(&front->files.xa_lock, &files_key);
	mutex_init(&front->objects_lock);
	pvdrm_front_eventfds_init(front);
	xa_init(&front->objects);
	spin_lock_init(&front->fence_lock);
	pvdrm_implicit_init(front);
	pvdrm_pool_init(&front->pool, pvdrm_front_map_end_cached);
	spin_lock_init(&front->scratch_lock);
	INIT_LIST_HEAD(&front->scratches);
	return front;
}

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
