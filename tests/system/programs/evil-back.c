// SPDX-License-Identifier: GPL-2.0-only
/*
 * evil-back.c: a backend that breaks the protocol, for tests of the frontend
 *
 * usage: evil-back DOMID DEVID MODE
 *        evil-back DOMID DEVID serve MODE
 *        evil-back DOMID DEVID random SEED
 *
 * A user-space backend on libxenstore, libxengnttab and libxenevtchn: makes the
 * device's directories, connects with the guest's frontend, answers its first
 * GET_TABLE in a bad way, and waits for the frontend to close the device. Exit
 * status 0 and the frontend's reason on stdout if it does within 15 s.
 *
 * silent: no answer; drip: one byte in each; storm: a good table, then events
 * without end, while the device is taken away. With serve, all requests are answered
 * (evil-serve.c), and the status is 0 as well if the frontend stays. With random, any
 * rule may be broken (evil-random.c).
 */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evil-back.h"

struct evil e;

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static char *xs_get(const char *dir, const char *key)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, key);
	return xs_read(e.xs, XBT_NULL, path, NULL);
}

unsigned int xs_number(const char *dir, const char *key)
{
	char *text = xs_get(dir, key);
	unsigned int value;

	if (!text)
		die("no %s in %s", key, dir);
	value = strtoul(text, NULL, 10);
	free(text);
	return value;
}

void xs_put(const char *dir, const char *key, const char *format, ...)
{
	char path[256], value[256];
	va_list args;

	va_start(args, format);
	vsnprintf(value, sizeof(value), format, args);
	va_end(args);
	snprintf(path, sizeof(path), "%s/%s", dir, key);
	if (!xs_write(e.xs, XBT_NULL, path, value, strlen(value)))
		die("cannot write %s", path);
}

static void make_directory(const char *dir, int owner, int reader)
{
	struct xs_permissions perms[2] = {
		{ .id = owner, .perms = XS_PERM_NONE },
		{ .id = reader, .perms = XS_PERM_READ },
	};

	xs_rm(e.xs, XBT_NULL, dir);
	if (!xs_mkdir(e.xs, XBT_NULL, dir) ||
	    !xs_set_permissions(e.xs, XBT_NULL, dir, perms, 2))
		die("cannot make %s", dir);
}

void offer(enum xenbus_state state)
{
	make_directory(e.back, 0, e.domid);
	xs_put(e.back, "frontend", "%s", e.front);
	xs_put(e.back, "frontend-id", "%d", e.domid);
	xs_put(e.back, "online", "1");
	xs_put(e.back, "device-path", "/dev/null");
	xs_put(e.back, "versions", "1");
	xs_put(e.back, "driver", "evil");
	xs_put(e.back, "driver-version", "1.2.3");
	xs_put(e.back, "driver-desc", "evil");
	xs_put(e.back, "driver-date", "0");
	xs_put(e.back, "feature-objects", "1");
	xs_put(e.back, "feature-submit", "1");
	xs_put(e.back, "feature-quiet-fences", "1");
	xs_put(e.back, "feature-pin", "1");
	xs_put(e.back, "feature-map-pages", "1");
	xs_put(e.back, "max-ring-page-order", "0");
	xs_put(e.back, "max-data-pages", "4096");
	xs_put(e.back, "state", "%d", state);
	make_directory(e.front, e.domid, 0);
	xs_put(e.front, "backend", "%s", e.back);
	xs_put(e.front, "backend-id", "0");
	xs_put(e.front, "state", "%d", XenbusStateInitialising);
}

void open_handles(void)
{
	e.xs = xs_open(0);
	e.gnt = xengnttab_open(NULL, 0);
	e.evt = xenevtchn_open(NULL, 0);
	if (!e.xs || !e.gnt || !e.evt)
		die("cannot open xenstore, /dev/xen/gntdev or /dev/xen/evtchn");
}

static bool wait_state(unsigned int lowest)
{
	for (int i = 0; i < 300; i++) {
		if (xs_number(e.front, "state") >= lowest)
			return true;
		usleep(50000);
	}
	return false;
}

static void *map_pages(const uint32_t *refs, unsigned int count)
{
	return xengnttab_map_domain_grant_refs(e.gnt, count, e.domid, (uint32_t *)refs, 3);
}

static bool map_ring(void)
{
	uint32_t refs[1 << XENDRM_MAX_RING_ORDER], size;
	unsigned int order = xs_number(e.front, "ring-page-order");

	if (order > XENDRM_MAX_RING_ORDER)
		die("ring-page-order is %u", order);
	for (unsigned int i = 0; i < 1u << order; i++) {
		char key[32];

		snprintf(key, sizeof(key), XENDRM_KEY_RING_REF, i);
		refs[i] = xs_number(e.front, key);
	}
	e.ring = map_pages(refs, 1u << order);
	size = ((XENDRM_PAGE_SIZE << order) - 64) / 64;
	for (e.slots = 1; e.slots * 2 <= size; e.slots *= 2)
		;
	return e.ring;
}

