/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * generate.h: tables, memory and requests that make some sense, from the bytes
 * that a fuzzer comes up with
 */
#ifndef PVDRM_TEST_GENERATE_H
#define PVDRM_TEST_GENERATE_H

#include <stdio.h>

#include "space.h"

/* The fuzzer's bytes; when they are used up, noise that they determine */
struct generator {
	const u8 *bytes;
	size_t len;
	size_t pos;
	u64 noise;
};

#define GENERATE_MAX_FIELDS	24
#define GENERATE_MAX_IOCTLS	3

struct generated_table {
	struct xendrm_table head;
	struct xendrm_ioctl ioctls[GENERATE_MAX_IOCTLS];
	struct xendrm_field fields[GENERATE_MAX_FIELDS];
};

u8 generate_byte(struct generator *g);
u32 generate_below(struct generator *g, u32 limit);
u64 generate_number(struct generator *g, u32 width);

/*
 * A table, more often than not one that passes. @t has room for a whole one;
 * return its bytes in 8-byte aligned memory, to be freed.
 */
void *generate_table(struct generator *g, size_t *len);

/* The number of one of the table's ioctls, or nearly */
u32 generate_cmd(struct generator *g, const struct pvdrm_table *table);

/* Numbers, pointers and rubbish at the start of the program's memory */
void generate_memory(struct generator *g);
#define GENERATED_MEMORY	2048u

/* Markers and numbers, as a frontend might send. Return the length */
size_t generate_request(struct generator *g, u8 *req, size_t max_len);

#define MUST(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, \
				__LINE__, #condition); \
			abort(); \
		} \
	} while (0)

/* What libFuzzer calls, under its own name; fuzz_main.c does instead */
int fuzz_one(const u8 *bytes, size_t len);

/* Each fuzzer's own: try a table that has passed, and has an ioctl at least */
void fuzz_table(struct generator *g, const struct pvdrm_table *table);

#endif /* PVDRM_TEST_GENERATE_H */
