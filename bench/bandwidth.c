// SPDX-License-Identifier: GPL-2.0-only
/*
 * bandwidth.c: how fast mapped memory is written and read
 *
 * All pages are there: no fault, no call. Beside each pass over a buffer goes one over
 * as much ordinary memory, in pages of 4 KiB too. It tells what is due to the
 * buffer's being mapped from dom0 from what is due to running in a guest at all,
 * which on a machine with fewer CPUs than the two have together is not nothing.
 * The loops are our own: the C library has different ones for different CPUs.
 *
 * A sample is several passes, because a guest's clock may jump by a fraction of a
 * millisecond. Of a buffer's samples the one counts that a quarter is better than:
 * what disturbs makes it slower, but for the clock. There are several buffers, since
 * where they lie in memory matters.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "bench.h"
#include "common.h"

#define SIDE		1440		/* pixels: a buffer of 7.9 MiB */
#define MIB		(1 << 20)
#define BUFFERS		6		/* all of them are granted at a time, by default */
#define SAMPLES		12		/* of each buffer */
#define WRITES		8		/* passes in a sample */
#define READS		2

enum { WRITE, WRITE_ORDINARY, READ, READ_ORDINARY, KINDS };

static const char * const names[KINDS] = {
	"write", "write-ordinary", "read", "read-ordinary"
};

typedef __u64 word __attribute__((vector_size(16), may_alias));

static void write_all(char *map, size_t size, __u64 value)
{
	const word x = { value, value };
	word *end = (word *)(map + size), *p;

	for (p = (word *)map; p < end; p += 4) {
		p[0] = x;
		p[1] = x;
		p[2] = x;
		p[3] = x;
	}
}

static __u64 read_all(const char *map, size_t size)
{
	const word *end = (const word *)(map + size), *p;
	word sum = { 0 };

	for (p = (const word *)map; p < end; p += 4)
		sum += (p[0] + p[1]) + (p[2] + p[3]);
	return sum[0] + sum[1];
}

/* ns for each MiB */
static double per_mib(double begin, size_t size, int passes)
{
	return (now() - begin) * 1e6 * MIB / size / passes;
}

static double time_write(char *map, size_t size, __u64 value)
{
	double begin = now();
	int i;

	for (i = WRITES - 1; i >= 0; i--)
		write_all(map, size, value + i);
	return per_mib(begin, size, WRITES);
}

static double time_read(const char *map, size_t size, __u64 value)
{
	double begin = now(), time;
	__u64 sum = 0;
	int i;

	for (i = 0; i < READS; i++)
		sum += read_all(map, size);
	time = per_mib(begin, size, READS);
	if (sum != value * READS * (size / sizeof(value)))
		die("memory does not have what was written");
	return time;
}

static char *map_ordinary(size_t size)
{
	char *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must("mmap", map == MAP_FAILED ? -1 : 0);
	/* As a buffer's pages are. Fails where there are no huge ones. */
	madvise(map, size, MADV_NOHUGEPAGE);
	return map;
}

struct pair {
	struct object buffer;
	char *ordinary;
	double ns[KINDS][SAMPLES];
};

static void make_pair(struct pair *pair)
{
	make_object(&pair->buffer, SIDE);
	pair->ordinary = map_ordinary(pair->buffer.size);
	memset(pair->ordinary, 0x5a, pair->buffer.size);
}

static void free_pair(struct pair *pair)
{
	munmap(pair->ordinary, pair->buffer.size);
	free_object(&pair->buffer);
}

static void take_sample(struct pair *pair, int n)
{
	size_t size = pair->buffer.size;

	pair->ns[WRITE][n] = time_write(pair->buffer.map, size, n);
	pair->ns[WRITE_ORDINARY][n] = time_write(pair->ordinary, size, n);
	pair->ns[READ][n] = time_read(pair->buffer.map, size, n);
	pair->ns[READ_ORDINARY][n] = time_read(pair->ordinary, size, n);
}

/* Of samples one after the other, which were disturbed alike */
static void print_relative(const struct pair *pairs, int kind)
{
	double ratio[BUFFERS * SAMPLES];
	int i, n;

	for (i = 0; i < BUFFERS; i++)
		for (n = 0; n < SAMPLES; n++)
			ratio[i * SAMPLES + n] = pairs[i].ns[kind][n] / pairs[i].ns[kind + 1][n];
	sort_samples(ratio, ARRAY_SIZE(ratio));
	printf("relative,%s,%.4f\n", names[kind], ratio[ARRAY_SIZE(ratio) / 2]);
}

static void print_kind(struct pair *pairs, int kind)
{
	double ns[BUFFERS];
	int i;

	for (i = 0; i < BUFFERS; i++) {
		sort_samples(pairs[i].ns[kind], SAMPLES);
		ns[i] = pairs[i].ns[kind][SAMPLES / 4];
	}
	print_bench(names[kind], ns, BUFFERS, 1, NULL, NULL);
}

void measure_bandwidth(void)
{
	static struct pair pairs[BUFFERS];
	int i, n;

	for (i = 0; i < BUFFERS; i++)
		make_pair(&pairs[i]);
	for (n = 0; n < SAMPLES; n++)
		for (i = 0; i < BUFFERS; i++)
			take_sample(&pairs[i], n);
	print_relative(pairs, WRITE);
	print_relative(pairs, READ);
	for (i = 0; i < KINDS; i++)
		print_kind(pairs, i);
	for (i = 0; i < BUFFERS; i++)
		free_pair(&pairs[i]);
}
