// SPDX-License-Identifier: GPL-2.0-only
/*
 * evil-answer.c: right answers to any request, without a GPU
 *
 * Ioctls succeed, or fail with any errno. By the driver's table, their results have new
 * handles, offsets for mmap() and descriptors where those belong, and otherwise what was
 * sent, or anything. Fences are signalled some time later, or never.
 */
#include <stdio.h>
#include <string.h>

#include "back/tables/driver.h"
#include "engine.h"
#include "evil-random.h"

#define SHARED		24		/* pages that the guest may map */
#define NEVER		16		/* one of so many slots is never signalled */
#define FIRST_PINNED	0x40000000u	/* ids of mappings that are not invalidated */
#define MOST_ARG	1024		/* bytes of an argument that are looked at */
#define KIND_OF_ID	8		/* an object's id tells its kind, in the low bits */

enum fence_state { FREE, NAMED, SIGNALLED };

static struct {
	void *bytes;
	size_t len;
	struct pvdrm_table table;
	uint32_t file, map, pinned, object, handle, invalidation, readable;
	enum fence_state fence[XENDRM_MAX_FENCES];
	uint16_t uses[XENDRM_MAX_FENCES];
	uint32_t grefs[SHARED];
} now;

static void share_pages(void)
{
	xengntshr_handle *handle = xengntshr_open(NULL, 0);

	/* Some that may only be read. They are freed when the guest has unmapped them. */
	if (!handle ||
	    !xengntshr_share_pages(handle, e.domid, SHARED - 4, now.grefs, 1) ||
	    !xengntshr_share_pages(handle, e.domid, 4, now.grefs + SHARED - 4, 0))
		die("cannot share pages");
}

bool answer_table_passes(void)
{
	struct pvdrm_table table;
	const char *why;
	uint32_t where;

	return !pvdrm_table_check(now.bytes, now.len, &table, &why, &where);
}

size_t answer_begin(const char *driver, uint8_t **table)
{
	const struct pvdrm_driver_table *own = pvdrm_driver_table_find(driver);
	const char *why;
	uint32_t where;
	void *copy;

	if (!own || pvdrm_table_build(own, &now.bytes, &now.len) ||
	    pvdrm_table_build(own, &copy, &now.len) ||
	    pvdrm_table_check(copy, now.len, &now.table, &why, &where))
		die("no table of %s", driver);
	share_pages();
	*table = now.bytes;
	return now.len;
}

/* ---------------------------------------------------------------------- ioctls */

static uint64_t get(const uint8_t *at, uint32_t width)
{
	uint64_t value = 0;

	memcpy(&value, at, width > sizeof(value) ? sizeof(value) : width);
	return value;
}

static bool applies(const struct xendrm_field *f, const uint8_t *arg)
{
	return pvdrm_field_applies(f, get(arg + f->cond_off, f->cond_width));
}

/* Mostly a pending one; without @rsp->fence nobody asks when it is done. */
static void new_fence(struct xendrm_response *rsp)
{
	uint32_t slot = below(XENDRM_FIRST_FRONT_FENCE);

	if (now.fence[slot] == SIGNALLED && !e.events->fence[slot])
		now.fence[slot] = FREE;
	if (now.fence[slot] != FREE || !below(8)) {
		rsp->fence_status = XENDRM_FENCE_DONE;
		return;
	}
	now.fence[slot] = NAMED;
	rsp->fence = XENDRM_FENCE_NAME(slot, ++now.uses[slot]);
}

static void new_object(uint32_t kind, struct xendrm_response *rsp)
{
	/* One that there is already, at times */
	uint32_t nr = now.object && !below(8) ? 1 + below(now.object) : ++now.object;

	rsp->object = nr * KIND_OF_ID + kind;
	rsp->object_flags = below(4);
	if (kind == XENDRM_FD_DMABUF)
		rsp->object_size = (1ull + below(64)) * XENDRM_PAGE_SIZE;
}

/* Return: what stands for it in the result */
static uint32_t new_descriptor(const struct xendrm_field *f, struct xendrm_response *rsp)
{
	if (rsp->fence || rsp->fence_status || rsp->object)
		return XENDRM_FD_BAD;
	if (f->aux == XENDRM_FD_SYNC_FILE)
		new_fence(rsp);
	else
		new_object(f->aux, rsp);
	return XENDRM_FD_NEW;
}

