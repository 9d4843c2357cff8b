// SPDX-License-Identifier: GPL-2.0-only
/*
 * pin.c: memory of a dma-buf that devices of the guest use
 *
 * A device of the guest cannot be told that a page goes away, so the memory must
 * stay where it is. That is what drivers promise to a device which is attached to the
 * dma-buf and has it mapped. So a device of our own is attached. Nobody uses the
 * addresses that it gets: the guest's pages are found as those of all mappings, by
 * the process's page tables.
 *
 * The driver puts the buffer into system memory for this, or fails.
 */
#include <linux/dma-buf.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "back/bus/back.h"
#include "back/memory/lru.h"
#include "back/memory/pin.h"
#include "no_dma.h"

/**
 * struct pvdrm_pin - a dma-buf that our device is attached to
 */
struct pvdrm_pin {
	/** @dmabuf: a reference */
	struct dma_buf *dmabuf;

	/** @attachment: of our device */
	struct dma_buf_attachment *attachment;

	/** @table: of that, mapped */
	struct sg_table *table;

	/** @pages: charged */
	u32 pages;
};

static struct platform_device *pin_device;

/* May wait for the GPU */
static int attach(struct pvdrm_pin *pin)
{
	struct dma_buf_attachment *attachment;
	struct sg_table *table;

	attachment = dma_buf_attach(pin->dmabuf, &pin_device->dev);
	if (IS_ERR(attachment))
		return PTR_ERR(attachment);
	table = dma_buf_map_attachment_unlocked(attachment, DMA_BIDIRECTIONAL);
	if (IS_ERR(table)) {
		dma_buf_detach(pin->dmabuf, attachment);
		return PTR_ERR(table);
	}
	pin->attachment = attachment;
	pin->table = table;
	return 0;
}

/**
 * pvdrm_pin_create() - have a dma-buf stay where it is
 * @back: the device; charged
 * @file: the dma-buf's file; a reference is taken
 * @bytes: its size, as the guest has it
 *
 * Return: the pin; an error: -EINVAL: the size is another; -ENOMEM: too much would
 * be pinned; what the driver says.
 */
struct pvdrm_pin *pvdrm_pin_create(struct pvdrm_back *back, struct file *file,
				   u64 bytes)
{
	struct dma_buf *dmabuf = file->private_data;
	struct pvdrm_pin *pin;
	int ret;

	if (PAGE_ALIGN(dmabuf->size) != bytes)
		return ERR_PTR(-EINVAL);
	pin = kzalloc(sizeof(*pin), GFP_KERNEL_ACCOUNT);
	if (!pin)
		return ERR_PTR(-ENOMEM);
	pin->pages = bytes >> PAGE_SHIFT;
	if (!pvdrm_lru_pin(back, pin->pages)) {
		pvdrm_count(back, limits_met);
		kfree(pin);
		return ERR_PTR(-ENOMEM);
	}
	get_file(file);
	pin->dmabuf = dmabuf;
	ret = attach(pin);
	if (ret) {
		fput(file);
		pvdrm_lru_unpin(back, pin->pages);
		kfree(pin);
		return ERR_PTR(ret);
	}
	pvdrm_count(back, pins);
	/* It may outlive the connection and the process. */
	__module_get(THIS_MODULE);
	return pin;
}

/**
 * pvdrm_pin_free() - let it go
 * @pin: the pin; the guest has none of its pages mapped
 * @back: the device
 */
void pvdrm_pin_free(struct pvdrm_pin *pin, struct pvdrm_back *back)
{
	dma_buf_unmap_attachment_unlocked(pin->attachment, pin->table,
					  DMA_BIDIRECTIONAL);
	dma_buf_detach(pin->dmabuf, pin->attachment);
	fput(pin->dmabuf->file);
	pvdrm_lru_unpin(back, pin->pages);
	pvdrm_uncount(back, pins);
	kfree(pin);
	module_put(THIS_MODULE);
}

/**
 * pvdrm_pin_init() - make the device that dma-bufs are attached to
 *
 * Return: 0 or -errno.
 */
int pvdrm_pin_init(void)
{
	pin_device = pvdrm_no_dma_device("pvdrm-pin");
	return PTR_ERR_OR_ZERO(pin_device);
}

/**
 * pvdrm_pin_exit() - undo pvdrm_pin_init(); nothing is pinned
 */
void pvdrm_pin_exit(void)
{
	platform_device_unregister(pin_device);
}
