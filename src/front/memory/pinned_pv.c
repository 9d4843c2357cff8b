// SPDX-License-Identifier: GPL-2.0-only
/*
 * pinned_pv.c: pinned pages in the kernel's address space, in a PV guest
 *
 * Linux cannot map a page of another domain a second time: only Xen writes such page
 * table entries, one for each mapping of a grant. So addresses are reserved by mapping
 * an ordinary page everywhere, and Xen then writes over these entries.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <xen/grant_table.h>
#include <xen/page.h>
#include <asm/xen/hypercall.h>

#include "front/call/ring.h"
#include "front/front.h"
#include "front/memory/pinned.h"

#define PV_FLAGS	(GNTMAP_host_map | GNTMAP_contains_pte)

static void *address(const struct pvdrm_pinned *pinned, u32 index)
{
	return pinned->vaddr + ((unsigned long)index << PAGE_SHIFT);
}

/* The machine address of the page table entry */
static u64 entry(const struct pvdrm_pinned *pinned, u32 index)
{
	unsigned int level;
	pte_t *pte = lookup_address((unsigned long)address(pinned, index),
				    &level);

	return arbitrary_virt_to_machine(pte).maddr;
}

/* The same page @nr times in a row */
static void *map_page(struct page *page, u32 nr)
{
	struct page **pages = kvmalloc_array(nr, sizeof(*pages), GFP_KERNEL);
	void *vaddr;
	u32 i;

	if (!pages)
		return NULL;
	for (i = 0; i < nr; i++)
		pages[i] = page;
	vaddr = vmap(pages, nr, VM_MAP, PAGE_KERNEL);
	kvfree(pages);
	return vaddr;
}

static bool map_batch(struct pvdrm_pinned *pinned, u32 first, u32 count)
{
	struct gnttab_map_grant_ref *op;
	bool done = true;
	u32 i;

	for (i = 0; i < count; i++)
		gnttab_set_map_op(&pinned->map[i], entry(pinned, first + i),
				  PV_FLAGS, pinned->grefs[first + i],
				  pinned->front->backend);
	gnttab_batch_map(pinned->map, count);
	for (i = 0; i < count; i++) {
		op = &pinned->map[i];
		if (op->status == GNTST_okay)
			pinned->vmap_handles[first + i] = op->handle;
		else
			done = false;
	}
	return done;
}

/* Xen clears the entries and flushes the TLBs. */
static bool unmap_batch(struct pvdrm_pinned *pinned, u32 first, u32 count)
{
	bool done = true;
	u32 i, n = 0;

	for (i = first; i < first + count; i++)
		if (pinned->vmap_handles[i] != PVDRM_NO_HANDLE)
			gnttab_set_unmap_op(&pinned->unmap[n++],
					    entry(pinned, i), PV_FLAGS,
					    pinned->vmap_handles[i]);
	if (n && HYPERVISOR_grant_table_op(GNTTABOP_unmap_grant_ref,
					   pinned->unmap, n))
		return false;
	for (i = 0; i < n; i++)
		done &= pinned->unmap[i].status == GNTST_okay;
	return done;
}

/* The CPUs may have looked at the entries before Xen wrote them. */
static void flush_tlbs(void)
{
	struct mmuext_op op = { .cmd = MMUEXT_TLB_FLUSH_ALL };

	HYPERVISOR_mmuext_op(&op, 1, NULL, DOMID_SELF);
}

/* @page: until the grants take its place */
static int map_over(struct pvdrm_pinned *pinned, struct page *page)
{
	u32 i, nr = pinned->nr_pages;
	bool done = true;

	pinned->vmap_handles = kvmalloc_array(nr, sizeof(grant_handle_t),
					      GFP_KERNEL);
	if (!pinned->vmap_handles)
		return -ENOMEM;
	pinned->vaddr = map_page(page, nr);
	if (!pinned->vaddr) {
		kvfree(pinned->vmap_handles);
		return -ENOMEM;
	}
	for (i = 0; i < nr; i++)
		pinned->vmap_handles[i] = PVDRM_NO_HANDLE;
	for (i = 0; i < nr && done; i += PVDRM_PINNED_BATCH)
		done = map_batch(pinned, i, min(nr - i, PVDRM_PINNED_BATCH));
	flush_tlbs();
	if (done)
		return 0;
	pvdrm_pinned_pv_vunmap(pinned);
	return -EIO;
}

/**
 * pvdrm_pinned_pv_vmap() - pvdrm_pinned_vmap() in a PV guest
 * @pinned: not mapped there yet
 *
 * Return: 0 or -errno.
 */
int pvdrm_pinned_pv_vmap(struct pvdrm_pinned *pinned)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	int err;

	if (!page)
		return -ENOMEM;
	err = map_over(pinned, page);
	__free_page(page);
	return err;
}

/**
 * pvdrm_pinned_pv_vunmap() - undo pvdrm_pinned_pv_vmap()
 * @pinned: mapped there
 */
void pvdrm_pinned_pv_vunmap(struct pvdrm_pinned *pinned)
{
	u32 i, nr = pinned->nr_pages;
	bool done = true;

	for (i = 0; i < nr; i += PVDRM_PINNED_BATCH)
		done &= unmap_batch(pinned, i, min(nr - i, PVDRM_PINNED_BATCH));
	/* If Xen has not cleared an entry, nobody else may have the address. */
	if (done)
		vunmap(pinned->vaddr);
	else
		pvdrm_front_fail(pinned->front, "a grant could not be unmapped");
	kvfree(pinned->vmap_handles);
	pinned->vmap_handles = NULL;
	pinned->vaddr = NULL;
}
