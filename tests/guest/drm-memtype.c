// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-memtype: how a buffer's pages are cached in the program's page tables, as
 * the module memtype.ko of the tests sees them
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <drm.h>
#include <xf86drm.h>

#include "common.h"

#define PAGE	4096
#define PAGES	100

static const char *node = DEFAULT_NODE, *module = "/sys/kernel/debug/memtype";

static const char *kind_of(const volatile char *address)
{
	static char kind[16];
	int fd = open(module, O_RDWR | O_CLOEXEC);
	ssize_t n = -1;

	if (fd < 0)
		die("cannot open %s: %s", module, strerror(errno));
	if (write(fd, &address, sizeof(address)) == sizeof(address))
		n = read(fd, kind, sizeof(kind) - 1);
	close(fd);
	if (n < 0)
		die("%s: %s", module, strerror(errno));
	kind[n] = '\0';
	return kind;
}

/* All pages' kind, or "mixed" */
static const char *all_kinds(const volatile char *map)
{
	static char first[16];
	int i;

	for (i = 0; i < PAGES; i++) {
		(void)map[i * PAGE];
		if (!i)
			strcpy(first, kind_of(map));
		else if (strcmp(first, kind_of(map + i * PAGE)))
			return "mixed";
	}
	return first;
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "module", .text = &module, .help = "its file in debugfs" },
	};
	struct drm_mode_create_dumb dumb = { .width = PAGE / 4, .height = PAGES, .bpp = 32 };
	struct drm_mode_map_dumb offset = { 0 };
	char *map, own[PAGE] = "";
	int fd;

	parse_options(argc, argv, "Tell how a buffer's pages are cached.", options,
		      ARRAY_SIZE(options));
	fd = open_drm(node);
	if (drmIoctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb))
		die("MODE_CREATE_DUMB: %s", errno_name(errno));
	offset.handle = dumb.handle;
	if (drmIoctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &offset))
		die("MODE_MAP_DUMB: %s", errno_name(errno));
	map = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset.offset);
	if (map == MAP_FAILED)
		die("mmap: %s", errno_name(errno));
	check(!strcmp(kind_of(own), "wb"), "ordinary memory is cached");
	result("before it is touched: %s", kind_of(map + PAGE * (PAGES - 1)));
	result("a buffer that is read: %s", all_kinds(map));
	memset(map, 1, PAGES * PAGE);
	result("a buffer that is written: %s", all_kinds(map));
	if (mprotect(map, PAGES * PAGE, PROT_READ))
		die("mprotect: %s", errno_name(errno));
	result("a buffer that can only be read: %s", all_kinds(map));
	close(fd);
	return failures() != 0;
}
