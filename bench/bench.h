/* SPDX-License-Identifier: GPL-2.0-only */
/* What pvdrm-bench's files share. */
#ifndef BENCH_H
#define BENCH_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <drm.h>

#define MAX_SAMPLES	2000
#define PAGE		4096
#define NOP		"/sys/kernel/debug/pvdrm-front/*/nop"
#define FLOOR		"/sys/kernel/debug/floor/ping"	/* tests/system/modules/floor.c */
#define BUFFER_BYTES(side)	((size_t)(side) * (side) * 4)

/* What pvdrm-front has counted, of all its devices */
struct counts {
	bool known;
	double requests, sent, got, hypercalls;
	double waits;		/* requests whose response a program waited for */
	double sleeps;		/* those for which it slept */
	double fences;		/* fences that the guest waited for in place of the GPU */
};

struct bench {
	const char *name;
	int batch;		/* operations in one sample */
	bool (*set_up)(void);	/* false: not here */
	void (*run)(void);
	void (*clean_up)(void);
	void (*whole)(void);	/* instead of all these: prints several lines */
	bool asked;		/* only when asked for by name */
};

/* bench.c */
extern const char *node;
extern int fd, samples, seconds;
extern bool virtio;
void open_node(void);

/* measure.c */
struct counts read_counts(void);
void sort_samples(double *ns, int count);
/* Sorts @ns. Without @before and @after nothing was counted. */
void print_bench(const char *name, double *ns, int count, int batch,
		 const struct counts *before, const struct counts *after);
void measure(const struct bench *b);
void must(const char *what, int ret);
/* Around what print_bench() is called for next: has the emulator count (marks.h) */
void count_begin(void);
void count_end(void);

/* Each byte written to the frontend's file is an empty request, to floor.ko's an event. */
void measure_nop(void);
void measure_floor(void);

/* A buffer, mapped */
struct object {
	struct drm_gem_close gem;
	__u64 offset;
	size_t size;
	char *map;
};

/* buffer.c */
/* The host has all its pages, and they are mapped, from then on. */
void make_object(struct object *new, __u32 side);
void free_object(struct object *old);
void run_handle(void);
void run_buffer(void);
bool set_up_waited(void);
void clean_up_waited(void);
bool set_up_kept(void);
void clean_up_kept(void);
bool set_up_touch(void);
void run_touch(void);
void close_object(void);

/* many.c: @at is the time of day at which it begins, in seconds since 1970 */
void measure_many(const struct bench *b, int processes, long at);

/* plain.c: no GPU */
void run_cpu(void);
bool set_up_pipe(void);
void run_pipe(void);
void clean_up_pipe(void);

/* bandwidth.c */
void measure_bandwidth(void);

/* revoke.c */
void measure_revoke(void);

#endif /* BENCH_H */
