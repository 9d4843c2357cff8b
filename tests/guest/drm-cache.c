// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-cache: buffers that are made and freed over and over
 *
 * What it prints as results is the same natively, and in a guest with and without
 * pvdrm-front's parameter cache. With --cached it also looks at the frontend's
 * counters, which must show that buffers were used again, or that they were not
 * where they must not be. That needs root.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cache.h"
#include "common.h"

#define MIB_SIDE	512
#define THREADS		4

static bool cached, loop;
static int hold_ms, fit_mib;

/* ------------------------------------------------- what the frontend counts */

/* Wait until a counter is that; the answers come from dom0 */
static long counter_until(const char *name, long wanted)
{
	long value;
	int i;

	for (i = 0; i < 100; i++) {
		value = front_counter(name);
		if (value == wanted)
			break;
		usleep(50000);
	}
	return value;
}

static long hits(void)
{
	return cached ? front_counter("cache-hits") : 0;
}

static void expect_hits(const char *what, long before, long least, long most)
{
	long now_hits = hits() - before;

	if (cached)
		check(now_hits >= least && now_hits <= most, "%s: %ld used again", what, now_hits);
}

/* ------------------------------------------------------------------- the tests */

static void test_rounds(int fd)
{
	size_t dirty = 0, wrong = 0;
	long before = hits();
	struct buffer b;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		make_one(&b, fd, SIDE);
		dirty += differ(&b, 0);
		fill(&b, 0x1000 + i);
		wrong += differ(&b, 0x1000 + i);
		end_one(&b);
		usleep(3000);
	}
	check(!dirty, "each new buffer is all zeros");
	check(!wrong, "and keeps what is written");
	expect_hits("in turn", before, ROUNDS / 2, ROUNDS - 1);
}

static void test_mapped_again(int fd)
{
	long before = cached ? front_counter("cache-maps") : 0, asked;
	struct buffer b;
	int i, bad = 0;

	make_one(&b, fd, SIDE);
	fill(&b, 0);
	asked = cached ? front_counter("requests-fault") : 0;
	for (i = 0; i < 10; i++) {
		fill(&b, i);
		unmap_buffer(&b);
		must("mmap", map_buffer(&b));
		bad += differ(&b, i) != 0;
	}
	check(!bad, "mapped again, a buffer has what it had");
	end_one(&b);
	if (!cached)
		return;
	check(front_counter("cache-maps") - before >= 10, "by the same mapping");
	check(front_counter("requests-fault") == asked, "whose pages are not asked for again");
}

static void test_freed(int fd)
{
	struct buffer b;
	int error;

	make_one(&b, fd, SIDE);
	end_one(&b);
	check(free_handle(fd, b.handle) == EINVAL, "a handle is closed once");
	check(free_handle(fd, b.handle) == EINVAL, "and not once more");
	error = map_buffer(&b);
	check(error != 0, "its place cannot be mapped");
	error = place(&b);
	check(error == ENOENT, "and not be asked for: %s", errno_name(error));
}

static void test_sizes(int fd)
{
	struct buffer small, large;

	make_one(&small, fd, SIDE);
	end_one(&small);
	usleep(20000);
	make_one(&large, fd, 2 * SIDE);
	check(!differ(&large, 0), "a larger one is all zeros to its end");
	fill(&large, 7);
	check(!differ(&large, 7), "and all its own");
	end_one(&large);
}

/* Its handle is closed, its pages are not gone: they are nobody else's. */
static void test_still_mapped(int fd)
{
	struct buffer old, next[4];
	int i, bad = 0;

	make_one(&old, fd, SIDE);
	fill(&old, 0xaaaa);
	must("GEM_CLOSE", free_handle(fd, old.handle));
	usleep(20000);
	for (i = 0; i < 4; i++) {
		make_one(&next[i], fd, SIDE);
		bad += differ(&next[i], 0) != 0;
		fill(&next[i], i);
	}
	check(!bad, "beside one that is mapped and closed, new ones are zeros");
	check(!differ(&old, 0xaaaa), "and that one is left alone");
	unmap_buffer(&old);
	for (i = 0; i < 4; i++)
		end_one(&next[i]);
}

