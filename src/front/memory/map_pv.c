// SPDX-License-Identifier: GPL-2.0-only
/*
 * map_pv.c: mappings in a PV guest
 *
 * Xen itself writes a grant into the program's page table entry, and clears the
 * entry again. If anything else changes such an entry, Xen kills the guest. So
 * the entries are cleared before Linux changes anything there: the notifier is
 * called before munmap, mprotect, mremap, exit and so on touch the page tables.
 * A child does not inherit the mapping, and it cannot be moved. Grants are
 * remembered until the backend revokes them, so that they can be mapped again
 * without a FAULT.
 *
 * All grants are mapped write-back, whatever xendrm_page.cache says: Xen does not
 * let a guest choose the memory type of another domain's pages. VRAM is in
 * vram_pte.c.
 */
#include <linux/mm.h>
#include <xen/grant_table.h>
#include <xen/page.h>
#include <asm/xen/hypercall.h>

#include "front/call/ring.h"
#include "front/front.h"
#include "front/memory/chunk.h"
#include "front/memory/mapping.h"
#include "front/memory/vram.h"

/* guest_avail0 is Linux's "special" bit: there is no struct page */
#define PV_FLAGS	(GNTMAP_host_map | GNTMAP_application_map | \
			 GNTMAP_contains_pte | (1 << _GNTMAP_guest_avail0))

static bool pv_invalidate(struct mmu_interval_notifier *notifier,
			  const struct mmu_notifier_range *range,
			  unsigned long seq)
{
	struct pvdrm_front_map *map = container_of(notifier, struct pvdrm_front_map,
						   notifier);
	unsigned long end = map->start + ((u64)map->nr_pages << PAGE_SHIFT);
	unsigned long from = max(range->start, map->start);
	unsigned long to = min(range->end, end);
	bool done;

	if (!mmu_notifier_range_blockable(range))
		return false;
	mutex_lock(&map->lock);
	mmu_interval_set_seq(notifier, seq);
	done = from >= to ||
	       pvdrm_front_map_unmap(map, (from - map->start) >> PAGE_SHIFT,
				     (to - map->start + PAGE_SIZE - 1) >>
					     PAGE_SHIFT);
	mutex_unlock(&map->lock);
	if (!done)
		pvdrm_front_fail(map->front, "a grant could not be unmapped");
	return true;
}

static const struct mmu_interval_notifier_ops notifier_ops = {
	.invalidate = pv_invalidate,
};

static int pv_attach(struct pvdrm_front_map *map, struct vm_area_struct *vma)
{
	return mmu_interval_notifier_insert_locked(&map->notifier, vma->vm_mm,
						   vma->vm_start,
						   vma->vm_end - vma->vm_start,
						   &notifier_ops);
}

static void pv_detach(struct pvdrm_front_map *map)
{
	mmu_interval_notifier_remove(&map->notifier);
}

static int pv_init_chunk(struct pvdrm_chunk *chunk)
{
	return 0;
}

static void pv_free_chunk(struct pvdrm_chunk *chunk)
{
}

/* The notifier covers only the addresses where the mapping was made. */
static bool pv_fits(struct pvdrm_front_map *map, struct vm_area_struct *vma)
{
	return vma->vm_mm == map->mm &&
	       vma->vm_start - map->start ==
	       (vma->vm_pgoff - map->pgoff) << PAGE_SHIFT;
}

struct pv_collect {
	struct pvdrm_front_map *map;
	struct pvdrm_batch *batch;
	u32 flags;
};

static int collect_pte(pte_t *pte, unsigned long address, void *data)
{
	struct pv_collect *collect = data;
	struct pvdrm_batch *batch = collect->batch;
	u32 index = (address - collect->map->start) >> PAGE_SHIFT;
	struct pvdrm_chunk *chunk = pvdrm_front_map_chunk(collect->map, index);
	u32 bit = pvdrm_chunk_bit(index);
	u32 flags = collect->flags;

	if (!test_bit(bit, chunk->known) || !pte_none(*pte))
		return 0;
	if (test_bit(bit, chunk->readonly))
		flags |= GNTMAP_readonly;
	gnttab_set_map_op(&batch->ops[batch->nr],
			  arbitrary_virt_to_machine(pte).maddr, flags,
			  chunk->grefs[bit], collect->map->front->backend);
	batch->index[batch->nr++] = index;
	return 0;
}

/* Map the pages of the batch whose grants are known. */
static int map_known(struct pvdrm_front_map *map, struct vm_area_struct *vma,
		     struct pvdrm_batch *batch)
{
	struct pv_collect collect = {
		.map = map,
		.batch = batch,
		.flags = PV_FLAGS,
	};
	int err;

	/* The present flags count: mprotect() clears the entries first. */
	if (!(vma->vm_flags & VM_WRITE))
		collect.flags |= GNTMAP_readonly;
	err = apply_to_page_range(vma->vm_mm, map->start +
				  ((unsigned long)batch->first << PAGE_SHIFT),
				  (unsigned long)batch->count << PAGE_SHIFT,
				  collect_pte, &collect);
	if (err)
		return err;
	if (batch->nr)
		gnttab_batch_map(batch->ops, batch->nr);
	pvdrm_batch_record(map, batch);
	return 0;
}

