// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptors of a backend that gives bad answers (tests/system/programs/evil-serve.c)
 *
 * Whatever the answers are, this program can be ended, and leaves nothing behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../system/modules/importer.h"
#include "common.h"
#include "uapi/newest/drm.h"

#define SHORT		300	/* ms that a descriptor is waited for */
#define TIME_TO_LIVE	6000	/* ms until the program is killed */
#define TIME_TO_DIE	5000	/* ms that this may take */

static const char *node = DEFAULT_NODE;
static int drm;

static int call(int fd, unsigned long cmd, void *arg, const char *name)
{
	int err = ioctl(fd, cmd, arg) ? errno : 0;

	info("%s: %s", name, errno_name(err));
	return err;
}

static int look(int fd, short events)
{
	struct pollfd poller = { .fd = fd, .events = events };

	return poll(&poller, 1, SHORT);
}

static void use_sync_file(int fd)
{
	struct drm_syncobj_handle arg = {
		.flags = DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE, .fd = fd,
	};

	look(fd, POLLIN);
	call(drm, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &arg, "import of a sync_file");
}

/* Drivers that import it take it for granted that these are whole pages. */
static void check_size(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);

	if (!check(size > 0 && !(size % sysconf(_SC_PAGESIZE)), "a dma-buf of %lld bytes",
		   (long long)size))
		_exit(1);
}

static void use_dmabuf(void)
{
	struct drm_prime_handle prime = { .handle = 1, .flags = DRM_CLOEXEC | DRM_RDWR };
	struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW };
	struct dma_buf_export_sync_file fence = { .flags = DMA_BUF_SYNC_RW };

	if (call(drm, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime, "a dma-buf"))
		return;
	check_size(prime.fd);
	call(open("/dev/importer", O_RDWR), IMPORTER_ATTACH, (void *)(long)prime.fd, "attach");
	look(prime.fd, POLLIN | POLLOUT);
	if (!call(prime.fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &fence, "a sync_file"))
		use_sync_file(fence.fd);
	/* Waits for fences that may never be signalled */
	call(prime.fd, DMA_BUF_IOCTL_SYNC, &sync, "access");
}

static void use_syncobj(void)
{
	struct drm_syncobj_handle arg = { .handle = 1 };

	call(drm, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &arg, "a syncobj");
}

static void use_eventfd(void)
{
	struct drm_syncobj_eventfd arg = { .handle = 1, .fd = eventfd(0, 0) };
	int i;

	for (i = 0; i < 3; i++) {
		call(drm, DRM_IOCTL_SYNCOBJ_EVENTFD, &arg, "an eventfd");
		look(arg.fd, POLLIN);
	}
	close(arg.fd);
}

/* Not touched: a backend may have no page for ever. */
static void use_mapping(void)
{
	size_t length = 4 * sysconf(_SC_PAGESIZE);
	void *at = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, drm, 0);

	info("a mapping: %s", at == MAP_FAILED ? errno_name(errno) : "made");
	if (at != MAP_FAILED)
		munmap(at, length);
}

static void meet(void)
{
	drm = open_drm(node);
	use_mapping();
	use_eventfd();
	use_syncobj();
	use_dmabuf();
}

/* Return: whether the child is gone, in time. *@status is as of waitpid(). */
static bool await(pid_t child, int ms, int *status)
{
	double end = now() + ms;

	while (now() < end) {
		if (waitpid(child, status, WNOHANG) == child)
			return true;
		usleep(20000);
	}
	return false;
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node" },
	};
	int status = 0;
	pid_t child;

	parse_options(argc, argv, "Descriptors of a bad backend", options, ARRAY_SIZE(options));
	child = fork();
	if (!child) {
		meet();
		_exit(0);
	}
	if (await(child, TIME_TO_LIVE, &status)) {
		result("it ended");
		return status ? 1 : 0;
	}
	kill(child, SIGKILL);
	return check(await(child, TIME_TO_DIE, &status), "it was killed") ? 0 : 1;
}
