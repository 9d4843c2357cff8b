// SPDX-License-Identifier: GPL-2.0-only
/*
 * evil-pages.c: what a bad frontend does with the pages of a buffer
 */
#include <linux/delay.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <xen/events.h>
#include <xen/page.h>
#include <xen/xen.h>
#include <asm/xen/hypercall.h>

#include "evil.h"

/* Map a new buffer. Return: 0 or -errno. */
static int evil_map(void)
{
	struct {
		u32 height, width, bpp, flags, handle, pitch;
		u64 size;
	} *dumb = (void *)evil.data;
	struct {
		u32 handle, pad;
		u64 offset;
	} *map = (void *)evil.data;
	struct xendrm_request *req;
	u32 file, handle;
	u64 offset;

	if (evil_call(evil_next(XENDRM_OP_OPEN, 0), 0, 0) < 0)
		return -ENODEV;
	file = evil.last.file;
	memset(dumb, 0, sizeof(*dumb));
	dumb->height = 4;
	dumb->width = 1024;
	dumb->bpp = 32;
	req = evil_next(XENDRM_OP_IOCTL, 0);
	req->file = file;
	req->u.ioctl.cmd = _IOC(_IOC_READ | _IOC_WRITE, 'd', 0xb2, sizeof(*dumb));
	if (evil_call(req, sizeof(*dumb), sizeof(*dumb)) < 0)
		return -ENOMEM;
	handle = dumb->handle;
	memset(map, 0, sizeof(*map));
	map->handle = handle;
	req = evil_next(XENDRM_OP_IOCTL, 0);
	req->file = file;
	req->u.ioctl.cmd = _IOC(_IOC_READ | _IOC_WRITE, 'd', 0xb3, sizeof(*map));
	if (evil_call(req, sizeof(*map), sizeof(*map)) < 0)
		return -ENOMEM;
	offset = map->offset;
	req = evil_next(XENDRM_OP_MMAP, 0);
	req->file = file;
	req->u.mmap.offset = offset;
	req->u.mmap.length = 4 * PAGE_SIZE;
	req->u.mmap.prot = XENDRM_PROT_READ | XENDRM_PROT_WRITE;
	if (evil_call(req, 0, 0) < 0)
		return -ENOMEM;
	evil.map = evil.last.map;
	return 0;
}

/* Have its first page put into that entry, if not 0. Return: kind of page, or -errno. */
static int evil_fault(u64 entry)
{
	struct xendrm_page *page = (void *)evil.data;
	struct xendrm_request *req = evil_next(XENDRM_OP_FAULT, 0);

	req->u.fault.map = evil.map;
	req->u.fault.count = 1;
	if (entry)
		req->u.fault.entries[0] = entry | XENDRM_ENTRY_WRITE;
	if (evil_call(req, 0, sizeof(*page)) < 0)
		return evil.status;
	return page->kind;
}

/* A page table entry that is another's */
const char *evil_foreign(void)
{
	return evil_map() || evil_fault(0x100000) < 0 ? "refused" : "got a page";
}

#define SLOW_MS	900

/* Until the backend does not answer any more */
const char *evil_slow(void)
{
	unsigned long end;
	u32 seq = 0, prod;

	if (evil_map())
		return "no mapping";
	while (evil_fault(0) == XENDRM_PAGE_GRANT) {
		while (evil.dev->state == XenbusStateConnected &&
		       READ_ONCE(evil.events->prod) == evil.events->cons)
			msleep(20);
		/* Notifications that bring nothing, while the host waits for us */
		end = jiffies + msecs_to_jiffies(SLOW_MS - 20);
		while (time_before(jiffies, end)) {
			notify_remote_via_irq(evil.irq);
			msleep(20);
		}
		virt_rmb();
		prod = READ_ONCE(evil.events->prod);
		while (evil.events->cons != prod) {
			seq = evil.events->event[evil.events->cons % XENDRM_EVENTS].seq;
			evil.events->cons++;
		}
		evil.events->inval_acked = seq;
		evil.acks++;
		virt_wmb();
		notify_remote_via_irq(evil.irq);
	}
	return "no more pages";
}

#ifdef CONFIG_XEN_PV
static u64 evil_entry(void *va, u64 *value)
{
	unsigned int level;
	pte_t *pte = lookup_address((unsigned long)va, &level);

	if (!pte || level != PG_LEVEL_4K)
		return 0;
	*value = pte->pte;
	return arbitrary_virt_to_machine(pte).maddr;
}

const char *evil_keep(void)
{
	struct mmuext_op flush = { .cmd = MMUEXT_TLB_FLUSH_ALL };
	/* Never freed: their page tables are not what Linux thinks. */
	u32 *here = vmalloc(PAGE_SIZE), *there = vmalloc(PAGE_SIZE);
	struct mmu_update copy = {};
	u32 word = 0x5eed, got = 0;
	u64 value;
	int n, done = 0;

	if (!here || !there)
		return "no memory";
	*here = 0;
	*there = 0;
	if (evil_map() || evil_fault(evil_entry(here, &value)) != XENDRM_PAGE_DEVICE)
		return "got no page";
	HYPERVISOR_mmuext_op(&flush, 1, NULL, DOMID_SELF);
	if (copy_from_kernel_nofault(&got, here, sizeof(got)))
		return "got a page that is not there";
	WRITE_ONCE(*here, word);
	if (copy_from_kernel_nofault(&got, here, sizeof(got)) || got != word)
		return "got a page that does not work";
	copy.ptr = evil_entry(there, &copy.val);
	evil_entry(here, &copy.val);
	if (!HYPERVISOR_mmu_update(&copy, 1, &done, DOMID_SELF))
		return "could copy the entry";
	/* The page is taken away in the end, and that must not need us. */
	for (n = 0; n < 500; n++) {
		if (copy_from_kernel_nofault(&got, here, sizeof(got)))
			return "lost the page";
		msleep(20);
	}
	return "has the page still";
}
#else
static u64 evil_entry(void *va, u64 *value)
{
	return 0;
}

const char *evil_keep(void)
{
	return "not PV";
}
#endif

#define AGAIN	30

/* Each time Xen may flush caches for it. Return: how long it took. */
const char *evil_again(void)
{
	void *here = vmalloc(PAGE_SIZE);
	u64 begin = ktime_get_ns(), value;
	static char took[32];
	u64 entry;
	int n;

	if (!here || evil_map())
		return "no mapping";
	*(u32 *)here = 0;
	entry = evil_entry(here, &value);
	for (n = 0; n < AGAIN; n++)
		if (evil_fault(entry) != XENDRM_PAGE_DEVICE)
			return "got no page";
	snprintf(took, sizeof(took), "%llu s", (ktime_get_ns() - begin) / NSEC_PER_SEC);
	return took;
}
