// SPDX-License-Identifier: GPL-2.0-only
/*
 * moving.c: a DRM driver that never lets a page stay where it is
 *
 * It has dumb buffers, mapped as TTM maps them: page frame numbers, put in by the
 * fault handler under the buffer's lock. While "enabled", a thread moves blocks of
 * all buffers as a GPU driver does under memory pressure: lock,
 * unmap_mapping_range(), copy, and the old block is somebody else's. That somebody
 * is a quarantine: old blocks are filled with poison, and whoever writes to one
 * after all was unmapped is found out.
 *
 * Included, since one object cannot belong to two modules: mover.c and vmover.c have
 * the memory and the device.
 *
 * With unmap_on_map, asking for the place where a buffer can be mapped unmaps it, so
 * that a program can time what that costs (make bench).
 *
 * /sys/module/<module>/parameters: enabled, pause_us, batch, whole, quarantine_ms,
 * unmap_on_map.
 * /sys/kernel/debug/<module>/stats: the node and the counters.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/dma-resv.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
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
MODULE_PARM_DESC(quarantine_ms, "until an old block is looked at and freed");

static bool unmap_on_map;
module_param(unmap_on_map, bool, 0644);
MODULE_PARM_DESC(unmap_on_map, "unmap a buffer when its place for mmap() is asked for");

static unsigned int order;	/* log2 of a block's pages */
static bool move_whole;		/* when the whole buffer is unmapped, move all of it */

#define BLOCK_PAGES	(1u << order)
#define BLOCK_BYTES	(PAGE_SIZE << order)

/* Memory that is allocated, moved and freed together; in a list while no buffer has it */
struct block {
	struct list_head list;
	struct page *page;	/* the first; NULL: the device's memory */
	unsigned long pfn;
	void *at;
	unsigned long since;	/* in quarantine */
};

/* Of the file that includes this one */
static struct block *take_block(void);	/* of any content, or NULL */
static void give_block(struct block *block);
static pgprot_t block_prot(const struct block *block, struct vm_area_struct *vma);

struct moving_object {
	struct drm_gem_object base;	/* resv: @blocks */
	struct list_head all;
	struct block **blocks;
	u32 nr_blocks;
};

#define to_moving(gem) container_of(gem, struct moving_object, base)

static struct moving {
	struct drm_device *drm;
	struct task_struct *thread;
	struct dentry *debug;
	struct mutex lock;		/* objects */
	struct list_head objects;
	spinlock_t old_lock;		/* old, nr_old */
	struct list_head old;
	u32 nr_old;			/* pages */
	struct block *fresh[MOST_PAGES];	/* the thread's */
	atomic64_t moves, to_vram, to_system, faults, fault_waits, late_writes, unmap_max_us;
} moving;

/* ------------------------------------------------- blocks of the host's memory */

static struct block *take_system(void)
{
	struct block *block = kzalloc(sizeof(*block), GFP_KERNEL);

	if (!block)
		return NULL;
	/* Not compound: the block's other pages have no count. */
	block->page = alloc_pages(GFP_KERNEL | __GFP_NOWARN, order);
	if (!block->page) {
		kfree(block);
		return NULL;
	}
	block->pfn = page_to_pfn(block->page);
	block->at = page_address(block->page);
	return block;
}

static void give_system(struct block *block)
{
	__free_pages(block->page, order);
	kfree(block);
}

/* ---------------------------------------------------------------- quarantine */

static void quarantine(struct block *block)
{
	memset(block->at, POISON, BLOCK_BYTES);
	spin_lock(&moving.old_lock);
	block->since = jiffies;
	list_add_tail(&block->list, &moving.old);
	moving.nr_old += BLOCK_PAGES;
	spin_unlock(&moving.old_lock);
}

/* The oldest, if it has been there for long enough */
static struct block *due_block(bool all)
{
	unsigned long time = msecs_to_jiffies(quarantine_ms);
	struct block *block;

