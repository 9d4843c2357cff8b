// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VGA ports in BAR0: index and data registers, for each of two heads
 */
#include <stddef.h>

#include "gpu.h"

#define HEAD(address)	((address) >> 13 & 1)

/* The registers behind a data port; @index: address of its index port */
static uint8_t *find(struct gpu *gpu, uint32_t address, uint32_t *index)
{
	struct vga_head *head = &gpu->vga[HEAD(address)];
	uint8_t *ports = (uint8_t *)gpu->reg;

	*index = address - 1;
	switch ((address & ~0x2000u)) {
	case 0x6013d5:
		return &head->crtc[ports[*index]];
	case 0x0c03c5:
		return &head->sequencer[ports[*index]];
	case 0x0c03cf:
		return &head->graphics[ports[*index]];
	default:
		return NULL;
	}
}

bool vga_read(struct gpu *gpu, uint32_t address, uint8_t *value)
{
	uint32_t index;
	uint8_t *there = find(gpu, address, &index);

	if (there)
		*value = *there;
	return there;
}

bool vga_write(struct gpu *gpu, uint32_t address, uint8_t value)
{
	uint32_t index;
	uint8_t *there = find(gpu, address, &index);

	if (there)
		*there = value;
	return there;
}
