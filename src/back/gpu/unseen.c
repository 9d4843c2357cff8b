// SPDX-License-Identifier: GPL-2.0-only
/*
 * unseen.c: submissions of which no fence was found: how many, in which queues
 */
#include "back/gpu/unseen.h"

/* ns after which one more is forgotten */
#define ONE_AGES	1000000000ull

static bool is_same(const struct pvdrm_gpu_queue *a, const struct pvdrm_gpu_queue *b)
{
	return a->file == b->file && a->cmd == b->cmd &&
	       !memcmp(a->name, b->name, sizeof(a->name));
}

static struct pvdrm_unseen_queue *find(struct pvdrm_unseen *unseen,
				       const struct pvdrm_gpu_queue *queue)
{
	u32 i;

	for (i = 0; i < unseen->nr; i++)
		if (is_same(&unseen->queues[i].queue, queue))
			return &unseen->queues[i];
	return NULL;
}

/* The last one takes its place. */
static void drop(struct pvdrm_unseen *unseen, struct pvdrm_unseen_queue *entry)
{
	*entry = unseen->queues[--unseen->nr];
}

bool pvdrm_unseen_add(struct pvdrm_unseen *unseen,
		      const struct pvdrm_gpu_queue *queue)
{
	struct pvdrm_unseen_queue *entry = find(unseen, queue);

	unseen->clock++;
	if (entry) {
		entry->new++;
		entry->new_end = unseen->clock;
		return true;
	}
	if (unseen->nr == PVDRM_UNSEEN_QUEUES)
		return false;
	unseen->queues[unseen->nr++] = (struct pvdrm_unseen_queue){
		.queue = *queue,
		.old = 1,
		.old_end = unseen->clock,
	};
	return true;
}

/* Of the first ones. Return: how many are not in @entry any more, @most at most. */
static u32 take_old(struct pvdrm_unseen *unseen, struct pvdrm_unseen_queue *entry,
		    u64 most)
{
	u32 taken = most < entry->old ? most : entry->old;

	entry->old -= taken;
	if (entry->old)
		return taken;
	if (entry->new) {
		entry->old = entry->new;
		entry->old_end = entry->new_end;
		entry->new = 0;
	} else {
		drop(unseen, entry);
	}
	return taken;
}

u32 pvdrm_unseen_age(struct pvdrm_unseen *unseen, u64 now)
{
	u64 due = (now - unseen->aged) / ONE_AGES;
	u32 forgotten = 0;

	while (unseen->nr && forgotten < due)
		forgotten += take_old(unseen, &unseen->queues[0],
				      due - forgotten);
	unseen->aged = unseen->nr ? unseen->aged + due * ONE_AGES : now;
	return forgotten;
}

u32 pvdrm_unseen_cover(struct pvdrm_unseen *unseen,
		       const struct pvdrm_gpu_queue *queue, u64 began)
{
	struct pvdrm_unseen_queue *entry = find(unseen, queue);
	u32 covered;

	if (!entry || began < entry->old_end)
		return 0;
	covered = entry->old;
	if (began >= entry->new_end) {
		covered += entry->new;
		drop(unseen, entry);
		return covered;
	}
	entry->old = entry->new;
	entry->old_end = entry->new_end;
	entry->new = 0;
	return covered;
}

u32 pvdrm_unseen_forget(struct pvdrm_unseen *unseen, const void *file)
{
	u32 i = 0, forgotten = 0;

	while (i < unseen->nr) {
		struct pvdrm_unseen_queue *entry = &unseen->queues[i];

		if (entry->queue.file != file) {
			i++;
			continue;
		}
		forgotten += entry->old + entry->new;
		drop(unseen, entry);
	}
	return forgotten;
}

bool pvdrm_unseen_knows(const struct pvdrm_unseen *unseen, u64 context)
{
	u32 i;

	for (i = 0; i < PVDRM_UNSEEN_CONTEXTS; i++)
		if (unseen->contexts[i] == context)
			return true;
	return false;
}

void pvdrm_unseen_learn(struct pvdrm_unseen *unseen, u64 context)
{
	if (!pvdrm_unseen_knows(unseen, context))
		unseen->contexts[unseen->next++ % PVDRM_UNSEEN_CONTEXTS] =
			context;
}
