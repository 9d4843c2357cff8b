// SPDX-License-Identifier: GPL-2.0-only
/*
 * table.c: check a descriptor table from the wire
 *
 * The frontend checks what its backend sends, the backend what it is about to send.
 * A table that passes can be walked with any argument without further checks. Each
 * field has exactly one parent, so it is checked once.
 */
#include "engine.h"
#include "field.h"

struct table_check {
	const struct pvdrm_table *table;
	const char *why;
	u32 where;
	u8 owned[XENDRM_MAX_FIELDS / BITS_PER_BYTE];	/* has a parent */
};

static int table_check_list(struct table_check *c,
			    const struct pvdrm_field_scope *s,
			    u32 first, u32 nr);

static int table_bad(struct table_check *c, u32 where, const char *why)
{
	c->why = why;
	c->where = where;
	return -EINVAL;
}

static int table_check_pairs(struct table_check *c, u32 first, u32 nr)
{
	const struct xendrm_field *f = c->table->fields + first;
	const char *why;
	u32 i, j;

	for (i = 0; i < nr; i++) {
		for (j = 0; j < nr; j++) {
			why = pvdrm_field_pair_check(&f[i], &f[j]);
			if (why)
				return table_bad(c, first + i, why);
		}
	}
	return 0;
}

/* A variant's fields must leave alone what its chain and its length use */
static int table_check_variant(struct table_check *c,
			       const struct xendrm_field *chain,
			       const struct xendrm_field *variant)
{
	const char *why;
	u32 i;

	for (i = variant->first; i < (u32)variant->first + variant->nr; i++) {
		why = pvdrm_field_variant_check(&c->table->fields[i], variant,
						chain);
		if (why)
			return table_bad(c, i, why);
	}
	return 0;
}

/* -------------------------------------------------------------------- lists */

static int table_check_children(struct table_check *c,
				const struct pvdrm_field_scope *s, u32 index)
{
	const struct xendrm_field *f = &c->table->fields[index];
	struct pvdrm_field_scope inner = {
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

static int table_check_list(struct table_check *c,
			    const struct pvdrm_field_scope *s,
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
		why = pvdrm_field_check(&c->table->fields[i], s);
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

/* XENDRM_IOCTL_NATIVE_PTR; once the fields have been checked */
static bool table_is_native(const struct table_check *c,
			    const struct xendrm_ioctl *d)
{
	const struct xendrm_field *f = c->table->fields + d->first;

	return _IOC_SIZE(d->cmd) == 2 * sizeof(u64) && d->nr == 1 &&
	       f->kind == XENDRM_FIELD_ARRAY && f->offset == sizeof(u64) &&
	       !(f->flags & XENDRM_FIELD_IN);
}

static int table_check_ioctl(struct table_check *c, u32 index)
{
	const struct xendrm_ioctl *d = &c->table->ioctls[index];
	const struct pvdrm_field_scope arg = {
		.size = _IOC_SIZE(d->cmd),
		.depth = 1,
		.readable = _IOC_DIR(d->cmd) & _IOC_WRITE,
		.returned = _IOC_DIR(d->cmd) & _IOC_READ,
	};
	int err;

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
	err = table_check_list(c, &arg, d->first, d->nr);
	if (!err && d->flags & XENDRM_IOCTL_NATIVE_PTR && !table_is_native(c, d))
		return table_bad(c, index, "ioctl: no pointer of the program's width");
	return err;
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
