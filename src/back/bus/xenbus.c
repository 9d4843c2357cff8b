// SPDX-License-Identifier: GPL-2.0-only
/*
 * xenbus.c: the devices on the bus, and the state machine of each
 *
 *                 a process binds            keys read, pages mapped
 *   Initialising ----------------> InitWait ----------------> Connected
 *                                  ^    ^                         |
 *          the guest is back, and  |    | a process binds         | detach, end
 *          all is still wanted     |    | once more               | of process,
 *                                  |    |                         | violation,
 *                                 Closed <------------ Closing <--+ guest closes
 *                                         guest has
 *                                         closed
 *
 * Every event only queues the device's work. That looks at the states of both
 * ends in xenstore and moves one step, so nothing depends on seeing each change
 * of the other end, and a guest cannot keep xenwatch busy.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include "back/bus/back.h"
#include "back/bus/connect.h"
#include "back/bus/link.h"
#include "back/bus/parent.h"
#include "back/bus/teardown.h"
#include "back/bus/xenbus.h"
#include "back/serve/leader.h"
#include "back/serve/server.h"
#include "back/trace.h"
#include "back/vram/vram.h"

/* The guest's time to finish a close; then it is finished without it. */
#define FORCE_CLOSE_DELAY	(5 * HZ)

static bool pvdrm_sequential;
module_param_named(sequential, pvdrm_sequential, bool, 0644);
MODULE_PARM_DESC(sequential,
		 "run the requests of a device one at a time, in order, unless its xenstore key 'sequential' says otherwise (default: no; read when a process binds)");

static LIST_HEAD(backs);
static DEFINE_MUTEX(backs_lock);

/**
 * pvdrm_back_find() - the device of a guest
 * @domid: the guest
 * @devid: the device's number
 *
 * Return: the device with a reference for the caller, or NULL.
 */
struct pvdrm_back *pvdrm_back_find(u32 domid, u32 devid)
{
	struct pvdrm_back *back, *found = NULL;

	mutex_lock(&backs_lock);
	list_for_each_entry(back, &backs, all) {
		if (back->domid == domid && back->devid == devid) {
			kref_get(&back->ref);
			found = back;
			break;
		}
	}
	mutex_unlock(&backs_lock);
	return found;
}

static void back_set_state(struct pvdrm_back *back, enum xenbus_state state)
{
	xenbus_switch_state(back->xdev, state);
}

static enum xenbus_state front_state(struct pvdrm_back *back)
{
	return xenbus_read_unsigned(back->xdev->otherend, "state",
				    XenbusStateUnknown);
}

/* The tool detaches with online=0 and by writing our state for us. */
static bool back_detaching(struct pvdrm_back *back)
{
	const struct xenbus_device *xdev = back->xdev;

	if (!xenbus_read_unsigned(xdev->nodename, XENDRM_KEY_ONLINE, 1))
		return true;
	return xdev->state < XenbusStateClosing &&
	       xenbus_read_unsigned(xdev->nodename, "state",
				    xdev->state) == XenbusStateClosing;
}

static void back_disconnect(struct pvdrm_back *back)
{
	struct pvdrm_link *link = back->link;

	if (!link)
		return;
	back->link = NULL;
	trace_back_guest_gone(link);
	pvdrm_link_kill(link, back->xdev);
	pvdrm_link_put(link);
}

/*
 * While a connection ends, the host waits for the guest as long as it takes. One that
 * connects again and again must not have that each time.
 */
static bool is_too_slow(struct pvdrm_back *back)
{
	if (pvdrm_patience_ms(&back->patience))
		return false;
	pvdrm_back_fail(back, -EPROTO,
			"guest connects again, but has been too slow all the time");
	return true;
}

static void back_connect(struct pvdrm_back *back)
{
	struct pvdrm_server *server = back->server;
	struct pvdrm_link *link;

	if (is_too_slow(back))
		return;
	link = pvdrm_link_create(back, server);
	if (!link) {
		pvdrm_back_fail(back, -ENOMEM, "no memory for a connection");
		return;
	}
	back->link = link;
	if (pvdrm_link_connect(link, back->xdev)) {
		back_disconnect(back);
		return;
	}
	pvdrm_count(back, connections);
	trace_back_guest_connected(link);
	back_set_state(back, XenbusStateConnected);

	spin_lock_irq(&server->lock);
	server->link = link;
	server->max_workers = link->ring_ents + 1;
	wake_up_all(&server->leader_wait);
	spin_unlock_irq(&server->lock);
	/* The guest may have queued requests before anyone listened. */
	pvdrm_leader_kick(link);
}

