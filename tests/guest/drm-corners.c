// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-corners: what programs and the kernel can do to a mapping beside touching it
 *
 * "result" lines are the same natively and in a guest; "info" lines tell what may
 * differ (docs/memory.md says why).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <drm.h>
#include <xf86drm.h>

#include "common.h"

#define PAGE		4096
#define PAGES		192			/* three times what moves together */
#define BYTES		(PAGES * PAGE)
#define PAGE_WORDS	(PAGE / 4)

static const char *node = DEFAULT_NODE, *disk = "";
static int rounds = 200;

static int the_fd;
static __u64 offset;			/* of the one buffer */
static __u32 seed;			/* of what is in it */

static __u32 *map_with(int fd, int prot, int flags)
{
	return mmap(NULL, BYTES, prot, flags, fd, offset);
}

static __u32 *map_buffer(void)
{
	__u32 *map = map_with(the_fd, PROT_READ | PROT_WRITE, MAP_SHARED);

	if (map == MAP_FAILED)
		die("mmap: %s", errno_name(errno));
	return map;
}

/* Addresses that nobody else uses */
static __u32 *reserve(size_t bytes)
{
	void *room = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (room == MAP_FAILED)
		die("mmap: %s", errno_name(errno));
	return room;
}

static __u32 *page_at(__u32 *map, int page)
{
	return map + page * PAGE_WORDS;
}

static __u32 pattern(int page)
{
	return seed * 2654435761u ^ page * 40503u;
}

/* New contents, by a mapping that nothing is done to */
static void refill(void)
{
	__u32 *map = map_buffer();
	int i;

	seed++;
	for (i = 0; i < PAGES; i++)
		*page_at(map, i) = pattern(i);
	munmap(map, BYTES);
}

static int wrong(__u32 *map, int first, int count)
{
	int i, bad = 0;

	for (i = first; i < first + count; i++)
		bad += *page_at(map, i) != pattern(i);
	return bad;
}

static void show(const char *what, long ret)
{
	result("%s: %s", what, ret < 0 ? errno_name(errno) : "0");
}

/* ------------------------------------------------------------ making mappings */

