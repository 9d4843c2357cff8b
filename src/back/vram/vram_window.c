// SPDX-License-Identifier: GPL-2.0-only
/*
 * vram_window.c: which VRAM a guest may have, and where it is in the guest
 *
 * Frames of a PCI BAR (VRAM) cannot be granted, since they have no owner in
 * Xen. A guest gets them in one of two ways:
 *
 * - PVH, HVM ("window"): in its physical memory, at guest frames that it has
 *   reserved for that. Unmapping them is by force. Permission is for whole
 *   BARs, since the guest itself can do nothing with it, and the first and the
 *   last permission of a guest are expensive.
 * - PV ("entries"): in its page tables, written by us (vram_pte.c). The guest
 *   never has permission while it runs.
 *
 * Permission belongs to the domain, so it outlives connections.
 */
#include <linux/bitmap.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <xen/page.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/vram/domctl.h"
#include "back/vram/vram.h"
#include "back/vram/vram_pte.h"

#define MAX_BARS	8
/* 2 MiB: Xen's page tables for the window contain nothing else */
#define WINDOW_ALIGN	512u
#define FIRST_FRAME	(1ull << (32 - PAGE_SHIFT))
#define LAST_FRAME	(1ull << (46 - PAGE_SHIFT))

bool pvdrm_vram_enabled = true;
module_param_named(device_pages, pvdrm_vram_enabled, bool, 0644);
MODULE_PARM_DESC(device_pages,
		 "guests may map memory of the device (VRAM) (default: yes; read when a guest connects)");

/* A range of frames a guest is permitted to have as a whole */
struct pvdrm_vram_bar {
	unsigned long first;
	unsigned long count;
};

/**
 * struct pvdrm_vram_guest - which VRAM a domain is permitted to map
 * @list: in the list of guests
 * @users: devices that share this, under guests_lock
 * @domid: the domain
 * @translated: not PV
 * @bars_lock: the next two; nothing within it but the PCI core
 * @bars: BARs that were found; of a guest that is not PV: permitted
 * @nr_bars: their number
 * @entries: PV: how its page tables are changed
 */
struct pvdrm_vram_guest {
	struct list_head list;
	u32 users;
	u32 domid;
	bool translated;
	struct mutex bars_lock;		/* bars, nr_bars */
	struct pvdrm_vram_bar bars[MAX_BARS];
	u32 nr_bars;
	struct pvdrm_vram_ptes *entries;
};

/**
 * struct pvdrm_vram - the VRAM of one connection
 * @guest: shared with the guest's other devices
 * @frame: not PV: first guest frame of the window
 * @pages: its pages
 * @uncached: how many at its end are for pages that are not write-combining
 * @lock: the next
 * @used: a bit for each page of the window
 */
struct pvdrm_vram {
	struct pvdrm_vram_guest *guest;
	u64 frame;
	u32 pages;
	u32 uncached;
	struct mutex lock;		/* used */
	unsigned long *used;
};

static LIST_HEAD(guests);
static DEFINE_MUTEX(guests_lock);

/* -------------------------------------------------------------------- guests */

static struct pvdrm_vram_guest *guest_find(u32 domid)
{
	struct pvdrm_vram_guest *guest;

	list_for_each_entry(guest, &guests, list)
		if (guest->domid == domid)
			return guest;
	return NULL;
}

static struct pvdrm_vram_guest *guest_make(u32 domid, bool translated)
{
	struct pvdrm_vram_guest *guest = kzalloc(sizeof(*guest), GFP_KERNEL);

	if (!guest)
		return NULL;
	guest->domid = domid;
	guest->translated = translated;
	if (!translated) {
		guest->entries = pvdrm_vram_pte_create(domid);
		if (!guest->entries) {
			kfree(guest);
			return NULL;
		}
	}
	mutex_init(&guest->bars_lock);
	list_add(&guest->list, &guests);
	return guest;
}

static struct pvdrm_vram_guest *guest_get(u32 domid, bool translated)
{
	struct pvdrm_vram_guest *guest;

	mutex_lock(&guests_lock);
	guest = guest_find(domid) ?: guest_make(domid, translated);
	if (guest)
		guest->users++;
	mutex_unlock(&guests_lock);
	return guest;
}

