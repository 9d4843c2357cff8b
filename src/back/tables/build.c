// SPDX-License-Identifier: GPL-2.0-only
/*
 * build.c: from the tables as they are written to the one that is served
 */
#include "back/tables/driver.h"

#define TABLE_ADDRESS(driver)	&pvdrm_##driver##_table,
static const struct pvdrm_driver_table *const driver_tables[] = {
	PVDRM_DRIVERS(TABLE_ADDRESS)
};

const struct pvdrm_driver_table *pvdrm_driver_table_find(const char *driver_name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(driver_tables); i++)
		if (!strcmp(driver_tables[i]->driver, driver_name))
			return driver_tables[i];
	return NULL;
}

static bool build_same_ioctl(u32 a, u32 b)
{
	return _IOC_TYPE(a) == _IOC_TYPE(b) && _IOC_NR(a) == _IOC_NR(b);
}

const struct pvdrm_refusal *
pvdrm_table_refusal(const struct pvdrm_driver_table *drv, u32 cmd)
{
	const struct pvdrm_driver_table *const both[] = {
		drv, &pvdrm_core_table
	};
	size_t t, i;

	for (t = 0; t < ARRAY_SIZE(both); t++)
		for (i = 0; both[t] && i < both[t]->nr_refused; i++)
			if (build_same_ioctl(both[t]->refused[i].cmd, cmd))
				return &both[t]->refused[i];
	return NULL;
}

/* A table in the making; @keeps: freed buffers may be kept by the frontend */
struct build {
	bool keeps;
	struct xendrm_ioctl *ioctls;
	struct xendrm_field *fields;
	u32 nr_ioctls;
	u32 nr_fields;
};

static u32 build_count(const struct pvdrm_field_entry *list, u32 nr)
{
	u32 sum = nr;
	u32 i;

	for (i = 0; i < nr; i++)
		sum += build_count(list[i].children, list[i].wire.nr);
	return sum;
}

/*
 * What is served of the ioctl's rule for memory: to a frontend that may not keep
 * buffers, only which handles exist. Return the number of fields
 */
static u32 build_rule(const struct build *b, const struct pvdrm_ioctl_entry *entry,
		      struct xendrm_field *fields)
{
	struct pvdrm_buffer_rule rule = entry->buffer;

	memset(fields, 0, PVDRM_BUFFER_FIELDS * sizeof(*fields));
	rule.cached &= b->keeps;
	if (!b->keeps && !pvdrm_buffer_counts(&rule))
		return 0;
	return pvdrm_buffer_fields(&rule, fields);
}

static void build_measure(struct build *b, const struct pvdrm_driver_table *drv)
{
	struct xendrm_field unused[PVDRM_BUFFER_FIELDS];
	size_t i;

	b->nr_ioctls += drv->nr;
	for (i = 0; i < drv->nr; i++)
		b->nr_fields += build_count(drv->ioctls[i].fields,
					    drv->ioctls[i].nr) +
				build_rule(b, &drv->ioctls[i], unused);
}

static u32 build_fields(struct build *b, const struct pvdrm_field_entry *list,
			u32 nr);

static void build_field(struct build *b, u32 at,
			const struct pvdrm_field_entry *entry)
{
	b->fields[at] = entry->wire;
	b->fields[at].first = build_fields(b, entry->children, entry->wire.nr);
}

/*
 * Add a list and, after it, its fields' own: so children come after parents.
 * Return where the list begins.
 */
static u32 build_fields(struct build *b, const struct pvdrm_field_entry *list,
			u32 nr)
{
	u32 first = b->nr_fields;
	u32 i;

	if (!nr)
		return 0;
	b->nr_fields += nr;
	for (i = 0; i < nr; i++)
		build_field(b, first + i, &list[i]);
	return first;
}

/* The ioctl's own fields, and what its rule adds to them */
static void build_argument(struct build *b, const struct pvdrm_ioctl_entry *entry,
			   struct xendrm_ioctl *to)
{
	struct xendrm_field rule[PVDRM_BUFFER_FIELDS];
	u32 nr = build_rule(b, entry, rule);
	u32 first = b->nr_fields;
	u32 i;

	to->nr = entry->nr + nr;
	if (!to->nr)
		return;
	to->first = first;
	b->nr_fields += to->nr;
	for (i = 0; i < nr; i++)
		b->fields[first + entry->nr + i] = rule[i];
	for (i = 0; i < entry->nr; i++)
		build_field(b, first + i, &entry->fields[i]);
}

static void build_ioctls(struct build *b, const struct pvdrm_driver_table *drv)
{
	size_t i;

	for (i = 0; i < drv->nr; i++) {
		const struct pvdrm_ioctl_entry *entry = &drv->ioctls[i];
		u32 at = b->nr_ioctls++;

		while (at && _IOC_NR(b->ioctls[at - 1].cmd) > _IOC_NR(entry->cmd)) {
			b->ioctls[at] = b->ioctls[at - 1];
			at--;
		}
		b->ioctls[at] = (struct xendrm_ioctl) {
			.cmd = entry->cmd,
			.flags = entry->flags |
				 pvdrm_buffer_flags(&entry->buffer),
		};
		build_argument(b, entry, &b->ioctls[at]);
	}
}

int pvdrm_table_build(const struct pvdrm_driver_table *drv, void **buf,
		      size_t *len)
{
	struct build b = { .keeps = drv && drv->idle };
	struct xendrm_table *t;
	size_t bytes;

	build_measure(&b, &pvdrm_core_table);
	if (drv)
		build_measure(&b, drv);
	if (b.nr_ioctls > XENDRM_MAX_IOCTLS || b.nr_fields > XENDRM_MAX_FIELDS)
		return -E2BIG;

	bytes = sizeof(*t) + b.nr_ioctls * sizeof(*b.ioctls) +
		b.nr_fields * sizeof(*b.fields);
	t = pvdrm_alloc(bytes);
	if (!t)
		return -ENOMEM;
	memset(t, 0, bytes);
	t->magic = XENDRM_TABLE_MAGIC;
	t->version = XENDRM_TABLE_VERSION;
	t->nr_ioctls = b.nr_ioctls;
	t->nr_fields = b.nr_fields;
	t->length = bytes;

	b.ioctls = (void *)(t + 1);
	b.fields = (void *)(b.ioctls + b.nr_ioctls);
	b.nr_ioctls = 0;
	b.nr_fields = 0;
	build_ioctls(&b, &pvdrm_core_table);
	if (drv)
		build_ioctls(&b, drv);
	*buf = t;
	*len = bytes;
	return 0;
}
