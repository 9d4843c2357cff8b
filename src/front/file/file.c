// SPDX-License-Identifier: GPL-2.0-only
/*
 * file.c: open and close; one open file here is one open file on the host
 */
#include <linux/fs.h>
#include <linux/slab.h>

#include <drm/drm_file.h>

#include "front/call/call.h"
#include "front/call/ring.h"
#include "front/fd/fence.h"
#include "front/file/file.h"
#include "front/front.h"

/**
 * pvdrm_front_file_of() - an open file
 * @fp: a file of ours
 *
 * Return: what belongs to it, as long as it is open.
 */
struct pvdrm_front_file *pvdrm_front_file_of(struct file *fp)
{
	struct drm_file *drm_file = fp->private_data;

	return drm_file->driver_priv;
}

/**
 * pvdrm_front_file_id() - the backend's id of an open file
 * @fp: a file of ours
 *
 * Return: the id.
 */
u32 pvdrm_front_file_id(struct file *fp)
{
	return pvdrm_front_file_of(fp)->id;
}

/**
 * pvdrm_front_file_cache() - the cache of an open file
 * @fp: a file of ours
 *
 * Return: its cache.
 */
struct pvdrm_cache *pvdrm_front_file_cache(struct file *fp)
{
	return pvdrm_front_file_of(fp)->cache;
}

static int request_open(struct pvdrm_front *front, u32 *id)
{
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_OPEN,
		.wait = PVDRM_WAIT_SIGNAL,
	};
	int err;

	err = pvdrm_front_call(front, &call);
	if (err)
		return err;
	*id = call.rsp.file;
	return min(pvdrm_call_result(&call), 0L);
}

/* If it fails, the backend is told to close its file. */
static int add_file(struct pvdrm_front *front, struct pvdrm_front_file *file)
{
	int err = xa_insert_irq(&front->files, file->id, file, GFP_KERNEL);

	if (!err)
		return 0;
	if (err == -EBUSY)
		pvdrm_front_fail(front, "OPEN: a file that is there already");
	pvdrm_front_post(front, file->close);
	file->close = NULL;
	return err == -EBUSY ? -EPROTO : err;
}

/**
 * pvdrm_front_file_open() - drm_driver.open
 * @drm: the device
 * @drm_file: the new file
 *
 * Return: 0 or an error, the host's if it refuses.
 */
int pvdrm_front_file_open(struct drm_device *drm, struct drm_file *drm_file)
{
	struct pvdrm_front *front = pvdrm_drm_to_front(drm);
	struct pvdrm_front_file *file;
	int err = -ENOMEM;

	file = kzalloc(sizeof(*file), GFP_KERNEL);
	if (!file)
		return -ENOMEM;
	init_waitqueue_head(&file->wait);
	pvdrm_live_init(&file->live);
	file->close = kzalloc(sizeof(*file->close), GFP_KERNEL);
	if (file->close)
		file->cache = pvdrm_cache_create(front);
	if (!file->cache)
		goto fail;

	do {
		err = request_open(front, &file->id);
	} while (pvdrm_call_again(err));
	if (err)
		goto fail;
	pvdrm_cache_set_file(file->cache, file->id);
	file->close->req.op = XENDRM_OP_CLOSE;
	file->close->req.file = file->id;
	err = add_file(front, file);
	if (err)
		goto fail;
	drm_file->driver_priv = file;
	return 0;

fail:
	if (file->cache)
		pvdrm_cache_destroy(file->cache);
	kfree(file->close);
	kfree(file);
	return err;
}

/**
 * pvdrm_front_file_postclose() - drm_driver.postclose
 * @drm: the device
 * @drm_file: the file that is being closed
 *
 * Does not wait: a program being killed must not wait for the backend.
 */
void pvdrm_front_file_postclose(struct drm_device *drm, struct drm_file *drm_file)
{
	struct pvdrm_front *front = pvdrm_drm_to_front(drm);
	struct pvdrm_front_file *file = drm_file->driver_priv;

	if (!file)
		return;
	xa_erase_irq(&front->files, file->id);
	pvdrm_cache_destroy(file->cache);
	pvdrm_live_destroy(&file->live);
	/* Fences keep the module loaded; there may be nobody to look at them later. */
	pvdrm_front_fences_want(front);
	pvdrm_front_post(front, file->close);
	drm_file->driver_priv = NULL;
	kfree(file);
}
