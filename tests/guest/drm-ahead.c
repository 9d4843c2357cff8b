// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-ahead: map a buffer again and again, and touch it or not
 *
 * The counters of pvdrm-front tell which of these mappings came with their first pages.
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

static const char *node = DEFAULT_NODE;
static int maps = 20, pages = 16, failing;
static bool touching;
static int fd;
static __u64 offset;

static void create(void)
{
	struct drm_mode_create_dumb dumb = { .width = PAGE / 4, .height = pages, .bpp = 32 };
	struct drm_mode_map_dumb map = { 0 };

	if (drmIoctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb))
		die("MODE_CREATE_DUMB: %s", errno_name(errno));
	map.handle = dumb.handle;
	if (drmIoctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &map))
		die("MODE_MAP_DUMB: %s", errno_name(errno));
	offset = map.offset;
}

static __u32 word(int round, int page)
{
	return 0x5a000000u + round * 0x1000u + page;
}

/* Each mapping shows what the one before has written, and writes something else. */
static int look(volatile __u32 *words, int round)
{
	int wrong = 0;

	for (int i = 0; i < pages; i++) {
		wrong += words[i * PAGE / 4] != (round ? word(round - 1, i) : 0);
		words[i * PAGE / 4] = word(round, i);
	}
	return wrong;
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "maps", .number = &maps, .help = "mappings, one after the other (20)" },
		{ "pages", .number = &pages, .help = "of the buffer (16)" },
		{ "fail", .number = &failing, .help = "of more than the buffer, which fail, before (0)" },
		{ "touch", .flag = &touching, .help = "touch each page of each" },
	};
	int wrong = 0;
	void *at;

	parse_options(argc, argv, "Map a buffer again and again.", options, ARRAY_SIZE(options));
	fd = open(node, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		die("cannot open %s: %s", node, errno_name(errno));
	create();
	for (int i = 0; i < failing; i++)
		wrong += mmap(NULL, 2 * pages * PAGE, PROT_READ, MAP_SHARED, fd, offset) != MAP_FAILED;
	check(!wrong, "%d mappings fail, but for %d", failing, wrong);
	for (int i = 0; i < maps; i++) {
		at = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
		if (at == MAP_FAILED)
			die("mmap: %s", errno_name(errno));
		if (touching)
			wrong += look(at, i);
		munmap(at, pages * PAGE);
	}
	check(!wrong, "%d mappings of %d pages: %d pages were wrong", maps, pages, wrong);
	return wrong != 0;
}