	spin_lock(&moving.old_lock);
	block = list_first_entry_or_null(&moving.old, struct block, list);
	if (block && !all && time_before(jiffies, block->since + time))
		block = NULL;
	if (block) {
		list_del(&block->list);
		moving.nr_old -= BLOCK_PAGES;
	}
	spin_unlock(&moving.old_lock);
	return block;
}

static void release_old(bool all)
{
	struct block *block;
	size_t offset;
	u8 *bad;

	while ((block = due_block(all))) {
		bad = memchr_inv(block->at, POISON, BLOCK_BYTES);
		if (bad) {
			atomic64_inc(&moving.late_writes);
			offset = bad - (u8 *)block->at;
			pr_err_ratelimited("late write to pfn %lx (%s), offset %lx: %16ph\n",
					   block->pfn + (offset >> PAGE_SHIFT),
					   block->page ? "system" : "device",
					   offset_in_page(offset), bad);
		}
		give_block(block);
		cond_resched();
	}
}

/* ------------------------------------------------------------------- buffers */

/* As ttm_bo_vm_reserve(): not for long with the program's mmap_lock held */
static vm_fault_t fault_lock(struct drm_gem_object *gem, struct vm_fault *vmf)
{
	if (dma_resv_trylock(gem->resv))
		return 0;
	atomic64_inc(&moving.fault_waits);
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

static vm_fault_t insert(struct vm_area_struct *vma, unsigned long address,
			 const struct moving_object *obj, unsigned long index)
{
	const struct block *block = obj->blocks[index >> order];

	return vmf_insert_pfn_prot(vma, address, block->pfn + index % BLOCK_PAGES,
				   block_prot(block, vma));
}

static vm_fault_t moving_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct drm_gem_object *gem = vma->vm_private_data;
	struct moving_object *obj = to_moving(gem);
	unsigned long index = vmf->pgoff - drm_vma_node_start(&gem->vma_node);
	unsigned long address = vmf->address, pages = gem->size >> PAGE_SHIFT, i;
	vm_fault_t ret;

	if (index >= pages)
		return VM_FAULT_SIGBUS;
	ret = fault_lock(gem, vmf);
	if (ret)
		return ret;
	atomic64_inc(&moving.faults);
	ret = insert(vma, address, obj, index);
	for (i = 1; i < AROUND && index + i < pages; i++) {
		address += PAGE_SIZE;
		if (address >= vma->vm_end ||
		    insert(vma, address, obj, index + i) != VM_FAULT_NOPAGE)
			break;
	}
	dma_resv_unlock(gem->resv);
	return ret;
}

static const struct vm_operations_struct moving_vm_ops = {
	.fault = moving_fault,
	.open = drm_gem_vm_open,
	.close = drm_gem_vm_close,
};

/* Nothing may write to a freed buffer either. */
static void free_object(struct moving_object *obj)
{
	u32 i;

	for (i = 0; i < obj->nr_blocks; i++)
		if (obj->blocks[i])
			quarantine(obj->blocks[i]);
	kvfree(obj->blocks);
	kfree(obj);
}

static void moving_free(struct drm_gem_object *gem)
{
	struct moving_object *obj = to_moving(gem);

	mutex_lock(&moving.lock);
	list_del(&obj->all);
	mutex_unlock(&moving.lock);
	drm_gem_object_release(gem);
	free_object(obj);
}

static const struct drm_gem_object_funcs moving_funcs = {
	.free = moving_free,
	.vm_ops = &moving_vm_ops,
};

static struct moving_object *alloc_object(u32 nr_blocks)
{
	struct moving_object *obj = kzalloc(sizeof(*obj), GFP_KERNEL);
	u32 i;

