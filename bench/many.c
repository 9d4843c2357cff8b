// SPDX-License-Identifier: GPL-2.0-only
/*
 * many.c: one operation in several processes, for a time that begins and ends in all
 * guests at once
 *
 * Prints many,NAME,PROCESSES,OPERATIONS,SUM OF THEIR SQUARES BY PROCESS,REQUESTS,
 * NOTIFICATIONS SENT,NOTIFICATIONS GOT,SLEEPS (as counted, of all processes).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "common.h"

/* CLOCK_REALTIME is Xen's in each domain. */
static double clock_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void sleep_until(double when)
{
	double left = when - clock_seconds();

	if (left > 0)
		usleep(left * 1e6);
}

/* A process: its own file, and its own set-up before the time begins */
static void work(const struct bench *b, double begin, long *done)
{
	open_node();
	if (b->set_up && !b->set_up())
		_exit(1);
	b->run();
	if (clock_seconds() > begin)
		die("not ready in time: a later --at is needed");
	sleep_until(begin);
	while (clock_seconds() < begin + seconds) {
		b->run();
		++*done;
	}
	if (b->clean_up)
		b->clean_up();
	_exit(0);
}

static void print_many(const char *name, int processes, const long *done,
		       const struct counts *before, const struct counts *after)
{
	double sum = 0, squares = 0;
	int i;

	for (i = 0; i < processes; i++) {
		sum += done[i];
		squares += (double)done[i] * done[i];
	}
	printf("many,%s,%d,%.0f,%.0f,%.0f,%.0f,%.0f,%.0f\n", name, processes, sum, squares,
	       after->requests - before->requests, after->sent - before->sent,
	       after->got - before->got, after->sleeps - before->sleeps);
}

void measure_many(const struct bench *b, int processes, long at)
{
	struct counts before, after;
	int i, status, failed = 0;
	long *done;

	if (b->whole)
		die("%s cannot be run by many", b->name);
	done = mmap(NULL, processes * sizeof(*done), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (done == MAP_FAILED)
		die("mmap: %s", errno_name(errno));
	for (i = 0; i < processes; i++)
		if (!fork())
			work(b, at, &done[i]);
	sleep_until(at);
	before = read_counts();
	sleep_until(at + seconds);
	after = read_counts();
	while (wait(&status) > 0)
		failed += status != 0;
	if (failed)
		die("%d of %d processes failed", failed, processes);
	print_many(b->name, processes, done, &before, &after);
	munmap(done, processes * sizeof(*done));
}
