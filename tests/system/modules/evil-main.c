// SPDX-License-Identifier: GPL-2.0-only
/*
 * evil-main.c: a frontend that breaks the protocol, for tests of the backend
 *
 * Loaded in a guest in place of pvdrm-front with mode=N, it connects like a
 * good frontend (unless the mode spoils the keys), does one bad thing and
 * waits for what the backend does about it. /sys/kernel/debug/evil-front shows
 * "state=<backend's state> answers=<n> status=<last status>".
 */
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <xen/events.h>
#include <xen/grant_table.h>
#include <xen/page.h>
#include <xen/xen.h>
#include <xen/xenbus.h>

#include "evil.h"

enum evil_mode {
	MODE_GOOD,		/* a NOP: the module itself works */
	MODE_RING_OVERRUN,	/* more requests published than fit */
	MODE_BAD_ID,
	MODE_DATA_OUTSIDE,
	MODE_DATA_UNALIGNED,
	MODE_DATA_WRAP,		/* offset + length overflows */
	MODE_RESERVED,
	MODE_SAME_ID,		/* an id that is still outstanding */
	MODE_EVENT_CONS,
	MODE_UNKNOWN_OP,	/* not a crime: answered ENOTSUPP */
	MODE_UNKNOWN_FILE,	/* not a crime */
	MODE_BAD_ARGUMENT,	/* packed argument too short */
	MODE_BAD_POINTER,	/* not a pointer marker */
	MODE_HUGE_MMAP,
	MODE_BAD_FAULT,
	MODE_KEY_ORDER,		/* from here on: bad keys */
	MODE_KEY_RING_REF,
	MODE_KEY_EVENT_REF,
	MODE_KEY_DATA_PAGES,
	MODE_KEY_DATA_REF,
	MODE_KEY_CHANNEL,
	MODE_KEY_VERSION,
	MODE_KEY_MISSING,
	MODE_STORM,		/* notifications without requests */
	MODE_FENCE_UNKNOWN,	/* a fence that has never been */
	MODE_FENCE_PAGE,	/* not a crime: fences' statuses overwritten */
	MODE_WINDOW_MISSING,	/* from here on: a bad window; PV: not looked at */
	MODE_WINDOW_UNALIGNED,
	MODE_WINDOW_LOW,	/* where its memory is */
	MODE_WINDOW_HUGE,
	MODE_WINDOW_EMPTY,
	MODE_WINDOW_WRAP,	/* first + number overflows */
	MODE_WINDOW_UNCACHED,	/* more uncached than there are */
	MODE_ENTRY_FOREIGN,	/* PV: a page table entry that is not its own */
	MODE_ENTRY_KEEP,	/* PV: keeps a page of the device for good, or copies it */
	MODE_SLOW_ACK,		/* takes all the time it has for each acknowledgment */
	MODE_OBJECTS,		/* not crimes: ids of objects and fences that are wrong */
	MODE_RACE,		/* such ids, at random and many at a time */
	MODE_MERGE_UNKNOWN,	/* ends the connection */
	MODE_EVENTFD_BYTES,	/* bytes that have to be 0: ends the connection */
	MODE_ENTRY_AGAIN,	/* PV: has the same entry written again and again */
	MODE_IMPORTS,		/* imports that cannot be */
	MODE_SUBMIT,		/* ordered submissions that are answered */
	MODE_SUBMIT_WRONG,	/* from here on: enum evil_submission */
	MODE_CANCEL = 59,	/* submissions that are cancelled */
	MODE_CHANGING,	/* requests that change while they are read */
	MODE_FLOOD,		/* of changes in xenstore */
	MODE_RANDOM,		/* anything, by a seed */
};

static int mode;
module_param(mode, int, 0444);
MODULE_PARM_DESC(mode, "which bad thing to do");

#define DATA_PAGES	16

struct evil evil = { .verdict = "none", .seed = 1 };

module_param_named(seed, evil.seed, uint, 0444);
MODULE_PARM_DESC(seed, "what is done at random");

