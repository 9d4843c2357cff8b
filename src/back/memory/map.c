// SPDX-License-Identifier: GPL-2.0-only
/*
 * map.c: the memory of mappings, and references to them
 */
#include <linux/slab.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/memory/grant.h"
#include "back/memory/map.h"
#include "back/memory/pin.h"

static bool alloc_arrays(struct pvdrm_back_map *map, u32 npages)
{
	u32 i, chunks = DIV_ROUND_UP(npages, PVDRM_LRU_PAGES);

	map->grants = kvcalloc(npages, sizeof(*map->grants),
			       GFP_KERNEL_ACCOUNT);
	map->chunks = kvcalloc(chunks, sizeof(*map->chunks),
			       GFP_KERNEL_ACCOUNT);
	if (!map->grants || !map->chunks)
		return false;
	for (i = 0; i < chunks; i++) {
		INIT_LIST_HEAD(&map->chunks[i].list);
		map->chunks[i].map = map;
	}
	return true;
}

/**
 * pvdrm_back_map_alloc() - a mapping without anything mapped
 * @link: the connection
 * @npages: its length
 *
 * Return: the mapping, or NULL if out of memory.
 */
struct pvdrm_back_map *pvdrm_back_map_alloc(struct pvdrm_link *link, u32 npages)
{
	struct pvdrm_back_map *map = kzalloc(sizeof(*map), GFP_KERNEL_ACCOUNT);

	if (!map)
		return NULL;
	if (!alloc_arrays(map, npages)) {
		kvfree(map->chunks);
		kvfree(map->grants);
		kfree(map);
		return NULL;
	}
	kref_init(&map->ref);
	kref_get(&link->back->ref);
	map->back = link->back;
	map->link = link;
	map->npages = npages;
	mutex_init(&map->lock);
	mutex_init(&map->host_lock);
	INIT_LIST_HEAD(&map->zombies);
	return map;
}

static void map_free(struct kref *ref)
{
	struct pvdrm_back_map *map =
		container_of(ref, struct pvdrm_back_map, ref);

	kvfree(map->chunks);
	kvfree(map->grants);
	if (map->pin)
		pvdrm_pin_free(map->pin, map->back);
	pvdrm_back_put(map->back);
	kfree(map);
}

/**
 * pvdrm_back_map_put() - drop a reference to a mapping
 * @map: the mapping
 */
void pvdrm_back_map_put(struct pvdrm_back_map *map)
{
	kref_put(&map->ref, map_free);
}

/**
 * pvdrm_back_map_get() - a mapping by its id
 * @link: the connection
 * @id: from the guest
 *
 * Return: the mapping with a reference for the caller, or NULL.
 */
struct pvdrm_back_map *pvdrm_back_map_get(struct pvdrm_link *link, u32 id)
{
	struct pvdrm_back_map *map;

	xa_lock(&link->maps);
	map = xa_load(&link->maps, id);
	if (map)
		kref_get(&map->ref);
	xa_unlock(&link->maps);
	return map;
}
