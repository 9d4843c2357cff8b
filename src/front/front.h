/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * front.h: struct pvdrm_front, one connection to a backend
 *
 * It is allocated when a backend offers itself, and dies with that backend for
 * good. Programs may keep files and mappings of a dead connection; the next
 * backend gets a new struct and a new DRM device.
 *
 * Lock order, outermost first:
 *
 *   pvdrm_front_xenbus.lock  mutex: connect and disconnect (bus/xenbus.c)
 *   pvdrm_live.lock          mutex: of a file. Held while a request to close or
 *                            to use its handles is sent that nobody waits for
 *   mmap_lock                of the program's mm
 *   pvdrm_front_map.lock     mutex: the pages that are mapped. Never held while
 *                            waiting for the backend: an invalidation takes it
 *   pvdrm_front.objects_lock mutex: what programs hold of the host's objects
 *   pvdrm_front.imports_lock mutex: other devices' dma-bufs that the host knows. Held
 *                            while waiting for the backend and for exporters
 *   pvdrm_front.eventfds_lock mutex: programs' eventfds; not together with the
 *                            mutexes above
 *   pvdrm_implicit_state.mutex  mutex: which dma-bufs the host has; taken inside
 *                            imports_lock, not together with the other mutexes above
 *   dma_resv.lock            of our dma-bufs, and of those that we import
 *   pvdrm_object.pin_lock    mutex: a dma-buf's pages for devices. Held while
 *                            waiting for the backend; invalidations take neither
 *                            it nor the lock above
 *   pvdrm_pool.lock          spinlock: freed buffers that are cached
 *   pvdrm_front.lock         spinlock, also taken in interrupts: ring, slots,
 *                            data area
 *   dma_fence.lock           of our fences: they are signalled under
 *                            pvdrm_front.lock, e.g. when the connection dies
 *   pvdrm_implicit_state.lock  spinlock, also taken in interrupts: which implicit
 *                            fences to ask for
 *
 *   pvdrm_front.fence_lock   spinlock, also taken in interrupts: the table of
 *                            fences. Taken inside pvdrm_front.lock and the lock of
 *                            a fence; no lock is taken inside it, and no fence is
 *                            signalled under it
 *   pvdrm_front.files        its xa_lock, also taken in interrupts, and in it
 *                            the wait queues of files. Taken inside
 *                            pvdrm_front.lock; no other lock is taken inside it
 *   pvdrm_front.scratch_lock spinlock: nothing is taken inside it
 */
#ifndef PVDRM_FRONT_H
#define PVDRM_FRONT_H

#include <linux/bitmap.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include <drm/drm_device.h>
#include <drm/drm_drv.h>

#include <xen/grant_table.h>
#include <xen/interface/event_channel.h>

#include "affinity.h"
#include "engine.h"
#include "front/bus/parent.h"
#include "front/cache/cache.h"
#include "front/call/data.h"
#include "front/call/stats.h"
#include "front/fd/implicit.h"
#include "front/memory/vram.h"

struct dma_fence;
struct pvdrm_front_slot;
struct pvdrm_ring_hooks;
struct xenbus_device;

#define PVDRM_RING_PAGES	BIT(XENDRM_MAX_RING_ORDER)

/**
 * struct pvdrm_identity - the host's driver
 */
struct pvdrm_identity {
	/** @name: exactly the host's: programs choose their driver by it */
	char name[32];
	/** @desc: description */
	char desc[64];
	/** @date: date, as in the host's struct drm_driver */
	char date[32];
	/** @major: version of the driver's interface */
	int major;
	/** @minor: likewise */
	int minor;
	/** @patch: likewise */
	int patch;
};

/**
 * struct pvdrm_front - one connection to a backend
 */
