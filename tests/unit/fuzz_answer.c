// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_answer.c: any response is delivered nowhere but where the program asked
 * for it, and changes none of its pointers
 */
#include "generate.h"

/* Where the program's memory may change */
static u8 expected[GENERATED_MEMORY];
static u8 may_change[GENERATED_MEMORY];

static void allow(const struct pvdrm_plan *plan, long status)
{
	u32 i;

	memset(may_change, 0, sizeof(may_change));
	for (i = 0; i < plan->nr_segs; i++) {
		const struct pvdrm_segment *seg = &plan->segs[i];
		u64 at = seg->addr - PROGRAM_BASE;
		u64 len = seg->len;

		if (seg->rsp_off == PVDRM_ABSENT || at >= sizeof(may_change))
			continue;
		if (i && status < 0 && seg->req_off == PVDRM_ABSENT)
			continue;
		/* What only comes out is as long as the program says */
		if (!i && seg->req_off == PVDRM_ABSENT)
			len = max(len, plan->arg_size);
		memset(may_change + at, 1, min(len, sizeof(may_change) - at));
	}
}

/* Pointers stay, unless another pointee lies over them, or a result */
static void must_keep_pointers(const struct pvdrm_plan *plan, long status)
{
	const struct pvdrm_segment *seg = plan->segs;
	u32 i;

	if (plan->nr_segs != 1 || seg->rsp_off == PVDRM_ABSENT)
		return;
	for (i = 0; i < plan->nr_fixups; i++) {
		u64 at = seg->addr - PROGRAM_BASE + plan->fixups[i].off;

		if (plan->fixups[i].kind == PVDRM_FIXUP_FD ||
		    (plan->fixups[i].result && status >= 0))
			continue;
		if (at + 8 <= sizeof(expected))
			MUST(!memcmp(program.bytes + at, expected + at, 8));
	}
}

/* The new one, an error, or what was there; each answer to one of them counts */
static void must_be_descriptors(const struct pvdrm_plan *plan)
{
	const struct pvdrm_segment *seg = plan->segs;
	s32 now, then;
	u32 i;

	if (plan->nr_segs != 1 || seg->rsp_off == PVDRM_ABSENT)
		return;
	for (i = 0; i < plan->nr_fixups; i++) {
		u64 at = seg->addr - PROGRAM_BASE + plan->fixups[i].off;

		if (plan->fixups[i].kind != PVDRM_FIXUP_FD ||
		    at + sizeof(now) > sizeof(expected))
			continue;
		memcpy(&now, program.bytes + at, sizeof(now));
		memcpy(&then, expected + at, sizeof(then));
		MUST(now < 0 || now == then || now == plan->new_fd);
	}
}

/* Put mostly what a backend may put there, for a byte each */
static void answer_fds(struct generator *g, struct pvdrm_plan *plan, u8 *rsp)
{
	u32 i;

	for (i = 0; i < plan->nr_fixups; i++) {
		u32 at = plan->segs[plan->fixups[i].seg].rsp_off;
		s32 value = (s32)generate_below(g, 8) - 4;

		if (plan->fixups[i].kind != PVDRM_FIXUP_FD ||
		    at == PVDRM_ABSENT)
			continue;
		memcpy(rsp + at + plan->fixups[i].off, &value, sizeof(value));
	}
}

void fuzz_table(struct generator *g, const struct pvdrm_table *table)
{
	u32 cmd = generate_cmd(g, table);
	u64 arg = PROGRAM_BASE + 16 * generate_below(g, 32);
	long status = generate_below(g, 2) ? 0 : -EBUSY;
	int expect = 0, err;
	struct pvdrm_plan plan;
	size_t len, i;
	u8 *rsp;

	generate_memory(g);
	memcpy(expected, program.bytes, sizeof(expected));
	pvdrm_plan_init(&plan);
	err = pvdrm_pack_request(&plan, table, pvdrm_table_find(table, cmd),
				 cmd, arg, &program_mem);
	if (err) {
		pvdrm_plan_free(&plan);
		return;
	}
	len = plan.rsp_len;
	if (!generate_below(g, 8)) {
		len = generate_below(g, 1024);
		expect = len == plan.rsp_len ? 0 : -EPROTO;
	}
	rsp = malloc(len + !len);
	for (i = 0; i < len; i++)
		rsp[i] = ~generate_byte(g) ^ i;

	if (!expect)
		answer_fds(g, &plan, rsp);
	if (plan.makes_fd && generate_below(g, 2))
		plan.new_fd = 1234;

	allow(&plan, status);
	err = pvdrm_unpack_response(&plan, rsp, len, status, &program_mem);
	/* A wrong answer to a descriptor is one to all */
	if (err == -EPROTO && plan.nr_fixups)
		expect = err;
	MUST(err == expect || (!expect && err == -EFAULT));
	for (i = 0; i < sizeof(expected); i++)
		MUST((!expect && may_change[i]) ||
		     program.bytes[i] == expected[i]);
	if (!expect)
		must_keep_pointers(&plan, status);
	if (!err)
		must_be_descriptors(&plan);
	free(rsp);
	pvdrm_plan_free(&plan);
}
