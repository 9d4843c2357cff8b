// SPDX-License-Identifier: GPL-2.0-only
/*
 * pinned.c: all pages of a dma-buf of the host, as pages of the guest
 *
 * For devices of the guest, which cannot be told that a page goes away. So the
 * backend is asked for a mapping that it never invalidates, and all its pages are
 * mapped at once: grants, in pages that have no memory of their own. If the
 * connection ends meanwhile they stay: the backend keeps the memory until we let it
 * go.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <xen/xen.h>

#include "front/call/call.h"
#include "front/call/ring.h"
#include "front/front.h"
#include "front/memory/batch.h"
#include "front/memory/map_hvm.h"
#include "front/memory/pinned.h"

/* How long to wait while the host is out of grants */
#define MAX_TRIES	50
#define SHORTAGE_MS	10
/* For which kvcalloc() gives memory without a warning */
#define MAX_PAGES	(INT_MAX / sizeof(struct page *))

static atomic_t nr_pinned = ATOMIC_INIT(0);

/**
 * pvdrm_pinned_any() - whether devices of the guest have pages of a host
 *
 * Return: true if any has, of whatever connection.
 */
bool pvdrm_pinned_any(void)
{
	return atomic_read(&nr_pinned);
}

/* ------------------------------------------------------------ alloc and free */

static void pinned_release(struct pvdrm_pinned *pinned)
{
	kvfree(pinned->pages);
	kvfree(pinned->grefs);
	kvfree(pinned->handles);
	kfree(pinned->munmap);
	pvdrm_front_put(pinned->front);
	kfree(pinned);
}

static struct pvdrm_pinned *pinned_alloc(struct pvdrm_front *front, u32 nr)
{
	struct pvdrm_pinned *pinned = kzalloc(sizeof(*pinned), GFP_KERNEL);

	if (!pinned)
		return NULL;
	pinned->front = pvdrm_front_get(front);
	pinned->nr_pages = nr;
	pinned->munmap = kzalloc(sizeof(*pinned->munmap), GFP_KERNEL);
	pinned->pages = kvcalloc(nr, sizeof(*pinned->pages), GFP_KERNEL);
	pinned->grefs = kvcalloc(nr, sizeof(*pinned->grefs), GFP_KERNEL);
	pinned->handles = kvcalloc(nr, sizeof(*pinned->handles), GFP_KERNEL);
	if (pinned->munmap && pinned->pages && pinned->grefs && pinned->handles)
		return pinned;
	pinned_release(pinned);
	return NULL;
}

/* ------------------------------------------------------------------ requests */

static int request_mmap(struct pvdrm_pinned *pinned, u32 object)
{
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_MMAP,
		.req.u.mmap.object = object,
		.req.u.mmap.length = (u64)pinned->nr_pages << PAGE_SHIFT,
		.req.u.mmap.prot = XENDRM_PROT_READ | XENDRM_PROT_WRITE,
		.req.u.mmap.flags = XENDRM_MMAP_PIN,
		.wait = PVDRM_WAIT_SIGNAL,
		.may_block = true,
	};
	int err = pvdrm_front_call(pinned->front, &call);

	if (err)
		return err;
	pinned->id = call.rsp.map;
	return min(pvdrm_call_result(&call), 0L);
}

/*
 * What is freed must be free when the next one is asked for. But it is another device
 * that waits: not for long if the backend does not answer.
 */
static void request_munmap(struct pvdrm_pinned *pinned)
{
	struct pvdrm_post *post = pinned->munmap;
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_MUNMAP,
		.req.u.munmap.map = pinned->id,
		.wait = PVDRM_WAIT_BRIEF,
	};

	/* If this ends early, the request may have been sent: twice is harmless. */
	if (!pvdrm_front_call(pinned->front, &call))
		return;
	pinned->munmap = NULL;
	post->req = call.req;
	pvdrm_front_post(pinned->front, post);
}

static int request_fault(struct pvdrm_pinned *pinned, u32 first, u32 count,
			 struct xendrm_page *reply)
{
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_FAULT,
		.req.u.fault.map = pinned->id,
		.req.u.fault.first = first,
		.req.u.fault.count = count,
		.req.u.fault.wanted = first,
		.in = reply,
		.in_len = count * sizeof(*reply),
		.wait = PVDRM_WAIT_KILL,
	};
	struct pvdrm_front *front = pinned->front;
	const char *why;
	int err = pvdrm_front_call(front, &call);

	if (err)
		return err;
	if (call.rsp.status < 0)
		return pvdrm_call_result(&call);
	why = pvdrm_batch_check(front, reply, count, call.rsp.rsp_len);
	if (!why && reply[0].kind == XENDRM_PAGE_DEVICE)
		why = "a pinned page is the device's";
	if (why) {
		pvdrm_front_fail(front, why);
		return -ENODEV;
	}
	return reply[0].kind == XENDRM_PAGE_GRANT ? 0 : -EAGAIN;
}

