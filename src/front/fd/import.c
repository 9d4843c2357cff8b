// SPDX-License-Identifier: GPL-2.0-only
/*
 * import.c: dma-bufs of other devices of the guest, imported into the host's driver
 *
 * A device of ours is attached to the dma-buf and maps it, so that its pages stay where
 * they are, and the backend is granted each of them (IMPORT). From then on the dma-buf
 * has an id that can stand for it in an ioctl. Whether the host's driver keeps it is
 * only known there: after each such ioctl, and when the backend says that the driver
 * has let go of it, we ask the backend to forget it, which it refuses (-EBUSY) while
 * the driver has it. When it is forgotten, the grants end and the exporter gets its
 * pages back.
 *
 * As long as a grant is in use, whatever the backend says, the exporter does not get
 * the pages: the host's GPU may write there. That also holds when the connection has
 * ended; then Xen is asked again and again.
 */
#include <linux/dma-buf.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <xen/grant_table.h>
#include <xen/page.h>

#include "front/call/call.h"
#include "front/fd/implicit.h"
#include "front/fd/import.h"
#include "front/front.h"
#include "no_dma.h"

/* How long until Xen is asked again whether a grant is in use */
#define LOOK_AGAIN	(HZ / 10)
/* Version 1 of the grant table; with the other, there are fewer */
#define GRANTS_PER_FRAME	512

/* Of all connections */
static struct workqueue_struct *import_wq;
static struct platform_device *import_device;
static atomic_t nr_imports = ATOMIC_INIT(0);
static atomic_t nr_pages_granted = ATOMIC_INIT(0);

/**
 * struct pvdrm_import - a dma-buf that the host knows
 */
struct pvdrm_import {
	/** @front: the connection, which may be dead; a reference */
	struct pvdrm_front *front;
	/** @dmabuf: another device's; a reference */
	struct dma_buf *dmabuf;
	/** @attachment: of our device; %NULL: none */
	struct dma_buf_attachment *attachment;
	/** @table: of that, mapped; %NULL: it is not */
	struct sg_table *table;
	/** @implicit: its fences on the host; %NULL: there are none yet */
	struct pvdrm_implicit *implicit;
	/** @id: what the host knows it by */
	u32 id;
	/** @nr_pages: its size */
	u32 nr_pages;
	/** @nr_granted: the first so many of @grefs exist */
	u32 nr_granted;
	/** @grefs: the grants */
	grant_ref_t *grefs;
	/** @users: ioctls that use @id; under the xa_lock of @front's imports */
	u32 users;
	/**
	 * @usable: the host knows it, as far as we know; under
	 * pvdrm_front.imports_lock
	 */
	bool usable;
	/** @work: ends it, if it is not in use */
	struct delayed_work work;
};

/**
 * pvdrm_imports_any() - whether a host has pages of this guest
 *
 * Return: true if any has, of whatever connection.
 */
bool pvdrm_imports_any(void)
{
	return atomic_read(&nr_imports);
}

/* ------------------------------------------------------------------------ end */

static void look_after(struct pvdrm_import *import, unsigned long delay)
{
	mod_delayed_work(import_wq, &import->work, delay);
}

static int request_forget(struct pvdrm_import *import)
{
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_FORGET,
		.req.u.forget.object = import->id,
		.req.u.forget.uses = 1,
		.wait = PVDRM_WAIT_KILL,
	};

	return pvdrm_front_call(import->front, &call) ?: call.rsp.status;
}

/*
 * Unless it is in use. One whose IMPORT failed is not known to the host; or will be in a
 * moment, if that has not answered in time: then it is forgotten the next time.
 *
 * Return: false if it is in use.
 */
static bool forget(struct pvdrm_import *import)
{
	struct pvdrm_front *front = import->front;
	bool ends;

	mutex_lock(&front->imports_lock);
	ends = !READ_ONCE(import->users) || !import->usable;
	if (ends && request_forget(import) == -EBUSY && import->usable)
		ends = false;
	if (ends)
		import->usable = false;
	mutex_unlock(&front->imports_lock);
	return ends;
}

