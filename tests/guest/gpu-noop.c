// SPDX-License-Identifier: GPL-2.0-only
/*
 * gpu-noop: what a program does with OpenGL, on a GPU that does nothing
 *
 * It compiles, uploads, draws, dispatches, waits and reads back. Nothing is
 * executed, so what is read back means nothing and is not looked at.
 */
#include "common.h"
#include "gl.h"

#include <EGL/eglext.h>

#define SIDE	64	/* pixels */
#define WORDS	1024
#define ROUNDS	4

static const char *node = DEFAULT_NODE;

static const char vertex[] =
	"#version 310 es\n"
	"layout(location = 0) in vec4 place;\n"
	"uniform float shift;\n"
	"out vec2 t;\n"
	"void main()\n"
	"{\n"
	"	t = place.xy;\n"
	"	gl_Position = place + vec4(shift, 0.0, 0.0, 0.0);\n"
	"}\n";

static const char fragment[] =
	"#version 310 es\n"
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
	glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, SIDE, SIDE);
	glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, SIDE, SIDE, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
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
	GLsync sync = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
	GLenum status = glClientWaitSync(sync, GL_SYNC_FLUSH_COMMANDS_BIT, 5000000000ull);

	if (status != GL_ALREADY_SIGNALED && status != GL_CONDITION_SATISFIED)
		die("glClientWaitSync: 0x%x", status);
	glDeleteSync(sync);
}

static void draw(void)
{
	static const float corners[] = { -1, -1, 0, 1, 1, -1, 0, 1, 0, 1, 0, 1 };
	static unsigned char pixels[SIDE * SIDE * 4];
	GLuint array, buffer, program = gl_program(vertex, fragment);
	int i;

	make_target();
	make_texture();
	glGenVertexArrays(1, &array);
	glBindVertexArray(array);
	glGenBuffers(1, &buffer);
	glBindBuffer(GL_ARRAY_BUFFER, buffer);
	glBufferData(GL_ARRAY_BUFFER, sizeof(corners), corners, GL_STATIC_DRAW);
	glVertexAttribPointer(0, 4, GL_FLOAT, GL_FALSE, 0, NULL);
	glEnableVertexAttribArray(0);
	glUseProgram(program);
	for (i = 0; i < ROUNDS; i++) {
		glUniform1f(glGetUniformLocation(program, "shift"), i * 0.1f);
		glClear(GL_COLOR_BUFFER_BIT);
		glDrawArrays(GL_TRIANGLES, 0, 3);
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
	GLuint buffer, program = gl_compute_program(compute);
	int i;

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

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
	};
	struct gl gl;

	parse_options(argc, argv, "Use OpenGL ES on a GPU that does nothing.", options,
		      ARRAY_SIZE(options));
	gl_open(&gl, node, false);
	result("driver %s", driver(&gl));
	result("renderer %s", glGetString(GL_RENDERER));
	result("version %s", glGetString(GL_VERSION));
	result("extensions %s", glGetString(GL_EXTENSIONS));
	draw();
	dispatch();
	gl_close(&gl);
	return 0;
}
