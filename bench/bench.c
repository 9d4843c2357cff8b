// SPDX-License-Identifier: GPL-2.0-only
/*
 * pvdrm-bench: what calls of a DRM node cost
 *
 * Runs in dom0 and in guests alike. In a guest it also tells how many requests
 * and hypercalls each operation took, from pvdrm-front's counters.
 *
 * Prints one line for each: bench,NAME,OPERATIONS,MEDIAN NS,90 % BELOW NS,
 * REQUESTS,WAITS,NOTIFICATIONS SENT,NOTIFICATIONS GOT,SLEEPS,HYPERCALLS (each per
 * operation, or - where nothing counts them). And relative,NAME,TIME by that of NAME-ordinary.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <drm.h>
#include <virtgpu_drm.h>
#include <xf86drm.h>

#include "bench.h"
#include "common.h"
#include "gl.h"

#define HANDLES		4096		/* 16 KiB of them */
#define COMMANDS	16384		/* bytes */
#define FRAME		256		/* pixels */
#define CHAIN		100		/* submissions */

const char *node = DEFAULT_NODE;
int fd, samples = 200, seconds = 4;
bool virtio;
static const char *only, *at = "0";
static int processes;

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

/* Work of no size, after that of @fence, if not -1, which is closed. Returns its own fence. */
static int submit_after(int fence)
{
	static const __u32 commands[16];
	struct drm_virtgpu_execbuffer execute = {
		.flags = VIRTGPU_EXECBUF_FENCE_FD_OUT | (fence < 0 ? 0 : VIRTGPU_EXECBUF_FENCE_FD_IN),
		.size = sizeof(commands),
		.command = (unsigned long)commands,
		.fence_fd = fence,
	};

	must("EXECBUFFER", ioctl(fd, DRM_IOCTL_VIRTGPU_EXECBUFFER, &execute));
	if (fence >= 0)
		close(fence);
	return execute.fence_fd;
}

static void finish(int fence)
{
	struct pollfd poller = { .fd = fence, .events = POLLIN };

	must("poll", poll(&poller, 1, -1));
	close(fence);
}

static void run_fence(void)
{
	finish(submit_after(-1));
}

static double fences_waited;

static bool set_up_chain(void)
{
	fences_waited = read_counts().fences;
	return virtio;
}

/* Each waits for the one before, but only the GPU does, not the program. */
static void run_chain(void)
{
	int i, fence = -1;

	for (i = 0; i < CHAIN; i++)
		fence = submit_after(fence);
	finish(fence);
}

static void clean_up_chain(void)
{
	fences_waited = read_counts().fences - fences_waited;
	if (fences_waited)
		die("chain: the guest has waited for %.0f fences", fences_waited);
}

static bool set_up_waited_virtio(void)
{
	return virtio && set_up_waited();
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

static bool set_up_draw_waited(void)
{
	return set_up_draw() && set_up_waited();
}

static void clean_up_draw_waited(void)
{
	clean_up_waited();
	clean_up_draw();
}

static const struct bench benches[] = {
	{ "floor", .whole = measure_floor },
	{ "nop", .whole = measure_nop },
	{ "version", 10, NULL, run_version },	/* DRM core in the guest answers */
	{ "get-cap", 10, NULL, run_get_cap },
	{ "array", 5, set_up_array, run_array, clean_up_array },
	{ "execute", 5, is_virtio, run_execute },
	{ "execute-waited", 5, set_up_waited_virtio, run_execute, clean_up_waited },
	{ "fence", 1, is_virtio, run_fence },
	{ "fence-waited", 1, set_up_waited_virtio, run_fence, clean_up_waited },
	{ "chain", 1, set_up_chain, run_chain, clean_up_chain },
	{ "open", 1, NULL, run_open },
	{ "handle", 1, NULL, run_handle },
	{ "handle-waited", 1, set_up_waited, run_handle, clean_up_waited },
	{ "buffer", 1, NULL, run_buffer },
	{ "waited", 1, set_up_waited, run_buffer, clean_up_waited },
	{ "kept", 1, set_up_kept, run_buffer, clean_up_kept },
	{ "touch", 1, set_up_touch, run_touch, close_object },
	{ "bandwidth", .whole = measure_bandwidth },
	{ "draw", 1, set_up_draw, run_draw, clean_up_draw },
	{ "draw-waited", 1, set_up_draw_waited, run_draw, clean_up_draw_waited },
	{ "cpu", 1, NULL, run_cpu, .asked = true },
	{ "pipe", 1, set_up_pipe, run_pipe, clean_up_pipe, .asked = true },
	{ "revoke", .whole = measure_revoke, .asked = true },
};

void open_node(void)
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
		{ "seconds", .number = &seconds, .help = "at most for each kind (4)" },
		{ "only", .text = &only, .help = "measure this one alone" },
		{ "processes", .number = &processes, .help = "count what so many do in --seconds" },
		{ "at", .text = &at, .help = "the time of day at which they begin, in seconds since 1970" },
	};
	size_t i;

	parse_options(argc, argv, "Measure calls of a DRM node.", options, ARRAY_SIZE(options));
	if (!samples || samples > MAX_SAMPLES)
		die("--samples takes 1 to %d", MAX_SAMPLES);
	if (processes && !only)
		die("--processes needs --only");
	open_node();
	for (i = 0; i < ARRAY_SIZE(benches); i++) {
		if (only ? strcmp(only, benches[i].name) : benches[i].asked)
			continue;
		if (processes)
			measure_many(&benches[i], processes, atol(at));
		else
			measure(&benches[i]);
	}
	close(fd);
	return 0;
}