/* Return: false if the host has one of them mapped. */
static bool end_grants(struct pvdrm_import *import)
{
	while (import->nr_granted) {
		if (!gnttab_try_end_foreign_access(import->grefs[import->nr_granted - 1]))
			return false;
		import->nr_granted--;
		cond_resched();
	}
	return true;
}

/* It is in no table, and no grant is left. */
static void import_free(struct pvdrm_import *import)
{
	if (import->table)
		dma_buf_unmap_attachment_unlocked(import->attachment,
						  import->table,
						  DMA_BIDIRECTIONAL);
	if (import->attachment)
		dma_buf_detach(import->dmabuf, import->attachment);
	dma_buf_put(import->dmabuf);
	pvdrm_front_put(import->front);
	kvfree(import->grefs);
	atomic_sub(import->nr_pages, &nr_pages_granted);
	atomic_dec(&nr_imports);
	kfree(import);
	module_put(THIS_MODULE);
}

static void import_work(struct work_struct *work)
{
	struct pvdrm_import *import = container_of(to_delayed_work(work),
						   struct pvdrm_import, work);

	if (!forget(import))
		return;
	if (!end_grants(import)) {
		look_after(import, LOOK_AGAIN);
		return;
	}
	pvdrm_implicit_end(import->implicit);
	xa_erase(&import->front->imports, import->id);
	/* What was seen in the table may have been queued once more. */
	cancel_delayed_work(&import->work);
	import_free(import);
}

/* --------------------------------------------------------------------- create */

static bool charge_pages(u32 nr)
{
	static u32 max;

	/* A hypercall, whose result never changes. Half is for other devices. */
	if (!READ_ONCE(max))
		WRITE_ONCE(max, gnttab_max_grant_frames() * GRANTS_PER_FRAME / 2);
	if (atomic_add_return(nr, &nr_pages_granted) <= READ_ONCE(max))
		return true;
	atomic_sub(nr, &nr_pages_granted);
	return false;
}

/* Return: a new one that the host does not know, or an error. */
static struct pvdrm_import *import_alloc(struct pvdrm_front *front,
					 struct dma_buf *dmabuf)
{
	struct pvdrm_import *import;
	int err = -ENOMEM;

	if (!dmabuf->size || !PAGE_ALIGNED(dmabuf->size))
		return ERR_PTR(-EOPNOTSUPP);
	if (dmabuf->size >> PAGE_SHIFT > XENDRM_MAX_IMPORT_PAGES)
		return ERR_PTR(-ENOMEM);
	import = kzalloc(sizeof(*import), GFP_KERNEL);
	if (!import)
		return ERR_PTR(-ENOMEM);
	import->nr_pages = dmabuf->size >> PAGE_SHIFT;
	if (!charge_pages(import->nr_pages))
		goto fail;
	import->grefs = kvcalloc(import->nr_pages, sizeof(*import->grefs),
				 GFP_KERNEL);
	if (!import->grefs)
		goto fail_pages;
	INIT_DELAYED_WORK(&import->work, import_work);
	import->front = front;
	import->dmabuf = dmabuf;
	err = xa_alloc_cyclic(&front->imports, &import->id, import,
			      XA_LIMIT(XENDRM_FIRST_IMPORT, XENDRM_LAST_IMPORT),
			      &front->next_import, GFP_KERNEL);
	if (err < 0)
		goto fail_pages;
	pvdrm_front_get(front);
	get_dma_buf(dmabuf);
	__module_get(THIS_MODULE);
	atomic_inc(&nr_imports);
	return import;

fail_pages:
	kvfree(import->grefs);
	atomic_sub(import->nr_pages, &nr_pages_granted);
fail:
	kfree(import);
	return ERR_PTR(err);
}

/* Have the pages stay where they are. */
static int attach(struct pvdrm_import *import)
{
	struct dma_buf_attachment *attachment;
	struct sg_table *table;

	attachment = dma_buf_attach(import->dmabuf, &import_device->dev);
	if (IS_ERR(attachment))
		return PTR_ERR(attachment);
	import->attachment = attachment;
	table = dma_buf_map_attachment_unlocked(attachment, DMA_BIDIRECTIONAL);
	if (IS_ERR(table))
		return PTR_ERR(table);
	import->table = table;
	return 0;
}

