// SPDX-License-Identifier: GPL-2.0-only
/*
 * gpu-clear: OpenGL ES 2 clears parts of a frame, and every pixel is looked at
 *
 * As little as a GPU can be asked for: no shader, no drawing.
 */
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "gl.h"

static const char *node = DEFAULT_NODE;

struct part {
	int x, y, width, height;
	unsigned char colour[4];
};

static const struct part parts[] = {
	{ 0, 0, 1000, 1000, { 0x20, 0x40, 0x80, 0xff } },
	{ 10, 5, 30, 20, { 0xff, 0x00, 0x11, 0x7f } },
	{ 33, 18, 3, 100, { 0x01, 0xfe, 0x55, 0x00 } },
};

/* Neither side a power of two: such frames are laid out in lines. */
static void make_frame(int width, int height)
{
	GLuint texture, frame;
	GLenum status;

	glGenTextures(1, &texture);
	glBindTexture(GL_TEXTURE_2D, texture);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	glGenFramebuffers(1, &frame);
	glBindFramebuffer(GL_FRAMEBUFFER, frame);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture, 0);
	status = glCheckFramebufferStatus(GL_FRAMEBUFFER);
	if (status != GL_FRAMEBUFFER_COMPLETE)
		die("the frame buffer is not complete: 0x%x", status);
}

static void clear(const struct part *p)
{
	glEnable(GL_SCISSOR_TEST);
	glScissor(p->x, p->y, p->width, p->height);
	glClearColor(p->colour[0] / 255.0f, p->colour[1] / 255.0f, p->colour[2] / 255.0f,
		     p->colour[3] / 255.0f);
	glClear(GL_COLOR_BUFFER_BIT);
}

static const unsigned char *want(int x, int y)
{
	const unsigned char *colour = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++)
		if (x >= parts[i].x && x < parts[i].x + parts[i].width &&
		    y >= parts[i].y && y < parts[i].y + parts[i].height)
			colour = parts[i].colour;
	return colour;
}

static void test_frame(int width, int height)
{
	unsigned char *pixels = calloc(width * height, 4);
	int x, y, wrong = 0;
	size_t i;

	if (!pixels)
		die("out of memory");
	make_frame(width, height);
	for (i = 0; i < ARRAY_SIZE(parts); i++)
		clear(&parts[i]);
	glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
	gl_check("clearing and reading back");
	for (y = 0; y < height; y++)
		for (x = 0; x < width; x++)
			wrong += memcmp(pixels + (y * width + x) * 4, want(x, y), 4) != 0;
	check(!wrong, "frame %dx%d: %d pixels wrong", width, height, wrong);
	result("frame %dx%d hash %016llx", width, height,
	       hash(HASH_START, pixels, (size_t)width * height * 4));
	free(pixels);
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
	};
	struct gl gl;

	parse_options(argc, argv, "Clear frames with OpenGL ES 2 and look at every pixel.", options,
		      ARRAY_SIZE(options));
	gl_open_version(&gl, node, 2, 0);
	result("renderer %s", glGetString(GL_RENDERER));
	result("version %s", glGetString(GL_VERSION));
	test_frame(100, 60);
	test_frame(641, 479);
	gl_close(&gl);
	return failures() != 0;
}
