// SPDX-License-Identifier: GPL-2.0-only
/*
 * map.c: the guest's side of one mmap()
 *
 * mmap() tells the backend and reserves addresses; pages come with faults
 * (fault.c) and go when the backend says so (events.c), when the last VMA is
 * closed, or with the device.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include <xen/features.h>
#include <xen/xen.h>

#include <drm/drm_file.h>

#include "front/memory/map.h"

static const struct pvdrm_front_map_ops *map_ops(void)
{
	if (IS_ENABLED(CONFIG_XEN_PV) && xen_pv_domain())
		return &pvdrm_front_map_pv_ops;
	return &pvdrm_front_map_hvm_ops;
}

/* -------------------------------------------------------------- unmap, locked */

static bool unmap_device(struct pvdrm_front_map *map, struct pvdrm_chunk *chunk,
			 u32 from, u32 to)
{
	unsigned int bit;
	long nr = 0;

	if (find_next_bit(chunk->device, to, from) >= to)
		return true;
	if (map->ops->unmap_device &&
	    !map->ops->unmap_device(chunk, from, to))
		return false;
	for (bit = find_next_bit(chunk->device, to, from); bit < to;
	     bit = find_next_bit(chunk->device, to, bit + 1)) {
		__clear_bit(bit, chunk->device);
		__clear_bit(bit, chunk->mapped);
		nr++;
	}
	pvdrm_stat_add(&map->front->stats, PVDRM_STAT_DEVICE_PAGES, -nr);
	return true;
}

/* Pages [from, to) of a chunk */
static bool unmap_in_chunk(struct pvdrm_front_map *map, struct pvdrm_chunk *chunk,
			   u32 from, u32 to)
{
	unsigned int bit;
	u32 i, nr = 0;
	int err;

	if (!unmap_device(map, chunk, from, to))
		return false;
	for (bit = find_next_bit(chunk->mapped, to, from); bit < to;
	     bit = find_next_bit(chunk->mapped, to, bit + 1)) {
		chunk->unmap_bits[nr] = bit;
		map->ops->set_unmap(chunk, bit, nr++);
	}
	if (!nr)
		return true;

	err = map->ops->unmap(chunk, nr);
	pvdrm_stat_inc(&map->front->stats, PVDRM_STAT_UNMAP_HYPERCALLS);
	pvdrm_stat_add(&map->front->stats, PVDRM_STAT_GRANTS, -(long)nr);
	for (i = 0; i < nr; i++) {
		__clear_bit(chunk->unmap_bits[i], chunk->mapped);
		if (!err && chunk->unmap[i].status != GNTST_okay)
			err = -EIO;
	}
	if (err)
		chunk->stuck = true;
	return !err;
}

static bool anything_mapped(struct pvdrm_front_map *map, u32 first, u32 last)
{
	struct pvdrm_chunk *chunk;
	unsigned long i;

	xa_for_each_range(&map->chunks, i, chunk, first >> PVDRM_CHUNK_SHIFT,
			  (last - 1) >> PVDRM_CHUNK_SHIFT) {
		if (!bitmap_empty(chunk->mapped, PVDRM_CHUNK_PAGES))
			return true;
	}
	return false;
}

/**
 * pvdrm_front_map_unmap() - unmap some pages
 * @map: the mapping, locked
 * @first: first page
 * @last: the page after the last
 *
 * Return: false if anything is still mapped.
 */
bool pvdrm_front_map_unmap(struct pvdrm_front_map *map, u32 first, u32 last)
{
	struct pvdrm_chunk *chunk;
	unsigned long i;
	bool done = true;

	if (last > map->nr_pages)
		last = map->nr_pages;
	if (first >= last || !anything_mapped(map, first, last))
		return true;
	/* When the last VMA is gone, so are its page table entries. */
	if (map->ops->zap && refcount_read(&map->vmas))
		map->ops->zap(map, first, last);

	xa_for_each_range(&map->chunks, i, chunk, first >> PVDRM_CHUNK_SHIFT,
			  (last - 1) >> PVDRM_CHUNK_SHIFT) {
		u32 base = i << PVDRM_CHUNK_SHIFT;

		done &= unmap_in_chunk(map, chunk,
				       first > base ? first - base : 0,
				       min(last - base, PVDRM_CHUNK_PAGES));
	}
	return done;
}

