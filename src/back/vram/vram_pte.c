// SPDX-License-Identifier: GPL-2.0-only
/*
 * vram_pte.c: page table entries of a PV guest that we write and clear
 *
 * A PV guest with permission for a frame can map it anywhere in its page
 * tables, and Xen neither counts nor finds these entries. So the guest never
 * runs with permission: it says where it wants a frame, and while it is paused,
 * we permit the frame, have Xen write the entry, and withdraw the permission.
 * The guest cannot copy the entry, since Xen checks the copy as it checks any
 * new entry. It can only clear it, or move the page table as a whole, and Xen
 * checks every entry of a page that becomes a page table again. So the entry
 * can only be where we wrote it.
 *
 * There we clear it when the frame is to go, whatever the guest says. The guest
 * may have used the place for something else meanwhile, so we look first.
 *
 * Pausing waits until the guest's CPUs are descheduled, which flushes their
 * TLBs; the guest does not run until the entries are gone.
 */
#include <linux/bitmap.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <xen/interface/xen.h>
#include <xen/page.h>
#include <xen/xen.h>
#include <asm/xen/hypercall.h>

#include "back/vram/domctl.h"
#include "drmif.h"
#include "back/vram/vram_pte.h"

#define MOST	XENDRM_MAX_FAULT_PAGES

/**
 * struct pvdrm_vram_ptes - how one guest's entries are changed
 * @domid: the guest
 * @lock: held while the guest is paused; what follows
 * @nr: entries to be written
 * @updates: the entries
 * @added: those that were written
 * @index: room for the caller, a number for each
 * @window: a page whose place in our memory shows a page of the guest's
 * @shown: the frame it shows, 0: its own
 */
struct pvdrm_vram_ptes {
	u32 domid;
	struct mutex lock;
	u32 nr;
	struct mmu_update updates[MOST];
	DECLARE_BITMAP(added, MOST);
	u16 index[MOST];
	struct page *window;
	u64 shown;
};

/**
 * pvdrm_vram_pte_possible() - whether this domain can change others' entries
 *
 * Return: true in a PV domain, which sees other domains' memory by frame.
 */
bool pvdrm_vram_pte_possible(void)
{
	return xen_pv_domain();
}

/**
 * pvdrm_vram_pte_create() - prepare to change a guest's entries
 * @domid: the guest, PV
 *
 * Return: for pvdrm_vram_pte_destroy(), or NULL.
 */
struct pvdrm_vram_ptes *pvdrm_vram_pte_create(u32 domid)
{
	struct pvdrm_vram_ptes *entries = kzalloc(sizeof(*entries), GFP_KERNEL);

	if (!entries)
		return NULL;
	entries->window = alloc_page(GFP_KERNEL);
	if (!entries->window) {
		kfree(entries);
		return NULL;
	}
	entries->domid = domid;
	mutex_init(&entries->lock);
	return entries;
}

/**
 * pvdrm_vram_pte_destroy() - the guest has no such entries any more
 * @entries: may be NULL
 */
void pvdrm_vram_pte_destroy(struct pvdrm_vram_ptes *entries)
{
	if (!entries)
		return;
	__free_page(entries->window);
	kfree(entries);
}

/**
 * pvdrm_vram_pte_begin() - pause the guest
 * @entries: the guest's
 *
 * Return: 0: pvdrm_vram_pte_end() is due; -ESRCH: there is no guest.
 */
int pvdrm_vram_pte_begin(struct pvdrm_vram_ptes *entries)
{
	int ret;

	mutex_lock(&entries->lock);
	ret = pvdrm_domctl_pause(entries->domid);
	if (ret)
		mutex_unlock(&entries->lock);
	entries->nr = 0;
	return ret;
}

static void show_own(struct pvdrm_vram_ptes *entries)
{
	unsigned long va = (unsigned long)page_address(entries->window);
	pte_t pte;

	if (!entries->shown)
		return;
	pte = mfn_pte(pfn_to_mfn(page_to_pfn(entries->window)), PAGE_KERNEL);
	HYPERVISOR_update_va_mapping(va, pte, UVMF_INVLPG | UVMF_ALL);
	entries->shown = 0;
}

/**
 * pvdrm_vram_pte_end() - unpause the guest
 * @entries: the guest's
 */
void pvdrm_vram_pte_end(struct pvdrm_vram_ptes *entries)
{
	show_own(entries);
	pvdrm_domctl_unpause(entries->domid);
	mutex_unlock(&entries->lock);
}

/* Return: entries done, from the first on. */
static u32 write_entries(struct pvdrm_vram_ptes *entries,
			 struct mmu_update *updates, u32 count)
{
	/* Page tables and frames are the guest's. */
	u32 whose = (entries->domid + 1) << 16 | entries->domid;
	int done = 0;

	privcmd_call(__HYPERVISOR_mmu_update, (unsigned long)updates, count,
		     (unsigned long)&done, whose, 0);
	return clamp_t(int, done, 0, count);
}

