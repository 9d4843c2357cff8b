// SPDX-License-Identifier: GPL-2.0-only
/*
 * events.c: the queue of events, from the backend to us: invalidations, files
 * with DRM events, and eventfds to signal
 *
 * The host's memory management waits for our acknowledgment. So nothing is
 * waited for here except a mapping's lock, which nobody holds while waiting for
 * the backend.
 */
#include <xen/events.h>

#include "front/bus/events.h"
#include "front/call/queue.h"
#include "front/call/ring.h"
#include "front/fd/eventfd.h"
#include "front/fd/fence.h"
#include "front/fd/import.h"
#include "front/file/read.h"
#include "front/front.h"
#include "front/memory/chunk.h"
#include "front/memory/map.h"
#include "front/trace.h"

static const char *check_invalidation(const struct xendrm_event *event, u32 seq)
{
	if (event->seq != seq)
		return "invalidation out of order";
	if (!event->count || event->first + event->count < event->first)
		return "invalidation of no or too many pages";
	return NULL;
}

/* A mapping that is not found has nothing mapped. */
static const char *handle_invalidation(struct pvdrm_front *front,
				       const struct xendrm_event *event)
{
	const char *why = check_invalidation(event, front->inval_seq + 1);
	struct pvdrm_front_map *map;
	bool done = true;

	if (!why && xa_load(&front->pinned, event->map))
		why = "invalidation of a pinned mapping";
	if (why)
		return why;
	trace_front_invalidate(front, event);
	WRITE_ONCE(front->inval_begun, event->seq);
	smp_mb(); /* see ahead.c */
	map = pvdrm_front_map_find(front, event->map);
	if (map) {
		pvdrm_stat_inc(&front->stats, PVDRM_STAT_INVALIDATIONS);
		done = pvdrm_front_map_invalidate(map, event->first, event->count,
						  event->seq);
		pvdrm_front_map_put(map);
	}
	front->inval_seq = event->seq;
	/* Never acknowledge what could not be unmapped. */
	return done ? NULL : "a grant could not be unmapped";
}

static const char *handle_readable(struct pvdrm_front *front,
				   const struct xendrm_event *event)
{
	if (event->first || event->count)
		return "event with reserved bytes set";
	pvdrm_front_file_readable(front, event->map, event->seq);
	return NULL;
}

static const char *handle_signal(struct pvdrm_front *front,
				 const struct xendrm_event *event)
{
	if (event->seq || event->first)
		return "event with reserved bytes set";
	if (!event->count || event->count > XENDRM_MAX_SIGNALS)
		return "signal with a count that cannot be";
	pvdrm_front_eventfd_signal(front, event->map, event->count);
	return NULL;
}

static const char *handle_idle(struct pvdrm_front *front,
			       const struct xendrm_event *event)
{
	if (event->seq || event->first || event->count)
		return "event with reserved bytes set";
	pvdrm_import_idle(front, event->map);
	return NULL;
}

static const char *handle_event(struct pvdrm_front *front,
				const struct xendrm_event *event)
{
	if (event->reserved ||
	    memchr_inv(event->reserved2, 0, sizeof(event->reserved2)))
		return "event with reserved bytes set";
	switch (event->type) {
	case XENDRM_EVENT_INVALIDATE:
		return handle_invalidation(front, event);
	case XENDRM_EVENT_READABLE:
		return handle_readable(front, event);
	case XENDRM_EVENT_SIGNAL:
		return handle_signal(front, event);
	case XENDRM_EVENT_IDLE:
		return handle_idle(front, event);
	default:
		return "event of an unknown type";
	}
}

static const char *handle_up_to(struct pvdrm_front *front, u32 prod)
{
	struct xendrm_event_page *page = front->events;
	struct xendrm_event event;
	const char *why = NULL;
	u32 cons = front->event_cons;

	while (cons != prod && !why) {
		memcpy(&event, &page->event[cons % XENDRM_EVENTS],
		       sizeof(event));
		barrier(); /* from here on, use the copy only */
		why = handle_event(front, &event);
		pvdrm_stat_inc(&front->stats, PVDRM_STAT_EVENTS);
		cons++;
	}
	WRITE_ONCE(front->event_cons, cons);
	WRITE_ONCE(front->event_seen, true);
	return why;
}

static void acknowledge(struct pvdrm_front *front)
{
	virt_mb(); /* unmap and read before telling so */
	WRITE_ONCE(front->events->inval_acked, front->inval_seq);
	WRITE_ONCE(front->events->cons, front->event_cons);
	virt_wmb(); /* tell before notifying */
	notify_remote_via_irq(front->irq);
	pvdrm_stat_inc(&front->stats, PVDRM_STAT_NOTIFICATIONS);
}

/**
 * pvdrm_front_events_work() - handle the events on the event page
 * @work: pvdrm_front.event_work
 */
void pvdrm_front_events_work(struct work_struct *work)
{
	struct pvdrm_front *front = container_of(work, struct pvdrm_front,
						 event_work);
	const char *why;
	u32 prod;

	prod = READ_ONCE(front->events->prod);
	virt_rmb(); /* see events up to prod */
	if (prod == front->event_cons)
		return;
	if (prod - front->event_cons > XENDRM_EVENTS)
		why = "more events than the page holds";
	else
		why = handle_up_to(front, prod);
	if (why) {
		pvdrm_front_fail(front, why);
		return;
	}
	acknowledge(front);
	/* Not a loop: a backend that never stops must not keep us here. */
	pvdrm_front_queue(work);
}

/**
 * pvdrm_front_events_check() - look at the event page, in the interrupt
 * @front: the connection
 * @woken_cpu: as in pvdrm_front_fences_check()
 *
 * Signals fences; events are left to pvdrm_front_events_work().
 *
 * Return: true if there was anything new since the last interrupt.
 */
bool pvdrm_front_events_check(struct pvdrm_front *front, int *woken_cpu)
{
	bool seen = xchg(&front->event_seen, false);

	seen |= pvdrm_front_fences_check(front, woken_cpu);
	if (READ_ONCE(front->events->prod) == READ_ONCE(front->event_cons))
		return seen;
	pvdrm_front_queue(&front->event_work);
	return true;
}
