// SPDX-License-Identifier: GPL-2.0-only
/*
 * generate.c: see generate.h
 */
#include "generate.h"

u8 generate_byte(struct generator *g)
{
	return g->pos < g->len ? g->bytes[g->pos++] : 0;
}

u32 generate_below(struct generator *g, u32 limit)
{
	u32 value = generate_byte(g);

	if (limit > 256)
		value |= (u32)generate_byte(g) << 8;
	return limit ? value % limit : 0;
}

u64 generate_number(struct generator *g, u32 width)
{
	u64 value = 0;

	while (width--)
		value = value << 8 | generate_byte(g);
	return value;
}

static u8 some_width(struct generator *g)
{
	return 1u << generate_below(g, 4);
}

/* The offset of something so wide in a struct */
static u32 some_offset(struct generator *g, u32 width, u32 size)
{
	return generate_below(g, size / width) * width;
}

/* ------------------------------------------------------------------- tables */

struct list {
	u32 size;		/* of the struct */
	u32 depth;
	const struct xendrm_field *chain;
};

static void some_condition(struct generator *g, struct xendrm_field *f,
			   u32 size)
{
	f->cond = generate_below(g, XENDRM_COND_GT + 1);
	if (f->cond == XENDRM_COND_ALWAYS)
		return;
	f->cond_width = some_width(g);
	f->cond_off = some_offset(g, f->cond_width, size);
	f->cond_value = generate_byte(g);
	if (f->cond == XENDRM_COND_ANY && !f->cond_value)
		f->cond_value = 1;
}

/* Other ways to say how long an array is, or what becomes of its pointer */
static void some_form(struct generator *g, struct xendrm_field *f, u32 size)
{
	switch (generate_below(g, 8)) {
	case 0:
		f->aux = 1 + generate_below(g, 8);
		break;
	case 1:
		f->flags |= XENDRM_FIELD_PRODUCT;
		f->stride_width = some_width(g);
		f->stride = some_offset(g, f->stride_width, size);
		break;
	case 2:
		f->flags |= XENDRM_FIELD_RESULT;
		break;
	}
}

/* What may follow a struct of a chain */
static void some_rest(struct generator *g, struct xendrm_field *f)
{
	if (generate_below(g, 3) || f->elem_size < 8)
		return;
	f->count_width = some_width(g);
	f->count = some_offset(g, f->count_width, f->elem_size);
	f->stride = 1 + generate_below(g, 16);
	f->max = 1 + generate_below(g, 8);
	if (generate_below(g, 2))
		return;
	f->flags |= XENDRM_FIELD_PRODUCT;
	f->stride_width = some_width(g);
	f->aux = some_offset(g, f->stride_width, f->elem_size);
}

static void some_array(struct generator *g, struct xendrm_field *f, u32 size)
{
	f->flags = 1 + generate_below(g, 3);
	f->max = 1 + generate_below(g, 64);
	f->elem_size = 1 + generate_below(g, 64);
	if (generate_below(g, 4)) {
		f->count_width = some_width(g);
		f->count = some_offset(g, f->count_width, size);
	} else {
		f->count = 1 + generate_below(g, f->max);
	}
	if (f->flags == XENDRM_FIELD_IN && !generate_below(g, 4)) {
		f->stride_width = some_width(g);
		f->stride = some_offset(g, f->stride_width, size);
	}
	if (f->flags & XENDRM_FIELD_IN && f->count_width && !f->stride_width)
		some_form(g, f, size);
	/* Once in a while, as large as can be */
	if (!generate_below(g, 32)) {
		f->elem_size = 1u << generate_below(g, 12);
		f->max = XENDRM_MAX_ARG / f->elem_size;
	}
}

