// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-limits: meet the limits that a guest was given, and go on
 *
 * For each: as much as is allowed and no more, the right errno, and all of it
 * once more after some was given back. Then all that might make the backend
 * forget what is in use: it must refuse just as soon afterwards.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <drm.h>
#include <virtgpu_drm.h>
#include <xf86drm.h>

#include "common.h"

#define SIDE		512			/* pixels */
#define BYTES		(SIDE * SIDE * 4)	/* 1 MiB */
#define MOST		4096
#define THREADS		4
#define ROUNDS		300

static const char *node = DEFAULT_NODE;
static int max_files, buffer_mib, mapped_mib, inflight, failures_per_second;
static bool virtio;

/* errno; of a struct of @size bytes, and with @dir's directions */
static int create_as(int fd, __u32 *handle, size_t size, unsigned int dir)
{
	struct drm_mode_create_dumb dumb = {
		.width = SIDE, .height = SIDE, .bpp = 32, .handle = *handle,
	};
	struct drm_virtgpu_resource_create make = {
		.target = 2, .format = 1, .bind = 2, .width = SIDE, .height = SIDE, .depth = 1,
		.array_size = 1, .size = BYTES, .bo_handle = *handle,
	};
	unsigned long cmd = virtio ? DRM_IOCTL_VIRTGPU_RESOURCE_CREATE : DRM_IOCTL_MODE_CREATE_DUMB;

	cmd = _IOC(dir, _IOC_TYPE(cmd), _IOC_NR(cmd), size ? size : _IOC_SIZE(cmd));
	if (ioctl(fd, cmd, virtio ? (void *)&make : (void *)&dumb))
		return errno;
	*handle = virtio ? make.bo_handle : dumb.handle;
	return 0;
}

static int create(int fd, __u32 *handle)
{
	*handle = 0;
	return create_as(fd, handle, 0, _IOC_READ | _IOC_WRITE);
}

static int destroy(int fd, __u32 handle)
{
	struct drm_gem_close gem = { .handle = handle };

	return ioctl(fd, DRM_IOCTL_GEM_CLOSE, &gem) ? errno : 0;
}

/*
 * @count, of which there should be @wanted: more is wrong at once; less may be
 * because what was closed or unmapped just now is still on its way to dom0.
 */
static bool too_few(int count, int wanted, int *tries)
{
	if (count >= wanted || ++*tries > 50)
		return false;
	usleep(100000);
	return true;
}

static int open_node(void)
{
	int fd, tries = 0;

	do {
		fd = open(node, O_RDWR | O_CLOEXEC);
	} while (fd < 0 && errno == EMFILE && too_few(0, 1, &tries));
	if (fd < 0)
		die("cannot open %s: %s", node, strerror(errno));
	return fd;
}

/* How many buffers there can be, and the error of the next one; frees them */
static int count_buffers(int fd, int *error)
{
	static __u32 handles[MOST];
	int i, count;

	for (count = 0; count < MOST; count++) {
		*error = create(fd, &handles[count]);
		if (*error)
			break;
	}
	for (i = 0; i < count; i++)
		destroy(fd, handles[i]);
	return count;
}

static void expect_buffers(const char *when)
{
	int tries = 0, error = 0, count, fd = open_node();

	do {
		count = count_buffers(fd, &error);
	} while (too_few(count, buffer_mib, &tries));
	check(count == buffer_mib && error == ENOMEM, "%s: %d buffers of 1 MiB, then %s", when,
	      count, errno_name(error));
	close(fd);
}

/* A buffer is closed before the next one is made, though nobody waits for that. */
static void test_again_and_again(void)
{
	int i, error = 0, fd = open_node();
	__u32 handle;

	for (i = 0; i < buffer_mib - 1; i++)
		if (create(fd, &handle))
			die("no %d buffers", buffer_mib);
	for (i = 0; i < ROUNDS && !error; i++) {
		error = create(fd, &handle);
		if (!error)
			error = destroy(fd, handle);
	}
	check(!error, "the last one that fits, %d times: %s", i, errno_name(error));
	close(fd);
}

static int count_files(int *error)
{
	static int fds[MOST];
	int i, count;

	for (count = 0; count < MOST; count++) {
		fds[count] = open(node, O_RDWR | O_CLOEXEC);
		if (fds[count] < 0)
			break;
	}
	*error = errno;
	for (i = 0; i < count; i++)
		close(fds[i]);
	return count;
}

static void test_files(void)
{
	int count, round, tries = 0, error = 0;

	for (round = 0; round < 2; round++) {
		do {
			count = count_files(&error);
		} while (too_few(count, max_files, &tries));
		check(count == max_files && error == EMFILE, "%d files, then %s", count,
		      errno_name(error));
	}
}