static void back_wait_for_front(struct pvdrm_back *back)
{
	if (back->xdev->state == XenbusStateInitWait)
		return;
	xenbus_rm(XBT_NIL, back->xdev->nodename, XENDRM_KEY_ERROR);
	back->renew = false;
	back_set_state(back, XenbusStateInitWait);
}

/* The guest still uses the device: it closes first, but not for ever. */
static void back_begin_close(struct pvdrm_back *back)
{
	if (back->xdev->state == XenbusStateClosed)
		return;
	back_set_state(back, XenbusStateClosing);
	if (back->link)
		queue_delayed_work(pvdrm_back_wq, &back->force, FORCE_CLOSE_DELAY);
}

static void back_end_close(struct pvdrm_back *back)
{
	cancel_delayed_work(&back->force);
	back_disconnect(back);
	back_set_state(back, XenbusStateClosed);
}

static void back_tell_failure(struct pvdrm_back *back)
{
	struct xenbus_device *xdev = back->xdev;

	if (back->fail_told)
		return;
	back->fail_told = true;
	xenbus_write(XBT_NIL, xdev->nodename, XENDRM_KEY_ERROR, back->reason);
	xenbus_dev_fatal(xdev, back->failed, "%s", back->reason);
	back_disconnect(back);
	if (back->server)
		pvdrm_server_close(back->server);
}

static void front_is_starting(struct pvdrm_back *back, bool wanted)
{
	back_disconnect(back);
	if (wanted)
		back_wait_for_front(back);
	else
		back_end_close(back);
}

static void front_is_ready(struct pvdrm_back *back, bool wanted)
{
	if (!wanted)
		back_begin_close(back);
	else if (back->xdev->state == XenbusStateInitWait)
		back_connect(back);
}

static void front_is_closed(struct pvdrm_back *back, bool wanted, bool gone)
{
	if (wanted && !gone) {
		if (back->renew)
			back_wait_for_front(back);
		if (back->xdev->state == XenbusStateInitWait)
			return;
	}
	back_end_close(back);
}

/* Lock held, on the bus */
static void back_update(struct pvdrm_back *back)
{
	enum xenbus_state front = front_state(back);
	bool wanted;

	if (!back->server && back->xdev->state == XenbusStateInitialising)
		return;
	if (back->failed)
		back_tell_failure(back);
	wanted = back->server && !back->failed && !back_detaching(back);

	switch (front) {
	case XenbusStateInitialising:
	case XenbusStateInitWait:
		front_is_starting(back, wanted);
		break;
	case XenbusStateInitialised:
	case XenbusStateConnected:
		front_is_ready(back, wanted);
		break;
	case XenbusStateClosing:
		back_begin_close(back);
		break;
	case XenbusStateClosed:
		front_is_closed(back, wanted, false);
		break;
	case XenbusStateUnknown:
	case XenbusStateReconfiguring:
	case XenbusStateReconfigured:
	default:
		front_is_closed(back, wanted, true);
		break;
	}
	if (back->server && back->xdev->state == XenbusStateClosed &&
	    (!wanted || front == XenbusStateUnknown))
		pvdrm_server_close(back->server);
}

static void back_work(struct work_struct *work)
{
	struct pvdrm_back *back = container_of(work, struct pvdrm_back, work);

	mutex_lock(&back->lock);
	if (back->xdev)
		back_update(back);
	mutex_unlock(&back->lock);
	pvdrm_back_put(back);
}

static void back_force_work(struct work_struct *work)
{
	struct pvdrm_back *back = container_of(to_delayed_work(work),
					       struct pvdrm_back, force);

	mutex_lock(&back->lock);
	if (back->xdev && back->xdev->state == XenbusStateClosing)
		back_end_close(back);
	mutex_unlock(&back->lock);
	pvdrm_back_queue(back);
}

