// SPDX-License-Identifier: GPL-2.0-only
/*
 * 3D (class 0x4097): clearing, and telling how far it is; no drawing
 */
#include <string.h>

#include "gr.h"

#define DMA_COLOUR	0x194
#define DMA_DEPTH	0x198
#define DMA_FENCE	0x1a4
#define DMA_QUERY	0x1a8
#define TARGET_X	0x200	/* width above x */
#define TARGET_Y	0x204
#define TARGET_FORMAT	0x208
#define COLOUR_PITCH	0x20c
#define COLOUR_OFFSET	0x210
#define DEPTH_OFFSET	0x214
#define TARGET_ENABLE	0x220
#define DEPTH_PITCH	0x22c
#define SCISSOR_X	0x8c0	/* width above x */
#define SCISSOR_Y	0x8c4
#define QUERY_GET	0x1800
#define BEGIN_END	0x1808
#define FENCE_OFFSET	0x1d6c
#define FENCE_VALUE	0x1d70
#define CLEAR_DEPTH	0x1d8c
#define CLEAR_COLOUR	0x1d90
#define CLEAR		0x1d94

#define FORMAT_COLOUR(f)	((f) & 31)
#define FORMAT_DEPTH(f)		((f) >> 5 & 7)
#define FORMAT_LINEAR(f)	(((f) >> 8 & 15) == 1)

#define CLEAR_IS_DEPTH		1u
#define CLEAR_IS_STENCIL	2u
#define CLEAR_IS_COLOUR		0xf0u

struct part {
	struct dma_object object;
	uint32_t offset, pitch, pixel, mask;
	unsigned int bytes;
};

static unsigned int minimum(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* From where to where on one axis: the target's extent within the scissor's */
static void extent(uint32_t target, uint32_t scissor, unsigned int *from, unsigned int *to)
{
	*from = scissor & 0xffff;
	*to = minimum((target & 0xffff) + (target >> 16), *from + (scissor >> 16));
}

static enum gr_error clear_part(struct gr_work *work, const struct part *p)
{
	unsigned int x, right, y, bottom;
	enum gr_error error = GR_OK;

	extent(STATE(work, TARGET_X), STATE(work, SCISSOR_X), &x, &right);
	extent(STATE(work, TARGET_Y), STATE(work, SCISSOR_Y), &y, &bottom);
	if (x >= right)
		return GR_OK;
	for (; y < bottom && !error; y++)
		error = surface_fill(work, &p->object, p->offset + y * p->pitch + x * p->bytes,
				     p->bytes, p->pixel, p->mask, right - x);
	return error;
}

/* Bits of red, green, blue and alpha in a pixel */
static uint32_t colour_mask(uint32_t what, unsigned int bytes)
{
	static const uint32_t wide[] = { 0x00ff0000, 0x0000ff00, 0x000000ff, 0xff000000 };
	static const uint32_t narrow[] = { 0xf800, 0x07e0, 0x001f, 0 };
	uint32_t mask = 0;
	unsigned int i;

	for (i = 0; i < 4; i++)
		if (what & 0x10u << i)
			mask |= bytes == 4 ? wide[i] : narrow[i];
	return mask;
}

static enum gr_error clear_colour(struct gr_work *work, uint32_t what)
{
	unsigned int format = FORMAT_COLOUR(STATE(work, TARGET_FORMAT));
	struct part p = {
		.offset = STATE(work, COLOUR_OFFSET),
		.pitch = STATE(work, COLOUR_PITCH) & 0xffff,
		.pixel = STATE(work, CLEAR_COLOUR),
	};

	switch (format) {
	case 3:
		p.bytes = 2;
		break;
	case 5:
	case 8:
		p.bytes = 4;
		break;
	default:
		return GR_BAD_DATA;
	}
	p.mask = colour_mask(what, p.bytes);
	if (!dma_load(work->memory, STATE(work, DMA_COLOUR), &p.object))
		return GR_BAD_WRITE;
	return clear_part(work, &p);
}

static enum gr_error clear_depth(struct gr_work *work, uint32_t what)
{
	struct part p = {
		.offset = STATE(work, DEPTH_OFFSET),
		.pitch = STATE(work, DEPTH_PITCH),
		.pixel = STATE(work, CLEAR_DEPTH),
	};

	if (FORMAT_DEPTH(STATE(work, TARGET_FORMAT)) == 2) {
		p.bytes = 4;
		p.mask = (what & CLEAR_IS_DEPTH ? 0xffffff00 : 0) |
			 (what & CLEAR_IS_STENCIL ? 0x000000ff : 0);
	} else {
		p.bytes = 2;
		p.mask = what & CLEAR_IS_DEPTH ? 0xffff : 0;
	}
	if (!dma_load(work->memory, STATE(work, DMA_DEPTH), &p.object))
		return GR_BAD_WRITE;
	return clear_part(work, &p);
}

static enum gr_error clear(struct gr_work *work)
{
	uint32_t what = STATE(work, CLEAR);
	enum gr_error error = GR_OK;

	if (!FORMAT_LINEAR(STATE(work, TARGET_FORMAT)))
		return GR_BAD_DATA;
	if (what & CLEAR_IS_COLOUR && STATE(work, TARGET_ENABLE) & 1)
		error = clear_colour(work, what);
	if (!error && what & (CLEAR_IS_DEPTH | CLEAR_IS_STENCIL))
		error = clear_depth(work, what);
	return error;
}

static enum gr_error put(struct gr_work *work, uint32_t instance, uint32_t offset,
			 const uint32_t *words, size_t size)
{
	struct dma_object object;

	if (!dma_load(work->memory, instance, &object) ||
	    !dma_write(work->memory, &object, offset, words, size))
		return GR_BAD_WRITE;
	return GR_OK;
}

enum gr_error curie_run(struct gr_work *work)
{
	/* Nothing is drawn, so nothing was ever visible. */
	static const uint32_t report[4];

	switch (work->method) {
	case CLEAR:
		return clear(work);
	case FENCE_VALUE:
		return put(work, STATE(work, DMA_FENCE), STATE(work, FENCE_OFFSET),
			   &STATE(work, FENCE_VALUE), sizeof(uint32_t));
	case QUERY_GET:
		return put(work, STATE(work, DMA_QUERY), STATE(work, QUERY_GET) & 0xffffff, report,
			   sizeof(report));
	default:
		return GR_BAD_METHOD;
	}
}