static irqreturn_t evil_irq(int irq, void *arg)
{
	unsigned int eoi = XEN_EOI_FLAG_SPURIOUS;
	int more;

	do {
		while (RING_HAS_UNCONSUMED_RESPONSES(&evil.ring)) {
			struct xendrm_response rsp;

			virt_rmb();
			RING_COPY_RESPONSE(&evil.ring, evil.ring.rsp_cons++, &rsp);
			evil.last = rsp;
			evil.status = rsp.status;
			if (evil.on_answer)
				evil.on_answer(&rsp);
			virt_wmb();
			evil.answers++;
			eoi = 0;
		}
		RING_FINAL_CHECK_FOR_RESPONSES(&evil.ring, more);
	} while (more);
	xen_irq_lateeoi(irq, eoi);
	return IRQ_HANDLED;
}

struct xendrm_request *evil_next(u16 op, u16 id)
{
	struct xendrm_request *req = RING_GET_REQUEST(&evil.ring, evil.ring.req_prod_pvt);

	evil.ring.req_prod_pvt++;
	memset(req, 0, sizeof(*req));
	req->op = op;
	req->id = id;
	req->seq = ++evil.seq;
	return req;
}

void evil_push(void)
{
	int notify;

	RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&evil.ring, notify);
	notify_remote_via_irq(evil.irq);
}

/* An open file, for the modes that need one; its id is 0 or 1 in practice */
static void evil_ioctl(u32 cmd, u32 len)
{
	struct xendrm_request *req;

	evil_next(XENDRM_OP_OPEN, 0);
	evil_push();
	msleep(500);
	req = evil_next(XENDRM_OP_IOCTL, 1);
	req->file = 1;
	req->req_len = len;
	req->rsp_len = 64;
	req->u.ioctl.cmd = cmd;
	evil_push();
}

/* The one request at the time, with its payload at the start of the data area */
int evil_call(struct xendrm_request *req, u32 in, u32 out)
{
	int before = evil.answers, n;

	req->req_len = in;
	req->rsp_len = out;
	evil_push();
	for (n = 0; n < 500 && READ_ONCE(evil.answers) == before; n++)
		msleep(20);
	virt_rmb();
	return evil.answers == before ? -ETIMEDOUT : evil.status;
}

/* In a thread of its own: the bus waits for nobody. */
static void evil_steal(struct work_struct *work)
{
	if (mode == MODE_RANDOM)
		evil.verdict = evil_random();
	else if (mode == MODE_CHANGING)
		evil.verdict = evil_changing();
	else if (mode == MODE_CANCEL)
		evil.verdict = evil_cancel();
	else if (mode == MODE_FLOOD)
		evil.verdict = evil_flood();
	else if (mode == MODE_OBJECTS)
		evil.verdict = evil_objects();
	else if (mode == MODE_RACE)
		evil.verdict = evil_race();
	else if (mode == MODE_ENTRY_AGAIN)
		evil.verdict = evil_again();
	else if (mode == MODE_IMPORTS)
		evil.verdict = evil_imports();
	else if (mode == MODE_SUBMIT)
		evil.verdict = evil_submit();
	else if (mode >= MODE_SUBMIT_WRONG)
		evil.verdict = evil_submit_wrong(mode - MODE_SUBMIT_WRONG);
	else if (mode == MODE_SLOW_ACK)
		evil.verdict = evil_slow();
	else if (mode == MODE_ENTRY_FOREIGN)
		evil.verdict = evil_foreign();
	else
		evil.verdict = evil_keep();
}