/* Too large for any limit, and for the arithmetic */
static void test_sizes(int fd)
{
	struct drm_mode_create_dumb dumb = { .width = 1 << 15, .height = 1 << 14, .bpp = 32 };
	struct drm_virtgpu_resource_create make = {
		.target = 2, .format = 1, .bind = 2, .width = 1, .height = 1, .depth = 1,
		.array_size = 1, .size = 0xfffff000,
	};
	int error;

	error = ioctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb) ? errno : 0;
	check(error == ENOMEM, "a dumb buffer of 2 GiB: %s", errno_name(error));
	dumb.width = 0xffffffff;
	dumb.height = 0xffffffff;
	dumb.bpp = 0xffffffff;
	error = ioctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb) ? errno : 0;
	check(error == ENOMEM, "one of more bytes than there are: %s", errno_name(error));
	if (!virtio)
		return;
	error = ioctl(fd, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, &make) ? errno : 0;
	check(error == ENOMEM, "a resource of 4 GiB: %s", errno_name(error));
}

/* A handle that the driver cannot write must not count as the one that is there. */
static void test_forged(void)
{
	int i, count, error = 0, fd = open_node();
	__u32 mine, forged;

	if (create(fd, &mine))
		die("no buffer at all");
	for (i = 0; i < buffer_mib - 1 && !error; i++) {
		forged = mine;
		error = create_as(fd, &forged, 0, _IOC_WRITE);
	}
	check(!error, "buffers whose handle is not told: %s", errno_name(error));
	check(!destroy(fd, mine), "the one that is known is closed");
	check(destroy(fd, mine) == EINVAL, "and not twice");
	count = count_buffers(fd, &error);
	check(count == 1 && error == ENOMEM, "the others still count: room for %d", count);
	close(fd);
	expect_buffers("after the file is closed");
}

static void *alloc_and_free(void *arg)
{
	int fd = *(int *)arg, round;
	__u32 handle;

	for (round = 0; round < ROUNDS; round++) {
		if (create(fd, &handle))
			continue;
		destroy(fd, handle);
		destroy(fd, handle);	/* perhaps another thread's by now */
	}
	return NULL;
}

static void *free_all(void *arg)
{
	int fd = *(int *)arg, round;

	for (round = 0; round < ROUNDS * THREADS; round++)
		destroy(fd, 1 + round % THREADS);
	return NULL;
}

static void test_threads(void)
{
	pthread_t thread[THREADS + 1];
	int i, count, error = 0, fd = open_node();

	for (i = 0; i <= THREADS; i++)
		if (pthread_create(&thread[i], NULL, i < THREADS ? alloc_and_free : free_all, &fd))
			die("no thread");
	for (i = 0; i <= THREADS; i++)
		pthread_join(thread[i], NULL);
	count = count_buffers(fd, &error);
	/* What was freed before its maker knew of it counts until the end. */
	check(count <= buffer_mib, "frees of each other's buffers: no more than before");
	close(fd);
	expect_buffers("after threads freed each other's");
}

static void *map_buffer(int fd, __u32 handle)
{
	struct drm_mode_map_dumb dumb = { .handle = handle };
	struct drm_virtgpu_map map = { .handle = handle };
	int error;

	error = virtio ? ioctl(fd, DRM_IOCTL_VIRTGPU_MAP, &map) :
			 ioctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &dumb);
	if (error)
		die("no offset to map: %s", errno_name(errno));
	return mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    virtio ? map.offset : dumb.offset);
}

static int count_mappings(int fd, __u32 handle, int *error)
{
	static void *map[MOST];
	int i, count;

	for (count = 0; count < MOST; count++) {
		map[count] = map_buffer(fd, handle);
		if (map[count] == MAP_FAILED)
			break;
		memset(map[count], count, BYTES);
	}
	*error = errno;
	for (i = 0; i < count; i++)
		munmap(map[i], BYTES);
	return count;
}

static void test_mappings(void)
{
	int count, round, tries = 0, error = 0, fd = open_node();
	__u32 handle;

	if (create(fd, &handle))
		die("no buffer at all");
	for (round = 0; round < 2; round++) {
		do {
			count = count_mappings(fd, handle, &error);
		} while (too_few(count, mapped_mib, &tries));
		check(count == mapped_mib && error == ENOMEM, "%d mappings of 1 MiB, then %s",
		      count, errno_name(error));
	}
	close(fd);
}

/* A file that is closed, but mapped, still has its buffers. */
static void test_mapped_and_closed(void)
{
	int count, tries = 0, error = 0, fd = open_node();
	__u32 handle;
	void *map;

	if (create(fd, &handle))
		die("no buffer at all");
	do {
		map = map_buffer(fd, handle);
	} while (map == MAP_FAILED && too_few(0, 1, &tries));
	check(map != MAP_FAILED, "one more mapping");
	close(fd);
	tries = 0;
	fd = open_node();
	do {
		count = count_buffers(fd, &error);
	} while (too_few(count, buffer_mib - 1, &tries));
	check(count == buffer_mib - 1, "beside one that is mapped: %d buffers", count);
	munmap(map, BYTES);
	close(fd);
	expect_buffers("after it is unmapped");
}

