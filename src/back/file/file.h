/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * file.h: files of the host's DRM node, one for each open of the guest
 */
#ifndef PVDRM_BACK_FILE_H
#define PVDRM_BACK_FILE_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/types.h>

#include "back/file/buffers.h"
#include "back/file/hangs.h"

struct drm_device;
struct file;
struct pvdrm_job;
struct pvdrm_link;
struct pvdrm_server;
struct task_struct;

/**
 * struct pvdrm_file_watch - waits for a file's DRM events
 */
struct pvdrm_file_watch {
	/** @end: the file goes; frees it. Sleeps */
	void (*end)(struct pvdrm_file_watch *watch);
};

/**
 * struct pvdrm_back_file - a file the guest opened
 */
struct pvdrm_back_file {
	/**
	 * @ref: held by the link's table until CLOSE, by ioctls that run, and
	 * by mappings, which keep the host's file open
	 */
	struct kref ref;

	/** @link: the connection; valid wherever a reference is held */
	struct pvdrm_link *link;

	/** @file: the host's file; a reference */
	struct file *file;

	/** @fd: the same file as a descriptor of the serving process */
	int fd;

	/** @buffers: the memory of its buffers */
	struct pvdrm_buffers buffers;

	/** @held: objects of the host that it holds, its buffers included */
	atomic_t held;

	/**
	 * @named: those of them whose driver does not tell whether it has freed one, by id
	 */
	struct xarray named;

	/** @hangs: the contexts it has used, which may hang the GPU */
	struct pvdrm_hangs hangs;

	/** @unseen: submissions that count until it is closed; see pvdrm_gpu_not_seen() */
	u32 unseen;

	/** @watch: for its DRM events, once the guest asked for them; or NULL */
	struct pvdrm_file_watch *watch;

	/** @closed: entry in pvdrm_server.closed_files */
	struct list_head closed;

	/** @closer: the thread that ends @file on its way to user space */
	const struct task_struct *closer;
};

int pvdrm_back_file_open(struct pvdrm_job *job);
int pvdrm_back_file_close(struct pvdrm_job *job);
void pvdrm_back_file_drop_master(struct file *file);
const struct drm_device *pvdrm_back_file_device(const struct file *file);
struct pvdrm_back_file *pvdrm_back_file_get(struct pvdrm_link *link, u32 id);
void pvdrm_back_file_put(struct pvdrm_back_file *pf);
int pvdrm_back_file_fdinfo(struct pvdrm_job *job);
void pvdrm_back_files_finish(struct pvdrm_server *server,
			     const struct task_struct *closer);
void pvdrm_back_files_reap(struct pvdrm_link *link, bool in_process);

#endif /* PVDRM_BACK_FILE_H */
