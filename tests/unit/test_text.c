// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_text.c: strings of a backend that lies
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "front/bus/text.h"

static void test_names(void **state)
{
	static const char * const names[] = {
		"virtio_gpu", "i915", "xe", "fde60000.gpu", "1002:687f,rev@1", "a",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_true(pvdrm_is_name(names[i]));
}

static void test_no_names(void **state)
{
	static const char * const bad[] = {
		"", " ", "virtio gpu", "a/b", "../x", "%s", "a\nb", "a\n", "\x1b[31mred", "na\xefve",
		"\x7f", "a;b", "$(x)", "*",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(pvdrm_is_name(bad[i]));
}

static void test_printable(void **state)
{
	assert_true(pvdrm_is_printable(""));
	assert_true(pvdrm_is_printable("nVidia Riva/TNT/GeForce/Quadro/Tesla/Tegra K1+"));
	assert_true(pvdrm_is_printable(" ~"));
	assert_false(pvdrm_is_printable("one\n[    0.0] another line"));
	assert_false(pvdrm_is_printable("a\tb"));
	assert_false(pvdrm_is_printable("\x1b]0;title\a"));
	assert_false(pvdrm_is_printable("\x7f"));
	assert_false(pvdrm_is_printable("\xe9t\xe9"));
	assert_false(pvdrm_is_printable("\xff"));
}

int main(void)
{
	const struct unit_case tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_no_names),
		cmocka_unit_test(test_printable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