/* Return: false if what the frontend shares cannot be mapped. */
bool map_front(void)
{
	uint32_t *list, dir = xs_number(e.front, "data-ref0");

	if (!map_ring())
		return false;
	list = map_pages(&dir, 1);
	if (!list)
		return false;
	e.data_pages = xs_number(e.front, "data-pages");
	if (e.data_pages > XENDRM_REFS_PER_PAGE)
		e.data_pages = XENDRM_REFS_PER_PAGE;
	e.data = map_pages(list, e.data_pages);
	dir = xs_number(e.front, "event-ref");
	e.events = map_pages(&dir, 1);
	e.port = xenevtchn_bind_interdomain(e.evt, e.domid,
					    xs_number(e.front, "event-channel"));
	if (!e.data || !e.events || e.port < 0)
		return false;
	e.ring->req_event = 1;
	return true;
}

static void connect_front(void)
{
	if (!wait_state(XenbusStateInitialised))
		die("the frontend did not answer");
	if (!map_front())
		die("cannot map what the frontend shares: %s", strerror(errno));
	xs_put(e.back, "state", "%d", XenbusStateConnected);
}

/* Request number @nr, by spinning on the ring */
static bool next_request(uint32_t nr, struct xendrm_request *req)
{
	for (int i = 0; i < 200 && *(volatile uint32_t *)&e.ring->req_prod <= nr; i++)
		usleep(50000);
	memcpy(req, e.ring->slot[nr % e.slots], sizeof(*req));
	return e.ring->req_prod > nr;
}

static struct xendrm_request first_request(void)
{
	struct xendrm_request req;

	if (!next_request(0, &req))
		die("no request came");
	if (req.op != XENDRM_OP_GET_TABLE)
		die("the first request is op %u", req.op);
	return req;
}

struct table {
	struct xendrm_table head;
	struct xendrm_ioctl ioctl;
	struct xendrm_field field[2];
};

/* A table that is right; the modes spoil it */
static struct table good_table(void)
{
	struct table t = {
		.head = {
			.magic = XENDRM_TABLE_MAGIC,
			.version = XENDRM_TABLE_VERSION,
			.nr_ioctls = 1, .nr_fields = 2,
			.length = sizeof(t),
		},
		.ioctl = { .cmd = 0xc0106440, .first = 0, .nr = 1 },
		.field = {
			{ .kind = XENDRM_FIELD_ARRAY, .flags = XENDRM_FIELD_IN,
			  .offset = 8, .count_width = 0, .count = 1,
			  .elem_size = 16, .max = 1, .first = 1, .nr = 1 },
			{ .kind = XENDRM_FIELD_ARRAY, .flags = XENDRM_FIELD_IN,
			  .offset = 8, .count = 1, .elem_size = 4, .max = 1 },
		},
	};

	return t;
}

static bool spoil(const char *mode, struct table *t, struct xendrm_response *rsp)
{
	if (!strcmp(mode, "magic"))
		t->head.magic = 1;
	else if (!strcmp(mode, "cycle"))
		t->field[1].first = 0, t->field[1].nr = 2;
	else if (!strcmp(mode, "outside"))
		t->field[0].offset = 12;
	else if (!strcmp(mode, "fields"))
		t->ioctl.nr = 60000;
	else if (!strcmp(mode, "kind"))
		t->field[1].kind = 99;
	else if (!strcmp(mode, "huge"))
		rsp->table_len = 0x7fffffff;
	else if (!strcmp(mode, "id"))
		rsp->id = 200;
	else if (!strcmp(mode, "seq"))
		rsp->seq++;
	else if (!strcmp(mode, "long"))
		rsp->rsp_len = 0x7fffffff;
	else if (!strcmp(mode, "fence"))
		rsp->fence = XENDRM_FENCE_NAME(0, 1);
	else if (!strcmp(mode, "refuse"))
		rsp->status = -5;
	else if (!strcmp(mode, "restart"))
		rsp->status = -XENDRM_ERESTARTSYS;
	else if (!strcmp(mode, "drip"))
		rsp->rsp_len = 1;
	else
		return !strcmp(mode, "overrun") || !strcmp(mode, "storm");
	return true;
}

static void send(uint32_t nr, const struct xendrm_response *rsp, uint32_t prod)
{
	memcpy(e.ring->slot[nr % e.slots], rsp, sizeof(*rsp));
	__sync_synchronize();
	e.ring->rsp_prod = prod;
	__sync_synchronize();
	xenevtchn_notify(e.evt, e.port);
}

void send_response(const struct xendrm_response *rsp)
{
	uint32_t nr = e.ring->rsp_prod;

	send(nr, rsp, nr + 1);
}

