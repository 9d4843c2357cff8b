// SPDX-License-Identifier: GPL-2.0-only
/*
 * xenbus.c: connect to a backend and disconnect from it
 *
 *         backend InitWait             backend Connected
 *   none ------ start() -----> Initialised -- connect() --> Connected
 *    ^                              |                           |
 *    +------- disconnect() ---------+---------------------------+
 *         backend Closing, Closed, gone or restarted
 *
 * Each time round there is a new struct pvdrm_front. Its shared pages are freed
 * when the backend has unmapped them, that is, when it is Closed.
 *
 * The backend's changes are acted on in a work of the device, since connecting
 * waits for the backend: xenwatch serves all other devices of the guest.
 */
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <xen/xenbus.h>

#include "front/bus/connection.h"
#include "front/bus/keys.h"
#include "front/bus/suspend.h"
#include "front/bus/transport.h"
#include "front/bus/xenbus.h"
#include "front/call/ring.h"
#include "front/call/table.h"
#include "front/fd/eventfd.h"
#include "front/fd/import.h"
#include "front/file/debugfs.h"
#include "front/file/drm.h"
#include "front/front.h"
#include "front/memory/map.h"
#include "front/memory/pinned.h"
#include "front/trace.h"

/* How long to wait for the backend to unmap our pages when the module goes */
#define UNMAP_MS	5000
#define UNMAP_STEP_MS	10

/**
 * struct pvdrm_front_xenbus - what lives as long as the xenbus device
 */
struct pvdrm_front_xenbus {
	/** @dev: the device */
	struct xenbus_device *dev;
	/** @change: looks at the backend's state and acts */
	struct work_struct change;
	/**
	 * @lock: held during a whole transition; @change and @failure both
	 * change the device's state
	 */
	struct mutex lock; /* outermost */
	/**
	 * @front_lock: protects @front against hurry(), besides @lock; and the two
	 * members below
	 */
	spinlock_t front_lock;
	/** @connecting: connect() may be waiting for the backend */
	bool connecting;
	/** @watched: xenwatch waits for @change, which does not connect meanwhile */
	bool watched;
	/** @front: the connection, %NULL: none */
	struct pvdrm_front *front;
	/** @closing: the last connection, if the backend may have it mapped */
	struct pvdrm_front *closing;
	/** @failure: reports a broken protocol, or ends what root has removed */
	struct work_struct failure;
	/** @space: not freed between connections: the backend may use it */
	struct pvdrm_vram_space space;
	/** @lost: this is another domain than the one that was suspended */
	bool lost;
	/** @suspend: waits for a backend in the other domain */
	struct pvdrm_suspend suspend;
};

/* -------------------------------------------------- start, connect, disconnect */

/* The backend has unmapped the pages, or never will. */
static void free_closing(struct pvdrm_front_xenbus *xb)
{
	struct pvdrm_front *front = xb->closing;

	if (!front)
		return;
	pvdrm_front_transport_free(front);
	xb->closing = NULL;
	pvdrm_front_put(front);
}

static void set_front(struct pvdrm_front_xenbus *xb, struct pvdrm_front *front)
{
	spin_lock(&xb->front_lock);
	xb->front = front;
	spin_unlock(&xb->front_lock);
}

/* Whoever waits for the backend with the lock held does not any more. */
static void hurry(struct pvdrm_front_xenbus *xb)
{
	spin_lock(&xb->front_lock);
	if (xb->front)
		pvdrm_front_kill(xb->front);
	spin_unlock(&xb->front_lock);
}

/* start() and connect() may have failed half-way. free_closing() is next. */
static void disconnect(struct pvdrm_front_xenbus *xb)
{
	struct pvdrm_front *front = xb->front;

	if (!front)
		return;
	pvdrm_front_kill(front);
	pvdrm_front_drain(front);
	if (pvdrm_front_maps_disconnect(front) && front->events)
		WRITE_ONCE(front->events->all_unmapped, 1);
	pvdrm_pool_close(front);
	/* Before the DRM device: the event work uses its address space. */
	pvdrm_front_transport_stop(front);
	pvdrm_front_eventfds_disconnect(front);
	pvdrm_imports_disconnect(front);
	pvdrm_front_debugfs_hide(front);
	pvdrm_parent_remove(front);
	front->on_failure = NULL;
	free_closing(xb);
	xb->closing = front;
	set_front(xb, NULL);
}

