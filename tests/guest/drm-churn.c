// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-churn: buffers written and read without a pause, from several threads and
 * processes, while mappings come and go
 *
 * Every writer has its own words in every page of the same buffers, and knows
 * what it wrote there last: another value means that a write was lost, or that
 * an old page is shown. It also watches the others' words: they only grow.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <drm.h>
#include <xf86drm.h>

#include "common.h"

#define PAGE		4096
#define PAGE_WORDS	(PAGE / 8)
#define MOST_BUFFERS	16
#define MOST_PAGES	1024
#define MOST_WRITERS	32
#define SLOT		(PAGE_WORDS / MOST_WRITERS)	/* words of a writer in a page */

static const char *node = DEFAULT_NODE;
static int seconds = 10, processes = 2, threads = 2, nr_buffers = 3, pages = 48;
static bool no_fork;

struct buffer {
	__u32 handle;
	__u64 offset;
};

static struct buffer buffers[MOST_BUFFERS];
static int node_fd;
static size_t bytes;			/* of a buffer */

/* Shared by all processes */
static struct {
	int stop;
	__u64 words, maps, parts, protects, discards, moves, forks, copies;
	__u64 wrong, stale, children, problems;
} *shared;

/* One thread, with mappings of its own */
struct writer {
	unsigned int id;
	unsigned int seed;
	int pipe[2];
	__u64 counter;
	__u64 *map[MOST_BUFFERS];
	__u64 *last;			/* by buffer, page */
	__u64 *seen;			/* by buffer, page: of another writer */
};

static void count(__u64 *counter)
{
	__atomic_add_fetch(counter, 1, __ATOMIC_RELAXED);
}

static bool stopped(void)
{
	return __atomic_load_n(&shared->stop, __ATOMIC_RELAXED);
}

static void problem(const char *what)
{
	if (__atomic_add_fetch(&shared->problems, 1, __ATOMIC_RELAXED) < 20)
		info("problem: %s: %s", what, errno_name(errno));
}

static unsigned int any(struct writer *w, unsigned int n)
{
	return rand_r(&w->seed) % n;
}

static __u64 make_word(unsigned int id, unsigned int page, __u64 counter)
{
	return (__u64)(id + 1) << 56 | (__u64)page << 40 | counter;
}

static __u64 counter_of(__u64 word)
{
	return word & ((1ull << 40) - 1);
}

/* The words of a page take turns, so that several of its cache lines are used. */
static unsigned int word_at(unsigned int id, unsigned int page, __u64 counter)
{
	return page * PAGE_WORDS + id * SLOT + counter % SLOT;
}

static __u64 *map_buffer(int b)
{
	void *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, node_fd,
			 buffers[b].offset);

	return map == MAP_FAILED ? NULL : map;
}

static void wrong_word(struct writer *w, const char *where, int b, unsigned int page, __u64 got,
		       __u64 want)
{
	if (__atomic_add_fetch(&shared->wrong, 1, __ATOMIC_RELAXED) < 20)
		info("wrong %s: writer %u, buffer %d, page %u: %llx, not %llx", where, w->id, b,
		     page, (unsigned long long)got, (unsigned long long)want);
}

static void verify(struct writer *w, const char *where, __u64 *map, int b, unsigned int page)
{
	__u64 want = w->last[b * pages + page], got;

	got = __atomic_load_n(&map[word_at(w->id, page, counter_of(want))], __ATOMIC_RELAXED);
	if (got != want)
		wrong_word(w, where, b, page, got, want);
}

static void write_word(struct writer *w, int b, unsigned int page)
{
	__u64 word = make_word(w->id, page, ++w->counter);
	__u64 *at = &w->map[b][word_at(w->id, page, w->counter)];

	/* Now and then the kernel writes, for the program. */
	if (any(w, 64)) {
		__atomic_store_n(at, word, __ATOMIC_RELAXED);
	} else {
		if (write(w->pipe[1], &word, sizeof(word)) != sizeof(word) ||
		    read(w->pipe[0], at, sizeof(word)) != sizeof(word))
			problem("read() into a mapping");
		count(&shared->copies);
	}
	w->last[b * pages + page] = word;
}

/* Word 0 of the next writer: the counter in it never goes back. */
static void watch(struct writer *w, int b, unsigned int page)
{
	unsigned int other = (w->id + 1) % (processes * threads);
	__u64 *seen = &w->seen[b * pages + page];
	__u64 got = __atomic_load_n(&w->map[b][word_at(other, page, 0)], __ATOMIC_RELAXED);

	if (other == w->id)
		return;
	if ((got && got != make_word(other, page, counter_of(got))) || got < *seen) {
		if (__atomic_add_fetch(&shared->stale, 1, __ATOMIC_RELAXED) < 20)
			info("stale: writer %u saw buffer %d, page %u: %llx after %llx", w->id, b,
			     page, (unsigned long long)got, (unsigned long long)*seen);
	}
	*seen = got;
}