/* The rest of the table, a byte in two seconds */
static void drip(const struct table *t, struct xendrm_response rsp)
{
	struct xendrm_request req;

	for (uint32_t nr = 1; nr < sizeof(*t) && next_request(nr, &req); nr++) {
		sleep(2);
		if (req.op != XENDRM_OP_GET_TABLE || req.u.table.offset >= sizeof(*t))
			return;
		rsp.id = req.id;
		rsp.seq = req.seq;
		e.data[req.data_off] = ((const uint8_t *)t)[req.u.table.offset];
		send(nr, &rsp, nr + 1);
	}
}

/* Return: whether the frontend closes nevertheless. */
static bool storm(void)
{
	struct xendrm_event event = {
		.type = XENDRM_EVENT_READABLE, .map = 999, .seq = 1,
	};
	volatile struct xendrm_event_page *page = e.events;
	unsigned int i, events = 0;

	if (!wait_state(XenbusStateConnected))
		return false;
	xs_put(e.back, "state", "%d", XenbusStateClosing);
	for (i = 0; i < 100; i++) {
		for (int n = 0; n < 20000; n++) {
			if (page->prod - page->cons >= XENDRM_EVENTS)
				continue;
			memcpy(&e.events->event[page->prod % XENDRM_EVENTS], &event, sizeof(event));
			__sync_synchronize();
			page->prod++;
			events++;
			xenevtchn_notify(e.evt, e.port);
		}
		if (xs_number(e.front, "state") > XenbusStateClosing)
			break;
	}
	printf("closed in a storm of %u events\n", events);
	return i < 100;
}

static void answer(const char *mode)
{
	struct xendrm_request req = first_request();
	struct table t = good_table();
	struct xendrm_response rsp = {
		.op = req.op, .id = req.id, .seq = req.seq,
		.rsp_len = sizeof(t), .table_len = sizeof(t),
	};

	if (!spoil(mode, &t, &rsp))
		die("no mode '%s'", mode);
	memcpy(e.data + req.data_off, &t, sizeof(t));
	send(0, &rsp, strcmp(mode, "overrun") ? 1 : e.slots + 7);
	if (!strcmp(mode, "drip"))
		drip(&t, rsp);
}

static void report(void)
{
	char path[256], *text;

	snprintf(path, sizeof(path), "/local/domain/%d/error/device/vdrm/%d/error",
		 e.domid, e.devid);
	text = xs_read(e.xs, XBT_NULL, path, NULL);
	printf("%s\n", text ? text : "(no reason given)");
	free(text);
}

/*
 * It does not answer, and begins again. Return: whether the frontend closes when it is
 * told to.
 */
static bool go_back(void)
{
	bool closed;

	first_request();
	xs_put(e.back, "state", "%d", XenbusStateInitWait);
	sleep(12);
	xs_put(e.back, "state", "%d", XenbusStateClosing);
	closed = wait_state(XenbusStateClosing);
	report();
	return closed;
}

/* The one bad thing. Return: whether the frontend does what it should. */
static bool do_harm(const char *mode)
{
	bool closed;

	if (!strcmp(mode, "back"))
		return go_back();
	if (strcmp(mode, "silent"))
		answer(mode);
	if (!strcmp(mode, "storm"))
		return storm();
	closed = wait_state(XenbusStateClosing);
	report();
	return closed;
}

/* The frontend may close or not, but it ends when it is told to. */
static bool serve(const char *mode)
{
	bool stays;

	evil_serve(mode);
	stays = xs_number(e.front, "state") == XenbusStateConnected;
	xs_put(e.back, "state", "%d", XenbusStateClosing);
	if (!wait_state(XenbusStateClosing))
		return false;
	if (stays)
		puts("(stays connected)");
	else
		report();
	return true;
}

int main(int argc, char **argv)
{
	bool good;

	if (argc != 4 && !(argc == 5 && (!strcmp(argv[3], "serve") || !strcmp(argv[3], "random"))))
		die("usage: evil-back DOMID DEVID [serve] MODE | random SEED");
	e.domid = atoi(argv[1]);
	e.devid = atoi(argv[2]);
	snprintf(e.front, sizeof(e.front), "/local/domain/%d/device/vdrm/%d", e.domid, e.devid);
	snprintf(e.back, sizeof(e.back), "/local/domain/0/backend/vdrm/%d/%d", e.domid, e.devid);
	if (argc == 5 && !strcmp(argv[3], "random"))
		return evil_random(atoi(argv[4]));
	open_handles();
	offer(XenbusStateInitWait);
	connect_front();
	good = argc == 5 ? serve(argv[4]) : do_harm(argv[3]);
	xs_put(e.back, "state", "%d", XenbusStateClosed);
	usleep(300000);
	xs_rm(e.xs, XBT_NULL, e.front);
	xs_rm(e.xs, XBT_NULL, e.back);
	return good ? 0 : 1;
}
