// SPDX-License-Identifier: GPL-2.0-only
/*
 * generate.c: see generate.h
 */
#include "generate.h"

/* Each input has noise of its own, so that the shortest one also leads far */
static u8 noise_byte(struct generator *g)
{
	size_t i;

	if (!g->noise)
		for (i = 0; i < g->len; i++)
			g->noise = (g->noise ^ g->bytes[i]) * 0x100000001b3ull;
	g->noise = g->noise * 0x5851f42d4c957f2dull + 1;
	return g->noise >> 56;
}

u8 generate_byte(struct generator *g)
{
	return g->pos < g->len ? g->bytes[g->pos++] : noise_byte(g);
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

/* Mostly small: counts, conditions and tags; at times, strides */
static u8 some_number(struct generator *g)
{
	u8 what = generate_byte(g);

	return what < 240 ? what & 3 : 8 * (what & 7);
}

/*
 * Structs and the program's memory have one layout, or hardly a table would
 * pass, and hardly a pointer lead to what makes sense: of 16 bytes, a pointer
 * has the first 8, a number the next 4 (or 8), a descriptor the last 4.
 */
#define POINTER_PLACE	0
#define NUMBER_PLACE	8
#define FD_PLACE	12

/*
 * The offset of something so wide in a struct. Once in a while, it is anywhere:
 * perhaps a rule is missing that forbids it.
 */
static u32 some_offset(struct generator *g, u32 width, u32 size, u32 place)
{
	if (size < 16 || !generate_below(g, 32))
		return generate_below(g, size / width) * width;
	return generate_below(g, size / 16) * 16 + place;
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
	if (generate_below(g, 2))
		return;
	f->cond = 1 + generate_below(g, XENDRM_COND_GT);
	f->cond_width = some_width(g);
	f->cond_off = some_offset(g, f->cond_width, size, NUMBER_PLACE);
	f->cond_value = some_number(g);
	if (f->cond == XENDRM_COND_ANY && !f->cond_value)
		f->cond_value = 1;
}

/* Other ways to say how long an array is, or what becomes of its pointer */
static void some_form(struct generator *g, struct xendrm_field *f, u32 size)
{
	switch (generate_below(g, 8)) {
	case 0:
		f->aux = 1 + generate_below(g, 8);
		if (generate_below(g, 2))
			f->flags |= XENDRM_FIELD_MANY;
		break;
	case 1:
		f->flags |= XENDRM_FIELD_PRODUCT;
		f->stride_width = some_width(g);
		f->stride = some_offset(g, f->stride_width, size, NUMBER_PLACE);
		break;
	case 2:
		f->flags |= XENDRM_FIELD_RESULT;
		break;
	}
}

/* What may follow the struct */
static void some_rest(struct generator *g, struct xendrm_field *f)
{
	if (generate_below(g, 2) || f->elem_size < 8)
		return;
	f->count_width = some_width(g);
	f->count = some_offset(g, f->count_width, f->elem_size, NUMBER_PLACE);
	f->stride = 1 + generate_below(g, 16);
	f->max = 8 + generate_below(g, 64);
	if (generate_below(g, 2))
		return;
	f->flags |= XENDRM_FIELD_PRODUCT;
	f->stride_width = some_width(g);
	f->aux = some_offset(g, f->stride_width, f->elem_size, NUMBER_PLACE);
}

/* Of an array's element: most have whole places */
static u32 some_size(struct generator *g)
{
	if (!generate_below(g, 8))
		return 1 + generate_below(g, 64);
	return 16 + 16 * generate_below(g, 3);
}

static void some_array(struct generator *g, struct xendrm_field *f, u32 size)
{
	f->flags = 1 + generate_below(g, 3);
	f->max = 1 + generate_below(g, 64);
	f->elem_size = some_size(g);
	if (generate_below(g, 4)) {
		f->count_width = some_width(g);
		f->count = some_offset(g, f->count_width, size, NUMBER_PLACE);
	} else {
		f->count = 1 + generate_below(g, f->max);
	}
	if (!generate_below(g, f->flags == XENDRM_FIELD_IN ? 4 : 64)) {
		f->stride_width = some_width(g);
		f->stride = some_offset(g, f->stride_width, size, NUMBER_PLACE);
	}
	if (f->flags & XENDRM_FIELD_IN && f->count_width && !f->stride_width)
		some_form(g, f, size);
	/* Once in a while, as large as can be */
	if (!generate_below(g, 128)) {
		f->elem_size = 1u << generate_below(g, 12);
		f->max = XENDRM_MAX_ARG / f->elem_size;
	}
}

static void some_chain(struct generator *g, struct xendrm_field *f)
{
	f->elem_size = 16 + 8 * generate_below(g, 3);
	f->stride = some_offset(g, 8, f->elem_size, POINTER_PLACE);
	f->count = some_offset(g, 4, f->elem_size, NUMBER_PLACE);
	f->max = 1 + generate_below(g, 16);
}

/* There may only be one of each tag */
static void some_variant(struct generator *g, struct xendrm_field *f,
			 const struct xendrm_field *chain, u32 tag)
{
	f->kind = XENDRM_FIELD_VARIANT;
	f->flags = XENDRM_FIELD_IN | generate_below(g, 4);
	f->elem_size = chain->elem_size + 8 * generate_below(g, 5);
	f->cond = XENDRM_COND_EQ;
	f->cond_width = 4;
	f->cond_off = chain->count;
	f->cond_value = generate_below(g, 32) ? tag : generate_below(g, 4);
	some_rest(g, f);
}

static void some_fd(struct generator *g, struct xendrm_field *f,
		    const struct list *l)
{
	f->offset = some_offset(g, 4, l->size, FD_PLACE);
	if (!generate_below(g, 2))
		f->flags = 1 + generate_below(g, 3);
	if (f->flags == XENDRM_FIELD_OUT && l->depth == 1 &&
	    generate_below(g, 2))
		f->flags |= XENDRM_FIELD_RESULT;
	f->aux = XENDRM_FD_SYNC_FILE;
	if (!generate_below(g, 16))
		f->aux = 1 + generate_below(g, XENDRM_FD_EVENTFD);
}

static void some_refusal(struct generator *g, struct xendrm_field *f, u32 size)
{
	f->flags = 0;
	f->offset = 0;
	f->aux = 1 + generate_below(g, 100);
	if (!generate_below(g, 8))
		return;
	f->count_width = some_width(g);
	f->count = some_offset(g, f->count_width, size, NUMBER_PLACE);
	f->stride = some_number(g);
	f->max = f->stride + generate_below(g, 8);
}

static void some_field(struct generator *g, struct xendrm_field *f,
		       const struct list *l)
{
	/* What has fields of its own leads furthest */
	static const u8 kinds[] = {
		XENDRM_FIELD_ARRAY, XENDRM_FIELD_ARRAY, XENDRM_FIELD_ARRAY,
		XENDRM_FIELD_CHAIN, XENDRM_FIELD_CHAIN, XENDRM_FIELD_STRING,
		XENDRM_FIELD_FD, XENDRM_FIELD_ABS_TIMEOUT, XENDRM_FIELD_ABS_TIMESPEC,
		XENDRM_FIELD_REFUSE,
		XENDRM_FIELD_BUFFER, XENDRM_FIELD_WAIT, XENDRM_FIELD_SYNC,
		XENDRM_FIELD_QUEUE, XENDRM_FIELD_NUMBER,
	};

	f->kind = kinds[generate_below(g, sizeof(kinds))];
	if ((f->kind == XENDRM_FIELD_BUFFER || f->kind == XENDRM_FIELD_NUMBER) &&
	    l->depth > 1)
		f->kind = XENDRM_FIELD_REFUSE;
	f->offset = some_offset(g, 8, l->size, POINTER_PLACE);
	f->flags = XENDRM_FIELD_IN;
	switch (f->kind) {
	case XENDRM_FIELD_ARRAY:
		some_array(g, f, l->size);
		break;
	case XENDRM_FIELD_STRING:
		f->max = 1 + generate_below(g, 32);
		break;
	case XENDRM_FIELD_CHAIN:
		some_chain(g, f);
		break;
	case XENDRM_FIELD_FD:
		some_fd(g, f, l);
		break;
	case XENDRM_FIELD_REFUSE:
		some_refusal(g, f, l->size);
		break;
	case XENDRM_FIELD_BUFFER:
		f->flags = 0;
		f->offset = some_offset(g, 4, l->size, NUMBER_PLACE);
		f->aux = XENDRM_BUFFER_FREED + generate_below(g, 5);
		break;
	case XENDRM_FIELD_WAIT:
		f->flags = 0;
		f->offset = 0;
		break;
	case XENDRM_FIELD_SYNC:
		f->flags = 0;
		f->offset = some_offset(g, 4, l->size, NUMBER_PLACE);
		f->aux = XENDRM_SYNC_ENDED + generate_below(g, 5);
		break;
	case XENDRM_FIELD_NUMBER:
		f->flags = 0;
		break;
	case XENDRM_FIELD_QUEUE:
		f->flags = generate_below(g, 2) ? XENDRM_FIELD_COUNTED : 0;
		f->offset = 0;
		f->count_width = 4;
		f->count = some_offset(g, 4, l->size, NUMBER_PLACE);
		break;
	default:
		break;
	}
	some_condition(g, f, l->size);
}

/* Two descriptors, one after the other, often have the same place. */
static void some_pair(struct generator *g, struct xendrm_field *f, u32 size)
{
	if (f[0].kind != XENDRM_FIELD_FD || f[0].flags != XENDRM_FIELD_IN ||
	    generate_below(g, 2))
		return;
	f[1] = f[0];
	f[1].flags = XENDRM_FIELD_OUT;
	some_condition(g, &f[1], size);
}

/* Of two with conditions, often the same value decides. */
static void some_choice(struct generator *g, struct xendrm_field *f)
{
	if (!f[0].cond || !f[1].cond || generate_below(g, 2))
		return;
	f[1].cond_width = f[0].cond_width;
	f[1].cond_off = f[0].cond_off;
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
	u32 wanted = generate_below(g, 4) + (l->chain || l->depth == 1);
	u32 i;

	if (l->depth > XENDRM_MAX_DEPTH || l->size < 8)
		return;
	wanted = min(wanted, GENERATE_MAX_FIELDS - (u32)t->head.nr_fields);
	if (!wanted)
		return;
	*first = t->head.nr_fields;
	*nr = wanted;
	t->head.nr_fields += wanted;
	for (i = 0; i < wanted; i++) {
		if (l->chain)
			some_variant(g, &t->fields[*first + i], l->chain, i);
		else
			some_field(g, &t->fields[*first + i], l);
	}
	for (i = 1; i < wanted; i++) {
		some_pair(g, &t->fields[*first + i - 1], l->size);
		some_choice(g, &t->fields[*first + i - 1]);
	}
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

	l.size = generate_below(g, 8) ? 16 + 16 * generate_below(g, 5) :
		 8 * generate_below(g, 12);
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
	t.head.nr_ioctls = 1;
	if (!generate_below(g, 8))
		t.head.nr_ioctls += generate_below(g, GENERATE_MAX_IOCTLS);
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

	switch (generate_below(g, 16)) {
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

static u64 some_pointer(struct generator *g)
{
	u8 what = generate_byte(g);

	switch (what >> 4) {
	case 0:
		return BAD_ADDRESS;
	case 1:
		return generate_byte(g);
	case 2:
		return PROGRAM_BASE + what + generate_byte(g);
	default:
		return what & 3 ? PROGRAM_BASE + 16 * (what & 127) : 0;
	}
}

/* Also what is behind the number, perhaps a descriptor */
static u64 some_numbers(struct generator *g)
{
	u8 what = generate_byte(g);

	if (what < 4)
		return generate_number(g, 8);
	return (u64)(what < 64 ? what & 3 : 0) << 32 | some_number(g);
}

void generate_memory(struct generator *g)
{
	u64 words[GENERATED_MEMORY / 8];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = i & 1 ? some_numbers(g) : some_pointer(g);
	memcpy(program.bytes, words, sizeof(words));
}

static u64 some_marker(struct generator *g)
{
	u8 what = generate_byte(g);

	if (what < 8)
		return generate_number(g, 8);
	return what & 7 ? XENDRM_PTR_DATA : what >> 6;
}

size_t generate_request(struct generator *g, u8 *req, size_t max_len)
{
	size_t len = 8 * generate_below(g, max_len / 8) + generate_below(g, 8);
	size_t i;

	memset(req, 0, len);
	for (i = 0; i + 8 <= len; i += 8) {
		u64 word = i & 8 ? some_numbers(g) : some_marker(g);

		memcpy(req + i, &word, 8);
	}
	return len;
}

int fuzz_one(const u8 *bytes, size_t len)
{
	struct generator g = { .bytes = bytes, .len = len };
	struct pvdrm_table table;
	const char *why;
	size_t table_len;
	void *buf;
	u32 where;

	space_reset();
	buf = generate_table(&g, &table_len);
	if (!pvdrm_table_check(buf, table_len, &table, &why, &where) &&
	    table.nr_ioctls)
		fuzz_table(&g, &table);
	free(buf);
	return 0;
}
