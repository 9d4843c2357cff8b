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
 * Of each MiB the best pass counts, since what disturbs only ever makes one slower;
 * a piece is done between two ticks of the timer. There are several buffers, since
 * where they lie in memory matters.
 */
#include <math.h>
#include <string.h>
#include <sys/mman.h>

#include "bench.h"
#include "common.h"

#define SIDE		1024		/* pixels: a buffer of 4 MiB */
#define PIECE		(1 << 20)
#define PIECES		4
#define BUFFERS		16
#define MOST_PASSES	16

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

static double time_write(char *map, __u64 value)
{
	double begin = now();

	write_all(map, PIECE, value);
	return (now() - begin) * 1e6;
}

static double time_read(const char *map, __u64 value)
{
	double begin = now(), time;
	__u64 sum = read_all(map, PIECE);

	time = (now() - begin) * 1e6;
	if (sum != value * (PIECE / sizeof(value)))
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
	double best[KINDS][PIECES];	/* ns */
};

static void make_pair(struct pair *pair)
{
	int i, piece;

	make_object(&pair->buffer, SIDE);
	pair->ordinary = map_ordinary(pair->buffer.size);
	memset(pair->ordinary, 0x5a, pair->buffer.size);
	for (i = 0; i < KINDS; i++)
		for (piece = 0; piece < PIECES; piece++)
			pair->best[i][piece] = INFINITY;
}

static void free_pair(struct pair *pair)
{
	munmap(pair->ordinary, pair->buffer.size);
	free_object(&pair->buffer);
}

static void run_pass(struct pair *pair, __u64 value)
{
	char *buffer = pair->buffer.map, *ordinary = pair->ordinary;
	double ns[KINDS];
	int i, piece;

	for (piece = 0; piece < PIECES; piece++, buffer += PIECE, ordinary += PIECE) {
		ns[WRITE] = time_write(buffer, value);
		ns[WRITE_ORDINARY] = time_write(ordinary, value);
		ns[READ] = time_read(buffer, value);
		ns[READ_ORDINARY] = time_read(ordinary, value);
		for (i = 0; i < KINDS; i++)
			pair->best[i][piece] = fmin(pair->best[i][piece], ns[i]);
	}
}

/* One sample is a buffer, one operation a MiB. */
static void print_kind(const struct pair *pairs, int kind)
{
	double ns[BUFFERS] = { 0 };
	int i, piece;

	for (i = 0; i < BUFFERS; i++)
		for (piece = 0; piece < PIECES; piece++)
			ns[i] += pairs[i].best[kind][piece] / PIECES;
	print_bench(names[kind], ns, BUFFERS, PIECES, NULL, NULL);
}

void measure_bandwidth(void)
{
	static struct pair pairs[BUFFERS];
	int i, n, passes = samples < MOST_PASSES ? samples : MOST_PASSES;

	for (i = 0; i < BUFFERS; i++)
		make_pair(&pairs[i]);
	for (n = 0; n < passes; n++)
		for (i = 0; i < BUFFERS; i++)
			run_pass(&pairs[i], n * BUFFERS + i);
	for (i = 0; i < KINDS; i++)
		print_kind(pairs, i);
	for (i = 0; i < BUFFERS; i++)
		free_pair(&pairs[i]);
}