static void evil_act(void)
{
	struct xendrm_request *req;
	int i;

	if (mode >= MODE_IMPORTS) {
		schedule_work(&evil.thief);
		return;
	}
	switch (mode) {
	case MODE_RING_OVERRUN:
		evil.ring.sring->req_prod = evil.ring.req_prod_pvt + 1000;
		virt_wmb();
		notify_remote_via_irq(evil.irq);
		return;
	case MODE_BAD_ID:
		evil_next(XENDRM_OP_NOP, 60000);
		break;
	case MODE_DATA_OUTSIDE:
		req = evil_next(XENDRM_OP_GET_TABLE, 0);
		req->data_off = DATA_PAGES * XENDRM_PAGE_SIZE - XENDRM_DATA_UNIT;
		req->rsp_len = 2 * XENDRM_DATA_UNIT;
		break;
	case MODE_DATA_UNALIGNED:
		req = evil_next(XENDRM_OP_GET_TABLE, 0);
		req->data_off = 3;
		req->rsp_len = 64;
		break;
	case MODE_DATA_WRAP:
		req = evil_next(XENDRM_OP_GET_TABLE, 0);
		req->data_off = 0xfffffc00;
		req->rsp_len = 0x00000800;
		break;
	case MODE_RESERVED:
		req = evil_next(XENDRM_OP_NOP, 0);
		req->reserved = 1;
		break;
	case MODE_SAME_ID:
		evil_next(XENDRM_OP_OPEN, 3);
		for (i = 0; i < 8; i++)
			evil_next(XENDRM_OP_OPEN, 3);
		break;
	case MODE_EVENT_CONS:
		evil.events->cons = 0x12345678;
		evil.events->inval_acked = 0x7fffffff;
		evil_next(XENDRM_OP_NOP, 0);
		break;
	case MODE_UNKNOWN_OP:
		evil_next(4711, 0);
		break;
	case MODE_UNKNOWN_FILE:
		req = evil_next(XENDRM_OP_IOCTL, 0);
		req->file = 0xdeadbeef;
		req->req_len = 16;
		req->rsp_len = 16;
		req->u.ioctl.cmd = _IOWR('d', 0x0c, u64[2]);	/* GET_CAP */
		break;
	case MODE_BAD_ARGUMENT:
		evil_ioctl(_IOWR('d', 0x0c, u64[2]), 3);
		return;
	case MODE_BAD_POINTER:
		memset(evil.data, 0x5a, 4096);
		evil_ioctl(_IOWR('d', 0xc5, u64[2]), 16);	/* SYNCOBJ_SIGNAL */
		return;
	case MODE_FENCE_UNKNOWN:
		((u32 *)evil.data)[1] = 1;	/* IMPORT_SYNC_FILE */
		((u32 *)evil.data)[2] = XENDRM_FENCE_NAME(5, 9);
		evil_ioctl(_IOWR('d', 0xc2, u64[2]), 16); /* SYNCOBJ_FD_TO_HANDLE */
		return;
	case MODE_FENCE_PAGE:
		memset(evil.events->fence, 0xff, sizeof(evil.events->fence));
		evil_next(XENDRM_OP_NOP, 0);
		break;
	case MODE_HUGE_MMAP:
		evil_next(XENDRM_OP_OPEN, 0);
		evil_push();
		msleep(500);
		req = evil_next(XENDRM_OP_MMAP, 0);
		req->file = 1;
		req->u.mmap.offset = 0xfffffffffffff000ULL;
		req->u.mmap.length = 0xfffffffffffff000ULL;
		req->u.mmap.prot = XENDRM_PROT_READ | XENDRM_PROT_WRITE;
		break;
	case MODE_BAD_FAULT:
		req = evil_next(XENDRM_OP_FAULT, 0);
		req->rsp_len = 16;
		req->u.fault.map = 77;
		req->u.fault.first = 0xffffffff;
		req->u.fault.count = 0xffffffff;
		break;
	case MODE_ENTRY_FOREIGN:
	case MODE_ENTRY_KEEP:
	case MODE_SLOW_ACK:
	case MODE_OBJECTS:
	case MODE_RACE:
	case MODE_ENTRY_AGAIN:
		schedule_work(&evil.thief);
		return;
	case MODE_MERGE_UNKNOWN:
		((u32 *)evil.data)[0] = XENDRM_FENCE_NAME(5, 9);
		evil_next(XENDRM_OP_MERGE, 0)->req_len = sizeof(u32);
		break;
	case MODE_EVENTFD_BYTES:
		evil_next(XENDRM_OP_EVENTFD, 0)->u.pad[31] = 1;
		break;
	case MODE_STORM:
		for (i = 0; i < 200000; i++)
			notify_remote_via_irq(evil.irq);
		fallthrough;
	default:
		evil_next(XENDRM_OP_NOP, 0);
		break;
	}
	evil_push();
}