static void churn_page(struct writer *w, int b, unsigned int page)
{
	if (w->last[b * pages + page])
		verify(w, "word", w->map[b], b, page);
	write_word(w, b, page);
	verify(w, "word just written", w->map[b], b, page);
	watch(w, b, page);
}

static void churn_buffer(struct writer *w, int b)
{
	unsigned int page, first = any(w, pages), n = 1 + any(w, pages);

	for (page = 0; page < n; page++)
		churn_page(w, b, (first + page) % pages);
	__atomic_add_fetch(&shared->words, n, __ATOMIC_RELAXED);
}

static void verify_buffer(struct writer *w, const char *where, __u64 *map, int b)
{
	int page;

	for (page = 0; page < pages; page++)
		if (w->last[b * pages + page])
			verify(w, where, map, b, page);
}

/* --------------------------------------------------- what happens to mappings */

/* The new one before the old one goes, or after */
static void map_again(struct writer *w, int b)
{
	__u64 *old = w->map[b], *map = NULL;

	if (any(w, 2))
		map = map_buffer(b);
	munmap(old, bytes);
	w->map[b] = map ? map : map_buffer(b);
	if (!w->map[b]) {
		problem("mmap");
		exit(1);
	}
	verify_buffer(w, "word of a new mapping", w->map[b], b);
	count(&shared->maps);
}

/* A hole that something else fills; what is around it stays. */
static void unmap_part(struct writer *w, int b)
{
	unsigned int first = any(w, pages), n = 1 + any(w, pages - first), page;
	char *hole = (char *)w->map[b] + (size_t)first * PAGE;

	munmap(hole, (size_t)n * PAGE);
	for (page = 0; page < (unsigned int)pages; page++)
		if ((page < first || page >= first + n) && w->last[b * pages + page])
			verify(w, "word beside a hole", w->map[b], b, page);
	/* The other threads map, too, and may have got the place. */
	munmap(w->map[b], (size_t)first * PAGE);
	munmap(hole + (size_t)n * PAGE, bytes - (size_t)(first + n) * PAGE);
	w->map[b] = map_buffer(b);
	if (!w->map[b]) {
		problem("mmap after munmap");
		exit(1);
	}
	count(&shared->parts);
}

static void protect(struct writer *w, int b)
{
	unsigned int first = any(w, pages), n = 1 + any(w, pages - first), page;
	char *start = (char *)w->map[b] + (size_t)first * PAGE;
	size_t size = (size_t)n * PAGE;

	if (mprotect(start, size, PROT_READ))
		problem("mprotect to read-only");
	for (page = first; page < first + n; page++)
		if (w->last[b * pages + page])
			verify(w, "word that is read-only", w->map[b], b, page);
	if (mprotect(start, size, PROT_NONE) || mprotect(start, size, PROT_READ | PROT_WRITE))
		problem("mprotect back");
	for (page = first; page < first + n; page++)
		churn_page(w, b, page);
	count(&shared->protects);
}

/* Refused for such mappings: then, too, nothing is lost. */
static void discard(struct writer *w, int b)
{
	madvise(w->map[b], bytes, MADV_DONTNEED);
	verify_buffer(w, "word after MADV_DONTNEED", w->map[b], b);
	count(&shared->discards);
}

/*
 * PV guests refuse, and all do after mprotect() in a part: then it stays where
 * it is, and as it is. The other place may be somebody else's by then.
 */
static void move(struct writer *w, int b)
{
	void *there = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *map;

	if (there == MAP_FAILED)
		return;
	map = mremap(w->map[b], bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, there);
	if (map != MAP_FAILED)
		w->map[b] = map;
	verify_buffer(w, "word after mremap", w->map[b], b);
	count(&shared->moves);
}

/*
 * The child sees its parent's words with a mapping of its own, and leaves with
 * it in place. The parent's threads may hold locks: no library calls but these.
 */
static void fork_child(struct writer *w, int b)
{
	int status = -1;
	__u64 before, *map;
	pid_t pid = fork();

	if (pid < 0)
		return;
	if (!pid) {
		before = __atomic_load_n(&shared->wrong, __ATOMIC_RELAXED);
		map = map_buffer(b);
		if (!map)
			_exit(2);
		verify_buffer(w, "word in a child", map, b);
		_exit(__atomic_load_n(&shared->wrong, __ATOMIC_RELAXED) != before);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status)
		count(&shared->children);
	verify_buffer(w, "word after fork", w->map[b], b);
	count(&shared->forks);
}

static void disturb(struct writer *w, int b)
{
	switch (any(w, 24)) {
	case 0:
		map_again(w, b);
		break;
	case 1:
		unmap_part(w, b);
		break;
	case 2:
		protect(w, b);
		break;
	case 3:
		discard(w, b);
		break;
	case 4:
		move(w, b);
		break;
	case 5:
		if (!no_fork)
			fork_child(w, b);
		break;
	default:
		break;
	}
}

/* -------------------------------------------------------------------- writers */