static void fill_buffer(const struct xendrm_field *f, uint8_t *arg, uint32_t room)
{
	uint32_t handle = 1 + now.handle++ % 64;
	uint64_t offset = (uint64_t)(1 + below(64)) << 16;

	switch (f->aux) {
	case XENDRM_BUFFER_CREATED:
	case XENDRM_BUFFER_MADE:
	case XENDRM_BUFFER_IMPORTED:
		memcpy(arg + f->offset, &handle, sizeof(handle));
		break;
	case XENDRM_BUFFER_MMAP_OFFSET:
		if (f->stride + sizeof(offset) <= room)
			memcpy(arg + f->stride, &offset, sizeof(offset));
		break;
	}
}

/* @sent: the argument as the guest has it */
static void fill_field(const struct xendrm_field *f, const uint8_t *sent, uint8_t *arg,
		       uint32_t room, struct xendrm_response *rsp)
{
	uint32_t fd;

	if (f->offset + sizeof(fd) > room || f->cond_off + f->cond_width > MOST_ARG ||
	    !applies(f, sent))
		return;
	if (f->kind == XENDRM_FIELD_BUFFER) {
		fill_buffer(f, arg, room);
	} else if (f->kind == XENDRM_FIELD_FD && f->flags & XENDRM_FIELD_OUT) {
		fd = new_descriptor(f, rsp);
		memcpy(arg + f->offset, &fd, sizeof(fd));
	} else if (f->kind == XENDRM_FIELD_FD) {
		fd = XENDRM_FD_SAME;
		memcpy(arg + f->offset, &fd, sizeof(fd));
	}
}

/* A fence that the guest has named */
static void note_name(uint32_t name)
{
	uint32_t slot = XENDRM_FENCE_SLOT(name);

	if (slot < XENDRM_MAX_FENCES)
		now.fence[slot] = NAMED;
}

static void answer_ioctl(const struct xendrm_request *req, uint8_t *data,
			 struct xendrm_response *rsp)
{
	const struct xendrm_ioctl *d = pvdrm_table_find(&now.table, req->u.ioctl.cmd);
	uint8_t sent[MOST_ARG] = { 0 };
	uint32_t i;

	memcpy(sent, data, req->req_len < MOST_ARG ? req->req_len : MOST_ARG);
	rsp->rsp_len = req->rsp_len;
	if (req->u.ioctl.flags & XENDRM_CALL_ORDERED)
		note_name(req->u.ioctl.fence);
	if (!below(4))
		for (i = 0; i + 4 <= req->rsp_len && i < 4096; i += 4)
			if (!below(8))
				*(uint32_t *)(data + i) = some_word();
	if (!d || req->u.ioctl.flags & XENDRM_CALL_ORDERED)
		return;
	for (i = 0; i < d->nr; i++)
		fill_field(&now.table.fields[d->first + i], sent, data, req->rsp_len, rsp);
}

/* -------------------------------------------------------------- other requests */

static void answer_table(const struct xendrm_request *req, uint8_t *data,
			 struct xendrm_response *rsp)
{
	uint32_t offset = req->u.table.offset < now.len ? req->u.table.offset : now.len;
	struct pvdrm_table table;
	const char *why;
	uint32_t where;

	/* If the frontend takes it although it was changed, it is what it goes by. */
	if (!pvdrm_table_check(now.bytes, now.len, &table, &why, &where))
		now.table = table;
	rsp->table_len = now.len;
	rsp->rsp_len = now.len - offset < req->rsp_len ? now.len - offset : req->rsp_len;
	memcpy(data, (uint8_t *)now.bytes + offset, rsp->rsp_len);
}

static void answer_fault(const struct xendrm_request *req, uint8_t *data,
			 struct xendrm_response *rsp)
{
	struct xendrm_page *pages = (void *)data;
	uint32_t i;

	rsp->rsp_len = req->rsp_len;
	rsp->inval_seq = now.invalidation;
	memset(pages, 0, rsp->rsp_len);
	for (i = 0; i < rsp->rsp_len / sizeof(*pages); i++) {
		if (!below(16))
			continue;
		pages[i].kind = XENDRM_PAGE_GRANT;
		pages[i].cache = below(64) ? XENDRM_CACHE_WB : below(3);
		pages[i].flags = below(16) ? 0 : XENDRM_PAGE_READONLY;
		/* Some cannot be mapped for writing, and some not at all. */
		pages[i].gref = below(64) ? now.grefs[below(SHARED)] : some_word();
	}
}

static void answer_read(const struct xendrm_request *req, uint8_t *data,
			struct xendrm_response *rsp)
{
	struct xendrm_read *head = (void *)data;
	uint32_t event[2] = { some_word(), sizeof(event) + 4 * below(4) };

