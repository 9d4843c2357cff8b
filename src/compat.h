/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.h: the only file that knows kernel versions
 *
 * Included before everything else. The rest of src/ is written for the newest
 * supported kernel; what an older one lacks is supplied here under its newest
 * name. Supported: 6.1, 6.12, 7.2 and what lies between.
 */
#ifndef PVDRM_COMPAT_H
#define PVDRM_COMPAT_H

#include <linux/version.h>

#define PVDRM_KERNEL_AT_LEAST(major, minor) \
	(LINUX_VERSION_CODE >= KERNEL_VERSION(major, minor, 0))

/* The tables of ioctls (src/back/drivers) were read with kernels up to 7.2. */
#define PVDRM_KERNEL_IS_KNOWN	(!PVDRM_KERNEL_AT_LEAST(7, 3))

/* 6.3: VMA flags are changed by functions only. */
#if !PVDRM_KERNEL_AT_LEAST(6, 3)
#define vm_flags_set(vma, flags)	((void)((vma)->vm_flags |= (flags)))
#endif

/* 6.3: uevent callbacks get a const device. */
#if PVDRM_KERNEL_AT_LEAST(6, 3)
#define pvdrm_uevent_device const struct device
#else
#define pvdrm_uevent_device struct device
#endif

/* 6.5: get_user_pages_remote() does not return VMAs. */
#if PVDRM_KERNEL_AT_LEAST(6, 5)
#define pvdrm_get_user_page(mm, addr, flags, page) \
	get_user_pages_remote(mm, addr, 1, flags, page, NULL)
#else
#define pvdrm_get_user_page(mm, addr, flags, page) \
	get_user_pages_remote(mm, addr, 1, flags, page, NULL, NULL)
#endif

/* 6.6: not only kernel threads may release a file at once. */
#if !PVDRM_KERNEL_AT_LEAST(6, 6)
#include <linux/file.h>
#define __fput_sync(file)	fput(file)
#endif

/* 6.7: shrinkers are allocated by the kernel. */
#if PVDRM_KERNEL_AT_LEAST(6, 7)
#define pvdrm_shrinker_data(shrinker)	((shrinker)->private_data)
#define pvdrm_shrinker_unregister(shrinker)	shrinker_free(shrinker)
#define pvdrm_shrinker_register(count, scan, data, name) \
({ \
	struct shrinker *__shrinker = shrinker_alloc(0, name); \
	\
	if (__shrinker) { \
		__shrinker->count_objects = (count); \
		__shrinker->scan_objects = (scan); \
		__shrinker->private_data = (data); \
		shrinker_register(__shrinker); \
	} \
	__shrinker; \
})
#else
#include <linux/mm.h>
#include <linux/shrinker.h>
#include <linux/slab.h>

struct pvdrm_shrinker {
	struct shrinker shrinker;
	void *data;
};

#define pvdrm_shrinker_data(s) \
	(container_of(s, struct pvdrm_shrinker, shrinker)->data)

static inline struct shrinker *
pvdrm_shrinker_register(unsigned long (*count)(struct shrinker *s,
					       struct shrink_control *sc),
			unsigned long (*scan)(struct shrinker *s,
					      struct shrink_control *sc),
			void *data, const char *name)
{
	struct pvdrm_shrinker *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	s->shrinker.count_objects = count;
	s->shrinker.scan_objects = scan;
	s->shrinker.seeks = DEFAULT_SEEKS;
	s->data = data;
	if (register_shrinker(&s->shrinker, "%s", name)) {
		kfree(s);
		return NULL;
	}
	return &s->shrinker;
}

static inline void pvdrm_shrinker_unregister(struct shrinker *shrinker)
{
	if (!shrinker)
		return;
	unregister_shrinker(shrinker);
	kfree(container_of(shrinker, struct pvdrm_shrinker, shrinker));
}
#endif

