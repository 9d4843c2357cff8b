// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_bucket.c: leaky buckets
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "back/bus/bucket.h"

#define SIZE	1000u

static void test_burst(void **state)
{
	struct pvdrm_bucket bucket = {};

	assert_int_equal(pvdrm_bucket_level(&bucket, SIZE, 0), SIZE);
	pvdrm_bucket_take(&bucket, SIZE, 400, 50);
	assert_int_equal(pvdrm_bucket_level(&bucket, SIZE, 50), 600);
	pvdrm_bucket_take(&bucket, SIZE, 600, 50);
	assert_int_equal(pvdrm_bucket_level(&bucket, SIZE, 50), 0);
	/* There is no debt. */
	pvdrm_bucket_take(&bucket, SIZE, UINT64_MAX, 50);
	assert_int_equal(pvdrm_bucket_level(&bucket, SIZE, 50), 0);
	assert_int_equal(pvdrm_bucket_level(&bucket, SIZE, 51), 1);
}

static void test_fills(void **state)
{
	struct pvdrm_bucket bucket = {};

	pvdrm_bucket_take(&bucket, SIZE, SIZE, 0);
	assert_int_equal(pvdrm_bucket_level(&bucket, SIZE, 300), 300);
	assert_int_equal(pvdrm_bucket_level(&bucket, SIZE, SIZE), SIZE);
	/* No more than it holds */
	assert_int_equal(pvdrm_bucket_level(&bucket, SIZE, 10 * SIZE), SIZE);
	pvdrm_bucket_take(&bucket, SIZE, 1, 10 * SIZE);
	assert_int_equal(pvdrm_bucket_level(&bucket, SIZE, 10 * SIZE),
			 SIZE - 1);
}

static void test_average(void **state)
{
	struct pvdrm_bucket bucket = {};
	u64 now;

	/* As much as flows in: for ever */
	for (now = 0; now < 100 * SIZE; now += 10)
		pvdrm_bucket_take(&bucket, SIZE, 10, now);
	assert_true(pvdrm_bucket_level(&bucket, SIZE, now) == SIZE);
	/* A tenth more: until no more than flows in is left */
	for (; pvdrm_bucket_level(&bucket, SIZE, now) > 10; now += 10)
		pvdrm_bucket_take(&bucket, SIZE, 11, now);
	assert_true(now > 109 * SIZE && now < 111 * SIZE);
}

static void test_size_changes(void **state)
{
	struct pvdrm_bucket bucket = {};

	pvdrm_bucket_take(&bucket, SIZE, 500, 0);
	assert_int_equal(pvdrm_bucket_level(&bucket, 300, 0), 0);
	assert_int_equal(pvdrm_bucket_level(&bucket, 2 * SIZE, 0), 1500);
	assert_int_equal(pvdrm_bucket_level(&bucket, 0, 0), 0);
	pvdrm_bucket_take(&bucket, 0, 5, 0);
	assert_int_equal(pvdrm_bucket_level(&bucket, 0, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_burst),
		cmocka_unit_test(test_fills),
		cmocka_unit_test(test_average),
		cmocka_unit_test(test_size_changes),
	};

	return cmocka_run_group_tests_name("bucket", tests, NULL, NULL);
}
