// SPDX-License-Identifier: GPL-2.0-only
/*
 * walk.c: walk an argument along the table's fields, and so make its plan
 *
 * One walk serves both sides, so that they cannot come to different plans. What
 * differs is where bytes come from: the frontend fetches them from the program
 * into plan->buf as it goes, the backend has them all in the request.
 *
 * Every value is taken from the request's bytes, which nobody changes behind
 * the walk; the table's rules (table.c) see to it that no count, stride or
 * condition lies where the frontend puts a marker in place of a pointer.
 */
#include "walk.h"

static int walk_fields(struct pvdrm_walk *w, const struct pvdrm_view *v,
		       u32 first, u32 nr);

/*
 * A u64 that is to be translated. Return 1 when the struct has it, 0 when the
 * struct ends before it. One that is cut in half would reach the driver as it
 * is, so it must be zero.
 */
static int walk_u64(const struct pvdrm_walk *w, const struct pvdrm_view *v,
		    u32 off, u64 *value)
{
	*value = pvdrm_walk_value(w, v, off, sizeof(*value));
	if (off + sizeof(*value) <= v->size)
		return 1;
	if (*value)
		return w->mem ? -EFAULT : -EPROTO;
	return 0;
}

static bool walk_applies(const struct pvdrm_walk *w,
			 const struct pvdrm_view *v,
			 const struct xendrm_field *f)
{
	u64 value;

	if (f->cond == XENDRM_COND_ALWAYS)
		return true;
	value = pvdrm_walk_value(w, v, f->cond_off, f->cond_width);
	switch (f->cond) {
	case XENDRM_COND_ANY:
		return (value & f->cond_value) != 0;
	case XENDRM_COND_EQ:
		return value == f->cond_value;
	case XENDRM_COND_NE:
		return value != f->cond_value;
	default:
		return value > f->cond_value;
	}
}

/*
 * A pointer is done with: @marker stands for it on the wire. In the backend,
 * @here is the pointee's place in the arena; one without any bytes gets the
 * arena's start, as good an address as any.
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

	return pvdrm_walk_fixup(w, &fixup);
}

/*
 * Read a pointer. Return 1 when there is a pointee to look at (in the backend
 * then *ptr is meaningless); 0 when there is none and all is done.
 */
static int walk_pointer(struct pvdrm_walk *w, const struct pvdrm_view *v,
			const struct xendrm_field *f, u32 off, u64 *ptr)
{
	int there = walk_u64(w, v, off, ptr);

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

/* The segment just added is what the pointer at @off points to */
static int walk_mark_data(struct pvdrm_walk *w, const struct pvdrm_view *v,
			  u32 off)
{
	const struct pvdrm_plan *plan = w->plan;

	return walk_mark(w, v, off, plan->segs[plan->nr_segs - 1].addr,
			 XENDRM_PTR_DATA);
}

/* ----------------------------------------------------------------- the kinds */

struct pvdrm_shape {
	u32 nr;		/* elements */
	u32 step;	/* bytes from one to the next */
	u32 used;	/* bytes of each that the driver looks at */
	u32 len;	/* bytes of all */
};

static int walk_array_shape(const struct pvdrm_walk *w,
			    const struct pvdrm_view *v,
			    const struct xendrm_field *f,
			    struct pvdrm_shape *shape)
{
	u64 nr = f->count;
	u64 step = f->elem_size;
	u64 len = 0;

	if (f->count_width)
		nr = pvdrm_walk_value(w, v, f->count, f->count_width);
	if (f->stride_width)
		step = pvdrm_walk_value(w, v, f->stride, f->stride_width);
	if (f->flags & XENDRM_FIELD_PRODUCT) {
		if (nr && step && (nr > f->max || step > f->max / nr))
			return -E2BIG;
		nr *= step;
		step = f->elem_size;
	}
	if (nr > f->max)
		return -E2BIG;
	if (f->aux) {
		step = nr * f->aux;
		shape->nr = !!nr;
		shape->step = step;
		shape->used = step;
		shape->len = step;
		return 0;
	}
	if (step > XENDRM_MAX_ARG) {
		if (nr > 1)
			return -E2BIG;
		step = XENDRM_MAX_ARG;
	}
	shape->nr = nr;
	shape->step = step;
	shape->used = min(shape->step, f->elem_size);
	if (nr)
		len = (nr - 1) * step + shape->used;
	if (len > XENDRM_MAX_ARG)
		return -E2BIG;
	shape->len = len;
	return 0;
}

/*
 * Bytes between the elements, which only a newer table would know, must not
 * reach a driver that is newer still: the frontend clears them, the backend
 * insists.
 */
static int walk_array_gaps(struct pvdrm_walk *w, u32 off,
			   const struct pvdrm_shape *shape)
{
	u32 gap = shape->step - shape->used;
	u32 i, j;

	for (i = 0; gap && i + 1 < shape->nr; i++) {
		u32 at = off + i * shape->step + shape->used;

		if (w->mem) {
			memset(w->plan->buf + at, 0, gap);
			continue;
		}
		for (j = 0; j < gap; j++)
			if (w->req[at + j])
				return -EPROTO;
	}
	return 0;
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
	for (i = 0; i < shape->nr; i++) {
		if (++w->structs > XENDRM_MAX_SEGMENTS)
			return -E2BIG;
		v.base = i * shape->step;
		err = walk_fields(w, &v, f->first, f->nr);
		if (err)
			return err;
	}
	return 0;
}

static int walk_array(struct pvdrm_walk *w, const struct pvdrm_view *v,
		      const struct xendrm_field *f)
{
	u32 off = pvdrm_walk_next(w->plan->req_len);
	struct pvdrm_shape shape;
	u64 ptr;
	int err;

	err = walk_pointer(w, v, f, f->offset, &ptr);
	if (err <= 0)
		return err;
	err = walk_array_shape(w, v, f, &shape);
	if (err)
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
		err = walk_array_gaps(w, off, &shape);
		if (err)
			return err;
	}
	err = pvdrm_walk_segment(w, ptr, shape.len, f->flags);
	if (err)
		return err;
	err = walk_mark_data(w, v, f->offset);
	if (err)
		return err;
	return walk_array_elements(w, f, &shape);
}

