// SPDX-License-Identifier: GPL-2.0-only
/*
 * pvdrm-bench: what calls of a DRM node cost
 *
 * Runs in dom0 and in guests alike. In a guest it also tells how many requests
 * and hypercalls each operation took, from pvdrm-front's counters.
 *
 * Prints one line for each: bench,NAME,OPERATIONS,MEDIAN NS,90 % BELOW NS,
 * REQUESTS,NOTIFICATIONS SENT,NOTIFICATIONS GOT,HYPERCALLS (each per operation,
 * or - where nothing counts them).
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
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
#include "gl.h"

#define MAX_SAMPLES	2000
#define WARM_UP		3		/* samples */
#define HANDLES		4096		/* 16 KiB of them */
#define COMMANDS	16384		/* bytes */
#define SIDE		128		/* pixels: a buffer of 16 pages */
#define TOUCH_SIDE	4096		/* of 64 MiB */
#define PASS_SIDE	1024		/* of 4 MiB */
#define BUFFER_BYTES(side)	((size_t)(side) * (side) * 4)
#define PAGE		4096
#define FRAME		256		/* pixels */
#define CACHE		"/sys/module/pvdrm_front/parameters/cache"

static const char *node = DEFAULT_NODE;
static int samples = 200, seconds = 10;
static const char *only;
static bool virtio;

/* ------------------------------------------------- what the frontend counts */

struct counts {
	bool known;
	double requests, sent, got, hypercalls;
};

static void add_line(struct counts *c, const char *name, double value)
{
	if (!strcmp(name, "requests"))
		c->requests += value;
	if (!strcmp(name, "irqs"))
		c->got += value;
	if (!strcmp(name, "notifications"))
		c->sent += value;
	if (!strcmp(name, "notifications") || !strcmp(name, "map-hypercalls") ||
	    !strcmp(name, "unmap-hypercalls"))
		c->hypercalls += value;
}

static struct counts read_counts(void)
{
	struct counts c = { 0 };
	char name[64];
	double value;
	glob_t found;
	FILE *file;
	size_t i;

	if (glob("/sys/kernel/debug/pvdrm-front/*/stats", 0, NULL, &found))
		return c;
	for (i = 0; i < found.gl_pathc; i++) {
		file = fopen(found.gl_pathv[i], "re");
		if (!file)
			continue;
		c.known = true;
		while (fscanf(file, " %63[^: ]%*[: ]%lf", name, &value) == 2)
			add_line(&c, name, value);
		fclose(file);
	}
	globfree(&found);
	return c;
}

/* -------------------------------------------------------------- measurement */

struct bench {
	const char *name;
	int batch;		/* operations in one sample */
	bool (*set_up)(void);	/* false: not here */
	void (*run)(void);
	void (*clean_up)(void);
};

static int fd;

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print_bench(const char *name, double *ns, int count, int batch,
			const struct counts *before, const struct counts *after)
{
	double n = (double)count * batch;

	qsort(ns, count, sizeof(*ns), compare);
	printf("bench,%s,%.0f,%.0f,%.0f,", name, n, ns[count / 2], ns[count * 9 / 10]);
	if (before->known && after->known)
		printf("%.2f,%.2f,%.2f,%.2f\n", (after->requests - before->requests) / n,
		       (after->sent - before->sent) / n, (after->got - before->got) / n,
		       (after->hypercalls - before->hypercalls) / n);
	else
		printf("-,-,-,-\n");
	fflush(stdout);
}

static void measure(const struct bench *b)
{
	static double ns[MAX_SAMPLES];
	struct counts before, after;
	double end, begin;
	int i, k;

	if (b->set_up && !b->set_up())
		return;
	for (i = 0; i < WARM_UP * b->batch; i++)
		b->run();
	before = read_counts();
	end = now() + seconds * 1e3;
	for (i = 0; i < samples && (i < 3 || now() < end); i++) {
		begin = now();
		for (k = 0; k < b->batch; k++)
			b->run();
		ns[i] = (now() - begin) * 1e6 / b->batch;
	}
	after = read_counts();
	print_bench(b->name, ns, i, b->batch, &before, &after);
	if (b->clean_up)
		b->clean_up();
}

static void must(const char *what, int ret)
{
	if (ret < 0)
		die("%s: %s", what, errno_name(errno));
}

/* --------------------------------------------------------- what is measured */

static void run_get_cap(void)
{
	struct drm_get_cap cap = { .capability = DRM_CAP_PRIME };

	must("GET_CAP", ioctl(fd, DRM_IOCTL_GET_CAP, &cap));
}

/* In a guest, DRM core there answers this one. */
static void run_version(void)
{
	struct drm_version version = { 0 };

	must("VERSION", ioctl(fd, DRM_IOCTL_VERSION, &version));
}

