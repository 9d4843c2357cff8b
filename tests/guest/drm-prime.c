// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-prime: buffers shared by dma-buf descriptors, in one process
 *
 * The result lines are the same in dom0 and in its guests. What happens between
 * processes is in prime-processes.c, what happens when the device goes away in
 * prime-lost.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <drm.h>

#include "prime.h"

#define PAGE	4096

int prime_cycles = 2000;
static const char *lost;

static __u64 size_of(int dmabuf)
{
	return lseek(dmabuf, 0, SEEK_END);
}

/* ----------------------------------------------------------------------- tests */

static void test_capability(int fd)
{
	struct drm_get_cap cap = { .capability = DRM_CAP_PRIME };

	prime_must("GET_CAP", prime_call(fd, DRM_IOCTL_GET_CAP, &cap));
	result("DRM_CAP_PRIME is %llu", (unsigned long long)cap.value);
}

static void test_one_file(int fd)
{
	struct prime_buffer b;
	int one, two;
	__u32 handle;

	prime_create(&b, fd);
	one = prime_share(&b);
	check(!prime_import(fd, one, &handle) && handle == b.handle,
	      "a file that imports its own buffer has the same handle");
	check(fcntl(one, F_GETFD) == FD_CLOEXEC, "the descriptor closes on exec if asked for");
	prime_must("HANDLE_TO_FD", prime_export(fd, b.handle, 0, &two));
	check(fcntl(two, F_GETFD) == 0, "and not if not");
	check((fcntl(two, F_GETFL) & O_ACCMODE) == O_RDWR, "it is the first one's file");
	close(one);
	check(!prime_import(fd, two, &handle) && handle == b.handle, "as it is without the first");
	check(size_of(two) >= PRIME_BYTES, "lseek() to the end is the size");
	result("lseek() to elsewhere: %s", lseek(two, 5, SEEK_SET) < 0 ? errno_name(errno) : "0");
	check(lseek(two, 0, SEEK_SET) == 0, "lseek() to the start");
	close(two);
	prime_destroy(fd, b.handle);
}

static void test_read_only(int fd)
{
	struct prime_buffer b;
	int dmabuf;
	void *map;

	prime_create(&b, fd);
	prime_must("HANDLE_TO_FD", prime_export(fd, b.handle, DRM_CLOEXEC, &dmabuf));
	check((fcntl(dmabuf, F_GETFL) & O_ACCMODE) == O_RDONLY, "without DRM_RDWR it is read-only");
	map = mmap(NULL, PRIME_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, dmabuf, 0);
	result("mmap for writing: %s", map == MAP_FAILED ? errno_name(errno) : "0");
	map = mmap(NULL, PRIME_BYTES, PROT_READ, MAP_SHARED, dmabuf, 0);
	result("mmap for reading: %s", map == MAP_FAILED ? errno_name(errno) : "0");
	if (map != MAP_FAILED) {
		check(touch(map, false) == 0 && touch(map, true) == SIGSEGV,
		      "which can be read, and not written");
		munmap(map, PRIME_BYTES);
	}
	close(dmabuf);
	prime_destroy(fd, b.handle);
}

static void test_mapping(int fd)
{
	struct prime_buffer b;
	__u32 *own, *shared;
	int dmabuf;
	void *map;

	prime_create(&b, fd);
	own = prime_map(fd, b.offset);
	prime_fill(own, 1);
	dmabuf = prime_share(&b);
	shared = prime_map(dmabuf, 0);
	check(!prime_wrong(shared, 1), "the dma-buf shows what the buffer's mapping wrote");
	result("SYNC, start: %s", errno_name(prime_sync(dmabuf, DMA_BUF_SYNC_RW | DMA_BUF_SYNC_START)));
	prime_fill(shared, 2);
	result("SYNC, end: %s", errno_name(prime_sync(dmabuf, DMA_BUF_SYNC_RW | DMA_BUF_SYNC_END)));
	check(!prime_wrong(own, 2), "and the other way");
	result("SYNC, nothing: %s", errno_name(prime_sync(dmabuf, 0)));
	result("SYNC, unknown: %s", errno_name(prime_sync(dmabuf, 64 | DMA_BUF_SYNC_READ)));
	munmap(own, PRIME_BYTES);
	prime_destroy(fd, b.handle);
	check(!prime_wrong(shared, 2), "also without the handle");
	close(dmabuf);
	check(!prime_wrong(shared, 2), "and without the descriptor");
	prime_fill(shared, 3);
	check(!prime_wrong(shared, 3), "which can be written");
	munmap(shared, PRIME_BYTES);

	prime_create(&b, fd);
	dmabuf = prime_share(&b);
	map = mmap(NULL, size_of(dmabuf) + PAGE, PROT_READ, MAP_SHARED, dmabuf, 0);
	result("mmap of more than there is: %s", map == MAP_FAILED ? errno_name(errno) : "0");
	map = mmap(NULL, PRIME_BYTES, PROT_READ, MAP_PRIVATE, dmabuf, 0);
	result("mmap, private: %s", map == MAP_FAILED ? errno_name(errno) : "0");
	shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, dmabuf, 3 * PAGE);
	check(shared != MAP_FAILED && !touch(shared, true), "mmap of a page in the middle");
	munmap(shared, PAGE);
	close(dmabuf);
	prime_destroy(fd, b.handle);
}

