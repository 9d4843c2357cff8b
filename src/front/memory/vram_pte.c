// SPDX-License-Identifier: GPL-2.0-only
/*
 * vram_pte.c: VRAM in a PV guest
 *
 * The backend writes our page table entries itself: a FAULT tells it their
 * addresses, and they are set when the response comes. It also clears them again
 * without waiting for us. As with grants, Linux must not change such entries: it
 * might take their frame numbers for its own.
 *
 * The page tables are not freed during such a FAULT, since the thread that faults
 * holds mmap_lock. If it is killed, it says so first (call/call.c, abandon()). Until
 * there is VRAM for the first time, a FAULT tells no addresses unless it was refused
 * without: so devices that have none are not waited for with mmap_lock held.
 */
#include <linux/mm.h>
#include <xen/interface/xen.h>
#include <xen/page.h>
#include <asm/xen/hypercall.h>

#include "front/front.h"
#include "front/memory/mapping.h"
#include "front/memory/vram.h"

static int find_entry(pte_t *pte, unsigned long address, void *data)
{
	*(u64 *)data = arbitrary_virt_to_machine(pte).maddr;
	return 0;
}

static int entry_of(struct pvdrm_front_map *map, u32 index, u64 *entry)
{
	return apply_to_page_range(map->mm, map->start +
				   ((unsigned long)index << PAGE_SHIFT),
				   PAGE_SIZE, find_entry, entry);
}

/**
 * pvdrm_vram_pte_find() - find the page table entries for a FAULT
 * @map: the mapping
 * @vma: shows it
 * @batch: the pages; their page tables are allocated
 * @entries: result, see struct xendrm_request
 *
 * Return: 0 or an error.
 */
int pvdrm_vram_pte_find(struct pvdrm_front_map *map, struct vm_area_struct *vma,
			const struct pvdrm_batch *batch, u64 *entries)
{
	unsigned long start = map->start +
			      ((unsigned long)batch->first << PAGE_SHIFT);
	unsigned long next = pmd_addr_end(start, ULONG_MAX);
	u32 fit = (next - start) >> PAGE_SHIFT;
	int err;

	err = entry_of(map, batch->first, &entries[0]);
	if (!err && fit < batch->count)
		err = entry_of(map, batch->first + fit, &entries[1]);
	if (vma->vm_flags & VM_WRITE)
		entries[0] |= XENDRM_ENTRY_WRITE;
	return err;
}

struct record {
	struct pvdrm_front_map *map;
	const struct pvdrm_batch *batch;
	long nr;
};

static int record_entry(pte_t *pte, unsigned long address, void *data)
{
	struct record *record = data;
	u32 index = (address - record->map->start) >> PAGE_SHIFT;
	struct pvdrm_chunk *chunk = pvdrm_front_map_chunk(record->map, index);
	u32 bit = pvdrm_chunk_bit(index);

	if (record->batch->reply[index - record->batch->first].kind !=
	    XENDRM_PAGE_DEVICE)
		return 0;
	if (pte_none(*pte) || test_bit(bit, chunk->mapped))
		return 0;
	chunk->ptes[bit] = arbitrary_virt_to_machine(pte).maddr;
	__clear_bit(bit, chunk->readonly);
	__set_bit(bit, chunk->device);
	__set_bit(bit, chunk->mapped);
	record->nr++;
	return 0;
}

/**
 * pvdrm_vram_pte_record() - note which pages of a reply are VRAM
 * @map: the mapping, locked
 * @vma: shows it
 * @batch: with a reply that was checked
 *
 * Return: 0 or an error.
 */
int pvdrm_vram_pte_record(struct pvdrm_front_map *map, struct vm_area_struct *vma,
			  const struct pvdrm_batch *batch)
{
	struct record record = { .map = map, .batch = batch };
	int err;

	err = apply_to_page_range(vma->vm_mm, map->start +
				  ((unsigned long)batch->first << PAGE_SHIFT),
				  (unsigned long)batch->count << PAGE_SHIFT,
				  record_entry, &record);
	if (record.nr)
		WRITE_ONCE(map->front->window.seen, true);
	pvdrm_stat_add(&map->front->stats, PVDRM_STAT_DEVICE_PAGES, record.nr);
	return err;
}

/**
 * pvdrm_vram_pte_clear() - clear the entries that show VRAM
 * @chunk: part of a mapping, locked
 * @from: first bit
 * @to: the bit after the last
 *
 * Needs no memory and no lock.
 *
 * Return: false if any is still mapped.
 */
bool pvdrm_vram_pte_clear(struct pvdrm_chunk *chunk, u32 from, u32 to)
{
	struct mmuext_op flush = { .cmd = MMUEXT_TLB_FLUSH_ALL };
	unsigned int bit;
	int nr = 0, done = 0;

	for (bit = find_next_bit(chunk->device, to, from); bit < to;
	     bit = find_next_bit(chunk->device, to, bit + 1)) {
		chunk->updates[nr].ptr = chunk->ptes[bit] |
					 MMU_NORMAL_PT_UPDATE;
		chunk->updates[nr++].val = 0;
	}
	if (!nr)
		return true;
	if (HYPERVISOR_mmu_update(chunk->updates, nr, &done, DOMID_SELF) ||
	    done != nr)
		return false;
	return !HYPERVISOR_mmuext_op(&flush, 1, NULL, DOMID_SELF);
}
