// SPDX-License-Identifier: GPL-2.0-only
/*
 * The GPU in tests/nvgpu at work: channels, engines, faults
 *
 * As a driver does: words in a push buffer in VRAM, PUT, then a look at GET.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "nvgpu.h"
#include "ramht.h"
#include "regs.h"

#define H_VRAM		0xbeef0201
#define H_PAGES		0xbeef0202
#define H_COPY		0xbeef0039
#define H_SURFACES	0xbeef3062
#define H_RECT		0xbeef004a
#define H_BLIT		0xbeef009f
#define H_CURIE		0xbeef4097
#define H_SOFTWARE	0xbeef506e
#define AT_CLASSES	0x60000u

#define PUSH_BYTES	0x10000u	/* of each channel, from the beginning of VRAM */
#define DATA		0x200000u	/* in VRAM */
#define PATIENCE	2000		/* ms */

static pthread_t thread;
static uint32_t put[CHANNELS];

static void class_object(struct device *d, unsigned int channel, uint32_t handle, unsigned int n,
			 uint32_t class, unsigned int engine)
{
	inst_write(&d->gpu.memory, AT_CLASSES + n * 32, class);
	device_name(d, channel, handle, AT_CLASSES + n * 32, engine);
}

static uint32_t ramfc(unsigned int channel)
{
	return AT_RAMFC + channel * 128;
}

static void open_channel(struct device *d, unsigned int channel)
{
	uint32_t begin = channel * PUSH_BYTES;

	device_name(d, channel, H_VRAM, AT_VRAM_OBJECT, ENGINE_SOFTWARE);
	device_name(d, channel, H_PAGES, AT_TABLE_OBJECT, ENGINE_SOFTWARE);
	class_object(d, channel, H_COPY, 0, 0x39, ENGINE_GRAPHICS);
	class_object(d, channel, H_SURFACES, 1, 0x3062, ENGINE_GRAPHICS);
	class_object(d, channel, H_RECT, 2, 0x4a, ENGINE_GRAPHICS);
	class_object(d, channel, H_BLIT, 3, 0x9f, ENGINE_GRAPHICS);
	class_object(d, channel, H_CURIE, 4, 0x4097, ENGINE_GRAPHICS);
	class_object(d, channel, H_SOFTWARE, 5, 0x6e, ENGINE_SOFTWARE);
	inst_write(&d->gpu.memory, ramfc(channel), begin);
	inst_write(&d->gpu.memory, ramfc(channel) + 4, begin);
	inst_write(&d->gpu.memory, ramfc(channel) + 0xc, AT_VRAM_OBJECT >> 4);
	put[channel] = begin;
}

static void write_reg(struct device *d, uint32_t address, uint32_t value)
{
	gpu_lock(&d->gpu);
	mmio_write(&d->gpu, address, value, 4);
	gpu_unlock(&d->gpu);
}

static uint32_t read_reg(struct device *d, uint32_t address)
{
	uint32_t value;

	gpu_lock(&d->gpu);
	value = mmio_read(&d->gpu, address, 4);
	gpu_unlock(&d->gpu);
	return value;
}

static int setup(void **state)
{
	struct device *d;
	unsigned int page;

	if (device_setup(state))
		return -1;
	d = *state;
	for (page = 0; page < BUS_BYTES / 4096; page++)
		device_map(d, page, BUS_LOW + (page ^ 1) * 4096, 3);
	open_channel(d, 0);
	open_channel(d, 1);
	if (pthread_create(&thread, NULL, pfifo_run, &d->gpu))
		return -1;
	write_reg(d, PFIFO_INTR_EN, UINT32_MAX);
	write_reg(d, PGRAPH_INTR_EN, UINT32_MAX);
	write_reg(d, PMC_INTR_EN, 1);
	write_reg(d, CACHE1_PUSH0, 1);
	write_reg(d, CACHE1_PULL0, 1);
	write_reg(d, PFIFO_CACHES, 1);
	write_reg(d, PFIFO_MODE, 3);
	return 0;
}

static int teardown(void **state)
{
	struct device *d = *state;

	gpu_lock(&d->gpu);
	d->gpu.stop = true;
	gpu_wake(&d->gpu);
	gpu_unlock(&d->gpu);
	pthread_join(thread, NULL);
	return device_teardown(state);
}

static void out(struct device *d, unsigned int channel, uint32_t word)
{
	memcpy(d->gpu.memory.vram + put[channel], &word, 4);
	put[channel] += 4;
}

