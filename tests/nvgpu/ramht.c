// SPDX-License-Identifier: GPL-2.0-only
/*
 * RAMHT: see ramht.h
 *
 * An entry is a handle and a context: instance / 16 (20 bits), engine (3 bits),
 * channel (5 bits from bit 23).
 */
#include "ramht.h"

#define SETUP_ADDRESS(setup)	(((setup) & 0xffff) << 8)
#define SETUP_BITS(setup)	(((setup) >> 16 & 3) + 9)
#define SETUP_SEARCH(setup)	(16u << ((setup) >> 24 & 3))

uint32_t ramht_hash(unsigned int bits, unsigned int channel, uint32_t handle)
{
	uint32_t hash = 0;

	for (; handle; handle >>= bits)
		hash ^= handle & ((1u << bits) - 1);
	return (hash ^ channel << (bits - 4)) & ((1u << bits) - 1);
}

bool ramht_find(const struct memory *memory, uint32_t setup, unsigned int channel, uint32_t handle,
		struct ramht_entry *entry)
{
	unsigned int bits = SETUP_BITS(setup), tries = SETUP_SEARCH(setup);
	uint32_t at = ramht_hash(bits, channel, handle), context, address;

	for (; tries; tries--, at = (at + 1) & ((1u << bits) - 1)) {
		address = SETUP_ADDRESS(setup) + at * 8;
		context = inst_read(memory, address + 4);
		/* An empty one is no end: what once stood there may have been deleted. */
		if (!context || inst_read(memory, address) != handle ||
		    (context >> 23 & 31) != channel)
			continue;
		entry->instance = (context & 0xfffff) << 4;
		entry->engine = context >> 20 & 7;
		return true;
	}
	return false;
}
