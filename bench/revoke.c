// SPDX-License-Identifier: GPL-2.0-only
/*
 * revoke.c: what it costs that dom0's driver takes a mapped buffer's pages away
 *
 * mover (tests/system/modules) with unmap_on_map=Y does so when it is asked where a
 * buffer can be mapped, as a driver does that is to move it: the guest must let
 * go of all pages before the driver goes on. Then the program touches them again.
 *
 * All times come from the same loop, with that of an empty request and of the ioctl
 * alone, for these are what it is compared with.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <drm.h>

#include "bench.h"
#include "common.h"

#define MOST		200
#define COUNTED		20	/* once more, with nothing else in between */

struct times {
	double trip[MOST], offset[MOST], revoke[MOST], refault[MOST], both[MOST];
};

static double time_trip(int nop)
{
	double begin = now();

	must("nop", write(nop, "", 1));
	return (now() - begin) * 1e6;
}

static double time_offset(const struct object *object)
{
	struct drm_mode_map_dumb map = { .handle = object->gem.handle };
	double begin = now();

	must("MODE_MAP_DUMB", ioctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &map));
	return (now() - begin) * 1e6;
}

static double time_touch(const struct object *object)
{
	volatile char *map = object->map;
	double begin = now();
	size_t i;

	for (i = 0; i < object->size; i += PAGE)
		map[i] = 1;
	return (now() - begin) * 1e6;
}

static void print_times(const char *what, const struct object *object, double *ns, int count,
			const struct counts *before, const struct counts *after)
{
	char name[32];

	snprintf(name, sizeof(name), "%s-%zu", what, object->size / PAGE);
	print_bench(name, ns, count, 1, before, after);
}

/* @unmapped: another buffer, of which nothing can be taken away */
static void compare(const struct object *object, const struct object *unmapped, int nop, int count)
{
	static struct times t;
	int i;

	for (i = 0; i < count; i++) {
		if (nop >= 0)
			t.trip[i] = time_trip(nop);
		t.offset[i] = time_offset(unmapped);
		t.revoke[i] = time_offset(object);
		t.refault[i] = time_touch(object);
		t.both[i] = t.revoke[i] + t.refault[i] - t.offset[i];
	}
	if (nop >= 0)
		print_times("trip", object, t.trip, count, NULL, NULL);
	print_times("offset", object, t.offset, count, NULL, NULL);
	print_times("revoke", object, t.revoke, count, NULL, NULL);
	print_times("refault", object, t.refault, count, NULL, NULL);
	print_times("both", object, t.both, count, NULL, NULL);
}

static void count_requests(const struct object *object)
{
	struct counts before = read_counts(), after;
	double ns[COUNTED];
	int i;

	for (i = 0; i < COUNTED; i++)
		ns[i] = time_offset(object) + time_touch(object);
	after = read_counts();
	/* An ioctl and a FAULT each time, or nothing was taken away. */
	if (before.known && after.requests - before.requests < 2 * COUNTED)
		die("the buffer's pages stay: this needs mover with unmap_on_map=Y");
	print_times("move", object, ns, COUNTED, &before, &after);
}

static void measure_side(__u32 side, int nop, int count)
{
	struct object object, unmapped;

	make_object(&object, side);
	make_object(&unmapped, side);
	munmap(unmapped.map, unmapped.size);
	unmapped.map = NULL;
	compare(&object, &unmapped, nop, count);
	count_requests(&object);
	free_object(&unmapped);
	free_object(&object);
}

/* The frontend's file for empty requests, or -1: natively */
static int open_nop(void)
{
	int file = -1;
	glob_t found;

	if (glob(NOP, 0, NULL, &found))
		return -1;
	file = open(found.gl_pathv[0], O_WRONLY | O_CLOEXEC);
	must(found.gl_pathv[0], file);
	globfree(&found);
	return file;
}

void measure_revoke(void)
{
	int nop = open_nop(), count = samples < MOST ? samples : MOST;

	measure_side(32, nop, count); /* a page */
	measure_side(128, nop, count); /* 16 of them */
	measure_side(256, nop, count); /* 64 */
	if (nop >= 0)
		close(nop);
}
