/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * foreign.h: dma-bufs of another device than the GPU
 *
 * That is exporter.ko (tests/system/modules) if it is loaded, or else udmabuf.
 */
#ifndef FOREIGN_H
#define FOREIGN_H

#include <stddef.h>
#include <linux/types.h>

struct foreign {
	size_t size;
	__u32 *memory;		/* what is in it; PROT_READ | PROT_WRITE */
	int dmabuf;
};

void foreign_create(struct foreign *f, size_t size);	/* dies if it cannot */
void foreign_destroy(struct foreign *f);

#endif /* FOREIGN_H */
