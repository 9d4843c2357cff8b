/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * slot.h: outstanding requests by id, and how the guest cancels them
 */
#ifndef PVDRM_BACK_SLOT_H
#define PVDRM_BACK_SLOT_H

#include <linux/types.h>

struct pvdrm_job;
struct pvdrm_link;
struct task_struct;
struct xendrm_request;

/**
 * struct pvdrm_back_slot - an outstanding request
 */
struct pvdrm_back_slot {
	/** @task: runs the request and can be interrupted, or %NULL */
	struct task_struct *task;

	/** @seq: of the request */
	u32 seq;

	/** @cancelled: the guest asked for it to be interrupted */
	bool cancelled;
};

int pvdrm_back_slot_claim(struct pvdrm_link *link,
			  const struct xendrm_request *req);
void pvdrm_back_slot_release(struct pvdrm_link *link, u16 id);
bool pvdrm_back_slot_run(struct pvdrm_job *job);
void pvdrm_back_slot_stop(struct pvdrm_job *job);
void pvdrm_back_slot_interrupt_all(struct pvdrm_link *link);
bool pvdrm_back_slot_look(struct pvdrm_link *link);

#endif /* PVDRM_BACK_SLOT_H */
