// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-economy: more mapped and touched than the host can grant at a time
 *
 * Buffers, each mapped several times, all of it at once; every page is written and
 * read, in order and at random, by several threads. Whatever is taken back
 * meanwhile, no word is lost.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <drm.h>
#include <xf86drm.h>

#include "common.h"

#define PAGE		4096
#define PAGE_WORDS	(PAGE / 8)
#define MOST_MAPS	256
#define MOST_THREADS	16
#define WIDTH		4096
#define ROWS_PER_MIB	64	/* of WIDTH pixels of 4 bytes */

static const char *node = DEFAULT_NODE;
static int buffer_mib = 16, nr_buffers = 4, copies = 2, steps = 2000, nr_threads = 4, hold;

static __u64 *maps[MOST_MAPS];	/* [buffer * copies + copy] */
static int nr_maps;
static size_t pages;		/* of a buffer */

static __u64 *map_buffer(int fd, __u32 handle)
{
	struct drm_mode_map_dumb map = { .handle = handle };
	void *address;

	if (drmIoctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &map))
		die("MODE_MAP_DUMB: %s", errno_name(errno));
	address = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, map.offset);
	if (address == MAP_FAILED)
		die("mmap: %s", errno_name(errno));
	return address;
}

static void make_buffers(int fd)
{
	int b, c;

	for (b = 0; b < nr_buffers; b++) {
		struct drm_mode_create_dumb dumb = {
			.width = WIDTH, .height = buffer_mib * ROWS_PER_MIB, .bpp = 32,
		};

		if (drmIoctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb))
			die("MODE_CREATE_DUMB: %s", errno_name(errno));
		for (c = 0; c < copies; c++)
			maps[nr_maps++] = map_buffer(fd, dumb.handle);
	}
}

static __u64 value(int map, size_t page, int round)
{
	return (__u64)(map / copies + 1) << 48 | (__u64)(page + 1) << 16 | (round + 1);
}

/* Its word in the page: not always in the same cache line */
static __u64 *word(int map, size_t page)
{
	return maps[map] + page * PAGE_WORDS + (page * 7 % 32) * 8 + MOST_THREADS;
}

static void test_order(void)
{
	double start = now();
	size_t page, bad = 0;
	int map;

	for (map = 0; map < nr_maps; map++)
		for (page = 0; page < pages; page++)
			*word(map, page) = value(map, page, map % copies);
	for (map = 0; map < nr_maps; map++)
		for (page = 0; page < pages; page++)
			bad += *word(map, page) != value(map, page, copies - 1);
	check(!bad, "all pages in order, written by one mapping and read by another");
	info("%zu MiB mapped, %zu wrong words; %.0f us for each page touched",
	     nr_maps * pages >> 8, bad, (now() - start) * 1e3 / (2.0 * nr_maps * pages));
}

/* A thread's own words, the first MOST_THREADS of each page */
struct stroll {
	pthread_t thread;
	unsigned int id;
	unsigned int seed;
	__u32 *last;		/* [buffer * pages + page] */
	__u64 bad;
};

static void step(struct stroll *s, __u32 count)
{
	int map = rand_r(&s->seed) % nr_maps;
	size_t page = rand_r(&s->seed) % pages;
	__u32 *last = &s->last[map / copies * pages + page];
	volatile __u64 *own = maps[map] + page * PAGE_WORDS + s->id;

	s->bad += *last && *own != *last;
	*own = count;
	*last = count;
}

static void *stroll(void *arg)
{
	struct stroll *s = arg;
	int i;

	for (i = 0; i < steps; i++)
		step(s, i + 1);
	return NULL;
}

static void test_random(void)
{
	struct stroll s[MOST_THREADS] = { 0 };
	double start = now();
	__u64 bad = 0;
	int i;

	for (i = 0; i < nr_threads; i++) {
		s[i].id = i;
		s[i].seed = i + 1;
		s[i].last = calloc(nr_buffers * pages, sizeof(*s[i].last));
		if (!s[i].last || pthread_create(&s[i].thread, NULL, stroll, &s[i]))
			die("no thread");
	}
	for (i = 0; i < nr_threads; i++) {
		pthread_join(s[i].thread, NULL);
		bad += s[i].bad;
		free(s[i].last);
	}
	check(!bad, "pages at random, in %d threads", nr_threads);
	info("%.0f us for each of %d touches", (now() - start) * 1e3 / (steps * nr_threads),
	     steps * nr_threads);
}

/* The kernel's own accesses through the mappings: short, or of the wrong data? */
static void test_copies(void)
{
	int i, pipes[2], bad = 0;
	char page[PAGE];
	size_t index;

	if (pipe(pipes))
		die("pipe: %s", errno_name(errno));
	for (i = 0; i < steps / 4; i++) {
		char *from = (char *)maps[i % nr_maps];

		index = (i * 1031u) % pages;
		bad += write(pipes[1], from + index * PAGE, PAGE) != PAGE ||
		       read(pipes[0], page, PAGE) != PAGE || memcmp(page, from + index * PAGE, PAGE);
	}
	close(pipes[0]);
	close(pipes[1]);
	check(!bad, "write() from mappings");
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "buffer", .number = &buffer_mib, .help = "MiB of a buffer (16)" },
		{ "buffers", .number = &nr_buffers, .help = "how many (4)" },
		{ "copies", .number = &copies, .help = "mappings of each (2)" },
		{ "steps", .number = &steps, .help = "pages a thread touches at random (2000)" },
		{ "threads", .number = &nr_threads, .help = "that do so (4)" },
		{ "hold", .number = &hold, .help = "seconds to stay afterwards (0)" },
	};
	int fd;

	parse_options(argc, argv, "Map and touch a lot.", options, ARRAY_SIZE(options));
	if (nr_buffers < 1 || copies < 1 || nr_buffers * copies > MOST_MAPS || buffer_mib < 1 ||
	    nr_threads < 1 || nr_threads > MOST_THREADS)
		die("too many, or none");
	pages = (size_t)buffer_mib << 8;
	fd = open_drm(node);
	make_buffers(fd);
	test_order();
	test_random();
	test_copies();
	sleep(hold);
	close(fd);
	return failures() != 0;
}