static bool is_temporary(int err)
{
	return err == -EAGAIN || err == -EBUSY || err == -ENOMEM ||
	       err == -EINTR || err == -ERESTARTSYS;
}

/* Return: 0, and at least the page @first is granted; or an error. */
static int ask_for_pages(struct pvdrm_pinned *pinned, u32 first, u32 count,
			 struct xendrm_page *reply)
{
	int err, tries;

	for (tries = 0; tries < MAX_TRIES; tries++) {
		err = request_fault(pinned, first, count, reply);
		if (!is_temporary(err))
			return err;
		if (fatal_signal_pending(current))
			return -EINTR;
		/* What programs have freed may use up the grants. */
		if (err != -ENOMEM || !pvdrm_pool_flush(pinned->front))
			msleep(SHORTAGE_MS);
	}
	return err == -ENOMEM ? -ENOMEM : -EBUSY;
}

/* ------------------------------------------------------------ map and unmap */

/* Return: 0; -EIO: not all of them are mapped. */
static int map_batch(struct pvdrm_pinned *pinned, u32 first, u32 count)
{
	struct gnttab_map_grant_ref *op;
	int err, ret = 0;
	u32 i, at;

	for (i = 0; i < count; i++) {
		at = first + i;
		gnttab_set_map_op(&pinned->map[i],
				  (unsigned long)page_address(pinned->pages[at]),
				  GNTMAP_host_map, pinned->grefs[at],
				  pinned->front->backend);
	}
	err = gnttab_map_refs(pinned->map, NULL, pinned->pages + first, count);
	for (i = 0; i < count; i++) {
		op = &pinned->map[i];
		if (op->status == GNTST_okay) {
			pinned->handles[first + i] = op->handle;
			pvdrm_stat_inc(&pinned->front->stats, PVDRM_STAT_GRANTS);
		} else {
			ret = -EIO;
		}
	}
	return err ?: ret;
}

/* Map what was granted. Return: the number of pages, or an error */
static int map_granted(struct pvdrm_pinned *pinned, u32 first, u32 count,
		       const struct xendrm_page *reply)
{
	u32 i, n;
	int err;

	for (n = 0; n < count && reply[n].kind == XENDRM_PAGE_GRANT; n++) {
		pinned->grefs[first + n] = reply[n].gref;
		pinned->handles[first + n] = PVDRM_NO_HANDLE;
	}
	pinned->cache = reply[0].cache;
	err = gnttab_alloc_pages(n, pinned->pages + first);
	if (err)
		return err;
	pinned->nr_allocated = first + n;
	for (i = 0; i < n && !err; i += PVDRM_PINNED_BATCH)
		err = map_batch(pinned, first + i,
				min(n - i, PVDRM_PINNED_BATCH));
	return err ?: n;
}