	head->seq = ++now.readable;
	head->readable = below(2);
	rsp->rsp_len = sizeof(*head);
	if (below(2) && rsp->rsp_len + event[1] <= req->rsp_len) {
		memcpy(head + 1, event, sizeof(event));
		rsp->rsp_len += event[1];
	}
	rsp->status = rsp->rsp_len - sizeof(*head);
}

static void answer_fdinfo(const struct xendrm_request *req, uint8_t *data,
			  struct xendrm_response *rsp)
{
	static const char text[] =
		"drm-driver:\tevil\ndrm-client-id:\t7\n\n:\npos:\t1\ndrm-\xff:\t1\nno end";

	rsp->rsp_len = below(sizeof(text));
	if (rsp->rsp_len > req->rsp_len)
		rsp->rsp_len = 0;
	memcpy(data, text, rsp->rsp_len);
}

static void answer_any(const struct xendrm_request *req, uint8_t *data,
		       struct xendrm_response *rsp)
{
	switch (req->op) {
	case XENDRM_OP_GET_TABLE:
		answer_table(req, data, rsp);
		break;
	case XENDRM_OP_OPEN:
		rsp->file = ++now.file;
		break;
	case XENDRM_OP_IOCTL:
		answer_ioctl(req, data, rsp);
		break;
	case XENDRM_OP_MMAP:
		rsp->map = req->u.mmap.flags & XENDRM_MMAP_PIN ? FIRST_PINNED + now.pinned++ :
								 ++now.map;
		if (below(4))
			answer_fault(req, data, rsp);
		break;
	case XENDRM_OP_FAULT:
		answer_fault(req, data, rsp);
		break;
	case XENDRM_OP_READ:
		answer_read(req, data, rsp);
		break;
	case XENDRM_OP_FDINFO:
		answer_fdinfo(req, data, rsp);
		break;
	case XENDRM_OP_EVENTFD:
		new_object(XENDRM_FD_EVENTFD, rsp);
		rsp->object_flags = 0;
		break;
	case XENDRM_OP_MERGE:
	case XENDRM_OP_GET_FENCE:
		new_fence(rsp);
		break;
	}
}

/* The errnos of programs, and those that only the protocol has */
static int32_t some_errno(void)
{
	static const int32_t few[] = {
		EINVAL, ENOMEM, EAGAIN, EBUSY, EINTR, ENOENT, ENOSPC, ENODEV,
		XENDRM_ERESTARTSYS, XENDRM_ENOTSUPP,
	};

	return -(below(8) ? few[below(ARRAY_SIZE(few))] : 1 + (int32_t)below(4095));
}

void answer_right(const struct xendrm_request *req, struct xendrm_response *rsp)
{
	uint64_t size = (uint64_t)e.data_pages * XENDRM_PAGE_SIZE;
	uint8_t *data = e.data + req->data_off;

	/* A broken ring has broken requests. Without a table and files there is nothing to try. */
	if ((uint64_t)req->data_off + req->rsp_len > size ||
	    (uint64_t)req->data_off + req->req_len > size ||
	    (req->op > XENDRM_OP_OPEN && !below(16)))
		rsp->status = some_errno();
	else
		answer_any(req, data, rsp);
}

/* -------------------------------------------------------------- without request */

void answer_signal_fences(void)
{
	uint32_t slot, n;

	for (n = 0; n < 16; n++) {
		slot = below(XENDRM_MAX_FENCES);
		if (now.fence[slot] == NAMED && slot % NEVER) {
			e.events->fence[slot] = XENDRM_FENCE_DONE + (below(8) ? 0 : below(4096));
			now.fence[slot] = SIGNALLED;
		}
	}
}

static uint32_t some_id(uint32_t last)
{
	return last ? 1 + below(last) : 0;
}

void answer_event(struct xendrm_event *event)
{
	memset(event, 0, sizeof(*event));
	event->type = 1 + below(4);
	switch (event->type) {
	case XENDRM_EVENT_INVALIDATE:
		event->seq = ++now.invalidation;
		event->map = some_id(now.map);
		event->first = below(16);
		event->count = below(8) ? 1 + below(64) : 0xffff0000;
		break;
	case XENDRM_EVENT_READABLE:
		event->seq = ++now.readable;
		event->map = some_id(now.file);
		break;
	case XENDRM_EVENT_SIGNAL:
		event->map = some_id(now.object) * KIND_OF_ID + XENDRM_FD_EVENTFD;
		event->count = 1 + below(XENDRM_MAX_SIGNALS);
		break;
	default:
		event->map = XENDRM_FIRST_IMPORT + below(16);
	}
}
