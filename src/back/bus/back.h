/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * back.h: a device that is offered to one guest
 *
 *   pvdrm_back    a device of one guest, from probe to remove   bus/back.h
 *   pvdrm_link    one connection of it with the guest           bus/link.h
 *   pvdrm_server  the process that serves it, one open file     serve/server.h
 *   pvdrm_worker  one thread of that process                    serve/worker.h
 *   pvdrm_job     one request, run by a worker                  serve/job.h
 *
 * Locks, outermost first:
 *
 *   pvdrm_back.lock
 *   pvdrm_lru.evict		no other lock is held when it is taken
 *   mmap_lock
 *   pvdrm_back_map.lock	taken by notifiers, in reclaim: nothing allocates
 *				with GFP_KERNEL under it or under those below
 *   locks of vram/		pvdrm_link.io is only tried under them
 *   pvdrm_link.event_lock
 *   pvdrm_link.io
 *   pvdrm_server.lock, pvdrm_link.slot_lock
 *				taken by the event channel's handler, so they keep
 *				interrupts off
 *   pvdrm_link.fence_lock	taken by fences' callbacks, under the lock of any
 *				fence; keeps interrupts off as well
 *   pvdrm_lru.lock, pvdrm_limits.lock, pvdrm_patience.lock,
 *   pvdrm_rate.lock
 *   that of struct pvdrm_gpu	taken by fences' callbacks, under the lock of any
 *				fence; keeps interrupts off
 *   total_lock of limits.c and of lru.c, all_lock of lru.c
 *				innermost
 */
#ifndef PVDRM_BACK_BACK_H
#define PVDRM_BACK_BACK_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <xen/xenbus.h>

#include "back/bus/limits.h"
#include "back/bus/patience.h"
#include "back/bus/stats.h"
#include "back/gpu/gpu.h"
#include "back/serve/rate.h"

#define PVDRM_REASON_LEN	160

struct pvdrm_link;
struct pvdrm_server;

/**
 * struct pvdrm_back - a device offered to one guest
 */
struct pvdrm_back {
	/** @ref: held by the bus, the server and each link */
	struct kref ref;

	/** @all: entry in the list of devices */
	struct list_head all;

	/** @domid: the guest */
	u32 domid;

	/** @devid: the number of this device among the guest's */
	u32 devid;

	/** @lock: guards state changes, @xdev, @server, @link and @renew */
	struct mutex lock;

	/** @xdev: the device on the bus; %NULL once it is removed */
	struct xenbus_device *xdev;

	/** @server: the process that serves it, or %NULL */
	struct pvdrm_server *server;

	/** @link: the connection, or %NULL */
	struct pvdrm_link *link;

	/** @renew: reconnect once the guest has closed its old connection */
	bool renew;

	/** @work: compares the states of both ends and acts */
	struct work_struct work;

	/** @force: ends a close that the guest does not finish */
	struct delayed_work force;

	/** @watch: on our own directory in xenstore */
	struct xenbus_watch watch;

	/** @fail_lock: guards @failed and @reason */
	spinlock_t fail_lock;

	/** @failed: -errno if the device was closed because of a failure */
	int failed;

	/** @fail_told: the reason was written to xenstore */
	bool fail_told;

	/** @reason: of the failure, for people */
	char reason[PVDRM_REASON_LEN];

	/** @stats: counters, across all its connections */
	struct pvdrm_back_stats stats;

	/** @limits: what the guest may use, and uses */
	struct pvdrm_limits limits;

	/** @gpu: what the GPU does for the guest */
	struct pvdrm_gpu_guest gpu;

	/** @patience: how long the host may wait for the guest */
	struct pvdrm_patience patience;

	/** @nr_pinned: pages of pinned mappings; under all_lock of lru.c */
	u32 nr_pinned;

	/** @nr_imported: pages of the guest in imports; under a lock of import.c */
	u32 nr_imported;

	/**
	 * @destroy_by: when a guest that was stopped for keeping pages has to be
	 * destroyed, in jiffies; 0: it was not stopped
	 */
	unsigned long destroy_by;

	/** @failing: ioctls of the guest that fail */
	struct pvdrm_rate failing;

	/** @vram_faults: requests for which VRAM was put into page tables */
	struct pvdrm_rate vram_faults;
};

extern struct workqueue_struct *pvdrm_back_wq;

void pvdrm_back_put(struct pvdrm_back *back);
void pvdrm_back_queue(struct pvdrm_back *back);
__printf(3, 4)
void pvdrm_back_fail(struct pvdrm_back *back, int err, const char *fmt, ...);
__printf(2, 3)
void pvdrm_violation(struct pvdrm_link *link, const char *fmt, ...);

#endif /* PVDRM_BACK_BACK_H */
