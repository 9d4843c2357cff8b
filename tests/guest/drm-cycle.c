// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-cycle: open a DRM node, call an ioctl, close it; thousands of times
 *
 * Afterwards nothing may be left on either side: the caller compares grants,
 * files and memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <drm.h>
#include <virtgpu_drm.h>
#include <xf86drm.h>

#include "common.h"

#define SIDE	64	/* pixels */

static const char *node = DEFAULT_NODE;
static int count = 10000, processes = 1;
static bool buffers;

/* Makes a buffer that's in use, or mapped, when the file is closed. */
static int make_buffer(int fd, bool virtio, void **map)
{
	struct drm_mode_create_dumb dumb = { .width = SIDE, .height = SIDE, .bpp = 32 };
	struct drm_mode_map_dumb where = { 0 };
	struct drm_virtgpu_resource_create make = {
		.target = 2, .format = 1, .bind = 2, .width = SIDE, .height = SIDE, .depth = 1,
		.array_size = 1, .size = SIDE * SIDE * 4,
	};
	struct drm_virtgpu_map virtio_where = { 0 };
	__u64 offset;

	if (virtio) {
		if (ioctl(fd, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, &make))
			return errno;
		virtio_where.handle = make.bo_handle;
		if (ioctl(fd, DRM_IOCTL_VIRTGPU_MAP, &virtio_where))
			return errno;
		offset = virtio_where.offset;
	} else {
		if (ioctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb))
			return errno;
		where.handle = dumb.handle;
		if (ioctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &where))
			return errno;
		offset = where.offset;
	}
	*map = mmap(NULL, SIDE * SIDE * 4, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
	return *map == MAP_FAILED ? errno : 0;
}

static int cycle(bool virtio)
{
	struct drm_get_cap cap = { .capability = DRM_CAP_PRIME };
	void *map = NULL;
	int error, fd = open(node, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return errno;
	error = ioctl(fd, DRM_IOCTL_GET_CAP, &cap) ? errno : 0;
	if (!error && buffers)
		error = make_buffer(fd, virtio, &map);
	if (!error && buffers)
		memset(map, 0x5a, SIDE * SIDE * 4);
	if (close(fd) && !error)
		error = errno;
	/* The mapping outlives the file's descriptor. */
	if (map && map != MAP_FAILED && (((unsigned char *)map)[17] != 0x5a ||
					 munmap(map, SIDE * SIDE * 4)))
		error = EIO;
	return error;
}

static int run(bool virtio)
{
	int i, error;

	for (i = 0; i < count; i++) {
		error = cycle(virtio);
		if (error) {
			info("cycle %d: %s", i, errno_name(error));
			return 1;
		}
	}
	return 0;
}

static bool is_virtio(void)
{
	int fd = open_drm(node);
	drmVersionPtr version;
	bool virtio;

	version = drmGetVersion(fd);
	virtio = version && !strcmp(version->name, "virtio_gpu");
	drmFreeVersion(version);
	close(fd);
	return virtio;
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "count", .number = &count, .help = "cycles of each process (10000)" },
		{ "processes", .number = &processes, .help = "at once (1)" },
		{ "buffers", .flag = &buffers, .help = "make and map a buffer in each" },
	};
	int i, status, bad = 0;
	bool virtio;
	double begin;

	parse_options(argc, argv, "Open, use and close a DRM node many times.", options,
		      ARRAY_SIZE(options));
	virtio = is_virtio();
	begin = now();
	for (i = 0; i < processes; i++)
		if (!fork())
			_exit(run(virtio));
	while (wait(&status) > 0)
		bad += status != 0;
	check(!bad, "%d cycles in each of %d processes%s", count, processes,
	      buffers ? ", with buffers" : "");
	if (count)
		info("%.4f ms a cycle", (now() - begin) / count);
	return failures() != 0;
}