/* The domain may be gone, and its permissions with it. */
static void guest_put(struct pvdrm_vram_guest *guest)
{
	u32 i;

	mutex_lock(&guests_lock);
	if (--guest->users) {
		mutex_unlock(&guests_lock);
		return;
	}
	list_del(&guest->list);
	for (i = 0; guest->translated && i < guest->nr_bars; i++)
		pvdrm_domctl_permit(guest->domid, guest->bars[i].first,
				    guest->bars[i].count, false);
	mutex_unlock(&guests_lock);
	pvdrm_vram_pte_destroy(guest->entries);
	kfree(guest);
}

/* ---------------------------------------------------------------------- BARs */

static bool bar_has(const struct pvdrm_vram_bar *bar, unsigned long pfn)
{
	return pfn >= bar->first && pfn - bar->first < bar->count;
}

static bool find_in_device(struct pci_dev *pdev, unsigned long pfn,
			   struct pvdrm_vram_bar *bar)
{
	u32 i;

	for (i = 0; i < PCI_STD_NUM_BARS; i++) {
		resource_size_t start = pci_resource_start(pdev, i);
		resource_size_t len = pci_resource_len(pdev, i);

		/* The page of a small BAR may contain something else. */
		if (!(pci_resource_flags(pdev, i) & IORESOURCE_MEM) ||
		    !len || !PAGE_ALIGNED(start) || !PAGE_ALIGNED(len))
			continue;
		bar->first = start >> PAGE_SHIFT;
		bar->count = len >> PAGE_SHIFT;
		if (bar_has(bar, pfn))
			return true;
	}
	return false;
}

static bool find_bar(unsigned long pfn, struct pvdrm_vram_bar *bar)
{
	struct pci_dev *pdev = NULL;

	for_each_pci_dev(pdev) {
		if (find_in_device(pdev, pfn, bar)) {
			pci_dev_put(pdev);
			return true;
		}
	}
	return false;
}

/* bars_lock held */
static int add_bar(struct pvdrm_vram_guest *guest, unsigned long pfn)
{
	struct pvdrm_vram_bar bar;
	int ret = 0;

	if (!find_bar(pfn, &bar))
		return -ENXIO;
	if (guest->nr_bars == MAX_BARS) {
		pr_warn_ratelimited("pvdrm-back: domain %u uses memory of more than %u PCI BARs\n",
				    guest->domid, MAX_BARS);
		return -ENXIO;
	}
	if (guest->translated)
		ret = pvdrm_domctl_permit(guest->domid, bar.first, bar.count,
					  true);
	if (ret) {
		pr_err_ratelimited("pvdrm-back: Xen does not permit domain %u to have frames %lx..%lx: %d\n",
				   guest->domid, bar.first,
				   bar.first + bar.count - 1, ret);
		return -ENXIO;
	}
	guest->bars[guest->nr_bars++] = bar;
	return 0;
}

static int know_bar(struct pvdrm_vram_guest *guest, unsigned long pfn)
{
	u32 i;
	int ret;

	mutex_lock(&guest->bars_lock);
	for (i = 0; i < guest->nr_bars; i++)
		if (bar_has(&guest->bars[i], pfn))
			break;
	ret = i < guest->nr_bars ? 0 : add_bar(guest, pfn);
	mutex_unlock(&guest->bars_lock);
	return ret;
}

/**
 * pvdrm_vram_frame() - whether a frame may be given to a guest
 * @vram: the connection's; NULL: it has none
 * @pfn: as in our page tables
 * @mfn: result, the machine's frame
 *
 * Only memory of a PCI device is: other frames without owner, or with another
 * one than this domain, are not for guests. May sleep.
 *
 * Return: 0 or -ENXIO.
 */
int pvdrm_vram_frame(struct pvdrm_vram *vram, unsigned long pfn,
		     unsigned long *mfn)
{
	if (!vram)
		return -ENXIO;
	/* A frame under another number belongs to another domain. */
	if (pfn_to_gfn(pfn) != pfn)
		return -ENXIO;
	*mfn = pfn;
	return know_bar(vram->guest, pfn);
}

