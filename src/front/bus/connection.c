// SPDX-License-Identifier: GPL-2.0-only
/*
 * connection.c: make a connection, and free it
 */
#include <linux/slab.h>
#include <xen/xenbus.h>

#include "front/bus/connection.h"
#include "front/bus/events.h"
#include "front/call/ring.h"
#include "front/fd/eventfd.h"
#include "front/fd/fence.h"
#include "front/fd/import.h"
#include "front/file/ioctl.h"
#include "front/file/read.h"
#include "front/file/submit.h"
#include "front/front.h"
#include "front/memory/ahead.h"
#include "front/memory/map.h"

/* Locked. Programs must not wait for what never comes. */
static void died(struct pvdrm_front *front)
{
	pvdrm_front_files_disconnect(front);
	pvdrm_front_fences_disconnect(front);
}

static const struct pvdrm_ring_hooks hooks = {
	.fence = pvdrm_front_fence_add,
	.submit_failed = pvdrm_submit_failed,
	.died = died,
};

static void release(struct kref *ref)
{
	struct pvdrm_front *front = container_of(ref, struct pvdrm_front, ref);

	pvdrm_implicit_exit(front);
	pvdrm_scratch_free_all(front);
	xa_destroy(&front->maps);
	xa_destroy(&front->pinned);
	xa_destroy(&front->files);
	xa_destroy(&front->objects);
	xa_destroy(&front->imports);
	kvfree(front->table_buf);
	kfree_rcu(front, rcu);
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
	front->release = release;
	front->hooks = &hooks;
	front->xbdev = xbdev;
	if (kstrtou32(kbasename(xbdev->nodename), 10, &front->devid))
		front->devid = U32_MAX;
	front->backend = xbdev->otherend_id;
	spin_lock_init(&front->lock);
	INIT_LIST_HEAD(&front->waiters);
	INIT_LIST_HEAD(&front->posts);
	init_waitqueue_head(&front->idle);
	INIT_WORK(&front->event_work, pvdrm_front_events_work);
	atomic_set(&front->ahead_credit, PVDRM_AHEAD_CREDIT);
	xa_init(&front->maps);
	xa_init(&front->pinned);
	xa_init_flags(&front->files, XA_FLAGS_LOCK_IRQ);
	/* Or lockdep takes it for the same lock as that of @maps. */
	lockdep_set_class(&front->files.xa_lock, &files_key);
	mutex_init(&front->objects_lock);
	pvdrm_front_eventfds_init(front);
	xa_init(&front->objects);
	pvdrm_imports_init(front);
	spin_lock_init(&front->fence_lock);
	pvdrm_implicit_init(front);
	pvdrm_pool_init(&front->pool, pvdrm_front_map_end_cached);
	spin_lock_init(&front->scratch_lock);
	INIT_LIST_HEAD(&front->scratches);
	return front;
}
