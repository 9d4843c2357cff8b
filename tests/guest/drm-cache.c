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
#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <drm.h>
#include <virtgpu_drm.h>
#include <xf86drm.h>

#include "common.h"

#define SIDE		128			/* pixels: 16 pages */
#define MIB_SIDE	512
#define ROUNDS		40
#define THREADS		4
#define COMMANDS	16384			/* bytes */

static const char *node = DEFAULT_NODE;
static bool virtio, cached, loop;
static int hold_ms, fit_mib;

struct buffer {
	int fd;
	int side;
	__u32 handle;
	__u32 resource;		/* virtio: a name that is never used twice */
	__u64 offset;
	__u32 *map;
};

static size_t size_of(const struct buffer *b)
{
	return (size_t)b->side * b->side * 4;
}

static size_t words(const struct buffer *b)
{
	return size_of(b) / 4;
}

static int open_node(void)
{
	int fd = open(node, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die("cannot open %s: %s", node, strerror(errno));
	return fd;
}

/* errno, as all of these */
static int make(struct buffer *b, int fd, int side)
{
	struct drm_mode_create_dumb dumb = { .width = side, .height = side, .bpp = 32 };
	struct drm_virtgpu_resource_create resource = {
		.target = 2, .format = 1, .bind = 2, .width = side, .height = side, .depth = 1,
		.array_size = 1, .size = side * side * 4,
	};

	*b = (struct buffer){ .fd = fd, .side = side };
	if (virtio ? drmIoctl(fd, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, &resource) :
		     drmIoctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb))
		return errno;
	b->handle = virtio ? resource.bo_handle : dumb.handle;
	b->resource = resource.res_handle;
	return 0;
}

static int place(struct buffer *b)
{
	struct drm_mode_map_dumb dumb = { .handle = b->handle };
	struct drm_virtgpu_map map = { .handle = b->handle };

	if (virtio ? drmIoctl(b->fd, DRM_IOCTL_VIRTGPU_MAP, &map) :
		     drmIoctl(b->fd, DRM_IOCTL_MODE_MAP_DUMB, &dumb))
		return errno;
	b->offset = virtio ? map.offset : dumb.offset;
	return 0;
}

static int map_buffer(struct buffer *b)
{
	b->map = mmap(NULL, size_of(b), PROT_READ | PROT_WRITE, MAP_SHARED, b->fd, b->offset);
	return b->map == MAP_FAILED ? errno : 0;
}

static void unmap_buffer(struct buffer *b)
{
	munmap(b->map, size_of(b));
}

static int free_handle(int fd, __u32 handle)
{
	struct drm_gem_close gem = { .handle = handle };

	return ioctl(fd, DRM_IOCTL_GEM_CLOSE, &gem) ? errno : 0;
}

static int make_mapped(struct buffer *b, int fd, int side)
{
	int error = make(b, fd, side);

	error = error ? error : place(b);
	return error ? error : map_buffer(b);
}

static void must(const char *what, int error)
{
	if (error)
		die("%s: %s", what, errno_name(error));
}

static void make_one(struct buffer *b, int fd, int side)
{
	must("a mapped buffer", make_mapped(b, fd, side));
}

static void end_one(struct buffer *b)
{
	unmap_buffer(b);
	must("GEM_CLOSE", free_handle(b->fd, b->handle));
}

static void fill(const struct buffer *b, __u32 value)
{
	size_t i;

	for (i = 0; i < words(b); i++)
		b->map[i] = value;
}

static size_t differ(const struct buffer *b, __u32 value)
{
	size_t i, bad = 0;

	for (i = 0; i < words(b); i++)
		bad += b->map[i] != value;
	return bad;
}

/* ------------------------------------------------- what the frontend counts */

static long counter(const char *name)
{
	char word[64];
	long value, sum = 0;
	glob_t found;
	FILE *file;
	size_t i;

	if (glob("/sys/kernel/debug/pvdrm-front/*/stats", 0, NULL, &found))
		return -1;
	for (i = 0; i < found.gl_pathc; i++) {
		file = fopen(found.gl_pathv[i], "re");
		if (!file)
			continue;
		while (fscanf(file, " %63[^: ]%*[: ]%ld", word, &value) == 2)
			if (!strcmp(word, name))
				sum += value;
		fclose(file);
	}
	globfree(&found);
	return sum;
}

/* Wait until a counter is that; the answers come from dom0 */
static long counter_until(const char *name, long wanted)
{
	long value;
	int i;

	for (i = 0; i < 100; i++) {
		value = counter(name);
		if (value == wanted)
			break;
		usleep(50000);
	}
	return value;
}