static int evil_share(void *page, grant_ref_t *ref)
{
	int ret = gnttab_grant_foreign_access(evil.dev->otherend_id,
					      xen_page_to_gfn(virt_to_page(page)), 0);

	if (ret >= 0)
		*ref = ret;
	return ret < 0 ? ret : 0;
}

static int evil_alloc(void)
{
	struct xendrm_sring *sring = (void *)get_zeroed_page(GFP_KERNEL);
	int i, ret = 0;

	evil.events = (void *)get_zeroed_page(GFP_KERNEL);
	evil.dir = (void *)get_zeroed_page(GFP_KERNEL);
	evil.data = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, 4);
	if (!sring || !evil.events || !evil.dir || !evil.data)
		return -ENOMEM;
	SHARED_RING_INIT(sring);
	FRONT_RING_INIT(&evil.ring, sring, XEN_PAGE_SIZE);
	for (i = 0; i < DATA_PAGES && !ret; i++)
		ret = evil_share(evil.data + i * PAGE_SIZE, &evil.dir[i]);
	if (!ret)
		ret = evil_share(sring, &evil.ring_ref);
	if (!ret)
		ret = evil_share(evil.events, &evil.event_ref);
	if (!ret)
		ret = evil_share(evil.dir, &evil.dir_ref);
	if (!ret)
		ret = xenbus_alloc_evtchn(evil.dev, &evil.port);
	if (ret)
		return ret;
	ret = bind_evtchn_to_irqhandler_lateeoi(evil.port, evil_irq, 0, "evil-front", &evil);
	if (ret < 0)
		return ret;
	evil.irq = ret;
	return 0;
}

static void evil_key(const char *key, u32 value, bool spoil, u32 spoilt)
{
	if (mode == MODE_KEY_MISSING && !strcmp(key, "event-ref"))
		return;
	if (mode == MODE_RANDOM && evil_spoils_key(&spoilt))
		spoil = true;
	xenbus_printf(XBT_NIL, evil.dev->nodename, key, "%u", spoil ? spoilt : value);
}

static void evil_window(void)
{
	u64 frame = 1 << 20;
	u32 pages = 512, uncached = 512;

	xenbus_write(XBT_NIL, evil.dev->nodename, "device-pages", "window");
	if (mode == MODE_WINDOW_MISSING)
		return;
	if (mode == MODE_WINDOW_UNALIGNED)
		frame++;
	if (mode == MODE_WINDOW_LOW)
		frame = 512;
	if (mode == MODE_WINDOW_WRAP)
		frame = -512ULL;
	if (mode == MODE_WINDOW_HUGE)
		pages = 0xfffffe00;
	if (mode == MODE_WINDOW_EMPTY)
		pages = 0;
	if (mode == MODE_WINDOW_UNCACHED)
		uncached = 513;
	xenbus_printf(XBT_NIL, evil.dev->nodename, "window-frame", "%llu", frame);
	xenbus_printf(XBT_NIL, evil.dev->nodename, "window-pages", "%u", pages);
	xenbus_printf(XBT_NIL, evil.dev->nodename, "window-uncached", "%u", uncached);
}

