// SPDX-License-Identifier: GPL-2.0-only
/*
 * evil-import.c: imports that cannot be, and too many of them
 *
 * The host's driver is virtio_gpu, which imports nothing in dom0's kernel 6.12. So what
 * an ioctl opens for it is closed at once.
 */
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <drm/drm.h>
#include <xen/grant_table.h>
#include <xen/page.h>

#include "evil.h"

#define ID(n)		(XENDRM_FIRST_IMPORT + (n))
#define NEVER		0x123456u	/* a grant that was never made */
#define RINGFUL		16

static char why[128];
static struct page *page;
static u32 file;

/* Only the first surprise is kept. */
static void expect(const char *what, int got, int want)
{
	if (got != want && !why[0])
		snprintf(why, sizeof(why), "%s: %d instead of %d", what, got, want);
}

static int import(u32 id, u32 bytes, u32 first, u32 second)
{
	struct xendrm_request *req = evil_next(XENDRM_OP_IMPORT, 0);
	u32 refs[] = { first, second };

	memcpy(evil.data, refs, sizeof(refs));
	req->u.import.id = id;
	return evil_call(req, bytes, 0);
}

static int forget(u32 id, u32 uses)
{
	struct xendrm_request *req = evil_next(XENDRM_OP_FORGET, 0);

	req->u.forget.object = id;
	req->u.forget.uses = uses;
	return evil_call(req, 0, 0);
}

static int use(u32 cmd, u32 id)
{
	struct xendrm_request *req = evil_next(XENDRM_OP_IOCTL, 0);
	/* The longer of the two arguments, which have the descriptor in the same place */
	struct drm_syncobj_handle arg = { .fd = id };
	u32 len = _IOC_SIZE(cmd);

	memcpy(evil.data, &arg, len);
	req->file = file;
	req->u.ioctl.cmd = cmd;
	return evil_call(req, len, len);
}

/* As an object, which it is not */
static int use_object(u16 op, u32 id)
{
	struct xendrm_request *req = evil_next(op, 0);

	if (op == XENDRM_OP_MMAP) {
		req->u.mmap.object = id;
		req->u.mmap.length = PAGE_SIZE;
		req->u.mmap.prot = XENDRM_PROT_READ;
	} else {
		req->u.fence.object = id;
		req->u.fence.flags = XENDRM_ACCESS_READ;
	}
	return evil_call(req, 0, 0);
}

static int grant(bool readonly)
{
	return gnttab_grant_foreign_access(evil.dev->otherend_id,
					   pfn_to_gfn(page_to_pfn(page)), readonly);
}

static void wrong_ones(void)
{
	int gref = grant(false), readonly = grant(true);

	expect("no grants", import(ID(0), 0, 0, 0), -EINVAL);
	expect("a grant and a half", import(ID(0), 6, gref, gref), -EINVAL);
	expect("an object's id", import(1, 4, gref, 0), -EINVAL);
	expect("the id before", import(ID(-1), 4, gref, 0), -EINVAL);
	expect("the id after", import(XENDRM_LAST_IMPORT + 1, 4, gref, 0), -EINVAL);
	expect("no descriptor's id", import(XENDRM_FD_BAD, 4, gref, 0), -EINVAL);
	expect("no grant", import(ID(0), 4, NEVER, 0), -ENXIO);
	expect("a grant beyond all", import(ID(0), 4, -1, 0), -ENXIO);
	expect("a grant to read", import(ID(0), 4, readonly, 0), -ENXIO);
	expect("a grant and none", import(ID(0), 8, gref, NEVER), -ENXIO);
	expect("which was unmapped", gnttab_try_end_foreign_access(gref), 1);
	expect("and so was that to read", gnttab_try_end_foreign_access(readonly), 1);
	expect("ioctl with none", use(DRM_IOCTL_PRIME_FD_TO_HANDLE, ID(0)), -EBADF);
	expect("forget none", forget(ID(0), 1), -EINVAL);
}

static void right_one(void)
{
	int gref = grant(false), ended;

	expect("the same page twice", import(ID(5), 8, gref, gref), 0);
	expect("the same id", import(ID(5), 4, gref, 0), -EEXIST);
	expect("its fence", use_object(XENDRM_OP_GET_FENCE, ID(5)), -EBADF);
	expect("access to it", use_object(XENDRM_OP_CPU_ACCESS, ID(5)), -EBADF);
	expect("mmap of it", use_object(XENDRM_OP_MMAP, ID(5)), -EBADF);
	expect("as syncobj", use(DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, ID(5)), -EINVAL);
	expect("ioctl with it", use(DRM_IOCTL_PRIME_FD_TO_HANDLE, ID(5)), -ENODEV);
	expect("and again", use(DRM_IOCTL_PRIME_FD_TO_HANDLE, ID(5)), -ENODEV);
	ended = gnttab_try_end_foreign_access(gref);
	expect("its grant is in use", ended, 0);
	expect("forget it never", forget(ID(5), 0), -EINVAL);
	expect("forget it twice at once", forget(ID(5), 2), -EINVAL);
	expect("forget it", forget(ID(5), 1), 0);
	if (!ended)
		expect("its grant is not in use", gnttab_try_end_foreign_access(gref), 1);
	expect("forget it again", forget(ID(5), 1), -EINVAL);
}

/* The connection's end undoes them all. Xen maps a grant 128 times, not more. */
static void too_many(void)
{
	int gref = 0, i, n, before;
	struct xendrm_request *req;

	for (i = 0; !why[0] && i <= XENDRM_MAX_IMPORTS && evil.status != -EMFILE; i += RINGFUL) {
		before = evil.answers;
		if (!(i % 64))
			gref = grant(false);
		for (n = 0; n < RINGFUL; n++) {
			memcpy(evil.data + EVIL_DATA(n), &gref, sizeof(gref));
			req = evil_next(XENDRM_OP_IMPORT, n);
			req->u.import.id = ID(100 + i + n);
			req->data_off = EVIL_DATA(n);
			req->req_len = sizeof(gref);
		}
		evil_push();
		for (n = 0; n < 500 && READ_ONCE(evil.answers) - before < RINGFUL; n++)
			msleep(20);
	}
	expect("as many as may be", i, XENDRM_MAX_IMPORTS + RINGFUL);
	expect("one more", evil.status, -EMFILE);
	expect("forget one", forget(ID(100), 1), 0);
	expect("then there is room", import(ID(100), 4, gref, 0), 0);
}

/**
 * evil_imports() - each wrong import in turn
 *
 * Return: what was found.
 */
const char *evil_imports(void)
{
	why[0] = 0;
	page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!page)
		return "no memory";
	expect("open", evil_call(evil_next(XENDRM_OP_OPEN, 0), 0, 0), 0);
	file = evil.last.file;
	if (!why[0])
		wrong_ones();
	if (!why[0])
		right_one();
	if (!why[0])
		too_many();
	return why[0] ? why : "as expected";
}
