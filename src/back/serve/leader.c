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
 * Where as many requests run as the guest may have at once (in strict order
 * that is one) it goes on leading, and so takes no other, until one of the
 * others is done or its own has slept for long. What a sleeping request waits
 * for may be one that is still in the ring: so after a while it does not count
 * as running any more, and a guest never waits for good because of its limit.
 *
 * The kernel puts work off until a thread returns to user space (the last
 * fput() of a file, above all), and these never would: when such work is due,
 * the response is held back, SERVE returns, and the next SERVE of the same
 * thread sends it. So what a response tells has happened. Files of fences
 * (fence.c) are nothing it tells of.
 */
#include <linux/sched/signal.h>
#include <linux/task_work.h>

#include "back/bus/back.h"

/* A look into user space now and then, for what else is done on the way */
#define RUNS_BEFORE_TRIP	4096

/* For so long others wait for a request that sleeps */
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
 * pvdrm_leader_kick() - requests may have come
 * @link: the connection
 *
 * Any context. Wakes the leader, or makes one.
 */
void pvdrm_leader_kick(struct pvdrm_link *link)
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

/* Lock held */
static void let_others_lead(struct pvdrm_worker *worker)
{
	struct pvdrm_server *server = worker->server;

	if (server->leader != worker)
		return;
	/*
	 * Armed under the lock: a notification from now on waits for it, and
	 * then finds nobody leading.
	 */
	if ((server->link && pvdrm_back_ring_arm(server->link)) ||
	    !list_empty(&server->dead_links))
		promote(server);
	else
		WRITE_ONCE(server->leader, NULL);
}

static void stop_leading(struct pvdrm_worker *worker)
{
	struct pvdrm_server *server = worker->server;

	spin_lock_irq(&server->lock);
	let_others_lead(worker);
	spin_unlock_irq(&server->lock);
}

/* Lock held, as for the rest. The leader's next request is one more. */
static bool may_run_beside(const struct pvdrm_server *server)
{
	return server->running + 1 < server->max_inflight;
}

static void count_running(struct pvdrm_worker *worker)
{
	worker->holding = false;
	worker->counted = true;
	worker->server->running++;
}

static void uncount_running(struct pvdrm_worker *worker)
{
	worker->holding = false;
	if (worker->counted)
		worker->server->running--;
	worker->counted = false;
}

static void show_running(struct pvdrm_server *server)
{
	bool holding = server->leader && server->leader->holding;

	pvdrm_limits_set(&server->back->limits, PVDRM_LIMIT_INFLIGHT,
			 server->running + holding);
}

static bool sleeps(const struct pvdrm_worker *worker)
{
	return READ_ONCE(worker->task->__state) != TASK_RUNNING;
}

static void forget_sleepers(struct pvdrm_server *server)
{
	struct pvdrm_worker *worker;

	list_for_each_entry(worker, &server->workers, all)
		if (worker->counted && sleeps(worker) &&
		    time_after(jiffies, worker->since + OVERDUE_AFTER))
			uncount_running(worker);
}

/**
 * pvdrm_leader_overdue() - the request at hand holds up others
 * @work: pvdrm_worker.overdue
 *
 * What it waits for may be another request of the same guest.
 */
void pvdrm_leader_overdue(struct work_struct *work)
{
	struct pvdrm_worker *worker = container_of(to_delayed_work(work),
						   struct pvdrm_worker,
						   overdue);
	struct pvdrm_server *server = worker->server;

	spin_lock_irq(&server->lock);
	if (worker->holding && sleeps(worker)) {
		uncount_running(worker);
		let_others_lead(worker);
		show_running(server);
	} else if (worker->holding) {
		schedule_delayed_work(&worker->overdue, OVERDUE_AFTER);
	}
	spin_unlock_irq(&server->lock);
}

/**
 * pvdrm_leader_step_aside() - the request at hand may block
 * @worker: the leader, before it runs the request
 */
void pvdrm_leader_step_aside(struct pvdrm_worker *worker)
{
	struct pvdrm_server *server = worker->server;

	if (worker->aside)
		return;
	worker->aside = true;
	spin_lock_irq(&server->lock);
	worker->since = jiffies;
	if (!may_run_beside(server))
		forget_sleepers(server);
	if (may_run_beside(server)) {
		count_running(worker);
		let_others_lead(worker);
	} else {
		worker->holding = true;
		worker->timed = true;
		schedule_delayed_work(&worker->overdue, OVERDUE_AFTER);
	}
	show_running(server);
	spin_unlock_irq(&server->lock);
}

static void end_request(struct pvdrm_worker *worker)
{
	struct pvdrm_server *server = worker->server;

	if (!worker->aside)
		return;
	worker->aside = false;
	if (worker->timed)
		cancel_delayed_work_sync(&worker->overdue);
	worker->timed = false;
	spin_lock_irq(&server->lock);
	uncount_running(worker);
	show_running(server);
	spin_unlock_irq(&server->lock);
}

/**
 * pvdrm_leader_stale() - the leader has something else to do than to wait
 * @worker: the leader
 *
 * Return: true when the connection changed, has to be cleaned up after, or the
 * device is gone.
 */
bool pvdrm_leader_stale(struct pvdrm_worker *worker)
{
	struct pvdrm_server *server = worker->server;

	return READ_ONCE(server->link) != worker->link ||
	       READ_ONCE(server->closed) ||
	       !list_empty_careful(&server->dead_links);
}

/* Lock held. One that waits for its own request alone is relieved. */
static bool leader_wanted(struct pvdrm_server *server)
{
	struct pvdrm_worker *leader = server->leader;

	if (!leader)
		return true;
	if (!leader->holding || !may_run_beside(server))
		return false;
	count_running(leader);
	return true;
}

static bool try_to_lead(struct pvdrm_worker *worker)
{
	struct pvdrm_server *server = worker->server;
	bool leads;

	spin_lock_irq(&server->lock);
	if (leader_wanted(server))
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
					pvdrm_leader_stale(worker)) ?
	       GO_TO_USER : 0;
}

static void answer(struct pvdrm_worker *worker)
{
	pvdrm_back_ring_respond(worker->link, &worker->rsp);
	worker->held = false;
}

static int run_request(struct pvdrm_worker *worker)
{
	worker->held = pvdrm_exec(worker);
	end_request(worker);
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
	ret = pvdrm_back_ring_wait(worker);
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
	pvdrm_back_files_finish(server, current);
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