/**
 * pvdrm_vram_pte_add() - note an entry to be written
 * @entries: begun; at most XENDRM_MAX_FAULT_PAGES at a time
 * @at: the entry's machine address; Xen checks that it is in a page of the guest
 * @mfn: the frame
 * @uncached: else write-combining
 * @write: else read-only
 */
void pvdrm_vram_pte_add(struct pvdrm_vram_ptes *entries, u64 at, u64 mfn,
			bool uncached, bool write)
{
	struct mmu_update *update = &entries->updates[entries->nr++];
	u64 flags = _PAGE_PRESENT | _PAGE_USER | _PAGE_ACCESSED | _PAGE_DIRTY |
		    _PAGE_SPECIAL | _PAGE_NX;

	flags |= cachemode2protval(uncached ? _PAGE_CACHE_MODE_UC_MINUS :
					      _PAGE_CACHE_MODE_WC);
	if (write)
		flags |= _PAGE_RW;
	update->ptr = at | MMU_NORMAL_PT_UPDATE;
	update->val = mfn << PAGE_SHIFT | (flags & __supported_pte_mask);
}

/**
 * pvdrm_vram_pte_index() - room for a number for each entry
 * @entries: begun
 *
 * Return: XENDRM_MAX_FAULT_PAGES numbers, until pvdrm_vram_pte_end().
 */
u16 *pvdrm_vram_pte_index(struct pvdrm_vram_ptes *entries)
{
	return entries->index;
}

static u64 frame_of(const struct mmu_update *update)
{
	return (update->val & PTE_PFN_MASK) >> PAGE_SHIFT;
}

static int permit(struct pvdrm_vram_ptes *entries, bool allow)
{
	const struct mmu_update *updates = entries->updates;
	int ret = 0, one;
	u32 i, n;

	for (i = 0; i < entries->nr; i += n) {
		for (n = 1; i + n < entries->nr; n++)
			if (frame_of(&updates[i + n]) !=
			    frame_of(&updates[i]) + n)
				break;
		one = pvdrm_domctl_permit(entries->domid,
					  frame_of(&updates[i]), n, allow);
		ret = ret ?: one;
	}
	return ret;
}

/**
 * pvdrm_vram_pte_commit() - write what was added
 * @entries: begun; pvdrm_vram_pte_added() tells the result
 *
 * Return: false: the guest is permitted more than it should be, and must not
 * run again.
 */
bool pvdrm_vram_pte_commit(struct pvdrm_vram_ptes *entries)
{
	u32 i = 0, done;

	bitmap_zero(entries->added, MOST);
	if (!permit(entries, true)) {
		while (i < entries->nr) {
			done = write_entries(entries, &entries->updates[i],
					     entries->nr - i);
			bitmap_set(entries->added, i, done);
			/* If Xen refuses one, that is the guest's problem. */
			i += done + 1;
		}
	}
	return !permit(entries, false);
}

/**
 * pvdrm_vram_pte_added() - whether an entry was written
 * @entries: committed
 * @n: in the order of pvdrm_vram_pte_add()
 *
 * Return: true if so.
 */
bool pvdrm_vram_pte_added(const struct pvdrm_vram_ptes *entries, u32 n)
{
	return test_bit(n, entries->added);
}

/* Map a page of the guest. Return: false if it is not the guest's. */
static bool show(struct pvdrm_vram_ptes *entries, u64 frame)
{
	unsigned long va = (unsigned long)page_address(entries->window);
	pte_t pte = mfn_pte(frame, PAGE_KERNEL_RO);

	if (entries->shown == frame)
		return true;
	if (privcmd_call(__HYPERVISOR_update_va_mapping_otherdomain, va,
			 pte_val_ma(pte), UVMF_INVLPG | UVMF_ALL,
			 entries->domid, 0))
		return false;
	entries->shown = frame;
	return true;
}

static bool is_there(struct pvdrm_vram_ptes *entries, u64 at, u64 mfn)
{
	const u64 *table = page_address(entries->window);
	u64 value = READ_ONCE(table[offset_in_page(at) / sizeof(*table)]);

	return value & _PAGE_PRESENT &&
	       (value & PTE_PFN_MASK) >> PAGE_SHIFT == mfn;
}

/**
 * pvdrm_vram_pte_remove() - clear an entry, if it is still there
 * @entries: begun
 * @at: where it was written
 * @mfn: the frame
 *
 * Return: false if it may be there still.
 */
bool pvdrm_vram_pte_remove(struct pvdrm_vram_ptes *entries, u64 at, u64 mfn)
{
	struct mmu_update clear = { .ptr = at | MMU_NORMAL_PT_UPDATE };
	bool seen = show(entries, at >> PAGE_SHIFT);

	if (seen && !is_there(entries, at, mfn))
		return true;
	/* A page that is not the guest's any more need not be cleared. */
	return write_entries(entries, &clear, 1) == 1 || !seen;
}
