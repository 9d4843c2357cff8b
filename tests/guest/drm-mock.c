// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-mock: the ioctls of a mock GPU (tests/system/modules/mockgpu.h)
 *
 * The mock says in all it writes what it has read, so dom0's results and a
 * guest's are the same only if the same bytes got there and back.
 *
 * To find the case where they differ: --only NAME --each, in both.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <xf86drm.h>

#include "common.h"
#include "mock.h"

static const char *node = DEFAULT_NODE;
static const char *only;
static int seed = 1;
static int cases = 40;
static bool tell_each;
static int fd;

__s64 mock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static long call(unsigned int cmd, void *arg)
{
	int ret = ioctl(fd, cmd, arg);

	return ret < 0 ? -errno : ret;
}

static void print_each(int number, long ret, __u64 digest)
{
	result("  %d: %s, %016llx", number, errno_name(ret < 0 ? -ret : 0), digest);
}

static void print_outcome(const char *name, enum mock_group group, const struct mock_outcome *o)
{
	char errors[512] = "";
	size_t len = 0;
	int i;

	for (i = 0; i < 256; i++)
		if (o->errors[i] && len < sizeof(errors))
			len += snprintf(errors + len, sizeof(errors) - len, ", %s %d",
					errno_name(i), o->errors[i]);
	result("%s %s: %d good%s: %016llx", name, mock_group_names[group], o->good, errors,
	       o->digest);
}

static void run(const struct mock_op *op)
{
	struct mock_outcome outcome;
	int group;

	for (group = 0; group < MOCK_GROUPS; group++) {
		mock_run(op, group, seed, cases, call, tell_each ? print_each : NULL, &outcome);
		print_outcome(op->name, group, &outcome);
		if (group == MOCK_VALID)
			check(outcome.good > cases / 8, "%s: often succeeds", op->name);
	}
}

/* Nobody is kept from that in dom0: it is tried in a guest alone. */
static void run_refused(const struct mock_refused *refused)
{
	long ret = in_guest() ? mock_run_refused(refused, call) : -refused->error;

	check(ret == -refused->error, "a guest's %s: %s", refused->name,
	      errno_name(ret < 0 ? -ret : 0));
}

static const struct mock_driver *find_driver(void)
{
	const struct mock_driver *driver;
	drmVersionPtr version = drmGetVersion(fd);

	if (!version)
		die("%s: drmGetVersion: %s", node, strerror(errno));
	driver = mock_driver_find(version->name);
	if (!driver)
		die("%s: nothing is known of %s", node, version->name);
	drmFreeVersion(version);
	return driver;
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "seed", .number = &seed, .help = "of the cases' numbers (1)" },
		{ "cases", .number = &cases, .help = "of each ioctl and group (40)" },
		{ "only", .text = &only, .help = "this ioctl alone" },
		{ "each", .flag = &tell_each, .help = "tell of each case" },
	};
	const struct mock_driver *driver;
	size_t i;

	parse_options(argc, argv, "Call a mock GPU's ioctls, and say what came back.", options,
		      ARRAY_SIZE(options));
	fd = open_drm(node);
	driver = find_driver();
	mock_start();
	result("driver %s", driver->name);
	for (i = 0; i < driver->nr_ops; i++)
		if (!only || !strcmp(only, driver->ops[i].name))
			run(&driver->ops[i]);
	for (i = 0; i < driver->nr_refused && !only; i++)
		run_refused(&driver->refused[i]);
	close(fd);
	return failures() != 0;
}
