// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>
#include <cmocka.h>
#undef fail		/* vdrm has one of its own */

#include "test/capture.h"
#include "test/fake-xs.h"
#include "test/tree.h"

#define BACK	"/local/domain/0/backend/vdrm/5/0"
#define LIMITS	"/sys/bus/xen-backend/devices/vdrm-5-0/limits"
#define GPU	"/sys/bus/xen-backend/devices/vdrm-5-0/gpu"
#define STATS	"/sys/kernel/debug/pvdrm-back/5-0/stats"

static long clock_ms;
static void (*in_sleep)(void);

/* Called instead of the real ones */
bool __wrap_lock_held(const struct device *dev, pid_t *holder)
{
	(void)dev;
	*holder = 77;
	return true;
}

long __wrap_now_ms(void)
{
	return clock_ms;
}

unsigned int __wrap_sleep(unsigned int seconds)
{
	clock_ms += seconds * 1000;
	if (in_sleep)
		in_sleep();
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	fake_clear();
	tree_begin();
	in_sleep = NULL;
	return 0;
}

static int clean_up(void **state)
{
	(void)state;
	tree_end();
	return 0;
}

static int top(const char *seconds, const char *count, char **text)
{
	char verb[] = "top", first[16], second[16], *argv[] = { verb, first, second };
	struct capture said = capture_begin(stdout);
	int ret;

	snprintf(first, sizeof(first), "%s", seconds);
	snprintf(second, sizeof(second), "%s", count);
	ret = verb_top(3, argv);
	*text = capture_end(&said);
	return ret;
}

static void counters(const char *stats, const char *ticks)
{
	tree_put(STATS, stats);
	tree_put("/proc/77/stat", "77 (vdrm) S 1 2 3 4 5 6 7 8 9 10 1 0 0 0\n");
	tree_put("/proc/77/task/77/children", "78\n");
	tree_put("/proc/78/stat", ticks);
}

static void attach(void)
{
	fake_set("/local/domain/5/name", "a guest");
	fake_set(BACK "/state", "4");
	tree_put(LIMITS "/buffer_bytes", "1572864 9 9\n");
	tree_put(LIMITS "/mapped_bytes", "4096 9 9\n");
	tree_put(LIMITS "/granted_bytes", "0 9 9\n");
	tree_put(LIMITS "/objects", "12 9 9\n");
	tree_put(GPU "/time_ns", "3000000000\n");
	tree_put(GPU "/submissions", "30\n");
	tree_put(GPU "/inflight", "1\n");
	counters("requests-open: 7\nrequests-ioctl: 100\nrequests-fault: 5\npages-evicted: 0\nack-wait-us: 0\n",
		 "78 (a ) b) S 1 2 3 4 5 6 7 8 9 10 500 40 0 0\n");
}

static void work(void)
{
	char ticks[64];

	counters("requests-open: 9\nrequests-ioctl: 300\nrequests-fault: 15\npages-evicted: 64\nack-wait-us: 200000\n",
		 "");
	/* Half of the two seconds */
	snprintf(ticks, sizeof(ticks), "78 (a ) b) S 1 2 3 4 5 6 7 8 9 10 500 %ld 0 0\n",
		 40 + sysconf(_SC_CLK_TCK));
	tree_put("/proc/78/stat", ticks);
	/* A quarter of them */
	tree_put(GPU "/time_ns", "3500000000\n");
}

static void rates(void **state)
{
	char *text;

	(void)state;
	attach();
	in_sleep = work;
	assert_int_equal(top("2", "1", &text), 0);
	assert_non_null(strstr(text,
			       "a?guest            0       106      100        5    25    50    10     1.5M     4.0K       0B       12       32\n"));
}

/* It is attached again: its counters begin anew. */
static void begin_anew(void)
{
	counters("requests-ioctl: 1\n", "78 (x) S 1 2 3 4 5 6 7 8 9 10 0 0 0 0\n");
}

static void attached_again(void **state)
{
	char *text;

	(void)state;
	attach();
	in_sleep = begin_anew;
	assert_int_equal(top("1", "1", &text), 0);
	assert_non_null(strstr(text, "a?guest            0         0        0        0     0     0     0 "));
}

static void without_devices(void **state)
{
	char *text;
	int lines;

	(void)state;
	assert_int_equal(top("1", "3", &text), 0);
	for (lines = 0; *text; text++)
		lines += *text == '\n';
	assert_int_equal(lines, 3);
}

static void bad_usage(void **state)
{
	static const char * const bad[] = { "0", "-1", "x", "3601", "" };
	struct capture said = capture_begin(stderr);
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(top(bad[i], "1", &text), VDRM_USAGE);
	for (i = 0; i < 3; i++)
		assert_int_equal(top("1", bad[i], &text), VDRM_USAGE);
	capture_end(&said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(rates, set_up, clean_up),
		cmocka_unit_test_setup_teardown(attached_again, set_up, clean_up),
		cmocka_unit_test_setup_teardown(without_devices, set_up, clean_up),
		cmocka_unit_test_setup_teardown(bad_usage, set_up, clean_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
