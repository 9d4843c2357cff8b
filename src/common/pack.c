// SPDX-License-Identifier: GPL-2.0-only
/*
 * pack.c: walk an argument along the table's fields, and so lay it out
 *
 * One walk serves both sides, so that they cannot come to different plans. What
 * differs is where bytes come from: the frontend fetches them from the program
 * into plan->buf as it goes, the backend has them all in the request.
 *
 * Every value is taken from the request's bytes, which nobody changes behind
 * the walk. The table's rules (table.c) ensure that no count, stride or
 * condition lies where the frontend puts a marker in place of a pointer.
 */
#include "pack.h"

static int walk_fields(struct pvdrm_walk *w, const struct pvdrm_view *v,
		       u32 first, u32 nr);

/* ------------------------------------------------------------------ pointers */

/*
 * Note what a pointer is: @marker stands for it on the wire. In the backend,
 * @here is its target's place in the arena; a target without bytes gets the
 * start of the arena, which is as good an address as any.
 */
static int walk_mark(struct pvdrm_walk *w, const struct pvdrm_view *v, u32 off,
		     u64 here, u32 marker)
{
	struct pvdrm_fixup fixup = {
		.seg = v->seg,
		.off = v->base + off,
		.kind = PVDRM_FIXUP_POINTER,
		.here = here,
		.wire = marker,
	};

	if (marker == XENDRM_PTR_FAULT)
		w->plan->must_wait = true;
	return pvdrm_walk_fixup(w, &fixup);
}

/*
 * Read a pointer. Return 1 if it has a target to look at (in the backend, *ptr
 * is meaningless then); 0 if it has none, and nothing is left to do.
 */
static int walk_pointer(struct pvdrm_walk *w, const struct pvdrm_view *v,
			const struct xendrm_field *f, u32 off, u64 *ptr)
{
	int there = pvdrm_walk_u64(w, v, off, ptr);

	if (there <= 0)
		return there;
	if (!*ptr)
		return walk_mark(w, v, off, 0, XENDRM_PTR_NULL);
	if (w->mem)
		return 1;
	if (*ptr == XENDRM_PTR_FAULT && f->flags & XENDRM_FIELD_IN)
		return walk_mark(w, v, off, 0, XENDRM_PTR_FAULT);
	return *ptr == XENDRM_PTR_DATA ? 1 : -EPROTO;
}

/* The pointer at @off points to the segment added last. */
static int walk_mark_data(struct pvdrm_walk *w, const struct pvdrm_view *v,
			  u32 off)
{
	const struct pvdrm_plan *plan = w->plan;

	return walk_mark(w, v, off, plan->segs[plan->nr_segs - 1].addr,
			 XENDRM_PTR_DATA);
}

/* -------------------------------------------------------------------- arrays */

/* With more syncobjs than a plan has room for, further ones tell nothing. */
static bool walk_has_seen(const struct pvdrm_walk *w,
			  const struct xendrm_field *f)
{
	const struct xendrm_field *fields = &w->table->fields[f->first];
	u32 i;

	if (!w->plan->more_syncs)
		return false;
	for (i = 0; i < f->nr; i++)
		if (fields[i].kind != XENDRM_FIELD_SYNC)
			return false;
	return true;
}

static int walk_array_elements(struct pvdrm_walk *w,
			       const struct xendrm_field *f,
			       const struct pvdrm_shape *shape)
{
	struct pvdrm_view v = {
		.seg = w->plan->nr_segs - 1,
		.size = shape->used,
	};
	u32 i;
	int err;

	if (!f->nr)
		return 0;
	for (i = 0; i < shape->nr && !walk_has_seen(w, f); i++) {
		if (++w->structs > XENDRM_MAX_SEGMENTS)
			return -E2BIG;
		v.base = i * shape->step;
		err = walk_fields(w, &v, f->first, f->nr);
		if (err)
			return err;
	}
	return 0;
}

static void walk_note_handles(struct pvdrm_walk *w, u32 off,
			      const struct pvdrm_shape *shape)
{
	struct pvdrm_plan *plan = w->plan;

	/* Two lists, or elements without a whole handle: let the driver see. */
	if (plan->nr_handles || shape->used < sizeof(u32)) {
		plan->must_wait = true;
		return;
	}
	plan->handles = off;
	plan->nr_handles = shape->nr;
	plan->handle_step = shape->step;
}

