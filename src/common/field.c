// SPDX-License-Identifier: GPL-2.0-only
/*
 * field.c: the rules for the fields of a descriptor table
 */
#include "field.h"
#include "cached.h"

#define FIELD_DIRECTION		(XENDRM_FIELD_IN | XENDRM_FIELD_OUT)
#define FIELD_MAX_ERRNO		511	/* beyond are the kernel's own */

static bool bytes_within(u32 off, u32 len, u32 size)
{
	return len <= size && off <= size - len;
}

static bool bytes_overlap(u32 a, u32 a_len, u32 b, u32 b_len)
{
	return a_len && b_len && (u64)a < (u64)b + b_len &&
	       (u64)b < (u64)a + a_len;
}

static bool field_width(u8 width)
{
	return width == 1 || width == 2 || width == 4 || width == 8;
}

/* Bytes that are not the same on the wire as in memory */
static u32 field_translated(const struct xendrm_field *f)
{
	switch (f->kind) {
	case XENDRM_FIELD_VARIANT:
	case XENDRM_FIELD_REFUSE:
	case XENDRM_FIELD_BUFFER:
	case XENDRM_FIELD_WAIT:
	case XENDRM_FIELD_SYNC:
	case XENDRM_FIELD_QUEUE:
	case XENDRM_FIELD_NUMBER:
		return 0;
	case XENDRM_FIELD_FD:
		return sizeof(s32);
	case XENDRM_FIELD_ABS_TIMESPEC:
		return 2 * sizeof(s64);
	default:
		return sizeof(u64);
	}
}

/* --------------------------------------------------------- rules of one field */

static const char *field_condition(const struct xendrm_field *f,
				   const struct pvdrm_field_scope *s)
{
	if (f->cond > XENDRM_COND_GT)
		return "field: unknown condition";
	if (f->cond == XENDRM_COND_ALWAYS) {
		if (f->cond_width || f->cond_value || f->cond_off)
			return "field: value without a condition";
		return NULL;
	}
	if (!field_width(f->cond_width))
		return "field: width of the condition's value";
	if (!bytes_within(f->cond_off, f->cond_width, s->size))
		return "field: condition's value outside the struct";
	if (f->cond_width < 8 && f->cond_value >> (8 * f->cond_width))
		return "field: condition can never hold";
	if (f->cond == XENDRM_COND_ANY && !f->cond_value)
		return "field: condition can never hold";
	return NULL;
}

static const char *field_count(const struct xendrm_field *f,
			       const struct pvdrm_field_scope *s)
{
	if (f->flags & XENDRM_FIELD_MANY && !f->aux)
		return "array: many of no units";
	if (f->count_width) {
		if (!field_width(f->count_width))
			return "array: width of the count";
		if (!bytes_within(f->count, f->count_width, s->size))
			return "array: count outside the struct";
	} else if (!f->count || f->count > f->max) {
		return "array: constant count";
	}
	if (!f->stride_width)
		return f->stride || f->flags & XENDRM_FIELD_PRODUCT ?
		       "array: stride without a width" : NULL;
	if (!field_width(f->stride_width))
		return "array: width of the stride";
	if (!bytes_within(f->stride, f->stride_width, s->size))
		return "array: stride outside the struct";
	if (f->aux)
		return "array: units and a stride";
	if (f->flags & XENDRM_FIELD_PRODUCT)
		return f->count_width ? NULL : "array: constant count";
	if (f->flags & XENDRM_FIELD_OUT)
		return "array: stride in one that is written";
	return NULL;
}

static const char *field_array(const struct xendrm_field *f,
			       const struct pvdrm_field_scope *s)
{
	if (!(f->flags & FIELD_DIRECTION))
		return "array: neither read nor written";
	if (!f->elem_size || !f->max || f->elem_size > XENDRM_MAX_ARG ||
	    (u64)(f->aux ? f->aux : f->elem_size) * f->max > XENDRM_MAX_ARG)
		return "array: limit";
	if (f->nr && !(f->flags & XENDRM_FIELD_IN))
		return "array: fields in one that is only written";
	return field_count(f, s);
}

static const char *field_no_array(const struct xendrm_field *f)
{
	if (f->count_width || f->stride_width || f->count)
		return "field: unused value is set";
	return NULL;
}

static const char *field_string(const struct xendrm_field *f)
{
	if (f->flags != XENDRM_FIELD_IN)
		return "string: direction";
	if (!f->max || f->max > XENDRM_MAX_ARG)
		return "string: limit";
	if (f->elem_size || f->stride || f->nr || f->aux)
		return "string: unused value is set";
	return field_no_array(f);
}

