/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * grant.h: grants of a mapping's pages
 */
#ifndef PVDRM_BACK_GRANT_H
#define PVDRM_BACK_GRANT_H

#include <linux/types.h>

#include "back/memory/frame.h"

struct pvdrm_back_map;
struct xendrm_page;

/**
 * struct pvdrm_grant - a page that the guest may map
 */
struct pvdrm_grant {
	/** @frame: the page; its reference belongs to the grant */
	struct pvdrm_frame frame;

	union {
		/** @ref: the grant reference */
		u32 ref;

		/**
		 * @guest_frame: of VRAM instead: the frame where the guest has
		 * it; of a PV guest, the machine address of the page table
		 * entry
		 */
		u64 guest_frame;
	};

	/** @live: the guest may map it */
	bool live;

	/** @stale: the guest has it mapped although it may not any more */
	bool stale;
};

int pvdrm_grants_make(struct pvdrm_back_map *map, u32 first, u32 count,
		      u32 wanted, struct pvdrm_frame *frames,
		      struct xendrm_page *pages);
u32 pvdrm_grants_end(struct pvdrm_back_map *map, u32 first, u32 count);
void pvdrm_grants_force(struct pvdrm_back_map *map, u32 first, u32 count);
void pvdrm_zombies_exit(void);

#endif /* PVDRM_BACK_GRANT_H */
