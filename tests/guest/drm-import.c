// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-import: a DRM node imports buffers of another exporter
 *
 * The program sees in the exporter's memory what the GPU has written: nouveau's, which
 * copies. vgem has none, but maps what it has imported. The result lines are the same in
 * dom0 and in its guests.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xf86drm.h>

#include "foreign.h"
#include "nouveau.h"
#include "prime.h"

static int cycles = 100;
static const char *hold;
static bool many;

#define MANY	256
#define BESIDE	8	/* places that are tried */
#define ROUNDS	20	/* of copies that poll() waits for */
#define PATIENCE	20000	/* ms */

static __u32 must_import(int fd, int dmabuf)
{
	__u32 handle;

	prime_must("FD_TO_HANDLE", prime_import(fd, dmabuf, &handle));
	return handle;
}

/* A file of the node's; with nouveau, a channel and a buffer of its own to copy to */
struct gpu {
	int fd;
	bool copies;
	struct nv_channel channel;
	struct nv_buffer own;
};

static void gpu_open(struct gpu *g)
{
	drmVersionPtr version;

	g->fd = prime_open();
	version = drmGetVersion(g->fd);
	g->copies = version && !strcmp(version->name, "nouveau");
	drmFreeVersion(version);
	if (!g->copies)
		return;
	nv_channel_open(g->fd, &g->channel);
	nv_bind(&g->channel, NV_SUB_COPY, NV_CLASS_COPY);
	nv_mapped(g->fd, NV_GART, PRIME_BYTES, &g->own);
}

static void gpu_close(struct gpu *g)
{
	if (g->copies) {
		nv_free(g->fd, &g->own);
		nv_channel_close(&g->channel);
	}
	close(g->fd);
}

static void gpu_begin(struct gpu *g, const struct nv_buffer *from, const struct nv_buffer *to)
{
	const struct nv_lines lines = {
		.pitch_in = 4096, .pitch_out = 4096, .length = 4096, .count = PRIME_BYTES / 4096,
	};

	nv_copy(&g->channel, from, to, &lines);
	nv_kick(&g->channel);
}

static void gpu_copy(struct gpu *g, const struct nv_buffer *from, const struct nv_buffer *to)
{
	gpu_begin(g, from, to);
	nv_wait(g->fd, to);
}

/*
 * The one buffer that is imported. No ioctl tells where vgem maps it, but it does: the
 * place is beside that of another buffer.
 */
static __u32 *map_imported(struct gpu *g)
{
	struct prime_buffer beside;
	void *map = MAP_FAILED;
	int i;

	prime_create(&beside, g->fd);
	for (i = -BESIDE; i <= BESIDE && map == MAP_FAILED; i++)
		if (i)
			map = mmap(NULL, PRIME_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, g->fd,
				   beside.offset + i * (__s64)PRIME_BYTES);
	prime_destroy(g->fd, beside.handle);
	if (map == MAP_FAILED)
		die("the imported buffer is not found");
	return map;
}

/* Words that are not as prime_fill() leaves them */
static int gpu_wrong(struct gpu *g, __u32 handle, __u32 seed)
{
	struct nv_buffer buffer = { .handle = handle, .domain = NV_GART, .size = PRIME_BYTES };
	__u32 *map;
	int wrong;

	if (g->copies) {
		memset(g->own.map, 0, PRIME_BYTES);
		gpu_copy(g, &buffer, &g->own);
		return prime_wrong(g->own.map, seed);
	}
	map = map_imported(g);
	wrong = prime_wrong(map, seed);
	munmap(map, PRIME_BYTES);
	return wrong;
}

static void gpu_fill(struct gpu *g, __u32 handle, __u32 seed)
{
	struct nv_buffer buffer = { .handle = handle, .domain = NV_GART, .size = PRIME_BYTES };
	__u32 *map;

	if (g->copies) {
		prime_fill(g->own.map, seed);
		gpu_copy(g, &g->own, &buffer);
		return;
	}
	map = map_imported(g);
	prime_fill(map, seed);
	munmap(map, PRIME_BYTES);
}

/* Return: false if the driver imports nothing. */
static bool can_import(int fd)
{
	struct foreign f;
	__u32 handle;
	int error;

	foreign_create(&f, PRIME_BYTES);
	error = prime_import(fd, f.dmabuf, &handle);
	result("import: %s", errno_name(error));
	if (!error)
		prime_destroy(fd, handle);
	foreign_destroy(&f);
	return !error;
}

