/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interrupt line (INTx): a level here, an event for the emulator
 */
#ifndef NVGPU_IRQ_H
#define NVGPU_IRQ_H

#include <stdbool.h>

/**
 * struct irq - the line
 * @event: descriptor to signal; -1: nobody listens
 * @level: what the device wants
 * @masked: by the emulator, or because an event is on its way: the emulator unmasks
 * @drop: so many events are lost, for tests
 * @lost: the event of this level was
 */
struct irq {
	int event;
	bool level;
	bool masked;
	unsigned int drop;
	bool lost;
};

void irq_init(struct irq *irq);
/* Takes over @event; -1 ends it. */
void irq_listen(struct irq *irq, int event);
void irq_set_level(struct irq *irq, bool level);
void irq_mask(struct irq *irq, bool masked);
void irq_drop(struct irq *irq, unsigned int count);

#endif /* NVGPU_IRQ_H */
