/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * data.h: the data area, memory that stays granted to the backend
 */
#ifndef PVDRM_FRONT_DATA_H
#define PVDRM_FRONT_DATA_H

#include <linux/types.h>
#include <xen/grant_table.h>

#include "drmif.h"

struct page;
struct xenbus_device;

#define PVDRM_DATA_PAGES	512u /* 2 MiB: more than the largest message */
#define PVDRM_DIRECTORY_PAGES	(XENDRM_MAX_DATA_PAGES / XENDRM_REFS_PER_PAGE)

/**
 * struct pvdrm_data - the data area
 */
struct pvdrm_data {
	/** @base: where it is mapped, contiguously */
	void *base;
	/** @pages: its pages */
	struct page **pages;
	/** @refs: their grant references */
	grant_ref_t *refs;
	/** @nr_pages: their number */
	u32 nr_pages;
	/** @directory: pages that list @refs for the backend */
	void *directory;
	/** @directory_refs: grant references of @directory */
	grant_ref_t directory_refs[PVDRM_DIRECTORY_PAGES];
	/** @nr_directory: pages of @directory */
	u32 nr_directory;
	/** @used: a bit for each XENDRM_DATA_UNIT; under pvdrm_front.lock */
	unsigned long *used;
	/** @nr_units: bits of @used */
	u32 nr_units;
};

int pvdrm_data_setup(struct pvdrm_data *data, struct xenbus_device *xbdev,
		     u32 nr_pages);
void pvdrm_data_teardown(struct pvdrm_data *data);
int pvdrm_data_alloc(struct pvdrm_data *data, u32 units);
void pvdrm_data_free(struct pvdrm_data *data, u32 unit, u32 units);

#endif /* PVDRM_FRONT_DATA_H */
