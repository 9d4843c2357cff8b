/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * op_names.h: what requests are called in debugfs; for stats.c of each module
 */
#ifndef PVDRM_OP_NAMES_H
#define PVDRM_OP_NAMES_H

#include "drmif.h"

static const char * const op_names[] = {
	[XENDRM_OP_NOP]		= "nop",
	[XENDRM_OP_GET_TABLE]	= "get-table",
	[XENDRM_OP_OPEN]	= "open",
	[XENDRM_OP_CLOSE]	= "close",
	[XENDRM_OP_IOCTL]	= "ioctl",
	[XENDRM_OP_MMAP]	= "mmap",
	[XENDRM_OP_MUNMAP]	= "munmap",
	[XENDRM_OP_FAULT]	= "fault",
	[XENDRM_OP_RECYCLE]	= "recycle",
	[XENDRM_OP_RELEASE]	= "release",
	[XENDRM_OP_READ]	= "read",
	[XENDRM_OP_FDINFO]	= "fdinfo",
	[XENDRM_OP_FORGET]	= "forget",
	[XENDRM_OP_CPU_ACCESS]	= "cpu-access",
	[XENDRM_OP_EVENTFD]	= "eventfd",
	[XENDRM_OP_MERGE]	= "merge",
	[XENDRM_OP_GET_FENCE]	= "get-fence",
	[XENDRM_OP_ADD_FENCE]	= "add-fence",
};

static_assert(ARRAY_SIZE(op_names) == XENDRM_OP_COUNT);

#endif /* PVDRM_OP_NAMES_H */
