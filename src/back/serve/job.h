/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * job.h: one request, from the ring to its response
 */
#ifndef PVDRM_BACK_JOB_H
#define PVDRM_BACK_JOB_H

#include <linux/types.h>

#include "back/file/buffers.h"
#include "back/file/hangs.h"
#include "back/file/held.h"
#include "back/gpu/gpu.h"
#include "drmif.h"
#include "engine.h"

struct pvdrm_back_file;
struct pvdrm_frame;
struct pvdrm_limits;
struct pvdrm_link;

/**
 * struct pvdrm_job - the request that a worker runs
 *
 * A worker has one, whose memory serves one request after the other. Used by
 * the worker's thread alone.
 */
struct pvdrm_job {
	/** @link: the connection; a reference */
	struct pvdrm_link *link;

	/** @req: the request, a private copy */
	struct xendrm_request req;

	/** @rsp: the response in the making */
	struct xendrm_response rsp;

	/**
	 * @early: all that is due on the way to user space is our own, so the
	 * response need not wait for it
	 */
	bool early;

	/** @step_aside: see pvdrm_job_may_block() */
	void (*step_aside)(struct pvdrm_job *job);

	/** @buf: private copy of the payload */
	void *buf;

	/** @buf_size: bytes of @buf */
	size_t buf_size;

	/** @arena: memory of the process, for the argument of an ioctl */
	unsigned long arena;

	/** @arena_size: bytes of @arena, without the guard page behind it */
	size_t arena_size;

	/** @limits: the device's; to them counts what @arena and @buf have in excess */
	struct pvdrm_limits *limits;

	/** @small: requests since one last needed a big @arena or @buf */
	u32 small;

	/** @frames: FAULT: XENDRM_MAX_FAULT_PAGES of them */
	struct pvdrm_frame *frames;

	/** @file: IOCTL: the file; a reference */
	struct pvdrm_back_file *file;

	/** @desc: IOCTL: its entry in the table */
	const struct xendrm_ioctl *desc;

	/** @plan: IOCTL: the layout of its argument */
	struct pvdrm_plan plan;

	/** @imported: IOCTL: bytes of the dma-buf that it imports, or 0 */
	u64 imported;

	/** @charge: IOCTL: what it does to the memory of buffers */
	struct pvdrm_charge charge;

	/** @holding: IOCTL: what it does to the number of objects */
	struct pvdrm_holding holding;

	/** @paced: IOCTL: it is counted as one that may submit work */
	bool paced;

	/** @submitting: IOCTL: what is known of its submission */
	struct pvdrm_submitting submitting;

	/** @context: IOCTL: the context that it uses or frees */
	struct pvdrm_context context;
};

int pvdrm_job_init(struct pvdrm_job *job, struct pvdrm_limits *limits);
void pvdrm_job_free(struct pvdrm_job *job);
int pvdrm_job_need_buf(struct pvdrm_job *job, size_t len);
int pvdrm_job_need_arena(struct pvdrm_job *job, size_t len);
void pvdrm_job_trim(struct pvdrm_job *job);

/**
 * pvdrm_job_may_block() - let another thread take the next requests
 * @job: the request at hand, which may block from here on
 *
 * May be called more than once for a request.
 */
static inline void pvdrm_job_may_block(struct pvdrm_job *job)
{
	job->step_aside(job);
}

#endif /* PVDRM_BACK_JOB_H */
