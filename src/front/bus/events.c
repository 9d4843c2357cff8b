// SPDX-License-Identifier: GPL-2.0-only
/*
 * events.c: the event page's queue; in this version, mappings invalidated
 *
 * The host's memory management waits until it is acknowledged. So this waits for
 * nothing but a mapping's lock, which is never held across a wait.
 */
#include <xen/events.h>

#include "front/front.h"
#include "front/memory/map.h"

static const char *check_event(const struct xendrm_event *event, u32 seq)
{
	if (event->type != XENDRM_EVENT_INVALIDATE)
		return "event of an unknown type";
	if (event->reserved ||
	    memchr_inv(event->reserved2, 0, sizeof(event->reserved2)))
		return "event with reserved bytes set";
	if (event->seq != seq)
		return "invalidation out of order";
	if (!event->count || event->first + event->count < event->first)
		return "invalidation of no or too many pages";
	return NULL;
}

/* A mapping that is not known (any more) has nothing mapped. */
static const char *handle_event(struct pvdrm_front *front,
				const struct xendrm_event *event)
{
	const char *why = check_event(event, front->inval_seq + 1);
	struct pvdrm_front_map *map;
	bool done = true;

	if (why)
		return why;
	map = pvdrm_front_map_find(front, event->map);
	if (map) {
		pvdrm_stat_inc(&front->stats, PVDRM_STAT_INVALIDATIONS);
		done = pvdrm_front_map_invalidate(map, event->first, event->count,
						  event->seq);
		pvdrm_front_map_put(map);
	}
	front->inval_seq = event->seq;
	/* What could not be unmapped must never be acknowledged. */
	return done ? NULL : "a grant could not be unmapped";
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
		barrier(); /* from here on only the copy is looked at */
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
	virt_mb(); /* unmapped and read, before it is said */
	WRITE_ONCE(front->events->inval_acked, front->inval_seq);
	WRITE_ONCE(front->events->cons, front->event_cons);
	virt_wmb(); /* said, before the notification */
	notify_remote_via_irq(front->irq);
	pvdrm_stat_inc(&front->stats, PVDRM_STAT_NOTIFICATIONS);
}

/**
 * pvdrm_front_events_work() - handle what is on the event page
 * @work: pvdrm_front.event_work
 */
void pvdrm_front_events_work(struct work_struct *work)
{
	struct pvdrm_front *front = container_of(work, struct pvdrm_front,
						 event_work);
	const char *why = NULL;
	u32 prod;

	while (!why) {
		prod = READ_ONCE(front->events->prod);
		virt_rmb(); /* see events up to prod */
		if (prod == front->event_cons)
			return;
		if (prod - front->event_cons > XENDRM_EVENTS)
			why = "more events than the page holds";
		else
			why = handle_up_to(front, prod);
		if (!why)
			acknowledge(front);
	}
	pvdrm_front_fail(front, why);
}

/**
 * pvdrm_front_events_check() - see to what is on the event page, in the interrupt
 * @front: the connection
 *
 * Return: true if there was anything since the last interrupt.
 */
bool pvdrm_front_events_check(struct pvdrm_front *front)
{
	bool seen = xchg(&front->event_seen, false);

	seen |= pvdrm_front_fences_check(front);
	if (READ_ONCE(front->events->prod) == READ_ONCE(front->event_cons))
		return seen;
	queue_work(pvdrm_front_wq, &front->event_work);
	return true;
}
