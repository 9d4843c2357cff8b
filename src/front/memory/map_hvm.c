// SPDX-License-Identifier: GPL-2.0-only
/*
 * map_hvm.c: grants in a PVH or HVM guest
 *
 * A grant is mapped to a page of the guest's physical memory that has no RAM
 * behind it; programs' page tables then point to that page. Taking a grant away
 * is two steps: out of all page tables, then out of the physical memory.
 *
 * The program's page table entry is cached as the host's is (memtype.c). What the
 * CPU makes of it is Xen's choice: with AMD's nested page tables it holds; with
 * Intel's, Xen has all grants write-back.
 *
 * Memory of the GPU itself is in vram_window.c.
 */
#include <linux/mm.h>
#include <xen/grant_table.h>

#include "front/memory/map.h"

static int hvm_init_chunk(struct pvdrm_chunk *chunk)
{
	return gnttab_alloc_pages(chunk->nr, chunk->pages);
}

static void hvm_free_chunk(struct pvdrm_chunk *chunk)
{
	gnttab_free_pages(chunk->nr, chunk->pages);
}

static vm_fault_t insert(struct pvdrm_front_map *map, struct vm_area_struct *vma,
			 unsigned long address, struct pvdrm_chunk *chunk,
			 u32 bit)
{
	vm_flags_t flags = vma->vm_flags;
	u8 cache = chunk->cache[bit];

	/*
	 * Not vm_page_prot: having pfn_mkwrite makes that read-only, to catch
	 * the first write of each page. Only read-only grants need catching.
	 */
	if (test_bit(bit, chunk->device))
		return pvdrm_vram_window_insert(&map->front->window, vma, address,
						chunk->offsets[bit]);
	if (test_bit(bit, chunk->readonly))
		flags &= ~VM_WRITE;
	if (cache != XENDRM_CACHE_WB)
		return pvdrm_insert_memtype(vma, address,
					    page_to_pfn(chunk->pages[bit]),
					    vm_get_page_prot(flags), cache);
	return vmf_insert_pfn_prot(vma, address,
				   page_to_pfn(chunk->pages[bit]),
				   vm_get_page_prot(flags));
}

/* Xen would answer a write to a read-only grant with a general protection fault. */
static bool may_touch(struct pvdrm_chunk *chunk, u32 bit, struct vm_fault *vmf)
{
	return !(vmf->flags & FAULT_FLAG_WRITE) ||
	       !test_bit(bit, chunk->readonly);
}

/* Pages of one chunk that the VMA shows; the page touched decides the answer. */
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

/* [first, last), within the VMA */
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

static vm_fault_t hvm_map(struct pvdrm_front_map *map, struct vm_fault *vmf,
			  struct pvdrm_batch *batch)
{
	struct pvdrm_chunk *chunk;
	u32 bit = batch->wanted % PVDRM_CHUNK_PAGES;

	collect(map, batch);
	if (batch->nr && gnttab_map_refs(batch->ops, NULL, batch->pages,
					 batch->nr))
		return VM_FAULT_SIGBUS;
	pvdrm_batch_record(map, batch);
	pvdrm_vram_window_record(map, batch);

	/* Not there now: the program will touch it again. */
	if (batch->reply[batch->wanted - batch->first].kind == XENDRM_PAGE_NONE)
		return VM_FAULT_NOPAGE;
	chunk = xa_load(&map->chunks, batch->wanted >> PVDRM_CHUNK_SHIFT);
	if (!test_bit(bit, chunk->mapped) || !may_touch(chunk, bit, vmf))
		return VM_FAULT_SIGBUS;
	return insert_range(map, vmf, batch->first, batch->first + batch->count,
			    batch->wanted);
}

/*
 * Other mappings of the same part of the file lose their page table entries,
 * too; they come back with a fault and without a request.
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

static const struct vm_operations_struct hvm_vm_ops = {
	.open = pvdrm_front_map_vm_open,
	.close = pvdrm_front_map_vm_close,
	.fault = pvdrm_front_map_fault,
	.pfn_mkwrite = pvdrm_front_map_pfn_mkwrite,
};

const struct pvdrm_front_map_ops pvdrm_front_map_hvm_ops = {
	.init_chunk = hvm_init_chunk,
	.free_chunk = hvm_free_chunk,
	.insert_known = hvm_insert_known,
	.map = hvm_map,
	.zap = hvm_zap,
	.set_unmap = hvm_set_unmap,
	.unmap = hvm_unmap,
	.make_writable = hvm_make_writable,
	.vm_ops = &hvm_vm_ops,
};
