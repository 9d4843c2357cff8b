// SPDX-License-Identifier: GPL-2.0-only
/*
 * pointee.c: fields that point to something, and what they point to
 *
 * Part of the walk (walk.c): an array, string or chain is fetched, checked and
 * entered into the plan as a segment; a marker stands for its pointer. Fields within
 * it are walked in turn.
 */
#include "walk.h"

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

/* The segment just added is what the pointer at @off points to */
static int walk_mark_data(struct pvdrm_walk *w, const struct pvdrm_view *v,
			  u32 off)
{
	const struct pvdrm_plan *plan = w->plan;

	return walk_mark(w, v, off, plan->segs[plan->nr_segs - 1].addr,
			 XENDRM_PTR_DATA);
}

/* -------------------------------------------------------------------- arrays */

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
		err = pvdrm_walk_fields(w, &v, f->first, f->nr);
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

/* ------------------------------------------------------------------- strings */

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
		/* The driver counts, too, and says so before it reads on */
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
			return walk_chain_hide_next(w, &v, off);
		err = pvdrm_walk_fields(w, &v, variant->first, variant->nr);
		if (err)
			return err;
	}
}

int pvdrm_walk_target(struct pvdrm_walk *w, const struct pvdrm_view *v,
		      const struct xendrm_field *f)
{
	switch (f->kind) {
	case XENDRM_FIELD_ARRAY:
		return walk_array(w, v, f);
	case XENDRM_FIELD_STRING:
		return walk_string(w, v, f);
	default:
		return walk_chain(w, v, f);
	}
}
