// SPDX-License-Identifier: GPL-2.0-only
/*
 * back.c: references to a device, and its failure
 */
#include <linux/slab.h>

#include "back/bus/back.h"
#include "back/bus/link.h"

/* Runs pvdrm_back.work and .force */
struct workqueue_struct *pvdrm_back_wq;

static void back_free(struct kref *ref)
{
	kfree(container_of(ref, struct pvdrm_back, ref));
}

/**
 * pvdrm_back_put() - drop a reference to a device
 * @back: the device
 */
void pvdrm_back_put(struct pvdrm_back *back)
{
	kref_put(&back->ref, back_free);
}

/**
 * pvdrm_back_queue() - have the device look at the states of both ends
 * @back: the device
 *
 * The queued work has a reference: it may be queued after the removal.
 */
void pvdrm_back_queue(struct pvdrm_back *back)
{
	kref_get(&back->ref);
	if (!queue_work(pvdrm_back_wq, &back->work))
		pvdrm_back_put(back);
}

__printf(3, 0)
static void fail(struct pvdrm_back *back, int err, const char *fmt, va_list ap)
{
	spin_lock(&back->fail_lock);
	if (!back->failed) {
		back->failed = err;
		vsnprintf(back->reason, sizeof(back->reason), fmt, ap);
	}
	spin_unlock(&back->fail_lock);
	pvdrm_back_queue(back);
}

/**
 * pvdrm_back_fail() - close a device because of a failure
 * @back: the device
 * @err: -errno
 * @fmt: the reason; only the first one is kept
 *
 * Any process context, reclaim included. Returns at once.
 */
void pvdrm_back_fail(struct pvdrm_back *back, int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fail(back, err, fmt, ap);
	va_end(ap);
}

/**
 * pvdrm_violation() - the guest broke the protocol: close the device
 * @link: the connection
 * @fmt: how it did
 */
void pvdrm_violation(struct pvdrm_link *link, const char *fmt, ...)
{
	va_list ap;

	if (READ_ONCE(link->dead))
		return;
	WRITE_ONCE(link->closing, true);
	va_start(ap, fmt);
	fail(link->back, -EPROTO, fmt, ap);
	va_end(ap);
}
