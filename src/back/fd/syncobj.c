// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptors of syncobjs: objects that a guest can only pass on and import
 */
#include <linux/file.h>
#include <linux/fs.h>

#include "back/bus/link.h"
#include "back/fd/fd.h"
#include "back/fd/object.h"
#include "back/serve/job.h"

static int syncobj_import(struct pvdrm_job *job, u32 id)
{
	struct file *file = pvdrm_object_get(job->link, XENDRM_FD_SYNCOBJ, id);

	return file ? pvdrm_fd_install(file) : -EBADF;
}

static int syncobj_export(struct pvdrm_job *job, int fd)
{
	struct xendrm_response *rsp = &job->rsp;
	struct file *file = fget(fd);
	int ret;

	if (!file)
		return -EOPNOTSUPP;
	ret = pvdrm_object_add(job->link, XENDRM_FD_SYNCOBJ, file, 0,
			       NULL, &rsp->object);
	if (!ret && pvdrm_fd_closes_on_exec(fd))
		rsp->object_flags = XENDRM_OBJECT_CLOEXEC;
	fput(file);
	return ret;
}

const struct pvdrm_fd_kind pvdrm_fd_syncobj = {
	.import = syncobj_import,
	.export = syncobj_export,
};
