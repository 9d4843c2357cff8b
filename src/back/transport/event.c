// SPDX-License-Identifier: GPL-2.0-only
/*
 * event.c: tell the guest to unmap pages, and wait until it has; tell it of
 * files with DRM events
 *
 * Called from notifiers, even in reclaim: no memory is allocated, and every
 * wait has a bound, as has the sum of them (bus/patience.c). The handler of the
 * event channel wakes those who wait, since the threads of the process may be
 * stuck behind a lock that the caller of the notifier holds.
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <xen/events.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/trace.h"
#include "back/transport/event.h"

static unsigned int pvdrm_ack_timeout_ms = 1000;
module_param_named(ack_timeout_ms, pvdrm_ack_timeout_ms, uint, 0644);
MODULE_PARM_DESC(ack_timeout_ms,
		 "how long a guest may take to unmap pages before its device is closed (default: 1000)");

/* Look at the page now and then, in case a notification is delayed. */
#define LOOK_AGAIN	msecs_to_jiffies(10)

enum look { NOT_YET, YES, BROKEN };

typedef enum look (*look_fn)(struct pvdrm_link *link, u32 arg);

static enum look look_for_room(struct pvdrm_link *link, u32 unused)
{
	u32 cons = READ_ONCE(link->events->cons);
	u32 pending = link->event_prod - cons;

	if (pending > XENDRM_EVENTS) {
		pvdrm_violation(link, "event page: cons %u, but prod %u", cons,
				link->event_prod);
		return BROKEN;
	}
	return pending < XENDRM_EVENTS ? YES : NOT_YET;
}

static enum look look_for_ack(struct pvdrm_link *link, u32 seq)
{
	u32 acked = READ_ONCE(link->events->inval_acked);

	return (s32)(acked - seq) >= 0 ? YES : NOT_YET;
}

/* May be called by a task about to sleep: must not sleep itself. */
static enum look look(struct pvdrm_link *link, look_fn fn, u32 arg)
{
	enum look ret = BROKEN;

	if (READ_ONCE(link->mute))
		return BROKEN;
	/* Fails only against the writer that sets @dead. */
	if (!down_read_trylock(&link->io))
		return READ_ONCE(link->dead) ? BROKEN : NOT_YET;
	if (!link->dead) {
		/* A guest that has unmapped all reads no events any more. */
		ret = READ_ONCE(link->events->all_unmapped) ? YES :
							      fn(link, arg);
	}
	up_read(&link->io);
	return ret;
}

/* When the connection ends anyway, nobody else waits for it. */
static unsigned int time_left(struct pvdrm_link *link)
{
	unsigned int ms = READ_ONCE(pvdrm_ack_timeout_ms);

	if (READ_ONCE(link->closing))
		return ms;
	return min(ms, pvdrm_patience_ms(&link->back->patience));
}

/* @ms: 0: for a guest with which the host has no more patience, it does not wait. */
static enum look watch(struct pvdrm_link *link, look_fn fn, u32 arg,
		       unsigned int ms)
{
	struct pvdrm_patience *patience = &link->back->patience;
	unsigned long end = jiffies + msecs_to_jiffies(ms);
	enum look seen = look(link, fn, arg);
	u64 begin, waited;
	long left;

	if (seen != NOT_YET || !ms)
		return seen;
	begin = ktime_get_ns();
	pvdrm_patience_begin(patience);
	atomic_inc(&link->ack_waiters);
	while ((seen = look(link, fn, arg)) == NOT_YET &&
	       (left = end - jiffies) >= 0)
		wait_event_timeout(link->ack_wait,
				   look(link, fn, arg) != NOT_YET,
				   min(left + 1, (long)LOOK_AGAIN));
	atomic_dec(&link->ack_waiters);
	waited = pvdrm_patience_end(patience);
	pvdrm_count_by(link->back, ack_wait_us, div_u64(waited, NSEC_PER_USEC));
	/* A jiffy may be many times what was left of the budget. */
	if (seen == YES && ms < READ_ONCE(pvdrm_ack_timeout_ms) &&
	    ktime_get_ns() - begin > (u64)ms * NSEC_PER_MSEC)
		seen = NOT_YET;
	return seen;
}

/* Return: whether it came, in time. */
static bool wait_for(struct pvdrm_link *link, look_fn fn, u32 arg,
		     const char *what)
{
	unsigned int ms = time_left(link);
	enum look seen = watch(link, fn, arg, ms);

	if (seen != NOT_YET)
		return seen == YES;
	WRITE_ONCE(link->mute, true);
	pvdrm_count(link->back, acks_missed);
	pvdrm_violation(link, "guest did not acknowledge %s in %u ms%s", what,
			ms, ms < READ_ONCE(pvdrm_ack_timeout_ms) ?
			": it is too slow each time" : "");
	return false;
}

/* event_lock held, room is there */
static bool post(struct pvdrm_link *link, struct xendrm_event *event)
{
	bool ok;

	down_read(&link->io);
	ok = !link->dead;
	if (ok) {
		if (event->type == XENDRM_EVENT_INVALIDATE) {
			event->seq = ++link->inval_seq;
			trace_back_invalidate_begin(link, event);
		}
		link->events->event[link->event_prod % XENDRM_EVENTS] = *event;
		/* The guest sees the event before the index. */
		virt_wmb();
		WRITE_ONCE(link->events->prod, ++link->event_prod);
		notify_remote_via_irq(link->irq);
	}
	up_read(&link->io);
	return ok;
}

