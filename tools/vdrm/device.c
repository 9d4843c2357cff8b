// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device's two xenstore directories: made together, removed together.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vdrm.h"

#define BACKEND_GONE_MS	5000

void device_init(struct device *dev, unsigned int host, unsigned int guest, unsigned int devid)
{
	dev->host = host;
	dev->guest = guest;
	dev->devid = devid;
	dev->elsewhere = false;
	snprintf(dev->back, sizeof(dev->back), BACK_DIR "/%u/%u", host, guest, devid);
	snprintf(dev->front, sizeof(dev->front), FRONT_DIR "/%u", guest, devid);
}

bool device_exists(struct xs_handle *xs, const struct device *dev)
{
	return store_exists(xs, XBT_NULL, dev->back) || store_exists(xs, XBT_NULL, dev->front);
}

int device_state(struct xs_handle *xs, const char *dir)
{
	int state = store_read_number(xs, XBT_NULL, dir, "state");

	return state < 0 || state > STATE_RECONFIGURED ? STATE_UNKNOWN : state;
}

/* The directory belongs to @owner, the other end may read it. */
static bool make_directory(struct xs_handle *xs, xs_transaction_t t, const char *path,
			   unsigned int owner, unsigned int reader)
{
	struct xs_permissions perms[] = {
		{ .id = owner, .perms = XS_PERM_NONE },
		{ .id = reader, .perms = XS_PERM_READ },
	};

	return xs_mkdir(xs, t, path) && xs_set_permissions(xs, t, path, perms, 2);
}

static bool write_limits(struct xs_handle *xs, xs_transaction_t t, const char *dir,
			 const struct options *o)
{
	bool ok = true;
	int i;

	for (i = 0; ok && i < NR_LIMITS; i++)
		if (o->limit[i])
			ok = store_write(xs, t, dir, limit_keys[i], "%llu", o->limit[i]);
	return ok;
}

/*
 * Another domain's own tool finds the node there, see `vdrm serve`.
 */
static bool write_node(struct xs_handle *xs, xs_transaction_t t, const char *dir,
		       const char *node, const struct options *o)
{
	if (!o->backend)
		return store_write(xs, t, dir, XENDRM_KEY_DEVICE_PATH, "%s", node);
	return store_write(xs, t, dir, XENDRM_KEY_DEVICE, "%s", node) &&
	       (o->node == NODE_ANY || store_write(xs, t, dir, XENDRM_KEY_NODE, "%s",
						   o->node == NODE_PRIMARY ? "primary" : "render"));
}

static bool fill_back(struct xs_handle *xs, xs_transaction_t t, const struct device *dev,
		      const char *node, const struct options *o)
{
	const char *dir = dev->back;

	return make_directory(xs, t, dir, dev->host, dev->guest) &&
	       store_write(xs, t, dir, "frontend", "%s", dev->front) &&
	       store_write(xs, t, dir, "frontend-id", "%u", dev->guest) &&
	       store_write(xs, t, dir, XENDRM_KEY_ONLINE, "1") &&
	       write_node(xs, t, dir, node, o) &&
	       (o->sequential < 0 ||
		store_write(xs, t, dir, XENDRM_KEY_SEQUENTIAL, "%d", o->sequential)) &&
	       write_limits(xs, t, dir, o) &&
	       store_write(xs, t, dir, "state", "%d", STATE_INITIALISING);
}

/* So that the backend's domain can remove them when they are empty */
static bool give_parents(struct xs_handle *xs, xs_transaction_t t, const struct device *dev)
{
	char path[VDRM_PATH], sub[VDRM_PATH];

	snprintf(path, sizeof(path), BACK_DIR, dev->host);
	snprintf(sub, sizeof(sub), BACK_DIR "/%u", dev->host, dev->guest);
	return make_directory(xs, t, path, dev->host, dev->host) &&
	       make_directory(xs, t, sub, dev->host, dev->host);
}

static bool fill_front(struct xs_handle *xs, xs_transaction_t t, const struct device *dev)
{
	const char *dir = dev->front;

	return make_directory(xs, t, dir, dev->guest, dev->host) &&
	       store_write(xs, t, dir, "backend", "%s", dev->back) &&
	       store_write(xs, t, dir, "backend-id", "%u", dev->host) &&
	       store_write(xs, t, dir, "state", "%d", STATE_INITIALISING);
}

/*
 * Both ends must see the device whole or not at all: one transaction. The
 * caller holds the device's lock.
 */
