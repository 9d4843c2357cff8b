// SPDX-License-Identifier: GPL-2.0-only
/*
 * eventfd.c: programs' eventfds that the host signals
 *
 * The host has an eventfd for each of ours that was given to it. It stays until the
 * program has closed its own, which the eventfd's wait queue tells us: what a driver
 * has to signal may never happen, and nobody says so.
 *
 * The wait queue calls us with its lock held, so a work does the rest.
 */
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/slab.h>

#include "front/call/call.h"
#include "front/call/ring.h"
#include "front/fd/eventfd.h"
#include "front/fd/fd.h"
#include "front/front.h"

/**
 * struct pvdrm_front_eventfd - an eventfd that the host knows
 */
struct pvdrm_front_eventfd {
	/** @node: in pvdrm_front.eventfds */
	struct list_head node;
	/** @front: the connection; it lives longer */
	struct pvdrm_front *front;
	/** @ctx: the program's eventfd; a reference */
	struct eventfd_ctx *ctx;
	/** @id: the backend's */
	u32 id;
	/** @due: signals that the host owes at the most */
	u32 due;
	/** @gone: the program has closed it */
	bool gone;
	/** @table: to find @queue */
	poll_table table;
	/** @wait: entry in @queue */
	wait_queue_entry_t wait;
	/** @queue: of the eventfd */
	wait_queue_head_t *queue;
	/** @forget: the request that undoes it */
	struct pvdrm_post *forget;
};

static int woken(wait_queue_entry_t *wait, unsigned int mode, int sync,
		 void *key)
{
	struct pvdrm_front_eventfd *eventfd =
		container_of(wait, struct pvdrm_front_eventfd, wait);

	if (key_to_poll(key) & EPOLLHUP) {
		WRITE_ONCE(eventfd->gone, true);
		schedule_work(&eventfd->front->eventfd_work);
	}
	return 0;
}

static void enqueue(struct file *file, wait_queue_head_t *queue,
		    poll_table *table)
{
	struct pvdrm_front_eventfd *eventfd =
		container_of(table, struct pvdrm_front_eventfd, table);

	eventfd->queue = queue;
	add_wait_queue(queue, &eventfd->wait);
}

/* Return: a new one that the host does not know, or NULL. */
static struct pvdrm_front_eventfd *alloc_eventfd(struct pvdrm_front *front,
						 struct file *file)
{
	struct pvdrm_front_eventfd *eventfd = kzalloc(sizeof(*eventfd),
						      GFP_KERNEL);

	if (!eventfd)
		return NULL;
	eventfd->forget = kzalloc(sizeof(*eventfd->forget), GFP_KERNEL);
	if (!eventfd->forget) {
		kfree(eventfd);
		return NULL;
	}
	eventfd->front = front;
	/* The caller has seen that it is an eventfd. */
	eventfd->ctx = eventfd_ctx_fileget(file);
	init_waitqueue_func_entry(&eventfd->wait, woken);
	init_poll_funcptr(&eventfd->table, enqueue);
	vfs_poll(file, &eventfd->table);
	return eventfd;
}

/* It is in no list. Has the host forget it, if that knows it */
static void free_eventfd(struct pvdrm_front_eventfd *eventfd)
{
	struct pvdrm_post *post = eventfd->forget;

	remove_wait_queue(eventfd->queue, &eventfd->wait);
	eventfd_ctx_put(eventfd->ctx);
	if (eventfd->id) {
		post->req.op = XENDRM_OP_FORGET;
		post->req.u.forget.object = eventfd->id;
		post->req.u.forget.uses = 1;
		pvdrm_front_post(eventfd->front, post);
	} else {
		kfree(post);
	}
	kfree(eventfd);
}

/* Forget those that programs have closed. */
static void eventfd_work(struct work_struct *work)
{
	struct pvdrm_front *front = container_of(work, struct pvdrm_front,
						 eventfd_work);
	struct pvdrm_front_eventfd *eventfd, *next;

	mutex_lock(&front->eventfds_lock);
	list_for_each_entry_safe(eventfd, next, &front->eventfds, node) {
		if (!READ_ONCE(eventfd->gone))
			continue;
		list_del(&eventfd->node);
		free_eventfd(eventfd);
	}
	mutex_unlock(&front->eventfds_lock);
}

/* -------------------------------------------------- eventfds in arguments */

/* Lock held */
static struct pvdrm_front_eventfd *find_eventfd(struct pvdrm_front *front,
						struct eventfd_ctx *ctx)
{
	struct pvdrm_front_eventfd *eventfd;

	list_for_each_entry(eventfd, &front->eventfds, node)
		if (eventfd->ctx == ctx)
			return eventfd;
	return NULL;
}

