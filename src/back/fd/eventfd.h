/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * eventfd.h: eventfds of the process that stand for a guest's
 */
#ifndef PVDRM_BACK_EVENTFD_H
#define PVDRM_BACK_EVENTFD_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

/**
 * struct pvdrm_signals - what a connection's guest has not been told of
 */
struct pvdrm_signals {
	/** @lock: guards @pending and its eventfds' counts; any context */
	spinlock_t lock;

	/** @pending: struct pvdrm_eventfd */
	struct list_head pending;

	/** @work: tells the guest */
	struct work_struct work;
};

struct pvdrm_eventfd;
struct pvdrm_job;

void pvdrm_signals_init(struct pvdrm_signals *signals);
void pvdrm_signals_stop(struct pvdrm_signals *signals);
int pvdrm_eventfd_create(struct pvdrm_job *job);

#endif /* PVDRM_BACK_EVENTFD_H */
