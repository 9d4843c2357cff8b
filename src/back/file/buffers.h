/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * buffers.h: the memory of the buffers that a guest has created with one file
 */
#ifndef PVDRM_BACK_BUFFERS_H
#define PVDRM_BACK_BUFFERS_H

#include <linux/atomic.h>
#include <linux/types.h>
#include <linux/xarray.h>

struct pvdrm_back_file;
struct pvdrm_buffer_rule;
struct pvdrm_job;
struct pvdrm_limits;

/**
 * struct pvdrm_buffers - memory charged for the buffers of a file
 */
struct pvdrm_buffers {
	/** @bytes: of all of them, those with unknown handles included */
	atomic64_t bytes;

	/** @pages: number of pages by handle, as values */
	struct xarray pages;
};

/**
 * struct pvdrm_charge - what an ioctl does to that memory
 */
struct pvdrm_charge {
	/** @rule: of the ioctl; %NULL: it does nothing */
	const struct pvdrm_buffer_rule *rule;

	/** @handle: of the buffer that is freed or renamed */
	u32 handle;

	/** @renamed: the new handle of a buffer that is renamed */
	u32 renamed;

	/** @bytes: belong to this ioctl while the driver runs it */
	u64 bytes;
};

void pvdrm_buffers_init(struct pvdrm_buffers *buffers);
void pvdrm_buffers_release(struct pvdrm_buffers *buffers,
			   struct pvdrm_limits *limits);
int pvdrm_buffers_begin(struct pvdrm_job *job);
int pvdrm_buffers_end(struct pvdrm_job *job, int status);
int pvdrm_buffers_close(struct pvdrm_job *job, struct pvdrm_back_file *pf,
			u32 handle);

#endif /* PVDRM_BACK_BUFFERS_H */
