// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmabuf.c: the host's dma-bufs, as dma-bufs of the guest
 *
 * Programs map it, synchronise with it, ask for its size and pass it on as any
 * dma-buf. What reaches the host is the mapping, CPU access, and the id when a
 * file of the same device imports it. attach.c is for other devices of the guest;
 * implicit.c has the fences of the host's dma-buf.
 */
#include <linux/dma-buf.h>
#include <linux/module.h>

#include "front/call/call.h"
#include "front/fd/attach.h"
#include "front/fd/fd.h"
#include "front/fd/implicit.h"
#include "front/fd/import.h"
#include "front/front.h"
#include "front/memory/map.h"

static u32 access_flags(enum dma_data_direction direction)
{
	switch (direction) {
	case DMA_FROM_DEVICE:
		return XENDRM_ACCESS_READ;
	case DMA_TO_DEVICE:
		return XENDRM_ACCESS_WRITE;
	default:
		return XENDRM_ACCESS_RW;
	}
}

static int request_access(struct pvdrm_object *object, u32 flags)
{
	struct pvdrm_call call = {
		.req.op = XENDRM_OP_CPU_ACCESS,
		.req.u.access.object = object->id,
		.req.u.access.flags = flags,
		.wait = PVDRM_WAIT_SIGNAL,
		.may_block = true,
	};
	int err = pvdrm_front_call(object->front, &call);

	return err ?: min(pvdrm_call_result(&call), 0L);
}

static int cpu_access(struct dma_buf *dmabuf, u32 flags)
{
	int err;

	do {
		err = request_access(dmabuf->priv, flags);
	} while (pvdrm_call_again(err));
	return err;
}

static int dmabuf_begin_access(struct dma_buf *dmabuf,
			       enum dma_data_direction direction)
{
	return cpu_access(dmabuf, access_flags(direction));
}

static int dmabuf_end_access(struct dma_buf *dmabuf,
			     enum dma_data_direction direction)
{
	return cpu_access(dmabuf, access_flags(direction) | XENDRM_ACCESS_END);
}

static int dmabuf_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	struct pvdrm_object *object = dmabuf->priv;

	return pvdrm_front_mmap_object(object->front, object->id, vma);
}

static void dmabuf_release(struct dma_buf *dmabuf)
{
	struct pvdrm_object *object = dmabuf->priv;

	pvdrm_implicit_remove(object->implicit);
	pvdrm_object_release(object);
}

static const struct dma_buf_ops dmabuf_ops = {
	.attach = pvdrm_attach,
	.detach = pvdrm_detach,
	.map_dma_buf = pvdrm_attach_map,
	.unmap_dma_buf = pvdrm_attach_unmap,
	.vmap = pvdrm_attach_vmap,
	.vunmap = pvdrm_attach_vunmap,
	.begin_cpu_access = dmabuf_begin_access,
	.end_cpu_access = dmabuf_end_access,
	.mmap = dmabuf_mmap,
	.release = dmabuf_release,
};

/* Return: 0 and its id, or -errno if the host cannot have it. */
static int find_id(struct pvdrm_front *front, const struct file *user,
		   struct dma_buf *dmabuf, u32 *id)
{
	const struct pvdrm_object *object = dmabuf->priv;

	if (dmabuf->ops != &dmabuf_ops)
		return pvdrm_import_get(front, user, dmabuf, id);
	if (object->front != front)
		return READ_ONCE(object->front->dead) ? -ENODEV : -EOPNOTSUPP;
	*id = object->id;
	return 0;
}

static int dmabuf_identify(struct pvdrm_front *front, const struct file *user,
			   int fd, u32 *id)
{
	struct dma_buf *dmabuf = dma_buf_get(fd);
	int err;

	if (IS_ERR(dmabuf)) {
		*id = PTR_ERR(dmabuf) == -EBADF ? XENDRM_FD_BAD :
						  XENDRM_FD_WRONG;
		return 0;
	}
	err = find_id(front, user, dmabuf, id);
	dma_buf_put(dmabuf);
	return err;
}

static struct file *dmabuf_open(struct pvdrm_object *object,
				const struct xendrm_response *rsp)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct dma_buf *dmabuf;

	info.exp_name = "pvdrm";
	info.ops = &dmabuf_ops;
	/* Drivers that import it take it for granted that these are whole pages. */
	info.size = PAGE_ALIGN(rsp->object_size);
	info.flags = rsp->object_flags & XENDRM_OBJECT_WRITE ? O_RDWR :
							      O_RDONLY;
	info.priv = object;
	dmabuf = dma_buf_export(&info);
	if (IS_ERR(dmabuf))
		return ERR_CAST(dmabuf);
	/* The host's file is closed with the dma-buf, which has it from now on. */
	object->implicit = pvdrm_implicit_add(object->front, object->id, dmabuf,
					      NULL);
	return dmabuf->file;
}

/* The host's driver exports what it has imported: another device's dma-buf. */
static int bind_import(struct pvdrm_new_fd *new,
		       const struct xendrm_response *rsp)
{
	struct dma_buf *dmabuf = pvdrm_import_dmabuf(new->front, rsp->object);

	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	new->file = dmabuf->file;
	return pvdrm_object_reserve_fd(new, rsp);
}

static int dmabuf_bind(struct pvdrm_new_fd *new,
		       const struct xendrm_response *rsp)
{
	if (xendrm_is_import(rsp->object))
		return bind_import(new, rsp);
	return pvdrm_object_bind(new, rsp);
}

const struct pvdrm_fd_kind pvdrm_fd_dmabuf = {
	.identify = dmabuf_identify,
	.release = pvdrm_import_put,
	.prepare = pvdrm_object_prepare,
	.bind = dmabuf_bind,
	.open = dmabuf_open,
};

MODULE_IMPORT_NS(PVDRM_NS_DMA_BUF);
