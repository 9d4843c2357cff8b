// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault.c: a program touches a page of a mapping that is not there
 *
 * The backend is asked for the page and some around it. Its reply may have been
 * overtaken by an invalidation: it is taken only if the mapping was not
 * invalidated since the request was sent, or if the reply knows of that
 * invalidation; else it is asked again. The mapping's lock is not held while
 * waiting, since the invalidation needs it.
 */
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "front/memory/map.h"

#define FAULT_AROUND_MIN	64u
/* A reply with grants that cannot be mapped: the backend is closing, or broken. */
#define MAX_BAD_REPLIES	8
/* The host is out of grants, and of others to take back: for so long */
#define MAX_SHORTAGES	50
#define SHORTAGE_MS	10

/* Internal answers of the steps, beside errnos */
#define FAULT_AGAIN	1

struct pvdrm_fault {
	struct pvdrm_front_map *map;
	struct vm_fault *vmf;
	u32 index;		/* the page touched */
	u64 nr_inval;		/* of the mapping when the request was sent */
	u32 inval_seq;		/* of the reply */
	u32 bad_replies;
	u32 shortages;
	vm_fault_t ret;
};

/* --------------------------------------------------- locked: before and without */

/* What a lost device shows: zeroes that only this mapping sees */
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
 * An aligned window around the page; a growing one ahead of it when pages are
 * touched in order, since a round trip costs more than mapping many pages.
 */
static void choose_range(struct pvdrm_fault *fault, struct pvdrm_batch *batch)
{
	struct vm_area_struct *vma = fault->vmf->vma;
	struct pvdrm_front_map *map = fault->map;
	u32 low = vma->vm_pgoff - map->pgoff;
	u32 high = min_t(unsigned long, low + vma_pages(vma), map->nr_pages);
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
	first = max(first, low);
	last = min(last, high);
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

	/* Entries are not looked at. */
	return apply_to_page_range(vma->vm_mm, address, PAGE_SIZE, NULL, NULL);
}

/*
 * Page tables for pages [first, last), at most two of them. Memory for these
 * must not be looked for under the mapping's lock: that can wait for the disk,
 * or run into a notifier that takes the lock.
 */
static int reserve_tables(struct pvdrm_fault *fault, u32 first, u32 last)
{
	int err = reserve_table(fault, first);

	return err ?: reserve_table(fault, last - 1);
}

static int reserve_chunk_tables(struct pvdrm_fault *fault)
{
	struct vm_area_struct *vma = fault->vmf->vma;
	u32 low = vma->vm_pgoff - fault->map->pgoff;
	u32 first = round_down(fault->index, PVDRM_CHUNK_PAGES);
	u32 last = min_t(unsigned long, first + PVDRM_CHUNK_PAGES,
			 low + vma_pages(vma));

	return reserve_tables(fault, max(first, low), last);
}

static unsigned long read_begin(struct pvdrm_front_map *map)
{
	return map->ops->read_begin ? map->ops->read_begin(map) : 0;
}

static bool read_retry(struct pvdrm_front_map *map, unsigned long seq)
{
	return map->ops->read_retry && map->ops->read_retry(map, seq);
}

/* True if no request is needed; else @batch says what to ask for. */
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

/* ------------------------------------------------------------ unlocked: asking */

static int reserve_chunk(struct pvdrm_front_map *map, unsigned long i)
{
	struct pvdrm_chunk *chunk;
	int err;

	if (xa_load(&map->chunks, i))
		return 0;
	chunk = kzalloc(sizeof(*chunk), GFP_KERNEL);
	if (!chunk)
		return -ENOMEM;
	chunk->nr = min_t(u32, PVDRM_CHUNK_PAGES,
			  map->nr_pages - (i << PVDRM_CHUNK_SHIFT));
	err = map->ops->init_chunk(chunk);
	if (!err) {
		err = xa_insert(&map->chunks, i, chunk, GFP_KERNEL);
		if (!err)
			return 0;
		map->ops->free_chunk(chunk);
	}
	kfree(chunk);
	/* Another thread made it. */
	return err == -EBUSY ? 0 : err;
}

