/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hangs.h: which guest's work has hung the GPU
 */
#ifndef PVDRM_BACK_HANGS_H
#define PVDRM_BACK_HANGS_H

#include <linux/types.h>
#include <linux/xarray.h>

struct pvdrm_back_file;
struct pvdrm_job;

/**
 * struct pvdrm_hangs - the contexts that a file has used
 * @contexts: by the driver's id; the value is what the driver answered last
 * @next: id of the context to ask about next
 * @looked: when some were asked about, in jiffies
 */
struct pvdrm_hangs {
	struct xarray contexts;
	unsigned long next;
	unsigned long looked;
};

/**
 * struct pvdrm_context - the context that an ioctl uses or frees
 * @id: its id
 * @entry: it is freed: its entry in pvdrm_hangs.contexts
 */
struct pvdrm_context {
	u32 id;
	void *entry;
};

void pvdrm_hangs_init(struct pvdrm_hangs *hangs);
void pvdrm_hangs_begin(struct pvdrm_job *job);
void pvdrm_hangs_end(struct pvdrm_job *job, int status);
void pvdrm_hangs_look(struct pvdrm_job *job);
void pvdrm_hangs_finish(struct pvdrm_back_file *pf, bool in_process);

#endif /* PVDRM_BACK_HANGS_H */
