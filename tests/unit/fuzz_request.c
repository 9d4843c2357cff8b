// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_request.c: any table is checked, and with one that passes, any request
 * is planned, placed and collected, within what the plan says
 */
#include "generate.h"

#define REQUEST_MAX	4096

static void must_fit(const struct pvdrm_plan *plan, size_t len)
{
	u32 i;

	MUST(plan->req_len == len);
	MUST(plan->arena_len <= PVDRM_MAX_ARENA);
	for (i = 0; i < plan->nr_segs; i++) {
		const struct pvdrm_segment *seg = &plan->segs[i];

		MUST(seg->len);
		MUST(seg->addr + seg->len <= plan->arena_len);
		/* One behind the other, nowhere two */
		if (i)
			MUST(seg->addr >= seg[-1].addr + seg[-1].len);
		if (seg->req_off != PVDRM_ABSENT)
			MUST((u64)seg->req_off + seg->len <= plan->req_len);
		if (seg->rsp_off != PVDRM_ABSENT)
			MUST((u64)seg->rsp_off + seg->len <= plan->rsp_len);
	}
	for (i = 0; i < plan->nr_fixups; i++) {
		const struct pvdrm_fixup *fixup = &plan->fixups[i];

		MUST(fixup->seg < plan->nr_segs);
		MUST(fixup->off + pvdrm_fixup_len(fixup) <=
		     plan->segs[fixup->seg].len);
		MUST(plan->segs[fixup->seg].req_off != PVDRM_ABSENT);
	}
}

/* Some descriptors of this side; none may be seen on the other */
#define HOST_FD		0x00c0ffee

static void open_fds(struct pvdrm_plan *plan)
{
	u32 i;

	for (i = 0; i < plan->nr_fixups; i++)
		if (pvdrm_fixup_fd(&plan->fixups[i], XENDRM_FIELD_IN) &&
		    plan->fixups[i].wire != XENDRM_FD_BAD)
			plan->fixups[i].here = HOST_FD;
}

static void must_hide_fds(const struct pvdrm_plan *plan, const u8 *rsp)
{
	s32 value;
	u32 i, at;

	for (i = 0; i < plan->nr_fixups; i++) {
		at = plan->segs[plan->fixups[i].seg].rsp_off;
		if (plan->fixups[i].kind != PVDRM_FIXUP_FD ||
		    at == PVDRM_ABSENT)
			continue;
		memcpy(&value, rsp + at + plan->fixups[i].off, sizeof(value));
		/* Nobody has written the result: it is what was sent */
		if (plan->fixups[i].result)
			MUST(value < 0 || value == XENDRM_FD_NEW);
		else
			MUST(value == XENDRM_FD_SAME);
	}
}

static void serve(struct pvdrm_plan *plan, void *req)
{
	u8 *rsp = malloc(plan->rsp_len + 1);

	/* Not a byte outside */
	arena.hole = ARENA_BASE + plan->arena_len;
	arena.hole_len = SPACE_SIZE - plan->arena_len;
	memset(arena.bytes, 0x5a, min(plan->arena_len, 65536u));
	rsp[plan->rsp_len] = 0x5a;
	open_fds(plan);
	MUST(!pvdrm_unpack_request(plan, req, ARENA_BASE, BAD_ADDRESS,
				   &arena_mem));
	MUST(!pvdrm_pack_response(plan, rsp, 0, &arena_mem));
	must_hide_fds(plan, rsp);
	MUST(rsp[plan->rsp_len] == 0x5a);
	/* The fuzzer has seen the arena's address, and may send it. */
	MUST(!space_leaks(&arena, rsp, plan->rsp_len) ||
	     space_leaks(&arena, req, plan->req_len));
	free(rsp);
}

void fuzz_table(struct generator *g, const struct pvdrm_table *table)
{
	u32 cmd = generate_cmd(g, table);
	u32 rsp_max = generate_below(g, 4) ? XENDRM_MAX_MESSAGE :
					     generate_byte(g);
	struct pvdrm_plan plan;
	u8 bytes[REQUEST_MAX];
	size_t len = generate_request(g, bytes, sizeof(bytes));
	const struct xendrm_ioctl *desc = pvdrm_table_find(table, cmd);
	u8 *req = malloc(len + !len);
	int err;

	MUST(desc);
	memcpy(req, bytes, len);
	pvdrm_plan_init(&plan);
	err = pvdrm_parse_request(&plan, table, desc, cmd, req, len, rsp_max);
	/* Mostly it is only too long */
	if (err == -EPROTO && plan.req_len < len) {
		len = plan.req_len;
		free(req);
		req = malloc(len + !len);
		memcpy(req, bytes, len);
		err = pvdrm_parse_request(&plan, table, desc, cmd, req, len,
					  rsp_max);
	}
	if (!err) {
		MUST(plan.rsp_len <= rsp_max);
		must_fit(&plan, len);
		serve(&plan, req);
	}
	pvdrm_plan_free(&plan);
	free(req);
}
