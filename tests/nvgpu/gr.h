/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PGRAPH: the classes of objects that do the work
 *
 * Each class keeps, for each channel, what was last written to each of its
 * methods; a few methods begin an operation, which reads them.
 */
#ifndef NVGPU_GR_H
#define NVGPU_GR_H

#include <stdbool.h>
#include <stdint.h>

#include "dma.h"
#include "push.h"

struct gpu;

#define SUBCHANNELS	8
#define METHODS		(0x2000 / 4)

#define METHOD_BIND		0x000
#define METHOD_NOP		0x100
#define METHOD_NOTIFY		0x104
#define METHOD_FIRST_OBJECT	0x180	/* from here to the next: names of objects */
#define METHOD_LAST_OBJECT	0x1fc
#define METHOD_DMA_NOTIFY	0x180

enum gr_kind {
	KIND_NONE,
	KIND_COPY,		/* memory to memory */
	KIND_SURFACES,
	KIND_RECTANGLE,
	KIND_BLIT,
	KIND_3D,
	KIND_STATE,		/* state of classes that are not there */
	KINDS
};

/* Bits of PGRAPH_NSOURCE */
enum gr_error {
	GR_OK = 0,
	GR_BAD_DATA = 1 << 1,
	GR_BAD_METHOD = 1 << 6,
	GR_BAD_READ = 1 << 7,
	GR_BAD_WRITE = 1 << 8,
};

/**
 * struct gr_channel - a channel's graphics state
 * @kind: of the object on each subchannel
 * @class: number of that class
 * @state: by kind, METHODS words: the last data of each method; for methods that
 *	   name objects, their instance; made when first needed
 * @notify: the next method that ends writes a notification
 */
struct gr_channel {
	enum gr_kind kind[SUBCHANNELS];
	uint16_t class[SUBCHANNELS];
	uint32_t *state[KINDS];
	bool notify;
};

/**
 * struct gr - PGRAPH
 * @channel: used by the execution thread alone
 * @busy: an operation is under way
 */
struct gr {
	struct gr_channel channel[32];
	bool busy;
};

/**
 * struct gr_work - an operation
 * @memory: its bus is locked for reading
 * @state: of the class
 * @surfaces: state of the channel's 2D surfaces; NULL: none
 * @method: which began it
 * @bytes: counted up by what was written
 */
struct gr_work {
	const struct memory *memory;
	const uint32_t *state;
	const uint32_t *surfaces;
	uint32_t method;
	uint64_t bytes;
};

#define STATE(work, method)	((work)->state[(method) / 4])

/* The operations of each class */
enum gr_error copy_run(struct gr_work *work);
enum gr_error rectangle_run(struct gr_work *work);
enum gr_error blit_run(struct gr_work *work);
enum gr_error curie_run(struct gr_work *work);

/* Rows of a surface: fill with one pixel of 1, 2 or 4 bytes, keeping bits not in @mask */
enum gr_error surface_fill(struct gr_work *work, const struct dma_object *to, uint32_t at,
			   unsigned int bytes, uint32_t pixel, uint32_t mask, unsigned int count);

/* By the execution thread, with the lock held, which is dropped meanwhile */

/* A new object on a subchannel */
void gr_bind(struct gpu *gpu, unsigned int channel, unsigned int subchannel, uint32_t instance);
void gr_method(struct gpu *gpu, unsigned int channel, const struct method *method);
void gr_forget(struct gr_channel *channel);

#endif /* NVGPU_GR_H */
