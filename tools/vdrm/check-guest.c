// SPDX-License-Identifier: GPL-2.0-only
/*
 * vdrm check in a guest
 */
#include <stdio.h>
#include <string.h>

#include "check.h"

#define FRONTENDS	"/sys/bus/xen/devices"
#define PREFIX		XENDRM_DEVICE_TYPE "-"

static void check_module(void)
{
	if (sys_exists("/sys/module/pvdrm_front"))
		report(FOUND, "pvdrm-front");
	else
		report(MISSING, "pvdrm-front is not loaded: modprobe pvdrm-front; if there is no such module, install pvdrm-dkms and the headers of this kernel");
}

static void check_device(const char *name)
{
	char state[32];

	sys_first_line(sys_open(FRONTENDS "/%s/state", name), state, sizeof(state));
	if (!strcmp(state, "Connected"))
		report(FOUND, "device %s", name + strlen(PREFIX));
	else
		report(MISSING, "device %s is %s, not connected: vdrm list in dom0, and dmesg here, say why",
		       name + strlen(PREFIX), *state ? state : "in an unknown state");
}

static void check_devices(void)
{
	unsigned int count = 0;
	struct dirent *entry;
	DIR *dir = sys_dir(FRONTENDS);

	while (dir && (entry = readdir(dir)))
		if (!strncmp(entry->d_name, PREFIX, strlen(PREFIX))) {
			check_device(entry->d_name);
			count++;
		}
	if (dir)
		closedir(dir);
	if (!count)
		report(MISSING, "no device is attached to this guest: run vdrm attach in dom0");
}

void check_guest(void)
{
	static const char * const options[] = {
		"CONFIG_XEN", "CONFIG_XEN_XENBUS_FRONTEND", "CONFIG_DRM",
	};

	check_kernel(options, ARRAY_SIZE(options));
	check_module();
	check_devices();
}
