// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_table.c: pvdrm_table_check() accepts good tables and names what is wrong
 * with each kind of bad one
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "space.h"
#include "back/tables/tables.h"

/* A small table with a field of each kind */
struct raw {
	struct xendrm_table head;
	struct xendrm_ioctl ioctls[3];
	struct xendrm_field fields[8];
};

/* Fields of the first ioctl, then those within them */
enum {
	F_ARRAY, F_CHAIN, F_FD, F_OTHER,
	F_STRING, F_TIME,
	F_VARIANT,
	F_OUT,
};

static const struct raw good = {
	.head = {
		.magic = XENDRM_TABLE_MAGIC,
		.version = XENDRM_TABLE_VERSION,
		.nr_ioctls = 3,
		.nr_fields = 8,
		.length = sizeof(struct raw),
	},
	.ioctls = {
		{ .cmd = _IOC(_IOC_READ | _IOC_WRITE, 'd', 0x40, 64),
		  .first = 0, .nr = 4 },
		{ .cmd = _IOC(_IOC_READ, 'd', 0x41, 16) },
		{ .cmd = _IOC(_IOC_READ | _IOC_WRITE, 'd', 0x42, 8),
		  .flags = XENDRM_IOCTL_LOCAL },
	},
	.fields = {
		[F_ARRAY] = {
			.kind = XENDRM_FIELD_ARRAY, .flags = XENDRM_FIELD_IN,
			.offset = 0, .count = 8, .count_width = 4,
			.stride = 12, .stride_width = 4,
			.elem_size = 16, .max = 64,
			.first = F_STRING, .nr = 2,
		},
		[F_CHAIN] = {
			.kind = XENDRM_FIELD_CHAIN, .flags = XENDRM_FIELD_IN,
			.offset = 16, .elem_size = 16, .stride = 0,
			.count = 8, .max = 4, .first = F_VARIANT, .nr = 1,
		},
		[F_FD] = {
			.kind = XENDRM_FIELD_FD, .flags = XENDRM_FIELD_OUT,
			.offset = 24, .aux = XENDRM_FD_SYNC_FILE,
			.cond = XENDRM_COND_ANY, .cond_width = 2,
			.cond_off = 28, .cond_value = 1,
		},
		[F_OTHER] = {
			.kind = XENDRM_FIELD_ARRAY,
			.flags = XENDRM_FIELD_IN | XENDRM_FIELD_OUT,
			.offset = 32, .count = 1, .elem_size = 4, .max = 1,
			.cond = XENDRM_COND_EQ, .cond_width = 4,
			.cond_off = 40, .cond_value = 5,
		},
		[F_STRING] = {
			.kind = XENDRM_FIELD_STRING, .flags = XENDRM_FIELD_IN,
			.offset = 0, .max = 32,
		},
		[F_TIME] = {
			.kind = XENDRM_FIELD_ABS_TIMEOUT,
			.flags = XENDRM_FIELD_IN, .offset = 8,
		},
		[F_VARIANT] = {
			.kind = XENDRM_FIELD_VARIANT, .flags = XENDRM_FIELD_IN,
			.elem_size = 32, .cond = XENDRM_COND_EQ,
			.cond_width = 4, .cond_off = 8, .cond_value = 7,
			.first = F_OUT, .nr = 1,
		},
		[F_OUT] = {
			.kind = XENDRM_FIELD_ARRAY, .flags = XENDRM_FIELD_OUT,
			.offset = 16, .count = 24, .count_width = 8,
			.elem_size = 4, .max = 9,
		},
	},
};

static int check(const struct raw *raw, size_t len, const char **why,
		 u32 *where)
{
	struct pvdrm_table table;
	void *exact = malloc(len);
	int err;

	/* Exactly so many bytes, for the sanitizer to watch over */
	memcpy(exact, raw, len);
	err = pvdrm_table_check(exact, len, &table, why, where);
	free(exact);
	return err;
}