static long hits(void)
{
	return cached ? counter("cache-hits") : 0;
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
	long before = cached ? counter("cache-maps") : 0;
	struct buffer b;
	int i, bad = 0;

	make_one(&b, fd, SIDE);
	for (i = 0; i < 10; i++) {
		fill(&b, i);
		unmap_buffer(&b);
		must("mmap", map_buffer(&b));
		bad += differ(&b, i) != 0;
	}
	check(!bad, "mapped again, a buffer has what it had");
	end_one(&b);
	if (cached)
		check(counter("cache-maps") - before >= 10, "by the same mapping");
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

static void test_two_files(int fd)
{
	int i, other = open_node();
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
	usleep(50000);
	before = hits();
	make_one(&b, other, SIDE);
	end_one(&b);
	expect_hits("by that file then", before, 1, 1);
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

/* ---------------------------------------------------- the GPU: virtio with virgl */

static bool is_busy(const struct buffer *b)
{
	struct drm_virtgpu_3d_wait wait = { .handle = b->handle, .flags = VIRTGPU_WAIT_NOWAIT };

	return ioctl(b->fd, DRM_IOCTL_VIRTGPU_WAIT, &wait) && errno == EBUSY;
}

static void wait_idle(const struct buffer *b)
{
	struct drm_virtgpu_3d_wait wait = { .handle = b->handle };

	must("WAIT", drmIoctl(b->fd, DRM_IOCTL_VIRTGPU_WAIT, &wait) ? errno : 0);
}

/* Zeros are virgl's command that does nothing; the buffer is busy until it is done. */
static void submit(const struct buffer *b)
{
	static __u32 commands[COMMANDS / 4];
	__u32 handle = b->handle;
	struct drm_virtgpu_execbuffer execute = {
		.size = COMMANDS, .command = (unsigned long)commands, .fence_fd = -1,
		.bo_handles = (unsigned long)&handle, .num_bo_handles = 1,
	};

	must("EXECBUFFER", drmIoctl(b->fd, DRM_IOCTL_VIRTGPU_EXECBUFFER, &execute) ? errno : 0);
}

static void transfer(const struct buffer *b, bool to_host)
{
	struct drm_virtgpu_3d_transfer_to_host move = {
		.bo_handle = b->handle, .box = { .w = b->side, .h = b->side, .d = 1 },
	};

	must("TRANSFER", drmIoctl(b->fd, to_host ? DRM_IOCTL_VIRTGPU_TRANSFER_TO_HOST :
				  DRM_IOCTL_VIRTGPU_TRANSFER_FROM_HOST, &move) ? errno : 0);
}

/* One freed while the GPU has it is not given out before the GPU is done. */
static void test_busy(int fd)
{
	int i, busy = 0, again = 0, bad = 0;
	__u32 last = 0;
	struct buffer b;

	for (i = 0; i < ROUNDS; i++) {
		make_one(&b, fd, SIDE);
		if (b.resource == last || (i && b.resource < last)) {
			again++;
			bad += is_busy(&b);
		}
		if (b.resource > last)
			last = b.resource;
		wait_idle(&b);
		submit(&b);
		busy += is_busy(&b);
		end_one(&b);
	}
	check(!bad, "none that was busy is given out");
	info("%d were busy when they were freed, %d of %d used again", busy, again, ROUNDS);
}

/* What the GPU writes late must not be seen in the next buffer. */
static void test_late_writes(int fd)
{
	size_t dirty = 0;
	struct buffer b;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		make_one(&b, fd, SIDE);
		dirty += differ(&b, 0);
		fill(&b, 0xeeee);
		transfer(&b, true);
		wait_idle(&b);
		fill(&b, 0);
		transfer(&b, false);
		end_one(&b);
		make_one(&b, fd, SIDE);
		dirty += differ(&b, 0);
		usleep(5000);
		dirty += differ(&b, 0);
		end_one(&b);
	}
	check(!dirty, "what the GPU writes to a freed buffer is in no other");
}

static void test_gpu(int fd)
{
	int value = 0;
	struct drm_virtgpu_getparam param = {
		.param = VIRTGPU_PARAM_3D_FEATURES, .value = (unsigned long)&value,
	};

	if (!virtio || drmIoctl(fd, DRM_IOCTL_VIRTGPU_GETPARAM, &param) || !value) {
		info("no GPU that works on buffers");
		return;
	}
	test_busy(fd);
	test_late_writes(fd);
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
	long bytes, before = counter("cache-evictions");
	int fd = open_node();

	use_and_free(fd, 40);
	bytes = counter("cache-bytes-now");
	check(bytes > 0 && bytes <= 32l << 20, "40 MiB freed: %ld bytes kept", bytes);
	check(counter("cache-evictions") > before, "the rest is not");
	use_and_free(fd, 4);
	close(fd);
	check(!counter_until("cache-bytes-now", 0), "nothing is kept of a closed file");

	fd = open_node();
	use_and_free(fd, 8);
	check(counter("cache-bytes-now") > 0, "8 MiB freed, and kept");
	drop_caches();
	check(!counter_until("cache-bytes-now", 0), "until memory is short");
	check(!counter_until("grants-mapped-now", 0), "with no page mapped");
	use_and_free(fd, 8);
	check(counter("cache-bytes-now") > 0, "8 MiB freed again");
	check(!counter_until("cache-bytes-now", 0), "and gone with time");
	close(fd);
	check(!counter_until("maps-now", 0), "no mapping is left");
}

/* All that a limit allows was freed, and is kept: something else must fit. */
static void test_fit(void)
{
	int i, fd = open_node();
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
	int i, error = 0, fd = open_node();
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
	int fd = open_node();

	use_and_free(fd, 8);
	info("%ld bytes kept", counter("cache-bytes-now"));
	usleep(hold_ms * 1000);
	close(fd);
}

static void find_driver(int fd)
{
	drmVersionPtr version = drmGetVersion(fd);

	virtio = version && !strcmp(version->name, "virtio_gpu");
	drmFreeVersion(version);
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
	fd = open_node();
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
