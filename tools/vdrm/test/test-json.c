// SPDX-License-Identifier: GPL-2.0-only
/*
 * What --json prints, through the verbs; Perl, which build-essential brings, says whether it is JSON.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>
#include <cmocka.h>
#undef fail		/* vdrm has one of its own */

#include "json.h"
#include "test/capture.h"
#include "test/fake-xs.h"
#include "test/tree.h"

#define BACK	"/local/domain/0/backend/vdrm/5/0"
#define FRONT	"/local/domain/5/device/vdrm/0"
#define LIMITS	"/sys/bus/xen-backend/devices/vdrm-5-0/limits"
#define GPU	"/sys/bus/xen-backend/devices/vdrm-5-0/gpu"
#define CGROUP	"/sys/fs/cgroup/vdrm.slice/vdrm-5-0.scope"
#define STATS	"/sys/kernel/debug/pvdrm-back/5-0/stats"

/* Quotes, controls, UTF-8 of two to four bytes; then no UTF-8, of every kind */
#define HOSTILE	"\"\\/\n\033[2J\177\303\251\342\202\254\360\237\230\200" \
		"|\200|\377|\300\257|\340\200\200|\355\240\200|\364\220\200\200|\360\237"
#define ESCAPED	"\"\\\"\\\\/\\u000a\\u001b[2J\\u007f\\u00e9\\u20ac\\ud83d\\ude00" \
		"|\\ufffd|\\ufffd|\\ufffd\\ufffd|\\ufffd\\ufffd\\ufffd|\\ufffd\\ufffd\\ufffd|" \
		"\\ufffd\\ufffd\\ufffd\\ufffd|\\ufffd\\ufffd\""

static long clock_ms;

/* Called instead of the real ones */
bool __wrap_lock_held(const struct device *dev, pid_t *holder)
{
	(void)dev;
	if (holder)
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
	tree_put(STATS, "requests-open: 9\nrequests-ioctl: 301\nnonsense\n");
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	fake_clear();
	tree_begin();
	return 0;
}

static int clean_up(void **state)
{
	(void)state;
	tree_end();
	return 0;
}

static void attach(void)
{
	fake_set("/local/domain/5/name", HOSTILE);
	fake_set("/local/domain/5/error/device/vdrm/0/error", HOSTILE);
	fake_set(BACK "/state", "6");
	fake_set(BACK "/error", HOSTILE);
	fake_set(BACK "/device-path", "/dev/dri/renderD128");
	fake_set(FRONT "/state", HOSTILE);
	fake_set(FRONT "/data-pages", HOSTILE);
	tree_put(LIMITS "/files", "3 64 9\n");
	tree_put(LIMITS "/mapped_bytes", "4096 18446744073709551615 8192\n");
	tree_put(STATS, "requests-open: 7\nrequests-ioctl: 100\nnonsense\n");
}

/* Each line of @text is JSON. */
static void must_be_json(const char *text)
{
	FILE *parser = popen("perl -MJSON::PP -ne 'decode_json($_)'", "w");

	assert_non_null(parser);
	assert_true(fputs(text, parser) >= 0);
	assert_int_equal(pclose(parser), 0);
}

/* What @command, a verb and its arguments, prints; which is so many lines of JSON */
static char *run(int (*verb)(int argc, char **argv), const char *command, int status, int lines)
{
	char *text, *c, words[64], *argv[8];
	struct capture said;
	int argc = 0, got;

	snprintf(words, sizeof(words), "%s", command);
	for (c = strtok(words, " "); c; c = strtok(NULL, " "))
		argv[argc++] = c;
	said = capture_begin(stdout);
	got = verb(argc, argv);
	text = capture_end(&said);
	assert_int_equal(got, status);
	for (c = text; *c; c++)
		lines -= *c == '\n';
	assert_int_equal(lines, 0);
	must_be_json(text);
	return text;
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		print_message("no %s in:\n%s", part, text);
	assert_non_null(strstr(text, part));
}

static void list(void **state)
{
	(void)state;
	assert_string_equal(run(verb_list, "list --json", 0, 1), "{\"devices\":[]}\n");
	attach();
	assert_string_equal(run(verb_list, "list 5 --json", 0, 1),
			    "{\"devices\":[{\"domain\":" ESCAPED
			    ",\"domid\":5,\"devid\":0,\"backend\":null,\"node\":\"/dev/dri/renderD128\",\"driver\":null,\"state\":\"closed\",\"error\":" ESCAPED ",\"guest_error\":" ESCAPED
			    "}]}\n");
	fake_set(BACK "/state", "4");
	fake_set(FRONT "/state", "4");
	fake_set("/local/domain/5/device/vdrm/1/state", "1");
	fake_set("/local/domain/0/backend/vdrm/5/1/state", "2");
	has(run(verb_list, "list --json", 0, 1),
	    "\"state\":\"connected\",\"error\":null,\"guest_error\":null},{");
}

