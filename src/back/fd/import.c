// SPDX-License-Identifier: GPL-2.0-only
/*
 * import.c: dma-bufs of other devices of the guest, for the host's driver
 *
 * The guest grants a dma-buf's pages, which are mapped here. When an ioctl has its id in
 * place of a descriptor, the driver gets a dma-buf of ours that consists of them: the
 * same one as long as the driver holds it, so that importing it again gives the same
 * handle. When the driver has let go of it, the guest is told, and asks us to forget
 * the pages.
 *
 * Programs of the guest map the exporter's pages themselves, so nothing is mapped into
 * our process: our mmap only shows that the driver would have us map them.
 *
 * If the connection ends, the pages stay mapped until the driver lets go of them, which
 * is when the process closes its files. A guest that is destroyed is not gone before.
 */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/fd/import.h"
#include "back/memory/guest.h"
#include "back/serve/job.h"
#include "back/transport/event.h"
#include "back/transport/ring.h"

/*
 * Xen keeps track of the pages that this domain has mapped of others. By default there
 * is room for 1 GiB, which backends of disks and networks need as well.
 */
static unsigned int import_mib = 512;
module_param(import_mib, uint, 0644);
MODULE_PARM_DESC(import_mib,
		 "MiB of their own memory that all guests together may have imported; one device at most half of it (default: 512)");

static DEFINE_SPINLOCK(all_lock);
static u64 all_imported;

/**
 * struct pvdrm_import - a dma-buf of the guest
 */
struct pvdrm_import {
	/** @ref: held by the table and by each dma-buf of ours */
	struct kref ref;

	/** @link: the connection; a reference */
	struct pvdrm_link *link;

	/** @id: the guest's name for it */
	u32 id;

	/** @guest: its pages */
	struct pvdrm_guest_pages *guest;

	/** @nr: number of these */
	u32 nr;

	/** @live: dma-bufs of ours; pvdrm_imports.lock held */
	u32 live;

	/** @file: of the latest of them, no reference; %NULL: none; likewise */
	struct file *file;

	/** @dmabuf: the latest of them, likewise; only compared */
	const struct dma_buf *dmabuf;

	/** @idle: the guest is to be told that @live is 0; likewise */
	bool idle;
};

/* ------------------------------------------------------------------- limits */

static bool charge_pages(struct pvdrm_back *back, u32 nr)
{
	u64 max = (u64)READ_ONCE(import_mib) << (20 - PAGE_SHIFT);
	bool ok;

	spin_lock(&all_lock);
	ok = all_imported + nr <= max && back->nr_imported + nr <= max / 2;
	if (ok) {
		all_imported += nr;
		back->nr_imported += nr;
	}
	spin_unlock(&all_lock);
	return ok;
}

static void uncharge_pages(struct pvdrm_back *back, u32 nr)
{
	spin_lock(&all_lock);
	all_imported -= nr;
	back->nr_imported -= nr;
	spin_unlock(&all_lock);
}

static bool charge(struct pvdrm_back *back, u32 nr)
{
	if (pvdrm_limits_short_of_memory() || !charge_pages(back, nr))
		goto met;
	if (!pvdrm_limits_try_charge(&back->limits, PVDRM_LIMIT_OBJECTS, 1))
		goto met_pages;
	if (!pvdrm_limits_try_charge(&back->limits, PVDRM_LIMIT_MAPPED_BYTES,
				     (u64)nr << PAGE_SHIFT))
		goto met_objects;
	pvdrm_count(back, imports);
	pvdrm_count_by(back, import_pages, nr);
	return true;

met_objects:
	pvdrm_limits_uncharge(&back->limits, PVDRM_LIMIT_OBJECTS, 1);
met_pages:
	uncharge_pages(back, nr);
met:
	pvdrm_count(back, limits_met);
	return false;
}

