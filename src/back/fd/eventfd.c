// SPDX-License-Identifier: GPL-2.0-only
/*
 * Eventfds: drivers signal ours, and the guest is told to signal its own
 *
 * Each is an object. The kernel lets nobody but user space make an eventfd, so the
 * process keeps a few in stock for us (serve/stock.c). Its counter is read as soon
 * as it is written, and what was read goes to the guest.
 *
 * What a driver signals may outlive the object: it has a reference of its own, and
 * signals what nobody watches any more.
 *
 * Telling the guest may wait for room in its queue of events. So a connection has one
 * work for all its eventfds: a guest that makes no room holds up nothing else.
 */
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/slab.h>

#include "back/bus/link.h"
#include "back/fd/eventfd.h"
#include "back/fd/fd.h"
#include "back/fd/object.h"
#include "back/serve/job.h"
#include "back/serve/server.h"
#include "back/transport/event.h"

/**
 * struct pvdrm_eventfd - passes on what is signalled
 */
struct pvdrm_eventfd {
	/** @owner: for its object */
	struct pvdrm_object_owner owner;

	/** @link: the connection */
	struct pvdrm_link *link;

	/** @id: the guest's name for it */
	u32 id;

	/** @count: signals that the guest has not been told of; under the lock */
	u64 count;

	/** @node: in pvdrm_signals.pending while @count is not 0 */
	struct list_head node;

	/** @ctx: the eventfd; a reference */
	struct eventfd_ctx *ctx;

	/** @table: to find @queue */
	poll_table table;

	/** @wait: entry in @queue */
	wait_queue_entry_t wait;

	/** @queue: of the eventfd */
	wait_queue_head_t *queue;
};

/* Return: false if nothing is pending. */
static bool take_next(struct pvdrm_signals *signals, u32 *id, u32 *count)
{
	struct pvdrm_eventfd *eventfd;

	spin_lock_irq(&signals->lock);
	eventfd = list_first_entry_or_null(&signals->pending,
					   struct pvdrm_eventfd, node);
	if (eventfd) {
		*id = eventfd->id;
		*count = min_t(u64, eventfd->count, XENDRM_MAX_SIGNALS);
		eventfd->count -= *count;
		list_del_init(&eventfd->node);
		if (eventfd->count)
			list_add_tail(&eventfd->node, &signals->pending);
	}
	spin_unlock_irq(&signals->lock);
	return eventfd;
}

static void tell(struct work_struct *work)
{
	struct pvdrm_signals *signals = container_of(work, struct pvdrm_signals,
						     work);
	struct pvdrm_link *link = container_of(signals, struct pvdrm_link,
					       signals);
	u32 id, count;

	while (take_next(signals, &id, &count))
		if (!pvdrm_event_signal(link, id, count))
			return;
}

/**
 * pvdrm_signals_init() - prepare a connection
 * @signals: zeroed
 */
void pvdrm_signals_init(struct pvdrm_signals *signals)
{
	spin_lock_init(&signals->lock);
	INIT_LIST_HEAD(&signals->pending);
	INIT_WORK(&signals->work, tell);
}

/**
 * pvdrm_signals_stop() - tell the guest nothing more
 * @signals: of a connection that is dead and has no objects
 */
void pvdrm_signals_stop(struct pvdrm_signals *signals)
{
	cancel_work_sync(&signals->work);
}

/* Any context, with the queue's lock held */
static int woken(wait_queue_entry_t *wait, unsigned int mode, int sync,
		 void *key)
{
	struct pvdrm_eventfd *eventfd =
		container_of(wait, struct pvdrm_eventfd, wait);
	struct pvdrm_signals *signals = &eventfd->link->signals;
	unsigned long flags;
	u64 count;

	if (!(key_to_poll(key) & EPOLLIN))
		return 0;
	eventfd_ctx_do_read(eventfd->ctx, &count);
	spin_lock_irqsave(&signals->lock, flags);
	eventfd->count += count;
	if (list_empty(&eventfd->node))
		list_add_tail(&eventfd->node, &signals->pending);
	spin_unlock_irqrestore(&signals->lock, flags);
	schedule_work(&signals->work);
	return 0;
}

static void enqueue(struct file *file, wait_queue_head_t *queue,
		    poll_table *table)
{
	struct pvdrm_eventfd *eventfd =
		container_of(table, struct pvdrm_eventfd, table);

	eventfd->queue = queue;
	add_wait_queue(queue, &eventfd->wait);
}

/* Return: a new one, which watches @file already, or an error. */
static struct pvdrm_eventfd *watch(struct pvdrm_link *link, struct file *file)
{
	struct pvdrm_eventfd *eventfd = kzalloc(sizeof(*eventfd),
						GFP_KERNEL_ACCOUNT);

	if (!eventfd)
		return ERR_PTR(-ENOMEM);
	eventfd->ctx = eventfd_ctx_fileget(file);
	if (IS_ERR(eventfd->ctx)) {
		kfree(eventfd);
		return ERR_PTR(-EINVAL);
	}
	eventfd->link = link;
	INIT_LIST_HEAD(&eventfd->node);
	init_waitqueue_func_entry(&eventfd->wait, woken);
	init_poll_funcptr(&eventfd->table, enqueue);
	vfs_poll(file, &eventfd->table);
	return eventfd;
}

static void named(struct pvdrm_object_owner *owner, u32 id)
{
	container_of(owner, struct pvdrm_eventfd, owner)->id = id;
}

/* Tell the guest no more; one event with its id may still follow. */
static void gone(struct pvdrm_object_owner *owner)
{
	struct pvdrm_eventfd *eventfd = container_of(owner, struct pvdrm_eventfd,
						     owner);
	struct pvdrm_signals *signals = &eventfd->link->signals;

	remove_wait_queue(eventfd->queue, &eventfd->wait);
	spin_lock_irq(&signals->lock);
	list_del(&eventfd->node);
	spin_unlock_irq(&signals->lock);
	eventfd_ctx_put(eventfd->ctx);
	kfree(eventfd);
}

static int add(struct pvdrm_job *job, struct file *file)
{
	struct pvdrm_eventfd *eventfd = watch(job->link, file);
	int ret;

	if (IS_ERR(eventfd))
		return PTR_ERR(eventfd);
	eventfd->owner.named = named;
	eventfd->owner.gone = gone;
	ret = pvdrm_object_add(job->link, XENDRM_FD_EVENTFD, file, 0,
			       &eventfd->owner, &job->rsp.object);
	if (ret)
		gone(&eventfd->owner);
	return ret;
}

/**
 * pvdrm_eventfd_create() - EVENTFD
 * @job: the request at hand
 *
 * Return: 0 or -errno.
 */
int pvdrm_eventfd_create(struct pvdrm_job *job)
{
	struct file *file = pvdrm_stock_take(&job->link->server->stock);
	int ret;

	if (IS_ERR(file))
		return PTR_ERR(file);
	ret = add(job, file);
	fput(file);
	return ret;
}

static int eventfd_import(struct pvdrm_job *job, u32 id)
{
	struct file *file = pvdrm_object_get(job->link, XENDRM_FD_EVENTFD, id);

	return file ? pvdrm_fd_install(file) : -EBADF;
}

/* Drivers make none, so nothing is exported. */
const struct pvdrm_fd_kind pvdrm_fd_eventfd = {
	.import = eventfd_import,
};
