// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmover.c: as mover.c, but pages move between system memory and a device's own
 *
 * The device is QEMU's ivshmem (1af4:1110): its BAR 2 is plain memory, as VRAM
 * is. Each page of a buffer is in one of the two, and moves as TTM moves buffers
 * into VRAM and out of it: lock, unmap_mapping_range(), copy, and the old page is
 * somebody else's. Old pages of both kinds are filled with poison and watched.
 *
 * /sys/module/vmover/parameters: enabled, pause_us, batch, whole, target,
 * quarantine_ms. /sys/kernel/debug/vmover: the node and the counters.
 */
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/dma-resv.h>
#include <linux/io.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pci.h>
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
#define BAR		2
#define MOST_PAGES	16384	/* of a buffer */
#define MOST_BATCH	512
#define MOST_WAITING	8192	/* in quarantine; then the thread waits, too */
#define AROUND		16	/* pages put in by one fault */

enum { TARGET_ANY, TARGET_VRAM, TARGET_SYSTEM };

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
MODULE_PARM_DESC(whole, "each so many moves, move the whole buffer (0: never)");

static unsigned int target;
module_param(target, uint, 0644);
MODULE_PARM_DESC(target, "where to: 0: at random, 1: the device's memory, 2: system memory");

static unsigned int quarantine_ms = 300;
module_param(quarantine_ms, uint, 0644);
MODULE_PARM_DESC(quarantine_ms, "until an old page is looked at and freed");

static bool uncached;
module_param(uncached, bool, 0444);
MODULE_PARM_DESC(uncached, "the device's memory is mapped uncached, not write-combining");

/* A page of either kind; in lists only while no buffer has it */
struct place {
	struct list_head list;
	struct page *page;	/* NULL: the device's */
	unsigned long pfn;
	void *at;
	unsigned long since;
};

struct vmover_object {
	struct drm_gem_object base;	/* resv: @places */
	struct list_head all;
	struct place **places;
	u32 nr_pages;
};

#define to_vmover(gem) container_of(gem, struct vmover_object, base)

static struct vmover {
	struct pci_dev *pci;
	void __iomem *bar;
	struct place *vram;
	u32 nr_vram;
	struct drm_device *drm;
	struct task_struct *thread;
	struct dentry *debug;
	struct mutex lock;		/* objects */
	struct list_head objects;
	spinlock_t place_lock;		/* free, nr_free, old, nr_old */
	struct list_head free;		/* of the device */
	u32 nr_free;
	struct list_head old;
	u32 nr_old;
	struct place *fresh[MOST_PAGES];	/* the thread's */
	atomic64_t moves, to_vram, to_system, faults, late_writes, unmap_max_us;
} vmover;

/* -------------------------------------------------------------------- places */

static struct place *take_vram(void)
{
	struct place *place;

	spin_lock(&vmover.place_lock);
	place = list_first_entry_or_null(&vmover.free, struct place, list);
	if (place) {
		list_del(&place->list);
		vmover.nr_free--;
	}
	spin_unlock(&vmover.place_lock);
	return place;
}

static struct place *take_system(void)
{
	struct place *place = kzalloc(sizeof(*place), GFP_KERNEL);

	if (!place)
		return NULL;
	place->page = alloc_page(GFP_KERNEL | __GFP_NOWARN);
	if (!place->page) {
		kfree(place);
		return NULL;
	}
	place->pfn = page_to_pfn(place->page);
	place->at = page_address(place->page);
	return place;
}

static struct place *take_place(void)
{
	unsigned int to = READ_ONCE(target);
	struct place *place = NULL;

	if (to == TARGET_VRAM || (to == TARGET_ANY && get_random_u32() % 2))
		place = take_vram();
	return place ?: take_system();
}

static void give_place(struct place *place)
{
	if (place->page) {
		__free_page(place->page);
		kfree(place);
		return;
	}
	spin_lock(&vmover.place_lock);
	list_add_tail(&place->list, &vmover.free);
	vmover.nr_free++;
	spin_unlock(&vmover.place_lock);
}

