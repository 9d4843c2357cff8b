// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_forms.c: what arguments of real drivers have besides plain arrays:
 * structs with a length in words, two counts, pointers that results replace,
 * links with elements after them, places with several meanings, refusals
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "carry.h"

#define ROUNDS	400

/* A struct that may be longer or shorter than what is known of it */
struct forms_block {
	u64 bytes;
	u32 len;
	u32 pad;
};

/* A link that is followed by numbers */
struct forms_link {
	u64 next;
	u32 tag;
	u16 nr;
	u16 times;
	u32 numbers[];
};

enum {
	FORMS_NUMBERS = 4, FORMS_BAD = 5, FORMS_SQUARE = 6,
};

enum {
	FORMS_CHAIN = 1, FORMS_WORDS = 2, FORMS_REFUSED = 4,
};

struct forms_arg {
	u64 block;
	u32 words;		/* 32-bit ones, of the block */
	u32 flags;		/* what any is: of two bits, the lower counts */
	u64 any;
	u64 cells;
	u16 rows;
	u16 columns;
	u32 sum;
};

union forms_wait {
	struct {
		u64 handles;
		u32 nr;
		u32 fail;
		s64 timeout;
	} in;
	struct {
		u32 status;
		u32 first;
	} out;
};

#define DRM_IOCTL_FORMS_ALL	DRM_IOWR(0x40, struct forms_arg)
#define DRM_IOCTL_FORMS_WAIT	DRM_IOWR(0x41, union forms_wait)

/* ------------------------------------------------------------------ the table */

#define ARG struct forms_block
static const struct pvdrm_field_entry block[] = {
	ARRAY(bytes, IN, COUNT(len), ELEM(char), AT_MOST(100)),
};

#undef ARG

static const struct pvdrm_field_entry refused[] = {
	REFUSE(EACCES),
};

#define ARG struct forms_link
static const struct pvdrm_field_entry links[] = {
	VARIANT(FORMS_NUMBERS, struct forms_link, tag, struct forms_link, INOUT,
		COUNT(nr), TRAILING(u32), AT_MOST(50)),
	VARIANT(FORMS_SQUARE, struct forms_link, tag, struct forms_link,
		IN_TIMES, COUNT(nr), TRAILING_TIMES(times), TRAILING(u32),
		AT_MOST(50)),
	VARIANT(FORMS_BAD, struct forms_link, tag, struct forms_link, IN,
		EACH(refused)),
};

#undef ARG

#define ARG struct forms_arg
static const struct pvdrm_field_entry forms_all[] = {
	REFUSE(EPERM, WHEN_ANY(flags, FORMS_REFUSED)),
	REFUSE(EACCES, WHEN_GT(flags, 7), RANGE(sum, 3, 5)),
	ARRAY(block, INOUT, UNITS(words, 4), ELEM(struct forms_block),
	      AT_MOST(64), EACH(block)),
	CHAIN(any, struct forms_link, next, tag, 4, links,
	      WHEN_ANY(flags, FORMS_CHAIN)),
	ARRAY(any, IN, ONE, ELEM(u32[5]), WHEN_ANY(flags, FORMS_WORDS)),
	STRING(any, 16),
	ARRAY(cells, IN_TIMES, COUNT(rows), TIMES(columns), ELEM(u32),
	      AT_MOST(300)),
};

#undef ARG

#define ARG union forms_wait
static const struct pvdrm_field_entry forms_wait[] = {
	ARRAY(in.handles, IN_RESULT, COUNT(in.nr), ELEM(u32), AT_MOST(100)),
	ABS_TIMEOUT_OR_RESULT(in.timeout),
};

#undef ARG

static const struct pvdrm_ioctl_entry forms_ioctls[] = {
	IOCTL(FORMS_ALL,	NOTHING,	FIELDS(forms_all)),
	IOCTL(FORMS_WAIT,	NOTHING,	FIELDS(forms_wait)),
};

static const struct pvdrm_driver_table forms_table = {
	.driver = "forms",
	.ioctls = forms_ioctls,
	.nr = ARRAY_SIZE(forms_ioctls),
};

/* ----------------------------------------------------------------- the driver */

static long sum_at(struct space *s, u64 at, size_t len, u32 *sum)
{
	u8 bytes[4096];
	size_t i;

	if (space_read(s, bytes, at, len))
		return -EFAULT;
	for (i = 0; i < len; i++)
		*sum = *sum * 31 + bytes[i];
	return 0;
}

static long drive_block(struct space *s, const struct forms_arg *arg, u32 *sum)
{
	struct forms_block known = { 0 };
	size_t len = arg->words * 4, i;
	u8 bytes[256];

	if (!len)
		return 0;
	if (space_read(s, bytes, arg->block, len))
		return -EFAULT;
	memcpy(&known, bytes, min(len, sizeof(known)));
	for (i = sizeof(known); i < len; i++) {
		*sum = *sum * 31 + bytes[i];
		bytes[i] ^= 0x11;
	}
	if (len > 8 && sum_at(s, known.bytes, known.len, sum))
		return -EFAULT;
	return space_write(s, arg->block, bytes, len);
}

