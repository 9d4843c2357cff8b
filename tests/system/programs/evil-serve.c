// SPDX-License-Identifier: GPL-2.0-only
/*
 * evil-serve.c: a backend that serves a good table, and then gives bad answers
 *
 * The guest runs tests/guest/meet-evil, which makes dma-bufs, syncobjs and eventfds, and
 * has another device attach to a dma-buf.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "evil-back.h"

/* Numbers of ioctls, and where their arguments have the descriptor */
#define PRIME_HANDLE_TO_FD	0xc00c642d
#define SYNCOBJ_HANDLE_TO_FD	0xc01064c1
#define SYNCOBJ_FD_TO_HANDLE	0xc01064c2
#define SYNCOBJ_EVENTFD		0xc01864cf
#define PRIME_FD		8
#define SYNCOBJ_FD		8
#define EVENTFD_FD		16

#define DMABUF_ID		1
#define SYNCOBJ_ID		2
#define EVENTFD_ID		3
#define MAP_ID			7
#define NR_IOCTLS		4

struct serve_table {
	struct xendrm_table head;
	struct xendrm_ioctl ioctl[NR_IOCTLS];
	struct xendrm_field field[NR_IOCTLS];
};

static struct xendrm_field fd_field(uint32_t kind, uint32_t offset, uint8_t flags)
{
	return (struct xendrm_field){
		.kind = XENDRM_FIELD_FD, .flags = flags, .offset = offset, .aux = kind,
	};
}

static struct serve_table serve_table(void)
{
	return (struct serve_table){
		.head = {
			.magic = XENDRM_TABLE_MAGIC, .version = XENDRM_TABLE_VERSION,
			.nr_ioctls = NR_IOCTLS, .nr_fields = NR_IOCTLS,
			.length = sizeof(struct serve_table),
		},
		.ioctl = {
			{ .cmd = PRIME_HANDLE_TO_FD, .first = 0, .nr = 1 },
			{ .cmd = SYNCOBJ_HANDLE_TO_FD, .first = 1, .nr = 1 },
			{ .cmd = SYNCOBJ_FD_TO_HANDLE, .first = 2, .nr = 1 },
			{ .cmd = SYNCOBJ_EVENTFD, .first = 3, .nr = 1 },
		},
		.field = {
			fd_field(XENDRM_FD_DMABUF, PRIME_FD, XENDRM_FIELD_OUT),
			fd_field(XENDRM_FD_SYNCOBJ, SYNCOBJ_FD, XENDRM_FIELD_OUT),
			fd_field(XENDRM_FD_SYNC_FILE, SYNCOBJ_FD, XENDRM_FIELD_IN),
			fd_field(XENDRM_FD_EVENTFD, EVENTFD_FD, XENDRM_FIELD_IN),
		},
	};
}

static bool is(const char *mode, const char *name)
{
	return !strcmp(mode, name);
}

/* Of a dma-buf; the second one's pages alone take 16 GiB of lists */
static uint64_t object_size(const char *mode)
{
	if (is(mode, "object-size"))
		return ~0ull;
	if (is(mode, "object-huge"))
		return 1ull << 42;
	return is(mode, "object-odd") ? 16001 : 16384;
}

/* Sizes differ from header to header. The argument comes back as it is, with the new descriptor where there is one. */
static void answer_ioctl(const char *mode, const struct xendrm_request *req,
			 struct xendrm_response *rsp)
{
	uint8_t nr = req->u.ioctl.cmd;
	uint32_t *fd = (void *)(e.data + req->data_off + 8);

