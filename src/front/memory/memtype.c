// SPDX-License-Identifier: GPL-2.0-only
/*
 * memtype.c: pages that are not cached as other memory is
 *
 * A page that a PVH or HVM guest maps a grant to has a memory type in Linux, which
 * is write-back, and vmf_insert_pfn_prot() prefers that to what it is asked for.
 * Nobody else touches these pages, so the page table entry is written here, as
 * drivers do for a device's memory.
 */
#include <linux/mm.h>

#include "front/memory/map.h"

struct entry {
	struct mm_struct *mm;
	unsigned long pfn;
	pgprot_t prot;
};

static int set_entry(pte_t *pte, unsigned long address, void *data)
{
	const struct entry *entry = data;

	/* Another thread's fault, or this one's batch, may have been here. */
	if (pte_none(ptep_get(pte)))
		set_pte_at(entry->mm, address, pte,
			   pte_mkspecial(pfn_pte(entry->pfn, entry->prot)));
	return 0;
}

static pgprot_t with_memtype(pgprot_t prot, u8 cache)
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

/**
 * pvdrm_insert_memtype() - show a page, cached as the host's mapping is
 * @vma: VM_PFNMAP; in its fault handler, the mapping's lock held
 * @address: in it; its page table is there
 * @pfn: the page
 * @prot: protection
 * @cache: enum xendrm_cache
 *
 * Return: VM_FAULT_NOPAGE, or an error.
 */
vm_fault_t pvdrm_insert_memtype(struct vm_area_struct *vma,
				unsigned long address, unsigned long pfn,
				pgprot_t prot, u8 cache)
{
	struct entry entry = {
		.mm = vma->vm_mm,
		.pfn = pfn,
		.prot = with_memtype(prot, cache),
	};

	return apply_to_page_range(vma->vm_mm, address, PAGE_SIZE, set_entry,
				   &entry) ? VM_FAULT_OOM : VM_FAULT_NOPAGE;
}