/* A device does not care about the descriptor's mode, so all may be written. */
static int grant(struct pvdrm_import *import, dma_addr_t addr)
{
	unsigned long pfn = PHYS_PFN(addr);
	int gref;

	if (!PAGE_ALIGNED(addr) || !pfn_valid(pfn) ||
	    is_zone_device_page(pfn_to_page(pfn)) ||
	    import->nr_granted == import->nr_pages)
		return -ENXIO;
	gref = gnttab_grant_foreign_access(import->front->backend,
					   pfn_to_gfn(pfn), 0);
	if (gref < 0)
		return -ENOMEM;
	import->grefs[import->nr_granted++] = gref;
	return 0;
}

/* Our device's addresses are the kernel's, of memory only. */
static int grant_all(struct pvdrm_import *import)
{
	struct sg_dma_page_iter iter;
	int err = 0;

	for_each_sgtable_dma_page(import->table, &iter, 0) {
		err = grant(import, sg_page_iter_dma_address(&iter));
		if (err)
			return err;
	}
	return import->nr_granted == import->nr_pages ? 0 : -ENXIO;
}

/*
 * The backend does not wait for anything. A signal does not end the wait: the grants must
 * not end, and stand for other pages, while the request is on its way.
 */
static int request_import(struct pvdrm_import *import)
{
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_IMPORT,
		.req.u.import.id = import->id,
		.out = import->grefs,
		.out_len = import->nr_pages * sizeof(*import->grefs),
		.wait = PVDRM_WAIT_TIMEOUT,
		.may_block = true,
	};
	int err = pvdrm_front_call(import->front, &call);

	return err ?: min(pvdrm_call_result(&call), 0L);
}

/* pvdrm_front.imports_lock held */
static struct pvdrm_import *import_create(struct pvdrm_front *front,
					  const struct file *user,
					  struct dma_buf *dmabuf)
{
	struct pvdrm_import *import = import_alloc(front, dmabuf);
	int err;

	if (IS_ERR(import))
		return import;
	err = attach(import);
	err = err ?: grant_all(import);
	err = err ?: request_import(import);
	if (!err) {
		import->implicit = pvdrm_implicit_add(front, import->id, dmabuf,
						      user);
		err = import->implicit ? 0 : -ENOMEM;
	}
	if (err) {
		look_after(import, 0);
		return ERR_PTR(err);
	}
	import->usable = true;
	return import;
}

/* --------------------------------------------------------------------- in use */

/* pvdrm_front.imports_lock held; @user has it as well. */
static struct pvdrm_import *find(struct pvdrm_front *front,
				 const struct file *user,
				 const struct dma_buf *dmabuf)
{
	struct pvdrm_import *import;
	unsigned long id;

	/* The backend bounds their number, and few are usual. */
	xa_for_each(&front->imports, id, import) {
		if (import->dmabuf != dmabuf || !import->usable)
			continue;
		pvdrm_implicit_add_user(import->implicit, user);
		return import;
	}
	return NULL;
}

/**
 * pvdrm_import_get() - an id for another device's dma-buf, for one ioctl
 * @front: the connection
 * @user: the ioctl's file
 * @dmabuf: any that is not ours
 * @id: result, for pvdrm_import_put()
 *
 * Waits for the host, and for the exporter.
 *
 * Return: 0; -EOPNOTSUPP: the backend cannot; -ENOMEM: more than it or we allow;
 * -ENXIO: it is not in this guest's memory; -ENODEV; -ERESTARTSYS; what the exporter
 * says.
 */
int pvdrm_import_get(struct pvdrm_front *front, const struct file *user,
		     struct dma_buf *dmabuf, u32 *id)
{
	struct pvdrm_import *import;

	if (!front->feature_import)
		return -EOPNOTSUPP;
	if (mutex_lock_interruptible(&front->imports_lock))
		return -ERESTARTSYS;
	import = find(front, user, dmabuf) ?:
		 import_create(front, user, dmabuf);
	if (!IS_ERR(import)) {
		xa_lock(&front->imports);
		import->users++;
		xa_unlock(&front->imports);
		*id = import->id;
	}
	mutex_unlock(&front->imports_lock);
	return PTR_ERR_OR_ZERO(import);
}

