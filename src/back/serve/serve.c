// SPDX-License-Identifier: GPL-2.0-only
/*
 * serve.c: the loop of a thread inside SERVE
 *
 * The kernel defers work until a thread returns to user space (the final fput()
 * of a file, above all), and these threads would never return. If such work is
 * pending, the response is held back, SERVE returns, and the next SERVE of the
 * same thread sends it. So an operation is complete when its response is sent,
 * except for files of fences (fd/), about which the response says nothing.
 */
#include <linux/sched/signal.h>
#include <linux/task_work.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/bus/teardown.h"
#include "back/file/file.h"
#include "back/serve/leader.h"
#include "back/serve/serve.h"
#include "back/serve/server.h"
#include "back/serve/worker.h"
#include "back/trace.h"
#include "back/transport/ring.h"

/*
 * A thread goes to user space now and then, for other work that is due there.
 */
#define RUNS_BEFORE_TRIP	4096

#define GO_TO_USER	1

static int lead(struct pvdrm_worker *worker)
{
	struct pvdrm_server *server = worker->server;
	int ret;

	if (pvdrm_leader_try(worker))
		return 0;
	pvdrm_link_put(worker->job.link);
	worker->job.link = NULL;
	ret = wait_event_interruptible(worker->wait,
				       READ_ONCE(server->leader) == worker ||
				       READ_ONCE(server->closed));
	spin_lock_irq(&server->lock);
	list_del_init(&worker->idle);
	spin_unlock_irq(&server->lock);
	return ret ? GO_TO_USER : 0;
}

/* Use the current connection instead of the one the worker knows. */
static void update_link(struct pvdrm_worker *worker)
{
	struct pvdrm_server *server = worker->server;
	struct pvdrm_link *old = worker->job.link;

	if (READ_ONCE(server->link) == old)
		return;
	spin_lock_irq(&server->lock);
	worker->job.link = server->link;
	if (worker->job.link)
		kref_get(&worker->job.link->ref);
	spin_unlock_irq(&server->lock);
	pvdrm_link_put(old);
}

static int wait_for_change(struct pvdrm_worker *worker)
{
	return wait_event_interruptible(worker->server->leader_wait,
					pvdrm_leader_stale(worker)) ?
	       GO_TO_USER : 0;
}

static void answer(struct pvdrm_worker *worker)
{
	trace_back_request_end(worker->job.link, &worker->job.rsp);
	pvdrm_back_ring_respond(worker->job.link, &worker->job.rsp);
	worker->held = false;
}

static int run_request(struct pvdrm_worker *worker)
{
	worker->held = pvdrm_job_run(&worker->job);
	pvdrm_leader_end_request(worker);
	pvdrm_job_trim(&worker->job);
	if (task_work_pending(current)) {
		if (worker->held && worker->job.early)
			answer(worker);
		return GO_TO_USER;
	}
	if (worker->held)
		answer(worker);
	if (++worker->runs < RUNS_BEFORE_TRIP)
		return 0;
	return test_thread_flag(TIF_NOTIFY_RESUME) ? GO_TO_USER : 0;
}

/* One step of a thread. Return: 0: again; GO_TO_USER; -ENODEV. */
static int serve_step(struct pvdrm_worker *worker)
{
	struct pvdrm_server *server = worker->server;
	int ret;

	if (READ_ONCE(server->closed))
		return -ENODEV;
	ret = lead(worker);
	if (ret || READ_ONCE(server->leader) != worker)
		return ret;
	if (!list_empty_careful(&server->dead_links)) {
		pvdrm_link_reap_all(server);
		return GO_TO_USER;
	}
	update_link(worker);
	if (!worker->job.link)
		return wait_for_change(worker);
	ret = pvdrm_wait_for_request(worker);
	if (ret == 1)
		return run_request(worker);
	return ret == -ESHUTDOWN ? wait_for_change(worker) : GO_TO_USER;
}

static void leave(struct pvdrm_worker *worker)
{
	/*
	 * In strict order, this request is answered before the next is taken.
	 */
	if (worker->held && worker->server->sequential)
		return;
	pvdrm_leader_stop(worker);
}

/**
 * pvdrm_serve() - run requests in the calling thread
 * @server: its process
 *
 * Return: as PVDRM_BACK_SERVE.
 */
int pvdrm_serve(struct pvdrm_server *server)
{
	struct pvdrm_worker *worker;
	int ret;

	/* Pairs with the release in pvdrm_back_attach(). */
	if (!smp_load_acquire(&server->back))
		return -EINVAL;
	if (current->mm != server->mm)
		return -EPERM;
	worker = pvdrm_worker_enter(server);
	if (!worker)
		return -ENOMEM;
	worker->runs = 0;
	pvdrm_back_files_finish(server, current);
	if (worker->held)
		answer(worker);
	do {
		ret = serve_step(worker);
	} while (!ret);
	leave(worker);
	if (ret != GO_TO_USER) {
		pvdrm_link_reap_all(server);
		return ret;
	}
	pvdrm_count(server->back, user_trips);
	return 0;
}
