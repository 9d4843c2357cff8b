// SPDX-License-Identifier: GPL-2.0-only
/*
 * campaign-process.c: a process of a campaign: threads that call ioctls, map, touch and
 * unmap, close and open, on the same files and all at once
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <linux/dma-buf.h>
#include <linux/sync_file.h>

#include "campaign.h"

#define FILES		3
#define KINDS		5		/* enum xendrm_fd_kind; 0: anything */
#define KEPT		4		/* descriptors of a kind */
#define PAGE		4096ul
/* Places for mappings, where nothing else ever is */
#define PLACES		8
#define PLACE_PAGES	16ul
#define PLACE_AT(n)	((char *)(1ull << 45) + (n) * PLACE_PAGES * PAGE)

static const char *node;
static int files[FILES];
static int kept[KINDS][KEPT];
static bool ending;

struct thread {
	struct argument argument;
	pthread_t id;
};

static struct thread threads[CAMPAIGN_THREADS];
static __thread sigjmp_buf back;
static __thread volatile sig_atomic_t touching;

/* ----------------------------------------------------------------- descriptors */

int campaign_fd(__u64 *noise, unsigned int kind)
{
	switch (campaign_below(noise, 16)) {
	case 0:
		return -1;
	case 1:
		return campaign_below(noise, 32);
	case 2:
		kind = campaign_below(noise, KINDS);
		break;
	}
	return __atomic_load_n(&kept[kind % KINDS][campaign_below(noise, KEPT)], __ATOMIC_RELAXED);
}

void campaign_keep_fd(__u64 *noise, unsigned int kind, int fd)
{
	int old;

	if (fd <= STDERR_FILENO)
		return;
	old = __atomic_exchange_n(&kept[kind % KINDS][campaign_below(noise, KEPT)], fd,
				  __ATOMIC_RELAXED);
	if (old > STDERR_FILENO)
		close(old);
}

static void use_dmabuf(struct thread *t, int fd)
{
	__u64 *noise = &t->argument.noise;
	struct dma_buf_sync sync = { .flags = campaign_below(noise, 8) };
	struct dma_buf_export_sync_file out = { .flags = campaign_below(noise, 4), .fd = -1 };
	struct dma_buf_import_sync_file in = { .flags = campaign_below(noise, 4) };

	switch (campaign_below(noise, 4)) {
	case 0:
		ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync);
		break;
	case 1:
		if (!ioctl(fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &out))
			campaign_keep_fd(noise, 2, out.fd);
		break;
	case 2:
		in.fd = campaign_fd(noise, 2);
		ioctl(fd, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &in);
		break;
	default:
		mmap(PLACE_AT(campaign_below(noise, PLACES)),
		     (1 + campaign_below(noise, 8)) * PAGE, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_FIXED, fd, 0);
	}
}

static void use_sync_file(struct thread *t, int fd)
{
	struct sync_merge_data merge = { .name = "campaign",
					 .fd2 = campaign_fd(&t->argument.noise, 2) };
	struct sync_file_info about = { 0 };

	if (campaign_below(&t->argument.noise, 2))
		ioctl(fd, SYNC_IOC_FILE_INFO, &about);
	else if (!ioctl(fd, SYNC_IOC_MERGE, &merge))
		campaign_keep_fd(&t->argument.noise, 2, merge.fence);
}

/* Closing one that another thread has in use is part of it. */
static void use_fd(struct thread *t)
{
	__u64 *noise = &t->argument.noise;
	unsigned int kind = campaign_below(noise, KINDS);
	int fd = campaign_fd(noise, kind);
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT };

	if (fd <= STDERR_FILENO)
		return;
	switch (campaign_below(noise, 4)) {
	case 0:
		campaign_keep_fd(noise, kind, dup(fd));
		break;
	case 1:
		poll(&p, 1, campaign_below(noise, 3));
		break;
	default:
		if (kind == 1)
			use_dmabuf(t, fd);
		else if (kind == 2)
			use_sync_file(t, fd);
	}
}

