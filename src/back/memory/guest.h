/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guest.h: pages of the guest, mapped here
 */
#ifndef PVDRM_BACK_GUEST_H
#define PVDRM_BACK_GUEST_H

#include <xen/grant_table.h>

struct page;

#define PVDRM_GUEST_BATCH	64u

/**
 * struct pvdrm_guest_pages - pages of the guest, mapped for writing
 */
struct pvdrm_guest_pages {
	/** @nr: their number */
	u32 nr;

	/** @pages: that stand for them here */
	struct page **pages;

	/** @handles: Xen's, of the mappings */
	grant_handle_t *handles;

	union {
		/** @map: operations, preallocated */
		struct gnttab_map_grant_ref map[PVDRM_GUEST_BATCH];

		/** @unmap: likewise */
		struct gnttab_unmap_grant_ref unmap[PVDRM_GUEST_BATCH];
	};

	/** @unmap_pages: as gnttab_unmap_refs() wants them */
	struct page *unmap_pages[PVDRM_GUEST_BATCH];
};

struct pvdrm_guest_pages *pvdrm_guest_pages_map(domid_t domid,
						const grant_ref_t *refs,
						u32 nr);
void pvdrm_guest_pages_unmap(struct pvdrm_guest_pages *guest);

#endif /* PVDRM_BACK_GUEST_H */
