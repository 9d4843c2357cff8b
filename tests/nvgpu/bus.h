/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine's memory as the device reaches it: what the emulator has mapped
 */
#ifndef NVGPU_BUS_H
#define NVGPU_BUS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BUS_REGIONS	128

struct bus_region {
	uint64_t address;
	uint64_t size;		/* 0: not used */
	uint8_t *memory;
	bool writable;
	bool mapped;		/* by us, from a descriptor */
};

/**
 * struct bus - the regions of memory the device may reach
 * @lock: held for reading as long as pointers from bus_at() are used
 */
struct bus {
	pthread_rwlock_t lock;
	struct bus_region region[BUS_REGIONS];
};

void bus_init(struct bus *bus);
void bus_clear(struct bus *bus);

/* All return 0 or a negative errno. */
int bus_add(struct bus *bus, uint64_t address, uint64_t size, uint8_t *memory, bool writable);
int bus_map(struct bus *bus, uint64_t address, uint64_t size, int fd, uint64_t offset,
	    bool writable);
int bus_unmap(struct bus *bus, uint64_t address, uint64_t size);
int bus_unmap_all(struct bus *bus);

/**
 * bus_at() - where an address of the machine is in this process
 * @bus: locked for reading
 * @address: any
 * @size: in: bytes wanted, not 0; out: how many of them lie together there
 * @write: whether they will be written
 *
 * Return: NULL if nothing is there or it may not be written.
 */
void *bus_at(const struct bus *bus, uint64_t address, size_t *size, bool write);

#endif /* NVGPU_BUS_H */
