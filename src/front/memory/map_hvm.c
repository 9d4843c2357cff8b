// SPDX-License-Identifier: GPL-2.0-only
/*
 * map_hvm.c: mappings in a PVH or HVM guest
 *
 * A grant is mapped at a guest physical page that has no RAM behind it, and
 * programs' page tables point to that page. Unmapping a grant takes two steps:
 * clear all page table entries, then unmap it from the physical page.
 *
 * The page table entry has the memory type of the host's mapping. Whether the CPU
 * heeds it is up to Xen: it does with AMD's nested page tables; with Intel's, Xen
 * has all grants write-back.
 *
 * VRAM is in vram_window.c.
 */
#include <linux/mm.h>
#include <xen/grant_table.h>

#include "front/front.h"
#include "front/memory/chunk.h"
#include "front/memory/map_hvm.h"
#include "front/memory/mapping.h"
#include "front/memory/vram.h"

static int hvm_init_chunk(struct pvdrm_chunk *chunk)
{
	return gnttab_alloc_pages(chunk->nr, chunk->pages);
}

static void hvm_free_chunk(struct pvdrm_chunk *chunk)
{
	gnttab_free_pages(chunk->nr, chunk->pages);
}

struct entry {
	struct mm_struct *mm;
	unsigned long pfn;
	pgprot_t prot;
};

static int set_entry(pte_t *pte, unsigned long address, void *data)
{
	const struct entry *entry = data;

	/* Another thread's fault may have set it. */
	if (pte_none(ptep_get(pte)))
		set_pte_at(entry->mm, address, pte,
			   pte_mkspecial(pfn_pte(entry->pfn, entry->prot)));
	return 0;
}

/**
 * pvdrm_memtype_prot() - protection bits with the memory type of the host's mapping
 * @prot: the bits without
 * @cache: enum xendrm_cache
 *
 * Return: the bits.
 */
pgprot_t pvdrm_memtype_prot(pgprot_t prot, u8 cache)
{
	switch (cache) {
	case XENDRM_CACHE_WC:
		return pgprot_writecombine(prot);
	case XENDRM_CACHE_UC:
		return pgprot_noncached(prot);
	default:
		return prot;
	}
}

/*
 * vmf_insert_pfn_prot() would use the memory type that Linux has on record for
 * these pages, which is write-back. Nobody else accesses them, so set the entry
 * here, as drivers do for memory of a device. The page table is allocated.
 */
static vm_fault_t insert_memtype(struct vm_area_struct *vma,
				 unsigned long address, unsigned long pfn,
				 pgprot_t prot, u8 cache)
{
	struct entry entry = {
		.mm = vma->vm_mm,
		.pfn = pfn,
		.prot = pvdrm_memtype_prot(prot, cache),
	};

	return apply_to_page_range(vma->vm_mm, address, PAGE_SIZE, set_entry,
				   &entry) ? VM_FAULT_OOM : VM_FAULT_NOPAGE;
}

static vm_fault_t insert(struct pvdrm_front_map *map, struct vm_area_struct *vma,
			 unsigned long address, struct pvdrm_chunk *chunk,
			 u32 bit)
{
	vm_flags_t flags = vma->vm_flags;
	u8 cache = chunk->cache[bit];

	/*
	 * Not vm_page_prot: because there is a pfn_mkwrite, it is read-only, to
	 * catch the first write to each page. We catch read-only grants only.
	 */
	if (test_bit(bit, chunk->device))
		return pvdrm_vram_window_insert(&map->front->window, vma, address,
						chunk->offsets[bit]);
	if (test_bit(bit, chunk->readonly))
		flags &= ~VM_WRITE;
	if (cache != XENDRM_CACHE_WB)
		return insert_memtype(vma, address,
				      page_to_pfn(chunk->pages[bit]),
				      vm_get_page_prot(flags), cache);
	return vmf_insert_pfn_prot(vma, address,
				   page_to_pfn(chunk->pages[bit]),
				   vm_get_page_prot(flags));
}

/* A write to a read-only grant would be a general protection fault. */
static bool may_touch(struct pvdrm_chunk *chunk, u32 bit, struct vm_fault *vmf)
{
	return !(vmf->flags & FAULT_FLAG_WRITE) ||
	       !test_bit(bit, chunk->readonly);
}

/* Insert pages of one chunk. Return: the result for the page touched, @index */
static vm_fault_t insert_chunk(struct pvdrm_front_map *map, struct vm_fault *vmf,
			       u32 base, u32 from, u32 to, u32 index)
{
	struct pvdrm_chunk *chunk = xa_load(&map->chunks,
					    base >> PVDRM_CHUNK_SHIFT);
	struct vm_area_struct *vma = vmf->vma;
	vm_fault_t ret = VM_FAULT_NOPAGE, one;
	unsigned long bit, address;

	for (bit = find_next_bit(chunk->mapped, to, from); bit < to;
	     bit = find_next_bit(chunk->mapped, to, bit + 1)) {
		address = vma->vm_start + ((map->pgoff + base + bit -
					    vma->vm_pgoff) << PAGE_SHIFT);
		one = insert(map, vma, address, chunk, bit);
		if (base + bit == index)
			ret = one;
	}
	return ret;
}

/* Insert [first, last), which is within the VMA. */
static vm_fault_t insert_range(struct pvdrm_front_map *map, struct vm_fault *vmf,
			       u32 first, u32 last, u32 index)
{
	vm_fault_t ret = VM_FAULT_NOPAGE, one;
	u32 base;

	for (base = round_down(first, PVDRM_CHUNK_PAGES); base < last;
	     base += PVDRM_CHUNK_PAGES) {
		one = insert_chunk(map, vmf, base,
				   first > base ? first - base : 0,
				   min(last - base, PVDRM_CHUNK_PAGES), index);
		if (one != VM_FAULT_NOPAGE)
			ret = one;
	}
	return ret;
}

