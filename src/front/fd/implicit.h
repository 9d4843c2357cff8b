/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * implicit.h: the host's fences of a dma-buf, in the guest's dma-buf
 */
#ifndef PVDRM_FRONT_IMPLICIT_H
#define PVDRM_FRONT_IMPLICIT_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct dma_buf;
struct dma_fence;
struct dma_resv;
struct file;
struct pvdrm_front;
struct pvdrm_object;

/**
 * struct pvdrm_implicit_state - the implicit fences of a connection
 */
struct pvdrm_implicit_state {
	/** @lock: protects @asked and @stale */
	spinlock_t lock; /* the two lists */
	/** @asked: fences that somebody waits for; @work asks the host */
	struct list_head asked;
	/** @stale: objects with a fence that the host has been asked about */
	struct list_head stale;
	/** @work: sends GET_FENCE */
	struct work_struct work;
};

/* One for what a reader has to wait for, one for a writer */
#define PVDRM_IMPLICIT_FENCES	2

/**
 * struct pvdrm_implicit - the implicit fences of a dma-buf
 */
struct pvdrm_implicit {
	/** @file: of the guest's dma-buf; no reference */
	struct file *file;
	/** @resv: the guest's reservation object; %NULL: not a dma-buf */
	struct dma_resv *resv;
	/**
	 * @fences: what a reader and what a writer waits for, references;
	 * protected by @resv's lock
	 */
	struct dma_fence *fences[PVDRM_IMPLICIT_FENCES];
	/** @context: of the first; the other's is the next */
	u64 context;
	/** @seqno: of the latest */
	u64 seqno;
	/** @node: in pvdrm_implicit_state.stale */
	struct list_head node;
};

void pvdrm_implicit_init(struct pvdrm_front *front);
void pvdrm_implicit_exit(struct pvdrm_front *front);
void pvdrm_implicit_add(struct pvdrm_object *object, struct dma_buf *dmabuf);
void pvdrm_implicit_remove(struct pvdrm_object *object);
int pvdrm_implicit_resolve(struct dma_fence *fence);
void pvdrm_implicit_mark_stale(struct pvdrm_object *object);
void pvdrm_implicit_after_call(struct pvdrm_front *front);

/* imported.c */
int pvdrm_implicit_send_imported(struct pvdrm_front *front);

#endif /* PVDRM_FRONT_IMPLICIT_H */
