// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-maps: several processes, each with thousands of mappings at the same time
 *
 * As many as Linux allows a process do not count for others.
 */
#include <errno.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <virtgpu_drm.h>

#include "common.h"

#define PAGE	4096

static const char *node = DEFAULT_NODE;
static int processes = 5, maps = 14000;

static __u64 make_buffer(int fd)
{
	struct drm_virtgpu_resource_create make = {
		.target = 2, .format = 1, .bind = 2, .width = 32, .height = 32, .depth = 1,
		.array_size = 1, .size = PAGE,
	};
	struct drm_virtgpu_map map = { 0 };

	if (ioctl(fd, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, &make))
		die("RESOURCE_CREATE: %s", errno_name(errno));
	map.handle = make.bo_handle;
	if (ioctl(fd, DRM_IOCTL_VIRTGPU_MAP, &map))
		die("MAP: %s", errno_name(errno));
	return map.offset;
}

/* All of the same page: neighbours do not continue each other, so Linux cannot join them. */
static int map_many(int fd, __u64 offset)
{
	__u32 *last = MAP_FAILED;
	int n;

	for (n = 0; n < maps; n++) {
		last = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
		if (last == MAP_FAILED)
			break;
	}
	if (n == maps)
		*last = 1;
	return n;
}

/* Says how many it has, and ends when @wait does. */
static void run(int say, int wait)
{
	int fd = open_drm(node), got = map_many(fd, make_buffer(fd));
	char byte;

	if (write(say, &got, sizeof(got)) != sizeof(got) || read(wait, &byte, 1))
		_exit(1);
	_exit(0);
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "processes", .number = &processes, .help = "at the same time (5)" },
		{ "maps", .number = &maps, .help = "of each (14000)" },
	};
	int say[2], wait_for[2], i, got, all = 0;

	parse_options(argc, argv, "Map a page thousands of times in several processes.", options,
		      ARRAY_SIZE(options));
	if (pipe(say) || pipe(wait_for))
		die("no pipe");
	for (i = 0; i < processes; i++) {
		if (fork())
			continue;
		close(wait_for[1]);
		run(say[1], wait_for[0]);
	}
	for (i = 0; i < processes && read(say[0], &got, sizeof(got)) == sizeof(got); i++)
		all += got;
	close(wait_for[1]);
	while (wait(NULL) > 0)
		;
	result("%d processes: %d mappings at the same time", processes, all);
	check(all == processes * maps, "as many as wanted");
	return failures() != 0;
}
