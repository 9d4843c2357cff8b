// SPDX-License-Identifier: GPL-2.0-only
/*
 * vdrm top: what each guest does now
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "sys.h"

#define DEFAULT_SECONDS	2
#define MAX_SECONDS	3600
#define MAX_COUNT	1000000000

/* What is shown as its growth in a second */
enum { REQUESTS, IOCTLS, FAULTS, EVICTED, WAIT_US, NR_STATS, CPU_TICKS = NR_STATS, GPU_NS, NR_COUNTERS };

/* A counter of pvdrm-back; those whose names begin so are added up. */
static const char * const counter_names[NR_STATS] = {
	[REQUESTS] = "requests-",
	[IOCTLS] = "requests-ioctl:",
	[FAULTS] = "requests-fault:",
	[EVICTED] = "pages-evicted:",
	[WAIT_US] = "ack-wait-us:",
};

struct sample {
	unsigned int guest;
	unsigned int devid;
	char *name;		/* NULL: the domain is gone */
	uint64_t counters[NR_COUNTERS];
	unsigned long long used[NR_LIMITS];
};

struct samples {
	struct sample *sample;
	size_t count;
};

static void read_counters(struct sample *sample, const struct device *dev)
{
	FILE *file = counters_open(dev);
	char line[256];
	int i;

	while (file && fgets(line, sizeof(line), file))
		for (i = 0; i < NR_STATS; i++)
			if (!strncmp(line, counter_names[i], strlen(counter_names[i])))
				sample->counters[i] += strtoull(line + strcspn(line, ":") + 1,
								NULL, 10);
	if (file)
		fclose(file);
}

/* proc(5): utime and stime are the 14th and 15th; the second may hold blanks. */
static uint64_t ticks_of(int pid)
{
	unsigned long long user, system;
	char line[512], *end;

	if (!sys_first_line(sys_open("/proc/%d/stat", pid), line, sizeof(line)))
		return 0;
	end = strrchr(line, ')');
	if (!end || sscanf(end + 1, " %*c%*d%*d%*d%*d%*d%*u%*u%*u%*u%*u%llu%llu", &user,
			   &system) != 2)
		return 0;
	return user + system;
}

/* The requests run in a child of the process that holds the lock, or in one of its. */
static uint64_t ticks_below(int pid, int depth)
{
	FILE *file = sys_open("/proc/%d/task/%d/children", pid, pid);
	uint64_t ticks = ticks_of(pid);
	int child;

	while (file && depth && fscanf(file, "%d", &child) == 1)
		ticks += ticks_below(child, depth - 1);
	if (file)
		fclose(file);
	return ticks;
}

static void read_cpu(struct sample *sample, const struct device *dev)
{
	pid_t server = 0;

	if (lock_held(dev, &server) && server)
		sample->counters[CPU_TICKS] = ticks_below(server, 2);
}

static void take_sample(struct xs_handle *xs, const struct device *dev, void *data)
{
	struct samples *samples = data;
	struct sample *all = realloc(samples->sample, (samples->count + 1) * sizeof(*all));
	struct sample *sample;
	struct gpu_use gpu;
	struct limit limit;
	int i;

	if (!all)
		return;
	samples->sample = all;
	sample = &all[samples->count++];
	memset(sample, 0, sizeof(*sample));
	sample->guest = dev->guest;
	sample->devid = dev->devid;
	sample->name = domain_name(xs, dev->guest);
	read_counters(sample, dev);
	read_cpu(sample, dev);
	if (gpu_read(dev, &gpu))
		sample->counters[GPU_NS] = gpu.time_ns;
	for (i = 0; i < NR_LIMITS; i++)
		if (limit_read(dev, i, &limit))
			sample->used[i] = limit.used;
}

static void samples_free(struct samples *samples)
{
	size_t i;

	for (i = 0; i < samples->count; i++)
		free(samples->sample[i].name);
	free(samples->sample);
}

static const struct sample *find(const struct samples *samples, const struct sample *like)
{
	size_t i;

	for (i = 0; i < samples->count; i++)
		if (samples->sample[i].guest == like->guest &&
		    samples->sample[i].devid == like->devid)
			return &samples->sample[i];
	return NULL;
}

/* Counters begin anew when the device is attached again. */
static double rate(const struct sample *now, const struct sample *before, int which, long ms)
{
	uint64_t was = before ? before->counters[which] : now->counters[which];

	return now->counters[which] > was ? (now->counters[which] - was) * 1000.0 / ms : 0;
}

static void print_size(unsigned long long bytes)
{
	static const char units[] = "BKMGT";
	double size = bytes;
	int unit = 0;

	while (size >= 1024 && units[unit + 1]) {
		size /= 1024;
		unit++;
	}
	printf(" %7.*f%c", size < 10 && unit ? 1 : 0, size, units[unit]);
}

/* What a guest did in the last interval, and has now */
struct activity {
	double requests;	/* per second, as are the others without a unit */
	double ioctls;
	double faults;
	double evicted;
	double gpu_percent;
	double cpu_percent;
	double wait_percent;
};

