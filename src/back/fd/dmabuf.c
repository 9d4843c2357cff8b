// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptors of dma-bufs: objects that a guest can also map
 *
 * The guest makes a dma-buf of its own for each id. Mapping that maps the host's
 * (map.c), and DMA_BUF_IOCTL_SYNC becomes a CPU_ACCESS request.
 */
#include <linux/dma-buf.h>
#include <linux/file.h>
#include <linux/module.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/fd/fd.h"
#include "back/fd/import.h"
#include "back/fd/object.h"
#include "back/serve/job.h"
#include "back/transport/slot.h"

static int dmabuf_import(struct pvdrm_job *job, u32 id)
{
	struct dma_buf *dmabuf;
	struct file *file;

	if (xendrm_is_import(id))
		file = pvdrm_import_open(job->link, id);
	else
		file = pvdrm_object_get(job->link, XENDRM_FD_DMABUF, id) ?:
		       ERR_PTR(-EBADF);
	if (IS_ERR(file))
		return PTR_ERR(file);
	dmabuf = file->private_data;
	job->imported = PAGE_ALIGN(dmabuf->size);
	return pvdrm_fd_install(file);
}

static int add_object(struct pvdrm_job *job, struct dma_buf *dmabuf)
{
	struct xendrm_response *rsp = &job->rsp;
	int ret;

	ret = pvdrm_object_add(job->link, XENDRM_FD_DMABUF, dmabuf->file,
			       PAGE_ALIGN(dmabuf->size), NULL, &rsp->object);
	/* A response without an object has no size or flags of one either. */
	if (ret)
		return ret;
	rsp->object_size = dmabuf->size;
	if (dmabuf->file->f_mode & FMODE_WRITE)
		rsp->object_flags |= XENDRM_OBJECT_WRITE;
	return 0;
}

static int dmabuf_export(struct pvdrm_job *job, int fd)
{
	struct xendrm_response *rsp = &job->rsp;
	struct dma_buf *dmabuf = dma_buf_get(fd);
	int ret = 0;

	if (IS_ERR(dmabuf))
		return -EOPNOTSUPP;
	rsp->object = pvdrm_import_id(job->link, dmabuf);
	if (!rsp->object)
		ret = add_object(job, dmabuf);
	if (!ret && pvdrm_fd_closes_on_exec(fd))
		rsp->object_flags |= XENDRM_OBJECT_CLOEXEC;
	dma_buf_put(dmabuf);
	return ret;
}

const struct pvdrm_fd_kind pvdrm_fd_dmabuf = {
	.import = dmabuf_import,
	.export = dmabuf_export,
};

static enum dma_data_direction direction(u32 flags)
{
	switch (flags & XENDRM_ACCESS_RW) {
	case XENDRM_ACCESS_READ:
		return DMA_FROM_DEVICE;
	case XENDRM_ACCESS_WRITE:
		return DMA_TO_DEVICE;
	default:
		return DMA_BIDIRECTIONAL;
	}
}

/* May wait for the GPU */
static int cpu_access(struct pvdrm_job *job, struct dma_buf *dmabuf)
{
	u32 flags = job->req.u.access.flags;
	int ret;

	if (!pvdrm_back_slot_run(job))
		return -ERESTARTSYS;
	if (flags & XENDRM_ACCESS_END)
		ret = dma_buf_end_cpu_access(dmabuf, direction(flags));
	else
		ret = dma_buf_begin_cpu_access(dmabuf, direction(flags));
	pvdrm_back_slot_stop(job);
	return ret;
}

/**
 * pvdrm_dmabuf_cpu_access() - CPU_ACCESS
 * @job: the request at hand, which has stepped aside
 *
 * Return: 0 or -errno, -ERESTARTSYS if it was cancelled.
 */
int pvdrm_dmabuf_cpu_access(struct pvdrm_job *job)
{
	const struct xendrm_request *req = &job->req;
	u32 flags = req->u.access.flags;
	struct file *file;
	int ret;

	if (flags & ~(XENDRM_ACCESS_RW | XENDRM_ACCESS_END) ||
	    !(flags & XENDRM_ACCESS_RW))
		return -EINVAL;
	file = pvdrm_object_get(job->link, XENDRM_FD_DMABUF,
				req->u.access.object);
	if (!file)
		return -EBADF;
	ret = cpu_access(job, file->private_data);
	fput(file);
	return ret;
}

MODULE_IMPORT_NS(PVDRM_NS_DMA_BUF);
