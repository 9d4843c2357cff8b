// SPDX-License-Identifier: GPL-2.0-only
/*
 * blocks.c: how often each block of Xen's and the kernels' code ran
 *
 * A block is what the emulator translates at once. It does so again after it has
 * thrown its translations away: blocks with the same address and length are one.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "count.h"

#define BUCKETS		65536

static struct block *table[BUCKETS];
/* CPUs translate at the same time. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct block *find(uint64_t address, uint64_t length, struct block **bucket)
{
	struct block *block;

	for (block = *bucket; block; block = block->next)
		if (block->address == address && block->length == length)
			return block;
	block = calloc(1, sizeof(*block));
	if (!block)
		abort();
	block->address = address;
	block->length = length;
	block->next = *bucket;
	*bucket = block;
	return block;
}

struct block *find_block(uint64_t address, uint64_t length)
{
	struct block *block;

	pthread_mutex_lock(&lock);
	block = find(address, length, &table[(address ^ address >> 16) % BUCKETS]);
	pthread_mutex_unlock(&lock);
	return block;
}

void clear_blocks(void)
{
	struct block *block;
	int i;

	pthread_mutex_lock(&lock);
	for (i = 0; i < BUCKETS; i++)
		for (block = table[i]; block; block = block->next)
			memset(block->runs, 0, sizeof(block->runs));
	pthread_mutex_unlock(&lock);
}

static void write_block(FILE *file, const struct block *block)
{
	static const char * const names[PLACES] = { [XEN] = "xen", [DOM0] = "dom0", [GUEST] = "guest" };
	uint64_t runs;
	int place, cpu;

	for (place = 0; place < PLACES; place++) {
		runs = 0;
		for (cpu = 0; cpu < MAX_CPUS; cpu++)
			runs += block->runs[cpu][place];
		if (runs && names[place])
			fprintf(file, "at %s %016" PRIx64 " %" PRIu64 "\n", names[place],
				block->address, runs * block->length);
	}
}

void write_blocks(FILE *file)
{
	struct block *block;
	int i;

	pthread_mutex_lock(&lock);
	for (i = 0; i < BUCKETS; i++)
		for (block = table[i]; block; block = block->next)
			write_block(file, block);
	pthread_mutex_unlock(&lock);
}
