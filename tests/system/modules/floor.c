// SPDX-License-Identifier: GPL-2.0-only
/*
 * floor.c: what a call from a guest to dom0 takes at least
 *
 * In dom0 (domain=N) a thread answers each event of guest N with one. In the guest
 * (port=P, which dom0's parameter of that name says then) each byte that is written to
 * floor/ping in debugfs sends an event and sleeps until the answer is there. Both do
 * nothing else. The event that binding itself causes is long over when a program
 * writes.
 */
#include <linux/debugfs.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/wait.h>
#include <xen/events.h>
#include <xen/interface/event_channel.h>
#include <xen/xen.h>
#include <asm/xen/hypercall.h>

#include "affinity.h"

static unsigned int domain;
module_param(domain, uint, 0444);
MODULE_PARM_DESC(domain, "dom0: the guest to answer");

static unsigned int port;
module_param(port, uint, 0444);
MODULE_PARM_DESC(port, "guest: the port of dom0's side");

static int irq;
static bool got;
static unsigned int sleeper;		/* its CPU */
static struct pvdrm_affinity affinity;
static DECLARE_WAIT_QUEUE_HEAD(wait);
static DEFINE_MUTEX(lock);		/* one program at a time */
static struct task_struct *thread;
static struct dentry *dir;

static irqreturn_t floor_irq(int number, void *unused)
{
	WRITE_ONCE(got, true);
	pvdrm_affinity_woke(&affinity, number, READ_ONCE(sleeper));
	wake_up(&wait);
	return IRQ_HANDLED;
}

static int floor_answer(void *unused)
{
	while (!kthread_should_stop()) {
		WRITE_ONCE(sleeper, raw_smp_processor_id());
		wait_event_interruptible(wait, READ_ONCE(got) || kthread_should_stop());
		if (!READ_ONCE(got))
			continue;
		WRITE_ONCE(got, false);
		notify_remote_via_irq(irq);
	}
	return 0;
}

static ssize_t floor_ping(struct file *file, const char __user *buf, size_t len, loff_t *pos)
{
	size_t i;
	int err = 0;

	mutex_lock(&lock);
	for (i = 0; i < len && !err; i++) {
		WRITE_ONCE(got, false);
		WRITE_ONCE(sleeper, raw_smp_processor_id());
		notify_remote_via_irq(irq);
		err = wait_event_killable(wait, READ_ONCE(got));
	}
	mutex_unlock(&lock);
	return err ?: len;
}

static const struct file_operations floor_fops = {
	.owner = THIS_MODULE,
	.write = floor_ping,
};

/* Return: the port here, or -errno. */
static int floor_connect(void)
{
	struct evtchn_bind_interdomain to = { .remote_dom = 0, .remote_port = port };
	struct evtchn_alloc_unbound from = { .dom = DOMID_SELF, .remote_dom = domain };
	int err;

	if (port) {
		err = HYPERVISOR_event_channel_op(EVTCHNOP_bind_interdomain, &to);
		return err ?: to.local_port;
	}
	err = HYPERVISOR_event_channel_op(EVTCHNOP_alloc_unbound, &from);
	return err ?: from.port;
}

static int __init floor_init(void)
{
	struct evtchn_close close;
	int ours;

	if (!port == !domain)
		return -EINVAL;
	ours = floor_connect();
	if (ours < 0)
		return ours;
	irq = bind_evtchn_to_irqhandler(ours, floor_irq, 0, "floor", &wait);
	if (irq < 0) {
		close.port = ours;
		HYPERVISOR_event_channel_op(EVTCHNOP_close, &close);
		return irq;
	}
	if (port) {
		dir = debugfs_create_dir("floor", NULL);
		debugfs_create_file("ping", 0200, dir, NULL, &floor_fops);
		return 0;
	}
	port = ours;
	thread = kthread_run(floor_answer, NULL, "floor");
	if (IS_ERR(thread)) {
		unbind_from_irqhandler(irq, &wait);
		return PTR_ERR(thread);
	}
	return 0;
}
module_init(floor_init);

static void __exit floor_exit(void)
{
	debugfs_remove(dir);
	if (thread)
		kthread_stop(thread);
	unbind_from_irqhandler(irq, &wait);
}
module_exit(floor_exit);

MODULE_DESCRIPTION("An event channel's round trip, for benchmarks");
MODULE_LICENSE("GPL");