static void method(struct device *d, unsigned int channel, unsigned int subchannel, uint32_t address,
		   uint32_t data)
{
	out(d, channel, 1 << 18 | subchannel << 13 | address);
	out(d, channel, data);
}

static void kick(struct device *d, unsigned int channel)
{
	write_reg(d, USER + channel * 0x1000 + USER_PUT, put[channel]);
}

/* Does register @address come to have @value in @mask? */
static bool comes(struct device *d, uint32_t address, uint32_t mask, uint32_t value, int ms)
{
	for (; ms; ms--) {
		if ((read_reg(d, address) & mask) == value)
			return true;
		usleep(1000);
	}
	return false;
}

static bool done(struct device *d, unsigned int channel)
{
	static uint32_t reference;

	method(d, channel, 0, 0x50, ++reference);
	kick(d, channel);
	return comes(d, USER + channel * 0x1000 + USER_REF, UINT32_MAX, reference, PATIENCE);
}

static void set_copy(struct device *d, unsigned int channel, uint32_t from, uint32_t to)
{
	method(d, channel, 1, 0, H_COPY);
	method(d, channel, 1, 0x184, from);
	method(d, channel, 1, 0x188, to);
}

static void copy(struct device *d, unsigned int channel, uint32_t in, uint32_t out_at,
		 uint32_t pitch_in, uint32_t pitch_out, uint32_t length, uint32_t lines)
{
	method(d, channel, 1, 0x30c, in);
	method(d, channel, 1, 0x310, out_at);
	method(d, channel, 1, 0x314, pitch_in);
	method(d, channel, 1, 0x318, pitch_out);
	method(d, channel, 1, 0x31c, length);
	method(d, channel, 1, 0x320, lines);
	method(d, channel, 1, 0x324, 0x101);
	method(d, channel, 1, 0x328, 0);
}

static uint8_t pattern(unsigned int i)
{
	return i * 7 + i / 256;
}

/* From VRAM to pages in another order, lines closer together, and back */
static void copies(void **state)
{
	struct device *d = *state;
	uint8_t *vram = d->gpu.memory.vram + DATA;
	unsigned int i, at;

	for (i = 0; i < 0x8000; i++)
		vram[i] = pattern(i);
	set_copy(d, 0, H_VRAM, H_PAGES);
	copy(d, 0, DATA, 0x100, 0x400, 0x300, 0x300, 16);
	assert_true(done(d, 0));
	for (i = 0; i < 16 * 0x300; i++) {
		at = 0x100 + i;
		assert_int_equal(d->memory[at ^ 0x1000], pattern(i / 0x300 * 0x400 + i % 0x300));
	}
	set_copy(d, 0, H_PAGES, H_VRAM);
	copy(d, 0, 0x100, DATA + 0x10000, 0x300, 0x300, 0x300, 16);
	assert_true(done(d, 0));
	for (i = 0; i < 16 * 0x300; i++)
		assert_int_equal(vram[0x10000 + i], pattern(i / 0x300 * 0x400 + i % 0x300));
	assert_int_equal(vram[0x10000 + 16 * 0x300], 0);
}

static void copy_beyond(void **state)
{
	struct device *d = *state;

	set_copy(d, 0, H_VRAM, H_PAGES);
	copy(d, 0, DATA, BUS_BYTES - 16, 0, 0, 32, 1);
	kick(d, 0);
	assert_true(comes(d, PGRAPH_INTR, PGRAPH_INTR_ERROR, PGRAPH_INTR_ERROR, PATIENCE));
	assert_int_equal(read_reg(d, PGRAPH_NSOURCE), GR_BAD_WRITE);
	assert_int_equal(read_reg(d, PMC_INTR), PMC_INTR_GRAPH);
	/* Handled as a driver does, it goes on. */
	write_reg(d, PGRAPH_INTR, PGRAPH_INTR_ERROR);
	write_reg(d, PGRAPH_FIFO, 1);
	assert_true(done(d, 0));
	assert_int_equal(read_reg(d, PMC_INTR), 0);
}

static void set_surfaces(struct device *d, uint32_t pitch)
{
	method(d, 0, 2, 0, H_SURFACES);
	method(d, 0, 2, 0x184, H_VRAM);
	method(d, 0, 2, 0x188, H_VRAM);
	method(d, 0, 2, 0x300, 10);
	method(d, 0, 2, 0x304, pitch << 16 | pitch);
	method(d, 0, 2, 0x308, DATA);
	method(d, 0, 2, 0x30c, DATA);
}

