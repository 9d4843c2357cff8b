// SPDX-License-Identifier: GPL-2.0-only
/*
 * plain.c: operations without a GPU, to compare with. What they get beside other guests is
 * Xen's scheduler alone.
 */
#include <errno.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "common.h"

#define TURNS	100000

/* Arithmetic, some tenths of a millisecond */
void run_cpu(void)
{
	unsigned int x = 1;
	int i;

	for (i = 0; i < TURNS; i++) {
		x = x * 1664525 + 1013904223;
		asm volatile("" : "+r"(x));	/* the compiler must not shorten it */
	}
}

static int there[2], back[2];
static pid_t other;

static void stay_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	must("sched_setaffinity", sched_setaffinity(0, sizeof(set), &set));
}

static void answer(void)
{
	char byte;

	close(there[1]);
	stay_on(1);
	while (read(there[0], &byte, 1) == 1)
		must("write", write(back[1], &byte, 1));
	_exit(0);
}

/* Two processes on two CPUs, so that each wakes the other's from its sleep */
bool set_up_pipe(void)
{
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		return false;
	must("pipe", pipe(there));
	must("pipe", pipe(back));
	other = fork();
	must("fork", other);
	if (!other)
		answer();
	close(there[0]);
	close(back[1]);
	stay_on(0);
	return true;
}

void run_pipe(void)
{
	char byte = 0;

	must("write", write(there[1], &byte, 1));
	if (read(back[0], &byte, 1) != 1)
		die("read: the other process has ended");
}

void clean_up_pipe(void)
{
	close(there[1]);
	close(back[0]);
	waitpid(other, NULL, 0);
}