static void uncharge(struct pvdrm_back *back, u32 nr)
{
	pvdrm_limits_uncharge(&back->limits, PVDRM_LIMIT_MAPPED_BYTES,
			      (u64)nr << PAGE_SHIFT);
	pvdrm_limits_uncharge(&back->limits, PVDRM_LIMIT_OBJECTS, 1);
	uncharge_pages(back, nr);
	pvdrm_uncount(back, imports);
	pvdrm_count_by(back, import_pages, -(s64)nr);
}

/* ------------------------------------------------------------ create and free */

static void import_free(struct kref *ref)
{
	struct pvdrm_import *import = container_of(ref, struct pvdrm_import,
						   ref);
	struct pvdrm_link *link = import->link;

	pvdrm_guest_pages_unmap(import->guest);
	uncharge(link->back, import->nr);
	kfree(import);
	pvdrm_link_put(link);
}

static struct pvdrm_import *import_alloc(struct pvdrm_link *link, u32 id,
					 const grant_ref_t *refs, u32 nr)
{
	struct pvdrm_import *import;
	int ret = -ENOMEM;

	import = kzalloc(sizeof(*import), GFP_KERNEL_ACCOUNT);
	if (!import)
		return ERR_PTR(-ENOMEM);
	if (!charge(link->back, nr))
		goto err_free;
	import->guest = pvdrm_guest_pages_map(link->back->domid, refs, nr);
	if (IS_ERR(import->guest)) {
		ret = PTR_ERR(import->guest);
		goto err_charge;
	}
	kref_init(&import->ref);
	import->id = id;
	import->nr = nr;
	kref_get(&link->ref);
	import->link = link;
	return import;

err_charge:
	uncharge(link->back, nr);
err_free:
	kfree(import);
	return ERR_PTR(ret);
}

/* Return: 0; -EEXIST: the id is taken; -EMFILE; -ENODEV; -ENOMEM. */
static int import_add(struct pvdrm_import *import)
{
	struct pvdrm_imports *imports = &import->link->imports;
	int ret;

	mutex_lock(&imports->lock);
	if (imports->closed)
		ret = -ENODEV;
	else if (imports->nr >= XENDRM_MAX_IMPORTS)
		ret = -EMFILE;
	else
		ret = xa_insert(&imports->ids, import->id, import,
				GFP_KERNEL_ACCOUNT);
	if (!ret)
		imports->nr++;
	mutex_unlock(&imports->lock);
	return ret == -EBUSY ? -EEXIST : ret;
}

static int create(struct pvdrm_link *link, u32 id, const grant_ref_t *refs,
		  u32 nr)
{
	struct pvdrm_import *import = import_alloc(link, id, refs, nr);
	int ret;

	if (IS_ERR(import))
		return PTR_ERR(import);
	ret = import_add(import);
	if (ret)
		kref_put(&import->ref, import_free);
	return ret;
}

/**
 * pvdrm_import_create() - IMPORT
 * @job: the request at hand
 *
 * Return: 0 or -errno.
 */
int pvdrm_import_create(struct pvdrm_job *job)
{
	u32 id = job->req.u.import.id, len = job->req.req_len;
	u32 nr = len / sizeof(grant_ref_t);
	int ret;

	if (!xendrm_is_import(id) || len % sizeof(grant_ref_t) || !nr ||
	    nr > XENDRM_MAX_IMPORT_PAGES)
		return -EINVAL;
	ret = pvdrm_job_need_buf(job, len);
	ret = ret ?: pvdrm_back_data_read(job->link, job->req.data_off,
					  job->buf, len);
	return ret ?: create(job->link, id, job->buf, nr);
}

/* Lock held */
static void import_remove(struct pvdrm_imports *imports,
			  struct pvdrm_import *import)
{
	xa_erase(&imports->ids, import->id);
	imports->nr--;
}

/**
 * pvdrm_import_forget() - FORGET, of an import
 * @job: the request at hand
 *
 * Return: 0; -EBUSY: the driver has it; -EINVAL: there is no such import.
 */