static int walk_array(struct pvdrm_walk *w, const struct pvdrm_view *v,
		      const struct xendrm_field *f)
{
	u32 off = pvdrm_walk_next(w->plan->req_len);
	struct pvdrm_shape shape;
	u64 ptr;
	int err;

	/* Before the pointer, which may be NULL: see shape.c. */
	err = pvdrm_shape_array(w, v, f, &shape);
	if (err)
		return err;
	err = walk_pointer(w, v, f, f->offset, &ptr);
	if (!err && shape.len)
		w->plan->must_wait = true;
	if (err <= 0)
		return err;
	if (!shape.len)
		return walk_mark(w, v, f->offset, w->mem ? ptr : 0,
				 XENDRM_PTR_DATA);

	if (f->flags & XENDRM_FIELD_IN) {
		err = pvdrm_walk_fetch(w, off, ptr, shape.len);
		if (err == -EFAULT)
			return walk_mark(w, v, f->offset, ptr,
					 XENDRM_PTR_FAULT);
		if (err)
			return err;
		err = pvdrm_shape_gaps(w, off, &shape);
		if (err)
			return err;
	}
	if (f->flags & XENDRM_FIELD_HANDLES)
		walk_note_handles(w, off, &shape);
	err = pvdrm_walk_segment(w, ptr, shape.len, f->flags);
	if (err)
		return err;
	err = walk_mark_data(w, v, f->offset);
	if (err)
		return err;
	return walk_array_elements(w, f, &shape);
}

/* ------------------------------------------------------------------- strings */

/* Bring a string into the request at @off. Return its bytes, NUL included. */
static long walk_fetch_string(struct pvdrm_walk *w, u32 off, u64 ptr, u32 limit)
{
	const u8 *end;
	long len;
	int err;

	if ((u64)off + limit > XENDRM_MAX_MESSAGE)
		return -E2BIG;
	if (w->mem) {
		err = pvdrm_walk_room(w, off + limit);
		if (err)
			return err;
		len = w->mem->str(w->plan->buf + off, ptr, limit);
		if (len <= 0 || len > limit)
			return -EFAULT;
	} else {
		len = off < w->req_max ? min(limit, w->req_max - off) : 0;
	}

	/* The other side finds the string's end by the NUL alone. */
	end = len ? memchr(w->req + off, 0, len) : NULL;
	if (end)
		return end + 1 - (w->req + off);
	if (len == limit)
		return len;
	return w->mem ? -EFAULT : -EPROTO;
}

static int walk_string(struct pvdrm_walk *w, const struct pvdrm_view *v,
		       const struct xendrm_field *f)
{
	u32 off = pvdrm_walk_next(w->plan->req_len);
	u64 ptr;
	long len;
	int err;

	err = walk_pointer(w, v, f, f->offset, &ptr);
	if (err <= 0)
		return err;
	len = walk_fetch_string(w, off, ptr, f->max);
	if (len == -EFAULT)
		return walk_mark(w, v, f->offset, ptr, XENDRM_PTR_FAULT);
	if (len < 0)
		return len;
	err = pvdrm_walk_segment(w, ptr, len, XENDRM_FIELD_IN);
	if (err)
		return err;
	return walk_mark_data(w, v, f->offset);
}

/* -------------------------------------------------------------------- chains */

static const struct xendrm_field *
walk_chain_variant(const struct pvdrm_walk *w, const struct xendrm_field *f,
		   u32 off)
{
	const struct xendrm_field *variant = w->table->fields + f->first;
	u32 tag, i;

	memcpy(&tag, w->req + off + f->count, sizeof(tag));
	for (i = 0; i < f->nr; i++)
		if (variant[i].cond_value == tag)
			return &variant[i];
	return NULL;
}

/*
 * Bring the struct at @ptr into the request: its header first, whose tag says
 * how long it is, then the rest. Nothing is read twice, or the tag might change
 * in between. *@variant is NULL if the table does not know the tag; then only
 * the header travels.
 */
static int walk_chain_fetch(struct pvdrm_walk *w, const struct xendrm_field *f,
			    u64 ptr, const struct xendrm_field **variant,
			    u32 *len)
{
	u32 off = pvdrm_walk_next(w->plan->req_len);
	u32 trailing;
	int err = pvdrm_walk_fetch(w, off, ptr, f->elem_size);

	if (err)
		return err;
	*len = f->elem_size;
	*variant = walk_chain_variant(w, f, off);
	if (!*variant) {
		u64 next;

		memcpy(&next, w->req + off + f->stride, sizeof(next));
		return next && !w->mem ? -EPROTO : 0;
	}
	*len = (*variant)->elem_size;
	err = pvdrm_walk_fetch(w, off + f->elem_size, ptr + f->elem_size,
			       *len - f->elem_size);
	if (err)
		return err;
	err = pvdrm_shape_trailing(*variant, w->req + off, &trailing);
	if (err)
		return err;
	off += *len;
	ptr += *len;
	*len += trailing;
	return pvdrm_walk_fetch(w, off, ptr, trailing);
}

