// SPDX-License-Identifier: GPL-2.0-only
/*
 * buffer.c: a buffer's life: made, mapped, touched, closed
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <drm.h>
#include <virtgpu_drm.h>

#include "bench.h"
#include "common.h"

#define SIDE		128		/* pixels: a buffer of 16 pages */
#define TOUCH_SIDE	4096		/* of 64 MiB */
#define PARAMETERS	"/sys/module/pvdrm_front/parameters/"

static __u64 create_buffer(__u32 side, __u32 *handle)
{
	struct drm_virtgpu_resource_create make = {
		.target = 2, .format = 1, .bind = 2, .width = side, .height = side, .depth = 1,
		.array_size = 1, .size = BUFFER_BYTES(side),
	};
	struct drm_mode_create_dumb dumb = { .width = side, .height = side, .bpp = 32 };
	struct drm_mode_map_dumb dumb_map = { 0 };
	struct drm_virtgpu_map map = { 0 };

	if (virtio) {
		must("RESOURCE_CREATE", ioctl(fd, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, &make));
		*handle = make.bo_handle;
		map.handle = make.bo_handle;
		must("MAP", ioctl(fd, DRM_IOCTL_VIRTGPU_MAP, &map));
		return map.offset;
	}
	must("MODE_CREATE_DUMB", ioctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb));
	*handle = dumb.handle;
	dumb_map.handle = dumb.handle;
	must("MODE_MAP_DUMB", ioctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &dumb_map));
	return dumb_map.offset;
}

static char *map_buffer(size_t size, __u64 offset)
{
	char *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);

	must("mmap", map == MAP_FAILED ? -1 : 0);
	return map;
}

void run_buffer(void)
{
	const size_t size = BUFFER_BYTES(SIDE);
	struct drm_gem_close gem = { 0 };
	char *map = map_buffer(size, create_buffer(SIDE, &gem.handle));

	memset(map, 0x5a, size);
	munmap(map, size);
	must("GEM_CLOSE", ioctl(fd, DRM_IOCTL_GEM_CLOSE, &gem));
}

void make_object(struct object *new, __u32 side)
{
	new->size = BUFFER_BYTES(side);
	new->offset = create_buffer(side, &new->gem.handle);
	new->map = map_buffer(new->size, new->offset);
	memset(new->map, 0x5a, new->size);
}

void free_object(struct object *old)
{
	if (old->map)
		munmap(old->map, old->size);
	must("GEM_CLOSE", ioctl(fd, DRM_IOCTL_GEM_CLOSE, &old->gem));
}

static struct object object;

void close_object(void)
{
	free_object(&object);
}

bool set_up_touch(void)
{
	make_object(&object, TOUCH_SIDE);
	munmap(object.map, object.size);
	object.map = NULL;
	return true;
}

/* Page by page, in order */
void run_touch(void)
{
	volatile char *map = map_buffer(object.size, object.offset);
	size_t i;

	for (i = 0; i < object.size; i += PAGE)
		map[i] = 1;
	munmap((void *)map, object.size);
}

/* In dom0 there are none: nothing is in between that would wait, or keep buffers. */
static void set_parameter(const char *path, bool on)
{
	int file = open(path, O_WRONLY | O_CLOEXEC);

	if (file < 0)
		return;
	must(path, write(file, on ? "1" : "0", 1));
	close(file);
}

bool set_up_waited(void)
{
	set_parameter(PARAMETERS "async", false);
	return true;
}

void clean_up_waited(void)
{
	set_parameter(PARAMETERS "async", true);
}

bool set_up_kept(void)
{
	set_parameter(PARAMETERS "cache", true);
	return true;
}

void clean_up_kept(void)
{
	set_parameter(PARAMETERS "cache", false);
}

void run_handle(void)
{
	struct drm_gem_close gem = { 0 };

	create_buffer(SIDE, &gem.handle);
	must("GEM_CLOSE", ioctl(fd, DRM_IOCTL_GEM_CLOSE, &gem));
}
