/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * submit.h: submissions that nobody waits for
 */
#ifndef PVDRM_FRONT_SUBMIT_H
#define PVDRM_FRONT_SUBMIT_H

#include <linux/types.h>

#include "front/file/counts.h"

struct file;
struct pvdrm_call;
struct pvdrm_front;
struct pvdrm_new_fd;

/**
 * struct pvdrm_submits - the submissions of a file
 */
struct pvdrm_submits {
	/** @failed: one has failed late, and none has succeeded since */
	bool failed;
	/** @error: -errno of one that failed after it was accepted, untold; or 0 */
	int error;
};

/**
 * struct pvdrm_submit_call - what one ioctl submits
 */
struct pvdrm_submit_call {
	/** @submits: it is a submission */
	bool submits;
	/** @one_way: need not be waited for; pvdrm_live.lock is held meanwhile */
	bool one_way;
	/** @sent: the request was sent */
	bool sent;
	/** @fence: our name for the fence it makes; 0: it makes none */
	u32 fence;
	/** @number: what the driver will return, if it numbers submissions */
	u64 number;
	/** @counted: it is waited for, and has a number */
	struct pvdrm_counted counted;
};

int pvdrm_submit_before_call(struct pvdrm_submit_call *submit,
			     struct pvdrm_front *front, struct file *fp,
			     const struct xendrm_ioctl *desc,
			     const struct pvdrm_plan *plan,
			     struct pvdrm_new_fd *new);
void pvdrm_submit_after_call(const struct pvdrm_submit_call *submit,
			     struct pvdrm_front *front, struct file *fp,
			     const struct xendrm_ioctl *desc,
			     const struct pvdrm_plan *plan, const u8 *rsp, long ret);
void pvdrm_submit_prepare(const struct pvdrm_submit_call *submit,
			  const struct pvdrm_plan *plan, struct pvdrm_call *call);
void pvdrm_submit_failed(struct pvdrm_front *front, u32 file, int status);

#endif /* PVDRM_FRONT_SUBMIT_H */
