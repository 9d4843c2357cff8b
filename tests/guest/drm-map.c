// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-map: mappings of buffers, by all means that mmap() offers
 *
 * Buffers come from virtio_gpu's RESOURCE_CREATE or, with other drivers, are
 * dumb ones. What the GPU's renderer sees is tested where transfers exist.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <drm.h>
#include <virtgpu_drm.h>
#include <xf86drm.h>

#include "common.h"

#define PAGE		4096
#define SIDE		256			/* pixels */
#define BYTES		(SIDE * SIDE * 4)	/* 64 pages */
#define WORDS		(BYTES / 4)
#define PAGE_WORDS	(PAGE / 4)
#define MANY		16

static const char *node = DEFAULT_NODE;
static int processes = 4, rounds = 5;
static bool virtio;

struct buffer {
	int fd;
	__u32 handle;
	__u64 offset;
};

static int call(int fd, unsigned long cmd, void *arg)
{
	return drmIoctl(fd, cmd, arg) ? errno : 0;
}

static void must(const char *what, int error)
{
	if (error)
		die("%s: %s", what, errno_name(error));
}

static void create_virtio(struct buffer *b)
{
	struct drm_virtgpu_resource_create make = {
		.target = 2, .format = 1, .bind = 2, .width = SIDE, .height = SIDE, .depth = 1,
		.array_size = 1, .size = BYTES,
	};
	struct drm_virtgpu_map map = { 0 };

	must("RESOURCE_CREATE", call(b->fd, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, &make));
	map.handle = make.bo_handle;
	must("MAP", call(b->fd, DRM_IOCTL_VIRTGPU_MAP, &map));
	b->handle = make.bo_handle;
	b->offset = map.offset;
}

static void create(struct buffer *b, int fd)
{
	struct drm_mode_create_dumb dumb = { .width = SIDE, .height = SIDE, .bpp = 32 };
	struct drm_mode_map_dumb map = { 0 };

	b->fd = fd;
	if (virtio) {
		create_virtio(b);
		return;
	}
	must("MODE_CREATE_DUMB", call(fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb));
	map.handle = dumb.handle;
	must("MODE_MAP_DUMB", call(fd, DRM_IOCTL_MODE_MAP_DUMB, &map));
	b->handle = dumb.handle;
	b->offset = map.offset;
}

static void destroy(const struct buffer *b)
{
	struct drm_gem_close close = { .handle = b->handle };

	must("GEM_CLOSE", call(b->fd, DRM_IOCTL_GEM_CLOSE, &close));
}

static __u32 *map_part(const struct buffer *b, size_t bytes, int prot)
{
	void *map = mmap(NULL, bytes, prot, MAP_SHARED, b->fd, b->offset);

	if (map == MAP_FAILED)
		die("mmap: %s", errno_name(errno));
	return map;
}

static __u32 *map_all(const struct buffer *b)
{
	return map_part(b, BYTES, PROT_READ | PROT_WRITE);
}

static __u32 pattern(__u32 seed, __u32 i)
{
	return (seed * 2654435761u) ^ (i * 40503u + (i >> 7));
}

static void fill(__u32 *map, __u32 seed)
{
	__u32 i;

	for (i = 0; i < WORDS; i++)
		map[i] = pattern(seed, i);
}

static int wrong(const __u32 *map, __u32 seed, __u32 first, __u32 count)
{
	__u32 i;
	int bad = 0;

	for (i = first; i < first + count; i++)
		bad += map[i] != pattern(seed, i);
	return bad;
}

static void test_data(int fd)
{
	struct buffer b;
	__u32 *one, *two, i, zero = 0;

	create(&b, fd);
	one = map_all(&b);
	for (i = 0; i < WORDS; i++)
		zero += one[i] != 0;
	check(!zero, "a new buffer is all zeros");
	fill(one, 1);
	check(!wrong(one, 1, 0, WORDS), "what is written is read");
	two = map_all(&b);
	check(!wrong(two, 1, 0, WORDS), "a second mapping shows the same");
	fill(two, 2);
	check(!wrong(one, 2, 0, WORDS), "and so does the first when that is written");
	munmap(one, BYTES);
	check(!wrong(two, 2, 0, WORDS), "and the second without the first");
	munmap(two, BYTES);
	one = map_all(&b);
	check(!wrong(one, 2, 0, WORDS), "and a new one after both are gone");
	destroy(&b);
	check(!wrong(one, 2, 0, WORDS), "and one whose handle is closed");
	fill(one, 3);
	check(!wrong(one, 3, 0, WORDS), "which can be written, too");
	munmap(one, BYTES);
}