static void good_passes(void **state)
{
	const char *why = "";
	u32 where;

	if (check(&good, sizeof(good), &why, &where))
		fail_msg("%s (%u)", why, where);
}

/* The ioctl's answer: a handle at 48, a size at 52, a place at 56 */
static const struct xendrm_field made = {
	.kind = XENDRM_FIELD_BUFFER, .aux = XENDRM_BUFFER_CREATED,
	.offset = 48, .count = 52, .count_width = 4,
	.stride = 56, .stride_width = 8, .max = 1u << 12 | 3u << 14,
};

static const struct xendrm_field freed = {
	.kind = XENDRM_FIELD_BUFFER, .aux = XENDRM_BUFFER_FREED, .offset = 48,
};

/* With what is said of buffers in place of another field */
static void buffers_pass(void **state)
{
	const struct xendrm_field *const fields[] = { &made, &freed };
	struct raw raw = good;
	const char *why = "";
	u32 where, i;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		raw.fields[F_OTHER] = *fields[i];
		if (check(&raw, sizeof(raw), &why, &where))
			fail_msg("%s (%u)", why, where);
	}
}

static void empty_passes(void **state)
{
	struct raw raw = good;
	const char *why = "";
	u32 where;

	raw.head.nr_ioctls = 0;
	raw.head.nr_fields = 0;
	raw.head.length = sizeof(raw.head);
	assert_int_equal(check(&raw, sizeof(raw.head), &why, &where), 0);
}

/* One thing wrong, the words it must be refused with, and the index named */
struct flaw {
	const char *why;
	u32 where;
	void (*spoil)(struct raw *raw);
};

/* To take the place of another field */
static const struct xendrm_field refusal = {
	.kind = XENDRM_FIELD_REFUSE, .aux = 22,
};

/* Another field in its place, which has nothing but a kind yet */
static void become(struct xendrm_field *f, u8 kind)
{
	*f = (struct xendrm_field){ .kind = kind };
}

#define SPOILED(name, reason, index, statement) \
	static void spoil_##name(struct raw *raw) \
	{ \
		struct xendrm_table *head = &raw->head; \
		struct xendrm_ioctl *ioctl = raw->ioctls; \
		struct xendrm_field *f = raw->fields; \
		(void)head; \
		(void)ioctl; \
		(void)f; \
		statement; \
	} \
	static const struct flaw flaw_##name = { \
		.why = reason, .where = index, .spoil = spoil_##name, \
	}

#include "flaws.h"

static void flaw_is_named(void **state)
{
	const struct flaw *flaw = *state;
	struct raw raw = good;
	const char *why = "";
	u32 where = ~0u;

	flaw->spoil(&raw);
	assert_int_equal(check(&raw, sizeof(raw), &why, &where), -EINVAL);
	assert_string_equal(why, flaw->why);
	assert_int_equal(where, flaw->where);
}

static void truncated_is_refused(void **state)
{
	const char *why = "";
	u32 where;
	size_t len;

	for (len = 0; len < sizeof(good); len++)
		assert_int_equal(check(&good, len, &why, &where), -EINVAL);
}

/* Arrays in arrays: the last one is too deep */
static void depth_is_limited(void **state)
{
	struct raw raw = good;
	const char *why = "";
	u32 where, i;

	raw.ioctls[0].nr = 1;
	for (i = 0; i < 8; i++)
		raw.fields[i] = (struct xendrm_field) {
			.kind = XENDRM_FIELD_ARRAY, .flags = XENDRM_FIELD_IN,
			.count = 1, .max = 1, .elem_size = 8,
			.first = i + 1, .nr = 1,
		};
	raw.fields[7].first = 0;
	raw.fields[7].nr = 0;
	assert_int_equal(check(&raw, sizeof(raw), &why, &where), -EINVAL);
	assert_string_equal(why, "field: nested too deeply");
	assert_int_equal(where, XENDRM_MAX_DEPTH);

	/* Two trees of four are fine */
	raw.fields[3].first = 0;
	raw.fields[3].nr = 0;
	raw.ioctls[1].cmd = _IOC(_IOC_WRITE, 'd', 0x41, 16);
	raw.ioctls[1].first = 4;
	raw.ioctls[1].nr = 1;
	assert_int_equal(check(&raw, sizeof(raw), &why, &where), 0);
}

