// SPDX-License-Identifier: GPL-2.0-only
/*
 * vram_window.c: VRAM in a PVH or HVM guest
 *
 * The guest reserves a range of unused physical addresses, the window. The
 * backend has Xen map VRAM there; it chooses which page goes where. A page that
 * was removed reads as ones.
 *
 * Linux records memory types by physical address, not by mapping. So one part of
 * the window is write-combining, and the rest is uncached.
 */
#include <linux/io.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <xen/xen.h>

#include "front/front.h"
#include "front/memory/mapping.h"
#include "front/memory/vram.h"

/* Xen needs a page of memory for each 2 MiB that are ever used. */
static unsigned int window_mb = 1024;
module_param(window_mb, uint, 0444);
MODULE_PARM_DESC(window_mb,
		 "Addresses reserved for VRAM in PVH and HVM guests, in MiB, up to 4096; 0: none (default 1024)");

#define WINDOW_ALIGN	SZ_2M

static u64 window_bytes(void)
{
	u64 most = (u64)XENDRM_MAX_WINDOW_PAGES << PAGE_SHIFT;

	return round_down(min((u64)window_mb * SZ_1M, most), WINDOW_ALIGN);
}

/* Only doorbells and registers are uncached. */
static u64 uncached_bytes(u64 bytes)
{
	return round_up(bytes / 16, WINDOW_ALIGN);
}

static int reserve(struct pvdrm_vram_space *space)
{
	struct resource *res = &space->res;
	u64 bytes = window_bytes();
	u64 typed = bytes - uncached_bytes(bytes);
	int err;

	if (!typed)
		return -ENOSPC;
	*res = (struct resource) {
		.name = "PVDRM window",
		.flags = IORESOURCE_MEM,
	};
	/* Leave what is below 4 GiB to firmware and devices. */
	err = allocate_resource(&iomem_resource, res, bytes, SZ_4G,
				(resource_size_t)-1, WINDOW_ALIGN, NULL, NULL);
	if (err) {
		memset(res, 0, sizeof(*res));
		return err;
	}
	/* The rest is uncached by default. */
	err = arch_io_reserve_memtype_wc(res->start, typed);
	if (err) {
		release_resource(res);
		memset(res, 0, sizeof(*res));
		return err;
	}
	space->typed = typed;
	return 0;
}

/**
 * pvdrm_vram_window_free() - release the addresses of a window
 * @space: may be empty; the backend has nothing there any more
 */
void pvdrm_vram_window_free(struct pvdrm_vram_space *space)
{
	if (!space->res.start)
		return;
	arch_io_free_memtype_wc(space->res.start, space->typed);
	release_resource(&space->res);
	memset(space, 0, sizeof(*space));
}

static void open_window(struct pvdrm_vram_window *window,
			struct pvdrm_vram_space *space)
{
	int err = space->res.start ? 0 : reserve(space);

	if (err) {
		if (window_mb)
			pr_warn("pvdrm-front: no room for a window of %u MiB (%d): VRAM cannot be mapped\n",
				window_mb, err);
		return;
	}
	window->mode = PVDRM_VRAM_WINDOW;
	window->frame = space->res.start >> PAGE_SHIFT;
	window->pages = resource_size(&space->res) >> PAGE_SHIFT;
	window->uncached = window->pages - (space->typed >> PAGE_SHIFT);
}

/**
 * pvdrm_vram_window_open() - find out how VRAM can be mapped
 * @window: result
 * @space: of an earlier connection, or empty
 * @offer: the value of the backend's key; may be empty
 */
void pvdrm_vram_window_open(struct pvdrm_vram_window *window,
			    struct pvdrm_vram_space *space, const char *offer)
{
	window->mode = PVDRM_VRAM_NONE;
	if (!strcmp(offer, XENDRM_DEVICE_PAGES_WINDOW) && !xen_pv_domain())
		open_window(window, space);
	else if (!strcmp(offer, XENDRM_DEVICE_PAGES_ENTRIES) && xen_pv_domain())
		window->mode = PVDRM_VRAM_PTES;
}

static bool is_uncached(const struct pvdrm_vram_window *window, u64 offset)
{
	return offset >= window->pages - window->uncached;
}

/**
 * pvdrm_vram_window_check() - check the backend's reply about a page
 * @window: the connection's
 * @page: of kind XENDRM_PAGE_DEVICE
 *
 * Return: the rule it breaks, or %NULL.
 */
const char *pvdrm_vram_window_check(const struct pvdrm_vram_window *window,
				    const struct xendrm_page *page)
{
	u64 offset = page->frame - window->frame;
	bool uncached = page->cache == XENDRM_CACHE_UC;

	if (page->gref || page->flags)
		return "response with a device's page that has a grant or flags";
	switch (window->mode) {
	case PVDRM_VRAM_WINDOW:
		if (offset >= window->pages ||
		    is_uncached(window, offset) != uncached)
			return "response with a page beside the window";
		return NULL;
	case PVDRM_VRAM_PTES:
		return page->frame ? "response with a frame" : NULL;
	default:
		return "response with a device's page, which was not agreed on";
	}
}

/**
 * pvdrm_vram_window_prot() - the page protection of a page of VRAM
 * @cache: enum xendrm_cache of the host's mapping
 * @flags: of the VMA
 *
 * Return: uncached if the host's mapping is, else write-combining: a guest has no
 * cached mappings of VRAM.
 */
pgprot_t pvdrm_vram_window_prot(u8 cache, vm_flags_t flags)
{
	pgprot_t prot = vm_get_page_prot(flags);

	return cache == XENDRM_CACHE_UC ? pgprot_noncached(prot) :
					  pgprot_writecombine(prot);
}

/**
 * pvdrm_vram_window_record() - note where the pages of a reply are
 * @map: the mapping, locked
 * @batch: with a reply that was checked
 */
void pvdrm_vram_window_record(struct pvdrm_front_map *map,
			      const struct pvdrm_batch *batch)
{
	struct pvdrm_front *front = map->front;
	struct pvdrm_chunk *chunk;
	u32 i, bit, nr = 0;

	for (i = 0; i < batch->count; i++) {
		if (batch->reply[i].kind != XENDRM_PAGE_DEVICE)
			continue;
		chunk = pvdrm_front_map_chunk(map, batch->first + i);
		bit = pvdrm_chunk_bit(batch->first + i);
		if (test_bit(bit, chunk->mapped))
			continue;
		chunk->offsets[bit] = batch->reply[i].frame -
				      front->window.frame;
		__set_bit(bit, chunk->device);
		__clear_bit(bit, chunk->readonly);
		__set_bit(bit, chunk->mapped);
		nr++;
	}
	pvdrm_stat_add(&front->stats, PVDRM_STAT_DEVICE_PAGES, nr);
}

/**
 * pvdrm_vram_window_insert() - put a page of the window into a page table
 * @window: the connection's
 * @vma: the VMA
 * @address: where in it
 * @offset: page of the window
 *
 * Return: as vmf_insert_pfn_prot().
 */
vm_fault_t pvdrm_vram_window_insert(const struct pvdrm_vram_window *window,
				    struct vm_area_struct *vma,
				    unsigned long address, u32 offset)
{
	u8 cache = is_uncached(window, offset) ? XENDRM_CACHE_UC :
						 XENDRM_CACHE_WC;

	return vmf_insert_pfn_prot(vma, address, window->frame + offset,
				   pvdrm_vram_window_prot(cache, vma->vm_flags));
}
