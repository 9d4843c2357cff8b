// SPDX-License-Identifier: GPL-2.0-only
/*
 * foreign.c: dma-bufs of another device than the GPU
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/udmabuf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../system/modules/exporter.h"
#include "common.h"
#include "foreign.h"

/* Return: @result, which is not -1. */
static int must(const char *what, int result)
{
	if (result < 0)
		die("%s: %s", what, errno_name(errno));
	return result;
}

static void map(struct foreign *f, int fd)
{
	f->memory = mmap(NULL, f->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (f->memory == MAP_FAILED)
		die("mmap: %s", errno_name(errno));
}

static void create_exporter(struct foreign *f)
{
	int device = must("/dev/exporter", open("/dev/exporter", O_RDWR | O_CLOEXEC));

	f->dmabuf = must("EXPORTER_CREATE", ioctl(device, EXPORTER_CREATE, f->size / 4096));
	map(f, f->dmabuf);
	close(device);
}

static void create_udmabuf(struct foreign *f)
{
	struct udmabuf_create create = { .flags = UDMABUF_FLAGS_CLOEXEC, .size = f->size };
	int device = must("/dev/udmabuf", open("/dev/udmabuf", O_RDWR | O_CLOEXEC));

	create.memfd = must("memfd_create",
			    memfd_create("foreign", MFD_ALLOW_SEALING | MFD_CLOEXEC));
	must("ftruncate", ftruncate(create.memfd, f->size));
	must("F_ADD_SEALS", fcntl(create.memfd, F_ADD_SEALS, F_SEAL_SHRINK));
	f->dmabuf = must("UDMABUF_CREATE", ioctl(device, UDMABUF_CREATE, &create));
	map(f, create.memfd);
	close(create.memfd);
	close(device);
}

void foreign_create(struct foreign *f, size_t size)
{
	f->size = size;
	if (!access("/dev/exporter", F_OK))
		create_exporter(f);
	else
		create_udmabuf(f);
}

void foreign_destroy(struct foreign *f)
{
	munmap(f->memory, f->size);
	close(f->dmabuf);
}