static void test_two_mappings(int fd)
{
	struct buffer a, b, next;

	make_one(&a, fd, SIDE);
	b = a;
	must("mmap", map_buffer(&b));
	fill(&a, 0xbbbb);
	unmap_buffer(&a);
	must("GEM_CLOSE", free_handle(fd, a.handle));
	usleep(20000);
	make_one(&next, fd, SIDE);
	fill(&next, 1);
	check(!differ(&b, 0xbbbb), "a second mapping outlives the first, and the handle");
	unmap_buffer(&b);
	end_one(&next);
}

/* Mapped in part, at another place, or for reading only: not to be cleared by it */
static void test_in_part(int fd)
{
	struct buffer b, next;
	__u32 *part;

	must("a buffer", make(&b, fd, SIDE));
	must("its place", place(&b));
	part = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, b.offset);
	if (part == MAP_FAILED)
		die("mmap: %s", errno_name(errno));
	*part = 0xcccc;
	munmap(part, 4096);
	must("GEM_CLOSE", free_handle(fd, b.handle));
	usleep(20000);
	make_one(&next, fd, SIDE);
	check(!differ(&next, 0), "after one that was mapped in part, all zeros");
	end_one(&next);
}

/* What was freed is used again once the GPU is done with it. */
static void expect_hit(const char *what, int fd)
{
	long before = hits();
	struct buffer b;
	int i;

	for (i = 0; i < 40 && hits() == before; i++) {
		usleep(50000);
		make_one(&b, fd, SIDE);
		end_one(&b);
		if (!cached)
			break;
	}
	expect_hits(what, before, 1, 1);
}

static void test_two_files(int fd)
{
	int i, other = open_drm(node);
	long before;
	struct buffer b;
	size_t dirty = 0;

	for (i = 0; i < 4; i++) {
		make_one(&b, fd, SIDE);
		fill(&b, 0xdddd);
		end_one(&b);
	}
	usleep(50000);
	before = hits();
	make_one(&b, other, SIDE);
	dirty += differ(&b, 0);
	end_one(&b);
	check(!dirty, "another file's buffer is all zeros");
	expect_hits("by another file", before, 0, 0);
	expect_hit("by that file then", other);
	close(other);
}

struct worker {
	pthread_t thread;
	int fd, number, rounds;
	size_t dirty, wrong;
	int error;
};

static void *work(void *arg)
{
	struct worker *w = arg;
	struct buffer b;
	int i;

	for (i = 0; i < w->rounds && !w->error; i++) {
		w->error = make_mapped(&b, w->fd, SIDE);
		if (w->error)
			break;
		w->dirty += differ(&b, 0);
		fill(&b, w->number << 16 | i);
		sched_yield();
		w->wrong += differ(&b, w->number << 16 | i);
		end_one(&b);
	}
	return NULL;
}

static void test_threads(int fd)
{
	struct worker w[THREADS] = { 0 };
	size_t dirty = 0, wrong = 0;
	int i, error = 0;

	for (i = 0; i < THREADS; i++) {
		w[i].fd = fd;
		w[i].number = i;
		w[i].rounds = ROUNDS;
		if (pthread_create(&w[i].thread, NULL, work, &w[i]))
			die("no thread");
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(w[i].thread, NULL);
		dirty += w[i].dirty;
		wrong += w[i].wrong;
		error = error ? error : w[i].error;
	}
	check(!error && !dirty && !wrong, "%d threads have buffers of their own: %s", THREADS,
	      errno_name(error));
}

/* -------------------------------------------------------- how much, how long */

