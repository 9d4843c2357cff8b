/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * share.h: what the parts of vk-share have in common
 *
 * Both processes run the same steps. Where one waits for the other, it waits for a
 * word; whoever has the word may print. A step begins and ends with the exporter's turn.
 */
#ifndef SHARE_H
#define SHARE_H

#include "common.h"
#include "vk.h"

#define BYTES	(256 << 10)	/* of each buffer */
#define SOON	20		/* ms in which nothing is to happen */

/**
 * struct side - one of the two processes
 */
struct side {
	struct vk vk;
	bool exporter;
	bool executes;		/* the device does what it is given */
	int limit;		/* s that a wait may take */
	int socket;		/* to the other process */
	struct vk_buffer from;	/* Submissions copy this */
	struct vk_buffer to;	/* to that, both mapped. */
};

/* Beginning a step; the program ends if it takes too long. */
void share_step(struct side *side, const char *name);

/*
 * As check(), but ends the program unless @good: what did not come in time may still be
 * in use, so that Vulkan says nothing of what is done next.
 */
void share_came(bool good, const char *format, ...) __printf(2, 3);

/* Say something to the other process; wait until it has said something */
void share_say(struct side *side, uint64_t word);
uint64_t share_hear(struct side *side);

/* @fd: closed here; may be -1, which is a descriptor to Vulkan */
void share_give(struct side *side, int fd);
int share_take(struct side *side);

/* What the device offers is a result. Is it of use? */
bool share_offers(const char *name, bool useful, uint32_t features, uint32_t from, uint32_t with);

/* Words that differ in each place and with each @seed */
void share_fill(void *map, uint32_t seed);
bool share_has(const void *map, uint32_t seed);

/* A submission that copies @side's buffers; its fence is vk.done if @fence is NULL. */
void share_submit(struct side *side, const struct vk_point *wait, const struct vk_point *signal,
		  VkFence fence);
VkResult share_wait(struct side *side, VkFence fence, int ms);
/* The last submission is done, by vk.done */
bool share_done(struct side *side);
int share_limit(struct side *side);	/* ms */

void share_memory(struct side *side);		/* share-memory.c */
void share_semaphores(struct side *side);	/* share-semaphore.c */
void share_fences(struct side *side);		/* share-fence.c */

/* What the exporter has given is used when it has ended. */
void share_leave_memory(struct side *side);
void share_inherit_memory(struct side *side);
void share_leave_semaphore(struct side *side);
void share_inherit_semaphore(struct side *side);

#endif /* SHARE_H */
