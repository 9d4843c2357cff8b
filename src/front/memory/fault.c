// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault.c: a program touches a page that is not mapped
 *
 * The backend is asked for the page and for some around it. An invalidation may
 * overtake the reply. So the reply is used only if the mapping was not
 * invalidated after the request was sent, or if the reply is newer than the
 * invalidation; otherwise the backend is asked again. The mapping's lock is not
 * held while waiting, since the invalidation takes it.
 *
 * Nor is mmap_lock, if the kernel lets a fault be tried a second time: other threads
 * go on, and so does whoever looks at the process. What the response brings is then
 * kept in the mapping, without the VMA, which may be gone; the second try finds it
 * there. If the page was taken away in between, or an error is to be reported, the
 * second try asks again, with mmap_lock held. It is held at once as well if the
 * fault may not be tried again, and if the request names page table entries, which
 * must not be freed meanwhile (vram_pte.c).
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "front/call/call.h"
#include "front/call/ring.h"
#include "front/front.h"
#include "front/memory/ahead.h"
#include "front/memory/batch.h"
#include "front/memory/chunk.h"
#include "front/memory/fault.h"
#include "front/memory/mapping.h"
#include "front/memory/vram.h"

#define FAULT_AROUND_MIN	64u
/* Replies with grants that cannot be mapped: the backend is closing or broken */
#define MAX_BAD_REPLIES	8
/* How long to wait while the host is out of grants, and cannot revoke any */
#define MAX_SHORTAGES	50
#define SHORTAGE_MS	10

/* Returned by the steps below, besides errnos */
#define FAULT_AGAIN	1
#define FAULT_DONE	2

struct pvdrm_fault {
	struct pvdrm_front_map *map;
	struct vm_fault *vmf;	/* NULL: mmap_lock is not held any more */
	struct file *file;	/* of the VMA, with a reference, once it is not */
	u32 low, high;		/* pages that the VMA shows, [low, high) */
	u32 index;		/* the page touched */
	u64 nr_inval;		/* of the mapping when the request was sent */
	u32 inval_seq;		/* of the reply */
	u32 bad_replies;
	u32 shortages;
	vm_fault_t ret;
};

/* ------------------------------------------------------- before a request */

/* Locked. What a lost device shows: zeroes that only this mapping sees */
static vm_fault_t show_zero(struct pvdrm_front_map *map, struct vm_fault *vmf)
{
	map->lost = true;
	if (!map->zero)
		map->zero = alloc_page(GFP_ATOMIC | __GFP_ZERO);
	if (!map->zero)
		return VM_FAULT_OOM;
	return vmf_insert_pfn_prot(vmf->vma, vmf->address,
				   page_to_pfn(map->zero),
				   vm_get_page_prot(vmf->vma->vm_flags));
}

/*
 * Locked. Ask for an aligned range around the page; for a growing range ahead of
 * it if pages are touched in order: a round trip costs more than mapping many
 * pages.
 */
static void choose_range(struct pvdrm_fault *fault, struct pvdrm_batch *batch)
{
	struct pvdrm_front_map *map = fault->map;
	u32 first, last;

	if (map->fault_around && fault->index == map->next) {
		map->fault_around = min_t(u32, map->fault_around * 2,
					  XENDRM_MAX_FAULT_PAGES);
		first = fault->index;
		last = round_down(first + map->fault_around, FAULT_AROUND_MIN);
	} else {
		map->fault_around = FAULT_AROUND_MIN;
		first = round_down(fault->index, FAULT_AROUND_MIN);
		last = first + FAULT_AROUND_MIN;
	}
	first = max(first, fault->low);
	last = min(last, fault->high);
	map->next = last;

	while (first < fault->index && pvdrm_front_map_has_page(map, first))
		first++;
	while (last > fault->index + 1 && pvdrm_front_map_has_page(map, last - 1))
		last--;
	batch->first = first;
	batch->count = last - first;
	batch->wanted = fault->index;
}

static int reserve_table(struct pvdrm_fault *fault, u32 index)
{
	struct vm_area_struct *vma = fault->vmf->vma;
	unsigned long address = vma->vm_start +
		((fault->map->pgoff + index - vma->vm_pgoff) << PAGE_SHIFT);

	/* Without a function, this only allocates the tables. */
	return apply_to_page_range(vma->vm_mm, address, PAGE_SIZE, NULL, NULL);
}