static void find_goes_by_number_and_type(void **state)
{
	struct pvdrm_table table;
	const char *why;
	u32 where, i;

	assert_int_equal(pvdrm_table_check(&good, sizeof(good), &table, &why,
					   &where), 0);
	for (i = 0; i < 3; i++) {
		u32 cmd = _IOC(_IOC_NONE, 'd', 0x40 + i, 1234);

		assert_ptr_equal(pvdrm_table_find(&table, cmd),
				 &good.ioctls[i]);
		cmd = _IOC(_IOC_NONE, 'e', 0x40 + i, 1234);
		assert_null(pvdrm_table_find(&table, cmd));
	}
	assert_null(pvdrm_table_find(&table, _IOC(0, 'd', 0x3f, 8)));
	assert_null(pvdrm_table_find(&table, _IOC(0, 'd', 0x43, 8)));
	assert_null(pvdrm_table_find(&table, _IOC(0, 'd', 0xff, 8)));
}

/* Whatever is in a table, the check ends and does not look outside */
static void garbage_is_survived(void **state)
{
	struct raw raw;
	const char *why;
	u32 where, i, n;

	test_random_seed(3);
	for (i = 0; i < 20000; i++) {
		raw = good;
		for (n = test_random() % 4 + 1; n; n--)
			((u8 *)&raw)[test_random() % sizeof(raw)] =
				test_random() % 3 ? test_random() % 16 :
						    test_random();
		check(&raw, sizeof(raw), &why, &where);
	}
}

static void drivers_tables_pass(void **state)
{
	static const char *const names[] = { "vgem", "virtio_gpu" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		const struct pvdrm_driver_table *drv;
		struct pvdrm_table table;
		const char *why = "";
		u32 where = 0;
		size_t len;
		void *buf;

		drv = pvdrm_driver_table_find(names[i]);
		assert_non_null(drv);
		assert_int_equal(pvdrm_table_build(drv, &buf, &len), 0);
		if (pvdrm_table_check(buf, len, &table, &why, &where))
			fail_msg("%s: %s (%u)", names[i], why, where);
		pvdrm_free(buf);
	}
	assert_null(pvdrm_driver_table_find("vkms"));
	assert_null(pvdrm_driver_table_find(""));
}

static void refusals_have_reasons(void **state)
{
	const struct pvdrm_driver_table *drv;
	const struct pvdrm_refusal *r;

	drv = pvdrm_driver_table_find("virtio_gpu");
	r = pvdrm_table_refusal(drv, DRM_IOCTL_GEM_FLINK);
	assert_non_null(r);
	assert_string_equal(r->name, "DRM_IOCTL_GEM_FLINK");
	assert_true(strlen(r->why) > 10);
	assert_null(pvdrm_table_refusal(drv, DRM_IOCTL_GEM_CLOSE));
	assert_null(pvdrm_table_refusal(NULL, DRM_IOCTL_GEM_CLOSE));
	assert_non_null(pvdrm_table_refusal(NULL, DRM_IOCTL_MODE_ATOMIC));
}

int main(void)
{
	const struct unit_case tests[] = {
		cmocka_unit_test(good_passes),
		cmocka_unit_test(buffers_pass),
		cmocka_unit_test(empty_passes),
		FLAW_TESTS
		cmocka_unit_test(truncated_is_refused),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(find_goes_by_number_and_type),
		cmocka_unit_test(garbage_is_survived),
		cmocka_unit_test(drivers_tables_pass),
		cmocka_unit_test(refusals_have_reasons),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