static void open_file(struct thread *t)
{
	int n = campaign_below(&t->argument.noise, FILES);
	int old = __atomic_exchange_n(&files[n], open(node, O_RDWR | O_CLOEXEC), __ATOMIC_RELAXED);

	close(old);
	campaign_count(&campaign->closes);
}

static int some_file(struct thread *t)
{
	unsigned int n = campaign_below(&t->argument.noise, 8);

	return __atomic_load_n(&files[n < FILES ? n : 0], __ATOMIC_RELAXED);
}

/* DRM events, of which there hardly are any */
static void read_file(struct thread *t)
{
	char bytes[256];
	struct pollfd p = { .fd = some_file(t), .events = POLLIN };

	if (poll(&p, 1, 1) > 0)
		read(p.fd, bytes, 1 + campaign_below(&t->argument.noise, sizeof(bytes)));
}

/* -------------------------------------------------------------------- mappings */

void *campaign_mapping(__u64 *noise)
{
	return PLACE_AT(campaign_below(noise, PLACES)) + PAGE * campaign_below(noise, 4) +
	       4 * campaign_below(noise, PAGE / 4);
}

static void map(struct thread *t)
{
	__u64 *noise = &t->argument.noise;
	void *place = PLACE_AT(campaign_below(noise, PLACES));
	__u64 offset = campaign_below(noise, 16) ? t->argument.offset : campaign_noise(noise);

	mmap(place, (1 + campaign_below(noise, PLACE_PAGES)) * PAGE, campaign_below(noise, 4),
	     (campaign_below(noise, 16) ? MAP_SHARED : MAP_PRIVATE) | MAP_FIXED, some_file(t),
	     offset & ~(PAGE - 1));
	campaign_count(&campaign->maps);
}

/* Nothing else may get the place. */
static void unmap(struct thread *t)
{
	__u64 *noise = &t->argument.noise;

	mmap(PLACE_AT(campaign_below(noise, PLACES)) + campaign_below(noise, 4) * PAGE,
	     (1 + campaign_below(noise, PLACE_PAGES - 4)) * PAGE, PROT_NONE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
}

static void protect(struct thread *t)
{
	__u64 *noise = &t->argument.noise;

	mprotect(PLACE_AT(campaign_below(noise, PLACES)) + campaign_below(noise, 4) * PAGE,
		 (1 + campaign_below(noise, PLACE_PAGES - 4)) * PAGE, campaign_below(noise, 4));
	if (!campaign_below(noise, 4))
		madvise(PLACE_AT(campaign_below(noise, PLACES)), PLACE_PAGES * PAGE, MADV_DONTNEED);
}

static void on_fault(int signal)
{
	if (!touching)
		_exit(100 + signal);
	siglongjmp(back, signal);
}

static void touch_page(struct thread *t)
{
	__u32 *word = campaign_mapping(&t->argument.noise);

	campaign_count(&campaign->touches);
	if (sigsetjmp(back, 1)) {
		campaign_count(&campaign->signals);
	} else {
		touching = 1;
		if (campaign_below(&t->argument.noise, 2))
			__atomic_store_n(word, campaign_noise(&t->argument.noise), __ATOMIC_RELAXED);
		else
			__atomic_load_n(word, __ATOMIC_RELAXED);
	}
	touching = 0;
}

/* --------------------------------------------------------------------- threads */

static void call(struct thread *t)
{
	struct argument *a = &t->argument;
	unsigned int nr;
	int ret;

	argument_make(a);
	nr = a->cmd & 0xff;
	ret = ioctl(some_file(t), a->cmd, a->arg);
	campaign_count(&campaign->calls);
	campaign_count(&campaign->called[nr]);
	if (ret < 0)
		return;
	campaign_count(&campaign->good);
	campaign_count(&campaign->succeeded[nr]);
	argument_learn(a);
}

/* It has the same files and mappings, and nobody who interrupts it. */
static void fork_child(struct thread *t)
{
	int n;

	if (fork())
		return;
	alarm(1);
	for (n = 0; n < 16; n++) {
		touch_page(t);
		call(t);
	}
	campaign_count(&campaign->children);
	_exit(0);
}

static void step(struct thread *t)
{
	switch (campaign_below(&t->argument.noise, 128)) {
	case 0:
		open_file(t);
		break;
	case 1 ... 3:
		map(t);
		break;
	case 4 ... 5:
		unmap(t);
		break;
	case 6 ... 12:
		touch_page(t);
		break;
	case 13:
		protect(t);
		break;
	case 14 ... 17:
		use_fd(t);
		break;
	case 18:
		read_file(t);
		break;
	case 19:
		if (!campaign_below(&t->argument.noise, 32))
			fork_child(t);
		break;
	default:
		call(t);
	}
}

/* From now on allocations of the kernel may fail here. */
static void begin_faults(void)
{
	int fd = open("/proc/thread-self/make-it-fail", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "1", 1) != 1)
		_exit(1);
	close(fd);
}