	rsp->rsp_len = req->rsp_len;
	if (nr == (uint8_t)PRIME_HANDLE_TO_FD) {
		*fd = XENDRM_FD_NEW;
		rsp->object = DMABUF_ID;
		rsp->object_flags = XENDRM_OBJECT_WRITE;
		rsp->object_size = object_size(mode);
		if (is(mode, "import-none")) {
			rsp->object = XENDRM_FIRST_IMPORT;
			rsp->object_flags = 0;
			rsp->object_size = 0;
		}
	} else if (nr == (uint8_t)SYNCOBJ_HANDLE_TO_FD) {
		*fd = XENDRM_FD_NEW;
		rsp->object = is(mode, "object-kind") ? DMABUF_ID : SYNCOBJ_ID;
		if (is(mode, "object-id"))
			rsp->object = 0x80000000;
	} else if (nr == (uint8_t)SYNCOBJ_FD_TO_HANDLE) {
		*fd = XENDRM_FD_SAME;
	} else if (nr == (uint8_t)SYNCOBJ_EVENTFD) {
		fd[2] = XENDRM_FD_SAME;
	}
}

/* Fences that are never signalled; as many as are asked for, or the same each time */
static uint32_t next_fence(const char *mode)
{
	static uint32_t slot;

	return XENDRM_FENCE_NAME(is(mode, "fence-twice") ? 0 : slot++ % XENDRM_FIRST_FRONT_FENCE, 1);
}

/* Return: false if there is no room. */
static bool post(uint16_t type, uint32_t map, uint32_t count)
{
	volatile struct xendrm_event_page *page = e.events;
	struct xendrm_event event = {
		.type = type, .map = map, .count = count,
		.seq = type == XENDRM_EVENT_INVALIDATE,
	};

	if (page->prod - page->cons >= XENDRM_EVENTS)
		return false;
	memcpy(&e.events->event[page->prod % XENDRM_EVENTS], &event, sizeof(event));
	__sync_synchronize();
	page->prod++;
	xenevtchn_notify(e.evt, e.port);
	return true;
}

/* A grant of a page of ours */
static uint32_t shared_page(void)
{
	static uint32_t gref;

	if (!gref && !xengntshr_share_pages(xengntshr_open(NULL, 0), e.domid, 1, &gref, 1))
		perror("xengntshr_share_pages");
	return gref;
}

/* Pages of a pinned mapping, all the same */
static void answer_fault(const char *mode, const struct xendrm_request *req,
			 struct xendrm_response *rsp)
{
	struct xendrm_page *pages = (void *)(e.data + req->data_off);
	uint32_t i;

	rsp->rsp_len = req->u.fault.count * sizeof(*pages);
	memset(pages, 0, rsp->rsp_len);
	for (i = 0; i < req->u.fault.count; i++) {
		if (is(mode, "pin-device"))
			pages[i].kind = XENDRM_PAGE_DEVICE;
		else if (!is(mode, "pin-none"))
			pages[i].kind = XENDRM_PAGE_GRANT;
		pages[i].gref = pages[i].kind == XENDRM_PAGE_GRANT ? shared_page() : 0;
	}
	if (is(mode, "pin-short"))
		rsp->rsp_len -= sizeof(*pages);
	if (is(mode, "pin-invalidate"))
		post(XENDRM_EVENT_INVALIDATE, MAP_ID, 1);
}

/* The first pages of a mapping, which the frontend may ask for with it */
static void answer_map(const char *mode, const struct xendrm_request *req,
		       struct xendrm_response *rsp)
{
	struct xendrm_page *pages = (void *)(e.data + req->data_off);

	rsp->map = MAP_ID;
	if (is(mode, "import-map"))
		rsp->object = XENDRM_FIRST_IMPORT;
	if (!req->rsp_len || strncmp(mode, "map-", 4))
		return;
	rsp->rsp_len = req->rsp_len;
	memset(pages, 0, rsp->rsp_len);
	if (is(mode, "map-kind"))
		pages->kind = XENDRM_PAGE_DEVICE + 1;
	if (is(mode, "map-short"))
		rsp->rsp_len -= sizeof(*pages);
	if (is(mode, "map-long"))
		rsp->rsp_len += sizeof(*pages);
	if (is(mode, "map-grant")) {
		pages->kind = XENDRM_PAGE_GRANT;
		pages->gref = ~0u;
	}
}

