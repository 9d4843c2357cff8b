// SPDX-License-Identifier: GPL-2.0-only
/*
 * unseen.c: submissions of which no fence was found: how many, in which queues
 */
#include "back/gpu/unseen.h"

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
