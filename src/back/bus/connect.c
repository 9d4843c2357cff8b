// SPDX-License-Identifier: GPL-2.0-only
/*
 * connect.c: read the guest's keys, map what it shares, bind the event channel
 *
 * Every key is written by the guest: each is checked against its bounds, and
 * errors name the key.
 */
#include <linux/interrupt.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <xen/events.h>
#include <xen/grant_table.h>

#include "back/bus/back.h"
#include "back/bus/connect.h"
#include "back/bus/link.h"
#include "back/memory/lru.h"
#include "back/transport/irq.h"
#include "back/vram/vram.h"

#define DATA_BATCH	64
#define HANDLE_NONE	((grant_handle_t)~0u)

/* On the way through connecting; small enough for the stack */
struct keys {
	u32 version;
	u32 ring_order;
	u32 event_ref;
	u32 data_pages;
	u32 evtchn;
};

static int read_number(struct pvdrm_link *link, struct xenbus_device *xdev,
		       const char *key, u32 *value)
{
	int ret = xenbus_scanf(XBT_NIL, xdev->otherend, key, "%u", value);

	if (ret == 1)
		return 0;
	pvdrm_back_fail(link->back, -EINVAL, "%s/%s: %s", xdev->otherend, key,
			ret == -ENOENT ? "missing" : "not a number");
	return -EINVAL;
}

static int read_bounded(struct pvdrm_link *link, struct xenbus_device *xdev,
			const char *key, u32 low, u32 high, u32 *value)
{
	int ret = read_number(link, xdev, key, value);

	if (ret)
		return ret;
	if (*value >= low && *value <= high)
		return 0;
	pvdrm_back_fail(link->back, -EINVAL, "%s/%s: %u is not in %u..%u",
			xdev->otherend, key, *value, low, high);
	return -EINVAL;
}

static int read_refs(struct pvdrm_link *link, struct xenbus_device *xdev,
		     const char *fmt, u32 count, grant_ref_t *refs)
{
	char key[24];
	u32 i;
	int ret = 0;

	for (i = 0; i < count && !ret; i++) {
		/* XENDRM_KEY_RING_REF and _DATA_REF take one number. */
		snprintf(key, sizeof(key), fmt, i);
		ret = read_number(link, xdev, key, &refs[i]);
	}
	return ret;
}

static int read_keys(struct pvdrm_link *link, struct xenbus_device *xdev,
		     struct keys *keys)
{
	int ret;

	ret = read_bounded(link, xdev, XENDRM_KEY_VERSION,
			   XENDRM_PROTOCOL_VERSION, XENDRM_PROTOCOL_VERSION,
			   &keys->version);
	ret = ret ?: read_bounded(link, xdev, XENDRM_KEY_RING_ORDER, 0,
				  XENDRM_MAX_RING_ORDER, &keys->ring_order);
	ret = ret ?: read_number(link, xdev, XENDRM_KEY_EVENT_REF,
				 &keys->event_ref);
	ret = ret ?: read_bounded(link, xdev, XENDRM_KEY_DATA_PAGES, 1,
				  XENDRM_MAX_DATA_PAGES, &keys->data_pages);
	ret = ret ?: read_number(link, xdev, XENDRM_KEY_EVENT_CHANNEL,
				 &keys->evtchn);
	link->feature_objects = xenbus_read_unsigned(xdev->otherend,
						     XENDRM_KEY_OBJECTS, 0);
	link->feature_submit = xenbus_read_unsigned(xdev->otherend,
						    XENDRM_KEY_FEATURE_SUBMIT,
						    0);
	link->quiet_fences =
		xenbus_read_unsigned(xdev->otherend,
				     XENDRM_KEY_FEATURE_QUIET_FENCES, 0);
	return ret;
}

static int map_pages(struct pvdrm_link *link, struct xenbus_device *xdev,
		     const char *what, grant_ref_t *refs, u32 count,
		     void **addr)
{
	int ret = xenbus_map_ring_valloc(xdev, refs, count, addr);

	if (ret)
		pvdrm_back_fail(link->back, ret, "%s/%s: cannot map: %d",
				xdev->otherend, what, ret);
	return ret;
}

static int map_ring(struct pvdrm_link *link, struct xenbus_device *xdev,
		    u32 order)
{
	grant_ref_t refs[1 << XENDRM_MAX_RING_ORDER];
	u32 pages = 1u << order;
	void *addr;
	int ret;

	ret = read_refs(link, xdev, XENDRM_KEY_RING_REF, pages, refs);
	ret = ret ?: map_pages(link, xdev, "ring-ref", refs, pages, &addr);
	if (ret)
		return ret;
	BACK_RING_INIT(&link->ring, (struct xendrm_sring *)addr,
		       (size_t)pages * XENDRM_PAGE_SIZE);
	link->ring_ents = RING_SIZE(&link->ring);
	return 0;
}

