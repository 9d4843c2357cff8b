// SPDX-License-Identifier: GPL-2.0-only
/*
 * Implicit fences of a dma-buf: poll, EXPORT_SYNC_FILE, IMPORT_SYNC_FILE
 *
 * vgem attaches fences to buffers and signals them when it is told to. The dma-bufs are
 * vgem's, or another device's which it has imported.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common.h"
#include "foreign.h"
#include "uapi/newest/drm.h"
#include "uapi/newest/drm_mode.h"
#include "uapi/newest/vgem_drm.h"

#define LONG_ENOUGH	20000	/* ms, for what happens at once */
#define SHORT		200	/* ms, in which nothing happens */
#define CYCLES		200
#define BYTES		16384	/* of a foreign buffer */

/* Newer than the C library's header */
#ifndef DMA_BUF_IOCTL_EXPORT_SYNC_FILE
struct dma_buf_export_sync_file {
	__u32 flags;
	__s32 fd;
};

struct dma_buf_import_sync_file {
	__u32 flags;
	__s32 fd;
};

#define DMA_BUF_IOCTL_EXPORT_SYNC_FILE	_IOWR(DMA_BUF_BASE, 2, struct dma_buf_export_sync_file)
#define DMA_BUF_IOCTL_IMPORT_SYNC_FILE	_IOW(DMA_BUF_BASE, 3, struct dma_buf_import_sync_file)
#endif

struct buffer {
	__u32 handle;
	int dmabuf;
};

static const char *node = DEFAULT_NODE;
static bool foreign;
static int drm;

static int call(int fd, unsigned long cmd, void *arg)
{
	return ioctl(fd, cmd, arg) ? errno : 0;
}

static struct buffer import_buffer(void)
{
	struct drm_prime_handle prime = { 0 };
	struct foreign f;

	foreign_create(&f, BYTES);
	munmap(f.memory, f.size);
	prime.fd = f.dmabuf;
	if (call(drm, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime))
		die("not imported");
	return (struct buffer){ .handle = prime.handle, .dmabuf = f.dmabuf };
}

static struct buffer make_buffer(void)
{
	struct drm_mode_create_dumb dumb = { .width = 64, .height = 64, .bpp = 32 };
	struct drm_prime_handle prime = { .flags = DRM_CLOEXEC | DRM_RDWR };

	if (foreign)
		return import_buffer();
	if (call(drm, DRM_IOCTL_MODE_CREATE_DUMB, &dumb))
		die("no buffer");
	prime.handle = dumb.handle;
	if (call(drm, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime))
		die("no dma-buf");
	return (struct buffer){ .handle = dumb.handle, .dmabuf = prime.fd };
}

static void free_buffer(struct buffer buffer)
{
	struct drm_gem_close close_arg = { .handle = buffer.handle };

	if (buffer.dmabuf >= 0)
		close(buffer.dmabuf);
	call(drm, DRM_IOCTL_GEM_CLOSE, &close_arg);
}

/* Return 0 or errno. */
static int attach(struct buffer buffer, bool write, __u32 *fence)
{
	struct drm_vgem_fence_attach arg = {
		.handle = buffer.handle,
		.flags = write ? VGEM_FENCE_WRITE : 0,
	};
	int ret = call(drm, DRM_IOCTL_VGEM_FENCE_ATTACH, &arg);

	*fence = arg.out_fence;
	return ret;
}

static __u32 must_attach(struct buffer buffer, bool write)
{
	__u32 fence;

	if (attach(buffer, write, &fence))
		die("no fence");
	return fence;
}

static void signal_fence(__u32 fence)
{
	struct drm_vgem_fence_signal arg = { .fence = fence };

	check(!call(drm, DRM_IOCTL_VGEM_FENCE_SIGNAL, &arg), "fence signalled");
}

/* Does poll() say what is expected, in time or all the time? */
static void expect_poll(const char *what, int fd, short events, bool ready)
{
	struct pollfd poller = { .fd = fd, .events = events };
	int n = poll(&poller, 1, ready ? LONG_ENOUGH : SHORT);

	check(n == ready && (!n || poller.revents == events), "%s: %s", what,
	      n ? "ready" : "busy");
}

