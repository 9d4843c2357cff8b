// SPDX-License-Identifier: GPL-2.0-only
/*
 * table.c: fetch the descriptor table from the backend
 */
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <xen/xenbus.h>

#include "front/call/call.h"
#include "front/call/table.h"
#include "front/front.h"

/* The largest table within the protocol's limits */
#define TABLE_MAX	(sizeof(struct xendrm_table) + \
			 XENDRM_MAX_IOCTLS * sizeof(struct xendrm_ioctl) + \
			 XENDRM_MAX_FIELDS * sizeof(struct xendrm_field))

static int fetch_part(struct pvdrm_front *front, void *to, u32 room, u32 offset,
		      u32 *table_len)
{
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_GET_TABLE,
		.req.u.table.offset = offset,
		.in = to,
		.in_len = room,
		.wait = PVDRM_WAIT_TIMEOUT,
	};
	int err;

	err = pvdrm_front_call(front, &call);
	if (err)
		return err;
	/* Codes from XENDRM_ERESTARTSYS on are no errnos. */
	if (call.rsp.status)
		return call.rsp.status < 0 &&
		       call.rsp.status > -XENDRM_ERESTARTSYS ?
		       call.rsp.status : -EPROTO;
	*table_len = call.rsp.table_len;
	return call.rsp.rsp_len;
}

/*
 * The first part says how long the table is, and usually is all of it. Each has
 * as many bytes as there is room for, and all come in the time of one call: a
 * backend that spreads them out does not keep us waiting.
 */
static int fetch_all(struct pvdrm_front *front, u32 *len)
{
	u32 step = min_t(u32, TABLE_MAX, front->data.nr_pages *
			 XENDRM_PAGE_SIZE);
	unsigned long end = jiffies + PVDRM_TIMEOUT;
	u32 have = 0, said, room = step;
	int got;

	*len = 0;
	do {
		got = fetch_part(front, front->table_buf + have, room, have,
				 &said);
		if (got < 0)
			return got;
		if (!have)
			*len = said;
		if (said != *len || !said || said > TABLE_MAX ||
		    got != min(room, said - have))
			return -EPROTO;
		have += got;
		room = min(step, said - have);
		if (time_after(jiffies, end))
			return -ETIMEDOUT;
	} while (room);
	return 0;
}

/**
 * pvdrm_table_fetch() - get and check the descriptor table
 * @front: a connection whose backend is connected
 *
 * Return: 0, or an error that has been reported in xenstore.
 */
int pvdrm_table_fetch(struct pvdrm_front *front)
{
	const char *why = "";
	u32 len, where = 0;
	int err;

	front->table_buf = kvzalloc(TABLE_MAX, GFP_KERNEL);
	if (!front->table_buf) {
		xenbus_dev_fatal(front->xbdev, -ENOMEM, "allocating the table");
		return -ENOMEM;
	}

	err = fetch_all(front, &len);
	if (err) {
		xenbus_dev_fatal(front->xbdev, err, "fetching the table");
		return err;
	}
	err = pvdrm_table_check(front->table_buf, len, &front->table, &why,
				&where);
	if (err)
		xenbus_dev_fatal(front->xbdev, err, "table rejected: %s (%u)",
				 why, where);
	return err;
}
