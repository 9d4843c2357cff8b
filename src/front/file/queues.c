// SPDX-License-Identifier: GPL-2.0-only
/*
 * queues.c: where submissions have succeeded
 *
 * A driver refuses work for a context, channel or ring that is not there. The table
 * says which members of the argument tell where work goes. When one submission has
 * succeeded, the next ones with the same values will, until an ioctl of which the table
 * says that it may end a queue.
 */
#include <linux/minmax.h>
#include <linux/string.h>

#include "front/file/queues.h"

static void goal_of(struct pvdrm_goal *goal, const struct xendrm_ioctl *desc,
		    const struct pvdrm_plan *plan)
{
	u32 i;

	/* They are compared byte by byte. */
	memset(goal, 0, sizeof(*goal));
	goal->queue = plan->queue;
	goal->cmd = desc->cmd;
	for (i = 0; i < plan->nr_syncs; i++)
		goal->signals |= plan->syncs[i].use == XENDRM_SYNC_SIGNALLED;
}

/**
 * pvdrm_queues_know() - whether such a submission has succeeded
 * @queues: of its file
 * @desc: its entry in the table
 * @plan: its argument, packed
 *
 * Return: true if so.
 */
bool pvdrm_queues_know(const struct pvdrm_queues *queues,
		       const struct xendrm_ioctl *desc,
		       const struct pvdrm_plan *plan)
{
	u32 i, nr = min(queues->nr, PVDRM_QUEUES);
	struct pvdrm_goal goal;

	goal_of(&goal, desc, plan);
	for (i = 0; i < nr; i++)
		if (!memcmp(&queues->goals[i], &goal, sizeof(goal)))
			return true;
	return false;
}

/**
 * pvdrm_queues_add() - such a submission has succeeded
 * @queues: of its file
 * @desc: its entry in the table
 * @plan: its argument, packed
 */
void pvdrm_queues_add(struct pvdrm_queues *queues,
		      const struct xendrm_ioctl *desc,
		      const struct pvdrm_plan *plan)
{
	if (!pvdrm_queues_know(queues, desc, plan))
		goal_of(&queues->goals[queues->nr++ % PVDRM_QUEUES], desc, plan);
}

/**
 * pvdrm_queues_forget() - a queue may have ended
 * @queues: of the file
 */
void pvdrm_queues_forget(struct pvdrm_queues *queues)
{
	queues->nr = 0;
}
