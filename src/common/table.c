// SPDX-License-Identifier: GPL-2.0-only
/*
 * table.c: check a descriptor table from the wire
 *
 * The walk relies on every rule here; a table that passes can be walked with
 * any argument without looking at it again. The frontend runs this on whatever
 * its backend sends, the backend on what it is about to send.
 *
 * Each field has exactly one parent, so checking takes time in proportion to
 * the table, however its lists are interleaved.
 */
#include "engine.h"
#include "cached.h"

struct table_check {
	const struct pvdrm_table *table;
	const char *why;
	u32 where;
	u8 owned[XENDRM_MAX_FIELDS / BITS_PER_BYTE];	/* has a parent */
};

#define TABLE_DIRECTION		(XENDRM_FIELD_IN | XENDRM_FIELD_OUT)
#define TABLE_MAX_ERRNO		511	/* beyond are the kernel's own */

/* The struct whose fields are checked */
struct table_struct {
	u32 size;
	u32 depth;			/* of its fields */
	bool readable;			/* its content goes to the backend */
	bool returned;			/* and comes back: the argument only */
	const struct xendrm_field *chain;	/* its fields are VARIANTs of */
};

static int table_check_list(struct table_check *c, const struct table_struct *s,
			    u32 first, u32 nr);

static int table_bad(struct table_check *c, u32 where, const char *why)
{
	c->why = why;
	c->where = where;
	return -EINVAL;
}

static bool table_within(u32 off, u32 len, u32 size)
{
	return len <= size && off <= size - len;
}

static bool table_overlap(u32 a, u32 a_len, u32 b, u32 b_len)
{
	return a_len && b_len && (u64)a < (u64)b + b_len &&
	       (u64)b < (u64)a + a_len;
}

static bool table_width(u8 width)
{
	return width == 1 || width == 2 || width == 4 || width == 8;
}

/* Bytes that are not the same on the wire as in memory */
static u32 table_translated(const struct xendrm_field *f)
{
	switch (f->kind) {
	case XENDRM_FIELD_VARIANT:
	case XENDRM_FIELD_REFUSE:
	case XENDRM_FIELD_BUFFER:
		return 0;
	case XENDRM_FIELD_FD:
		return sizeof(s32);
	default:
		return sizeof(u64);
	}
}

/* --------------------------------------------------------- rules of one field */

static const char *table_condition(const struct xendrm_field *f,
				   const struct table_struct *s)
{
	if (f->cond > XENDRM_COND_GT)
		return "field: unknown condition";
	if (f->cond == XENDRM_COND_ALWAYS) {
		if (f->cond_width || f->cond_value || f->cond_off)
			return "field: value without a condition";
		return NULL;
	}
	if (!table_width(f->cond_width))
		return "field: width of the condition's value";
	if (!table_within(f->cond_off, f->cond_width, s->size))
		return "field: condition's value outside the struct";
	if (f->cond_width < 8 && f->cond_value >> (8 * f->cond_width))
		return "field: condition can never hold";
	if (f->cond == XENDRM_COND_ANY && !f->cond_value)
		return "field: condition can never hold";
	return NULL;
}

static const char *table_count(const struct xendrm_field *f,
			       const struct table_struct *s)
{
	if (f->count_width) {
		if (!table_width(f->count_width))
			return "array: width of the count";
		if (!table_within(f->count, f->count_width, s->size))
			return "array: count outside the struct";
	} else if (!f->count || f->count > f->max) {
		return "array: constant count";
	}
	if (!f->stride_width)
		return f->stride || f->flags & XENDRM_FIELD_PRODUCT ?
		       "array: stride without a width" : NULL;
	if (!table_width(f->stride_width))
		return "array: width of the stride";
	if (!table_within(f->stride, f->stride_width, s->size))
		return "array: stride outside the struct";
	if (f->aux)
		return "array: units and a stride";
	if (f->flags & XENDRM_FIELD_PRODUCT)
		return f->count_width ? NULL : "array: constant count";
	if (f->flags & XENDRM_FIELD_OUT)
		return "array: stride in one that is written";
	return NULL;
}