static void some_field(struct generator *g, struct xendrm_field *f,
		       const struct list *l)
{
	f->kind = 1 + generate_below(g, XENDRM_FIELD_BUFFER);
	if (f->kind == XENDRM_FIELD_BUFFER && l->depth > 1)
		f->kind = XENDRM_FIELD_REFUSE;
	if (l->chain)
		f->kind = XENDRM_FIELD_VARIANT;
	f->offset = some_offset(g, 8, l->size);
	f->flags = XENDRM_FIELD_IN;
	switch (f->kind) {
	case XENDRM_FIELD_ARRAY:
		some_array(g, f, l->size);
		break;
	case XENDRM_FIELD_STRING:
		f->max = 1 + generate_below(g, 32);
		break;
	case XENDRM_FIELD_CHAIN:
		f->elem_size = 16 + 8 * generate_below(g, 3);
		f->stride = 8 * generate_below(g, 2);
		f->count = f->stride ? 4 : 8;
		f->max = 1 + generate_below(g, 6);
		break;
	case XENDRM_FIELD_VARIANT:
		f->offset = 0;
		f->flags |= generate_below(g, 4);
		f->elem_size = (l->chain ? l->chain->elem_size : 0) +
			       8 * generate_below(g, 5);
		f->cond = XENDRM_COND_EQ;
		f->cond_width = 4;
		f->cond_off = l->chain ? l->chain->count : 0;
		f->cond_value = generate_below(g, 6);
		some_rest(g, f);
		return;
	case XENDRM_FIELD_FD:
		f->flags = 1 + generate_below(g, 3);
		if (f->flags == XENDRM_FIELD_OUT && l->depth == 1 &&
		    generate_below(g, 2))
			f->flags |= XENDRM_FIELD_RESULT;
		f->aux = 1 + generate_below(g, 8);
		if (f->aux > XENDRM_FD_EVENTFD)
			f->aux = XENDRM_FD_SYNC_FILE;
		break;
	case XENDRM_FIELD_REFUSE:
		f->flags = 0;
		f->offset = 0;
		f->aux = 1 + generate_below(g, 100);
		if (generate_below(g, 2))
			break;
		f->count_width = some_width(g);
		f->count = some_offset(g, f->count_width, l->size);
		f->stride = generate_below(g, 8);
		f->max = f->stride + generate_below(g, 8);
		break;
	case XENDRM_FIELD_BUFFER:
		f->flags = 0;
		f->offset = some_offset(g, 4, l->size);
		f->aux = XENDRM_BUFFER_FREED + generate_below(g, 2);
		break;
	default:
		break;
	}
	some_condition(g, f, l->size);
}

/* Two descriptors, one after the other, often have the same place. */
static void some_pair(struct xendrm_field *f)
{
	if (f[0].kind != XENDRM_FIELD_FD || f[1].kind != XENDRM_FIELD_FD ||
	    f[0].flags != XENDRM_FIELD_IN || f[1].flags != XENDRM_FIELD_OUT)
		return;
	f[1].offset = f[0].offset;
}

static bool has_children(const struct xendrm_field *f)
{
	return f->kind == XENDRM_FIELD_CHAIN ||
	       f->kind == XENDRM_FIELD_VARIANT ||
	       (f->kind == XENDRM_FIELD_ARRAY && f->flags & XENDRM_FIELD_IN &&
		f->elem_size >= 8);
}

/* Children follow their parents */
static void some_list(struct generator *g, struct generated_table *t,
		      const struct list *l, u16 *first, u16 *nr)
{
	u32 wanted = generate_below(g, 4) + !!l->chain;
	u32 i;

	if (l->depth > XENDRM_MAX_DEPTH || l->size < 8)
		return;
	wanted = min(wanted, GENERATE_MAX_FIELDS - (u32)t->head.nr_fields);
	if (!wanted)
		return;
	*first = t->head.nr_fields;
	*nr = wanted;
	t->head.nr_fields += wanted;
	for (i = 0; i < wanted; i++)
		some_field(g, &t->fields[*first + i], l);
	for (i = 1; i < wanted; i++)
		some_pair(&t->fields[*first + i - 1]);
	for (i = 0; i < wanted; i++) {
		struct xendrm_field *f = &t->fields[*first + i];
		struct list inner = {
			.size = f->elem_size,
			.depth = l->depth + 1,
			.chain = f->kind == XENDRM_FIELD_CHAIN ? f : NULL,
		};

		if (has_children(f))
			some_list(g, t, &inner, &f->first, &f->nr);
	}
}

