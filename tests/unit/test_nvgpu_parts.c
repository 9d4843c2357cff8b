// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parts of the GPU in tests/nvgpu, one by one: push buffers, hash table, DMA
 * objects, VBIOS
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "nvgpu.h"
#include "push.h"
#include "ramht.h"
#include "vbios.h"

static struct method method;
static bool is_method;

static enum push_error word(struct pusher *p, uint32_t w)
{
	return push_word(p, w, &method, &is_method);
}

static void check_method(struct pusher *p, uint32_t data, uint32_t address)
{
	assert_int_equal(word(p, data), PUSH_OK);
	assert_true(is_method);
	assert_int_equal(method.address, address);
	assert_int_equal(method.data, data);
	assert_int_equal(method.subchannel, 5);
}

static void push_increasing(void **state)
{
	struct pusher p = { .get = 0x100, .put = 0x110 };

	assert_int_equal(word(&p, 3 << 18 | 5 << 13 | 0x300), PUSH_OK);
	assert_false(is_method);
	/* What looks like a jump is data here. */
	check_method(&p, 0x20000000, 0x300);
	check_method(&p, 0x00000001, 0x304);
	assert_false(push_idle(&p));
	check_method(&p, 0x00020000, 0x308);
	assert_true(push_idle(&p));
	/* The next one is a command again. */
	assert_int_equal(word(&p, 0), PUSH_OK);
	assert_false(is_method);
	assert_int_equal(p.get, 0x114);
}

static void push_same(void **state)
{
	struct pusher p = { };

	assert_int_equal(word(&p, 0x40000000 | 2 << 18 | 5 << 13 | 0x400), PUSH_OK);
	check_method(&p, 7, 0x400);
	check_method(&p, 8, 0x400);
	assert_int_equal(p.count, 2);
}

static void push_jumps(void **state)
{
	struct pusher p = { .get = 0x40 };

	assert_int_equal(word(&p, 0x20000000 | 0x1234560), PUSH_OK);
	assert_int_equal(p.get, 0x1234560);
	assert_int_equal(word(&p, 0x23456788 | 1), PUSH_OK);
	assert_int_equal(p.get, 0x23456788);
}

static void push_calls(void **state)
{
	struct pusher p = { .get = 0x40 };

	assert_int_equal(word(&p, 0x8000 | 2), PUSH_OK);
	assert_int_equal(p.get, 0x8000);
	assert_int_equal(word(&p, 0x9000 | 2), PUSH_CALL_IN_CALL);
	assert_int_equal(p.get, 0x8000);
	assert_int_equal(word(&p, 0x00020000), PUSH_OK);
	assert_int_equal(p.get, 0x44);
	assert_int_equal(word(&p, 0x00020000), PUSH_NO_CALL);
}

static void push_bad(void **state)
{
	static const uint32_t bad[] = { 0x80000000, 0xa0000000, 0x60000000, 0x00030000, 0x40020000 };
	struct pusher p = { .get = 0x40 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(word(&p, bad[i]), PUSH_BAD_COMMAND);
		assert_int_equal(p.get, 0x40);
	}
}

static void hash_folds(void **state)
{
	assert_int_equal(ramht_hash(9, 0, 0), 0);
	assert_int_equal(ramht_hash(9, 0, 0x1ff), 0x1ff);
	assert_int_equal(ramht_hash(9, 0, 0x3ff), 0x1fe);
	assert_int_equal(ramht_hash(12, 0, 0xbeef3097), 0x097 ^ 0xef3 ^ 0xbe);
	assert_int_equal(ramht_hash(12, 3, 0xbeef3097), 0x097 ^ 0xef3 ^ 0xbe ^ 0x300);
	/* The channel's high bits fall off, they do not leave the table. */
	assert_true(ramht_hash(9, 31, 0xffffffff) < 512);
}

static void hash_finds(void **state)
{
	struct device *d = *state;
	struct ramht_entry e;

	device_name(d, 3, 0xbeef0001, 0x4000, ENGINE_GRAPHICS);
	device_name(d, 4, 0xbeef0001, 0x8000, ENGINE_SOFTWARE);
	device_name(d, 3, 0, 0xc000, ENGINE_GRAPHICS);
	assert_true(ramht_find(&d->gpu.memory, 3 << 24 | AT_RAMHT >> 8, 3, 0xbeef0001, &e));
	assert_int_equal(e.instance, 0x4000);
	assert_int_equal(e.engine, ENGINE_GRAPHICS);
	assert_true(ramht_find(&d->gpu.memory, 3 << 24 | AT_RAMHT >> 8, 4, 0xbeef0001, &e));
	assert_int_equal(e.instance, 0x8000);
	assert_int_equal(e.engine, ENGINE_SOFTWARE);
	assert_true(ramht_find(&d->gpu.memory, 3 << 24 | AT_RAMHT >> 8, 3, 0, &e));
	assert_int_equal(e.instance, 0xc000);
	assert_false(ramht_find(&d->gpu.memory, 3 << 24 | AT_RAMHT >> 8, 5, 0xbeef0001, &e));
	assert_false(ramht_find(&d->gpu.memory, 3 << 24 | AT_RAMHT >> 8, 4, 0, &e));
}

