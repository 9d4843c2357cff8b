/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * call.h: send a request and wait for the response
 */
#ifndef PVDRM_FRONT_CALL_H
#define PVDRM_FRONT_CALL_H

#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/sched/signal.h>

#include "drmif.h"

struct pvdrm_front;

#define PVDRM_TIMEOUT	(10 * HZ)
#define PVDRM_BRIEF	(HZ / 2)

enum pvdrm_wait {
	PVDRM_WAIT_SIGNAL,	/* a signal cancels the request */
	PVDRM_WAIT_KILL,	/* only a fatal signal ends the wait */
	PVDRM_WAIT_BRIEF,	/* so does PVDRM_BRIEF */
	PVDRM_WAIT_TIMEOUT,	/* no program waits: PVDRM_TIMEOUT at most */
};

/**
 * struct pvdrm_call - a request and its response
 */
struct pvdrm_call {
	/** @req: op, file and u are the caller's; the rest is filled in */
	struct xendrm_request req;
	/** @out: payload of the request */
	const void *out;
	/** @out_len: its bytes */
	u32 out_len;
	/** @in: room for the payload of the response */
	void *in;
	/** @in_len: its bytes */
	u32 in_len;
	/** @wait: what ends the wait */
	enum pvdrm_wait wait;
	/** @may_block: the response may take long, so polling may not pay */
	bool may_block;
	/**
	 * @one_way: do not wait: there is no response, and its status counts as 0;
	 * a failure is only counted
	 */
	bool one_way;
	/** @numbered: one-way: a successful response has @number at @number_at */
	bool numbered;
	/** @number_at: offset in its payload */
	u32 number_at;
	/** @number: a u64 there */
	u64 number;
	/** @rsp: the response */
	struct xendrm_response rsp;
};

int pvdrm_front_call(struct pvdrm_front *front, struct pvdrm_call *call);

/**
 * pvdrm_call_result() - the status of a response, as a system call returns it
 * @call: answered
 *
 * Return: 0 or more, or an errno; see pvdrm_call_again().
 */
static inline long pvdrm_call_result(const struct pvdrm_call *call)
{
	/* The kernel's other restart codes must not reach our signal code. */
	if (call->rsp.status <= -XENDRM_ERESTARTSYS &&
	    call->rsp.status > -XENDRM_ENOTSUPP)
		return -ERESTARTSYS;
	return call->rsp.status;
}

/**
 * pvdrm_call_again() - whether to make a call once more
 * @ret: its result
 *
 * The host ended a wait for reasons of its own, before anything was done. There
 * is no signal here that would restart the system call.
 *
 * Return: true if so.
 */
static inline bool pvdrm_call_again(long ret)
{
	return ret == -ERESTARTSYS && !signal_pending(current);
}

#endif /* PVDRM_FRONT_CALL_H */
