/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * buffers.h: the memory of the buffers that a guest has made with one file
 */
#ifndef PVDRM_BACK_BUFFERS_H
#define PVDRM_BACK_BUFFERS_H

#include <linux/atomic.h>
#include <linux/types.h>
#include <linux/xarray.h>

struct pvdrm_back_file;
struct pvdrm_limits;
struct pvdrm_buffer_rule;
struct pvdrm_worker;
struct xendrm_ioctl;

/**
 * struct pvdrm_buffers - what a file's buffers take
 * @bytes: all of them, and those whose handle is not known
 * @pages: by handle, as values
 */
struct pvdrm_buffers {
	atomic64_t bytes;
	struct xarray pages;
};

/**
 * struct pvdrm_charge - what the ioctl at hand has to do with it
 * @rule: NULL: nothing
 * @handle: FREES, RENAMES: of the buffer
 * @renamed: RENAMES: what it will be
 * @bytes: neither the handle's nor given back while the driver runs
 */
struct pvdrm_charge {
	const struct pvdrm_buffer_rule *rule;
	u32 handle;
	u32 renamed;
	u64 bytes;
};

void pvdrm_buffers_init(struct pvdrm_buffers *buffers);
void pvdrm_buffers_release(struct pvdrm_buffers *buffers,
			   struct pvdrm_limits *limits);
int pvdrm_buffers_begin(struct pvdrm_worker *worker,
			const struct xendrm_ioctl *desc,
			struct pvdrm_back_file *pf,
			struct pvdrm_charge *charge);
int pvdrm_buffers_end(struct pvdrm_worker *worker,
		      const struct xendrm_ioctl *desc,
		      struct pvdrm_back_file *pf, struct pvdrm_charge *charge,
		      int status);

int pvdrm_buffers_close(struct pvdrm_worker *worker, struct pvdrm_back_file *pf,
			u32 handle);

#endif /* PVDRM_BACK_BUFFERS_H */
