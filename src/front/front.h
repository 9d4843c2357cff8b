/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * front.h: what the files of pvdrm-front share
 *
 * struct pvdrm_front is one connection to a backend: made when the backend
 * offers itself, dead for ever once that backend is gone. Programs may keep
 * files and mappings of a dead one; a new connection is a new struct and a new
 * DRM device.
 *
 * Locks, outermost first:
 *   pvdrm_front_xenbus.lock   (xenbus.c) connecting and disconnecting
 *   mmap_lock           the mm's own
 *   pvdrm_front_map.lock      what a mapping has mapped; never held across a wait
 *                       for the backend, since invalidations need it
 *   pvdrm_pool.lock     what is kept of freed buffers; spinlock
 *   pvdrm_front.lock    ring, slots, data area; spinlock, taken in interrupts
 *   pvdrm_front.fence_lock  the table of fences; the same. A fence's own lock is
 *                       never inside of it, and never outside of these two
 */
#ifndef PVDRM_FRONT_H
#define PVDRM_FRONT_H

#include <linux/bitmap.h>
#include <linux/dma-fence.h>
#include <linux/list.h>
#include <linux/platform_device.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include <drm/drm_device.h>
#include <drm/drm_drv.h>

#include <xen/grant_table.h>
#include <xen/xenbus.h>

#include "front/cache/cache.h"
#include "engine.h"
#include "front/call/stats.h"
#include "front/memory/vram.h"

#define PVDRM_RING_PAGES	BIT(XENDRM_MAX_RING_ORDER)
#define PVDRM_DIRECTORY_PAGES	(XENDRM_MAX_DATA_PAGES / XENDRM_REFS_PER_PAGE)
#define PVDRM_DATA_PAGES	512u	/* 2 MiB: one largest message and more */
#define PVDRM_TIMEOUT		(10 * HZ) /* the bound of waits that no program sees */

/**
 * struct pvdrm_identity - who the host's driver is
 * @name: its name, exactly; programs choose their driver by it
 * @desc: its description
 * @date: its date
 * @major: version
 * @minor: version
 * @patch: version
 */
struct pvdrm_identity {
	char name[32];
	char desc[64];
	char date[32];
	int major;
	int minor;
	int patch;
};

/**
 * struct pvdrm_data - the data area: pages that stay granted to the backend
 * @base: all of it, contiguous
 * @pages: its pages
 * @refs: their grant references
 * @nr_pages: their number
 * @directory: the pages that list @refs for the backend
 * @directory_refs: their grant references
 * @nr_directory: their number
 * @used: a bit for each XENDRM_DATA_UNIT
 * @nr_units: bits of @used
 */
struct pvdrm_data {
	void *base;
	struct page **pages;
	grant_ref_t *refs;
	u32 nr_pages;
	void *directory;
	grant_ref_t directory_refs[PVDRM_DIRECTORY_PAGES];
	u32 nr_directory;
	unsigned long *used;
	u32 nr_units;
};

/* The states of a request's slot; all changes under pvdrm_front.lock */
enum pvdrm_front_slot_state {
	PVDRM_SLOT_FREE,
	PVDRM_SLOT_ALLOCATED,	/* a caller is filling it */
	PVDRM_SLOT_SENT,	/* the backend has it, a caller waits */
	PVDRM_SLOT_ORPHAN,	/* the backend has it, nobody waits */
	PVDRM_SLOT_DONE,	/* answered, the caller has not looked yet */
};

/**
 * struct pvdrm_front_slot - one outstanding request
 * @wait: where its caller sleeps
 * @state: enum pvdrm_front_slot_state
 * @spinning: its caller watches the ring, so no notification is needed
 * @op: the request's
 * @seq: the request's
 * @rsp_len: bytes of payload that the answer may have
 * @unit: first unit of its region in the data area
 * @units: units of its region, 0: none
 * @post: whose answer is wanted by pvdrm_post.done, or %NULL
 * @next: next free slot
 * @rsp: the answer, a private copy
 */
