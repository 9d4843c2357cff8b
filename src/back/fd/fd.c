// SPDX-License-Identifier: GPL-2.0-only
/*
 * File descriptors of an ioctl: opened for it, closed after it
 */
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/task_work.h>

#include "back/bus/link.h"
#include "back/fd/fd.h"
#include "back/file/file.h"
#include "back/serve/job.h"

static const struct pvdrm_fd_kind * const kinds[] = {
	[XENDRM_FD_DMABUF] = &pvdrm_fd_dmabuf,
	[XENDRM_FD_SYNC_FILE] = &pvdrm_fd_fence,
	[XENDRM_FD_SYNCOBJ] = &pvdrm_fd_syncobj,
	[XENDRM_FD_EVENTFD] = &pvdrm_fd_eventfd,
};

static const struct pvdrm_fd_kind *find_kind(const struct pvdrm_job *job,
					     u8 kind)
{
	if (kind >= ARRAY_SIZE(kinds))
		return NULL;
	if (kind != XENDRM_FD_SYNC_FILE && !job->link->feature_objects)
		return NULL;
	return kinds[kind];
}

/**
 * pvdrm_fd_install() - open a descriptor of the process
 * @file: the file; the caller's reference is taken over
 *
 * Return: the descriptor, or -errno.
 */
int pvdrm_fd_install(struct file *file)
{
	int fd = get_unused_fd_flags(O_CLOEXEC);

	if (fd < 0)
		fput(file);
	else
		fd_install(fd, file);
	return fd;
}

/**
 * pvdrm_fd_closes_on_exec() - whether a driver made a descriptor so
 * @fd: an open descriptor of the process
 *
 * Return: true if so.
 */
bool pvdrm_fd_closes_on_exec(int fd)
{
	bool ret;

	rcu_read_lock();
	ret = test_bit(fd, files_fdtable(current->files)->close_on_exec);
	rcu_read_unlock();
	return ret;
}

/**
 * pvdrm_fd_keep_zero() - keep descriptor 0 of the process reserved
 *
 * When virtio_gpu has no room for one more event, it gives back descriptor 0, which
 * is not its own. If a file were there, the next descriptor would be 0 as well, and
 * that file would never be closed. So the number stays reserved, without a file, and
 * is reserved again after each ioctl.
 */
void pvdrm_fd_keep_zero(void)
{
	bool kept;
	int fd;

	rcu_read_lock();
	kept = test_bit(0, files_fdtable(current->files)->open_fds);
	rcu_read_unlock();
	if (kept)
		return;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd > 0)
		put_unused_fd(fd);
}

static int import_one(struct pvdrm_job *job,
		      struct pvdrm_fixup *fixup)
{
	const struct pvdrm_fd_kind *kind = find_kind(job, fixup->fd_kind);
	u32 id = fixup->wire;
	int fd;

	if (!kind)
		return -EOPNOTSUPP;
	if (id == XENDRM_FD_BAD)
		return 0;
	if (id == XENDRM_FD_WRONG) {
		/* No kind of descriptor is that of a DRM file. */
		fixup->here = job->file->fd;
		return 0;
	}
	fd = kind->import(job, id);
	if (fd == -EBADF)
		return 0;
	if (fd < 0)
		return fd;
	fixup->here = fd;
	fixup->opened = true;
	return 0;
}

/**
 * pvdrm_fds_import() - open descriptors for what a request refers to
 * @job: the request at hand; its request is parsed
 *
 * pvdrm_fds_close() is due either way.
 *
 * Return: 0 or -errno.
 */
int pvdrm_fds_import(struct pvdrm_job *job)
{
	struct pvdrm_plan *plan = &job->plan;
	int ret = 0;
	u32 i;

	job->imported = 0;
	if (plan->makes_fd && !find_kind(job, plan->makes_fd))
		return -EOPNOTSUPP;
	for (i = 0; i < plan->nr_fixups && !ret; i++)
		if (pvdrm_fixup_fd(&plan->fixups[i], XENDRM_FIELD_IN))
			ret = import_one(job, &plan->fixups[i]);
	return ret;
}

/**
 * pvdrm_fds_export() - describe the descriptor that the driver made, if any
 * @job: the request at hand; its response is packed, and is completed here
 *
 * Return: 0 or -errno.
 */
int pvdrm_fds_export(struct pvdrm_job *job)
{
	struct pvdrm_plan *plan = &job->plan;

	if (plan->new_fd < 0)
		return 0;
	return find_kind(job, plan->makes_fd)->export(job, plan->new_fd);
}

/*
 * Release the file here: close_fd() would leave that for the thread's return to user
 * space, and a trip there and back would cost more than the rest of most requests.
 * Where the kernel does leave it (see compat.h), the guest need not wait for it, because
 * the response tells nothing about it.
 */
static void close_one(struct pvdrm_job *job, int fd)
{
	struct file *file = fget(fd);

	if (!task_work_pending(current))
		job->early = true;
	close_fd(fd);
	if (file)
		__fput_sync(file);
}

/**
 * pvdrm_fds_close() - the ioctl is done: close its descriptors
 * @job: the request at hand
 */
void pvdrm_fds_close(struct pvdrm_job *job)
{
	struct pvdrm_plan *plan = &job->plan;
	u32 i;

	for (i = 0; i < plan->nr_fixups; i++)
		if (plan->fixups[i].opened)
			close_one(job, plan->fixups[i].here);
	if (plan->new_fd >= 0)
		close_one(job, plan->new_fd);
	pvdrm_fd_keep_zero();
}
