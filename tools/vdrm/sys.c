// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel and pvdrm-back show in files
 */
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sys.h"

#define BACK_SYSFS	"/sys/bus/xen-backend/devices/" XENDRM_DEVICE_TYPE "-%u-%u"
#define LIMITS		BACK_SYSFS "/limits"

/* Before each path; the tests have a folder of their own. */
const char *sys_root = "";

static void make_path(char path[SYS_PATH], const char *format, va_list args)
{
	int length = snprintf(path, SYS_PATH, "%s", sys_root);

	vsnprintf(path + length, SYS_PATH - length, format, args);
}

/* NULL: it cannot be read. The caller closes it. */
FILE *sys_open(const char *format, ...)
{
	char path[SYS_PATH];
	va_list args;

	va_start(args, format);
	make_path(path, format, args);
	va_end(args);
	return fopen(path, "re");
}

/* As opendir() */
DIR *sys_dir(const char *name)
{
	char path[SYS_PATH];

	snprintf(path, sizeof(path), "%s%s", sys_root, name);
	return opendir(path);
}

bool sys_exists(const char *format, ...)
{
	char path[SYS_PATH];
	va_list args;

	va_start(args, format);
	make_path(path, format, args);
	va_end(args);
	return !access(path, F_OK);
}

/* Closes @file, which may be NULL; without a line @to is empty. */
bool sys_first_line(FILE *file, char *to, size_t size)
{
	bool found = file && fgets(to, size, file);

	if (file)
		fclose(file);
	to[found ? strcspn(to, "\n") : 0] = '\0';
	return found;
}

/* From pvdrm-back, which knows the defaults, too */
bool limit_read(const struct device *dev, int which, struct limit *limit)
{
	static const char * const files[NR_LIMITS] = {
		[LIMIT_FILES]		= "files",
		[LIMIT_INFLIGHT]	= "inflight",
		[LIMIT_BUFFER_BYTES]	= "buffer_bytes",
		[LIMIT_MAPPED_BYTES]	= "mapped_bytes",
		[LIMIT_GRANTED_BYTES]	= "granted_bytes",
		[LIMIT_OBJECTS]		= "objects",
		[LIMIT_HANGS]		= "hangs",
		[LIMIT_WEIGHT]		= "weight",
		[LIMIT_CAP]		= "cap",
	};
	char text[80];

	return sys_first_line(sys_open(LIMITS "/%s", dev->guest, dev->devid, files[which]), text,
			      sizeof(text)) &&
	       sscanf(text, "%llu %llu %llu", &limit->used, &limit->max, &limit->peak) == 3;
}

static bool gpu_number(const struct device *dev, const char *file, unsigned long long *value)
{
	char text[32];

	return sys_first_line(sys_open(BACK_SYSFS "/gpu/%s", dev->guest, dev->devid, file), text,
			      sizeof(text)) &&
	       sscanf(text, "%llu", value) == 1;
}

/* Zeroes, if it is not known */
bool gpu_read(const struct device *dev, struct gpu_use *use)
{
	if (gpu_number(dev, "time_ns", &use->time_ns) &&
	    gpu_number(dev, "submissions", &use->submissions) &&
	    gpu_number(dev, "inflight", &use->inflight))
		return true;
	*use = (struct gpu_use){ 0 };
	return false;
}

/* One line for each counter, NAME: VALUE; NULL: there are none. */
FILE *counters_open(const struct device *dev)
{
	return sys_open(BACK_DEBUGFS "/%u-%u/stats", dev->guest, dev->devid);
}
