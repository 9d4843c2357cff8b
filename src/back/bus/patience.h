/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * patience.h: how long the host waits for a guest's acknowledgements in all
 */
#ifndef PVDRM_BACK_PATIENCE_H
#define PVDRM_BACK_PATIENCE_H

#include <linux/spinlock.h>

#include "back/bus/waited.h"

/**
 * struct pvdrm_patience - of a device, across all its connections
 */
struct pvdrm_patience {
	/** @lock: guards all below */
	spinlock_t lock;

	/** @waited: what the host has waited so far */
	struct pvdrm_waited waited;

	/** @waiting: number of those who wait at the moment */
	u32 waiting;

	/** @since: up to then, waiting has been charged; in ns */
	u64 since;
};

void pvdrm_patience_init(struct pvdrm_patience *patience);
unsigned int pvdrm_patience_ms(struct pvdrm_patience *patience);
void pvdrm_patience_begin(struct pvdrm_patience *patience);
u64 pvdrm_patience_end(struct pvdrm_patience *patience);

#endif /* PVDRM_BACK_PATIENCE_H */
