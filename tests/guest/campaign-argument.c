// SPDX-License-Identifier: GPL-2.0-only
/*
 * campaign-argument.c: arguments of ioctls, by the table that the backend serves
 *
 * The table knows pointers, counts, descriptors, times and buffers. All other numbers are
 * guessed: small ones, bits, what earlier calls have answered. What was right once is
 * changed a little and tried again.
 */
#include <stdio.h>
#include <time.h>

#include "back/tables/driver.h"
#include "campaign.h"
#include "engine.h"

#define MOST_ELEMENTS	64		/* that are filled in */

static struct pvdrm_table table;
static const struct pvdrm_driver_table *driver_table;
static const struct pvdrm_buffer_rule *rules[PVDRM_BUFFER_RULES];
static const char *left_out;

bool argument_table(const char *driver, const char *without)
{
	const char *why;
	size_t len;
	void *buf;
	u32 where;

	driver_table = pvdrm_driver_table_find(driver);
	if (!driver_table || pvdrm_table_build(driver_table, &buf, &len) ||
	    pvdrm_table_check(buf, len, &table, &why, &where))
		return false;
	pvdrm_buffer_rules(driver_table, rules);
	left_out = without;
	return true;
}

const char *argument_name(unsigned int nr)
{
	const struct pvdrm_driver_table *const both[] = { driver_table, &pvdrm_core_table };
	size_t t, i;

	for (t = 0; t < ARRAY_SIZE(both); t++)
		for (i = 0; i < both[t]->nr; i++)
			if (_IOC_NR(both[t]->ioctls[i].cmd) == nr)
				return both[t]->ioctls[i].name;
	return NULL;
}

static unsigned int below(struct argument *a, unsigned int limit)
{
	return campaign_below(&a->noise, limit);
}

/* -------------------------------------------------------------------- numbers */

static u64 some_value(struct argument *a)
{
	return a->nr_values ? a->values[below(a, min(a->nr_values, CAMPAIGN_VALUES))] : 1;
}

static u32 some_word(struct argument *a)
{
	static const u32 odd[] = { ~0u, 0x7fffffff, 0x80000000, 4096, 256, 64, 0x10000, 0x100001 };

	switch (below(a, 16)) {
	case 0 ... 4:
		return 0;
	case 5 ... 7:
		return below(a, 8);
	case 8 ... 10:
		return 1 + below(a, 3);		/* the first handles */
	case 11 ... 12:
		return some_value(a);
	case 13:
		return 1u << below(a, 32);
	case 14:
		return odd[below(a, ARRAY_SIZE(odd))];
	default:
		return campaign_noise(&a->noise);
	}
}

/* Often most are 0. Numbers of 64 bits are mostly small as well. */
static void some_words(struct argument *a, u8 *at, u32 len)
{
	bool sparse = below(a, 2);
	u32 i, word;
	u64 value;

	for (i = 0; i + sizeof(word) <= len; i += sizeof(word)) {
		word = (i % 8 || sparse) && below(a, 4) ? 0 : some_word(a);
		memcpy(at + i, &word, sizeof(word));
		if (i % 8 && !below(a, 8)) {
			value = some_value(a);
			memcpy(at + i - sizeof(word), &value, sizeof(value));
		}
	}
}

static u64 get(const u8 *at, u32 width)
{
	u64 value = 0;

	memcpy(&value, at, width);
	return value;
}

static void put(u8 *at, u32 width, u64 value)
{
	memcpy(at, &value, width);
}

/* --------------------------------------------------------------------- fields */

static bool in_room(const struct argument *a, u64 address)
{
	return address - (uintptr_t)a->room < CAMPAIGN_ROOM;
}

/* Memory for a pointee, filled, or NULL */
static u8 *some_room(struct argument *a, u64 len)
{
	u8 *at = a->room + ALIGN(a->used, 8);

	if (ALIGN(a->used, 8) + len > CAMPAIGN_ROOM)
		return NULL;
	a->used = ALIGN(a->used, 8) + len;
	some_words(a, at, len);
	return at;
}