static void test_flags(void)
{
	__u32 *map = map_with(the_fd, PROT_READ, MAP_SHARED | MAP_POPULATE);

	check(map != MAP_FAILED && !wrong(map, 0, PAGES), "MAP_POPULATE");
	munmap(map, BYTES);
	map = map_with(the_fd, PROT_READ, MAP_SHARED | MAP_LOCKED);
	check(map != MAP_FAILED && !wrong(map, 0, PAGES), "MAP_LOCKED");
	munmap(map, BYTES);
	map = map_with(the_fd, PROT_READ, MAP_SHARED_VALIDATE | MAP_SYNC);
	show("MAP_SYNC", map == MAP_FAILED ? -1 : 0);
	map = map_with(the_fd, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	show("MAP_PRIVATE", map == MAP_FAILED ? -1 : 0);
	map = map_with(the_fd, PROT_READ, MAP_PRIVATE);
	show("MAP_PRIVATE for reading", map == MAP_FAILED ? -1 : 0);
	if (map != MAP_FAILED)
		munmap(map, BYTES);
	map = map_with(the_fd, PROT_READ | PROT_EXEC, MAP_SHARED);
	show("PROT_EXEC", map == MAP_FAILED ? -1 : 0);
	if (map != MAP_FAILED)
		munmap(map, BYTES);
}

static void test_fixed(void)
{
	__u32 *room = reserve(2 * BYTES), *over;
	__u32 *map = mmap(room, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, the_fd,
			  offset);

	check(map == room && !wrong(map, 0, PAGES), "before MAP_FIXED");
	over = mmap(page_at(map, 70), 20 * PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	check(over == page_at(map, 70) && !*over && !page_at(map, 89)[5],
	      "anonymous memory over a part of it");
	memset(over, 0xee, 20 * PAGE);
	check(!wrong(map, 0, 70) && !wrong(map, 90, PAGES - 90), "leaves the rest");
	/* And a mapping of ours over that, at another place of the buffer */
	over = mmap(page_at(map, 70), BYTES, PROT_READ, MAP_SHARED | MAP_FIXED, the_fd, offset);
	check(over == page_at(map, 70) && !wrong(over, 0, PAGES) && !wrong(map, 0, 70),
	      "a second mapping over the first one's end");
	munmap(room, 2 * BYTES);
	map = map_buffer();
	check(!wrong(map, 0, PAGES), "the buffer has none of the anonymous memory's bytes");
	munmap(map, BYTES);
}

static void test_readonly_file(void)
{
	int fd = open(node, O_RDONLY | O_CLOEXEC);
	__u32 *map = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);

	show("mmap for writing, file not open for that", map == MAP_FAILED ? -1 : 0);
	close(fd);
}

/* ---------------------------------------------------------- changing mappings */

static void test_split(void)
{
	__u32 *map = map_buffer();
	int i, bad = 0;

	check(!wrong(map, 0, PAGES), "before it is split");
	for (i = 1; i < PAGES; i += 2)
		bad += !!mprotect(page_at(map, i), PAGE, PROT_READ);
	for (i = 0; i < PAGES; i++)
		bad += touch(page_at(map, i), true) != (i % 2 ? SIGSEGV : 0);
	check(!bad, "every other page cannot be written");
	check(!wrong(map, 0, PAGES), "all can be read");
	for (i = 2; i < PAGES; i += 4)
		munmap(page_at(map, i), PAGE);
	for (bad = 0, i = 0; i < PAGES; i++)
		if (i % 4 == 2)
			bad += touch(page_at(map, i), false) != SIGSEGV;
		else
			bad += wrong(map, i, 1);
	check(!bad, "every fourth is gone, and no other");
	for (i = 0; i < PAGES; i++)
		if (i % 4 != 2)
			bad += !!mprotect(page_at(map, i), PAGE, PROT_READ | PROT_WRITE);
	for (i = 0; i < PAGES; i++)
		if (i % 4 != 2)
			bad += touch(page_at(map, i), true);
	check(!bad, "the others can all be written again");
	munmap(map, BYTES);
}

static void test_remap(void)
{
	__u32 *map = map_buffer(), *room = reserve(BYTES), *moved;

	check(!wrong(map, 0, PAGES), "before mremap");
	moved = mremap(map, BYTES, BYTES / 2, 0);
	check(moved == map && !wrong(map, 0, PAGES / 2) &&
	      touch(page_at(map, PAGES / 2), false) == SIGSEGV, "mremap to less");
	moved = mremap(map, BYTES / 2, BYTES / 2, MREMAP_MAYMOVE | MREMAP_FIXED,
		       room);
	info("mremap to another place: %s", moved == MAP_FAILED ? errno_name(errno) : "0");
	if (moved == MAP_FAILED)
		moved = map;
	check(!wrong(moved, 0, PAGES / 2), "the data is where mremap says");
	check(touch(moved, true) == 0, "and can be written");
	munmap(map, BYTES / 2);
	munmap(room, BYTES);
	map = map_buffer();
	moved = mremap(map, 0, BYTES, MREMAP_MAYMOVE);
	info("mremap of nothing, a second view: %s", moved == MAP_FAILED ? errno_name(errno) : "0");
	if (moved != MAP_FAILED) {
		check(!wrong(moved, 0, PAGES), "the second view");
		munmap(moved, BYTES);
	}
	check(!wrong(map, 0, PAGES), "the first after it");
	munmap(map, BYTES);
}

static void test_advice(void)
{
	static const struct {
		int advice;
		const char *name;
	} all[] = {
		{ MADV_NORMAL, "NORMAL" }, { MADV_RANDOM, "RANDOM" },
		{ MADV_SEQUENTIAL, "SEQUENTIAL" }, { MADV_WILLNEED, "WILLNEED" },
		{ MADV_DONTNEED, "DONTNEED" }, { MADV_FREE, "FREE" }, { MADV_COLD, "COLD" },
		{ MADV_PAGEOUT, "PAGEOUT" }, { MADV_HUGEPAGE, "HUGEPAGE" },
		{ MADV_NOHUGEPAGE, "NOHUGEPAGE" }, { MADV_MERGEABLE, "MERGEABLE" },
		{ MADV_POPULATE_READ, "POPULATE_READ" }, { MADV_POPULATE_WRITE, "POPULATE_WRITE" },
		{ MADV_DONTDUMP, "DONTDUMP" }, { MADV_DODUMP, "DODUMP" },
		{ MADV_WIPEONFORK, "WIPEONFORK" }, { MADV_DONTFORK, "DONTFORK" },
		{ MADV_DOFORK, "DOFORK" }, { MADV_REMOVE, "REMOVE" },
	};
	__u32 *map = map_buffer();
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		check(!wrong(map, 0, PAGES), "before MADV_%s", all[i].name);
		/* What a mapping may be advised depends on flags that drivers choose. */
		ret = madvise(map, BYTES, all[i].advice);
		info("MADV_%s: %s", all[i].name, ret ? errno_name(errno) : "0");
	}
	munmap(map, BYTES);
	map = map_buffer();
	show("mlock", mlock(map, BYTES));
	check(!wrong(map, 0, PAGES), "it shows the same, locked");
	show("munlock", munlock(map, BYTES));
	show("msync", msync(map, BYTES, MS_SYNC));
	check(!wrong(map, 0, PAGES), "and after msync");
	munmap(map, BYTES);
}