static void quarantine(struct place *place)
{
	memset(place->at, POISON, PAGE_SIZE);
	spin_lock(&vmover.place_lock);
	place->since = jiffies;
	list_add_tail(&place->list, &vmover.old);
	vmover.nr_old++;
	spin_unlock(&vmover.place_lock);
}

/* The oldest, if it has been there for long enough */
static struct place *due_place(bool all)
{
	unsigned long time = msecs_to_jiffies(quarantine_ms);
	struct place *place;

	spin_lock(&vmover.place_lock);
	place = list_first_entry_or_null(&vmover.old, struct place, list);
	if (place && !all && time_before(jiffies, place->since + time))
		place = NULL;
	if (place) {
		list_del(&place->list);
		vmover.nr_old--;
	}
	spin_unlock(&vmover.place_lock);
	return place;
}

static void release_old(bool all)
{
	struct place *place;
	u8 *bad;

	while ((place = due_place(all))) {
		bad = memchr_inv(place->at, POISON, PAGE_SIZE);
		if (bad) {
			atomic64_inc(&vmover.late_writes);
			pr_err_ratelimited("vmover: late write to pfn %lx (%s), offset %lx: %16ph\n",
					   place->pfn, place->page ? "system" : "device",
					   offset_in_page(bad), bad);
		}
		give_place(place);
		cond_resched();
	}
}

/* ------------------------------------------------------------------- buffers */

/* As ttm_bo_vm_reserve(): not for long with the program's mmap_lock held */
static vm_fault_t fault_lock(struct drm_gem_object *gem, struct vm_fault *vmf)
{
	if (dma_resv_trylock(gem->resv))
		return 0;
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
			 const struct place *place)
{
	pgprot_t prot = vm_get_page_prot(vma->vm_flags);

	if (!place->page)
		prot = uncached ? pgprot_noncached(prot) : pgprot_writecombine(prot);
	return vmf_insert_pfn_prot(vma, address, place->pfn, prot);
}

static vm_fault_t vmover_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct drm_gem_object *gem = vma->vm_private_data;
	struct vmover_object *obj = to_vmover(gem);
	unsigned long index = vmf->pgoff - drm_vma_node_start(&gem->vma_node);
	unsigned long address = vmf->address, i;
	vm_fault_t ret;

	if (index >= obj->nr_pages)
		return VM_FAULT_SIGBUS;
	ret = fault_lock(gem, vmf);
	if (ret)
		return ret;
	atomic64_inc(&vmover.faults);
	ret = insert(vma, address, obj->places[index]);
	for (i = 1; i < AROUND && index + i < obj->nr_pages; i++) {
		address += PAGE_SIZE;
		if (address >= vma->vm_end ||
		    insert(vma, address, obj->places[index + i]) != VM_FAULT_NOPAGE)
			break;
	}
	dma_resv_unlock(gem->resv);
	return ret;
}

static const struct vm_operations_struct vmover_vm_ops = {
	.fault = vmover_fault,
	.open = drm_gem_vm_open,
	.close = drm_gem_vm_close,
};

/* Nothing may write to a freed buffer either. */
static void free_object(struct vmover_object *obj)
{
	u32 i;

	for (i = 0; i < obj->nr_pages; i++)
		if (obj->places[i])
			quarantine(obj->places[i]);
	kvfree(obj->places);
	kfree(obj);
}

static void vmover_free(struct drm_gem_object *gem)
{
	struct vmover_object *obj = to_vmover(gem);

	mutex_lock(&vmover.lock);
	list_del(&obj->all);
	mutex_unlock(&vmover.lock);
	drm_gem_object_release(gem);
	free_object(obj);
}

static const struct drm_gem_object_funcs vmover_funcs = {
	.free = vmover_free,
	.vm_ops = &vmover_vm_ops,
};

static struct vmover_object *alloc_object(u32 nr_pages)
{
	struct vmover_object *obj = kzalloc(sizeof(*obj), GFP_KERNEL);
	u32 i;

	if (!obj)
		return NULL;
	obj->places = kvcalloc(nr_pages, sizeof(*obj->places), GFP_KERNEL);
	if (!obj->places) {
		kfree(obj);
		return NULL;
	}
	obj->nr_pages = nr_pages;
	for (i = 0; i < nr_pages; i++) {
		obj->places[i] = take_place();
		if (!obj->places[i]) {
			free_object(obj);
			return NULL;
		}
		memset(obj->places[i]->at, 0, PAGE_SIZE);
	}
	return obj;
}

