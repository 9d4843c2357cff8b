// SPDX-License-Identifier: GPL-2.0-only
/*
 * vdrm metrics: the state of all devices in Prometheus' text format
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys.h"

/* The format wants all samples of a metric together. */
struct metric {
	const char *name;
	const char *type;
	const char *help;
	void (*show)(struct xs_handle *xs, const struct device *dev, void *data);
	size_t field;		/* of struct limit or struct gpu_use */
	const char *counter;	/* of pvdrm-back */
};

/* A guest's name may hold anything. */
static void print_label(const char *text)
{
	for (; *text; text++)
		if (*text == '"' || *text == '\\')
			printf("\\%c", *text);
		else
			putchar(isprint((unsigned char)*text) ? *text : '?');
}

/* A sample but for its own label and its value */
static void print_device(struct xs_handle *xs, const struct device *dev,
			 const struct metric *metric)
{
	char *name = domain_name(xs, dev->guest);

	printf("%s{domain=\"", metric->name);
	print_label(name ? name : "");
	printf("\",domid=\"%u\",devid=\"%u\"", dev->guest, dev->devid);
	free(name);
}

static void show_connected(struct xs_handle *xs, const struct device *dev, void *data)
{
	const struct metric *metric = data;
	bool connected = lock_held(dev, NULL) &&
			 device_state(xs, dev->back) == STATE_CONNECTED &&
			 device_state(xs, dev->front) == STATE_CONNECTED;

	print_device(xs, dev, metric);
	printf("} %d\n", connected);
}

static void show_limits(struct xs_handle *xs, const struct device *dev, void *data)
{
	const struct metric *metric = data;
	struct limit limit;
	int i;

	for (i = 0; i < NR_LIMITS; i++) {
		if (!limit_read(dev, i, &limit))
			continue;
		print_device(xs, dev, metric);
		printf(",limit=\"%s\"} %llu\n", limit_keys[i],
		       *(unsigned long long *)((char *)&limit + metric->field));
	}
}

/* A counter's value is a sample; with a prefix, the rest of its name is a label. */
static void show_counters(struct xs_handle *xs, const struct device *dev, void *data)
{
	const struct metric *metric = data;
	size_t length = strlen(metric->counter);
	FILE *file = counters_open(dev);
	char text[256], name[64];
	long long value;

	while (file && fgets(text, sizeof(text), file)) {
		if (sscanf(text, "%63[^:]: %lld", name, &value) != 2 ||
		    strncmp(name, metric->counter, length))
			continue;
		if (metric->counter[length - 1] == '-') {
			print_device(xs, dev, metric);
			printf(",request=\"%s\"} %lld\n", name + length, value);
		} else if (!name[length]) {
			print_device(xs, dev, metric);
			printf("} %lld\n", value);
		}
	}
	if (file)
		fclose(file);
}

static void show_gpu(struct xs_handle *xs, const struct device *dev, void *data)
{
	const struct metric *metric = data;
	struct gpu_use use;

	if (!gpu_read(dev, &use))
		return;
	print_device(xs, dev, metric);
	if (metric->field == offsetof(struct gpu_use, time_ns))
		printf("} %llu.%09llu\n", use.time_ns / 1000000000, use.time_ns % 1000000000);
	else
		printf("} %llu\n", use.submissions);
}

#define LIMIT_METRIC(suffix, member, what)	\
	{ "pvdrm_limit" suffix, "gauge", what, show_limits, offsetof(struct limit, member) }
#define GPU_METRIC(name, member, what)	\
	{ "pvdrm_gpu_" name "_total", "counter", what, show_gpu, offsetof(struct gpu_use, member) }
#define COUNTER_METRIC(name, which, what)	\
	{ "pvdrm_" name "_total", "counter", what, show_counters, .counter = which }

static struct metric metrics[] = {
	{ "pvdrm_connected", "gauge", "1 while the guest can use the device.", show_connected },
	LIMIT_METRIC("", max, "How many or how much the guest may have."),
	LIMIT_METRIC("_used", used, "How many or how much it has."),
	LIMIT_METRIC("_peak", peak, "The most it has had."),
	GPU_METRIC("seconds", time_ns, "Time that the GPU has worked for the guest."),
	GPU_METRIC("submissions", submissions, "Work that it was given."),
	COUNTER_METRIC("requests", "requests-", "Requests of the guest."),
	COUNTER_METRIC("refused_ioctls", "refused-ioctls", "Ioctls that PVDRM refused."),
	COUNTER_METRIC("limits_met", "limits-met", "Times that the guest met a limit."),
	COUNTER_METRIC("failures_delayed", "failures-delayed",
		       "Ioctls delayed because too many had failed."),
	COUNTER_METRIC("hangs", "hangs", "Times that the guest has hung the GPU."),
	COUNTER_METRIC("evicted_pages", "pages-evicted", "Pages unmapped because grants ran out."),
	COUNTER_METRIC("missed_acknowledgements", "acks-missed",
		       "Times that the guest did not acknowledge in time."),
	COUNTER_METRIC("acknowledgement_wait_microseconds", "ack-wait-us",
		       "Time the host's driver waited for the guest."),
};

int verb_metrics(int argc, char **argv)
{
	struct xs_handle *xs;
	unsigned int self;
	struct metric *metric;
	int ret;

	(void)argv;
	if (argc > 1)
		return fail(VDRM_USAGE, "usage: vdrm metrics");
	ret = store_open(&xs, &self);
	if (ret)
		return ret;
	for (metric = metrics; metric < metrics + ARRAY_SIZE(metrics); metric++) {
		printf("# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help, metric->name,
		       metric->type);
		devices_each(xs, self, -1, metric->show, metric);
	}
	xs_close(xs);
	return 0;
}