static int back_write_keys(struct pvdrm_back *back,
			   const struct pvdrm_node *node)
{
	const char *offer = pvdrm_vram_offer(back->domid);
	const char *dir = back->xdev->nodename;
	int ret;

	ret = xenbus_printf(XBT_NIL, dir, XENDRM_KEY_VERSIONS, "%u",
			    XENDRM_PROTOCOL_VERSION);
	ret = ret ?: xenbus_write(XBT_NIL, dir, XENDRM_KEY_DRIVER, node->name);
	ret = ret ?: xenbus_write(XBT_NIL, dir, XENDRM_KEY_DRIVER_VERSION,
				  node->version);
	ret = ret ?: xenbus_write(XBT_NIL, dir, XENDRM_KEY_DRIVER_DESC,
				  node->desc);
	ret = ret ?: xenbus_write(XBT_NIL, dir, XENDRM_KEY_DRIVER_DATE,
				  node->date);
	ret = ret ?: xenbus_printf(XBT_NIL, dir, XENDRM_KEY_MAX_RING_ORDER,
				   "%u", XENDRM_MAX_RING_ORDER);
	ret = ret ?: xenbus_write(XBT_NIL, dir, XENDRM_KEY_FEATURE_NONBLOCK,
				  "1");
	ret = ret ?: xenbus_write(XBT_NIL, dir, XENDRM_KEY_FEATURE_PIN, "1");
	ret = ret ?: xenbus_write(XBT_NIL, dir, XENDRM_KEY_FEATURE_MAP_PAGES,
				  "1");
	ret = ret ?: xenbus_printf(XBT_NIL, dir, XENDRM_KEY_MAX_DATA_PAGES,
				   "%u", XENDRM_MAX_DATA_PAGES);
	ret = ret ?: pvdrm_back_write_parent(back->xdev, node->file);
	ret = ret ?: xenbus_write(XBT_NIL, dir, XENDRM_KEY_OBJECTS, "1");
	ret = ret ?: xenbus_write(XBT_NIL, dir, XENDRM_KEY_FEATURE_SUBMIT, "1");
	ret = ret ?: xenbus_write(XBT_NIL, dir, XENDRM_KEY_FEATURE_QUIET_FENCES,
				  "1");
	ret = ret ?: xenbus_write(XBT_NIL, dir, XENDRM_KEY_FEATURE_IMPORT, "1");
	if (offer)
		ret = ret ?: xenbus_write(XBT_NIL, dir,
					  XENDRM_KEY_DEVICE_PAGES, offer);
	else
		xenbus_rm(XBT_NIL, dir, XENDRM_KEY_DEVICE_PAGES);
	return ret;
}

static int back_attach_locked(struct pvdrm_back *back,
			      struct pvdrm_server *server)
{
	enum xenbus_state front;
	int ret;

	if (!back->xdev)
		return -ENOENT;
	if (back->server)
		return -EBUSY;
	ret = pvdrm_limits_read(&back->limits, back->xdev);
	ret = ret ?: back_write_keys(back, &server->node);
	if (ret)
		return ret;

	spin_lock(&back->fail_lock);
	back->failed = 0;
	spin_unlock(&back->fail_lock);
	back->fail_told = false;
	back->server = server;
	server->sequential = xenbus_read_unsigned(back->xdev->nodename,
						  XENDRM_KEY_SEQUENTIAL,
						  pvdrm_sequential);
	server->max_inflight = server->sequential ? 1 :
			       back->limits.max[PVDRM_LIMIT_INFLIGHT];
	server->max_workers = 1;
	pvdrm_gpu_join(server->node.gpu, &back->gpu,
		       back->limits.max[PVDRM_LIMIT_WEIGHT],
		       back->limits.max[PVDRM_LIMIT_CAP]);
	/* SERVE looks at it without a lock. */
	smp_store_release(&server->back, back);

	front = front_state(back);
	back->renew = true;
	if (front != XenbusStateInitialised && front != XenbusStateConnected &&
	    front != XenbusStateClosing)
		back_wait_for_front(back);
	return 0;
}

/**
 * pvdrm_back_attach() - a process serves the device from now on
 * @back: the device; on success the server has the caller's reference
 * @server: the process, prepared
 *
 * Return: 0; -ENOENT when the device was removed meanwhile, -EBUSY when it is
 * served, or an error of xenstore.
 */
int pvdrm_back_attach(struct pvdrm_back *back, struct pvdrm_server *server)
{
	int ret;

	mutex_lock(&back->lock);
	ret = back_attach_locked(back, server);
	mutex_unlock(&back->lock);
	if (!ret)
		pvdrm_back_queue(back);
	return ret;
}

/**
 * pvdrm_back_detach() - the process is gone
 * @back: a device with a server
 */
void pvdrm_back_detach(struct pvdrm_back *back)
{
	mutex_lock(&back->lock);
	back_disconnect(back);
	back->server = NULL;
	back->renew = false;
	if (back->xdev && back->xdev->state != XenbusStateClosed)
		back_set_state(back, XenbusStateClosing);
	mutex_unlock(&back->lock);
	pvdrm_back_queue(back);
}

