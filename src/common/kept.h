/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kept.h: buffers that are freed and kept, to be used again: what of it is the
 * same for every frontend, and no matter of the kernel
 *
 * Which ioctls make, place and free buffers is told by the table's fields of kind
 * XENDRM_FIELD_BUFFER; docs/architecture.md has the rules.
 */
#ifndef PVDRM_KEPT_H
#define PVDRM_KEPT_H

#include "engine.h"

/**
 * pvdrm_kept_check() - the rules for a field of kind XENDRM_FIELD_BUFFER
 * @f: the field
 * @size: bytes of the struct it is in
 * @returned: the struct is written by the driver
 *
 * Return: the rule that is broken, or NULL.
 */
const char *pvdrm_kept_check(const struct xendrm_field *f, u32 size,
			     bool returned);

/**
 * pvdrm_kept_number() - a number in an argument
 * @arg: the argument
 * @len: its bytes; after these it reads as zero
 * @off: the number's offset
 * @width: its bytes, at most 8
 *
 * Return: the number.
 */
u64 pvdrm_kept_number(const u8 *arg, u32 len, u32 off, u32 width);

/**
 * pvdrm_kept_next() - what an ioctl does to buffers
 * @table: the table
 * @desc: the ioctl
 * @arg: its argument as it is sent
 * @len: bytes of it
 * @index: 0 at first; moves on
 *
 * Return: the next BUFFER field that applies, or NULL.
 */
const struct xendrm_field *pvdrm_kept_next(const struct pvdrm_table *table,
					   const struct xendrm_ioctl *desc,
					   const u8 *arg, u32 len, u32 *index);

/**
 * struct pvdrm_kept_answer - a call, and what the host answered
 * @cmd: the ioctl as issued; 0: there is none
 * @ask_len: bytes of @ask
 * @rsp_len: bytes of @rsp
 * @ask: the argument, with zeroes for what is only written
 * @rsp: the argument as it was returned
 */
struct pvdrm_kept_answer {
	u32 cmd;
	u16 ask_len;
	u16 rsp_len;
	u8 ask[XENDRM_MAX_BUFFER_ARG];
	u8 rsp[XENDRM_MAX_BUFFER_ARG];
};

/**
 * pvdrm_kept_ask() - note a call
 * @answer: result; without what was answered
 * @f: MADE or PLACED
 * @cmd: the ioctl as issued
 * @arg: its argument as it is sent
 * @len: bytes of it
 *
 * Return: false when it is too long for that.
 */
bool pvdrm_kept_ask(struct pvdrm_kept_answer *answer,
		    const struct xendrm_field *f, u32 cmd, const u8 *arg,
		    u32 len);

/**
 * pvdrm_kept_same() - whether a call would be answered like another one
 * @a: either
 * @b: either
 *
 * Return: true if all that the driver reads is the same.
 */
bool pvdrm_kept_same(const struct pvdrm_kept_answer *a,
		     const struct pvdrm_kept_answer *b);

/**
 * pvdrm_kept_answered() - note what was answered
 * @answer: the call
 * @f: its field
 * @rsp: the argument as it was returned
 * @len: bytes of it
 *
 * Return: false when not all of what the field speaks of is in it.
 */
bool pvdrm_kept_answered(struct pvdrm_kept_answer *answer,
			 const struct xendrm_field *f, const u8 *rsp, u32 len);

/**
 * struct pvdrm_kept_item - something that is kept
 * @node: in pvdrm_kept_list.items; initialized by the owner, empty: not kept
 * @bytes: what it counts for
 * @since: when it was added; any unit
 */
struct pvdrm_kept_item {
	struct list_head node;
	u64 bytes;
	u64 since;
};

/**
 * struct pvdrm_kept_list - all that is kept, the oldest first
 * @items: struct pvdrm_kept_item
 * @bytes: of all
 * @nr: their number
 */
struct pvdrm_kept_list {
	struct list_head items;
	u64 bytes;
	u32 nr;
};

/**
 * pvdrm_kept_init() - an empty list
 * @list: the list
 */
void pvdrm_kept_init(struct pvdrm_kept_list *list);

/**
 * pvdrm_kept_add() - keep something; the newest now, if it was kept already
 * @list: the list
 * @item: the thing
 * @bytes: what it counts for
 * @now: the time
 */
void pvdrm_kept_add(struct pvdrm_kept_list *list, struct pvdrm_kept_item *item,
		    u64 bytes, u64 now);

/**
 * pvdrm_kept_remove() - keep it no more
 * @list: the list
 * @item: the thing; may not be in the list
 */
void pvdrm_kept_remove(struct pvdrm_kept_list *list,
		       struct pvdrm_kept_item *item);

/**
 * pvdrm_kept_surplus() - what has to go first, if anything has
 * @list: the list
 * @max_bytes: so much may be kept
 * @oldest: and nothing that was added before
 *
 * Return: the oldest item, still in the list, or NULL.
 */
struct pvdrm_kept_item *pvdrm_kept_surplus(struct pvdrm_kept_list *list,
					   u64 max_bytes, u64 oldest);

#endif /* PVDRM_KEPT_H */