/*
 * The driver at hand may know a tag that the table does not, and would look for
 * the rest of the struct, and for pointers in it. So it gets a tag that no
 * driver knows, and refuses that as it would refuse an unknown one. The chain
 * ends here.
 */
static int walk_chain_unknown(struct pvdrm_walk *w, const struct pvdrm_view *v,
			      const struct xendrm_field *f)
{
	struct pvdrm_fixup tag = {
		.seg = v->seg,
		.off = v->base + f->count,
		.kind = PVDRM_FIXUP_TAG,
		.here = PVDRM_TAG_UNKNOWN,
		.wire = pvdrm_walk_value(w, v, f->count, sizeof(u32)),
	};
	u64 next = pvdrm_walk_value(w, v, f->stride, sizeof(next));
	int err = pvdrm_walk_fixup(w, &tag);

	return err ? err : walk_mark(w, v, f->stride, next, XENDRM_PTR_NULL);
}

static int walk_chain(struct pvdrm_walk *w, const struct pvdrm_view *arg,
		      const struct xendrm_field *f)
{
	struct pvdrm_view v = *arg;
	u32 off = f->offset;
	u32 links;
	u64 ptr;
	int err;

	for (links = 0; ; links++) {
		const struct xendrm_field *variant;
		u32 len;

		err = walk_pointer(w, &v, f, off, &ptr);
		if (err <= 0)
			return err;
		/* The driver counts as well, and fails before it reads on. */
		if (links >= f->max)
			return w->mem ? walk_mark(w, &v, off, ptr,
						  XENDRM_PTR_FAULT) : -E2BIG;
		err = walk_chain_fetch(w, f, ptr, &variant, &len);
		if (err == -EFAULT)
			return walk_mark(w, &v, off, ptr, XENDRM_PTR_FAULT);
		if (err)
			return err;

		err = pvdrm_walk_segment(w, ptr, len, variant ? variant->flags :
					 XENDRM_FIELD_IN);
		if (!err)
			err = walk_mark_data(w, &v, off);
		if (err)
			return err;
		v.seg = w->plan->nr_segs - 1;
		v.base = 0;
		v.size = w->plan->segs[v.seg].len;
		off = f->stride;
		if (!variant)
			return walk_chain_unknown(w, &v, f);
		err = walk_fields(w, &v, variant->first, variant->nr);
		if (err)
			return err;
	}
}

/* ---------------------------------------------------------- a list of fields */

static bool walk_applies(const struct pvdrm_walk *w,
			 const struct pvdrm_view *v,
			 const struct xendrm_field *f)
{
	return f->cond == XENDRM_COND_ALWAYS ||
	       pvdrm_field_applies(f, pvdrm_walk_value(w, v, f->cond_off,
						       f->cond_width));
}

/* A pointer or time: the first field that applies is the one meant. */
static bool walk_is_wide(const struct xendrm_field *f)
{
	switch (f->kind) {
	case XENDRM_FIELD_FD:
	case XENDRM_FIELD_REFUSE:
	case XENDRM_FIELD_BUFFER:
	case XENDRM_FIELD_WAIT:
	case XENDRM_FIELD_SYNC:
	case XENDRM_FIELD_QUEUE:
	case XENDRM_FIELD_NUMBER:
		return false;
	default:
		return true;
	}
}

/* Does an earlier field of the list already stand for the same bytes? */
static bool walk_is_taken(const struct pvdrm_walk *w,
			  const struct pvdrm_view *v, u32 first, u32 index)
{
	const struct xendrm_field *f = &w->table->fields[index];
	u32 i;

	if (!walk_is_wide(f))
		return false;
	for (i = first; i < index; i++) {
		const struct xendrm_field *other = &w->table->fields[i];

		if (other->offset == f->offset && walk_is_wide(other) &&
		    walk_applies(w, v, other))
			return true;
	}
	return false;
}