/*
 * Allocate page tables for pages [first, last), at most two. Not under the
 * mapping's lock: allocating may wait for a disk, or call a notifier that takes
 * the lock.
 */
static int reserve_tables(struct pvdrm_fault *fault, u32 first, u32 last)
{
	int err = reserve_table(fault, first);

	return err ?: reserve_table(fault, last - 1);
}

static int reserve_chunk_tables(struct pvdrm_fault *fault)
{
	u32 first = round_down(fault->index, PVDRM_CHUNK_PAGES);
	u32 last = min(first + PVDRM_CHUNK_PAGES, fault->high);

	return reserve_tables(fault, max(first, fault->low), last);
}

static unsigned long read_begin(struct pvdrm_front_map *map)
{
	return map->ops->read_begin ? map->ops->read_begin(map) : 0;
}

static bool read_retry(struct pvdrm_front_map *map, unsigned long seq)
{
	return map->ops->read_retry && map->ops->read_retry(map, seq);
}

/* Return: true if no request is needed; false: @batch says what to ask for */
static bool serve_locally(struct pvdrm_fault *fault, struct pvdrm_batch *batch)
{
	struct pvdrm_front_map *map = fault->map;
	unsigned long seq = read_begin(map);
	bool served = true;

	mutex_lock(&map->lock);
	if (map->lost) {
		fault->ret = show_zero(map, fault->vmf);
	} else if (read_retry(map, seq) ||
		   !map->ops->insert_known(map, fault->vmf, fault->index,
					   &fault->ret)) {
		choose_range(fault, batch);
		fault->nr_inval = map->nr_inval;
		served = false;
	}
	mutex_unlock(&map->lock);
	return served;
}

static bool names_entries(const struct pvdrm_front *front)
{
	return front->window.mode == PVDRM_VRAM_PTES &&
	       READ_ONCE(front->window.seen);
}

/*
 * From here on, the VMA is not touched any more, nor the mm. The file keeps this
 * module loaded.
 */
static void unlock(struct pvdrm_fault *fault)
{
	struct vm_area_struct *vma = fault->vmf->vma;

	refcount_inc(&fault->map->refs);
	fault->file = get_file(vma->vm_file);
	fault->vmf = NULL;
	pvdrm_stat_inc(&fault->map->front->stats, PVDRM_STAT_FAULT_UNLOCKED);
	mmap_read_unlock(vma->vm_mm);
}

/* Return: 0: @batch says what to ask for; FAULT_DONE; or an error */
static int begin_locked(struct pvdrm_fault *fault, struct pvdrm_batch *batch)
{
	int err = reserve_chunk_tables(fault);

	if (err)
		return err;
	if (serve_locally(fault, batch))
		return FAULT_DONE;
	if (!fault_flag_allow_retry_first(fault->vmf->flags) ||
	    names_entries(fault->map->front))
		return 0;
	if (fault->vmf->flags & FAULT_FLAG_RETRY_NOWAIT) {
		fault->ret = VM_FAULT_RETRY;
		return FAULT_DONE;
	}
	unlock(fault);
	return 0;
}

/* The same, to ask once more */
static int begin_unlocked(struct pvdrm_fault *fault, struct pvdrm_batch *batch)
{
	struct pvdrm_front_map *map = fault->map;
	int ret = 0;

	mutex_lock(&map->lock);
	if (map->lost || map->ended ||
	    pvdrm_front_map_has_page(map, fault->index)) {
		ret = FAULT_DONE;
	} else {
		choose_range(fault, batch);
		fault->nr_inval = map->nr_inval;
	}
	mutex_unlock(&map->lock);
	return ret;
}

/* --------------------------------------------------------------- the request */

/* The host is moving the page, or was interrupted: ask again. */
static int refusal(int status)
{
	switch (status) {
	case -EAGAIN:
	case -EBUSY:
	case -EINTR:
	case -XENDRM_ERESTARTSYS:
		return FAULT_AGAIN;
	default:
		return status;
	}
}

/* No reason to kill the program at once */
static int host_is_short(struct pvdrm_fault *fault)
{
	if (++fault->shortages > MAX_SHORTAGES)
		return -ENOMEM;
	schedule_timeout_killable(msecs_to_jiffies(SHORTAGE_MS));
	return FAULT_AGAIN;
}

