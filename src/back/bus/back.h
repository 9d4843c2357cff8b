/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * back.h: what the parts of pvdrm-back share
 *
 *   pvdrm_back    a device of one guest, from probe to remove     xenbus.c
 *   pvdrm_server  a process that serves it, one open file         serve/server.c
 *   pvdrm_worker  one of its threads                              serve/worker.c
 *   pvdrm_link    one connection: ring, data, files, maps         link.c
 *   pvdrm_back_map     one mmap of the guest                           map.c
 *
 * Locks, outermost first: pvdrm_back.lock, mmap_lock, pvdrm_back_map.lock,
 * pvdrm_link.event_lock, pvdrm_link.io, pvdrm_server.lock and
 * pvdrm_link.slot_lock. The last two are taken by the event channel's handler
 * and keep interrupts off; so does pvdrm_link.fence_lock, which is taken by
 * fences' callbacks, within the lock of any fence, and has none inside. Nothing
 * allocates with GFP_KERNEL under pvdrm_back_map.lock or after it: notifiers
 * take it in reclaim. Nothing is taken under pvdrm_limits.lock. pvdrm_lru.evict
 * is taken with no other lock held, and pvdrm_back_map.lock within it; the
 * spinlocks of lru.c are innermost. The locks of vram/ are taken under
 * pvdrm_back_map.lock, and within them pvdrm_link.io is only tried.
 */
#ifndef PVDRM_BACK_BACK_H
#define PVDRM_BACK_BACK_H

#include <linux/bitmap.h>
#include <linux/dma-fence.h>
#include <linux/irqreturn.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <xen/xenbus.h>

#include "back/file/buffers.h"
#include "drmif.h"
#include "engine.h"
#include "back/bus/limits.h"
#include "back/memory/lru.h"
#include "back/bus/stats.h"

#define PVDRM_MAX_MAPS		65536
#define PVDRM_MAX_MAP_PAGES	1048576u	/* 4 GiB a mapping */
#define PVDRM_REASON_LEN	160

struct pvdrm_vram;
struct pvdrm_driver_table;
struct pvdrm_idle_rule;
struct pvdrm_link;
struct pvdrm_back_map;
struct pvdrm_server;
struct pvdrm_worker;

/**
 * struct pvdrm_back - a device offered to one guest
 * @ref: the bus, the server and each link hold one
 * @all: in the list of devices
 * @xdev: NULL once removed from the bus
 * @domid: the guest
 * @devid: the device's number
 * @lock: state changes, @xdev, @server, @link
 * @work: looks at both ends' states and acts
 * @force: ends a close that the guest doesn't finish
 * @watch: on our own directory
 * @server: the process bound, or NULL
 * @link: the connection, or NULL
 * @renew: bound while the guest held on to an earlier connection
 * @fail_lock: guards the next three
 * @failed: -errno, when the device was closed for a reason
 * @fail_told: the reason is in xenstore
 * @reason: the reason
 * @stats: counters, over all connections
 * @limits: what the guest may use
 */
struct pvdrm_back {
	struct kref ref;
	struct list_head all;
	struct xenbus_device *xdev;
	u32 domid;
	u32 devid;
	struct mutex lock;		/* state, xdev, server, link */
	struct work_struct work;
	struct delayed_work force;
	struct xenbus_watch watch;
	struct pvdrm_server *server;
	struct pvdrm_link *link;
	bool renew;
	spinlock_t fail_lock;		/* failed, fail_told, reason */
	int failed;
	bool fail_told;
	char reason[PVDRM_REASON_LEN];
	struct pvdrm_back_stats stats;
	struct pvdrm_limits limits;
};

/**
 * struct pvdrm_back_file - a file the guest opened
 * @ref: the link's table until CLOSE, ioctls that run, and mappings, which keep
 *	 the host's file open
 * @link: the connection; valid wherever a reference is held
 * @file: the host's file; a reference
 * @fd: the same as a descriptor of the serving process
 * @buffers: the memory of its buffers
 * @closed: in pvdrm_server.closed_files
 * @closer: the thread whose way to user space ends the host's file
 */
struct pvdrm_back_file {
	struct kref ref;
	struct pvdrm_link *link;
	struct file *file;
	int fd;
	struct pvdrm_buffers buffers;
	struct list_head closed;
	const struct task_struct *closer;
};

/**
 * struct pvdrm_back_slot - an outstanding request
 * @worker: runs it now and can be interrupted, or NULL
 * @seq: the request's
 * @cancelled: the guest wants it back
 */
struct pvdrm_back_slot {
	struct pvdrm_worker *worker;
	u32 seq;
	bool cancelled;
};

