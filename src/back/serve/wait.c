// SPDX-License-Identifier: GPL-2.0-only
/*
 * wait.c: how the leader waits for a request: it watches the ring, then sleeps
 */
#include <linux/module.h>
#include <linux/sched/signal.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/serve/leader.h"
#include "back/serve/serve.h"
#include "back/serve/server.h"
#include "back/serve/worker.h"
#include "back/transport/ring.h"

#define SPIN_MIN_NS	2000u

static unsigned int pvdrm_spin_us = 100;
module_param_named(spin_us, pvdrm_spin_us, uint, 0644);
MODULE_PARM_DESC(spin_us,
		 "longest time to watch a ring before sleeping; 0: never; adapts below this (default: 100)");

static bool spin_for_work(struct pvdrm_worker *worker)
{
	struct pvdrm_link *link = worker->job.link;
	u64 end;

	if (!worker->spin_ns || num_online_cpus() == 1)
		return false;
	pvdrm_back_ring_disarm(link);
	end = ktime_get_ns() + worker->spin_ns;
	do {
		if (pvdrm_back_ring_has_work(link)) {
			pvdrm_count(link->back, spin_hits);
			return true;
		}
		cpu_relax();
	} while (!need_resched() && !signal_pending(current) &&
		 !READ_ONCE(link->closing) && ktime_get_ns() < end);
	return false;
}

/* Spin longer if that would have caught the request, else less. */
static void adapt_spin(struct pvdrm_worker *worker, u64 slept_ns)
{
	u32 max_ns = READ_ONCE(pvdrm_spin_us) * NSEC_PER_USEC;

	if (slept_ns <= max_ns)
		worker->spin_ns = min(max(worker->spin_ns * 2, SPIN_MIN_NS),
				      max_ns);
	else
		worker->spin_ns /= 2;
}

static bool leader_may_go_on(struct pvdrm_worker *worker)
{
	return READ_ONCE(worker->job.link->kick) || pvdrm_leader_stale(worker);
}

static int sleep_for_work(struct pvdrm_worker *worker)
{
	u64 start = ktime_get_ns();
	int ret;

	pvdrm_count(worker->job.link->back, sleeps);
	ret = wait_event_interruptible(worker->server->leader_wait,
				       leader_may_go_on(worker));
	adapt_spin(worker, ktime_get_ns() - start);
	return ret;
}

/*
 * Return: 1: a request; 0: ring armed, sleep; -EAGAIN: look again; -ESHUTDOWN
 */
static int poll_ring(struct pvdrm_worker *worker)
{
	struct pvdrm_link *link = worker->job.link;
	int ret = -ESHUTDOWN;

	down_read(&link->io);
	if (link->dead || READ_ONCE(link->closing))
		goto out;
	ret = pvdrm_back_ring_consume(link, &worker->job.req);
	if (!ret && spin_for_work(worker))
		ret = pvdrm_back_ring_consume(link, &worker->job.req);
	if (ret)
		goto out;
	WRITE_ONCE(link->kick, false);
	if (pvdrm_back_ring_final_check(link))
		ret = -EAGAIN;
out:
	up_read(&link->io);
	return ret;
}

/**
 * pvdrm_wait_for_request() - wait for a request, as the leader
 * @worker: the leader, with a link; @worker->job.req is filled in
 *
 * Return: 1: a request; -ESHUTDOWN: the connection has ended; -ERESTARTSYS: a
 * signal, or work due in user space.
 */
int pvdrm_wait_for_request(struct pvdrm_worker *worker)
{
	int ret;

	for (;;) {
		if (pvdrm_leader_stale(worker))
			return -ESHUTDOWN;
		ret = poll_ring(worker);
		if (ret == 1)
			return 1;
		if (ret && ret != -EAGAIN)
			return -ESHUTDOWN;
		if (ret) {
			/* Again and again, if the guest takes back what it announces */
			if (signal_pending(current))
				return -ERESTARTSYS;
			cond_resched();
			continue;
		}
		ret = sleep_for_work(worker);
		if (ret)
			return ret;
	}
}
