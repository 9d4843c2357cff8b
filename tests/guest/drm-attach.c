// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-attach: another device uses a DRM node's buffers, by their dma-bufs
 *
 * The other device is that of importer.ko (tests/system/modules), which shows what it
 * finds, and vgem, as a DRM driver that imports them. The result lines are the same in
 * dom0 and in its guests.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xf86drm.h>

#include "../system/modules/importer.h"
#include "prime.h"

static int cycles = 100;
static const char *hold;
static bool many;

#define MANY	64

static int open_importer(void)
{
	int fd = open("/dev/importer", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die("/dev/importer: %s", errno_name(errno));
	return fd;
}

/* Return 0 or errno. */
static int attach(int importer, int dmabuf)
{
	return ioctl(importer, IMPORTER_ATTACH, dmabuf) ? errno : 0;
}

static int must_attach(int dmabuf)
{
	int importer = open_importer();

	prime_must("attach", attach(importer, dmabuf));
	return importer;
}

/* Words that are not as prime_fill() leaves them; -1: it cannot be read */
static int importer_wrong(int importer, __u32 seed)
{
	static __u32 words[PRIME_WORDS];

	if (pread(importer, words, PRIME_BYTES, 0) != PRIME_BYTES)
		return -1;
	return prime_wrong(words, seed);
}

static bool importer_fill(int importer, __u32 seed)
{
	static __u32 words[PRIME_WORDS];

	prime_fill(words, seed);
	return pwrite(importer, words, PRIME_BYTES, 0) == PRIME_BYTES;
}

/* What is written on one side is read on the other. */
static void check_both(const char *what, int importer, __u32 *map, __u32 seed)
{
	int wrong;

	prime_fill(map, seed);
	wrong = importer_wrong(importer, seed);
	check(!wrong, "%s: the device reads what was written (%d)", what, wrong);
	check(importer_fill(importer, seed + 1), "%s: the device writes", what);
	wrong = prime_wrong(map, seed + 1);
	check(!wrong, "%s: which is read back (%d)", what, wrong);
}

static void test_data(int fd)
{
	struct prime_buffer b;
	int dmabuf, one, two;
	__u32 *map;

	prime_create(&b, fd);
	map = prime_map(fd, b.offset);
	dmabuf = prime_share(&b);
	one = must_attach(dmabuf);
	check_both("pages", one, map, 1);
	two = must_attach(dmabuf);
	prime_must("vmap", ioctl(two, IMPORTER_VMAP, 0) ? errno : 0);
	check_both("vmap", two, map, 3);
	check(!importer_wrong(one, 4), "both devices see the same");
	close(one);
	check_both("the first one has let go", two, map, 5);
	close(two);
	two = must_attach(dmabuf);
	check(!importer_wrong(two, 6), "attached again");
	close(dmabuf);
	prime_destroy(fd, b.handle);
	check_both("the handle is closed", two, map, 7);
	munmap(map, PRIME_BYTES);
	check(!importer_wrong(two, 8), "so is the mapping");
	check(importer_fill(two, 9) && !importer_wrong(two, 9), "and can be written");
	close(two);
}

/* The device does not care how the descriptor was opened. */
static void test_read_only(int fd)
{
	struct prime_buffer b;
	int dmabuf, importer;
	__u32 *map;

	prime_create(&b, fd);
	map = prime_map(fd, b.offset);
	prime_must("HANDLE_TO_FD", prime_export(fd, b.handle, DRM_CLOEXEC, &dmabuf));
	importer = must_attach(dmabuf);
	check_both("read-only descriptor", importer, map, 10);
	prime_must("vmap", ioctl(importer, IMPORTER_VMAP, 0) ? errno : 0);
	check_both("read-only descriptor, vmap", importer, map, 12);
	close(importer);
	close(dmabuf);
	munmap(map, PRIME_BYTES);
	prime_destroy(fd, b.handle);
}

static int open_driver(const char *name)
{
	char path[32];
	int i, fd;

	for (i = 128; i < 192; i++) {
		drmVersionPtr version;
		bool found;

		snprintf(path, sizeof(path), "/dev/dri/renderD%d", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		version = drmGetVersion(fd);
		found = version && !strcmp(version->name, name);
		drmFreeVersion(version);
		if (found)
			return fd;
		close(fd);
	}
	die("there is no %s", name);
}

static void test_vgem(int fd)
{
	int vgem = open_driver("vgem"), dmabuf, again;
	__u32 handle, second, own;
	struct prime_buffer b;
	__u32 *map;

	prime_create(&b, fd);
	dmabuf = prime_share(&b);
	result("vgem imports it: %s", errno_name(prime_import(vgem, dmabuf, &handle)));
	check(!prime_import(vgem, dmabuf, &second) && second == handle, "twice with the same handle");
	close(dmabuf);
	prime_must("HANDLE_TO_FD of vgem",
		   prime_export(vgem, handle, DRM_CLOEXEC | DRM_RDWR, &again));
	check(!prime_import(fd, again, &own) && own == b.handle, "it is the first device's buffer");
	map = prime_map(again, 0);
	prime_fill(map, 14);
	munmap(map, PRIME_BYTES);
	prime_destroy(fd, b.handle);
	map = prime_map(again, 0);
	check(!prime_wrong(map, 14), "vgem keeps it");
	munmap(map, PRIME_BYTES);
	close(again);
	prime_destroy(vgem, handle);
	close(vgem);
}

static void test_killed(int fd)
{
	struct prime_buffer b;
	int ready[2], dmabuf;
	pid_t child;
	char c;

	prime_create(&b, fd);
	dmabuf = prime_share(&b);
	prime_must("pipe", pipe(ready) ? errno : 0);
	child = fork();
	if (!child) {
		int importer = must_attach(dmabuf);

		prime_must("vmap", ioctl(importer, IMPORTER_VMAP, 0) ? errno : 0);
		prime_must("write", write(ready[1], "", 1) == 1 ? 0 : errno);
		pause();
		exit(0);
	}
	close(ready[1]);
	check(read(ready[0], &c, 1) == 1, "a process has it attached");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(ready[0]);
	close(dmabuf);
	prime_destroy(fd, b.handle);
}

static void test_cycles(int fd)
{
	int i, dmabuf, importer, bad = 0;
	struct prime_buffer b;

	prime_create(&b, fd);
	for (i = 0; i < cycles; i++) {
		dmabuf = prime_share(&b);
		importer = open_importer();
		bad += attach(importer, dmabuf) != 0;
		if (i % 4 == 0)
			bad += ioctl(importer, IMPORTER_VMAP, 0) != 0;
		close(i % 2 ? dmabuf : importer);
		close(i % 2 ? importer : dmabuf);
	}
	check(!bad, "%d times attached and let go", cycles);
	prime_destroy(fd, b.handle);
}

/* For limits, which dom0 does not have */
static void attach_many(int fd)
{
	int importers[MANY], dmabufs[MANY], i, error = 0;
	struct prime_buffer b;
	__u32 *map;

	for (i = 0; i < MANY && !error; i++) {
		prime_create(&b, fd);
		dmabufs[i] = prime_share(&b);
		importers[i] = open_importer();
		error = attach(importers[i], dmabufs[i]);
	}
	result("%d buffers of %d KiB attached, then %s", i - 1, PRIME_BYTES >> 10,
	       errno_name(error));
	check(i > 1 && attach(importers[i - 1], dmabufs[i - 2]) == 0, "one of them again");
	map = prime_map(fd, b.offset);
	prime_fill(map, 30);
	check(!prime_wrong(map, 30), "programs go on");
	close(importers[0]);
	check(!attach(importers[i - 1], dmabufs[i - 1]), "when one has let go, there is room");
	check(!importer_wrong(importers[i - 1], 30), "and the device reads it");
}

/* Until there is a file of that name: then the device is gone. */
static void hold_it(int fd)
{
	int dmabuf, one, two, late = open_importer();
	struct prime_buffer b;
	__u32 *map;

	prime_create(&b, fd);
	map = prime_map(fd, b.offset);
	dmabuf = prime_share(&b);
	one = must_attach(dmabuf);
	two = must_attach(dmabuf);
	prime_must("vmap", ioctl(two, IMPORTER_VMAP, 0) ? errno : 0);
	prime_fill(map, 20);
	info("ready");
	while (access(hold, F_OK))
		usleep(100000);
	check(!prime_wrong(map, 20) || !map[0], "the program's mapping is zeroes");
	check(!importer_wrong(one, 20), "the device still has the picture");
	check(!importer_wrong(two, 20), "also by its other address");
	check(importer_fill(two, 21) && !importer_wrong(one, 21), "and can write to it");
	result("attach another: %s", errno_name(attach(late, dmabuf)));
	close(one);
	check(!importer_wrong(two, 21), "the second one when the first has let go");
	close(two);
	result("attach when all have let go: %s", errno_name(attach(late, dmabuf)));
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &prime_node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "cycles", .number = &cycles, .help = "of what is repeated (100)" },
		{ "many", .flag = &many, .help = "only attach as many buffers as is possible" },
		{ "hold", .text = &hold, .help = "wait for the device to go away, until TEXT exists" },
	};
	int fd;

	parse_options(argc, argv, "Have another device use a DRM node's buffers.", options,
		      ARRAY_SIZE(options));
	fd = prime_open();
	if (hold) {
		hold_it(fd);
	} else if (many) {
		attach_many(fd);
	} else {
		test_data(fd);
		test_read_only(fd);
		test_vgem(fd);
		test_killed(fd);
		test_cycles(fd);
	}
	close(fd);
	return failures() != 0;
}
