/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ahead.h: the first pages of a mapping, which come with the response to MMAP
 */
#ifndef PVDRM_FRONT_AHEAD_H
#define PVDRM_FRONT_AHEAD_H

#include "front/memory/mapping.h"

/* Mappings that have pages and have not been touched yet; of a connection, at most */
#define PVDRM_AHEAD_CREDIT	32

/**
 * struct pvdrm_ahead - what to ask for, and what has come
 */
struct pvdrm_ahead {
	/** @batch: the pages; its count is 0 if none are asked for */
	struct pvdrm_batch batch;
	/** @paid: credit was spent */
	bool paid;
	/** @len: bytes of the response's payload; 0: there are no pages */
	u32 len;
	/** @inval_seq: of the response */
	u32 inval_seq;
};

void pvdrm_ahead_begin(struct pvdrm_front_map *map, struct pvdrm_ahead *ahead);
void pvdrm_ahead_take(struct pvdrm_front_map *map, struct pvdrm_ahead *ahead);
void pvdrm_ahead_touched(struct pvdrm_front_map *map);
void pvdrm_ahead_end(struct pvdrm_front_map *map, struct pvdrm_ahead *ahead,
		     int err);

#endif /* PVDRM_FRONT_AHEAD_H */
