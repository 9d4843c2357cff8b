// SPDX-License-Identifier: GPL-2.0-only
/*
 * All devices, and the state of each
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "vdrm.h"

/* Elsewhere, the tool there writes the path when it begins. */
bool device_is_served(struct xs_handle *xs, const struct device *dev)
{
	char *path;

	if (!dev->elsewhere)
		return lock_held(dev, NULL);
	path = store_read(xs, XBT_NULL, dev->back, XENDRM_KEY_DEVICE_PATH);
	free(path);
	return path;
}

static const char *word_for(struct xs_handle *xs, const struct device *dev)
{
	int front = device_state(xs, dev->front);

	if (!device_is_served(xs, dev))
		return "not served";
	switch (device_state(xs, dev->back)) {
	case STATE_INITIALISING:
	case STATE_INIT_WAIT:
		return front <= STATE_INITIALISING || front == STATE_CLOSED ? "waiting for guest" :
									    "connecting";
	case STATE_INITIALISED:
		return "connecting";
	case STATE_CONNECTED:
		return front == STATE_CONNECTED ? "connected" : "connecting";
	case STATE_CLOSING:
		return "closing";
	case STATE_CLOSED:
		return "closed";
	default:
		return "unknown";
	}
}

/* The guest's own complaint: xenbus_dev_fatal() there leaves it here. */
static char *guest_error(struct xs_handle *xs, const struct device *dev)
{
	char dir[VDRM_PATH];

	snprintf(dir, sizeof(dir), "/local/domain/%u/error/device/" XENDRM_DEVICE_TYPE "/%u",
		 dev->guest, dev->devid);
	return store_read(xs, XBT_NULL, dir, "error");
}

/* NULL unless it says something */
static char *unless_empty(char *text)
{
	if (text && *text)
		return text;
	free(text);
	return NULL;
}

/* What went wrong earlier does not matter to a device that is connected. */
void status_read(struct xs_handle *xs, const struct device *dev, struct status *status)
{
	*status = (struct status){ .word = word_for(xs, dev) };
	if (!strcmp(status->word, "connected"))
		return;
	status->error = unless_empty(store_read(xs, XBT_NULL, dev->back, XENDRM_KEY_ERROR));
	status->guest_error = unless_empty(guest_error(xs, dev));
}

void status_free(struct status *status)
{
	free(status->error);
	free(status->guest_error);
}

/* The rest of a line */
void status_print(const struct status *status)
{
	fputs(status->word, stdout);
	if (status->error) {
		fputs(": ", stdout);
		print_clean(status->error);
	}
	if (status->guest_error) {
		fputs("; the guest says: ", stdout);
		print_clean(status->guest_error);
	}
	putchar('\n');
}

/* Members of a device */
void status_json(const struct status *status)
{
	json_string("state", status->word);
	json_string("error", status->error);
	json_string("guest_error", status->guest_error);
}

/* Calls @show for each device, of @only or (-1) of all domains. */
void devices_each(struct xs_handle *xs, unsigned int self, int only,
		  void (*show)(struct xs_handle *xs, const struct device *dev, void *data),
		  void *data)
{
	unsigned int g, d, guests, devids;
	unsigned int *guest, *devid;
	char path[VDRM_PATH], sub[VDRM_PATH];
	struct device dev;

	snprintf(path, sizeof(path), BACK_DIR, self);
	guest = store_numbers(xs, path, &guests);
	for (g = 0; g < guests; g++) {
		if (only >= 0 && guest[g] != (unsigned int)only)
			continue;
		snprintf(sub, sizeof(sub), BACK_DIR "/%u", self, guest[g]);
		devid = store_numbers(xs, sub, &devids);
		for (d = 0; d < devids; d++) {
			device_init(&dev, self, guest[g], devid[d]);
			show(xs, &dev, data);
		}
		free(devid);
	}
	free(guest);
}

/*
 * Calls @show for each device that a guest has from another domain, if we may see
 * the guests' keys.
 */
void devices_elsewhere(struct xs_handle *xs, unsigned int self, int only,
		       void (*show)(struct xs_handle *xs, const struct device *dev, void *data),
		       void *data)
{
	unsigned int g, d, guests, devids;
	unsigned int *guest, *devid;
	struct device dev;
	char path[VDRM_PATH];

	guest = store_numbers(xs, "/local/domain", &guests);
	for (g = 0; g < guests; g++) {
		if (guest[g] == self || (only >= 0 && guest[g] != (unsigned int)only))
			continue;
		snprintf(path, sizeof(path), FRONT_DIR, guest[g]);
		devid = store_numbers(xs, path, &devids);
		for (d = 0; d < devids; d++) {
			device_init(&dev, self, guest[g], devid[d]);
			if (!device_find_backend(xs, &dev, &dev) || dev.host == self)
				continue;
			dev.elsewhere = true;
			show(xs, &dev, data);
		}
		free(devid);
	}
	free(guest);
}