static int reserve_chunks(struct pvdrm_front_map *map, struct pvdrm_batch *batch)
{
	u32 last = (batch->first + batch->count - 1) >> PVDRM_CHUNK_SHIFT;
	int err = 0;
	u32 i;

	for (i = batch->first >> PVDRM_CHUNK_SHIFT; i <= last && !err; i++)
		err = reserve_chunk(map, i);
	return err;
}

static int batch_alloc(struct pvdrm_batch *batch)
{
	u32 n = batch->count;
	void *room;

	room = kvmalloc_array(n, sizeof(*batch->reply) + sizeof(*batch->ops) +
			      sizeof(*batch->pages) + sizeof(*batch->index),
			      GFP_KERNEL);
	if (!room)
		return -ENOMEM;
	batch->reply = room;
	batch->ops = (void *)(batch->reply + n);
	batch->pages = (void *)(batch->ops + n);
	batch->index = (void *)(batch->pages + n);
	batch->nr = 0;
	return 0;
}

static const char *check_page(const struct pvdrm_front *front,
			      const struct xendrm_page *page)
{
	if (page->kind > XENDRM_PAGE_DEVICE ||
	    page->flags & ~XENDRM_PAGE_READONLY ||
	    page->cache > XENDRM_CACHE_UC || page->reserved ||
	    (page->kind != XENDRM_PAGE_DEVICE && page->frame))
		return "FAULT answered with an unknown kind of page";
	if (page->kind == XENDRM_PAGE_DEVICE)
		return pvdrm_vram_window_check(&front->window, page);
	return NULL;
}

static const char *check_reply(const struct pvdrm_front *front,
			       const struct pvdrm_batch *batch, u32 len)
{
	const char *why = NULL;
	u32 i;

	if (len != batch->count * sizeof(*batch->reply))
		return "FAULT answered with a payload of the wrong length";
	for (i = 0; i < batch->count && !why; i++)
		why = check_page(front, &batch->reply[i]);
	return why;
}

/* The host's page moves just now, or the host was interrupted: ask again. */
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

/* It does not kill a program, and a copy in the kernel does not fail at once. */
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

	if (map->ops->prepare)
		err = map->ops->prepare(map, fault->vmf->vma, batch, &call.req);
	if (!err)
		err = pvdrm_front_call(front, &call);
	if (err)
		return err;
	if (call.rsp.status == -ENOMEM)
		return host_is_short(fault);
	if (call.rsp.status < 0)
		return refusal(call.rsp.status);
	why = check_reply(front, batch, call.rsp.rsp_len);
	if (why) {
		pvdrm_front_fail(front, why);
		return -ENODEV;
	}
	fault->inval_seq = call.rsp.inval_seq;
	return 0;
}

/* --------------------------------------------------------- locked: with a reply */

/* The number alone would not do: it wraps, and most mappings never see one. */
static bool overtaken(struct pvdrm_fault *fault)
{
	struct pvdrm_front_map *map = fault->map;

	return map->nr_inval != fault->nr_inval &&
	       (s32)(map->last_inval - fault->inval_seq) > 0;
}

/*
 * An invalidation takes chunks away that are empty, and with them the room that
 * was reserved before the request.
 */
static bool chunks_there(struct pvdrm_front_map *map,
			 const struct pvdrm_batch *batch)
{
	u32 last = (batch->first + batch->count - 1) >> PVDRM_CHUNK_SHIFT;
	u32 i;

	for (i = batch->first >> PVDRM_CHUNK_SHIFT; i <= last; i++)
		if (!xa_load(&map->chunks, i))
			return false;
	return true;
}