int pvdrm_import_forget(struct pvdrm_job *job)
{
	struct pvdrm_imports *imports = &job->link->imports;
	struct pvdrm_import *import;
	int ret = 0;

	if (job->req.u.forget.uses != 1)
		return -EINVAL;
	/* There may be many pages to unmap. */
	pvdrm_job_may_block(job);
	mutex_lock(&imports->lock);
	import = xa_load(&imports->ids, job->req.u.forget.object);
	if (!import)
		ret = -EINVAL;
	else if (import->live)
		ret = -EBUSY;
	else
		import_remove(imports, import);
	mutex_unlock(&imports->lock);
	if (!ret)
		kref_put(&import->ref, import_free);
	return ret;
}

/**
 * pvdrm_imports_reap() - let go of all imports of a dead connection
 * @link: the connection
 *
 * Those that the driver has go when it lets go of them.
 */
void pvdrm_imports_reap(struct pvdrm_link *link)
{
	struct pvdrm_imports *imports = &link->imports;
	struct pvdrm_import *import;
	unsigned long id;

	mutex_lock(&imports->lock);
	imports->closed = true;
	xa_for_each(&imports->ids, id, import) {
		import_remove(imports, import);
		kref_put(&import->ref, import_free);
	}
	mutex_unlock(&imports->lock);
	cancel_work_sync(&imports->work);
}

/* ------------------------------------------------------------------- idle ones */

/* Return: one that the guest has not been told of, or 0. */
static u32 take_idle(struct pvdrm_imports *imports)
{
	struct pvdrm_import *import;
	unsigned long id;
	u32 found = 0;

	mutex_lock(&imports->lock);
	xa_for_each(&imports->ids, id, import) {
		if (!import->idle)
			continue;
		import->idle = false;
		found = id;
		break;
	}
	mutex_unlock(&imports->lock);
	return found;
}

static void tell(struct work_struct *work)
{
	struct pvdrm_imports *imports = container_of(work, struct pvdrm_imports,
						     work);
	struct pvdrm_link *link = container_of(imports, struct pvdrm_link,
					       imports);
	u32 id;

	while ((id = take_idle(imports)))
		if (!pvdrm_event_idle(link, id))
			return;
}

/**
 * pvdrm_imports_init() - prepare a connection's imports
 * @imports: zeroed
 */
void pvdrm_imports_init(struct pvdrm_imports *imports)
{
	mutex_init(&imports->lock);
	xa_init(&imports->ids);
	INIT_WORK(&imports->work, tell);
}

/* ------------------------------------------------------------- the dma-buf */

/* A segment for each page: they are contiguous here, but not in the machine's memory. */
static int table_alloc(struct sg_table *table, struct pvdrm_import *import)
{
	return sg_alloc_table_from_pages_segment(table, import->guest->pages,
						 import->nr, 0,
						 (unsigned long)import->nr << PAGE_SHIFT,
						 PAGE_SIZE, GFP_KERNEL);
}

static struct sg_table *import_map(struct dma_buf_attachment *attachment,
				   enum dma_data_direction direction)
{
	struct sg_table *table = kzalloc(sizeof(*table), GFP_KERNEL);
	int ret;

	if (!table)
		return ERR_PTR(-ENOMEM);
	ret = table_alloc(table, attachment->dmabuf->priv);
	if (ret)
		goto err;
	ret = dma_map_sgtable(attachment->dev, table, direction,
			      DMA_ATTR_SKIP_CPU_SYNC);
	if (!ret)
		return table;
	sg_free_table(table);
err:
	kfree(table);
	return ERR_PTR(ret);
}

static void import_unmap(struct dma_buf_attachment *attachment,
			 struct sg_table *table,
			 enum dma_data_direction direction)
{
	dma_unmap_sgtable(attachment->dev, table, direction,
			  DMA_ATTR_SKIP_CPU_SYNC);
	sg_free_table(table);
	kfree(table);
}

static vm_fault_t vma_fault(struct vm_fault *vmf)
{
	return VM_FAULT_SIGBUS;
}

static const struct vm_operations_struct vm_ops = {
	.fault = vma_fault,
};

static int import_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	vm_flags_set(vma, VM_PFNMAP | VM_IO | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_ops = &vm_ops;
	return 0;
}

