// SPDX-License-Identifier: GPL-2.0-only
/*
 * In a driver domain: devices that `vdrm attach backend=` in another domain offers
 *
 * Such a device has the key "device". `vdrm serve` finds its node and writes
 * "device-path", or writes "error"; after either the offer is no longer open.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wanted.h"

static bool has(struct xs_handle *xs, const struct device *dev, const char *key)
{
	char *value = store_read(xs, XBT_NULL, dev->back, key);

	free(value);
	return value;
}

static bool is_open(struct xs_handle *xs, const struct device *dev)
{
	return has(xs, dev, XENDRM_KEY_DEVICE) && !has(xs, dev, XENDRM_KEY_DEVICE_PATH) &&
	       !has(xs, dev, XENDRM_KEY_ERROR) &&
	       store_read_number(xs, XBT_NULL, dev->back, XENDRM_KEY_ONLINE) == 1;
}

static void exec_serve(const struct device *dev, int lock)
{
	char guest[16], devid[16], inherit[48];
	sigset_t none;

	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	fcntl(lock, F_SETFD, 0);
	snprintf(guest, sizeof(guest), "%u", dev->guest);
	snprintf(devid, sizeof(devid), "%u", dev->devid);
	snprintf(inherit, sizeof(inherit), SERVE_INHERIT "%d,-1", lock);
	execl("/proc/self/exe", "vdrm", "serve", guest, devid, inherit, NULL);
	_exit(fail(VDRM_ERROR, "cannot start vdrm serve: %s", strerror(errno)));
}

/**
 * offer_take() - serve a device if another domain offers it
 * @xs: xenstore
 * @dev: a device whose backend is in this domain
 * @data: unused
 *
 * The process that serves it gets the device's lock, so that it starts only once.
 */
void offer_take(struct xs_handle *xs, const struct device *dev, void *data)
{
	int lock;
	pid_t child;

	(void)data;
	if (!is_open(xs, dev) || lock_take(dev, &lock))
		return;
	note("serving device %u of domain %u", dev->devid, dev->guest);
	child = fork();
	if (!child)
		exec_serve(dev, lock);
	if (child < 0) {
		note("cannot fork: %s", strerror(errno));
		lock_drop(dev, lock);
		return;
	}
	close(lock);
}
