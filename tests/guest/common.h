/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the programs that run in dom0 and in guests.
 *
 * What they print is made to be compared: lines that begin with "result" say
 * the same wherever the GPU is the same, all others (info, time) may differ.
 *	diff <(ssh dom0 gpu-compute | grep ^result) <(gpu-compute | grep ^result)
 */
#ifndef COMMON_H
#define COMMON_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
/* On two lines, or checkpatch wants the kernel's macro used in its definition. */
#define __printf(a, b)		__attribute__((	\
	__format__(__printf__, a, b)))
#define __noreturn		__attribute__((	\
	__noreturn__))

#define DEFAULT_NODE		"/dev/dri/renderD128"

#define EXIT_BAD_USAGE		2

void result(const char *format, ...) __printf(1, 2);
void info(const char *format, ...) __printf(1, 2);
void print_time(const char *what, double *ms, int count, bool csv);
void die(const char *format, ...) __printf(1, 2) __noreturn;

/* Counts as a failure unless @good; says so either way. */
bool check(bool good, const char *format, ...) __printf(2, 3);
int failures(void);

/* For reading and writing; ends the program with a message when it fails */
int open_drm(const char *node);

double now(void);			/* ms */
bool in_guest(void);
const char *errno_name(int error);

/* The signal that reading or writing a word raises, 0: none; its value stays. One thread at a time */
int touch(__u32 *word, bool write);

/* One of pvdrm-front's, the sum of all devices; in dom0: 0 or -1 */
long front_counter(const char *name);

#define HASH_START	0xcbf29ce484222325ull
__u64 hash(__u64 h, const void *data, size_t size);

/* A simple option: --name, or --name=VALUE or --name VALUE */
struct option_spec {
	const char *name;
	const char **text;	/* one of these is set */
	int *number;
	bool *flag;
	const char *help;
};

void parse_options(int argc, char **argv, const char *purpose, const struct option_spec *spec,
		   size_t count);

#endif /* COMMON_H */
