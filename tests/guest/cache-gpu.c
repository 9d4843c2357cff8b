// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers that are freed while the GPU still has them: virtio with virgl
 */
#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <virtgpu_drm.h>
#include <xf86drm.h>

#include "cache.h"
#include "common.h"

#define COMMANDS	16384			/* bytes */

static bool is_busy(const struct buffer *b)
{
	struct drm_virtgpu_3d_wait wait = { .handle = b->handle, .flags = VIRTGPU_WAIT_NOWAIT };

	return ioctl(b->fd, DRM_IOCTL_VIRTGPU_WAIT, &wait) && errno == EBUSY;
}

static void wait_idle(const struct buffer *b)
{
	struct drm_virtgpu_3d_wait wait = { .handle = b->handle };

	must("WAIT", drmIoctl(b->fd, DRM_IOCTL_VIRTGPU_WAIT, &wait) ? errno : 0);
}

/* Zeros are virgl's command that does nothing; the buffer is busy until it is done. */
static void submit(const struct buffer *b)
{
	static __u32 commands[COMMANDS / 4];
	__u32 handle = b->handle;
	struct drm_virtgpu_execbuffer execute = {
		.size = COMMANDS, .command = (unsigned long)commands, .fence_fd = -1,
		.bo_handles = (unsigned long)&handle, .num_bo_handles = 1,
	};

	must("EXECBUFFER", drmIoctl(b->fd, DRM_IOCTL_VIRTGPU_EXECBUFFER, &execute) ? errno : 0);
}

static void transfer(const struct buffer *b, bool to_host)
{
	struct drm_virtgpu_3d_transfer_to_host move = {
		.bo_handle = b->handle, .box = { .w = b->side, .h = b->side, .d = 1 },
	};

	must("TRANSFER", drmIoctl(b->fd, to_host ? DRM_IOCTL_VIRTGPU_TRANSFER_TO_HOST :
				  DRM_IOCTL_VIRTGPU_TRANSFER_FROM_HOST, &move) ? errno : 0);
}

/* One freed while the GPU has it is not given out before the GPU is done. */
static void test_busy(int fd)
{
	int i, busy = 0, again = 0, bad = 0;
	__u32 last = 0;
	struct buffer b;

	for (i = 0; i < ROUNDS; i++) {
		make_one(&b, fd, SIDE);
		if (b.resource == last || (i && b.resource < last)) {
			again++;
			bad += is_busy(&b);
		}
		if (b.resource > last)
			last = b.resource;
		wait_idle(&b);
		submit(&b);
		busy += is_busy(&b);
		end_one(&b);
	}
	check(!bad, "none that was busy is given out");
	info("%d were busy when they were freed, %d of %d used again", busy, again, ROUNDS);
}

static void test_wait_freed(int fd)
{
	struct drm_virtgpu_3d_wait wait = { 0 };
	struct buffer b;

	make_one(&b, fd, SIDE);
	end_one(&b);
	wait.handle = b.handle;
	check(ioctl(fd, DRM_IOCTL_VIRTGPU_WAIT, &wait) && errno == ENOENT,
	      "one that is freed cannot be waited for");
}

/* What the GPU writes late must not be seen in the next buffer. */
static void test_late_writes(int fd)
{
	size_t dirty = 0;
	struct buffer b;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		make_one(&b, fd, SIDE);
		dirty += differ(&b, 0);
		fill(&b, 0xeeee);
		transfer(&b, true);
		wait_idle(&b);
		fill(&b, 0);
		transfer(&b, false);
		end_one(&b);
		make_one(&b, fd, SIDE);
		dirty += differ(&b, 0);
		usleep(5000);
		dirty += differ(&b, 0);
		end_one(&b);
	}
	check(!dirty, "what the GPU writes to a freed buffer is in no other");
}

void test_gpu(int fd)
{
	int value = 0;
	struct drm_virtgpu_getparam param = {
		.param = VIRTGPU_PARAM_3D_FEATURES, .value = (unsigned long)&value,
	};

	if (driver != VIRTIO_GPU || drmIoctl(fd, DRM_IOCTL_VIRTGPU_GETPARAM, &param) || !value) {
		info("no GPU that works on buffers");
		return;
	}
	test_busy(fd);
	test_wait_freed(fd);
	test_late_writes(fd);
}
