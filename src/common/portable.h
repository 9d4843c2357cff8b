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
#include <linux/list.h>
#include <linux/math64.h>
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
#include <linux/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;

#define __user
#define READ_ONCE(x)		(x) /* tests have one thread */
#define U32_MAX			UINT32_MAX
#define S64_MAX			INT64_MAX
#define BITS_PER_BYTE		8
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define ALIGN(x, a)		(((x) + (a) - 1) & ~((__typeof__(x))(a) - 1))
#define sizeof_field(t, m)	sizeof(((t *)0)->m)
#define BUILD_BUG_ON_ZERO(e)	((int)(0 * sizeof(char[1 - 2 * !!(e)])))
#define min(a, b)		((a) < (b) ? (a) : (b))
#define max(a, b)		((a) > (b) ? (a) : (b))

static inline u64 div_u64_rem(u64 dividend, u32 divisor, u32 *remainder)
{
	*remainder = dividend % divisor;
	return dividend / divisor;
}

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

/* linux/list.h, as far as it is used */
struct list_head {
	struct list_head *next, *prev;
};

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

static inline int list_empty(const struct list_head *list)
{
	return list->next == list;
}

static inline void list_add_tail(struct list_head *node, struct list_head *list)
{
	node->prev = list->prev;
	node->next = list;
	list->prev->next = node;
	list->prev = node;
}

static inline void list_del_init(struct list_head *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	INIT_LIST_HEAD(node);
}

#define list_first_entry_or_null(list, type, member) \
	(list_empty(list) ? NULL : container_of((list)->next, type, member))

/* Tests have allocations fail */
#ifndef pvdrm_alloc
#define pvdrm_alloc(size)	malloc(size)
#endif
#define pvdrm_free(ptr)		free(ptr)

#endif /* __KERNEL__ */

#endif /* PVDRM_PORTABLE_H */
