// SPDX-License-Identifier: GPL-2.0-only
/*
 * teardown.c: the end of a connection
 */
#include "back/bus/back.h"
#include "back/bus/connect.h"
#include "back/bus/link.h"
#include "back/bus/teardown.h"
#include "back/fd/fence.h"
#include "back/fd/import.h"
#include "back/fd/object.h"
#include "back/file/file.h"
#include "back/memory/fault.h"
#include "back/memory/map.h"
#include "back/serve/leader.h"
#include "back/serve/server.h"
#include "back/transport/slot.h"

static void stop_requests(struct pvdrm_link *link, struct xenbus_device *xdev)
{
	struct pvdrm_server *server = link->server;

	WRITE_ONCE(link->closing, true);
	/* A guest that is being destroyed does not answer any more. */
	if (!xenbus_exists(XBT_NIL, xdev->otherend, "state"))
		WRITE_ONCE(link->mute, true);
	spin_lock_irq(&server->lock);
	if (server->link == link)
		server->link = NULL;
	wake_up_all(&server->leader_wait);
	spin_unlock_irq(&server->lock);
}

static void queue_for_reaper(struct pvdrm_link *link)
{
	struct pvdrm_server *server = link->server;

	kref_get(&link->ref);
	spin_lock_irq(&server->lock);
	list_add_tail(&link->list, &server->dead_links);
	wake_up_all(&server->leader_wait);
	spin_unlock_irq(&server->lock);
	/* If nobody leads, this makes somebody. */
	pvdrm_leader_kick(link);
}

/**
 * pvdrm_link_kill() - end a connection
 * @link: the connection; its device's lock is held
 * @xdev: the device on the bus
 *
 * Undoes what was done, and tolerates what was not. Workers may still be
 * running its requests; they find it dead.
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
	queue_for_reaper(link);
}

static void reap(struct pvdrm_link *link)
{
	bool in_process = current->mm && current->mm == link->server->mm;

	pvdrm_objects_reap(link);
	pvdrm_imports_reap(link);
	pvdrm_signals_stop(&link->signals);
	pvdrm_back_maps_reap(link, in_process);
	pvdrm_back_files_reap(link, in_process);
}

/**
 * pvdrm_link_reap_all() - close all that was open over dead connections
 * @server: their process; the caller is one of its threads, or it is gone
 */
void pvdrm_link_reap_all(struct pvdrm_server *server)
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
		reap(link);
		pvdrm_link_put(link);
	}
}
