// SPDX-License-Identifier: GPL-2.0-only
/*
 * gpu-draw: a scene with texture, depth and blending, drawn off-screen
 *
 * Three lit cubes over a chequered floor, and discs that let light through.
 * Frame 0 is read back, checked, hashed and can be written as PNG; further
 * frames are timed.
 */
#include <math.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "gl.h"

#define TEXTURE		64	/* pixels a side */
#define MAX_FRAMES	10000
#define LEAST_FRAMES	3
#define FIELDS		8	/* of a vertex: place, normal, texture coordinates */

static const char *node = DEFAULT_NODE, *png;
static int width = 640, height = 480, frames = 100, seconds = 20;
static bool csv, software;

static const char scene_vertex[] =
	"#version 310 es\n"
	"layout(location = 0) in vec3 place;\n"
	"layout(location = 1) in vec3 normal;\n"
	"layout(location = 2) in vec2 coord;\n"
	"uniform mat4 model;\n"
	"uniform mat4 view;\n"
	"out vec3 n;\n"
	"out vec2 t;\n"
	"void main()\n"
	"{\n"
	"	n = mat3(model) * normal;\n"
	"	t = coord;\n"
	"	gl_Position = view * model * vec4(place, 1.0);\n"
	"}\n";

static const char scene_fragment[] =
	"#version 310 es\n"
	"precision highp float;\n"
	"in vec3 n;\n"
	"in vec2 t;\n"
	"uniform sampler2D pattern;\n"
	"uniform vec4 colour;\n"
	"out vec4 c;\n"
	"void main()\n"
	"{\n"
	"	float light = 0.35 + 0.65 * max(dot(normalize(n), normalize(vec3(0.5, 0.8, 0.6))), 0.0);\n"
	"	c = vec4(texture(pattern, t).rgb * colour.rgb * light, colour.a);\n"
	"}\n";

/* Two faces of each direction; a face's corners follow from its axis. */
static int fill_cube(float *v)
{
	static const signed char corner[6][2] = {
		{ -1, -1 }, { 1, -1 }, { 1, 1 }, { -1, -1 }, { 1, 1 }, { -1, 1 },
	};
	int axis, side, i;

	for (axis = 0; axis < 3; axis++)
		for (side = -1; side <= 1; side += 2)
			for (i = 0; i < 6; i++, v += FIELDS) {
				memset(v, 0, FIELDS * sizeof(*v));
				v[axis] = side;
				v[(axis + 1) % 3] = corner[i][0];
				v[(axis + 2) % 3] = corner[i][1];
				v[3 + axis] = side;
				v[6] = (corner[i][0] + 1) / 2;
				v[7] = (corner[i][1] + 1) / 2;
			}
	return 36;
}

/* y = 0, with the texture repeated */
static int fill_floor(float *v)
{
	static const float corner[6][2] = {
		{ -9, -9 }, { -9, 9 }, { 9, 9 }, { -9, -9 }, { 9, 9 }, { 9, -9 },
	};
	int i;

	for (i = 0; i < 6; i++, v += FIELDS) {
		const float vertex[FIELDS] = {
			corner[i][0], 0, corner[i][1], 0, 1, 0, corner[i][0] / 3, corner[i][1] / 3,
		};

		memcpy(v, vertex, sizeof(vertex));
	}
	return 6;
}

/* Corners of a hexagon: exact enough everywhere, unlike a libm's sine. */
static int fill_disc(float *v)
{
	static const float corner[7][2] = {
		{ 1, 0 }, { 0.5f, 0.8660254f }, { -0.5f, 0.8660254f }, { -1, 0 },
		{ -0.5f, -0.8660254f }, { 0.5f, -0.8660254f }, { 1, 0 },
	};
	int i, k;

	for (i = 0; i < 6; i++)
		for (k = 0; k < 3; k++, v += FIELDS) {
			const float *at = k ? corner[i + k - 1] : (const float[]) { 0, 0 };
			const float vertex[FIELDS] = { at[0], at[1], 0, 0, 0, 1, 0.1f, 0.1f };

			memcpy(v, vertex, sizeof(vertex));
		}
	return 18;
}

struct scene {
	GLuint program;
	GLint model, view, colour;
	int floor, disc, vertices;	/* where each begins; the cube does at 0 */
};

static void make_texture(void)
{
	static unsigned char pixel[TEXTURE][TEXTURE][4];
	GLuint texture;
	int x, y;

	for (y = 0; y < TEXTURE; y++)
		for (x = 0; x < TEXTURE; x++) {
			bool light = (x / 16 + y / 16) & 1;
			bool edge = x < 2 || y < 2 || x >= TEXTURE - 2 || y >= TEXTURE - 2;

			memset(pixel[y][x], edge ? 90 : light ? 255 : 170, 3);
			pixel[y][x][3] = 255;
		}
	glGenTextures(1, &texture);
	glBindTexture(GL_TEXTURE_2D, texture);
	glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, TEXTURE, TEXTURE);
	glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, TEXTURE, TEXTURE, GL_RGBA, GL_UNSIGNED_BYTE, pixel);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
}

