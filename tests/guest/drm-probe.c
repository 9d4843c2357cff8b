// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-probe: what a DRM node says of itself, in a form to be compared
 *
 * In a guest every result line must be the one that dom0 prints for the same
 * node: identity, capabilities, parameters, capability sets.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <drm.h>
#include <virtgpu_drm.h>
#include <xf86drm.h>

#include "common.h"

#define MAX_DEVICES	64
#define MAX_CAPSET	8
#define CAPSET_BYTES	4096

static const char *node = DEFAULT_NODE;

/* What drmGetDevices2() finds is what Vulkan and EGL can find. */
static void probe_enumeration(void)
{
	drmDevicePtr devices[MAX_DEVICES];
	int i, kind, mine = -1, count = drmGetDevices2(0, devices, MAX_DEVICES);
	struct stat wanted, st;

	if (stat(node, &wanted))
		die("%s: %s", node, strerror(errno));
	for (i = 0; i < count; i++)
		for (kind = 0; kind < DRM_NODE_MAX; kind++)
			if (devices[i]->available_nodes & (1 << kind) &&
			    !stat(devices[i]->nodes[kind], &st) && st.st_rdev == wanted.st_rdev)
				mine = i;
	check(mine >= 0, "drmGetDevices2 finds the node");
	if (mine >= 0) {
		info("devices %d, bus type %d", count, devices[mine]->bustype);
		result("nodes%s%s", devices[mine]->available_nodes & 1 << DRM_NODE_PRIMARY ?
		       " primary" : "",
		       devices[mine]->available_nodes & 1 << DRM_NODE_RENDER ? " render" : "");
	}
	if (count > 0)
		drmFreeDevices(devices, count);
}

static void probe_version(int fd, char *name, size_t size)
{
	drmVersionPtr version = drmGetVersion(fd);

	if (!version)
		die("%s: drmGetVersion: %s", node, strerror(errno));
	snprintf(name, size, "%.*s", version->name_len, version->name);
	result("driver %s", name);
	result("version %d.%d.%d", version->version_major, version->version_minor,
	       version->version_patchlevel);
	result("description %.*s", version->desc_len, version->desc);
	result("date %.*s", version->date_len, version->date);
	drmFreeVersion(version);
}

/* More numbers than there are: unknown ones must fail alike, too. */
static void probe_caps(int fd)
{
	struct drm_get_cap cap = { 0 };

	for (; cap.capability < 0x20; cap.capability++) {
		cap.value = 0;
		if (drmIoctl(fd, DRM_IOCTL_GET_CAP, &cap))
			result("cap 0x%llx %s", cap.capability, errno_name(errno));
		else
			result("cap 0x%llx = %llu", cap.capability, cap.value);
	}
}

static void probe_params(int fd)
{
	struct drm_virtgpu_getparam get;
	int value;

	for (get.param = 0; get.param < 16; get.param++) {
		value = 0;
		get.value = (unsigned long)&value;
		if (drmIoctl(fd, DRM_IOCTL_VIRTGPU_GETPARAM, &get))
			result("param %llu %s", get.param, errno_name(errno));
		else
			result("param %llu = %d", get.param, value);
	}
}

static void probe_capsets(int fd)
{
	static unsigned char data[CAPSET_BYTES];
	struct drm_virtgpu_get_caps get = { .addr = (unsigned long)data, .size = sizeof(data) };

	for (get.cap_set_id = 0; get.cap_set_id < MAX_CAPSET; get.cap_set_id++) {
		memset(data, 0, sizeof(data));
		get.cap_set_ver = 0;
		if (drmIoctl(fd, DRM_IOCTL_VIRTGPU_GET_CAPS, &get))
			result("capability set %u %s", get.cap_set_id, errno_name(errno));
		else
			result("capability set %u hash %016llx", get.cap_set_id,
			       hash(HASH_START, data, sizeof(data)));
	}
}

static void probe_node(int fd)
{
	char *render = drmGetRenderDeviceNameFromFd(fd);
	struct stat st;

	result("type %s", drmGetNodeTypeFromFd(fd) == DRM_NODE_RENDER ? "render" : "primary");
	check(render && !stat(render, &st), "the render node can be found from the file");
	free(render);
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
	};
	char driver[64];
	int fd;

	parse_options(argc, argv, "Print what a DRM node says of itself.", options,
		      ARRAY_SIZE(options));
	probe_enumeration();
	fd = open_drm(node);
	probe_node(fd);
	probe_version(fd, driver, sizeof(driver));
	probe_caps(fd);
	if (!strcmp(driver, "virtio_gpu")) {
		probe_params(fd);
		probe_capsets(fd);
	}
	close(fd);
	return failures() != 0;
}
