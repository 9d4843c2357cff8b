// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring.c: the ring and the data area
 *
 * The guest may write to all of this at any time: what is read is copied once,
 * and the copy is checked and used.
 */
#include <linux/mm.h>
#include <linux/nospec.h>
#include <xen/events.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/transport/ring.h"
#include "back/transport/slot.h"

/**
 * pvdrm_back_ring_has_work() - whether there are requests to consume
 * @link: the connection, with shared memory
 *
 * Any context.
 *
 * Return: true if so.
 */
bool pvdrm_back_ring_has_work(const struct pvdrm_link *link)
{
	return READ_ONCE(link->ring.sring->req_prod) !=
	       READ_ONCE(link->ring.req_cons);
}

/**
 * pvdrm_back_ring_saw_new() - whether requests were added since the last call
 * @link: the connection, with shared memory
 *
 * For the event handler, which counts a notification as useful for it once per
 * request: the guest cannot make this true without adding one.
 *
 * Return: true if so.
 */
bool pvdrm_back_ring_saw_new(struct pvdrm_link *link)
{
	RING_IDX prod = READ_ONCE(link->ring.sring->req_prod);

	if ((s32)(prod - link->seen_prod) <= 0 ||
	    prod - READ_ONCE(link->ring.req_cons) > link->ring_ents)
		return false;
	link->seen_prod = prod;
	return true;
}

/**
 * pvdrm_back_ring_consume() - copy the next request
 * @link: the connection, with shared memory; the caller leads
 * @req: result
 *
 * Return: 1: @req is filled in; 0: there is none; -EPROTO.
 */
int pvdrm_back_ring_consume(struct pvdrm_link *link,
			    struct xendrm_request *req)
{
	RING_IDX prod = READ_ONCE(link->ring.sring->req_prod);

	if (prod == link->ring.req_cons)
		return 0;
	/* Read the request after the index that published it. */
	virt_rmb();
	if (RING_REQUEST_PROD_OVERFLOW(&link->ring, prod)) {
		pvdrm_violation(link, "ring: producer index %u, but %u taken",
				prod, link->ring.req_cons);
		return -EPROTO;
	}
	RING_COPY_REQUEST(&link->ring, link->ring.req_cons, req);
	WRITE_ONCE(link->ring.req_cons, link->ring.req_cons + 1);
	return 1;
}

/**
 * pvdrm_back_ring_final_check() - look once more before going to sleep
 * @link: the connection, with shared memory; the caller leads
 *
 * Asks for a notification with the next request.
 *
 * Return: true if there are requests already.
 */
bool pvdrm_back_ring_final_check(struct pvdrm_link *link)
{
	int more;

	RING_FINAL_CHECK_FOR_REQUESTS(&link->ring, more);
	return more;
}

/**
 * pvdrm_back_ring_arm() - ask for a notification with the next request
 * @link: the connection; the caller leads
 *
 * Return: true if there are requests already.
 */
bool pvdrm_back_ring_arm(struct pvdrm_link *link)
{
	bool more = false;

	if (READ_ONCE(link->closing) || !down_read_trylock(&link->io))
		return false;
	if (!link->dead)
		more = pvdrm_back_ring_final_check(link);
	up_read(&link->io);
	return more;
}

/**
 * pvdrm_back_ring_disarm() - ask for no notifications while the ring is polled
 * @link: the connection, pvdrm_link.io held; the caller leads
 *
 * The leader before this one may have armed the ring when it stepped aside.
 */
void pvdrm_back_ring_disarm(struct pvdrm_link *link)
{
	WRITE_ONCE(link->ring.sring->req_event, link->ring.req_cons);
}

/* The part of a range in the data area that is in the first of its pages */
static void *data_piece(struct pvdrm_link *link, u32 off, u32 len, u32 *piece)
{
	u32 in_page = off % XENDRM_PAGE_SIZE;
	u32 index = array_index_nospec(off / XENDRM_PAGE_SIZE,
				       link->data_pages);

	*piece = min_t(u32, len, XENDRM_PAGE_SIZE - in_page);
	return page_address(link->data[index]) + in_page;
}

/**
 * pvdrm_back_data_read() - copy from the data area, once
 * @link: the connection
 * @off: checked to lie within
 * @buf: private memory
 * @len: bytes
 *
 * Return: 0 or -ESHUTDOWN.
 */
int pvdrm_back_data_read(struct pvdrm_link *link, u32 off, void *buf, u32 len)
{
	u32 piece;
	void *from;

	down_read(&link->io);
	if (link->dead) {
		up_read(&link->io);
		return -ESHUTDOWN;
	}
	for (; len; len -= piece, off += piece, buf += piece) {
		from = data_piece(link, off, len, &piece);
		memcpy(buf, from, piece);
	}
	up_read(&link->io);
	/* The caller's checks must read the copy. */
	barrier();
	return 0;
}

/**
 * pvdrm_back_data_write() - copy to the data area
 * @link: the connection
 * @off: checked to lie within
 * @buf: what to copy
 * @len: bytes
 *
 * Return: 0 or -ESHUTDOWN.
 */
int pvdrm_back_data_write(struct pvdrm_link *link, u32 off, const void *buf,
			  u32 len)
{
	u32 piece;
	void *to;

	down_read(&link->io);
	if (link->dead) {
		up_read(&link->io);
		return -ESHUTDOWN;
	}
	for (; len; len -= piece, off += piece, buf += piece) {
		to = data_piece(link, off, len, &piece);
		memcpy(to, buf, piece);
	}
	up_read(&link->io);
	return 0;
}

static void ring_push(struct pvdrm_link *link,
		      const struct xendrm_response *rsp)
{
	int notify;

	spin_lock(&link->rsp_lock);
	*RING_GET_RESPONSE(&link->ring, link->ring.rsp_prod_pvt) = *rsp;
	/* The consumer compares the guest's index with it, without the lock. */
	WRITE_ONCE(link->ring.rsp_prod_pvt, link->ring.rsp_prod_pvt + 1);
	RING_PUSH_RESPONSES_AND_CHECK_NOTIFY(&link->ring, notify);
	spin_unlock(&link->rsp_lock);
	if (!notify)
		return;
	pvdrm_count(link->back, notifications);
	notify_remote_via_irq(link->irq);
}

/**
 * pvdrm_back_ring_respond() - answer a request; its id is free again
 * @link: the connection; nothing happens when it is dead
 * @rsp: the response
 */
void pvdrm_back_ring_respond(struct pvdrm_link *link,
			     const struct xendrm_response *rsp)
{
	down_read(&link->io);
	if (!link->dead) {
		/* First: the guest may use the id as soon as it is answered. */
		pvdrm_back_slot_release(link, rsp->id);
		ring_push(link, rsp);
	}
	up_read(&link->io);
}