static void test_many(int fd)
{
	struct buffer b[MANY];
	__u32 *map[MANY];
	int i, bad = 0;

	for (i = 0; i < MANY; i++) {
		create(&b[i], fd);
		map[i] = map_all(&b[i]);
		fill(map[i], i + 10);
	}
	for (i = 0; i < MANY; i++)
		bad += wrong(map[i], i + 10, 0, WORDS);
	check(!bad, "%d buffers keep their own data", MANY);
	for (i = 0; i < MANY; i += 2) {
		munmap(map[i], BYTES);
		destroy(&b[i]);
	}
	for (bad = 0, i = 1; i < MANY; i += 2) {
		bad += wrong(map[i], i + 10, 0, WORDS);
		destroy(&b[i]);
		bad += wrong(map[i], i + 10, 0, WORDS);
		munmap(map[i], BYTES);
	}
	check(!bad, "and the rest does when some are gone");
}

static void test_parts(int fd)
{
	struct buffer b;
	__u32 *map, *page;
	void *moved;

	create(&b, fd);
	map = map_all(&b);
	fill(map, 4);
	munmap((char *)map + 8 * PAGE, 8 * PAGE);
	check(touch(map + 8 * PAGE_WORDS, false) == SIGSEGV, "an unmapped page is gone");
	check(!wrong(map, 4, 0, 8 * PAGE_WORDS), "the pages before it are there");
	check(!wrong(map, 4, 16 * PAGE_WORDS, 48 * PAGE_WORDS), "and those after it");
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, b.offset + 8 * PAGE);
	if (page == MAP_FAILED) {
		result("a page in the middle can't be mapped: %s", errno_name(errno));
	} else {
		result("a page in the middle can be mapped");
		munmap(page, PAGE);
	}
	moved = mremap((char *)map + 16 * PAGE, 8 * PAGE, 8 * PAGE, MREMAP_MAYMOVE);
	check(moved != MAP_FAILED && !wrong(map, 4, 16 * PAGE_WORDS, 8 * PAGE_WORDS),
	      "mremap to the same size");
	moved = mremap((char *)map + 16 * PAGE, 8 * PAGE, 16 * PAGE, MREMAP_MAYMOVE);
	result("mremap to more: %s", moved == MAP_FAILED ? errno_name(errno) : "0");
	munmap(map, BYTES);
	map = map_part(&b, 3 * PAGE, PROT_READ);
	check(!wrong(map, 4, 0, 3 * PAGE_WORDS), "a part of a buffer can be mapped");
	munmap(map, 3 * PAGE);
	destroy(&b);
}

static void test_protection(int fd)
{
	struct buffer b;
	__u32 *map;

	create(&b, fd);
	map = map_all(&b);
	fill(map, 5);
	munmap(map, BYTES);
	map = map_part(&b, BYTES, PROT_READ);
	check(!wrong(map, 5, 0, WORDS), "a read-only mapping can be read");
	check(touch(map, true) == SIGSEGV, "and not written");
	check(!mprotect(map, PAGE, PROT_READ | PROT_WRITE) && !touch(map, true),
	      "until mprotect allows it");
	map[0] = 1;
	check(touch(map + PAGE_WORDS, true) == SIGSEGV, "for that page alone");
	check(!mprotect(map, BYTES, PROT_NONE) && touch(map + 9, false) == SIGSEGV,
	      "PROT_NONE forbids all");
	check(!mprotect(map, BYTES, PROT_READ) && map[0] == 1 && !wrong(map, 5, 1, WORDS - 1),
	      "and is taken back");
	munmap(map, BYTES);
	destroy(&b);
}

static void test_discard(int fd)
{
	struct buffer b;
	__u32 *map;

	create(&b, fd);
	map = map_all(&b);
	fill(map, 6);
	result("MADV_DONTNEED: %s", madvise(map, BYTES, MADV_DONTNEED) ? errno_name(errno) : "0");
	check(!wrong(map, 6, 0, WORDS), "loses nothing");
	munmap(map, BYTES);
	destroy(&b);
}

/* Reading a file straight into the buffer: the kernel writes through the mapping. */
static void test_system_calls(int fd)
{
	struct buffer b;
	int zero = open("/dev/zero", O_RDWR | O_CLOEXEC), pipes[2];
	__u32 *map, copy[PAGE_WORDS];

	create(&b, fd);
	map = map_all(&b);
	fill(map, 7);
	check(read(zero, map, PAGE) == PAGE && !map[0] && !map[PAGE_WORDS - 1],
	      "read() into a mapping");
	must("pipe", pipe(pipes) ? errno : 0);
	check(write(pipes[1], map + PAGE_WORDS, PAGE) == PAGE &&
	      read(pipes[0], copy, PAGE) == PAGE && !memcmp(copy, map + PAGE_WORDS, PAGE),
	      "write() from a mapping");
	close(pipes[0]);
	close(pipes[1]);
	close(zero);
	munmap(map, BYTES);
	destroy(&b);
}

/*
 * The renderer has its own copy of a virtio_gpu buffer: what comes back is what
 * went there, not what lies in the pages.
 */