enum pvdrm_back_fence_state {
	PVDRM_FENCE_FREE,
	PVDRM_FENCE_PENDING,	/* the callback is set, or about to be */
	PVDRM_FENCE_DONE,	/* the guest may not have taken its status yet */
};

/**
 * struct pvdrm_back_fence - a slot for a fence that is not signalled
 * @fence: while it is pending: a reference; NULL otherwise
 * @cb: on @fence
 * @link: whose slot it is
 * @uses: how often it was taken
 * @state: enum pvdrm_back_fence_state
 */
struct pvdrm_back_fence {
	struct dma_fence *fence;
	struct dma_fence_cb cb;
	struct pvdrm_link *link;
	u32 uses;
	enum pvdrm_back_fence_state state;
};

/**
 * struct pvdrm_link - one connection with the guest
 * @ref: the device and each worker that uses it hold one
 * @back: the device; a reference
 * @server: the process; gone once @dead
 * @list: in pvdrm_server.dead_links
 * @io: held for reading wherever shared memory is touched, in notifiers as well: no
 *	memory is allocated under it
 * @closing: takes no more requests
 * @mute: posts no more events; they don't work
 * @revoked: all pages were taken back, for good
 * @dead: shared memory is unmapped; changed under @io
 * @ring: consumed by the leading worker
 * @rsp_lock: the ring's producing half
 * @ring_ents: its entries
 * @kick: requests may have come
 * @seen_prod: the last req_prod the event handler saw
 * @irq: the event channel; 0: none
 * @events: the event page
 * @event_lock: producing events
 * @event_prod: the last index published
 * @inval_seq: the last invalidation's number
 * @ack_waiters: who waits for the guest on @ack_wait
 * @ack_wait: woken when the guest moves the event page's indices
 * @data: the data area's pages
 * @data_handles: their grant handles
 * @data_pages: their number
 * @slot_lock: @busy and @slots
 * @busy: ids in use
 * @slots: by id
 * @fence_lock: @fences and @fences_dead
 * @fences: as many as the event page has room for
 * @fences_dead: they touch shared memory no more
 * @files: pvdrm_back_file by id
 * @maps: pvdrm_back_map by id
 * @next_file: where the next id is looked for
 * @next_map: the same
 * @nr_maps: mappings
 * @lru: live grants of @maps
 * @next_room: the mapping that is the next to make room for a device's memory
 * @vram: for pages of a device's own memory; NULL: the guest gets none
 */
struct pvdrm_link {
	struct kref ref;
	struct pvdrm_back *back;
	struct pvdrm_server *server;
	struct list_head list;

	struct rw_semaphore io;
	bool closing;
	bool mute;
	bool revoked;
	bool dead;

	struct xendrm_back_ring ring;
	spinlock_t rsp_lock;		/* ring, producing */
	u32 ring_ents;
	bool kick;
	RING_IDX seen_prod;
	int irq;

	struct xendrm_event_page *events;
	struct mutex event_lock;	/* event_prod, inval_seq */
	u32 event_prod;
	u32 inval_seq;
	atomic_t ack_waiters;
	wait_queue_head_t ack_wait;

	struct page **data;
	grant_handle_t *data_handles;
	u32 data_pages;

	spinlock_t slot_lock;		/* busy, slots */
	DECLARE_BITMAP(busy, XENDRM_MAX_REQUESTS);
	struct pvdrm_back_slot slots[XENDRM_MAX_REQUESTS];

	spinlock_t fence_lock;		/* fences, fences_dead */
	struct pvdrm_back_fence fences[XENDRM_MAX_FENCES];
	bool fences_dead;

	struct xarray files;
	struct xarray maps;
	u32 next_file;
	u32 next_map;
	atomic_t nr_maps;
	struct pvdrm_lru lru;
	unsigned long next_room;
	struct pvdrm_vram *vram;
};

/**
 * struct pvdrm_node - the host's DRM node that is served
 * @file: as the process opened it; a reference
 * @name: the driver's name
 * @version: "major.minor.patch"
 * @desc: its description
 * @date: its date
 * @image: the descriptor table as it goes over the wire
 * @image_len: its bytes
 * @table: the same, checked
 * @memory: what ioctls do to the memory of buffers, by _IOC_NR
 * @idle: how to ask whether a buffer is in use, or NULL
 */
struct pvdrm_node {
	struct file *file;
	char name[32];
	char version[40];
	char desc[128];
	char date[32];
	void *image;
	size_t image_len;
	struct pvdrm_table table;
	const struct pvdrm_buffer_rule *memory[PVDRM_STAT_NRS];
	const struct pvdrm_idle_rule *idle;
};

