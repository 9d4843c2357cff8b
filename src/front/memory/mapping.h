/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mapping.h: struct pvdrm_front_map, one mmap() of the device, and the pages that are
 * mapped in it
 */
#ifndef PVDRM_FRONT_MAPPING_H
#define PVDRM_FRONT_MAPPING_H

#include <linux/bitmap.h>
#include <linux/llist.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/xarray.h>

#include <xen/grant_table.h>
#include <xen/interface/xen.h>

#include "front/cache/cache.h"

struct pvdrm_front;
struct pvdrm_front_map;
struct pvdrm_front_map_ops;
struct pvdrm_post;

#define PVDRM_CHUNK_SHIFT	6
#define PVDRM_CHUNK_PAGES	64u

/**
 * struct pvdrm_chunk - what is mapped of PVDRM_CHUNK_PAGES pages
 *
 * Protected by pvdrm_front_map.lock, except for @ops, @nr and @pages, which do
 * not change. "PVH" stands for PVH and HVM guests.
 */
struct pvdrm_chunk {
	/** @ops: how its pages are mapped */
	const struct pvdrm_front_map_ops *ops;
	/** @nr: number of pages; less than PVDRM_CHUNK_PAGES at the end */
	u32 nr;
	/** @stuck: a grant could not be unmapped: @pages cannot be freed */
	bool stuck;
	/** @mapped: pages that are mapped, granted ones and VRAM */
	DECLARE_BITMAP(mapped, PVDRM_CHUNK_PAGES);
	/** @device: those of @mapped that are VRAM */
	DECLARE_BITMAP(device, PVDRM_CHUNK_PAGES);
	/** @known: PV: pages whose grant is in @grefs, so no FAULT is needed */
	DECLARE_BITMAP(known, PVDRM_CHUNK_PAGES);
	/** @readonly: those of @mapped (PVH) or @known (PV) not to be written */
	DECLARE_BITMAP(readonly, PVDRM_CHUNK_PAGES);
	/** @cache: PVH: enum xendrm_cache of the mapped pages */
	u8 cache[PVDRM_CHUNK_PAGES];
	/** @handles: Xen's handles of the mapped grants */
	grant_handle_t handles[PVDRM_CHUNK_PAGES];
	union {
		/** @pages: PVH: where grants go in the guest's memory */
		struct page *pages[PVDRM_CHUNK_PAGES];
		/** @ptes: PV: machine addresses of the page table entries */
		u64 ptes[PVDRM_CHUNK_PAGES];
	};
	union {
		/** @offsets: PVH: page of the VRAM window */
		u32 offsets[PVDRM_CHUNK_PAGES];
		/** @grefs: PV: grants of the pages in @known */
		grant_ref_t grefs[PVDRM_CHUNK_PAGES];
	};
	union {
		/** @unmap: preallocated, since unmapping must not need memory */
		struct gnttab_unmap_grant_ref unmap[PVDRM_CHUNK_PAGES];
		/** @map: likewise, to map pages in @known */
		struct gnttab_map_grant_ref map[PVDRM_CHUNK_PAGES];
		/** @updates: likewise, to unmap VRAM (PV) */
		struct mmu_update updates[PVDRM_CHUNK_PAGES];
	};
	/** @unmap_bits: the page that each entry of @unmap is about */
	u8 unmap_bits[PVDRM_CHUNK_PAGES];
	/** @unmap_pages: likewise, as gnttab_unmap_refs() wants it */
	struct page *unmap_pages[PVDRM_CHUNK_PAGES];
	/** @idle: in the list of chunks to be freed */
	struct llist_node idle;
};

/**
 * struct pvdrm_batch - the pages of one FAULT
 */
struct pvdrm_batch {
	/** @first: first page asked for */
	u32 first;
	/** @count: number of pages asked for */
	u32 count;
	/** @wanted: the page that the program touched */
	u32 wanted;
	/** @nr: entries of @ops that are filled */
	u32 nr;
	/** @reply: the response, @count entries */
	struct xendrm_page *reply;
	/** @ops: room for @count map operations */
	struct gnttab_map_grant_ref *ops;
	/** @pages: PVH: the page of each operation */
	struct page **pages;
	/** @index: the page number of each operation */
	u32 *index;
};

/**
 * struct pvdrm_front_map_ops - how pages get into a program's address space
 *
 * There is one for PV guests and one for PVH and HVM guests. "Locked" means that
 * pvdrm_front_map.lock is held. What unmaps is called for invalidations: it
 * needs no memory, and no lock that is held by a thread waiting for the backend.
 */