/**
 * pvdrm_import_put() - the ioctl is done
 * @front: the connection
 * @id: from pvdrm_import_get()
 */
void pvdrm_import_put(struct pvdrm_front *front, u32 id)
{
	struct pvdrm_import *import;

	xa_lock(&front->imports);
	import = xa_load(&front->imports, id);
	if (!--import->users)
		look_after(import, 0);
	xa_unlock(&front->imports);
}

/**
 * pvdrm_import_idle() - the host's driver has let go of it
 * @front: the connection
 * @id: from the backend
 *
 * Does not wait.
 */
void pvdrm_import_idle(struct pvdrm_front *front, u32 id)
{
	struct pvdrm_import *import;

	xa_lock(&front->imports);
	import = xa_load(&front->imports, id);
	if (import)
		look_after(import, 0);
	xa_unlock(&front->imports);
}

/**
 * pvdrm_import_dmabuf() - the dma-buf that was imported
 * @front: the connection
 * @id: from the backend
 *
 * Return: the dma-buf, with a reference for the caller; an error: -ENOENT: it was
 * forgotten, or never there.
 */
struct dma_buf *pvdrm_import_dmabuf(struct pvdrm_front *front, u32 id)
{
	struct dma_buf *dmabuf = ERR_PTR(-ENOENT);
	struct pvdrm_import *import;

	xa_lock(&front->imports);
	import = xa_load(&front->imports, id);
	if (import) {
		dmabuf = import->dmabuf;
		get_dma_buf(dmabuf);
	}
	xa_unlock(&front->imports);
	return dmabuf;
}

/**
 * pvdrm_import_mmap() - map what was imported, as its exporter does
 * @front: the connection
 * @id: from the backend
 * @offset: likewise, where the mapping begins; in bytes, whole pages
 * @vma: the new VMA
 *
 * Return: 0 or -errno.
 */
int pvdrm_import_mmap(struct pvdrm_front *front, u32 id, u64 offset,
		      struct vm_area_struct *vma)
{
	struct dma_buf *dmabuf = pvdrm_import_dmabuf(front, id);
	int err;

	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	err = dma_buf_mmap(dmabuf, vma, offset >> PAGE_SHIFT);
	dma_buf_put(dmabuf);
	return err;
}

/* ------------------------------------------------------------------ begin, end */

/**
 * pvdrm_imports_init() - prepare a connection
 * @front: zeroed
 */
void pvdrm_imports_init(struct pvdrm_front *front)
{
	mutex_init(&front->imports_lock);
	xa_init_flags(&front->imports, XA_FLAGS_ALLOC);
	front->next_import = XENDRM_FIRST_IMPORT;
}

/**
 * pvdrm_imports_disconnect() - wait for the host's driver to let go of all of them
 * @front: a dead connection
 *
 * Does not wait itself.
 */
void pvdrm_imports_disconnect(struct pvdrm_front *front)
{
	struct pvdrm_import *import;
	unsigned long id;

	xa_lock(&front->imports);
	xa_for_each(&front->imports, id, import)
		look_after(import, 0);
	xa_unlock(&front->imports);
}

/**
 * pvdrm_import_module_init() - make what all connections share
 *
 * Return: 0 or -errno.
 */
int pvdrm_import_module_init(void)
{
	import_wq = alloc_workqueue("pvdrm-import", WQ_UNBOUND, 0);
	if (!import_wq)
		return -ENOMEM;
	import_device = pvdrm_no_dma_device("pvdrm-import");
	if (IS_ERR(import_device)) {
		destroy_workqueue(import_wq);
		return PTR_ERR(import_device);
	}
	return 0;
}

/**
 * pvdrm_import_module_exit() - undo pvdrm_import_module_init(); there are no imports
 */
void pvdrm_import_module_exit(void)
{
	destroy_workqueue(import_wq);
	platform_device_unregister(import_device);
}
