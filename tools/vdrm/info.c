// SPDX-License-Identifier: GPL-2.0-only
/*
 * vdrm info: everything known about one device, or about all of them
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "json.h"
#include "pvdrm_back.h"
#include "sys.h"

#define LABEL		"  %-16s "

static const struct {
	const char *key;
	const char *label;
	const char *json;
	bool of_guest;
} shown[] = {
	{ XENDRM_KEY_DEVICE_PATH,	"device",		"node" },
	{ XENDRM_KEY_DRIVER,		"driver",		"driver" },
	{ XENDRM_KEY_DRIVER_VERSION,	"driver version",	"driver_version" },
	{ XENDRM_KEY_DRIVER_DESC,	"driver is",		"driver_description" },
	{ XENDRM_KEY_VERSIONS,		"protocols",		"protocols" },
	{ XENDRM_KEY_VERSION,		"protocol in use",	"protocol",	true },
	{ XENDRM_KEY_RING_ORDER,	"ring page order",	"ring_page_order", true },
	{ XENDRM_KEY_MAX_RING_ORDER,	"  at most",		"max_ring_page_order" },
	{ XENDRM_KEY_DATA_PAGES,	"data pages",		"data_pages",	true },
	{ XENDRM_KEY_MAX_DATA_PAGES,	"  at most",		"max_data_pages" },
	{ XENDRM_KEY_SEQUENTIAL,	"sequential",		"sequential" },
	{ XENDRM_KEY_ONLINE,		"online",		"online" },
};

/* What is known about a device */
struct info {
	const struct device *dev;
	char *domain;			/* NULL: it is gone */
	struct status status;
	pid_t server;			/* 0: none */
	bool has_cgroup;
	struct cgroup cgroup;
	char *values[ARRAY_SIZE(shown)];	/* from xenstore; NULL: no such key */
	struct limit limits[NR_LIMITS];	/* max is 0: not known, or no limit */
	bool has_hangs;
	struct limit hangs;
	bool has_gpu;
	struct gpu_use gpu;
	FILE *counters;			/* NULL: none; read once */
};

static void info_read(struct info *info, struct xs_handle *xs, const struct device *dev)
{
	size_t i;

	*info = (struct info){ .dev = dev, .domain = domain_name(xs, dev->guest) };
	status_read(xs, dev, &info->status);
	if (!lock_held(dev, &info->server))
		info->server = 0;
	info->has_cgroup = cgroup_read(dev, &info->cgroup);
	for (i = 0; i < ARRAY_SIZE(shown); i++)
		info->values[i] = store_read(xs, XBT_NULL,
					     shown[i].of_guest ? dev->front : dev->back,
					     shown[i].key);
	for (i = 0; i < NR_LIMITS; i++)
		if (!limit_read(dev, i, &info->limits[i]))
			info->limits[i].max = 0;
	info->has_hangs = limit_read(dev, LIMIT_HANGS, &info->hangs);
	info->has_gpu = gpu_read(dev, &info->gpu);
	info->counters = counters_open(dev);
}

static void info_free(struct info *info)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(shown); i++)
		free(info->values[i]);
	if (info->counters)
		fclose(info->counters);
	status_free(&info->status);
	free(info->domain);
}

static void print_value(const char *label, const char *value)
{
	if (!value || !*value)
		return;
	printf(LABEL, label);
	print_clean(value);
	putchar('\n');
}

static void print_counters(FILE *file)
{
	char line[256];

	puts("  stats:");
	while (fgets(line, sizeof(line), file)) {
		fputs("    ", stdout);
		line[strcspn(line, "\n")] = '\0';
		print_clean(line);
		putchar('\n');
	}
}

static void print_number(const char *label, unsigned long long value)
{
	if (value)
		printf(LABEL "%llu\n", label, value);
}

static void print_cgroup(const struct cgroup *cgroup)
{
	printf(LABEL "%s\n", "control group", cgroup->path);
	print_number("  memory", cgroup->memory);
	print_number("  reclaimed from", cgroup->memory_high);
	print_number("  threads", cgroup->pids);
	print_number("  at most", cgroup->pids_max);
	print_number("  CPU weight", cgroup->cpu_weight);
}

static void print_hangs(const struct limit *limit)
{
	printf(LABEL "%llu", "hangs caused", limit->used);
	if (limit->max)
		printf(", banned after %llu", limit->max);
	putchar('\n');
}

static void print_gpu(const struct info *info)
{
	const struct gpu_use *gpu = &info->gpu;

	printf(LABEL "%.3f s for %llu submissions, %llu in flight\n", "GPU time",
	       gpu->time_ns / 1e9, gpu->submissions, gpu->inflight);
	print_number(limit_keys[LIMIT_WEIGHT], info->limits[LIMIT_WEIGHT].max);
	print_number(limit_keys[LIMIT_CAP], info->limits[LIMIT_CAP].max);
}

/* What is used up, and not shown elsewhere */
static bool is_used_up(size_t limit)
{
	return limit != LIMIT_HANGS && limit != LIMIT_WEIGHT && limit != LIMIT_CAP;
}

static void print_info(const struct info *info)
{
	const struct limit *limit;
	size_t i;

	printf("domain %u (", info->dev->guest);
	print_clean(info->domain ? info->domain : "gone");
	printf("), device %u\n" LABEL, info->dev->devid, "state");
	status_print(&info->status);
	if (info->server)
		printf(LABEL "process %d\n", "served by", info->server);
	if (info->has_cgroup)
		print_cgroup(&info->cgroup);
	for (i = 0; i < ARRAY_SIZE(shown); i++)
		print_value(shown[i].label, info->values[i]);
	if (info->has_hangs)
		print_hangs(&info->hangs);
	if (info->has_gpu)
		print_gpu(info);
	for (i = 0; i < NR_LIMITS; i++) {
		limit = &info->limits[i];
		if (limit->max && is_used_up(i))
			printf(LABEL "%llu, in use %llu, at most %llu so far\n", limit_keys[i],
			       limit->max, limit->used, limit->peak);
	}
	if (info->counters)
		print_counters(info->counters);
}