static void *work(void *arg)
{
	struct thread *t = arg;

	if (campaign_faults)
		begin_faults();
	while (!__atomic_load_n(&ending, __ATOMIC_RELAXED))
		step(t);
	return NULL;
}

static void on_interrupt(int signal)
{
	(void)signal;
}

static void reserve(void *at, size_t size, int prot)
{
	if (mmap(at, size, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE,
		 -1, 0) != at)
		_exit(1);
}

static void prepare(__u64 seed, int nr)
{
	const struct sigaction fault = { .sa_handler = on_fault };
	const struct sigaction interrupt = { .sa_handler = on_interrupt };
	int n, kind;

	sigaction(SIGSEGV, &fault, NULL);
	sigaction(SIGBUS, &fault, NULL);
	sigaction(SIGUSR1, &interrupt, NULL);
	signal(SIGCHLD, SIG_IGN);
	reserve(PLACE_AT(0), PLACES * PLACE_PAGES * PAGE, PROT_NONE);
	for (n = 0; n < FILES; n++)
		files[n] = open(node, O_RDWR | O_CLOEXEC);
	for (kind = 0; kind < KINDS; kind++)
		for (n = 0; n < KEPT; n++)
			kept[kind][n] = kind == 4 ? (int)syscall(SYS_eventfd2, 0, 0) : -1;
	for (n = 0; n < nr; n++) {
		/* What a wrong number makes of a pointer stays within. */
		reserve((void *)CAMPAIGN_ROOM_AT(n) + CAMPAIGN_ROOM, (1ull << 32) - CAMPAIGN_ROOM,
			PROT_NONE);
		reserve((void *)CAMPAIGN_ROOM_AT(n), CAMPAIGN_ROOM, PROT_READ | PROT_WRITE);
		threads[n].argument.room = (void *)CAMPAIGN_ROOM_AT(n);
		threads[n].argument.noise = campaign_noise(&seed) | 1;
	}
}

void campaign_process(const char *path, __u64 seed, int nr, int ms, enum campaign_end end)
{
	struct timespec begin, now;
	int n;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	node = path;
	prepare(seed, nr);
	for (n = 0; n < nr; n++)
		if (pthread_create(&threads[n].id, NULL, work, &threads[n]))
			_exit(1);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	do {
		usleep(5000);
		pthread_kill(threads[campaign_below(&seed, nr)].id, SIGUSR1);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (end == CAMPAIGN_KILLED || (now.tv_sec - begin.tv_sec) * 1000 +
		 (now.tv_nsec - begin.tv_nsec) / 1000000 < ms);
	if (end == CAMPAIGN_IN_CALLS)
		_exit(0);
	__atomic_store_n(&ending, true, __ATOMIC_RELAXED);
	for (n = 0; n < nr; n++)
		while (pthread_tryjoin_np(threads[n].id, NULL)) {
			usleep(5000);
			pthread_kill(threads[n].id, SIGUSR1);
		}
	_exit(0);
}