struct pvdrm_front_map_ops {
	/** @attach: a VMA was made for it; in mmap(); optional */
	int (*attach)(struct pvdrm_front_map *map, struct vm_area_struct *vma);
	/** @detach: its last VMA is gone; optional */
	void (*detach)(struct pvdrm_front_map *map);
	/** @init_chunk: prepare a chunk */
	int (*init_chunk)(struct pvdrm_chunk *chunk);
	/** @free_chunk: undo @init_chunk; nothing in it is mapped */
	void (*free_chunk)(struct pvdrm_chunk *chunk);
	/** @fits: whether faults of this VMA can be served; optional */
	bool (*fits)(struct pvdrm_front_map *map, struct vm_area_struct *vma);
	/**
	 * @insert_known: put the page @index, and those around it that need no
	 * FAULT either, into the VMA. Return: false if @index needs a FAULT.
	 * Locked; page tables are allocated.
	 */
	bool (*insert_known)(struct pvdrm_front_map *map, struct vm_fault *vmf,
			     u32 index, vm_fault_t *ret);
	/**
	 * @prepare: add to a FAULT what the backend must know to map it into the
	 * VMA; optional
	 */
	int (*prepare)(struct pvdrm_front_map *map, struct vm_area_struct *vma,
		       const struct pvdrm_batch *batch,
		       struct xendrm_request *req);
	/**
	 * @keep: keep what the response brought, so that @insert_known finds it:
	 * grants, and VRAM in a window. Its chunks are present. Return: 0 or an
	 * error. Locked
	 */
	int (*keep)(struct pvdrm_front_map *map, struct pvdrm_batch *batch);
	/** @map: @keep, and map that into the VMA. Locked */
	vm_fault_t (*map)(struct pvdrm_front_map *map, struct vm_fault *vmf,
			  struct pvdrm_batch *batch);
	/** @zap: clear [first, last) in all page tables. Locked; optional */
	void (*zap)(struct pvdrm_front_map *map, u32 first, u32 last);
	/** @set_unmap: fill in the n-th unmap operation of a chunk. Locked */
	void (*set_unmap)(struct pvdrm_chunk *chunk, u32 bit, u32 n);
	/** @unmap: do the first @nr unmap operations of a chunk. Locked */
	int (*unmap)(struct pvdrm_chunk *chunk, u32 nr);
	/** @unmap_device: unmap VRAM, bits [from, to). Locked; optional */
	bool (*unmap_device)(struct pvdrm_chunk *chunk, u32 from, u32 to);
	/** @make_writable: a write hit a page mapped read-only. Locked */
	vm_fault_t (*make_writable)(struct pvdrm_front_map *map, u32 index);
	/** @read_begin: called before locking for @insert_known or @map */
	unsigned long (*read_begin)(struct pvdrm_front_map *map);
	/** @read_retry: locked: whether the address space changed since */
	bool (*read_retry)(struct pvdrm_front_map *map, unsigned long seq);
	/** @movable: mremap() may move the VMA */
	bool movable;
	/** @vm_flags: of the VMA, besides those of all mappings */
	vm_flags_t vm_flags;
};

extern const struct pvdrm_front_map_ops pvdrm_front_map_hvm_ops;
extern const struct pvdrm_front_map_ops pvdrm_front_map_pv_ops;

/**
 * struct pvdrm_front_map - one mmap() of the device
 */
struct pvdrm_front_map {
	/** @front: the connection, with a reference */
	struct pvdrm_front *front;
	/** @cached: the cache's part; unused if it shows an object */
	struct pvdrm_cached_map cached;
	/** @ops: by the kind of guest */
	const struct pvdrm_front_map_ops *ops;
	/**
	 * @refs: one of all VMAs, one of each pvdrm_front_map_find(), and one of each
	 * fault that does not hold mmap_lock
	 */
	refcount_t refs;
	/** @vmas: number of VMAs that show it */
	refcount_t vmas;
	/** @id: the backend's */
	u32 id;
	/** @import: what to map instead, the backend having none; 0: nothing */
	u32 import;
	/** @import_off: where in that, in bytes */
	u64 import_off;
	/** @pgoff: page of the file that is its first */
	unsigned long pgoff;
	/** @nr_pages: its length */
	u32 nr_pages;
	/** @writable: it may ever be written to */
	bool writable;
	/** @touched: a program has touched a page */
	bool touched;
	/** @mapping: the file's address space (PVH) */
	struct address_space *mapping;
	/** @munmap: the request that ends it, allocated ahead */
	struct pvdrm_post *munmap;
	/** @chunks: struct pvdrm_chunk by page number >> PVDRM_CHUNK_SHIFT */
	struct xarray chunks;

	/**
	 * @lock: protects the chunks, and the members down to @zero. Never held
	 * while waiting for the backend
	 */
	struct mutex lock; /* the pages that are mapped */
	/** @lost: the device is gone: faults show @zero */
	bool lost;
	/** @ended: all is unmapped, and nothing may be mapped again */
	bool ended;
	/** @last_inval: number of the last invalidation */
	u32 last_inval;
	/** @nr_inval: number of invalidations so far */
	u64 nr_inval;
	/** @next: where a sequential access will fault next */
	u32 next;
	/** @fault_around: pages asked for by the last FAULT */
	u32 fault_around;
	/** @zero: a page to show after the device was lost */
	struct page *zero;

	/** @mm: PV: the address space it is in */
	struct mm_struct *mm;
	/** @start: PV: its address there */
	unsigned long start;
	/** @notifier: PV: called before page tables change */
	struct mmu_interval_notifier notifier;
};

static inline struct pvdrm_chunk *
pvdrm_front_map_chunk(struct pvdrm_front_map *map, u32 index)
{
	return xa_load(&map->chunks, index >> PVDRM_CHUNK_SHIFT);
}

static inline u32 pvdrm_chunk_bit(u32 index)
{
	return index & (PVDRM_CHUNK_PAGES - 1);
}

static inline bool pvdrm_front_map_has_page(struct pvdrm_front_map *map,
					    u32 index)
{
	struct pvdrm_chunk *chunk = pvdrm_front_map_chunk(map, index);

	return chunk && test_bit(pvdrm_chunk_bit(index), chunk->mapped);
}

#endif /* PVDRM_FRONT_MAPPING_H */