static int export_fence(struct buffer buffer, __u32 flags)
{
	struct dma_buf_export_sync_file arg = { .flags = flags };

	if (call(buffer.dmabuf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &arg))
		die("no sync_file");
	return arg.fd;
}

static void import_fence(struct buffer buffer, __u32 flags, int fd)
{
	struct dma_buf_import_sync_file arg = { .flags = flags, .fd = fd };
	int ret = call(buffer.dmabuf, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &arg);

	check(!ret, "import: %s", errno_name(ret));
}

static void test_poll(void)
{
	struct buffer buffer = make_buffer();
	__u32 fence;

	expect_poll("new, to read", buffer.dmabuf, POLLIN, true);
	expect_poll("new, to write", buffer.dmabuf, POLLOUT, true);
	fence = must_attach(buffer, true);
	expect_poll("written, to read", buffer.dmabuf, POLLIN, false);
	expect_poll("written, to write", buffer.dmabuf, POLLOUT, false);
	signal_fence(fence);
	expect_poll("was written, to read", buffer.dmabuf, POLLIN, true);
	expect_poll("was written, to write", buffer.dmabuf, POLLOUT, true);
	fence = must_attach(buffer, false);
	expect_poll("read, to read", buffer.dmabuf, POLLIN, true);
	expect_poll("read, to write", buffer.dmabuf, POLLOUT, false);
	signal_fence(fence);
	expect_poll("was read, to write", buffer.dmabuf, POLLOUT, true);
	free_buffer(buffer);
}

static void test_export(void)
{
	struct buffer buffer = make_buffer();
	__u32 fence = must_attach(buffer, true);
	int early = export_fence(buffer, DMA_BUF_SYNC_READ);
	int late;

	expect_poll("exported, pending", early, POLLIN, false);
	signal_fence(fence);
	expect_poll("exported, signalled", early, POLLIN, true);
	fence = must_attach(buffer, true);
	late = export_fence(buffer, DMA_BUF_SYNC_RW);
	expect_poll("the next one", late, POLLIN, false);
	expect_poll("the one before", early, POLLIN, true);
	close(buffer.dmabuf);
	buffer.dmabuf = -1;
	expect_poll("without its dma-buf, pending", late, POLLIN, false);
	signal_fence(fence);
	expect_poll("without its dma-buf, signalled", late, POLLIN, true);
	close(early);
	close(late);
	free_buffer(buffer);
}

/* Nobody asks before the dma-buf is closed. */
static void test_close_first(void)
{
	struct buffer buffer = make_buffer();
	__u32 fence = must_attach(buffer, true);
	int fd = export_fence(buffer, DMA_BUF_SYNC_READ);

	close(buffer.dmabuf);
	buffer.dmabuf = -1;
	expect_poll("closed first, pending", fd, POLLIN, false);
	signal_fence(fence);
	expect_poll("closed first, signalled", fd, POLLIN, true);
	close(fd);
	free_buffer(buffer);
}

/* Somebody asks by poll(), work is submitted, and all is closed but the sync_file. */
static void test_submit_between(void)
{
	struct buffer buffer = make_buffer(), other = make_buffer();
	__u32 fence = must_attach(buffer, true);
	int fd = export_fence(buffer, DMA_BUF_SYNC_READ);

	expect_poll("exported, to write", buffer.dmabuf, POLLOUT, false);
	signal_fence(must_attach(other, true));
	close(buffer.dmabuf);
	buffer.dmabuf = -1;
	expect_poll("submitted between, pending", fd, POLLIN, false);
	signal_fence(fence);
	expect_poll("submitted between, signalled", fd, POLLIN, true);
	close(fd);
	free_buffer(buffer);
	free_buffer(other);
}

