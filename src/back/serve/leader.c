// SPDX-License-Identifier: GPL-2.0-only
/*
 * leader.c: which thread of the process takes the next request
 *
 * One thread leads: it waits for a request, and runs it. Before it runs one
 * that may block, it steps aside: it asks the guest for a notification and
 * gives up leading, without waking anyone. A notification that finds no leader
 * wakes a follower, so a wake-up is paid for only when there is work for two. A
 * thread that has finished its request leads again if nobody else does.
 *
 * If as many requests run as the guest may have at once (in strict order that
 * is one), the leader goes on leading while it runs its own, and so takes no
 * other, until one of the others is done or its own has slept for long. A
 * sleeping request may be waiting for one that is still in the ring: after a
 * while it does not count as running any more, so the limit never makes a guest
 * wait for good.
 */
#include <linux/sched.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/serve/leader.h"
#include "back/serve/server.h"
#include "back/serve/worker.h"
#include "back/transport/ring.h"

/* How long others wait for a request that sleeps */
#define OVERDUE_AFTER	msecs_to_jiffies(20)

static bool may_ask_for_thread(struct pvdrm_server *server)
{
	if (server->spawn_asked || server->closed ||
	    server->nr_workers >= server->max_workers)
		return false;
	return !server->spawn_until ||
	       time_after(jiffies, server->spawn_until);
}

static bool sleeps(const struct pvdrm_worker *worker)
{
	return READ_ONCE(worker->task->__state) != TASK_RUNNING;
}

/* Lock held */
static struct pvdrm_worker *first_idle(struct pvdrm_server *server)
{
	return list_first_entry_or_null(&server->idle, struct pvdrm_worker,
					idle);
}

/* Lock held, nobody leads, and there is work to do. */
static void promote(struct pvdrm_server *server)
{
	struct pvdrm_worker *next = first_idle(server);

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
 * pvdrm_leader_kick() - requests may have arrived
 * @link: the connection
 *
 * Any context. Wakes the leader, or makes one.
 *
 * Return: the CPU where that thread slept; -1: it did not sleep.
 */
int pvdrm_leader_kick(struct pvdrm_link *link)
{
	struct pvdrm_server *server = link->server;
	struct pvdrm_worker *worker;
	unsigned long flags;
	int cpu = -1;

	spin_lock_irqsave(&server->lock, flags);
	worker = server->leader ?: first_idle(server);
	if (worker && sleeps(worker))
		cpu = task_cpu(worker->task);
	WRITE_ONCE(link->kick, true);
	if (server->leader)
		wake_up(&server->leader_wait);
	else
		promote(server);
	spin_unlock_irqrestore(&server->lock, flags);
	return cpu;
}

/* Lock held */
static void let_others_lead(struct pvdrm_worker *worker)
{
	struct pvdrm_server *server = worker->server;

	if (server->leader != worker)
		return;
	/*
	 * The ring is armed under the lock: a notification from now on waits
	 * for the lock, and then finds nobody leading.
	 */
	if ((server->link && pvdrm_back_ring_arm(server->link)) ||
	    !list_empty(&server->dead_links))
		promote(server);
	else
		WRITE_ONCE(server->leader, NULL);
}

/* Lock held, as below. The leader's next request is one more. */
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

static void forget_sleepers(struct pvdrm_server *server)
{
	struct pvdrm_worker *worker;

	list_for_each_entry(worker, &server->workers, all)
		if (worker->counted && sleeps(worker) &&
		    time_after(jiffies, worker->since + OVERDUE_AFTER))
			uncount_running(worker);
}

/**
 * pvdrm_leader_overdue() - a request has held up others for long
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
 * @job: of a worker, which leads if it has not stepped aside before
 */
void pvdrm_leader_step_aside(struct pvdrm_job *job)
{
	struct pvdrm_worker *worker = container_of(job, struct pvdrm_worker,
						   job);
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

/**
 * pvdrm_leader_uncount() - the request at hand is going to sleep, and does not count as
 *	running any more
 * @job: of a worker
 *
 * If it must be finished before the next one begins, the worker goes on leading.
 */
void pvdrm_leader_uncount(struct pvdrm_job *job)
{
	struct pvdrm_worker *worker = container_of(job, struct pvdrm_worker,
						   job);
	struct pvdrm_server *server = worker->server;

	if (!worker->aside || server->sequential)
		return;
	spin_lock_irq(&server->lock);
	uncount_running(worker);
	let_others_lead(worker);
	show_running(server);
	spin_unlock_irq(&server->lock);
}

/**
 * pvdrm_leader_end_request() - the request at hand is done
 * @worker: the calling thread's
 */
void pvdrm_leader_end_request(struct pvdrm_worker *worker)
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
 * pvdrm_leader_stale() - whether the leader has to do something else than wait
 * @worker: the leader
 *
 * Return: true if the connection has changed, a dead one has to be cleaned up,
 * or the device is gone.
 */
bool pvdrm_leader_stale(struct pvdrm_worker *worker)
{
	struct pvdrm_server *server = worker->server;

	return READ_ONCE(server->link) != worker->job.link ||
	       READ_ONCE(server->closed) ||
	       !list_empty_careful(&server->dead_links);
}

/* Lock held. A leader that waits only for its own request is relieved. */
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

/**
 * pvdrm_leader_try() - lead, if nobody else does
 * @worker: the calling thread's; idle from now on if it does not lead
 *
 * Return: true if it leads.
 */
bool pvdrm_leader_try(struct pvdrm_worker *worker)
{
	struct pvdrm_server *server = worker->server;
	bool leads;

	spin_lock_irq(&server->lock);
	if (leader_wanted(server))
		WRITE_ONCE(server->leader, worker);
	leads = server->leader == worker;
	if (!leads && list_empty(&worker->idle))
		/* The one that went idle last has the warmest caches. */
		list_add(&worker->idle, &server->idle);
	spin_unlock_irq(&server->lock);
	return leads;
}

/**
 * pvdrm_leader_stop() - do not lead any more
 * @worker: the calling thread's; may not be leading
 */
void pvdrm_leader_stop(struct pvdrm_worker *worker)
{
	struct pvdrm_server *server = worker->server;

	spin_lock_irq(&server->lock);
	let_others_lead(worker);
	spin_unlock_irq(&server->lock);
}

/**
 * pvdrm_server_close() - tell the process that the device is gone
 * @server: the server; no effect when closed already
 */
void pvdrm_server_close(struct pvdrm_server *server)
{
	struct pvdrm_worker *worker;

	pvdrm_stock_close(&server->stock);
	spin_lock_irq(&server->lock);
	WRITE_ONCE(server->closed, true);
	list_for_each_entry(worker, &server->idle, idle)
		wake_up(&worker->wait);
	wake_up_all(&server->leader_wait);
	wake_up_all(&server->event_wait);
	spin_unlock_irq(&server->lock);
}
