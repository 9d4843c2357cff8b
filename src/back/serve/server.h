/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * server.h: a process that serves a device, and the DRM node it serves it with
 */
#ifndef PVDRM_BACK_SERVER_H
#define PVDRM_BACK_SERVER_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "back/bus/stats.h"
#include "back/serve/stock.h"
#include "engine.h"

struct file;
struct mm_struct;
struct pvdrm_back;
struct pvdrm_back_bind;
struct pvdrm_buffer_rule;
struct pvdrm_gpu;
struct pvdrm_hang_rule;
struct pvdrm_idle_rule;
struct pvdrm_link;
struct pvdrm_object_rule;
struct pvdrm_work_rule;
struct pvdrm_worker;

/**
 * struct pvdrm_node - the host's DRM node that is served
 */
struct pvdrm_node {
	/** @file: as the process opened it; a reference */
	struct file *file;

	/** @name: of the driver */
	char name[32];

	/** @version: of the driver, "major.minor.patch" */
	char version[40];

	/** @desc: of the driver */
	char desc[128];

	/** @date: of the driver */
	char date[32];

	/** @image: the descriptor table as it goes over the wire */
	void *image;

	/** @image_len: bytes of @image */
	size_t image_len;

	/** @table: @image, checked */
	struct pvdrm_table table;

	/** @buffers: what ioctls do to the memory of buffers, by _IOC_NR */
	const struct pvdrm_buffer_rule *buffers[PVDRM_STAT_NRS];

	/** @objects: what ioctls do to the number of objects, by _IOC_NR */
	const struct pvdrm_object_rule *objects[PVDRM_STAT_NRS];

	/** @idle: how to ask whether a buffer is in use, or %NULL */
	const struct pvdrm_idle_rule *idle;

	/** @hangs: how to ask who has hung the GPU, or %NULL */
	const struct pvdrm_hang_rule *hangs;

	/** @work: where the fences of submissions are, or %NULL */
	const struct pvdrm_work_rule *work;

	/** @work_hides: some of them may have none that can be found, see unseen.h */
	bool work_hides;

	/** @gpu: whose node it is */
	struct pvdrm_gpu *gpu;
};

/**
 * struct pvdrm_server - a process and the device it serves
 */
struct pvdrm_server {
	/** @bind_lock: one BIND at a time */
	struct mutex bind_lock;

	/** @back: the device; a reference; %NULL before BIND */
	struct pvdrm_back *back;

	/** @mm: the process's address space; a reference to the struct */
	struct mm_struct *mm;

	/** @node: what it serves */
	struct pvdrm_node node;

	/** @bad: an address in the process that faults */
	unsigned long bad;

	/** @sequential: requests run one at a time, in order */
	bool sequential;

	/**
	 * @max_inflight: requests that may run at once, the leader's included
	 */
	u32 max_inflight;

	/** @stock: eventfds for requests */
	struct pvdrm_stock stock;

	/** @lock: guards all below */
	spinlock_t lock;

	/** @link: the connection; set and cleared by the device */
	struct pvdrm_link *link;

	/** @dead_links: wait for a worker to close their files and mappings */
	struct list_head dead_links;

	/** @closed_files: unreferenced, final fput() pending */
	struct list_head closed_files;

	/** @leader: the worker that takes requests, or %NULL */
	struct pvdrm_worker *leader;

	/** @idle: workers that wait to lead */
	struct list_head idle;

	/** @workers: all workers */
	struct list_head workers;

	/** @nr_workers: number of @workers */
	u32 nr_workers;

	/** @max_workers: limit of @nr_workers */
	u32 max_workers;

	/** @running: requests beside the leader's that count as running */
	u32 running;

	/** @closed: the device is gone */
	bool closed;

	/** @spawn_asked: NEXT has to report PVDRM_BACK_EVENT_SPAWN */
	bool spawn_asked;

	/** @spawn_until: it was reported; jiffies until it may be once more */
	unsigned long spawn_until;

	/** @leader_wait: where the leader waits for requests */
	wait_queue_head_t leader_wait;

	/** @event_wait: where NEXT and poll() wait */
	wait_queue_head_t event_wait;
};

struct pvdrm_server *pvdrm_server_create(void);
void pvdrm_server_destroy(struct pvdrm_server *server);
int pvdrm_server_bind(struct pvdrm_server *server,
		      struct pvdrm_back_bind *bind);

#endif /* PVDRM_BACK_SERVER_H */
