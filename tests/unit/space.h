/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * space.h: address spaces for the tests: a program's and a serving process's
 *
 * Addresses are made up, so that one which gets into the wrong space faults.
 */
#ifndef PVDRM_TEST_SPACE_H
#define PVDRM_TEST_SPACE_H

#include "engine.h"

#define SPACE_SIZE	(3u << 20)
#define PROGRAM_BASE	0x0000aaaa12340000ull
#define ARENA_BASE	0x0000ff7765430000ull
#define BAD_ADDRESS	0x0000ffffeeeeddddull

/**
 * struct space - one process's memory
 * @base: address of its first byte
 * @bytes: SPACE_SIZE bytes
 * @hole: address of bytes that cannot be touched
 * @hole_len: their number
 * @now: what CLOCK_MONOTONIC says there
 * @calls: accesses so far
 * @fail_at: the access that fails, counting from 1; 0: none
 * @used: for space_put(): bytes handed out, from the first one on
 */
struct space {
	u64 base;
	u8 *bytes;
	u64 hole;
	u64 hole_len;
	s64 now;
	u32 calls;
	u32 fail_at;
	u32 used;
};

extern struct space program;
extern struct space arena;
extern const struct pvdrm_mem program_mem;
extern const struct pvdrm_mem arena_mem;

/* Allocations so far, and the one that fails; src/common uses test_alloc() */
extern u32 alloc_calls;
extern u32 alloc_fail_at;
void *test_alloc(size_t size);

/* Both spaces as new */
void space_reset(void);

/* As copy_from_user() and copy_to_user() of a driver called in that process */
int space_read(struct space *s, void *dst, u64 addr, size_t len);
int space_write(struct space *s, u64 addr, const void *src, size_t len);

/* Copy something into the space, aligned to 16. Return its address */
u64 space_put(struct space *s, const void *src, size_t len);

/* The bytes at an address of the space */
void *space_at(struct space *s, u64 addr);

/* Does any u64 in these bytes, at whatever offset, look like an address? */
bool space_leaks(const struct space *s, const void *bytes, size_t len);

/* Numbers that look random and are the same in each run */
u32 test_random(void);
void test_random_seed(u32 seed);
void test_random_fill(void *bytes, size_t len);

#endif /* PVDRM_TEST_SPACE_H */