static int syncobj(int fd)
{
	struct drm_syncobj_create make = { 0 };

	return ioctl(fd, DRM_IOCTL_SYNCOBJ_CREATE, &make) ? -errno : (int)make.handle;
}

static int waited_for, wait_fd;

static void *wait_for_it(void *arg)
{
	__u32 handle = waited_for;
	struct drm_syncobj_wait wait = {
		.handles = (__u64)(unsigned long)&handle, .count_handles = 1,
		.timeout_nsec = (now() + 60000) * 1000000,
		.flags = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT,
	};

	*(int *)arg = drmIoctl(wait_fd, DRM_IOCTL_SYNCOBJ_WAIT, &wait) ? errno : 0;
	return NULL;
}

/* More waits than may run at once, for what comes after them all */
static void test_waits(void)
{
	struct drm_syncobj_array signal = { .count_handles = 1 };
	int i, bad = 0, count = 3 * inflight, result[256];
	pthread_t thread[ARRAY_SIZE(result)];
	double begin = now();
	__u32 handle;

	wait_fd = open_node();
	waited_for = syncobj(wait_fd);
	if (waited_for < 0) {
		info("no synchronization objects: %s", errno_name(-waited_for));
		close(wait_fd);
		return;
	}
	if (count > (int)ARRAY_SIZE(thread))
		count = ARRAY_SIZE(thread);
	/* Not more than the ring's slots, or the signal had no way to go. */
	if (count > 24)
		count = 24;
	for (i = 0; i < count; i++)
		if (pthread_create(&thread[i], NULL, wait_for_it, &result[i]))
			die("no thread");
	usleep(300000);
	handle = waited_for;
	signal.handles = (__u64)(unsigned long)&handle;
	check(!ioctl(wait_fd, DRM_IOCTL_SYNCOBJ_SIGNAL, &signal), "a signal behind %d waits",
	      count);
	for (i = 0; i < count; i++) {
		pthread_join(thread[i], NULL);
		bad += result[i] != 0;
	}
	check(!bad && now() - begin < 30000, "ends them all");
	close(wait_fd);
}

/* Return: ms. */
static double failing_calls(int count)
{
	double begin = now();

	while (count--)
		destroy(wait_fd, 0x7fffffff);
	return now() - begin;
}

/* Return: ms. */
static double waiting_calls(int count)
{
	__u32 handle = syncobj(wait_fd);
	struct drm_syncobj_wait wait = {
		.handles = (__u64)(unsigned long)&handle, .count_handles = 1,
		.flags = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT,
	};
	double begin = now();
	int bad = 0;

	while (count--)
		bad += !ioctl(wait_fd, DRM_IOCTL_SYNCOBJ_WAIT, &wait) || errno != ETIME;
	check(!bad, "waits without time");
	return now() - begin;
}

/* A burst is as fast as ever, then there is a rate; waiting in vain is no failure */
static void test_failures(void)
{
	double burst, slow, usual, again;

	wait_fd = open_node();
	usual = waiting_calls(3 * failures_per_second * 10);
	burst = failing_calls(failures_per_second * 10);
	slow = failing_calls(failures_per_second * 10);
	info("%d waits in %.0f ms, failures: %d in %.0f ms, then %d in %.0f ms",
	     3 * failures_per_second * 10, usual, failures_per_second * 10, burst,
	     failures_per_second * 10, slow);
	/* Ten seconds' worth at once, then the rate: these are twenty seconds' worth. */
	check(burst + slow > 9500, "failures are slowed down");
	/* At the rate it would be 10 s and more; three times as many were made before. */
	again = waiting_calls(failures_per_second * 10);
	check(again < 5000 || again < usual, "other calls are not");
	close(wait_fd);
}

static void find_driver(int fd)
{
	drmVersionPtr version = drmGetVersion(fd);

	virtio = version && !strcmp(version->name, "virtio_gpu");
	drmFreeVersion(version);
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "files", .number = &max_files, .help = "max-files, for the test of it" },
		{ "buffers", .number = &buffer_mib, .help = "max-buffer-bytes, MiB" },
		{ "mapped", .number = &mapped_mib, .help = "max-mapped-bytes, MiB" },
		{ "inflight", .number = &inflight, .help = "max-inflight" },
		{ "failures", .number = &failures_per_second, .help = "max_failures" },
	};
	int fd;

	parse_options(argc, argv, "Meet the limits of a guest's device.", options,
		      ARRAY_SIZE(options));
	fd = open_node();
	find_driver(fd);
	if (buffer_mib)
		test_sizes(fd);
	close(fd);
	if (max_files)
		test_files();
	if (buffer_mib) {
		expect_buffers("at first");
		expect_buffers("once more");
		test_again_and_again();
		expect_buffers("after the last one came and went");
		test_forged();
		test_threads();
	}
	if (mapped_mib)
		test_mappings();
	if (buffer_mib && mapped_mib)
		test_mapped_and_closed();
	if (inflight)
		test_waits();
	if (failures_per_second)
		test_failures();
	return failures() != 0;
}
