// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmap.c: map and unmap: one VMA of the serving process for each mmap of the
 * guest
 *
 * The pages of a mapping are in fault.c.
 */
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/overflow.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/fd/import.h"
#include "back/fd/object.h"
#include "back/file/file.h"
#include "back/memory/fault.h"
#include "back/memory/grant.h"
#include "back/memory/map.h"
#include "back/memory/pin.h"
#include "back/serve/job.h"
#include "back/transport/ring.h"
#include "back/vram/vram.h"

/* Of a guest. The serving process may have fewer: vm.max_map_count. Each counts in bytes, too. */
#define MAX_MAPS	1048576
#define MAX_MAP_PAGES	1048576u	/* 4 GiB a mapping */

#define PROT_ALL	(XENDRM_PROT_READ | XENDRM_PROT_WRITE)

/* Not an error: no mapping is made, see the response. */
#define IS_IMPORT	1

#define CLEAR_STEP	((unsigned long)SZ_256K)

static bool count_map(struct pvdrm_link *link, u32 npages)
{
	struct pvdrm_back *back = link->back;

	if (!pvdrm_lru_admit(link))
		return false;
	/* Each takes memory that is not counted. */
	if (pvdrm_limits_short_of_memory() ||
	    !atomic_add_unless(&link->nr_maps, 1, MAX_MAPS)) {
		pvdrm_count(back, limits_met);
		return false;
	}
	if (!pvdrm_limits_try_charge(&back->limits, PVDRM_LIMIT_MAPPED_BYTES,
				     (u64)npages * PAGE_SIZE)) {
		atomic_dec(&link->nr_maps);
		pvdrm_count(back, limits_met);
		return false;
	}
	pvdrm_count(back, maps);
	pvdrm_count_by(back, map_pages, npages);
	return true;
}

static void uncount_map(struct pvdrm_link *link, u32 npages)
{
	atomic_dec(&link->nr_maps);
	pvdrm_limits_uncharge(&link->back->limits, PVDRM_LIMIT_MAPPED_BYTES,
			      (u64)npages * PAGE_SIZE);
	pvdrm_uncount(link->back, maps);
	pvdrm_count_by(link->back, map_pages, -(s64)npages);
}

static u64 map_bytes(const struct pvdrm_back_map *map)
{
	return (u64)map->npages * PAGE_SIZE;
}

/*
 * The host's own mapping; its driver checks the offset against its file. If it leaves
 * that to the exporter of what the guest has imported, @rsp says so.
 */
static int map_host(struct pvdrm_back_map *map, struct file *file,
		    const struct xendrm_request *req,
		    struct xendrm_response *rsp)
{
	unsigned long prot = 0;
	struct vm_area_struct *vma;

	if (req->u.mmap.prot & XENDRM_PROT_READ)
		prot |= PROT_READ;
	if (req->u.mmap.prot & XENDRM_PROT_WRITE)
		prot |= PROT_WRITE;
	map->write = prot & PROT_WRITE;
	if (map->pin && !(file->f_mode & FMODE_WRITE))
		prot &= ~PROT_WRITE;
	map->host_write = prot & PROT_WRITE;
	map->va = vm_mmap(file, 0, map_bytes(map), prot, MAP_SHARED,
			  req->u.mmap.offset);
	if (IS_ERR_VALUE(map->va))
		return map->va;

	mmap_read_lock(current->mm);
	vma = vma_lookup(current->mm, map->va);
	if (vma) {
		map->vm_file = vma->vm_file;
		rsp->object = pvdrm_import_mapped(map->link, vma);
		if (rsp->object)
			rsp->object_off = (u64)vma->vm_pgoff << PAGE_SHIFT;
	}
	mmap_read_unlock(current->mm);
	return 0;
}

/* Not if the process did already: something else may be there now. */
static void unmap_host(struct pvdrm_back_map *map)
{
	mutex_lock(&map->host_lock);
	map->unmapped = true;
	if (!READ_ONCE(map->gone))
		vm_munmap(map->va, map_bytes(map));
	mutex_unlock(&map->host_lock);
}

static int map_hook(struct pvdrm_back_map *map)
{
	int ret = mmu_interval_notifier_insert(&map->notifier, current->mm,
					       map->va, map_bytes(map),
					       &pvdrm_back_map_notifier_ops);

	map->hooked = !ret;
	return ret;
}

/* A MUNMAP and the connection's end can meet here. */
static void map_unhook(struct pvdrm_back_map *map)
{
	if (xchg(&map->hooked, false))
		mmu_interval_notifier_remove(&map->notifier);
}

/*
 * The map becomes visible to teardown while the link is alive, or not at all:
 * the two sides look at the table and at @closing in opposite order.
 */