int device_create(struct xs_handle *xs, const struct device *dev, const char *node,
		  const struct options *o)
{
	xs_transaction_t t;
	bool ok;

	do {
		t = xs_transaction_start(xs);
		if (!t)
			break;
		ok = (!o->backend || give_parents(xs, t, dev)) &&
		     fill_back(xs, t, dev, node, o) && fill_front(xs, t, dev);
		if (!ok) {
			int error = errno;

			xs_transaction_end(xs, t, true);
			errno = error;
			break;
		}
		if (xs_transaction_end(xs, t, false))
			return 0;
	} while (errno == EAGAIN);
	return fail(errno == EACCES || errno == EPERM ? VDRM_NO_PERMISSION : VDRM_ERROR,
		    "cannot write %s: %s", dev->back, strerror(errno));
}

/**
 * device_find_backend() - which backend the guest's directory of a device names
 * @xs: xenstore
 * @dev: the device, with any host
 * @other: result: the same with the backend's domain as host
 *
 * The directory is the guest's, but all that it can name is a device of its own.
 *
 * Return: whether there is such a backend.
 */
bool device_find_backend(struct xs_handle *xs, const struct device *dev, struct device *other)
{
	int host = store_read_number(xs, XBT_NULL, dev->front, "backend-id");

	if (host < 0)
		return false;
	device_init(other, host, dev->guest, dev->devid);
	return store_exists(xs, XBT_NULL, other->back);
}

/* Of a device whose backend may be elsewhere: it is not closed for good. */
bool device_lives(struct xs_handle *xs, const struct device *dev)
{
	int state = device_state(xs, dev->back);

	return state != STATE_UNKNOWN && state != STATE_CLOSED;
}

/* Asks the guest to let go, the way libxl does. */
void device_begin_close(struct xs_handle *xs, const struct device *dev)
{
	xs_transaction_t t;
	int state;

	do {
		t = xs_transaction_start(xs);
		if (!t)
			return;
		state = store_read_number(xs, t, dev->back, "state");
		if (state >= 0)
			store_write(xs, t, dev->back, XENDRM_KEY_ONLINE, "0");
		if (state >= 0 && state < STATE_CLOSING)
			store_write(xs, t, dev->back, "state", "%d", STATE_CLOSING);
	} while (!xs_transaction_end(xs, t, false) && errno == EAGAIN);
}

/* Whether the guest's driver has the device, so that closing takes two. */
bool device_guest_uses(struct xs_handle *xs, const struct device *dev)
{
	switch (device_state(xs, dev->front)) {
	case STATE_UNKNOWN:
	case STATE_INITIALISING:
	case STATE_CLOSED:
		return false;
	default:
		return true;
	}
}

static void remove_if_empty(struct xs_handle *xs, xs_transaction_t t, const char *path)
{
	unsigned int count = 0;
	char **names = xs_directory(xs, t, path, &count);

	if (names && !count)
		xs_rm(xs, t, path);
	free(names);
}

static void remove_parents(struct xs_handle *xs, xs_transaction_t t, const struct device *dev)
{
	char path[VDRM_PATH];

	snprintf(path, sizeof(path), BACK_DIR "/%u", dev->host, dev->guest);
	remove_if_empty(xs, t, path);
	*strrchr(path, '/') = '\0';
	remove_if_empty(xs, t, path);
	snprintf(path, sizeof(path), FRONT_DIR, dev->guest);
	remove_if_empty(xs, t, path);
}

/* It's no error when one or both are gone. */
int device_remove(struct xs_handle *xs, const struct device *dev)
{
	xs_transaction_t t;

	do {
		t = xs_transaction_start(xs);
		if (!t)
			goto error;
		/* A dead guest's whole tree is gone: don't touch it. */
		if (store_exists(xs, t, dev->front))
			xs_rm(xs, t, dev->front);
		if (store_exists(xs, t, dev->back))
			xs_rm(xs, t, dev->back);
		remove_parents(xs, t, dev);
		if (xs_transaction_end(xs, t, false))
			return 0;
	} while (errno == EAGAIN);
error:
	return fail(VDRM_ERROR, "cannot remove %s: %s", dev->back, strerror(errno));
}

/*
 * The kernel learns of a removal by a watch. Made again too soon, the device
 * would look to it as if nothing had happened.
 */
void device_wait_gone(const struct device *dev)
{
	long deadline = now_ms() + BACKEND_GONE_MS;
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/xen-backend/devices/" XENDRM_DEVICE_TYPE "-%u-%u",
		 dev->guest, dev->devid);
	while (!access(path, F_OK) && now_ms() < deadline)
		usleep(10000);
}

/* The directory's entries that are numbers; the caller frees them. */
unsigned int *store_numbers(struct xs_handle *xs, const char *path, unsigned int *count)
{
	unsigned int i, entries = 0, *numbers;
	char **names = xs_directory(xs, XBT_NULL, path, &entries);

	*count = 0;
	numbers = calloc(entries + 1, sizeof(*numbers));
	for (i = 0; names && numbers && i < entries; i++)
		if (!parse_number(names[i], 0x7fffffff, &numbers[*count]))
			++*count;
	free(names);
	return numbers;
}