/* Return: whether there is an answer. */
static bool serve_one(const char *mode, const struct xendrm_request *req,
		      struct xendrm_response *rsp)
{
	switch (req->op) {
	case XENDRM_OP_OPEN:
		rsp->file = 1;
		break;
	case XENDRM_OP_IOCTL:
		answer_ioctl(mode, req, rsp);
		break;
	case XENDRM_OP_MMAP:
		answer_map(mode, req, rsp);
		break;
	case XENDRM_OP_FAULT:
		answer_fault(mode, req, rsp);
		break;
	case XENDRM_OP_EVENTFD:
		rsp->object = is(mode, "eventfd-none") ? 0 : EVENTFD_ID;
		if (is(mode, "eventfd-fence"))
			rsp->fence = XENDRM_FENCE_NAME(7, 1);
		break;
	case XENDRM_OP_GET_FENCE:
		if (is(mode, "mute"))
			return false;
		rsp->fence = next_fence(mode);
		if (is(mode, "fence-slot"))
			rsp->fence = XENDRM_FENCE_NAME(XENDRM_MAX_FENCES, 1);
		if (is(mode, "fence-ours"))
			rsp->fence = XENDRM_FENCE_NAME(XENDRM_FIRST_FRONT_FENCE, 1);
		break;
	case XENDRM_OP_MERGE:
		if (!is(mode, "merge-none"))
			rsp->fence = next_fence(mode);
		break;
	}
	return true;
}

/* SIGNALs without end, of which only those of one id are right */
static void flood(unsigned int *signals)
{
	for (int n = 0; n < 1000; n++)
		*signals += post(XENDRM_EVENT_SIGNAL, n % 8, XENDRM_MAX_SIGNALS);
}

static volatile sig_atomic_t stop;

static void stop_serving(int sig)
{
	(void)sig;
	stop = 1;
}

/**
 * evil_serve() - answer the first request and all others
 * @mode: what is bad
 *
 * Returns when the frontend closes, at SIGTERM, or after SERVE_SECONDS.
 */
void evil_serve(const char *mode)
{
	time_t end = time(NULL) + SERVE_SECONDS;
	struct serve_table t = serve_table();
	struct xendrm_request req;
	unsigned int signals = 0;
	uint32_t nr = 0;

	signal(SIGTERM, stop_serving);
	while (!stop && time(NULL) < end && xs_number(e.front, "state") < XenbusStateClosing) {
		struct xendrm_response rsp = { 0 };

		if (is(mode, "signal-flood"))
			flood(&signals);
		if (is(mode, "signal-count") && nr > 8)
			post(XENDRM_EVENT_SIGNAL, EVENTFD_ID, XENDRM_MAX_SIGNALS + 1);
		if (is(mode, "idle-count") && nr > 8)
			post(XENDRM_EVENT_IDLE, XENDRM_FIRST_IMPORT, 1);
		if (is(mode, "idle-flood"))
			signals += post(XENDRM_EVENT_IDLE, XENDRM_FIRST_IMPORT + nr, 0);
		if (*(volatile uint32_t *)&e.ring->req_prod == nr) {
			e.ring->req_event = nr + 1;
			usleep(5000);
			continue;
		}
		memcpy(&req, e.ring->slot[nr % e.slots], sizeof(req));
		rsp.op = req.op;
		rsp.id = req.id;
		rsp.seq = req.seq;
		if (req.op == XENDRM_OP_GET_TABLE) {
			memcpy(e.data + req.data_off, &t, sizeof(t));
			rsp.rsp_len = rsp.table_len = sizeof(t);
		} else if (!serve_one(mode, &req, &rsp)) {
			nr++;
			continue;
		}
		nr++;
		send_response(&rsp);
	}
	fprintf(stderr, "%s: %u requests, %u signals\n", mode, nr, signals);
}