/* -------------------------------------------------------- not PV: the window */

/* As many pages as there are in one piece. Return: 0: none. */
static u32 find_room(const struct pvdrm_vram *vram, u32 count,
		     bool uncached, u32 *at)
{
	u32 border = vram->pages - vram->uncached;
	u32 start = uncached ? border : 0;
	u32 end = uncached ? vram->pages : border;

	for (; count; count /= 2) {
		*at = bitmap_find_next_zero_area(vram->used, end, start,
						 count, 0);
		if (*at < end)
			return count;
	}
	return 0;
}

static bool room_at_all(const struct pvdrm_vram *vram, bool uncached)
{
	return uncached ? vram->uncached : vram->pages > vram->uncached;
}

/**
 * pvdrm_vram_window_map() - put frames into the window
 * @vram: the connection's, of a guest that is not PV
 * @mfn: first frame; pvdrm_vram_frame() knows it
 * @count: frames
 * @uncached: they must not be mapped write-combining
 * @frame: result, the guest's frame for the first
 * @err: result, why they are not all; -ENOBUFS: the window is full at present;
 *	 -ENXIO: it has no such part
 *
 * No memory is allocated.
 *
 * Return: how many were.
 */
u32 pvdrm_vram_window_map(struct pvdrm_vram *vram, u64 mfn, u32 count,
			  bool uncached, u64 *frame, int *err)
{
	u32 at, done = 0;

	mutex_lock(&vram->lock);
	count = find_room(vram, count, uncached, &at);
	*err = room_at_all(vram, uncached) ? -ENOBUFS : -ENXIO;
	if (count) {
		*frame = vram->frame + at;
		*err = pvdrm_domctl_map(vram->guest->domid, *frame, mfn,
					count, &done);
		bitmap_set(vram->used, at, done);
	}
	mutex_unlock(&vram->lock);
	return done;
}

/**
 * pvdrm_vram_window_unmap() - take frames out of the window
 * @vram: the connection's
 * @mfn: first frame
 * @count: frames
 * @frame: what pvdrm_vram_window_map() told for the first
 *
 * Return: false: they are still there.
 */
bool pvdrm_vram_window_unmap(struct pvdrm_vram *vram, u64 mfn, u32 count,
			     u64 frame)
{
	u32 domid = vram->guest->domid;
	int ret;

	mutex_lock(&vram->lock);
	ret = pvdrm_domctl_unmap(domid, frame, mfn, count);
	if (!ret)
		bitmap_clear(vram->used, frame - vram->frame, count);
	mutex_unlock(&vram->lock);
	if (ret)
		pr_err_ratelimited("pvdrm-back: Xen does not take frames %llx..%llx from domain %u: %d\n",
				   mfn, mfn + count - 1, domid, ret);
	return !ret;
}

/**
 * pvdrm_vram_ptes_of() - how a PV guest's page tables are changed
 * @vram: the connection's
 *
 * Return: NULL for other guests.
 */
struct pvdrm_vram_ptes *pvdrm_vram_ptes_of(const struct pvdrm_vram *vram)
{
	return vram->guest->entries;
}

/**
 * pvdrm_vram_fault_is_bad() - whether a FAULT tells what it must not
 * @vram: the connection's, or NULL
 * @req: the FAULT
 *
 * Return: whether it breaks the protocol. Addresses are for Xen to check.
 */
bool pvdrm_vram_fault_is_bad(const struct pvdrm_vram *vram,
			     const struct xendrm_request *req)
{
	const u64 *entries = req->u.fault.entries;

	if (!vram || !vram->guest->entries)
		return entries[0] || entries[1];
	return (entries[0] & XENDRM_ENTRY_FLAGS & ~XENDRM_ENTRY_WRITE) ||
	       !PAGE_ALIGNED(entries[1]);
}

/* ------------------------------------------------------- a connection's part */

/**
 * pvdrm_vram_offer() - how a guest may have memory of devices
 * @domid: the guest
 *
 * Return: the value of XENDRM_KEY_DEVICE_PAGES, or NULL: it may not.
 */