/* Have a string in the request at @off. Return its bytes, NUL included */
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

	/* The other side has nothing to go by but the NUL */
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

/* Have what follows a struct of the chain, of which *@len bytes are there */
static int walk_chain_rest(struct pvdrm_walk *w,
			   const struct xendrm_field *variant, u64 ptr, u32 *len)
{
	u32 off = pvdrm_walk_next(w->plan->req_len);
	u32 known = *len;
	u64 nr = 0, times = 0;

	memcpy(&nr, w->req + off + variant->count, variant->count_width);
	if (variant->flags & XENDRM_FIELD_PRODUCT)
		memcpy(&times, w->req + off + variant->aux,
		       variant->stride_width);
	else
		times = 1;
	if (nr && times && (nr > variant->max || times > variant->max / nr))
		return -E2BIG;
	nr *= times;
	*len += nr * variant->stride;
	return pvdrm_walk_fetch(w, off + known, ptr + known, *len - known);
}

/*
 * Have the struct at @ptr in the request, its header first: the header's tag
 * says how long it is. What has once been read is not read again, or the tag
 * might have changed. *@variant is NULL when the table does not know the tag.
 */
static int walk_chain_fetch(struct pvdrm_walk *w, const struct xendrm_field *f,
			    u64 ptr, const struct xendrm_field **variant,
			    u32 *len)
{
	u32 off = pvdrm_walk_next(w->plan->req_len);
	int err = pvdrm_walk_fetch(w, off, ptr, f->elem_size);

	if (err)
		return err;
	*len = f->elem_size;
	*variant = walk_chain_variant(w, f, off);
	if (!*variant) {
		/* The next link is not followed: nothing may be left of it */
		u64 next;

		memcpy(&next, w->req + off + f->stride, sizeof(next));
		return next && !w->mem ? -EPROTO : 0;
	}
	*len = (*variant)->elem_size;
	err = pvdrm_walk_fetch(w, off + f->elem_size, ptr + f->elem_size,
			       *len - f->elem_size);
	if (err || !(*variant)->count_width)
		return err;
	return walk_chain_rest(w, *variant, ptr, len);
}

static int walk_chain_hide_next(struct pvdrm_walk *w,
				const struct pvdrm_view *v, u32 off)
{
	u64 next = pvdrm_walk_value(w, v, off, sizeof(next));

	return walk_mark(w, v, off, next, XENDRM_PTR_NULL);
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
		if (links >= f->max)
			return -E2BIG;
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
			return walk_chain_hide_next(w, &v, off);
		err = walk_fields(w, &v, variant->first, variant->nr);
		if (err)
			return err;
	}
}

/* As the opposite in engine.c: zero and negative times mean what they mean */
static u64 walk_distance(s64 when, s64 now)
{
	if (when <= 0 || when == S64_MAX)
		return (u64)when;
	if (now < 0)
		now = 0;
	return when > now ? (u64)(when - now) : 0;
}

