/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the tests of the GPU in tests/nvgpu: a device with memory in it
 */
#ifndef NVGPU_TEST_H
#define NVGPU_TEST_H

#include "gpu.h"

/* Where things are in instance memory */
#define AT_RAMHT	0x10000u
#define AT_RAMFC	0x20000u
#define AT_VRAM_OBJECT	0x40000u	/* all of VRAM */
#define AT_READ_OBJECT	0x40020u	/* the same, not to be written */
#define AT_TABLE_OBJECT	0x50000u	/* pages of the machine's memory */

#define VRAM_BYTES	(64u << 20)
#define BUS_BASE	0x100000000ull	/* above what page tables can name */
#define BUS_LOW		0x02000000u
#define BUS_BYTES	(64u * 4096)

struct device {
	struct gpu gpu;
	uint8_t memory[BUS_BYTES];	/* of the machine, at BUS_LOW */
};

int device_setup(void **state);
int device_teardown(void **state);

/* Entry @page of the page table: a page of the machine's memory */
void device_map(struct device *device, unsigned int page, uint32_t address, uint32_t flags);
void device_name(struct device *device, unsigned int channel, uint32_t handle, uint32_t instance,
		 unsigned int engine);

#endif /* NVGPU_TEST_H */
