/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cached.h: buffers that are freed and kept, to be used again: what of it is
 * the same for every frontend, and no matter of the kernel
 *
 * Which ioctls make, place and free buffers is told by the table's fields of
 * kind XENDRM_FIELD_BUFFER; docs/cache.md has the rules.
 */
#ifndef PVDRM_CACHED_H
#define PVDRM_CACHED_H

#include "engine.h"

/**
 * pvdrm_cached_check() - the rules for a field of kind XENDRM_FIELD_BUFFER
 * @f: the field
 * @size: bytes of the struct it is in
 * @returned: the struct is written by the driver
 *
 * Return: the rule that is broken, or NULL.
 */
const char *pvdrm_cached_check(const struct xendrm_field *f, u32 size,
			       bool returned);

/**
 * pvdrm_cached_value() - a number in an argument
 * @arg: the argument
 * @len: its bytes; after these it reads as zero
 * @off: the number's offset
 * @width: its bytes, at most 8
 *
 * Return: the number.
 */
u64 pvdrm_cached_value(const u8 *arg, u32 len, u32 off, u32 width);

/**
 * pvdrm_cached_sent() - bytes of the argument itself that are sent
 * @plan: the argument, packed; they are the first of plan->buf
 *
 * Return: the bytes.
 */
u32 pvdrm_cached_sent(const struct pvdrm_plan *plan);

/**
 * pvdrm_cached_returned() - bytes of the argument itself that come back
 * @plan: the argument, packed; they are the first of the response's payload
 *
 * Return: the bytes.
 */
u32 pvdrm_cached_returned(const struct pvdrm_plan *plan);

/**
 * pvdrm_cached_next() - what an ioctl does to buffers
 * @table: the table
 * @desc: the ioctl
 * @arg: its argument as it is sent
 * @len: bytes of it
 * @index: 0 at first; moves on
 *
 * Return: the next BUFFER field that applies, or NULL.
 */
const struct xendrm_field *pvdrm_cached_next(const struct pvdrm_table *table,
					     const struct xendrm_ioctl *desc,
					     const u8 *arg, u32 len,
					     u32 *index);

/**
 * struct pvdrm_cached_answer - a call, and what the host answered
 * @cmd: the ioctl as issued; 0: there is none
 * @ask_len: bytes of @ask
 * @rsp_len: bytes of @rsp
 * @ask: the argument, with zeroes for what is only written
 * @rsp: the argument as it was returned
 */
struct pvdrm_cached_answer {
	u32 cmd;
	u16 ask_len;
	u16 rsp_len;
	u8 ask[XENDRM_MAX_BUFFER_ARG];
	u8 rsp[XENDRM_MAX_BUFFER_ARG];
};

/**
 * pvdrm_cached_ask() - note a call
 * @answer: result; without what was answered
 * @f: CREATED or MMAP_OFFSET
 * @cmd: the ioctl as issued
 * @arg: its argument as it is sent
 * @len: bytes of it
 *
 * Return: false when it is too long for that.
 */
bool pvdrm_cached_ask(struct pvdrm_cached_answer *answer,
		      const struct xendrm_field *f, u32 cmd, const u8 *arg,
		      u32 len);

/**
 * pvdrm_cached_same() - whether a call would be answered like another one
 * @a: either
 * @b: either
 *
 * Return: true if all that the driver reads is the same.
 */
bool pvdrm_cached_same(const struct pvdrm_cached_answer *a,
		       const struct pvdrm_cached_answer *b);

/**
 * pvdrm_cached_answered() - note what was answered
 * @answer: the call
 * @f: its field
 * @rsp: the argument as it was returned
 * @len: bytes of it
 *
 * Return: false when not all of what the field speaks of is in it.
 */
bool pvdrm_cached_answered(struct pvdrm_cached_answer *answer,
			   const struct xendrm_field *f, const u8 *rsp,
			   u32 len);

/**
 * struct pvdrm_cached_item - something that is kept
 * @node: in pvdrm_cached_list.items; initialized by the owner, empty: not kept
 * @bytes: what it counts for
 * @since: when it was added; any unit
 */
struct pvdrm_cached_item {
	struct list_head node;
	u64 bytes;
	u64 since;
};

/**
 * struct pvdrm_cached_list - all that is kept, the oldest first
 * @items: struct pvdrm_cached_item
 * @bytes: of all
 * @nr: their number
 */
struct pvdrm_cached_list {
	struct list_head items;
	u64 bytes;
	u32 nr;
};

/**
 * pvdrm_cached_init() - an empty list
 * @list: the list
 */
void pvdrm_cached_init(struct pvdrm_cached_list *list);

/**
 * pvdrm_cached_add() - keep something; the newest now, if it was kept already
 * @list: the list
 * @item: the thing
 * @bytes: what it counts for
 * @now: the time
 */
void pvdrm_cached_add(struct pvdrm_cached_list *list,
		      struct pvdrm_cached_item *item, u64 bytes, u64 now);

/**
 * pvdrm_cached_remove() - keep it no more
 * @list: the list
 * @item: the thing; may not be in the list
 */
void pvdrm_cached_remove(struct pvdrm_cached_list *list,
			 struct pvdrm_cached_item *item);

/**
 * pvdrm_cached_surplus() - what has to go first, if anything has
 * @list: the list
 * @max_bytes: so much may be kept
 * @oldest: and nothing that was added before
 *
 * Return: the oldest item, still in the list, or NULL.
 */
struct pvdrm_cached_item *pvdrm_cached_surplus(struct pvdrm_cached_list *list,
					       u64 max_bytes, u64 oldest);

#endif /* PVDRM_CACHED_H */
