// SPDX-License-Identifier: GPL-2.0-only
/*
 * DRM nodes, found through sysfs: opening a card node just to look at it would
 * make us DRM master.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "vdrm.h"

#define DRM_MAJOR	226

static bool is_drm(const struct stat *st)
{
	char path[64];

	if (!S_ISCHR(st->st_mode) || major(st->st_rdev) != DRM_MAJOR)
		return false;
	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u", major(st->st_rdev), minor(st->st_rdev));
	return !access(path, F_OK);
}

/* By name, since the kernel gives minors above 191 to either kind. */
static enum node_kind kind_of(const struct stat *st)
{
	char path[64], target[PATH_MAX];
	const char *name;
	ssize_t length;

	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u", major(st->st_rdev), minor(st->st_rdev));
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return NODE_ANY;
	target[length] = '\0';
	name = strrchr(target, '/');
	return name && !strncmp(name, "/renderD", 8) ? NODE_RENDER : NODE_PRIMARY;
}

bool node_is_render(const char *path)
{
	struct stat st;

	return !stat(path, &st) && is_drm(&st) && kind_of(&st) == NODE_RENDER;
}

/* A PCI address, as in 0000:03:00.0 */
bool node_is_address(const char *text)
{
	static const char form[] = "hhhh:hh:hh.f";
	size_t i;

	for (i = 0; form[i]; i++)
		if (form[i] == 'h' ? !isxdigit((unsigned char)text[i]) :
		    form[i] == 'f' ? text[i] < '0' || text[i] > '7' : text[i] != form[i])
			return false;
	return !text[i];
}

/* Whether it can name a device at all; what there is, only its own domain knows. */
bool node_is_named(const char *text)
{
	return text[0] == '/' || node_is_address(text);
}

/* Whether @address is the last one in a device's path in sysfs; bridges come first. */
static bool is_at(const char *device, const char *address)
{
	char path[PATH_MAX], *slash;

	if (!realpath(device, path))
		return false;
	while ((slash = strrchr(path, '/'))) {
		if (node_is_address(slash + 1))
			return !strcasecmp(slash + 1, address);
		*slash = '\0';
	}
	return false;
}

/* The node of the PCI device @address whose name begins with @prefix */
static bool find_address(const char *address, const char *prefix, char *node, size_t size)
{
	DIR *dir = opendir("/sys/class/drm");
	char path[PATH_MAX];
	struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir))) {
		/* Connectors are named card0-DP-1. */
		if (strncmp(entry->d_name, prefix, strlen(prefix)) || strchr(entry->d_name, '-'))
			continue;
		snprintf(path, sizeof(path), "/sys/class/drm/%s/device", entry->d_name);
		found = is_at(path, address) &&
			(size_t)snprintf(node, size, "/dev/dri/%s", entry->d_name) < size;
	}
	if (dir)
		closedir(dir);
	return found;
}

/* The same device's node of the other kind */
static bool find_sibling(const struct stat *st, const char *prefix, char *node, size_t size)
{
	char path[64];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/device/drm", major(st->st_rdev),
		 minor(st->st_rdev));
	dir = opendir(path);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, prefix, strlen(prefix)))
			continue;
		found = (size_t)snprintf(node, size, "/dev/dri/%s", entry->d_name) < size;
	}
	closedir(dir);
	return found && !access(node, F_OK);
}

static int check_access(const char *path)
{
	if (!access(path, R_OK | W_OK))
		return 0;
	return fail(errno == EACCES ? VDRM_NO_PERMISSION : VDRM_ERROR, "cannot open %s: %s", path,
		    strerror(errno));
}

/*
 * Finds the node to share when the user names @path, or a PCI address. Unless told otherwise
 * that's the render node: it can do no more than what's forwarded anyway, and
 * takes nothing from dom0's own display.
 */
int node_resolve(const char *path, enum node_kind kind, char *node, size_t size)
{
	char at[PATH_MAX];
	struct stat st;
	bool found;

	if (node_is_address(path)) {
		if (!find_address(path, "renderD", at, sizeof(at)) &&
		    !find_address(path, "card", at, sizeof(at)))
			return fail(VDRM_NO_NODE, "%s: no DRM device has this PCI address", path);
		path = at;
	}
	if (stat(path, &st))
		return fail(errno == EACCES ? VDRM_NO_PERMISSION : VDRM_NO_NODE, "%s: %s", path,
			    strerror(errno));
	if (!is_drm(&st))
		return fail(VDRM_NOT_DRM,
			    "%s is no DRM node; those are /dev/dri/card* and renderD*", path);
	if (path[0] != '/')
		return fail(VDRM_USAGE, "%s: give the whole path, from / on", path);
	found = kind_of(&st) != (kind == NODE_PRIMARY ? NODE_PRIMARY : NODE_RENDER) &&
		find_sibling(&st, kind == NODE_PRIMARY ? "card" : "renderD", node, size);
	if (found)
		return check_access(node);
	if (kind != NODE_ANY && kind_of(&st) != kind)
		return fail(VDRM_NO_NODE, "%s: this device has no %s node", path,
			    kind == NODE_RENDER ? "render" : "primary");
	if ((size_t)snprintf(node, size, "%s", path) >= size)
		return fail(VDRM_NO_NODE, "%s: the path is too long", path);
	return check_access(node);
}
