// SPDX-License-Identifier: GPL-2.0-only
/*
 * buffer.c: what ioctls do to the memory of buffers, by the tables' rules
 *
 * The numbers are the guest's, and may be any.
 */
#include "back/tables/driver.h"

#define NO_SUCH_NUMBER	(~0ull)
#define BITS		8u

bool pvdrm_buffer_counts(const struct pvdrm_buffer_rule *rule)
{
	switch (rule->kind) {
	case PVDRM_BUFFER_CREATES:
	case PVDRM_BUFFER_CREATES_DUMB:
	case PVDRM_BUFFER_FREES:
	case PVDRM_BUFFER_RENAMES:
	case PVDRM_BUFFER_IMPORTS:
		return true;
	default:
		return false;
	}
}

static void add_rules(const struct pvdrm_driver_table *drv,
		      const struct pvdrm_buffer_rule **rules)
{
	size_t i;

	for (i = 0; i < drv->nr; i++)
		if (pvdrm_buffer_counts(&drv->ioctls[i].buffer))
			rules[_IOC_NR(drv->ioctls[i].cmd)] =
				&drv->ioctls[i].buffer;
}

void pvdrm_buffer_rules(const struct pvdrm_driver_table *drv,
			const struct pvdrm_buffer_rule **rules)
{
	memset(rules, 0, PVDRM_BUFFER_RULES * sizeof(*rules));
	add_rules(&pvdrm_core_table, rules);
	add_rules(drv, rules);
}

static void add_object_rules(const struct pvdrm_driver_table *drv,
			     const struct pvdrm_object_rule **rules)
{
	size_t i;

	for (i = 0; i < drv->nr; i++)
		if (drv->ioctls[i].objects.kind != PVDRM_OBJECT_NONE)
			rules[_IOC_NR(drv->ioctls[i].cmd)] =
				&drv->ioctls[i].objects;
}

void pvdrm_object_rules(const struct pvdrm_driver_table *drv,
			const struct pvdrm_object_rule **rules)
{
	memset(rules, 0, PVDRM_BUFFER_RULES * sizeof(*rules));
	add_object_rules(&pvdrm_core_table, rules);
	add_object_rules(drv, rules);
}

u32 pvdrm_buffer_len(u32 cmd, u32 known, u32 dir)
{
	u32 len = min(_IOC_SIZE(cmd), _IOC_SIZE(known));

	/* As drm_ioctl() does: both have to say so. */
	if (!(_IOC_DIR(cmd) & _IOC_DIR(known) & dir))
		return 0;
	return len < PVDRM_BUFFER_ARG ? len : PVDRM_BUFFER_ARG;
}

u32 pvdrm_buffer_u32(const u8 *arg, u32 off)
{
	u32 value;

	memcpy(&value, arg + off, sizeof(value));
	return value;
}

static u64 member(const u8 *arg, u32 off, u32 width)
{
	u64 value;

	if (width == sizeof(u32))
		return pvdrm_buffer_u32(arg, off);
	memcpy(&value, arg + off, sizeof(value));
	return value;
}

static u64 whole(u64 bytes, u64 block)
{
	if (!bytes)
		return block;
	if (bytes > NO_SUCH_NUMBER - block)
		return NO_SUCH_NUMBER;
	return ALIGN(bytes, block);
}

static u64 whole_pages(u64 bytes)
{
	return whole(bytes, XENDRM_PAGE_SIZE);
}

static u64 block_of(const struct pvdrm_buffer_rule *rule, const u8 *arg)
{
	if (rule->block_bits & pvdrm_buffer_u32(arg, rule->block_if))
		return rule->block;
	return XENDRM_PAGE_SIZE;
}

/* Without what a driver may add to the end of each line */
static u64 drawn(const struct pvdrm_buffer_rule *rule, const u8 *arg)
{
	u64 bits = pvdrm_buffer_u32(arg, rule->shape[2]);
	u64 line = pvdrm_buffer_u32(arg, rule->shape[0]);
	u64 bytes;

	/* Less than 2^32 times less than 2^30 */
	line *= (bits + BITS - 1) / BITS;
	if (__builtin_mul_overflow(line, pvdrm_buffer_u32(arg, rule->shape[1]),
				   &bytes))
		return NO_SUCH_NUMBER;
	return bytes;
}

