// SPDX-License-Identifier: GPL-2.0-only
/*
 * work.c: where the fences of what an ioctl gives to the GPU are found
 *
 * What is read is the guest's, and may be any numbers.
 */
#include "back/tables/work.h"

/* So many elements of an array are looked at */
#define MOST_ELEMENTS	64u

/* And so many parts of a submission */
#define MOST_PARTS	1024u

/* An element that is being looked at */
struct place {
	u64 addr;
	u32 size;
};

static int read_at(const struct pvdrm_mem *mem, const struct place *place,
		   u32 offset, void *value, u32 width)
{
	if (offset + width > place->size)
		return -ENOENT;
	return mem->in(value, place->addr + offset, width);
}

static bool counts(const struct pvdrm_work_step *step,
		   const struct pvdrm_mem *mem, const struct place *place)
{
	u64 value;

	if (!step->mask)
		return true;
	return !read_at(mem, place, step->when, &value, sizeof(value)) &&
	       (value & step->mask) == step->value;
}

/* Each level is a step of the rule, so there are few. */
static int find(const struct pvdrm_work_rule *rule, u32 level,
		const struct pvdrm_mem *mem, const struct place *from,
		u32 *handle)
{
	const struct pvdrm_work_step *step = &rule->steps[level];
	u32 i, count = 1;
	struct place to;
	u64 pointer;
	int ret;

	if (level == PVDRM_WORK_STEPS || !step->stride)
		return read_at(mem, from, rule->handle, handle,
			       sizeof(*handle));
	ret = read_at(mem, from, step->pointer, &pointer, sizeof(pointer));
	if (!ret && !step->one)
		ret = read_at(mem, from, step->count, &count, sizeof(count));
	if (ret)
		return ret;
	to.size = step->stride;
	for (i = 0; i < min(count, MOST_ELEMENTS); i++) {
		to.addr = pointer + i * step->stride;
		if (counts(step, mem, &to) &&
		    !find(rule, level + 1, mem, &to, handle))
			return 0;
	}
	return -ENOENT;
}

/* The driver refuses what is not below 32. Return: a bit for each queue; 0: not known */
static u32 queues_of_parts(const struct pvdrm_work_rule *rule,
			   const struct pvdrm_mem *mem,
			   const struct place *argument)
{
	const struct pvdrm_work_step *step = &rule->steps[0];
	u32 i, count, index, found = 0;
	u64 pointer;

	if (read_at(mem, argument, step->pointer, &pointer, sizeof(pointer)) ||
	    read_at(mem, argument, step->count, &count, sizeof(count)) ||
	    count > MOST_PARTS)
		return 0;
	for (i = 0; i < count; i++) {
		const struct place part = {
			pointer + i * step->stride, step->stride
		};

		if (read_at(mem, &part, rule->handle, &index, sizeof(index)))
			return 0;
		found |= 1u << index % 32;
	}
	return found;
}

u32 pvdrm_work_queue(const struct pvdrm_work_rule *rule,
		     const struct pvdrm_mem *mem, u64 arg, u32 size, u32 *name)
{
	const struct place argument = { arg, size };
	u32 i, queues, nr = 0;

	for (i = 0; i < PVDRM_WORK_NAMES; i++) {
		name[i] = 0;
		if (i < rule->names &&
		    read_at(mem, &argument, rule->name[i], &name[i],
			    sizeof(*name)) == -EFAULT)
			return 0;
	}
	if (!rule->steps[0].stride)
		return 1;
	queues = queues_of_parts(rule, mem, &argument);
	name[PVDRM_WORK_NAMES - 1] = queues;
	for (; queues; queues &= queues - 1)
		nr++;
	return nr;
}

int pvdrm_work_handle(const struct pvdrm_work_rule *rule,
		      const struct pvdrm_mem *mem, u64 arg, u32 size,
		      u32 *handle)
{
	const struct place argument = { arg, size };

	return find(rule, 0, mem, &argument, handle);
}