	if (!obj)
		return NULL;
	obj->blocks = kvcalloc(nr_blocks, sizeof(*obj->blocks), GFP_KERNEL);
	if (!obj->blocks) {
		kfree(obj);
		return NULL;
	}
	obj->nr_blocks = nr_blocks;
	for (i = 0; i < nr_blocks; i++) {
		obj->blocks[i] = take_block();
		if (!obj->blocks[i]) {
			free_object(obj);
			return NULL;
		}
		memset(obj->blocks[i]->at, 0, BLOCK_BYTES);
	}
	return obj;
}

static int moving_dumb_create(struct drm_file *file, struct drm_device *drm,
			      struct drm_mode_create_dumb *args)
{
	struct moving_object *obj;
	int ret;

	args->pitch = args->width * DIV_ROUND_UP(args->bpp, 8);
	args->size = ALIGN((u64)args->pitch * args->height, BLOCK_BYTES);
	if (!args->size || args->size >> PAGE_SHIFT > MOST_PAGES)
		return -EINVAL;
	obj = alloc_object(args->size >> PAGE_SHIFT >> order);
	if (!obj)
		return -ENOMEM;
	obj->base.funcs = &moving_funcs;
	drm_gem_private_object_init(drm, &obj->base, args->size);
	mutex_lock(&moving.lock);
	list_add_tail(&obj->all, &moving.objects);
	mutex_unlock(&moving.lock);
	ret = drm_gem_handle_create(file, &obj->base, &args->handle);
	drm_gem_object_put(&obj->base);
	return ret;
}

/* -------------------------------------------------------------------- moving */

/* Buffers in turn, with a reference */
static struct moving_object *next_object(void)
{
	struct moving_object *obj, *found = NULL;

	mutex_lock(&moving.lock);
	list_for_each_entry(obj, &moving.objects, all) {
		if (kref_get_unless_zero(&obj->base.refcount)) {
			found = obj;
			list_move_tail(&obj->all, &moving.objects);
			break;
		}
	}
	mutex_unlock(&moving.lock);
	return found;
}

static u32 take_fresh(u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		moving.fresh[i] = take_block();
		if (!moving.fresh[i])
			break;
	}
	return i;
}

static void note_time(u64 start)
{
	s64 us = div_u64(ktime_get_ns() - start, NSEC_PER_USEC);

	if (us > atomic64_read(&moving.unmap_max_us))
		atomic64_set(&moving.unmap_max_us, us);
}

/* Lock held. From the return on, nobody reaches these blocks. */
static void unmap_blocks(struct moving_object *obj, u32 first, u32 count)
{
	u64 start = ktime_get_ns();

	unmap_mapping_range(obj->base.dev->anon_inode->i_mapping,
			    drm_vma_node_offset_addr(&obj->base.vma_node) +
			    (loff_t)first * BLOCK_BYTES,
			    (loff_t)count * BLOCK_BYTES, 1);
	note_time(start);
}

static int moving_map_offset(struct drm_file *file, struct drm_device *drm, u32 handle,
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
	unmap_blocks(to_moving(gem), 0, to_moving(gem)->nr_blocks);
	dma_resv_unlock(gem->resv);
	drm_gem_object_put(gem);
	return 0;
}

static void move_blocks(struct moving_object *obj, u32 first, u32 count, bool all)
{
	struct block *fresh, *old;
	u32 i;

	count = take_fresh(count);
	if (!count)
		return;
	dma_resv_lock(obj->base.resv, NULL);
	if (all)
		unmap_blocks(obj, 0, obj->nr_blocks);
	else
		unmap_blocks(obj, first, count);
	for (i = 0; i < count; i++) {
		fresh = moving.fresh[i];
		old = obj->blocks[first + i];
		memcpy(fresh->at, old->at, BLOCK_BYTES);
		obj->blocks[first + i] = fresh;
		atomic64_add(BLOCK_PAGES, fresh->page ? &moving.to_system : &moving.to_vram);
		quarantine(old);
	}
	dma_resv_unlock(obj->base.resv);
	atomic64_inc(&moving.moves);
}