static int walk_time(struct pvdrm_walk *w, const struct pvdrm_view *v,
		     const struct xendrm_field *f)
{
	struct pvdrm_fixup fixup = {
		.seg = v->seg,
		.off = v->base + f->offset,
		.kind = PVDRM_FIXUP_TIME,
	};
	u64 value;
	int there = walk_u64(w, v, f->offset, &value);

	if (there <= 0)
		return there;
	fixup.here = value;
	fixup.wire = value;
	if (w->mem)
		fixup.wire = walk_distance((s64)value, w->mem->now());
	return pvdrm_walk_fixup(w, &fixup);
}

/* A new descriptor may be put where one that is read is: table.c's rule */
static struct pvdrm_fixup *walk_fd_before(const struct pvdrm_walk *w,
					  const struct pvdrm_fixup *fixup)
{
	struct pvdrm_plan *plan = w->plan;
	struct pvdrm_fixup *last = plan->fixups + plan->nr_fixups - 1;

	if (!plan->nr_fixups || last->kind != PVDRM_FIXUP_FD ||
	    last->seg != fixup->seg || last->off != fixup->off)
		return NULL;
	return last;
}

/*
 * Which fence it is, only the caller knows: till then it is a bad one. Where a
 * result will be, the driver reads something else, which crosses unchanged.
 */
static int walk_fd_value(const struct pvdrm_walk *w,
			 const struct xendrm_field *f, u32 value,
			 struct pvdrm_fixup *fixup)
{
	bool result = f->flags & XENDRM_FIELD_RESULT;

	fixup->here = result || w->mem ? value : XENDRM_FENCE_BAD;
	fixup->wire = XENDRM_FENCE_BAD;
	if (result || (!w->mem && f->flags & XENDRM_FIELD_IN))
		fixup->wire = value;
	else if (!w->mem && value != XENDRM_FENCE_BAD)
		return -EPROTO;
	return 0;
}

/*
 * A driver must not make a descriptor that the program is not told of, or take
 * one from where the program has none.
 */
static int walk_fd(struct pvdrm_walk *w, const struct pvdrm_view *v,
		   const struct xendrm_field *f)
{
	struct pvdrm_fixup fixup = {
		.seg = v->seg,
		.off = v->base + f->offset,
		.kind = PVDRM_FIXUP_FD,
		.dir = f->flags & (XENDRM_FIELD_IN | XENDRM_FIELD_OUT),
	};
	struct pvdrm_plan *plan = w->plan;
	struct pvdrm_fixup *before;
	u32 value;
	int err;

	if (f->aux != XENDRM_FD_SYNC_FILE ||
	    f->offset + sizeof(value) > v->size)
		return -EOPNOTSUPP;
	if (f->flags & XENDRM_FIELD_OUT) {
		if (plan->makes_fd ||
		    plan->segs[v->seg].rsp_off == PVDRM_ABSENT)
			return -EOPNOTSUPP;
		plan->makes_fd = true;
		before = walk_fd_before(w, &fixup);
		if (before) {
			before->dir |= XENDRM_FIELD_OUT;
			return 0;
		}
	}
	value = pvdrm_walk_value(w, v, f->offset, sizeof(value));
	err = walk_fd_value(w, f, value, &fixup);
	return err ? err : pvdrm_walk_fixup(w, &fixup);
}

static int walk_refuse(const struct pvdrm_walk *w, const struct pvdrm_view *v,
		       const struct xendrm_field *f)
{
	u64 count;

	if (f->count_width) {
		count = pvdrm_walk_value(w, v, f->count, f->count_width);
		if (count < f->stride || count > f->max)
			return 0;
	}
	return -(int)f->aux;
}

/* A pointer or time, of which the first that applies is meant */
static bool walk_is_wide(const struct xendrm_field *f)
{
	return f->kind != XENDRM_FIELD_FD && f->kind != XENDRM_FIELD_REFUSE &&
	       f->kind != XENDRM_FIELD_BUFFER;
}

/* Does an earlier field of the list stand for the same bytes? */
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
		return walk_time(w, v, f);
	case XENDRM_FIELD_REFUSE:
		return walk_refuse(w, v, f);
	case XENDRM_FIELD_BUFFER:
		return 0;	/* it crosses unchanged */
	default:
		return walk_fd(w, v, f);
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

/* ------------------------------------------------------------- the argument */

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

int pvdrm_pack(struct pvdrm_plan *plan, const struct pvdrm_table *table,
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

int pvdrm_plan(struct pvdrm_plan *plan, const struct pvdrm_table *table,
	       const struct xendrm_ioctl *desc, u32 cmd, const void *req,
	       size_t len, size_t rsp_max)
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
