/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * map.h: the guest's side of one mmap()
 */
#ifndef PVDRM_FRONT_MAP_H
#define PVDRM_FRONT_MAP_H

#include <linux/bitmap.h>
#include <linux/interval_tree.h>
#include <linux/llist.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/refcount.h>

#include <xen/grant_table.h>
#include <xen/interface/xen.h>

#include "front/front.h"

#define PVDRM_CHUNK_SHIFT	6
#define PVDRM_CHUNK_PAGES	64u

/**
 * struct pvdrm_chunk - what is mapped of PVDRM_CHUNK_PAGES pages
 * @nr: its pages
 * @stuck: a grant could not be unmapped: @pages cannot be freed
 * @mapped: pages whose grant is mapped, or that are a device's
 * @device: of these, the latter
 * @known: PV: pages whose grant can be mapped without asking for it
 * @readonly: of @mapped (PVH, HVM) or @known (PV), those that may only be read
 * @cache: enum xendrm_cache of the mapped pages (PVH, HVM)
 * @handles: Xen's names for the mapped grants
 * @pages: PVH, HVM: where the grants go in the guest's physical memory
 * @ptes: PV: machine address of the page table entry
 * @offsets: PVH, HVM: where a device's page is in the window
 * @grefs: PV: the grants that are known
 * @unmap: room for unmapping, which must not need memory
 * @map: likewise, for mapping what is known
 * @updates: likewise, for a device's pages (PV)
 * @unmap_bits: the page that each of @unmap is about
 * @unmap_pages: likewise, for gnttab_unmap_refs()
 * @idle: in the list of those that nothing needs any more
 *
 * Under pvdrm_front_map.lock, but for @nr and @pages, which do not change.
 */
struct pvdrm_chunk {
	u32 nr;
	bool stuck;
	DECLARE_BITMAP(mapped, PVDRM_CHUNK_PAGES);
	DECLARE_BITMAP(device, PVDRM_CHUNK_PAGES);
	DECLARE_BITMAP(known, PVDRM_CHUNK_PAGES);
	DECLARE_BITMAP(readonly, PVDRM_CHUNK_PAGES);
	u8 cache[PVDRM_CHUNK_PAGES];
	grant_handle_t handles[PVDRM_CHUNK_PAGES];
	union {
		struct page *pages[PVDRM_CHUNK_PAGES];
		u64 ptes[PVDRM_CHUNK_PAGES];
	};
	union {
		u32 offsets[PVDRM_CHUNK_PAGES];
		grant_ref_t grefs[PVDRM_CHUNK_PAGES];
	};
	union {
		struct gnttab_unmap_grant_ref unmap[PVDRM_CHUNK_PAGES];
		struct gnttab_map_grant_ref map[PVDRM_CHUNK_PAGES];
		struct mmu_update updates[PVDRM_CHUNK_PAGES];
	};
	u8 unmap_bits[PVDRM_CHUNK_PAGES];
	struct page *unmap_pages[PVDRM_CHUNK_PAGES];
	struct llist_node idle;
};

/**
 * struct pvdrm_batch - the pages of one FAULT
 * @first: first page asked for
 * @count: pages asked for
 * @wanted: the page that the program touched
 * @nr: entries of @ops that are filled
 * @reply: the answer, @count entries
 * @ops: room for @count map operations
 * @pages: the page of each operation (PVH, HVM)
 * @index: the page number of each operation
 */
struct pvdrm_batch {
	u32 first;
	u32 count;
	u32 wanted;
	u32 nr;
	struct xendrm_page *reply;
	struct gnttab_map_grant_ref *ops;
	struct page **pages;
	u32 *index;
};

struct pvdrm_front_map;

/**
 * struct pvdrm_front_map_ops - how grants get into a program's address space
 * @attach: a mapping is made; in mmap(), mmap_lock held for writing
 * @detach: its last VMA is gone
 * @init_chunk: prepare a chunk
 * @free_chunk: undo it; nothing of it is mapped
 * @fits: whether faults of that VMA can be served
 * @insert_known: put pages around @index whose grants are mapped, or known, into
 *		  the VMA; false if @index is not one. Under pvdrm_front_map.lock, page
 *		  tables are there.
 * @prepare: add to a FAULT what the backend needs to know of the VMA
 * @map: map the grants of a reply into the VMA. Under pvdrm_front_map.lock.
 * @zap: take the pages [first, last) out of all page tables. As @set_unmap.
 * @set_unmap: fill in the n-th unmap operation of a chunk. Under
 *	       pvdrm_front_map.lock; needs no memory and no lock that a program can
 *	       hold while it waits for the backend.
 * @unmap: do that many of a chunk. As @set_unmap.
 * @unmap_device: unmap a device's pages, bits [from, to) of a chunk, if there is
 *		  more to it than @zap. As @set_unmap.
 * @make_writable: a write hit a page that is mapped for reading only. Under
 *		   pvdrm_front_map.lock.
 * @read_begin: before taking the lock for @insert_known or @map
 * @read_retry: under the lock; true if the address space changed since
 * @vm_ops: of the VMA
 * @vm_flags: of the VMA beside the common ones
 */
