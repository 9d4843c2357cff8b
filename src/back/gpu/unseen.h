/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * unseen.h: submissions of which no fence was found
 *
 * One that names no buffer and signals no syncobj has a fence that nobody outside the
 * driver finds. It counts as not done until a later one of the same queue is done, which
 * was found: the driver does what is in one queue in order. Later is what began after the
 * other's ioctl had ended. If there is none, it counts until its file is closed.
 *
 * A program that does no harm may leave some in queues that it uses no more. So that they do
 * not add up for ever, one is forgotten each second: a guest may submit one more each second
 * anyhow (turn.h).
 *
 * Not every fence is that of a submission, and a guest can put another one where a
 * submission's is looked for. So the contexts are remembered that submissions had when
 * nothing else could have been there: each queue has its own.
 */
#ifndef PVDRM_BACK_GPU_UNSEEN_H
#define PVDRM_BACK_GPU_UNSEEN_H

#include "back/tables/work.h"

/* So many queues of a guest can have such submissions at a time. */
#define PVDRM_UNSEEN_QUEUES	64u

/* And so many contexts of fences are remembered. */
#define PVDRM_UNSEEN_CONTEXTS	64u

/**
 * struct pvdrm_gpu_queue - a queue of the host's driver
 * @file: the file that it belongs to; compared only
 * @cmd: the ioctl that submits to it
 * @name: its name, see pvdrm_work_queue()
 */
struct pvdrm_gpu_queue {
	const void *file;
	u32 cmd;
	u32 name[PVDRM_WORK_NAMES];
};

/**
 * struct pvdrm_unseen_queue - what was not seen in a queue
 * @queue: the queue
 * @old: number of the first ones
 * @new: number of those that came later
 * @old_end: when the last of @old had ended
 * @new_end: when the last of @new had ended
 */
struct pvdrm_unseen_queue {
	struct pvdrm_gpu_queue queue;
	u32 old;
	u32 new;
	u64 old_end;
	u64 new_end;
};

/**
 * struct pvdrm_unseen - what was not seen of a guest; zeroed: nothing
 * @clock: counts what was not seen
 * @aged: when pvdrm_unseen_age() last forgot one, or there was none
 * @nr: number of queues
 * @queues: those in which there is any
 * @contexts: of fences, the last ones that were remembered
 * @next: where the next one goes
 *
 * The caller has a lock.
 */
struct pvdrm_unseen {
	u64 clock;
	u64 aged;
	u32 nr;
	struct pvdrm_unseen_queue queues[PVDRM_UNSEEN_QUEUES];
	u64 contexts[PVDRM_UNSEEN_CONTEXTS];
	u32 next;
};

/**
 * pvdrm_unseen_add() - no fence was found
 * @unseen: of the guest
 * @queue: of the submission, whose ioctl has ended
 *
 * Return: false if it cannot be remembered: it counts until the file is closed.
 */
bool pvdrm_unseen_add(struct pvdrm_unseen *unseen,
		      const struct pvdrm_gpu_queue *queue);

/**
 * pvdrm_unseen_age() - forget what is old
 * @unseen: of the guest
 * @now: the time in ns
 *
 * Return: the number of those that are not in @unseen any more.
 */
u32 pvdrm_unseen_age(struct pvdrm_unseen *unseen, u64 now);

/**
 * pvdrm_unseen_cover() - a submission was found: which are done when it is
 * @unseen: of the guest
 * @queue: of the submission
 * @began: @clock when its ioctl began
 *
 * Return: the number of those before it, which are not in @unseen any more.
 */
u32 pvdrm_unseen_cover(struct pvdrm_unseen *unseen,
		       const struct pvdrm_gpu_queue *queue, u64 began);

/**
 * pvdrm_unseen_forget() - a file is closed, and with it all of its queues
 * @unseen: of the guest
 * @file: the file
 *
 * Return: the number of those in its queues.
 */
u32 pvdrm_unseen_forget(struct pvdrm_unseen *unseen, const void *file);

/**
 * pvdrm_unseen_knows() - whether fences of a context are those of submissions
 * @unseen: of the guest
 * @context: of a fence, not 0
 *
 * Return: true if it is remembered.
 */
bool pvdrm_unseen_knows(const struct pvdrm_unseen *unseen, u64 context);

/**
 * pvdrm_unseen_learn() - remember the context of a submission's fence
 * @unseen: of the guest
 * @context: the context
 */
void pvdrm_unseen_learn(struct pvdrm_unseen *unseen, u64 context);

#endif /* PVDRM_BACK_GPU_UNSEEN_H */
