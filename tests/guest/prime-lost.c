// SPDX-License-Identifier: GPL-2.0-only
/*
 * prime-lost.c: dma-bufs of a device that goes away
 *
 * Three processes hold the same dma-buf when it happens.
 */
#include <errno.h>
#include <linux/dma-buf.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "prime.h"

/* Until the device is gone: a call that needs it fails */
static int wait_for_loss(int fd, __u32 handle)
{
	int error, dmabuf;

	while (!(error = prime_export(fd, handle, DRM_CLOEXEC, &dmabuf))) {
		close(dmabuf);
		usleep(100000);
	}
	return error;
}

static int nothing_wrong(int fd, int dmabuf, __u32 handle, __u32 *map)
{
	__u32 imported;
	void *more;
	int error;

	check(wait_for_loss(fd, handle) == ENODEV, "export: ENODEV");
	check(prime_import(fd, dmabuf, &imported) == ENODEV, "import: ENODEV");
	check(!touch(map, false) && !touch(map, true), "the mapping can be read and written");
	error = prime_sync(dmabuf, DMA_BUF_SYNC_RW);
	check(!error || error == ENODEV, "SYNC succeeds, or says that there is no device");
	more = mmap(NULL, PRIME_BYTES, PROT_READ, MAP_SHARED, dmabuf, 0);
	check(more == MAP_FAILED && errno == ENODEV, "mmap: ENODEV");
	check(lseek(dmabuf, 0, SEEK_END) >= PRIME_BYTES, "the size is known");
	return failures() != 0;
}

void prime_hold(int fd, const char *path)
{
	struct prime_buffer b;
	int dmabuf, i, status, bad = 0;
	__u32 handle;

	prime_create(&b, fd);
	dmabuf = prime_share(&b);
	for (i = 0; i < 3; i++) {
		if (fork())
			continue;
		fd = prime_open();
		prime_must("FD_TO_HANDLE", prime_import(fd, dmabuf, &handle));
		prime_fill(prime_map(dmabuf, 0), 1);
		_exit(nothing_wrong(fd, dmabuf, handle, prime_map(dmabuf, 0)));
	}
	info("ready");
	while (wait(&status) > 0)
		bad += status != 0;
	check(!bad, "three processes hold a lost dma-buf");
	while (access(path, F_OK))
		usleep(100000);
}
