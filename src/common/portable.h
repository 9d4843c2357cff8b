/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * portable.h: the few kernel words that src/common uses, for user space too
 */
#ifndef PVDRM_PORTABLE_H
#define PVDRM_PORTABLE_H

#ifdef __KERNEL__

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/ioctl.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>

#define pvdrm_alloc(size)	kvmalloc(size, GFP_KERNEL)
#define pvdrm_free(ptr)		kvfree(ptr)

#else /* user space */

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

#define U32_MAX			UINT32_MAX
#define S64_MAX			INT64_MAX
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define ALIGN(x, a)		(((x) + (a) - 1) & ~((__typeof__(x))(a) - 1))
#define sizeof_field(t, m)	sizeof(((t *)0)->m)
#define BUILD_BUG_ON_ZERO(e)	((int)sizeof(struct { int : (-!!(e)); }))
#define min(a, b)		((a) < (b) ? (a) : (b))
#define max(a, b)		((a) > (b) ? (a) : (b))

#define pvdrm_alloc(size)	malloc(size)
#define pvdrm_free(ptr)		free(ptr)

#endif /* __KERNEL__ */

#endif /* PVDRM_PORTABLE_H */
