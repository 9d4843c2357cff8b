// SPDX-License-Identifier: GPL-2.0-only
/*
 * answer.c: the answer to a request that nobody waits for
 *
 * The table says of some ioctls that a successful call leaves the argument as it was,
 * but for a new descriptor and a number. So the program gets what it has sent.
 */
#include <linux/string.h>

#include "engine.h"
#include "front/call/call.h"
#include "front/fd/fd.h"
#include "front/file/answer.h"

/*
 * A new fence; a signalled one may have been in its place. The host might wait for
 * another, or refuse what is none.
 */
static bool descriptor_is_known(const struct pvdrm_fixup *fixup)
{
	return fixup->kind == PVDRM_FIXUP_FD && !fixup->result &&
	       fixup->fd_kind == XENDRM_FD_SYNC_FILE &&
	       (!(fixup->dir & XENDRM_FIELD_IN) ||
		fixup->wire == XENDRM_FENCE_SIGNALED);
}

/**
 * pvdrm_answer_is_known() - whether the argument alone tells the answer
 * @plan: the argument, packed, descriptors as well
 *
 * Return: true if all of it is sent, and all that changes is a new fence, and a number.
 */
bool pvdrm_answer_is_known(const struct pvdrm_plan *plan)
{
	u32 i;

	if (!plan->nr_segs || plan->segs[0].req_off == PVDRM_ABSENT)
		return false;
	for (i = 1; i < plan->nr_segs; i++)
		if (plan->segs[i].rsp_off != PVDRM_ABSENT)
			return false;
	for (i = 0; i < plan->nr_fixups; i++)
		if (plan->fixups[i].kind != PVDRM_FIXUP_POINTER &&
		    !descriptor_is_known(&plan->fixups[i]))
			return false;
	return true;
}

/**
 * pvdrm_answer_expect() - make up the response
 * @call: the request, which was sent; gets its response
 * @plan: its argument
 * @new: the descriptor that it makes, if it does
 *
 * Where a descriptor was read, the request has XENDRM_FENCE_SIGNALED, which in a response
 * is XENDRM_FD_SAME.
 */
void pvdrm_answer_expect(struct pvdrm_call *call, struct pvdrm_plan *plan,
			 const struct pvdrm_new_fd *new)
{
	const struct pvdrm_segment *arg = &plan->segs[0];
	const u32 made = XENDRM_FD_NEW;
	u32 i;

	if (!plan->nr_segs || arg->rsp_off == PVDRM_ABSENT)
		return;
	memcpy(call->in, plan->buf + arg->req_off, arg->len);
	if (call->numbered)
		memcpy(call->in + call->number_at, &call->number,
		       sizeof(call->number));
	for (i = 0; i < plan->nr_fixups; i++) {
		if (!pvdrm_fixup_fd(&plan->fixups[i], XENDRM_FIELD_OUT))
			continue;
		memcpy(call->in + plan->fixups[i].off, &made, sizeof(made));
		plan->new_fd = new->fd;
	}
	call->rsp.rsp_len = plan->rsp_len;
}
