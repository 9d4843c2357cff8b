// SPDX-License-Identifier: GPL-2.0-only
/*
 * gpu-noop: what a program does with OpenGL ES, on a GPU that does nothing
 *
 * It compiles, uploads, draws, dispatches, waits, passes fences and reads back, as far
 * as the driver can: it says what it leaves out. Nothing is executed, so what is read
 * back means nothing and is not looked at.
 */
#include "common.h"
#include "gl.h"

#include <EGL/eglext.h>
#include <stdio.h>
#include <string.h>

#define SIDE	64	/* pixels */
#define WORDS	1024
#define ROUNDS	4

static const char *node = DEFAULT_NODE;
static int version; /* of OpenGL ES: 31 is 3.1 */

static const char vertex_2[] =
	"attribute vec4 place;\n"
	"uniform float shift;\n"
	"varying vec2 t;\n"
	"void main()\n"
	"{\n"
	"	t = place.xy;\n"
	"	gl_Position = place + vec4(shift, 0.0, 0.0, 0.0);\n"
	"}\n";

static const char fragment_2[] =
	"precision mediump float;\n"
	"uniform sampler2D pattern;\n"
	"varying vec2 t;\n"
	"void main()\n"
	"{\n"
	"	gl_FragColor = texture2D(pattern, t);\n"
	"}\n";

static const char vertex[] =
	"#version 300 es\n"
	"layout(location = 0) in vec4 place;\n"
	"uniform float shift;\n"
	"out vec2 t;\n"
	"void main()\n"
	"{\n"
	"	t = place.xy;\n"
	"	gl_Position = place + vec4(shift, 0.0, 0.0, 0.0);\n"
	"}\n";

static const char fragment[] =
	"#version 300 es\n"
	"precision highp float;\n"
	"uniform sampler2D pattern;\n"
	"in vec2 t;\n"
	"out vec4 c;\n"
	"void main()\n"
	"{\n"
	"	c = texture(pattern, t);\n"
	"}\n";

static const char compute[] =
	"#version 310 es\n"
	"layout(local_size_x = 64) in;\n"
	"layout(std430, binding = 0) buffer A { uint a[]; };\n"
	"shared uint s[64];\n"
	"void main()\n"
	"{\n"
	"	s[gl_LocalInvocationIndex] = a[gl_GlobalInvocationID.x];\n"
	"	barrier();\n"
	"	a[gl_GlobalInvocationID.x] = s[63u - gl_LocalInvocationIndex] * 3u;\n"
	"}\n";

static void make_texture(void)
{
	static unsigned char pixels[SIDE * SIDE * 4];
	GLuint texture;
	size_t i;

	for (i = 0; i < sizeof(pixels); i++)
		pixels[i] = i * 7 + i / 256;
	glGenTextures(1, &texture);
	glBindTexture(GL_TEXTURE_2D, texture);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, SIDE, SIDE, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
	glGenerateMipmap(GL_TEXTURE_2D);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR_MIPMAP_NEAREST);
}

static void make_target(void)
{
	GLuint frame, colour;

	glGenFramebuffers(1, &frame);
	glBindFramebuffer(GL_FRAMEBUFFER, frame);
	glGenRenderbuffers(1, &colour);
	glBindRenderbuffer(GL_RENDERBUFFER, colour);
	glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, SIDE, SIDE);
	glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, colour);
	if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE)
		die("the frame buffer is not complete");
	glViewport(0, 0, SIDE, SIDE);
}

static void wait_for_gpu(void)
{
	GLsync sync;
	GLenum status;

	if (version < 30) {
		result("no waiting for the GPU");
		return;
	}
	sync = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
	status = glClientWaitSync(sync, GL_SYNC_FLUSH_COMMANDS_BIT, 5000000000ull);
	if (status != GL_ALREADY_SIGNALED && status != GL_CONDITION_SATISFIED)
		die("glClientWaitSync: 0x%x", status);
	glDeleteSync(sync);
}