static int request_fault(struct pvdrm_fault *fault, struct pvdrm_batch *batch)
{
	struct pvdrm_front *front = fault->map->front;
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_FAULT,
		.req.u.fault.map = fault->map->id,
		.req.u.fault.first = batch->first,
		.req.u.fault.count = batch->count,
		.req.u.fault.wanted = batch->wanted,
		.in = batch->reply,
		.in_len = batch->count * sizeof(*batch->reply),
		.wait = PVDRM_WAIT_KILL,
	};
	struct pvdrm_front_map *map = fault->map;
	const char *why;
	int err = 0;

	if (map->ops->prepare && fault->vmf)
		err = map->ops->prepare(map, fault->vmf->vma, batch, &call.req);
	if (!err)
		err = pvdrm_front_call(front, &call);
	if (err)
		return err;
	if (call.rsp.status == -ENOMEM)
		return host_is_short(fault);
	if (call.rsp.status < 0)
		return refusal(call.rsp.status);
	why = pvdrm_batch_check(front, batch->reply, batch->count,
				call.rsp.rsp_len);
	if (why) {
		pvdrm_front_fail(front, why);
		return -ENODEV;
	}
	fault->inval_seq = call.rsp.inval_seq;
	return 0;
}

/* ----------------------------------------------------- with a reply, locked */

/* Not by number alone: it wraps, and most mappings are never invalidated. */
static bool overtaken(struct pvdrm_fault *fault)
{
	struct pvdrm_front_map *map = fault->map;

	return map->nr_inval != fault->nr_inval &&
	       (s32)(map->last_inval - fault->inval_seq) > 0;
}

/* A host that is short of grants gives fewer pages than it was asked for. */
static void note_end(struct pvdrm_front_map *map, const struct pvdrm_batch *batch)
{
	u32 i = batch->wanted - batch->first;

	while (i < batch->count && batch->reply[i].kind != XENDRM_PAGE_NONE)
		i++;
	map->next = batch->first + i;
}

/*
 * If the backend is closing the connection, the grants may be gone already. Ask
 * again: there will be no response until the connection is known to be dead.
 */
static bool reply_is_bad(struct pvdrm_fault *fault)
{
	return fault->ret == VM_FAULT_SIGBUS &&
	       !pvdrm_front_map_has_page(fault->map, fault->index) &&
	       ++fault->bad_replies < MAX_BAD_REPLIES;
}

static int map_reply(struct pvdrm_fault *fault, struct pvdrm_batch *batch)
{
	struct pvdrm_front_map *map = fault->map;
	unsigned long seq = read_begin(map);
	int ret = 0;

	mutex_lock(&map->lock);
	if (map->lost)
		fault->ret = show_zero(map, fault->vmf);
	else if (overtaken(fault) || read_retry(map, seq) ||
		 !pvdrm_chunks_present(map, batch->first, batch->count))
		ret = FAULT_AGAIN;
	else
		fault->ret = map->ops->map(map, fault->vmf, batch);
	if (!ret)
		note_end(map, batch);
	if (!ret && reply_is_bad(fault))
		ret = FAULT_AGAIN;
	mutex_unlock(&map->lock);
	return ret;
}

/*
 * Without mmap_lock. Nothing is kept in a mapping that has ended: nobody would
 * unmap it.
 */
static int keep_reply(struct pvdrm_fault *fault, struct pvdrm_batch *batch)
{
	struct pvdrm_front_map *map = fault->map;
	int ret = 0;

	mutex_lock(&map->lock);
	if (map->lost || map->ended)
		ret = 0;
	else if (overtaken(fault) ||
		 !pvdrm_chunks_present(map, batch->first, batch->count))
		ret = FAULT_AGAIN;
	else
		ret = map->ops->keep(map, batch);
	if (!ret)
		note_end(map, batch);
	mutex_unlock(&map->lock);
	return ret;
}

/* ----------------------------------------------------------------- all of it */

static vm_fault_t fault_error(struct pvdrm_fault *fault, int err)
{
	vm_fault_t ret;

	switch (err) {
	case -ENODEV:
		mutex_lock(&fault->map->lock);
		ret = show_zero(fault->map, fault->vmf);
		mutex_unlock(&fault->map->lock);
		return ret;
	case -ENOMEM:
		return VM_FAULT_OOM;
	default:
		return VM_FAULT_SIGBUS;
	}
}

