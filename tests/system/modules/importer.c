// SPDX-License-Identifier: GPL-2.0-only
/*
 * importer.c: a device that uses other drivers' dma-bufs
 *
 * A program gives it a descriptor (IMPORTER_ATTACH); then it reads and writes the
 * buffer by read() and write() of /dev/importer: as the pages that the device was given,
 * or, after IMPORTER_VMAP, at an address of the kernel's, as display drivers without DMA
 * do. It lets go with the file.
 */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/iosys-map.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/version.h>

#include "importer.h"

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define dma_buf_vmap_unlocked dma_buf_vmap
#define dma_buf_vunmap_unlocked dma_buf_vunmap
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
MODULE_IMPORT_NS(DMA_BUF);
#else
MODULE_IMPORT_NS("DMA_BUF");
#endif

#define STEP	PAGE_SIZE

struct importer {
	struct dma_buf *dmabuf;
	struct dma_buf_attachment *attachment;
	struct sg_table *table;
	struct iosys_map map;
};

static struct platform_device *device;

static int importer_open(struct inode *inode, struct file *file)
{
	struct importer *importer = kzalloc(sizeof(*importer), GFP_KERNEL);

	file->private_data = importer;
	return importer ? 0 : -ENOMEM;
}

/* Whether the device can reach all of it */
static bool all_mapped(const struct importer *importer)
{
	struct scatterlist *sg;
	u64 bytes = 0;
	int i;

	for_each_sgtable_dma_sg(importer->table, sg, i)
		bytes += sg_dma_len(sg);
	return bytes == importer->dmabuf->size;
}

static void detach(struct importer *importer)
{
	if (!importer->dmabuf)
		return;
	if (!iosys_map_is_null(&importer->map))
		dma_buf_vunmap_unlocked(importer->dmabuf, &importer->map);
	if (!IS_ERR_OR_NULL(importer->table))
		dma_buf_unmap_attachment_unlocked(importer->attachment, importer->table,
						  DMA_BIDIRECTIONAL);
	if (!IS_ERR_OR_NULL(importer->attachment))
		dma_buf_detach(importer->dmabuf, importer->attachment);
	dma_buf_put(importer->dmabuf);
	memset(importer, 0, sizeof(*importer));
}

static int try_attach(struct importer *importer)
{
	importer->attachment = dma_buf_attach(importer->dmabuf, &device->dev);
	if (IS_ERR(importer->attachment))
		return PTR_ERR(importer->attachment);
	importer->table = dma_buf_map_attachment_unlocked(importer->attachment,
							  DMA_BIDIRECTIONAL);
	if (IS_ERR(importer->table))
		return PTR_ERR(importer->table);
	return all_mapped(importer) ? 0 : -EPROTO;
}

static int attach(struct importer *importer, int fd)
{
	struct dma_buf *dmabuf = dma_buf_get(fd);
	int err;

	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	detach(importer);
	importer->dmabuf = dmabuf;
	err = try_attach(importer);
	if (err)
		detach(importer);
	return err;
}

static long importer_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct importer *importer = file->private_data;

	switch (cmd) {
	case IMPORTER_ATTACH:
		return attach(importer, arg);
	case IMPORTER_VMAP:
		if (!importer->dmabuf || !iosys_map_is_null(&importer->map))
			return -EINVAL;
		return dma_buf_vmap_unlocked(importer->dmabuf, &importer->map);
	default:
		return -ENOTTY;
	}
}

static void copy(struct importer *importer, void *buffer, size_t len, loff_t at, bool write)
{
	struct sg_table *table = importer->table;

	if (iosys_map_is_null(&importer->map)) {
		if (write)
			sg_pcopy_from_buffer(table->sgl, table->orig_nents, buffer, len, at);
		else
			sg_pcopy_to_buffer(table->sgl, table->orig_nents, buffer, len, at);
	} else if (write) {
		iosys_map_memcpy_to(&importer->map, at, buffer, len);
	} else {
		iosys_map_memcpy_from(buffer, &importer->map, at, len);
	}
}

static int transfer_step(struct importer *importer, char __user *user, void *buffer, size_t len,
			 loff_t at, bool write)
{
	if (write && copy_from_user(buffer, user, len))
		return -EFAULT;
	copy(importer, buffer, len, at, write);
	return !write && copy_to_user(user, buffer, len) ? -EFAULT : 0;
}

static ssize_t transfer(struct importer *importer, char __user *user, size_t len, loff_t *pos,
			bool write)
{
	enum dma_data_direction direction = write ? DMA_TO_DEVICE : DMA_FROM_DEVICE;
	void *buffer;
	size_t done;
	bool asked;
	int err = 0;

	if (!importer->dmabuf || *pos < 0 || *pos > importer->dmabuf->size)
		return -EINVAL;
	len = min_t(u64, len, importer->dmabuf->size - *pos);
	buffer = kmalloc(STEP, GFP_KERNEL);
	if (!buffer)
		return -ENOMEM;
	/* It fails if the buffer's device is gone; we still have the memory. */
	asked = !dma_buf_begin_cpu_access(importer->dmabuf, direction);
	for (done = 0; done < len && !err; done += STEP)
		err = transfer_step(importer, user + done, buffer, min(len - done, STEP),
				    *pos + done, write);
	if (asked)
		dma_buf_end_cpu_access(importer->dmabuf, direction);
	kfree(buffer);
	return err ?: len;
}

static ssize_t importer_read(struct file *file, char __user *user, size_t len, loff_t *pos)
{
	return transfer(file->private_data, user, len, pos, false);
}

static ssize_t importer_write(struct file *file, const char __user *user, size_t len, loff_t *pos)
{
	return transfer(file->private_data, (char __user *)user, len, pos, true);
}

static int importer_release(struct inode *inode, struct file *file)
{
	detach(file->private_data);
	kfree(file->private_data);
	return 0;
}

static const struct file_operations importer_fops = {
	.owner = THIS_MODULE,
	.open = importer_open,
	.unlocked_ioctl = importer_ioctl,
	.read = importer_read,
	.write = importer_write,
	.release = importer_release,
};

static struct miscdevice importer_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "importer",
	.fops = &importer_fops,
};

static int __init importer_init(void)
{
	int ret;

	device = platform_device_register_simple("importer", -1, NULL, 0);
	if (IS_ERR(device))
		return PTR_ERR(device);
	ret = dma_coerce_mask_and_coherent(&device->dev, DMA_BIT_MASK(64));
	ret = ret ?: misc_register(&importer_misc);
	if (ret)
		platform_device_unregister(device);
	return ret;
}
module_init(importer_init);

static void __exit importer_exit(void)
{
	misc_deregister(&importer_misc);
	platform_device_unregister(device);
}
module_exit(importer_exit);

MODULE_DESCRIPTION("A device that uses other drivers' dma-bufs, for tests");
MODULE_LICENSE("GPL");