/* A host that is short of grants gives less than it was asked for. */
static void note_end(struct pvdrm_front_map *map, const struct pvdrm_batch *batch)
{
	u32 i = batch->wanted - batch->first;

	while (i < batch->count && batch->reply[i].kind != XENDRM_PAGE_NONE)
		i++;
	map->next = batch->first + i;
}

/*
 * The grants are gone if the backend closes the connection just now: asked once
 * more, it does not answer until that is known here, too.
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
	else if (overtaken(fault) || !chunks_there(map, batch) ||
		 read_retry(map, seq))
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

/* ------------------------------------------------------------------- the whole */

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

/* 0: fault->ret is the answer; FAULT_AGAIN; or an error */
static int try_fault(struct pvdrm_fault *fault)
{
	struct pvdrm_batch batch;
	int err;

	err = reserve_chunk_tables(fault);
	if (err)
		return err;
	if (serve_locally(fault, &batch))
		return 0;
	err = batch_alloc(&batch);
	if (err)
		return err;
	err = reserve_tables(fault, batch.first, batch.first + batch.count);
	if (!err)
		err = reserve_chunks(fault->map, &batch);
	if (!err)
		err = request_fault(fault, &batch);
	if (!err)
		err = map_reply(fault, &batch);
	if (err == FAULT_AGAIN)
		pvdrm_stat_inc(&fault->map->front->stats,
			       PVDRM_STAT_FAULT_RETRIES);
	kvfree(batch.reply);
	return err;
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
 * Return: VM_FAULT_NOPAGE when the page is there, or may be next time.
 */
vm_fault_t pvdrm_front_map_fault(struct vm_fault *vmf)
{
	struct pvdrm_fault fault = {
		.map = vmf->vma->vm_private_data,
		.vmf = vmf,
	};
	int err;

	if (!find_page(fault.map, vmf, &fault.index))
		return VM_FAULT_SIGBUS;
	pvdrm_stat_inc(&fault.map->front->stats, PVDRM_STAT_FAULTS);
	do {
		/* A copy in the kernel would try again for ever. */
		if (fatal_signal_pending(current))
			return VM_FAULT_SIGBUS;
		err = try_fault(&fault);
		/* Grants that are only kept may be what is missing. */
		if (err == -ENOMEM && pvdrm_pool_flush(fault.map->front))
			err = FAULT_AGAIN;
		cond_resched();
	} while (err == FAULT_AGAIN);
	return err ? fault_error(&fault, err) : fault.ret;
}

/**
 * pvdrm_front_map_pfn_mkwrite() - vm_operations_struct.pfn_mkwrite
 * @vmf: a write to a page that is mapped for reading only
 *
 * Return: 0 to make it writable, VM_FAULT_NOPAGE to touch it again.
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

/**
 * pvdrm_batch_record() - note which map operations of a batch succeeded
 * @map: the mapping, locked
 * @batch: its operations are done
 *
 * Return: how many.
 */
u32 pvdrm_batch_record(struct pvdrm_front_map *map, struct pvdrm_batch *batch)
{
	struct pvdrm_chunk *chunk;
	u32 i, bit, done = 0;

	for (i = 0; i < batch->nr; i++) {
		struct gnttab_map_grant_ref *op = &batch->ops[i];

		chunk = pvdrm_front_map_chunk(map, batch->index[i]);
		bit = pvdrm_chunk_bit(batch->index[i]);
		if (op->status != GNTST_okay) {
			__clear_bit(bit, chunk->known);
			continue;
		}
		chunk->handles[bit] = op->handle;
		if (op->flags & GNTMAP_contains_pte)
			chunk->ptes[bit] = op->host_addr;
		__set_bit(bit, chunk->mapped);
		done++;
	}
	if (batch->nr)
		pvdrm_stat_inc(&map->front->stats, PVDRM_STAT_MAP_HYPERCALLS);
	pvdrm_stat_add(&map->front->stats, PVDRM_STAT_GRANTS, done);
	return done;
}