static int map_publish(struct pvdrm_link *link, struct pvdrm_back_map *map,
		       u32 *id)
{
	int ret = xa_alloc_cyclic(&link->maps, id, NULL, xa_limit_31b,
				  &link->next_map, GFP_KERNEL_ACCOUNT);

	if (ret < 0)
		return ret;
	map->id = *id;
	down_read(&link->io);
	if (link->dead || READ_ONCE(link->closing))
		ret = -ENODEV;
	else
		/*
		 * The entry is there already: no memory is allocated under @io.
		 */
		ret = xa_err(xa_store(&link->maps, *id, map, 0));
	up_read(&link->io);
	if (ret)
		xa_erase(&link->maps, *id);
	return ret;
}

static int map_set_up(struct pvdrm_back_map *map, struct file *file,
		      const struct xendrm_request *req,
		      struct xendrm_response *rsp)
{
	int ret = map_host(map, file, req, rsp);

	if (ret)
		return ret;
	if (rsp->object) {
		ret = IS_IMPORT;
		goto err_host;
	}
	ret = map_hook(map);
	if (ret)
		goto err_host;
	ret = map_publish(map->link, map, &rsp->map);
	if (ret)
		goto err_hook;
	return 0;

err_hook:
	map_unhook(map);
err_host:
	unmap_host(map);
	return ret;
}

static int check_mmap(const struct xendrm_request *req, u32 *npages)
{
	u64 off = req->u.mmap.offset;
	u64 len = req->u.mmap.length;
	u64 end;

	if (!len || !PAGE_ALIGNED(len) || !PAGE_ALIGNED(off) ||
	    check_add_overflow(off, len, &end) || end > S64_MAX)
		return -EINVAL;
	if (req->u.mmap.prot & ~PROT_ALL ||
	    req->u.mmap.flags & ~XENDRM_MMAP_FLAGS)
		return -EINVAL;
	if (req->u.mmap.flags & XENDRM_MMAP_PIN &&
	    (!req->u.mmap.object || off || req->u.mmap.prot != PROT_ALL))
		return -EINVAL;
	if (len >> PAGE_SHIFT > MAX_MAP_PAGES)
		return -ENOMEM;
	*npages = len >> PAGE_SHIFT;
	return 0;
}

static int map_pin(struct pvdrm_back_map *map, struct file *file,
		   const struct xendrm_request *req)
{
	struct pvdrm_pin *pin;

	if (!(req->u.mmap.flags & XENDRM_MMAP_PIN))
		return 0;
	pin = pvdrm_pin_create(map->back, file, map_bytes(map));
	if (IS_ERR(pin))
		return PTR_ERR(pin);
	map->pin = pin;
	return 0;
}

/* On success, the map has the caller's reference to @pf, if there is one. */
static int map_new(struct pvdrm_link *link, struct pvdrm_back_file *pf,
		   struct file *file, const struct xendrm_request *req,
		   u32 npages, struct xendrm_response *rsp)
{
	struct pvdrm_back_map *map = pvdrm_back_map_alloc(link, npages);
	int ret;

	if (!map)
		return -ENOMEM;
	map->file = pf;
	ret = map_pin(map, file, req);
	ret = ret ?: map_set_up(map, file, req, rsp);
	if (ret)
		pvdrm_back_map_put(map);
	return ret;
}

static int map_file(struct pvdrm_link *link, const struct xendrm_request *req,
		    u32 npages, struct xendrm_response *rsp)
{
	struct pvdrm_back_file *pf = pvdrm_back_file_get(link, req->file);
	int ret;

	if (!pf)
		return -EBADF;
	ret = map_new(link, pf, pf->file, req, npages, rsp);
	if (ret)
		pvdrm_back_file_put(pf);
	return ret;
}

/* The VMA keeps the object's file. */
static int map_object(struct pvdrm_link *link,
		      const struct xendrm_request *req, u32 npages,
		      struct xendrm_response *rsp)
{
	struct file *file;
	int ret;

	if (req->file)
		return -EINVAL;
	file = pvdrm_object_get(link, XENDRM_FD_DMABUF, req->u.mmap.object);
	if (!file)
		return -EBADF;
	ret = map_new(link, NULL, file, req, npages, rsp);
	fput(file);
	return ret;
}

static void put_mapped_file(struct pvdrm_back_map *map)
{
	if (map->file)
		pvdrm_back_file_put(map->file);
}

/* It is no error if there are none: the guest will send a FAULT. */
static void answer_pages(struct pvdrm_job *job, u32 npages)
{
	const struct xendrm_request *req = &job->req;
	u32 count = min3(req->rsp_len / (u32)sizeof(struct xendrm_page), npages,
			 XENDRM_MAX_FAULT_PAGES + 0u);
	u32 len = count * sizeof(struct xendrm_page);

	if (count && !pvdrm_job_need_buf(job, len) &&
	    pvdrm_back_map_first_pages(job, count, job->buf) &&
	    !pvdrm_back_data_write(job->link, req->data_off, job->buf, len))
		job->rsp.rsp_len = len;
}

