// SPDX-License-Identifier: GPL-2.0-only
/*
 * file.c: files of the host's node, one for each open of the guest
 *
 * Each is also a descriptor of the serving process, so that tools find its
 * fdinfo. The guest knows files by ids of our own.
 */
#include <linux/cred.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/task_work.h>
#include <drm/drm.h>
#include <drm/drm_device.h>
#include <drm/drm_file.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/fd/fd.h"
#include "back/file/file.h"
#include "back/file/read.h"
#include "back/serve/job.h"
#include "back/serve/server.h"

static int install(struct file *file)
{
	pvdrm_fd_keep_zero();
	return pvdrm_fd_install(get_file(file));
}

/* In a thread of the process, which may have closed the descriptor itself. */
static void uninstall(const struct pvdrm_back_file *pf)
{
	struct file *there = fget(pf->fd);

	if (there)
		fput(there);
	if (there == pf->file)
		close_fd(pf->fd);
}

static bool count_file(struct pvdrm_link *link)
{
	struct pvdrm_back *back = link->back;

	if (!pvdrm_limits_try_charge(&back->limits, PVDRM_LIMIT_FILES, 1)) {
		pvdrm_count(back, limits_met);
		return false;
	}
	pvdrm_count(back, files);
	return true;
}

static void uncount_file(struct pvdrm_back *back)
{
	pvdrm_limits_uncharge(&back->limits, PVDRM_LIMIT_FILES, 1);
	pvdrm_uncount(back, files);
}

/**
 * pvdrm_back_file_drop_master() - stop being DRM master
 * @file: a DRM file
 *
 * The first opener of a card node becomes master; a guest must not keep a
 * display server of the host from it. An error says that it was not master,
 * which is fine.
 */
void pvdrm_back_file_drop_master(struct file *file)
{
	file->f_op->unlocked_ioctl(file, DRM_IOCTL_DROP_MASTER, 0);
}

/**
 * pvdrm_back_file_device() - the DRM device of a file
 * @file: a DRM file
 *
 * Return: the device, which is there as long as the file.
 */
const struct drm_device *pvdrm_back_file_device(const struct file *file)
{
	const struct drm_file *drm_file = file->private_data;

	return drm_file->minor->dev;
}

/*
 * The path leads to a minor number, and after a hot swap another device may
 * have it, perhaps with another driver: its ioctls must not be run by this
 * table.
 */
static int open_node(const struct pvdrm_node *node, struct file **file)
{
	*file = dentry_open(&node->file->f_path,
			    O_RDWR | O_CLOEXEC | O_LARGEFILE, current_cred());
	if (IS_ERR(*file))
		return PTR_ERR(*file);
	if (pvdrm_back_file_device(*file) !=
	    pvdrm_back_file_device(node->file)) {
		fput(*file);
		return -ENODEV;
	}
	pvdrm_back_file_drop_master(*file);
	return 0;
}

/* Either teardown finds the file, or it is not added. */
static int enter_file(struct pvdrm_link *link, struct pvdrm_back_file *pf,
		      u32 *id)
{
	int ret = xa_alloc_cyclic(&link->files, id, NULL, xa_limit_31b,
				  &link->next_file, GFP_KERNEL_ACCOUNT);

	if (ret < 0)
		return ret;
	ret = -ENODEV;
	down_read(&link->io);
	/* The entry is there already: no memory is allocated under @io. */
	if (!link->dead)
		ret = xa_err(xa_store(&link->files, *id, pf, 0));
	up_read(&link->io);
	if (ret)
		xa_erase(&link->files, *id);
	return ret;
}

static int add_file(struct pvdrm_link *link, struct file *file, u32 *id)
{
	struct pvdrm_back_file *pf = kzalloc(sizeof(*pf), GFP_KERNEL_ACCOUNT);
	int ret;

	if (!pf)
		return -ENOMEM;
	kref_init(&pf->ref);
	pf->link = link;
	pf->file = file;
	pvdrm_buffers_init(&pf->buffers);
	xa_init(&pf->named);
	pvdrm_hangs_init(&pf->hangs);
	ret = install(file);
	if (ret < 0)
		goto err_free;
	pf->fd = ret;
	ret = enter_file(link, pf, id);
	if (ret)
		goto err_fd;
	return 0;

err_fd:
	uninstall(pf);
err_free:
	xa_destroy(&pf->hangs.contexts);
	kfree(pf);
	return ret;
}

/**
 * pvdrm_back_file_open() - OPEN
 * @job: the request at hand
 *
 * Return: 0 or -errno.
 */
