// SPDX-License-Identifier: GPL-2.0-only
/*
 * evil-random.c: a backend that breaks any rule of the protocol, at random
 *
 * The seed decides, as far as the guest asks for the same. There is one connection after
 * the other, each in a process of its own, until SIGTERM comes. The first is served the
 * right table, and a third of the others one with a byte changed. Most answers are right
 * (evil-answer.c), so that a connection lives for some time; one of so many breaks a rule,
 * and one of so many rounds of the loop breaks another. In some connections memory changes
 * while the guest reads it, answers come late or not at all, keys of xenstore are odd, or
 * the backend goes and comes back without a word.
 *
 * A line for each connection says how it ended: the reason that the frontend gave, or
 * that it gave none and was told to close. Exit status 1: it did not close in time, or
 * closed for no reason.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "evil-random.h"

#define ANSWER_S	20	/* until the frontend connects, or closes */
#define RUN_S		60	/* at the most, if nobody says when to end */
#define MAX_LATE	256

enum ending { PROPERLY, AT_ONCE, SILENTLY };

/* Exit status of a connection's process */
#define CLOSED		0
#define LEFT		2	/* the frontend does not know yet */

static struct {
	unsigned int seed, nr;
	uint64_t noise;
	uint32_t rules;		/* one of so many answers breaks one */
	uint32_t late;		/* one of so many answers is late */
	uint32_t mute;		/* after so many there are no answers */
	uint32_t ms;		/* how long it lasts */
	bool scribbles, odd_keys;
	enum ending ending;
	bool connected;
	bool told;		/* the frontend may close without a reason */
	uint32_t requests, answers, broken;
} plan;

static struct {
	struct xendrm_request req;
	uint64_t due;
} late[MAX_LATE];
static unsigned int nr_late;

static volatile sig_atomic_t stop;
static pid_t child;

uint32_t below(uint32_t limit)
{
	plan.noise ^= plan.noise >> 12;
	plan.noise ^= plan.noise << 25;
	plan.noise ^= plan.noise >> 27;
	return ((plan.noise * 0x2545f4914f6cdd1dull) >> 32) % limit;
}

static uint32_t any_word(void)
{
	return below(0x10000) << 16 | below(0x10000);
}

uint32_t some_word(void)
{
	static const uint32_t odd[] = { ~0u, 0x7fffffff, 0x80000000, 0xfffffffe, 4096, 512, 448 };

	switch (below(4)) {
	case 0:
		return below(4);
	case 1:
		return below(64);
	case 2:
		return odd[below(ARRAY_SIZE(odd))];
	default:
		return any_word();
	}
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ull + t.tv_nsec / 1000000;
}

static void notify(void)
{
	__sync_synchronize();
	xenevtchn_notify(e.evt, e.port);
}

/* ------------------------------------------------------------------- bad things */

static void send_event(const struct xendrm_event *event)
{
	volatile struct xendrm_event_page *page = e.events;

	memcpy(&e.events->event[page->prod % XENDRM_EVENTS], event, sizeof(*event));
	__sync_synchronize();
	page->prod++;
	notify();
}

static bool event_fits(void)
{
	volatile struct xendrm_event_page *page = e.events;

	return page->prod - page->cons < XENDRM_EVENTS;
}

static void right_event(void)
{
	struct xendrm_event event;

	if (!event_fits())
		return;
	answer_event(&event);
	send_event(&event);
}

static void bad_event(void)
{
	struct xendrm_event event;

	answer_event(&event);
	((uint32_t *)&event)[below(sizeof(event) / 4)] = some_word();
	send_event(&event);
}

static void storm(void)
{
	uint64_t end = now_ms() + 200;

	while (now_ms() < end) {
		right_event();
		notify();
	}
}

/* Of no request, or of any */
static void unasked(void)
{
	struct xendrm_response rsp = {
		.op = below(XENDRM_OP_COUNT), .id = below(e.slots + 2), .seq = below(plan.requests + 2),
	};

	send_response(&rsp);
}

