// SPDX-License-Identifier: GPL-2.0-only
/*
 * The buffers of drm-cache, by whichever driver there is: see cache.h
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <drm.h>
#include <virtgpu_drm.h>
#include <xf86drm.h>

#include "cache.h"
#include "common.h"

const char *node = DEFAULT_NODE;
bool virtio;

void find_driver(int fd)
{
	drmVersionPtr version = drmGetVersion(fd);

	virtio = version && !strcmp(version->name, "virtio_gpu");
	drmFreeVersion(version);
}

static size_t size_of(const struct buffer *b)
{
	return (size_t)b->side * b->side * 4;
}

static size_t words(const struct buffer *b)
{
	return size_of(b) / 4;
}

int make(struct buffer *b, int fd, int side)
{
	struct drm_mode_create_dumb dumb = { .width = side, .height = side, .bpp = 32 };
	struct drm_virtgpu_resource_create resource = {
		.target = 2, .format = 1, .bind = 2, .width = side, .height = side, .depth = 1,
		.array_size = 1, .size = side * side * 4,
	};

	*b = (struct buffer){ .fd = fd, .side = side };
	if (virtio ? drmIoctl(fd, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, &resource) :
		     drmIoctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb))
		return errno;
	b->handle = virtio ? resource.bo_handle : dumb.handle;
	b->resource = resource.res_handle;
	return 0;
}

int place(struct buffer *b)
{
	struct drm_mode_map_dumb dumb = { .handle = b->handle };
	struct drm_virtgpu_map map = { .handle = b->handle };

	if (virtio ? drmIoctl(b->fd, DRM_IOCTL_VIRTGPU_MAP, &map) :
		     drmIoctl(b->fd, DRM_IOCTL_MODE_MAP_DUMB, &dumb))
		return errno;
	b->offset = virtio ? map.offset : dumb.offset;
	return 0;
}

int map_buffer(struct buffer *b)
{
	b->map = mmap(NULL, size_of(b), PROT_READ | PROT_WRITE, MAP_SHARED, b->fd, b->offset);
	return b->map == MAP_FAILED ? errno : 0;
}

void unmap_buffer(struct buffer *b)
{
	munmap(b->map, size_of(b));
}

int free_handle(int fd, __u32 handle)
{
	struct drm_gem_close gem = { .handle = handle };

	return ioctl(fd, DRM_IOCTL_GEM_CLOSE, &gem) ? errno : 0;
}

int make_mapped(struct buffer *b, int fd, int side)
{
	int error = make(b, fd, side);

	error = error ? error : place(b);
	return error ? error : map_buffer(b);
}

void must(const char *what, int error)
{
	if (error)
		die("%s: %s", what, errno_name(error));
}

void make_one(struct buffer *b, int fd, int side)
{
	must("a mapped buffer", make_mapped(b, fd, side));
}

void end_one(struct buffer *b)
{
	unmap_buffer(b);
	must("GEM_CLOSE", free_handle(b->fd, b->handle));
}

void fill(const struct buffer *b, __u32 value)
{
	size_t i;

	for (i = 0; i < words(b); i++)
		b->map[i] = value;
}

size_t differ(const struct buffer *b, __u32 value)
{
	size_t i, bad = 0;

	for (i = 0; i < words(b); i++)
		bad += b->map[i] != value;
	return bad;
}