static void test_import(void)
{
	struct buffer from = make_buffer(), to = make_buffer();
	__u32 fence = must_attach(from, true), other;
	int fd = export_fence(from, DMA_BUF_SYNC_READ);
	int ret;

	import_fence(to, DMA_BUF_SYNC_WRITE, fd);
	expect_poll("imported", to.dmabuf, POLLIN, false);
	/* The driver looks for conflicts. */
	ret = attach(to, true, &other);
	check(ret == EBUSY, "the driver knows it: %s", errno_name(ret));
	expect_poll("imported, the driver knows", to.dmabuf, POLLIN, false);
	signal_fence(fence);
	expect_poll("imported, signalled", to.dmabuf, POLLIN, true);
	ret = attach(to, true, &other);
	check(!ret, "no conflict any more: %s", errno_name(ret));
	if (!ret)
		signal_fence(other);
	close(fd);
	free_buffer(from);
	free_buffer(to);
}

static void test_import_read(void)
{
	struct buffer from = make_buffer(), to = make_buffer();
	__u32 fence = must_attach(from, true), other;
	int fd = export_fence(from, DMA_BUF_SYNC_READ);
	int ret;

	import_fence(to, DMA_BUF_SYNC_READ, fd);
	ret = attach(to, false, &other);
	check(!ret, "two readers: %s", errno_name(ret));
	expect_poll("readers, to read", to.dmabuf, POLLIN, true);
	expect_poll("readers, to write", to.dmabuf, POLLOUT, false);
	signal_fence(other);
	expect_poll("a reader left", to.dmabuf, POLLOUT, false);
	signal_fence(fence);
	expect_poll("no reader left", to.dmabuf, POLLOUT, true);
	close(fd);
	free_buffer(from);
	free_buffer(to);
}

/* What a writer waits for is two fences, in one sync_file. */
static void test_import_two(void)
{
	struct buffer from = make_buffer(), to = make_buffer();
	__u32 first = must_attach(from, false), second = must_attach(from, false), other;
	int fd = export_fence(from, DMA_BUF_SYNC_WRITE);
	int ret;

	import_fence(to, DMA_BUF_SYNC_WRITE, fd);
	ret = attach(to, true, &other);
	check(ret == EBUSY, "two imported: %s", errno_name(ret));
	signal_fence(first);
	ret = attach(to, true, &other);
	check(ret == EBUSY, "one of two signalled: %s", errno_name(ret));
	signal_fence(second);
	expect_poll("two imported, both signalled", to.dmabuf, POLLIN, true);
	ret = attach(to, true, &other);
	check(!ret, "no conflict with the two: %s", errno_name(ret));
	if (!ret)
		signal_fence(other);
	close(fd);
	free_buffer(from);
	free_buffer(to);
}

static void test_cycles(void)
{
	struct buffer buffer = make_buffer();
	struct drm_vgem_fence_signal arg = { 0 };
	struct pollfd poller = { .fd = buffer.dmabuf, .events = POLLIN };
	int i, wrong = 0, fd;

	for (i = 0; i < CYCLES; i++) {
		arg.fence = must_attach(buffer, i % 2);
		fd = export_fence(buffer, i % 3 ? DMA_BUF_SYNC_READ : DMA_BUF_SYNC_WRITE);
		if (i % 5 == 0 && i % 2)
			wrong += poll(&poller, 1, 0) != 0;
		wrong += call(drm, DRM_IOCTL_VGEM_FENCE_SIGNAL, &arg) != 0;
		if (i % 5 == 0)
			wrong += poll(&poller, 1, LONG_ENOUGH) != 1;
		close(fd);
	}
	check(!wrong, "%d cycles: %d wrong", CYCLES, wrong);
	free_buffer(buffer);
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node of a vgem" },
		{ "foreign", .flag = &foreign, .help = "another device's buffers" },
	};

	parse_options(argc, argv, "Implicit fences of dma-bufs", options, ARRAY_SIZE(options));
	drm = open_drm(node);
	test_poll();
	test_export();
	test_close_first();
	test_submit_between();
	test_import();
	test_import_read();
	test_import_two();
	test_cycles();
	return failures() ? 1 : 0;
}