struct pvdrm_front {
	/**
	 * @ref: held by the DRM device's parent, which outlives all files, by
	 * mappings, and by bus/xenbus.c
	 */
	struct kref ref;
	/** @rcu: frees it, since fences look at it under RCU */
	struct rcu_head rcu;
	/** @release: called when @ref has gone */
	void (*release)(struct kref *ref);
	/** @hooks: what the ring calls */
	const struct pvdrm_ring_hooks *hooks;
	/** @parent: what the DRM device hangs on */
	struct pvdrm_parent parent;
	/** @driver: named after the host's driver */
	struct drm_driver driver;
	/** @drm: the DRM device, %NULL unless it is registered */
	struct drm_device *drm;
	/** @identity: the host's driver */
	struct pvdrm_identity identity;
	/** @xbdev: the xenbus device; valid until the connection is dead */
	struct xenbus_device *xbdev;
	/** @backend: the domain at the other end */
	domid_t backend;
	/** @devid: number of the device in this guest */
	u32 devid;
	/** @nonblock: the backend takes XENDRM_CALL_NONBLOCK */
	bool nonblock;
	/** @pins: the backend takes XENDRM_MMAP_PIN */
	bool pins;
	/** @map_pages: the backend sends pages with MMAP's response */
	bool map_pages;
	/** @table_buf: the descriptor table as received; not changed any more */
	void *table_buf;
	/** @table: the same, checked */
	struct pvdrm_table table;
	/**
	 * @on_failure: scheduled when the backend breaks the protocol, and when
	 * @removed is set
	 */
	struct work_struct *on_failure;
	/** @why: the rule that the backend broke; %NULL: none */
	const char *why;
	/** @removed: the guest's root took the DRM device's parent away */
	bool removed;

	/** @lock: protects the members from here to @data */
	spinlock_t lock; /* ring, slots, data area */
	/** @ring: requests out, responses in */
	struct xendrm_front_ring ring;
	/** @dead: no request is sent any more; set once */
	bool dead;
	/** @slots: @nr_slots of them; a request's id is an index into them */
	struct pvdrm_front_slot *slots;
	/** @free_slot: head of the list of free slots */
	struct pvdrm_front_slot *free_slot;
	/** @nr_slots: entries of the ring */
	u32 nr_slots;
	/** @nr_sent: requests that the backend has not answered yet */
	u32 nr_sent;
	/** @nr_spinning: those of @nr_sent whose caller polls the ring */
	u32 nr_spinning;
	/** @nr_quiet: those of @nr_sent whose response nobody waits for */
	u32 nr_quiet;
	/** @quiet_units: units of @data that those have */
	u32 quiet_units;
	/** @nr_callers: threads inside pvdrm_front_call() */
	u32 nr_callers;
	/** @woken_cpu: where the last caller slept that was woken */
	int woken_cpu;
	/** @consumed: responses taken since the last interrupt */
	u32 consumed;
	/** @seq: number of the last request */
	u32 seq;
	/** @waiters: callers waiting for a slot or for room in @data, in order */
	struct list_head waiters;
	/** @posts: requests that nobody waits for and that are not sent yet */
	struct list_head posts;
	/** @data: the data area */
	struct pvdrm_data data;

	/** @idle: woken when the last caller has left a dead connection */
	wait_queue_head_t idle;
	/** @spin_ns: how long to poll; [1]: for ioctls that may block */
	u32 spin_ns[2];
	/** @ring_refs: grant references of the ring's pages */
	grant_ref_t ring_refs[PVDRM_RING_PAGES];
	/** @nr_ring_pages: pages of the ring */
	u32 nr_ring_pages;
	/** @port: the event channel */
	evtchn_port_t port;
	/** @irq: bound to @port; 0: none */
	int irq;
	/** @affinity: where @irq goes */
	struct pvdrm_affinity affinity;