/* 6.7: files are freed by RCU, and their count has functions of its own. */
#if PVDRM_KERNEL_AT_LEAST(6, 7)
#define pvdrm_get_file_active(file)	get_file_active(file)
#else
#include <linux/fs.h>

/* The file is not freed meanwhile: the caller's lock keeps it from release. */
static inline struct file *pvdrm_get_file_active(struct file **file)
{
	return *file && get_file_rcu(*file) ? *file : NULL;
}
#endif

/* 6.8: eventfds are signalled once for each call. */
#if PVDRM_KERNEL_AT_LEAST(6, 8)
#define pvdrm_eventfd_signal(ctx)	eventfd_signal(ctx)
#else
#define pvdrm_eventfd_signal(ctx)	((void)eventfd_signal(ctx, 1))
#endif

/* 6.10: follow_pte() takes the VMA. 6.12: follow_pfnmap_start() replaces it. */
#if !PVDRM_KERNEL_AT_LEAST(6, 12)
#include <linux/mm.h>

struct follow_pfnmap_args {
	struct vm_area_struct *vma;
	unsigned long address;
	spinlock_t *lock;		/* of the page table */
	pte_t *ptep;
	unsigned long pfn;
	pgprot_t pgprot;
	bool writable;
};

static inline int follow_pfnmap_start(struct follow_pfnmap_args *args)
{
#if PVDRM_KERNEL_AT_LEAST(6, 10)
	int ret = follow_pte(args->vma, args->address, &args->ptep,
			     &args->lock);
#else
	int ret = follow_pte(args->vma->vm_mm, args->address, &args->ptep,
			     &args->lock);
#endif

	if (ret)
		return ret;
	__acquire(args->lock);	/* follow_pte() is not marked for sparse */
	args->pfn = pte_pfn(*args->ptep);
	args->pgprot = pte_pgprot(*args->ptep);
	args->writable = pte_write(*args->ptep);
	return 0;
}

static inline void follow_pfnmap_end(struct follow_pfnmap_args *args)
{
	pte_unmap_unlock(args->ptep, args->lock);
}
#endif

/* 6.12: DRM core warns about files without FOP_UNSIGNED_OFFSET. */
#if PVDRM_KERNEL_AT_LEAST(6, 12)
#define PVDRM_FOP_FLAGS			.fop_flags = FOP_UNSIGNED_OFFSET,
#else
#define PVDRM_FOP_FLAGS
#endif

/* 6.13: symbol namespaces are strings. */
#if PVDRM_KERNEL_AT_LEAST(6, 13)
#define PVDRM_NS_DMA_BUF		"DMA_BUF"
#else
#define PVDRM_NS_DMA_BUF		DMA_BUF
#endif

/* 6.14: struct drm_driver has no date. */
#if PVDRM_KERNEL_AT_LEAST(6, 14)
#define pvdrm_set_driver_date(driver, string)	((void)(string))
#else
#define pvdrm_set_driver_date(driver, string)	((driver)->date = (string))
#endif

/*
 * Exported, but only declared in the kernel's own folder. Its name and its version
 * are not connected everywhere, so Kbuild looks for it.
 */
struct device;
#ifndef PVDRM_XENBUS_DEV_RESTORE
#define xenbus_dev_restore xenbus_dev_resume
#endif
int xenbus_dev_restore(struct device *dev);

/*
 * Some stable kernels, too, so Kbuild looks for it: driver_override is a member of
 * every device.
 */
#ifdef PVDRM_DEVICE_DRIVER_OVERRIDE
#define pvdrm_pci_set_driver_override(pdev, name) \
	device_set_driver_override(&(pdev)->dev, name)
#else
#define pvdrm_pci_set_driver_override(pdev, name) \
({ \
	struct pci_dev *__pdev = (pdev); \
	\
	__pdev->driver_override = kstrdup(name, GFP_KERNEL); \
	__pdev->driver_override ? 0 : -ENOMEM; \
})
#endif

#endif /* PVDRM_COMPAT_H */