static void run_open(void)
{
	int file = open(node, O_RDWR | O_CLOEXEC);

	must("open", file);
	close(file);
}

static __u32 handles[HANDLES];

static bool set_up_array(void)
{
	struct drm_syncobj_create create = { 0 };
	struct drm_get_cap cap = { .capability = DRM_CAP_SYNCOBJ };
	int i;

	if (ioctl(fd, DRM_IOCTL_GET_CAP, &cap) || !cap.value)
		return false;
	must("SYNCOBJ_CREATE", ioctl(fd, DRM_IOCTL_SYNCOBJ_CREATE, &create));
	for (i = 0; i < HANDLES; i++)
		handles[i] = create.handle;
	return true;
}

static void run_array(void)
{
	struct drm_syncobj_array array = {
		.handles = (unsigned long)handles,
		.count_handles = HANDLES,
	};

	must("SYNCOBJ_RESET", ioctl(fd, DRM_IOCTL_SYNCOBJ_RESET, &array));
}

static void clean_up_array(void)
{
	struct drm_syncobj_destroy destroy = { .handle = handles[0] };

	must("SYNCOBJ_DESTROY", ioctl(fd, DRM_IOCTL_SYNCOBJ_DESTROY, &destroy));
}

static bool is_virtio(void)
{
	return virtio;
}

/* Zeros are virgl's command that does nothing. */
static void run_execute(void)
{
	static __u32 commands[COMMANDS / 4];
	struct drm_virtgpu_execbuffer execute = {
		.size = COMMANDS,
		.command = (unsigned long)commands,
		.fence_fd = -1,
	};

	must("EXECBUFFER", ioctl(fd, DRM_IOCTL_VIRTGPU_EXECBUFFER, &execute));
}

static __u64 create(__u32 side, __u32 *handle)
{
	struct drm_virtgpu_resource_create make = {
		.target = 2, .format = 1, .bind = 2, .width = side, .height = side, .depth = 1,
		.array_size = 1, .size = BUFFER_BYTES(side),
	};
	struct drm_mode_create_dumb dumb = { .width = side, .height = side, .bpp = 32 };
	struct drm_mode_map_dumb dumb_map = { 0 };
	struct drm_virtgpu_map map = { 0 };

	if (virtio) {
		must("RESOURCE_CREATE", ioctl(fd, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, &make));
		*handle = make.bo_handle;
		map.handle = make.bo_handle;
		must("MAP", ioctl(fd, DRM_IOCTL_VIRTGPU_MAP, &map));
		return map.offset;
	}
	must("MODE_CREATE_DUMB", ioctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb));
	*handle = dumb.handle;
	dumb_map.handle = dumb.handle;
	must("MODE_MAP_DUMB", ioctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &dumb_map));
	return dumb_map.offset;
}

static char *map_buffer(size_t size, __u64 offset)
{
	char *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);

	must("mmap", map == MAP_FAILED ? -1 : 0);
	return map;
}

static void run_buffer(void)
{
	const size_t size = BUFFER_BYTES(SIDE);
	struct drm_gem_close gem = { 0 };
	char *map = map_buffer(size, create(SIDE, &gem.handle));

	memset(map, 0x5a, size);
	munmap(map, size);
	must("GEM_CLOSE", ioctl(fd, DRM_IOCTL_GEM_CLOSE, &gem));
}

static struct {
	struct drm_gem_close gem;
	__u64 offset;
	size_t size;
	char *map;
} object;

/* The host has all its pages from here on. */
static void make_object(__u32 side)
{
	object.size = BUFFER_BYTES(side);
	object.offset = create(side, &object.gem.handle);
	object.map = map_buffer(object.size, object.offset);
	memset(object.map, 0x5a, object.size);
}

static void close_object(void)
{
	if (object.map)
		munmap(object.map, object.size);
	must("GEM_CLOSE", ioctl(fd, DRM_IOCTL_GEM_CLOSE, &object.gem));
}

static bool set_up_touch(void)
{
	make_object(TOUCH_SIDE);
	munmap(object.map, object.size);
	object.map = NULL;
	return true;
}

/* Page by page, in order */
static void run_touch(void)
{
	volatile char *map = map_buffer(object.size, object.offset);
	size_t i;

	for (i = 0; i < object.size; i += PAGE)
		map[i] = 1;
	munmap((void *)map, object.size);
}

static bool set_up_pass(void)
{
	make_object(PASS_SIDE);
	return true;
}

/* What is mapped is the same memory as dom0's: no call in between */
static void run_pass(void)
{
	static char copy[BUFFER_BYTES(PASS_SIDE)];

	memset(object.map, 0xa5, sizeof(copy));
	memcpy(copy, object.map, sizeof(copy));
	if (copy[sizeof(copy) - 1] != (char)0xa5)
		die("a mapped buffer does not have what was written");
}

