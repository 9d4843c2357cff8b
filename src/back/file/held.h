/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * held.h: how many objects of the host a guest's file holds
 */
#ifndef PVDRM_BACK_HELD_H
#define PVDRM_BACK_HELD_H

#include <linux/types.h>

struct pvdrm_back_file;
struct pvdrm_job;

/**
 * struct pvdrm_holding - what an ioctl does to that number, if it succeeds
 */
struct pvdrm_holding {
	/** @made: objects that it makes, which are charged already */
	u32 made;

	/** @freed: objects that it frees */
	u32 freed;

	/** @id: of the one that it frees, if that is in pvdrm_back_file.named */
	u32 id;
};

int pvdrm_held_begin(struct pvdrm_job *job);
void pvdrm_held_none_made(struct pvdrm_job *job);
void pvdrm_held_end(struct pvdrm_job *job, int status);
void pvdrm_held_drop(struct pvdrm_back_file *pf, u32 nr);

#endif /* PVDRM_BACK_HELD_H */
