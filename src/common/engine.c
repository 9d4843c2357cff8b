// SPDX-License-Identifier: GPL-2.0-only
/*
 * engine.c: move an argument along the lines of its plan
 *
 * pack.c makes the plan; here it is carried out. Fixups are put in while the
 * data is in private memory, so no address of one side is ever visible in the
 * messages or to the other side's program.
 */
#include "engine.h"

/* Zero and negative times are no distances from now: drivers differ in what
 * they mean by them, so they cross unchanged.
 */
static u64 engine_absolute(u64 wire, s64 now)
{
	s64 distance = (s64)wire;

	if (distance <= 0)
		return wire;
	if (now < 0)
		now = 0;
	if (distance >= S64_MAX - now)
		return S64_MAX;
	return (u64)(now + distance);
}

/* A driver may count to any number of ns, so there is less than a second of them. */
static u64 engine_seconds(u64 wire, s64 now, u64 *nsec)
{
	s64 when = (s64)engine_absolute(wire, now);
	u32 rest;
	u64 sec = div_u64_rem(when < 0 ? 0 : when, PVDRM_NSEC_PER_SEC, &rest);

	*nsec = rest;
	return sec;
}

/* @nsec: set by seconds, for the nanoseconds after them */
static u64 engine_resolve(const struct pvdrm_fixup *fixup, u64 arena, u64 bad,
			  const struct pvdrm_mem *mem, u64 *nsec)
{
	switch (fixup->kind) {
	case PVDRM_FIXUP_FD:
	case PVDRM_FIXUP_TAG:
		return fixup->here;
	case PVDRM_FIXUP_TIME:
		return engine_absolute(fixup->wire, mem->now());
	case PVDRM_FIXUP_SECONDS:
		return engine_seconds(fixup->wire, mem->now(), nsec);
	case PVDRM_FIXUP_NANOSECONDS:
		return *nsec;
	case PVDRM_FIXUP_POINTER:
		break;
	}

	switch (fixup->wire) {
	case XENDRM_PTR_NULL:
		return 0;
	case XENDRM_PTR_DATA:
		return arena + fixup->here;
	default:
		return bad;
	}
}

int pvdrm_unpack_request(struct pvdrm_plan *plan, void *req, u64 arena, u64 bad,
			 const struct pvdrm_mem *mem)
{
	u32 filled = 0;
	u64 nsec = 0;
	u32 i;

	for (i = 0; i < plan->nr_fixups; i++) {
		struct pvdrm_fixup *fixup = &plan->fixups[i];
		u8 *at = (u8 *)req + plan->segs[fixup->seg].req_off;

		fixup->here = engine_resolve(fixup, arena, bad, mem, &nsec);
		memcpy(at + fixup->off, &fixup->here, pvdrm_fixup_len(fixup));
	}

	for (i = 0; i < plan->nr_segs; i++) {
		struct pvdrm_segment *seg = &plan->segs[i];
		int err;

		seg->addr += arena;
		if (seg->req_off == PVDRM_ABSENT)
			err = mem->zero(seg->addr, seg->len);
		else
			err = mem->out(seg->addr, (u8 *)req + seg->req_off,
				       seg->len);
		if (err)
			return -EFAULT;
	}

	if (plan->nr_segs)
		filled = plan->segs[0].len;
	if (plan->arg_room > filled &&
	    mem->zero(arena + filled, plan->arg_room - filled))
		return -EFAULT;
	return 0;
}

void pvdrm_pack_fd(struct pvdrm_plan *plan, struct pvdrm_fixup *fixup,
		   u32 fence)
{
	u8 *at = plan->buf + plan->segs[fixup->seg].req_off;

	fixup->wire = fence;
	memcpy(at + fixup->off, &fixup->wire, pvdrm_fixup_len(fixup));
}

/*
 * What goes in place of the number the driver left: at most one is a new one. A
 * result may by chance be the number that was there before.
 */
static u32 engine_fd_answer(struct pvdrm_plan *plan,
			    const struct pvdrm_fixup *fixup, s32 value,
			    long status)
{
	bool result = fixup->result && status >= 0;

	if (value == (s32)fixup->here && !result)
		return XENDRM_FD_SAME;
	if (value < 0)
		return value;
	if (status < 0 || !(fixup->dir & XENDRM_FIELD_OUT))
		return -1;
	plan->new_fd = value;
	return XENDRM_FD_NEW;
}

/* Has the driver put a result where it had been given something else? */
static bool engine_replaced(const struct pvdrm_fixup *fixup, const u8 *at)
{
	u64 value;

	memcpy(&value, at, sizeof(value));
	return fixup->result && value != fixup->here;
}

/* Hide this side's value at @at from the other one */
static void engine_hide(struct pvdrm_plan *plan,
			const struct pvdrm_fixup *fixup, u8 *at, long status)
{
	u64 wire = fixup->wire;
	s32 value;

	if (fixup->kind == PVDRM_FIXUP_FD) {
		memcpy(&value, at, sizeof(value));
		wire = engine_fd_answer(plan, fixup, value, status);
	} else if (engine_replaced(fixup, at)) {
		return;
	}
	memcpy(at, &wire, pvdrm_fixup_len(fixup));
}

