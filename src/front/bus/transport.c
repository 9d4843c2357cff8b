// SPDX-License-Identifier: GPL-2.0-only
/*
 * transport.c: what we share with the backend: ring, event page, data area and
 * event channel
 */
#include <linux/interrupt.h>
#include <linux/slab.h>
#include <xen/events.h>
#include <xen/xenbus.h>

#include "front/bus/events.h"
#include "front/bus/transport.h"
#include "front/call/data.h"
#include "front/call/ring.h"
#include "front/front.h"

/*
 * A late EOI, marked spurious if there was no reason for the interrupt: Linux
 * throttles a backend that sends interrupts for nothing. Responses that a polling
 * caller has taken count as a reason.
 */
static irqreturn_t pvdrm_irq(int irq, void *arg)
{
	struct pvdrm_front *front = arg;
	unsigned int flags = XEN_EOI_FLAG_SPURIOUS;
	int woken_cpu;

	pvdrm_stat_inc(&front->stats, PVDRM_STAT_IRQS);
	if (pvdrm_front_consume(front, &woken_cpu))
		flags = 0;
	if (pvdrm_front_events_check(front, &woken_cpu))
		flags = 0;
	if (woken_cpu >= 0)
		pvdrm_affinity_woke(&front->affinity, irq, woken_cpu);
	xen_irq_lateeoi(irq, flags);
	return IRQ_HANDLED;
}

static int alloc_slots(struct pvdrm_front *front)
{
	u32 i;

	front->nr_slots = min_t(u32, RING_SIZE(&front->ring),
				XENDRM_MAX_REQUESTS);
	front->slots = kvcalloc(front->nr_slots, sizeof(*front->slots),
				GFP_KERNEL);
	if (!front->slots)
		return -ENOMEM;

	for (i = front->nr_slots; i-- > 0;) {
		init_waitqueue_head(&front->slots[i].wait);
		front->slots[i].next = front->free_slot;
		front->free_slot = &front->slots[i];
	}
	return 0;
}

static int alloc_ring(struct pvdrm_front *front, u32 order)
{
	void *shared;
	int err;

	err = xenbus_setup_ring(front->xbdev, GFP_KERNEL, &shared, 1u << order,
				front->ring_refs);
	if (err)
		return err;
	front->nr_ring_pages = 1u << order;
	XEN_FRONT_RING_INIT(&front->ring, (struct xendrm_sring *)shared,
			    XENDRM_PAGE_SIZE << order);
	return alloc_slots(front);
}

static int alloc_events(struct pvdrm_front *front)
{
	void *page;
	int err;

	err = xenbus_setup_ring(front->xbdev, GFP_KERNEL, &page, 1,
				&front->event_ref);
	if (!err)
		front->events = page;
	return err;
}

static int bind_channel(struct pvdrm_front *front)
{
	int irq, err;

	err = xenbus_alloc_evtchn(front->xbdev, &front->port);
	if (err)
		return err;
	irq = bind_evtchn_to_irqhandler_lateeoi(front->port, pvdrm_irq, 0,
						"pvdrm-front", front);
	if (irq < 0) {
		xenbus_free_evtchn(front->xbdev, front->port);
		front->port = 0;
		return irq;
	}
	front->irq = irq;
	return 0;
}

/**
 * pvdrm_front_transport_open() - allocate and grant the shared memory
 * @front: a new connection
 * @ring_order: log2 of the ring's pages
 * @data_pages: pages of the data area
 *
 * Return: 0 or an error. In both cases call pvdrm_front_transport_stop() and
 * pvdrm_front_transport_free() in the end.
 */
int pvdrm_front_transport_open(struct pvdrm_front *front, u32 ring_order,
			       u32 data_pages)
{
	int err;

	err = alloc_ring(front, ring_order);
	if (err)
		return err;
	err = alloc_events(front);
	if (err)
		return err;
	err = pvdrm_data_setup(&front->data, front->xbdev, data_pages);
	if (err)
		return err;
	return bind_channel(front);
}

/**
 * pvdrm_front_transport_stop() - stop interrupts and the event work
 * @front: a dead connection without callers; pvdrm_front_transport_open() may
 *	   have failed half-way
 */
void pvdrm_front_transport_stop(struct pvdrm_front *front)
{
	/* In this order: the interrupt queues the work, the work notifies. */
	if (front->irq)
		disable_irq(front->irq);
	cancel_work_sync(&front->event_work);
	if (front->irq)
		unbind_from_irqhandler(front->irq, front); /* closes the port */
	front->irq = 0;
}

/**
 * pvdrm_front_transport_free() - end the grants and free the shared memory
 * @front: a connection that is stopped
 *
 * Preferably after the backend has unmapped it: the kernel ends grants that are
 * still in use later and slowly, and has fewer grants until then.
 */
void pvdrm_front_transport_free(struct pvdrm_front *front)
{
	void *shared = front->ring.sring, *events = front->events;

	pvdrm_data_teardown(&front->data);
	if (events)
		xenbus_teardown_ring(&events, 1, &front->event_ref);
	front->events = NULL;
	if (shared)
		xenbus_teardown_ring(&shared, front->nr_ring_pages,
				     front->ring_refs);
	front->ring.sring = NULL;
	kvfree(front->slots);
	front->slots = NULL;
	front->free_slot = NULL;
}