/* ---------------------------------------------------------------- life and end */

static void free_chunks(struct pvdrm_front_map *map)
{
	struct pvdrm_chunk *chunk;
	unsigned long i;

	xa_for_each(&map->chunks, i, chunk) {
		/* A page with a grant in it is lost rather than used again. */
		if (!chunk->stuck)
			map->ops->free_chunk(chunk);
		kfree(chunk);
	}
	xa_destroy(&map->chunks);
}

/**
 * pvdrm_front_map_put() - give a reference back
 * @map: from pvdrm_front_map_find()
 */
void pvdrm_front_map_put(struct pvdrm_front_map *map)
{
	if (!refcount_dec_and_test(&map->refs))
		return;
	free_chunks(map);
	if (map->zero)
		__free_page(map->zero);
	kfree(map->munmap);
	pvdrm_front_put(map->front);
	kfree(map);
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
	refcount_set(&map->vmas, 1);
	map->pgoff = vma->vm_pgoff;
	map->nr_pages = vma_pages(vma);
	map->writable = vma->vm_flags & VM_MAYWRITE;
	map->mapping = vma->vm_file->f_mapping;
	map->mm = vma->vm_mm;
	map->start = vma->vm_start;
	INIT_LIST_HEAD(&map->dispose_node);
	xa_init(&map->chunks);
	mutex_init(&map->lock);
	return map;
}

/* The backend has it no more, or never had. */
static void map_free(struct pvdrm_front_map *map)
{
	kfree(map->munmap);
	map->munmap = NULL;
	pvdrm_front_map_put(map);
}

static void request_munmap(struct pvdrm_front_map *map, bool wait)
{
	struct pvdrm_post *post = map->munmap;
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_MUNMAP,
		.req.u.munmap.map = map->id,
		.wait = PVDRM_WAIT_KILL,
	};

	/* Twice does no harm, if it was sent before the caller was killed. */
	if (wait && !pvdrm_front_call(map->front, &call))
		return;
	map->munmap = NULL;
	post->req = call.req;
	pvdrm_front_post(map->front, post);
}

/* The backend is told. */
static void map_forget(struct pvdrm_front_map *map, bool wait)
{
	request_munmap(map, wait);
	map_free(map);
}

static int request_mmap(struct pvdrm_front_map *map, u32 file)
{
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_MMAP,
		.req.file = file,
		.req.u.mmap.offset = (u64)map->pgoff << PAGE_SHIFT,
		.req.u.mmap.length = (u64)map->nr_pages << PAGE_SHIFT,
		.req.u.mmap.prot = XENDRM_PROT_READ |
				   (map->writable ? XENDRM_PROT_WRITE : 0),
		.wait = PVDRM_WAIT_SIGNAL,
	};
	int err;

	err = pvdrm_front_call(map->front, &call);
	if (err)
		return err;
	map->id = call.rsp.map;
	return min(pvdrm_call_result(&call), 0L);
}

/* From here on invalidations find it, and so does pvdrm_front_maps_disconnect(). */
static int map_publish(struct pvdrm_front_map *map)
{
	int err;

	err = xa_insert(&map->front->maps, map->id, map, GFP_KERNEL);
	if (err == -EBUSY)
		pvdrm_front_fail(map->front, "a mapping's name was given twice");
	if (!err)
		pvdrm_stat_inc(&map->front->stats, PVDRM_STAT_MAPS);
	return err;
}

