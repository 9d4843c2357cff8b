/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ring.h: slots for requests, the ring, and the end of a connection
 */
#ifndef PVDRM_FRONT_RING_H
#define PVDRM_FRONT_RING_H

#include <linux/list.h>
#include <linux/wait.h>

#include "drmif.h"

struct dma_fence;
struct pvdrm_front;

/* All changes of state are made under pvdrm_front.lock. */
enum pvdrm_front_slot_state {
	PVDRM_SLOT_FREE,
	PVDRM_SLOT_ALLOCATED,	/* a caller is filling it */
	PVDRM_SLOT_SENT,	/* the backend has it, a caller waits */
	PVDRM_SLOT_ORPHAN,	/* the backend has it, nobody waits */
	PVDRM_SLOT_DONE,	/* answered, the caller has not looked yet */
};

/**
 * struct pvdrm_front_slot - one outstanding request
 */
struct pvdrm_front_slot {
	/** @wait: where the caller sleeps */
	wait_queue_head_t wait;
	/** @state: enum pvdrm_front_slot_state */
	int state;
	/** @spinning: the caller polls the ring and needs no notification */
	bool spinning;
	/** @cpu: where the caller went to sleep */
	unsigned int cpu;
	/** @quiet: nobody waits for the response, nor for what was asked for */
	bool quiet;
	/** @submits: it is an ordered ioctl */
	bool submits;
	/** @numbered: a successful response has @number at @number_at */
	bool numbered;
	/** @number_at: offset in its payload */
	u32 number_at;
	/** @number: what the caller was told instead of the response */
	u64 number;
	/** @op: the request's operation */
	u16 op;
	/** @file: the request's file */
	u32 file;
	/** @seq: the request's number */
	u32 seq;
	/** @rsp_len: bytes of payload that the response may have */
	u32 rsp_len;
	/** @unit: first unit of the request's region in the data area */
	u32 unit;
	/** @units: units of that region; 0: none */
	u32 units;
	/** @post: whose @done is called with the response; %NULL: none */
	struct pvdrm_post *post;
	/** @next: the next free slot */
	struct pvdrm_front_slot *next;
	/** @rsp: a private copy of the response */
	struct xendrm_response rsp;
};

/**
 * struct pvdrm_waiter - a caller waiting for a slot; lives on its stack
 */
struct pvdrm_waiter {
	/** @node: in pvdrm_front.waiters, while @slot is %NULL */
	struct list_head node;
	/** @wait: where the caller sleeps */
	wait_queue_head_t wait;
	/** @slot: the slot it was given; under pvdrm_front.lock */
	struct pvdrm_front_slot *slot;
	/** @units: units of the data area that it needs */
	u32 units;
};

/**
 * struct pvdrm_post - a request that nobody waits for
 *
 * Allocated together with what it will undo, so that undoing cannot fail.
 * Without @done it is freed once it is sent. With @done it belongs to its owner
 * again when @done is called.
 */
struct pvdrm_post {
	/** @node: in pvdrm_front.posts */
	struct list_head node;
	/** @req: op, file and u are the owner's; the rest is filled in */
	struct xendrm_request req;
	/**
	 * @done: called once, with the response or %NULL if the connection is
	 * dead, under pvdrm_front.lock and perhaps in an interrupt; may be %NULL
	 */
	void (*done)(struct pvdrm_post *post, const struct xendrm_response *rsp);
	/** @fence: stands for the response's fence; %NULL: nobody wants it */
	struct dma_fence *fence;
};

/**
 * struct pvdrm_ring_hooks - what the ring tells the layers above it
 *
 * Called under pvdrm_front.lock, perhaps in an interrupt.
 */
struct pvdrm_ring_hooks {
	/**
	 * @fence: the response to a request that nobody waits for has a fence
	 *
	 * Return: %NULL, or the rule that the backend broke.
	 */
	const char *(*fence)(struct pvdrm_front *front, u32 id,
			     struct dma_fence *fence);
	/**
	 * @submit_failed: a submission that nobody waits for has failed
	 *
	 * @file is the backend's id of its file, which may be closed by now.
	 */
	void (*submit_failed)(struct pvdrm_front *front, u32 file, int status);
	/** @died: the connection has died */
	void (*died)(struct pvdrm_front *front);
};

/* pvdrm_front.lock held */
struct pvdrm_front_slot *pvdrm_ring_alloc_slot(struct pvdrm_front *front,
					       u32 units);
void pvdrm_ring_free_slot(struct pvdrm_front *front,
			  struct pvdrm_front_slot *slot);
void pvdrm_ring_leave_queue(struct pvdrm_front *front,
			    struct pvdrm_waiter *waiter);
bool pvdrm_ring_push(struct pvdrm_front *front, struct pvdrm_front_slot *slot,
		     struct xendrm_request *req,
		     enum pvdrm_front_slot_state state);
void pvdrm_ring_consume(struct pvdrm_front *front);

/* pvdrm_front.lock not held, except for pvdrm_ring_notify() */
void pvdrm_ring_notify(struct pvdrm_front *front);
void pvdrm_front_post(struct pvdrm_front *front, struct pvdrm_post *post);
u32 pvdrm_front_consume(struct pvdrm_front *front, int *woken_cpu);
void pvdrm_front_fail(struct pvdrm_front *front, const char *why);
void pvdrm_front_kill(struct pvdrm_front *front);
void pvdrm_front_remove(struct pvdrm_front *front);
void pvdrm_front_drain(struct pvdrm_front *front);

#endif /* PVDRM_FRONT_RING_H */