	/** @events: the shared event page */
	struct xendrm_event_page *events;
	/** @event_ref: its grant reference */
	grant_ref_t event_ref;
	/** @event_work: handles the events on that page */
	struct work_struct event_work;
	/** @event_cons: events handled so far */
	u32 event_cons;
	/** @event_seen: events were handled since the last interrupt */
	bool event_seen;
	/** @inval_seq: number of the last invalidation handled */
	u32 inval_seq;
	/** @inval_begun: number of the last one whose mapping was looked for */
	u32 inval_begun;
	/** @ahead_credit: mappings that may have pages before they are touched */
	atomic_t ahead_credit;
	/** @maps: struct pvdrm_front_map by the backend's id */
	struct xarray maps;
	/** @pinned: struct pvdrm_pinned by the backend's id; only compared */
	struct xarray pinned;
	/** @files: struct pvdrm_front_file by the backend's id */
	struct xarray files;
	/** @window: how the GPU's own memory is mapped */
	struct pvdrm_vram_window window;

	/** @fence_lock: protects the members from here to @fences_dead */
	spinlock_t fence_lock; /* the table of fences */
	/** @fences_pending: slots of the event page whose status is awaited */
	DECLARE_BITMAP(fences_pending, XENDRM_MAX_FENCES);
	/**
	 * @fences: the fence that each slot will signal, with a reference;
	 * %NULL: its caller was killed
	 */
	struct dma_fence *fences[XENDRM_MAX_FENCES];
	/** @fence_ids: the backend's ids of @fences */
	u32 fence_ids[XENDRM_MAX_FENCES];
	/** @fence_uses: how often the slots that we name were used */
	u16 fence_uses[XENDRM_FRONT_FENCES];
	/** @fence_seen: a status was taken elsewhere since the last interrupt */
	bool fence_seen;
	/** @fences_dead: the event page is not touched any more; set once */
	bool fences_dead;

	/**
	 * @feature_submit: submissions need not be waited for, and we name their
	 * fences (XENDRM_KEY_FEATURE_SUBMIT)
	 */
	bool feature_submit;
	/** @quiet_fences: we ask for notifications of fences */
	bool quiet_fences;

	/** @feature_objects: the backend knows objects (XENDRM_KEY_OBJECTS) */
	bool feature_objects;
	/** @feature_import: the backend takes IMPORT (XENDRM_KEY_FEATURE_IMPORT) */
	bool feature_import;
	/** @imports_lock: one at a time is imported, or forgotten */
	struct mutex imports_lock; /* imports */
	/** @imports: struct pvdrm_import by its id */
	struct xarray imports;
	/** @next_import: where the search for a free id starts */
	u32 next_import;

	/** @objects_lock: protects @objects, their use counts and files */
	struct mutex objects_lock; /* objects */
	/** @objects: struct pvdrm_object by the backend's id */
	struct xarray objects;

	/** @eventfds_lock: protects the members from here to @eventfds_dead */
	struct mutex eventfds_lock; /* eventfds */
	/** @eventfds: struct pvdrm_front_eventfd that the backend knows */
	struct list_head eventfds;
	/** @eventfds_dead: takes no more; set once */
	bool eventfds_dead;
	/** @eventfd_work: forgets those that programs have closed */
	struct work_struct eventfd_work;
	/** @implicit: implicit fences of dma-bufs */
	struct pvdrm_implicit_state implicit;

	/** @pool: freed buffers that are cached */
	struct pvdrm_pool pool;

	/** @scratch_lock: protects @scratches and @nr_scratches */
	spinlock_t scratch_lock; /* spare buffers of ioctls */
	/** @scratches: spare buffers of ioctls (file/ioctl.c) */
	struct list_head scratches;
	/** @nr_scratches: their number */
	u32 nr_scratches;

	/** @stats: counters, shown in debugfs */
	struct pvdrm_front_stats stats;
};

static inline struct pvdrm_front *pvdrm_drm_to_front(struct drm_device *drm)
{
	return container_of(drm->driver, struct pvdrm_front, driver);
}

static inline struct pvdrm_front *pvdrm_front_get(struct pvdrm_front *front)
{
	kref_get(&front->ref);
	return front;
}

static inline void pvdrm_front_put(struct pvdrm_front *front)
{
	kref_put(&front->ref, front->release);
}

#endif /* PVDRM_FRONT_H */
