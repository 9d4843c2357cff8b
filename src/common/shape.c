// SPDX-License-Identifier: GPL-2.0-only
/*
 * shape.c: how many bytes a pointer leads to, by the counts beside it
 *
 * A driver may allocate by such a count before it looks at the pointer. So a
 * count over the table's maximum is refused whatever the pointer is: NULL,
 * unreadable or valid.
 */
#include "pack.h"

/* Return: 0; -E2BIG: over the maximum, or the product is. */
static int shape_product(u64 a, u64 b, u32 max, u64 *product)
{
	if (a > max || b > max)
		return -E2BIG;
	*product = a * b;
	return *product > max ? -E2BIG : 0;
}

static int shape_count(const struct pvdrm_walk *w, const struct pvdrm_view *v,
		       const struct xendrm_field *f, u64 *nr)
{
	u64 times = 1;

	*nr = f->count;
	if (f->count_width)
		*nr = pvdrm_walk_value(w, v, f->count, f->count_width);
	if (f->flags & XENDRM_FIELD_PRODUCT)
		times = pvdrm_walk_value(w, v, f->stride, f->stride_width);
	return shape_product(*nr, times, f->max, nr);
}

static u64 shape_step(const struct pvdrm_walk *w, const struct pvdrm_view *v,
		      const struct xendrm_field *f)
{
	if (!f->stride_width || f->flags & XENDRM_FIELD_PRODUCT)
		return f->elem_size;
	return pvdrm_walk_value(w, v, f->stride, f->stride_width);
}

/* One struct of so many bytes, or whole elements */
static void shape_units(const struct xendrm_field *f, u32 len,
			struct pvdrm_shape *shape)
{
	bool many = f->flags & XENDRM_FIELD_MANY;

	*shape = (struct pvdrm_shape) {
		.nr = many ? len / f->elem_size : !!len,
		.step = many ? f->elem_size : len,
		.used = many ? f->elem_size : len,
		.len = len,
	};
}

int pvdrm_shape_array(const struct pvdrm_walk *w, const struct pvdrm_view *v,
		      const struct xendrm_field *f, struct pvdrm_shape *shape)
{
	u64 nr, step, len;
	int err = shape_count(w, v, f, &nr);

	if (err)
		return err;
	if (f->aux) {
		shape_units(f, nr * f->aux, shape);
		return 0;
	}
	step = shape_step(w, v, f);
	if (step > XENDRM_MAX_ARG) {
		if (nr > 1)
			return -E2BIG;
		step = XENDRM_MAX_ARG;
	}
	shape->nr = nr;
	shape->step = step;
	shape->used = min(shape->step, f->elem_size);
	len = nr ? (nr - 1) * step + shape->used : 0;
	if (len > XENDRM_MAX_ARG)
		return -E2BIG;
	shape->len = len;
	return 0;
}

int pvdrm_shape_gaps(struct pvdrm_walk *w, u32 off,
		     const struct pvdrm_shape *shape)
{
	u32 gap = shape->step - shape->used;
	u32 i, j;

	for (i = 0; gap && i + 1 < shape->nr; i++) {
		u32 at = off + i * shape->step + shape->used;

		if (w->mem) {
			memset(w->plan->buf + at, 0, gap);
			continue;
		}
		for (j = 0; j < gap; j++)
			if (w->req[at + j])
				return -EPROTO;
	}
	return 0;
}

int pvdrm_shape_trailing(const struct xendrm_field *variant, const u8 *at,
			 u32 *len)
{
	u64 nr = 0, times = 1;
	int err;

	*len = 0;
	if (!variant->count_width)
		return 0;
	memcpy(&nr, at + variant->count, variant->count_width);
	if (variant->flags & XENDRM_FIELD_PRODUCT) {
		times = 0;
		memcpy(&times, at + variant->aux, variant->stride_width);
	}
	err = shape_product(nr, times, variant->max, &nr);
	if (!err)
		*len = nr * variant->stride;
	return err;
}
