// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmover.c: buffers that move between system memory and a device's own (moving.c)
 *
 * The device is QEMU's ivshmem (1af4:1110): its BAR 2 is plain memory, as VRAM
 * is. Each page of a buffer is in one of the two, and moves as TTM moves buffers
 * into VRAM and out of it.
 */
#include "moving.c"

#include <linux/io.h>
#include <linux/pci.h>

#define BAR		2

enum { TARGET_ANY, TARGET_VRAM, TARGET_SYSTEM };

static unsigned int target;
module_param(target, uint, 0644);
MODULE_PARM_DESC(target, "where to: 0: at random, 1: the device's memory, 2: system memory");

static bool uncached;
module_param(uncached, bool, 0444);
MODULE_PARM_DESC(uncached, "the device's memory is mapped uncached, not write-combining");

static struct vmover {
	struct pci_dev *pci;
	void __iomem *bar;
	struct block *vram;
	u32 nr_vram;
	spinlock_t lock;		/* free */
	struct list_head free;		/* of @vram */
} vmover;

/* -------------------------------------------------------------------- blocks */

static struct block *take_vram(void)
{
	struct block *block;

	spin_lock(&vmover.lock);
	block = list_first_entry_or_null(&vmover.free, struct block, list);
	if (block)
		list_del(&block->list);
	spin_unlock(&vmover.lock);
	return block;
}

static struct block *take_block(void)
{
	unsigned int to = READ_ONCE(target);
	struct block *block = NULL;

	if (to == TARGET_VRAM || (to == TARGET_ANY && get_random_u32() % 2))
		block = take_vram();
	return block ?: take_system();
}

static void give_block(struct block *block)
{
	if (block->page) {
		give_system(block);
		return;
	}
	spin_lock(&vmover.lock);
	list_add_tail(&block->list, &vmover.free);
	spin_unlock(&vmover.lock);
}

static pgprot_t block_prot(const struct block *block, struct vm_area_struct *vma)
{
	pgprot_t prot = vm_get_page_prot(vma->vm_flags);

	if (block->page)
		return prot;
	return uncached ? pgprot_noncached(prot) : pgprot_writecombine(prot);
}

/* ---------------------------------------------------------------- the device */

static int map_bar(void)
{
	resource_size_t start = pci_resource_start(vmover.pci, BAR);
	resource_size_t len = pci_resource_len(vmover.pci, BAR);
	u32 i;

	if (!(pci_resource_flags(vmover.pci, BAR) & IORESOURCE_MEM))
		return -ENODEV;
	vmover.nr_vram = len >> PAGE_SHIFT;
	vmover.vram = kvcalloc(vmover.nr_vram, sizeof(*vmover.vram), GFP_KERNEL);
	if (!vmover.vram)
		return -ENOMEM;
	vmover.bar = uncached ? ioremap(start, len) : ioremap_wc(start, len);
	if (!vmover.bar) {
		kvfree(vmover.vram);
		return -ENOMEM;
	}
	for (i = 0; i < vmover.nr_vram; i++) {
		vmover.vram[i].pfn = (start >> PAGE_SHIFT) + i;
		/* On x86, plain memory */
		vmover.vram[i].at = (void __force *)vmover.bar + (size_t)i * PAGE_SIZE;
		give_block(&vmover.vram[i]);
	}
	return 0;
}

static void unmap_bar(void)
{
	iounmap(vmover.bar);
	kvfree(vmover.vram);
}

static int __init vmover_init(void)
{
	int ret;

	move_whole = true;
	spin_lock_init(&vmover.lock);
	INIT_LIST_HEAD(&vmover.free);
	vmover.pci = pci_get_device(0x1af4, 0x1110, NULL);
	if (!vmover.pci)
		return -ENODEV;
	ret = pci_enable_device(vmover.pci);
	if (ret)
		goto err_put;
	ret = map_bar();
	if (ret)
		goto err_disable;
	ret = moving_start(&vmover.pci->dev, "vgem");
	if (ret)
		goto err_bar;
	return 0;

err_bar:
	unmap_bar();
err_disable:
	pci_disable_device(vmover.pci);
err_put:
	pci_dev_put(vmover.pci);
	return ret;
}
module_init(vmover_init);

static void __exit vmover_exit(void)
{
	moving_stop();
	unmap_bar();
	pci_disable_device(vmover.pci);
	pci_dev_put(vmover.pci);
}
module_exit(vmover_exit);

MODULE_DESCRIPTION("A DRM driver that moves its buffers in and out of a BAR, for tests");
