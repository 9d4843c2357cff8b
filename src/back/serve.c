// SPDX-License-Identifier: GPL-2.0-only
/*
 * Leader and followers: the threads of a process inside SERVE
 *
 * One leads: it waits for a request, and runs it. Before it runs one that may
 * block, it steps aside: it asks the guest for a notification and gives up
 * leading, without waking anyone. A notification finds no leader and wakes a
 * follower, so a wake-up is paid only when there is work for two. Whoever has
 * finished a request leads again if nobody does.
 *
 * In strict order (sequential), it goes on leading; only when the request has
 * slept for long does another thread take over.
 *
 * The kernel puts work off until a thread returns to user space (the last
 * fput() of a file, above all), and these never would: when such work is due,
 * the response is held back, SERVE returns, and the next SERVE of the same
 * thread sends it. So what a response tells has happened. Files of fences
 * (fence.c) are nothing it tells of.
 */
#include <linux/sched/signal.h>
#include <linux/task_work.h>

#include "back.h"

/* A look into user space now and then, for what else is done on the way */
#define RUNS_BEFORE_TRIP	4096

/* In strict order: for so long others wait for a request that blocks */
#define OVERDUE_AFTER	msecs_to_jiffies(20)

#define GO_TO_USER	1

static bool may_ask_for_thread(struct pvdrm_server *server)
{
	if (server->spawn_asked || server->closed ||
	    server->nr_workers >= server->max_workers)
		return false;
	return !server->spawn_until ||
	       time_after(jiffies, server->spawn_until);
}

/* Lock held, nobody leads. There is work to do. */
static void promote(struct pvdrm_server *server)
{
	struct pvdrm_worker *next;

	next = list_first_entry_or_null(&server->idle, struct pvdrm_worker,
					idle);
	WRITE_ONCE(server->leader, next);
	if (next) {
		list_del_init(&next->idle);
		pvdrm_count(server->back, promotions);
		wake_up(&next->wait);
	}
	if (list_empty(&server->idle) && may_ask_for_thread(server)) {
		WRITE_ONCE(server->spawn_asked, true);
		wake_up(&server->event_wait);
	}
}

/**
 * pvdrm_serve_kick() - requests may have come
 * @link: the connection
 *
 * Any context. Wakes the leader, or makes one.
 */
void pvdrm_serve_kick(struct pvdrm_link *link)
{
	struct pvdrm_server *server = link->server;
	unsigned long flags;

	spin_lock_irqsave(&server->lock, flags);
	WRITE_ONCE(link->kick, true);
	if (server->leader)
		wake_up(&server->leader_wait);
	else
		promote(server);
	spin_unlock_irqrestore(&server->lock, flags);
}

static void stop_leading(struct pvdrm_worker *worker)
{
	struct pvdrm_server *server = worker->server;

	spin_lock_irq(&server->lock);
	if (server->leader == worker) {
		/*
		 * Armed under the lock: a notification from now on waits for
		 * it, and then finds nobody leading.
		 */
		if (server->link && pvdrm_transport_arm(server->link))
			promote(server);
		else
			WRITE_ONCE(server->leader, NULL);
	}
	spin_unlock_irq(&server->lock);
}

/**
 * pvdrm_serve_overdue() - the request at hand holds up the strict order
 * @work: pvdrm_worker.overdue
 *
 * What it waits for may be another request of the same guest.
 */
void pvdrm_serve_overdue(struct work_struct *work)
{
	struct pvdrm_worker *worker = container_of(to_delayed_work(work),
						   struct pvdrm_worker,
						   overdue);

	stop_leading(worker);
}

/**
 * pvdrm_serve_step_aside() - the request at hand may block
 * @worker: the leader, before it runs the request
 */
void pvdrm_serve_step_aside(struct pvdrm_worker *worker)
{
	if (worker->server->sequential)
		schedule_delayed_work(&worker->overdue, OVERDUE_AFTER);
	else
		stop_leading(worker);
}

/**
 * pvdrm_serve_stale() - the leader has something else to do than to wait
 * @worker: the leader
 *
 * Return: true when the connection changed, has to be cleaned up after, or the
 * device is gone.
 */
bool pvdrm_serve_stale(struct pvdrm_worker *worker)
{
	struct pvdrm_server *server = worker->server;

	return READ_ONCE(server->link) != worker->link ||
	       READ_ONCE(server->closed) ||
	       !list_empty_careful(&server->dead_links);
}

static bool try_to_lead(struct pvdrm_worker *worker)
{
	struct pvdrm_server *server = worker->server;
	bool leads;

	spin_lock_irq(&server->lock);
	if (!server->leader)
		WRITE_ONCE(server->leader, worker);
	leads = server->leader == worker;
	if (!leads && list_empty(&worker->idle))
		/* The one that stopped last has the warmest caches. */
		list_add(&worker->idle, &server->idle);
	spin_unlock_irq(&server->lock);
	return leads;
}

static int lead(struct pvdrm_worker *worker)
{
	struct pvdrm_server *server = worker->server;
	int ret;

	if (try_to_lead(worker))
		return 0;
	pvdrm_link_put(worker->link);
	worker->link = NULL;
	ret = wait_event_interruptible(worker->wait,
				       READ_ONCE(server->leader) == worker ||
				       READ_ONCE(server->closed));
	spin_lock_irq(&server->lock);
	list_del_init(&worker->idle);
	spin_unlock_irq(&server->lock);
	return ret ? GO_TO_USER : 0;
}

/* Take the current connection in place of the one the worker knows. */
static void update_link(struct pvdrm_worker *worker)
{
	struct pvdrm_server *server = worker->server;
	struct pvdrm_link *old = worker->link;

	if (READ_ONCE(server->link) == old)
		return;
	spin_lock_irq(&server->lock);
	worker->link = server->link;
	if (worker->link)
		kref_get(&worker->link->ref);
	spin_unlock_irq(&server->lock);
	pvdrm_link_put(old);
}

static int wait_for_change(struct pvdrm_worker *worker)
{
	return wait_event_interruptible(worker->server->leader_wait,
					pvdrm_serve_stale(worker)) ?
	       GO_TO_USER : 0;
}

static void answer(struct pvdrm_worker *worker)
{
	pvdrm_transport_respond(worker->link, &worker->rsp);
	worker->held = false;
}

static int run_request(struct pvdrm_worker *worker)
{
	worker->held = pvdrm_exec(worker);
	if (worker->server->sequential)
		cancel_delayed_work_sync(&worker->overdue);
	pvdrm_worker_trim(worker);
	if (task_work_pending(current)) {
		if (worker->held && worker->early)
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
		pvdrm_server_reap(server);
		return GO_TO_USER;
	}
	update_link(worker);
	if (!worker->link)
		return wait_for_change(worker);
	ret = pvdrm_transport_wait(worker);
	if (ret == 1)
		return run_request(worker);
	return ret == -ESHUTDOWN ? wait_for_change(worker) : GO_TO_USER;
}

static void leave(struct pvdrm_worker *worker)
{
	/* In strict order, nothing is taken before this one is answered. */
	if (worker->held && worker->server->sequential)
		return;
	stop_leading(worker);
}

/**
 * pvdrm_serve() - lend the calling thread
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
	if (worker->held)
		answer(worker);
	do {
		ret = serve_step(worker);
	} while (!ret);
	leave(worker);
	if (ret != GO_TO_USER) {
		pvdrm_server_reap(server);
		return ret;
	}
	pvdrm_count(server->back, user_trips);
	return 0;
}