static int map_events(struct pvdrm_link *link, struct xenbus_device *xdev,
		      grant_ref_t ref)
{
	void *addr;
	int ret = map_pages(link, xdev, XENDRM_KEY_EVENT_REF, &ref, 1, &addr);

	if (!ret)
		link->events = addr;
	return ret;
}

/* The pages with the data area's references: copied once, and unmapped. */
static int read_directory(struct pvdrm_link *link, struct xenbus_device *xdev,
			  u32 pages, grant_ref_t *refs)
{
	grant_ref_t dir[XENDRM_MAX_DATA_PAGES / XENDRM_REFS_PER_PAGE];
	u32 dirs = DIV_ROUND_UP(pages, XENDRM_REFS_PER_PAGE);
	void *addr;
	int ret;

	ret = read_refs(link, xdev, XENDRM_KEY_DATA_REF, dirs, dir);
	ret = ret ?: map_pages(link, xdev, "data-ref", dir, dirs, &addr);
	if (ret)
		return ret;
	memcpy(refs, addr, pages * sizeof(*refs));
	xenbus_unmap_ring_vfree(xdev, addr);
	return 0;
}

static int map_data_batch(struct pvdrm_link *link, u32 first, u32 count,
			  const grant_ref_t *refs,
			  struct gnttab_map_grant_ref *ops)
{
	u32 i;
	int ret;

	for (i = 0; i < count; i++)
		gnttab_set_map_op(&ops[i],
				  (phys_addr_t)page_address(link->data[first + i]),
				  GNTMAP_host_map, refs[first + i],
				  link->back->domid);
	ret = gnttab_map_refs(ops, NULL, &link->data[first], count);
	for (i = 0; i < count; i++) {
		if (ops[i].status == GNTST_okay)
			link->data_handles[first + i] = ops[i].handle;
		else if (!ret)
			ret = -EINVAL;
	}
	return ret;
}

static int map_data_refs(struct pvdrm_link *link, const grant_ref_t *refs)
{
	struct gnttab_map_grant_ref *ops;
	u32 first, count;
	int ret = 0;

	ops = kcalloc(DATA_BATCH, sizeof(*ops), GFP_KERNEL);
	if (!ops)
		return -ENOMEM;
	for (first = 0; first < link->data_pages && !ret; first += count) {
		count = min_t(u32, DATA_BATCH, link->data_pages - first);
		ret = map_data_batch(link, first, count, refs, ops);
		if (ret)
			pvdrm_back_fail(link->back, ret,
					"data area: cannot map pages %u..%u",
					first, first + count - 1);
	}
	kfree(ops);
	return ret;
}

static int alloc_data(struct pvdrm_link *link, u32 pages)
{
	int ret;
	u32 i;

	link->data = kvcalloc(pages, sizeof(*link->data), GFP_KERNEL);
	link->data_handles = kvcalloc(pages, sizeof(*link->data_handles),
				      GFP_KERNEL);
	if (!link->data || !link->data_handles)
		return -ENOMEM;
	for (i = 0; i < pages; i++)
		link->data_handles[i] = HANDLE_NONE;
	ret = gnttab_alloc_pages(pages, link->data);
	if (!ret)
		link->data_pages = pages;
	return ret;
}

static int map_data(struct pvdrm_link *link, struct xenbus_device *xdev,
		    u32 pages)
{
	grant_ref_t *refs = kvcalloc(pages, sizeof(*refs), GFP_KERNEL);
	int ret = refs ? 0 : -ENOMEM;

	ret = ret ?: read_directory(link, xdev, pages, refs);
	ret = ret ?: alloc_data(link, pages);
	ret = ret ?: map_data_refs(link, refs);
	if (ret == -ENOMEM)
		pvdrm_back_fail(link->back, ret,
				"no memory for a data area of %u pages", pages);
	kvfree(refs);
	return ret;
}

static bool unmap_data_batch(struct pvdrm_link *link, u32 first, u32 count,
			     struct gnttab_unmap_grant_ref *ops,
			     struct page **pages)
{
	struct page *page;
	u32 i, n = 0;
	bool ok;

	for (i = first; i < first + count; i++) {
		if (link->data_handles[i] == HANDLE_NONE)
			continue;
		page = link->data[i];
		gnttab_set_unmap_op(&ops[n], (phys_addr_t)page_address(page),
				    GNTMAP_host_map, link->data_handles[i]);
		link->data_handles[i] = HANDLE_NONE;
		pages[n++] = page;
	}
	ok = !n || !gnttab_unmap_refs(ops, NULL, pages, n);
	while (ok && n)
		ok = ops[--n].status == GNTST_okay;
	return ok;
}