static int walk_field(struct pvdrm_walk *w, const struct pvdrm_view *v,
		      const struct xendrm_field *f)
{
	switch (f->kind) {
	case XENDRM_FIELD_ARRAY:
		return walk_array(w, v, f);
	case XENDRM_FIELD_STRING:
		return walk_string(w, v, f);
	case XENDRM_FIELD_CHAIN:
		return walk_chain(w, v, f);
	case XENDRM_FIELD_ABS_TIMEOUT:
		return pvdrm_walk_time(w, v, f);
	case XENDRM_FIELD_ABS_TIMESPEC:
		return pvdrm_walk_timespec(w, v, f);
	case XENDRM_FIELD_REFUSE:
		return pvdrm_walk_refuse(w, v, f);
	case XENDRM_FIELD_BUFFER:
		return 0;	/* it crosses unchanged */
	case XENDRM_FIELD_WAIT:
		w->plan->must_wait |= pvdrm_walk_in_range(w, v, f);
		return 0;
	case XENDRM_FIELD_SYNC:
		pvdrm_walk_sync(w, v, f);
		return 0;
	case XENDRM_FIELD_QUEUE:
		pvdrm_walk_queue(w, v, f);
		return 0;
	case XENDRM_FIELD_NUMBER:
		pvdrm_walk_number(w, v, f);
		return 0;
	default:
		return pvdrm_walk_fd(w, v, f);
	}
}

/* Recurses no deeper than XENDRM_MAX_DEPTH, which the table's check ensures */
static int walk_fields(struct pvdrm_walk *w, const struct pvdrm_view *v,
		       u32 first, u32 nr)
{
	u32 i, own;
	int err;

	for (i = 0; i < nr; i++) {
		const struct xendrm_field *f = &w->table->fields[first + i];

		if (!walk_applies(w, v, f) ||
		    walk_is_taken(w, v, first, first + i))
			continue;
		own = w->plan->nr_fixups;
		err = walk_field(w, v, f);
		if (err)
			return err;
		/* Its own fixup comes before those of what it points to */
		if (f->flags & XENDRM_FIELD_RESULT && w->plan->nr_fixups > own)
			w->plan->fixups[own].result = true;
	}
	return 0;
}

/* -------------------------------------------------------------- the argument */

static u8 walk_direction(u32 cmd)
{
	u8 dir = 0;

	if (_IOC_DIR(cmd) & _IOC_WRITE)
		dir |= XENDRM_FIELD_IN;
	if (_IOC_DIR(cmd) & _IOC_READ)
		dir |= XENDRM_FIELD_OUT;
	return dir;
}

/*
 * drm_ioctl()'s rule: the struct is read if both numbers say so, is written if
 * both numbers say so, and has the program's size.
 */
static int walk_argument(struct pvdrm_walk *w, const struct xendrm_ioctl *desc,
			 u32 cmd, u64 arg)
{
	struct pvdrm_plan *plan = w->plan;
	u32 known = _IOC_SIZE(desc->cmd);
	u8 dir = walk_direction(cmd) & walk_direction(desc->cmd);
	struct pvdrm_view v = { .size = _IOC_SIZE(cmd) };
	int err;

	plan->arg_size = _IOC_SIZE(cmd);
	if (!(desc->flags & XENDRM_IOCTL_VARSIZE))
		v.size = min(v.size, known);
	if (v.size) {
		if (dir & XENDRM_FIELD_IN) {
			err = pvdrm_walk_fetch(w, 0, arg, v.size);
			if (err)
				return err;
		}
		err = pvdrm_walk_segment(w, arg, v.size, dir);
		if (err)
			return err;
	}
	if (!(dir & XENDRM_FIELD_IN))
		v.size = 0;
	plan->arg_room = max(plan->arg_size, known);
	plan->arena_len = plan->arg_room;
	return walk_fields(w, &v, desc->first, desc->nr);
}

int pvdrm_pack_request(struct pvdrm_plan *plan, const struct pvdrm_table *table,
		       const struct xendrm_ioctl *desc, u32 cmd, u64 arg,
		       const struct pvdrm_mem *mem)
{
	struct pvdrm_walk w = {
		.plan = plan,
		.table = table,
		.mem = mem,
		.req = plan->buf,
	};

	pvdrm_plan_reset(plan);
	return walk_argument(&w, desc, cmd, arg);
}

int pvdrm_parse_request(struct pvdrm_plan *plan,
			const struct pvdrm_table *table,
			const struct xendrm_ioctl *desc, u32 cmd,
			const void *req, size_t len, size_t rsp_max)
{
	struct pvdrm_walk w = {
		.plan = plan,
		.table = table,
		.req = req,
	};
	int err;

	pvdrm_plan_reset(plan);
	if (len > XENDRM_MAX_MESSAGE)
		return -E2BIG;
	w.req_max = len;
	err = walk_argument(&w, desc, cmd, 0);
	if (err)
		return err;
	if (plan->req_len != len)
		return -EPROTO;
	return plan->rsp_len > rsp_max ? -ENOSPC : 0;
}
