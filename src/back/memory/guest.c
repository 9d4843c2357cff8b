// SPDX-License-Identifier: GPL-2.0-only
/*
 * guest.c: pages of the guest, mapped here
 *
 * In pages that have no memory of their own. They may be given to devices, whose
 * addresses of them are the machine's.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "back/memory/guest.h"

#define HANDLE_NONE	((grant_handle_t)~0u)

static void guest_free(struct pvdrm_guest_pages *guest)
{
	kvfree(guest->pages);
	kvfree(guest->handles);
	kfree(guest);
}

static struct pvdrm_guest_pages *guest_alloc(u32 nr)
{
	struct pvdrm_guest_pages *guest = kzalloc(sizeof(*guest),
						  GFP_KERNEL_ACCOUNT);
	u32 i;

	if (!guest)
		return NULL;
	guest->nr = nr;
	guest->pages = kvcalloc(nr, sizeof(*guest->pages), GFP_KERNEL_ACCOUNT);
	guest->handles = kvcalloc(nr, sizeof(*guest->handles),
				  GFP_KERNEL_ACCOUNT);
	if (!guest->pages || !guest->handles ||
	    gnttab_alloc_pages(nr, guest->pages)) {
		guest_free(guest);
		return NULL;
	}
	for (i = 0; i < nr; i++)
		guest->handles[i] = HANDLE_NONE;
	return guest;
}

static int map_batch(struct pvdrm_guest_pages *guest, domid_t domid,
		     const grant_ref_t *refs, u32 first, u32 count)
{
	int ret;
	u32 i;

	for (i = 0; i < count; i++)
		gnttab_set_map_op(&guest->map[i],
				  (phys_addr_t)page_address(guest->pages[first + i]),
				  GNTMAP_host_map, refs[first + i], domid);
	ret = gnttab_map_refs(guest->map, NULL, guest->pages + first, count);
	for (i = 0; i < count; i++) {
		if (guest->map[i].status == GNTST_okay)
			guest->handles[first + i] = guest->map[i].handle;
		else
			ret = -ENXIO;
	}
	return ret;
}

static bool unmap_batch(struct pvdrm_guest_pages *guest, u32 first, u32 count)
{
	u32 i, n = 0;
	bool ok;

	for (i = first; i < first + count; i++) {
		if (guest->handles[i] == HANDLE_NONE)
			continue;
		gnttab_set_unmap_op(&guest->unmap[n],
				    (phys_addr_t)page_address(guest->pages[i]),
				    GNTMAP_host_map, guest->handles[i]);
		guest->unmap_pages[n++] = guest->pages[i];
	}
	ok = !n || !gnttab_unmap_refs(guest->unmap, NULL, guest->unmap_pages, n);
	while (ok && n)
		ok = guest->unmap[--n].status == GNTST_okay;
	return ok;
}

/**
 * pvdrm_guest_pages_map() - map pages of a guest
 * @domid: the guest
 * @refs: its grants of them, any numbers
 * @nr: their number, bounded and not 0
 *
 * Return: the pages, for pvdrm_guest_pages_unmap(); an error: -ENXIO: one of them
 * cannot be mapped for writing.
 */
struct pvdrm_guest_pages *pvdrm_guest_pages_map(domid_t domid,
						const grant_ref_t *refs, u32 nr)
{
	struct pvdrm_guest_pages *guest = guest_alloc(nr);
	int ret = 0;
	u32 i;

	if (!guest)
		return ERR_PTR(-ENOMEM);
	for (i = 0; i < nr && !ret; i += PVDRM_GUEST_BATCH) {
		ret = map_batch(guest, domid, refs, i,
				min(nr - i, PVDRM_GUEST_BATCH));
		cond_resched();
	}
	if (!ret)
		return guest;
	pvdrm_guest_pages_unmap(guest);
	return ERR_PTR(ret);
}

/**
 * pvdrm_guest_pages_unmap() - undo pvdrm_guest_pages_map()
 * @guest: the pages; no device uses them any more
 */
void pvdrm_guest_pages_unmap(struct pvdrm_guest_pages *guest)
{
	bool ok = true;
	u32 i;

	for (i = 0; i < guest->nr; i += PVDRM_GUEST_BATCH) {
		ok &= unmap_batch(guest, i, min(guest->nr - i, PVDRM_GUEST_BATCH));
		cond_resched();
	}
	/* Never give pages back that are still the guest's. */
	if (ok)
		gnttab_free_pages(guest->nr, guest->pages);
	else
		pr_err("pvdrm-back: leaking an import of %u pages\n", guest->nr);
	guest_free(guest);
}
