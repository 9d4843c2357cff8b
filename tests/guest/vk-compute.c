// SPDX-License-Identifier: GPL-2.0-only
/*
 * vk-compute: Vulkan compute shaders, checked against the CPU
 *
 * A matrix product, once with small integers, where every right answer has the
 * same bits, and once with fractions; a large buffer of words, through memory
 * that only the GPU sees and back, many times, while it stays mapped; and a picture.
 */
#include <math.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "matrix.h"
#include "vk.h"

/* Made from shaders/ by glslangValidator */
#include "matrix.spv.h"
#include "picture.spv.h"
#include "words.spv.h"

#define TILE_X		16
#define TILE_Y		4
#define GROUP		64
#define WIDTH		640
#define HEIGHT		480
#define ROUNDS		8
#define MAX_RUNS	10000
#define LEAST_RUNS	3

static const char *node = DEFAULT_NODE, *png;
static int size = 128, mebibytes = 8, repeat = 30, seconds = 20;
static bool csv, software;

/* The same numbers everywhere: no libc's random() is. */
/* Runs are counted by number and by time: software on a slow machine is slow. */
static void time_dispatches(struct vk *vk, const char *name, const struct vk_shader *shader,
			    __u32 number, int x, int y)
{
	static double ms[MAX_RUNS];
	double end = now() + seconds * 1e3, begin;
	int i;

	for (i = 0; i < repeat && (i < LEAST_RUNS || now() < end); i++) {
		begin = now();
		vk_begin(vk);
		vk_dispatch(vk, shader, number, x, y);
		vk_run(vk);
		ms[i] = now() - begin;
	}
	if (i)
		print_time(name, ms, i, csv);
}

static void multiply(struct vk *vk, bool exact)
{
	const char *name = exact ? "matrix-integers" : "matrix-fractions";
	size_t bytes = (size_t)size * size * sizeof(float);
	struct vk_buffer a, b, c;
	const struct vk_buffer *all[] = { &a, &b, &c };
	struct vk_shader shader;
	double worst;

	vk_make_buffer(vk, &a, bytes, true);
	vk_make_buffer(vk, &b, bytes, true);
	vk_make_buffer(vk, &c, bytes, true);
	vk_make_shader(vk, &shader, matrix_code, sizeof(matrix_code), all, ARRAY_SIZE(all));
	matrix_fill(a.map, size, exact, 1);
	matrix_fill(b.map, size, exact, 2);
	memset(c.map, 0xff, bytes);
	vk_begin(vk);
	vk_dispatch(vk, &shader, size, size / TILE_X, size / TILE_Y);
	vk_run(vk);
	worst = matrix_worst_error(a.map, b.map, c.map, size);
	check(exact ? worst == 0 : worst < 0.001, "%s %dx%d equals the CPU's%s", name, size, size,
	      exact ? "" : " within 0.001");
	result("%s hash %016llx", name, hash(HASH_START, c.map, bytes));
	time_dispatches(vk, name, &shader, size, size / TILE_X, size / TILE_Y);
	vk_free_shader(vk, &shader);
	vk_free_buffer(vk, &a);
	vk_free_buffer(vk, &b);
	vk_free_buffer(vk, &c);
}

/* As shaders/words.comp */
static __u32 mix(__u32 word, __u32 place, __u32 number)
{
	__u32 v = word ^ (place * 0x9e3779b9u + number);

	v ^= v >> 16;
	v *= 0x7feb352du;
	v ^= v >> 15;
	v *= 0x846ca68bu;
	return v ^ (v >> 16);
}

/* The CPU's words go to the GPU's own memory, are mixed there, and come back. */
static void words(struct vk *vk)
{
	size_t count = (size_t)mebibytes << 18, wrong = 0, i;
	struct vk_buffer host, in, out;
	const struct vk_buffer *all[] = { &in, &out };
	struct vk_shader shader;
	__u32 *before = malloc(count * sizeof(*before)), *word, seed = 4, round;

	if (!before)
		die("out of memory");
	vk_make_buffer(vk, &host, count * sizeof(*word), true);
	vk_make_buffer(vk, &in, count * sizeof(*word), false);
	vk_make_buffer(vk, &out, count * sizeof(*word), false);
	vk_make_shader(vk, &shader, words_code, sizeof(words_code), all, ARRAY_SIZE(all));
	word = host.map;
	for (round = 0; round < ROUNDS; round++) {
		/* Only some change: the others are the GPU's last. */
		for (i = round; i < count; i += round + 1)
			word[i] = random_bits(&seed);
		memcpy(before, word, count * sizeof(*word));
		vk_begin(vk);
		vk_copy(vk, &host, &in);
		vk_dispatch(vk, &shader, round, count / GROUP, 1);
		vk_copy(vk, &out, &host);
		vk_run(vk);
		for (i = 0; i < count; i++)
			wrong += word[i] != mix(before[i], i, round);
	}
	check(!wrong, "words: %d rounds of %d MiB equal the CPU's", ROUNDS, mebibytes);
	if (wrong)
		info("%zu words were wrong", wrong);
	result("words hash %016llx", hash(HASH_START, word, count * sizeof(*word)));
	time_dispatches(vk, "words", &shader, 0, count / GROUP, 1);
	vk_free_shader(vk, &shader);
	vk_free_buffer(vk, &host);
	vk_free_buffer(vk, &in);
	vk_free_buffer(vk, &out);
	free(before);
}

