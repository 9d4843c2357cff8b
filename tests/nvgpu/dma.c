// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMA objects: see dma.h
 *
 * First word: class (12 bits), page table present, linear, access (2 bits),
 * target (2 bits), reserved, adjust (12 bits). Second: limit. Then one or more
 * page table entries, for a linear object only the first.
 */
#include <string.h>

#include "dma.h"

#define OBJECT_LINEAR		(1u << 13)
#define OBJECT_READ_ONLY	(1u << 14)
#define OBJECT_TARGET(w)	((w) >> 16 & 3)
#define OBJECT_ADJUST(w)	((w) >> 20)
#define TARGET_VRAM		0

#define PAGE			4096u
#define PTE_PRESENT		1u
#define PTE_WRITABLE		2u
#define PTE_ADDRESS(pte)	((pte) & ~(PAGE - 1))

uint32_t inst_read(const struct memory *memory, uint32_t address)
{
	const uint32_t *words = (const uint32_t *)memory->inst;

	return __atomic_load_n(&words[(address & (INST_SIZE - 1)) / 4], __ATOMIC_ACQUIRE);
}

void inst_write(const struct memory *memory, uint32_t address, uint32_t value)
{
	uint32_t *words = (uint32_t *)memory->inst;

	__atomic_store_n(&words[(address & (INST_SIZE - 1)) / 4], value, __ATOMIC_RELEASE);
}

bool dma_load(const struct memory *memory, uint32_t instance, struct dma_object *object)
{
	uint32_t word, pte;

	if (!instance)
		return false;
	word = inst_read(memory, instance);
	object->in_vram = OBJECT_TARGET(word) == TARGET_VRAM;
	object->writable = !(word & OBJECT_READ_ONLY);
	object->limit = inst_read(memory, instance + 4);
	object->base = OBJECT_ADJUST(word);
	object->table = 0;
	if (!(word & OBJECT_LINEAR)) {
		object->table = instance + 8;
		return true;
	}
	pte = inst_read(memory, instance + 8);
	object->base += PTE_ADDRESS(pte);
	object->writable = object->writable && (pte & PTE_WRITABLE);
	return true;
}

static bool look_up(const struct memory *memory, const struct dma_object *object, uint32_t offset,
		    bool write, uint64_t *address)
{
	uint64_t entry = ((uint64_t)offset + object->base) / PAGE;
	uint32_t pte;

	/* A table that would leave instance memory is the driver's fault, not ours. */
	if (object->table + entry * 4 + 4 > INST_SIZE)
		return false;
	pte = inst_read(memory, object->table + entry * 4);
	if (!(pte & PTE_PRESENT) || (write && !(pte & PTE_WRITABLE)))
		return false;
	*address = (uint64_t)PTE_ADDRESS(pte) + (offset + object->base) % PAGE;
	return true;
}

void *dma_at(const struct memory *memory, const struct dma_object *object, uint32_t offset,
	     size_t *size, bool write)
{
	uint64_t address = (uint64_t)object->base + offset;
	uint64_t left;

	if (offset > object->limit || (write && !object->writable))
		return NULL;
	left = (uint64_t)object->limit - offset + 1;
	if (object->table) {
		if (!look_up(memory, object, offset, write, &address))
			return NULL;
		if (left > PAGE - address % PAGE)
			left = PAGE - address % PAGE;
	}
	if (*size > left)
		*size = left;
	if (!object->in_vram)
		return bus_at(memory->bus, address, size, write);
	if (address >= memory->vram_size)
		return NULL;
	if (*size > memory->vram_size - address)
		*size = memory->vram_size - address;
	return memory->vram + address;
}

bool dma_read(const struct memory *memory, const struct dma_object *object, uint32_t offset,
	      void *data, size_t size)
{
	uint8_t *to = data;
	const void *from;
	size_t part;

	for (; size; size -= part, to += part, offset += part) {
		part = size;
		from = dma_at(memory, object, offset, &part, false);
		if (!from || offset + (uint64_t)part > UINT32_MAX)
			return false;
		memcpy(to, from, part);
	}
	return true;
}

bool dma_write(const struct memory *memory, const struct dma_object *object, uint32_t offset,
	       const void *data, size_t size)
{
	const uint8_t *from = data;
	size_t part;
	void *to;

	for (; size; size -= part, from += part, offset += part) {
		part = size;
		to = dma_at(memory, object, offset, &part, true);
		if (!to || offset + (uint64_t)part > UINT32_MAX)
			return false;
		memcpy(to, from, part);
	}
	return true;
}
