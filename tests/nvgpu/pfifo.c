// SPDX-License-Identifier: GPL-2.0-only
/*
 * PFIFO: channels take turns; what is in their push buffers goes to the engines
 *
 * The channel whose turn it is has its state in registers, all others in RAMFC.
 */
#include <sched.h>
#include <time.h>

#include "gpu.h"
#include "ramht.h"
#include "regs.h"

#define SLICE		256		/* words */
#define RETRY_NS	500000
#define RAMFC_SIZE	128
#define RAMFC_PUT	0x00
#define RAMFC_GET	0x04
#define RAMFC_REF	0x08

#define METHOD_REF		0x50
#define METHOD_SEMA_OBJECT	0x60
#define METHOD_SEMA_OFFSET	0x64
#define METHOD_SEMA_ACQUIRE	0x68
#define METHOD_SEMA_RELEASE	0x6c

#define SEMA_OFFSET(sema)	((sema) & 0xffc)
#define SEMA_INSTANCE(sema)	((sema) >> 12 << 4)

/* Where each register is kept; bits that share a word say which */
static const struct {
	uint32_t ramfc, reg, mask;
} saved[] = {
	{ RAMFC_PUT, CACHE1_DMA_PUT, UINT32_MAX },
	{ RAMFC_GET, CACHE1_DMA_GET, UINT32_MAX },
	{ RAMFC_REF, CACHE1_REF_CNT, UINT32_MAX },
	{ 0x0c, CACHE1_DMA_INSTANCE, UINT32_MAX },
	{ 0x10, CACHE1_DMA_DCOUNT, UINT32_MAX },
	{ 0x14, CACHE1_DMA_STATE, UINT32_MAX },
	{ 0x18, CACHE1_DMA_FETCH, 0x0fffffff },
	{ 0x18, 0x002058, 0x30000000 },
	{ 0x1c, CACHE1_ENGINE, UINT32_MAX },
	{ 0x20, CACHE1_PULL1, UINT32_MAX },
	{ 0x24, CACHE1_ACQUIRE_VALUE, UINT32_MAX },
	{ 0x28, CACHE1_ACQUIRE_TIME, UINT32_MAX },
	{ 0x2c, CACHE1_ACQUIRE_TIMEOUT, UINT32_MAX },
	{ 0x30, CACHE1_SEMAPHORE, UINT32_MAX },
	{ 0x34, CACHE1_DMA_SUBROUTINE, UINT32_MAX },
	{ 0x38, PFIFO_GRCTX_INSTANCE, UINT32_MAX },
	{ 0x3c, PFIFO_DMA_TIMESLICE, 0x0001ffff },
	{ 0x40, 0x0032e4, UINT32_MAX },
	{ 0x44, 0x0032e8, UINT32_MAX },
	{ 0x4c, 0x002088, UINT32_MAX },
	{ 0x50, 0x003300, UINT32_MAX },
	{ 0x54, 0x00330c, UINT32_MAX },
};

static uint32_t ramfc(struct gpu *gpu, unsigned int channel)
{
	return ((REG(gpu, PFIFO_RAMFC) & 0xffff) << 16) + channel * RAMFC_SIZE;
}

/* The channel whose state is in the registers, or NO_CHANNEL */
static unsigned int loaded(struct gpu *gpu)
{
	uint32_t push1 = REG(gpu, CACHE1_PUSH1);

	return push1 & PUSH1_DMA ? push1 & (CHANNELS - 1) : NO_CHANNEL;
}

static void save(struct gpu *gpu, unsigned int channel)
{
	uint32_t at, value;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(saved); i++) {
		at = ramfc(gpu, channel) + saved[i].ramfc;
		value = inst_read(&gpu->memory, at) & ~saved[i].mask;
		inst_write(&gpu->memory, at, value | (REG(gpu, saved[i].reg) & saved[i].mask));
	}
}

static void load(struct gpu *gpu, unsigned int channel)
{
	uint32_t value;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(saved); i++) {
		value = inst_read(&gpu->memory, ramfc(gpu, channel) + saved[i].ramfc);
		REG(gpu, saved[i].reg) = (REG(gpu, saved[i].reg) & ~saved[i].mask) |
					 (value & saved[i].mask);
	}
	REG(gpu, CACHE1_PUSH1) = channel | PUSH1_DMA;
	REG(gpu, CACHE1_DMA_PUSH) |= 1;
	gpu->slice = SLICE;
}

