// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory to memory (class 0x39): lines of bytes from one DMA object to another
 *
 * What starts it, BUFFER_NOTIFY, writes no notification here: the object that
 * the kernel sets up for it lies in memory that belongs to others.
 */
#include <string.h>

#include "gr.h"

#define BUFFER_IN	0x184
#define BUFFER_OUT	0x188
#define OFFSET_IN	0x30c
#define OFFSET_OUT	0x310
#define PITCH_IN	0x314
#define PITCH_OUT	0x318
#define LINE_LENGTH	0x31c
#define LINE_COUNT	0x320
#define FORMAT		0x324

struct copy {
	struct dma_object in, out;
	unsigned int step_in, step_out;	/* bytes from one element to the next */
};

static enum gr_error copy_bytes(struct gr_work *work, const struct copy *c, uint32_t in,
				uint32_t out, size_t size)
{
	size_t part, there;
	const void *from;
	void *to;

	for (; size; size -= part, in += part, out += part) {
		there = size;
		from = dma_at(work->memory, &c->in, in, &there, false);
		if (!from)
			return GR_BAD_READ;
		part = there;
		to = dma_at(work->memory, &c->out, out, &part, true);
		if (!to)
			return GR_BAD_WRITE;
		memmove(to, from, part);
		work->bytes += part;
	}
	return GR_OK;
}

static enum gr_error copy_line(struct gr_work *work, const struct copy *c, uint32_t in,
			       uint32_t out, uint32_t length)
{
	enum gr_error error = GR_OK;

	if (c->step_in == 1 && c->step_out == 1)
		return copy_bytes(work, c, in, out, length);
	for (; length && !error; length--, in += c->step_in, out += c->step_out)
		error = copy_bytes(work, c, in, out, 1);
	return error;
}

static bool good_step(unsigned int step)
{
	return step == 1 || step == 2 || step == 4;
}

enum gr_error copy_run(struct gr_work *work)
{
	uint32_t in = STATE(work, OFFSET_IN), out = STATE(work, OFFSET_OUT);
	uint32_t length = STATE(work, LINE_LENGTH), lines = STATE(work, LINE_COUNT);
	enum gr_error error = GR_OK;
	struct copy c = {
		.step_in = STATE(work, FORMAT) & 0xff,
		.step_out = STATE(work, FORMAT) >> 8 & 0xff,
	};

	if (!good_step(c.step_in) || !good_step(c.step_out) || length >= 1 << 22 || lines > 2047)
		return GR_BAD_DATA;
	if (!dma_load(work->memory, STATE(work, BUFFER_IN), &c.in))
		return GR_BAD_READ;
	if (!dma_load(work->memory, STATE(work, BUFFER_OUT), &c.out))
		return GR_BAD_WRITE;
	for (; lines && !error; lines--) {
		error = copy_line(work, &c, in, out, length);
		in += STATE(work, PITCH_IN);
		out += STATE(work, PITCH_OUT);
	}
	return error;
}
