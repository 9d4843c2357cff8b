// SPDX-License-Identifier: GPL-2.0-only
/*
 * mover.c: buffers of system memory that move all the time (moving.c)
 *
 * It calls itself vgem. With order=N, memory comes in blocks of 2^N pages, as TTM's
 * does: pages inside them have no reference count of their own.
 */
#include "moving.c"

#include <linux/platform_device.h>

module_param(order, uint, 0444);
MODULE_PARM_DESC(order, "log2 of the pages that are allocated, moved and freed together");

static char *driver = "vgem";
module_param(driver, charp, 0444);
MODULE_PARM_DESC(driver, "the driver's name");

static struct platform_device *mover_pdev;

static struct block *take_block(void)
{
	return take_system();
}

static void give_block(struct block *block)
{
	give_system(block);
}

static pgprot_t block_prot(const struct block *block, struct vm_area_struct *vma)
{
	return vma->vm_page_prot;
}

static int __init mover_init(void)
{
	int ret;

	if (order > 6)
		return -EINVAL;
	mover_pdev = platform_device_register_simple("mover", -1, NULL, 0);
	if (IS_ERR(mover_pdev))
		return PTR_ERR(mover_pdev);
	ret = moving_start(&mover_pdev->dev, driver);
	if (ret)
		platform_device_unregister(mover_pdev);
	return ret;
}
module_init(mover_init);

static void __exit mover_exit(void)
{
	moving_stop();
	platform_device_unregister(mover_pdev);
}
module_exit(mover_exit);

MODULE_DESCRIPTION("A DRM driver that moves its buffers all the time, for tests");