static void some_ioctl(struct generator *g, struct generated_table *t, u32 nr)
{
	static const u8 dirs[] = { 3, 3, 3, 1, 2, 0 };
	struct xendrm_ioctl *d = &t->ioctls[nr];
	struct list l = { .depth = 1 };

	l.size = 8 * generate_below(g, 12);
	d->cmd = _IOC((u32)dirs[generate_below(g, sizeof(dirs))], 'd', 0x40 + nr,
		      l.size);
	d->flags = generate_below(g, 8) ? 0 : XENDRM_IOCTL_VARSIZE;
	if (_IOC_DIR(d->cmd) & _IOC_WRITE)
		some_list(g, t, &l, &d->first, &d->nr);
}

static void *raw_table(struct generator *g, size_t *len)
{
	u8 *bytes;
	size_t i;

	*len = min(g->len - min(g->pos, g->len), (size_t)2048);
	bytes = malloc(*len + !*len);
	for (i = 0; i < *len; i++)
		bytes[i] = generate_byte(g);
	return bytes;
}

void *generate_table(struct generator *g, size_t *len)
{
	struct generated_table t = { 0 };
	u32 spoil, i;
	u8 *bytes;
	size_t at;

	if (generate_byte(g) == 255)
		return raw_table(g, len);
	spoil = generate_byte(g) < 32 ? generate_below(g, 4) : 0;
	t.head.magic = XENDRM_TABLE_MAGIC;
	t.head.version = XENDRM_TABLE_VERSION;
	t.head.nr_ioctls = 1 + generate_below(g, GENERATE_MAX_IOCTLS);
	for (i = 0; i < t.head.nr_ioctls; i++)
		some_ioctl(g, &t, i);

	at = sizeof(t.head) + t.head.nr_ioctls * sizeof(t.ioctls[0]);
	*len = at + t.head.nr_fields * sizeof(t.fields[0]);
	t.head.length = *len;
	bytes = malloc(*len);
	memcpy(bytes, &t, at);
	memcpy(bytes + at, t.fields, *len - at);
	while (spoil--) {
		at = generate_below(g, *len);
		bytes[at] = generate_byte(g);
	}
	return bytes;
}

u32 generate_cmd(struct generator *g, const struct pvdrm_table *table)
{
	u32 cmd = table->ioctls[generate_below(g, table->nr_ioctls)].cmd;
	u32 dir = _IOC_DIR(cmd), size = _IOC_SIZE(cmd);

	switch (generate_below(g, 8)) {
	case 0:
		size = generate_byte(g);
		break;
	case 1:
		size &= ~7u;
		size += 8 * generate_below(g, 5);
		break;
	case 2:
		dir = generate_below(g, 4);
		break;
	}
	return _IOC(dir, _IOC_TYPE(cmd), _IOC_NR(cmd), size);
}

/* ------------------------------------------------------------------- memory */

static u64 some_word(struct generator *g)
{
	u8 what = generate_byte(g);

	switch (what & 7) {
	case 0:
		return 0;
	case 1:
		return BAD_ADDRESS;
	case 2:
		return generate_number(g, 8);
	case 3:
		/* Two counts in one */
		return (u64)generate_byte(g) << 32 | generate_byte(g);
	case 4:
		return what >> 3;
	default:
		return PROGRAM_BASE + 8 * (what >> 3) + generate_byte(g);
	}
}

void generate_memory(struct generator *g)
{
	u64 words[GENERATED_MEMORY / 8];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = g->pos < g->len ? some_word(g) : i * 0x9e3779b9u;
	memcpy(program.bytes, words, sizeof(words));
}

size_t generate_request(struct generator *g, u8 *req, size_t max_len)
{
	size_t len = 8 * generate_below(g, max_len / 8) + generate_below(g, 8);
	size_t i;

	for (i = 0; i < len; i++)
		req[i] = 0;
	for (i = 0; i + 8 <= len && g->pos < g->len; i += 8) {
		u8 what = generate_byte(g);
		u64 word;

		if (what < 160)
			word = what & 15 ? XENDRM_PTR_DATA : what >> 6;
		else if (what < 250)
			word = (u64)(what & 7) << 32 | (what >> 3 & 7);
		else
			word = generate_number(g, 8);
		memcpy(req + i, &word, 8);
	}
	return len;
}
