// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device with memory in it: see nvgpu.h
 */
#include <stdlib.h>

#include "nvgpu.h"
#include "ramht.h"
#include "regs.h"

#define RAMHT_BITS	9

static void put_object(struct device *d, uint32_t at, uint32_t flags, uint32_t limit, uint32_t pte)
{
	inst_write(&d->gpu.memory, at, flags);
	inst_write(&d->gpu.memory, at + 4, limit);
	inst_write(&d->gpu.memory, at + 8, pte);
}

int device_setup(void **state)
{
	struct device *d = calloc(1, sizeof(*d));

	if (!d || gpu_open(&d->gpu, VRAM_BYTES) ||
	    bus_add(&d->gpu.bus, BUS_LOW, BUS_BYTES, d->memory, true))
		return -1;
	put_object(d, AT_VRAM_OBJECT, 0x0000303d, VRAM_BYTES - 1, 2);
	put_object(d, AT_READ_OBJECT, 0x0000703d, VRAM_BYTES - 1, 0);
	put_object(d, AT_TABLE_OBJECT, 0x0002103d, BUS_BYTES - 1, 0);
	REG(&d->gpu, PFIFO_RAMHT) = 3 << 24 | (RAMHT_BITS - 9) << 16 | AT_RAMHT >> 8;
	REG(&d->gpu, PFIFO_RAMFC) = 0x00030000 | AT_RAMFC >> 16;
	*state = d;
	return 0;
}

int device_teardown(void **state)
{
	struct device *d = *state;

	gpu_close(&d->gpu);
	free(d);
	return 0;
}

void device_map(struct device *device, unsigned int page, uint32_t address, uint32_t flags)
{
	inst_write(&device->gpu.memory, AT_TABLE_OBJECT + 8 + page * 4, address | flags);
}

void device_name(struct device *device, unsigned int channel, uint32_t handle, uint32_t instance,
		 unsigned int engine)
{
	uint32_t at = AT_RAMHT + ramht_hash(RAMHT_BITS, channel, handle) * 8;

	while (inst_read(&device->gpu.memory, at + 4))
		at += 8;
	inst_write(&device->gpu.memory, at, handle);
	inst_write(&device->gpu.memory, at + 4, channel << 23 | engine << 20 | instance >> 4);
}