u64 pvdrm_buffer_wanted(const struct pvdrm_buffer_rule *rule, const u8 *arg)
{
	if (rule->kind == PVDRM_BUFFER_CREATES_DUMB)
		return whole_pages(drawn(rule, arg));
	return whole(member(arg, rule->size, rule->size_width),
		     block_of(rule, arg));
}

u64 pvdrm_buffer_got(const struct pvdrm_buffer_rule *rule, const u8 *arg,
		     u32 len, u64 wanted)
{
	bool dumb = rule->kind == PVDRM_BUFFER_CREATES_DUMB;
	u32 width = dumb ? sizeof(u64) : rule->size_width;

	if (!(dumb || rule->told) || rule->size + width > len)
		return wanted;
	return whole_pages(member(arg, rule->size, width));
}

bool pvdrm_buffer_handle(const struct pvdrm_buffer_rule *rule, const u8 *arg,
			 u32 len, u32 *handle)
{
	if (rule->handle + sizeof(u32) > len)
		return false;
	*handle = pvdrm_buffer_u32(arg, rule->handle);
	return true;
}

/* Return: the number of fields */
static u32 fields_made(const struct pvdrm_buffer_rule *rule,
		       struct xendrm_field *f)
{
	if (!rule->cached) {
		f->aux = XENDRM_BUFFER_MADE;
		return 1;
	}
	f->aux = XENDRM_BUFFER_CREATED;
	f->count = rule->size;
	f->count_width = rule->kind == PVDRM_BUFFER_CREATES_DUMB ? sizeof(u64) :
							    rule->size_width;
	f->stride = rule->place;
	f->stride_width = rule->place ? sizeof(u64) : 0;
	f->max = rule->results;
	if (!rule->only_value)
		return 1;
	f->cond = XENDRM_COND_EQ;
	f->cond_width = sizeof(u32);
	f->cond_off = rule->only_offset;
	f->cond_value = rule->only_value;
	f[1] = (struct xendrm_field) {
		.kind = XENDRM_FIELD_BUFFER,
		.aux = XENDRM_BUFFER_MADE,
		.offset = rule->handle,
		.cond = XENDRM_COND_NE,
		.cond_width = f->cond_width,
		.cond_off = f->cond_off,
		.cond_value = f->cond_value,
	};
	return 2;
}

u32 pvdrm_buffer_flags(const struct pvdrm_buffer_rule *rule)
{
	switch (rule->kind) {
	case PVDRM_BUFFER_CREATES:
	case PVDRM_BUFFER_CREATES_DUMB:
		return XENDRM_IOCTL_CREATES;
	case PVDRM_BUFFER_FREES:
		return XENDRM_IOCTL_FREES;
	default:
		return 0;
	}
}

u32 pvdrm_buffer_fields(const struct pvdrm_buffer_rule *rule,
			struct xendrm_field *fields)
{
	struct xendrm_field *f = fields;

	f->kind = XENDRM_FIELD_BUFFER;
	f->offset = rule->handle;
	switch (rule->kind) {
	case PVDRM_BUFFER_CREATES:
	case PVDRM_BUFFER_CREATES_DUMB:
		return fields_made(rule, f);
	case PVDRM_BUFFER_MMAP_OFFSET:
		f->aux = XENDRM_BUFFER_MMAP_OFFSET;
		f->stride = rule->place;
		f->stride_width = sizeof(u64);
		f->max = rule->results;
		return 1;
	case PVDRM_BUFFER_FREES:
		f->aux = XENDRM_BUFFER_FREED;
		return 1;
	case PVDRM_BUFFER_EXPORTS:
		f->aux = XENDRM_BUFFER_EXPORTED;
		return 1;
	case PVDRM_BUFFER_IMPORTS:
		f->aux = XENDRM_BUFFER_IMPORTED;
		return 1;
	case PVDRM_BUFFER_USES:
		f->aux = XENDRM_BUFFER_USED;
		return 1;
	case PVDRM_BUFFER_RENAMES:
		f->aux = XENDRM_BUFFER_CHANGED;
		f[1] = f[0];
		f[1].offset = rule->shape[0];
		return 2;
	default:
		return 0;
	}
}