static int start(struct pvdrm_front_xenbus *xb)
{
	struct xenbus_device *dev = xb->dev;
	char offer[16];
	struct pvdrm_front *front;
	u32 order, pages;
	int err;

	err = pvdrm_front_check_versions(dev);
	if (err)
		return err;
	order = xenbus_read_unsigned(dev->otherend, XENDRM_KEY_MAX_RING_ORDER, 0);
	pages = xenbus_read_unsigned(dev->otherend, XENDRM_KEY_MAX_DATA_PAGES, 0);
	if (!pages) {
		xenbus_dev_fatal(dev, -EINVAL, "reading %s",
				 XENDRM_KEY_MAX_DATA_PAGES);
		return -EINVAL;
	}

	front = pvdrm_front_alloc(dev);
	if (!front) {
		xenbus_dev_fatal(dev, -ENOMEM, "allocating the connection");
		return -ENOMEM;
	}
	set_front(xb, front);
	front->on_failure = &xb->failure;
	front->nonblock = xenbus_read_unsigned(dev->otherend,
					       XENDRM_KEY_FEATURE_NONBLOCK, 0);
	front->pins = xenbus_read_unsigned(dev->otherend,
					   XENDRM_KEY_FEATURE_PIN, 0);
	front->map_pages = xenbus_read_unsigned(dev->otherend,
						XENDRM_KEY_FEATURE_MAP_PAGES,
						0);

	err = pvdrm_front_read_identity(dev, &front->identity);
	if (err)
		return err;
	pvdrm_parent_read(front);
	front->feature_objects = xenbus_read_unsigned(dev->otherend,
						      XENDRM_KEY_OBJECTS, 0);
	front->feature_submit = xenbus_read_unsigned(dev->otherend,
						     XENDRM_KEY_FEATURE_SUBMIT,
						     0);
	front->quiet_fences =
		xenbus_read_unsigned(dev->otherend,
				     XENDRM_KEY_FEATURE_QUIET_FENCES, 0);
	front->feature_import = xenbus_read_unsigned(dev->otherend,
						     XENDRM_KEY_FEATURE_IMPORT,
						     0);
	pvdrm_front_read_key(dev, XENDRM_KEY_DEVICE_PAGES, offer, sizeof(offer));
	pvdrm_vram_window_open(&front->window, &xb->space, offer);
	order = min_t(u32, order, XENDRM_MAX_RING_ORDER);
	err = pvdrm_front_transport_open(front, order,
					 min(pages, PVDRM_DATA_PAGES));
	if (err) {
		xenbus_dev_fatal(dev, err, "allocating the transport");
		return err;
	}
	return pvdrm_front_publish(front);
}

static int connect(struct pvdrm_front_xenbus *xb)
{
	struct pvdrm_front *front = xb->front;
	int err;

	err = pvdrm_table_fetch(front);
	if (err)
		return err;
	err = pvdrm_pool_open(front);
	if (err) {
		xenbus_dev_fatal(xb->dev, err, "registering the shrinker");
		return err;
	}
	err = pvdrm_parent_add(front);
	if (err) {
		xenbus_dev_fatal(xb->dev, err, "registering the DRM device");
		return err;
	}
	pvdrm_front_debugfs_show(front, kbasename(xb->dev->nodename));
	trace_front_connected(front);
	return 0;
}

/* ------------------------------------------------------- callbacks of xenbus */

static void on_init_wait(struct pvdrm_front_xenbus *xb)
{
	/* The backend may have restarted without closing first. */
	disconnect(xb);
	free_closing(xb);
	if (start(xb))
		disconnect(xb);
	else
		xenbus_switch_state(xb->dev, XenbusStateInitialised);
}

/* Return: false if xenwatch must not wait. It will tell of the state again. */
static bool begin_connecting(struct pvdrm_front_xenbus *xb)
{
	bool begun;

	spin_lock(&xb->front_lock);
	begun = !xb->watched;
	xb->connecting = begun;
	spin_unlock(&xb->front_lock);
	return begun;
}

static void end_connecting(struct pvdrm_front_xenbus *xb)
{
	spin_lock(&xb->front_lock);
	xb->connecting = false;
	spin_unlock(&xb->front_lock);
}

static void on_connected(struct pvdrm_front_xenbus *xb)
{
	int err;

	if (!xb->front || xb->dev->state != XenbusStateInitialised)
		return;
	if (!begin_connecting(xb))
		return;
	err = connect(xb);
	end_connecting(xb);
	if (err)
		disconnect(xb);
	else
		xenbus_switch_state(xb->dev, XenbusStateConnected);
}

