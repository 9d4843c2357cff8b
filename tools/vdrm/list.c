// SPDX-License-Identifier: GPL-2.0-only
/*
 * vdrm list: one line for each device
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "vdrm.h"

struct entry {
	const struct device *dev;
	char *domain;
	char *backend;		/* NULL: this domain */
	char *node;
	char *driver;
	struct status status;
};

static void print_column(const char *text, const char *instead, int width)
{
	char clean[80];
	size_t i;

	snprintf(clean, sizeof(clean), "%s", text && *text ? text : instead);
	for (i = 0; clean[i]; i++)
		if (clean[i] < ' ' || clean[i] > '~')
			clean[i] = '?';
	printf("%-*s ", width, clean);
}

static void print_node(const struct entry *entry)
{
	char text[80];

	if (!entry->backend) {
		print_column(entry->node, "-", 22);
		return;
	}
	snprintf(text, sizeof(text), "%s:%s", entry->backend, entry->node ? entry->node : "-");
	print_column(text, "-", 22);
}

static void print_entry(const struct entry *entry)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", entry->dev->guest);
	print_column(entry->domain, number, 16);
	printf("%5u ", entry->dev->devid);
	print_node(entry);
	print_column(entry->driver, "-", 12);
	status_print(&entry->status);
}

static void json_entry(const struct entry *entry)
{
	json_open(NULL, '{');
	json_string("domain", entry->domain);
	json_number("domid", entry->dev->guest);
	json_number("devid", entry->dev->devid);
	json_string("backend", entry->backend);
	json_string("node", entry->node);
	json_string("driver", entry->driver);
	status_json(&entry->status);
	json_close('}');
}

static void show_entry(struct xs_handle *xs, const struct device *dev, void *data)
{
	const bool *json = data;
	struct entry entry = {
		.dev = dev,
		.domain = domain_name(xs, dev->guest),
		.node = store_read(xs, XBT_NULL, dev->back, XENDRM_KEY_DEVICE_PATH),
		.driver = store_read(xs, XBT_NULL, dev->back, XENDRM_KEY_DRIVER),
	};

	if (!entry.node)
		entry.node = store_read(xs, XBT_NULL, dev->back, XENDRM_KEY_DEVICE);
	if (dev->elsewhere)
		entry.backend = domain_name(xs, dev->host);
	status_read(xs, dev, &entry.status);
	(*json ? json_entry : print_entry)(&entry);
	status_free(&entry.status);
	free(entry.driver);
	free(entry.node);
	free(entry.backend);
	free(entry.domain);
}

static void show_entries(struct xs_handle *xs, unsigned int self, int only, bool json)
{
	if (json) {
		json_open(NULL, '{');
		json_open("devices", '[');
	} else {
		printf("%-16s %5s %-22s %-12s %s\n", "DOMAIN", "DEVID", "DEVICE", "DRIVER",
		       "STATE");
	}
	devices_each(xs, self, only, show_entry, &json);
	devices_elsewhere(xs, self, only, show_entry, &json);
	if (json) {
		json_close(']');
		json_close('}');
		json_end();
	}
}

int verb_list(int argc, char **argv)
{
	bool json = option_json(&argc, argv);
	struct xs_handle *xs;
	unsigned int self, guest;
	int only = -1, ret;

	if (argc > 2)
		return fail(VDRM_USAGE, "usage: vdrm list [--json] [DOMAIN]");
	ret = store_open(&xs, &self);
	if (ret)
		return ret;
	if (argc == 2) {
		ret = domain_find(xs, argv[1], &guest);
		only = guest;
	}
	if (!ret)
		show_entries(xs, self, only, json);
	xs_close(xs);
	return ret;
}
