// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-devices: the DRM devices as libdrm, and so Mesa, finds them
 *
 * In a guest every result line must be one that dom0 prints for the same GPU: ids,
 * class and bus. Addresses differ; that all there is to learn about one agrees, is
 * checked here.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <xf86drm.h>

#include "common.h"

#define MAX_DEVICES	64
#define TEXT		256

/* One line of a file in the folder of the node's device; empty if there is none */
static void read_attribute(const char *node, const char *name, char *text)
{
	char path[128];
	struct stat st;
	FILE *file;

	*text = '\0';
	if (stat(node, &st))
		return;
	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/device/%s", major(st.st_rdev),
		 minor(st.st_rdev), name);
	file = fopen(path, "r");
	if (!file)
		return;
	if (!fgets(text, TEXT, file))
		*text = '\0';
	text[strcspn(text, "\n")] = '\0';
	fclose(file);
}

/* Of a virtio GPU's node the device is the virtio one, on the PCI one. */
static void read_class(const char *node, char *text)
{
	read_attribute(node, "class", text);
	if (!*text)
		read_attribute(node, "../class", text);
}

static void check_unique(const char *node, const char *address)
{
	drmSetVersion version = { 1, 4, -1, -1 };
	char *unique;
	int fd = open_drm(node);

	/* Only a master may set it, which the first opener is. */
	if (!drmSetInterfaceVersion(fd, &version)) {
		unique = drmGetBusid(fd);
		info("%s: unique is %s", node, unique ? unique : "none");
		check(unique && !strncmp(unique, "pci:", 4) && !strcmp(unique + 4, address),
		      "GET_UNIQUE tells the address");
		drmFreeBusid(unique);
	} else {
		info("%s: somebody else is master: %s", node, strerror(errno));
	}
	close(fd);
}

/* The host's driver may not say it, and kernels before 6.5 do not. */
static void check_fdinfo(const char *node, const char *address)
{
	static const char key[] = "drm-pdev:";
	char path[64], line[TEXT];
	int fd = open_drm(node);
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, key, sizeof(key) - 1))
			if (!strstr(line, address))
				check(false, "%s at %s: %s", node, address, line);
	}
	if (file)
		fclose(file);
	close(fd);
}

static void show_pci(const drmDevice *device, const char *node)
{
	const drmPciBusInfo *bus = device->businfo.pci;
	const drmPciDeviceInfo *ids = device->deviceinfo.pci;
	char address[32], class[TEXT];

	snprintf(address, sizeof(address), "%04x:%02x:%02x.%u", bus->domain, bus->bus, bus->dev,
		 bus->func);
	read_class(node, class);
	result("pci %04x:%04x subsystem %04x:%04x revision %02x class %s", ids->vendor_id,
	       ids->device_id, ids->subvendor_id, ids->subdevice_id, ids->revision_id, class);
	info("%s is at %s", node, address);
	if (device->available_nodes & 1 << DRM_NODE_PRIMARY)
		check_unique(device->nodes[DRM_NODE_PRIMARY], address);
	check_fdinfo(node, address);
}

static void show_platform(const drmDevice *device, const char *node)
{
	char **compatible = device->deviceinfo.platform->compatible;

	result("platform");
	info("%s is %s", node, device->businfo.platform->fullname);
	while (compatible && *compatible)
		info("%s is compatible with %s", node, *compatible++);
}

static void show_device(const drmDevice *device)
{
	int kind = device->available_nodes & 1 << DRM_NODE_RENDER ? DRM_NODE_RENDER :
								    DRM_NODE_PRIMARY;
	const char *node = device->nodes[kind];
	drmVersionPtr version;
	int fd = open_drm(node);

	version = drmGetVersion(fd);
	check(version, "there is a version");
	close(fd);
	if (version)
		result("driver %.*s", version->name_len, version->name);
	drmFreeVersion(version);
	if (device->bustype == DRM_BUS_PCI)
		show_pci(device, node);
	else if (device->bustype == DRM_BUS_PLATFORM)
		show_platform(device, node);
	else
		result("bus type %d", device->bustype);
}

int main(int argc, char **argv)
{
	drmDevicePtr devices[MAX_DEVICES];
	int i, j, count, wanted = 0;
	const struct option_spec options[] = {
		{ "count", .number = &wanted, .help = "how many there must be (any number)" },
	};

	parse_options(argc, argv, "Print all DRM devices.", options, ARRAY_SIZE(options));
	/* With the flag it reads the revision, which wakes a sleeping GPU. */
	count = drmGetDevices2(DRM_DEVICE_GET_PCI_REVISION, devices, MAX_DEVICES);
	if (count < 0)
		die("drmGetDevices2: %s", strerror(-count));
	if (wanted)
		check(count == wanted, "%d devices, %d wanted", count, wanted);
	for (i = 0; i < count; i++) {
		show_device(devices[i]);
		for (j = 0; j < i; j++)
			check(!drmDevicesEqual(devices[i], devices[j]),
			      "devices %d and %d are two", j, i);
	}
	drmFreeDevices(devices, count);
	return failures() != 0;
}
