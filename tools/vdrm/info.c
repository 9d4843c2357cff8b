// SPDX-License-Identifier: GPL-2.0-only
/*
 * vdrm info: everything known about one device, or about all of them
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pvdrm_back.h"
#include "sys.h"

#define LABEL		"  %-16s "

static int wanted_devid = -1;

static void print_file(const char *path, const char *name)
{
	char line[512];
	FILE *file = fopen(path, "re");

	if (!file)
		return;
	printf("  %s:\n", name);
	while (fgets(line, sizeof(line), file)) {
		fputs("    ", stdout);
		line[strcspn(line, "\n")] = '\0';
		print_clean(line);
		putchar('\n');
	}
	fclose(file);
}

static void print_limits(const struct device *dev)
{
	struct limit limit;
	int i;

	for (i = 0; i < NR_LIMITS; i++)
		if (limit_read(dev, i, &limit))
			printf(LABEL "%llu, in use %llu, at most %llu so far\n", limit_keys[i],
			       limit.max, limit.used, limit.peak);
}

/* Whatever the backend counts: it knows best what that's called. */
static void print_statistics(const struct device *dev)
{
	char path[512], dir_path[80];
	struct dirent **entry;
	struct stat st;
	int i, count;

	snprintf(dir_path, sizeof(dir_path), BACK_DEBUGFS "/%u-%u", dev->guest, dev->devid);
	count = scandir(dir_path, &entry, NULL, alphasort);
	for (i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir_path, entry[i]->d_name);
		if (!stat(path, &st) && S_ISREG(st.st_mode) && st.st_mode & 0444)
			print_file(path, entry[i]->d_name);
		free(entry[i]);
	}
	if (count >= 0)
		free(entry);
}

static void print_key(struct xs_handle *xs, const char *dir, const char *key, const char *label)
{
	char *value = store_read(xs, XBT_NULL, dir, key);

	if (value && *value) {
		printf(LABEL, label);
		print_clean(value);
		putchar('\n');
	}
	free(value);
}

static const struct {
	const char *key;
	const char *label;
	bool of_guest;
} shown[] = {
	{ XENDRM_KEY_DEVICE_PATH,	"device" },
	{ XENDRM_KEY_DRIVER,		"driver" },
	{ XENDRM_KEY_DRIVER_VERSION,	"driver version" },
	{ XENDRM_KEY_DRIVER_DESC,	"driver is" },
	{ XENDRM_KEY_VERSIONS,		"protocols" },
	{ XENDRM_KEY_VERSION,		"protocol in use",	true },
	{ XENDRM_KEY_RING_ORDER,	"ring page order",	true },
	{ XENDRM_KEY_MAX_RING_ORDER,	"  at most" },
	{ XENDRM_KEY_DATA_PAGES,	"data pages",		true },
	{ XENDRM_KEY_MAX_DATA_PAGES,	"  at most" },
	{ XENDRM_KEY_SEQUENTIAL,	"sequential" },
	{ XENDRM_KEY_ONLINE,		"online" },
};

static void print_device(struct xs_handle *xs, const struct device *dev)
{
	char *name = domain_name(xs, dev->guest);
	pid_t server;
	size_t i;

	if (wanted_devid >= 0 && dev->devid != (unsigned int)wanted_devid) {
		free(name);
		return;
	}
	printf("domain %u (", dev->guest);
	print_clean(name ? name : "gone");
	printf("), device %u\n" LABEL, dev->devid, "state");
	print_state(xs, dev);
	if (lock_held(dev, &server) && server)
		printf(LABEL "process %d\n", "served by", server);
	for (i = 0; i < ARRAY_SIZE(shown); i++)
		print_key(xs, shown[i].of_guest ? dev->front : dev->back, shown[i].key,
			  shown[i].label);
	print_limits(dev);
	print_statistics(dev);
	free(name);
}

static void print_backend(void)
{
	char version[64];

	sys_first_line(sys_open("/sys/module/pvdrm_back/version"), version, sizeof(version));
	if (access(PVDRM_BACK_DEVICE, F_OK))
		puts("pvdrm-back: not loaded");
	else
		printf("pvdrm-back: loaded%s%s\n", *version ? ", version " : "", version);
}

static int show(struct xs_handle *xs, unsigned int self, int argc, char **argv)
{
	unsigned int guest, devid;
	int only = -1, ret = 0;

	if (argc > 1) {
		ret = domain_find(xs, argv[1], &guest);
		only = guest;
	}
	if (!ret && argc > 2) {
		if (parse_number(argv[2], VDRM_MAX_DEVID, &devid))
			return fail(VDRM_USAGE, "DEVID is a number from 0 to %d, not '%s'",
				    VDRM_MAX_DEVID, argv[2]);
		wanted_devid = devid;
	}
	if (ret)
		return ret;
	if (wanted_devid >= 0) {
		struct device dev;

		device_init(&dev, self, guest, wanted_devid);
		if (!device_exists(xs, &dev))
			return fail(VDRM_NO_DEVICE,
				    "domain %s has no device %d; vdrm list shows all", argv[1],
				    wanted_devid);
	} else {
		print_backend();
	}
	show_devices(xs, self, only, print_device);
	return 0;
}

int verb_info(int argc, char **argv)
{
	struct xs_handle *xs;
	unsigned int self;
	int ret;

	if (argc > 3)
		return fail(VDRM_USAGE, "usage: vdrm info [DOMAIN [DEVID]]");
	ret = store_open(&xs, &self);
	if (ret)
		return ret;
	ret = show(xs, self, argc, argv);
	xs_close(xs);
	return ret;
}
