// SPDX-License-Identifier: GPL-2.0-only
/*
 * gpu-compute: OpenGL ES 3.1 compute shaders, checked against the CPU
 *
 * A matrix product, once with small integers, where every right answer has the
 * same bits, and once with fractions; and bodies that attract each other, many
 * dispatches each working on the last one's result.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "gl.h"
#include "matrix.h"

#define TILE_X		16
#define TILE_Y		4
#define BODIES		1024
#define STEPS		20
#define DELTA		0.01f
#define SOFTENING	0.05f
#define MAX_RUNS	10000
#define LEAST_RUNS	3

static const char *node = DEFAULT_NODE;
static int size = 128, repeat = 30, seconds = 20;
static bool csv, software;

/* Without shared memory and barriers: software renderers are slow at those. */
static const char matrix_source[] =
	"#version 310 es\n"
	"layout(local_size_x = 16, local_size_y = 4) in;\n"
	"layout(std430, binding = 0) readonly buffer A { float a[]; };\n"
	"layout(std430, binding = 1) readonly buffer B { float b[]; };\n"
	"layout(std430, binding = 2) writeonly buffer C { float c[]; };\n"
	"uniform int n;\n"
	"void main()\n"
	"{\n"
	"	int x = int(gl_GlobalInvocationID.x), y = int(gl_GlobalInvocationID.y);\n"
	"	float sum = 0.0;\n"
	"	for (int k = 0; k < n; k++)\n"
	"		sum += a[y * n + k] * b[k * n + x];\n"
	"	c[y * n + x] = sum;\n"
	"}\n";

static const char bodies_source[] =
	"#version 310 es\n"
	"layout(local_size_x = 64) in;\n"
	"struct body { vec4 place; vec4 speed; };\n"
	"layout(std430, binding = 0) readonly buffer A { body old[]; };\n"
	"layout(std430, binding = 1) writeonly buffer B { body next[]; };\n"
	"uniform int n;\n"
	"uniform float delta;\n"
	"uniform float softening;\n"
	"void main()\n"
	"{\n"
	"	int me = int(gl_GlobalInvocationID.x);\n"
	"	vec3 p = old[me].place.xyz, force = vec3(0.0);\n"
	"	for (int i = 0; i < n; i++) {\n"
	"		vec3 d = old[i].place.xyz - p;\n"
	"		float r2 = dot(d, d) + softening;\n"
	"		force += d * (old[i].place.w / (r2 * sqrt(r2)));\n"
	"	}\n"
	"	vec3 v = old[me].speed.xyz + force * delta;\n"
	"	next[me].place = vec4(p + v * delta, old[me].place.w);\n"
	"	next[me].speed = vec4(v, 0.0);\n"
	"}\n";

/* The same numbers everywhere: no libc's random() is. */
static GLuint make_buffer(int binding, size_t bytes, const void *data)
{
	GLuint buffer;

	glGenBuffers(1, &buffer);
	glBindBufferBase(GL_SHADER_STORAGE_BUFFER, binding, buffer);
	glBufferData(GL_SHADER_STORAGE_BUFFER, bytes, data, GL_DYNAMIC_COPY);
	return buffer;
}

static void read_buffer(GLuint buffer, size_t bytes, void *data)
{
	void *map;

	glMemoryBarrier(GL_BUFFER_UPDATE_BARRIER_BIT);
	glBindBuffer(GL_SHADER_STORAGE_BUFFER, buffer);
	map = glMapBufferRange(GL_SHADER_STORAGE_BUFFER, 0, bytes, GL_MAP_READ_BIT);
	if (!map)
		die("glMapBufferRange: OpenGL error 0x%x", glGetError());
	memcpy(data, map, bytes);
	glUnmapBuffer(GL_SHADER_STORAGE_BUFFER);
}

/* Runs are counted by number and by time: software on a slow machine is slow. */
static void time_dispatches(const char *name, int x, int y)
{
	static double ms[MAX_RUNS];
	double end = now() + seconds * 1e3, begin;
	int i;

	for (i = 0; i < repeat && (i < LEAST_RUNS || now() < end); i++) {
		begin = now();
		glDispatchCompute(x, y, 1);
		glMemoryBarrier(GL_SHADER_STORAGE_BARRIER_BIT);
		glFinish();
		ms[i] = now() - begin;
	}
	if (i)
		print_time(name, ms, i, csv);
}

