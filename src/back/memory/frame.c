// SPDX-License-Identifier: GPL-2.0-only
/*
 * frame.c: from an address of the serving process to the page behind it
 *
 * Mappings of GPU drivers consist of page frame numbers (VM_PFNMAP): the page
 * tables are read, after faulting the page in as an access would. The pages may
 * have no usable reference count, so the result is valid only until the
 * mapping's notifier is called.
 */
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/memory/frame.h"
#include "back/memory/grant.h"
#include "back/memory/map.h"
#include "back/vram/vram.h"

/* A fault may find that another one was there before, or has to wait. */
#define MAX_PAGE_TRIES	8

/**
 * pvdrm_frame_drop() - drop a frame
 * @frame: the frame; empty afterwards
 */
void pvdrm_frame_drop(struct pvdrm_frame *frame)
{
	if (frame->held) {
		if (frame->dirty)
			set_page_dirty(frame->page);
		put_page(frame->page);
	}
	memset(frame, 0, sizeof(*frame));
}

/**
 * pvdrm_frames_drop() - drop frames
 * @frames: the frames; those handed over are empty
 * @count: their number
 */
void pvdrm_frames_drop(struct pvdrm_frame *frames, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		pvdrm_frame_drop(&frames[i]);
}

static u8 cache_kind(pgprot_t prot)
{
#ifdef CONFIG_X86
	unsigned long bits = pgprot_val(prot) & _PAGE_CACHE_MASK;

	if (bits == cachemode2protval(_PAGE_CACHE_MODE_WC))
		return XENDRM_CACHE_WC;
	if (bits == cachemode2protval(_PAGE_CACHE_MODE_UC) ||
	    bits == cachemode2protval(_PAGE_CACHE_MODE_UC_MINUS))
		return XENDRM_CACHE_UC;
#endif
	return XENDRM_CACHE_WB;
}

/*
 * A reference helps only for a page of the page cache (shmem), which is not
 * reused while it is held. Pages of a driver's own pool go back there whatever
 * their count is, and those inside a block have no count at all.
 */
static bool hold_page(struct page *page)
{
	struct folio *folio = page_folio(page);
	unsigned long mapping = (unsigned long)READ_ONCE(folio->mapping);

	return mapping && !(mapping & 3) && folio_try_get(folio);
}

/* A BAR may lie in between memory, where each frame has a struct page. */
static bool may_be_device(unsigned long pfn)
{
	struct page *page;

	if (!pfn_valid(pfn))
		return true;
	page = pfn_to_page(pfn);
	return is_zone_device_page(page) || PageReserved(page);
}

/*
 * Is a frame that may be VRAM really VRAM? This sleeps, so it is done without
 * the page table's lock; as always, the frame may not be there any more by
 * then.
 */
static int frame_check_vram(struct pvdrm_back_map *map, struct pvdrm_frame *frame)
{
	unsigned long pfn = frame->mfn;

	if (!frame->vram)
		return 0;
	/* Pinned pages are for devices, which cannot be told that they go. */
	if (map->pin)
		goto err;
	if (!pvdrm_vram_frame(map->link->vram, pfn, &frame->mfn)) {
		/* The guest could write there, even if we were to say no. */
		if (map->write)
			return 0;
	} else if (pfn_valid(pfn) && !is_zone_device_page(pfn_to_page(pfn))) {
		frame->vram = false;
		frame->page = pfn_to_page(pfn);
		return 0;
	}
err:
	memset(frame, 0, sizeof(*frame));
	return -ENXIO;
}

/* The page table's lock is held: the page is what the driver put there. */
static int frame_from_pte(struct pvdrm_back_map *map,
			  const struct follow_pfnmap_args *args,
			  struct pvdrm_frame *frame)
{
	frame->cache = cache_kind(args->pgprot);
	if (may_be_device(args->pfn)) {
		frame->vram = true;
		frame->mfn = args->pfn;
		return 0;
	}
	frame->page = pfn_to_page(args->pfn);
	frame->held = hold_page(frame->page);
	return 0;
}

