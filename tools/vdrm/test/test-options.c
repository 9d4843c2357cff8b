// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <limits.h>
#include <stddef.h>
#include <cmocka.h>
#undef fail		/* vdrm has one of its own */

#include "vdrm.h"

#define ALL	(~0u)

static int parse_one(struct options *o, const char *word)
{
	char * const argv[] = { (char *)word };

	options_init(o);
	return options_parse(o, ALL, 1, argv);
}

static void good_words(void **state)
{
	char * const argv[] = { "devid=7", "node=primary", "sequential=1", "wait=0" };
	struct options o;

	(void)state;
	options_init(&o);
	assert_int_equal(options_parse(&o, ALL, 4, argv), 0);
	assert_int_equal(o.devid, 7);
	assert_int_equal(o.node, NODE_PRIMARY);
	assert_int_equal(o.sequential, 1);
	assert_int_equal(o.wait, 0);
	assert_false(o.force);
	assert_int_equal(parse_one(&o, "force=1"), 0);
	assert_true(o.force);
}

static void bad_words(void **state)
{
	static const char * const words[] = {
		"", "=", "devid", "devid=", "devid=-1", "devid=+1", "devid= 1", "devid=1x",
		"devid=1024", "devid=99999999999999999999", "node=", "node=card", "sequential=2",
		"wait=3601", "devidx=1", "evid=1", "Devid=1", "online=0", "max-files=",
		"max-files=0", "max-files=1K", "max-files=2147483648", "max-inflight=0",
		"max-inflight=257", "max-buffer-bytes=", "max-buffer-bytes=0",
		"max-buffer-bytes=0G", "max-buffer-bytes=K", "max-buffer-bytes=-1",
		"max-buffer-bytes=+1", "max-buffer-bytes= 1", "max-buffer-bytes=1.5G",
		"max-buffer-bytes=1KB", "max-buffer-bytes=1KK", "max-buffer-bytes=1T",
		"max-buffer-bytes=1k", "max-buffer-bytes=9223372036854775808",
		"max-buffer-bytes=99999999999999999999", "max-mapped-bytes=8589934592G",
		"max-mapped-bytes=18446744073709551615K", "max-maps=1", "max-=1",
		"max-granted-bytes=4095K", "max-granted-bytes=0",
		"max-objects=0", "max-objects=2147483648",
		"ban-after=0", "ban-after=2147483648", "ban-after=-1",
		"weight=0", "weight=10001", "weight=",
		"cap=0", "cap=101", "cap=50%",
	};
	struct options o;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(words); i++)
		assert_int_equal(parse_one(&o, words[i]), VDRM_USAGE);
}

static void limits(void **state)
{
	static const struct {
		const char *word;
		int limit;
		unsigned long long value;
	} good[] = {
		{ "max-files=1", LIMIT_FILES, 1 },
		{ "max-files=2147483647", LIMIT_FILES, 2147483647 },
		{ "max-inflight=256", LIMIT_INFLIGHT, 256 },
		{ "max-buffer-bytes=1", LIMIT_BUFFER_BYTES, 1 },
		{ "max-buffer-bytes=5K", LIMIT_BUFFER_BYTES, 5120 },
		{ "max-buffer-bytes=64M", LIMIT_BUFFER_BYTES, 64ull << 20 },
		{ "max-mapped-bytes=3G", LIMIT_MAPPED_BYTES, 3ull << 30 },
		{ "max-mapped-bytes=8589934591G", LIMIT_MAPPED_BYTES, 8589934591ull << 30 },
		{ "max-mapped-bytes=9223372036854775807", LIMIT_MAPPED_BYTES, LLONG_MAX },
		{ "max-granted-bytes=4M", LIMIT_GRANTED_BYTES, 4 << 20 },
		{ "max-objects=100", LIMIT_OBJECTS, 100 },
		{ "ban-after=3", LIMIT_HANGS, 3 },
		{ "weight=300", LIMIT_WEIGHT, 300 },
		{ "cap=20", LIMIT_CAP, 20 },
	};
	struct options o;
	size_t i;
	int j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(parse_one(&o, good[i].word), 0);
		for (j = 0; j < NR_LIMITS; j++)
			assert_true(o.limit[j] == (j == good[i].limit ? good[i].value : 0));
	}
}

static void other_verbs_word(void **state)
{
	char * const argv[] = { "force=1" };
	struct options o;

	(void)state;
	options_init(&o);
	assert_int_equal(options_parse(&o, OPTION_DEVID, 1, argv), VDRM_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_words),
		cmocka_unit_test(bad_words),
		cmocka_unit_test(limits),
		cmocka_unit_test(other_verbs_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
