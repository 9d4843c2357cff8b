// SPDX-License-Identifier: GPL-2.0-only
/*
 * exporter.c: a device with dma-bufs of its own
 *
 * EXPORTER_CREATE of /dev/exporter makes one, of ordinary pages that programs map as
 * they map files. Debian's Linux 6.1 has no udmabuf. vgem's buffers are no substitute: their
 * mappings are write-combining, which Xen refuses to PV guests without hardware.
 */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/version.h>

#include "exporter.h"

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
MODULE_IMPORT_NS(DMA_BUF);
#else
MODULE_IMPORT_NS("DMA_BUF");
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define vm_flags_set(vma, flags) ((void)((vma)->vm_flags |= (flags)))
#endif

#define MAX_PAGES	1024

struct exporter {
	unsigned int nr;
	struct page *pages[];
};

static void exporter_free(struct exporter *exporter)
{
	while (exporter->nr)
		__free_page(exporter->pages[--exporter->nr]);
	kvfree(exporter);
}

static struct exporter *exporter_alloc(unsigned int nr)
{
	struct exporter *exporter = kvzalloc(struct_size(exporter, pages, nr), GFP_KERNEL);

	for (; exporter && exporter->nr < nr; exporter->nr++) {
		exporter->pages[exporter->nr] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!exporter->pages[exporter->nr]) {
			exporter_free(exporter);
			return NULL;
		}
	}
	return exporter;
}

static struct sg_table *exporter_map(struct dma_buf_attachment *attachment,
				     enum dma_data_direction direction)
{
	struct exporter *exporter = attachment->dmabuf->priv;
	struct sg_table *table = kzalloc(sizeof(*table), GFP_KERNEL);
	int err;

	if (!table)
		return ERR_PTR(-ENOMEM);
	err = sg_alloc_table_from_pages(table, exporter->pages, exporter->nr, 0,
					(unsigned long)exporter->nr << PAGE_SHIFT, GFP_KERNEL);
	if (err)
		goto fail;
	err = dma_map_sgtable(attachment->dev, table, direction, 0);
	if (!err)
		return table;
	sg_free_table(table);
fail:
	kfree(table);
	return ERR_PTR(err);
}

static void exporter_unmap(struct dma_buf_attachment *attachment, struct sg_table *table,
			   enum dma_data_direction direction)
{
	dma_unmap_sgtable(attachment->dev, table, direction, 0);
	sg_free_table(table);
	kfree(table);
}

static vm_fault_t exporter_fault(struct vm_fault *vmf)
{
	struct exporter *exporter = vmf->vma->vm_private_data;

	if (vmf->pgoff >= exporter->nr)
		return VM_FAULT_SIGBUS;
	vmf->page = exporter->pages[vmf->pgoff];
	get_page(vmf->page);
	return 0;
}

static const struct vm_operations_struct exporter_vm_ops = {
	.fault = exporter_fault,
};

static int exporter_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	/* A DRM driver that has imported the buffer warns if it is not set. */
	vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_private_data = dmabuf->priv;
	vma->vm_ops = &exporter_vm_ops;
	return 0;
}

static void exporter_release(struct dma_buf *dmabuf)
{
	exporter_free(dmabuf->priv);
}

static const struct dma_buf_ops exporter_ops = {
	.map_dma_buf = exporter_map,
	.unmap_dma_buf = exporter_unmap,
	.mmap = exporter_mmap,
	.release = exporter_release,
};

/* Return: the descriptor or -errno. */
static int create(unsigned long nr)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct exporter *exporter;
	struct dma_buf *dmabuf;
	int fd;

	if (!nr || nr > MAX_PAGES)
		return -EINVAL;
	exporter = exporter_alloc(nr);
	if (!exporter)
		return -ENOMEM;
	info.ops = &exporter_ops;
	info.size = nr << PAGE_SHIFT;
	info.flags = O_RDWR;
	info.priv = exporter;
	dmabuf = dma_buf_export(&info);
	if (IS_ERR(dmabuf)) {
		exporter_free(exporter);
		return PTR_ERR(dmabuf);
	}
	fd = dma_buf_fd(dmabuf, O_CLOEXEC);
	if (fd < 0)
		dma_buf_put(dmabuf);
	return fd;
}

static long exporter_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return cmd == EXPORTER_CREATE ? create(arg) : -ENOTTY;
}

static const struct file_operations exporter_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = exporter_ioctl,
};

static struct miscdevice exporter_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "exporter",
	.fops = &exporter_fops,
};
module_misc_device(exporter_misc);

MODULE_DESCRIPTION("A device with dma-bufs of its own, for tests");
MODULE_LICENSE("GPL");
