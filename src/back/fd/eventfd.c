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
	/** @link: the connection */
	struct pvdrm_link *link;

	/** @id: the guest's name for it */
	u32 id;

	/** @count: signals that the guest has not been told of */
	atomic64_t count;

	/** @ctx: the eventfd; a reference */
	struct eventfd_ctx *ctx;

	/** @table: to find @queue */
	poll_table table;

	/** @wait: entry in @queue */
	wait_queue_entry_t wait;

	/** @queue: of the eventfd */
	wait_queue_head_t *queue;

	/** @work: tells the guest */
	struct work_struct work;
};

static void tell(struct work_struct *work)
{
	struct pvdrm_eventfd *eventfd =
		container_of(work, struct pvdrm_eventfd, work);
	u64 count = atomic64_xchg(&eventfd->count, 0);
	u32 now;

	while (count) {
		now = min_t(u64, count, XENDRM_MAX_SIGNALS);
		if (!pvdrm_event_signal(eventfd->link, eventfd->id, now))
			return;
		count -= now;
	}
}

/* Any context, with the queue's lock held */
static int woken(wait_queue_entry_t *wait, unsigned int mode, int sync,
		 void *key)
{
	struct pvdrm_eventfd *eventfd =
		container_of(wait, struct pvdrm_eventfd, wait);
	u64 count;

	if (!(key_to_poll(key) & EPOLLIN))
		return 0;
	eventfd_ctx_do_read(eventfd->ctx, &count);
	atomic64_add(count, &eventfd->count);
	schedule_work(&eventfd->work);
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
	INIT_WORK(&eventfd->work, tell);
	init_waitqueue_func_entry(&eventfd->wait, woken);
	init_poll_funcptr(&eventfd->table, enqueue);
	vfs_poll(file, &eventfd->table);
	return eventfd;
}

/**
 * pvdrm_eventfd_set_id() - say how the guest will call it
 * @eventfd: not signalled yet
 * @id: the object's id
 */
void pvdrm_eventfd_set_id(struct pvdrm_eventfd *eventfd, u32 id)
{
	eventfd->id = id;
}

/**
 * pvdrm_eventfd_free() - tell the guest no more
 * @eventfd: of an object that is in no table
 *
 * Waits for an event that is being posted.
 */
void pvdrm_eventfd_free(struct pvdrm_eventfd *eventfd)
{
	remove_wait_queue(eventfd->queue, &eventfd->wait);
	cancel_work_sync(&eventfd->work);
	eventfd_ctx_put(eventfd->ctx);
	kfree(eventfd);
}

static int add(struct pvdrm_job *job, struct file *file)
{
	struct pvdrm_eventfd *eventfd = watch(job->link, file);
	int ret;

	if (IS_ERR(eventfd))
		return PTR_ERR(eventfd);
	ret = pvdrm_object_add(job->link, XENDRM_FD_EVENTFD, file, 0, eventfd,
			       &job->rsp.object);
	if (ret)
		pvdrm_eventfd_free(eventfd);
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