int pvdrm_pack_response(struct pvdrm_plan *plan, void *rsp, long status,
			const struct pvdrm_mem *mem)
{
	u32 pos = 0;
	u32 i;

	for (i = 0; i < plan->nr_segs; i++) {
		const struct pvdrm_segment *seg = &plan->segs[i];

		if (seg->rsp_off == PVDRM_ABSENT)
			continue;
		memset((u8 *)rsp + pos, 0, seg->rsp_off - pos);
		if (mem->in((u8 *)rsp + seg->rsp_off, seg->addr, seg->len))
			return -EFAULT;
		pos = seg->rsp_off + seg->len;
	}

	for (i = 0; i < plan->nr_fixups; i++) {
		const struct pvdrm_fixup *fixup = &plan->fixups[i];
		u32 at = plan->segs[fixup->seg].rsp_off;

		if (at != PVDRM_ABSENT)
			engine_hide(plan, fixup, (u8 *)rsp + at + fixup->off,
				    status);
	}
	return 0;
}

/* The program's number for what the host put there. Return 0 or -EPROTO */
static int engine_fd(const struct pvdrm_plan *plan,
		     const struct pvdrm_fixup *fixup, u8 *at, long status,
		     bool *fresh)
{
	s32 value;

	memcpy(&value, at, sizeof(value));
	if (value < 0)
		return 0;
	if (value == XENDRM_FD_SAME) {
		if (fixup->result && status >= 0)
			return -EPROTO;
		memcpy(at, &fixup->here, sizeof(value));
		return 0;
	}
	if (value != XENDRM_FD_NEW || !(fixup->dir & XENDRM_FIELD_OUT) ||
	    plan->new_fd < 0)
		return -EPROTO;
	memcpy(at, &plan->new_fd, sizeof(plan->new_fd));
	*fresh = true;
	return 0;
}

/* The same for any value, if it is not a result */
static int engine_restore(const struct pvdrm_plan *plan,
			  const struct pvdrm_fixup *fixup, u8 *at, long status,
			  bool *fresh)
{
	if (fixup->kind == PVDRM_FIXUP_FD)
		return engine_fd(plan, fixup, at, status, fresh);
	if (!fixup->result || status < 0)
		memcpy(at, &fixup->here, pvdrm_fixup_len(fixup));
	return 0;
}

/* drm_ioctl() returns zeroes where nothing was read and nobody wrote */
static int engine_clear_rest(const struct pvdrm_plan *plan,
			     const struct pvdrm_mem *mem)
{
	const struct pvdrm_segment *arg = &plan->segs[0];

	if (arg->req_off != PVDRM_ABSENT || plan->arg_size <= arg->len)
		return 0;
	return mem->zero(arg->addr + arg->len, plan->arg_size - arg->len);
}

/*
 * What the driver has left as it was is not written: it need not be writable,
 * and another thread may be about to change it.
 */
static void engine_forget_unchanged(struct pvdrm_plan *plan, const u8 *rsp)
{
	u32 i;

	for (i = 1; i < plan->nr_segs; i++) {
		struct pvdrm_segment *seg = &plan->segs[i];

		if (seg->req_off == PVDRM_ABSENT ||
		    seg->rsp_off == PVDRM_ABSENT)
			continue;
		if (!memcmp(rsp + seg->rsp_off, plan->buf + seg->req_off,
			    seg->len))
			seg->rsp_off = PVDRM_ABSENT;
	}
}

int pvdrm_unpack_response(struct pvdrm_plan *plan, void *rsp, size_t len,
			  long status, const struct pvdrm_mem *mem)
{
	bool fresh = false;
	int err = 0;
	u32 i;

	if (len != plan->rsp_len)
		return -EPROTO;
	engine_forget_unchanged(plan, rsp);

	for (i = 0; i < plan->nr_fixups; i++) {
		const struct pvdrm_fixup *fixup = &plan->fixups[i];
		u32 at = plan->segs[fixup->seg].rsp_off;

		if (at != PVDRM_ABSENT &&
		    engine_restore(plan, fixup, (u8 *)rsp + at + fixup->off,
				   status, &fresh))
			return -EPROTO;
	}
	/* A descriptor that the program never hears of would be lost. */
	if (plan->new_fd >= 0 && !fresh)
		return -EPROTO;

	for (i = 0; i < plan->nr_segs; i++) {
		const struct pvdrm_segment *seg = &plan->segs[i];

		if (seg->rsp_off == PVDRM_ABSENT)
			continue;
		/* A driver that failed may not have got so far as to write
		 * it; then it still holds what the program had there.
		 */
		if (i && status < 0 && seg->req_off == PVDRM_ABSENT)
			continue;
		if (mem->out(seg->addr, (u8 *)rsp + seg->rsp_off, seg->len))
			err = -EFAULT;
		if (!i && engine_clear_rest(plan, mem))
			err = -EFAULT;
	}
	return err;
}
