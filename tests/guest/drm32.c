// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the programs need of libdrm, for those that are built for 32 bits: its package
 * has no library for them.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <xf86drm.h>

int drmIoctl(int fd, unsigned long request, void *arg)
{
	int ret;

	do {
		ret = ioctl(fd, request, arg);
	} while (ret < 0 && (errno == EINTR || errno == EAGAIN));
	return ret;
}

int drmCommandWriteRead(int fd, unsigned long nr, void *data, unsigned long size)
{
	unsigned long request = DRM_IOC(DRM_IOC_READ | DRM_IOC_WRITE, DRM_IOCTL_BASE,
					DRM_COMMAND_BASE + nr, size);

	return drmIoctl(fd, request, data) ? -errno : 0;
}

static char *text(size_t len)
{
	return calloc(1, len + 1);
}

drmVersionPtr drmGetVersion(int fd)
{
	struct drm_version version = { 0 };

	if (drmIoctl(fd, DRM_IOCTL_VERSION, &version))
		return NULL;
	version.name = text(version.name_len);
	version.date = text(version.date_len);
	version.desc = text(version.desc_len);
	if (!version.name || !version.date || !version.desc ||
	    drmIoctl(fd, DRM_IOCTL_VERSION, &version))
		return NULL;

	drmVersionPtr result = calloc(1, sizeof(*result));

	if (!result)
		return NULL;
	result->version_major = version.version_major;
	result->version_minor = version.version_minor;
	result->version_patchlevel = version.version_patchlevel;
	result->name = version.name;
	result->date = version.date;
	result->desc = version.desc;
	result->name_len = version.name_len;
	result->date_len = version.date_len;
	result->desc_len = version.desc_len;
	return result;
}

void drmFreeVersion(drmVersionPtr version)
{
	if (!version)
		return;
	free(version->name);
	free(version->date);
	free(version->desc);
	free(version);
}