static const char *field_chain(const struct xendrm_field *f)
{
	if (f->flags != XENDRM_FIELD_IN)
		return "chain: direction";
	if (!f->max || !f->elem_size ||
	    (u64)f->max * f->elem_size > XENDRM_MAX_ARG)
		return "chain: limit";
	if (!bytes_within(f->stride, sizeof(u64), f->elem_size))
		return "chain: next pointer outside the header";
	if (!bytes_within(f->count, sizeof(u32), f->elem_size))
		return "chain: tag outside the header";
	if (bytes_overlap(f->stride, sizeof(u64), f->count, sizeof(u32)))
		return "chain: tag is in the next pointer";
	if (f->aux || f->count_width || f->stride_width)
		return "chain: unused value is set";
	return NULL;
}

/* What may follow a variant: elements, their number within it */
static const char *field_variant_rest(const struct xendrm_field *f,
				      const struct xendrm_field *chain)
{
	bool product = f->flags & XENDRM_FIELD_PRODUCT;

	if ((product ? !f->count_width : f->aux || f->stride_width) ||
	    (!f->count_width && (f->count || f->stride || f->max)))
		return "variant: unused value is set";
	if (!f->count_width)
		return NULL;
	if (product && !field_width(f->stride_width))
		return "variant: width of the count";
	if (!bytes_within(f->aux, f->stride_width, f->elem_size))
		return "variant: count outside the struct";
	if (bytes_overlap(f->aux, f->stride_width, chain->stride, sizeof(u64)))
		return "variant: count in the next pointer";
	if (!field_width(f->count_width))
		return "variant: width of the count";
	if (!bytes_within(f->count, f->count_width, f->elem_size))
		return "variant: count outside the struct";
	if (bytes_overlap(f->count, f->count_width, chain->stride, sizeof(u64)))
		return "variant: count in the next pointer";
	if (!f->stride || !f->max ||
	    f->elem_size + (u64)f->stride * f->max > XENDRM_MAX_ARG)
		return "variant: limit";
	return NULL;
}

static const char *field_variant(const struct xendrm_field *f,
				 const struct xendrm_field *chain)
{
	if (!chain)
		return "variant: not in a chain";
	if (!(f->flags & XENDRM_FIELD_IN))
		return "variant: direction";
	if (f->elem_size < chain->elem_size || f->elem_size > XENDRM_MAX_ARG)
		return "variant: size";
	if (f->cond != XENDRM_COND_EQ || f->cond_width != sizeof(u32) ||
	    f->cond_off != chain->count)
		return "variant: condition is not the chain's tag";
	if (f->offset)
		return "variant: unused value is set";
	return field_variant_rest(f, chain);
}

static const char *field_fd(const struct xendrm_field *f)
{
	if (!(f->flags & FIELD_DIRECTION) || f->flags & XENDRM_FIELD_PRODUCT)
		return "fd: neither read nor written";
	if (f->flags & XENDRM_FIELD_RESULT && f->flags & XENDRM_FIELD_IN)
		return "fd: a result that is read";
	if (f->aux < XENDRM_FD_DMABUF || f->aux > XENDRM_FD_EVENTFD)
		return "fd: unknown kind";
	if (f->elem_size || f->stride || f->max || f->nr)
		return "fd: unused value is set";
	return field_no_array(f);
}

static const char *field_time(const struct xendrm_field *f)
{
	if ((f->flags & ~XENDRM_FIELD_RESULT) != XENDRM_FIELD_IN)
		return "time: direction";
	if (f->kind == XENDRM_FIELD_ABS_TIMESPEC && f->flags & XENDRM_FIELD_RESULT)
		return "time: a result in seconds";
	if (f->elem_size || f->stride || f->max || f->nr || f->aux)
		return "time: unused value is set";
	return field_no_array(f);
}

/* A count that has to be in a range, or none */
static const char *field_range(const struct xendrm_field *f,
			       const struct pvdrm_field_scope *s)
{
	if (f->stride_width)
		return "range: unused value is set";
	if (!f->count_width)
		return f->count || f->stride || f->max ?
		       "range: unused value is set" : NULL;
	if (!field_width(f->count_width))
		return "range: width of the count";
	if (!bytes_within(f->count, f->count_width, s->size))
		return "range: count outside the struct";
	return f->stride > f->max ? "range: count can never be" : NULL;
}

static const char *field_refuse(const struct xendrm_field *f,
				const struct pvdrm_field_scope *s)
{
	if (!f->aux || f->aux > FIELD_MAX_ERRNO)
		return "refusal: no errno";
	if (f->flags || f->offset || f->elem_size || f->nr)
		return "refusal: unused value is set";
	return field_range(f, s);
}