static u64 some_pointer(struct argument *a, const u8 *good)
{
	switch (below(a, 64)) {
	case 0:
		return 0;
	case 1:
		return 1 + below(a, 8192);
	case 2:
		return 0xffff888000000000ull + 8 * below(a, 1 << 20);
	case 3:
		return (uintptr_t)a->room;
	case 4:			/* half of it beyond the end */
		return (uintptr_t)a->room + CAMPAIGN_ROOM - 1 - below(a, 64);
	case 5 ... 7:
		return (uintptr_t)campaign_mapping(&a->noise);
	default:
		return (uintptr_t)good;
	}
}

static void fill_fields(struct argument *a, u8 *at, u32 first, u32 nr);

/* Mostly few. Several arrays may have the same count, which then stays. */
static u64 fill_count(struct argument *a, const struct xendrm_field *f, u8 *at)
{
	u64 count;

	if (!f->count_width)
		return f->count;
	count = get(at + f->count, f->count_width);
	if (!below(a, 64))
		count = f->max + below(a, 3) - 1;
	else if ((!count && below(a, 4)) || (count > 4 && below(a, 16)))
		count = 1 + below(a, 3);
	put(at + f->count, f->count_width, count);
	return get(at + f->count, f->count_width);
}

static void fill_array(struct argument *a, const struct xendrm_field *f, u8 *at)
{
	u32 size = f->aux ? f->aux : f->elem_size, i;
	u64 count = fill_count(a, f, at), pointer = get(at + f->offset, 8);
	u32 nr = count < MOST_ELEMENTS ? count : MOST_ELEMENTS;
	u8 *to = (u8 *)(uintptr_t)pointer;

	if (f->stride_width && below(a, 16))
		put(at + f->stride, f->stride_width,
		    f->flags & XENDRM_FIELD_PRODUCT ? 1 : f->elem_size);
	if (!in_room(a, pointer)) {
		to = some_room(a, max(size * nr, f->elem_size));
		put(at + f->offset, 8, some_pointer(a, to));
	}
	for (i = 0; to && i < nr; i++, to += size)
		if (in_room(a, (uintptr_t)to + f->elem_size))
			fill_fields(a, to, f->first, f->nr);
}

static void fill_string(struct argument *a, const struct xendrm_field *f, u8 *at)
{
	u8 *to;

	if (in_room(a, get(at + f->offset, 8)))
		return;
	to = some_room(a, f->max + 8);
	if (to && below(a, 4))
		to[below(a, f->max)] = 0;
	put(at + f->offset, 8, some_pointer(a, to));
}

/* Perhaps too long, or without an end */
static void fill_chain(struct argument *a, const struct xendrm_field *f, u8 *at)
{
	u32 links = below(a, 8) ? below(a, 4) : f->max + 1;
	u8 *place = at + f->offset, *to;

	while (links--) {
		const struct xendrm_field *v = &table.fields[f->first + below(a, f->nr)];

		to = some_room(a, v->elem_size + 64);
		put(place, 8, some_pointer(a, to));
		if (!to)
			return;
		if (below(a, 16))
			put(to + f->count, 4, v->cond_value);
		fill_fields(a, to, v->first, v->nr);
		place = to + f->stride;
	}
	put(place, 8, below(a, 32) ? 0 : (uintptr_t)place - f->stride);
}

/* Soon, as a rule; nobody waits for ever, since there are signals. */
static u64 some_time(struct argument *a)
{
	struct timespec now;

	switch (below(a, 32)) {
	case 0:
		return INT64_MAX;
	case 1:
		return -1;
	case 2 ... 15:
		return 0;
	default:
		clock_gettime(CLOCK_MONOTONIC, &now);
		return now.tv_sec * 1000000000ull + now.tv_nsec + below(a, 5000000);
	}
}