static bool may_touch(struct pvdrm_front_map *map, const struct vm_fault *vmf,
		      u32 index)
{
	return !(vmf->flags & FAULT_FLAG_WRITE) ||
	       !test_bit(pvdrm_chunk_bit(index),
			 pvdrm_front_map_chunk(map, index)->readonly);
}

/*
 * Map again what was unmapped here, but not revoked by the backend: after
 * mprotect(), or if a parked mapping is used again.
 */
static bool pv_insert_known(struct pvdrm_front_map *map, struct vm_fault *vmf,
			    u32 index, vm_fault_t *ret)
{
	struct pvdrm_chunk *chunk = pvdrm_front_map_chunk(map, index);
	u32 low = vmf->vma->vm_pgoff - map->pgoff;
	u32 first = round_down(index, PVDRM_CHUNK_PAGES);
	u32 indices[PVDRM_CHUNK_PAGES];
	struct pvdrm_batch batch = { .index = indices };

	if (!chunk || !test_bit(pvdrm_chunk_bit(index), chunk->known))
		return false;
	if (!may_touch(map, vmf, index)) {
		*ret = VM_FAULT_SIGBUS;
		return true;
	}
	batch.ops = chunk->map;
	batch.first = max(first, low);
	batch.count = min_t(unsigned long, first + chunk->nr,
			    low + vma_pages(vmf->vma)) - batch.first;
	*ret = map_known(map, vmf->vma, &batch) ? VM_FAULT_OOM : VM_FAULT_NOPAGE;
	return *ret != VM_FAULT_NOPAGE || pvdrm_front_map_has_page(map, index);
}

/* Remember the grants: page table entries are set when there is a VMA. */
static int pv_keep(struct pvdrm_front_map *map, struct pvdrm_batch *batch)
{
	const struct xendrm_page *page = batch->reply;
	struct pvdrm_chunk *chunk;
	u32 i, bit;

	for (i = 0; i < batch->count; i++, page++) {
		chunk = pvdrm_front_map_chunk(map, batch->first + i);
		bit = pvdrm_chunk_bit(batch->first + i);
		chunk->grefs[bit] = page->gref;
		__assign_bit(bit, chunk->known,
			     page->kind == XENDRM_PAGE_GRANT);
		__assign_bit(bit, chunk->readonly,
			     page->flags & XENDRM_PAGE_READONLY);
	}
	return 0;
}

static vm_fault_t pv_map(struct pvdrm_front_map *map, struct vm_fault *vmf,
			 struct pvdrm_batch *batch)
{
	pv_keep(map, batch);
	if (map_known(map, vmf->vma, batch))
		return VM_FAULT_OOM;
	if (map->front->window.mode == PVDRM_VRAM_PTES &&
	    pvdrm_vram_pte_record(map, vmf->vma, batch))
		return VM_FAULT_OOM;

	/* The host has no page at present: the program will fault again. */
	if (batch->reply[batch->wanted - batch->first].kind == XENDRM_PAGE_NONE)
		return VM_FAULT_NOPAGE;
	if (!pvdrm_front_map_has_page(map, batch->wanted) ||
	    !may_touch(map, vmf, batch->wanted))
		return VM_FAULT_SIGBUS;
	return VM_FAULT_NOPAGE;
}

static void pv_set_unmap(struct pvdrm_chunk *chunk, u32 bit, u32 n)
{
	gnttab_set_unmap_op(&chunk->unmap[n], chunk->ptes[bit], PV_FLAGS,
			    chunk->handles[bit]);
}

/* Xen clears the entries and flushes the TLBs. */
static int pv_unmap(struct pvdrm_chunk *chunk, u32 nr)
{
	return HYPERVISOR_grant_table_op(GNTTABOP_unmap_grant_ref,
					 chunk->unmap, nr);
}

/* The entry cannot be changed, only unmapped and mapped again. */
static vm_fault_t pv_make_writable(struct pvdrm_front_map *map, u32 index)
{
	return pvdrm_front_map_unmap(map, index, index + 1) ? VM_FAULT_NOPAGE :
							VM_FAULT_SIGBUS;
}

static int pv_prepare(struct pvdrm_front_map *map, struct vm_area_struct *vma,
		      const struct pvdrm_batch *batch,
		      struct xendrm_request *req)
{
	if (map->front->window.mode != PVDRM_VRAM_PTES)
		return 0;
	return pvdrm_vram_pte_find(map, vma, batch, req->u.fault.entries);
}

static unsigned long pv_read_begin(struct pvdrm_front_map *map)
{
	return mmu_interval_read_begin(&map->notifier);
}

static bool pv_read_retry(struct pvdrm_front_map *map, unsigned long seq)
{
	return mmu_interval_read_retry(&map->notifier, seq);
}

const struct pvdrm_front_map_ops pvdrm_front_map_pv_ops = {
	.attach = pv_attach,
	.detach = pv_detach,
	.init_chunk = pv_init_chunk,
	.free_chunk = pv_free_chunk,
	.fits = pv_fits,
	.insert_known = pv_insert_known,
	.prepare = pv_prepare,
	.keep = pv_keep,
	.map = pv_map,
	.set_unmap = pv_set_unmap,
	.unmap = pv_unmap,
	.unmap_device = pvdrm_vram_pte_clear,
	.make_writable = pv_make_writable,
	.read_begin = pv_read_begin,
	.read_retry = pv_read_retry,
	.vm_flags = VM_DONTCOPY,
};