static void make_target(void)
{
	GLuint texture, depth, frame;
	GLenum status;

	glGenFramebuffers(1, &frame);
	glBindFramebuffer(GL_FRAMEBUFFER, frame);
	glGenTextures(1, &texture);
	glBindTexture(GL_TEXTURE_2D, texture);
	glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, width, height);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture, 0);
	glGenRenderbuffers(1, &depth);
	glBindRenderbuffer(GL_RENDERBUFFER, depth);
	glRenderbufferStorage(GL_RENDERBUFFER, GL_DEPTH_COMPONENT24, width, height);
	glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, GL_RENDERBUFFER, depth);
	status = glCheckFramebufferStatus(GL_FRAMEBUFFER);
	if (status != GL_FRAMEBUFFER_COMPLETE)
		die("the frame buffer is not complete: 0x%x", status);
	glViewport(0, 0, width, height);
}

static void make_vertices(struct scene *s)
{
	static float vertex[64 * FIELDS];
	GLuint array, buffer;
	int i;

	s->floor = fill_cube(vertex);
	s->disc = s->floor + fill_floor(vertex + s->floor * FIELDS);
	s->vertices = s->disc + fill_disc(vertex + s->disc * FIELDS);
	glGenVertexArrays(1, &array);
	glBindVertexArray(array);
	glGenBuffers(1, &buffer);
	glBindBuffer(GL_ARRAY_BUFFER, buffer);
	glBufferData(GL_ARRAY_BUFFER, s->vertices * FIELDS * sizeof(float), vertex, GL_STATIC_DRAW);
	for (i = 0; i < 3; i++) {
		glVertexAttribPointer(i, i < 2 ? 3 : 2, GL_FLOAT, GL_FALSE, FIELDS * sizeof(float),
				      (void *)(i * 3 * sizeof(float)));
		glEnableVertexAttribArray(i);
	}
}

/* Looks from (0, 2.5, 7) slightly down, 53 degrees high; column-major */
static void set_view(const struct scene *s)
{
	const float near = 1, far = 40, c = 0.9578f, d = 0.2873f;	/* cos, sin */
	const float a = -(far + near) / (far - near), b = -2 * far * near / (far - near);
	const float x = 2.0f * height / width, y = 2, up = -2.5f, back = -7;
	const float ty = c * up - d * back, tz = d * up + c * back;
	const float m[16] = {
		x, 0, 0, 0,
		0, y * c, a * d, -d,
		0, y * -d, a * c, -c,
		0, y * ty, a * tz + b, -tz,
	};

	glUniformMatrix4fv(s->view, 1, GL_FALSE, m);
}

/* Turned about its upright axis by the angle with this sine and cosine */
static void place(const struct scene *s, float x, float y, float z, float size, float angle)
{
	const float sine = sinf(angle) * size, cosine = cosf(angle) * size;
	const float m[16] = {
		cosine, 0, -sine, 0,
		0, size, 0, 0,
		sine, 0, cosine, 0,
		x, y, z, 1,
	};

	glUniformMatrix4fv(s->model, 1, GL_FALSE, m);
}

static void draw_solid(const struct scene *s, float angle)
{
	static const float colour[3][3] = {
		{ 0.90f, 0.35f, 0.25f }, { 0.30f, 0.75f, 0.40f }, { 0.30f, 0.45f, 0.95f },
	};
	int i;

	glUniform4f(s->colour, 0.75f, 0.75f, 0.8f, 1);
	place(s, 0, 0, 0, 1, 0);
	glDrawArrays(GL_TRIANGLES, s->floor, s->disc - s->floor);
	for (i = 0; i < 3; i++) {
		glUniform4f(s->colour, colour[i][0], colour[i][1], colour[i][2], 1);
		place(s, (i - 1) * 2.7f, 0.8f, i == 1 ? 1 : -0.8f, 0.8f, angle + i * 0.4f);
		glDrawArrays(GL_TRIANGLES, 0, s->floor);
	}
}

/* From back to front, and not into the depth buffer */
static void draw_glass(const struct scene *s, float angle)
{
	int i;

	glEnable(GL_BLEND);
	glBlendFunc(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA);
	glDepthMask(GL_FALSE);
	for (i = 0; i < 5; i++) {
		glUniform4f(s->colour, i & 1 ? 1.3f : 0.4f, 1.1f, i & 1 ? 0.4f : 1.4f, 0.45f);
		place(s, (i - 2) * 1.3f, 1.7f, 2.0f + i * 0.2f, 0.7f, angle);
		glDrawArrays(GL_TRIANGLES, s->disc, s->vertices - s->disc);
	}
	glDepthMask(GL_TRUE);
	glDisable(GL_BLEND);
}