static int map_request(struct pvdrm_front_map *map, struct file *fp)
{
	int err;

	do {
		err = request_mmap(map, pvdrm_front_file_id(fp));
	} while (pvdrm_call_again(err));
	/* What is kept counts against the limit that was met, perhaps. */
	if (err == -ENOMEM && pvdrm_pool_flush(map->front))
		err = request_mmap(map, pvdrm_front_file_id(fp));
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
	err = pvdrm_cache_add_map(pvdrm_front_file_cache(fp), map);
	if (err)
		goto fail;
	err = map_request(map, fp);
	if (err)
		goto fail_mapped;
	err = map_publish(map);
	if (!err)
		return map;
	request_munmap(map, false);
fail_mapped:
	pvdrm_cache_remove_map(map);
fail:
	map_free(map);
	return ERR_PTR(err);
}

/* One that was kept gets a new place, with what it has mapped. */
static void map_move(struct pvdrm_front_map *map, struct vm_area_struct *vma)
{
	mutex_lock(&map->lock);
	refcount_set(&map->vmas, 1);
	map->mapping = vma->vm_file->f_mapping;
	map->mm = vma->vm_mm;
	map->start = vma->vm_start;
	mutex_unlock(&map->lock);
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

/**
 * pvdrm_front_map_end() - end a mapping that has no VMA any more
 * @map: in no cache; gone afterwards
 * @wait: until the backend has ended it, too
 */
void pvdrm_front_map_end(struct pvdrm_front_map *map, bool wait)
{
	map_unmap_all(map);
	/* Not before all is unmapped: unknown mappings are acknowledged. */
	xa_erase(&map->front->maps, map->id);
	pvdrm_stat_add(&map->front->stats, PVDRM_STAT_MAPS, -1);
	map_forget(map, wait);
}

/**
 * pvdrm_front_mmap() - file_operations.mmap
 * @fp: a file of ours
 * @vma: the new VMA
 *
 * The host's node decides whether there is something at that offset.
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
	/* As all DRM drivers: a private copy of a buffer makes no sense. */
	if ((vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE)
		return -EINVAL;
	if (vma_pages(vma) > U32_MAX - XENDRM_MAX_FAULT_PAGES)
		return -EINVAL;

	map = pvdrm_cache_unpark(pvdrm_front_file_cache(fp), vma);
	if (map)
		map_move(map, vma);
	else
		map = map_create(pvdrm_drm_to_front(drm), fp, vma);
	if (IS_ERR(map))
		return PTR_ERR(map);

	/* PFNMAP and IO: nothing may pin or swap pages that are the host's. */
	vm_flags_set(vma, VM_PFNMAP | VM_IO | VM_DONTEXPAND | VM_DONTDUMP |
		     map->ops->vm_flags);
	vma->vm_private_data = map;
	err = map->ops->attach ? map->ops->attach(map, vma) : 0;
	if (err) {
		pvdrm_cache_remove_map(map);
		refcount_set(&map->vmas, 0);
		pvdrm_front_map_end(map, false);
		return err;
	}
	vma->vm_ops = map->ops->vm_ops;
	return 0;
}

/**
 * pvdrm_front_map_vm_open() - vm_operations_struct.open
 * @vma: one more VMA: fork, split or move
 */
void pvdrm_front_map_vm_open(struct vm_area_struct *vma)
{
	struct pvdrm_front_map *map = vma->vm_private_data;

	refcount_inc(&map->vmas);
}

/**
 * pvdrm_front_map_vm_close() - vm_operations_struct.close
 * @vma: one less
 *
 * Does not wait for the backend: this may be a killed program's end.
 */
void pvdrm_front_map_vm_close(struct vm_area_struct *vma)
{
	struct pvdrm_front_map *map = vma->vm_private_data;

	if (!refcount_dec_and_test(&map->vmas))
		return;
	if (map->ops->detach) {
		map->ops->detach(map);
		/* The page table entries were the mapping of the grants. */
		map_unmap_all(map);
	}
	if (!pvdrm_cache_park(map))
		pvdrm_front_map_end(map, false);
}

/* ------------------------------------------------------- from the event worker */

/**
 * pvdrm_front_map_find() - a mapping by the backend's name
 * @front: the connection
 * @id: the name
 *
 * Return: it, with a reference for pvdrm_front_map_put(), or %NULL.
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

/*
 * Giving a chunk's pages back takes a lock under which others wait for memory:
 * nothing for the thread that answers invalidations.
 */
static LLIST_HEAD(idle_chunks);

static void free_idle_chunks(struct work_struct *work)
{
	struct pvdrm_chunk *chunk, *next;

	llist_for_each_entry_safe(chunk, next, llist_del_all(&idle_chunks),
				  idle) {
		map_ops()->free_chunk(chunk);
		kfree(chunk);
	}
}

static DECLARE_WORK(idle_work, free_idle_chunks);

/*
 * Locked. The backend takes whole chunks back when it is short of grants: what
 * is mapped is bounded by what it has, and so should be what it takes here.
 */
static void drop_empty_chunks(struct pvdrm_front_map *map, u32 first, u32 last)
{
	struct pvdrm_chunk *chunk;
	unsigned long i;
	bool any = false;

	if (last > map->nr_pages)
		last = map->nr_pages;
	if (first >= last)
		return;
	xa_for_each_range(&map->chunks, i, chunk, first >> PVDRM_CHUNK_SHIFT,
			  (last - 1) >> PVDRM_CHUNK_SHIFT) {
		if (chunk->stuck ||
		    !bitmap_empty(chunk->mapped, PVDRM_CHUNK_PAGES))
			continue;
		xa_erase(&map->chunks, i);
		llist_add(&chunk->idle, &idle_chunks);
		any = true;
	}
	if (any)
		schedule_work(&idle_work);
}

/* Locked. The backend is about to end the grants. */
static void forget_grants(struct pvdrm_front_map *map, u32 first, u32 last)
{
	struct pvdrm_chunk *chunk;
	unsigned long i;

	if (last > map->nr_pages)
		last = map->nr_pages;
	if (first >= last)
		return;
	xa_for_each_range(&map->chunks, i, chunk, first >> PVDRM_CHUNK_SHIFT,
			  (last - 1) >> PVDRM_CHUNK_SHIFT) {
		u32 base = i << PVDRM_CHUNK_SHIFT;
		u32 from = first > base ? first - base : 0;

		bitmap_clear(chunk->known, from,
			     min(last - base, PVDRM_CHUNK_PAGES) - from);
	}
}

/**
 * pvdrm_front_maps_exit() - the module goes; there are no mappings any more
 */
void pvdrm_front_maps_exit(void)
{
	flush_work(&idle_work);
}

/**
 * pvdrm_front_map_invalidate() - unmap because the backend says so
 * @map: the mapping
 * @first: first page
 * @count: pages; may reach beyond the end
 * @seq: the invalidation's number
 *
 * Return: false if a grant is still mapped.
 */
bool pvdrm_front_map_invalidate(struct pvdrm_front_map *map, u32 first,
				u32 count, u32 seq)
{
	bool done;

	mutex_lock(&map->lock);
	map->last_inval = seq;
	map->nr_inval++;
	done = pvdrm_front_map_unmap(map, first, first + count);
	forget_grants(map, first, first + count);
	drop_empty_chunks(map, first, first + count);
	mutex_unlock(&map->lock);
	return done;
}

/* Any mapping of a dead connection, with a reference; NULL when all are lost */
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

/**
 * pvdrm_front_maps_disconnect() - the device is gone: unmap all grants
 * @front: a dead connection
 *
 * Programs keep their mappings and see zeroes. A mapping made meanwhile has
 * nothing mapped, and will find the connection dead at its first fault.
 *
 * Return: false if anything is still mapped.
 */
bool pvdrm_front_maps_disconnect(struct pvdrm_front *front)
{
	struct pvdrm_front_map *map;
	unsigned long id = 0;
	bool done = true;

	while ((map = next_map(front, &id))) {
		mutex_lock(&map->lock);
		map->lost = true;
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