struct pvdrm_front_slot {
	wait_queue_head_t wait;
	int state;
	bool spinning;
	u16 op;
	u32 seq;
	u32 rsp_len;
	u32 unit;
	u32 units;
	struct pvdrm_post *post;
	struct pvdrm_front_slot *next;
	struct xendrm_response rsp;
};

/**
 * struct pvdrm_front - one connection to a backend
 * @pdev: parent of the DRM device; its release frees this struct, so it
 *	  outlives every file and mapping
 * @driver: what the DRM core calls the driver; named as the host's
 * @drm: the DRM device, %NULL before it is registered
 * @identity: the host's driver
 * @xbdev: the xenbus device; valid until the connection is dead
 * @backend: the domain at the other end
 * @table_buf: the descriptor table as received, never changes
 * @table: the same, checked
 * @on_failure: queued when the backend broke the protocol
 * @why: the rule it broke, %NULL while it keeps them
 *
 * @lock: protects what follows, up to @data
 * @ring: the requests' ring
 * @dead: no more requests; set once
 * @slots: @nr_slots of them
 * @free_slot: head of the free ones
 * @nr_slots: entries of the ring
 * @nr_sent: requests the backend has
 * @nr_spinning: those whose caller watches the ring
 * @nr_callers: threads in pvdrm_front_call()
 * @consumed: responses taken since the last interrupt
 * @seq: number of the last request
 * @waiters: callers that wait for a slot or for room, in order
 * @posts: requests nobody waits for, in order
 * @data: the data area
 *
 * @idle: wakes when the last caller has left a dead connection
 * @spin_ns: how long it pays to watch the ring; [1] for ioctls that may block
 * @ring_refs: grant references of the ring
 * @nr_ring_pages: pages of the ring
 * @port: the event channel
 * @irq: bound to it; 0: none
 *
 * @events: the event page, shared
 * @event_ref: its grant reference
 * @event_work: handles what is on it
 * @event_cons: events handled
 * @event_seen: some were handled since the last interrupt
 * @inval_seq: number of the last invalidation handled
 * @maps: the mappings by the backend's name for them
 * @window: how pages of the host's device are mapped
 *
 * @fence_lock: protects what follows, up to @fences_dead
 * @fences_pending: slots of the event page whose status is awaited
 * @fences: the fences that have them, a reference each; %NULL: nobody wants it
 * @fence_ids: the backend's names for them
 * @fence_seen: a status was taken outside of the interrupt since the last one
 * @fences_dead: the event page is not touched any more; set once
 *
 * @pool: freed buffers that are kept
 * @scratch_lock: protects @scratches
 * @scratches: spare buffers of ioctls (ioctl.c)
 * @nr_scratches: their number
 * @stats: counters
 */
struct pvdrm_front {
	struct platform_device pdev;
	struct drm_driver driver;
	struct drm_device *drm;
	struct pvdrm_identity identity;
	struct xenbus_device *xbdev;
	domid_t backend;
	void *table_buf;
	struct pvdrm_table table;
	struct work_struct *on_failure;
	const char *why;

	spinlock_t lock; /* down to data; in interrupts, too */
	struct xendrm_front_ring ring;
	bool dead;
	struct pvdrm_front_slot *slots;
	struct pvdrm_front_slot *free_slot;
	u32 nr_slots;
	u32 nr_sent;
	u32 nr_spinning;
	u32 nr_callers;
	u32 consumed;
	u32 seq;
	struct list_head waiters;
	struct list_head posts;
	struct pvdrm_data data;

	wait_queue_head_t idle;
	u32 spin_ns[2];
	grant_ref_t ring_refs[PVDRM_RING_PAGES];
	u32 nr_ring_pages;
	evtchn_port_t port;
	int irq;

	struct xendrm_event_page *events;
	grant_ref_t event_ref;
	struct work_struct event_work;
	u32 event_cons;
	bool event_seen;
	u32 inval_seq;
	struct xarray maps;
	struct pvdrm_vram_window window;

