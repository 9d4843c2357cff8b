// SPDX-License-Identifier: GPL-2.0-only
/*
 * map.c: one mmap() of the device, from its first VMA to its last
 *
 * mmap() tells the backend and only reserves addresses. Pages come with faults
 * (fault.c). They go when the backend revokes them (bus/events.c), when the last
 * VMA is closed, or when the device is lost. A mapping without VMAs may be parked
 * in the cache, with its pages, until a VMA like the last one is made.
 */
#include <linux/fs.h>
#include <linux/slab.h>
#include <xen/xen.h>

#include <drm/drm_file.h>

#include "front/call/call.h"
#include "front/call/ring.h"
#include "front/fd/import.h"
#include "front/file/file.h"
#include "front/front.h"
#include "front/memory/ahead.h"
#include "front/memory/chunk.h"
#include "front/memory/fault.h"
#include "front/memory/map.h"
#include "front/memory/mapping.h"

static const struct pvdrm_front_map_ops *map_ops(void)
{
	if (IS_ENABLED(CONFIG_XEN_PV) && xen_pv_domain())
		return &pvdrm_front_map_pv_ops;
	return &pvdrm_front_map_hvm_ops;
}

/* ------------------------------------------------------------ alloc and free */

/* A VMA to show a mapping that has none */
static void map_set_vma(struct pvdrm_front_map *map, struct vm_area_struct *vma)
{
	refcount_set(&map->vmas, 1);
	map->mapping = vma->vm_file->f_mapping;
	map->mm = vma->vm_mm;
	map->start = vma->vm_start;
}

static struct pvdrm_front_map *map_alloc(struct pvdrm_front *front,
					 struct vm_area_struct *vma)
{
	struct pvdrm_front_map *map = kzalloc(sizeof(*map), GFP_KERNEL);

	if (!map)
		return NULL;
	map->munmap = kzalloc(sizeof(*map->munmap), GFP_KERNEL);
	if (!map->munmap) {
		kfree(map);
		return NULL;
	}
	map->front = pvdrm_front_get(front);
	map->ops = map_ops();
	refcount_set(&map->refs, 1);
	map->pgoff = vma->vm_pgoff;
	map->nr_pages = vma_pages(vma);
	map->writable = vma->vm_flags & VM_MAYWRITE;
	map_set_vma(map, vma);
	xa_init(&map->chunks);
	mutex_init(&map->lock);
	return map;
}

/* The backend has no such mapping, or is being told to end it. */
static void map_free(struct pvdrm_front_map *map)
{
	kfree(map->munmap);
	map->munmap = NULL;
	pvdrm_front_map_put(map);
}

/* ------------------------------------------------------------------ requests */

static void request_munmap(struct pvdrm_front_map *map, bool wait)
{
	struct pvdrm_post *post = map->munmap;
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_MUNMAP,
		.req.u.munmap.map = map->id,
		.wait = PVDRM_WAIT_KILL,
	};

	/* If this is killed, the request may have been sent: twice is harmless. */
	if (wait && !pvdrm_front_call(map->front, &call))
		return;
	map->munmap = NULL;
	post->req = call.req;
	pvdrm_front_post(map->front, post);
}

/* @file, @object: what is mapped; the other one is 0 */
static int request_mmap(struct pvdrm_front_map *map, u32 file, u32 object,
			struct pvdrm_ahead *ahead)
{
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_MMAP,
		.req.file = file,
		.req.u.mmap.object = object,
		.req.u.mmap.offset = (u64)map->pgoff << PAGE_SHIFT,
		.req.u.mmap.length = (u64)map->nr_pages << PAGE_SHIFT,
		.req.u.mmap.prot = XENDRM_PROT_READ |
				   (map->writable ? XENDRM_PROT_WRITE : 0),
		.in = ahead->batch.reply,
		.in_len = ahead->batch.count * sizeof(*ahead->batch.reply),
		.wait = PVDRM_WAIT_SIGNAL,
	};
	int err;

	err = pvdrm_front_call(map->front, &call);
	if (err)
		return err;
	map->id = call.rsp.map;
	map->import = call.rsp.object;
	map->import_off = call.rsp.object_off;
	ahead->len = call.rsp.rsp_len;
	ahead->inval_seq = call.rsp.inval_seq;
	return min(pvdrm_call_result(&call), 0L);
}

