// SPDX-License-Identifier: GPL-2.0-only
/*
 * mover.c: a DRM driver that never lets a page stay where it is
 *
 * It calls itself vgem and has dumb buffers of system memory, mapped as TTM maps
 * them: page frame numbers, put in by the fault handler under the buffer's lock.
 * While "enabled", a thread moves pages of all buffers as a GPU driver does under
 * memory pressure: lock, unmap_mapping_range(), copy, and the old page is
 * somebody else's. That somebody is a quarantine: old pages are filled with
 * poison, and whoever writes to one after all was unmapped is found out.
 *
 * With order=N, memory comes in blocks of 2^N pages, as TTM's does: pages inside
 * them have no reference count of their own.
 *
 * With unmap_on_map, asking for the place where a buffer can be mapped unmaps it, so
 * that a program can time what that costs (make bench).
 *
 * /sys/module/mover/parameters: enabled, pause_us, batch, whole, quarantine_ms,
 * unmap_on_map.
 * /sys/kernel/debug/mover: the node and the counters.
 */
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/dma-resv.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/random.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/version.h>

#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>
#include <drm/drm_mode.h>
#include <drm/drm_vma_manager.h>

#define POISON		0x5a
#define MOST_PAGES	16384	/* of a buffer */
#define MOST_BATCH	512
#define MOST_WAITING	8192	/* in quarantine; then the thread waits, too */
#define AROUND		16	/* pages put in by one fault */

static bool enabled;
module_param(enabled, bool, 0644);
MODULE_PARM_DESC(enabled, "move pages");

static unsigned int pause_us = 2000;
module_param(pause_us, uint, 0644);
MODULE_PARM_DESC(pause_us, "between moves");

static unsigned int batch = 16;
module_param(batch, uint, 0644);
MODULE_PARM_DESC(batch, "pages of a move, at the most");

static unsigned int whole = 4;
module_param(whole, uint, 0644);
MODULE_PARM_DESC(whole, "each so many moves, unmap the whole buffer (0: never)");

static unsigned int quarantine_ms = 300;
module_param(quarantine_ms, uint, 0644);
MODULE_PARM_DESC(quarantine_ms, "until an old page is looked at and freed");

static bool unmap_on_map;
module_param(unmap_on_map, bool, 0644);
MODULE_PARM_DESC(unmap_on_map, "unmap a buffer when its place for mmap() is asked for");

static unsigned int order;
module_param(order, uint, 0444);
MODULE_PARM_DESC(order, "log2 of the pages that are allocated, moved and freed together");

static char *driver = "vgem";
module_param(driver, charp, 0444);
MODULE_PARM_DESC(driver, "the driver's name");

#define BLOCK		(1u << order)

struct mover_object {
	struct drm_gem_object base;	/* resv: @pages */
	struct list_head all;
	struct page **pages;
	u32 nr_pages;
};

#define to_mover(gem) container_of(gem, struct mover_object, base)

static struct mover {
	struct platform_device *pdev;
	struct drm_device *drm;
	struct task_struct *thread;
	struct dentry *debug;
	struct mutex lock;		/* objects */
	struct list_head objects;
	spinlock_t old_lock;		/* old, nr_old */
	struct list_head old;		/* blocks, by page->lru; page->private: since when */
	u32 nr_old;
	struct page *fresh[MOST_BATCH];	/* the thread's; blocks */
	atomic64_t moves, pages, faults, fault_waits, late_writes, unmap_max_us;
} mover;

/* ---------------------------------------------------------------- quarantine */

static void quarantine(struct page *page)
{
	memset(page_address(page), POISON, PAGE_SIZE << order);
	spin_lock(&mover.old_lock);
	set_page_private(page, jiffies);
	list_add_tail(&page->lru, &mover.old);
	mover.nr_old += BLOCK;
	spin_unlock(&mover.old_lock);
}

/* The oldest, if it has been there for long enough */
static struct page *due_page(bool all)
{
	unsigned long time = msecs_to_jiffies(quarantine_ms);
	struct page *page;

	spin_lock(&mover.old_lock);
	page = list_first_entry_or_null(&mover.old, struct page, lru);
	if (page && !all && time_before(jiffies, page_private(page) + time))
		page = NULL;
	if (page) {
		list_del(&page->lru);
		mover.nr_old -= BLOCK;
	}
	spin_unlock(&mover.old_lock);
	return page;
}

