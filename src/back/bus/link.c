// SPDX-License-Identifier: GPL-2.0-only
/*
 * A connection's life
 *
 *   create   empty
 *   connect  shared memory mapped, event channel bound        connect.c
 *   kill     no more requests; the guest lets go of host pages; shared memory
 *            unmapped. Waits for the guest (bounded), never for a driver.
 *   reap     files closed and mappings removed, by a thread of the process,
 *            whose descriptors and addresses they are
 *   free     with the last worker that ran a request of it
 */
#include <linux/slab.h>

#include "back/bus/back.h"
#include "back/memory/map.h"

struct pvdrm_link *pvdrm_link_create(struct pvdrm_back *back,
				     struct pvdrm_server *server)
{
	struct pvdrm_link *link = kvzalloc(sizeof(*link), GFP_KERNEL);

	if (!link)
		return NULL;
	kref_init(&link->ref);
	kref_get(&back->ref);
	link->back = back;
	link->server = server;
	INIT_LIST_HEAD(&link->list);
	init_rwsem(&link->io);
	spin_lock_init(&link->rsp_lock);
	mutex_init(&link->event_lock);
	init_waitqueue_head(&link->ack_wait);
	spin_lock_init(&link->slot_lock);
	spin_lock_init(&link->fence_lock);
	xa_init_flags(&link->files, XA_FLAGS_ALLOC1);
	xa_init_flags(&link->maps, XA_FLAGS_ALLOC1);
	pvdrm_lru_init(link);
	return link;
}

static void link_free(struct kref *ref)
{
	struct pvdrm_link *link = container_of(ref, struct pvdrm_link, ref);

	pvdrm_lru_exit(link);
	xa_destroy(&link->files);
	xa_destroy(&link->maps);
	pvdrm_vram_close(link);
	pvdrm_back_put(link->back);
	kvfree(link);
}

/**
 * pvdrm_link_put() - let go of a connection
 * @link: the connection, or NULL
 */
void pvdrm_link_put(struct pvdrm_link *link)
{
	if (link)
		kref_put(&link->ref, link_free);
}

/**
 * pvdrm_violation() - the guest broke the protocol: close the device
 * @link: the connection
 * @fmt: how
 */
void pvdrm_violation(struct pvdrm_link *link, const char *fmt, ...)
{
	char reason[PVDRM_REASON_LEN];
	va_list ap;

	if (READ_ONCE(link->dead))
		return;
	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	WRITE_ONCE(link->closing, true);
	pvdrm_back_fail(link->back, -EPROTO, "%s", reason);
}

static void stop_requests(struct pvdrm_link *link, struct xenbus_device *xdev)
{
	struct pvdrm_server *server = link->server;

	WRITE_ONCE(link->closing, true);
	/* A guest that is being destroyed answers nothing any more. */
	if (!xenbus_exists(XBT_NIL, xdev->otherend, "state"))
		WRITE_ONCE(link->mute, true);
	spin_lock_irq(&server->lock);
	if (server->link == link)
		server->link = NULL;
	wake_up_all(&server->leader_wait);
	spin_unlock_irq(&server->lock);
}

static void leave_to_reaper(struct pvdrm_link *link)
{
	struct pvdrm_server *server = link->server;

	kref_get(&link->ref);
	spin_lock_irq(&server->lock);
	list_add_tail(&link->list, &server->dead_links);
	wake_up_all(&server->leader_wait);
	spin_unlock_irq(&server->lock);
	/* Without a leader it's for the next worker that comes. */
	pvdrm_leader_kick(link);
}

/**
 * pvdrm_link_kill() - end a connection
 * @link: the connection; its device's lock is held
 * @xdev: the device on the bus
 *
 * Undoes what was done, and tolerates what was not. Workers may go on running
 * requests of it; they find it dead.
 */
void pvdrm_link_kill(struct pvdrm_link *link, struct xenbus_device *xdev)
{
	stop_requests(link, xdev);
	pvdrm_back_maps_detach(link);

	down_write(&link->io);
	WRITE_ONCE(link->dead, true);
	up_write(&link->io);
	wake_up_all(&link->ack_wait);

	pvdrm_back_slot_interrupt_all(link);
	pvdrm_back_fences_kill(link);
	pvdrm_link_disconnect(link, xdev);
	leave_to_reaper(link);
}

/**
 * pvdrm_link_reap() - close what the guest had open
 * @link: a dead connection
 *
 * In a thread of the process, or when the process is gone.
 */
void pvdrm_link_reap(struct pvdrm_link *link)
{
	bool in_process = current->mm && current->mm == link->server->mm;

	pvdrm_back_maps_reap(link, in_process);
	pvdrm_back_files_reap(link, in_process);
}

/**
 * pvdrm_server_reap() - reap all dead connections of a process
 * @server: the process
 */
void pvdrm_server_reap(struct pvdrm_server *server)
{
	struct pvdrm_link *link;

	for (;;) {
		spin_lock_irq(&server->lock);
		link = list_first_entry_or_null(&server->dead_links,
						struct pvdrm_link, list);
		if (link)
			list_del_init(&link->list);
		spin_unlock_irq(&server->lock);
		if (!link)
			return;
		pvdrm_link_reap(link);
		pvdrm_link_put(link);
	}
}