static void *write_on(void *arg)
{
	struct writer *w = arg;
	int b;

	for (b = 0; b < nr_buffers; b++) {
		w->map[b] = map_buffer(b);
		if (!w->map[b]) {
			problem("first mmap");
			return NULL;
		}
	}
	while (!stopped()) {
		b = any(w, nr_buffers);
		churn_buffer(w, b);
		disturb(w, b);
	}
	for (b = 0; b < nr_buffers; b++) {
		verify_buffer(w, "word at the end", w->map[b], b);
		munmap(w->map[b], bytes);
	}
	return NULL;
}

static void *zeroes(size_t n)
{
	void *room = calloc(n, sizeof(__u64));

	if (!room)
		die("no memory");
	return room;
}

static int run_process(int p)
{
	struct writer *writers = calloc(threads, sizeof(*writers));
	pthread_t ids[MOST_WRITERS];
	int t;

	if (!writers)
		die("no memory");
	for (t = 0; t < threads; t++) {
		struct writer *w = &writers[t];

		w->id = p * threads + t;
		w->seed = 4711 + w->id;
		w->last = zeroes((size_t)nr_buffers * pages);
		w->seen = zeroes((size_t)nr_buffers * pages);
		if (pipe(w->pipe) || pthread_create(&ids[t], NULL, write_on, w))
			die("pipe or thread: %s", errno_name(errno));
	}
	for (t = 0; t < threads; t++)
		pthread_join(ids[t], NULL);
	return 0;
}

static void create_buffers(void)
{
	int b;

	for (b = 0; b < nr_buffers; b++) {
		struct drm_mode_create_dumb dumb = { .width = PAGE / 4, .height = pages, .bpp = 32 };
		struct drm_mode_map_dumb map = { 0 };

		if (drmIoctl(node_fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb))
			die("MODE_CREATE_DUMB: %s", errno_name(errno));
		map.handle = dumb.handle;
		if (drmIoctl(node_fd, DRM_IOCTL_MODE_MAP_DUMB, &map))
			die("MODE_MAP_DUMB: %s", errno_name(errno));
		buffers[b].handle = dumb.handle;
		buffers[b].offset = map.offset;
	}
}

static void destroy_buffers(void)
{
	int b;

	for (b = 0; b < nr_buffers; b++) {
		struct drm_mode_destroy_dumb dumb = { .handle = buffers[b].handle };

		if (drmIoctl(node_fd, DRM_IOCTL_MODE_DESTROY_DUMB, &dumb))
			problem("MODE_DESTROY_DUMB");
	}
}

static void report(int died)
{
	info("%llu words; %llu mappings made again, %llu in part, %llu protected, %llu discarded, %llu moved; %llu forks, %llu words by the kernel",
	     (unsigned long long)shared->words, (unsigned long long)shared->maps,
	     (unsigned long long)shared->parts, (unsigned long long)shared->protects,
	     (unsigned long long)shared->discards, (unsigned long long)shared->moves,
	     (unsigned long long)shared->forks, (unsigned long long)shared->copies);
	check(shared->words, "words were written");
	check(!shared->wrong, "no word was lost");
	check(!shared->stale, "nor went back to an older one");
	check(!shared->children, "children see the same");
	check(!shared->problems, "no call failed");
	check(!died, "%d processes ended well", processes);
}

static void check_options(void)
{
	if (seconds < 1 || processes < 1 || threads < 1 || nr_buffers < 1 || pages < 1 ||
	    nr_buffers > MOST_BUFFERS || pages > MOST_PAGES || processes > MOST_WRITERS ||
	    threads > MOST_WRITERS || processes * threads > MOST_WRITERS) {
		info("at most %d buffers, %d pages, %d writers; at least 1 of each", MOST_BUFFERS,
		     MOST_PAGES, MOST_WRITERS);
		exit(EXIT_BAD_USAGE);
	}
	bytes = (size_t)pages * PAGE;
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "seconds", .number = &seconds, .help = "how long (10)" },
		{ "processes", .number = &processes, .help = "at once (2)" },
		{ "threads", .number = &threads, .help = "of each process (2)" },
		{ "buffers", .number = &nr_buffers, .help = "shared by all (3)" },
		{ "pages", .number = &pages, .help = "of each buffer (48)" },
		{ "no-fork", .flag = &no_fork, .help = "writers make no children" },
	};
	int p, status, died = 0;

	parse_options(argc, argv, "Write and read a DRM node's dumb buffers without a pause.",
		      options, ARRAY_SIZE(options));
	check_options();
	node_fd = open_drm(node);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED)
		die("no memory");
	create_buffers();
	for (p = 0; p < processes; p++)
		if (!fork())
			_exit(run_process(p));
	sleep(seconds);
	__atomic_store_n(&shared->stop, 1, __ATOMIC_RELAXED);
	while (wait(&status) > 0) {
		if (status)
			info("a process ended with status %#x", status);
		died += status != 0;
	}
	destroy_buffers();
	close(node_fd);
	report(died);
	return failures() != 0;
}