static void move_index(void)
{
	uint32_t *index = below(4) ? &e.ring->rsp_prod : below(2) ? &e.events->prod :
			  (uint32_t *)e.ring + below(4);
	static const uint32_t steps[] = { ~0u, 1, 63, 64, 65, 128, 1u << 30, 1u << 31 };

	*index += below(8) ? steps[below(8)] : any_word();
	notify();
}

static void odd_state(void)
{
	plan.told = true;
	keys_put_odd("state");
}

/* Apart from answers */
static void break_something(void)
{
	plan.broken++;
	switch (below(10)) {
	case 0:
	case 1:
		bad_event();
		break;
	case 2:
		unasked();
		break;
	case 3:
		move_index();
		break;
	case 4:
		odd_state();
		break;
	case 5:
		keys_put_any();
		break;
	case 6:
		storm();
		break;
	case 7:
		((uint32_t *)e.events)[below(XENDRM_PAGE_SIZE / 4)] = some_word();
		notify();
		break;
	case 8:
		e.events->fence[below(XENDRM_MAX_FENCES)] = some_word();
		notify();
		break;
	default:
		*(uint32_t *)e.ring->slot[below(e.slots)] = some_word();
	}
}

/* Payloads, while the guest may be reading them */
static void scribble(void)
{
	uint32_t n, words = e.data_pages * XENDRM_PAGE_SIZE / 4;

	for (n = 0; n < 64; n++)
		((volatile uint32_t *)e.data)[below(2) ? below(words) : below(words < 512 ? words : 512)] =
			some_word();
}

static void spoil_payload(const struct xendrm_request *req)
{
	uint32_t size = e.data_pages * XENDRM_PAGE_SIZE, n;
	uint32_t words = req->rsp_len < 256 ? req->rsp_len / 4 : 64;

	if (req->data_off >= size || !words || size - req->data_off < words * 4)
		return;
	for (n = 0; n < 1 + below(4); n++)
		((uint32_t *)(e.data + req->data_off))[below(words)] = some_word();
}

static void spoil(const struct xendrm_request *req, struct xendrm_response *rsp)
{
	static const int32_t statuses[] = {
		-512, -513, -516, -517, -523, -529, -530, -4095, -4096, INT32_MIN, 1, INT32_MAX,
	};

	plan.broken++;
	switch (below(10)) {
	case 0:
	case 1:
		((uint32_t *)rsp)[below(sizeof(*rsp) / 4)] = some_word();
		break;
	case 2:
		((uint8_t *)rsp)[below(sizeof(*rsp))] ^= 1 << below(8);
		break;
	case 3:
		rsp->status = statuses[below(12)];
		break;
	case 4:
		rsp->rsp_len = below(2) ? below(req->rsp_len + 2) : some_word();
		break;
	case 5:
		rsp->fence = XENDRM_FENCE_NAME(below(XENDRM_MAX_FENCES + 2), below(3));
		break;
	case 6:
		rsp->object = below(2) ? below(64) : XENDRM_FIRST_IMPORT + below(8);
		rsp->object_size = below(2) ? (uint64_t)some_word() << below(33) : 0;
		break;
	case 7:
		send_response(rsp);
		break;
	default:
		spoil_payload(req);
	}
	/* A second name of a file or mapping that there is */
	if (!below(8)) {
		rsp->file = rsp->file ? 1 : 0;
		rsp->map = rsp->map ? 1 : 0;
	}
}

/* --------------------------------------------------------------------- a connection */

static void respond(const struct xendrm_request *req)
{
	struct xendrm_response rsp = { .op = req->op, .id = req->id, .seq = req->seq };

	if (plan.answers++ >= plan.mute)
		return;
	answer_right(req, &rsp);
	if (!below(plan.rules))
		spoil(req, &rsp);
	send_response(&rsp);
}

