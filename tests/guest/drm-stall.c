// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-stall: a program whose threads wait for pages of a buffer while dom0 does not
 * answer
 *
 * It says when it is ready, and begins once a file exists. Whoever made that has
 * stopped the server, and lets it go on when the program says that the others went on.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <drm.h>
#include <xf86drm.h>

#include "common.h"

#define PAGE		4096
#define PAGES		192
#define BYTES		(PAGES * PAGE)
#define PAGE_WORDS	(PAGE / 4)
#define TOUCHED		70			/* beyond the pages that come with the mapping */

static const char *node = DEFAULT_NODE, *go = "/tmp/go.stall";

static __u32 *kept, *removed;			/* two mappings of the buffer */
static bool begun, kept_done, removed_done;
static __u32 kept_word;
static int removed_signal;

static __u32 pattern(int page)
{
	return page * 2654435761u + 40503u;
}

static __u32 *map_part(int fd, __u64 offset, size_t bytes)
{
	__u32 *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);

	if (map == MAP_FAILED)
		die("mmap: %s", errno_name(errno));
	return map;
}

static __u64 make_buffer(int fd)
{
	struct drm_mode_create_dumb dumb = { .width = PAGE_WORDS, .height = PAGES, .bpp = 32 };
	struct drm_mode_map_dumb map = { 0 };

	if (drmIoctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb))
		die("MODE_CREATE_DUMB: %s", errno_name(errno));
	map.handle = dumb.handle;
	if (drmIoctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &map))
		die("MODE_MAP_DUMB: %s", errno_name(errno));
	return map.offset;
}

static void wait_begun(void)
{
	while (!__atomic_load_n(&begun, __ATOMIC_ACQUIRE))
		usleep(10000);
}

static void *touch_kept(void *arg)
{
	(void)arg;
	wait_begun();
	kept_word = __atomic_load_n(kept + TOUCHED * PAGE_WORDS, __ATOMIC_SEQ_CST);
	__atomic_store_n(&kept_done, true, __ATOMIC_RELEASE);
	return NULL;
}

static void *touch_removed(void *arg)
{
	(void)arg;
	wait_begun();
	removed_signal = touch(removed + TOUCHED * PAGE_WORDS, false);
	__atomic_store_n(&removed_done, true, __ATOMIC_RELEASE);
	return NULL;
}

/* Return: bytes of a file in /proc, all read */
static long read_all(const char *path)
{
	char part[PAGE];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	long sum = 0;
	ssize_t got;

	while ((got = read(fd, part, sizeof(part))) > 0)
		sum += got;
	close(fd);
	return got < 0 ? -1 : sum;
}

static void map_memory(void)
{
	int i, bad = 0;
	char *map;

	for (i = 0; i < 20; i++) {
		map = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
		if (map == MAP_FAILED)
			die("mmap: %s", errno_name(errno));
		map[PAGE] = 1;
		bad += !!munmap(map, 3 * PAGE);
	}
	check(!bad, "mmap and munmap of other memory");
}

/* As ps does */
static void look_from_outside(void)
{
	char path[64];
	int status = -1;
	pid_t pid;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", getpid());
	pid = fork();
	if (!pid)
		_exit(read_all(path) <= 0);
	waitpid(pid, &status, 0);
	check(!status, "fork, and the child reads this process's command line");
}

static void go_on(void)
{
	map_memory();
	check(read_all("/proc/self/maps") > 0, "/proc/self/maps");
	look_from_outside();
	check(!munmap(removed, BYTES / 2), "munmap of what a thread waits for");
	check(!__atomic_load_n(&kept_done, __ATOMIC_ACQUIRE) &&
	      !__atomic_load_n(&removed_done, __ATOMIC_ACQUIRE), "both threads still wait");
}

static int wrong_pages(void)
{
	int i, bad = 0;

	for (i = 0; i < PAGES; i++)
		bad += kept[i * PAGE_WORDS] != pattern(i);
	return bad;
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "go", .text = &go, .help = "begin once this file exists (/tmp/go.stall)" },
	};
	pthread_t threads[2];
	__u32 *filled;
	__u64 offset;
	int fd, i;

	parse_options(argc, argv, "Wait for pages while dom0 does not answer.", options,
		      ARRAY_SIZE(options));
	fd = open_drm(node);
	offset = make_buffer(fd);
	filled = map_part(fd, offset, BYTES);
	for (i = 0; i < PAGES; i++)
		filled[i * PAGE_WORDS] = pattern(i);
	kept = map_part(fd, offset, BYTES);
	removed = map_part(fd, offset, BYTES / 2);
	if (pthread_create(&threads[0], NULL, touch_kept, NULL) ||
	    pthread_create(&threads[1], NULL, touch_removed, NULL))
		die("no thread");
	info("ready");
	while (access(go, F_OK))
		usleep(50000);
	__atomic_store_n(&begun, true, __ATOMIC_RELEASE);
	usleep(500000);
	go_on();
	info("the others went on");
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	check(kept_word == pattern(TOUCHED) && !wrong_pages(), "the buffer has its contents");
	check(removed_signal == SIGSEGV, "what was unmapped meanwhile is gone");
	munmap(kept, BYTES);
	munmap(filled, BYTES);
	close(fd);
	return failures() != 0;
}
