// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupt line: see irq.h
 */
#include <stdint.h>
#include <unistd.h>

#include "irq.h"

static void deliver(struct irq *irq)
{
	static const uint64_t one = 1;

	if (!irq->level || irq->masked || irq->lost || irq->event < 0)
		return;
	if (irq->drop) {
		irq->drop--;
		irq->lost = true;
		return;
	}
	/* An event that is pending already is enough: no need to look at the result. */
	if (write(irq->event, &one, sizeof(one)) == sizeof(one))
		irq->masked = true;
}

void irq_init(struct irq *irq)
{
	*irq = (struct irq) { .event = -1 };
}

void irq_listen(struct irq *irq, int event)
{
	if (irq->event >= 0)
		close(irq->event);
	irq->event = event;
	irq->masked = false;
	deliver(irq);
}

void irq_set_level(struct irq *irq, bool level)
{
	if (!level)
		irq->lost = false;
	irq->level = level;
	deliver(irq);
}

void irq_mask(struct irq *irq, bool masked)
{
	irq->masked = masked;
	deliver(irq);
}

void irq_drop(struct irq *irq, unsigned int count)
{
	irq->drop = count;
	if (!count)
		irq->lost = false;
	deliver(irq);
}