static struct activity activity_of(const struct sample *now, const struct sample *before, long ms)
{
	return (struct activity){
		.requests = rate(now, before, REQUESTS, ms),
		.ioctls = rate(now, before, IOCTLS, ms),
		.faults = rate(now, before, FAULTS, ms),
		.evicted = rate(now, before, EVICTED, ms),
		.gpu_percent = rate(now, before, GPU_NS, ms) / 1e7,
		.cpu_percent = rate(now, before, CPU_TICKS, ms) * 100 / sysconf(_SC_CLK_TCK),
		.wait_percent = rate(now, before, WAIT_US, ms) / 10000,
	};
}

static void print_name(const char *name)
{
	char clean[17];
	char *c;

	snprintf(clean, sizeof(clean), "%s", name ? name : "gone");
	for (c = clean; *c; c++)
		if (*c <= ' ' || *c > '~')
			*c = '?';
	printf("%-16s", clean);
}

static void print_sample(const struct sample *now, const struct activity *does)
{
	print_name(now->name);
	printf(" %3u %9.0f %8.0f %8.0f %5.0f %5.0f %5.0f", now->devid, does->requests,
	       does->ioctls, does->faults, does->gpu_percent, does->cpu_percent,
	       does->wait_percent);
	print_size(now->used[LIMIT_BUFFER_BYTES]);
	print_size(now->used[LIMIT_MAPPED_BYTES]);
	print_size(now->used[LIMIT_GRANTED_BYTES]);
	printf(" %8llu %8.0f\n", now->used[LIMIT_OBJECTS], does->evicted);
}

static void json_sample(const struct sample *now, const struct activity *does)
{
	json_open(NULL, '{');
	json_string("domain", now->name);
	json_number("domid", now->guest);
	json_number("devid", now->devid);
	json_real("requests_per_second", does->requests);
	json_real("ioctls_per_second", does->ioctls);
	json_real("faults_per_second", does->faults);
	json_real("evicted_pages_per_second", does->evicted);
	json_real("gpu_percent", does->gpu_percent);
	json_real("cpu_percent", does->cpu_percent);
	json_real("wait_percent", does->wait_percent);
	json_number("buffer_bytes", now->used[LIMIT_BUFFER_BYTES]);
	json_number("mapped_bytes", now->used[LIMIT_MAPPED_BYTES]);
	json_number("granted_bytes", now->used[LIMIT_GRANTED_BYTES]);
	json_number("objects", now->used[LIMIT_OBJECTS]);
	json_close('}');
}

static void print_header(void)
{
	if (isatty(STDOUT_FILENO))
		fputs("\033[H\033[J", stdout);
	printf("%-16s %3s %9s %8s %8s %5s %5s %5s %8s %8s %8s %8s %8s\n", "DOMAIN", "DEV",
	       "REQUESTS", "IOCTLS", "FAULTS", "GPU%", "CPU%", "WAIT%", "BUFFERS", "MAPPED",
	       "GRANTED", "OBJECTS", "EVICTED");
}

static void json_header(long ms)
{
	json_open(NULL, '{');
	json_number("interval_ms", ms);
	json_open("devices", '[');
}

static void json_footer(void)
{
	json_close(']');
	json_close('}');
	json_end();
}

static void show(const struct samples *now, const struct samples *before, long ms, bool json)
{
	struct activity does;
	size_t i;

	if (json)
		json_header(ms);
	else
		print_header();
	for (i = 0; i < now->count; i++) {
		does = activity_of(&now->sample[i], find(before, &now->sample[i]), ms);
		(json ? json_sample : print_sample)(&now->sample[i], &does);
	}
	if (json)
		json_footer();
	fflush(stdout);
}

struct watch {
	unsigned int seconds;
	unsigned int count;	/* 0: for ever */
	bool json;
};

static void watch(struct xs_handle *xs, unsigned int self, const struct watch *how)
{
	struct samples before = { 0 }, current;
	long then = 0, now;
	unsigned int n;

	for (n = 0; !how->count || n <= how->count; n++) {
		if (n)
			sleep(how->seconds);
		now = now_ms();
		current = (struct samples){ 0 };
		devices_each(xs, self, -1, take_sample, &current);
		if (n)
			show(&current, &before, now > then ? now - then : 1, how->json);
		samples_free(&before);
		before = current;
		then = now;
	}
	samples_free(&before);
}

int verb_top(int argc, char **argv)
{
	struct watch how = { .seconds = DEFAULT_SECONDS, .json = option_json(&argc, argv) };
	struct xs_handle *xs;
	unsigned int self;
	int ret;

	if (argc > 3 ||
	    (argc > 1 && (parse_number(argv[1], MAX_SECONDS, &how.seconds) || !how.seconds)) ||
	    (argc > 2 && (parse_number(argv[2], MAX_COUNT, &how.count) || !how.count)))
		return fail(VDRM_USAGE, "usage: vdrm top [--json] [SECONDS [COUNT]]");
	ret = store_open(&xs, &self);
	if (ret)
		return ret;
	watch(xs, self, &how);
	xs_close(xs);
	return 0;
}