static void test_two_files(int fd)
{
	int other = prime_open(), dmabuf, again;
	struct prime_buffer b;
	__u32 handle, second;
	__u32 *map;

	prime_create(&b, fd);
	map = prime_map(fd, b.offset);
	prime_fill(map, 4);
	dmabuf = prime_share(&b);
	check(!prime_import(other, dmabuf, &handle), "another file imports it");
	check(!prime_import(other, dmabuf, &second) && second == handle, "twice with the same handle");
	close(dmabuf);
	munmap(map, PRIME_BYTES);
	prime_destroy(fd, b.handle);
	prime_must("HANDLE_TO_FD", prime_export(other, handle, DRM_CLOEXEC | DRM_RDWR, &again));
	map = prime_map(again, 0);
	check(!prime_wrong(map, 4), "and has the data when the first file has closed it");
	check(!prime_import(fd, again, &second), "the first file imports it back");
	prime_destroy(fd, second);
	munmap(map, PRIME_BYTES);
	close(again);
	prime_destroy(other, handle);
	close(other);
}

/* The same dma-buf, however often it is exported: programs compare inodes. */
static void test_identity(int fd)
{
	struct stat one, two;
	struct prime_buffer b, c;
	int first, second, third;

	prime_create(&b, fd);
	prime_create(&c, fd);
	first = prime_share(&b);
	second = prime_share(&b);
	third = prime_share(&c);
	fstat(first, &one);
	fstat(second, &two);
	check(one.st_ino == two.st_ino, "two exports of a buffer are the same file");
	fstat(third, &two);
	check(one.st_ino != two.st_ino, "those of two buffers are not");
	close(first);
	close(second);
	close(third);
	prime_destroy(fd, b.handle);
	prime_destroy(fd, c.handle);
}

static bool is_ready(int dmabuf, short events, int ms)
{
	struct pollfd poller = { .fd = dmabuf, .events = events };

	return poll(&poller, 1, ms) == 1 && poller.revents == events;
}

/* The driver may not be done with making it, so one event may come before the other. */
static bool gets_ready(int dmabuf)
{
	return is_ready(dmabuf, POLLOUT, 20000) && is_ready(dmabuf, POLLIN, 20000) &&
	       is_ready(dmabuf, POLLIN | POLLOUT, 0);
}

static void test_other_calls(int fd)
{
	struct dma_buf_export_sync_file out = { .flags = DMA_BUF_SYNC_RW };
	struct dma_buf_import_sync_file in = { .flags = DMA_BUF_SYNC_RW, .fd = -1 };
	struct sync_file_info info = { 0 };
	struct prime_buffer b;
	int dmabuf;

	prime_create(&b, fd);
	dmabuf = prime_share(&b);
	result("SET_NAME: %s", ioctl(dmabuf, DMA_BUF_SET_NAME_B, "a name") ? errno_name(errno) : "0");
	check(gets_ready(dmabuf), "poll() says that an idle buffer is ready");
	check(!ioctl(dmabuf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &out), "EXPORT_SYNC_FILE");
	check(!ioctl(out.fd, SYNC_IOC_FILE_INFO, &info) && info.status == 1, "of an idle buffer is done");
	in.fd = out.fd;
	check(!ioctl(dmabuf, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &in), "IMPORT_SYNC_FILE");
	in.fd = dmabuf;
	result("IMPORT_SYNC_FILE of something else: %s",
	       ioctl(dmabuf, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &in) ? errno_name(errno) : "0");
	close(out.fd);
	close(dmabuf);
	prime_destroy(fd, b.handle);
}

