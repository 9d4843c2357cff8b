// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_hangs.c: the rules by which drivers are asked who hung the GPU
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "back/tables/tables.h"

static const struct pvdrm_ioctl_entry *
find(const struct pvdrm_driver_table *drv, u32 cmd)
{
	size_t i;

	for (i = 0; i < drv->nr; i++)
		if (drv->ioctls[i].cmd == cmd)
			return &drv->ioctls[i];
	fail_msg("%s: no ioctl %#x in the table", drv->driver, cmd);
	return NULL;
}

static void holds_a_word(u32 cmd, u32 offset)
{
	assert_in_range(offset + sizeof(u32), sizeof(u32), _IOC_SIZE(cmd));
	assert_int_equal(offset % sizeof(u32), 0);
}

static void frees(const struct pvdrm_object_rule *rule)
{
	if (rule->kind == PVDRM_OBJECT_BY_OP)
		assert_int_equal(rule->freed & ~rule->mask, 0);
	else
		assert_int_equal(rule->kind, PVDRM_OBJECT_FREES);
}

static bool check_rule(const struct pvdrm_driver_table *drv)
{
	const struct pvdrm_hang_rule *rule = drv->hangs;

	if (!rule)
		return false;
	find(drv, rule->submit);
	find(drv, rule->ask);
	frees(&find(drv, rule->free)->objects);
	holds_a_word(rule->submit, rule->used);
	holds_a_word(rule->free, rule->freed);
	holds_a_word(rule->ask, rule->id);
	holds_a_word(rule->ask, rule->op);
	holds_a_word(rule->ask, rule->answer);
	assert_true(_IOC_SIZE(rule->ask) <= PVDRM_BUFFER_ARG);
	assert_true(rule->used + sizeof(u32) <= PVDRM_BUFFER_ARG);
	assert_true(rule->freed + sizeof(u32) <= PVDRM_BUFFER_ARG);
	assert_int_not_equal(rule->id, rule->op);
	/* One of the two says so. */
	assert_int_equal(!rule->mask, !!rule->error);
	assert_true(rule->error >= 0);
	return true;
}

static void rules(void **state)
{
#define TABLE(driver)	&pvdrm_##driver##_table,
	static const struct pvdrm_driver_table *const all[] = {
		PVDRM_DRIVERS(TABLE)
	};
	int found = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		found += check_rule(all[i]);
	assert_int_equal(found, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
