// SPDX-License-Identifier: GPL-2.0-only
/*
 * data.c: the data area, memory that stays granted to the backend
 *
 * Payloads of requests and responses go through it, so that no request needs
 * grants of its own.
 */
#include <linux/bitmap.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <xen/page.h>
#include <xen/xenbus.h>

#include "front/call/data.h"

#define UNITS_PER_PAGE	(XENDRM_PAGE_SIZE / XENDRM_DATA_UNIT)

static int grant_pages(struct pvdrm_data *data, struct xenbus_device *xbdev,
		       u32 nr_pages)
{
	int ref;

	/* nr_pages counts what is done, for pvdrm_data_teardown(). */
	while (data->nr_pages < nr_pages) {
		struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

		if (!page)
			return -ENOMEM;
		ref = gnttab_grant_foreign_access(xbdev->otherend_id,
						  xen_page_to_gfn(page), 0);
		if (ref < 0) {
			__free_page(page);
			return ref;
		}
		data->pages[data->nr_pages] = page;
		data->refs[data->nr_pages++] = ref;
	}
	return 0;
}

static int list_grants(struct pvdrm_data *data, struct xenbus_device *xbdev)
{
	u32 nr = DIV_ROUND_UP(data->nr_pages, XENDRM_REFS_PER_PAGE);
	int err;

	err = xenbus_setup_ring(xbdev, GFP_KERNEL, &data->directory, nr,
				data->directory_refs);
	if (err)
		return err;
	data->nr_directory = nr;
	memcpy(data->directory, data->refs, data->nr_pages * sizeof(u32));
	return 0;
}

/**
 * pvdrm_data_setup() - allocate and grant the data area
 * @data: zeroed
 * @xbdev: grants go to its other end
 * @nr_pages: 1 to XENDRM_MAX_DATA_PAGES
 *
 * Return: 0 or an error. In both cases call pvdrm_data_teardown() in the end.
 */
int pvdrm_data_setup(struct pvdrm_data *data, struct xenbus_device *xbdev,
		     u32 nr_pages)
{
	int err;

	data->pages = kvcalloc(nr_pages, sizeof(*data->pages), GFP_KERNEL);
	data->refs = kvcalloc(nr_pages, sizeof(*data->refs), GFP_KERNEL);
	data->used = bitmap_zalloc(nr_pages * UNITS_PER_PAGE, GFP_KERNEL);
	if (!data->pages || !data->refs || !data->used)
		return -ENOMEM;

	err = grant_pages(data, xbdev, nr_pages);
	if (err)
		return err;
	data->base = vmap(data->pages, nr_pages, VM_MAP, PAGE_KERNEL);
	if (!data->base)
		return -ENOMEM;
	data->nr_units = nr_pages * UNITS_PER_PAGE;
	return list_grants(data, xbdev);
}

/**
 * pvdrm_data_teardown() - end the grants and free the data area
 * @data: pvdrm_data_setup() may have failed half-way
 *
 * Pages that the backend still has mapped are freed when it unmaps them.
 */
void pvdrm_data_teardown(struct pvdrm_data *data)
{
	if (data->nr_directory)
		xenbus_teardown_ring(&data->directory, data->nr_directory,
				     data->directory_refs);
	if (data->base)
		vunmap(data->base);
	while (data->nr_pages) {
		data->nr_pages--;
		gnttab_end_foreign_access(data->refs[data->nr_pages], NULL);
		__free_page(data->pages[data->nr_pages]);
	}
	bitmap_free(data->used);
	kvfree(data->refs);
	kvfree(data->pages);
	memset(data, 0, sizeof(*data));
}

/**
 * pvdrm_data_alloc() - allocate a region
 * @data: the area; pvdrm_front.lock is held
 * @units: size in units, at least 1
 *
 * Return: the first unit, or -ENOSPC if there is no room at present.
 */
int pvdrm_data_alloc(struct pvdrm_data *data, u32 units)
{
	unsigned long unit;

	unit = bitmap_find_next_zero_area(data->used, data->nr_units, 0, units,
					  0);
	if (unit >= data->nr_units)
		return -ENOSPC;
	bitmap_set(data->used, unit, units);
	return unit;
}

/**
 * pvdrm_data_free() - free a region
 * @data: the area; pvdrm_front.lock is held
 * @unit: its first unit
 * @units: its size in units
 */
void pvdrm_data_free(struct pvdrm_data *data, u32 unit, u32 units)
{
	bitmap_clear(data->used, unit, units);
}