static void fill_field(struct argument *a, const struct xendrm_field *f, u8 *at)
{
	switch (f->kind) {
	case XENDRM_FIELD_ARRAY:
		fill_array(a, f, at);
		break;
	case XENDRM_FIELD_STRING:
		fill_string(a, f, at);
		break;
	case XENDRM_FIELD_CHAIN:
		fill_chain(a, f, at);
		break;
	case XENDRM_FIELD_FD:
		if (f->flags & XENDRM_FIELD_IN)
			put(at + f->offset, 4, campaign_fd(&a->noise, f->aux));
		break;
	case XENDRM_FIELD_ABS_TIMEOUT:
		put(at + f->offset, 8, some_time(a));
		break;
	case XENDRM_FIELD_ABS_TIMESPEC:
		put(at + f->offset, 8, some_time(a) / 1000000000);
		put(at + f->offset + 8, 8, below(a, 1000000000));
		break;
	case XENDRM_FIELD_BUFFER:
		if (below(a, 4))
			put(at + f->offset, 4, below(a, 2) ? 1 + below(a, 4) : some_value(a));
		break;
	}
}

static bool applies(const struct xendrm_field *f, const u8 *at)
{
	return pvdrm_field_applies(f, f->cond ? get(at + f->cond_off, f->cond_width) : 0);
}

static void fill_fields(struct argument *a, u8 *at, u32 first, u32 nr)
{
	u32 i;

	for (i = first; i < first + nr; i++)
		if (applies(&table.fields[i], at))
			fill_field(a, &table.fields[i], at);
}

/* What memory costs, time does as well: mostly little of it. */
static void fill_size(struct argument *a)
{
	const struct pvdrm_buffer_rule *rule = rules[_IOC_NR(a->cmd)];
	u32 i;

	if (!rule || !below(a, 64))
		return;
	if (rule->kind == PVDRM_BUFFER_CREATES)
		put(a->room + rule->size, rule->size_width,
		    get(a->room + rule->size, rule->size_width) % (256 << 10));
	if (rule->kind == PVDRM_BUFFER_CREATES_DUMB)
		for (i = 0; i < ARRAY_SIZE(rule->shape); i++)
			put(a->room + rule->shape[i], 4, 8u << below(a, 5));
}

/* --------------------------------------------------------------------- samples */

/* Its pointers lead into the room of the thread that made it. */
static bool take_sample(struct argument *a, u32 nr)
{
	struct campaign_sample *sample = &campaign->samples[nr][below(a, CAMPAIGN_SAMPLES)];
	u64 from = __atomic_load_n(&sample->at, __ATOMIC_ACQUIRE), value;
	u32 used = min(sample->used, CAMPAIGN_SAMPLE), i;

	if (!from)
		return false;
	memcpy(a->room, sample->bytes, used);
	a->used = used;
	for (i = 0; i + 8 <= used; i += 8) {
		value = get(a->room + i, 8);
		if (value - from < CAMPAIGN_ROOM)
			put(a->room + i, 8, value - from + (uintptr_t)a->room);
	}
	for (i = below(a, 4); i--;)
		some_words(a, a->room + 4 * below(a, max(used / 4, 1u)), 4);
	return true;
}

static void keep_sample(struct argument *a, u32 nr)
{
	struct campaign_sample *sample = &campaign->samples[nr][below(a, CAMPAIGN_SAMPLES)];

	if (a->used > CAMPAIGN_SAMPLE)
		return;
	__atomic_store_n(&sample->at, 0, __ATOMIC_RELAXED);
	memcpy(sample->bytes, a->before, a->used);
	sample->used = a->used;
	__atomic_store_n(&sample->at, (uintptr_t)a->room, __ATOMIC_RELEASE);
}

/* ----------------------------------------------------------------------- calls */

