/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages of the vfio-user protocol, and the device behind them
 *
 * After QEMU's docs/interop/vfio-user.rst; the structures within are those of
 * linux/vfio.h.
 */
#ifndef NVGPU_VFIO_USER_H
#define NVGPU_VFIO_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gpu.h"

#define VFU_MAX_DATA	65536	/* of a region access */
#define VFU_MAX_BODY	(VFU_MAX_DATA + 64)
#define VFU_MAX_FDS	8

enum vfu_command {
	VFU_VERSION = 1,
	VFU_DMA_MAP = 2,
	VFU_DMA_UNMAP = 3,
	VFU_DEVICE_INFO = 4,
	VFU_REGION_INFO = 5,
	VFU_IRQ_INFO = 7,
	VFU_SET_IRQS = 8,
	VFU_REGION_READ = 9,
	VFU_REGION_WRITE = 10,
	VFU_RESET = 13,
};

#define VFU_TYPE_MASK	0x0fu
#define VFU_REPLY	0x01u
#define VFU_NO_REPLY	0x10u
#define VFU_ERROR	0x20u

struct vfu_header {
	uint16_t id;
	uint16_t command;
	uint32_t size;		/* with the header */
	uint32_t flags;
	uint32_t error;
};

/**
 * struct vfu_message - one that came in
 * @header: as it came
 * @body: what follows
 * @body_size: bytes of it
 * @fd: descriptors that came along; those that are kept are set to -1
 * @fds: how many
 */
struct vfu_message {
	struct vfu_header header;
	uint8_t body[VFU_MAX_BODY];
	size_t body_size;
	int fd[VFU_MAX_FDS];
	unsigned int fds;
};

/**
 * struct vfu_answer - what goes back
 * @fd: descriptor to send along; -1: none
 */
struct vfu_answer {
	uint8_t body[VFU_MAX_BODY];
	size_t body_size;
	int fd;
};

/* Is it a command's header, and how long is what follows?  0 or a negative errno */
int vfu_check_header(const struct vfu_header *header, size_t *body_size);

/* Carry a message out: 0 and @answer, or a negative errno that is to be sent back. */
int vfu_handle(struct gpu *gpu, struct vfu_message *message, struct vfu_answer *answer);

/* Serve one client on a connected socket until it goes away: 0 or a negative errno. */
int vfu_serve(struct gpu *gpu, int socket);

#endif /* NVGPU_VFIO_USER_H */
