/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * irq.h: the handler of the event channel
 */
#ifndef PVDRM_BACK_IRQ_H
#define PVDRM_BACK_IRQ_H

#include <linux/irqreturn.h>

irqreturn_t pvdrm_back_irq(int irq, void *data);

#endif /* PVDRM_BACK_IRQ_H */