static const char *table_array(const struct xendrm_field *f,
			       const struct table_struct *s)
{
	if (!(f->flags & TABLE_DIRECTION))
		return "array: neither read nor written";
	if (!f->elem_size || !f->max || f->elem_size > XENDRM_MAX_ARG ||
	    (u64)(f->aux ? f->aux : f->elem_size) * f->max > XENDRM_MAX_ARG)
		return "array: limit";
	if (f->nr && !(f->flags & XENDRM_FIELD_IN))
		return "array: fields in one that is only written";
	return table_count(f, s);
}

static const char *table_no_array(const struct xendrm_field *f)
{
	if (f->count_width || f->stride_width || f->count)
		return "field: unused value is set";
	return NULL;
}

static const char *table_string(const struct xendrm_field *f)
{
	if (f->flags != XENDRM_FIELD_IN)
		return "string: direction";
	if (!f->max || f->max > XENDRM_MAX_ARG)
		return "string: limit";
	if (f->elem_size || f->stride || f->nr || f->aux)
		return "string: unused value is set";
	return table_no_array(f);
}

static const char *table_chain(const struct xendrm_field *f)
{
	if (f->flags != XENDRM_FIELD_IN)
		return "chain: direction";
	if (!f->max || !f->elem_size ||
	    (u64)f->max * f->elem_size > XENDRM_MAX_ARG)
		return "chain: limit";
	if (!table_within(f->stride, sizeof(u64), f->elem_size))
		return "chain: next pointer outside the header";
	if (!table_within(f->count, sizeof(u32), f->elem_size))
		return "chain: tag outside the header";
	if (table_overlap(f->stride, sizeof(u64), f->count, sizeof(u32)))
		return "chain: tag is in the next pointer";
	if (f->aux || f->count_width || f->stride_width)
		return "chain: unused value is set";
	return NULL;
}

/* What may follow a variant: elements, their number within it */
static const char *table_variant_rest(const struct xendrm_field *f,
				      const struct xendrm_field *chain)
{
	bool product = f->flags & XENDRM_FIELD_PRODUCT;

	if ((product ? !f->count_width : f->aux || f->stride_width) ||
	    (!f->count_width && (f->count || f->stride || f->max)))
		return "variant: unused value is set";
	if (!f->count_width)
		return NULL;
	if (product && !table_width(f->stride_width))
		return "variant: width of the count";
	if (!table_within(f->aux, f->stride_width, f->elem_size))
		return "variant: count outside the struct";
	if (table_overlap(f->aux, f->stride_width, chain->stride, sizeof(u64)))
		return "variant: count in the next pointer";
	if (!table_width(f->count_width))
		return "variant: width of the count";
	if (!table_within(f->count, f->count_width, f->elem_size))
		return "variant: count outside the struct";
	if (table_overlap(f->count, f->count_width, chain->stride, sizeof(u64)))
		return "variant: count in the next pointer";
	if (!f->stride || !f->max ||
	    f->elem_size + (u64)f->stride * f->max > XENDRM_MAX_ARG)
		return "variant: limit";
	return NULL;
}

static const char *table_variant(const struct xendrm_field *f,
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
	return table_variant_rest(f, chain);
}

static const char *table_fd(const struct xendrm_field *f)
{
	if (!(f->flags & TABLE_DIRECTION) || f->flags & XENDRM_FIELD_PRODUCT)
		return "fd: neither read nor written";
	if (f->flags & XENDRM_FIELD_RESULT && f->flags & XENDRM_FIELD_IN)
		return "fd: a result that is read";
	if (f->aux < XENDRM_FD_DMABUF || f->aux > XENDRM_FD_EVENTFD)
		return "fd: unknown kind";
	if (f->elem_size || f->stride || f->max || f->nr)
		return "fd: unused value is set";
	return table_no_array(f);
}

static const char *table_time(const struct xendrm_field *f)
{
	if ((f->flags & ~XENDRM_FIELD_RESULT) != XENDRM_FIELD_IN)
		return "time: direction";
	if (f->elem_size || f->stride || f->max || f->nr || f->aux)
		return "time: unused value is set";
	return table_no_array(f);
}

