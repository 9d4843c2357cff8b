/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * affinity.h: have an event channel's interrupt where the thread sleeps that it
 * wakes; in the kernel only
 *
 * Otherwise, the interrupt wakes one virtual CPU, which wakes another one with an
 * interprocessor interrupt: a hypercall and an interrupt more for each call that
 * sleeps.
 */
#ifndef PVDRM_AFFINITY_H
#define PVDRM_AFFINITY_H

#include <linux/cpumask.h>
#include <linux/interrupt.h>
#include <linux/smp.h>

/* Moving takes a hypercall as well: only for a thread that stays where it is. */
#define PVDRM_AFFINITY_MISSES	8

/**
 * struct pvdrm_affinity - of one interrupt; zeroed at first
 *
 * Written by the interrupt's handler only.
 */
struct pvdrm_affinity {
	/** @misses: interrupts in a row that woke threads of other CPUs only */
	unsigned int misses;
	/** @last: 1 + the CPU where it last was, or was sent, for a thread; 0: none */
	unsigned int last;
};

/**
 * pvdrm_affinity_woke() - the interrupt at hand wakes a thread
 * @affinity: the interrupt's
 * @irq: its number
 * @cpu: where the thread went to sleep
 *
 * For the handler. Whoever moves the interrupt elsewhere afterwards, by
 * /proc/irq, is not overruled until the thread has moved, too.
 */
static inline void pvdrm_affinity_woke(struct pvdrm_affinity *affinity, int irq,
				       unsigned int cpu)
{
	if (cpu != raw_smp_processor_id()) {
		if (++affinity->misses < PVDRM_AFFINITY_MISSES ||
		    affinity->last == cpu + 1)
			return;
		irq_set_affinity(irq, cpumask_of(cpu));
	}
	affinity->misses = 0;
	affinity->last = cpu + 1;
}

#endif /* PVDRM_AFFINITY_H */
