// SPDX-License-Identifier: GPL-2.0-only
/*
 * vdrm list: one line for each device
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vdrm.h"

static const char *word_for(struct xs_handle *xs, const struct device *dev)
{
	int front = device_state(xs, dev->front);

	if (!lock_held(dev, NULL))
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

void print_state(struct xs_handle *xs, const struct device *dev)
{
	const char *word = word_for(xs, dev);
	char *error = store_read(xs, XBT_NULL, dev->back, XENDRM_KEY_ERROR);
	char *theirs = guest_error(xs, dev);

	fputs(word, stdout);
	if (error && *error && strcmp(word, "connected")) {
		fputs(": ", stdout);
		print_clean(error);
	}
	if (theirs && *theirs && strcmp(word, "connected")) {
		fputs("; the guest says: ", stdout);
		print_clean(theirs);
	}
	putchar('\n');
	free(error);
	free(theirs);
}

static void print_column(char *text, const char *instead, int width)
{
	char clean[80];
	size_t i;

	snprintf(clean, sizeof(clean), "%s", text && *text ? text : instead);
	for (i = 0; clean[i]; i++)
		if (clean[i] < ' ' || clean[i] > '~')
			clean[i] = '?';
	printf("%-*s ", width, clean);
	free(text);
}

static void print_line(struct xs_handle *xs, const struct device *dev)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", dev->guest);
	print_column(domain_name(xs, dev->guest), number, 16);
	printf("%5u ", dev->devid);
	print_column(store_read(xs, XBT_NULL, dev->back, XENDRM_KEY_DEVICE_PATH), "-", 22);
	print_column(store_read(xs, XBT_NULL, dev->back, XENDRM_KEY_DRIVER), "-", 12);
	print_state(xs, dev);
}

/* Calls @show for each device, of @only or (-1) of all domains. */
unsigned int show_devices(struct xs_handle *xs, unsigned int self, int only,
			  void (*show)(struct xs_handle *xs, const struct device *dev))
{
	unsigned int g, d, guests, devids, count = 0;
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
		for (d = 0; d < devids; d++, count++) {
			device_init(&dev, self, guest[g], devid[d]);
			show(xs, &dev);
		}
		free(devid);
	}
	free(guest);
	return count;
}

int verb_list(int argc, char **argv)
{
	struct xs_handle *xs;
	unsigned int self, guest;
	int only = -1, ret;

	if (argc > 2)
		return fail(VDRM_USAGE, "usage: vdrm list [DOMAIN]");
	ret = store_open(&xs, &self);
	if (ret)
		return ret;
	if (argc == 2) {
		ret = domain_find(xs, argv[1], &guest);
		only = guest;
	}
	if (!ret) {
		printf("%-16s %5s %-22s %-12s %s\n", "DOMAIN", "DEVID", "DEVICE", "DRIVER",
		       "STATE");
		show_devices(xs, self, only, print_line);
	}
	xs_close(xs);
	return ret;
}