/* --------------------------------------------- the kernel and other processes */

static void test_gup(void)
{
	__u32 *map = map_buffer(), word = 0, copy[PAGE_WORDS];
	struct iovec local = { copy, PAGE }, remote = { map, PAGE };
	int pipes[2], mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);

	check(!wrong(map, 0, PAGES), "before the kernel wants its pages");
	show("process_vm_readv", process_vm_readv(getpid(), &local, 1, &remote, 1, 0));
	show("process_vm_writev", process_vm_writev(getpid(), &local, 1, &remote, 1, 0));
	show("read of /proc/self/mem", pread(mem, &word, 4, (off_t)(unsigned long)map));
	show("write of /proc/self/mem", pwrite(mem, &word, 4, (off_t)(unsigned long)map));
	close(mem);
	if (pipe(pipes))
		die("pipe: %s", errno_name(errno));
	remote.iov_len = PAGE;
	show("vmsplice", vmsplice(pipes[1], &remote, 1, SPLICE_F_NONBLOCK));
	close(pipes[0]);
	close(pipes[1]);
	show("futex, shared", syscall(SYS_futex, map, FUTEX_WAKE, 1, NULL, NULL, 0));
	show("futex, private", syscall(SYS_futex, map, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0));
	check(!wrong(map, 0, PAGES), "none of them changed it");
	munmap(map, BYTES);
}

static void test_direct(void)
{
	static const char * const disks[] = { "/dev/xvda", "/dev/vda" };
	__u32 *map = map_buffer();
	void *own;
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(disks) && !*disk; i++)
		if (!access(disks[i], R_OK))
			disk = disks[i];
	fd = open(disk, O_RDONLY | O_DIRECT | O_CLOEXEC);
	if (fd < 0)
		die("cannot open %s for O_DIRECT: %s", disk, errno_name(errno));
	if (posix_memalign(&own, PAGE, PAGE))
		die("no memory");
	check(pread(fd, own, PAGE, 0) == PAGE, "O_DIRECT into memory of its own");
	show("O_DIRECT into a mapping", pread(fd, map, PAGE, 0));
	show("O_DIRECT into one not touched before", pread(fd, page_at(map, 100), PAGE, 0));
	check(!wrong(map, 1, PAGES - 1), "the other pages are as before");
	free(own);
	close(fd);
	munmap(map, BYTES);
	refill();
}

static void wait_stopped(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		die("the child did not stop");
}

static void test_ptrace(void)
{
	__u32 **shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			      -1, 0);
	pid_t pid = fork();
	long word;

	if (!pid) {
		*shared = map_buffer();
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		if (wrong(*shared, 0, PAGES))
			_exit(1);
		raise(SIGSTOP);
		_exit(0);
	}
	wait_stopped(pid);
	errno = 0;
	word = ptrace(PTRACE_PEEKDATA, pid, *shared, 0);
	show("PTRACE_PEEKDATA", word == -1 && errno ? -1 : 0);
	show("PTRACE_POKEDATA", ptrace(PTRACE_POKEDATA, pid, *shared, 0));
	munmap(shared, PAGE);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	check(true, "a traced process dies with a mapping");
}

/* The pages from @first on; before there is a hole */
static int in_child(__u32 *map, int first)
{
	int got = touch(page_at(map, first), false);

	/* All of it, or nothing (PV guests) */
	if (got)
		return got == SIGSEGV ? 0 : 1;
	if (wrong(map, first, PAGES - first))
		return 2;
	munmap(page_at(map, first + 10), 10 * PAGE);
	if (wrong(map, first, 10) || wrong(map, first + 20, PAGES - first - 20))
		return 3;
	return 0;
}

static void test_fork(void)
{
	__u32 *map = map_buffer();
	int i, status, bad = 0;
	pid_t pid;

	/* All are touched: 6.12's shmem helper finds the wrong pages once it is split. */
	check(!wrong(map, 0, PAGES), "before fork");
	munmap(page_at(map, 40), PAGE);
	mprotect(page_at(map, 80), PAGE, PROT_READ);
	for (i = 0; i < 8; i++) {
		pid = fork();
		if (!pid) {
			if (i % 2)
				_exit(in_child(map, 41));
			execl("/bin/true", "true", NULL);
			_exit(9);
		}
		bad += wrong(map, 0, 40) + wrong(map, 41, PAGES - 41);
		waitpid(pid, &status, 0);
		bad += status != 0;
	}
	check(!bad, "children of a process with a split mapping");
	munmap(map, BYTES);
	map = map_buffer();
	pid = fork();
	if (!pid)
		_exit(in_child(map, 0));
	munmap(map, BYTES);
	waitpid(pid, &status, 0);
	check(!status, "a child outlives its parent's mapping");
}