/**
 * struct pvdrm_server - a process and the device it serves
 * @bind_lock: one BIND at a time
 * @back: the device; a reference; NULL before BIND
 * @mm: the process's address space; a reference to the struct
 * @node: what it serves
 * @bad: an address in the process that faults
 * @lock: all below
 * @link: the connection; set and cleared by the device
 * @dead_links: whose files and mappings wait for a worker to close them
 * @closed_files: let go of, and not yet ended
 * @leader: the worker that takes requests, or NULL
 * @idle: workers that wait to lead
 * @workers: all workers
 * @nr_workers: their number
 * @max_workers: their limit
 * @running: requests beside the leader's that count as running
 * @max_inflight: requests that may run at once, the leader's included
 * @sequential: in order, and @max_inflight is 1
 * @closed: no device any more
 * @spawn_asked: NEXT has to report PVDRM_BACK_EVENT_SPAWN
 * @spawn_until: it was reported; jiffies until when the thread may take to come
 * @leader_wait: where the leader waits for requests
 * @event_wait: where NEXT and poll wait
 */
struct pvdrm_server {
	struct mutex bind_lock;		/* one BIND at a time */
	struct pvdrm_back *back;
	struct mm_struct *mm;
	struct pvdrm_node node;
	unsigned long bad;

	spinlock_t lock;		/* all below */
	struct pvdrm_link *link;
	struct list_head dead_links;
	struct list_head closed_files;
	struct pvdrm_worker *leader;
	struct list_head idle;
	struct list_head workers;
	u32 nr_workers;
	u32 max_workers;
	u32 running;
	u32 max_inflight;
	bool sequential;
	bool closed;
	bool spawn_asked;
	unsigned long spawn_until;
	wait_queue_head_t leader_wait;
	wait_queue_head_t event_wait;
};

/**
 * struct pvdrm_worker - a thread of the process, inside SERVE or about to be
 * @all: in pvdrm_server.workers
 * @idle: in pvdrm_server.idle
 * @task: the thread; only compared, and used while it runs a request
 * @server: whose it is
 * @link: what it works for; a reference
 * @wait: where it waits to lead
 * @spin_ns: how long it watches the ring before it sleeps
 * @runs: requests since it last was in user space
 * @small: requests since it last needed a big arena or buffer
 * @arena: memory of the process for the argument of an ioctl
 * @arena_size: its bytes, without the guard page behind it
 * @buf: private copy of the payload
 * @buf_size: its bytes
 * @frames: for FAULT, XENDRM_MAX_FAULT_PAGES of them
 * @plan: for IOCTL
 * @req: the request at hand
 * @rsp: its response
 * @overdue: while it runs what may block and no other may run beside it
 * @aside: it runs what may block; its own flag
 * @timed: @overdue was queued; its own flag
 * @holding: it goes on leading meanwhile, and takes nothing
 * @counted: it is one of pvdrm_server.running
 * @since: when it began, in jiffies
 * @held: the response waits for the thread to return to user space and back
 * @early: it need not, for all that is due there is our own
 */
struct pvdrm_worker {
	struct list_head all;
	struct list_head idle;
	struct task_struct *task;
	struct pvdrm_server *server;
	struct pvdrm_link *link;
	wait_queue_head_t wait;
	u32 spin_ns;
	u32 runs;
	u32 small;
	unsigned long arena;
	size_t arena_size;
	void *buf;
	size_t buf_size;
	struct pvdrm_frame *frames;
	struct pvdrm_plan plan;
	struct xendrm_request req;
	struct xendrm_response rsp;
	struct delayed_work overdue;
	bool aside;
	bool timed;
	bool holding;
	bool counted;
	unsigned long since;
	bool held;
	bool early;
};

/* main.c: module parameters */
extern bool pvdrm_sequential;
extern unsigned int pvdrm_ack_timeout_ms;
extern unsigned int pvdrm_spin_us;

/* serve/chardev.c */
int pvdrm_chardev_init(void);
void pvdrm_chardev_exit(void);
void pvdrm_server_close(struct pvdrm_server *server);

/* serve/server.c */
struct pvdrm_back_bind;
struct pvdrm_server *pvdrm_server_create(void);
void pvdrm_server_destroy(struct pvdrm_server *server);
int pvdrm_server_bind(struct pvdrm_server *server,
		      struct pvdrm_back_bind *bind);

