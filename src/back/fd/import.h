/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * import.h: dma-bufs of other devices of the guest, for the host's driver
 */
#ifndef PVDRM_BACK_IMPORT_H
#define PVDRM_BACK_IMPORT_H

#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

struct dma_buf;
struct file;
struct pvdrm_job;
struct pvdrm_link;
struct vm_area_struct;

/**
 * struct pvdrm_imports - the imports of one connection
 */
struct pvdrm_imports {
	/** @lock: protects all below; mmap_lock is never taken under it */
	struct mutex lock;

	/** @ids: struct pvdrm_import by id */
	struct xarray ids;

	/** @nr: number of them */
	u32 nr;

	/** @closed: takes no more, and the guest is told nothing more */
	bool closed;

	/** @work: tells the guest which are idle */
	struct work_struct work;
};

void pvdrm_imports_init(struct pvdrm_imports *imports);
void pvdrm_imports_reap(struct pvdrm_link *link);
int pvdrm_import_create(struct pvdrm_job *job);
int pvdrm_import_forget(struct pvdrm_job *job);
struct file *pvdrm_import_open(struct pvdrm_link *link, u32 id);
struct file *pvdrm_import_file(struct pvdrm_link *link, u32 id);
u32 pvdrm_import_id(struct pvdrm_link *link, const struct dma_buf *dmabuf);
u32 pvdrm_import_mapped(struct pvdrm_link *link,
			const struct vm_area_struct *vma);

#endif /* PVDRM_BACK_IMPORT_H */
