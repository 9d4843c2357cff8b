// SPDX-License-Identifier: GPL-2.0-only
/*
 * evil-random.c: a frontend that breaks any rule of the protocol, at random
 *
 * The seed decides. Its low bits choose what goes on meanwhile: 1: all that is shared
 * changes, payloads while they are read included; 2: the frontend leaves with requests
 * outstanding; if they are 4: one of its keys is wrong. Whatever it does, requests are answered once,
 * or the connection ends.
 */
#include <linux/bitmap.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/prandom.h>
#include <drm/drm.h>
#include <drm/virtgpu_drm.h>
#include <xen/events.h>

#include "evil.h"

#define REQUESTS	3000
#define IDS		32		/* a page has so many */
#define RULES		400		/* one of so many requests breaks one */
#define UNITS		64		/* of the data area */
#define KEYS		7

static struct rnd_state noise, scribble;
static DECLARE_BITMAP(busy, IDS);
static u32 seqs[IDS];
static u32 files[4];
static bool unasked, broken;

static u32 below(u32 n)
{
	return prandom_u32_state(&noise) % n;
}

bool evil_spoils_key(u32 *value)
{
	static u32 key;

	prandom_seed_state(&noise, evil.seed);
	if (evil.seed % 8 != 4 || key++ != (evil.seed / 8 + evil.seed) % KEYS)
		return false;
	*value = below(2) ? below(64) : prandom_u32_state(&noise);
	return true;
}

/* In the interrupt */
static void note_answer(const struct xendrm_response *rsp)
{
	if (rsp->id >= IDS || !test_and_clear_bit(rsp->id, busy) || rsp->seq != seqs[rsp->id])
		WRITE_ONCE(unasked, true);
	if (rsp->op == XENDRM_OP_OPEN && rsp->status >= 0)
		files[rsp->file % ARRAY_SIZE(files)] = rsp->file;
}

static bool is_over(void)
{
	return READ_ONCE(evil.dev->state) != XenbusStateConnected;
}

/* -------------------------------------------------------- what changes meanwhile */

static u32 some_word(struct rnd_state *state)
{
	u32 what = prandom_u32_state(state);

	return what & 15 ? what >> 30 : prandom_u32_state(state);
}

/* Payloads while they are read; cancelled requests, fences' statuses */
static int scribble_on(void *unused)
{
	u32 n, where;

	for (n = 1; !kthread_should_stop(); n++) {
		where = prandom_u32_state(&scribble);
		WRITE_ONCE(((u32 *)evil.data)[where % UNITS * 256 + (where >> 8) % 32],
			   some_word(&scribble));
		if (!(n % 64))
			WRITE_ONCE(evil.events->cancel[where % IDS], seqs[(where >> 8) % IDS]);
		if (!(n % 256))
			WRITE_ONCE(evil.events->fence[where % XENDRM_MAX_FENCES], where >> 16);
		if (!(n % 64))
			cond_resched();
	}
	return 0;
}

static void take_events(void)
{
	u32 prod = READ_ONCE(evil.events->prod);

	virt_rmb();
	while (evil.events->cons != prod && below(8)) {
		evil.events->inval_acked =
			evil.events->event[evil.events->cons % XENDRM_EVENTS].seq;
		evil.events->cons++;
	}
}

/* -------------------------------------------------------------------- requests */

/* With pointers or descriptors hardly any at random is well formed: most are empty. */
static void some_argument(u32 *words, bool pointers)
{
	u32 i;

	memset(words, 0, XENDRM_DATA_UNIT);
	if (pointers && below(RULES))
		return;
	for (i = 0; i < XENDRM_DATA_UNIT / sizeof(*words); i++)
		words[i] = below(4) ? 0 : some_word(&noise);
}

static void some_ioctl(struct xendrm_request *req)
{
	static const u32 flat[] = {
		DRM_IOCTL_GET_CAP, DRM_IOCTL_GEM_CLOSE, DRM_IOCTL_MODE_CREATE_DUMB,
		DRM_IOCTL_MODE_MAP_DUMB, DRM_IOCTL_SYNCOBJ_CREATE, DRM_IOCTL_SYNCOBJ_DESTROY, DRM_IOCTL_SYNCOBJ_TRANSFER,
		DRM_IOCTL_VIRTGPU_MAP, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE,
		DRM_IOCTL_VIRTGPU_RESOURCE_INFO, DRM_IOCTL_VIRTGPU_TRANSFER_TO_HOST,
		DRM_IOCTL_VIRTGPU_WAIT,
	};
	static const u32 deep[] = {
		DRM_IOCTL_SYNCOBJ_WAIT, DRM_IOCTL_SYNCOBJ_SIGNAL, DRM_IOCTL_SYNCOBJ_QUERY,
		DRM_IOCTL_VIRTGPU_EXECBUFFER, DRM_IOCTL_VIRTGPU_GETPARAM,
		DRM_IOCTL_VIRTGPU_GET_CAPS, DRM_IOCTL_VIRTGPU_CONTEXT_INIT,
		DRM_IOCTL_PRIME_HANDLE_TO_FD, DRM_IOCTL_PRIME_FD_TO_HANDLE,
	};
	bool pointers = !below(3);
	u32 *words = (u32 *)(evil.data + req->data_off);
	u32 cmd = pointers ? deep[below(ARRAY_SIZE(deep))] : flat[below(ARRAY_SIZE(flat))];

	some_argument(words, pointers);
	if (cmd == DRM_IOCTL_PRIME_HANDLE_TO_FD) {
		words[0] = below(16);
		words[2] = XENDRM_FD_BAD;
	}
	req->u.ioctl.cmd = below(32) ? cmd : prandom_u32_state(&noise);
	if (cmd == DRM_IOCTL_VIRTGPU_EXECBUFFER && req->u.ioctl.cmd == cmd)
		req->u.ioctl.flags = below(2) * XENDRM_CALL_ORDERED;
	else
		req->u.ioctl.flags = !below(16) * XENDRM_CALL_NONBLOCK;
	req->req_len = _IOC_SIZE(cmd);
	req->rsp_len = _IOC_SIZE(cmd);
}