static void move_some(void)
{
	struct moving_object *obj = next_object();
	u32 count, first, n = whole;
	bool all = n && !(atomic64_read(&moving.moves) % n);

	if (!obj)
		return;
	count = clamp(batch >> order, 1u, min_t(u32, obj->nr_blocks, MOST_BATCH));
	if (!all)
		count = 1 + get_random_u32() % count;
	else if (move_whole)
		count = obj->nr_blocks;
	first = get_random_u32() % (obj->nr_blocks - count + 1);
	/* One that was never to be mapped has no address to unmap. */
	if (drm_mm_node_allocated(&obj->base.vma_node.vm_node))
		move_blocks(obj, first, count, all);
	drm_gem_object_put(&obj->base);
}

static int moving_thread(void *unused)
{
	while (!kthread_should_stop()) {
		release_old(false);
		if (READ_ONCE(enabled) && READ_ONCE(moving.nr_old) < MOST_WAITING)
			move_some();
		else
			msleep(20);
		usleep_range(pause_us, pause_us + 100);
	}
	return 0;
}

/* ---------------------------------------------------------------- the device */

DEFINE_DRM_GEM_FOPS(moving_fops);

static struct drm_driver moving_driver = {
	/* No render node: dumb buffers are for the primary node alone. */
	.driver_features = DRIVER_GEM,
	.fops = &moving_fops,
	.dumb_create = moving_dumb_create,
	.dumb_map_offset = moving_map_offset,
	.desc = "Moving buffers",
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
	.date = "20260101",
#endif
	.major = 1,
};

static int stats_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "node: /dev/dri/card%d\n", moving.drm->primary->index);
	seq_printf(m, "moves: %lld\n", atomic64_read(&moving.moves));
	seq_printf(m, "to-vram: %lld\n", atomic64_read(&moving.to_vram));
	seq_printf(m, "to-system: %lld\n", atomic64_read(&moving.to_system));
	seq_printf(m, "faults: %lld\n", atomic64_read(&moving.faults));
	seq_printf(m, "fault-waits: %lld\n", atomic64_read(&moving.fault_waits));
	seq_printf(m, "late-writes: %lld\n", atomic64_read(&moving.late_writes));
	seq_printf(m, "unmap-max-us: %lld\n", atomic64_read(&moving.unmap_max_us));
	seq_printf(m, "quarantine: %u\n", READ_ONCE(moving.nr_old));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static void remove_device(void)
{
	drm_dev_unregister(moving.drm);
	drm_dev_put(moving.drm);
	release_old(true);
}

static int make_device(struct device *parent, char *driver)
{
	int ret;

	moving_driver.name = driver;
	moving.drm = drm_dev_alloc(&moving_driver, parent);
	if (IS_ERR(moving.drm))
		return PTR_ERR(moving.drm);
	ret = drm_dev_register(moving.drm, 0);
	if (ret)
		drm_dev_put(moving.drm);
	return ret;
}

/* A driver of that name; blocks can be taken */
static int moving_start(struct device *parent, char *driver)
{
	int ret;

	mutex_init(&moving.lock);
	INIT_LIST_HEAD(&moving.objects);
	spin_lock_init(&moving.old_lock);
	INIT_LIST_HEAD(&moving.old);
	ret = make_device(parent, driver);
	if (ret)
		return ret;
	moving.thread = kthread_run(moving_thread, NULL, KBUILD_MODNAME);
	if (IS_ERR(moving.thread)) {
		remove_device();
		return PTR_ERR(moving.thread);
	}
	moving.debug = debugfs_create_dir(KBUILD_MODNAME, NULL);
	debugfs_create_file("stats", 0444, moving.debug, NULL, &stats_fops);
	return 0;
}

/* Open files keep the module: there are no buffers any more. */
static void moving_stop(void)
{
	debugfs_remove(moving.debug);
	kthread_stop(moving.thread);
	remove_device();
}

MODULE_LICENSE("GPL");