	spinlock_t fence_lock; /* down to fences_dead; in interrupts, too */
	DECLARE_BITMAP(fences_pending, XENDRM_MAX_FENCES);
	struct dma_fence *fences[XENDRM_MAX_FENCES];
	u32 fence_ids[XENDRM_MAX_FENCES];
	bool fence_seen;
	bool fences_dead;

	struct pvdrm_pool pool;

	spinlock_t scratch_lock; /* scratches, nr_scratches */
	struct list_head scratches;
	u32 nr_scratches;
	struct pvdrm_front_stats stats;
};

static inline struct pvdrm_front *pvdrm_drm_to_front(struct drm_device *drm)
{
	return container_of(to_platform_device(drm->dev), struct pvdrm_front,
			    pdev);
}

static inline struct pvdrm_front *pvdrm_front_get(struct pvdrm_front *front)
{
	get_device(&front->pdev.dev);
	return front;
}

static inline void pvdrm_front_put(struct pvdrm_front *front)
{
	put_device(&front->pdev.dev);
}

/* main.c */
extern struct workqueue_struct *pvdrm_front_wq;

/* xenbus.c */
int pvdrm_front_xenbus_init(void);
void pvdrm_front_xenbus_exit(void);

/* drm.c */
struct pvdrm_front *pvdrm_front_alloc(struct xenbus_device *xbdev);
int pvdrm_drm_register(struct pvdrm_front *front);
void pvdrm_drm_unregister(struct pvdrm_front *front);

/* file.c */
extern const struct file_operations pvdrm_front_fops;
int pvdrm_front_file_open(struct drm_device *drm, struct drm_file *drm_file);
void pvdrm_front_file_postclose(struct drm_device *drm, struct drm_file *drm_file);
u32 pvdrm_front_file_id(struct file *fp);
struct pvdrm_cache *pvdrm_front_file_cache(struct file *fp);

/* ioctl.c */
long pvdrm_front_ioctl(struct file *fp, unsigned int cmd, unsigned long arg);
#ifdef CONFIG_COMPAT
long pvdrm_front_compat_ioctl(struct file *fp, unsigned int cmd,
			      unsigned long arg);
#else
#define pvdrm_front_compat_ioctl	NULL
#endif
void pvdrm_scratch_free_all(struct pvdrm_front *front);

/* transport.c */
int pvdrm_front_transport_open(struct pvdrm_front *front, u32 ring_order,
			       u32 data_pages);
void pvdrm_front_transport_stop(struct pvdrm_front *front);
void pvdrm_front_transport_free(struct pvdrm_front *front);

/* data.c */
int pvdrm_data_setup(struct pvdrm_data *data, struct xenbus_device *xbdev,
		     u32 nr_pages);
void pvdrm_data_teardown(struct pvdrm_data *data);
int pvdrm_data_alloc(struct pvdrm_data *data, u32 units);
void pvdrm_data_free(struct pvdrm_data *data, u32 unit, u32 units);

/* table.c */
int pvdrm_table_fetch(struct pvdrm_front *front);

/* events.c */
void pvdrm_front_events_work(struct work_struct *work);
bool pvdrm_front_events_check(struct pvdrm_front *front);

/**
 * struct pvdrm_new_fd - a sync_file in the making
 * @fence: what it is of
 * @file: the file; %NULL: there is none
 * @fd: its descriptor, reserved
 */
struct pvdrm_new_fd {
	struct dma_fence *fence;
	struct sync_file *file;
	int fd;
};

/* fence.c */
const char *pvdrm_front_fence_add(struct pvdrm_front *front, u32 id,
				  struct dma_fence *fence);
bool pvdrm_front_fences_check(struct pvdrm_front *front);
void pvdrm_front_fences_disconnect(struct pvdrm_front *front);
int pvdrm_front_fences_pack(struct pvdrm_front *front, struct pvdrm_plan *plan);
int pvdrm_new_fd_prepare(struct pvdrm_new_fd *new);
const char *pvdrm_new_fd_bind(struct pvdrm_new_fd *new,
			      struct pvdrm_front *front,
			      const struct xendrm_response *rsp,
			      struct pvdrm_plan *plan);
