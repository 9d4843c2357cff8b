// SPDX-License-Identifier: GPL-2.0-only
/*
 * vdrm check in the domain that owns the GPU
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <drm.h>

#include "check.h"
#include "config.h"
#include "pvdrm_back.h"

#define GRANT_FRAMES	64	/* Xen's default */
#define USUAL_MAPS	1048576	/* packaging/sysctl.conf */
#define FRAME_MIB	2	/* of 4096-byte pages that 512 grants lend */

static void check_grants(void)
{
	char text[64];
	FILE *file = popen("PATH=$PATH:/usr/sbin:/sbin xenhypfs cat /params/gnttab_max_frames 2>/dev/null",
			   "re");
	int frames = file && fgets(text, sizeof(text), file) ? atoi(text) : 0;

	if (file)
		pclose(file);
	if (frames <= 0)
		report(NOTE, "gnttab_max_frames is not known: xenhypfs of Xen's tools would show it");
	else if (frames <= GRANT_FRAMES)
		report(NOTE, "gnttab_max_frames=%d: all guests together can have %d MiB mapped; for more, add gnttab_max_frames=2048 to Xen's command line",
		       frames, frames * FRAME_MIB);
	else
		report(FOUND, "gnttab_max_frames=%d", frames);
}

/* A process here has all mappings of a guest. */
static void check_maps(void)
{
	char text[32];
	long maps;

	sys_first_line(sys_open("/proc/sys/vm/max_map_count"), text, sizeof(text));
	maps = atol(text);
	if (maps < USUAL_MAPS)
		report(NOTE, "vm.max_map_count=%ld: all programs of a guest together can have so many mappings of a GPU's buffers; sysctl -w vm.max_map_count=%d allows more",
		       maps, USUAL_MAPS);
	else
		report(FOUND, "vm.max_map_count=%ld", maps);
}

static void check_module(void)
{
	if (!sys_exists(PVDRM_BACK_DEVICE))
		report(MISSING, "pvdrm-back is not loaded: modprobe pvdrm-back; if there is no such module, install pvdrm-dkms and the headers of this kernel");
	else if (!sys_exists(BACK_DEBUGFS))
		report(NOTE, "vdrm info and vdrm metrics have no counters: mount -t debugfs none /sys/kernel/debug");
	else
		report(FOUND, "pvdrm-back");
}

/* Those of src/back/drivers */
static bool has_table(const char *driver)
{
	static const char * const drivers[] = {
		"amdgpu", "etnaviv", "i915", "nouveau", "panfrost", "panthor", "radeon", "v3d",
		"vgem", "virtio_gpu", "xe",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(drivers); i++)
		if (!strcmp(driver, drivers[i]))
			return true;
	return false;
}

/* docs/isolation.md; of i915 only old GPUs, which pvdrm-back finds out itself */
static bool is_refused(const char *driver)
{
	char allowed[8];

	if (strcmp(driver, "nouveau") && strcmp(driver, "radeon"))
		return false;
	sys_first_line(sys_open("/sys/module/pvdrm_back/parameters/allow_unisolated"), allowed,
		       sizeof(allowed));
	return strcmp(allowed, "Y");
}

static bool check_driver(const char *path, const char *driver)
{
	if (!has_table(driver)) {
		report(NOTE, "%s: pvdrm-back has no table for the driver %s", path, driver);
		return false;
	}
	if (is_refused(driver)) {
		report(NOTE, "%s: guests could read each other's memory by the driver %s: pvdrm-back shares it only with its parameter allow_unisolated=1",
		       path, driver);
		return false;
	}
	report(FOUND, "%s: %s", path, driver);
	return true;
}

static bool check_node(const char *name)
{
	char path[SYS_PATH], driver[32] = "";
	struct drm_version version = { .name = driver, .name_len = sizeof(driver) - 1 };
	int fd, ret;

	snprintf(path, sizeof(path), "%s/dev/dri/%s", sys_root, name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	ret = fd < 0 ? fd : ioctl(fd, DRM_IOCTL_VERSION, &version);
	if (ret)
		report(NOTE, "%s cannot be used: %m", path);
	if (fd >= 0)
		close(fd);
	return !ret && check_driver(path, driver);
}

static void check_nodes(void)
{
	DIR *dir = sys_dir("/dev/dri");
	struct dirent *entry;
	unsigned int usable = 0;

	while (dir && (entry = readdir(dir)))
		if (!strncmp(entry->d_name, "renderD", 7))
			usable += check_node(entry->d_name);
	if (dir)
		closedir(dir);
	if (!usable)
		report(MISSING, "no GPU that can be shared: load its driver; vdrm(8) lists the drivers");
}

static void check_device(struct xs_handle *xs, const struct device *dev, void *data)
{
	int back = device_state(xs, dev->back), front = device_state(xs, dev->front);
	char *error = store_read(xs, XBT_NULL, dev->back, XENDRM_KEY_ERROR);
	char *name = domain_name(xs, dev->guest);
	char which[128];

	(void)data;
	snprintf(which, sizeof(which), "device %u of domain %u (%s)", dev->devid, dev->guest,
		 name ? name : "gone");
	if (!lock_held(dev, NULL))
		report(MISSING, "%s is not served: vdrm detach %u %u, then attach it again", which,
		       dev->guest, dev->devid);
	else if (back == STATE_CLOSED)
		report(MISSING, "%s was closed (%s): vdrm detach %u %u, then attach it again", which,
		       error ? error : "no reason given", dev->guest, dev->devid);
	else if (front <= STATE_INITIALISING)
		report(MISSING, "%s waits for the guest: load pvdrm-front there, of the package pvdrm-dkms",
		       which);
	else if (back != STATE_CONNECTED || front != STATE_CONNECTED)
		report(NOTE, "%s is not connected now: see vdrm list", which);
	else
		report(FOUND, "%s is connected", which);
	free(error);
	free(name);
}

static void check_daemon(void)
{
	struct config config;
	int broken = config_read(&config, VDRM_CONFIG_DIR);
	const char *s = config.count == 1 ? "" : "s";

	if (broken || config.errors)
		report(MISSING, "the configuration has mistakes: see above, and pvdrm.conf(5)");
	else if (!config.count)
		report(FOUND, "nothing is configured in " VDRM_CONFIG_DIR);
	else if (lock_file_held(DAEMON_LOCK, NULL))
		report(FOUND, "%u configured device%s, and the daemon runs", config.count, s);
	else
		report(MISSING, "%u configured device%s, but the daemon does not run: systemctl enable --now vdrmd",
		       config.count, s);
	config_free(&config);
}

/*
 * @xs: NULL if xenstore cannot be reached
 * @xen: its version, 421 for 4.21; 0: unknown
 */
void check_host(struct xs_handle *xs, unsigned int self, int xen)
{
	static const char * const options[] = {
		"CONFIG_XEN", "CONFIG_XEN_BACKEND", "CONFIG_DRM", "CONFIG_MMU_NOTIFIER",
	};

	if (xen && (xen < 414 || xen > 421))
		report(NOTE, "guests cannot map VRAM: that takes Xen 4.14 to 4.21");
	check_grants();
	check_maps();
	check_kernel(options, ARRAY_SIZE(options));
	check_module();
	check_nodes();
	check_daemon();
	if (xs)
		devices_each(xs, self, -1, check_device, NULL);
}