static void answer_late(void)
{
	uint64_t now = now_ms();
	unsigned int i = 0;

	while (i < nr_late) {
		if (late[i].due > now) {
			i++;
			continue;
		}
		respond(&late[i].req);
		late[i] = late[--nr_late];
	}
}

static void take_requests(void)
{
	uint32_t prod = *(volatile uint32_t *)&e.ring->req_prod;
	struct xendrm_request req;

	__sync_synchronize();
	/* The guest did not write an index that cannot be. */
	if (prod - plan.requests > e.slots)
		return;
	while (plan.requests != prod) {
		memcpy(&req, e.ring->slot[plan.requests % e.slots], sizeof(req));
		plan.requests++;
		if (below(plan.late) || nr_late == MAX_LATE) {
			respond(&req);
		} else {
			late[nr_late].req = req;
			late[nr_late++].due = now_ms() + below(400);
		}
	}
}

static void serve(void)
{
	uint64_t end = now_ms() + plan.ms;
	unsigned int n;

	for (n = 1; !stop && now_ms() < end; n++) {
		if (!(n % 16) && !keys_connected())
			return;
		take_requests();
		answer_late();
		answer_signal_fences();
		if (!below(8))
			right_event();
		/* It would not get beyond the table. */
		if (plan.scribbles && plan.answers > 4)
			scribble();
		if (!below(plan.rules * 8))
			break_something();
		usleep(200);
	}
}

/* Return: whether the frontend is there to be connected with. */
static bool wait_for_front(void)
{
	uint64_t end = now_ms() + ANSWER_S * 1000;
	char *why = NULL;

	while (now_ms() < end && !stop) {
		/* What it says may yet be of the connection before. */
		if (xs_number(e.front, "state") == XenbusStateInitialised)
			return true;
		free(why);
		why = keys_reason();
		if (why && xs_number(e.front, "state") >= XenbusStateClosing)
			break;
		usleep(20000);
	}
	if (!why && !stop)
		die("%u.%u: the frontend does not answer", plan.seed, plan.nr);
	free(why);
	return false;
}

static bool is_closed(void)
{
	unsigned int state = xs_number(e.front, "state");

	return state == XenbusStateClosed || state == XenbusStateInitialising;
}

/* Return: whether it is, in time. */
static bool close_front(void)
{
	uint64_t end = now_ms() + ANSWER_S * 1000;

	xs_put(e.back, "state", "%d", XenbusStateClosing);
	while (!is_closed()) {
		if (now_ms() > end)
			return false;
		usleep(10000);
	}
	return true;
}

static void tell(void)
{
	char *why = keys_reason();
	unsigned int state = xs_number(e.front, "state");

	printf("%u.%u: %u requests, %u rules broken%s%s%s%s: %s\n", plan.seed, plan.nr, plan.requests,
	       plan.broken, plan.scribbles ? ", memory changes" : "",
	       plan.answers > plan.mute ? ", no answers" : "", plan.odd_keys ? ", odd keys" : "",
	       plan.told ? ", odd states" : "", why ? why : state == XenbusStateConnected ?
	       "(stays connected)" : state == XenbusStateInitialised ? "(not connected yet)" : "(closed)");
	fflush(stdout);
	if (!why && plan.connected && !plan.told && state >= XenbusStateClosing)
		die("%u.%u: closed without a reason", plan.seed, plan.nr);
	free(why);
}

static int end_connection(void)
{
	tell();
	if (plan.ending == SILENTLY && !stop)
		return LEFT;
	if (plan.ending == AT_ONCE && !stop) {
		xs_put(e.back, "state", "%d", XenbusStateClosed);
		return CLOSED;
	}
	if (!close_front())
		die("%u.%u: not closed in %d s", plan.seed, plan.nr, ANSWER_S);
	/* Or the guest's pages are given back before. */
	if (below(2))
		xs_put(e.back, "state", "%d", XenbusStateClosed);
	return CLOSED;
}