static void json_limits(const struct limit *limits)
{
	int i;

	json_open("limits", '{');
	for (i = 0; i < NR_LIMITS; i++) {
		if (!limits[i].max)
			continue;
		json_open(limit_keys[i], '{');
		json_number("max", limits[i].max);
		json_number("used", limits[i].used);
		json_number("peak", limits[i].peak);
		json_close('}');
	}
	json_close('}');
}

static void json_counters(FILE *file)
{
	unsigned long long value;
	char line[256], name[64];

	json_open("counters", '{');
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%63[^:]: %llu", name, &value) == 2)
			json_number(name, value);
	json_close('}');
}

static void json_known(const char *key, unsigned long long value)
{
	if (value)
		json_number(key, value);
	else
		json_null(key);
}

static void json_cgroup(const struct cgroup *cgroup)
{
	json_open("cgroup", '{');
	json_string("path", cgroup->path);
	json_known("memory", cgroup->memory);
	json_known("memory_high", cgroup->memory_high);
	json_known("pids", cgroup->pids);
	json_known("pids_max", cgroup->pids_max);
	json_known("cpu_weight", cgroup->cpu_weight);
	json_close('}');
}

static void json_gpu(const struct info *info)
{
	if (!info->has_gpu) {
		json_null("gpu");
		return;
	}
	json_open("gpu", '{');
	json_number("time_ns", info->gpu.time_ns);
	json_number("submissions", info->gpu.submissions);
	json_number("inflight", info->gpu.inflight);
	json_close('}');
}

static void json_info(const struct info *info)
{
	size_t i;

	json_open(NULL, '{');
	json_string("domain", info->domain);
	json_number("domid", info->dev->guest);
	json_number("devid", info->dev->devid);
	status_json(&info->status);
	if (info->server)
		json_number("server_pid", info->server);
	else
		json_null("server_pid");
	if (info->has_cgroup)
		json_cgroup(&info->cgroup);
	else
		json_null("cgroup");
	for (i = 0; i < ARRAY_SIZE(shown); i++)
		json_string(shown[i].json, info->values[i]);
	if (info->has_hangs)
		json_number("hangs", info->hangs.used);
	else
		json_null("hangs");
	json_gpu(info);
	json_limits(info->limits);
	json_counters(info->counters);
	json_close('}');
}

/* Which devices to show, and how */
struct choice {
	int domid;	/* -1: all, as below */
	int devid;
	bool json;
};

static void show_device(struct xs_handle *xs, const struct device *dev, void *data)
{
	const struct choice *choice = data;
	struct info info;

	if (choice->devid >= 0 && dev->devid != (unsigned int)choice->devid)
		return;
	info_read(&info, xs, dev);
	(choice->json ? json_info : print_info)(&info);
	info_free(&info);
}

static void show_backend(bool json)
{
	bool loaded = !access(PVDRM_BACK_DEVICE, F_OK);
	char version[64];

	sys_first_line(sys_open("/sys/module/pvdrm_back/version"), version, sizeof(version));
	if (json) {
		json_open("backend", '{');
		json_bool("loaded", loaded);
		json_string("version", *version ? version : NULL);
		json_close('}');
	} else if (loaded) {
		printf("pvdrm-back: loaded%s%s\n", *version ? ", version " : "", version);
	} else {
		puts("pvdrm-back: not loaded");
	}
}

static int choose(struct xs_handle *xs, unsigned int self, int argc, char **argv,
		  struct choice *choice)
{
	unsigned int guest, devid;
	struct device dev;
	int ret;

	if (argc < 2)
		return 0;
	ret = domain_find(xs, argv[1], &guest);
	if (ret)
		return ret;
	choice->domid = guest;
	if (argc < 3)
		return 0;
	if (parse_number(argv[2], VDRM_MAX_DEVID, &devid))
		return fail(VDRM_USAGE, "DEVID is a number from 0 to %d, not '%s'",
			    VDRM_MAX_DEVID, argv[2]);
	choice->devid = devid;
	device_init(&dev, self, guest, devid);
	if (!device_exists(xs, &dev))
		return fail(VDRM_NO_DEVICE, "domain %s has no device %u; vdrm list shows all",
			    argv[1], devid);
	return 0;
}

static void show(struct xs_handle *xs, unsigned int self, struct choice *choice)
{
	if (choice->json)
		json_open(NULL, '{');
	if (choice->json || choice->devid < 0)
		show_backend(choice->json);
	if (choice->json)
		json_open("devices", '[');
	devices_each(xs, self, choice->domid, show_device, choice);
	if (choice->json) {
		json_close(']');
		json_close('}');
		json_end();
	}
}

int verb_info(int argc, char **argv)
{
	struct choice choice = { -1, -1, option_json(&argc, argv) };
	struct xs_handle *xs;
	unsigned int self;
	int ret;

	if (argc > 3)
		return fail(VDRM_USAGE, "usage: vdrm info [--json] [DOMAIN [DEVID]]");
	ret = store_open(&xs, &self);
	if (ret)
		return ret;
	ret = choose(xs, self, argc, argv, &choice);
	if (!ret)
		show(xs, self, &choice);
	xs_close(xs);
	return ret;
}
