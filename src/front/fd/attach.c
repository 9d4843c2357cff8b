// SPDX-License-Identifier: GPL-2.0-only
/*
 * attach.c: other devices of the guest use the host's dma-bufs
 *
 * A display of the guest shows what the host's GPU has drawn: its driver attaches to
 * our dma-buf, maps it for the device, or into the kernel's address space. For all of
 * them the dma-buf's pages are mapped once (memory/pinned.c), from the first to the
 * last user.
 *
 * That is done when the device is attached, not when it maps the buffer: programs
 * get the errno, a signal ends the wait for the host, and no lock of the dma-buf is
 * held.
 */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/iosys-map.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <xen/xen.h>

#include "front/fd/attach.h"
#include "front/fd/fd.h"
#include "front/front.h"
#include "front/memory/pinned.h"

/* Lock held */
static int pin(struct pvdrm_object *object, u64 size)
{
	struct pvdrm_pinned *pinned;

	if (!object->pinned) {
		pinned = pvdrm_pinned_create(object->front, object->id, size);
		if (IS_ERR(pinned))
			return PTR_ERR(pinned);
		object->pinned = pinned;
	}
	object->pin_users++;
	return 0;
}

/* Lock held */
static void unpin(struct pvdrm_object *object)
{
	if (--object->pin_users)
		return;
	pvdrm_pinned_free(object->pinned);
	object->pinned = NULL;
}

/**
 * pvdrm_attach() - dma_buf_ops.attach
 * @dmabuf: one of ours
 * @attachment: of any device
 *
 * Return: 0; -EOPNOTSUPP: the backend cannot pin memory; -ENOMEM: more than it would
 * pin; -ENXIO: the memory is the GPU's own; -ENODEV; -ERESTARTSYS; what the host's
 * driver says.
 */
int pvdrm_attach(struct dma_buf *dmabuf, struct dma_buf_attachment *attachment)
{
	struct pvdrm_object *object = dmabuf->priv;
	int err;

	if (mutex_lock_interruptible(&object->pin_lock))
		return -ERESTARTSYS;
	err = pin(object, dmabuf->size);
	mutex_unlock(&object->pin_lock);
	return err;
}

/**
 * pvdrm_detach() - dma_buf_ops.detach
 * @dmabuf: one of ours
 * @attachment: has nothing mapped
 */
void pvdrm_detach(struct dma_buf *dmabuf, struct dma_buf_attachment *attachment)
{
	struct pvdrm_object *object = dmabuf->priv;

	mutex_lock(&object->pin_lock);
	unpin(object);
	mutex_unlock(&object->pin_lock);
}

/*
 * In a PV guest, pages in a row are anywhere in the machine. Linux would have the device
 * use a copy of a piece that has several of them, which nobody fills.
 */
static size_t max_segment(struct device *dev)
{
	return xen_pv_domain() ? PAGE_SIZE : dma_max_mapping_size(dev);
}

static int table_alloc(struct sg_table *table, struct device *dev,
		       const struct pvdrm_pinned *pinned)
{
	unsigned int max = min_t(size_t, max_segment(dev), UINT_MAX);

	return sg_alloc_table_from_pages_segment(table, pinned->pages,
						 pinned->nr_pages, 0,
						 (unsigned long)pinned->nr_pages <<
						 PAGE_SHIFT,
						 max & PAGE_MASK, GFP_KERNEL);
}

/**
 * pvdrm_attach_map() - dma_buf_ops.map_dma_buf
 * @attachment: from pvdrm_attach()
 * @direction: of the device's accesses
 *
 * Return: the pages as the device addresses them, or an error.
 */
struct sg_table *pvdrm_attach_map(struct dma_buf_attachment *attachment,
				  enum dma_data_direction direction)
{
	struct pvdrm_object *object = attachment->dmabuf->priv;
	struct sg_table *table = kzalloc(sizeof(*table), GFP_KERNEL);
	int err;

	if (!table)
		return ERR_PTR(-ENOMEM);
	err = table_alloc(table, attachment->dev, object->pinned);
	if (err)
		goto fail;
	err = dma_map_sgtable(attachment->dev, table, direction,
			      DMA_ATTR_SKIP_CPU_SYNC);
	if (!err)
		return table;
	sg_free_table(table);
fail:
	kfree(table);
	return ERR_PTR(err);
}

/**
 * pvdrm_attach_unmap() - dma_buf_ops.unmap_dma_buf
 * @attachment: from pvdrm_attach()
 * @table: from pvdrm_attach_map()
 * @direction: as there
 */
void pvdrm_attach_unmap(struct dma_buf_attachment *attachment,
			struct sg_table *table,
			enum dma_data_direction direction)
{
	dma_unmap_sgtable(attachment->dev, table, direction,
			  DMA_ATTR_SKIP_CPU_SYNC);
	sg_free_table(table);
	kfree(table);
}

/**
 * pvdrm_attach_vmap() - dma_buf_ops.vmap
 * @dmabuf: one of ours; the core has it mapped once at the most
 * @map: result
 *
 * Return: 0 or an error, as pvdrm_attach().
 */
int pvdrm_attach_vmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	struct pvdrm_object *object = dmabuf->priv;
	int err;

	mutex_lock(&object->pin_lock);
	err = pin(object, dmabuf->size);
	if (!err) {
		err = pvdrm_pinned_vmap(object->pinned);
		if (err)
			unpin(object);
		else
			iosys_map_set_vaddr(map, object->pinned->vaddr);
	}
	mutex_unlock(&object->pin_lock);
	return err;
}

/**
 * pvdrm_attach_vunmap() - dma_buf_ops.vunmap
 * @dmabuf: one of ours
 * @map: from pvdrm_attach_vmap()
 */
void pvdrm_attach_vunmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	struct pvdrm_object *object = dmabuf->priv;

	mutex_lock(&object->pin_lock);
	pvdrm_pinned_vunmap(object->pinned);
	unpin(object);
	mutex_unlock(&object->pin_lock);
}