static const char *field_wait(const struct xendrm_field *f,
			      const struct pvdrm_field_scope *s)
{
	if (f->flags || f->offset || f->elem_size || f->nr || f->aux)
		return "wait: unused value is set";
	return field_range(f, s);
}

static const char *field_sync(const struct xendrm_field *f,
			      const struct pvdrm_field_scope *s)
{
	if (f->aux < XENDRM_SYNC_MADE || f->aux > XENDRM_SYNC_WAITED)
		return "sync: unknown use";
	if (f->aux == XENDRM_SYNC_MADE && (s->depth > 1 || !s->returned))
		return "sync: a new handle that is not returned";
	if (f->flags || f->nr)
		return "sync: unused value is set";
	if (!bytes_within(f->offset, sizeof(u32), s->size) ||
	    !bytes_within(f->elem_size, sizeof(u64),
			  f->elem_size ? s->size : sizeof(u64)))
		return "sync: outside the struct";
	return field_range(f, s);
}

static const char *field_queue(const struct xendrm_field *f,
			       const struct pvdrm_field_scope *s)
{
	if (f->flags & ~XENDRM_FIELD_COUNTED || f->offset || f->elem_size || f->stride ||
	    f->stride_width || f->max || f->nr || f->aux)
		return "queue: unused value is set";
	if (!field_width(f->count_width) ||
	    !bytes_within(f->count, f->count_width, s->size))
		return "queue: outside the struct";
	return NULL;
}

static const char *field_number(const struct xendrm_field *f,
				const struct pvdrm_field_scope *s)
{
	if (s->depth > 1 || !s->returned)
		return "number: not in the argument itself";
	if (f->flags || f->elem_size || f->stride || f->max || f->nr || f->aux)
		return "number: unused value is set";
	if (!bytes_within(f->offset, sizeof(u64), s->size))
		return "number: outside the struct";
	return field_no_array(f);
}

static const char *field_by_kind(const struct xendrm_field *f,
				 const struct pvdrm_field_scope *s)
{
	switch (f->kind) {
	case XENDRM_FIELD_ARRAY:
		return field_array(f, s);
	case XENDRM_FIELD_STRING:
		return field_string(f);
	case XENDRM_FIELD_CHAIN:
		return field_chain(f);
	case XENDRM_FIELD_VARIANT:
		return field_variant(f, s->chain);
	case XENDRM_FIELD_FD:
		return field_fd(f);
	case XENDRM_FIELD_ABS_TIMEOUT:
	case XENDRM_FIELD_ABS_TIMESPEC:
		return field_time(f);
	case XENDRM_FIELD_REFUSE:
		return field_refuse(f, s);
	case XENDRM_FIELD_BUFFER:
		return s->depth > 1 ? "buffer: not in the argument itself" :
		       pvdrm_cached_check(f, s->size, s->returned);
	case XENDRM_FIELD_WAIT:
		return field_wait(f, s);
	case XENDRM_FIELD_SYNC:
		return field_sync(f, s);
	case XENDRM_FIELD_QUEUE:
		return field_queue(f, s);
	case XENDRM_FIELD_NUMBER:
		return field_number(f, s);
	default:
		return "field: unknown kind";
	}
}

const char *pvdrm_field_check(const struct xendrm_field *f,
			      const struct pvdrm_field_scope *s)
{
	const char *why;

	if (f->flags & ~(FIELD_DIRECTION | XENDRM_FIELD_PRODUCT |
			 XENDRM_FIELD_RESULT | XENDRM_FIELD_HANDLES |
			 XENDRM_FIELD_MANY | XENDRM_FIELD_COUNTED))
		return "field: unknown flags";
	if ((f->flags & XENDRM_FIELD_MANY && f->kind != XENDRM_FIELD_ARRAY) ||
	    (f->flags & XENDRM_FIELD_COUNTED && f->kind != XENDRM_FIELD_QUEUE))
		return "field: flag of another kind";
	if (f->flags & XENDRM_FIELD_HANDLES &&
	    (f->kind != XENDRM_FIELD_ARRAY || f->aux ||
	     !(f->flags & XENDRM_FIELD_IN) || f->elem_size < sizeof(u32)))
		return "field: no list of handles";
	if (f->reserved)
		return "field: reserved is not zero";
	if (f->flags & XENDRM_FIELD_RESULT && s->depth > 1)
		return "field: a result outside the argument";
	why = field_by_kind(f, s);
	if (why)
		return why;
	if (s->chain && f->kind != XENDRM_FIELD_VARIANT)
		return "chain: contains something else than variants";
	if (!bytes_within(f->offset, field_translated(f), s->size))
		return "field: outside the struct";
	if (!s->readable && f->kind != XENDRM_FIELD_FD)
		return "field: in a struct that is only written";
	return field_condition(f, s);
}