static int find_id(struct pvdrm_front *front, struct eventfd_ctx *ctx, u32 *id)
{
	struct pvdrm_front_eventfd *eventfd;

	mutex_lock(&front->eventfds_lock);
	eventfd = find_eventfd(front, ctx);
	if (eventfd) {
		eventfd->due++;
		*id = eventfd->id;
	}
	mutex_unlock(&front->eventfds_lock);
	return eventfd ? 0 : -ENOENT;
}

static int request_id(struct pvdrm_front *front, u32 *id)
{
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_EVENTFD,
		.wait = PVDRM_WAIT_KILL,
	};
	int err = pvdrm_front_call(front, &call);

	err = err ?: min(pvdrm_call_result(&call), 0L);
	if (err == -XENDRM_ENOTSUPP)
		return -EOPNOTSUPP;
	if (!err && !call.rsp.object) {
		pvdrm_front_fail(front, "an eventfd without an object");
		return -EPROTO;
	}
	*id = call.rsp.object;
	return err;
}

/*
 * Another thread may have been faster with the same eventfd: then the host makes
 * two, and forgets one of them.
 */
static int add(struct pvdrm_front_eventfd *eventfd)
{
	struct pvdrm_front *front = eventfd->front;
	int err = 0;

	mutex_lock(&front->eventfds_lock);
	if (front->eventfds_dead)
		err = -ENODEV;
	else if (find_eventfd(front, eventfd->ctx))
		err = -EEXIST;
	else
		list_add(&eventfd->node, &front->eventfds);
	mutex_unlock(&front->eventfds_lock);
	return err;
}

static int make_known(struct pvdrm_front *front, struct file *file)
{
	struct pvdrm_front_eventfd *eventfd = alloc_eventfd(front, file);
	int err;

	if (!eventfd)
		return -ENOMEM;
	err = request_id(front, &eventfd->id);
	err = err ?: add(eventfd);
	if (err)
		free_eventfd(eventfd);
	return err == -EEXIST ? 0 : err;
}

/* @file is open, so @ctx stays in the list once it is there. */
static int identify(struct pvdrm_front *front, struct file *file, u32 *id)
{
	struct eventfd_ctx *ctx = eventfd_ctx_fileget(file);
	int err;

	if (IS_ERR(ctx)) {
		*id = XENDRM_FD_WRONG;
		return 0;
	}
	err = find_id(front, ctx, id);
	if (err) {
		err = make_known(front, file);
		err = err ?: find_id(front, ctx, id);
	}
	eventfd_ctx_put(ctx);
	return err;
}

static int eventfd_identify(struct pvdrm_front *front, const struct file *user,
			    int fd, u32 *id)
{
	struct file *file = fget(fd);
	int err;

	*id = XENDRM_FD_BAD;
	if (!file)
		return 0;
	err = identify(front, file, id);
	fput(file);
	return err;
}

/* The host's driver makes none. */
const struct pvdrm_fd_kind pvdrm_fd_eventfd = {
	.identify = eventfd_identify,
};

/* ------------------------------------------------------------- signals */

static void signal_eventfd(struct pvdrm_front_eventfd *eventfd, u32 count)
{
	eventfd->due -= min(count, eventfd->due);
	while (count--)
		pvdrm_eventfd_signal(eventfd->ctx);
}

/**
 * pvdrm_front_eventfd_signal() - the host has signalled an eventfd
 * @front: the connection
 * @id: the backend's id; nothing happens if it is unknown
 * @count: how often, up to XENDRM_MAX_SIGNALS
 */
void pvdrm_front_eventfd_signal(struct pvdrm_front *front, u32 id, u32 count)
{
	struct pvdrm_front_eventfd *eventfd;

	mutex_lock(&front->eventfds_lock);
	list_for_each_entry(eventfd, &front->eventfds, node) {
		if (eventfd->id == id) {
			signal_eventfd(eventfd, count);
			break;
		}
	}
	mutex_unlock(&front->eventfds_lock);
}

/**
 * pvdrm_front_eventfds_init() - prepare a connection's eventfds
 * @front: zeroed
 */
void pvdrm_front_eventfds_init(struct pvdrm_front *front)
{
	mutex_init(&front->eventfds_lock);
	INIT_LIST_HEAD(&front->eventfds);
	INIT_WORK(&front->eventfd_work, eventfd_work);
}

/**
 * pvdrm_front_eventfds_disconnect() - signal all that is awaited, forget all
 * @front: a dead connection, without event work
 *
 * As with a driver that is unplugged, whose fences are signalled then.
 */
void pvdrm_front_eventfds_disconnect(struct pvdrm_front *front)
{
	struct pvdrm_front_eventfd *eventfd, *next;

	mutex_lock(&front->eventfds_lock);
	front->eventfds_dead = true;
	list_for_each_entry_safe(eventfd, next, &front->eventfds, node) {
		list_del(&eventfd->node);
		if (eventfd->due)
			signal_eventfd(eventfd, 1);
		free_eventfd(eventfd);
	}
	mutex_unlock(&front->eventfds_lock);
	cancel_work_sync(&front->eventfd_work);
}
