// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_limits.c: no count above its maximum reaches a driver
 *
 * Generated from the tables: for each count of each driver, a request that is
 * accepted with one element, and is refused with one element too many, whatever
 * stands for the pointer. The driver may allocate by the count first.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "carry.h"

#define MAX_PATH	(XENDRM_MAX_DEPTH + 1)
#define MANY		(~0ull)

static const struct pvdrm_table *table;
static u8 request[1u << 16];

/* Fields from the argument's to the one under test, and where their structs are */
static const struct xendrm_field *path[MAX_PATH];
static u32 at[MAX_PATH];

static void put(u32 off, u64 value, u32 width)
{
	memcpy(request + off, &value, width);
}

static void meet_condition(u32 base, const struct xendrm_field *f)
{
	u64 value = f->cond_value;

	if (f->cond == XENDRM_COND_NE || f->cond == XENDRM_COND_GT)
		value++;
	if (f->cond != XENDRM_COND_ALWAYS)
		put(base + f->cond_off, value, f->cond_width);
}

/* Values without which the struct is refused */
static void meet_refusals(u32 base, u32 first, u32 nr)
{
	const struct xendrm_field *f = table->fields + first;

	for (; f < table->fields + first + nr; f++)
		if (f->kind == XENDRM_FIELD_REFUSE &&
		    f->cond == XENDRM_COND_NE && !f->count_width)
			put(base + f->cond_off, f->cond_value, f->cond_width);
}

/* Counts as many as there are bytes for one element */
static void put_count(u32 base, const struct xendrm_field *f, u64 nr)
{
	if (!f->count_width)
		return;
	put(base + f->count, nr, f->count_width);
	if (!(f->flags & XENDRM_FIELD_PRODUCT)) {
		if (f->kind == XENDRM_FIELD_ARRAY && f->stride_width)
			put(base + f->stride, f->elem_size, f->stride_width);
		return;
	}
	if (f->kind == XENDRM_FIELD_VARIANT)
		put(base + f->aux, 1, f->stride_width);
	else
		put(base + f->stride, 1, f->stride_width);
}

/*
 * A request in which every field on the path applies, has one element, and leads
 * to the next. Returns its length; the last pointer is @marker, its count @nr.
 */
static u32 make_request(const struct xendrm_ioctl *desc, u32 depth, u64 marker,
			u64 nr)
{
	u32 len = _IOC_SIZE(desc->cmd);
	u32 d;

	memset(request, 0, sizeof(request));
	at[0] = 0;
	meet_refusals(0, desc->first, desc->nr);
	for (d = 0; d <= depth; d++) {
		const struct xendrm_field *f = path[d];
		u64 one = f->aux && f->kind == XENDRM_FIELD_ARRAY ?
			  (f->elem_size + f->aux - 1) / f->aux : 1;

		meet_condition(at[d], f);
		if (f->kind == XENDRM_FIELD_VARIANT) {
			/* The struct that the chain led to is this one. */
			put_count(at[d], f, d == depth ? nr : 0);
			len = at[d] + f->elem_size;
			at[d + 1] = at[d];
			continue;
		}
		put(at[d] + f->offset, d == depth ? marker : XENDRM_PTR_DATA,
		    sizeof(u64));
		if (f->kind == XENDRM_FIELD_ARRAY)
			put_count(at[d], f, d == depth ? nr : one);
		at[d + 1] = (len + 7) & ~7u;
		if (d == depth || f->kind != XENDRM_FIELD_ARRAY)
			continue;
		len = at[d + 1] + f->elem_size;
		meet_refusals(at[d + 1], f->first, f->nr);
	}
	assert_true(len <= sizeof(request));
	return len;
}

static int parse(const struct xendrm_ioctl *desc, u32 len)
{
	struct pvdrm_plan plan;
	int err;

	pvdrm_plan_init(&plan);
	err = pvdrm_parse_request(&plan, table, desc, desc->cmd, request, len,
				  XENDRM_MAX_MESSAGE);
	pvdrm_plan_free(&plan);
	return err;
}