static void on_closing(struct pvdrm_front_xenbus *xb)
{
	disconnect(xb);
	if (xb->dev->state != XenbusStateClosed)
		xenbus_frontend_closed(xb->dev);
}

static enum xenbus_state backend_state(const struct xenbus_device *dev)
{
	return xenbus_read_unsigned(dev->otherend, "state",
				    XenbusStateUnknown);
}

/* Nothing depends on seeing each change: those in between may be missed. */
static void follow_backend(struct work_struct *work)
{
	struct pvdrm_front_xenbus *xb =
		container_of(work, struct pvdrm_front_xenbus, change);
	struct xenbus_device *dev = xb->dev;

	mutex_lock(&xb->lock);
	switch (backend_state(dev)) {
	case XenbusStateInitialising:
		disconnect(xb);
		free_closing(xb);
		xenbus_switch_state(dev, XenbusStateInitialising);
		break;
	case XenbusStateInitWait:
		/* Seen twice: when the watch is set, and when it is written. */
		if (dev->state != XenbusStateInitialised)
			on_init_wait(xb);
		break;
	case XenbusStateConnected:
		on_connected(xb);
		break;
	case XenbusStateClosing:
		if (dev->state != XenbusStateInitialising)
			on_closing(xb);
		break;
	case XenbusStateClosed:
		/* A closed backend restarts when it sees our Initialising. */
		if (dev->state != XenbusStateInitialising)
			on_closing(xb);
		free_closing(xb);
		break;
	case XenbusStateUnknown:
		on_closing(xb);
		free_closing(xb);
		break;
	case XenbusStateInitialised:
	case XenbusStateReconfiguring:
	case XenbusStateReconfigured:
		break;
	}
	mutex_unlock(&xb->lock);
}

/* Return: connect() is going on. */
static bool begin_watched(struct pvdrm_front_xenbus *xb)
{
	bool connecting;

	spin_lock(&xb->front_lock);
	xb->watched = true;
	connecting = xb->connecting;
	spin_unlock(&xb->front_lock);
	return connecting;
}

static void end_watched(struct pvdrm_front_xenbus *xb)
{
	spin_lock(&xb->front_lock);
	xb->watched = false;
	spin_unlock(&xb->front_lock);
}

/*
 * The watch reports InitWait twice. Newer kernels take it for a reset of the backend if
 * our own state changes between the two, so xenwatch waits until it has. It must not
 * wait for the backend, and so not for connect(). A backend that has gone back to
 * InitWait meanwhile will not answer that any more.
 */
static void start_in_watch(struct pvdrm_front_xenbus *xb)
{
	bool connecting = begin_watched(xb);

	if (connecting && backend_state(xb->dev) == XenbusStateInitWait) {
		hurry(xb);
		connecting = false;
	}
	schedule_work(&xb->change);
	if (!connecting)
		flush_work(&xb->change);
	end_watched(xb);
}

static void otherend_changed(struct xenbus_device *dev, enum xenbus_state state)
{
	struct pvdrm_front_xenbus *xb = dev_get_drvdata(&dev->dev);

	if (state == XenbusStateClosing || state == XenbusStateClosed ||
	    state == XenbusStateUnknown)
		hurry(xb);
	if (state == XenbusStateInitWait)
		start_in_watch(xb);
	else
		schedule_work(&xb->change);
}

/* A work, because interrupts find failures, and writing to xenstore sleeps */
static void report_failure(struct work_struct *work)
{
	struct pvdrm_front_xenbus *xb =
		container_of(work, struct pvdrm_front_xenbus, failure);

	mutex_lock(&xb->lock);
	if (xb->front && xb->front->why)
		xenbus_dev_fatal(xb->dev, -EPROTO, "protocol error: %s",
				 xb->front->why);
	else if (xb->front && xb->front->removed)
		on_closing(xb);
	mutex_unlock(&xb->lock);
}

static int probe(struct xenbus_device *dev, const struct xenbus_device_id *id)
{
	struct pvdrm_front_xenbus *xb;
	int err;

	xb = kzalloc(sizeof(*xb), GFP_KERNEL);
	if (!xb)
		return -ENOMEM;
	xb->dev = dev;
	mutex_init(&xb->lock);
	spin_lock_init(&xb->front_lock);
	INIT_WORK(&xb->change, follow_backend);
	INIT_WORK(&xb->failure, report_failure);
	err = pvdrm_suspend_init(&xb->suspend, dev);
	if (err) {
		kfree(xb);
		return err;
	}
	dev_set_drvdata(&dev->dev, xb);
	return xenbus_switch_state(dev, XenbusStateInitialising);
}

