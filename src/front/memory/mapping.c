// SPDX-License-Identifier: GPL-2.0-only
/*
 * mapping.c: the end of struct pvdrm_front_map
 */
#include <linux/slab.h>

#include "front/call/ring.h"
#include "front/front.h"
#include "front/memory/chunk.h"
#include "front/memory/mapping.h"

/**
 * pvdrm_front_map_put() - drop a reference
 * @map: from pvdrm_front_map_find()
 */
void pvdrm_front_map_put(struct pvdrm_front_map *map)
{
	if (!refcount_dec_and_test(&map->refs))
		return;
	pvdrm_chunks_free(map);
	if (map->zero)
		__free_page(map->zero);
	kfree(map->munmap);
	pvdrm_front_put(map->front);
	kfree(map);
}
