// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_agree.c: whatever the frontend packs, the backend plans the same; and a
 * driver that does nothing leaves the program's memory as it was
 */
#include "generate.h"

static u8 before[GENERATED_MEMORY + 64];

static void must_agree(const struct pvdrm_plan *front,
		       const struct pvdrm_plan *back)
{
	u32 i;

	MUST(front->req_len == back->req_len);
	MUST(front->rsp_len == back->rsp_len);
	MUST(front->arena_len == back->arena_len);
	MUST(front->arg_size == back->arg_size);
	MUST(front->arg_room == back->arg_room);
	MUST(front->makes_fd == back->makes_fd);
	MUST(front->nr_segs == back->nr_segs);
	MUST(front->nr_fixups == back->nr_fixups);
	for (i = 0; i < front->nr_segs; i++) {
		MUST(front->segs[i].len == back->segs[i].len);
		MUST(front->segs[i].req_off == back->segs[i].req_off);
		MUST(front->segs[i].rsp_off == back->segs[i].rsp_off);
	}
	for (i = 0; i < front->nr_fixups; i++) {
		MUST(front->fixups[i].seg == back->fixups[i].seg);
		MUST(front->fixups[i].off == back->fixups[i].off);
		MUST(front->fixups[i].kind == back->fixups[i].kind);
		MUST(front->fixups[i].dir == back->fixups[i].dir);
		MUST(front->fixups[i].result == back->fixups[i].result);
		MUST(front->fixups[i].wire == back->fixups[i].wire);
	}
}

/* Back it comes, from a driver that failed at once */
static void round_trip(struct pvdrm_plan *front, struct pvdrm_plan *back,
		       u8 *req)
{
	u8 *rsp = malloc(front->rsp_len + !front->rsp_len);
	int err;

	MUST(!pvdrm_unpack_request(back, req, ARENA_BASE, BAD_ADDRESS,
				   &arena_mem));
	MUST(!pvdrm_pack_response(back, rsp, -EBUSY, &arena_mem));
	err = pvdrm_unpack_response(front, rsp, front->rsp_len, -EBUSY,
				    &program_mem);
	MUST(!err || err == -EFAULT);
	free(rsp);
	/* A struct that only comes out comes out as zeroes, as natively */
	if (front->nr_segs && front->segs[0].req_off == PVDRM_ABSENT &&
	    front->segs[0].rsp_off != PVDRM_ABSENT)
		return;
	MUST(!memcmp(program.bytes, before, sizeof(before)));
}

static void name_fences(struct generator *g, struct pvdrm_plan *plan)
{
	u32 i;

	for (i = 0; i < plan->nr_fixups; i++)
		if (pvdrm_fixup_fd(&plan->fixups[i], XENDRM_FIELD_IN))
			pvdrm_pack_fd(plan, &plan->fixups[i],
				      generate_number(g, 4));
}

void fuzz_table(struct generator *g, const struct pvdrm_table *table)
{
	u32 cmd = generate_cmd(g, table);
	u64 arg = PROGRAM_BASE + 16 * generate_below(g, 32);
	const struct xendrm_ioctl *desc = pvdrm_table_find(table, cmd);
	struct pvdrm_plan front, back;

	generate_memory(g);
	memcpy(before, program.bytes, sizeof(before));
	/* The program's memory is not much larger than what has been made */
	program.hole = PROGRAM_BASE + sizeof(before);
	program.hole_len = SPACE_SIZE - sizeof(before);

	pvdrm_plan_init(&front);
	pvdrm_plan_init(&back);
	if (!pvdrm_pack_request(&front, table, desc, cmd, arg, &program_mem)) {
		u8 *req = malloc(front.req_len + !front.req_len);

		name_fences(g, &front);
		if (front.req_len)
			memcpy(req, front.buf, front.req_len);
		MUST(!pvdrm_parse_request(&back, table, desc, cmd, req,
					  front.req_len, front.rsp_len));
		must_agree(&front, &back);
		round_trip(&front, &back, req);
		free(req);
	}
	MUST(!memcmp(program.bytes + sizeof(before), "\0\0\0\0\0\0\0", 8));
	pvdrm_plan_free(&front);
	pvdrm_plan_free(&back);
}