static bool unmap_data_refs(struct pvdrm_link *link)
{
	struct gnttab_unmap_grant_ref *ops;
	struct page **pages;
	bool ok = true;
	u32 first;

	/* Not worth failing for: in a teardown there is no other way. */
	ops = kcalloc(DATA_BATCH, sizeof(*ops), GFP_KERNEL | __GFP_NOFAIL);
	pages = kcalloc(DATA_BATCH, sizeof(*pages), GFP_KERNEL | __GFP_NOFAIL);
	for (first = 0; first < link->data_pages; first += DATA_BATCH)
		ok &= unmap_data_batch(link, first,
				       min_t(u32, DATA_BATCH,
					     link->data_pages - first),
				       ops, pages);
	kfree(pages);
	kfree(ops);
	return ok;
}

static void unmap_data(struct pvdrm_link *link)
{
	if (link->data_pages) {
		/* Never give pages back that are still the guest's. */
		if (unmap_data_refs(link))
			gnttab_free_pages(link->data_pages, link->data);
		else
			pr_err("pvdrm-back: leaking a data area of %u pages\n",
			       link->data_pages);
		link->data_pages = 0;
	}
	kvfree(link->data_handles);
	kvfree(link->data);
	link->data_handles = NULL;
	link->data = NULL;
}

static int bind_channel(struct pvdrm_link *link, struct xenbus_device *xdev,
			u32 evtchn)
{
	int irq = bind_interdomain_evtchn_to_irqhandler_lateeoi(xdev, evtchn,
			pvdrm_back_irq, 0, "pvdrm-back", link);

	if (irq < 0) {
		pvdrm_back_fail(link->back, irq, "%s/%s: cannot bind %u: %d",
				xdev->otherend, XENDRM_KEY_EVENT_CHANNEL,
				evtchn, irq);
		return irq;
	}
	link->irq = irq;
	return 0;
}

static void link_free(struct kref *ref)
{
	struct pvdrm_link *link = container_of(ref, struct pvdrm_link, ref);

	pvdrm_lru_exit(link);
	xa_destroy(&link->files);
	xa_destroy(&link->maps);
	xa_destroy(&link->objects.ids);
	xa_destroy(&link->imports.ids);
	pvdrm_vram_close(link);
	pvdrm_back_put(link->back);
	kvfree(link);
}

/**
 * pvdrm_link_create() - a connection, not connected yet
 * @back: the device
 * @server: the process
 *
 * Return: with a reference for the caller, or NULL if out of memory.
 */
struct pvdrm_link *pvdrm_link_create(struct pvdrm_back *back,
				     struct pvdrm_server *server)
{
	struct pvdrm_link *link = kvzalloc(sizeof(*link), GFP_KERNEL);

	if (!link)
		return NULL;
	kref_init(&link->ref);
	link->free = link_free;
	kref_get(&back->ref);
	link->back = back;
	link->server = server;
	INIT_LIST_HEAD(&link->list);
	init_rwsem(&link->io);
	spin_lock_init(&link->rsp_lock);
	mutex_init(&link->event_lock);
	init_waitqueue_head(&link->ack_wait);
	spin_lock_init(&link->slot_lock);
	spin_lock_init(&link->fence_lock);
	xa_init_flags(&link->files, XA_FLAGS_ALLOC1);
	xa_init_flags(&link->maps, XA_FLAGS_ALLOC1);
	pvdrm_objects_init(&link->objects);
	pvdrm_imports_init(&link->imports);
	pvdrm_signals_init(&link->signals);
	pvdrm_lru_init(link);
	return link;
}

/**
 * pvdrm_link_connect() - map and bind what the guest offers
 * @link: new
 * @xdev: the device; its lock is held
 *
 * Return: 0, or an error, the reason told; what was done is then for
 * pvdrm_link_disconnect() to undo.
 */
int pvdrm_link_connect(struct pvdrm_link *link, struct xenbus_device *xdev)
{
	struct keys keys;
	int ret;

	ret = read_keys(link, xdev, &keys);
	ret = ret ?: map_ring(link, xdev, keys.ring_order);
	ret = ret ?: map_events(link, xdev, keys.event_ref);
	ret = ret ?: map_data(link, xdev, keys.data_pages);
	ret = ret ?: pvdrm_vram_open(link, xdev);
	ret = ret ?: bind_channel(link, xdev, keys.evtchn);
	return ret;
}

/**
 * pvdrm_link_disconnect() - undo pvdrm_link_connect(), as far as it got
 * @link: dead: nothing touches shared memory but the event handler
 * @xdev: the device
 */
void pvdrm_link_disconnect(struct pvdrm_link *link, struct xenbus_device *xdev)
{
	if (link->irq)
		unbind_from_irqhandler(link->irq, link);
	link->irq = 0;
	unmap_data(link);
	if (link->events)
		xenbus_unmap_ring_vfree(xdev, link->events);
	link->events = NULL;
	if (link->ring.sring)
		xenbus_unmap_ring_vfree(xdev, link->ring.sring);
	link->ring.sring = NULL;
}
