// SPDX-License-Identifier: GPL-2.0-only
/*
 * suspend.c: the guest is saved, migrated or suspended with its host. The phases, for
 * which xenbus.c has the callbacks:
 *
 *   all programs are frozen
 *   prepare           if another device has our buffers attached, or the host those
 *                     of another device, nothing is suspended
 *   freeze            every page of the host is unmapped: Xen cannot save a
 *                     domain whose page tables have another one's pages
 *   (the domain is saved)
 *   restore_early     only in a new domain: the connection is lost. After a
 *                     suspend that was cancelled it goes on, and faults bring the
 *                     pages back
 *   restore           xenbus connects to the new backend, if there is one
 *   complete          if there is none, the lost connection ends, and we wait
 *                     for a backend
 *   programs go on
 *
 * xenbus gives up on a device without a backend. But nobody makes one before the
 * new domain runs: that takes the host's tools, which look for it.
 */
#include <linux/kernel.h>
#include <linux/slab.h>

#include "front/bus/suspend.h"

static void backend_named(struct xenbus_watch *watch, const char *path,
			  const char *token)
{
	struct pvdrm_suspend *suspend =
		container_of(watch, struct pvdrm_suspend, watch);

	if (READ_ONCE(suspend->waiting))
		schedule_work(&suspend->work);
}

/* xenbus calls resume(), which ends the waiting, if it finds a whole backend. */
static void find_backend(struct work_struct *work)
{
	struct pvdrm_suspend *suspend =
		container_of(work, struct pvdrm_suspend, work);

	if (READ_ONCE(suspend->waiting) &&
	    xenbus_exists(XBT_NIL, suspend->dev->nodename, "backend"))
		xenbus_dev_restore(&suspend->dev->dev);
}

/**
 * pvdrm_suspend_init() - a device was found
 * @suspend: its part for us, zeroed
 * @dev: the device
 *
 * Return: 0 or an error.
 */
int pvdrm_suspend_init(struct pvdrm_suspend *suspend, struct xenbus_device *dev)
{
	int err;

	suspend->dev = dev;
	INIT_WORK(&suspend->work, find_backend);
	suspend->watch.callback = backend_named;
	suspend->watch.node = kasprintf(GFP_KERNEL, "%s/backend", dev->nodename);
	if (!suspend->watch.node)
		return -ENOMEM;
	err = register_xenbus_watch(&suspend->watch);
	if (err)
		kfree(suspend->watch.node);
	return err;
}

/**
 * pvdrm_suspend_begin() - before a suspend: nothing of ours goes on meanwhile
 * @suspend: the device's part for us
 */
void pvdrm_suspend_begin(struct pvdrm_suspend *suspend)
{
	flush_work(&suspend->work);
}

/**
 * pvdrm_suspend_wait() - wait for a backend in the new domain, or no longer
 * @suspend: the device's part for us
 * @wait: the old connection has ended, and xenbus knows no backend
 */
void pvdrm_suspend_wait(struct pvdrm_suspend *suspend, bool wait)
{
	WRITE_ONCE(suspend->waiting, wait);
	/* It may have come since xenbus looked. */
	if (wait)
		schedule_work(&suspend->work);
}

/**
 * pvdrm_suspend_exit() - the device goes
 * @suspend: its part for us
 */
void pvdrm_suspend_exit(struct pvdrm_suspend *suspend)
{
	struct xenbus_watch *otherend = &suspend->dev->otherend_watch;

	WRITE_ONCE(suspend->waiting, false);
	unregister_xenbus_watch(&suspend->watch);
	kfree(suspend->watch.node);
	cancel_work_sync(&suspend->work);
	/* xenbus has removed it before, but the work may have made it again. */
	if (!otherend->node)
		return;
	unregister_xenbus_watch(otherend);
	kfree(otherend->node);
	otherend->node = NULL;
}
