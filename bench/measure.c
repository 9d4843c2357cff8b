// SPDX-License-Identifier: GPL-2.0-only
/*
 * measure.c: time an operation, and count what it took
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench.h"
#include "common.h"
#include "marks.h"

#define WARM_UP		3		/* samples */
#define BYTES		20		/* of each write */

static void add_line(struct counts *c, const char *name, double value)
{
	if (!strcmp(name, "requests"))
		c->requests += value;
	if (!strcmp(name, "irqs"))
		c->got += value;
	if (!strcmp(name, "notifications"))
		c->sent += value;
	if (!strcmp(name, "spin-hits") || !strcmp(name, "sleeps"))
		c->waits += value;
	if (!strcmp(name, "sleeps"))
		c->sleeps += value;
	if (!strcmp(name, "fence-waits"))
		c->fences += value;
	if (!strcmp(name, "notifications") || !strcmp(name, "map-hypercalls") ||
	    !strcmp(name, "unmap-hypercalls"))
		c->hypercalls += value;
}

struct counts read_counts(void)
{
	struct counts c = { 0 };
	char name[64];
	double value;
	glob_t found;
	FILE *file;
	size_t i;

	if (glob("/sys/kernel/debug/pvdrm-front/*/stats", 0, NULL, &found))
		return c;
	for (i = 0; i < found.gl_pathc; i++) {
		file = fopen(found.gl_pathv[i], "re");
		if (!file)
			continue;
		c.known = true;
		while (fscanf(file, " %63[^: ]%*[: ]%lf", name, &value) == 2)
			add_line(&c, name, value);
		fclose(file);
	}
	globfree(&found);
	return c;
}

/* ------------------------------------------------- for the emulator's plugin */

#define MARK(which) \
	asm volatile(".ascii \"\\x0f\\x1f\\x84\\x00\"; .byte %c0; .ascii \"\\x44\\x52\\x56\"" \
		     :: "i"(which) : "memory")

void count_begin(void)
{
	MARK(MARK_BEGIN);
}

void count_end(void)
{
	MARK(MARK_END);
}

static void count_write(const char *name, double operations, bool in_guest)
{
	char text[64];
	int i, bit;

	snprintf(text, sizeof(text), "%s %s %.0f", in_guest ? "guest" : "native", name, operations);
	for (i = 0; text[i]; i++)
		for (bit = 0; bit < 8; bit++)
			if (text[i] >> bit & 1)
				MARK(MARK_BIT_1);
			else
				MARK(MARK_BIT_0);
	MARK(MARK_WRITE);
}

/* -------------------------------------------------------------- measurement */

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void sort_samples(double *ns, int count)
{
	qsort(ns, count, sizeof(*ns), compare);
}

void print_bench(const char *name, double *ns, int count, int batch,
		 const struct counts *before, const struct counts *after)
{
	double n = (double)count * batch;

	sort_samples(ns, count);
	printf("bench,%s,%.0f,%.0f,%.0f,", name, n, ns[count / 2], ns[count * 9 / 10]);
	if (before && before->known && after->known)
		printf("%.2f,%.2f,%.2f,%.2f,%.2f,%.2f", (after->requests - before->requests) / n,
		       (after->waits - before->waits) / n, (after->sent - before->sent) / n,
		       (after->got - before->got) / n, (after->sleeps - before->sleeps) / n,
		       (after->hypercalls - before->hypercalls) / n);
	else
		printf("-,-,-,-,-,-");
	printf("\n");
	fflush(stdout);
	if (before)
		count_write(name, n, before->known);
}

void measure(const struct bench *b)
{
	static double ns[MAX_SAMPLES];
	struct counts before, after;
	double end, begin;
	int i, k;

	if (b->whole) {
		b->whole();
		return;
	}
	if (b->set_up && !b->set_up())
		return;
	end = now() + seconds * 1e3 / 4;
	for (i = 0; i < WARM_UP * b->batch && (i < 1 || now() < end); i++)
		b->run();
	before = read_counts();
	end = now() + seconds * 1e3;
	count_begin();
	for (i = 0; i < samples && (i < 3 || now() < end); i++) {
		begin = now();
		for (k = 0; k < b->batch; k++)
			b->run();
		ns[i] = (now() - begin) * 1e6 / b->batch;
	}
	count_end();
	after = read_counts();
	print_bench(b->name, ns, i, b->batch, &before, &after);
	if (b->clean_up)
		b->clean_up();
}

void must(const char *what, int ret)
{
	if (ret < 0)
		die("%s: %s", what, errno_name(errno));
}

/* ------------------------------------------------ the transport, without DRM */

static int open_found(const char *pattern)
{
	glob_t found;
	int file;

	if (glob(pattern, 0, NULL, &found))
		return -1;
	file = open(found.gl_pathv[0], O_WRONLY | O_CLOEXEC);
	if (file < 0)
		die("%s: %s", found.gl_pathv[0], errno_name(errno));
	globfree(&found);
	return file;
}

/* Each byte that is written to @file is an operation. Returns how often it slept. */
static double time_writes(int file, double *ns)
{
	static const char bytes[BYTES];
	struct rusage before, after;
	double begin;
	int i;

	getrusage(RUSAGE_SELF, &before);
	count_begin();
	for (i = 0; i < samples; i++) {
		begin = now();
		if (write(file, bytes, sizeof(bytes)) != sizeof(bytes))
			die("write: %s", errno_name(errno));
		ns[i] = (now() - begin) * 1e6 / sizeof(bytes);
	}
	count_end();
	getrusage(RUSAGE_SELF, &after);
	return after.ru_nvcsw - before.ru_nvcsw;
}

void measure_nop(void)
{
	static double ns[MAX_SAMPLES];
	struct counts before, after;
	int file = open_found(NOP);

	if (file < 0)
		return;
	before = read_counts();
	time_writes(file, ns);
	after = read_counts();
	print_bench("nop", ns, samples, BYTES, &before, &after);
	close(file);
}

/* All that floor.ko does; how often it slept is for the kernel to say. */
void measure_floor(void)
{
	static double ns[MAX_SAMPLES];
	struct counts before = { .known = true }, after = { .known = true };
	int file = open_found(FLOOR);

	if (file < 0)
		return;
	after.sleeps = time_writes(file, ns);
	after.waits = (double)samples * BYTES;
	after.sent = after.waits;
	after.got = after.waits;
	after.hypercalls = after.waits;
	print_bench("floor", ns, samples, BYTES, &before, &after);
	close(file);
}