static uint32_t pixel(struct device *d, unsigned int x, unsigned int y)
{
	uint32_t value;

	memcpy(&value, d->gpu.memory.vram + DATA + y * 256 + x * 4, 4);
	return value;
}

static void rectangles(void **state)
{
	struct device *d = *state;
	unsigned int x, y;

	set_surfaces(d, 256);
	method(d, 0, 3, 0, H_RECT);
	method(d, 0, 3, 0x2fc, 3);
	method(d, 0, 3, 0x3fc, 0x11223344);
	method(d, 0, 3, 0x400, 5 << 16 | 7);
	method(d, 0, 3, 0x404, 20 << 16 | 10);
	/* The same moved by (3, 2), which overlaps */
	method(d, 0, 4, 0, H_BLIT);
	method(d, 0, 4, 0x2fc, 3);
	method(d, 0, 4, 0x300, 6 << 16 | 4);
	method(d, 0, 4, 0x304, 8 << 16 | 7);
	method(d, 0, 4, 0x308, 12 << 16 | 22);
	assert_true(done(d, 0));
	for (y = 0; y < 30; y++)
		for (x = 0; x < 60; x++) {
			bool in_copy = x >= 7 && x < 29 && y >= 8 && y < 20;
			bool first = x >= 5 && x < 25 && y >= 7 && y < 17;
			bool moved = x >= 8 && x < 28 && y >= 9 && y < 19;

			assert_int_equal(pixel(d, x, y), (in_copy ? moved : first) ? 0x11223344 : 0);
		}
}

static void clears(void **state)
{
	struct device *d = *state;
	unsigned int x, y;

	method(d, 0, 5, 0, H_CURIE);
	method(d, 0, 5, 0x194, H_VRAM);
	method(d, 0, 5, 0x200, 50 << 16);
	method(d, 0, 5, 0x204, 20 << 16);
	method(d, 0, 5, 0x208, 0x148);
	method(d, 0, 5, 0x20c, 256);
	method(d, 0, 5, 0x210, DATA);
	method(d, 0, 5, 0x220, 1);
	method(d, 0, 5, 0x8c0, 4096 << 16 | 10);
	method(d, 0, 5, 0x8c4, 5 << 16 | 3);
	method(d, 0, 5, 0x1d90, 0xaabbccdd);
	method(d, 0, 5, 0x1d94, 0xf0);
	/* Red and blue alone, of all */
	method(d, 0, 5, 0x8c0, 4096 << 16);
	method(d, 0, 5, 0x8c4, 4096 << 16);
	method(d, 0, 5, 0x1d90, 0x11223344);
	method(d, 0, 5, 0x1d94, 0x50);
	assert_true(done(d, 0));
	for (y = 0; y < 25; y++)
		for (x = 0; x < 60; x++) {
			bool first = x >= 10 && x < 50 && y >= 3 && y < 8;
			bool second = x < 50 && y < 20;

			assert_int_equal(pixel(d, x, y), !second ? 0 : first ? 0xaa22cc44 :
					 0x00220044);
		}
}

/* Semaphores: one channel waits for the other, which goes on meanwhile. */
static void semaphores(void **state)
{
	struct device *d = *state;

	method(d, 0, 0, 0x60, H_VRAM);
	method(d, 0, 0, 0x64, 0x800);
	method(d, 0, 0, 0x68, 77);
	method(d, 0, 0, 0x50, 0xa0);
	kick(d, 0);
	/* In VRAM the first 64 KiB are channel 0's own words; 0x800 is behind them. */
	assert_true(done(d, 1));
	assert_int_not_equal(read_reg(d, USER + USER_REF), 0xa0);
	method(d, 1, 0, 0x60, H_VRAM);
	method(d, 1, 0, 0x64, 0x800);
	method(d, 1, 0, 0x6c, 77);
	kick(d, 1);
	assert_true(comes(d, USER + USER_REF, UINT32_MAX, 0xa0, PATIENCE));
}

/* What a driver does with a method of software (nv04_fifo_intr_cache_error) */
static void skip_method(struct device *d)
{
	uint32_t get = read_reg(d, CACHE1_GET);

	write_reg(d, PFIFO_INTR, PFIFO_INTR_CACHE_ERROR);
	write_reg(d, CACHE1_GET, get + 4);
	write_reg(d, CACHE1_PULL0, 1);
}