static void list_elsewhere(void **state)
{
	static const char begin[] = "{\"devices\":[{\"domain\":\"work\",\"domid\":5,\"devid\":2,\"backend\":\"gpu\",\"node\":";

	(void)state;
	fake_set("/local/domain/3/name", "gpu");
	fake_set("/local/domain/5/name", "work");
	fake_set("/local/domain/5/device/vdrm/2/backend-id", "3");
	/* There is no such backend. */
	assert_string_equal(run(verb_list, "list --json", 0, 1), "{\"devices\":[]}\n");
	fake_set("/local/domain/3/backend/vdrm/5/2/device", "0000:03:00.0");
	fake_set("/local/domain/3/backend/vdrm/5/2/state", "1");
	has(run(verb_list, "list --json", 0, 1), begin);
	has(run(verb_list, "list --json", 0, 1), "\"0000:03:00.0\",\"driver\":null,\"state\":\"not served\"");
	fake_set("/local/domain/3/backend/vdrm/5/2/device-path", "/dev/dri/renderD128");
	fake_set("/local/domain/3/backend/vdrm/5/2/state", "4");
	fake_set("/local/domain/5/device/vdrm/2/state", "4");
	has(run(verb_list, "list 5 --json", 0, 1), begin);
	has(run(verb_list, "list 5 --json", 0, 1), "\"/dev/dri/renderD128\",\"driver\":null,\"state\":\"connected\"");
	assert_string_equal(run(verb_list, "list 3 --json", 0, 1), "{\"devices\":[]}\n");
}

static void info(void **state)
{
	char *text;

	(void)state;
	has(run(verb_info, "info --json", 0, 1), "\"version\":null},\"devices\":[]}");
	attach();
	tree_put("/sys/module/pvdrm_back/version", "0.1\n");
	text = run(verb_info, "info 5 --json 0", 0, 1);
	has(text, "\"version\":\"0.1\"},\"devices\":[{\"domain\":" ESCAPED ",");
	has(text, "\"server_pid\":77,\"cgroup\":null,");
	has(text, "\"data_pages\":" ESCAPED ",");
	has(text, "\"hangs\":null,\"gpu\":null,\"limits\":{\"max-files\":{\"max\":64,\"used\":3,\"peak\":9},\"max-mapped-bytes\":{\"max\":18446744073709551615,\"used\":4096,\"peak\":8192}},");
	has(text, "\"counters\":{\"requests-open\":7,\"requests-ioctl\":100}}");
	tree_put(LIMITS "/hangs", "2 0 2\n");
	tree_put(GPU "/time_ns", "7000000000\n");
	tree_put(GPU "/submissions", "9\n");
	tree_put(GPU "/inflight", "2\n");
	has(run(verb_info, "info 5 --json 0", 0, 1), "\"hangs\":2,\"gpu\":{\"time_ns\":7000000000,\"submissions\":9,\"inflight\":2},\"limits\":{\"max-files\"");
	tree_put(CGROUP "/memory.current", "8192\n");
	tree_put(CGROUP "/memory.high", "max\n");
	tree_put(CGROUP "/pids.current", "3\n");
	tree_put(CGROUP "/pids.max", "512\n");
	has(run(verb_info, "info 5 --json 0", 0, 1),
	    "\"cgroup\":{\"path\":\"/vdrm.slice/vdrm-5-0.scope\",\"memory\":8192,\"memory_high\":null,\"pids\":3,\"pids_max\":512,\"cpu_weight\":null},");
}

static void top(void **state)
{
	char *text;

	(void)state;
	attach();
	text = run(verb_top, "top --json 2 2", 0, 2);
	has(text, "{\"interval_ms\":2000,\"devices\":[{\"domain\":" ESCAPED ",\"domid\":5,\"devid\":0,\"requests_per_second\":101.50,\"ioctls_per_second\":100.50,\"faults_per_second\":0.00,");
	has(text, "\"mapped_bytes\":4096,");
}

static void check(void **state)
{
	char *text;

	(void)state;
	tree_put("/dev/pvdrm-back", "");
	attach();
	tree_put("/sys/hypervisor/type", "other\n");
	text = run(verb_check, "check --json", VDRM_ERROR, 1);
	has(text, "{\"findings\":[{\"finding\":\"missing\",\"text\":\"this system does not run on Xen");
	has(text, "{\"finding\":\"ok\",\"text\":\"xenstore: this is domain 0\"}");
	has(text, "\"text\":\"device 0 of domain 5 (\\\"\\\\/\\u000a\\u001b[2J");
	has(text, "],\"missing\":");
}

static void real_numbers(void **state)
{
	struct capture said = capture_begin(stdout);

	(void)state;
	json_open(NULL, '[');
	json_real(NULL, 0.125);
	json_real(NULL, 1e300 * 1e300);
	json_bool(NULL, true);
	json_close(']');
	json_end();
	assert_string_equal(capture_end(&said), "[0.12,null,true]\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(list, set_up, clean_up),
		cmocka_unit_test_setup_teardown(list_elsewhere, set_up, clean_up),
		cmocka_unit_test_setup_teardown(info, set_up, clean_up),
		cmocka_unit_test_setup_teardown(top, set_up, clean_up),
		cmocka_unit_test_setup_teardown(check, set_up, clean_up),
		cmocka_unit_test(real_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
