// SPDX-License-Identifier: GPL-2.0-only
/*
 * prime-buffer.c: a buffer that is shared by a dma-buf, and what is in it
 */
#include <errno.h>
#include <linux/dma-buf.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <drm.h>
#include <virtgpu_drm.h>
#include <xf86drm.h>

#include "prime.h"

const char *prime_node = DEFAULT_NODE;
static bool virtio;

/* Only virtio_gpu's primary node has dumb buffers. */
static void find_driver(int fd)
{
	drmVersionPtr version = drmGetVersion(fd);

	virtio = version && !strcmp(version->name, "virtio_gpu");
	drmFreeVersion(version);
}

int prime_open(void)
{
	int fd = open_drm(prime_node);

	find_driver(fd);
	return fd;
}

int prime_call(int fd, unsigned long cmd, void *arg)
{
	return drmIoctl(fd, cmd, arg) ? errno : 0;
}

void prime_must(const char *what, int error)
{
	if (error)
		die("%s: %s", what, errno_name(error));
}

static void create_virtio(struct prime_buffer *b)
{
	struct drm_virtgpu_resource_create make = {
		.target = 2, .format = 1, .bind = 2, .width = PRIME_SIDE, .height = PRIME_SIDE,
		.depth = 1, .array_size = 1, .size = PRIME_BYTES,
	};
	struct drm_virtgpu_map map = { 0 };

	prime_must("RESOURCE_CREATE", prime_call(b->fd, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, &make));
	map.handle = make.bo_handle;
	prime_must("MAP", prime_call(b->fd, DRM_IOCTL_VIRTGPU_MAP, &map));
	b->handle = make.bo_handle;
	b->offset = map.offset;
}

void prime_create(struct prime_buffer *b, int fd)
{
	struct drm_mode_create_dumb dumb = { .width = PRIME_SIDE, .height = PRIME_SIDE, .bpp = 32 };
	struct drm_mode_map_dumb map = { 0 };

	b->fd = fd;
	if (virtio) {
		create_virtio(b);
		return;
	}
	prime_must("MODE_CREATE_DUMB", prime_call(fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb));
	map.handle = dumb.handle;
	prime_must("MODE_MAP_DUMB", prime_call(fd, DRM_IOCTL_MODE_MAP_DUMB, &map));
	b->handle = dumb.handle;
	b->offset = map.offset;
}

void prime_destroy(int fd, __u32 handle)
{
	struct drm_gem_close close = { .handle = handle };

	prime_must("GEM_CLOSE", prime_call(fd, DRM_IOCTL_GEM_CLOSE, &close));
}

int prime_export(int fd, __u32 handle, __u32 flags, int *dmabuf)
{
	struct drm_prime_handle arg = { .handle = handle, .flags = flags, .fd = -1 };
	int error = prime_call(fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &arg);

	*dmabuf = arg.fd;
	return error;
}

int prime_import(int fd, int dmabuf, __u32 *handle)
{
	struct drm_prime_handle arg = { .fd = dmabuf };
	int error = prime_call(fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &arg);

	*handle = arg.handle;
	return error;
}

int prime_share(const struct prime_buffer *b)
{
	int dmabuf;

	prime_must("HANDLE_TO_FD", prime_export(b->fd, b->handle, DRM_CLOEXEC | DRM_RDWR, &dmabuf));
	return dmabuf;
}

__u32 *prime_map(int fd, __u64 offset)
{
	void *map = mmap(NULL, PRIME_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);

	if (map == MAP_FAILED)
		die("mmap: %s", errno_name(errno));
	return map;
}

void prime_fill(__u32 *map, __u32 seed)
{
	__u32 i;

	for (i = 0; i < PRIME_WORDS; i++)
		map[i] = seed * 2654435761u ^ i;
}

int prime_wrong(const __u32 *map, __u32 seed)
{
	__u32 i;
	int bad = 0;

	for (i = 0; i < PRIME_WORDS; i++)
		bad += map[i] != (seed * 2654435761u ^ i);
	return bad;
}

int prime_sync(int dmabuf, __u64 flags)
{
	struct dma_buf_sync sync = { .flags = flags };

	return ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &sync) ? errno : 0;
}