static void draw(const struct scene *s, int frame)
{
	glClearColor(0.10f, 0.12f, 0.20f, 1);
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
	draw_solid(s, 0.5f + frame * 0.05f);
	draw_glass(s, 0.1f);
}

static void make_scene(struct scene *s)
{
	make_target();
	make_texture();
	make_vertices(s);
	s->program = gl_program(scene_vertex, scene_fragment);
	glUseProgram(s->program);
	s->model = glGetUniformLocation(s->program, "model");
	s->view = glGetUniformLocation(s->program, "view");
	s->colour = glGetUniformLocation(s->program, "colour");
	glEnable(GL_DEPTH_TEST);
	set_view(s);
	gl_check("setting up the scene");
}

static void write_png(const char *path, const unsigned char *pixels)
{
	png_image image = {
		.version = PNG_IMAGE_VERSION,
		.width = width,
		.height = height,
		.format = PNG_FORMAT_RGBA,
	};

	/* OpenGL's first row is the lowest. */
	if (!png_image_write_to_file(&image, path, 0, pixels, -width * 4, NULL))
		die("cannot write %s: %s", path, image.message);
	info("picture %s", path);
}

static bool is_colour(const unsigned char *pixel, int r, int g, int b)
{
	return abs(pixel[0] - r) <= 2 && abs(pixel[1] - g) <= 2 && abs(pixel[2] - b) <= 2;
}

/* The sky is where nothing was drawn, and each cube's own colour is there. */
static void check_picture(const unsigned char *pixels)
{
	long i, sky = 0, red = 0, green = 0, blue = 0, all = (long)width * height;

	for (i = 0; i < all; i++) {
		const unsigned char *p = pixels + i * 4;

		sky += is_colour(p, 26, 31, 51);
		red += p[0] > p[1] * 3 / 2 && p[0] > p[2] * 3 / 2 && p[0] > 60;
		green += p[1] > p[0] * 3 / 2 && p[1] > p[2] * 3 / 2 && p[1] > 60;
		blue += p[2] > p[0] * 3 / 2 && p[2] > p[1] * 5 / 4 && p[2] > 60;
	}
	check(is_colour(pixels + (all - 1) * 4, 26, 31, 51), "the corner is sky");
	check(sky > all / 20 && sky < all / 2, "a part of the picture is sky");
	check(red > all / 100 && green > all / 100 && blue > all / 100,
	      "the cubes are red, green and blue");
}

static void read_back(void)
{
	size_t bytes = (size_t)width * height * 4;
	unsigned char *pixels = calloc(1, bytes);

	if (!pixels)
		die("out of memory");
	glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
	gl_check("reading back");
	if (png)
		write_png(png, pixels);
	check_picture(pixels);
	result("picture %dx%d hash %016llx", width, height, hash(HASH_START, pixels, bytes));
	free(pixels);
}

static void time_frames(const struct scene *s)
{
	static double ms[MAX_FRAMES];
	double end = now() + seconds * 1e3, begin, sum = 0;
	int i;

	for (i = 0; i < frames && (i < LEAST_FRAMES || now() < end); i++) {
		begin = now();
		draw(s, i);
		glFinish();
		ms[i] = now() - begin;
		sum += ms[i];
	}
	if (!i)
		return;
	print_time("frame", ms, i, csv);
	if (!csv)
		printf("time %.1f frames per second\n", i * 1e3 / sum);
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "software", .flag = &software, .help = "llvmpipe instead of a GPU" },
		{ "png", .text = &png, .help = "write frame 0 to this file" },
		{ "width", .number = &width, .help = "pixels (640)" },
		{ "height", .number = &height, .help = "pixels (480)" },
		{ "frames", .number = &frames, .help = "timed frames (100)" },
		{ "seconds", .number = &seconds, .help = "stop timing after that long (20)" },
		{ "csv", .flag = &csv, .help = "times as csv,NAME,RUNS,MEDIAN,LEAST,P90" },
	};
	struct scene scene;
	struct gl gl;

	parse_options(argc, argv, "Draw a scene off-screen and check the picture.", options,
		      ARRAY_SIZE(options));
	if (width < 64 || width > 4096 || height < 64 || height > 4096 || frames > MAX_FRAMES)
		die("sides are 64 to 4096 pixels, frames at most %d", MAX_FRAMES);
	gl_open(&gl, node, software);
	make_scene(&scene);
	draw(&scene, 0);
	read_back();
	time_frames(&scene);
	gl_close(&gl);
	return failures() != 0;
}