/**
 * pvdrm_back_map_create() - MMAP
 * @job: the request at hand
 *
 * Return: 0 or -errno.
 */
int pvdrm_back_map_create(struct pvdrm_job *job)
{
	const struct xendrm_request *req = &job->req;
	struct pvdrm_link *link = job->link;
	u32 npages;
	int ret;

	ret = check_mmap(req, &npages);
	if (ret)
		return ret;
	if (!count_map(link, npages))
		return -ENOMEM;
	if (req->u.mmap.object)
		ret = map_object(link, req, npages, &job->rsp);
	else
		ret = map_file(link, req, npages, &job->rsp);
	if (ret)
		uncount_map(link, npages);
	else
		answer_pages(job, npages);
	return min(ret, 0);
}

/* The guest says that it has unmapped everything. */
static void map_end_grants(struct pvdrm_back_map *map)
{
	mutex_lock(&map->lock);
	map->dead = true;
	pvdrm_vram_unmap_pages(map, 0, map->npages);
	if (pvdrm_grants_end(map, 0, map->npages)) {
		pvdrm_violation(map->link,
				"MUNMAP of mapping %u, but %u pages are mapped",
				map->id, map->nr_live);
		pvdrm_grants_force(map, 0, map->npages);
	}
	mutex_unlock(&map->lock);
}

/**
 * pvdrm_back_map_destroy() - MUNMAP
 * @job: the request at hand
 *
 * Return: 0 or -EINVAL.
 */
int pvdrm_back_map_destroy(struct pvdrm_job *job)
{
	struct pvdrm_link *link = job->link;
	struct pvdrm_back_map *map = xa_erase(&link->maps,
					      job->req.u.munmap.map);

	if (!map)
		return -EINVAL;
	map_end_grants(map);
	map_unhook(map);
	unmap_host(map);
	put_mapped_file(map);
	uncount_map(link, map->npages);
	pvdrm_back_map_put(map);
	return 0;
}

/* In steps, since a mapping may be large and the connection may end. */
static int clear_host(struct pvdrm_back_map *map)
{
	unsigned long at = map->va;
	unsigned long end = at + map_bytes(map);
	unsigned long step;

	while (at < end) {
		step = min(end - at, CLEAR_STEP);
		if (fatal_signal_pending(current) ||
		    READ_ONCE(map->link->closing))
			return -EINTR;
		if (clear_user((void __user *)at, step))
			return -EFAULT;
		at += step;
		cond_resched();
	}
	return 0;
}

/**
 * pvdrm_back_map_clear() - fill a mapping with zeroes
 * @job: the request at hand, of the process
 * @pf: the file it has to be of
 * @id: its name, from the guest
 *
 * That may take long, and only a connection that ends stops it. So whoever wants the same at
 * the same time does not wait: no frontend does that with one buffer.
 *
 * Return: 0 or -errno; -EBUSY: another request clears it, or ends the mapping.
 */
int pvdrm_back_map_clear(struct pvdrm_job *job,
			 const struct pvdrm_back_file *pf, u32 id)
{
	struct pvdrm_back_map *map = pvdrm_back_map_get(job->link, id);
	int ret = -EINVAL;

	if (!map)
		return -EINVAL;
	if (!mutex_trylock(&map->host_lock)) {
		pvdrm_back_map_put(map);
		return -EBUSY;
	}
	if (map->write && !map->unmapped && !READ_ONCE(map->gone) &&
	    map->file == pf)
		ret = clear_host(map);
	mutex_unlock(&map->host_lock);
	pvdrm_back_map_put(map);
	return ret;
}

/**
 * pvdrm_back_maps_detach() - revoke all pages, and ignore changes from now on
 * @link: a connection that takes no more requests
 *
 * The VMAs remain for pvdrm_back_maps_reap(). Waits for the guest, bounded.
 */
void pvdrm_back_maps_detach(struct pvdrm_link *link)
{
	struct pvdrm_back_map *map;
	unsigned long id;

	/* A MMAP that has seen the link open has stored its map after this. */
	down_write(&link->io);
	up_write(&link->io);
	pvdrm_back_maps_revoke(link);
	xa_for_each(&link->maps, id, map) {
		map = pvdrm_back_map_get(link, id);
		if (!map)
			continue;
		map_unhook(map);
		pvdrm_back_map_put(map);
	}
}

/**
 * pvdrm_back_maps_reap() - remove all mappings of a dead connection
 * @link: the connection
 * @in_process: the caller is a thread of the process
 */
void pvdrm_back_maps_reap(struct pvdrm_link *link, bool in_process)
{
	struct pvdrm_back_map *map;
	unsigned long id;

	xa_for_each(&link->maps, id, map) {
		map = xa_erase(&link->maps, id);
		if (!map)
			continue;
		if (in_process)
			unmap_host(map);
		put_mapped_file(map);
		uncount_map(link, map->npages);
		pvdrm_back_map_put(map);
	}
}