static int vmover_dumb_create(struct drm_file *file, struct drm_device *drm,
			      struct drm_mode_create_dumb *args)
{
	struct vmover_object *obj;
	int ret;

	args->pitch = args->width * DIV_ROUND_UP(args->bpp, 8);
	args->size = ALIGN((u64)args->pitch * args->height, PAGE_SIZE);
	if (!args->size || args->size >> PAGE_SHIFT > MOST_PAGES)
		return -EINVAL;
	obj = alloc_object(args->size >> PAGE_SHIFT);
	if (!obj)
		return -ENOMEM;
	obj->base.funcs = &vmover_funcs;
	drm_gem_private_object_init(drm, &obj->base, args->size);
	mutex_lock(&vmover.lock);
	list_add_tail(&obj->all, &vmover.objects);
	mutex_unlock(&vmover.lock);
	ret = drm_gem_handle_create(file, &obj->base, &args->handle);
	drm_gem_object_put(&obj->base);
	return ret;
}

/* -------------------------------------------------------------------- moving */

/* Buffers in turn, with a reference */
static struct vmover_object *next_object(void)
{
	struct vmover_object *obj, *found = NULL;

	mutex_lock(&vmover.lock);
	list_for_each_entry(obj, &vmover.objects, all) {
		if (kref_get_unless_zero(&obj->base.refcount)) {
			found = obj;
			list_move_tail(&obj->all, &vmover.objects);
			break;
		}
	}
	mutex_unlock(&vmover.lock);
	return found;
}

static u32 take_fresh(u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		vmover.fresh[i] = take_place();
		if (!vmover.fresh[i])
			break;
	}
	return i;
}

static void note_time(u64 start)
{
	s64 us = div_u64(ktime_get_ns() - start, NSEC_PER_USEC);

	if (us > atomic64_read(&vmover.unmap_max_us))
		atomic64_set(&vmover.unmap_max_us, us);
}

/* Lock held. From the return on, nobody reaches these pages. */
static void unmap_pages(struct vmover_object *obj, u32 first, u32 count)
{
	u64 start = ktime_get_ns();

	unmap_mapping_range(obj->base.dev->anon_inode->i_mapping,
			    drm_vma_node_offset_addr(&obj->base.vma_node) +
			    ((loff_t)first << PAGE_SHIFT),
			    (loff_t)count << PAGE_SHIFT, 1);
	note_time(start);
}

static void move_pages_of(struct vmover_object *obj, u32 first, u32 count)
{
	struct place *old;
	u32 i;

	count = take_fresh(count);
	if (!count)
		return;
	dma_resv_lock(obj->base.resv, NULL);
	unmap_pages(obj, first, count);
	for (i = 0; i < count; i++) {
		old = obj->places[first + i];
		memcpy(vmover.fresh[i]->at, old->at, PAGE_SIZE);
		obj->places[first + i] = vmover.fresh[i];
		atomic64_inc(vmover.fresh[i]->page ? &vmover.to_system : &vmover.to_vram);
		quarantine(old);
	}
	dma_resv_unlock(obj->base.resv);
	atomic64_inc(&vmover.moves);
}

static void move_some(void)
{
	struct vmover_object *obj = next_object();
	u32 count, first, n = whole;

	if (!obj)
		return;
	count = obj->nr_pages;
	if (!n || atomic64_read(&vmover.moves) % n)
		count = 1 + get_random_u32() % clamp(batch, 1u, min_t(u32, count, MOST_BATCH));
	first = get_random_u32() % (obj->nr_pages - count + 1);
	/* One that was never to be mapped has no address to unmap. */
	if (drm_mm_node_allocated(&obj->base.vma_node.vm_node))
		move_pages_of(obj, first, count);
	drm_gem_object_put(&obj->base);
}

