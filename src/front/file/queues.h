/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * queues.h: where submissions have succeeded
 */
#ifndef PVDRM_FRONT_QUEUES_H
#define PVDRM_FRONT_QUEUES_H

#include <linux/types.h>

#include "engine.h"

#define PVDRM_QUEUES	16u

/**
 * struct pvdrm_goal - where a submission goes, and of which kind it is
 */
struct pvdrm_goal {
	/** @queue: the values that the table names */
	struct pvdrm_queue queue;
	/** @cmd: the ioctl, as in the table */
	u32 cmd;
	/** @signals: it signals syncobjs */
	bool signals;
};

/**
 * struct pvdrm_queues - where submissions of a file have succeeded
 *
 * Protected by the lock of pvdrm_live.handles.
 */
struct pvdrm_queues {
	/** @goals: the latest ones */
	struct pvdrm_goal goals[PVDRM_QUEUES];
	/** @nr: number of all that were added */
	u32 nr;
};

bool pvdrm_queues_know(const struct pvdrm_queues *queues,
		       const struct xendrm_ioctl *desc,
		       const struct pvdrm_plan *plan);
void pvdrm_queues_add(struct pvdrm_queues *queues,
		      const struct xendrm_ioctl *desc,
		      const struct pvdrm_plan *plan);
void pvdrm_queues_forget(struct pvdrm_queues *queues);

#endif /* PVDRM_FRONT_QUEUES_H */
