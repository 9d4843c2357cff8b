// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-greedy: take all of a virtio-gpu that there is to take, and go on trying
 *
 * Files, buffers, their mappings and pages, dma-bufs and syncobjs, until each is refused.
 * Meanwhile threads make calls that succeed and calls that fail, as fast as they can. In the
 * end it says what it has got, which is given back when it exits.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include <virtgpu_drm.h>
#include <xf86drm.h>

#include "common.h"

#define SIDE		1024		/* pixels */
#define BYTES		(SIDE * SIDE * 4)
#define PAGE		4096
#define CALLERS		4
#define PAUSE		20000		/* us, once nothing more is to be had */

static const char *node = DEFAULT_NODE;
static int seconds = 30;
static int fd;
static atomic_bool ending;
static atomic_ulong calls;
static unsigned long files, buffers, mappings, dmabufs, syncobjs;

static bool take_file(void)
{
	int file = open(node, O_RDWR | O_CLOEXEC);

	files += file >= 0;
	return file >= 0;
}

static bool take_mapping(__u32 handle)
{
	struct drm_virtgpu_map offset = { .handle = handle };
	char *map;
	size_t i;

	if (ioctl(fd, DRM_IOCTL_VIRTGPU_MAP, &offset))
		return false;
	map = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset.offset);
	if (map == MAP_FAILED)
		return false;
	for (i = 0; i < BYTES; i += PAGE)
		if (touch((__u32 *)(map + i), true)) {
			munmap(map, BYTES);
			return false;
		}
	mappings++;
	return true;
}

static bool take_dmabuf(__u32 handle)
{
	int dmabuf;

	if (drmPrimeHandleToFD(fd, handle, DRM_CLOEXEC, &dmabuf))
		return false;
	dmabufs++;
	return true;
}

static bool take_buffer(void)
{
	struct drm_virtgpu_resource_create make = {
		.target = 2, .format = 1, .bind = 2, .width = SIDE, .height = SIDE, .depth = 1,
		.array_size = 1, .size = BYTES,
	};

	if (ioctl(fd, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, &make))
		return false;
	buffers++;
	take_dmabuf(make.bo_handle);
	take_mapping(make.bo_handle);
	return true;
}

static bool take_syncobj(void)
{
	struct drm_syncobj_create create = { 0 };

	if (ioctl(fd, DRM_IOCTL_SYNCOBJ_CREATE, &create))
		return false;
	syncobjs++;
	return true;
}

static bool take_something(void)
{
	bool got = take_buffer();

	got |= take_syncobj();
	got |= files < 1000 && take_file();
	return got;
}

/* Calls that succeed, and others that fail */
static void *call(void *arg)
{
	struct drm_get_cap cap = { .capability = DRM_CAP_PRIME };
	struct drm_syncobj_array wrong = { .handles = (unsigned long)&wrong, .count_handles = 1 };

	(void)arg;
	while (!atomic_load(&ending)) {
		ioctl(fd, DRM_IOCTL_GET_CAP, &cap);
		ioctl(fd, DRM_IOCTL_SYNCOBJ_RESET, &wrong);
		atomic_fetch_add(&calls, 2);
	}
	return NULL;
}

static void take_for(int s)
{
	double end = now() + s * 1e3;

	do {
		if (!take_something())
			usleep(PAUSE);
	} while (now() < end);
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "seconds", .number = &seconds, .help = "for which it does (30)" },
	};
	struct rlimit limit = { 65536, 65536 };
	pthread_t threads[CALLERS];
	int i;

	parse_options(argc, argv, "Take all of a virtio-gpu that there is to take.", options,
		      ARRAY_SIZE(options));
	setrlimit(RLIMIT_NOFILE, &limit);
	fd = open_drm(node);
	for (i = 0; i < CALLERS; i++)
		if (pthread_create(&threads[i], NULL, call, NULL))
			die("no thread");
	take_for(seconds);
	atomic_store(&ending, true);
	for (i = 0; i < CALLERS; i++)
		pthread_join(threads[i], NULL);
	info("%lu files, %lu buffers of 4 MiB, %lu mapped, %lu dma-bufs, %lu syncobjs, %lu calls", files,
	     buffers, mappings, dmabufs, syncobjs, calls);
	check(buffers && mappings && syncobjs, "it got something");
	return failures() != 0;
}
