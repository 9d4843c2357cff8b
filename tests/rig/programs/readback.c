// SPDX-License-Identifier: GPL-2.0-only
/*
 * readback [RENDER-NODE [ROUNDS]]: draw with GLES on a render node, read the
 * pixels back and compare every one: clear colours, a triangle, an upload, a
 * compute shader. A GPU that works on the wrong memory looks healthy in every
 * other way. Prints the renderer; status 1 and a line for what is wrong.
 */
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES3/gl31.h>
#include <fcntl.h>
#include <gbm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 256, WORDS = 4096 };

static unsigned char pixels[SIZE * SIZE][4], sent[SIZE * SIZE][4];
static int failures;

static void check(const char *what, int round, int wrong)
{
	if (!wrong && glGetError() == GL_NO_ERROR)
		return;
	printf("readback: %s, round %d: %d wrong\n", what, round, wrong);
	failures++;
}

static void die(const char *what)
{
	printf("readback: %s failed\n", what);
	exit(1);
}

static GLuint shader(GLenum type, const char *text)
{
	GLuint s = glCreateShader(type);
	GLint ok;

	glShaderSource(s, 1, &text, NULL);
	glCompileShader(s);
	glGetShaderiv(s, GL_COMPILE_STATUS, &ok);
	if (!ok)
		die("compiling a shader");
	return s;
}

static GLuint program(GLuint first, GLuint second)
{
	GLuint p = glCreateProgram();
	GLint ok;

	glAttachShader(p, first);
	if (second)
		glAttachShader(p, second);
	glLinkProgram(p);
	glGetProgramiv(p, GL_LINK_STATUS, &ok);
	if (!ok)
		die("linking a program");
	return p;
}

static void start(const char *node)
{
	static const EGLint attributes[] = { EGL_CONTEXT_MAJOR_VERSION, 3, EGL_NONE };
	int fd = open(node, O_RDWR | O_CLOEXEC);
	struct gbm_device *gbm = fd < 0 ? NULL : gbm_create_device(fd);
	EGLDisplay display;
	EGLContext context;

	if (!gbm)
		die(node);
	display = eglGetPlatformDisplay(EGL_PLATFORM_GBM_KHR, gbm, NULL);
	if (!eglInitialize(display, NULL, NULL))
		die("eglInitialize");
	eglBindAPI(EGL_OPENGL_ES_API);
	context = eglCreateContext(display, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, attributes);
	if (!eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, context))
		die("eglMakeCurrent");
	printf("readback: %s, %s\n", glGetString(GL_RENDERER), glGetString(GL_VERSION));
}

static void make_target(void)
{
	GLuint texture, framebuffer;

	glGenTextures(1, &texture);
	glBindTexture(GL_TEXTURE_2D, texture);
	glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, SIZE, SIZE);
	glGenFramebuffers(1, &framebuffer);
	glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture, 0);
	if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE)
		die("the framebuffer");
	glViewport(0, 0, SIZE, SIZE);
}

static void fetch(void)
{
	memset(pixels, 0xee, sizeof(pixels));
	glReadPixels(0, 0, SIZE, SIZE, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
}

static void test_clear(int round)
{
	/* Multiples of 1/255, so that every implementation gives the same bytes. */
	unsigned char want[4] = { round * 37, round * 91 + 5, 255 - round, 255 };
	int i, wrong = 0;

	glClearColor(want[0] / 255.f, want[1] / 255.f, want[2] / 255.f, 1);
	glClear(GL_COLOR_BUFFER_BIT);
	fetch();
	for (i = 0; i < SIZE * SIZE; i++)
		wrong += memcmp(pixels[i], want, 4) != 0;
	check("clear", round, wrong);
}

static void test_triangle(int round)
{
	static const char vertex[] = "#version 310 es\n"
		"void main() { gl_Position = vec4(gl_VertexID == 1 ? 3 : -1,\n"
		"gl_VertexID == 2 ? 3 : -1, 0, 1); }\n";
	/* The right half is left as cleared. */
	static const char fragment[] = "#version 310 es\nprecision highp float; out vec4 colour;\n"
		"void main() { if (gl_FragCoord.x > 128.0) discard;\n"
		"vec2 at = floor(gl_FragCoord.xy) / 255.0; colour = vec4(at, 0, 1); }\n";
	static GLuint p;
	int x, y, wrong = 0;

	if (!p)
		p = program(shader(GL_VERTEX_SHADER, vertex), shader(GL_FRAGMENT_SHADER, fragment));
	glUseProgram(p);
	glClearColor(0, 0, 1, 1);
	glClear(GL_COLOR_BUFFER_BIT);
	glDrawArrays(GL_TRIANGLES, 0, 3);
	fetch();
	for (y = 0; y < SIZE; y++) {
		for (x = 0; x < SIZE; x++) {
			unsigned char drawn[4] = { x, y, 0, 255 }, cleared[4] = { 0, 0, 255, 255 };
			unsigned char *want = x < SIZE / 2 ? drawn : cleared;

			wrong += memcmp(pixels[y * SIZE + x], want, 4) != 0;
		}
	}
	check("triangle", round, wrong);
}

static void test_upload(int round)
{
	unsigned int i, word = round * 2654435761u + 1;

	for (i = 0; i < SIZE * SIZE; i++) {
		word = word * 1664525 + 1013904223;
		memcpy(sent[i], &word, 4);
	}
	glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, SIZE, SIZE, GL_RGBA, GL_UNSIGNED_BYTE, sent);
	fetch();
	check("upload", round, memcmp(sent, pixels, sizeof(sent)) != 0);
}

static void test_compute(int round)
{
	static const char text[] = "#version 310 es\nlayout(local_size_x = 64) in;\n"
		"layout(std430, binding = 0) buffer Words { uint word[]; };\nuniform uint seed;\n"
		"void main() { uint i = gl_GlobalInvocationID.x;\n"
		"word[i] = i * 2654435761u + seed; }\n";
	static GLuint p, buffer;
	unsigned int i, *word;
	int wrong = 0;

	if (!p) {
		p = program(shader(GL_COMPUTE_SHADER, text), 0);
		glGenBuffers(1, &buffer);
		glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 0, buffer);
		glBufferData(GL_SHADER_STORAGE_BUFFER, WORDS * 4, NULL, GL_DYNAMIC_READ);
	}
	glUseProgram(p);
	glUniform1ui(glGetUniformLocation(p, "seed"), round);
	glDispatchCompute(WORDS / 64, 1, 1);
	glMemoryBarrier(GL_ALL_BARRIER_BITS);
	word = glMapBufferRange(GL_SHADER_STORAGE_BUFFER, 0, WORDS * 4, GL_MAP_READ_BIT);
	for (i = 0; word && i < WORDS; i++)
		wrong += word[i] != i * 2654435761u + round;
	glUnmapBuffer(GL_SHADER_STORAGE_BUFFER);
	check("compute", round, word ? wrong : WORDS);
}

int main(int argc, char **argv)
{
	int round, rounds = argc > 2 ? atoi(argv[2]) : 10;

	start(argc > 1 ? argv[1] : "/dev/dri/renderD128");
	make_target();
	for (round = 0; round < rounds; round++) {
		test_clear(round);
		test_triangle(round);
		test_upload(round);
		test_compute(round);
	}
	printf("readback: %d rounds, %d failures\n", rounds, failures);
	return failures != 0;
}