/* Entries that share a hash follow each other, also after one in between has gone. */
static void hash_collides(void **state)
{
	struct device *d = *state;
	struct ramht_entry e;

	device_name(d, 0, 0x10, 0x100, 1);
	device_name(d, 0, 0x10 << 9, 0x200, 1);
	device_name(d, 0, 0x10 << 18, 0x300, 1);
	inst_write(&d->gpu.memory, AT_RAMHT + 0x11 * 8, 0);
	inst_write(&d->gpu.memory, AT_RAMHT + 0x11 * 8 + 4, 0);
	assert_true(ramht_find(&d->gpu.memory, 3 << 24 | AT_RAMHT >> 8, 0, 0x10 << 18, &e));
	assert_int_equal(e.instance, 0x300);
	assert_false(ramht_find(&d->gpu.memory, 3 << 24 | AT_RAMHT >> 8, 0, 0x10 << 9, &e));
}

static void dma_linear(void **state)
{
	struct device *d = *state;
	struct dma_object o;
	size_t size = 100;

	assert_true(dma_load(&d->gpu.memory, AT_VRAM_OBJECT, &o));
	assert_ptr_equal(dma_at(&d->gpu.memory, &o, 0x12345, &size, true),
			 d->gpu.memory.vram + 0x12345);
	assert_int_equal(size, 100);
	assert_ptr_equal(dma_at(&d->gpu.memory, &o, VRAM_BYTES - 10, &size, true),
			 d->gpu.memory.vram + VRAM_BYTES - 10);
	assert_int_equal(size, 10);
	assert_null(dma_at(&d->gpu.memory, &o, VRAM_BYTES, &size, false));
	assert_null(dma_at(&d->gpu.memory, &o, UINT32_MAX, &size, false));
	assert_true(dma_load(&d->gpu.memory, AT_READ_OBJECT, &o));
	assert_non_null(dma_at(&d->gpu.memory, &o, 0, &size, false));
	assert_null(dma_at(&d->gpu.memory, &o, 0, &size, true));
	assert_false(dma_load(&d->gpu.memory, 0, &o));
}

/* An object that says it is larger than VRAM reaches no further than VRAM. */
static void dma_too_large(void **state)
{
	struct device *d = *state;
	struct dma_object o;
	size_t size = 100;

	inst_write(&d->gpu.memory, AT_VRAM_OBJECT + 4, UINT32_MAX);
	assert_true(dma_load(&d->gpu.memory, AT_VRAM_OBJECT, &o));
	assert_non_null(dma_at(&d->gpu.memory, &o, VRAM_BYTES - 10, &size, false));
	assert_int_equal(size, 10);
	assert_null(dma_at(&d->gpu.memory, &o, VRAM_BYTES, &size, false));
	assert_null(dma_at(&d->gpu.memory, &o, UINT32_MAX, &size, false));
}

static void dma_pages(void **state)
{
	struct device *d = *state;
	struct dma_object o;
	size_t size = 8192;
	uint32_t there = 0;

	device_map(d, 0, BUS_LOW + 0x3000, 3);
	device_map(d, 1, BUS_LOW + 0x1000, 1);
	device_map(d, 2, BUS_LOW + BUS_BYTES, 3);
	assert_true(dma_load(&d->gpu.memory, AT_TABLE_OBJECT, &o));
	assert_ptr_equal(dma_at(&d->gpu.memory, &o, 0x10, &size, true), d->memory + 0x3010);
	assert_int_equal(size, 4096 - 0x10);
	assert_ptr_equal(dma_at(&d->gpu.memory, &o, 0x1010, &size, false), d->memory + 0x1010);
	assert_null(dma_at(&d->gpu.memory, &o, 0x1010, &size, true));
	assert_null(dma_at(&d->gpu.memory, &o, 0x2000, &size, false));
	assert_null(dma_at(&d->gpu.memory, &o, 0x3000, &size, false));
	/* Two pages that are apart */
	d->memory[0x3ffe] = 0x11;
	d->memory[0x3fff] = 0x22;
	d->memory[0x1000] = 0x33;
	d->memory[0x1001] = 0x44;
	assert_true(dma_read(&d->gpu.memory, &o, 0xffe, &there, sizeof(there)));
	assert_int_equal(there, 0x44332211);
	assert_false(dma_write(&d->gpu.memory, &o, 0xffe, &there, sizeof(there)));
}

