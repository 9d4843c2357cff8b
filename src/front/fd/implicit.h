/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * implicit.h: the host's fences of a dma-buf, in the guest's dma-buf
 */
#ifndef PVDRM_FRONT_IMPLICIT_H
#define PVDRM_FRONT_IMPLICIT_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct dma_buf;
struct dma_fence;
struct dma_resv;
struct file;
struct pvdrm_front;

/**
 * struct pvdrm_implicit_state - the implicit fences of a connection
 */
struct pvdrm_implicit_state {
	/** @mutex: protects @all */
	struct mutex mutex; /* @all */
	/** @all: struct pvdrm_implicit of dma-bufs that the host has */
	struct list_head all;
	/** @lock: protects @asked and @stale */
	spinlock_t lock; /* the two lists */
	/** @asked: fences that somebody waits for; @work asks the host */
	struct list_head asked;
	/** @stale: dma-bufs with a fence that the host has been asked about */
	struct list_head stale;
	/** @work: sends GET_FENCE */
	struct work_struct work;
};

/* One for what a reader has to wait for, one for a writer */
#define PVDRM_IMPLICIT_FENCES	2

/**
 * struct pvdrm_implicit - the implicit fences of a dma-buf that the host has
 *
 * It is the host's, or another device's of the guest that the host has imported.
 */
struct pvdrm_implicit {
	/** @ref: held by the owner, and while it is used without a lock */
	struct kref ref;
	/** @front: the connection; a reference */
	struct pvdrm_front *front;
	/** @id: what the host knows the dma-buf by */
	u32 id;
	/** @dmabuf: the guest's; no reference, only compared */
	const struct dma_buf *dmabuf;
	/** @file: of that; no reference */
	struct file *file;
	/** @resv: its reservation object */
	struct dma_resv *resv;
	/** @user: the file whose ioctls may use it; %NULL: any may */
	const struct file *user;
	/** @ended: the host has it no more; protected by @resv's lock */
	bool ended;
	/**
	 * @fences: what a reader and what a writer waits for, references;
	 * protected by @resv's lock
	 */
	struct dma_fence *fences[PVDRM_IMPLICIT_FENCES];
	/** @context: of the first; the other's is the next */
	u64 context;
	/** @seqno: of the latest */
	u64 seqno;
	/** @node: in pvdrm_implicit_state.all */
	struct list_head node;
	/** @stale: in pvdrm_implicit_state.stale */
	struct list_head stale;
};

void pvdrm_implicit_init(struct pvdrm_front *front);
void pvdrm_implicit_exit(struct pvdrm_front *front);
struct pvdrm_implicit *pvdrm_implicit_add(struct pvdrm_front *front, u32 id,
					  struct dma_buf *dmabuf,
					  const struct file *user);
void pvdrm_implicit_add_user(struct pvdrm_implicit *implicit,
			     const struct file *user);
void pvdrm_implicit_remove(struct pvdrm_implicit *implicit);
void pvdrm_implicit_end(struct pvdrm_implicit *implicit);
bool pvdrm_implicit_hold(struct pvdrm_implicit *implicit);
void pvdrm_implicit_let_go(struct pvdrm_implicit *implicit);
int pvdrm_implicit_resolve(struct dma_fence *fence);
bool pvdrm_implicit_concerns(const struct pvdrm_implicit *implicit,
			     const struct file *user);
void pvdrm_implicit_mark_stale(struct pvdrm_implicit *implicit);
void pvdrm_implicit_after_call(struct pvdrm_front *front,
			       const struct file *user);

/* imported.c */
int pvdrm_implicit_send_imported(struct pvdrm_front *front,
				 const struct file *user);

#endif /* PVDRM_FRONT_IMPLICIT_H */