static void check_both(const char *what, struct foreign *f, struct gpu *g, __u32 handle, __u32 seed)
{
	int wrong;

	prime_fill(f->memory, seed);
	wrong = gpu_wrong(g, handle, seed);
	check(!wrong, "%s: the GPU reads what the exporter has (%d)", what, wrong);
	gpu_fill(g, handle, seed + 1);
	wrong = prime_wrong(f->memory, seed + 1);
	check(!wrong, "%s: and writes to it (%d)", what, wrong);
}

static void test_data(struct gpu *g)
{
	__u32 handle, second;
	struct foreign f;

	foreign_create(&f, PRIME_BYTES);
	handle = must_import(g->fd, f.dmabuf);
	check(must_import(g->fd, f.dmabuf) == handle, "twice with the same handle");
	check_both("imported", &f, g, handle, 1);
	close(f.dmabuf);
	check_both("the exporter's descriptor is closed", &f, g, handle, 3);
	prime_destroy(g->fd, handle);
	munmap(f.memory, PRIME_BYTES);

	foreign_create(&f, PRIME_BYTES);
	handle = must_import(g->fd, f.dmabuf);
	prime_destroy(g->fd, handle);
	second = must_import(g->fd, f.dmabuf);
	check_both("imported again", &f, g, second, 7);
	prime_destroy(g->fd, second);
	foreign_destroy(&f);
}

static void test_files(struct gpu *g)
{
	struct gpu other;
	__u32 handle, theirs;
	struct foreign f;

	gpu_open(&other);
	foreign_create(&f, PRIME_BYTES);
	handle = must_import(g->fd, f.dmabuf);
	theirs = must_import(other.fd, f.dmabuf);
	check_both("another file", &f, &other, theirs, 20);
	check_both("the first one", &f, g, handle, 22);
	prime_destroy(g->fd, handle);
	check_both("whose handle is closed", &f, &other, theirs, 24);
	gpu_close(&other);
	check(!prime_wrong(f.memory, 25), "so is the other file");
	handle = must_import(g->fd, f.dmabuf);
	check_both("imported again", &f, g, handle, 26);
	prime_destroy(g->fd, handle);
	foreign_destroy(&f);
}

/* The exporter's dma-buf says when the GPU is done, as if it were the GPU's. */
static void test_implicit(struct gpu *g)
{
	struct nv_buffer buffer = { .domain = NV_GART, .size = PRIME_BYTES };
	struct pollfd poller = { .events = POLLIN };
	int i, late = 0, wrong = 0;
	struct foreign f;

	if (!g->copies)
		return;
	foreign_create(&f, PRIME_BYTES);
	buffer.handle = must_import(g->fd, f.dmabuf);
	poller.fd = f.dmabuf;
	for (i = 0; i < ROUNDS; i++) {
		prime_fill(g->own.map, 100 + i);
		gpu_begin(g, &g->own, &buffer);
		late += poll(&poller, 1, PATIENCE) != 1;
		wrong += prime_wrong(f.memory, 100 + i) != 0;
		nv_wait(g->fd, &g->own);
	}
	check(!late && !wrong, "what poll() waited for: %d of %d late, %d wrong", late, ROUNDS, wrong);
	prime_destroy(g->fd, buffer.handle);
	poller.events = POLLOUT;
	check(poll(&poller, 1, PATIENCE) == 1, "nobody uses it any more");
	foreign_destroy(&f);
}

static ino_t inode(int fd)
{
	struct stat st;

	prime_must("fstat", fstat(fd, &st) ? errno : 0);
	return st.st_ino;
}

static void test_again(int fd)
{
	struct foreign f;
	__u32 handle;
	int dmabuf;

	foreign_create(&f, PRIME_BYTES);
	handle = must_import(fd, f.dmabuf);
	result("export of what was imported: %s",
	       errno_name(prime_export(fd, handle, DRM_CLOEXEC | DRM_RDWR, &dmabuf)));
	check(inode(dmabuf) == inode(f.dmabuf), "it is the exporter's dma-buf");
	check(fcntl(dmabuf, F_GETFD) == FD_CLOEXEC, "which exec() closes");
	close(f.dmabuf);
	check(must_import(fd, dmabuf) == handle, "whose handle is the same");
	close(dmabuf);
	prime_destroy(fd, handle);
	result("export of the closed handle: %s",
	       errno_name(prime_export(fd, handle, DRM_CLOEXEC, &dmabuf)));
	munmap(f.memory, PRIME_BYTES);
}

