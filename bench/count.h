/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the emulator's plugin share. */
#ifndef BENCH_COUNT_H
#define BENCH_COUNT_H

#include <stdio.h>

#include "plugin.h"

#define MAX_CPUS	8

/* Where instructions are: Xen, a domain's kernel, programs. NOBODY's must be none. */
enum place { XEN, DOM0, GUEST, USER, NOBODY, PLACES };

/* domain.c */
void watch_cpus(qemu_plugin_id_t id);
/* Only in a callback that may read registers, of a block of a kernel */
enum place kernel_of(unsigned int cpu);

/* Instructions that are translated together */
struct block {
	struct block *next;
	uint64_t address, length;
	uint64_t runs[MAX_CPUS][PLACES];
};

/* blocks.c: of Xen and the kernels */
struct block *find_block(uint64_t address, uint64_t length);
void clear_blocks(void);
/* A line for each place it ran in: "at PLACE ADDRESS INSTRUCTIONS" */
void write_blocks(FILE *file);

#endif /* BENCH_COUNT_H */
