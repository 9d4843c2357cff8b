/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RAMHT: the hash table in instance memory that names the objects of channels
 */
#ifndef NVGPU_RAMHT_H
#define NVGPU_RAMHT_H

#include "dma.h"

#define ENGINE_SOFTWARE		0
#define ENGINE_GRAPHICS		1

struct ramht_entry {
	uint32_t instance;	/* address in instance memory */
	unsigned int engine;
};

/* Where a handle is looked for first, in a table of 1 << @bits entries */
uint32_t ramht_hash(unsigned int bits, unsigned int channel, uint32_t handle);

/**
 * ramht_find() - look up a handle of a channel
 * @memory: with the table in its instance memory
 * @setup: what the driver wrote to PFIFO_RAMHT: size and place of the table
 * @channel: number
 * @handle: what the channel calls the object
 * @entry: filled
 *
 * Return: false if the channel has no object of that name.
 */
bool ramht_find(const struct memory *memory, uint32_t setup, unsigned int channel, uint32_t handle,
		struct ramht_entry *entry);

#endif /* NVGPU_RAMHT_H */