/* A register of a channel, wherever it is */
static uint32_t user_word(struct gpu *gpu, unsigned int channel, uint32_t reg, uint32_t in_ramfc)
{
	if (loaded(gpu) == channel)
		return REG(gpu, reg);
	return inst_read(&gpu->memory, ramfc(gpu, channel) + in_ramfc);
}

uint32_t pfifo_user_read(struct gpu *gpu, uint32_t address)
{
	unsigned int channel = (address - USER) / 0x1000;

	if (channel >= CHANNELS)
		return 0;
	switch (address & 0xfff) {
	case USER_PUT:
		return user_word(gpu, channel, CACHE1_DMA_PUT, RAMFC_PUT);
	case USER_GET:
		return user_word(gpu, channel, CACHE1_DMA_GET, RAMFC_GET);
	case USER_REF:
		return user_word(gpu, channel, CACHE1_REF_CNT, RAMFC_REF);
	default:
		return 0;
	}
}

void pfifo_user_write(struct gpu *gpu, uint32_t address, uint32_t value)
{
	unsigned int channel = (address - USER) / 0x1000;

	if (channel >= CHANNELS || (address & 0xfff) != USER_PUT)
		return;
	if (loaded(gpu) == channel)
		REG(gpu, CACHE1_DMA_PUT) = value;
	else
		inst_write(&gpu->memory, ramfc(gpu, channel) + RAMFC_PUT, value);
	gpu_wake(gpu);
}

/* A channel that is made is put into DMA mode: what an earlier one left is void. */
void pfifo_write(struct gpu *gpu, uint32_t address, uint32_t value)
{
	uint32_t begun = value & ~REG(gpu, address);

	gpu->fresh |= begun;
	gpu->waiting &= ~begun;
	gpu->fault.hang &= ~begun;
	gpu->fault.method &= ~begun;
	REG(gpu, address) = value;
}

static bool enabled(struct gpu *gpu)
{
	return REG(gpu, PFIFO_CACHES) & 1 && REG(gpu, CACHE1_PUSH0) & 1 &&
	       REG(gpu, CACHE1_PULL0) & 1 && REG(gpu, PGRAPH_FIFO) & 1 &&
	       !(REG(gpu, PFIFO_INTR) & (PFIFO_INTR_CACHE_ERROR | PFIFO_INTR_DMA_PUSHER));
}

static bool ready(struct gpu *gpu, unsigned int channel)
{
	uint32_t bit = 1u << channel;

	if (channel == NO_CHANNEL || !(REG(gpu, PFIFO_MODE) & bit) || gpu->fault.hang & bit)
		return false;
	if (gpu->waiting & bit && timer_now(gpu) < gpu->retry)
		return false;
	return user_word(gpu, channel, CACHE1_DMA_PUT, RAMFC_PUT) !=
	       user_word(gpu, channel, CACHE1_DMA_GET, RAMFC_GET);
}

/* The channel to go on with; false: none has anything to do. */
static bool choose(struct gpu *gpu)
{
	unsigned int now = loaded(gpu), next = now, i;

	if (gpu->slice && ready(gpu, now))
		return true;
	for (i = 1; i <= CHANNELS; i++) {
		next = (now + i) % CHANNELS;
		if (ready(gpu, next))
			break;
	}
	if (i > CHANNELS)
		return false;
	if (next == now) {
		gpu->slice = SLICE;
		return true;
	}
	if (now != NO_CHANNEL)
		save(gpu, now);
	load(gpu, next);
	return true;
}

static void get_pusher(struct gpu *gpu, struct pusher *p)
{
	*p = (struct pusher) {
		.get = REG(gpu, CACHE1_DMA_GET),
		.put = REG(gpu, CACHE1_DMA_PUT),
		.state = REG(gpu, CACHE1_DMA_STATE),
		.count = REG(gpu, CACHE1_DMA_DCOUNT),
		.call = REG(gpu, CACHE1_DMA_SUBROUTINE),
	};
}

static void set_pusher(struct gpu *gpu, const struct pusher *p)
{
	REG(gpu, CACHE1_DMA_GET) = p->get;
	REG(gpu, CACHE1_DMA_STATE) = p->state;
	REG(gpu, CACHE1_DMA_DCOUNT) = p->count;
	REG(gpu, CACHE1_DMA_SUBROUTINE) = p->call;
}

static void pusher_error(struct gpu *gpu, enum push_error error)
{
	REG(gpu, CACHE1_DMA_STATE) &= ~(7u << PUSH_ERROR_SHIFT);
	REG(gpu, CACHE1_DMA_STATE) |= (uint32_t)error << PUSH_ERROR_SHIFT;
	/* The driver goes on after the end of its own buffer. */
	REG(gpu, CACHE1_DMA_SUBROUTINE) = 0;
	REG(gpu, PFIFO_INTR) |= PFIFO_INTR_DMA_PUSHER;
	gpu_update_line(gpu);
}

