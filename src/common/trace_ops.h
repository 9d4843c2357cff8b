/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace_ops.h: what requests are called in traces; for trace.h of each module
 *
 * Read as often as that: TRACE_DEFINE_ENUM() means something else each time.
 */
#include "drmif.h"
#include "op_list.h"

#ifndef PVDRM_TRACE_OPS_H
#define PVDRM_TRACE_OPS_H

#define PVDRM_OP_ENUM(op, name)		TRACE_DEFINE_ENUM(XENDRM_OP_##op)
#define PVDRM_OP_SYMBOL(op, name)	{ XENDRM_OP_##op, name },
#define PVDRM_OP_LAST_SYMBOL(op, name)	{ XENDRM_OP_##op, name }
#define pvdrm_show_op(op) \
	__print_symbolic(op, \
			 PVDRM_OPS(PVDRM_OP_SYMBOL, PVDRM_OP_LAST_SYMBOL, \
				   PVDRM_NOTHING))

/* The number of the ioctl; 0: it is none */
static inline u32 pvdrm_trace_cmd(const struct xendrm_request *req)
{
	return req->op == XENDRM_OP_IOCTL ? req->u.ioctl.cmd : 0;
}

#endif /* PVDRM_TRACE_OPS_H */

PVDRM_OPS(PVDRM_OP_ENUM, PVDRM_OP_ENUM, ;);