static void spoil_table(uint8_t *table, size_t len)
{
	uint32_t tries = below(2) ? 1000 : 1, n;
	size_t at;
	uint8_t was;

	/* The first one that the frontend takes; or one that it may not */
	for (n = 0; n < tries; n++) {
		at = below(4) ? sizeof(struct xendrm_table) + below(len - sizeof(struct xendrm_table)) :
				below(len);
		was = table[at];
		table[at] = below(2) ? was ^ 1u << below(8) : some_word();
		if (tries == 1 || (table[at] != was && answer_table_passes()))
			return;
		table[at] = was;
	}
}

static const char *choose_driver(void)
{
	static const char *const drivers[] = {
		"virtio_gpu", "amdgpu", "i915", "xe", "nouveau", "radeon", "panthor", "v3d",
	};

	return drivers[plan.seed % 8];
}

static void make_plan(unsigned int seed, unsigned int nr)
{
	static const uint32_t rules[] = { 20, 100, 500, 2000 };

	plan.seed = seed;
	plan.nr = nr;
	plan.noise = (seed * 1000ull + nr + 1) * 0x9e3779b97f4a7c15ull | 1;
	below(2);
	plan.rules = rules[below(4)];
	plan.late = below(4) ? 200 : 3;
	plan.mute = below(8) ? UINT32_MAX : below(200);
	plan.ms = 500 + below(below(4) ? 1500 : 6000);
	plan.scribbles = !below(3);
	plan.odd_keys = !below(6);
	plan.ending = below(8) > 1 ? PROPERLY : below(2) ? AT_ONCE : SILENTLY;
}

/* The whole life of a connection's process. Return: its exit status */
static int connection(void)
{
	uint8_t *table;
	size_t len;

	alarm(3 * ANSWER_S);
	open_handles();
	keys_forget_reason();
	len = answer_begin(choose_driver(), &table);
	if (plan.nr && !below(3))
		spoil_table(table, len);
	keys_put(choose_driver(), plan.odd_keys);
	xs_put(e.back, "state", "%d", XenbusStateInitWait);
	if (wait_for_front() && map_front()) {
		plan.connected = true;
		xs_put(e.back, "state", "%d", XenbusStateConnected);
		serve();
	}
	return end_connection();
}

/* ---------------------------------------------------------------------- all of them */

static void stop_running(int sig)
{
	(void)sig;
	stop = 1;
	if (child > 0)
		kill(child, SIGTERM);
}

static bool run_connection(unsigned int seed, unsigned int nr)
{
	int status = 0;

	make_plan(seed, nr);
	child = fork();
	if (!child)
		_exit(connection());
	if (child < 0)
		die("fork: %s", strerror(errno));
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	child = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == CLOSED)
		xs_put(e.back, "state", "%d", XenbusStateClosed);
	else if (!WIFEXITED(status) || WEXITSTATUS(status) != LEFT)
		return false;
	return true;
}

/**
 * evil_random() - connect and serve again and again
 * @seed: what is bad, and when
 *
 * Ends at SIGTERM, or after RUN_S. Return: an exit status; 0 if the frontend always
 * did what it should.
 */
int evil_random(unsigned int seed)
{
	const struct sigaction action = { .sa_handler = stop_running };
	uint64_t end = now_ms() + RUN_S * 1000;
	unsigned int nr;
	bool good = true;

	open_handles();
	offer(XenbusStateInitialising);
	sigaction(SIGTERM, &action, NULL);
	for (nr = 0; good && !stop && now_ms() < end; nr++)
		good = run_connection(seed, nr);
	if (!close_front()) {
		fprintf(stderr, "%u: not closed in the end\n", seed);
		good = false;
	}
	xs_put(e.back, "state", "%d", XenbusStateClosed);
	usleep(300000);
	xs_rm(e.xs, XBT_NULL, e.front);
	xs_rm(e.xs, XBT_NULL, e.back);
	return good ? 0 : 1;
}
