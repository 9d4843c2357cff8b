// SPDX-License-Identifier: GPL-2.0-only
/*
 * PGRAPH: see gr.h
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gpu.h"
#include "regs.h"

/**
 * struct gr_class - what an object of a kind does
 * @number: of the class
 * @begins: which methods begin an operation
 * @knows: which methods it has at all, above those that all have
 */
struct gr_class {
	uint16_t number;
	enum gr_kind kind;
	bool (*begins)(uint32_t method, uint32_t data);
	bool (*knows)(uint32_t method);
	enum gr_error (*run)(struct gr_work *work);
};

static bool copy_begins(uint32_t method, uint32_t data)
{
	return method == 0x328;
}

static bool copy_knows(uint32_t method)
{
	return method >= 0x30c && method <= 0x328;
}

static bool never_begins(uint32_t method, uint32_t data)
{
	return false;
}

static bool surfaces_know(uint32_t method)
{
	return method >= 0x2fc && method <= 0x30c;
}

static bool rectangle_begins(uint32_t method, uint32_t data)
{
	return method >= 0x400 && method < 0x500 && method & 4;
}

static bool rectangle_knows(uint32_t method)
{
	return (method >= 0x2fc && method <= 0x304) || (method >= 0x3fc && method < 0x500);
}

static bool blit_begins(uint32_t method, uint32_t data)
{
	return method == 0x308;
}

static bool blit_knows(uint32_t method)
{
	return (method >= 0x120 && method <= 0x134) || (method >= 0x2fc && method <= 0x308);
}

/* Clear, begin of a drawing, semaphore, query */
static bool curie_begins(uint32_t method, uint32_t data)
{
	return method == 0x1d94 || (method == 0x1808 && data) || method == 0x1d70 ||
	       method == 0x1800;
}

static bool curie_knows(uint32_t method)
{
	return true;
}

/* Of classes that are not there, what sets them up passes; what would draw does not. */
static bool state_knows(uint32_t method)
{
	return method < 0x400;
}

static const struct gr_class classes[] = {
	{ 0x0039, KIND_COPY, copy_begins, copy_knows, copy_run },
	{ 0x0062, KIND_SURFACES, never_begins, surfaces_know },
	{ 0x3062, KIND_SURFACES, never_begins, surfaces_know },
	{ 0x004a, KIND_RECTANGLE, rectangle_begins, rectangle_knows, rectangle_run },
	{ 0x005f, KIND_BLIT, blit_begins, blit_knows, blit_run },
	{ 0x009f, KIND_BLIT, blit_begins, blit_knows, blit_run },
	{ 0x4097, KIND_3D, curie_begins, curie_knows, curie_run },
	{ 0x0000, KIND_STATE, never_begins, state_knows },
};

static const struct gr_class *find_class(unsigned int number)
{
	const struct gr_class *class = classes;

	while (class->number && class->number != number)
		class++;
	return class;
}

void gr_forget(struct gr_channel *channel)
{
	unsigned int i;

	for (i = 0; i < KINDS; i++)
		free(channel->state[i]);
	memset(channel, 0, sizeof(*channel));
}

void gr_bind(struct gpu *gpu, unsigned int channel, unsigned int subchannel, uint32_t instance)
{
	struct gr_channel *c = &gpu->gr.channel[channel];
	unsigned int number = inst_read(&gpu->memory, instance) & 0xffff;
	enum gr_kind kind = find_class(number)->kind;

	if (!c->state[kind])
		c->state[kind] = calloc(METHODS, sizeof(uint32_t));
	c->kind[subchannel] = c->state[kind] ? kind : KIND_NONE;
	c->class[subchannel] = number;
}

