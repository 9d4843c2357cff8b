/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * op_names.h: what requests are called in debugfs; for stats.c of each module
 */
#ifndef PVDRM_OP_NAMES_H
#define PVDRM_OP_NAMES_H

#include "drmif.h"
#include "op_list.h"

#define PVDRM_OP_NAME(op, name) \
	[XENDRM_OP_##op] = name,

static const char * const op_names[] = {
	PVDRM_OPS(PVDRM_OP_NAME, PVDRM_OP_NAME, PVDRM_NOTHING)
};

static_assert(ARRAY_SIZE(op_names) == XENDRM_OP_COUNT);

#endif /* PVDRM_OP_NAMES_H */