static int map_request(struct pvdrm_front_map *map, u32 file, u32 object,
		       struct pvdrm_ahead *ahead)
{
	bool flushed = false;
	int err;

	do {
		err = request_mmap(map, file, object, ahead);
	} while (pvdrm_call_again(err) ||
		 pvdrm_pool_made_room(map->front, err, &flushed));
	return err;
}

/* ---------------------------------------------------------- create, move, end */

/* From now on invalidations find it, and pvdrm_front_maps_disconnect() does. */
static int map_publish(struct pvdrm_front_map *map)
{
	int err;

	err = xa_insert(&map->front->maps, map->id, map, GFP_KERNEL);
	if (err == -EBUSY)
		pvdrm_front_fail(map->front, "a mapping's id was given twice");
	if (err)
		request_munmap(map, false);
	else
		pvdrm_stat_inc(&map->front->stats, PVDRM_STAT_MAPS);
	return err;
}

/* Have the host map it. Exactly one of @file and @object is not 0. */
static int map_connect(struct pvdrm_front_map *map, u32 file, u32 object)
{
	struct pvdrm_ahead ahead;
	int err;

	pvdrm_ahead_begin(map, &ahead);
	err = map_request(map, file, object, &ahead);
	if (!err && !map->import) {
		err = map_publish(map);
		if (!err)
			pvdrm_ahead_take(map, &ahead);
	}
	pvdrm_ahead_end(map, &ahead, err);
	return err;
}

static struct pvdrm_front_map *map_create(struct pvdrm_front *front,
					  struct file *fp,
					  struct vm_area_struct *vma)
{
	struct pvdrm_front_map *map = map_alloc(front, vma);
	int err;

	if (!map)
		return ERR_PTR(-ENOMEM);
	err = pvdrm_cache_add_map(pvdrm_front_file_cache(fp), &map->cached,
				  (u64)map->pgoff << PAGE_SHIFT,
				  (u64)map->nr_pages << PAGE_SHIFT,
				  map->writable);
	if (err)
		goto fail;
	err = map_connect(map, pvdrm_front_file_id(fp), 0);
	if (!err)
		return map;
	pvdrm_cache_remove_map(&map->cached);
fail:
	map_free(map);
	return ERR_PTR(err);
}

/* A parked mapping that suits the VMA, or NULL */
static struct pvdrm_front_map *map_unpark(struct file *fp,
					  struct vm_area_struct *vma)
{
	struct pvdrm_cached_map *cached;
	struct pvdrm_front_map *map;

	cached = pvdrm_cache_unpark_map(pvdrm_front_file_cache(fp),
					(u64)vma->vm_pgoff << PAGE_SHIFT,
					(u64)vma_pages(vma) << PAGE_SHIFT,
					vma->vm_flags & VM_MAYWRITE);
	if (!cached)
		return NULL;
	map = container_of(cached, struct pvdrm_front_map, cached);
	mutex_lock(&map->lock);
	map_set_vma(map, vma);
	mutex_unlock(&map->lock);
	return map;
}

static void map_unmap_all(struct pvdrm_front_map *map)
{
	bool done;

	mutex_lock(&map->lock);
	done = pvdrm_front_map_unmap(map, 0, map->nr_pages);
	mutex_unlock(&map->lock);
	if (!done)
		pvdrm_front_fail(map->front, "a grant could not be unmapped");
}