/* xenbus.c */
int pvdrm_back_xenbus_init(void);
void pvdrm_back_xenbus_exit(void);
struct pvdrm_back *pvdrm_back_find(u32 domid, u32 devid);
void pvdrm_back_put(struct pvdrm_back *back);
int pvdrm_back_attach(struct pvdrm_back *back, struct pvdrm_server *server);
void pvdrm_back_detach(struct pvdrm_back *back);
__printf(3, 4)
void pvdrm_back_fail(struct pvdrm_back *back, int err, const char *fmt, ...);

/* connect.c */
int pvdrm_link_connect(struct pvdrm_link *link, struct xenbus_device *xdev);
void pvdrm_link_disconnect(struct pvdrm_link *link, struct xenbus_device *xdev);

/* link.c */
struct pvdrm_link *pvdrm_link_create(struct pvdrm_back *back,
				     struct pvdrm_server *server);
void pvdrm_link_put(struct pvdrm_link *link);
void pvdrm_link_kill(struct pvdrm_link *link, struct xenbus_device *xdev);
void pvdrm_link_reap(struct pvdrm_link *link);
void pvdrm_server_reap(struct pvdrm_server *server);
__printf(2, 3)
void pvdrm_violation(struct pvdrm_link *link, const char *fmt, ...);

/* transport/ring.c */
irqreturn_t pvdrm_back_ring_irq(int irq, void *data);
int pvdrm_back_ring_wait(struct pvdrm_worker *worker);
bool pvdrm_back_ring_arm(struct pvdrm_link *link);
int pvdrm_back_data_read(struct pvdrm_link *link, u32 off, void *buf, u32 len);
int pvdrm_back_data_write(struct pvdrm_link *link, u32 off, const void *buf,
			  u32 len);
void pvdrm_back_ring_respond(struct pvdrm_link *link,
			     const struct xendrm_response *rsp);

/* slots, in ring.c as well: the event handler uses them */
int pvdrm_back_slot_claim(struct pvdrm_link *link,
			  const struct xendrm_request *req);
bool pvdrm_back_slot_run(struct pvdrm_worker *worker);
void pvdrm_back_slot_stop(struct pvdrm_worker *worker);
void pvdrm_back_slot_interrupt_all(struct pvdrm_link *link);

/* serve/worker.c */
struct pvdrm_worker *pvdrm_worker_enter(struct pvdrm_server *server);
void pvdrm_worker_free(struct pvdrm_worker *worker);
int pvdrm_worker_need_buf(struct pvdrm_worker *worker, size_t len);
int pvdrm_worker_need_arena(struct pvdrm_worker *worker, size_t len);
void pvdrm_worker_trim(struct pvdrm_worker *worker);
unsigned long pvdrm_arena_map(size_t size);

/* serve/leader.c */
int pvdrm_serve(struct pvdrm_server *server);
void pvdrm_leader_step_aside(struct pvdrm_worker *worker);
void pvdrm_leader_overdue(struct work_struct *work);
void pvdrm_leader_kick(struct pvdrm_link *link);
bool pvdrm_leader_stale(struct pvdrm_worker *worker);

/* serve/ops.c */
bool pvdrm_exec(struct pvdrm_worker *worker);

/* file/recycle.c */
int pvdrm_recycle(struct pvdrm_worker *worker);
int pvdrm_release(struct pvdrm_worker *worker);

/* file/file.c */
int pvdrm_back_file_open(struct pvdrm_worker *worker, u32 *id);
int pvdrm_back_file_close(struct pvdrm_link *link, u32 id);
void pvdrm_back_file_drop_master(struct file *file);
struct pvdrm_back_file *pvdrm_back_file_get(struct pvdrm_link *link, u32 id);
void pvdrm_back_file_put(struct pvdrm_back_file *pf);
void pvdrm_back_files_finish(struct pvdrm_server *server,
			     const struct task_struct *closer);
void pvdrm_back_files_reap(struct pvdrm_link *link, bool in_process);

/* fd/fence.c */
int pvdrm_back_fences_import(struct pvdrm_worker *worker);
int pvdrm_back_fence_export(struct pvdrm_worker *worker);
void pvdrm_back_fences_close(struct pvdrm_worker *worker);
void pvdrm_back_fences_kill(struct pvdrm_link *link);

/* transport/event.c */
bool pvdrm_event_invalidate(struct pvdrm_link *link, u32 map, u32 first,
			    u32 count, u32 *seq);
bool pvdrm_event_wait_ack(struct pvdrm_link *link, u32 seq);
bool pvdrm_event_try_invalidate(struct pvdrm_link *link, u32 map, u32 first,
				u32 count, u32 *seq);
bool pvdrm_event_is_acked(struct pvdrm_link *link, u32 seq);

#endif /* PVDRM_BACK_BACK_H */