/* The same from a program: its pointer is NULL, or leads nowhere */
static int pack(const struct xendrm_ioctl *desc, u32 len, u64 pointer)
{
	struct pvdrm_plan plan;
	int err;

	put(path[0]->offset, pointer, sizeof(u64));
	space_reset();
	pvdrm_plan_init(&plan);
	err = pvdrm_pack_request(&plan, table, desc, desc->cmd,
				 space_put(&program, request, len),
				 &program_mem);
	pvdrm_plan_free(&plan);
	return err;
}

/* A value of the count that makes another field stand for the pointer is none. */
static bool means_another(u32 list, const struct xendrm_field *f, u64 nr)
{
	const struct xendrm_field *other = table->fields + list;

	for (; other < f; other++)
		if (other->offset == f->offset && other->cond_off == f->count &&
		    other->cond != XENDRM_COND_ALWAYS &&
		    pvdrm_field_applies(other, nr))
			return true;
	return false;
}

static void check_marker(const struct xendrm_ioctl *desc, u32 list, u32 depth,
			 u64 marker)
{
	const struct xendrm_field *f = path[depth];
	u64 most = f->count_width < 8 ? (1ull << 8 * f->count_width) - 1 : MANY;
	static const u64 more[] = { 1, 1000, MANY };
	u32 i, len;

	for (i = 0; i < ARRAY_SIZE(more); i++) {
		u64 nr = more[i] < most - f->max ? f->max + more[i] : most;
		int err;

		if (means_another(list, f, nr))
			continue;
		len = make_request(desc, depth, marker, nr);
		err = parse(desc, len);
		if (err >= 0 || err == -EPROTO)
			fail_msg("ioctl %#x, field %zu: %llu elements with marker %llu: %d",
				 desc->cmd, f - table->fields,
				 (unsigned long long)nr,
				 (unsigned long long)marker, err);
		if (depth)
			continue;
		assert_true(pack(desc, len, 0) < 0);
		assert_true(pack(desc, len, BAD_ADDRESS) < 0);
	}
}

static u32 nr_checked;

static void check_field(const struct xendrm_ioctl *desc, u32 list, u32 depth)
{
	const struct xendrm_field *f = path[depth];
	bool array = f->kind == XENDRM_FIELD_ARRAY;
	int err;

	if (!f->count_width || (!array && f->kind != XENDRM_FIELD_VARIANT) ||
	    (f->count_width < 4 && f->max >= (1u << 8 * f->count_width) - 1))
		return;
	/* It is the count that is refused, not something else. */
	err = parse(desc, make_request(desc, depth, XENDRM_PTR_NULL, !array ? 0 : 1));
	if (err)
		fail_msg("ioctl %#x, field %zu: %d", desc->cmd,
			 f - table->fields, err);
	check_marker(desc, list, depth, XENDRM_PTR_NULL);
	check_marker(desc, list, depth, XENDRM_PTR_DATA);
	if (f->flags & XENDRM_FIELD_IN)
		check_marker(desc, list, depth, XENDRM_PTR_FAULT);
	nr_checked++;
}

static void check_list(const struct xendrm_ioctl *desc, u32 first, u32 nr,
		       u32 depth)
{
	u32 i;

	for (i = first; i < first + nr; i++) {
		path[depth] = &table->fields[i];
		check_field(desc, first, depth);
		check_list(desc, path[depth]->first, path[depth]->nr, depth + 1);
	}
}

#define NAME(driver)	#driver,

static void no_count_above_its_maximum(void **state)
{
	static const char *const drivers[] = {
		PVDRM_DRIVERS(NAME)
	};
	u32 d, i;

	for (d = 0; d < ARRAY_SIZE(drivers); d++) {
		space_reset();
		table = carry_table(pvdrm_driver_table_find(drivers[d]));
		for (i = 0; i < table->nr_ioctls; i++)
			check_list(&table->ioctls[i], table->ioctls[i].first,
				   table->ioctls[i].nr, 0);
	}
	/* More than a hundred by now; core's are in each table */
	assert_true(nr_checked > 100);
}

int main(void)
{
	const struct unit_case tests[] = {
		cmocka_unit_test(no_count_above_its_maximum),
	};

	return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