/* A table at the end of instance memory ends there. */
static void dma_table_at_end(void **state)
{
	struct device *d = *state;
	struct dma_object o;
	size_t size = 4;

	inst_write(&d->gpu.memory, INST_SIZE - 16, 0x0002103d);
	inst_write(&d->gpu.memory, INST_SIZE - 12, UINT32_MAX);
	inst_write(&d->gpu.memory, INST_SIZE - 8, BUS_LOW | 3);
	assert_true(dma_load(&d->gpu.memory, INST_SIZE - 16, &o));
	assert_non_null(dma_at(&d->gpu.memory, &o, 0, &size, false));
	assert_null(dma_at(&d->gpu.memory, &o, 0x2000, &size, false));
	assert_null(dma_at(&d->gpu.memory, &o, 0xfffff000, &size, false));
}

static void bus_regions(void **state)
{
	struct device *d = *state;
	static uint8_t memory[8192];
	size_t size = 8192;

	assert_int_equal(bus_add(&d->gpu.bus, BUS_BASE, 8192, memory, false), 0);
	assert_int_equal(bus_add(&d->gpu.bus, BUS_BASE + 4096, 8192, memory, false), -EEXIST);
	assert_int_equal(bus_add(&d->gpu.bus, 0, 0, memory, false), -EINVAL);
	assert_int_equal(bus_add(&d->gpu.bus, UINT64_MAX - 10, 4096, memory, false), -EINVAL);
	assert_ptr_equal(bus_at(&d->gpu.bus, BUS_BASE + 4096, &size, false), memory + 4096);
	assert_int_equal(size, 4096);
	assert_null(bus_at(&d->gpu.bus, BUS_BASE, &size, true));
	assert_null(bus_at(&d->gpu.bus, BUS_BASE + 8192, &size, false));
	assert_int_equal(bus_unmap(&d->gpu.bus, BUS_BASE, 4096), -ENOENT);
	assert_int_equal(bus_unmap(&d->gpu.bus, BUS_BASE, 8192), 0);
	assert_null(bus_at(&d->gpu.bus, BUS_BASE, &size, false));
}

static uint32_t at16(const uint8_t *image, unsigned int at)
{
	return image[at] | image[at + 1] << 8;
}

static void vbios_is_whole(void **state)
{
	uint8_t image[VBIOS_SIZE], sum = 0;
	unsigned int i, pcir, dcb;

	vbios_make(image);
	for (i = 0; i < VBIOS_SIZE; i++)
		sum += image[i];
	assert_int_equal(sum, 0);
	assert_int_equal(at16(image, 0), 0xaa55);
	pcir = at16(image, 0x18);
	assert_memory_equal(image + pcir, "PCIR", 4);
	assert_int_equal(at16(image, pcir + 16) * 512, VBIOS_SIZE);
	dcb = at16(image, 0x36);
	assert_int_equal(at16(image, dcb + 6) | at16(image, dcb + 8) << 16, 0x4edcbdcb);
	assert_non_null(memmem(image, VBIOS_SIZE, "\xff\xb8\x42IT", 5));
}

int main(void)
{
	const struct unit_case tests[] = {
		cmocka_unit_test(push_increasing),
		cmocka_unit_test(push_same),
		cmocka_unit_test(push_jumps),
		cmocka_unit_test(push_calls),
		cmocka_unit_test(push_bad),
		cmocka_unit_test(hash_folds),
		cmocka_unit_test_setup_teardown(hash_finds, device_setup, device_teardown),
		cmocka_unit_test_setup_teardown(hash_collides, device_setup, device_teardown),
		cmocka_unit_test_setup_teardown(dma_linear, device_setup, device_teardown),
		cmocka_unit_test_setup_teardown(dma_too_large, device_setup, device_teardown),
		cmocka_unit_test_setup_teardown(dma_pages, device_setup, device_teardown),
		cmocka_unit_test_setup_teardown(dma_table_at_end, device_setup, device_teardown),
		cmocka_unit_test_setup_teardown(bus_regions, device_setup, device_teardown),
		cmocka_unit_test(vbios_is_whole),
	};

	return cmocka_run_group_tests_name("nvgpu: parts", tests, NULL, NULL);
}