static const char *table_refuse(const struct xendrm_field *f,
				const struct table_struct *s)
{
	if (!f->aux || f->aux > TABLE_MAX_ERRNO)
		return "refusal: no errno";
	if (f->flags || f->offset || f->elem_size || f->stride_width || f->nr)
		return "refusal: unused value is set";
	if (!f->count_width)
		return f->count || f->stride || f->max ?
		       "refusal: unused value is set" : NULL;
	if (!table_width(f->count_width))
		return "refusal: width of the count";
	if (!table_within(f->count, f->count_width, s->size))
		return "refusal: count outside the struct";
	return f->stride > f->max ? "refusal: count can never be" : NULL;
}

static const char *table_by_kind(const struct xendrm_field *f,
				 const struct table_struct *s)
{
	switch (f->kind) {
	case XENDRM_FIELD_ARRAY:
		return table_array(f, s);
	case XENDRM_FIELD_STRING:
		return table_string(f);
	case XENDRM_FIELD_CHAIN:
		return table_chain(f);
	case XENDRM_FIELD_VARIANT:
		return table_variant(f, s->chain);
	case XENDRM_FIELD_FD:
		return table_fd(f);
	case XENDRM_FIELD_ABS_TIMEOUT:
		return table_time(f);
	case XENDRM_FIELD_REFUSE:
		return table_refuse(f, s);
	case XENDRM_FIELD_BUFFER:
		return s->depth > 1 ? "buffer: not in the argument itself" :
		       pvdrm_cached_check(f, s->size, s->returned);
	default:
		return "field: unknown kind";
	}
}

static const char *table_field(const struct xendrm_field *f,
			       const struct table_struct *s)
{
	const char *why;

	if (f->flags & ~(TABLE_DIRECTION | XENDRM_FIELD_PRODUCT |
			 XENDRM_FIELD_RESULT))
		return "field: unknown flags";
	if (f->reserved)
		return "field: reserved is not zero";
	if (f->flags & XENDRM_FIELD_RESULT && s->depth > 1)
		return "field: a result outside the argument";
	why = table_by_kind(f, s);
	if (why)
		return why;
	if (s->chain && f->kind != XENDRM_FIELD_VARIANT)
		return "chain: contains something else than variants";
	if (!table_within(f->offset, table_translated(f), s->size))
		return "field: outside the struct";
	if (!s->readable && f->kind != XENDRM_FIELD_FD)
		return "field: in a struct that is only written";
	return table_condition(f, s);
}

/* ------------------------------------------------ rules of fields side by side */

/* Can the two never apply to the same struct? */
static bool table_exclusive(const struct xendrm_field *a,
			    const struct xendrm_field *b)
{
	if (a->cond_off != b->cond_off || a->cond_width != b->cond_width)
		return false;
	if (a->cond == XENDRM_COND_EQ && b->cond == XENDRM_COND_EQ)
		return a->cond_value != b->cond_value;
	if (a->cond != XENDRM_COND_EQ)
		return b->cond == XENDRM_COND_EQ && table_exclusive(b, a);
	if (b->cond == XENDRM_COND_NE)
		return a->cond_value == b->cond_value;
	return b->cond == XENDRM_COND_GT && a->cond_value <= b->cond_value;
}

