// SPDX-License-Identifier: GPL-2.0-only
/*
 * The drivers' own ioctls: virtio_gpu's and vgem's
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <virtgpu_drm.h>

#include "common.h"
#include "ioctls.h"

#define SIDE		64		/* pixels */
#define BYTES		(SIDE * SIDE * 4)
#define FORMAT		1		/* VIRGL_FORMAT_B8G8R8A8_UNORM */
#define TEXTURE_2D	2		/* PIPE_TEXTURE_2D */
#define BIND		0x2		/* PIPE_BIND_RENDER_TARGET */

static int create(int fd, struct drm_virtgpu_resource_create *made)
{
	*made = (struct drm_virtgpu_resource_create) {
		.target = TEXTURE_2D,
		.format = FORMAT,
		.bind = BIND,
		.width = SIDE,
		.height = SIDE,
		.depth = 1,
		.array_size = 1,
		.size = BYTES,
	};
	return call(fd, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, made);
}

static __u32 create_any(int fd)
{
	struct drm_virtgpu_resource_create made;

	if (create(fd, &made))
		die("no buffer");
	return made.bo_handle;
}

static __u32 create_dumb(int fd)
{
	struct drm_mode_create_dumb dumb = { .width = SIDE, .height = SIDE, .bpp = 32 };

	if (call(fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb))
		die("no buffer");
	return dumb.handle;
}

static void test_foreign_handles(int fd)
{
	struct drm_virtgpu_resource_create made;
	struct drm_virtgpu_resource_info about;
	struct drm_virtgpu_map map;
	struct drm_virtgpu_3d_wait wait = { .flags = VIRTGPU_WAIT_NOWAIT };
	int other = open_drm(node);

	expect("RESOURCE_CREATE", create(fd, &made), 0);
	about = (struct drm_virtgpu_resource_info) { .bo_handle = made.bo_handle };
	map = (struct drm_virtgpu_map) { .handle = made.bo_handle };
	wait.handle = made.bo_handle;
	expect("RESOURCE_INFO", call(fd, DRM_IOCTL_VIRTGPU_RESOURCE_INFO, &about), 0);
	check(about.size == BYTES && about.res_handle == made.res_handle, "of what was made");
	expect("MAP", call(fd, DRM_IOCTL_VIRTGPU_MAP, &map), 0);
	expect("RESOURCE_INFO in another file",
	       call(other, DRM_IOCTL_VIRTGPU_RESOURCE_INFO, &about), ENOENT);
	expect("MAP in another file", call(other, DRM_IOCTL_VIRTGPU_MAP, &map), ENOENT);
	expect("WAIT in another file", call(other, DRM_IOCTL_VIRTGPU_WAIT, &wait), ENOENT);
	expect("GEM_CLOSE in another file", gem_close(other, made.bo_handle), EINVAL);
	expect("GEM_CLOSE", gem_close(fd, made.bo_handle), 0);
	expect("GEM_CLOSE again", gem_close(fd, made.bo_handle), EINVAL);
	expect("MAP of what is gone", call(fd, DRM_IOCTL_VIRTGPU_MAP, &map), ENOENT);
	close(other);
}

static int execute(int fd, const void *commands, __u32 size, const __u32 *handles, __u32 count,
		   __u32 flags)
{
	struct drm_virtgpu_execbuffer execute = {
		.flags = flags,
		.size = size,
		.command = (unsigned long)commands,
		.bo_handles = (unsigned long)handles,
		.num_bo_handles = count,
		.fence_fd = -1,
	};

	return call(fd, DRM_IOCTL_VIRTGPU_EXECBUFFER, &execute);
}

/* Zeros are virgl's command that does nothing. */
static void test_execute(int fd)
{
	static const __u32 sizes[] = { 4, 64, 4096, 16384, 65536, 1 << 20 };
	unsigned char *commands = calloc(1, 2 << 20);
	struct drm_virtgpu_resource_create made;
	__u32 handles[2];
	char what[64];
	size_t i;

	expect("RESOURCE_CREATE", create(fd, &made), 0);
	handles[0] = made.bo_handle;
	handles[1] = 0x7ffffff;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		snprintf(what, sizeof(what), "EXECBUFFER of %u bytes", sizes[i]);
		expect(what, execute(fd, commands, sizes[i], handles, 1, 0), 0);
	}
	observe("EXECBUFFER of nothing", execute(fd, commands, 0, NULL, 0, 0));
	expect("EXECBUFFER with a buffer nobody has", execute(fd, commands, 64, handles, 2, 0),
	       ENOENT);
	expect("EXECBUFFER with unknown flags", execute(fd, commands, 64, handles, 1, 1u << 30),
	       EINVAL);
	expect("EXECBUFFER of commands nobody can read",
	       execute(fd, no_access_page(), 64, handles, 1, 0), EFAULT);
	expect("EXECBUFFER of commands at NULL", execute(fd, NULL, 64, handles, 1, 0), EFAULT);
	expect("EXECBUFFER with buffers at NULL", execute(fd, commands, 64, NULL, 1, 0), EFAULT);
	if (in_guest())
		check(execute(fd, commands, 2 << 20, handles, 1, 0) == E2BIG, "2 MiB are too many");
	else
		check(true, "2 MiB are too many");
	expect("GEM_CLOSE", gem_close(fd, made.bo_handle), 0);
	free(commands);
}