static bool hvm_insert_known(struct pvdrm_front_map *map, struct vm_fault *vmf,
			     u32 index, vm_fault_t *ret)
{
	struct vm_area_struct *vma = vmf->vma;
	u32 low = vma->vm_pgoff - map->pgoff;
	u32 bit = index % PVDRM_CHUNK_PAGES;
	u32 first = index - bit;
	struct pvdrm_chunk *chunk;

	chunk = xa_load(&map->chunks, index >> PVDRM_CHUNK_SHIFT);
	if (!chunk || !test_bit(bit, chunk->mapped))
		return false;
	if (!may_touch(chunk, bit, vmf)) {
		*ret = VM_FAULT_SIGBUS;
		return true;
	}
	*ret = insert_range(map, vmf, max(first, low),
			    min_t(unsigned long, first + chunk->nr,
				  low + vma_pages(vma)), index);
	return true;
}

static void collect(struct pvdrm_front_map *map, struct pvdrm_batch *batch)
{
	struct pvdrm_chunk *chunk;
	u32 i, index, bit, flags;

	for (i = 0; i < batch->count; i++) {
		const struct xendrm_page *page = &batch->reply[i];

		index = batch->first + i;
		bit = index % PVDRM_CHUNK_PAGES;
		chunk = xa_load(&map->chunks, index >> PVDRM_CHUNK_SHIFT);
		if (page->kind != XENDRM_PAGE_GRANT ||
		    test_bit(bit, chunk->mapped))
			continue;

		flags = GNTMAP_host_map;
		if (!map->writable || page->flags & XENDRM_PAGE_READONLY)
			flags |= GNTMAP_readonly;
		gnttab_set_map_op(&batch->ops[batch->nr],
				  (unsigned long)page_address(chunk->pages[bit]),
				  flags, page->gref,
				  map->front->backend);
		chunk->cache[bit] = page->cache;
		__assign_bit(bit, chunk->readonly, flags & GNTMAP_readonly);
		batch->pages[batch->nr] = chunk->pages[bit];
		batch->index[batch->nr++] = index;
	}
}

static int hvm_keep(struct pvdrm_front_map *map, struct pvdrm_batch *batch)
{
	collect(map, batch);
	if (batch->nr && gnttab_map_refs(batch->ops, NULL, batch->pages,
					 batch->nr))
		return -EIO;
	pvdrm_batch_record(map, batch);
	pvdrm_vram_window_record(map, batch);
	return 0;
}

static vm_fault_t hvm_map(struct pvdrm_front_map *map, struct vm_fault *vmf,
			  struct pvdrm_batch *batch)
{
	struct pvdrm_chunk *chunk;
	u32 bit = batch->wanted % PVDRM_CHUNK_PAGES;

	if (hvm_keep(map, batch))
		return VM_FAULT_SIGBUS;

	/* The host has no page at present: the program will fault again. */
	if (batch->reply[batch->wanted - batch->first].kind == XENDRM_PAGE_NONE)
		return VM_FAULT_NOPAGE;
	chunk = xa_load(&map->chunks, batch->wanted >> PVDRM_CHUNK_SHIFT);
	if (!test_bit(bit, chunk->mapped) || !may_touch(chunk, bit, vmf))
		return VM_FAULT_SIGBUS;
	return insert_range(map, vmf, batch->first, batch->first + batch->count,
			    batch->wanted);
}

/*
 * This also clears the entries of other mappings of the same part of the file.
 * These fault again, and need no request.
 */
static void hvm_zap(struct pvdrm_front_map *map, u32 first, u32 last)
{
	unmap_mapping_range(map->mapping,
			    (loff_t)(map->pgoff + first) << PAGE_SHIFT,
			    (loff_t)(last - first) << PAGE_SHIFT, 1);
}

static void hvm_set_unmap(struct pvdrm_chunk *chunk, u32 bit, u32 n)
{
	gnttab_set_unmap_op(&chunk->unmap[n],
			    (unsigned long)page_address(chunk->pages[bit]),
			    GNTMAP_host_map, chunk->handles[bit]);
	chunk->unmap_pages[n] = chunk->pages[bit];
}

static int hvm_unmap(struct pvdrm_chunk *chunk, u32 nr)
{
	return gnttab_unmap_refs(chunk->unmap, NULL, chunk->unmap_pages, nr);
}

static vm_fault_t hvm_make_writable(struct pvdrm_front_map *map, u32 index)
{
	struct pvdrm_chunk *chunk;
	u32 bit = index % PVDRM_CHUNK_PAGES;

	chunk = xa_load(&map->chunks, index >> PVDRM_CHUNK_SHIFT);
	if (!chunk || !test_bit(bit, chunk->mapped))
		return VM_FAULT_NOPAGE;
	return test_bit(bit, chunk->readonly) ? VM_FAULT_SIGBUS : 0;
}

const struct pvdrm_front_map_ops pvdrm_front_map_hvm_ops = {
	.init_chunk = hvm_init_chunk,
	.free_chunk = hvm_free_chunk,
	.insert_known = hvm_insert_known,
	.keep = hvm_keep,
	.map = hvm_map,
	.zap = hvm_zap,
	.set_unmap = hvm_set_unmap,
	.unmap = hvm_unmap,
	.make_writable = hvm_make_writable,
	.movable = true,
};
