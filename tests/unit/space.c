// SPDX-License-Identifier: GPL-2.0-only
/*
 * space.c: see space.h
 */
#include "space.h"

static u8 program_bytes[SPACE_SIZE];
static u8 arena_bytes[SPACE_SIZE];

struct space program = { .base = PROGRAM_BASE, .bytes = program_bytes };
struct space arena = { .base = ARENA_BASE, .bytes = arena_bytes };

u32 alloc_calls;
u32 alloc_fail_at;

void *test_alloc(size_t size)
{
	if (++alloc_calls == alloc_fail_at)
		return NULL;
	return malloc(size);
}

static void space_new(struct space *s, s64 now)
{
	/* Nothing is ever written behind what has been handed out */
	memset(s->bytes, 0, s->used);
	s->hole_len = 0;
	s->now = now;
	s->calls = 0;
	s->fail_at = 0;
	s->used = 4096;
}

void space_reset(void)
{
	space_new(&program, 1000000000000ll);
	space_new(&arena, 77000000000ll);
	alloc_calls = 0;
	alloc_fail_at = 0;
}

static u8 *space_access(struct space *s, u64 addr, size_t len)
{
	if (++s->calls == s->fail_at)
		return NULL;
	if (addr < s->base || addr - s->base > SPACE_SIZE ||
	    len > SPACE_SIZE - (addr - s->base))
		return NULL;
	if (s->hole_len && addr < s->hole + s->hole_len &&
	    s->hole < addr + len)
		return NULL;
	return s->bytes + (addr - s->base);
}

int space_read(struct space *s, void *dst, u64 addr, size_t len)
{
	const u8 *from = space_access(s, addr, len);

	if (!len)
		return 0;
	if (!from)
		return -EFAULT;
	memcpy(dst, from, len);
	return 0;
}

int space_write(struct space *s, u64 addr, const void *src, size_t len)
{
	u8 *to = space_access(s, addr, len);

	if (!len)
		return 0;
	if (!to)
		return -EFAULT;
	memcpy(to, src, len);
	return 0;
}

static int space_zero(struct space *s, u64 addr, size_t len)
{
	u8 *to = space_access(s, addr, len);

	if (!to)
		return -EFAULT;
	memset(to, 0, len);
	return 0;
}

static long space_str(struct space *s, void *dst, u64 addr, size_t len)
{
	size_t n;

	for (n = 0; n < len; n++) {
		const u8 *from = space_access(s, addr + n, 1);

		if (!from)
			return -EFAULT;
		((u8 *)dst)[n] = *from;
		if (!*from)
			return n + 1;
	}
	return n;
}

u64 space_put(struct space *s, const void *src, size_t len)
{
	u64 addr = s->base + s->used;

	memcpy(s->bytes + s->used, src, len);
	s->used = ALIGN(s->used + (u32)len + 1, 16);
	return addr;
}

void *space_at(struct space *s, u64 addr)
{
	return s->bytes + (addr - s->base);
}

bool space_leaks(const struct space *s, const void *bytes, size_t len)
{
	const u8 *b = bytes;
	size_t i;

	for (i = 0; i + 8 <= len; i++) {
		u64 value;

		memcpy(&value, b + i, sizeof(value));
		if (value >= s->base && value < s->base + SPACE_SIZE)
			return true;
	}
	return false;
}

static int program_in(void *dst, u64 addr, size_t len)
{
	return space_read(&program, dst, addr, len);
}

static int program_out(u64 addr, const void *src, size_t len)
{
	return space_write(&program, addr, src, len);
}

static int program_zero(u64 addr, size_t len)
{
	return space_zero(&program, addr, len);
}

static long program_str(void *dst, u64 addr, size_t len)
{
	return space_str(&program, dst, addr, len);
}

static s64 program_now(void)
{
	return program.now;
}

const struct pvdrm_mem program_mem = {
	.in = program_in,
	.out = program_out,
	.zero = program_zero,
	.str = program_str,
	.now = program_now,
};

static int arena_in(void *dst, u64 addr, size_t len)
{
	return space_read(&arena, dst, addr, len);
}

static int arena_out(u64 addr, const void *src, size_t len)
{
	return space_write(&arena, addr, src, len);
}

static int arena_zero(u64 addr, size_t len)
{
	return space_zero(&arena, addr, len);
}

static long arena_str(void *dst, u64 addr, size_t len)
{
	return space_str(&arena, dst, addr, len);
}

static s64 arena_now(void)
{
	return arena.now;
}

const struct pvdrm_mem arena_mem = {
	.in = arena_in,
	.out = arena_out,
	.zero = arena_zero,
	.str = arena_str,
	.now = arena_now,
};

static u32 random_state = 1;

void test_random_seed(u32 seed)
{
	random_state = seed * 2654435761u + 1;
}

u32 test_random(void)
{
	/* xorshift32 */
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state;
}

void test_random_fill(void *bytes, size_t len)
{
	u8 *b = bytes;

	while (len--)
		*b++ = test_random() >> 11;
}