static long drive_link(struct space *s, u64 at, struct forms_link *link,
		       u32 *sum)
{
	u32 numbers[50];
	u32 i;

	if (space_read(s, numbers, at + sizeof(*link), 4 * link->nr))
		return -EFAULT;
	for (i = 0; i < link->nr; i++) {
		*sum = *sum * 31 + numbers[i];
		numbers[i] = *sum;
	}
	return space_write(s, at + sizeof(*link), numbers, 4 * link->nr);
}

static long drive_chain(struct space *s, u64 at, u32 *sum)
{
	while (at) {
		struct forms_link link;

		if (space_read(s, &link, at, sizeof(link)))
			return -EFAULT;
		if (link.tag == FORMS_SQUARE &&
		    sum_at(s, at + sizeof(link), 4 * link.nr * link.times, sum))
			return -EFAULT;
		if (link.tag == FORMS_NUMBERS && drive_link(s, at, &link, sum))
			return -EFAULT;
		at = link.next;
	}
	return 0;
}

static long drive_string(struct space *s, u64 at, u32 *sum)
{
	u8 byte = 1;
	int i;

	for (i = 0; at && i < 16 && byte; i++) {
		if (space_read(s, &byte, at + i, 1))
			return -EFAULT;
		*sum = *sum * 31 + byte;
	}
	return 0;
}

static long drive_all(struct space *s, void *data)
{
	struct forms_arg *arg = data;
	u32 sum = arg->flags;
	long err;

	err = drive_block(s, arg, &sum);
	if (!err && arg->flags & FORMS_CHAIN)
		err = drive_chain(s, arg->any, &sum);
	else if (!err && arg->flags & FORMS_WORDS)
		err = arg->any ? sum_at(s, arg->any, 20, &sum) : 0;
	else if (!err)
		err = drive_string(s, arg->any, &sum);
	if (!err)
		err = sum_at(s, arg->cells, 4ul * arg->rows * arg->columns,
			     &sum);
	arg->sum = sum;
	return err;
}

static long drive_wait(struct space *s, void *data)
{
	union forms_wait *arg = data;
	u32 sum = 0;

	if (sum_at(s, arg->in.handles, 4ul * arg->in.nr, &sum))
		return -EFAULT;
	sum += arg->in.timeout - s->now;
	if (arg->in.fail)
		return -ETIME;
	memset(arg, 0, sizeof(*arg));
	arg->out.status = 1;
	arg->out.first = sum % 2 ? sum : 0;
	return 0;
}

/* -------------------------------------------------------------------- the tests */

static const struct pvdrm_table *table;

static int setup(void **state)
{
	space_reset();
	table = carry_table(&forms_table);
	return 0;
}

static u64 put_random(size_t len)
{
	u8 bytes[4096];

	test_random_fill(bytes, len);
	return space_put(&program, bytes, len);
}

static u64 put_link(u64 next, u32 tag, u16 nr)
{
	u8 bytes[sizeof(struct forms_link) + 60 * 4];
	struct forms_link *link = (void *)bytes;

	test_random_fill(bytes, sizeof(bytes));
	link->next = next;
	link->tag = tag;
	link->nr = nr;
	link->times = tag == FORMS_SQUARE ? nr : test_random();
	return space_put(&program, bytes, sizeof(bytes));
}

static u64 put_block(u32 words)
{
	u8 bytes[300];
	struct forms_block *b = (void *)bytes;

	test_random_fill(bytes, sizeof(bytes));
	b->len = words < 4 ? 0 : test_random() % 100;
	b->bytes = words < 2 ? 0 : put_random(100);
	/* Half a pointer is none */
	if (words == 1)
		return 0;
	return space_put(&program, bytes, 4 * words);
}

static void fill(struct forms_arg *arg)
{
	memset(arg, 0, sizeof(*arg));
	arg->words = test_random() % 64;
	if (arg->words == 1)
		arg->words = 0;
	arg->block = put_block(arg->words);
	arg->rows = test_random() % 17;
	arg->columns = test_random() % 17;
	arg->cells = put_random(4 * 17 * 17);
	arg->flags = test_random() % 4;
	if (arg->flags & FORMS_CHAIN)
		arg->any = put_link(put_link(put_link(0, FORMS_SQUARE,
						      test_random() % 8),
					     FORMS_NUMBERS,
					     test_random() % 50),
				    FORMS_NUMBERS, 3);
	else
		arg->any = put_random(20);
}

static long issue(u32 cmd, const void *arg, size_t len, mock_ioctl func)
{
	return carry_compare(table, cmd, space_put(&program, arg, len), cmd,
			     func);
}

