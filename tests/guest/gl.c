// SPDX-License-Identifier: GPL-2.0-only
/*
 * EGL set-up and shaders: see gl.h
 */
#include <gbm.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "gl.h"
#include <EGL/eglext.h>

static void open_display(struct gl *gl, const char *node)
{
	gl->fd = open_drm(node);
	gl->gbm = gbm_create_device(gl->fd);
	if (!gl->gbm)
		die("%s: gbm_create_device failed", node);
	gl->display = eglGetPlatformDisplay(EGL_PLATFORM_GBM_KHR, gl->gbm, NULL);
}

static void open_software(struct gl *gl)
{
	setenv("LIBGL_ALWAYS_SOFTWARE", "1", 1);
	gl->fd = -1;
	gl->display = eglGetPlatformDisplay(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY,
					    NULL);
}

/* Mesa draws with the CPU if a GPU fails it, and says so nowhere else. */
static void check_renderer(const char *renderer, const char *node)
{
	static const char * const cpu[] = { "llvmpipe", "softpipe", "swrast" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cpu); i++)
		if (!strncmp(renderer, cpu[i], strlen(cpu[i])))
			die("%s: not used, Mesa fell back to %s", node, renderer);
}

static void open_context(struct gl *gl, const char *node, bool software, int major, int minor)
{
	const EGLint attributes[] = {
		EGL_CONTEXT_MAJOR_VERSION, major, EGL_CONTEXT_MINOR_VERSION, minor, EGL_NONE,
	};

	memset(gl, 0, sizeof(*gl));
	if (software)
		open_software(gl);
	else
		open_display(gl, node);
	if (gl->display == EGL_NO_DISPLAY || !eglInitialize(gl->display, NULL, NULL))
		die("eglInitialize: error 0x%x", eglGetError());
	eglBindAPI(EGL_OPENGL_ES_API);
	gl->context = eglCreateContext(gl->display, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, attributes);
	if (gl->context == EGL_NO_CONTEXT)
		die("eglCreateContext for OpenGL ES %d.%d: error 0x%x", major, minor, eglGetError());
	if (!eglMakeCurrent(gl->display, EGL_NO_SURFACE, EGL_NO_SURFACE, gl->context))
		die("eglMakeCurrent: error 0x%x", eglGetError());
	info("renderer %s", glGetString(GL_RENDERER));
	if (!software)
		check_renderer((const char *)glGetString(GL_RENDERER), node);
	info("version %s", glGetString(GL_VERSION));
}

void gl_open(struct gl *gl, const char *node, bool software)
{
	open_context(gl, node, software, 3, 1);
}

void gl_open_version(struct gl *gl, const char *node, int major, int minor)
{
	open_context(gl, node, false, major, minor);
}

void gl_close(struct gl *gl)
{
	eglMakeCurrent(gl->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
	eglDestroyContext(gl->display, gl->context);
	eglTerminate(gl->display);
	if (gl->gbm)
		gbm_device_destroy(gl->gbm);
	if (gl->fd >= 0)
		close(gl->fd);
}

void gl_check(const char *where)
{
	GLenum error = glGetError();

	if (error)
		die("%s: OpenGL error 0x%x", where, error);
}

static void add_shader(GLuint program, GLenum type, const char *source)
{
	GLuint shader = glCreateShader(type);
	char log[900] = "";
	GLint good;

	glShaderSource(shader, 1, &source, NULL);
	glCompileShader(shader);
	glGetShaderiv(shader, GL_COMPILE_STATUS, &good);
	glGetShaderInfoLog(shader, sizeof(log), NULL, log);
	if (!good)
		die("shader: %s", log);
	glAttachShader(program, shader);
	glDeleteShader(shader);
}

static GLuint link_program(GLuint program)
{
	char log[900] = "";
	GLint good;

	glLinkProgram(program);
	glGetProgramiv(program, GL_LINK_STATUS, &good);
	glGetProgramInfoLog(program, sizeof(log), NULL, log);
	if (!good)
		die("program: %s", log);
	return program;
}

GLuint gl_program(const char *vertex, const char *fragment)
{
	GLuint program = glCreateProgram();

	add_shader(program, GL_VERTEX_SHADER, vertex);
	add_shader(program, GL_FRAGMENT_SHADER, fragment);
	return link_program(program);
}

GLuint gl_compute_program(const char *source)
{
	GLuint program = glCreateProgram();

	add_shader(program, GL_COMPUTE_SHADER, source);
	return link_program(program);
}
