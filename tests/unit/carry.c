// SPDX-License-Identifier: GPL-2.0-only
/*
 * carry.c: see carry.h
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "carry.h"

struct pvdrm_plan carried = {
	.segs = carried.inline_segs,
	.fixups = carried.inline_fixups,
};

u8 carried_req[XENDRM_MAX_MESSAGE];
u32 carried_req_len;
u32 carried_rsp_len;
u32 mock_size;

long mock_drm_ioctl(struct space *s, u32 cmd, u64 arg, u32 known,
		    mock_ioctl func)
{
	static u8 data[16384];
	u32 in = _IOC_SIZE(cmd), out = _IOC_SIZE(cmd);
	long ret;

	if (!(_IOC_DIR(cmd) & _IOC_DIR(known) & _IOC_WRITE))
		in = 0;
	if (!(_IOC_DIR(cmd) & _IOC_DIR(known) & _IOC_READ))
		out = 0;
	if (space_read(s, data, arg, in))
		return -EFAULT;
	memset(data + in, 0, sizeof(data) - in);
	mock_size = _IOC_SIZE(cmd);
	ret = func(s, data);
	if (space_write(s, arg, data, out))
		return -EFAULT;
	return ret;
}

const struct pvdrm_table *carry_table(const struct pvdrm_driver_table *drv)
{
	static struct pvdrm_table table;
	static void *buf;
	const char *why = "";
	u32 where = 0;
	size_t len;

	pvdrm_free(buf);
	assert_int_equal(pvdrm_table_build(drv, &buf, &len), 0);
	if (pvdrm_table_check(buf, len, &table, &why, &where))
		fail_msg("%s (%u)", why, where);
	return &table;
}

/* Frontend's and backend's plan speak of the same things */
static void assert_plans_agree(const struct pvdrm_plan *front,
			       const struct pvdrm_plan *back)
{
	u32 i;

	assert_int_equal(front->req_len, back->req_len);
	assert_int_equal(front->rsp_len, back->rsp_len);
	assert_int_equal(front->arena_len, back->arena_len);
	assert_int_equal(front->nr_segs, back->nr_segs);
	assert_int_equal(front->nr_fixups, back->nr_fixups);
	for (i = 0; i < front->nr_segs; i++) {
		assert_int_equal(front->segs[i].len, back->segs[i].len);
		assert_int_equal(front->segs[i].req_off, back->segs[i].req_off);
		assert_int_equal(front->segs[i].rsp_off, back->segs[i].rsp_off);
	}
	for (i = 0; i < front->nr_fixups; i++) {
		assert_int_equal(front->fixups[i].seg, back->fixups[i].seg);
		assert_int_equal(front->fixups[i].off, back->fixups[i].off);
		assert_int_equal(front->fixups[i].wire, back->fixups[i].wire);
	}
}

u32 carry_fence(s32 fd)
{
	return fd < 0 ? XENDRM_FD_BAD : XENDRM_FENCE_NAME(fd, 3);
}

s32 carry_host_fd(u32 fence)
{
	return fence == XENDRM_FD_BAD ? -1 : 1000 + XENDRM_FENCE_SLOT(fence);
}

static void carry_pack_fds(struct pvdrm_plan *plan)
{
	struct pvdrm_fixup *fixup;

	for (fixup = plan->fixups; fixup < plan->fixups + plan->nr_fixups;
	     fixup++)
		if (pvdrm_fixup_fd(fixup, XENDRM_FIELD_IN))
			pvdrm_pack_fd(plan, fixup, carry_fence(fixup->here));
}

static void carry_open_fds(struct pvdrm_plan *plan)
{
	struct pvdrm_fixup *fixup;

	for (fixup = plan->fixups; fixup < plan->fixups + plan->nr_fixups;
	     fixup++)
		if (pvdrm_fixup_fd(fixup, XENDRM_FIELD_IN))
			fixup->here = (u32)carry_host_fd(fixup->wire);
}

static long carry_serve(const struct pvdrm_table *table,
			const struct xendrm_ioctl *desc, u32 cmd, u32 known,
			mock_ioctl func, u8 *rsp)
{
	static u8 private_req[XENDRM_MAX_MESSAGE];
	struct pvdrm_plan plan;
	long ret;

	memcpy(private_req, carried_req, carried_req_len);
	pvdrm_plan_init(&plan);
	assert_int_equal(pvdrm_parse_request(&plan, table, desc, cmd,
					     private_req, carried_req_len,
					     carried_rsp_len),
			 0);
	assert_plans_agree(&carried, &plan);

	carry_open_fds(&plan);

	/* What an earlier request left there must not matter */
	test_random_fill(arena.bytes, plan.arena_len + 64);
	assert_int_equal(pvdrm_unpack_request(&plan, private_req, ARENA_BASE,
					      BAD_ADDRESS, &arena_mem), 0);
	ret = mock_drm_ioctl(&arena, cmd, ARENA_BASE, known, func);
	assert_int_equal(pvdrm_pack_response(&plan, rsp, ret, &arena_mem), 0);
	carried.new_fd = plan.new_fd;
	assert_false(space_leaks(&arena, rsp, plan.rsp_len));
	pvdrm_plan_free(&plan);
	return ret;
}

long carry(const struct pvdrm_table *table, u32 cmd, u64 arg, u32 known,
	   mock_ioctl func)
{
	const struct xendrm_ioctl *desc = pvdrm_table_find(table, cmd);
	u8 *rsp;
	long ret;
	int err;

	assert_non_null(desc);
	pvdrm_plan_free(&carried);
	err = pvdrm_pack_request(&carried, table, desc, cmd, arg, &program_mem);
	if (err)
		return err;
	carry_pack_fds(&carried);
	carried_req_len = carried.req_len;
	carried_rsp_len = carried.rsp_len;
	if (carried_req_len)
		memcpy(carried_req, carried.buf, carried_req_len);
	assert_false(space_leaks(&program, carried_req, carried_req_len));

	rsp = malloc(carried_rsp_len + 1);
	memset(rsp, 0xa5, carried_rsp_len + 1);
	ret = carry_serve(table, desc, cmd, known, func, rsp);
	assert_int_equal(rsp[carried_rsp_len], 0xa5);
	err = pvdrm_unpack_response(&carried, rsp, carried_rsp_len, ret,
				    &program_mem);
	free(rsp);
	return err ? err : ret;
}

long carry_compare(const struct pvdrm_table *table, u32 cmd, u64 arg, u32 known,
		   mock_ioctl func)
{
	static u8 before[SPACE_SIZE];
	static u8 direct[SPACE_SIZE];
	u32 used = program.used;
	long native, ret;

	memcpy(before, program.bytes, used);
	native = mock_drm_ioctl(&program, cmd, arg, known, func);
	memcpy(direct, program.bytes, used);
	memcpy(program.bytes, before, used);

	ret = carry(table, cmd, arg, known, func);
	assert_int_equal(ret, native);
	assert_memory_equal(program.bytes, direct, used);
	return ret;
}
