// SPDX-License-Identifier: GPL-2.0-only
/*
 * vdrm detach: ask the guest to let go; the serving process cleans up
 */
#include <errno.h>

#include "cgroup.h"
#include "vdrm.h"

#define SERVE_END_MS	5000

static int find_device(struct xs_handle *xs, unsigned int self, char **argv, struct device *dev)
{
	unsigned int guest, devid;
	int ret;

	if (parse_number(argv[2], VDRM_MAX_DEVID, &devid))
		return fail(VDRM_USAGE, "DEVID is a number from 0 to %d, not '%s'", VDRM_MAX_DEVID,
			    argv[2]);
	/* A dead guest's device can still be there: take its number as it is. */
	if (parse_number(argv[1], 0x7fff, &guest)) {
		ret = domain_find(xs, argv[1], &guest);
		if (ret)
			return ret;
	}
	device_init(dev, self, guest, devid);
	/* Ours, or that of another domain */
	if (store_exists(xs, XBT_NULL, dev->back))
		return 0;
	device_find_backend(xs, dev, dev);
	dev->elsewhere = dev->host != self;
	if (device_exists(xs, dev))
		return 0;
	return fail(VDRM_NO_DEVICE, "domain %s has no device %u; vdrm list shows all", argv[1],
		    devid);
}

/*
 * Whoever has the lock may remove the directories: that's the serving process
 * while there is one, and only with force=1 we, in spite of it.
 */
static int detach(struct xs_handle *xs, const struct device *dev, const struct options *o)
{
	long patience = o->wait < 0 ? VDRM_CLOSE_MS : o->wait * 1000L;
	int lock, ret;

	device_begin_close(xs, dev);
	ret = lock_wait(dev, now_ms() + patience, &lock);
	if (ret == -EBUSY && o->force) {
		device_remove(xs, dev);
		ret = lock_wait(dev, now_ms() + SERVE_END_MS, &lock);
		if (ret == -EBUSY)
			return fail(VDRM_TIMEOUT, "removed, but the serving process does not end");
	}
	if (ret == -EBUSY)
		return fail(VDRM_TIMEOUT,
			    "domain %u has not let go of device %u in %ld s; it will when it can, or use force=1",
			    dev->guest, dev->devid, patience / 1000);
	if (ret)
		return lock_failed(dev, ret);
	ret = device_remove(xs, dev);
	cgroup_remove(dev);	/* of a watcher that was killed */
	lock_drop(dev, lock);
	return ret;
}

/*
 * The backend's domain removes its directory when the guest has let go. What is
 * left then is the guest's.
 */
static int detach_elsewhere(struct xs_handle *xs, const struct device *dev,
			    const struct options *o)
{
	long patience = o->wait < 0 ? VDRM_CLOSE_MS : o->wait * 1000L;
	long deadline = now_ms() + patience;
	bool open;

	xs_watch(xs, dev->back, "back");
	device_begin_close(xs, dev);
	do {
		open = domain_alive(xs, dev->host) && device_is_served(xs, dev) &&
		       device_lives(xs, dev);
	} while (open && store_wait(xs, deadline));
	if (open && !o->force)
		return fail(VDRM_TIMEOUT,
			    "domain %u has not closed the device in %ld s; it will when it can, or use force=1",
			    dev->host, patience / 1000);
	return device_remove(xs, dev);
}

int verb_detach(int argc, char **argv)
{
	struct xs_handle *xs;
	struct options o;
	struct device dev;
	unsigned int self;
	int ret;

	options_init(&o);
	if (argc < 3)
		return fail(VDRM_USAGE, "usage: vdrm detach DOMAIN DEVID [force=1] [wait=SECONDS]");
	ret = options_parse(&o, OPTION_FORCE | OPTION_WAIT, argc - 3, argv + 3);
	if (ret)
		return ret;
	ret = store_open(&xs, &self);
	if (ret)
		return ret;
	ret = find_device(xs, self, argv, &dev);
	if (!ret)
		ret = (dev.elsewhere ? detach_elsewhere : detach)(xs, &dev, &o);
	xs_close(xs);
	return ret;
}
