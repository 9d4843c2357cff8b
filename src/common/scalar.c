// SPDX-License-Identifier: GPL-2.0-only
/*
 * scalar.c: fields that point to nothing: times, descriptors, refusals, and what
 * tells whether a call need be waited for
 */
#include "pack.h"

/* As the opposite in engine.c: zero and negative times cross unchanged. */
static u64 walk_distance(s64 when, s64 now)
{
	if (when <= 0 || when == S64_MAX)
		return (u64)when;
	if (now < 0)
		now = 0;
	return when > now ? (u64)(when - now) : 0;
}

int pvdrm_walk_time(struct pvdrm_walk *w, const struct pvdrm_view *v,
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

/* What is no time is over; what is too much is for ever */
static s64 walk_nanoseconds(s64 sec, s64 nsec)
{
	s64 when;

	if (sec < 0 || nsec < 0)
		return 0;
	if (__builtin_mul_overflow(sec, PVDRM_NSEC_PER_SEC, &when) ||
	    __builtin_add_overflow(when, nsec, &when))
		return S64_MAX;
	return when;
}

/* A struct may end between the two: the driver reads 0 there. */
int pvdrm_walk_timespec(struct pvdrm_walk *w, const struct pvdrm_view *v,
			const struct xendrm_field *f)
{
	struct pvdrm_fixup sec = {
		.seg = v->seg,
		.off = v->base + f->offset,
		.kind = PVDRM_FIXUP_SECONDS,
	};
	struct pvdrm_fixup nsec = {
		.seg = v->seg,
		.off = sec.off + sizeof(u64),
		.kind = PVDRM_FIXUP_NANOSECONDS,
	};
	int there = pvdrm_walk_u64(w, v, f->offset, &sec.here);
	int err;

	if (there <= 0)
		return there;
	there = pvdrm_walk_u64(w, v, f->offset + sizeof(u64), &nsec.here);
	if (there < 0)
		return there;
	sec.wire = sec.here;
	if (w->mem)
		sec.wire = walk_distance(walk_nanoseconds(sec.here, nsec.here),
					 w->mem->now());
	err = pvdrm_walk_fixup(w, &sec);
	return err || !there ? err : pvdrm_walk_fixup(w, &nsec);
}

/* The rules of table.c let a new descriptor replace one that is read. */
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
 * Only the caller knows which fence it is, so it is a bad one until then. Where
 * a result will be, the driver reads something else, which crosses unchanged.
 */
static int walk_fd_value(const struct pvdrm_walk *w,
			 const struct xendrm_field *f, u32 value,
			 struct pvdrm_fixup *fixup)
{
	bool result = f->flags & XENDRM_FIELD_RESULT;

	fixup->here = result || w->mem ? value : XENDRM_FD_BAD;
	fixup->wire = XENDRM_FD_BAD;
	if (result || (!w->mem && f->flags & XENDRM_FIELD_IN))
		fixup->wire = value;
	else if (!w->mem && value != XENDRM_FD_BAD)
		return -EPROTO;
	return 0;
}

/*
 * A driver must not create a descriptor that the program never learns of, or
 * read one from beyond the end of the program's struct.
 */
int pvdrm_walk_fd(struct pvdrm_walk *w, const struct pvdrm_view *v,
		  const struct xendrm_field *f)
{
	struct pvdrm_fixup fixup = {
		.seg = v->seg,
		.off = v->base + f->offset,
		.kind = PVDRM_FIXUP_FD,
		.dir = f->flags & (XENDRM_FIELD_IN | XENDRM_FIELD_OUT),
		.fd_kind = f->aux,
	};
	struct pvdrm_plan *plan = w->plan;
	struct pvdrm_fixup *before;
	u32 value;
	int err;

	if (f->offset + sizeof(value) > v->size)
		return -EOPNOTSUPP;
	if (f->flags & XENDRM_FIELD_OUT) {
		if (plan->makes_fd ||
		    plan->segs[v->seg].rsp_off == PVDRM_ABSENT)
			return -EOPNOTSUPP;
		plan->makes_fd = f->aux;
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

bool pvdrm_walk_in_range(const struct pvdrm_walk *w, const struct pvdrm_view *v,
			 const struct xendrm_field *f)
{
	u64 count;

	if (!f->count_width)
		return true;
	count = pvdrm_walk_value(w, v, f->count, f->count_width);
	return count >= f->stride && count <= f->max;
}

int pvdrm_walk_refuse(const struct pvdrm_walk *w, const struct pvdrm_view *v,
		      const struct xendrm_field *f)
{
	return pvdrm_walk_in_range(w, v, f) ? -(int)f->aux : 0;
}

/* A handle that is written is looked for in the response. */
void pvdrm_walk_sync(struct pvdrm_walk *w, const struct pvdrm_view *v,
		     const struct xendrm_field *f)
{
	struct pvdrm_plan *plan = w->plan;
	struct pvdrm_sync *sync = &plan->syncs[plan->nr_syncs];

	if (f->aux == XENDRM_SYNC_MADE || !pvdrm_walk_in_range(w, v, f))
		return;
	if (plan->nr_syncs == XENDRM_MAX_SYNCS) {
		plan->more_syncs = true;
		plan->must_wait = true;
		return;
	}
	sync->handle = pvdrm_walk_value(w, v, f->offset, sizeof(sync->handle));
	sync->use = f->aux;
	sync->point = f->elem_size ? pvdrm_walk_value(w, v, f->elem_size,
						      sizeof(u64)) : 0;
	plan->nr_syncs++;
}

/* As FNV-1a does it, but with 64 bits at a time. It only has to tell forms apart by chance. */
static u64 walk_digest(u64 digest, u64 value)
{
	return (digest ^ (value + 1)) * 0x100000001b3ull;
}

/* Nobody knows which count it is. */
static void walk_lose_count(struct pvdrm_plan *plan)
{
	plan->must_wait = true;
	plan->queue.miscounted = true;
}

/* In an array, all elements have to have the same. */
static bool walk_counted_before(struct pvdrm_plan *plan, u16 field, u64 value)
{
	const struct pvdrm_queue *queue = &plan->queue;
	u32 i;

	for (i = 0; i < queue->nr; i++) {
		if (queue->field[i] != field)
			continue;
		if (queue->value[i] != value)
			walk_lose_count(plan);
		return true;
	}
	return false;
}

void pvdrm_walk_queue(struct pvdrm_walk *w, const struct pvdrm_view *v,
		      const struct xendrm_field *f)
{
	u64 value = pvdrm_walk_value(w, v, f->count, f->count_width);
	bool counted = f->flags & XENDRM_FIELD_COUNTED;
	struct pvdrm_plan *plan = w->plan;
	struct pvdrm_queue *queue = &plan->queue;
	u16 field = f - w->table->fields;

	if (v->seg && !counted) {
		queue->form = walk_digest(queue->form, value);
		return;
	}
	if (counted && walk_counted_before(plan, field, value))
		return;
	if (queue->nr == XENDRM_MAX_QUEUE) {
		walk_lose_count(plan);
		return;
	}
	queue->counted |= (u32)counted << queue->nr;
	queue->field[queue->nr] = field;
	queue->value[queue->nr++] = value;
}

void pvdrm_walk_number(struct pvdrm_walk *w, const struct pvdrm_view *v,
		       const struct xendrm_field *f)
{
	struct pvdrm_plan *plan = w->plan;

	if (f->offset + sizeof(u64) > v->size ||
	    plan->segs[v->seg].rsp_off == PVDRM_ABSENT)
		plan->must_wait = true;
	else
		plan->number = f->offset;
}
