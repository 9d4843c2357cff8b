/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DMA objects: the windows through which engines see memory
 */
#ifndef NVGPU_DMA_H
#define NVGPU_DMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bus.h"

#define INST_SIZE	(16u << 20)	/* BAR2 */

/**
 * struct memory - all memory that the GPU knows
 * @vram: shared with the emulator (BAR1)
 * @inst: instance memory, shared too (BAR2): page tables, hash table, objects.
 *	  The driver writes it at any time, so each word is read once.
 * @bus: the machine's
 */
struct memory {
	uint8_t *vram;
	uint64_t vram_size;
	uint8_t *inst;
	struct bus *bus;
};

uint32_t inst_read(const struct memory *memory, uint32_t address);
void inst_write(const struct memory *memory, uint32_t address, uint32_t value);

/**
 * struct dma_object - a DMA object, read from instance memory
 * @limit: the last offset it allows
 * @table: address of its page table in instance memory; 0: it is linear from @base
 */
struct dma_object {
	bool in_vram;
	bool writable;
	uint32_t base;
	uint32_t limit;
	uint32_t table;
};

/**
 * dma_load() - read a DMA object
 * @memory: where
 * @instance: its address in instance memory; 0 is no object
 * @object: filled
 *
 * Return: false if that is none.
 */
bool dma_load(const struct memory *memory, uint32_t instance, struct dma_object *object);

/**
 * dma_at() - where an offset of a DMA object is in this process
 * @memory: whose bus is locked for reading
 * @object: from dma_load()
 * @offset: within the object
 * @size: in: bytes wanted, not 0; out: how many of them lie together there
 * @write: whether they will be written
 *
 * Return: NULL if it is outside, not present, or may not be written.
 */
void *dma_at(const struct memory *memory, const struct dma_object *object, uint32_t offset,
	     size_t *size, bool write);

/* false: a part is out of reach; what lies before it may have been done. */
bool dma_read(const struct memory *memory, const struct dma_object *object, uint32_t offset,
	      void *data, size_t size);
bool dma_write(const struct memory *memory, const struct dma_object *object, uint32_t offset,
	       const void *data, size_t size);

#endif /* NVGPU_DMA_H */
