// SPDX-License-Identifier: GPL-2.0-only
/*
 * walk.c: walk an argument along the table's fields, and so make its plan
 *
 * One walk serves both sides, so that they cannot come to different plans. What
 * differs is where bytes come from: the frontend fetches them from the program
 * into plan->buf as it goes, the backend has them all in the request. Here is the
 * way along the fields, and those that do not lead away; see pointee.c for those
 * that do.
 *
 * Every value is taken from the request's bytes, which nobody changes behind
 * the walk; the table's rules (table.c) see to it that no count, stride or
 * condition lies where the frontend puts a marker in place of a pointer.
 */
#include "walk.h"

/* ------------------------------------------------------ times, descriptors */

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
	int there = pvdrm_walk_u64(w, v, f->offset, &value);

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

/* --------------------------------------------------------- a list of fields */

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
	case XENDRM_FIELD_STRING:
	case XENDRM_FIELD_CHAIN:
		return pvdrm_walk_target(w, v, f);
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
int pvdrm_walk_fields(struct pvdrm_walk *w, const struct pvdrm_view *v,
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
	return pvdrm_walk_fields(w, &v, desc->first, desc->nr);
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