static bool backend_is_connected(const struct xenbus_device *dev)
{
	switch (backend_state(dev)) {
	case XenbusStateInitialised:
	case XenbusStateConnected:
	case XenbusStateClosing:
		return true;
	default:
		return false;
	}
}

/* Polls, because there is no watch any more. */
static void wait_for_unmap(struct xenbus_device *dev)
{
	unsigned int ms;

	xenbus_switch_state(dev, XenbusStateClosed);
	for (ms = 0; ms < UNMAP_MS && backend_is_connected(dev);
	     ms += UNMAP_STEP_MS)
		msleep(UNMAP_STEP_MS);
}

static void remove(struct xenbus_device *dev)
{
	struct pvdrm_front_xenbus *xb = dev_get_drvdata(&dev->dev);

	pvdrm_suspend_exit(&xb->suspend);
	/* There is no watch any more that would queue it. */
	hurry(xb);
	cancel_work_sync(&xb->change);
	mutex_lock(&xb->lock);
	disconnect(xb);
	if (xb->closing)
		wait_for_unmap(dev);
	free_closing(xb);
	mutex_unlock(&xb->lock);
	cancel_work_sync(&xb->failure);
	pvdrm_vram_window_free(&xb->space);
	dev_set_drvdata(&dev->dev, NULL);
	kfree(xb);
}

/* Programs are frozen. The names of the other end may change from here on. */
static int suspend(struct xenbus_device *dev)
{
	struct pvdrm_front_xenbus *xb = dev_get_drvdata(&dev->dev);
	bool unmapped = true;

	pvdrm_suspend_begin(&xb->suspend);
	flush_work(&xb->change);
	mutex_lock(&xb->lock);
	if (xb->front)
		unmapped = pvdrm_front_maps_unmap(xb->front);
	mutex_unlock(&xb->lock);
	return unmapped ? 0 : -EBUSY;
}

/*
 * Programs are frozen. Pages that devices of this guest have cannot be taken from
 * them, and Xen cannot save the guest with them: so it is not saved. Nor are pages
 * that the host's GPU may write to.
 */
static int prepare_suspend(struct device *dev)
{
	if (!pvdrm_pinned_any() && !pvdrm_imports_any())
		return 0;
	dev_err(dev, "not suspended: another device has buffers of the host attached, or the host those of another device\n");
	return -EBUSY;
}

/* The old domain took grants and channel along. */
static void end_lost(struct pvdrm_front_xenbus *xb)
{
	xb->lost = false;
	mutex_lock(&xb->lock);
	disconnect(xb);
	free_closing(xb);
	mutex_unlock(&xb->lock);
}

/* A new backend will come, or is there already. */
static int resume(struct xenbus_device *dev)
{
	struct pvdrm_front_xenbus *xb = dev_get_drvdata(&dev->dev);

	pvdrm_suspend_wait(&xb->suspend, false);
	end_lost(xb);
	return 0;
}

static int restore_early(struct device *dev)
{
	struct pvdrm_front_xenbus *xb = dev_get_drvdata(dev);

	xb->lost = true;
	return 0;
}

/* resume() was not called if there is no backend. */
static void complete_suspend(struct device *dev)
{
	struct pvdrm_front_xenbus *xb = dev_get_drvdata(dev);

	if (!xb->lost)
		return;
	end_lost(xb);
	pvdrm_suspend_wait(&xb->suspend, true);
}

/* xenbus has callbacks of its own for the other phases, see suspend.c. */
static const struct dev_pm_ops pm_ops = {
	.prepare = prepare_suspend,
	.restore_early = restore_early,
	.complete = complete_suspend,
};

static const struct xenbus_device_id ids[] = {
	{ XENDRM_DEVICE_TYPE },
	{ "" }
};

static struct xenbus_driver driver = {
	.name = "pvdrm-front",
	.ids = ids,
	.probe = probe,
	.remove = remove,
	.suspend = suspend,
	.resume = resume,
	.otherend_changed = otherend_changed,
	.not_essential = true,
	.driver.pm = &pm_ops,
};

/**
 * pvdrm_front_xenbus_init() - register with xenbus; devices may appear at once
 *
 * Return: 0 or an error.
 */
int pvdrm_front_xenbus_init(void)
{
	return xenbus_register_frontend(&driver);
}

/**
 * pvdrm_front_xenbus_exit() - disconnect from all backends
 */
void pvdrm_front_xenbus_exit(void)
{
	xenbus_unregister_driver(&driver);
}
