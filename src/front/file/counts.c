// SPDX-License-Identifier: GPL-2.0-only
/*
 * counts.c: the numbers that a driver gives to submissions
 *
 * Some drivers name the fence of a submission by a number, which counts those of a
 * context or of one of its queues. The table says where it is returned, and what it
 * counts. So once one is known, so are those of later submissions: the host runs the
 * ones that nobody waits for in the order in which they were sent.
 *
 * While one is waited for, nobody knows whether another one comes before it. So the count
 * is forgotten then, and learned from the response if no other was waited for at the same
 * time.
 *
 * If a submission fails that nobody waits for, those after it have numbers that are too
 * high: a program that waits for one of them waits for a later one, or is told that there
 * is none. The failure is reported by the next submission, and the counts are forgotten.
 */
#include "front/file/counts.h"

static void key_of(struct pvdrm_count *key, const struct xendrm_ioctl *desc,
		   const struct pvdrm_plan *plan)
{
	const struct pvdrm_queue *queue = &plan->queue;
	u32 i;

	memset(key, 0, sizeof(*key));
	key->cmd = desc->cmd;
	for (i = 0; i < queue->nr; i++)
		if (queue->counted & 1u << i)
			key->value[i] = queue->value[i];
}

static struct pvdrm_count *find(struct pvdrm_counts *counts,
				const struct xendrm_ioctl *desc,
				const struct pvdrm_plan *plan)
{
	u32 i, nr = min(counts->nr, PVDRM_COUNTS);
	struct pvdrm_count key;

	key_of(&key, desc, plan);
	for (i = 0; i < nr; i++)
		if (counts->counts[i].cmd == key.cmd &&
		    !memcmp(counts->counts[i].value, key.value, sizeof(key.value)))
			return &counts->counts[i];
	return NULL;
}

/**
 * pvdrm_counts_next() - the number that a submission will have
 * @counts: of its file
 * @desc: its entry in the table
 * @plan: its argument, packed, with a NUMBER
 * @number: result
 *
 * Return: true if it is known.
 */
bool pvdrm_counts_next(struct pvdrm_counts *counts, const struct xendrm_ioctl *desc,
		       const struct pvdrm_plan *plan, u64 *number)
{
	const struct pvdrm_count *count = find(counts, desc, plan);

	if (!count || !count->number)
		return false;
	*number = count->number + 1;
	return true;
}

/**
 * pvdrm_counts_sent() - a submission is on the ring, and has the next number
 * @counts: of its file
 * @desc: its entry in the table
 * @plan: its argument, of which pvdrm_counts_next() knew the number
 */
void pvdrm_counts_sent(struct pvdrm_counts *counts, const struct xendrm_ioctl *desc,
		       const struct pvdrm_plan *plan)
{
	struct pvdrm_count *count = find(counts, desc, plan);

	if (count && count->number)
		count->number++;
}

/**
 * pvdrm_counts_begin() - a numbered submission will be sent and waited for
 * @counts: of its file
 * @desc: its entry in the table
 * @plan: its argument, packed, with a NUMBER
 * @counted: filled in; pvdrm_counts_end() is due
 */
void pvdrm_counts_begin(struct pvdrm_counts *counts, const struct xendrm_ioctl *desc,
			const struct pvdrm_plan *plan, struct pvdrm_counted *counted)
{
	struct pvdrm_count *count = find(counts, desc, plan);

	/* It may be any one. */
	if (plan->queue.miscounted)
		pvdrm_counts_forget(counts);
	else if (count)
		count->number = 0;
	counted->begun = true;
	counted->alone = !counts->waiting++;
	counted->turn = ++counts->begun;
}

static void add(struct pvdrm_counts *counts, const struct xendrm_ioctl *desc,
		const struct pvdrm_plan *plan, u64 number)
{
	struct pvdrm_count *count = find(counts, desc, plan);

	if (!count) {
		count = &counts->counts[counts->nr++ % PVDRM_COUNTS];
		key_of(count, desc, plan);
	}
	count->number = number;
}

/**
 * pvdrm_counts_end() - it is done
 * @counts: of its file
 * @desc: its entry in the table
 * @plan: its argument
 * @counted: from pvdrm_counts_begin()
 * @number: its number; 0: it has failed
 */
void pvdrm_counts_end(struct pvdrm_counts *counts, const struct xendrm_ioctl *desc,
		      const struct pvdrm_plan *plan,
		      const struct pvdrm_counted *counted, u64 number)
{
	counts->waiting--;
	if (counted->alone && counted->turn == counts->begun && number &&
	    !plan->queue.miscounted)
		add(counts, desc, plan, number);
}

/**
 * pvdrm_counts_forget() - what is counted may have ended
 * @counts: of the file
 */
void pvdrm_counts_forget(struct pvdrm_counts *counts)
{
	counts->nr = 0;
}