struct pvdrm_front_map_ops {
	int (*attach)(struct pvdrm_front_map *map, struct vm_area_struct *vma);
	void (*detach)(struct pvdrm_front_map *map);
	int (*init_chunk)(struct pvdrm_chunk *chunk);
	void (*free_chunk)(struct pvdrm_chunk *chunk);
	bool (*fits)(struct pvdrm_front_map *map, struct vm_area_struct *vma);
	bool (*insert_known)(struct pvdrm_front_map *map, struct vm_fault *vmf,
			     u32 index, vm_fault_t *ret);
	int (*prepare)(struct pvdrm_front_map *map, struct vm_area_struct *vma,
		       const struct pvdrm_batch *batch,
		       struct xendrm_request *req);
	vm_fault_t (*map)(struct pvdrm_front_map *map, struct vm_fault *vmf,
			  struct pvdrm_batch *batch);
	void (*zap)(struct pvdrm_front_map *map, u32 first, u32 last);
	void (*set_unmap)(struct pvdrm_chunk *chunk, u32 bit, u32 n);
	int (*unmap)(struct pvdrm_chunk *chunk, u32 nr);
	bool (*unmap_device)(struct pvdrm_chunk *chunk, u32 from, u32 to);
	vm_fault_t (*make_writable)(struct pvdrm_front_map *map, u32 index);
	unsigned long (*read_begin)(struct pvdrm_front_map *map);
	bool (*read_retry)(struct pvdrm_front_map *map, unsigned long seq);
	const struct vm_operations_struct *vm_ops;
	vm_flags_t vm_flags;
};

extern const struct pvdrm_front_map_ops pvdrm_front_map_hvm_ops;
extern const struct pvdrm_front_map_ops pvdrm_front_map_pv_ops;

/**
 * struct pvdrm_front_map - one mmap() of the device
 * @front: the connection; a reference
 * @cache: its file's; valid while it has VMAs or is kept
 * @range: in the cache, while it has VMAs: bytes of the file
 * @dispose_node: in pvdrm_dispose_list.maps
 * @ops: by the kind of guest
 * @refs: references: one for the VMAs, one for each user from elsewhere
 * @vmas: VMAs that show it
 * @id: the backend's name for it
 * @pgoff: the file's page that is its first
 * @nr_pages: its pages
 * @writable: it may ever be written
 * @mapping: the file's address space (PVH, HVM)
 * @munmap: the request that ends it
 * @chunks: struct pvdrm_chunk by page number >> PVDRM_CHUNK_SHIFT
 *
 * @lock: protects what is mapped, and what follows, up to @zero
 * @lost: the device is gone: faults show @zero
 * @last_inval: number of the last invalidation of it
 * @nr_inval: how many there were
 * @next: where the next fault of a sequential access will be
 * @fault_around: pages of the last FAULT
 * @zero: shown after the device was lost
 *
 * @mm: PV: the address space it is in
 * @start: PV: its address there
 * @notifier: PV: tells when the page tables change
 */
struct pvdrm_front_map {
	struct pvdrm_front *front;
	struct pvdrm_cache *cache;
	struct interval_tree_node range;
	struct list_head dispose_node;
	const struct pvdrm_front_map_ops *ops;
	refcount_t refs;
	refcount_t vmas;
	u32 id;
	unsigned long pgoff;
	u32 nr_pages;
	bool writable;
	struct address_space *mapping;
	struct pvdrm_post *munmap;
	struct xarray chunks;

	struct mutex lock; /* never held across a wait for the backend */
	bool lost;
	u32 last_inval;
	u64 nr_inval;
	u32 next;
	u32 fault_around;
	struct page *zero;

	struct mm_struct *mm;
	unsigned long start;
	struct mmu_interval_notifier notifier;
};

static inline struct pvdrm_chunk *pvdrm_front_map_chunk(struct pvdrm_front_map *map,
							u32 index)
{
	return xa_load(&map->chunks, index >> PVDRM_CHUNK_SHIFT);
}

static inline u32 pvdrm_chunk_bit(u32 index)
{
	return index & (PVDRM_CHUNK_PAGES - 1);
}

static inline bool pvdrm_front_map_has_page(struct pvdrm_front_map *map, u32 index)
{
	struct pvdrm_chunk *chunk = pvdrm_front_map_chunk(map, index);

	return chunk && test_bit(pvdrm_chunk_bit(index), chunk->mapped);
}

/* map.c */
int pvdrm_front_mmap(struct file *fp, struct vm_area_struct *vma);
struct pvdrm_front_map *pvdrm_front_map_find(struct pvdrm_front *front, u32 id);
void pvdrm_front_map_put(struct pvdrm_front_map *map);
void pvdrm_front_map_end(struct pvdrm_front_map *map, bool wait);
bool pvdrm_front_map_invalidate(struct pvdrm_front_map *map, u32 first,
				u32 count, u32 seq);
bool pvdrm_front_map_unmap(struct pvdrm_front_map *map, u32 first, u32 last);
bool pvdrm_front_maps_disconnect(struct pvdrm_front *front);
void pvdrm_front_maps_exit(void);
void pvdrm_front_map_vm_open(struct vm_area_struct *vma);
void pvdrm_front_map_vm_close(struct vm_area_struct *vma);

/* fault.c */
vm_fault_t pvdrm_front_map_fault(struct vm_fault *vmf);
vm_fault_t pvdrm_front_map_pfn_mkwrite(struct vm_fault *vmf);
u32 pvdrm_batch_record(struct pvdrm_front_map *map, struct pvdrm_batch *batch);

/* memtype.c */
vm_fault_t pvdrm_insert_memtype(struct vm_area_struct *vma,
				unsigned long address, unsigned long pfn,
				pgprot_t prot, u8 cache);

#endif /* PVDRM_FRONT_MAP_H */
