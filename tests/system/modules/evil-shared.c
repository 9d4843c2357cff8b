// SPDX-License-Identifier: GPL-2.0-only
/*
 * evil-shared.c: what is shared with the backend changes all the time
 */
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/string.h>

#include "evil.h"

#define ROUNDS		300
#define FLOOD		5000
#define SMALL		64
#define LARGE		4096
#define FAR		8192	/* one place of two; up to twice as much is ours */
#define CANARY		0x5a

static struct xendrm_request *request;

/* All that is written here is right by itself, in any mixture. */
static int change_request(void *unused)
{
	u32 n = 0;

	while (!kthread_should_stop()) {
		n++;
		WRITE_ONCE(request->id, n & 1);
		WRITE_ONCE(request->rsp_len, n & 2 ? SMALL : LARGE);
		WRITE_ONCE(request->data_off, n & 4 ? FAR : 0);
		WRITE_ONCE(request->u.table.offset, n & 8 ? SMALL : 0);
		if (!(n % 1024))
			cond_resched();
	}
	return 0;
}

static int call_while(int (*change)(void *unused), u32 in, u32 out)
{
	struct task_struct *thread;
	int ret;

	thread = kthread_run(change, NULL, "evil-change");
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	ret = evil_call(request, in, out);
	kthread_stop(thread);
	return ret;
}

static bool is_untouched(u32 from, u32 to)
{
	return !memchr_inv(evil.data + from, CANARY, to - from);
}

const char *evil_changing(void)
{
	int i;

	memset(evil.data, CANARY, 2 * FAR);
	for (i = 0; i < ROUNDS; i++) {
		request = evil_next(XENDRM_OP_GET_TABLE, 0);
		/* The response is in the same memory as the request. */
		if (call_while(change_request, 0, SMALL) == -ETIMEDOUT)
			return "no answer";
		if (!is_untouched(LARGE, FAR) || !is_untouched(FAR + LARGE, 2 * FAR))
			return "it has written elsewhere";
	}
	return "as expected";
}

/* Events for the backend, which watches this key, and for whoever watches the others */
const char *evil_flood(void)
{
	int i, ret = 0;

	for (i = 0; i < FLOOD && !ret; i++)
		ret = xenbus_printf(XBT_NIL, evil.dev->nodename, i % 2 ? "state" : "noise",
				    "%d", XenbusStateConnected);
	if (ret)
		return "xenstore refuses";
	return evil_call(evil_next(XENDRM_OP_NOP, 0), 0, 0) ? "no answer" : "as expected";
}