static void own_changed(struct xenbus_watch *watch, const char *path,
			const char *token)
{
	pvdrm_back_queue(container_of(watch, struct pvdrm_back, watch));
}

/* Our own writes fire it, too: only what the tool writes matters. */
static bool own_will_handle(struct xenbus_watch *watch, const char *path,
			    const char *token)
{
	const char *key = strrchr(path, '/');

	return key && (!strcmp(key + 1, XENDRM_KEY_ONLINE) ||
		       !strcmp(key + 1, "state"));
}

static void back_otherend_changed(struct xenbus_device *xdev,
				  enum xenbus_state state)
{
	struct pvdrm_back *back = dev_get_drvdata(&xdev->dev);

	if (back)
		pvdrm_back_queue(back);
}

static int back_devid(const struct xenbus_device *xdev, u32 *devid)
{
	const char *name = strrchr(xdev->nodename, '/');

	return name ? kstrtou32(name + 1, 10, devid) : -EINVAL;
}

static struct pvdrm_back *back_create(struct xenbus_device *xdev)
{
	struct pvdrm_back *back = kzalloc(sizeof(*back), GFP_KERNEL);

	if (!back)
		return NULL;
	kref_init(&back->ref);
	back->xdev = xdev;
	back->domid = xdev->otherend_id;
	mutex_init(&back->lock);
	spin_lock_init(&back->fail_lock);
	pvdrm_limits_init(&back->limits);
	pvdrm_patience_init(&back->patience);
	pvdrm_gpu_guest_init(&back->gpu);
	pvdrm_rate_init(&back->failing);
	pvdrm_rate_init(&back->vram_faults);
	INIT_WORK(&back->work, back_work);
	INIT_DELAYED_WORK(&back->force, back_force_work);
	return back;
}

static int back_probe(struct xenbus_device *xdev,
		      const struct xenbus_device_id *id)
{
	struct pvdrm_back *back = back_create(xdev);
	int ret;

	if (!back)
		return -ENOMEM;
	ret = back_devid(xdev, &back->devid);
	if (ret)
		goto err;
	dev_set_drvdata(&xdev->dev, back);
	ret = xenbus_watch_path(xdev, xdev->nodename, &back->watch,
				own_will_handle, own_changed);
	if (ret)
		goto err;
	pvdrm_back_stats_add(&back->stats, back->domid, back->devid);

	mutex_lock(&backs_lock);
	list_add_tail(&back->all, &backs);
	mutex_unlock(&backs_lock);
	return 0;

err:
	dev_set_drvdata(&xdev->dev, NULL);
	pvdrm_back_put(back);
	return ret;
}

static void back_remove(struct xenbus_device *xdev)
{
	struct pvdrm_back *back = dev_get_drvdata(&xdev->dev);

	mutex_lock(&backs_lock);
	list_del(&back->all);
	mutex_unlock(&backs_lock);

	unregister_xenbus_watch(&back->watch);

	mutex_lock(&back->lock);
	back_disconnect(back);
	if (back->server)
		pvdrm_server_close(back->server);
	back->xdev = NULL;
	mutex_unlock(&back->lock);

	/* Queued under the lock and for a device on the bus only */
	cancel_delayed_work_sync(&back->force);
	pvdrm_back_stats_remove(&back->stats);
	dev_set_drvdata(&xdev->dev, NULL);
	pvdrm_back_put(back);
}

static const struct xenbus_device_id back_ids[] = {
	{ XENDRM_DEVICE_TYPE },
	{ "" }
};

static const struct attribute_group *back_groups[] = {
	&pvdrm_limits_group,
	&pvdrm_gpu_group,
	NULL
};

static struct xenbus_driver back_driver = {
	.name = "pvdrm-back",
	.ids = back_ids,
	.probe = back_probe,
	.remove = back_remove,
	.otherend_changed = back_otherend_changed,
	.allow_rebind = true,
	.driver.dev_groups = back_groups,
};

int pvdrm_back_xenbus_init(void)
{
	int ret;

	pvdrm_back_wq = alloc_workqueue("pvdrm-back", WQ_UNBOUND, 0);
	if (!pvdrm_back_wq)
		return -ENOMEM;
	ret = xenbus_register_backend(&back_driver);
	if (ret)
		destroy_workqueue(pvdrm_back_wq);
	return ret;
}

void pvdrm_back_xenbus_exit(void)
{
	xenbus_unregister_driver(&back_driver);
	destroy_workqueue(pvdrm_back_wq);
}
