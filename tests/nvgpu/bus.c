// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine's memory: see bus.h
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "bus.h"

void bus_init(struct bus *bus)
{
	memset(bus, 0, sizeof(*bus));
	pthread_rwlock_init(&bus->lock, NULL);
}

void bus_clear(struct bus *bus)
{
	bus_unmap_all(bus);
	pthread_rwlock_destroy(&bus->lock);
}

static bool overlaps(const struct bus_region *r, uint64_t address, uint64_t size)
{
	return r->size && address < r->address + r->size && r->address < address + size;
}

static struct bus_region *find_free(struct bus *bus, uint64_t address, uint64_t size, int *error)
{
	struct bus_region *free = NULL;
	size_t i;

	*error = -EINVAL;
	if (!size || address + size < address)
		return NULL;
	for (i = 0; i < BUS_REGIONS; i++) {
		*error = -EEXIST;
		if (overlaps(&bus->region[i], address, size))
			return NULL;
		if (!bus->region[i].size)
			free = &bus->region[i];
	}
	*error = -ENOSPC;
	return free;
}

int bus_add(struct bus *bus, uint64_t address, uint64_t size, uint8_t *memory, bool writable)
{
	struct bus_region *region;
	int error;

	pthread_rwlock_wrlock(&bus->lock);
	region = find_free(bus, address, size, &error);
	if (region) {
		*region = (struct bus_region) { address, size, memory, writable, false };
		error = 0;
	}
	pthread_rwlock_unlock(&bus->lock);
	return error;
}

/* A mapping beyond the end of its file would be a SIGBUS later. */
static int check_file(int fd, uint64_t offset, uint64_t size)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (S_ISREG(st.st_mode) && (offset > (uint64_t)st.st_size || size > st.st_size - offset))
		return -EINVAL;
	return 0;
}

int bus_map(struct bus *bus, uint64_t address, uint64_t size, int fd, uint64_t offset,
	    bool writable)
{
	int error = check_file(fd, offset, size);
	struct bus_region *region;
	void *memory;

	if (error)
		return error;
	pthread_rwlock_wrlock(&bus->lock);
	region = find_free(bus, address, size, &error);
	if (region) {
		memory = mmap(NULL, size, writable ? PROT_READ | PROT_WRITE : PROT_READ,
			      MAP_SHARED, fd, offset);
		error = memory == MAP_FAILED ? -errno : 0;
		if (!error)
			*region = (struct bus_region) { address, size, memory, writable, true };
	}
	pthread_rwlock_unlock(&bus->lock);
	return error;
}

static void drop(struct bus_region *region)
{
	if (region->mapped)
		munmap(region->memory, region->size);
	memset(region, 0, sizeof(*region));
}

int bus_unmap(struct bus *bus, uint64_t address, uint64_t size)
{
	int error = -ENOENT;
	size_t i;

	pthread_rwlock_wrlock(&bus->lock);
	for (i = 0; i < BUS_REGIONS; i++)
		if (bus->region[i].size && bus->region[i].address == address &&
		    bus->region[i].size == size) {
			drop(&bus->region[i]);
			error = 0;
		}
	pthread_rwlock_unlock(&bus->lock);
	return error;
}

int bus_unmap_all(struct bus *bus)
{
	size_t i;

	pthread_rwlock_wrlock(&bus->lock);
	for (i = 0; i < BUS_REGIONS; i++)
		drop(&bus->region[i]);
	pthread_rwlock_unlock(&bus->lock);
	return 0;
}

void *bus_at(const struct bus *bus, uint64_t address, size_t *size, bool write)
{
	const struct bus_region *r;
	uint64_t left;

	for (r = bus->region; r < bus->region + BUS_REGIONS; r++) {
		if (!r->size || address < r->address || address - r->address >= r->size)
			continue;
		if (write && !r->writable)
			return NULL;
		left = r->size - (address - r->address);
		if (*size > left)
			*size = left;
		return r->memory + (address - r->address);
	}
	return NULL;
}