void pvdrm_new_fd_finish(struct pvdrm_new_fd *new, bool install);

/**
 * struct pvdrm_waiter - a caller that waits for a slot and room; on its stack
 * @node: in pvdrm_front.waiters, while @slot is %NULL
 * @wait: where it sleeps
 * @slot: what it got; under pvdrm_front.lock
 * @units: units of the data area that it needs
 */
struct pvdrm_waiter {
	struct list_head node;
	wait_queue_head_t wait;
	struct pvdrm_front_slot *slot;
	u32 units;
};

/* ring.c */
struct pvdrm_front_slot *pvdrm_ring_alloc_slot(struct pvdrm_front *front,
					       u32 units);
void pvdrm_ring_push(struct pvdrm_front *front, struct pvdrm_front_slot *slot,
		     struct xendrm_request *req, enum pvdrm_front_slot_state state);
void pvdrm_ring_free_slot(struct pvdrm_front *front, struct pvdrm_front_slot *slot);
void pvdrm_ring_leave_queue(struct pvdrm_front *front, struct pvdrm_waiter *waiter);
void pvdrm_ring_consume(struct pvdrm_front *front);

/* call.c */
enum pvdrm_wait {
	PVDRM_WAIT_SIGNAL,	/* a signal cancels the request */
	PVDRM_WAIT_KILL,	/* only a fatal signal ends the wait */
	PVDRM_WAIT_TIMEOUT,	/* no program waits: PVDRM_TIMEOUT */
};

/**
 * struct pvdrm_call - a request and its answer
 * @req: op, file and u are the caller's; the rest is filled in
 * @out: payload of the request
 * @out_len: its bytes
 * @in: room for the answer's payload
 * @in_len: its bytes
 * @wait: what ends the wait
 * @may_block: the answer can take long: do not watch the ring in vain
 * @rsp: the answer
 */
struct pvdrm_call {
	struct xendrm_request req;
	const void *out;
	u32 out_len;
	void *in;
	u32 in_len;
	enum pvdrm_wait wait;
	bool may_block;
	struct xendrm_response rsp;
};

/**
 * pvdrm_call_result() - an answer's status as a system call returns it
 * @call: answered
 *
 * Return: 0 or more, or an errno; see pvdrm_call_again().
 */
static inline long pvdrm_call_result(const struct pvdrm_call *call)
{
	/* The kernel's other codes must not reach our signal code. */
	if (call->rsp.status <= -XENDRM_ERESTARTSYS &&
	    call->rsp.status > -XENDRM_ENOTSUPP)
		return -ERESTARTSYS;
	return call->rsp.status;
}

/**
 * pvdrm_call_again() - whether a call is to be made once more
 * @ret: its result
 *
 * The host gave up a wait for reasons of its own, with nothing done: there is
 * no signal here that could restart the system call.
 *
 * Return: true if so.
 */
static inline bool pvdrm_call_again(long ret)
{
	return ret == -ERESTARTSYS && !signal_pending(current);
}

/**
 * struct pvdrm_post - a request that nobody waits for
 * @node: in pvdrm_front.posts
 * @req: op, file and u
 * @done: %NULL, or called once with the answer's status, or -ENODEV; under
 *	  pvdrm_front.lock, in interrupts
 *
 * Allocated when the thing it will undo is made, so that undoing cannot fail.
 * Without @done it is freed when it is sent; with it, it is its owner's again when
 * that is called.
 */
struct pvdrm_post {
	struct list_head node;
	struct xendrm_request req;
	void (*done)(struct pvdrm_post *post, int status);
};

int pvdrm_front_call(struct pvdrm_front *front, struct pvdrm_call *call);

/* ring.c, too */
void pvdrm_front_post(struct pvdrm_front *front, struct pvdrm_post *post);
u32 pvdrm_front_consume(struct pvdrm_front *front);
void pvdrm_front_fail(struct pvdrm_front *front, const char *why);
void pvdrm_front_kill(struct pvdrm_front *front);
void pvdrm_front_drain(struct pvdrm_front *front);

#endif /* PVDRM_FRONT_H */