static void import_release(struct dma_buf *dmabuf)
{
	struct pvdrm_import *import = dmabuf->priv;
	struct pvdrm_imports *imports = &import->link->imports;

	mutex_lock(&imports->lock);
	/* Unless there is a newer one by now */
	if (import->dmabuf == dmabuf)
		import->file = NULL;
	if (!--import->live && !imports->closed) {
		import->idle = true;
		schedule_work(&imports->work);
	}
	mutex_unlock(&imports->lock);
	kref_put(&import->ref, import_free);
}

static const struct dma_buf_ops import_ops = {
	.map_dma_buf = import_map,
	.unmap_dma_buf = import_unmap,
	.mmap = import_mmap,
	.release = import_release,
};

/* Lock held */
static struct file *export(struct pvdrm_import *import)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct dma_buf *dmabuf;

	info.exp_name = "pvdrm-guest";
	info.ops = &import_ops;
	info.size = (size_t)import->nr << PAGE_SHIFT;
	info.flags = O_RDWR;
	info.priv = import;
	dmabuf = dma_buf_export(&info);
	if (IS_ERR(dmabuf))
		return ERR_CAST(dmabuf);
	kref_get(&import->ref);
	import->live++;
	import->idle = false;
	import->file = dmabuf->file;
	import->dmabuf = dmabuf;
	return dmabuf->file;
}

/*
 * Lock held. A dma-buf is released with its dentry, which somebody who looks at the
 * process's descriptors may keep for a while longer than the file. By then the file may be
 * another one. Return: the dma-buf's, with a reference, or NULL.
 */
static struct file *live_file(struct pvdrm_import *import)
{
	struct file *file = pvdrm_get_file_active(&import->file);

	if (!file || file->private_data == import->dmabuf)
		return file;
	fput(file);
	return NULL;
}

/**
 * pvdrm_import_open() - the dma-buf that stands for an import
 * @link: the connection
 * @id: from the guest
 *
 * Return: its file, with a reference for the caller; an error: -EBADF: there is no
 * such import; -ENOMEM.
 */
struct file *pvdrm_import_open(struct pvdrm_link *link, u32 id)
{
	struct pvdrm_imports *imports = &link->imports;
	struct file *file = ERR_PTR(-EBADF);
	struct pvdrm_import *import;

	mutex_lock(&imports->lock);
	import = xa_load(&imports->ids, id);
	if (import)
		file = live_file(import) ?: export(import);
	mutex_unlock(&imports->lock);
	return file;
}

/**
 * pvdrm_import_file() - the dma-buf that the driver has for an import
 * @link: the connection
 * @id: from the guest
 *
 * Return: its file, with a reference for the caller; %NULL: the driver has none, or
 * there is no such import.
 */
struct file *pvdrm_import_file(struct pvdrm_link *link, u32 id)
{
	struct pvdrm_imports *imports = &link->imports;
	struct pvdrm_import *import;
	struct file *file = NULL;

	mutex_lock(&imports->lock);
	import = xa_load(&imports->ids, id);
	if (import)
		file = live_file(import);
	mutex_unlock(&imports->lock);
	return file;
}

/**
 * pvdrm_import_id() - the import that a dma-buf stands for
 * @link: the connection
 * @dmabuf: any dma-buf; the caller has a reference
 *
 * Return: the id, or 0: it is none of this connection.
 */
u32 pvdrm_import_id(struct pvdrm_link *link, const struct dma_buf *dmabuf)
{
	const struct pvdrm_import *import = dmabuf->priv;

	return dmabuf->ops == &import_ops && import->link == link ? import->id :
								    0;
}

/**
 * pvdrm_import_mapped() - the import that a driver would have mapped
 * @link: the connection
 * @vma: of the process, whose mmap_lock is held
 *
 * Return: the id, or 0: the VMA is something else.
 */
u32 pvdrm_import_mapped(struct pvdrm_link *link,
			const struct vm_area_struct *vma)
{
	return vma->vm_ops == &vm_ops ?
	       pvdrm_import_id(link, vma->vm_file->private_data) : 0;
}