static bool invalidate(struct pvdrm_link *link, u32 map, u32 first, u32 count,
		       u32 *seq, bool may_wait)
{
	struct xendrm_event event = {
		.type = XENDRM_EVENT_INVALIDATE,
		.map = map,
		.first = first,
		.count = count,
	};
	bool ok;

	mutex_lock(&link->event_lock);
	ok = may_wait ? wait_for(link, look_for_room, 0, "events") :
			look(link, look_for_room, 0) == YES;
	ok = ok && post(link, &event);
	mutex_unlock(&link->event_lock);
	if (ok)
		*seq = event.seq;
	return ok;
}

/**
 * pvdrm_event_invalidate() - tell the guest to unmap pages
 * @link: the connection
 * @map: the mapping's name
 * @first: page in it
 * @count: pages
 * @seq: result, the invalidation's number, to wait for
 *
 * The caller holds the mapping's lock, which orders this against the grants
 * of the same mapping.
 *
 * Return: false when the guest cannot be told; then the device is closed.
 */
bool pvdrm_event_invalidate(struct pvdrm_link *link, u32 map, u32 first,
			    u32 count, u32 *seq)
{
	bool ok = invalidate(link, map, first, count, seq, true);

	pvdrm_count(link->back, invalidations);
	return ok;
}

/**
 * pvdrm_event_try_invalidate() - the same, if there is room for the event
 * @link: the connection
 * @map: the mapping's name; its lock is held
 * @first: page in it
 * @count: pages
 * @seq: result, the invalidation's number; unchanged if there is none
 *
 * Return: false when the guest cannot be told now; nothing happens then.
 */
bool pvdrm_event_try_invalidate(struct pvdrm_link *link, u32 map, u32 first,
				u32 count, u32 *seq)
{
	return invalidate(link, map, first, count, seq, false);
}

static void note_time(struct pvdrm_link *link, u64 ns)
{
	atomic64_t *max = pvdrm_counter(link->back, ack_max_us);
	s64 us = div_u64(ns, NSEC_PER_USEC);

	/* Two at once may lose the lesser of their values. */
	if (us > atomic64_read(max))
		atomic64_set(max, us);
}

/**
 * pvdrm_event_wait_ack() - wait until the guest has unmapped the pages
 * @link: the connection
 * @seq: from pvdrm_event_invalidate()
 *
 * Return: whether it says so; if not, the device is closed.
 */
bool pvdrm_event_wait_ack(struct pvdrm_link *link, u32 seq)
{
	u64 start = ktime_get_ns();
	bool ok = wait_for(link, look_for_ack, seq, "an invalidation");

	trace_back_invalidate_end(link, seq, ok);
	if (ok)
		note_time(link, ktime_get_ns() - start);
	return ok;
}

/**
 * pvdrm_event_is_acked() - wait for the guest, and bear it if it doesn't answer
 * @link: the connection
 * @seq: from pvdrm_event_try_invalidate()
 *
 * Return: whether it acknowledged it, in time.
 */
bool pvdrm_event_is_acked(struct pvdrm_link *link, u32 seq)
{
	bool ok = watch(link, look_for_ack, seq, time_left(link)) == YES;

	trace_back_invalidate_end(link, seq, ok);
	return ok;
}

static bool tell(struct pvdrm_link *link, struct xendrm_event *event)
{
	bool ok;

	mutex_lock(&link->event_lock);
	ok = wait_for(link, look_for_room, 0, "events") && post(link, event);
	mutex_unlock(&link->event_lock);
	return ok;
}

/**
 * pvdrm_event_readable() - tell the guest that a file has DRM events
 * @link: the connection
 * @file: the guest's id of it
 * @seq: see struct xendrm_read
 *
 * A guest that cannot be told has lost the device.
 */
void pvdrm_event_readable(struct pvdrm_link *link, u32 file, u32 seq)
{
	struct xendrm_event event = {
		.type = XENDRM_EVENT_READABLE,
		.map = file,
		.seq = seq,
	};

	tell(link, &event);
}

/**
 * pvdrm_event_signal() - tell the guest to signal an eventfd
 * @link: the connection
 * @object: the eventfd's id
 * @count: how often, up to XENDRM_MAX_SIGNALS
 *
 * Return: false when the guest cannot be told; then the device is closed.
 */
bool pvdrm_event_signal(struct pvdrm_link *link, u32 object, u32 count)
{
	struct xendrm_event event = {
		.type = XENDRM_EVENT_SIGNAL,
		.map = object,
		.count = count,
	};

	return tell(link, &event);
}

/**
 * pvdrm_event_idle() - tell the guest that the driver has let go of an import
 * @link: the connection
 * @import: its id
 *
 * Return: false when the guest cannot be told; then the device is closed.
 */
bool pvdrm_event_idle(struct pvdrm_link *link, u32 import)
{
	struct xendrm_event event = {
		.type = XENDRM_EVENT_IDLE,
		.map = import,
	};

	return tell(link, &event);
}