static void some_payload(struct xendrm_request *req)
{
	req->req_len = below(16) * 4;
	req->rsp_len = below(4) ? 4096 : below(64);
}

/* Of whatever there is: all have them at the same place. */
static void some_ids(struct xendrm_request *req, u32 nr)
{
	u32 *ids = (u32 *)req->u.pad;

	while (nr--)
		ids[nr] = below(16);
}

static void fill(struct xendrm_request *req)
{
	req->data_off = EVIL_DATA(req->id);
	req->file = files[below(ARRAY_SIZE(files))];
	switch (req->op) {
	case XENDRM_OP_IOCTL:
		some_ioctl(req);
		break;
	case XENDRM_OP_MMAP:
		req->u.mmap.offset = (u64)below(1 << 20) << 12;
		req->u.mmap.length = (u64)below(16) << 12;
		req->u.mmap.prot = below(4);
		req->u.mmap.object = below(2) ? 0 : below(8);
		req->u.mmap.flags = !below(8);
		req->rsp_len = below(8) * sizeof(struct xendrm_page);
		break;
	case XENDRM_OP_FAULT:
		req->u.fault.map = below(8);
		req->u.fault.first = below(8);
		req->u.fault.count = 1 + below(8);
		req->rsp_len = req->u.fault.count * sizeof(struct xendrm_page);
		break;
	case XENDRM_OP_READ:
	case XENDRM_OP_FDINFO:
		some_payload(req);
		break;
	case XENDRM_OP_MERGE:
		/* It may name only fences that there have been. */
		req->req_len = below(RULES) ? 0 : 8;
		break;
	case XENDRM_OP_GET_TABLE:
	case XENDRM_OP_IMPORT:
		some_payload(req);
		fallthrough;
	case XENDRM_OP_MUNMAP:
	case XENDRM_OP_RELEASE:
		some_ids(req, 1);
		break;
	case XENDRM_OP_RECYCLE:
	case XENDRM_OP_FORGET:
	case XENDRM_OP_CPU_ACCESS:
	case XENDRM_OP_GET_FENCE:
	case XENDRM_OP_ADD_FENCE:
		some_ids(req, 2);
		break;
	}
}

/* Any bytes of it are anything, or the ring's index is. */
static void break_rule(struct xendrm_request *req)
{
	broken = true;
	if (below(8))
		*(u32 *)((u8 *)req + below(16) * 4) = some_word(&noise);
	else if (below(2))
		evil.events->cons = prandom_u32_state(&noise);
	else if (below(2))
		evil.events->inval_acked = prandom_u32_state(&noise);
	else
		evil.ring.sring->req_prod = prandom_u32_state(&noise);
}

/* Return: an id, or IDS: there is none in time, though all were cancelled */
static u32 free_id(void)
{
	u32 id, n, i;

	for (n = 0; n < 2000 && !is_over(); n++) {
		id = find_next_zero_bit(busy, IDS, below(IDS));
		if (id < IDS)
			return id;
		id = find_first_zero_bit(busy, IDS);
		if (id < IDS)
			return id;
		take_events();
		if (!(n % 50))
			for (i = 0; i < IDS; i++)
				evil.events->cancel[i] = seqs[i];
		virt_wmb();
		notify_remote_via_irq(evil.irq);
		usleep_range(5000, 6000);
	}
	return IDS;
}

static const char *send_all(void)
{
	u32 n, id, op;
	struct xendrm_request *req;

	for (n = 0; n < REQUESTS && !is_over(); n++) {
		id = free_id();
		if (id == IDS)
			return is_over() || broken ? "as expected" : "no answer";
		op = below(2) ? XENDRM_OP_IOCTL : below(XENDRM_OP_COUNT);
		req = evil_next(op, id);
		seqs[id] = req->seq;
		set_bit(id, busy);
		fill(req);
		if (!below(RULES))
			break_rule(req);
		if (below(4))
			evil_push();
		if (!below(8))
			take_events();
		if (!below(16))
			usleep_range(100, 20000);
		evil.sent++;
		if (unasked && !broken)
			return "an answer that nobody asked for";
		/* The rest is in flight while the module goes. */
		if (evil.seed & 2 && n > REQUESTS / 2)
			break;
	}
	return "as expected";
}

const char *evil_random(void)
{
	struct task_struct *thread = NULL;
	const char *verdict;

	prandom_seed_state(&noise, evil.seed);
	prandom_seed_state(&scribble, ~evil.seed);
	evil.on_answer = note_answer;
	if (evil.seed & 1)
		thread = kthread_run(scribble_on, NULL, "evil-scribble");
	verdict = send_all();
	if (!IS_ERR_OR_NULL(thread))
		kthread_stop(thread);
	return verdict;
}