/* A fence leaves as a descriptor, and what is drawn next waits for it. */
static void pass_fence(const struct gl *gl)
{
	EGLint attributes[] = { EGL_SYNC_NATIVE_FENCE_FD_ANDROID, -1, EGL_NONE };
	PFNEGLCREATESYNCKHRPROC create = (void *)eglGetProcAddress("eglCreateSyncKHR");
	PFNEGLDESTROYSYNCKHRPROC destroy = (void *)eglGetProcAddress("eglDestroySyncKHR");
	PFNEGLWAITSYNCKHRPROC wait = (void *)eglGetProcAddress("eglWaitSyncKHR");
	PFNEGLDUPNATIVEFENCEFDANDROIDPROC dup_fd =
		(void *)eglGetProcAddress("eglDupNativeFenceFDANDROID");
	EGLSyncKHR out, in;

	if (!strstr(eglQueryString(gl->display, EGL_EXTENSIONS), "EGL_ANDROID_native_fence_sync")) {
		result("no fences that are descriptors");
		return;
	}
	out = create(gl->display, EGL_SYNC_NATIVE_FENCE_ANDROID, NULL);
	glFlush();
	attributes[1] = dup_fd(gl->display, out);
	if (attributes[1] < 0)
		die("eglDupNativeFenceFDANDROID: error 0x%x", eglGetError());
	/* The descriptor is its own from now on. */
	in = create(gl->display, EGL_SYNC_NATIVE_FENCE_ANDROID, attributes);
	if (in == EGL_NO_SYNC_KHR)
		die("eglCreateSyncKHR of a descriptor: error 0x%x", eglGetError());
	if (!wait(gl->display, in, 0))
		die("eglWaitSyncKHR: error 0x%x", eglGetError());
	destroy(gl->display, in);
	destroy(gl->display, out);
	result("a fence that is a descriptor");
}

static void draw(const struct gl *gl)
{
	static const float corners[] = { -1, -1, 0, 1, 1, -1, 0, 1, 0, 1, 0, 1 };
	static unsigned char pixels[SIDE * SIDE * 4];
	GLuint array, buffer, program;
	int i;

	program = version < 30 ? gl_program(vertex_2, fragment_2) : gl_program(vertex, fragment);
	make_target();
	make_texture();
	if (version >= 30) {
		glGenVertexArrays(1, &array);
		glBindVertexArray(array);
	}
	glGenBuffers(1, &buffer);
	glBindBuffer(GL_ARRAY_BUFFER, buffer);
	glBufferData(GL_ARRAY_BUFFER, sizeof(corners), corners, GL_STATIC_DRAW);
	/* Its only attribute */
	glVertexAttribPointer(0, 4, GL_FLOAT, GL_FALSE, 0, NULL);
	glEnableVertexAttribArray(0);
	glUseProgram(program);
	for (i = 0; i < ROUNDS; i++) {
		glUniform1f(glGetUniformLocation(program, "shift"), i * 0.1f);
		glClear(GL_COLOR_BUFFER_BIT);
		glDrawArrays(GL_TRIANGLES, 0, 3);
		if (i == 1)
			pass_fence(gl);
		glFinish();
	}
	wait_for_gpu();
	glReadPixels(0, 0, SIDE, SIDE, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
	gl_check("drawing");
	result("%d frames", ROUNDS);
}

static void dispatch(void)
{
	static unsigned int words[WORDS];
	GLuint buffer, program;
	int i;

	if (version < 31) {
		result("no computing");
		return;
	}
	program = gl_compute_program(compute);
	for (i = 0; i < WORDS; i++)
		words[i] = i * 5;
	glGenBuffers(1, &buffer);
	glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 0, buffer);
	glBufferData(GL_SHADER_STORAGE_BUFFER, sizeof(words), words, GL_DYNAMIC_COPY);
	glUseProgram(program);
	for (i = 0; i < ROUNDS; i++) {
		glDispatchCompute(WORDS / 64, 1, 1);
		glMemoryBarrier(GL_ALL_BARRIER_BITS);
		glFinish();
	}
	if (!glMapBufferRange(GL_SHADER_STORAGE_BUFFER, 0, sizeof(words), GL_MAP_READ_BIT))
		die("glMapBufferRange: OpenGL error 0x%x", glGetError());
	glUnmapBuffer(GL_SHADER_STORAGE_BUFFER);
	gl_check("computing");
	result("%d dispatches", ROUNDS);
}

static const char *driver(const struct gl *gl)
{
	PFNEGLGETDISPLAYDRIVERNAMEPROC name;

	name = (PFNEGLGETDISPLAYDRIVERNAMEPROC)eglGetProcAddress("eglGetDisplayDriverName");
	return name ? name(gl->display) : "unknown";
}

static int version_of(const GLubyte *text)
{
	int major, minor;

	if (sscanf((const char *)text, "OpenGL ES %d.%d", &major, &minor) != 2)
		die("no version of OpenGL ES: %s", text);
	return major * 10 + minor;
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
	};
	struct gl gl;

	parse_options(argc, argv, "Use OpenGL ES on a GPU that does nothing.", options,
		      ARRAY_SIZE(options));
	/* Mesa gives the newest version that can do all of this one. */
	gl_open_version(&gl, node, 2, 0);
	version = version_of(glGetString(GL_VERSION));
	result("driver %s", driver(&gl));
	result("renderer %s", glGetString(GL_RENDERER));
	result("version %s", glGetString(GL_VERSION));
	result("extensions %s", glGetString(GL_EXTENSIONS));
	draw(&gl);
	dispatch();
	gl_close(&gl);
	return 0;
}