static void software(void **state)
{
	struct device *d = *state;
	uint32_t get;

	method(d, 0, 6, 0, H_SOFTWARE);
	method(d, 0, 6, 0x500, 0x1234);
	kick(d, 0);
	assert_true(comes(d, PFIFO_INTR, 1, 1, PATIENCE));
	assert_true(read_reg(d, CACHE1_PULL0) & PULL0_SOFTWARE);
	assert_int_equal(read_reg(d, CACHE1_HASH), (AT_CLASSES + 5 * 32) >> 4);
	skip_method(d);
	assert_true(comes(d, PFIFO_INTR, 1, 1, PATIENCE));
	get = read_reg(d, CACHE1_GET) & 0x7fc;
	assert_int_equal(read_reg(d, CACHE1_METHOD + get * 2), 6 << 13 | 0x500);
	assert_int_equal(read_reg(d, CACHE1_METHOD + get * 2 + 4), 0x1234);
	/* The puller turned on again without skipping it: it is tried again. */
	write_reg(d, PFIFO_INTR, PFIFO_INTR_CACHE_ERROR);
	write_reg(d, CACHE1_PULL0, 1);
	assert_true(comes(d, PFIFO_INTR, 1, 1, PATIENCE));
	skip_method(d);
	assert_true(done(d, 0));
}

static void unknown_handle(void **state)
{
	struct device *d = *state;

	method(d, 0, 1, 0, 0xdeadbeef);
	kick(d, 0);
	assert_true(comes(d, PFIFO_INTR, 1, 1, PATIENCE));
	assert_true(read_reg(d, CACHE1_PULL0) & PULL0_HASH_FAILED);
	skip_method(d);
	assert_true(done(d, 0));
}

/* Words that are no commands, and a buffer that is not there */
static void bad_words(void **state)
{
	struct device *d = *state;

	out(d, 0, 0xe0000000);
	kick(d, 0);
	assert_true(comes(d, PFIFO_INTR, PFIFO_INTR_DMA_PUSHER, PFIFO_INTR_DMA_PUSHER, PATIENCE));
	assert_int_equal(read_reg(d, CACHE1_DMA_STATE) >> PUSH_ERROR_SHIFT, PUSH_BAD_COMMAND);
	write_reg(d, CACHE1_DMA_GET, put[0]);
	write_reg(d, CACHE1_DMA_STATE, 0);
	write_reg(d, PFIFO_INTR, PFIFO_INTR_DMA_PUSHER);
	out(d, 0, (VRAM_BYTES + 0x1000) | 1);
	kick(d, 0);
	assert_true(comes(d, PFIFO_INTR, PFIFO_INTR_DMA_PUSHER, PFIFO_INTR_DMA_PUSHER, PATIENCE));
	assert_int_equal(read_reg(d, CACHE1_DMA_STATE) >> PUSH_ERROR_SHIFT, PUSH_NO_MEMORY);
	write_reg(d, CACHE1_DMA_GET, put[0]);
	write_reg(d, CACHE1_DMA_STATE, 0);
	write_reg(d, PFIFO_INTR, PFIFO_INTR_DMA_PUSHER);
	assert_true(done(d, 0));
}

/* A channel that jumps to where it is for ever stops nobody else. */
static void endless(void **state)
{
	struct device *d = *state;

	out(d, 0, put[0] | 1);
	kick(d, 0);
	assert_true(done(d, 1));
	assert_true(done(d, 1));
}

static void fault(struct device *d, uint32_t word)
{
	gpu_lock(&d->gpu);
	fault_command(&d->gpu, word);
	gpu_unlock(&d->gpu);
}

static void hangs(void **state)
{
	struct device *d = *state;

	assert_true(done(d, 0));
	fault(d, FAULT_WORD(FAULT_HANG, 0));
	method(d, 0, 0, 0x50, 0xa0);
	kick(d, 0);
	assert_true(done(d, 1));
	assert_false(comes(d, USER + USER_REF, UINT32_MAX, 0xa0, 30));
	fault(d, FAULT_WORD(FAULT_RESUME, 0));
	assert_true(comes(d, USER + USER_REF, UINT32_MAX, 0xa0, PATIENCE));
}

static void bad_method(void **state)
{
	struct device *d = *state;

	set_copy(d, 0, H_VRAM, H_VRAM);
	assert_true(done(d, 0));
	fault(d, FAULT_WORD(FAULT_METHOD, 0));
	method(d, 0, 1, 0x100, 0);
	kick(d, 0);
	assert_true(comes(d, PGRAPH_INTR, PGRAPH_INTR_ERROR, PGRAPH_INTR_ERROR, PATIENCE));
	assert_int_equal(read_reg(d, PGRAPH_NSOURCE), GR_BAD_METHOD);
	assert_int_equal(read_reg(d, PGRAPH_SUBC_CLASS + 4), 0x39);
}

