// SPDX-License-Identifier: GPL-2.0-only
/*
 * worker.c: the threads of a process that it lends
 */
#include <linux/sched.h>
#include <linux/slab.h>

#include "back/bus/back.h"
#include "back/serve/leader.h"
#include "back/serve/server.h"
#include "back/serve/worker.h"

static struct pvdrm_worker *worker_create(struct pvdrm_server *server)
{
	struct pvdrm_worker *worker = kzalloc(sizeof(*worker),
					      GFP_KERNEL_ACCOUNT);

	if (!worker)
		return NULL;
	if (pvdrm_job_init(&worker->job, &server->back->limits)) {
		kfree(worker);
		return NULL;
	}
	worker->job.step_aside = pvdrm_leader_step_aside;
	INIT_LIST_HEAD(&worker->idle);
	worker->task = current;
	worker->server = server;
	init_waitqueue_head(&worker->wait);
	INIT_DELAYED_WORK(&worker->overdue, pvdrm_leader_overdue);
	return worker;
}

static struct pvdrm_worker *worker_find(struct pvdrm_server *server)
{
	struct pvdrm_worker *worker, *found = NULL;

	spin_lock_irq(&server->lock);
	list_for_each_entry(worker, &server->workers, all) {
		if (worker->task == current) {
			found = worker;
			break;
		}
	}
	spin_unlock_irq(&server->lock);
	return found;
}

/**
 * pvdrm_worker_enter() - the calling thread's worker
 * @server: its process
 *
 * Created at the first call. A thread that ends leaves its worker to the next
 * one whose task_struct has the same address, which sends a response held back.
 *
 * Return: the worker, owned by @server, or NULL if out of memory.
 */
struct pvdrm_worker *pvdrm_worker_enter(struct pvdrm_server *server)
{
	struct pvdrm_worker *worker = worker_find(server);

	if (worker)
		return worker;
	worker = worker_create(server);
	if (!worker)
		return NULL;
	spin_lock_irq(&server->lock);
	list_add_tail(&worker->all, &server->workers);
	server->nr_workers++;
	server->spawn_until = 0;
	spin_unlock_irq(&server->lock);
	pvdrm_count(server->back, threads);
	return worker;
}

/**
 * pvdrm_worker_free() - free a worker
 * @worker: the process is gone
 */
void pvdrm_worker_free(struct pvdrm_worker *worker)
{
	pvdrm_job_free(&worker->job);
	kfree(worker);
}