/* The puller cannot go on with a method: the driver looks at it and skips it. */
static void cache_error(struct gpu *gpu, const struct method *m, uint32_t why)
{
	uint32_t get = REG(gpu, CACHE1_GET) & 0x7fc;

	REG(gpu, CACHE1_GET) = get;
	REG(gpu, CACHE1_PUT) = get + 4;
	REG(gpu, CACHE1_METHOD + get * 2) = m->subchannel << 13 | m->address;
	REG(gpu, CACHE1_METHOD + get * 2 + 4) = m->data;
	REG(gpu, CACHE1_PULL0) = (REG(gpu, CACHE1_PULL0) & ~PULL0_ON) | why;
	REG(gpu, PFIFO_INTR) |= PFIFO_INTR_CACHE_ERROR;
	gpu_update_line(gpu);
}

static bool find_object(struct gpu *gpu, unsigned int channel, const struct method *m,
			struct ramht_entry *entry)
{
	if (!ramht_find(&gpu->memory, REG(gpu, PFIFO_RAMHT), channel, m->data, entry)) {
		cache_error(gpu, m, PULL0_HASH_FAILED);
		return false;
	}
	REG(gpu, CACHE1_HASH) = entry->instance >> 4;
	return true;
}

static void bind(struct gpu *gpu, unsigned int channel, const struct method *m)
{
	unsigned int shift = m->subchannel * 4;
	struct ramht_entry entry;

	if (!find_object(gpu, channel, m, &entry))
		return;
	REG(gpu, CACHE1_ENGINE) &= ~(15u << shift);
	REG(gpu, CACHE1_ENGINE) |= entry.engine << shift;
	if (entry.engine == ENGINE_SOFTWARE)
		cache_error(gpu, m, PULL0_SOFTWARE);
	else if (entry.engine == ENGINE_GRAPHICS)
		gr_bind(gpu, channel, m->subchannel, entry.instance);
}

static bool semaphore(struct gpu *gpu, uint32_t *value, bool write)
{
	uint32_t sema = REG(gpu, CACHE1_SEMAPHORE);
	struct dma_object object;
	bool good;

	pthread_rwlock_rdlock(&gpu->bus.lock);
	good = dma_load(&gpu->memory, SEMA_INSTANCE(sema), &object);
	if (good && write)
		good = dma_write(&gpu->memory, &object, SEMA_OFFSET(sema), value, sizeof(*value));
	else if (good)
		good = dma_read(&gpu->memory, &object, SEMA_OFFSET(sema), value, sizeof(*value));
	pthread_rwlock_unlock(&gpu->bus.lock);
	return good;
}

static void host_method(struct gpu *gpu, unsigned int channel, const struct method *m)
{
	uint32_t sema = REG(gpu, CACHE1_SEMAPHORE), value = m->data;
	struct ramht_entry entry;

	switch (m->address) {
	case METHOD_BIND:
		bind(gpu, channel, m);
		return;
	case METHOD_REF:
		REG(gpu, CACHE1_REF_CNT) = m->data;
		return;
	case METHOD_SEMA_OBJECT:
		if (find_object(gpu, channel, m, &entry))
			REG(gpu, CACHE1_SEMAPHORE) = entry.instance << 8 | SEMA_OFFSET(sema);
		return;
	case METHOD_SEMA_OFFSET:
		REG(gpu, CACHE1_SEMAPHORE) = (sema & ~0xfffu) | SEMA_OFFSET(m->data);
		return;
	case METHOD_SEMA_ACQUIRE:
		return;
	case METHOD_SEMA_RELEASE:
		if (semaphore(gpu, &value, true))
			return;
		break;
	}
	cache_error(gpu, m, 0);
}

static void engine_method(struct gpu *gpu, unsigned int channel, struct method *m)
{
	struct ramht_entry entry;

	if ((REG(gpu, CACHE1_ENGINE) >> m->subchannel * 4 & 15) != ENGINE_GRAPHICS) {
		cache_error(gpu, m, PULL0_SOFTWARE);
		return;
	}
	if (m->address >= METHOD_FIRST_OBJECT && m->address <= METHOD_LAST_OBJECT) {
		if (!find_object(gpu, channel, m, &entry))
			return;
		m->data = entry.instance;
	}
	gr_method(gpu, channel, m);
}

