// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue.c: works that must be done although memory is short
 *
 * Memory reclaim may depend on an acknowledgment, and on a fence.
 */
#include <linux/workqueue.h>

#include "front/call/queue.h"

/* Of all connections */
static struct workqueue_struct *queue;

/**
 * pvdrm_front_queue() - have a work done although memory is short
 * @work: needs no memory
 */
void pvdrm_front_queue(struct work_struct *work)
{
	queue_work(queue, work);
}

/**
 * pvdrm_front_queue_init() - make the workqueue
 *
 * Return: 0 or -ENOMEM.
 */
int pvdrm_front_queue_init(void)
{
	queue = alloc_workqueue("pvdrm-front", WQ_UNBOUND | WQ_HIGHPRI |
				WQ_MEM_RECLAIM, 0);
	return queue ? 0 : -ENOMEM;
}

/**
 * pvdrm_front_queue_exit() - undo pvdrm_front_queue_init()
 */
void pvdrm_front_queue_exit(void)
{
	destroy_workqueue(queue);
}
