/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fd.h: file descriptors in ioctl arguments
 *
 * In a request stands, in place of a program's descriptor, an id for what it refers
 * to; and for a descriptor that the host's driver makes, the program gets one of a
 * file that is made here. For each kind of descriptor there is a struct
 * pvdrm_fd_kind that knows what the ids mean.
 */
#ifndef PVDRM_FRONT_FD_H
#define PVDRM_FRONT_FD_H

#include <linux/mutex.h>
#include <linux/types.h>

struct dma_fence;
struct file;
struct pvdrm_fd_kind;
struct pvdrm_front;
struct pvdrm_implicit;
struct pvdrm_object;
struct pvdrm_pinned;
struct pvdrm_plan;
struct pvdrm_post;
struct vm_area_struct;
struct xendrm_response;

/**
 * struct pvdrm_new_fd - a descriptor in the making, for one ioctl
 */
struct pvdrm_new_fd {
	struct pvdrm_front *front;
	const struct pvdrm_fd_kind *kind;
	/** @file: what it refers to, a reference; %NULL: nothing yet */
	struct file *file;
	/** @fd: its number, reserved; -1: none yet */
	int fd;
	/** @fence: sync_file: what @file is of, a reference */
	struct dma_fence *fence;
	/** @object: other kinds: to be used for @file, until it is */
	struct pvdrm_object *object;
};

/**
 * struct pvdrm_fd_kind - how descriptors of one kind cross
 */
struct pvdrm_fd_kind {
	/**
	 * @identify: find the id for a program's descriptor
	 *
	 * XENDRM_FD_BAD if @fd is not open, XENDRM_FD_WRONG if it is of another
	 * kind: the host's driver chooses the errno. @user is the ioctl's file. May
	 * wait.
	 *
	 * Return: 0; -EOPNOTSUPP: it cannot cross; -ENODEV; -ERESTARTSYS.
	 */
	int (*identify)(struct pvdrm_front *front, const struct file *user,
			int fd, u32 *id);

	/**
	 * @release: the ioctl is done with an import that @identify returned
	 *
	 * %NULL: it returns none.
	 */
	void (*release)(struct pvdrm_front *front, u32 id);

	/**
	 * @prepare: before the request, allocate what must not fail after it
	 *
	 * What it leaves in @new is freed by pvdrm_new_fd_finish(). %NULL: the
	 * host makes none of this kind.
	 *
	 * Return: 0 or -errno.
	 */
	int (*prepare)(struct pvdrm_new_fd *new);

	/**
	 * @bind: have new->file and new->fd stand for what the host made
	 *
	 * If the host's object is forgotten again the ioctl may still fail.
	 *
	 * Return: 0; -errno; -EPROTO after pvdrm_front_fail().
	 */
	int (*bind)(struct pvdrm_new_fd *new, const struct xendrm_response *rsp);

	/**
	 * @open: kinds whose @bind is pvdrm_object_bind(): make a file
	 *
	 * Its release calls pvdrm_object_release(@object).
	 *
	 * Return: the file or an error.
	 */
	struct file *(*open)(struct pvdrm_object *object,
			     const struct xendrm_response *rsp);
};

/* A file for each: sync_file.c, dmabuf.c, syncobj.c, eventfd.c */
extern const struct pvdrm_fd_kind pvdrm_fd_fence;
extern const struct pvdrm_fd_kind pvdrm_fd_dmabuf;
extern const struct pvdrm_fd_kind pvdrm_fd_syncobj;
extern const struct pvdrm_fd_kind pvdrm_fd_eventfd;

/* fd.c */
int pvdrm_fds_pack(struct pvdrm_front *front, const struct file *user,
		   struct pvdrm_plan *plan);
void pvdrm_fds_release(struct pvdrm_front *front, struct pvdrm_plan *plan);
int pvdrm_new_fd_prepare(struct pvdrm_new_fd *new, struct pvdrm_front *front,
			 u8 kind);
int pvdrm_new_fd_bind(struct pvdrm_new_fd *new,
		      const struct xendrm_response *rsp,
		      struct pvdrm_plan *plan);
void pvdrm_new_fd_finish(struct pvdrm_new_fd *new, bool install);

/**
 * struct pvdrm_object - a file of the host's that programs here hold
 */
struct pvdrm_object {
	/** @front: the connection; a reference */
	struct pvdrm_front *front;
	/** @kind: how it crosses */
	const struct pvdrm_fd_kind *kind;
	/** @id: the backend's */
	u32 id;
	/** @uses: how often the backend told it; under pvdrm_front.objects_lock */
	u32 uses;
	/**
	 * @file: what programs hold; no reference. Under
	 * pvdrm_front.objects_lock; %NULL: it is in no table
	 */
	struct file *file;
	/** @forget: the request that undoes it */
	struct pvdrm_post *forget;
	/** @implicit: dma-buf: its implicit fences; %NULL: there are none yet */
	struct pvdrm_implicit *implicit;
	/** @pin_lock: protects the members below */
	struct mutex pin_lock; /* pages for devices */
	/** @pinned: dma-buf: its pages; %NULL: nobody here uses them */
	struct pvdrm_pinned *pinned;
	/** @pin_users: devices that are attached, and the kernel's own mapping */
	u32 pin_users;
};

/* object.c */
int pvdrm_object_prepare(struct pvdrm_new_fd *new);
int pvdrm_object_bind(struct pvdrm_new_fd *new,
		      const struct xendrm_response *rsp);
int pvdrm_object_reserve_fd(struct pvdrm_new_fd *new,
			    const struct xendrm_response *rsp);
void pvdrm_object_release(struct pvdrm_object *object);
void pvdrm_object_free(struct pvdrm_object *object);

#endif /* PVDRM_FRONT_FD_H */
