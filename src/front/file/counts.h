/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * counts.h: the numbers that a driver gives to submissions
 */
#ifndef PVDRM_FRONT_COUNTS_H
#define PVDRM_FRONT_COUNTS_H

#include "engine.h"

#define PVDRM_COUNTS	8u

/**
 * struct pvdrm_count - what a driver counts up for submissions to the same queue
 */
struct pvdrm_count {
	/** @value: of the COUNTED fields; others are 0 */
	u64 value[XENDRM_MAX_QUEUE];
	/** @number: the last one that was given; 0: not known */
	u64 number;
	/** @cmd: the ioctl, as in the table */
	u32 cmd;
};

/**
 * struct pvdrm_counts - the counts of a file
 *
 * Protected by the lock of pvdrm_live.handles.
 */
struct pvdrm_counts {
	/** @counts: the latest ones */
	struct pvdrm_count counts[PVDRM_COUNTS];
	/** @nr: number of all that were added */
	u32 nr;
	/** @waiting: numbered submissions that are being waited for */
	u32 waiting;
	/** @begun: number of these that have begun */
	u32 begun;
};

/**
 * struct pvdrm_counted - a numbered submission that is waited for
 */
struct pvdrm_counted {
	/** @begun: it has begun, and is to be ended */
	bool begun;
	/** @alone: there was none before it */
	bool alone;
	/** @turn: pvdrm_counts.begun then */
	u32 turn;
};

bool pvdrm_counts_next(struct pvdrm_counts *counts, const struct xendrm_ioctl *desc,
		       const struct pvdrm_plan *plan, u64 *number);
void pvdrm_counts_sent(struct pvdrm_counts *counts, const struct xendrm_ioctl *desc,
		       const struct pvdrm_plan *plan);
void pvdrm_counts_begin(struct pvdrm_counts *counts, const struct xendrm_ioctl *desc,
			const struct pvdrm_plan *plan, struct pvdrm_counted *counted);
void pvdrm_counts_end(struct pvdrm_counts *counts, const struct xendrm_ioctl *desc,
		      const struct pvdrm_plan *plan,
		      const struct pvdrm_counted *counted, u64 number);
void pvdrm_counts_forget(struct pvdrm_counts *counts);

#endif /* PVDRM_FRONT_COUNTS_H */
