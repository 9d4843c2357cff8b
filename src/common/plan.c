// SPDX-License-Identifier: GPL-2.0-only
/*
 * plan.c: the memory of a plan, and how a walk fills it
 */
#include "pack.h"

void pvdrm_plan_init(struct pvdrm_plan *plan)
{
	memset(plan, 0, sizeof(*plan));
	plan->segs = plan->inline_segs;
	plan->max_segs = PVDRM_INLINE_SEGMENTS;
	plan->fixups = plan->inline_fixups;
	plan->max_fixups = PVDRM_INLINE_FIXUPS;
	plan->number = PVDRM_ABSENT;
	plan->new_fd = -1;
}

void pvdrm_plan_reset(struct pvdrm_plan *plan)
{
	plan->nr_segs = 0;
	plan->nr_fixups = 0;
	plan->req_len = 0;
	plan->rsp_len = 0;
	plan->arena_len = 0;
	plan->arg_size = 0;
	plan->arg_room = 0;
	plan->makes_fd = 0;
	plan->must_wait = false;
	plan->more_syncs = false;
	plan->nr_syncs = 0;
	memset(&plan->queue, 0, sizeof(plan->queue));
	plan->number = PVDRM_ABSENT;
	plan->nr_handles = 0;
	plan->new_fd = -1;
}

void pvdrm_plan_free(struct pvdrm_plan *plan)
{
	if (plan->segs != plan->inline_segs)
		pvdrm_free(plan->segs);
	if (plan->fixups != plan->inline_fixups)
		pvdrm_free(plan->fixups);
	pvdrm_free(plan->buf);
	pvdrm_plan_init(plan);
}

/* ------------------------------------------------------------ room in a plan */

static void *plan_enlarge(void *old, const void *embedded, size_t entry,
			  u32 nr, u32 *max_nr)
{
	void *larger = pvdrm_alloc(2 * *max_nr * entry);

	if (!larger)
		return NULL;
	memcpy(larger, old, nr * entry);
	if (old != embedded)
		pvdrm_free(old);
	*max_nr *= 2;
	return larger;
}

static int plan_room_segment(struct pvdrm_plan *plan)
{
	void *segs;

	if (plan->nr_segs >= XENDRM_MAX_SEGMENTS)
		return -E2BIG;
	if (plan->nr_segs < plan->max_segs)
		return 0;
	segs = plan_enlarge(plan->segs, plan->inline_segs, sizeof(*plan->segs),
			    plan->nr_segs, &plan->max_segs);
	if (!segs)
		return -ENOMEM;
	plan->segs = segs;
	return 0;
}

/* NULL pointers have fixups but no segments, so fixups have their own bound. */
static int plan_room_fixup(struct pvdrm_plan *plan)
{
	void *fixups;

	if (plan->nr_fixups >= XENDRM_MAX_SEGMENTS)
		return -E2BIG;
	if (plan->nr_fixups < plan->max_fixups)
		return 0;
	fixups = plan_enlarge(plan->fixups, plan->inline_fixups,
			      sizeof(*plan->fixups), plan->nr_fixups,
			      &plan->max_fixups);
	if (!fixups)
		return -ENOMEM;
	plan->fixups = fixups;
	return 0;
}

int pvdrm_walk_room(struct pvdrm_walk *w, u32 size)
{
	struct pvdrm_plan *plan = w->plan;
	u32 larger = max(size, min(2 * plan->buf_size, XENDRM_MAX_MESSAGE));
	u8 *buf;

	if (size <= plan->buf_size)
		return 0;
	larger = max(larger, 512u);
	buf = pvdrm_alloc(larger);
	if (!buf)
		return -ENOMEM;
	if (plan->buf)
		memcpy(buf, plan->buf, plan->buf_size);
	pvdrm_free(plan->buf);
	plan->buf = buf;
	plan->buf_size = larger;
	w->req = buf;
	return 0;
}

/* --------------------------------------------------------- bytes and values */

u32 pvdrm_walk_next(u32 len)
{
	return ALIGN(len, 8u);
}

int pvdrm_walk_fetch(struct pvdrm_walk *w, u32 off, u64 addr, u32 len)
{
	int err;

	if ((u64)off + len > XENDRM_MAX_MESSAGE)
		return -E2BIG;
	if (!w->mem)
		return (u64)off + len > w->req_max ? -EPROTO : 0;
	err = pvdrm_walk_room(w, off + len);
	if (err)
		return err;
	return w->mem->in(w->plan->buf + off, addr, len) ? -EFAULT : 0;
}

u64 pvdrm_walk_value(const struct pvdrm_walk *w, const struct pvdrm_view *v,
		     u32 off, u32 width)
{
	u64 value = 0;

	if (off >= v->size)
		return 0;
	memcpy(&value,
	       w->req + w->plan->segs[v->seg].req_off + v->base + off,
	       min(width, v->size - off));
	return value;
}

int pvdrm_walk_u64(const struct pvdrm_walk *w, const struct pvdrm_view *v,
		   u32 off, u64 *value)
{
	*value = pvdrm_walk_value(w, v, off, sizeof(*value));
	if (off + sizeof(*value) <= v->size)
		return 1;
	if (*value)
		return w->mem ? -EFAULT : -EPROTO;
	return 0;
}

/* ------------------------------------------------------ segments and fixups */

int pvdrm_walk_segment(struct pvdrm_walk *w, u64 addr, u32 len, u8 dir)
{
	struct pvdrm_plan *plan = w->plan;
	struct pvdrm_segment seg = {
		.len = len,
		.req_off = PVDRM_ABSENT,
		.rsp_off = PVDRM_ABSENT,
	};
	u64 arena = ALIGN((u64)plan->arena_len, 8);
	int err = plan_room_segment(plan);

	if (err)
		return err;
	if (dir & XENDRM_FIELD_IN)
		seg.req_off = pvdrm_walk_next(plan->req_len);
	if (dir & XENDRM_FIELD_OUT)
		seg.rsp_off = pvdrm_walk_next(plan->rsp_len);
	if ((dir & XENDRM_FIELD_OUT &&
	     (u64)seg.rsp_off + len > XENDRM_MAX_MESSAGE) ||
	    arena + len > PVDRM_MAX_ARENA)
		return -E2BIG;

	if (dir & XENDRM_FIELD_IN) {
		if (w->mem)
			memset(plan->buf + plan->req_len, 0,
			       seg.req_off - plan->req_len);
		plan->req_len = seg.req_off + len;
	}
	if (dir & XENDRM_FIELD_OUT)
		plan->rsp_len = seg.rsp_off + len;
	plan->arena_len = arena + len;
	seg.addr = w->mem ? addr : arena;
	plan->segs[plan->nr_segs++] = seg;
	return 0;
}

int pvdrm_walk_fixup(struct pvdrm_walk *w, const struct pvdrm_fixup *fixup)
{
	struct pvdrm_plan *plan = w->plan;
	u32 at = plan->segs[fixup->seg].req_off + fixup->off;
	int err = plan_room_fixup(plan);

	if (err)
		return err;
	plan->fixups[plan->nr_fixups++] = *fixup;
	if (w->mem)
		memcpy(plan->buf + at, &fixup->wire, pvdrm_fixup_len(fixup));
	return 0;
}
