// SPDX-License-Identifier: GPL-2.0-only
/*
 * The buffers of drm-cache, by whichever driver there is: see cache.h
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <drm.h>
#include <nouveau_drm.h>
#include <virtgpu_drm.h>
#include <xf86drm.h>

#include "cache.h"
#include "common.h"

const char *node = DEFAULT_NODE;
enum driver driver;

void find_driver(int fd)
{
	drmVersionPtr version = drmGetVersion(fd);

	if (version && !strcmp(version->name, "virtio_gpu"))
		driver = VIRTIO_GPU;
	else if (version && !strcmp(version->name, "nouveau"))
		driver = NOUVEAU;
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

static int make_dumb(struct buffer *b)
{
	struct drm_mode_create_dumb dumb = { .width = b->side, .height = b->side, .bpp = 32 };

	if (drmIoctl(b->fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb))
		return errno;
	b->handle = dumb.handle;
	return 0;
}

static int make_resource(struct buffer *b)
{
	struct drm_virtgpu_resource_create resource = {
		.target = 2, .format = 1, .bind = 2, .width = b->side, .height = b->side,
		.depth = 1, .array_size = 1, .size = size_of(b),
	};

	if (drmIoctl(b->fd, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, &resource))
		return errno;
	b->handle = resource.bo_handle;
	b->resource = resource.res_handle;
	return 0;
}

static int make_nouveau(struct buffer *b)
{
	struct drm_nouveau_gem_new new = {
		.info.domain = NOUVEAU_GEM_DOMAIN_GART | NOUVEAU_GEM_DOMAIN_MAPPABLE,
		.info.size = size_of(b),
	};

	int error = -drmCommandWriteRead(b->fd, DRM_NOUVEAU_GEM_NEW, &new, sizeof(new));

	b->handle = new.info.handle;
	return error;
}

int make(struct buffer *b, int fd, int side)
{
	*b = (struct buffer){ .fd = fd, .side = side };
	switch (driver) {
	case VIRTIO_GPU:
		return make_resource(b);
	case NOUVEAU:
		return make_nouveau(b);
	default:
		return make_dumb(b);
	}
}

static int place_dumb(struct buffer *b)
{
	struct drm_mode_map_dumb dumb = { .handle = b->handle };
	int error = drmIoctl(b->fd, DRM_IOCTL_MODE_MAP_DUMB, &dumb) ? errno : 0;

	b->offset = dumb.offset;
	return error;
}

static int place_resource(struct buffer *b)
{
	struct drm_virtgpu_map map = { .handle = b->handle };
	int error = drmIoctl(b->fd, DRM_IOCTL_VIRTGPU_MAP, &map) ? errno : 0;

	b->offset = map.offset;
	return error;
}

static int place_nouveau(struct buffer *b)
{
	struct drm_nouveau_gem_info info = { .handle = b->handle };
	int error = -drmCommandWriteRead(b->fd, DRM_NOUVEAU_GEM_INFO, &info, sizeof(info));

	b->offset = info.map_handle;
	return error;
}

int place(struct buffer *b)
{
	switch (driver) {
	case VIRTIO_GPU:
		return place_resource(b);
	case NOUVEAU:
		return place_nouveau(b);
	default:
		return place_dumb(b);
	}
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
