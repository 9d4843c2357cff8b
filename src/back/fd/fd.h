/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fd.h: file descriptors in ioctl arguments
 *
 * A descriptor of a guest's program is none of the serving process. On the wire
 * stands an id for what it refers to. For each kind of descriptor there is a
 * struct pvdrm_fd_kind that knows what the ids mean.
 */
#ifndef PVDRM_BACK_FD_H
#define PVDRM_BACK_FD_H

#include <linux/types.h>

struct file;
struct pvdrm_job;

/**
 * struct pvdrm_fd_kind - how descriptors of one kind cross
 */
struct pvdrm_fd_kind {
	/**
	 * @import: open a descriptor in the serving process for one ioctl
	 *
	 * @id is from the guest and may be anything except XENDRM_FD_BAD and
	 * XENDRM_FD_WRONG. The descriptor is closed after the call.
	 *
	 * Return: the descriptor; -EBADF: the driver is given -1 and reports
	 * the error; another errno: the ioctl fails with it.
	 */
	int (*import)(struct pvdrm_job *job, u32 id);

	/**
	 * @export: describe in the response the descriptor that the driver made
	 *
	 * @fd is closed afterwards, so a reference is taken here. Fills in
	 * job->rsp.
	 *
	 * Return: 0 or -errno, which is then the ioctl's result.
	 */
	int (*export)(struct pvdrm_job *job, int fd);
};

/* A file for each, named after it */
extern const struct pvdrm_fd_kind pvdrm_fd_fence;
extern const struct pvdrm_fd_kind pvdrm_fd_dmabuf;
extern const struct pvdrm_fd_kind pvdrm_fd_syncobj;
extern const struct pvdrm_fd_kind pvdrm_fd_eventfd;

int pvdrm_dmabuf_cpu_access(struct pvdrm_job *job);

int pvdrm_fd_install(struct file *file);
bool pvdrm_fd_closes_on_exec(int fd);
void pvdrm_fd_keep_zero(void);

int pvdrm_fds_import(struct pvdrm_job *job);
int pvdrm_fds_export(struct pvdrm_job *job);
void pvdrm_fds_close(struct pvdrm_job *job);

#endif /* PVDRM_BACK_FD_H */