/* While an engine works, registers can be read, and it says that it is busy. */
static void delays(void **state)
{
	struct device *d = *state;

	set_copy(d, 0, H_VRAM, H_VRAM);
	assert_true(done(d, 0));
	fault(d, FAULT_WORD(FAULT_DELAY, 300));
	copy(d, 0, DATA, DATA + 0x1000, 0, 0, 32, 1);
	method(d, 0, 0, 0x50, 0xa0);
	kick(d, 0);
	assert_true(comes(d, PGRAPH_STATUS, 1, 1, PATIENCE));
	assert_int_not_equal(read_reg(d, USER + USER_REF), 0xa0);
	assert_true(comes(d, USER + USER_REF, UINT32_MAX, 0xa0, PATIENCE));
	assert_int_equal(read_reg(d, PGRAPH_STATUS), 0);
}

/* A new channel of the same number has neither the old one's objects nor its fault. */
static void begins_anew(void **state)
{
	struct device *d = *state;

	set_copy(d, 0, H_VRAM, H_VRAM);
	assert_true(done(d, 0));
	fault(d, FAULT_WORD(FAULT_HANG, 0));
	write_reg(d, PFIFO_MODE, 2);
	write_reg(d, PFIFO_MODE, 3);
	method(d, 0, 1, 0x100, 0);
	kick(d, 0);
	assert_true(comes(d, PGRAPH_INTR, PGRAPH_INTR_ERROR, PGRAPH_INTR_ERROR, PATIENCE));
}

static uint64_t events(int fd)
{
	uint64_t count = 0;

	return read(fd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

static void interrupts(void **state)
{
	struct device *d = *state;
	int fd[2];

	assert_int_equal(pipe(fd), 0);
	gpu_lock(&d->gpu);
	irq_listen(&d->gpu.irq, fd[1]);
	gpu_unlock(&d->gpu);
	fault(d, FAULT_WORD(FAULT_DROP, 1));
	method(d, 0, 1, 0, 0xdeadbeef);
	kick(d, 0);
	assert_true(comes(d, PMC_INTR, PMC_INTR_FIFO, PMC_INTR_FIFO, PATIENCE));
	gpu_lock(&d->gpu);
	assert_true(d->gpu.irq.lost);
	assert_false(d->gpu.irq.masked);
	gpu_unlock(&d->gpu);
	fault(d, FAULT_WORD(FAULT_NONE, 0));
	assert_int_equal(events(fd[0]), 1);
	/* Masked until the emulator unmasks, then again if the level is still there */
	gpu_lock(&d->gpu);
	assert_true(d->gpu.irq.masked);
	irq_mask(&d->gpu.irq, false);
	gpu_unlock(&d->gpu);
	assert_int_equal(events(fd[0]), 1);
	close(fd[0]);
}

/* The channel's state goes to RAMFC and comes back */
static void switches(void **state)
{
	struct device *d = *state;
	unsigned int i;

	for (i = 0; i < 20; i++) {
		method(d, 0, 0, 0x50, 0x1000 + i);
		method(d, 1, 0, 0x50, 0x2000 + i);
		kick(d, 0);
		kick(d, 1);
		assert_true(comes(d, USER + USER_REF, UINT32_MAX, 0x1000 + i, PATIENCE));
		assert_true(comes(d, USER + 0x1000 + USER_REF, UINT32_MAX, 0x2000 + i, PATIENCE));
	}
	assert_int_equal(read_reg(d, USER + USER_GET), put[0]);
	assert_int_equal(read_reg(d, USER + 0x1000 + USER_GET), put[1]);
	assert_int_equal(read_reg(d, USER + 0x20000), 0);
}

#define WORK(test)	cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct unit_case tests[] = {
		WORK(copies),
		WORK(copy_beyond),
		WORK(rectangles),
		WORK(clears),
		WORK(semaphores),
		WORK(software),
		WORK(unknown_handle),
		WORK(bad_words),
		WORK(endless),
		WORK(hangs),
		WORK(bad_method),
		WORK(delays),
		WORK(begins_anew),
		WORK(interrupts),
		WORK(switches),
	};

	return cmocka_run_group_tests_name("nvgpu: work", tests, NULL, NULL);
}