/* As shaders/picture.comp */
static __u32 colour(int x, int y)
{
	int cr = x * 20 - 9000, ci = y * 20 - 4800, r = 0, i = 0, rr = 0, ii = 0, n;

	for (n = 0; n < 255 && rr + ii < 4 << 24; n++) {
		i = ((r * i) >> 11) + ci;
		r = ((rr - ii) >> 12) + cr;
		rr = r * r;
		ii = i * i;
	}
	return 0xff000000u | (n * 0x010305 & 0xffffff);
}

static void write_png(const __u32 *pixels)
{
	png_image image = {
		.version = PNG_IMAGE_VERSION,
		.width = WIDTH,
		.height = HEIGHT,
		.format = PNG_FORMAT_RGBA,
	};

	if (!png_image_write_to_file(&image, png, 0, pixels, WIDTH * 4, NULL))
		die("cannot write %s: %s", png, image.message);
	info("picture %s", png);
}

static void picture(struct vk *vk)
{
	struct vk_buffer buffer;
	const struct vk_buffer *all[] = { &buffer };
	struct vk_shader shader;
	int x, y, wrong = 0;
	__u32 *pixel;

	vk_make_buffer(vk, &buffer, WIDTH * HEIGHT * sizeof(*pixel), true);
	vk_make_shader(vk, &shader, picture_code, sizeof(picture_code), all, ARRAY_SIZE(all));
	pixel = buffer.map;
	memset(pixel, 0, buffer.bytes);
	vk_begin(vk);
	vk_dispatch(vk, &shader, WIDTH, WIDTH / TILE_X, HEIGHT / TILE_Y);
	vk_run(vk);
	for (y = 0; y < HEIGHT; y++)
		for (x = 0; x < WIDTH; x++)
			wrong += pixel[y * WIDTH + x] != colour(x, y);
	check(!wrong, "picture %dx%d equals the CPU's", WIDTH, HEIGHT);
	result("picture hash %016llx", hash(HASH_START, pixel, buffer.bytes));
	if (png)
		write_png(pixel);
	time_dispatches(vk, "picture", &shader, WIDTH, WIDTH / TILE_X, HEIGHT / TILE_Y);
	vk_free_shader(vk, &shader);
	vk_free_buffer(vk, &buffer);
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM render node (" DEFAULT_NODE ")" },
		{ "software", .flag = &software, .help = "lavapipe instead of a GPU" },
		{ "size", .number = &size, .help = "rows of the matrices, a multiple of 16 (128)" },
		{ "mebibytes", .number = &mebibytes, .help = "of words, up to 15 (8)" },
		{ "repeat", .number = &repeat, .help = "timed dispatches of each kind (30)" },
		{ "seconds", .number = &seconds, .help = "stop timing after that long (20)" },
		{ "csv", .flag = &csv, .help = "times as csv,NAME,RUNS,MEDIAN,LEAST,P90" },
		{ "png", .text = &png, .help = "write the picture to this file" },
	};
	struct vk vk;

	parse_options(argc, argv, "Compute on the GPU by Vulkan and check the results.", options,
		      ARRAY_SIZE(options));
	/* Vulkan promises no more than 65535 groups. */
	if (!size || size % TILE_X || size > 2048 || repeat > MAX_RUNS || !mebibytes ||
	    mebibytes > 15)
		die("--size takes multiples of %d up to 2048, --repeat up to %d, --mebibytes 1 to 15",
		    TILE_X, MAX_RUNS);
	vk_open(&vk, node, software);
	multiply(&vk, true);
	multiply(&vk, false);
	words(&vk);
	picture(&vk);
	vk_close(&vk);
	return failures() != 0;
}