/* Return: as try_fault() */
static int ask(struct pvdrm_fault *fault, struct pvdrm_batch *batch)
{
	int err = 0;

	if (fault->vmf)
		err = reserve_tables(fault, batch->first,
				     batch->first + batch->count);
	if (!err)
		err = pvdrm_chunks_reserve(fault->map, batch->first,
					   batch->count);
	if (!err)
		err = request_fault(fault, batch);
	if (err)
		return err;
	return fault->vmf ? map_reply(fault, batch) : keep_reply(fault, batch);
}

/* Return: 0 or FAULT_DONE: fault->ret is the result; FAULT_AGAIN; or an error */
static int try_fault(struct pvdrm_fault *fault)
{
	struct pvdrm_batch batch;
	int err;

	err = fault->vmf ? begin_locked(fault, &batch) :
			   begin_unlocked(fault, &batch);
	if (err)
		return err;
	err = pvdrm_batch_alloc(&batch);
	if (err)
		return err;
	err = ask(fault, &batch);
	if (err == FAULT_AGAIN)
		pvdrm_stat_inc(&fault->map->front->stats,
			       PVDRM_STAT_FAULT_RETRIES);
	kvfree(batch.reply);
	return err;
}

/* Return: as try_fault(), but not FAULT_AGAIN */
static int repeat_fault(struct pvdrm_fault *fault)
{
	int err;

	do {
		/* The kernel itself may be the one that faults, again and again. */
		if (fatal_signal_pending(current))
			return -EINTR;
		err = try_fault(fault);
		/* The host may lack grants that are mapped in cached mappings. */
		if (err == -ENOMEM && pvdrm_pool_flush(fault->map->front))
			err = FAULT_AGAIN;
		cond_resched();
	} while (err == FAULT_AGAIN);
	return err;
}

/* Whatever has come of it, the second try finds out. */
static vm_fault_t fault_unlocked(struct pvdrm_fault *fault)
{
	pvdrm_front_map_put(fault->map);
	fput(fault->file);
	return VM_FAULT_RETRY;
}

static bool find_page(struct pvdrm_front_map *map, struct vm_fault *vmf, u32 *index)
{
	unsigned long page = vmf->pgoff - map->pgoff;

	if (vmf->pgoff < map->pgoff || page >= map->nr_pages)
		return false;
	if (map->ops->fits && !map->ops->fits(map, vmf->vma))
		return false;
	*index = page;
	return true;
}

/**
 * pvdrm_front_map_fault() - vm_operations_struct.fault
 * @vmf: the fault
 *
 * Kernels that fault with a lock on the VMA alone take mmap_lock before they call
 * this, since there is no map_pages().
 *
 * Return: VM_FAULT_NOPAGE if the page is mapped, or may be next time; VM_FAULT_RETRY
 * if mmap_lock was dropped, or was to be and must not.
 */
vm_fault_t pvdrm_front_map_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct pvdrm_fault fault = {
		.map = vma->vm_private_data,
		.vmf = vmf,
	};
	int err;

	if (!find_page(fault.map, vmf, &fault.index))
		return VM_FAULT_SIGBUS;
	pvdrm_ahead_touched(fault.map);
	fault.low = vma->vm_pgoff - fault.map->pgoff;
	fault.high = min_t(unsigned long, fault.low + vma_pages(vma),
			   fault.map->nr_pages);
	if (!(vmf->flags & FAULT_FLAG_TRIED))
		pvdrm_stat_inc(&fault.map->front->stats, PVDRM_STAT_FAULTS);
	err = repeat_fault(&fault);
	if (!fault.vmf)
		return fault_unlocked(&fault);
	return err < 0 ? fault_error(&fault, err) : fault.ret;
}

/**
 * pvdrm_front_map_pfn_mkwrite() - vm_operations_struct.pfn_mkwrite
 * @vmf: a write to a page that is mapped for reading only
 *
 * Return: 0: make it writable; VM_FAULT_NOPAGE: fault again.
 */
vm_fault_t pvdrm_front_map_pfn_mkwrite(struct vm_fault *vmf)
{
	struct pvdrm_front_map *map = vmf->vma->vm_private_data;
	vm_fault_t ret = 0;
	u32 index;

	if (!find_page(map, vmf, &index))
		return VM_FAULT_SIGBUS;
	mutex_lock(&map->lock);
	if (!map->lost)
		ret = map->ops->make_writable(map, index);
	mutex_unlock(&map->lock);
	return ret;
}