static void release_old(bool all)
{
	struct page *page;
	u8 *bad;

	while ((page = due_page(all))) {
		bad = memchr_inv(page_address(page), POISON, PAGE_SIZE << order);
		if (bad) {
			atomic64_inc(&mover.late_writes);
			pr_err_ratelimited("mover: late write to pfn %lx, offset %lx: %16ph\n",
					   page_to_pfn(virt_to_page(bad)), offset_in_page(bad), bad);
		}
		set_page_private(page, 0);
		__free_pages(page, order);
		cond_resched();
	}
}

/* ------------------------------------------------------------------- buffers */

/* As ttm_bo_vm_reserve(): not for long with the program's mmap_lock held */
static vm_fault_t fault_lock(struct drm_gem_object *gem, struct vm_fault *vmf)
{
	if (dma_resv_trylock(gem->resv))
		return 0;
	atomic64_inc(&mover.fault_waits);
	if (fault_flag_allow_retry_first(vmf->flags)) {
		if (vmf->flags & FAULT_FLAG_RETRY_NOWAIT)
			return VM_FAULT_RETRY;
		drm_gem_object_get(gem);
		mmap_read_unlock(vmf->vma->vm_mm);
		if (!dma_resv_lock_interruptible(gem->resv, NULL))
			dma_resv_unlock(gem->resv);
		drm_gem_object_put(gem);
		return VM_FAULT_RETRY;
	}
	return dma_resv_lock_interruptible(gem->resv, NULL) ? VM_FAULT_NOPAGE : 0;
}

static vm_fault_t mover_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct drm_gem_object *gem = vma->vm_private_data;
	struct mover_object *obj = to_mover(gem);
	unsigned long index = vmf->pgoff - drm_vma_node_start(&gem->vma_node);
	unsigned long address = vmf->address, i;
	vm_fault_t ret, more;

	if (index >= obj->nr_pages)
		return VM_FAULT_SIGBUS;
	ret = fault_lock(gem, vmf);
	if (ret)
		return ret;
	atomic64_inc(&mover.faults);
	ret = vmf_insert_pfn(vma, address, page_to_pfn(obj->pages[index]));
	for (i = 1; i < AROUND && index + i < obj->nr_pages; i++) {
		address += PAGE_SIZE;
		if (address >= vma->vm_end)
			break;
		more = vmf_insert_pfn(vma, address, page_to_pfn(obj->pages[index + i]));
		if (more != VM_FAULT_NOPAGE)
			break;
	}
	dma_resv_unlock(gem->resv);
	return ret;
}

static const struct vm_operations_struct mover_vm_ops = {
	.fault = mover_fault,
	.open = drm_gem_vm_open,
	.close = drm_gem_vm_close,
};

/* Nothing may write to a freed buffer either. */
static void free_object(struct mover_object *obj)
{
	u32 i;

	for (i = 0; i < obj->nr_pages; i += BLOCK)
		if (obj->pages[i])
			quarantine(obj->pages[i]);
	kvfree(obj->pages);
	kfree(obj);
}

static void mover_free(struct drm_gem_object *gem)
{
	struct mover_object *obj = to_mover(gem);

	mutex_lock(&mover.lock);
	list_del(&obj->all);
	mutex_unlock(&mover.lock);
	drm_gem_object_release(gem);
	free_object(obj);
}

static const struct drm_gem_object_funcs mover_funcs = {
	.free = mover_free,
	.vm_ops = &mover_vm_ops,
};

/* Not compound: the block's other pages have no count. */
static struct page *alloc_block(gfp_t flags)
{
	return alloc_pages(GFP_KERNEL | __GFP_NOWARN | flags, order);
}

static void set_block(struct mover_object *obj, u32 index, struct page *block)
{
	u32 i;

	for (i = 0; i < BLOCK; i++)
		obj->pages[index + i] = block + i;
}

static struct mover_object *alloc_object(u32 nr_pages)
{
	struct mover_object *obj = kzalloc(sizeof(*obj), GFP_KERNEL);
	struct page *block;
	u32 i;

