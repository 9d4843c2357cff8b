// SPDX-License-Identifier: GPL-2.0-only
/*
 * device_pv.c: pages of the host's device in a PV guest
 *
 * Such a page is a machine frame that Xen lets this guest map for as long as the
 * backend wants it. As with grants, page table entries are written and cleared
 * by Xen on our behalf, and Linux does not change them: it cannot tell these
 * frames from its own, wherever its own numbers reach as far as theirs.
 */
#include <linux/mm.h>
#include <xen/interface/xen.h>
#include <xen/page.h>
#include <asm/xen/hypercall.h>

#include "map.h"
#include "window.h"

struct collect {
	struct pvdrm_map *map;
	struct pvdrm_batch *batch;
	struct mmu_update *updates;
	vm_flags_t flags;
	u32 nr;
};

static int collect_pte(pte_t *pte, unsigned long address, void *data)
{
	struct collect *c = data;
	u32 index = (address - c->map->start) >> PAGE_SHIFT;
	const struct xendrm_page *page;
	pte_t new;

	page = &c->batch->reply[index - c->batch->first];
	if (page->kind != XENDRM_PAGE_DEVICE || !pte_none(*pte))
		return 0;
	new = pte_mkspecial(mfn_pte(page->frame,
				    pvdrm_window_prot(page->cache, c->flags)));
	c->updates[c->nr].ptr = arbitrary_virt_to_machine(pte).maddr |
				MMU_PT_UPDATE_NO_TRANSLATE;
	c->updates[c->nr].val = pte_val_ma(new);
	c->batch->index[c->nr++] = index;
	return 0;
}

static void record(struct pvdrm_map *map, u32 index,
		   const struct mmu_update *update)
{
	struct pvdrm_chunk *chunk = pvdrm_map_chunk(map, index);
	u32 bit = pvdrm_chunk_bit(index);

	chunk->ptes[bit] = round_down(update->ptr, sizeof(pte_t));
	__clear_bit(bit, chunk->readonly);
	__set_bit(bit, chunk->device);
	__set_bit(bit, chunk->mapped);
}

/* Xen stops at the first that it does not let us have. */
static void update(struct collect *c)
{
	u32 from = 0, done, i;

	while (from < c->nr) {
		int count = 0;

		HYPERVISOR_mmu_update(&c->updates[from], c->nr - from, &count,
				      DOMID_SELF);
		done = clamp(count, 0, (int)(c->nr - from));
		for (i = from; i < from + done; i++)
			record(c->map, c->batch->index[i], &c->updates[i]);
		pvdrm_stat_add(&c->map->front->stats, PVDRM_STAT_DEVICE_PAGES,
			       done);
		pvdrm_stat_inc(&c->map->front->stats,
			       PVDRM_STAT_MAP_HYPERCALLS);
		from += done + 1;
	}
}

/**
 * pvdrm_pv_map_device() - map a device's pages of a reply
 * @map: the mapping, locked
 * @vma: shows it
 * @batch: with a reply that is valid; the operations of its grants are done
 *
 * Return: 0 or an error.
 */
int pvdrm_pv_map_device(struct pvdrm_map *map, struct vm_area_struct *vma,
			struct pvdrm_batch *batch)
{
	struct collect c = {
		.map = map,
		.batch = batch,
		/* There is one for each page, and it is not less. */
		.updates = (struct mmu_update *)batch->ops,
		.flags = vma->vm_flags,
	};
	int err;

	BUILD_BUG_ON(sizeof(*c.updates) > sizeof(*batch->ops));
	err = apply_to_page_range(vma->vm_mm, map->start +
				  ((unsigned long)batch->first << PAGE_SHIFT),
				  (unsigned long)batch->count << PAGE_SHIFT,
				  collect_pte, &c);
	if (!err)
		update(&c);
	return err;
}

/**
 * pvdrm_pv_unmap_device() - clear the entries of a device's pages
 * @chunk: part of a mapping, locked
 * @from: first bit
 * @to: the bit after the last
 *
 * Needs no memory and no lock. Clearing is never refused.
 *
 * Return: false if any is still there.
 */
bool pvdrm_pv_unmap_device(struct pvdrm_chunk *chunk, u32 from, u32 to)
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
