/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * link.h: one connection with the guest
 *
 *   create   empty                                              bus/connect.c
 *   connect  map shared memory, bind the event channel
 *   kill     take no more requests, revoke the guest's pages,   bus/teardown.c
 *            unmap shared memory; waits for the guest (bounded),
 *            never for a driver
 *   reap     close files and remove mappings, in a thread of
 *            the process: these are its descriptors and addresses
 *   free     with the last worker that ran a request of it
 */
#ifndef PVDRM_BACK_LINK_H
#define PVDRM_BACK_LINK_H

#include <linux/bitmap.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/xarray.h>
#include <xen/grant_table.h>

#include "back/fd/eventfd.h"
#include "back/fd/fence.h"
#include "back/fd/import.h"
#include "back/fd/object.h"
#include "back/memory/lru.h"
#include "back/transport/slot.h"
#include "affinity.h"
#include "drmif.h"

struct page;
struct pvdrm_back;
struct pvdrm_server;
struct pvdrm_vram;

/**
 * struct pvdrm_link - one connection with the guest
 */
struct pvdrm_link {
	/** @ref: held by the device and by each worker that uses it */
	struct kref ref;

	/** @free: called with the last reference */
	void (*free)(struct kref *ref);

	/** @back: the device; a reference */
	struct pvdrm_back *back;

	/** @server: the process; valid in its own threads, and until @dead */
	struct pvdrm_server *server;

	/** @list: entry in pvdrm_server.dead_links */
	struct list_head list;

	/**
	 * @io: held for reading while shared memory is touched
	 *
	 * Notifiers take it, so no memory is allocated under it.
	 */
	struct rw_semaphore io;

	/** @closing: no more requests are taken */
	bool closing;

	/** @mute: no more events are posted, since the guest ignores them */
	bool mute;

	/** @revoked: all pages were revoked for good */
	bool revoked;

	/** @dead: shared memory is unmapped; written under @io */
	bool dead;

	/** @ring: consumed by the leading worker */
	struct xendrm_back_ring ring;

	/** @rsp_lock: guards the producing half of @ring */
	spinlock_t rsp_lock;

	/** @ring_ents: entries of @ring */
	u32 ring_ents;

	/** @kick: requests may have arrived */
	bool kick;

	/** @seen_prod: the last req_prod that the event handler saw */
	RING_IDX seen_prod;

	/** @irq: the event channel; 0: none */
	int irq;

	/** @affinity: where @irq goes */
	struct pvdrm_affinity affinity;

	/** @events: the event page */
	struct xendrm_event_page *events;

	/** @event_lock: guards @event_prod and @inval_seq */
	struct mutex event_lock;

	/** @event_prod: the index published last */
	u32 event_prod;

	/** @inval_seq: the number of the last invalidation */
	u32 inval_seq;

	/** @seen_cons: the guest's index as the event handler saw it last */
	u32 seen_cons;

	/** @seen_acked: the same of its acknowledgments */
	u32 seen_acked;

	/** @ack_waiters: number of those who wait on @ack_wait */
	atomic_t ack_waiters;

	/** @ack_wait: woken when the guest moves an index of the event page */
	wait_queue_head_t ack_wait;

	/** @data: pages of the data area */
	struct page **data;

	/** @data_handles: their grant handles */
	grant_handle_t *data_handles;

	/** @data_pages: their number */
	u32 data_pages;

	/** @slot_lock: guards @busy and @slots */
	spinlock_t slot_lock;

	/** @busy: ids of requests that are outstanding */
	DECLARE_BITMAP(busy, XENDRM_MAX_REQUESTS);

	/** @slots: these requests, by id */
	struct pvdrm_back_slot slots[XENDRM_MAX_REQUESTS];

	/** @fence_lock: guards @fences and @fences_dead */
	spinlock_t fence_lock;

	/** @fences: one for each slot of the event page */
	struct pvdrm_back_fence fences[XENDRM_MAX_FENCES];

	/**
	 * @fences_dead: callbacks of fences do not touch shared memory any more
	 */
	bool fences_dead;

	/** @feature_objects: the guest knows objects (XENDRM_KEY_OBJECTS) */
	bool feature_objects;

	/**
	 * @feature_submit: the guest sends submissions that it does not wait
	 * for, and names fences (XENDRM_KEY_FEATURE_SUBMIT)
	 */
	bool feature_submit;
	/** @quiet_fences: the guest asks for notifications of fences */
	bool quiet_fences;

	/** @objects: files of the host that the guest holds */
	struct pvdrm_objects objects;

	/** @imports: dma-bufs of the guest that the host's driver may use */
	struct pvdrm_imports imports;

	/** @signals: eventfds among them that were signalled */
	struct pvdrm_signals signals;

	/** @files: struct pvdrm_back_file by id */
	struct xarray files;

	/** @next_file: where the search for a free id starts */
	u32 next_file;

	/** @maps: struct pvdrm_back_map by id */
	struct xarray maps;

	/** @next_map: where the search for a free id starts */
	u32 next_map;

	/** @nr_maps: number of @maps */
	atomic_t nr_maps;

	/** @lru: live grants of @maps */
	struct pvdrm_lru lru;

	/** @next_room: id of the mapping that gives VRAM up next */
	unsigned long next_room;

	/** @vram_writes: FAULTs that wrote page table entries, to be accounted for */
	atomic_t vram_writes;

	/** @vram: the guest's access to VRAM; %NULL: it has none */
	struct pvdrm_vram *vram;
};

/**
 * pvdrm_link_put() - drop a reference to a connection
 * @link: the connection, or %NULL
 */
static inline void pvdrm_link_put(struct pvdrm_link *link)
{
	if (link)
		kref_put(&link->ref, link->free);
}

#endif /* PVDRM_BACK_LINK_H */