/* A descriptor may go, and another one come in the same place. */
static bool table_in_and_out(const struct xendrm_field *in,
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
static bool table_may_share(const struct xendrm_field *a,
			    const struct xendrm_field *b)
{
	if (a->kind == XENDRM_FIELD_VARIANT)
		return a->cond_value != b->cond_value;
	if (!table_overlap(a->offset, table_translated(a),
			   b->offset, table_translated(b)))
		return true;
	if (a->offset != b->offset)
		return false;
	if (a->kind != XENDRM_FIELD_FD && b->kind != XENDRM_FIELD_FD)
		return true;
	return table_in_and_out(a, b) || table_exclusive(a, b);
}

/*
 * Does @a take a count, stride or condition from what @b translates? Counts and
 * strides of fields that do not apply are not looked at.
 */
static bool table_reads(const struct xendrm_field *a,
			const struct xendrm_field *b)
{
	u32 len = table_translated(b);

	if (a->kind == XENDRM_FIELD_VARIANT)
		return false;
	if (table_overlap(a->cond_off, a->cond_width, b->offset, len))
		return true;
	if (a->kind == XENDRM_FIELD_BUFFER &&
	    table_overlap(a->offset, sizeof(u32), b->offset, len))
		return true;
	return !table_exclusive(a, b) &&
	       (table_overlap(a->count, a->count_width, b->offset, len) ||
		table_overlap(a->stride, a->stride_width, b->offset, len));
}

static int table_check_pairs(struct table_check *c, u32 first, u32 nr)
{
	const struct xendrm_field *f = c->table->fields + first;
	u32 i, j;

	for (i = 0; i < nr; i++) {
		for (j = 0; j < nr; j++)
			if (table_reads(&f[i], &f[j]))
				return table_bad(c, first + i,
						 "field: takes a value from a pointer");
		for (j = 0; j < i; j++)
			if (!table_may_share(&f[j], &f[i]))
				return table_bad(c, first + i,
						 "field: overlaps another one");
	}
	return 0;
}

/* Does @f stand where the number of what follows @variant is read? */
static bool table_in_count(const struct xendrm_field *f,
			   const struct xendrm_field *variant)
{
	u32 len = table_translated(f);

	return table_overlap(variant->count, variant->count_width,
			     f->offset, len) ||
	       table_overlap(variant->aux, variant->stride_width,
			     f->offset, len);
}

/* A variant's fields must leave alone what its chain and its length use */
static int table_check_variant(struct table_check *c,
			       const struct xendrm_field *chain,
			       const struct xendrm_field *variant)
{
	const struct xendrm_field next = {
		.kind = XENDRM_FIELD_CHAIN,
		.offset = chain->stride,
	};
	u32 i;

	for (i = variant->first; i < (u32)variant->first + variant->nr; i++) {
		const struct xendrm_field *f = &c->table->fields[i];

		if (table_overlap(f->offset, table_translated(f),
				  chain->stride, sizeof(u64)) ||
		    table_overlap(f->offset, table_translated(f),
				  chain->count, sizeof(u32)) ||
		    table_reads(f, &next))
			return table_bad(c, i,
					 "variant: field in the chain's header");
		if (table_in_count(f, variant))
			return table_bad(c, i, "variant: field in the count");
	}
	return 0;
}

/* -------------------------------------------------------------------- lists */

static int table_check_children(struct table_check *c,
				const struct table_struct *s, u32 index)
{
	const struct xendrm_field *f = &c->table->fields[index];
	struct table_struct inner = {
		.size = f->elem_size,
		.depth = s->depth + 1,
		.readable = true,
	};
	int err;

	if (f->nr && f->first <= index)
		return table_bad(c, index, "field: children before their parent");
	if (f->kind == XENDRM_FIELD_CHAIN)
		inner.chain = f;
	err = table_check_list(c, &inner, f->first, f->nr);
	if (err || f->kind != XENDRM_FIELD_VARIANT)
		return err;
	return table_check_variant(c, s->chain, f);
}

static int table_check_list(struct table_check *c, const struct table_struct *s,
			    u32 first, u32 nr)
{
	const char *why;
	u32 i;
	int err;

	/* The caller has looked at the bounds of its own list only */
	for (i = first; i < first + nr; i++) {
		u8 bit = 1u << (i % BITS_PER_BYTE);

		if (i >= c->table->nr_fields)
			return table_bad(c, i, "field: no such index");
		if (c->owned[i / BITS_PER_BYTE] & bit)
			return table_bad(c, i, "field: has two parents");
		c->owned[i / BITS_PER_BYTE] |= bit;
		if (s->depth > XENDRM_MAX_DEPTH)
			return table_bad(c, i, "field: nested too deeply");
		why = table_field(&c->table->fields[i], s);
		if (why)
			return table_bad(c, i, why);
	}
	if (!nr && first)
		return table_bad(c, first, "list: empty one with a start");

	err = table_check_pairs(c, first, nr);
	for (i = first; !err && i < first + nr; i++)
		err = table_check_children(c, s, i);
	return err;
}

static int table_check_ioctl(struct table_check *c, u32 index)
{
	const struct xendrm_ioctl *d = &c->table->ioctls[index];
	const struct table_struct arg = {
		.size = _IOC_SIZE(d->cmd),
		.depth = 1,
		.readable = _IOC_DIR(d->cmd) & _IOC_WRITE,
		.returned = _IOC_DIR(d->cmd) & _IOC_READ,
	};

	if (_IOC_TYPE(d->cmd) != 'd')
		return table_bad(c, index, "ioctl: not of type 'd'");
	if (d->flags & ~XENDRM_IOCTL_FLAGS)
		return table_bad(c, index, "ioctl: unknown flags");
	if (d->reserved)
		return table_bad(c, index, "ioctl: reserved is not zero");
	if (d->flags & XENDRM_IOCTL_LOCAL && d->nr)
		return table_bad(c, index, "ioctl: local one with fields");
	if (index && _IOC_NR(d[-1].cmd) >= _IOC_NR(d->cmd))
		return table_bad(c, index, "ioctl: out of order");
	return table_check_list(c, &arg, d->first, d->nr);
}

static int table_check_header(struct table_check *c,
			      const struct xendrm_table *t, size_t len)
{
	if (len < sizeof(*t))
		return table_bad(c, 0, "header: too short");
	if (t->magic != XENDRM_TABLE_MAGIC)
		return table_bad(c, 0, "header: magic");
	if (t->version != XENDRM_TABLE_VERSION)
		return table_bad(c, 0, "header: version");
	if (t->reserved)
		return table_bad(c, 0, "header: reserved is not zero");
	if (t->nr_ioctls > XENDRM_MAX_IOCTLS)
		return table_bad(c, 0, "header: too many ioctls");
	if (t->nr_fields > XENDRM_MAX_FIELDS)
		return table_bad(c, 0, "header: too many fields");
	if (t->length != len ||
	    len != sizeof(*t) + t->nr_ioctls * sizeof(struct xendrm_ioctl) +
		   t->nr_fields * sizeof(struct xendrm_field))
		return table_bad(c, 0, "header: length");
	return 0;
}

static int table_check_all(struct table_check *c)
{
	u32 i;
	int err;

	for (i = 0; i < c->table->nr_ioctls; i++) {
		err = table_check_ioctl(c, i);
		if (err)
			return err;
	}
	for (i = 0; i < c->table->nr_fields; i++)
		if (!(c->owned[i / BITS_PER_BYTE] & 1u << (i % BITS_PER_BYTE)))
			return table_bad(c, i, "field: has no parent");
	return 0;
}

int pvdrm_table_check(const void *buf, size_t len, struct pvdrm_table *table,
		      const char **why, u32 *where)
{
	const struct xendrm_table *t = buf;
	struct table_check c = { .table = table };
	int err;

	err = table_check_header(&c, t, len);
	if (!err) {
		table->nr_ioctls = t->nr_ioctls;
		table->nr_fields = t->nr_fields;
		table->ioctls = (const void *)(t + 1);
		table->fields = (const void *)(table->ioctls + t->nr_ioctls);
		err = table_check_all(&c);
	}
	if (err) {
		/* Nothing may be run by a table that was refused */
		memset(table, 0, sizeof(*table));
		*why = c.why;
		*where = c.where;
	}
	return err;
}

const struct xendrm_ioctl *pvdrm_table_find(const struct pvdrm_table *table,
					    u32 cmd)
{
	u32 low = 0;
	u32 high = table->nr_ioctls;

	if (_IOC_TYPE(cmd) != 'd')
		return NULL;
	while (low < high) {
		u32 middle = low + (high - low) / 2;
		const struct xendrm_ioctl *d = &table->ioctls[middle];

		if (_IOC_NR(d->cmd) == _IOC_NR(cmd))
			return d;
		if (_IOC_NR(d->cmd) < _IOC_NR(cmd))
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