static void keep(bool on)
{
	int file = open(CACHE, O_WRONLY | O_CLOEXEC);

	if (file < 0)
		return;
	must(CACHE, write(file, on ? "1" : "0", 1));
	close(file);
}

/* In dom0 the same as without: nothing is in between that could keep any. */
static bool set_up_kept(void)
{
	keep(true);
	return true;
}

static void clean_up_kept(void)
{
	keep(false);
}

static struct gl gl;

static const char draw_vertex[] =
	"#version 310 es\n"
	"void main()\n"
	"{\n"
	"	vec2 p = vec2(gl_VertexID & 1, gl_VertexID >> 1);\n"
	"	gl_Position = vec4(p - 0.5, 0.0, 1.0);\n"
	"}\n";

static const char draw_fragment[] =
	"#version 310 es\n"
	"precision highp float;\n"
	"out vec4 c;\n"
	"void main() { c = vec4(gl_FragCoord.xy / 256.0, 0.5, 1.0); }\n";

static bool set_up_draw(void)
{
	GLuint frame, colour;

	if (!virtio)
		return false;
	gl_open(&gl, node, false);
	glGenFramebuffers(1, &frame);
	glBindFramebuffer(GL_FRAMEBUFFER, frame);
	glGenTextures(1, &colour);
	glBindTexture(GL_TEXTURE_2D, colour);
	glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, FRAME, FRAME);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, colour, 0);
	glViewport(0, 0, FRAME, FRAME);
	glUseProgram(gl_program(draw_vertex, draw_fragment));
	gl_check("setting up to draw");
	return true;
}

static void run_draw(void)
{
	glClear(GL_COLOR_BUFFER_BIT);
	glDrawArrays(GL_TRIANGLES, 0, 3);
	glFinish();
}

static void clean_up_draw(void)
{
	gl_close(&gl);
}

static const struct bench benches[] = {
	{ "version", 10, NULL, run_version },	/* DRM core in the guest answers */
	{ "get-cap", 10, NULL, run_get_cap },
	{ "array", 5, set_up_array, run_array, clean_up_array },
	{ "execute", 5, is_virtio, run_execute },
	{ "open", 1, NULL, run_open },
	{ "buffer", 1, NULL, run_buffer },
	{ "kept", 1, set_up_kept, run_buffer, clean_up_kept },
	{ "touch", 1, set_up_touch, run_touch, close_object },
	{ "pass", 1, set_up_pass, run_pass, close_object },
	{ "draw", 1, set_up_draw, run_draw, clean_up_draw },
};

/* ------------------------------------------------ the transport, without DRM */

/* Each byte written to the frontend's file is an empty request. */
static void measure_nop(void)
{
	static const char bytes[20];
	static double ns[MAX_SAMPLES];
	struct counts before, after;
	glob_t found;
	double begin;
	int i, file;

	if (glob("/sys/kernel/debug/pvdrm-front/*/nop", 0, NULL, &found))
		return;
	file = open(found.gl_pathv[0], O_WRONLY | O_CLOEXEC);
	if (file < 0)
		die("%s: %s", found.gl_pathv[0], errno_name(errno));
	before = read_counts();
	for (i = 0; i < samples; i++) {
		begin = now();
		if (write(file, bytes, sizeof(bytes)) != sizeof(bytes))
			die("%s: %s", found.gl_pathv[0], errno_name(errno));
		ns[i] = (now() - begin) * 1e6 / sizeof(bytes);
	}
	after = read_counts();
	print_bench("nop", ns, i, sizeof(bytes), &before, &after);
	close(file);
	globfree(&found);
}

static void open_node(void)
{
	drmVersionPtr version;

	fd = open(node, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		die("cannot open %s: %s", node, strerror(errno));
	version = drmGetVersion(fd);
	virtio = version && !strcmp(version->name, "virtio_gpu");
	drmFreeVersion(version);
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "samples", .number = &samples, .help = "of each kind (200)" },
		{ "seconds", .number = &seconds, .help = "at most for each kind (10)" },
		{ "only", .text = &only, .help = "measure this one alone" },
	};
	size_t i;

	parse_options(argc, argv, "Measure calls of a DRM node.", options, ARRAY_SIZE(options));
	if (!samples || samples > MAX_SAMPLES)
		die("--samples takes 1 to %d", MAX_SAMPLES);
	open_node();
	if (!only || !strcmp(only, "nop"))
		measure_nop();
	for (i = 0; i < ARRAY_SIZE(benches); i++) {
		if (only && strcmp(only, benches[i].name))
			continue;
		measure(&benches[i]);
	}
	close(fd);
	return 0;
}