const char *pvdrm_vram_offer(u32 domid)
{
	u32 flags;

	if (!READ_ONCE(pvdrm_vram_enabled) || pvdrm_domctl_flags(domid, &flags))
		return NULL;
	if (flags & PVDRM_DOMAIN_HVM)
		return XENDRM_DEVICE_PAGES_WINDOW;
	return pvdrm_vram_pte_possible() ? XENDRM_DEVICE_PAGES_ENTRIES : NULL;
}

/* The numbers are the guest's. */
static bool window_is_bad(u64 frame, u32 pages, u32 uncached)
{
	return !pages || pages > XENDRM_MAX_WINDOW_PAGES || uncached > pages ||
	       !IS_ALIGNED(pages, WINDOW_ALIGN) ||
	       !IS_ALIGNED(frame, WINDOW_ALIGN) || frame < FIRST_FRAME ||
	       frame > LAST_FRAME - pages;
}

static int read_window(struct pvdrm_link *link, struct xenbus_device *xdev,
		       struct pvdrm_vram *vram)
{
	unsigned long long frame;
	unsigned int pages, uncached;

	if (xenbus_gather(XBT_NIL, xdev->otherend,
			  XENDRM_KEY_WINDOW_FRAME, "%llu", &frame,
			  XENDRM_KEY_WINDOW_PAGES, "%u", &pages,
			  XENDRM_KEY_WINDOW_UNCACHED, "%u", &uncached, NULL)) {
		pvdrm_back_fail(link->back, -EINVAL,
				"%s: keys of the window are missing or not numbers",
				xdev->otherend);
		return -EINVAL;
	}
	if (window_is_bad(frame, pages, uncached)) {
		pvdrm_back_fail(link->back, -EINVAL,
				"%s: a window of %u pages (%u uncached) at frame %llu is not possible",
				xdev->otherend, pages, uncached, frame);
		return -EINVAL;
	}
	vram->used = bitmap_zalloc(pages, GFP_KERNEL_ACCOUNT);
	if (!vram->used)
		return -ENOMEM;
	vram->frame = frame;
	vram->pages = pages;
	vram->uncached = uncached;
	return 0;
}

static int vram_set_up(struct pvdrm_link *link, struct xenbus_device *xdev,
		       bool translated)
{
	struct pvdrm_vram *vram = kzalloc(sizeof(*vram), GFP_KERNEL);
	int ret = 0;

	if (!vram)
		return -ENOMEM;
	mutex_init(&vram->lock);
	vram->guest = guest_get(link->back->domid, translated);
	if (!vram->guest) {
		kfree(vram);
		return -ENOMEM;
	}
	link->vram = vram;
	if (translated)
		ret = read_window(link, xdev, vram);
	return ret;
}

/**
 * pvdrm_vram_open() - a guest connects: see what it can have
 * @link: new
 * @xdev: the device
 *
 * Which kind of guest it is, Xen is asked, not the guest.
 *
 * Return: 0, with or without @link->vram; or an error, the reason told.
 */
int pvdrm_vram_open(struct pvdrm_link *link, struct xenbus_device *xdev)
{
	const char *offer = pvdrm_vram_offer(link->back->domid);
	char *word;
	bool taken;
	int ret;

	if (!offer)
		return 0;
	word = xenbus_read(XBT_NIL, xdev->otherend, XENDRM_KEY_DEVICE_PAGES,
			   NULL);
	if (IS_ERR(word))
		return 0;
	taken = !strcmp(word, offer);
	kfree(word);
	if (!taken)
		return 0;
	ret = vram_set_up(link, xdev,
			  !strcmp(offer, XENDRM_DEVICE_PAGES_WINDOW));
	if (ret == -ENOMEM)
		pvdrm_back_fail(link->back, ret,
				"no memory for the window's bookkeeping");
	return ret;
}

/**
 * pvdrm_vram_close() - undo pvdrm_vram_open(), as far as it got
 * @link: nobody uses it any more
 */
void pvdrm_vram_close(struct pvdrm_link *link)
{
	struct pvdrm_vram *vram = link->vram;

	if (!vram)
		return;
	link->vram = NULL;
	guest_put(vram->guest);
	bitmap_free(vram->used);
	kfree(vram);
}
