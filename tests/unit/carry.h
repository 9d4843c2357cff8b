/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * carry.h: call a mock driver directly, or carried across by the engine
 */
#ifndef PVDRM_TEST_CARRY_H
#define PVDRM_TEST_CARRY_H

#include "space.h"
#include "back/tables/tables.h"

/*
 * A driver's ioctl function, called with the argument in kernel memory as
 * drm_ioctl() does; its pointers are addresses of @s.
 */
typedef long (*mock_ioctl)(struct space *s, void *data);

/* Bytes of the argument, for functions that mind */
extern u32 mock_size;

/* As drm_ioctl(): @known is the number in the driver's own list */
long mock_drm_ioctl(struct space *s, u32 cmd, u64 arg, u32 known,
		    mock_ioctl func);

/*
 * Make the wire form of core's and @drv's ioctls and check it; the table is
 * good until the next call.
 */
const struct pvdrm_table *carry_table(const struct pvdrm_driver_table *drv);

/* What the last carry() sent and got, and what pvdrm_pack_request() answered */
extern struct pvdrm_plan carried;
extern u8 carried_req[XENDRM_MAX_MESSAGE];
extern u32 carried_req_len;
extern u32 carried_rsp_len;

/* The fence behind a program's descriptor, and the host's descriptor of a fence */
u32 carry_fence(s32 fd);
s32 carry_host_fd(u32 fence);

/*
 * Run an ioctl of the program through frontend, backend and driver, with the
 * engine's promises asserted on the way. A descriptor that the driver makes gets
 * the same number in the program. @known: as above.
 */
long carry(const struct pvdrm_table *table, u32 cmd, u64 arg, u32 known,
	   mock_ioctl func);

/*
 * Do it directly and carried across, starting from the same memory, and assert
 * that the program cannot tell the difference. Return what both returned.
 */
long carry_compare(const struct pvdrm_table *table, u32 cmd, u64 arg, u32 known,
		   mock_ioctl func);

#endif /* PVDRM_TEST_CARRY_H */
