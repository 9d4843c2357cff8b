// SPDX-License-Identifier: GPL-2.0-only
/*
 * gpu-paint: a picture by nouveau's 2D engine, and what its calls take
 *
 * A sky of rectangles, and before it a carpet that the GPU weaves: one tile is
 * drawn, copied eight times around a hole, the result again, and so on. It is
 * drawn in VRAM and copied to system memory, where the CPU draws it as well
 * and compares.
 */
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "nouveau.h"

#define WIDTH		640
#define HEIGHT		480
#define PITCH		(WIDTH * 4)
#define BYTES		(HEIGHT * PITCH)
#define TILE		5		/* pixels a side */
#define LEVELS		4		/* 3 * 3 * 3 * 3 tiles a side */
#define CARPET_X	117
#define CARPET_Y	37
#define TILE_COLOUR	0xffe8b04a
#define HOLE_COLOUR	0xff402060
#define COPY_BYTES	(4u << 20)
#define PAGE		4096u
#define MAX_RUNS	10000
#define LEAST_RUNS	5

static const char *node = DEFAULT_NODE, *png;
static int seconds = 5;
static bool csv;

struct painting {
	struct nv_channel channel;
	struct nv_buffer vram;		/* where it is drawn */
	struct nv_buffer memory;	/* where the CPU sees it */
	struct nv_buffer large, large_vram;
};

static __u32 sky(__u32 y)
{
	return 0xff000000 | (40 + y / 3) << 16 | (20 + y / 5) << 8 | (120 - y / 8);
}

/* How it is drawn: by the GPU, or the same on the CPU */
struct brush {
	void (*rectangle)(void *to, __u32 x, __u32 y, __u32 width, __u32 height, __u32 colour);
	void (*copy)(void *to, __u32 x, __u32 y, __u32 to_x, __u32 to_y, __u32 side);
};

static void paint(const struct brush *brush, void *to)
{
	__u32 side = TILE, level, y, i;

	for (y = 0; y < HEIGHT; y += 4)
		brush->rectangle(to, 0, y, WIDTH, 4, sky(y));
	brush->rectangle(to, CARPET_X, CARPET_Y, TILE, TILE, TILE_COLOUR);
	for (level = 0; level < LEVELS; level++, side *= 3) {
		for (i = 1; i < 9; i++)
			brush->copy(to, CARPET_X, CARPET_Y, CARPET_X + i % 3 * side,
				    CARPET_Y + i / 3 * side, side);
		brush->rectangle(to, CARPET_X + side, CARPET_Y + side, side, side,
				 level & 1 ? HOLE_COLOUR : sky(level * 100));
	}
}

static void gpu_rectangle(void *to, __u32 x, __u32 y, __u32 width, __u32 height, __u32 colour)
{
	nv_rectangle(to, x, y, width, height, colour);
}

static void gpu_copy(void *to, __u32 x, __u32 y, __u32 to_x, __u32 to_y, __u32 side)
{
	nv_blit(to, x, y, to_x, to_y, side, side);
}

static void cpu_rectangle(void *to, __u32 x, __u32 y, __u32 width, __u32 height, __u32 colour)
{
	__u32 *pixels = to, i, k;

	for (i = y; i < y + height; i++)
		for (k = x; k < x + width; k++)
			pixels[i * WIDTH + k] = colour;
}

static void cpu_copy(void *to, __u32 x, __u32 y, __u32 to_x, __u32 to_y, __u32 side)
{
	__u32 *pixels = to, i;

	for (i = 0; i < side; i++)
		memmove(pixels + (to_y + i) * WIDTH + to_x, pixels + (y + i) * WIDTH + x, side * 4);
}

static void open_painting(struct painting *p, int fd)
{
	struct nv_channel *c = &p->channel;

	nv_channel_open(fd, c);
	nv_bind(c, NV_SUB_COPY, NV_CLASS_COPY);
	nv_bind(c, NV_SUB_SURFACES, NV_CLASS_SURFACES);
	nv_bind(c, NV_SUB_RECTANGLE, NV_CLASS_RECTANGLE);
	nv_begin(c, NV_SUB_RECTANGLE, 0x198, 1);
	nv_word(c, 0xbeef0000 | NV_CLASS_SURFACES);
	nv_begin(c, NV_SUB_RECTANGLE, 0x300, 1);
	nv_word(c, 3);
	nv_bind(c, NV_SUB_BLIT, NV_CLASS_BLIT);
	nv_begin(c, NV_SUB_BLIT, 0x19c, 1);
	nv_word(c, 0xbeef0000 | NV_CLASS_SURFACES);
	nv_kick(c);
	nv_buffer(fd, NV_VRAM, BYTES, &p->vram);
	nv_mapped(fd, NV_GART, BYTES, &p->memory);
	nv_buffer(fd, NV_GART, COPY_BYTES, &p->large);
	nv_buffer(fd, NV_VRAM, COPY_BYTES, &p->large_vram);
}