static void evil_publish(void)
{
	evil_key("version", 1, mode == MODE_KEY_VERSION, 99);
	evil_key("ring-page-order", 0, mode == MODE_KEY_ORDER, 31);
	evil_key("ring-ref0", evil.ring_ref, mode == MODE_KEY_RING_REF, 0x7fffffff);
	evil_key("event-ref", evil.event_ref, mode == MODE_KEY_EVENT_REF, 0x7fffffff);
	evil_key("data-pages", DATA_PAGES, mode == MODE_KEY_DATA_PAGES, 0xffffffff);
	if (mode == MODE_KEY_DATA_REF)
		memset(evil.dir, 0xff, PAGE_SIZE);
	evil_key("data-ref0", evil.dir_ref, false, 0);
	evil_key("event-channel", evil.port, mode == MODE_KEY_CHANNEL, 0x7fffffff);
	if (mode >= MODE_OBJECTS)
		xenbus_write(XBT_NIL, evil.dev->nodename, "feature-objects", "1");
	if (mode >= MODE_SUBMIT) {
		xenbus_write(XBT_NIL, evil.dev->nodename, "feature-submit", "1");
		xenbus_write(XBT_NIL, evil.dev->nodename, "feature-quiet-fences", "1");
	}
	if (mode == MODE_ENTRY_FOREIGN || mode == MODE_ENTRY_KEEP ||
	    mode == MODE_ENTRY_AGAIN)
		xenbus_write(XBT_NIL, evil.dev->nodename, "device-pages", "entries");
	else if (mode >= MODE_WINDOW_MISSING && mode < MODE_ENTRY_FOREIGN)
		evil_window();
	xenbus_switch_state(evil.dev, XenbusStateInitialised);
}

static void evil_changed(struct xenbus_device *dev, enum xenbus_state state)
{
	int ret;

	switch (state) {
	case XenbusStateInitWait:
		if (evil.irq)
			break;
		ret = evil_alloc();
		if (ret)
			xenbus_dev_fatal(dev, ret, "set-up");
		else
			evil_publish();
		break;
	case XenbusStateConnected:
		if (dev->state == XenbusStateInitialised) {
			xenbus_switch_state(dev, XenbusStateConnected);
			evil_act();
		}
		break;
	case XenbusStateClosing:
	case XenbusStateClosed:
		xenbus_frontend_closed(dev);
		break;
	default:
		break;
	}
}

static int evil_probe(struct xenbus_device *dev, const struct xenbus_device_id *id)
{
	if (evil.dev)
		return -EBUSY;
	evil.dev = dev;
	xenbus_switch_state(dev, XenbusStateInitialising);
	return 0;
}

static int evil_show(struct seq_file *m, void *unused)
{
	if (mode >= MODE_ENTRY_FOREIGN)
		seq_printf(m, "verdict=%s acks=%d sent=%u ", evil.verdict, evil.acks, evil.sent);
	seq_printf(m, "state=%d answers=%d status=%d\n",
		   evil.dev ? xenbus_read_unsigned(evil.dev->otherend, "state", 0) : -1,
		   evil.answers, evil.status);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(evil);

static const struct xenbus_device_id evil_ids[] = { { XENDRM_DEVICE_TYPE }, { "" } };

static struct xenbus_driver evil_driver = {
	.name = "evil-front",
	.ids = evil_ids,
	.probe = evil_probe,
	.otherend_changed = evil_changed,
	.not_essential = true,
};

static int __init evil_init(void)
{
	INIT_WORK(&evil.thief, evil_steal);
	evil.debug = debugfs_create_file("evil-front", 0444, NULL, NULL, &evil_fops);
	return xenbus_register_frontend(&evil_driver);
}
module_init(evil_init);

/* What was granted stays so: the guest of this test does not live long. */
static void __exit evil_exit(void)
{
	cancel_work_sync(&evil.thief);
	xenbus_unregister_driver(&evil_driver);
	if (evil.irq)
		unbind_from_irqhandler(evil.irq, &evil);
	debugfs_remove(evil.debug);
}
module_exit(evil_exit);

MODULE_DESCRIPTION("A frontend that breaks the vdrm protocol, for tests");
MODULE_LICENSE("GPL");