/* Signalled by the host's renderer when the commands are through */
static void test_execute_syncobj(int fd)
{
#ifdef VIRTGPU_EXECBUF_SYNCOBJ_RESET
	struct drm_virtgpu_execbuffer_syncobj out = { .handle = syncobj_create(fd, 0) };
	__u32 commands[16] = { 0 }, handle = out.handle;
	struct drm_virtgpu_execbuffer execute = {
		.size = sizeof(commands),
		.command = (unsigned long)commands,
		.out_syncobjs = (unsigned long)&out,
		.num_out_syncobjs = 1,
		.syncobj_stride = sizeof(out),
		.fence_fd = -1,
	};
	struct drm_get_cap cap = { .capability = DRM_CAP_SYNCOBJ };

	if (call(fd, DRM_IOCTL_GET_CAP, &cap) || !cap.value)
		return;
	observe("EXECBUFFER that signals", call(fd, DRM_IOCTL_VIRTGPU_EXECBUFFER, &execute));
	observe("the wait for it", syncobj_wait(fd, &handle, 1, 5000 * MS, 0));
	out.handle = 0x7ffffff;
	observe("EXECBUFFER that signals nobody", call(fd, DRM_IOCTL_VIRTGPU_EXECBUFFER, &execute));
	syncobj_destroy(fd, handle);
#else
	(void)fd;
#endif
}

static void test_get_caps(int fd)
{
	unsigned char caps[4096];
	struct drm_virtgpu_get_caps get = {
		.cap_set_id = 2,
		.cap_set_ver = 1,
		.addr = (unsigned long)caps,
		.size = sizeof(caps),
	};
	struct drm_virtgpu_getparam param = { .param = VIRTGPU_PARAM_3D_FEATURES };

	observe("GET_CAPS", call(fd, DRM_IOCTL_VIRTGPU_GET_CAPS, &get));
	memset(caps, 0xee, sizeof(caps));
	get.size = 8;
	observe("GET_CAPS of 8 bytes", call(fd, DRM_IOCTL_VIRTGPU_GET_CAPS, &get));
	result("leaves byte 9 at 0x%02x", caps[8]);
	get.addr = 0;
	observe("GET_CAPS to NULL", call(fd, DRM_IOCTL_VIRTGPU_GET_CAPS, &get));
	get.size = 0;
	observe("GET_CAPS of no bytes", call(fd, DRM_IOCTL_VIRTGPU_GET_CAPS, &get));
	expect("GETPARAM to NULL", call(fd, DRM_IOCTL_VIRTGPU_GETPARAM, &param), EFAULT);
	param.value = (unsigned long)read_only_page();
	expect("GETPARAM to a read-only page", call(fd, DRM_IOCTL_VIRTGPU_GETPARAM, &param),
	       EFAULT);
}

static void test_transfers(int fd)
{
	struct drm_virtgpu_resource_create made;
	struct drm_virtgpu_3d_transfer_to_host to = { .box = { .w = SIDE, .h = SIDE, .d = 1 } };
	struct drm_virtgpu_3d_wait wait = { 0 };

	expect("RESOURCE_CREATE", create(fd, &made), 0);
	to.bo_handle = made.bo_handle;
	wait.handle = made.bo_handle;
	expect("TRANSFER_TO_HOST", call(fd, DRM_IOCTL_VIRTGPU_TRANSFER_TO_HOST, &to), 0);
	expect("TRANSFER_FROM_HOST", call(fd, DRM_IOCTL_VIRTGPU_TRANSFER_FROM_HOST, &to), 0);
	expect("WAIT", call(fd, DRM_IOCTL_VIRTGPU_WAIT, &wait), 0);
	to.bo_handle = 0x7ffffff;
	expect("TRANSFER_TO_HOST of nobody", call(fd, DRM_IOCTL_VIRTGPU_TRANSFER_TO_HOST, &to),
	       ENOENT);
	expect("GEM_CLOSE", gem_close(fd, made.bo_handle), 0);
}

void test_virtio(int fd)
{
	test_foreign_handles(fd);
	test_execute(fd);
	test_execute_syncobj(fd);
	test_execute_fences(fd);
	test_get_caps(fd);
	test_transfers(fd);
	test_closes(fd, create_any);
	test_submits(fd, create_any);
}

void test_vgem(int fd)
{
	struct drm_mode_create_dumb dumb = { .width = SIDE, .height = SIDE, .bpp = 32 };
	int other = open_drm(node);

	expect("MODE_CREATE_DUMB", call(fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb), 0);
	result("pitch %u, size %llu", dumb.pitch, (__u64)dumb.size);
	expect("GEM_CLOSE in another file", gem_close(other, dumb.handle), EINVAL);
	expect("GEM_CLOSE", gem_close(fd, dumb.handle), 0);
	expect("GEM_CLOSE again", gem_close(fd, dumb.handle), EINVAL);
	test_closes(fd, create_dumb);
	close(other);
}