/* ------------------------------------------------ rules of fields side by side */

/* Can the two never apply to the same struct? */
static bool field_exclusive(const struct xendrm_field *a,
			    const struct xendrm_field *b)
{
	if (a->cond_off != b->cond_off || a->cond_width != b->cond_width)
		return false;
	if (a->cond == XENDRM_COND_EQ && b->cond == XENDRM_COND_EQ)
		return a->cond_value != b->cond_value;
	if (a->cond != XENDRM_COND_EQ)
		return b->cond == XENDRM_COND_EQ && field_exclusive(b, a);
	if (b->cond == XENDRM_COND_NE)
		return a->cond_value == b->cond_value;
	return b->cond == XENDRM_COND_GT && a->cond_value <= b->cond_value;
}

/* A descriptor may go, and another one come in the same place. */
static bool field_in_and_out(const struct xendrm_field *in,
			     const struct xendrm_field *out)
{
	return in->kind == XENDRM_FIELD_FD && out->kind == XENDRM_FIELD_FD &&
	       in->flags == XENDRM_FIELD_IN && out->flags == XENDRM_FIELD_OUT &&
	       in + 1 == out;
}

/*
 * Only one field at a time may stand for the same bytes, or the second would
 * take the first one's marker for a pointer. The walk sees to that for pointers
 * and times in the same place.
 */
static bool field_may_share(const struct xendrm_field *a,
			    const struct xendrm_field *b)
{
	if (a->kind == XENDRM_FIELD_VARIANT)
		return a->cond_value != b->cond_value;
	if (!bytes_overlap(a->offset, field_translated(a),
			   b->offset, field_translated(b)))
		return true;
	if (a->offset != b->offset)
		return false;
	if (a->kind != XENDRM_FIELD_FD && b->kind != XENDRM_FIELD_FD)
		return true;
	return field_in_and_out(a, b) || field_exclusive(a, b);
}

/*
 * Does @a take a count, stride or condition from what @b translates? Counts and
 * strides of fields that do not apply are not looked at.
 */
static bool field_reads(const struct xendrm_field *a,
			const struct xendrm_field *b)
{
	u32 len = field_translated(b);

	if (a->kind == XENDRM_FIELD_VARIANT)
		return false;
	if (bytes_overlap(a->cond_off, a->cond_width, b->offset, len))
		return true;
	if ((a->kind == XENDRM_FIELD_BUFFER || a->kind == XENDRM_FIELD_SYNC) &&
	    bytes_overlap(a->offset, sizeof(u32), b->offset, len))
		return true;
	if (a->kind == XENDRM_FIELD_SYNC && a->elem_size &&
	    bytes_overlap(a->elem_size, sizeof(u64), b->offset, len))
		return true;
	return !field_exclusive(a, b) &&
	       (bytes_overlap(a->count, a->count_width, b->offset, len) ||
		bytes_overlap(a->stride, a->stride_width, b->offset, len));
}

const char *pvdrm_field_pair_check(const struct xendrm_field *f,
				   const struct xendrm_field *other)
{
	if (field_reads(f, other))
		return "field: takes a value from a pointer";
	if (other < f && !field_may_share(other, f))
		return "field: overlaps another one";
	return NULL;
}

/* -------------------------------------------------------- fields of a variant */

/* Does @f stand where the number of what follows @variant is read? */
static bool field_in_count(const struct xendrm_field *f,
			   const struct xendrm_field *variant)
{
	u32 len = field_translated(f);

	return bytes_overlap(variant->count, variant->count_width,
			     f->offset, len) ||
	       bytes_overlap(variant->aux, variant->stride_width,
			     f->offset, len);
}

const char *pvdrm_field_variant_check(const struct xendrm_field *f,
				      const struct xendrm_field *variant,
				      const struct xendrm_field *chain)
{
	const struct xendrm_field next = {
		.kind = XENDRM_FIELD_CHAIN,
		.offset = chain->stride,
	};
	u32 len = field_translated(f);

	if (bytes_overlap(f->offset, len, chain->stride, sizeof(u64)) ||
	    bytes_overlap(f->offset, len, chain->count, sizeof(u32)) ||
	    field_reads(f, &next))
		return "variant: field in the chain's header";
	if (field_in_count(f, variant))
		return "variant: field in the count";
	return NULL;
}
