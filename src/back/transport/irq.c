// SPDX-License-Identifier: GPL-2.0-only
/*
 * irq.c: the handler of the event channel
 *
 * The guest notifies for requests, cancellations and acknowledgements alike.
 * One that brings nothing counts as spurious, and Xen's code delays the next.
 */
#include <xen/events.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/serve/leader.h"
#include "back/transport/irq.h"
#include "back/transport/ring.h"
#include "back/transport/slot.h"

/* @posted: what the guest's index may be at most. Return: whether it went on. */
static bool went_on(u32 *seen, u32 now, u32 posted)
{
	if ((s32)(now - *seen) <= 0 || (s32)(posted - now) < 0)
		return false;
	*seen = now;
	return true;
}

/* Useful is what the guest cannot repeat without our posting something. */
static bool look_at_acks(struct pvdrm_link *link)
{
	bool useful;

	if (!atomic_read(&link->ack_waiters))
		return false;
	wake_up_all(&link->ack_wait);
	useful = went_on(&link->seen_cons, READ_ONCE(link->events->cons),
			 READ_ONCE(link->event_prod));
	useful |= went_on(&link->seen_acked,
			  READ_ONCE(link->events->inval_acked),
			  READ_ONCE(link->inval_seq));
	return useful;
}

/**
 * pvdrm_back_irq() - look at what the guest has notified about
 * @irq: the event channel
 * @data: struct pvdrm_link; its shared memory is there while this is bound
 *
 * Takes no lock that sleeps.
 *
 * Return: IRQ_HANDLED.
 */
irqreturn_t pvdrm_back_irq(int irq, void *data)
{
	struct pvdrm_link *link = data;
	bool useful;
	int cpu;

	pvdrm_count(link->back, irqs);
	useful = look_at_acks(link);
	useful |= pvdrm_back_slot_look(link);
	useful |= pvdrm_back_ring_saw_new(link);
	if (pvdrm_back_ring_has_work(link)) {
		cpu = pvdrm_leader_kick(link);
		if (cpu >= 0)
			pvdrm_affinity_woke(&link->affinity, irq, cpu);
	}
	if (!useful)
		pvdrm_count(link->back, spurious);
	xen_irq_lateeoi(irq, useful ? 0 : XEN_EOI_FLAG_SPURIOUS);
	return IRQ_HANDLED;
}
