// SPDX-License-Identifier: GPL-2.0-only
/*
 * evil-cancel.c: submissions that are cancelled so as not to wait
 *
 * The host's GPU is a mock of panfrost, whose submissions have no fences. So after 256 of them
 * the guest has to wait a second for each. A request that is cancelled does not wait: it is not
 * made at all. Nobody would make an ordered one again, so it waits all the same.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <drm/drm.h>
#include <drm/panfrost_drm.h>
#include <xen/events.h>

#include "evil.h"

#define BURST		8
#define UNTIL_FULL	256
#define LATE		3	/* ordered ones that are cancelled */

static char why[128];
static u32 file;
static u64 job;
static int of_cancelled;

static void expect(const char *what, int got, int want)
{
	if (got != want && !why[0])
		snprintf(why, sizeof(why), "%s: %d instead of %d", what, got, want);
}

static struct xendrm_request *submission(u16 id, u32 flags)
{
	struct xendrm_request *req = evil_next(XENDRM_OP_IOCTL, id);
	struct drm_panfrost_submit *arg = (void *)(evil.data + EVIL_DATA(id));

	memset(arg, 0, sizeof(*arg));
	arg->jc = job;
	req->file = file;
	req->data_off = EVIL_DATA(id);
	req->u.ioctl.cmd = DRM_IOCTL_PANFROST_SUBMIT;
	req->u.ioctl.flags = flags;
	req->req_len = sizeof(*arg);
	req->rsp_len = sizeof(*arg);
	return req;
}

static int call(struct xendrm_request *req)
{
	return evil_call(req, req->req_len, req->rsp_len);
}

/* The mock refuses some, by what they say. */
static void begin(void)
{
	why[0] = 0;
	expect("open", evil_call(evil_next(XENDRM_OP_OPEN, 0), 0, 0), 0);
	file = evil.last.file;
	for (job = 1; job < 64 && call(submission(0, 0)); job++)
		;
}

/* Return: whether so many answers have come since there were @before, in time. */
static bool answered(int before, int nr, int ms)
{
	for (; ms > 0 && READ_ONCE(evil.answers) - before < nr; ms -= 20)
		msleep(20);
	return READ_ONCE(evil.answers) - before >= nr;
}

static void fill(void)
{
	int n, i, before;

	for (n = 1; n < UNTIL_FULL && !why[0]; n += i) {
		before = evil.answers;
		for (i = 0; i < min(BURST, UNTIL_FULL - n); i++)
			submission(i, XENDRM_CALL_ORDERED);
		evil_push();
		expect("those that need not wait", answered(before, i, 5000), true);
		expect("the last of them", evil.status, 0);
	}
}

static void cancel(u16 id, u32 seq)
{
	WRITE_ONCE(evil.events->cancel[id], seq);
	virt_wmb();
	notify_remote_via_irq(evil.irq);
}

static void note_cancelled(const struct xendrm_response *rsp)
{
	if (rsp->status)
		of_cancelled++;
}

/* They are made, but one a second. */
static void ordered_ones(void)
{
	unsigned long begun = jiffies;
	int i, before = evil.answers;
	u32 seq[LATE];

	of_cancelled = 0;
	evil.on_answer = note_cancelled;
	for (i = 0; i < LATE; i++)
		seq[i] = submission(i, XENDRM_CALL_ORDERED)->seq;
	evil_push();
	msleep(100);
	for (i = 0; i < LATE; i++)
		cancel(i, seq[i]);
	expect("ordered ones come at once",
	       answered(before, LATE, (LATE - 2) * 1000 - 200), false);
	expect("they come", answered(before, LATE, 20000), true);
	expect("each waits for its second",
	       time_after(jiffies, begun + msecs_to_jiffies((LATE - 1) * 1000 - 100)), true);
	expect("those that were not made", of_cancelled, 0);
	evil.on_answer = NULL;
}

/* They come at once, and are not made. */
static void others(void)
{
	int before = evil.answers;
	struct xendrm_request *req = submission(0, 0);
	u32 seq = req->seq;

	evil_push();
	expect("one that waits", answered(before, 1, 300), false);
	cancel(0, seq);
	expect("it does not wait any more", answered(before, 1, 400), true);
	expect("it was not made", evil.status, -XENDRM_ERESTARTSYS);
}

/**
 * evil_cancel() - cancel submissions that wait
 *
 * Return: what was found.
 */
const char *evil_cancel(void)
{
	begin();
	if (!why[0])
		fill();
	if (!why[0])
		ordered_ones();
	if (!why[0])
		others();
	return why[0] ? why : "as expected";
}