/* The driver's own more often; those that the guest answers, seldom */
static const struct xendrm_ioctl *some_ioctl(struct argument *a)
{
	const struct xendrm_ioctl *d;
	u32 tries = 4;

	do
		d = &table.ioctls[below(a, table.nr_ioctls)];
	while (--tries && (_IOC_NR(d->cmd) < 0x40 || _IOC_NR(d->cmd) >= 0xa0 ||
			   d->flags & XENDRM_IOCTL_LOCAL) && below(a, 4));
	return d;
}

/* Some have faults of the driver's that end a machine. */
static bool is_left_out(u32 cmd)
{
	const char *name = argument_name(_IOC_NR(cmd));

	return name && left_out && strstr(left_out, name + strlen("DRM_IOCTL_"));
}

static u32 some_cmd(struct argument *a, u32 cmd)
{
	u32 size = _IOC_SIZE(cmd), dir = _IOC_DIR(cmd), nr = _IOC_NR(cmd);

	switch (below(a, 64)) {
	case 0:
		size = below(a, 256);
		break;
	case 1:
		size += 8 * below(a, 8);
		break;
	case 2:
		size -= min(size, 4 * below(a, 4));
		break;
	case 3:
		dir = below(a, 4);
		break;
	case 4:
		nr = below(a, 256);
		break;
	}
	cmd = _IOC(dir, _IOC_TYPE(cmd), nr, size);
	return is_left_out(cmd) ? _IOC(dir, _IOC_TYPE(cmd), 0, size) : cmd;
}

void argument_make(struct argument *a)
{
	const struct xendrm_ioctl *d = some_ioctl(a);
	u32 size = _IOC_SIZE(d->cmd);

	if (d->flags & XENDRM_IOCTL_VARSIZE)
		size += 4 * below(a, 32);
	if (!below(a, 4) || !take_sample(a, _IOC_NR(d->cmd))) {
		a->used = max(size, 8u);
		some_words(a, a->room, size);
	}
	a->used = max(a->used, size);
	fill_fields(a, a->room, d->first, d->nr);
	a->cmd = d->cmd;
	fill_size(a);
	a->cmd = some_cmd(a, _IOC(_IOC_DIR(d->cmd), _IOC_TYPE(d->cmd), _IOC_NR(d->cmd), size));
	a->arg = below(a, 256) ? a->room : (void *)(uintptr_t)some_pointer(a, a->room);
	memcpy(a->before, a->room, min(a->used, CAMPAIGN_SAMPLE));
}

static void learn_value(struct argument *a, u64 value)
{
	if (value)
		a->values[a->nr_values++ % CAMPAIGN_VALUES] = value;
}

static void learn_fds(struct argument *a, const struct xendrm_ioctl *d)
{
	const struct xendrm_field *f;
	u32 i;

	for (i = d->first; i < (u32)d->first + d->nr; i++) {
		f = &table.fields[i];
		if (f->kind == XENDRM_FIELD_FD && f->flags & XENDRM_FIELD_OUT &&
		    f->offset + 4 <= _IOC_SIZE(a->cmd) && _IOC_DIR(a->cmd) & _IOC_READ &&
		    applies(f, a->before))
			campaign_keep_fd(&a->noise, f->aux, get(a->room + f->offset, 4));
	}
}

void argument_learn(struct argument *a)
{
	const struct xendrm_ioctl *d = pvdrm_table_find(&table, a->cmd);
	u32 len = min(_IOC_SIZE(a->cmd), CAMPAIGN_SAMPLE), i;

	if (a->arg != a->room || !d)
		return;
	keep_sample(a, _IOC_NR(a->cmd));
	for (i = 0; i + 4 <= len; i += 4)
		if (get(a->room + i, 4) != get(a->before + i, 4))
			learn_value(a, get(a->room + i, 4));
	for (i = 0; i + 8 <= len; i += 8) {
		u64 value = get(a->room + i, 8);

		if (value >> 12 && !(value & 4095) && value != get(a->before + i, 8)) {
			a->offset = value;
			learn_value(a, value);
		}
	}
	learn_fds(a, d);
}
