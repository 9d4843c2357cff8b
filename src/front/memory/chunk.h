/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * chunk.h: the pages of a mapping that are mapped, in chunks of 64
 */
#ifndef PVDRM_FRONT_CHUNK_H
#define PVDRM_FRONT_CHUNK_H

#include <linux/types.h>

struct pvdrm_batch;
struct pvdrm_front_map;

int pvdrm_chunks_reserve(struct pvdrm_front_map *map, u32 first, u32 count);
void pvdrm_chunks_exit(void);
void pvdrm_front_map_put(struct pvdrm_front_map *map);
bool pvdrm_front_map_invalidate(struct pvdrm_front_map *map, u32 first,
				u32 count, u32 seq);

/* pvdrm_front_map.lock held */
bool pvdrm_chunks_present(struct pvdrm_front_map *map, u32 first, u32 count);
u32 pvdrm_batch_record(struct pvdrm_front_map *map, struct pvdrm_batch *batch);
bool pvdrm_front_map_unmap(struct pvdrm_front_map *map, u32 first, u32 last);

#endif /* PVDRM_FRONT_CHUNK_H */
