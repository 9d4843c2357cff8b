/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * worker.h: the threads of a process that it lends
 */
#ifndef PVDRM_BACK_WORKER_H
#define PVDRM_BACK_WORKER_H

#include <linux/list.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "back/serve/job.h"

struct pvdrm_server;
struct task_struct;

/**
 * struct pvdrm_worker - a thread of the process, inside SERVE or about to be
 *
 * @holding and @counted are guarded by pvdrm_server.lock.
 */
struct pvdrm_worker {
	/** @all: entry in pvdrm_server.workers */
	struct list_head all;

	/** @idle: entry in pvdrm_server.idle */
	struct list_head idle;

	/**
	 * @task: the thread; compared, and looked at while it runs a request
	 */
	struct task_struct *task;

	/** @server: its process */
	struct pvdrm_server *server;

	/**
	 * @job: the request at hand; its link is the one the worker works for
	 */
	struct pvdrm_job job;

	/** @wait: where it waits to lead */
	wait_queue_head_t wait;

	/** @spin_ns: how long it watches the ring before it sleeps */
	u32 spin_ns;

	/** @runs: requests since it last was in user space */
	u32 runs;

	/**
	 * @held: the response waits for the thread to go to user space and back
	 */
	bool held;

	/**
	 * @aside: running a request that may block; written by this thread only
	 */
	bool aside;

	/** @timed: @overdue was queued; written by this thread only */
	bool timed;

	/** @overdue: ends @holding when the request takes long */
	struct delayed_work overdue;

	/** @holding: it goes on leading while it runs, and takes no request */
	bool holding;

	/** @counted: it is one of pvdrm_server.running */
	bool counted;

	/** @since: jiffies when the request stepped aside */
	unsigned long since;
};

struct pvdrm_worker *pvdrm_worker_enter(struct pvdrm_server *server);
void pvdrm_worker_free(struct pvdrm_worker *worker);

#endif /* PVDRM_BACK_WORKER_H */