static void multiply(bool exact)
{
	const char *name = exact ? "matrix-integers" : "matrix-fractions";
	size_t bytes = (size_t)size * size * sizeof(float);
	float *a = malloc(bytes), *b = malloc(bytes), *c = calloc(1, bytes);
	GLuint program = gl_compute_program(matrix_source), buffer[3];
	double worst;

	if (!a || !b || !c)
		die("out of memory");
	matrix_fill(a, size, exact, 1);
	matrix_fill(b, size, exact, 2);
	buffer[0] = make_buffer(0, bytes, a);
	buffer[1] = make_buffer(1, bytes, b);
	buffer[2] = make_buffer(2, bytes, NULL);
	glUseProgram(program);
	glUniform1i(glGetUniformLocation(program, "n"), size);
	glDispatchCompute(size / TILE_X, size / TILE_Y, 1);
	read_buffer(buffer[2], bytes, c);
	gl_check(name);
	worst = matrix_worst_error(a, b, c, size);
	check(exact ? worst == 0 : worst < 0.001, "%s %dx%d equals the CPU's%s", name, size, size,
	      exact ? "" : " within 0.001");
	result("%s hash %016llx", name, hash(HASH_START, c, bytes));
	time_dispatches(name, size / TILE_X, size / TILE_Y);
	glDeleteBuffers(3, buffer);
	glDeleteProgram(program);
	free(a);
	free(b);
	free(c);
}

struct body {
	float place[4];		/* x, y, z, mass */
	float speed[4];
};

static void fill_bodies(struct body *body)
{
	__u32 seed = 3;
	int i, k;

	for (i = 0; i < BODIES; i++) {
		for (k = 0; k < 3; k++) {
			body[i].place[k] = (float)(random_bits(&seed) >> 8) / (1 << 23) - 1;
			body[i].speed[k] = 0;
		}
		body[i].place[3] = 1.0f / BODIES;
		body[i].speed[3] = 0;
	}
}

/* One step of one body, in double */
static void cpu_step(const struct body *body, int me, double *place)
{
	double force[3] = { 0 }, d[3], r2, f;
	int i, k;

	for (i = 0; i < BODIES; i++) {
		for (r2 = SOFTENING, k = 0; k < 3; k++) {
			d[k] = (double)body[i].place[k] - body[me].place[k];
			r2 += d[k] * d[k];
		}
		f = body[i].place[3] / (r2 * sqrt(r2));
		for (k = 0; k < 3; k++)
			force[k] += d[k] * f;
	}
	for (k = 0; k < 3; k++)
		place[k] = body[me].place[k] + (body[me].speed[k] + force[k] * DELTA) * DELTA;
}

static double worst_place(const struct body *before, const struct body *after)
{
	double place[3], worst = 0;
	int i, k;

	for (i = 0; i < BODIES; i++) {
		cpu_step(before, i, place);
		for (k = 0; k < 3; k++)
			if (!(fabs(place[k] - after[i].place[k]) <= worst))
				worst = fabs(place[k] - after[i].place[k]);
	}
	return worst;
}

static void attract(void)
{
	static struct body before[BODIES], after[BODIES];
	GLuint program = gl_compute_program(bodies_source), buffer[2];
	int i;

	fill_bodies(before);
	buffer[0] = make_buffer(0, sizeof(before), before);
	buffer[1] = make_buffer(1, sizeof(after), NULL);
	glUseProgram(program);
	glUniform1i(glGetUniformLocation(program, "n"), BODIES);
	glUniform1f(glGetUniformLocation(program, "delta"), DELTA);
	glUniform1f(glGetUniformLocation(program, "softening"), SOFTENING);
	for (i = 0; i < STEPS; i++) {
		if (i == STEPS - 1)
			read_buffer(buffer[i & 1], sizeof(before), before);
		glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 0, buffer[i & 1]);
		glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 1, buffer[!(i & 1)]);
		glDispatchCompute(BODIES / 64, 1, 1);
		glMemoryBarrier(GL_SHADER_STORAGE_BARRIER_BIT);
	}
	read_buffer(buffer[STEPS & 1], sizeof(after), after);
	gl_check("bodies");
	check(worst_place(before, after) < 0.0001, "bodies: step %d of %d bodies as on the CPU",
	      STEPS, BODIES);
	result("bodies hash %016llx", hash(HASH_START, after, sizeof(after)));
	time_dispatches("bodies", BODIES / 64, 1);
	glDeleteBuffers(2, buffer);
	glDeleteProgram(program);
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "software", .flag = &software, .help = "llvmpipe instead of a GPU" },
		{ "size", .number = &size, .help = "rows of the matrices, a multiple of 16 (128)" },
		{ "repeat", .number = &repeat, .help = "timed dispatches of each kind (30)" },
		{ "seconds", .number = &seconds, .help = "stop timing after that long (20)" },
		{ "csv", .flag = &csv, .help = "times as csv,NAME,RUNS,MEDIAN,LEAST,P90" },
	};
	struct gl gl;

	parse_options(argc, argv, "Compute on the GPU and check the results.", options,
		      ARRAY_SIZE(options));
	if (!size || size % TILE_X || size > 2048 || repeat > MAX_RUNS)
		die("--size takes multiples of %d up to 2048, --repeat up to %d", TILE_X, MAX_RUNS);
	gl_open(&gl, node, software);
	multiply(true);
	multiply(false);
	attract();
	gl_close(&gl);
	return failures() != 0;
}