static int vmover_thread(void *unused)
{
	while (!kthread_should_stop()) {
		release_old(false);
		if (READ_ONCE(enabled) && READ_ONCE(vmover.nr_old) < MOST_WAITING)
			move_some();
		else
			msleep(20);
		usleep_range(pause_us, pause_us + 100);
	}
	return 0;
}

/* --------------------------------------------------------------- the device */

DEFINE_DRM_GEM_FOPS(vmover_fops);

static const struct drm_driver vmover_driver = {
	/* No render node: dumb buffers are for the primary node alone. */
	.driver_features = DRIVER_GEM,
	.fops = &vmover_fops,
	.dumb_create = vmover_dumb_create,
	.name = "vgem",
	.desc = "Buffers that move to and fro",
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
	.date = "20260101",
#endif
	.major = 1,
};

static int stats_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "node: /dev/dri/card%d\n", vmover.drm->primary->index);
	seq_printf(m, "moves: %lld\n", atomic64_read(&vmover.moves));
	seq_printf(m, "to-vram: %lld\n", atomic64_read(&vmover.to_vram));
	seq_printf(m, "to-system: %lld\n", atomic64_read(&vmover.to_system));
	seq_printf(m, "faults: %lld\n", atomic64_read(&vmover.faults));
	seq_printf(m, "late-writes: %lld\n", atomic64_read(&vmover.late_writes));
	seq_printf(m, "unmap-max-us: %lld\n", atomic64_read(&vmover.unmap_max_us));
	seq_printf(m, "quarantine: %u\n", READ_ONCE(vmover.nr_old));
	seq_printf(m, "vram: %u\n", vmover.nr_vram);
	seq_printf(m, "vram-free: %u\n", READ_ONCE(vmover.nr_free));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

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
		give_place(&vmover.vram[i]);
	}
	return 0;
}

static void unmap_bar(void)
{
	iounmap(vmover.bar);
	kvfree(vmover.vram);
}

static int make_device(void)
{
	int ret = map_bar();

	if (ret)
		return ret;
	vmover.drm = drm_dev_alloc(&vmover_driver, &vmover.pci->dev);
	ret = PTR_ERR_OR_ZERO(vmover.drm);
	if (ret)
		goto err_bar;
	ret = drm_dev_register(vmover.drm, 0);
	if (ret)
		goto err_drm;
	return 0;

err_drm:
	drm_dev_put(vmover.drm);
err_bar:
	unmap_bar();
	return ret;
}

static void remove_device(void)
{
	drm_dev_unregister(vmover.drm);
	drm_dev_put(vmover.drm);
	release_old(true);
	unmap_bar();
}

static int start(void)
{
	int ret = make_device();

	if (ret)
		return ret;
	vmover.thread = kthread_run(vmover_thread, NULL, "vmover");
	if (IS_ERR(vmover.thread)) {
		remove_device();
		return PTR_ERR(vmover.thread);
	}
	vmover.debug = debugfs_create_dir("vmover", NULL);
	debugfs_create_file("stats", 0444, vmover.debug, NULL, &stats_fops);
	return 0;
}

static int __init vmover_init(void)
{
	int ret;

	mutex_init(&vmover.lock);
	INIT_LIST_HEAD(&vmover.objects);
	spin_lock_init(&vmover.place_lock);
	INIT_LIST_HEAD(&vmover.free);
	INIT_LIST_HEAD(&vmover.old);
	vmover.pci = pci_get_device(0x1af4, 0x1110, NULL);
	if (!vmover.pci)
		return -ENODEV;
	ret = pci_enable_device(vmover.pci);
	if (ret)
		goto err_put;
	ret = start();
	if (ret)
		goto err_disable;
	return 0;

err_disable:
	pci_disable_device(vmover.pci);
err_put:
	pci_dev_put(vmover.pci);
	return ret;
}
module_init(vmover_init);

/* Open files keep the module: there are no buffers any more. */
static void __exit vmover_exit(void)
{
	debugfs_remove(vmover.debug);
	kthread_stop(vmover.thread);
	remove_device();
	pci_disable_device(vmover.pci);
	pci_dev_put(vmover.pci);
}
module_exit(vmover_exit);

MODULE_DESCRIPTION("A DRM driver that moves its buffers in and out of a BAR, for tests");
MODULE_LICENSE("GPL");
