// SPDX-License-Identifier: GPL-2.0-only
/*
 * cached.c: what a frontend that keeps freed buffers compares, and forgets
 * first
 */
#include "cached.h"

/* ------------------------------------------------------------------ the table */

static bool cached_within(u32 off, u32 len, u32 size)
{
	return len <= size && off <= size - len;
}

static const char *cached_check_made(const struct xendrm_field *f, u32 size)
{
	if (f->count_width != sizeof(u32) && f->count_width != sizeof(u64))
		return "buffer: width of the size";
	if (!cached_within(f->count, f->count_width, size))
		return "buffer: size outside the struct";
	if (f->offset % sizeof(u32) ||
	    !(f->max & 1u << f->offset / sizeof(u32)))
		return "buffer: a new handle that is read";
	return NULL;
}

static const char *cached_check_answer(const struct xendrm_field *f, u32 size,
				       bool returned)
{
	if (!returned || size > XENDRM_MAX_BUFFER_ARG)
		return "buffer: argument not returned, or too long";
	if (f->stride_width ? f->stride_width != sizeof(u64) :
	    f->stride || f->aux == XENDRM_BUFFER_MMAP_OFFSET)
		return "buffer: width of the place";
	if (!cached_within(f->stride, f->stride_width, size))
		return "buffer: place outside the struct";
	if (f->aux == XENDRM_BUFFER_CREATED)
		return cached_check_made(f, size);
	return f->count || f->count_width ? "buffer: unused value is set" :
					    NULL;
}

const char *pvdrm_cached_check(const struct xendrm_field *f, u32 size,
			       bool returned)
{
	if (f->flags || f->elem_size || f->nr)
		return "buffer: unused value is set";
	if (!cached_within(f->offset, sizeof(u32), size))
		return "field: outside the struct";
	switch (f->aux) {
	case XENDRM_BUFFER_CREATED:
	case XENDRM_BUFFER_MMAP_OFFSET:
		return cached_check_answer(f, size, returned);
	case XENDRM_BUFFER_FREED:
	case XENDRM_BUFFER_CHANGED:
	case XENDRM_BUFFER_USED:
	case XENDRM_BUFFER_EXPORTED:
	case XENDRM_BUFFER_IMPORTED:
	case XENDRM_BUFFER_MADE:
		if (f->aux == XENDRM_BUFFER_MADE && !returned)
			return "buffer: argument not returned, or too long";
		return f->count || f->count_width || f->stride ||
		       f->stride_width || f->max ?
		       "buffer: unused value is set" : NULL;
	default:
		return "buffer: unknown use";
	}
}

u64 pvdrm_cached_value(const u8 *arg, u32 len, u32 off, u32 width)
{
	u64 value = 0;

	if (off < len)
		memcpy(&value, arg + off, min(width, len - off));
	return value;
}

u32 pvdrm_cached_sent(const struct pvdrm_plan *plan)
{
	return plan->arg_size && plan->nr_segs &&
	       plan->segs[0].req_off != PVDRM_ABSENT ? plan->segs[0].len : 0;
}

u32 pvdrm_cached_returned(const struct pvdrm_plan *plan)
{
	return plan->arg_size && plan->nr_segs &&
	       plan->segs[0].rsp_off != PVDRM_ABSENT ? plan->segs[0].len : 0;
}

static bool cached_applies(const struct xendrm_field *f, const u8 *arg, u32 len)
{
	return pvdrm_field_applies(f, pvdrm_cached_value(arg, len, f->cond_off,
							 f->cond_width));
}

const struct xendrm_field *pvdrm_cached_next(const struct pvdrm_table *table,
					     const struct xendrm_ioctl *desc,
					     const u8 *arg, u32 len, u32 *index)
{
	while (*index < desc->nr) {
		const struct xendrm_field *f =
			&table->fields[desc->first + (*index)++];

		if (f->kind == XENDRM_FIELD_BUFFER && cached_applies(f, arg, len))
			return f;
	}
	return NULL;
}

/* ------------------------------------------------------------------ the answers */

bool pvdrm_cached_ask(struct pvdrm_cached_answer *answer,
		      const struct xendrm_field *f, u32 cmd, const u8 *arg,
		      u32 len)
{
	u32 word;

	answer->cmd = 0;
	answer->rsp_len = 0;
	if (len > sizeof(answer->ask))
		return false;
	memset(answer->ask, 0, sizeof(answer->ask));
	memcpy(answer->ask, arg, len);
	for (word = 0; word < 32; word++)
		if (f->max & 1u << word)
			memset(answer->ask + word * sizeof(u32), 0,
			       sizeof(u32));
	answer->cmd = cmd;
	answer->ask_len = len;
	return true;
}

bool pvdrm_cached_same(const struct pvdrm_cached_answer *a,
		       const struct pvdrm_cached_answer *b)
{
	return a->cmd && a->cmd == b->cmd && a->ask_len == b->ask_len &&
	       !memcmp(a->ask, b->ask, a->ask_len);
}

bool pvdrm_cached_answered(struct pvdrm_cached_answer *answer,
			   const struct xendrm_field *f, const u8 *rsp, u32 len)
{
	if (!answer->cmd || len > sizeof(answer->rsp) ||
	    !cached_within(f->offset, sizeof(u32), len) ||
	    !cached_within(f->count, f->count_width, len) ||
	    !cached_within(f->stride, f->stride_width, len)) {
		answer->cmd = 0;
		return false;
	}
	memcpy(answer->rsp, rsp, len);
	answer->rsp_len = len;
	return true;
}

/* ------------------------------------------------------------------- the oldest */

void pvdrm_cached_init(struct pvdrm_cached_list *list)
{
	INIT_LIST_HEAD(&list->items);
	list->bytes = 0;
	list->nr = 0;
}

void pvdrm_cached_remove(struct pvdrm_cached_list *list,
			 struct pvdrm_cached_item *item)
{
	if (list_empty(&item->node))
		return;
	list_del_init(&item->node);
	list->bytes -= item->bytes;
	list->nr--;
}

void pvdrm_cached_add(struct pvdrm_cached_list *list,
		      struct pvdrm_cached_item *item, u64 bytes, u64 now)
{
	pvdrm_cached_remove(list, item);
	item->bytes = bytes;
	item->since = now;
	list_add_tail(&item->node, &list->items);
	list->bytes += bytes;
	list->nr++;
}

struct pvdrm_cached_item *pvdrm_cached_surplus(struct pvdrm_cached_list *list,
					       u64 max_bytes, u64 oldest)
{
	struct pvdrm_cached_item *item;

	item = list_first_entry_or_null(&list->items, struct pvdrm_cached_item,
					node);
	if (!item || (list->bytes <= max_bytes && item->since >= oldest))
		return NULL;
	return item;
}