static int map_all(struct pvdrm_pinned *pinned)
{
	u32 count, first = 0;
	struct xendrm_page *reply;
	int ret = 0;

	reply = kvmalloc_array(XENDRM_MAX_FAULT_PAGES, sizeof(*reply),
			       GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	while (first < pinned->nr_pages) {
		count = min_t(u32, pinned->nr_pages - first,
			      XENDRM_MAX_FAULT_PAGES);
		ret = ask_for_pages(pinned, first, count, reply);
		if (!ret)
			ret = map_granted(pinned, first, count, reply);
		if (ret < 0)
			break;
		first += ret;
		cond_resched();
	}
	kvfree(reply);
	return min(ret, 0);
}

/* Return: false if any is still mapped. */
static bool unmap_batch(struct pvdrm_pinned *pinned, u32 first, u32 count)
{
	u32 i, at, n = 0;
	bool done = true;

	for (i = 0; i < count; i++) {
		at = first + i;
		if (pinned->handles[at] == PVDRM_NO_HANDLE)
			continue;
		gnttab_set_unmap_op(&pinned->unmap[n],
				    (unsigned long)page_address(pinned->pages[at]),
				    GNTMAP_host_map, pinned->handles[at]);
		pinned->unmap_pages[n++] = pinned->pages[at];
	}
	if (!n)
		return true;
	if (gnttab_unmap_refs(pinned->unmap, NULL, pinned->unmap_pages, n))
		return false;
	pvdrm_stat_add(&pinned->front->stats, PVDRM_STAT_GRANTS, -(long)n);
	for (i = 0; i < n; i++)
		done &= pinned->unmap[i].status == GNTST_okay;
	return done;
}

static bool unmap_all(struct pvdrm_pinned *pinned)
{
	bool done = true;
	u32 i;

	for (i = 0; i < pinned->nr_allocated; i += PVDRM_PINNED_BATCH)
		done &= unmap_batch(pinned, i, min(pinned->nr_allocated - i,
						   PVDRM_PINNED_BATCH));
	return done;
}

/* ---------------------------------------------------------- create and free */

static int request_pin(struct pvdrm_pinned *pinned, u32 object)
{
	bool flushed = false;
	int err;

	do {
		err = request_mmap(pinned, object);
	} while (pvdrm_call_again(err) ||
		 pvdrm_pool_made_room(pinned->front, err, &flushed));
	return err;
}

/* From now on the backend must not invalidate it. */
static int publish(struct pvdrm_pinned *pinned)
{
	int err = xa_insert(&pinned->front->pinned, pinned->id, pinned,
			    GFP_KERNEL);

	if (err == -EBUSY)
		pvdrm_front_fail(pinned->front, "a mapping's id was given twice");
	if (err)
		request_munmap(pinned);
	return err;
}

/**
 * pvdrm_pinned_create() - map all pages of a dma-buf of the host
 * @front: the connection
 * @object: the backend's id of the dma-buf
 * @size: of the dma-buf, in bytes; from the backend
 *
 * Waits for the host, which may wait for its GPU.
 *
 * Return: the pages, for pvdrm_pinned_free(), or an error: see pvdrm_attach().
 */
struct pvdrm_pinned *pvdrm_pinned_create(struct pvdrm_front *front, u32 object,
					 u64 size)
{
	struct pvdrm_pinned *pinned;
	int err;

	if (!front->pins)
		return ERR_PTR(-EOPNOTSUPP);
	/* Before memory is allocated for each page: the backend chose the size. */
	if (!size || size > min_t(u64, totalram_pages(), MAX_PAGES) << PAGE_SHIFT)
		return ERR_PTR(-ENOMEM);
	pinned = pinned_alloc(front, DIV_ROUND_UP_ULL(size, PAGE_SIZE));
	if (!pinned)
		return ERR_PTR(-ENOMEM);
	err = request_pin(pinned, object);
	if (!err)
		err = publish(pinned);
	if (err) {
		pinned_release(pinned);
		return ERR_PTR(err);
	}
	pvdrm_stat_inc(&front->stats, PVDRM_STAT_MAPS);
	atomic_inc(&nr_pinned);
	err = map_all(pinned);
	if (err) {
		pvdrm_pinned_free(pinned);
		/* The backend ends its grants before we know that it is closing. */
		return ERR_PTR(READ_ONCE(front->dead) ? -ENODEV : err);
	}
	return pinned;
}

/**
 * pvdrm_pinned_free() - unmap all pages, and tell the backend
 * @pinned: no device uses it any more
 */
void pvdrm_pinned_free(struct pvdrm_pinned *pinned)
{
	struct pvdrm_front *front = pinned->front;

	if (unmap_all(pinned)) {
		gnttab_free_pages(pinned->nr_allocated, pinned->pages);
		request_munmap(pinned);
	} else {
		/* The pages leak, since they are the host's. */
		pvdrm_front_fail(front, "a grant could not be unmapped");
	}
	/* Only now: invalidations of unknown mappings are acknowledged. */
	xa_erase(&front->pinned, pinned->id);
	pvdrm_stat_add(&front->stats, PVDRM_STAT_MAPS, -1);
	atomic_dec(&nr_pinned);
	pinned_release(pinned);
}

/* --------------------------------------------------- in the kernel's addresses */

/**
 * pvdrm_pinned_vmap() - map all pages into the kernel's address space
 * @pinned: not mapped there yet
 *
 * Return: 0, and pinned->vaddr is set; or -errno.
 */
int pvdrm_pinned_vmap(struct pvdrm_pinned *pinned)
{
	if (IS_ENABLED(CONFIG_XEN_PV) && xen_pv_domain())
		return pvdrm_pinned_pv_vmap(pinned);
	pinned->vaddr = vmap(pinned->pages, pinned->nr_pages, VM_MAP,
			     pvdrm_memtype_prot(PAGE_KERNEL, pinned->cache));
	return pinned->vaddr ? 0 : -ENOMEM;
}

/**
 * pvdrm_pinned_vunmap() - undo pvdrm_pinned_vmap()
 * @pinned: mapped there
 */
void pvdrm_pinned_vunmap(struct pvdrm_pinned *pinned)
{
	if (IS_ENABLED(CONFIG_XEN_PV) && xen_pv_domain())
		pvdrm_pinned_pv_vunmap(pinned);
	else
		vunmap(pinned->vaddr);
	pinned->vaddr = NULL;
}
