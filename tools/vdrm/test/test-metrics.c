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

static bool served;

/* Called instead of the real one */
bool __wrap_lock_held(const struct device *dev, pid_t *holder)
{
	(void)dev;
	(void)holder;
	return served;
}

static int set_up(void **state)
{
	(void)state;
	fake_clear();
	tree_begin();
	served = true;
	return 0;
}

static int clean_up(void **state)
{
	(void)state;
	tree_end();
	return 0;
}

static char *metrics(void)
{
	char verb[] = "metrics", *argv[] = { verb };
	struct capture said = capture_begin(stdout);

	assert_int_equal(verb_metrics(1, argv), 0);
	return capture_end(&said);
}

/* How many lines of @text begin with @begin */
static int lines(const char *text, const char *begin)
{
	int count = 0;

	for (; text && *text; text = strchr(text, '\n'), text += !!text)
		count += !strncmp(text, begin, strlen(begin));
	return count;
}

static void attach(void)
{
	fake_set("/local/domain/5/name", "my \"guest\\\n");
	fake_set(BACK "/state", "4");
	fake_set("/local/domain/5/device/vdrm/0/state", "4");
	tree_put(LIMITS "/files", "3 64 9\n");
	tree_put(LIMITS "/buffer_bytes", "18446744073709551615 2 4096\n");
	tree_put(GPU "/time_ns", "12000000345\n");
	tree_put(GPU "/submissions", "6\n");
	tree_put(GPU "/inflight", "0\n");
	tree_put("/sys/kernel/debug/pvdrm-back/5-0/stats",
		 "requests-open: 7\nrequests-ioctl: 1234567890123\nrefused-ioctls: 2\n"
		 "pages-evicted: 5\nnonsense\nrefused-ioctls-more: 9\n");
}

static void without_devices(void **state)
{
	char *text = metrics();

	(void)state;
	assert_true(lines(text, "# TYPE pvdrm_") > 5);
	assert_int_equal(lines(text, "# TYPE "), lines(text, "# HELP "));
	assert_int_equal(lines(text, "pvdrm_"), 0);
}

#define DEVICE	"{domain=\"my \\\"guest\\\\?\",domid=\"5\",devid=\"0\""

static void one_device(void **state)
{
	static const char * const samples[] = {
		"pvdrm_connected" DEVICE "} 1\n",
		"pvdrm_limit" DEVICE ",limit=\"max-files\"} 64\n",
		"pvdrm_limit_used" DEVICE ",limit=\"max-files\"} 3\n",
		"pvdrm_limit_peak" DEVICE ",limit=\"max-files\"} 9\n",
		"pvdrm_limit" DEVICE ",limit=\"max-buffer-bytes\"} 2\n",
		"pvdrm_limit_used" DEVICE ",limit=\"max-buffer-bytes\"} 18446744073709551615\n",
		"pvdrm_limit_peak" DEVICE ",limit=\"max-buffer-bytes\"} 4096\n",
		"pvdrm_gpu_seconds_total" DEVICE "} 12.000000345\n",
		"pvdrm_gpu_submissions_total" DEVICE "} 6\n",
		"pvdrm_requests_total" DEVICE ",request=\"open\"} 7\n",
		"pvdrm_requests_total" DEVICE ",request=\"ioctl\"} 1234567890123\n",
		"pvdrm_refused_ioctls_total" DEVICE "} 2\n",
		"pvdrm_evicted_pages_total" DEVICE "} 5\n",
	};
	char *text;
	size_t i;

	(void)state;
	attach();
	text = metrics();
	for (i = 0; i < ARRAY_SIZE(samples); i++)
		assert_int_equal(lines(text, samples[i]), 1);
	assert_int_equal(lines(text, "pvdrm_"), ARRAY_SIZE(samples));
}

static void not_connected(void **state)
{
	(void)state;
	attach();
	served = false;
	assert_int_equal(lines(metrics(), "pvdrm_connected" DEVICE "} 0\n"), 1);
	served = true;
	fake_set(BACK "/state", "6");
	assert_int_equal(lines(metrics(), "pvdrm_connected" DEVICE "} 0\n"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(without_devices, set_up, clean_up),
		cmocka_unit_test_setup_teardown(one_device, set_up, clean_up),
		cmocka_unit_test_setup_teardown(not_connected, set_up, clean_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