static void test_core(void)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	char folder[] = "/tmp/drm-corners.XXXXXX";
	struct stat core = { 0 };
	int status = 0;
	pid_t pid;

	if (!mkdtemp(folder))
		die("no folder: %s", errno_name(errno));
	pid = fork();
	if (!pid) {
		if (chdir(folder) || setrlimit(RLIMIT_CORE, &all))
			_exit(1);
		if (wrong(map_buffer(), 0, PAGES))
			_exit(2);
		abort();
	}
	waitpid(pid, &status, 0);
	check(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "a program aborts with a mapping");
	if (chdir(folder) || stat("core", &core))
		info("no core file: %s", errno_name(errno));
	else
		info("core file of %lld KiB", (long long)core.st_size >> 10);
	check(core.st_blocks * 512ll < BYTES * 4, "its core file does not hold the buffer");
	unlink("core");
	if (chdir("/") || rmdir(folder))
		info("%s remains", folder);
}

/* ------------------------------------------------------------------- all at once */

static __u32 *busy_map;
static int busy_stop;
static __u64 busy_bad, busy_reads;

static void *read_busy(void *arg)
{
	__u32 *map = busy_map;
	unsigned int i = 0;

	(void)arg;
	/* The first half stays; only what was read without a fault counts. */
	while (!__atomic_load_n(&busy_stop, __ATOMIC_RELAXED)) {
		i = (i + 7) % (PAGES / 2);
		__atomic_add_fetch(&busy_bad, *page_at(map, i) != pattern(i), __ATOMIC_RELAXED);
		__atomic_add_fetch(&busy_reads, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static int change_half(__u32 *half, size_t bytes)
{
	int bad = 0;

	if (mmap(half, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, the_fd, offset) !=
	    half)
		die("mmap over a mapping: %s", errno_name(errno));
	bad += wrong(half, 0, PAGES / 2);
	bad += !!mprotect(half, bytes, PROT_READ);
	bad += wrong(half, 0, 4);
	/* Not for pages without a struct page, which drivers choose to have. */
	bad += madvise(half, bytes, MADV_DONTNEED) && errno != EINVAL;
	bad += wrong(half, 0, 4);
	bad += touch(half, true) != SIGSEGV;
	bad += !!mprotect(half, bytes, PROT_READ | PROT_WRITE);
	bad += !!touch(half, true);
	if (mmap(half, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		 0) != half)
		die("mmap over a mapping: %s", errno_name(errno));
	return bad + !!*half;
}

/* Everything above, beside a thread that reads: no lock is taken the other way round. */
static void test_busy(void)
{
	__u32 *map = map_buffer(), *half = page_at(map, PAGES / 2);
	pthread_t thread;
	int i, bad = 0;

	busy_map = map;
	if (pthread_create(&thread, NULL, read_busy, NULL))
		die("no thread");
	/* The second half shows the second half at first, later the first. */
	bad += wrong(map, PAGES / 2, PAGES / 2);
	for (i = 0; i < rounds; i++)
		bad += change_half(half, BYTES / 2);
	__atomic_store_n(&busy_stop, 1, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	check(!bad && !busy_bad, "%d rounds of changes beside a reader", rounds);
	info("%d wrong, %llu wrong reads of %llu", bad, (unsigned long long)busy_bad,
	     (unsigned long long)busy_reads);
	munmap(map, BYTES);
}

static void make_buffer(void)
{
	struct drm_mode_create_dumb dumb = { .width = PAGE_WORDS, .height = PAGES, .bpp = 32 };
	struct drm_mode_map_dumb map = { 0 };

	if (drmIoctl(the_fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb))
		die("MODE_CREATE_DUMB: %s", errno_name(errno));
	map.handle = dumb.handle;
	if (drmIoctl(the_fd, DRM_IOCTL_MODE_MAP_DUMB, &map))
		die("MODE_MAP_DUMB: %s", errno_name(errno));
	offset = map.offset;
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "disk", .text = &disk, .help = "to read with O_DIRECT (the first there is)" },
		{ "rounds", .number = &rounds, .help = "of what is repeated (200)" },
	};

	parse_options(argc, argv, "Do all sorts of things to a mapping.", options,
		      ARRAY_SIZE(options));
	the_fd = open_drm(node);
	make_buffer();
	refill();
	test_flags();
	test_fixed();
	test_readonly_file();
	test_split();
	test_remap();
	test_advice();
	test_gup();
	test_direct();
	test_ptrace();
	test_fork();
	test_core();
	test_busy();
	close(the_fd);
	return failures() != 0;
}
