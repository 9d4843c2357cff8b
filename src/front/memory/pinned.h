/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pinned.h: all pages of a dma-buf of the host, as pages of the guest
 */
#ifndef PVDRM_FRONT_PINNED_H
#define PVDRM_FRONT_PINNED_H

#include <linux/types.h>
#include <xen/grant_table.h>

struct page;
struct pvdrm_front;
struct pvdrm_post;

#define PVDRM_PINNED_BATCH	64u
/* Not a handle of Xen's */
#define PVDRM_NO_HANDLE		((grant_handle_t)~0)

/**
 * struct pvdrm_pinned - all pages of a dma-buf of the host, as pages of the guest
 *
 * The owner sees to it that one thread at a time uses it.
 */
struct pvdrm_pinned {
	/** @front: the connection, which may be dead; a reference */
	struct pvdrm_front *front;
	/** @id: of the mapping, the backend's */
	u32 id;
	/** @nr_pages: size of the dma-buf */
	u32 nr_pages;
	/** @nr_allocated: the first so many of @pages exist */
	u32 nr_allocated;
	/** @cache: enum xendrm_cache of the host's mapping */
	u8 cache;
	/** @pages: where the grants are mapped, @nr_pages of them */
	struct page **pages;
	/** @grefs: the grants */
	grant_ref_t *grefs;
	/** @handles: Xen's handles of these mappings, or PVDRM_NO_HANDLE */
	grant_handle_t *handles;
	/** @vaddr: all of them in the kernel's address space; %NULL: not mapped */
	void *vaddr;
	/** @vmap_handles: PV: handles of the mappings at @vaddr */
	grant_handle_t *vmap_handles;
	/** @munmap: the request that ends it, allocated ahead */
	struct pvdrm_post *munmap;
	union {
		/** @map: operations, preallocated */
		struct gnttab_map_grant_ref map[PVDRM_PINNED_BATCH];
		/** @unmap: likewise */
		struct gnttab_unmap_grant_ref unmap[PVDRM_PINNED_BATCH];
	};
	/** @unmap_pages: as gnttab_unmap_refs() wants them */
	struct page *unmap_pages[PVDRM_PINNED_BATCH];
};

/* pinned.c */
struct pvdrm_pinned *pvdrm_pinned_create(struct pvdrm_front *front, u32 object,
					 u64 size);
void pvdrm_pinned_free(struct pvdrm_pinned *pinned);
int pvdrm_pinned_vmap(struct pvdrm_pinned *pinned);
void pvdrm_pinned_vunmap(struct pvdrm_pinned *pinned);
bool pvdrm_pinned_any(void);

/* pinned_pv.c */
int pvdrm_pinned_pv_vmap(struct pvdrm_pinned *pinned);
void pvdrm_pinned_pv_vunmap(struct pvdrm_pinned *pinned);

#endif /* PVDRM_FRONT_PINNED_H */