static void test_transfer(int fd)
{
	struct drm_virtgpu_3d_transfer_to_host move = { .box = { .w = SIDE, .h = SIDE, .d = 1 } };
	struct drm_virtgpu_3d_wait wait = { 0 };
	int round, bad = 0;
	struct buffer b;
	__u32 *map;

	if (!virtio)
		return;
	create(&b, fd);
	move.bo_handle = b.handle;
	wait.handle = b.handle;
	map = map_all(&b);
	for (round = 0; round < rounds; round++) {
		fill(map, round + 20);
		must("TRANSFER_TO_HOST", call(fd, DRM_IOCTL_VIRTGPU_TRANSFER_TO_HOST, &move));
		must("WAIT", call(fd, DRM_IOCTL_VIRTGPU_WAIT, &wait));
		memset(map, 0xff, BYTES);
		must("TRANSFER_FROM_HOST", call(fd, DRM_IOCTL_VIRTGPU_TRANSFER_FROM_HOST, &move));
		must("WAIT", call(fd, DRM_IOCTL_VIRTGPU_WAIT, &wait));
		bad += wrong(map, round + 20, 0, WORDS);
	}
	check(!bad, "what the renderer writes is seen");
	munmap(map, BYTES);
	destroy(&b);
}

static int child(const struct buffer *b, __u32 *map)
{
	__u32 *own;
	int bad = 0;

	/* The child may find the mapping or not; a mapping shows the truth. */
	if (!touch(map, false))
		bad += wrong(map, 8, 0, WORDS);
	own = map_all(b);
	bad += wrong(own, 8, 0, WORDS);
	fill(own, 9);
	munmap(own, BYTES);
	return bad != 0;
}

static void test_fork(int fd)
{
	struct buffer b;
	__u32 *map;
	int status = -1;
	pid_t pid;

	create(&b, fd);
	map = map_all(&b);
	fill(map, 8);
	pid = fork();
	if (!pid)
		_exit(child(&b, map));
	waitpid(pid, &status, 0);
	check(!status, "a child can use its parent's file");
	check(!wrong(map, 9, 0, WORDS), "and the parent sees what it wrote");
	munmap(map, BYTES);
	destroy(&b);
}

/* The child leaves with its mappings in place; the buffers must go with it. */
static void test_exit(int fd)
{
	int status = -1;
	pid_t pid = fork();
	struct buffer b;

	(void)fd;
	if (!pid) {
		create(&b, open(node, O_RDWR | O_CLOEXEC));
		fill(map_all(&b), 30);
		raise(SIGKILL);
	}
	waitpid(pid, &status, 0);
	check(WIFSIGNALED(status), "a process dies with a mapping");
}

static int busy_process(int id)
{
	int round, bad = 0, fd = open(node, O_RDWR | O_CLOEXEC);
	struct buffer b;
	__u32 *map;

	for (round = 0; round < rounds * 4; round++) {
		create(&b, fd);
		map = map_all(&b);
		fill(map, id * 1000 + round);
		bad += wrong(map, id * 1000 + round, 0, WORDS);
		munmap(map, BYTES);
		destroy(&b);
	}
	close(fd);
	return bad != 0;
}

static void test_processes(void)
{
	int i, status, bad = 0;

	for (i = 0; i < processes; i++)
		if (!fork())
			_exit(busy_process(i));
	while (wait(&status) > 0)
		bad += status != 0;
	check(!bad, "%d processes at once", processes);
}

static void test_errors(int fd)
{
	void *map = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	struct buffer b;

	result("mmap of offset 0: %s", map == MAP_FAILED ? errno_name(errno) : "0");
	map = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0x7fff0000000);
	result("mmap of nothing: %s", map == MAP_FAILED ? errno_name(errno) : "0");
	create(&b, fd);
	map = mmap(NULL, BYTES + PAGE, PROT_READ, MAP_SHARED, fd, b.offset);
	result("mmap of more than the buffer: %s", map == MAP_FAILED ? errno_name(errno) : "0");
	map = mmap(NULL, BYTES, PROT_READ, MAP_PRIVATE, fd, b.offset);
	result("mmap, private: %s", map == MAP_FAILED ? errno_name(errno) : "0");
	if (map != MAP_FAILED)
		munmap(map, BYTES);
	destroy(&b);
	map = mmap(NULL, BYTES, PROT_READ, MAP_SHARED, fd, b.offset);
	result("mmap of what is gone: %s", map == MAP_FAILED ? errno_name(errno) : "0");
}

static int open_node(void)
{
	int fd = open_drm(node);
	drmVersionPtr version = drmGetVersion(fd);

	virtio = version && !strcmp(version->name, "virtio_gpu");
	drmFreeVersion(version);
	return fd;
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "processes", .number = &processes, .help = "at once (4)" },
		{ "rounds", .number = &rounds, .help = "of what is repeated (5)" },
	};
	int fd;

	parse_options(argc, argv, "Map a DRM node's buffers in every way.", options,
		      ARRAY_SIZE(options));
	fd = open_node();
	test_errors(fd);
	test_data(fd);
	test_many(fd);
	test_parts(fd);
	test_protection(fd);
	test_discard(fd);
	test_system_calls(fd);
	test_transfer(fd);
	test_fork(fd);
	test_exit(fd);
	test_processes();
	close(fd);
	return failures() != 0;
}