static void test_bad(int fd)
{
	struct foreign f;
	__u32 handle;

	foreign_create(&f, PRIME_BYTES);
	close(f.dmabuf);
	result("import of what is closed: %s", errno_name(prime_import(fd, f.dmabuf, &handle)));
	result("import of something else: %s", errno_name(prime_import(fd, fd, &handle)));
	munmap(f.memory, PRIME_BYTES);
}

static void test_killed(int fd)
{
	struct foreign f;
	int ready[2];
	pid_t child;
	char c;

	foreign_create(&f, PRIME_BYTES);
	prime_must("pipe", pipe(ready) ? errno : 0);
	child = fork();
	if (!child) {
		struct gpu own;

		gpu_open(&own);
		gpu_fill(&own, must_import(own.fd, f.dmabuf), 30);
		prime_must("write", write(ready[1], "", 1) == 1 ? 0 : errno);
		pause();
		exit(0);
	}
	close(ready[1]);
	check(read(ready[0], &c, 1) == 1, "a process has imported it");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(ready[0]);
	check(!prime_wrong(f.memory, 30), "what it wrote is there");
	prime_destroy(fd, must_import(fd, f.dmabuf));
	foreign_destroy(&f);
}

static void test_cycles(struct gpu *g)
{
	__u32 handle, bad = 0;
	struct foreign f;
	int i;

	foreign_create(&f, PRIME_BYTES);
	for (i = 0; i < cycles; i++) {
		bad += prime_import(g->fd, f.dmabuf, &handle) != 0;
		if (i % 16 == 0) {
			gpu_fill(g, handle, i);
			bad += prime_wrong(f.memory, i);
		}
		prime_destroy(g->fd, handle);
	}
	check(!bad, "%d times imported and closed", cycles);
	foreign_destroy(&f);
}

/* For limits, which dom0 does not have */
static void import_many(struct gpu *g)
{
	struct foreign f[MANY];
	__u32 handles[MANY];
	int i, error = 0;

	foreign_create(&f[0], PRIME_BYTES);
	handles[0] = must_import(g->fd, f[0].dmabuf);
	for (i = 1; i < MANY && !error; i++) {
		foreign_create(&f[i], PRIME_BYTES);
		error = prime_import(g->fd, f[i].dmabuf, &handles[i]);
	}
	result("%d buffers of %d KiB imported, then %s", i - 1, PRIME_BYTES >> 10,
	       errno_name(error));
	if (g->copies)
		check_both("the first", &f[0], g, handles[0], 40);
	prime_destroy(g->fd, handles[0]);
	/* The frontend forgets it a moment later. */
	for (error = ENOMEM; error == ENOMEM; usleep(10000))
		error = prime_import(g->fd, f[i - 1].dmabuf, &handles[0]);
	check(!error, "when one is closed, there is room");
}

/* Until there is a file of that name: then the device is gone. */
static void hold_it(struct gpu *g)
{
	struct foreign f;
	__u32 handle;

	foreign_create(&f, PRIME_BYTES);
	handle = must_import(g->fd, f.dmabuf);
	gpu_fill(g, handle, 50);
	info("ready");
	while (access(hold, F_OK))
		usleep(100000);
	check(!prime_wrong(f.memory, 50), "what the GPU wrote is there");
	result("import: %s", errno_name(prime_import(g->fd, f.dmabuf, &handle)));
	foreign_destroy(&f);
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &prime_node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "cycles", .number = &cycles, .help = "of what is repeated (100)" },
		{ "many", .flag = &many, .help = "only import as many buffers as is possible" },
		{ "hold", .text = &hold, .help = "wait for the device to go away, until TEXT exists" },
	};
	struct gpu g;

	parse_options(argc, argv, "Import buffers of another exporter into a DRM node.", options,
		      ARRAY_SIZE(options));
	gpu_open(&g);
	if (hold) {
		hold_it(&g);
	} else if (many) {
		import_many(&g);
	} else if (can_import(g.fd)) {
		test_data(&g);
		test_files(&g);
		test_implicit(&g);
		test_again(g.fd);
		test_bad(g.fd);
		test_killed(g.fd);
		test_cycles(&g);
	}
	/* Not when the device is gone */
	if (!hold)
		gpu_close(&g);
	return failures() != 0;
}