	if (!obj)
		return NULL;
	obj->pages = kvcalloc(nr_pages, sizeof(*obj->pages), GFP_KERNEL);
	if (!obj->pages) {
		kfree(obj);
		return NULL;
	}
	obj->nr_pages = nr_pages;
	for (i = 0; i < nr_pages; i += BLOCK) {
		block = alloc_block(__GFP_ZERO);
		if (!block) {
			free_object(obj);
			return NULL;
		}
		set_block(obj, i, block);
	}
	return obj;
}

static int mover_dumb_create(struct drm_file *file, struct drm_device *drm,
			     struct drm_mode_create_dumb *args)
{
	struct mover_object *obj;
	int ret;

	args->pitch = args->width * DIV_ROUND_UP(args->bpp, 8);
	args->size = ALIGN((u64)args->pitch * args->height, PAGE_SIZE << order);
	if (!args->size || args->size >> PAGE_SHIFT > MOST_PAGES)
		return -EINVAL;
	obj = alloc_object(args->size >> PAGE_SHIFT);
	if (!obj)
		return -ENOMEM;
	obj->base.funcs = &mover_funcs;
	drm_gem_private_object_init(drm, &obj->base, args->size);
	mutex_lock(&mover.lock);
	list_add_tail(&obj->all, &mover.objects);
	mutex_unlock(&mover.lock);
	ret = drm_gem_handle_create(file, &obj->base, &args->handle);
	drm_gem_object_put(&obj->base);
	return ret;
}

/* -------------------------------------------------------------------- moving */

/* Buffers in turn, with a reference */
static struct mover_object *next_object(void)
{
	struct mover_object *obj, *found = NULL;

	mutex_lock(&mover.lock);
	list_for_each_entry(obj, &mover.objects, all) {
		if (kref_get_unless_zero(&obj->base.refcount)) {
			found = obj;
			list_move_tail(&obj->all, &mover.objects);
			break;
		}
	}
	mutex_unlock(&mover.lock);
	return found;
}

static u32 alloc_fresh(u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		mover.fresh[i] = alloc_block(0);
		if (!mover.fresh[i])
			break;
	}
	return i;
}

static void note_time(u64 start)
{
	s64 us = div_u64(ktime_get_ns() - start, NSEC_PER_USEC);

	if (us > atomic64_read(&mover.unmap_max_us))
		atomic64_set(&mover.unmap_max_us, us);
}

/* Lock held. From the return on, nobody reaches these pages. */
static void unmap_pages(struct mover_object *obj, u32 first, u32 count)
{
	u64 start = ktime_get_ns();

	unmap_mapping_range(obj->base.dev->anon_inode->i_mapping,
			    drm_vma_node_offset_addr(&obj->base.vma_node) +
			    ((loff_t)first << PAGE_SHIFT),
			    (loff_t)count << PAGE_SHIFT, 1);
	note_time(start);
}

static void copy_block(struct page *to, struct page *from)
{
	memcpy(page_address(to), page_address(from), PAGE_SIZE << order);
}

static int mover_map_offset(struct drm_file *file, struct drm_device *drm, u32 handle,
			    u64 *offset)
{
	struct drm_gem_object *gem;
	int ret = drm_gem_dumb_map_offset(file, drm, handle, offset);

	if (ret || !READ_ONCE(unmap_on_map))
		return ret;
	gem = drm_gem_object_lookup(file, handle);
	if (!gem)
		return -ENOENT;
	dma_resv_lock(gem->resv, NULL);
	unmap_pages(to_mover(gem), 0, to_mover(gem)->nr_pages);
	dma_resv_unlock(gem->resv);
	drm_gem_object_put(gem);
	return 0;
}

/* @first and @count: blocks */
static void move_blocks(struct mover_object *obj, u32 first, u32 count, bool all)
{
	struct page *old;
	u32 i;

	count = alloc_fresh(count);
	if (!count)
		return;
	dma_resv_lock(obj->base.resv, NULL);
	if (all)
		unmap_pages(obj, 0, obj->nr_pages);
	else
		unmap_pages(obj, first << order, count << order);
	for (i = 0; i < count; i++) {
		old = obj->pages[(first + i) << order];
		copy_block(mover.fresh[i], old);
		set_block(obj, (first + i) << order, mover.fresh[i]);
		quarantine(old);
	}
	dma_resv_unlock(obj->base.resv);
	atomic64_inc(&mover.moves);
	atomic64_add(count << order, &mover.pages);
}