/* It has no VMA and is in no cache. @wait: until the backend has ended it */
static void map_end(struct pvdrm_front_map *map, bool wait)
{
	/* The response to a FAULT may come even now. */
	mutex_lock(&map->lock);
	map->ended = true;
	mutex_unlock(&map->lock);
	map_unmap_all(map);
	/*
	 * Only now: invalidations of mappings that are not found are
	 * acknowledged at once.
	 */
	xa_erase(&map->front->maps, map->id);
	pvdrm_stat_add(&map->front->stats, PVDRM_STAT_MAPS, -1);
	request_munmap(map, wait);
	map_free(map);
}

/**
 * pvdrm_front_map_end_cached() - end a mapping that has left the cache
 * @cached: the cache's part of it; has no VMA; freed
 * @wait: until the backend has ended it, too
 */
void pvdrm_front_map_end_cached(struct pvdrm_cached_map *cached, bool wait)
{
	map_end(container_of(cached, struct pvdrm_front_map, cached), wait);
}

/* ---------------------------------------------------------------------- VMAs */

/* One VMA more: by fork, split or move */
static void vm_open(struct vm_area_struct *vma)
{
	struct pvdrm_front_map *map = vma->vm_private_data;

	refcount_inc(&map->vmas);
}

/* Does not wait for the backend: the program may be being killed. */
static void vm_close(struct vm_area_struct *vma)
{
	struct pvdrm_front_map *map = vma->vm_private_data;

	if (!refcount_dec_and_test(&map->vmas))
		return;
	if (map->ops->detach) {
		map->ops->detach(map);
		/* The grants were mapped by the page table entries. */
		map_unmap_all(map);
	}
	if (READ_ONCE(map->lost))
		pvdrm_cache_remove_map(&map->cached);
	else if (pvdrm_cache_park_map(&map->cached, map->id))
		return;
	map_end(map, false);
}

static int vm_mremap(struct vm_area_struct *vma)
{
	struct pvdrm_front_map *map = vma->vm_private_data;

	return map->ops->movable ? 0 : -EINVAL;
}

static const struct vm_operations_struct vm_ops = {
	.open = vm_open,
	.close = vm_close,
	.mremap = vm_mremap,
	.fault = pvdrm_front_map_fault,
	.pfn_mkwrite = pvdrm_front_map_pfn_mkwrite,
};

