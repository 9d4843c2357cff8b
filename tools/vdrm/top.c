// SPDX-License-Identifier: GPL-2.0-only
/*
 * vdrm top: what each guest does now
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys.h"

#define DEFAULT_SECONDS	2
#define MAX_SECONDS	3600
#define MAX_COUNT	1000000000

/* What is shown as its growth in a second */
enum { REQUESTS, IOCTLS, FAULTS, EVICTED, WAIT_US, CPU_TICKS, NR_COUNTERS };

/* A counter of pvdrm-back; those whose names begin so are added up. */
static const char * const counter_names[CPU_TICKS] = {
	[REQUESTS] = "requests-",
	[IOCTLS] = "requests-ioctl:",
	[FAULTS] = "requests-fault:",
	[EVICTED] = "pages-evicted:",
	[WAIT_US] = "ack-wait-us:",
};

struct sample {
	unsigned int guest;
	unsigned int devid;
	char name[32];
	uint64_t counters[NR_COUNTERS];
	unsigned long long used[NR_LIMITS];
};

struct samples {
	struct sample *sample;
	size_t count;
};

/* show_devices() passes nothing on. */
static struct samples current;

static void read_counters(struct sample *sample, const struct device *dev)
{
	FILE *file = counters_open(dev);
	char line[256];
	int i;

	while (file && fgets(line, sizeof(line), file))
		for (i = 0; i < CPU_TICKS; i++)
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

static void set_name(struct sample *sample, struct xs_handle *xs)
{
	char *name = domain_name(xs, sample->guest);
	char *c;

	snprintf(sample->name, sizeof(sample->name), "%s", name ? name : "gone");
	for (c = sample->name; *c; c++)
		if (*c <= ' ' || *c > '~')
			*c = '?';
	free(name);
}

static void take_sample(struct xs_handle *xs, const struct device *dev)
{
	struct sample *all = realloc(current.sample, (current.count + 1) * sizeof(*all));
	struct sample *sample;
	struct limit limit;
	int i;

	if (!all)
		return;
	current.sample = all;
	sample = &all[current.count++];
	memset(sample, 0, sizeof(*sample));
	sample->guest = dev->guest;
	sample->devid = dev->devid;
	set_name(sample, xs);
	read_counters(sample, dev);
	read_cpu(sample, dev);
	for (i = 0; i < NR_LIMITS; i++)
		if (limit_read(dev, i, &limit))
			sample->used[i] = limit.used;
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

static void print_sample(const struct sample *now, const struct sample *before, long ms)
{
	printf("%-16.16s %3u %9.0f %8.0f %8.0f %5.0f %5.0f", now->name, now->devid,
	       rate(now, before, REQUESTS, ms), rate(now, before, IOCTLS, ms),
	       rate(now, before, FAULTS, ms),
	       rate(now, before, CPU_TICKS, ms) * 100 / sysconf(_SC_CLK_TCK),
	       rate(now, before, WAIT_US, ms) / 10000);
	print_size(now->used[LIMIT_BUFFER_BYTES]);
	print_size(now->used[LIMIT_MAPPED_BYTES]);
	print_size(now->used[LIMIT_GRANTED_BYTES]);
	printf(" %8llu %8.0f\n", now->used[LIMIT_OBJECTS], rate(now, before, EVICTED, ms));
}

static void show(const struct samples *before, long ms)
{
	size_t i;

	if (isatty(STDOUT_FILENO))
		fputs("\033[H\033[J", stdout);
	printf("%-16s %3s %9s %8s %8s %5s %5s %8s %8s %8s %8s %8s\n", "DOMAIN", "DEV", "REQUESTS",
	       "IOCTLS", "FAULTS", "CPU%", "WAIT%", "BUFFERS", "MAPPED", "GRANTED", "OBJECTS",
	       "EVICTED");
	for (i = 0; i < current.count; i++)
		print_sample(&current.sample[i], find(before, &current.sample[i]), ms);
	fflush(stdout);
}

/* @count: 0: for ever */
static void watch(struct xs_handle *xs, unsigned int self, unsigned int seconds, unsigned int count)
{
	struct samples before = { 0 };
	long then = 0, now;
	unsigned int n;

	for (n = 0; !count || n <= count; n++) {
		if (n)
			sleep(seconds);
		now = now_ms();
		show_devices(xs, self, -1, take_sample);
		if (n)
			show(&before, now > then ? now - then : 1);
		free(before.sample);
		before = current;
		current = (struct samples){ 0 };
		then = now;
	}
	free(before.sample);
}

int verb_top(int argc, char **argv)
{
	unsigned int self, seconds = DEFAULT_SECONDS, count = 0;
	struct xs_handle *xs;
	int ret;

	if (argc > 3 || (argc > 1 && (parse_number(argv[1], MAX_SECONDS, &seconds) || !seconds)) ||
	    (argc > 2 && (parse_number(argv[2], MAX_COUNT, &count) || !count)))
		return fail(VDRM_USAGE, "usage: vdrm top [SECONDS [COUNT]]");
	ret = store_open(&xs, &self);
	if (ret)
		return ret;
	watch(xs, self, seconds, count);
	xs_close(xs);
	return 0;
}
