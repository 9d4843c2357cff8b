// SPDX-License-Identifier: GPL-2.0-only
/*
 * read.c: DRM events: the guest reads them from the host's file, and is told of them
 *
 * Events stay in the host's file until a program of the guest reads them, so
 * that the driver's own bound on unread ones is what the program meets. From its
 * first READ on, a file is watched: when the driver has sent an event, the guest
 * is told, once, until it has found the file empty.
 *
 * Locks: pvdrm_watch.lock, then what posting an event takes. The driver wakes us
 * with its own locks held, so a work does the rest.
 */
#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "back/bus/link.h"
#include "back/file/file.h"
#include "back/file/read.h"
#include "back/serve/job.h"
#include "back/transport/event.h"
#include "back/transport/ring.h"

/**
 * struct pvdrm_watch - waits for a file's events
 * @base: the file's part of it
 * @pf: the file, whose it is
 * @id: the guest's name for it
 * @table: for the file's poll function
 * @wait: in the file's wait queue
 * @queue: that queue; NULL: the driver has none
 * @work: tells the guest
 * @lock: reading and telling
 * @seq: how often the guest was told
 * @told: it has not found the file empty since
 */
struct pvdrm_watch {
	struct pvdrm_file_watch base;
	struct pvdrm_back_file *pf;
	u32 id;
	poll_table table;
	wait_queue_entry_t wait;
	wait_queue_head_t *queue;
	struct work_struct work;
	struct mutex lock;		/* seq, told */
	u32 seq;
	bool told;
};

static bool is_readable(const struct pvdrm_watch *watch)
{
	return watch->queue && vfs_poll(watch->pf->file, NULL) & EPOLLIN;
}

static void tell(struct work_struct *work)
{
	struct pvdrm_watch *watch = container_of(work, struct pvdrm_watch,
						 work);

	mutex_lock(&watch->lock);
	if (!watch->told && is_readable(watch)) {
		watch->told = true;
		pvdrm_event_readable(watch->pf->link, watch->id, ++watch->seq);
	}
	mutex_unlock(&watch->lock);
}

static int woken(wait_queue_entry_t *wait, unsigned int mode, int sync,
		 void *key)
{
	struct pvdrm_watch *watch = container_of(wait, struct pvdrm_watch,
						 wait);

	schedule_work(&watch->work);
	return 0;
}

static void enqueue(struct file *file, wait_queue_head_t *queue,
		    poll_table *table)
{
	struct pvdrm_watch *watch = container_of(table, struct pvdrm_watch,
						 table);

	if (watch->queue)
		return;
	watch->queue = queue;
	add_wait_queue(queue, &watch->wait);
}

static struct pvdrm_watch *to_watch(struct pvdrm_file_watch *base)
{
	return container_of(base, struct pvdrm_watch, base);
}

/* Nobody has a reference to the file, but its host's file is still open. */
static void end_watch(struct pvdrm_file_watch *base)
{
	struct pvdrm_watch *watch = to_watch(base);

	if (watch->queue)
		remove_wait_queue(watch->queue, &watch->wait);
	cancel_work_sync(&watch->work);
	kfree(watch);
}

/* The caller has a reference to the file. Return: NULL without memory. */
static struct pvdrm_watch *get_watch(struct pvdrm_back_file *pf, u32 id)
{
	/* Pairs with cmpxchg() below. */
	struct pvdrm_file_watch *other = smp_load_acquire(&pf->watch);
	struct pvdrm_watch *watch;

	if (other)
		return to_watch(other);
	watch = kzalloc(sizeof(*watch), GFP_KERNEL_ACCOUNT);
	if (!watch)
		return NULL;
	watch->base.end = end_watch;
	watch->pf = pf;
	watch->id = id;
	mutex_init(&watch->lock);
	INIT_WORK(&watch->work, tell);
	init_waitqueue_func_entry(&watch->wait, woken);
	init_poll_funcptr(&watch->table, enqueue);
	vfs_poll(pf->file, &watch->table);
	other = cmpxchg(&pf->watch, NULL, &watch->base);
	if (!other)
		return watch;
	end_watch(&watch->base);
	return to_watch(other);
}

static ssize_t read_events(struct pvdrm_watch *watch, unsigned long to, u32 len)
{
	struct file *file = watch->pf->file;
	loff_t pos = 0;

	if (!len)
		return 0;
	if (!watch->queue || !file->f_op->read)
		return -EINVAL;
	/* Only here are events read, so there still are some: it does not wait. */
	if (!is_readable(watch))
		return 0;
	return file->f_op->read(file, (char __user *)to, len, &pos);
}

static ssize_t read_and_look(struct pvdrm_watch *watch, unsigned long to,
			     u32 len, struct xendrm_read *head)
{
	ssize_t ret;

	mutex_lock(&watch->lock);
	ret = read_events(watch, to, len);
	if (ret >= 0) {
		watch->told = is_readable(watch);
		if (watch->told)
			watch->seq++;
		head->seq = watch->seq;
		head->readable = watch->told;
	}
	mutex_unlock(&watch->lock);
	return ret;
}

static ssize_t carry_events(struct pvdrm_job *job,
			    struct pvdrm_back_file *pf, u32 len)
{
	struct pvdrm_watch *watch = get_watch(pf, job->req.file);
	struct xendrm_read *head = job->buf;
	ssize_t ret;

	if (!watch)
		return -ENOMEM;
	ret = read_and_look(watch, job->arena, len, head);
	if (ret > 0 &&
	    copy_from_user(head + 1, (void __user *)job->arena, ret))
		return -EFAULT;
	return ret;
}

/**
 * pvdrm_back_file_read() - READ
 * @job: the request at hand
 *
 * Return: bytes of events, or -errno.
 */
int pvdrm_back_file_read(struct pvdrm_job *job)
{
	const struct xendrm_request *req = &job->req;
	u32 head = sizeof(struct xendrm_read), len;
	struct pvdrm_back_file *pf;
	int ret;

	if (req->rsp_len < head)
		return -ENOSPC;
	len = min(req->rsp_len - head, XENDRM_MAX_READ);
	ret = pvdrm_job_need_buf(job, head + len);
	ret = ret ?: pvdrm_job_need_arena(job, len);
	if (ret)
		return ret;
	pf = pvdrm_back_file_get(job->link, req->file);
	if (!pf)
		return -EBADF;
	ret = carry_events(job, pf, len);
	pvdrm_back_file_put(pf);
	if (ret < 0)
		return ret;
	job->rsp.rsp_len = head + ret;
	return pvdrm_back_data_write(job->link, req->data_off, job->buf,
				     head + ret) ?: ret;
}