static void test_errors(int fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), event = eventfd(0, EFD_CLOEXEC);
	int pipes[2], dmabuf;
	struct prime_buffer b;
	__u32 handle;

	prime_must("pipe", pipe(pipes) ? errno : 0);
	result("import of -1: %s", errno_name(prime_import(fd, -1, &handle)));
	result("import of a closed descriptor: %s", errno_name(prime_import(fd, 999, &handle)));
	result("import of /dev/null: %s", errno_name(prime_import(fd, null, &handle)));
	result("import of an eventfd: %s", errno_name(prime_import(fd, event, &handle)));
	result("import of a pipe: %s", errno_name(prime_import(fd, pipes[0], &handle)));
	result("import of the device: %s", errno_name(prime_import(fd, fd, &handle)));
	result("export of handle 0: %s", errno_name(prime_export(fd, 0, 0, &dmabuf)));
	result("export of a handle of nobody: %s", errno_name(prime_export(fd, 77777, 0, &dmabuf)));
	prime_create(&b, fd);
	result("export with unknown flags: %s", errno_name(prime_export(fd, b.handle, 1, &dmabuf)));
	dmabuf = prime_share(&b);
	close(dmabuf);
	result("import of what is closed: %s", errno_name(prime_import(fd, dmabuf, &handle)));
	result("close it again: %s", close(dmabuf) ? errno_name(errno) : "0");
	prime_destroy(fd, b.handle);
	result("export of what is gone: %s", errno_name(prime_export(fd, b.handle, 0, &dmabuf)));
	close(pipes[0]);
	close(pipes[1]);
	close(event);
	close(null);
}

static void test_no_descriptor_left(int fd)
{
	int last = -1, next, dmabuf, error;
	struct prime_buffer b;

	prime_create(&b, fd);
	while ((next = dup(fd)) >= 0)
		last = next;
	error = prime_export(fd, b.handle, DRM_CLOEXEC, &dmabuf);
	for (next = last; next > fd + 1 && last > 0; next--)
		close(next);
	result("export without a free descriptor: %s", errno_name(error));
	dmabuf = prime_share(&b);
	check(dmabuf >= 0, "and with one");
	close(dmabuf);
	prime_destroy(fd, b.handle);
}

static void test_cycles(int fd)
{
	int i, dmabuf, bad = 0, other = prime_open();
	struct prime_buffer b;
	__u32 handle, *map;

	for (i = 0; i < prime_cycles; i++) {
		if (i % 10 == 0)
			prime_create(&b, fd);
		dmabuf = prime_share(&b);
		bad += prime_import(other, dmabuf, &handle) != 0;
		if (i % 100 == 0) {
			map = prime_map(dmabuf, 0);
			prime_fill(map, i);
			munmap(map, PRIME_BYTES);
		}
		close(dmabuf);
		prime_destroy(other, handle);
		if (i % 10 == 9)
			prime_destroy(fd, b.handle);
	}
	check(!bad, "%d times exported, imported and closed", prime_cycles);
	close(other);
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &prime_node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "cycles", .number = &prime_cycles, .help = "of what is repeated (2000)" },
		{ "lost", .text = &lost, .help = "wait for the device to go away, until TEXT exists" },
	};
	int fd;

	parse_options(argc, argv, "Share a DRM node's buffers by dma-buf.", options,
		      ARRAY_SIZE(options));
	fd = prime_open();
	if (lost) {
		prime_hold(fd, lost);
		return failures() != 0;
	}
	test_capability(fd);
	test_one_file(fd);
	test_read_only(fd);
	test_mapping(fd);
	test_two_files(fd);
	test_identity(fd);
	test_other_calls(fd);
	test_errors(fd);
	test_no_descriptor_left(fd);
	prime_test_processes(fd);
	test_cycles(fd);
	close(fd);
	return failures() != 0;
}