int pvdrm_back_file_open(struct pvdrm_job *job)
{
	struct pvdrm_link *link = job->link;
	struct file *file;
	int ret;

	if (!count_file(link))
		return -EMFILE;
	ret = open_node(&job->link->server->node, &file);
	if (ret)
		goto err_count;
	ret = add_file(link, file, &job->rsp.file);
	if (ret)
		goto err_file;
	return 0;

err_file:
	fput(file);
err_count:
	uncount_file(link->back);
	return ret;
}

/**
 * pvdrm_back_file_get() - a file by its id
 * @link: the connection
 * @id: from the guest
 *
 * Return: the file with a reference for the caller, or NULL.
 */
struct pvdrm_back_file *pvdrm_back_file_get(struct pvdrm_link *link, u32 id)
{
	struct pvdrm_back_file *pf;

	xa_lock(&link->files);
	pf = xa_load(&link->files, id);
	if (pf)
		kref_get(&pf->ref);
	xa_unlock(&link->files);
	return pf;
}

/* The host's file is released, and its buffers with it. */
static void file_free(struct pvdrm_server *server, struct pvdrm_back_file *pf)
{
	struct pvdrm_back *back = server->back;

	pvdrm_buffers_release(&pf->buffers, &back->limits);
	pvdrm_limits_uncharge(&back->limits, PVDRM_LIMIT_OBJECTS,
			      atomic_read(&pf->held));
	pvdrm_gpu_forget(server->node.gpu, &back->gpu, pf, pf->unseen);
	uncount_file(back);
	xa_destroy(&pf->named);
	xa_destroy(&pf->hangs.contexts);
	kfree(pf);
}

/*
 * The host's file is released on the thread's way to user space. What it held
 * stays charged until then, or a guest could have it twice.
 */
static void file_end(struct kref *ref)
{
	struct pvdrm_back_file *pf =
		container_of(ref, struct pvdrm_back_file, ref);
	struct pvdrm_server *server = pf->link->server;

	if (pf->watch)
		pf->watch->end(pf->watch);
	fput(pf->file);
	if (!task_work_pending(current)) {
		file_free(server, pf);
		return;
	}
	pf->closer = current;
	spin_lock_irq(&server->lock);
	list_add_tail(&pf->closed, &server->closed_files);
	spin_unlock_irq(&server->lock);
}

/**
 * pvdrm_back_files_finish() - free files whose final fput() is done
 * @server: the process
 * @closer: the thread that did it, back from user space; NULL: no thread is left
 */
void pvdrm_back_files_finish(struct pvdrm_server *server,
			     const struct task_struct *closer)
{
	struct pvdrm_back_file *pf, *next;
	LIST_HEAD(ended);

	if (list_empty_careful(&server->closed_files))
		return;
	spin_lock_irq(&server->lock);
	list_for_each_entry_safe(pf, next, &server->closed_files, closed)
		if (!closer || pf->closer == closer)
			list_move_tail(&pf->closed, &ended);
	spin_unlock_irq(&server->lock);
	list_for_each_entry_safe(pf, next, &ended, closed)
		file_free(server, pf);
}

/**
 * pvdrm_back_file_put() - drop a reference to a file
 * @pf: the file
 */
void pvdrm_back_file_put(struct pvdrm_back_file *pf)
{
	kref_put(&pf->ref, file_end);
}

static void close_file(struct pvdrm_back_file *pf, bool in_process)
{
	pvdrm_hangs_finish(pf, in_process);
	if (in_process)
		uninstall(pf);
	pvdrm_back_file_put(pf);
}

/**
 * pvdrm_back_file_close() - CLOSE
 * @job: the request at hand
 *
 * The file is released on the thread's way to user space: task work.
 *
 * Return: 0 or -EBADF.
 */
int pvdrm_back_file_close(struct pvdrm_job *job)
{
	struct pvdrm_back_file *pf = xa_erase(&job->link->files, job->req.file);

	if (!pf)
		return -EBADF;
	close_file(pf, true);
	return 0;
}

/**
 * pvdrm_back_files_reap() - close all files of a dead connection
 * @link: the connection
 * @in_process: the caller is a thread of the process
 */
void pvdrm_back_files_reap(struct pvdrm_link *link, bool in_process)
{
	struct pvdrm_back_file *pf;
	unsigned long id;

	xa_for_each(&link->files, id, pf) {
		xa_erase(&link->files, id);
		close_file(pf, in_process);
	}
}