/* Return: 0; -EAGAIN: has to be faulted in; -ENXIO. */
static int frame_look(struct pvdrm_back_map *map, struct vm_area_struct *vma,
		      unsigned long addr, struct pvdrm_frame *frame)
{
	struct follow_pfnmap_args args = { .vma = vma, .address = addr };
	int ret = -EAGAIN;

	if (follow_pfnmap_start(&args))
		return -EAGAIN;
	if (args.writable || !map->host_write)
		ret = frame_from_pte(map, &args, frame);
	follow_pfnmap_end(&args);
	return ret;
}

/* An ordinary file mapping, of shmem or by vm_insert_page() */
static int frame_by_gup(struct pvdrm_back_map *map, struct mm_struct *mm,
			struct vm_area_struct *vma, unsigned long addr,
			struct pvdrm_frame *frame)
{
	pgprot_t prot = vma->vm_page_prot;
	struct page *page;
	long ret;

	ret = pvdrm_get_user_page(mm, addr, map->host_write ? FOLL_WRITE : 0, &page);
	if (ret != 1)
		return ret == -EFAULT ? -EFAULT : -EOPNOTSUPP;
	frame->page = page;
	frame->cache = cache_kind(prot);
	frame->held = true;
	frame->dirty = map->write;
	return 0;
}

static int frame_find(struct pvdrm_back_map *map, struct mm_struct *mm,
		      u32 index, struct pvdrm_frame *frame)
{
	unsigned long addr = map->va + (unsigned long)index * PAGE_SIZE;
	unsigned int flags = map->host_write ? FAULT_FLAG_WRITE : 0;
	struct vm_area_struct *vma;
	bool unlocked;
	int ret, tries;

	for (tries = 0; tries < MAX_PAGE_TRIES; tries++) {
		vma = vma_lookup(mm, addr);
		if (!vma || vma->vm_file != map->vm_file)
			return -EFAULT;
		if (!(vma->vm_flags & (VM_IO | VM_PFNMAP)))
			return frame_by_gup(map, mm, vma, addr, frame);
		ret = frame_look(map, vma, addr, frame);
		if (!ret)
			return frame_check_vram(map, frame);
		if (ret != -EAGAIN)
			return ret;
		unlocked = false;
		ret = fixup_user_fault(mm, addr, flags, &unlocked);
		if (ret)
			return ret;
	}
	/* Revoked as fast as it is found: as for a program, not an error. */
	return -EAGAIN;
}

/**
 * pvdrm_frames_find() - the pages behind a part of a mapping
 * @map: the mapping, of the calling process
 * @first: page in it
 * @count: pages
 * @wanted: the page that must be found, unless it is granted already
 * @frames: result; NULL pages where there is none, or a live grant
 *
 * The others are faulted in as well, since the program will touch them next and
 * the round trip is what costs; it is no error if that fails.
 *
 * Return: 0; -EAGAIN, -EFAULT, -ENXIO, -EOPNOTSUPP or what the driver's fault
 * handler returns.
 */
int pvdrm_frames_find(struct pvdrm_back_map *map, u32 first, u32 count,
		      u32 wanted, struct pvdrm_frame *frames)
{
	struct mm_struct *mm = current->mm;
	int ret = 0;
	u32 i;

	memset(frames, 0, count * sizeof(*frames));
	if (mmap_read_lock_killable(mm))
		return -EINTR;
	if (!READ_ONCE(map->grants[wanted].live))
		ret = frame_find(map, mm, wanted, &frames[wanted - first]);
	for (i = first; i < first + count && !ret; i++) {
		if (i == wanted || READ_ONCE(map->grants[i].live))
			continue;
		if (fatal_signal_pending(current))
			break;
		frame_find(map, mm, i, &frames[i - first]);
	}
	mmap_read_unlock(mm);
	if (ret == -ENXIO || ret == -EOPNOTSUPP)
		pvdrm_count(map->back, pages_not_system);
	return ret;
}
