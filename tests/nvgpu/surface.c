// SPDX-License-Identifier: GPL-2.0-only
/*
 * 2D: filled rectangles (class 0x4a) and copies (0x5f, 0x9f) on the channel's
 * surfaces (0x62, 0x3062)
 */
#include <stdlib.h>
#include <string.h>

#include "gr.h"

#define SURFACE_SOURCE	0x184
#define SURFACE_TARGET	0x188
#define SURFACE_FORMAT	0x300
#define SURFACE_PITCH	0x304	/* target's above source's */
#define OFFSET_SOURCE	0x308
#define OFFSET_TARGET	0x30c

#define OPERATION	0x2fc
#define OPERATION_COPY		3

#define RECT_COLOUR	0x3fc
#define BLIT_FROM	0x300
#define BLIT_TO		0x304
#define BLIT_SIZE	0x308

struct surface {
	struct dma_object object;
	uint32_t offset;
	uint32_t pitch;
	unsigned int bytes;	/* of a pixel */
};

static unsigned int pixel_bytes(uint32_t format)
{
	if (format == 1)
		return 1;
	if (format >= 2 && format <= 5)
		return 2;
	return format >= 6 && format <= 11 ? 4 : 0;
}

static bool load(const struct gr_work *work, bool target, struct surface *s)
{
	const uint32_t *state = work->surfaces;

	if (!state)
		return false;
	s->bytes = pixel_bytes(state[SURFACE_FORMAT / 4]);
	s->pitch = target ? state[SURFACE_PITCH / 4] >> 16 : state[SURFACE_PITCH / 4] & 0xffff;
	s->offset = state[(target ? OFFSET_TARGET : OFFSET_SOURCE) / 4];
	return s->bytes && dma_load(work->memory, state[(target ? SURFACE_TARGET : SURFACE_SOURCE) / 4],
				    &s->object);
}

static uint32_t place(const struct surface *s, uint32_t x, uint32_t y)
{
	return s->offset + y * s->pitch + x * s->bytes;
}

static void fill(uint8_t *to, size_t size, const uint8_t pixel[4], const uint8_t mask[4],
		 unsigned int bytes)
{
	size_t i;

	for (i = 0; i < size; i++)
		to[i] = (to[i] & ~mask[i % bytes]) | (pixel[i % bytes] & mask[i % bytes]);
}

enum gr_error surface_fill(struct gr_work *work, const struct dma_object *to, uint32_t at,
			   unsigned int bytes, uint32_t pixel, uint32_t mask, unsigned int count)
{
	size_t left = (size_t)count * bytes, part;
	uint8_t p[4], m[4];
	uint8_t *there;

	memcpy(p, &pixel, sizeof(p));
	memcpy(m, &mask, sizeof(m));
	/* Pages begin at multiples of every pixel size, if the surface does. */
	if (at % bytes)
		return GR_BAD_DATA;
	for (; left; left -= part, at += part) {
		part = left;
		there = dma_at(work->memory, to, at, &part, true);
		if (!there)
			return GR_BAD_WRITE;
		fill(there, part, p, m, bytes);
		work->bytes += part;
	}
	return GR_OK;
}

enum gr_error rectangle_run(struct gr_work *work)
{
	uint32_t point = STATE(work, work->method - 4), size = STATE(work, work->method);
	uint32_t x = point >> 16, y = point & 0xffff, width = size >> 16, height = size & 0xffff;
	enum gr_error error = GR_OK;
	struct surface s;

	if (STATE(work, OPERATION) != OPERATION_COPY)
		return GR_BAD_DATA;
	if (!load(work, true, &s))
		return GR_BAD_WRITE;
	for (; height && !error; height--, y++)
		error = surface_fill(work, &s.object, place(&s, x, y), s.bytes,
				     STATE(work, RECT_COLOUR), UINT32_MAX, width);
	return error;
}

/* Through a buffer, and from the last line on if the target lies below: they may overlap. */
static enum gr_error blit_lines(struct gr_work *work, const struct surface *from,
				const struct surface *to, uint8_t *line)
{
	uint32_t in = STATE(work, BLIT_FROM), out = STATE(work, BLIT_TO);
	uint32_t size = STATE(work, BLIT_SIZE);
	uint32_t width = size & 0xffff, height = size >> 16, i, y;
	bool up = out >> 16 > in >> 16;

	for (i = 0; i < height; i++) {
		y = up ? height - 1 - i : i;
		if (!dma_read(work->memory, &from->object,
			      place(from, in & 0xffff, (in >> 16) + y), line, width * from->bytes))
			return GR_BAD_READ;
		if (!dma_write(work->memory, &to->object,
			       place(to, out & 0xffff, (out >> 16) + y), line, width * from->bytes))
			return GR_BAD_WRITE;
		work->bytes += width * from->bytes;
	}
	return GR_OK;
}

enum gr_error blit_run(struct gr_work *work)
{
	struct surface from, to;
	enum gr_error error;
	uint8_t *line;

	if (STATE(work, OPERATION) != OPERATION_COPY)
		return GR_BAD_DATA;
	if (!load(work, false, &from))
		return GR_BAD_READ;
	if (!load(work, true, &to))
		return GR_BAD_WRITE;
	line = malloc(0x10000 * from.bytes);
	if (!line)
		return GR_BAD_DATA;
	error = blit_lines(work, &from, &to, line);
	free(line);
	return error;
}