static void pull(struct gpu *gpu, unsigned int channel, struct method *m)
{
	if (m->address < METHOD_NOP)
		host_method(gpu, channel, m);
	else
		engine_method(gpu, channel, m);
}

/* A channel may ask to wait until a semaphore has a value; others go on meanwhile. */
static bool must_wait(struct gpu *gpu, unsigned int channel, const struct method *m)
{
	uint32_t value;

	if (m->address != METHOD_SEMA_ACQUIRE)
		return false;
	if (!semaphore(gpu, &value, false) || value == m->data) {
		gpu->waiting &= ~(1u << channel);
		return false;
	}
	REG(gpu, CACHE1_ACQUIRE_VALUE) = m->data;
	gpu->waiting |= 1u << channel;
	gpu->retry = timer_now(gpu) + RETRY_NS;
	gpu->slice = 0;
	return true;
}

static bool fetch(struct gpu *gpu, uint32_t at, uint32_t *word)
{
	struct dma_object object;
	bool good;

	pthread_rwlock_rdlock(&gpu->bus.lock);
	good = dma_load(&gpu->memory, REG(gpu, CACHE1_DMA_INSTANCE) << 4, &object) &&
	       dma_read(&gpu->memory, &object, at, word, sizeof(*word));
	pthread_rwlock_unlock(&gpu->bus.lock);
	return good;
}

/* Take one word of the loaded channel. */
static void step(struct gpu *gpu)
{
	unsigned int channel = loaded(gpu);
	enum push_error error = PUSH_NO_MEMORY;
	bool is_method = false;
	struct method m;
	struct pusher p;
	uint32_t word;

	if (gpu->fresh & 1u << channel) {
		gr_forget(&gpu->gr.channel[channel]);
		gpu->fresh &= ~(1u << channel);
	}
	get_pusher(gpu, &p);
	if (fetch(gpu, p.get, &word))
		error = push_word(&p, word, &m, &is_method);
	if (error) {
		pusher_error(gpu, error);
		return;
	}
	if (is_method && must_wait(gpu, channel, &m))
		return;
	/* Before the method, during which the driver may take the channel away */
	set_pusher(gpu, &p);
	gpu->slice--;
	if (!is_method)
		return;
	gpu->fault.methods++;
	pull(gpu, channel, &m);
}

/* The driver turned the puller on again without skipping what it could not do. */
static bool replay(struct gpu *gpu)
{
	uint32_t get = REG(gpu, CACHE1_GET) & 0x7fc;
	uint32_t address = REG(gpu, CACHE1_METHOD + get * 2);
	struct method m = {
		.subchannel = address >> 13 & 7,
		.address = address & 0x1ffc,
		.data = REG(gpu, CACHE1_METHOD + get * 2 + 4),
	};

	if (REG(gpu, CACHE1_GET) == REG(gpu, CACHE1_PUT))
		return false;
	REG(gpu, CACHE1_GET) = REG(gpu, CACHE1_PUT);
	if (loaded(gpu) != NO_CHANNEL)
		pull(gpu, loaded(gpu), &m);
	return true;
}

void gpu_wake(struct gpu *gpu)
{
	pthread_cond_signal(&gpu->work);
}

/* Until somebody wakes us, the alarm is due, or a semaphore should be looked at */
static void rest(struct gpu *gpu, uint64_t alarm)
{
	uint64_t ns = alarm && alarm < 100000000 ? alarm : 100000000;
	struct timespec until;

	if (gpu->waiting && ns > RETRY_NS)
		ns = RETRY_NS;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += ns;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&gpu->work, &gpu->lock, &until);
}

static bool advance(struct gpu *gpu)
{
	if (!choose(gpu))
		return false;
	step(gpu);
	return true;
}

/* Registers come first: a channel that never ends must not keep them waiting. */
static void let_others(struct gpu *gpu)
{
	if (!__atomic_load_n(&gpu->callers, __ATOMIC_RELAXED))
		return;
	pthread_mutex_unlock(&gpu->lock);
	while (__atomic_load_n(&gpu->callers, __ATOMIC_RELAXED))
		sched_yield();
	pthread_mutex_lock(&gpu->lock);
}

void *pfifo_run(void *data)
{
	struct gpu *gpu = data;
	uint64_t alarm;

	pthread_mutex_lock(&gpu->lock);
	while (!gpu->stop) {
		alarm = timer_check(gpu);
		if (!enabled(gpu) || (!replay(gpu) && !advance(gpu)))
			rest(gpu, alarm);
		let_others(gpu);
	}
	pthread_mutex_unlock(&gpu->lock);
	return NULL;
}