static long issue_only(u32 cmd, const void *arg, size_t len)
{
	return carry(table, cmd, space_put(&program, arg, len), cmd, drive_all);
}

static void all_forms(void **state)
{
	struct forms_arg arg;
	u32 i;

	for (i = 0; i < ROUNDS; i++) {
		space_reset();
		fill(&arg);
		assert_int_equal(issue(DRM_IOCTL_FORMS_ALL, &arg, sizeof(arg),
				       drive_all), 0);
	}
}

static void counts_are_limited(void **state)
{
	struct forms_arg arg = { .cells = put_random(2000) };
	static const u16 pairs[][3] = {
		{ 1, 300, 0 }, { 300, 1, 0 }, { 17, 17, 0 }, { 0, 65535, 1 },
		{ 65535, 0, 1 }, { 0, 300, 0 }, { 300, 0, 0 }, { 18, 17, 1 }, { 301, 1, 1 }, { 1, 301, 1 },
		{ 65535, 65535, 1 },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		arg.rows = pairs[i][0];
		arg.columns = pairs[i][1];
		assert_int_equal(issue_only(DRM_IOCTL_FORMS_ALL, &arg,
					    sizeof(arg)),
				 pairs[i][2] ? -E2BIG : 0);
	}
	memset(&arg, 0, sizeof(arg));
	arg.words = 65;
	arg.block = put_random(300);
	assert_int_equal(issue_only(DRM_IOCTL_FORMS_ALL, &arg, sizeof(arg)),
			 -E2BIG);
	memset(&arg, 0, sizeof(arg));
	arg.flags = FORMS_CHAIN;
	arg.any = put_link(0, FORMS_NUMBERS, 51);
	assert_int_equal(issue_only(DRM_IOCTL_FORMS_ALL, &arg, sizeof(arg)),
			 -E2BIG);
	arg.any = put_link(0, FORMS_SQUARE, 8);
	assert_int_equal(issue_only(DRM_IOCTL_FORMS_ALL, &arg, sizeof(arg)),
			 -E2BIG);
	arg.any = put_link(0, FORMS_SQUARE, 65535);
	assert_int_equal(issue_only(DRM_IOCTL_FORMS_ALL, &arg, sizeof(arg)),
			 -E2BIG);
}

/* Both ends refuse: the backend does not rely on the frontend */
static void refusals(void **state)
{
	struct forms_arg arg = { .flags = FORMS_REFUSED };
	u32 cmd = DRM_IOCTL_FORMS_ALL;
	struct pvdrm_plan plan;

	assert_int_equal(issue_only(cmd, &arg, sizeof(arg)), -EPERM);
	pvdrm_plan_init(&plan);
	assert_int_equal(pvdrm_parse_request(&plan, table,
					     pvdrm_table_find(table, cmd), cmd,
					     &arg, sizeof(arg), 4096),
			 -EPERM);
	pvdrm_plan_free(&plan);
	arg.flags = 8;
	for (arg.sum = 0; arg.sum < 9; arg.sum++)
		assert_int_equal(issue_only(cmd, &arg, sizeof(arg)),
				 arg.sum < 3 || arg.sum > 5 ? 0 : -EACCES);
	arg.flags = FORMS_CHAIN;
	arg.any = put_link(0, FORMS_BAD, 0);
	assert_int_equal(issue_only(cmd, &arg, sizeof(arg)), -EACCES);
}

static void results(void **state)
{
	union forms_wait arg;
	u32 i;

	for (i = 0; i < ROUNDS; i++) {
		space_reset();
		memset(&arg, 0, sizeof(arg));
		arg.in.nr = test_random() % 20;
		arg.in.handles = test_random() % 8 ? put_random(80) :
				 BAD_ADDRESS;
		arg.in.fail = test_random() % 4 == 0;
		arg.in.timeout = program.now + 1 + test_random();
		issue(DRM_IOCTL_FORMS_WAIT, &arg, sizeof(arg), drive_wait);
	}
}

/* A driver that leaves the pointer there does not tell where its memory is */
static long leave_it(struct space *s, void *data)
{
	return 0;
}

static void no_result(void **state)
{
	union forms_wait arg = { .in.nr = 4, .in.handles = put_random(16) };

	assert_int_equal(carry(table, DRM_IOCTL_FORMS_WAIT,
			       space_put(&program, &arg, sizeof(arg)),
			       DRM_IOCTL_FORMS_WAIT, leave_it), 0);
}

int main(void)
{
	const struct unit_case tests[] = {
		cmocka_unit_test_setup(all_forms, setup),
		cmocka_unit_test_setup(counts_are_limited, setup),
		cmocka_unit_test_setup(refusals, setup),
		cmocka_unit_test_setup(results, setup),
		cmocka_unit_test_setup(no_result, setup),
	};
	int failed = cmocka_run_group_tests_name("forms", tests, NULL, NULL);

	pvdrm_plan_free(&carried);
	return failed;
}