static void move_some(void)
{
	struct mover_object *obj = next_object();
	u32 blocks, count, first, n = whole;
	bool all = n && !(atomic64_read(&mover.moves) % n);

	if (!obj)
		return;
	blocks = obj->nr_pages >> order;
	count = clamp(batch >> order, 1u, min_t(u32, blocks, MOST_BATCH));
	if (!all)
		count = 1 + get_random_u32() % count;
	first = get_random_u32() % (blocks - count + 1);
	/* One that was never to be mapped has no address to unmap. */
	if (drm_mm_node_allocated(&obj->base.vma_node.vm_node))
		move_blocks(obj, first, count, all);
	drm_gem_object_put(&obj->base);
}

static int mover_thread(void *unused)
{
	while (!kthread_should_stop()) {
		release_old(false);
		if (READ_ONCE(enabled) && READ_ONCE(mover.nr_old) < MOST_WAITING)
			move_some();
		else
			msleep(20);
		usleep_range(pause_us, pause_us + 100);
	}
	return 0;
}

/* --------------------------------------------------------------- the device */

DEFINE_DRM_GEM_FOPS(mover_fops);

static struct drm_driver mover_driver = {
	/* No render node: dumb buffers are for the primary node alone. */
	.driver_features = DRIVER_GEM,
	.fops = &mover_fops,
	.dumb_create = mover_dumb_create,
	.dumb_map_offset = mover_map_offset,
	.desc = "Moving buffers",
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
	.date = "20260101",
#endif
	.major = 1,
};

static int stats_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "node: /dev/dri/card%d\n", mover.drm->primary->index);
	seq_printf(m, "moves: %lld\n", atomic64_read(&mover.moves));
	seq_printf(m, "pages: %lld\n", atomic64_read(&mover.pages));
	seq_printf(m, "faults: %lld\n", atomic64_read(&mover.faults));
	seq_printf(m, "fault-waits: %lld\n", atomic64_read(&mover.fault_waits));
	seq_printf(m, "late-writes: %lld\n", atomic64_read(&mover.late_writes));
	seq_printf(m, "unmap-max-us: %lld\n", atomic64_read(&mover.unmap_max_us));
	seq_printf(m, "quarantine: %u\n", READ_ONCE(mover.nr_old));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static int make_device(void)
{
	int ret;

	mover.pdev = platform_device_register_simple("mover", -1, NULL, 0);
	if (IS_ERR(mover.pdev))
		return PTR_ERR(mover.pdev);
	mover_driver.name = driver;
	mover.drm = drm_dev_alloc(&mover_driver, &mover.pdev->dev);
	ret = PTR_ERR_OR_ZERO(mover.drm);
	if (ret)
		goto err_pdev;
	ret = drm_dev_register(mover.drm, 0);
	if (ret)
		goto err_drm;
	return 0;

err_drm:
	drm_dev_put(mover.drm);
err_pdev:
	platform_device_unregister(mover.pdev);
	return ret;
}

static void remove_device(void)
{
	drm_dev_unregister(mover.drm);
	drm_dev_put(mover.drm);
	platform_device_unregister(mover.pdev);
	release_old(true);
}

static int __init mover_init(void)
{
	int ret;

	if (order > 6)
		return -EINVAL;
	mutex_init(&mover.lock);
	INIT_LIST_HEAD(&mover.objects);
	spin_lock_init(&mover.old_lock);
	INIT_LIST_HEAD(&mover.old);
	ret = make_device();
	if (ret)
		return ret;
	mover.thread = kthread_run(mover_thread, NULL, "mover");
	if (IS_ERR(mover.thread)) {
		remove_device();
		return PTR_ERR(mover.thread);
	}
	mover.debug = debugfs_create_dir("mover", NULL);
	debugfs_create_file("stats", 0444, mover.debug, NULL, &stats_fops);
	return 0;
}
module_init(mover_init);

/* Open files keep the module: there are no buffers any more. */
static void __exit mover_exit(void)
{
	debugfs_remove(mover.debug);
	kthread_stop(mover.thread);
	remove_device();
}
module_exit(mover_exit);

MODULE_DESCRIPTION("A DRM driver that moves its buffers all the time, for tests");
MODULE_LICENSE("GPL");