static void copy_pages(struct painting *p, const struct nv_buffer *in, const struct nv_buffer *out,
		       __u32 bytes)
{
	const struct nv_lines lines = { 0, 0, PAGE, PAGE, PAGE, bytes / PAGE };

	nv_copy(&p->channel, in, out, &lines);
}

static void run_picture(struct painting *p)
{
	static const struct brush gpu = { gpu_rectangle, gpu_copy };

	nv_target(&p->channel, &p->vram, PITCH);
	paint(&gpu, &p->channel);
	copy_pages(p, &p->vram, &p->memory, BYTES);
	nv_kick(&p->channel);
}

static void run_nothing(struct painting *p)
{
	nv_begin(&p->channel, NV_SUB_COPY, 0x100, 1);
	nv_word(&p->channel, 0);
	nv_kick(&p->channel);
}

static void run_fills(struct painting *p)
{
	__u32 i;

	nv_target(&p->channel, &p->vram, PITCH);
	for (i = 0; i < 20; i++)
		nv_rectangle(&p->channel, 0, 0, WIDTH, HEIGHT, i);
	nv_kick(&p->channel);
}

static void run_copy(struct painting *p)
{
	copy_pages(p, &p->large, &p->large_vram, COPY_BYTES);
	copy_pages(p, &p->large_vram, &p->large, COPY_BYTES);
	nv_kick(&p->channel);
}

static void time_runs(const char *name, void (*run)(struct painting *p), struct painting *p)
{
	static double ms[MAX_RUNS];
	double end = now() + seconds * 1e3 / 4, begin;
	int i;

	for (i = 0; i < MAX_RUNS && (i < LEAST_RUNS || now() < end); i++) {
		begin = now();
		run(p);
		ms[i] = now() - begin;
	}
	print_time(name, ms, i, csv);
}

static void write_png(const struct painting *p)
{
	png_image image = {
		.version = PNG_IMAGE_VERSION,
		.width = WIDTH,
		.height = HEIGHT,
		.format = PNG_FORMAT_BGRA,
	};

	if (!png_image_write_to_file(&image, png, 0, p->memory.map, PITCH, NULL))
		die("cannot write %s: %s", png, image.message);
	info("picture %s", png);
}

static void check_picture(const struct painting *p)
{
	static const struct brush cpu = { cpu_rectangle, cpu_copy };
	static __u32 want[WIDTH * HEIGHT];

	paint(&cpu, want);
	check(!memcmp(want, p->memory.map, BYTES), "the picture is what the CPU draws");
	result("picture %dx%d hash %016llx", WIDTH, HEIGHT, hash(HASH_START, p->memory.map, BYTES));
}

int main(int argc, char **argv)
{
	const struct option_spec options[] = {
		{ "device", .text = &node, .help = "DRM node (" DEFAULT_NODE ")" },
		{ "png", .text = &png, .help = "write the picture to this file" },
		{ "seconds", .number = &seconds, .help = "stop timing after that long (5)" },
		{ "csv", .flag = &csv, .help = "times as csv,NAME,RUNS,MEDIAN,LEAST,P90" },
	};
	struct painting p = { 0 };
	__u64 chip;
	int fd;

	parse_options(argc, argv, "Paint a picture with nouveau's 2D engine.", options,
		      ARRAY_SIZE(options));
	fd = nv_open(node);
	if (nv_getparam(fd, NOUVEAU_GETPARAM_CHIPSET_ID, &chip))
		die("GETPARAM CHIPSET_ID failed");
	info("renderer NV%02llX, raw commands", (unsigned long long)chip);
	open_painting(&p, fd);
	run_picture(&p);
	nv_wait(fd, &p.memory);
	check_picture(&p);
	if (png)
		write_png(&p);
	time_runs("nothing", run_nothing, &p);
	time_runs("fills", run_fills, &p);
	time_runs("copy", run_copy, &p);
	time_runs("picture", run_picture, &p);
	nv_channel_close(&p.channel);
	return failures() != 0;
}