/* An error interrupt; the channel's methods wait until it is handled. */
static void trap(struct gpu *gpu, unsigned int channel, const struct method *method,
		 enum gr_error error)
{
	REG(gpu, PGRAPH_CTX_CURRENT) = CTX_CURRENT_VALID | REG(gpu, PFIFO_GRCTX_INSTANCE);
	REG(gpu, PGRAPH_TRAPPED_ADDR) = channel << 20 | method->subchannel << 16 | method->address;
	REG(gpu, PGRAPH_TRAPPED_DATA) = method->data;
	REG(gpu, PGRAPH_SUBC_CLASS + method->subchannel * 4) =
		gpu->gr.channel[channel].class[method->subchannel];
	REG(gpu, PGRAPH_NSOURCE) = error;
	REG(gpu, PGRAPH_NSTATUS) = 0;
	REG(gpu, PGRAPH_INTR) |= PGRAPH_INTR_ERROR;
	REG(gpu, PGRAPH_FIFO) &= ~1u;
	gpu_update_line(gpu);
}

static void sleep_ns(uint64_t ns)
{
	struct timespec time = { ns / 1000000000, ns % 1000000000 };

	nanosleep(&time, NULL);
}

static uint64_t time_of(const struct fault *fault, uint64_t bytes)
{
	uint64_t ns = fault->delay_ms * 1000000ull;

	return fault->speed ? ns + bytes * 1000000 / 1024 / fault->speed : ns;
}

/* The work itself, without the lock: registers can be read meanwhile. */
static enum gr_error operate(struct gpu *gpu, const struct gr_class *class, struct gr_work *work)
{
	struct fault fault = gpu->fault;
	enum gr_error error;
	uint64_t ns;

	gpu->gr.busy = true;
	pthread_mutex_unlock(&gpu->lock);
	pthread_rwlock_rdlock(&gpu->bus.lock);
	error = class->run(work);
	pthread_rwlock_unlock(&gpu->bus.lock);
	ns = time_of(&fault, work->bytes);
	if (ns)
		sleep_ns(ns);
	pthread_mutex_lock(&gpu->lock);
	gpu->gr.busy = false;
	gpu->fault.bytes += work->bytes;
	return error;
}

/* 16 bytes: time, a word, status 0 */
static bool notify(struct gpu *gpu, uint32_t instance)
{
	uint64_t now = timer_now(gpu);
	uint32_t words[4] = { now, now >> 32, 0, 0 };
	struct dma_object object;
	bool good;

	pthread_rwlock_rdlock(&gpu->bus.lock);
	good = dma_load(&gpu->memory, instance, &object) &&
	       dma_write(&gpu->memory, &object, 0, words, sizeof(words));
	pthread_rwlock_unlock(&gpu->bus.lock);
	return good;
}

static bool known(const struct gr_class *class, uint32_t address)
{
	return address == METHOD_NOP || address == METHOD_NOTIFY ||
	       (address >= METHOD_FIRST_OBJECT && address <= METHOD_LAST_OBJECT) ||
	       class->knows(address);
}

static enum gr_error execute(struct gpu *gpu, struct gr_channel *c, const struct method *method)
{
	enum gr_kind kind = c->kind[method->subchannel];
	const struct gr_class *class = find_class(c->class[method->subchannel]);
	struct gr_work work = {
		.memory = &gpu->memory,
		.state = c->state[kind],
		.surfaces = c->state[KIND_SURFACES],
		.method = method->address,
	};

	if (kind == KIND_NONE || !known(class, method->address))
		return GR_BAD_METHOD;
	c->state[kind][method->address / 4] = method->data;
	if (method->address == METHOD_NOTIFY) {
		c->notify = true;
		return GR_OK;
	}
	if (class->begins(method->address, method->data)) {
		enum gr_error error = operate(gpu, class, &work);

		if (error)
			return error;
	}
	if (!c->notify)
		return GR_OK;
	c->notify = false;
	return notify(gpu, work.state[METHOD_DMA_NOTIFY / 4]) ? GR_OK : GR_BAD_WRITE;
}

void gr_method(struct gpu *gpu, unsigned int channel, const struct method *method)
{
	enum gr_error error;

	if (gpu->fault.method & 1u << channel) {
		gpu->fault.method &= ~(1u << channel);
		error = GR_BAD_METHOD;
	} else {
		error = execute(gpu, &gpu->gr.channel[channel], method);
	}
	if (error)
		trap(gpu, channel, method, error);
}
