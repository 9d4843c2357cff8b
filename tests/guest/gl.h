/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * OpenGL ES without a window: on a DRM node by GBM, or in software
 */
#ifndef GL_H
#define GL_H

#include <EGL/egl.h>
#include <GLES3/gl31.h>
#include <stdbool.h>

struct gbm_device;

/**
 * struct gl - one context, current in the thread that opened it
 */
struct gl {
	int fd;			/* of the node; -1: software */
	struct gbm_device *gbm;
	EGLDisplay display;
	EGLContext context;
};

/* All end the program with a message when they fail. */
void gl_open(struct gl *gl, const char *node, bool software);
/* Not 3.1, but so much of OpenGL ES, and not in software */
void gl_open_version(struct gl *gl, const char *node, int major, int minor);
void gl_close(struct gl *gl);
GLuint gl_program(const char *vertex, const char *fragment);
GLuint gl_compute_program(const char *source);
void gl_check(const char *where);

#endif /* GL_H */