static int check_vma(struct vm_area_struct *vma)
{
	/* Like all DRM drivers: a private copy of a buffer makes no sense. */
	if ((vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE)
		return -EINVAL;
	if (vma_pages(vma) > U32_MAX - XENDRM_MAX_FAULT_PAGES)
		return -EINVAL;
	return 0;
}

/*
 * The host's driver leaves it to the exporter of what was imported, and so do we. The
 * host has made no mapping.
 */
static int map_import(struct pvdrm_front_map *map, struct vm_area_struct *vma)
{
	int err = pvdrm_import_mmap(map->front, map->import, map->import_off,
				    vma);

	pvdrm_cache_remove_map(&map->cached);
	map_free(map);
	return err;
}

/* @map is shown by @vma from now on, or ended. */
static int set_up_vma(struct pvdrm_front_map *map, struct vm_area_struct *vma)
{
	int err;

	if (map->import)
		return map_import(map, vma);
	/* PFNMAP and IO: nothing may pin or swap out pages of the host. */
	vm_flags_set(vma, VM_PFNMAP | VM_IO | VM_DONTEXPAND | VM_DONTDUMP |
		     map->ops->vm_flags);
	vma->vm_private_data = map;
	err = map->ops->attach ? map->ops->attach(map, vma) : 0;
	if (err) {
		pvdrm_cache_remove_map(&map->cached);
		refcount_set(&map->vmas, 0);
		map_end(map, false);
		return err;
	}
	vma->vm_ops = &vm_ops;
	return 0;
}

/**
 * pvdrm_front_mmap() - file_operations.mmap
 * @fp: a file of ours
 * @vma: the new VMA
 *
 * The host's node decides whether there is anything at that offset.
 *
 * Return: 0 or an error, the host's if it refuses.
 */
int pvdrm_front_mmap(struct file *fp, struct vm_area_struct *vma)
{
	struct drm_file *drm_file = fp->private_data;
	struct drm_device *drm = drm_file->minor->dev;
	struct pvdrm_front_map *map;
	int err;

	if (drm_dev_is_unplugged(drm))
		return -ENODEV;
	err = check_vma(vma);
	if (err)
		return err;
	map = map_unpark(fp, vma);
	if (!map)
		map = map_create(pvdrm_drm_to_front(drm), fp, vma);
	if (IS_ERR(map))
		return PTR_ERR(map);
	return set_up_vma(map, vma);
}

/**
 * pvdrm_front_mmap_object() - map an object of the host
 * @front: the connection
 * @object: the backend's id of it
 * @vma: the new VMA, of our own file for the object
 *
 * Return: 0 or an error, the host's if it refuses.
 */
int pvdrm_front_mmap_object(struct pvdrm_front *front, u32 object,
			    struct vm_area_struct *vma)
{
	struct pvdrm_front_map *map;
	int err = check_vma(vma);

	if (err)
		return err;
	map = map_alloc(front, vma);
	if (!map)
		return -ENOMEM;
	err = map_connect(map, 0, object);
	if (err) {
		map_free(map);
		return err;
	}
	return set_up_vma(map, vma);
}

/* ------------------------------------------------------- found by the backend's id */

/**
 * pvdrm_front_map_find() - find a mapping
 * @front: the connection
 * @id: the backend's id of it
 *
 * Return: the mapping, with a reference for pvdrm_front_map_put(), or %NULL.
 */
struct pvdrm_front_map *pvdrm_front_map_find(struct pvdrm_front *front, u32 id)
{
	struct pvdrm_front_map *map;

	xa_lock(&front->maps);
	map = xa_load(&front->maps, id);
	if (map && !refcount_inc_not_zero(&map->refs))
		map = NULL;
	xa_unlock(&front->maps);
	return map;
}

/* The next mapping with an id of at least @id, with a reference, or NULL */
static struct pvdrm_front_map *next_map(struct pvdrm_front *front,
					unsigned long *id)
{
	struct pvdrm_front_map *map;

	xa_lock(&front->maps);
	for (map = xa_find(&front->maps, id, ULONG_MAX, XA_PRESENT); map;
	     map = xa_find_after(&front->maps, id, ULONG_MAX, XA_PRESENT)) {
		if (refcount_inc_not_zero(&map->refs))
			break;
	}
	xa_unlock(&front->maps);
	return map;
}

/* @lost: for good */
static bool unmap_maps(struct pvdrm_front *front, bool lost)
{
	struct pvdrm_front_map *map;
	unsigned long id = 0;
	bool done = true;

	while ((map = next_map(front, &id))) {
		mutex_lock(&map->lock);
		map->lost |= lost;
		if (!pvdrm_front_map_unmap(map, 0, map->nr_pages)) {
			pr_err("pvdrm-front: a page of the host could not be unmapped\n");
			done = false;
		}
		mutex_unlock(&map->lock);
		pvdrm_front_map_put(map);
		id++;
	}
	return done;
}

/**
 * pvdrm_front_maps_unmap() - unmap all pages; faults bring them back
 * @front: the connection
 *
 * Return: false if anything is still mapped.
 */
bool pvdrm_front_maps_unmap(struct pvdrm_front *front)
{
	return unmap_maps(front, false);
}

/**
 * pvdrm_front_maps_disconnect() - the device is lost: unmap all pages
 * @front: a dead connection
 *
 * Programs keep their mappings and see zeroes. A mapping being made now has
 * nothing mapped, and finds the connection dead at its first fault.
 *
 * Return: false if anything is still mapped.
 */
bool pvdrm_front_maps_disconnect(struct pvdrm_front *front)
{
	return unmap_maps(front, true);
}