/* @count of a MiB each, at the same time, and freed */
static void use_and_free(int fd, int count)
{
	struct buffer b[64];
	int i;

	for (i = 0; i < count; i++) {
		make_one(&b[i], fd, MIB_SIDE);
		b[i].map[0] = 1;
	}
	for (i = 0; i < count; i++)
		end_one(&b[i]);
}

static void drop_caches(void)
{
	FILE *file = fopen("/proc/sys/vm/drop_caches", "we");

	if (!file || fputs("2", file) < 0 || fclose(file))
		die("cannot write drop_caches: %s", errno_name(errno));
}

static void test_bounds(void)
{
	long bytes, before = front_counter("cache-evictions");
	int fd = open_drm(node);

	use_and_free(fd, 40);
	bytes = front_counter("cache-bytes-now");
	check(bytes > 0 && bytes <= 32l << 20, "40 MiB freed: %ld bytes kept", bytes);
	check(front_counter("cache-evictions") > before, "the rest is not");
	use_and_free(fd, 4);
	close(fd);
	check(!counter_until("cache-bytes-now", 0), "nothing is kept of a closed file");

	fd = open_drm(node);
	use_and_free(fd, 8);
	check(front_counter("cache-bytes-now") > 0, "8 MiB freed, and kept");
	drop_caches();
	check(!counter_until("cache-bytes-now", 0), "until memory is short");
	check(!counter_until("grants-mapped-now", 0), "with no page mapped");
	use_and_free(fd, 8);
	check(front_counter("cache-bytes-now") > 0, "8 MiB freed again");
	check(!counter_until("cache-bytes-now", 0), "and gone with time");
	close(fd);
	check(!counter_until("maps-now", 0), "no mapping is left");
}

/* All that a limit allows was freed, and is kept: something else must fit. */
static void test_fit(void)
{
	int i, fd = open_drm(node);
	struct buffer b;

	for (i = 0; i < 3; i++) {
		use_and_free(fd, fit_mib);
		must("one of another size", make_mapped(&b, fd, MIB_SIDE / 2));
		fill(&b, 1);
		end_one(&b);
	}
	check(true, "what is kept is in nobody's way");
	close(fd);
}

/* ------------------------------------------------------------------------- main */

/* Until the device is gone */
static void run_loop(void)
{
	int i, error = 0, fd = open_drm(node);
	struct buffer b;

	for (i = 0; !error; i++) {
		error = make_mapped(&b, fd, SIDE);
		if (error)
			break;
		fill(&b, i);
		unmap_buffer(&b);
		error = free_handle(fd, b.handle);
	}
	check(error == ENODEV, "the device is gone after %d buffers: %s", i, errno_name(error));
	close(fd);
}

static void run_hold(void)
{
	int fd = open_drm(node);

	use_and_free(fd, 8);
	info("%ld bytes kept", front_counter("cache-bytes-now"));
	usleep(hold_ms * 1000);
	close(fd);
}

static void run_all(int fd)
{
	test_rounds(fd);
	test_mapped_again(fd);
	test_freed(fd);
	test_sizes(fd);
	test_still_mapped(fd);
	test_two_mappings(fd);
	test_in_part(fd);
	test_two_files(fd);
	test_threads(fd);
	test_gpu(fd);
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "cached", .flag = &cached, .help = "buffers must be used again; look at counters" },
		{ "loop", .flag = &loop, .help = "make and free until the device is gone" },
		{ "hold", .number = &hold_ms, .help = "free some, and wait so many ms" },
		{ "fit", .number = &fit_mib, .help = "MiB that a limit allows" },
	};
	int fd;

	parse_options(argc, argv, "Make and free buffers over and over.", options,
		      ARRAY_SIZE(options));
	fd = open_drm(node);
	find_driver(fd);
	if (loop) {
		run_loop();
	} else if (hold_ms) {
		run_hold();
	} else if (fit_mib) {
		test_fit();
	} else {
		run_all(fd);
		close(fd);
		if (cached)
			test_bounds();
	}
	return failures() != 0;
}
