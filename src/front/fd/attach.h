/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * attach.h: other devices of the guest use the host's dma-bufs: dma_buf_ops
 */
#ifndef PVDRM_FRONT_ATTACH_H
#define PVDRM_FRONT_ATTACH_H

#include <linux/dma-direction.h>

struct dma_buf;
struct dma_buf_attachment;
struct iosys_map;
struct sg_table;

int pvdrm_attach(struct dma_buf *dmabuf, struct dma_buf_attachment *attachment);
void pvdrm_detach(struct dma_buf *dmabuf, struct dma_buf_attachment *attachment);
struct sg_table *pvdrm_attach_map(struct dma_buf_attachment *attachment,
				  enum dma_data_direction direction);
void pvdrm_attach_unmap(struct dma_buf_attachment *attachment,
			struct sg_table *table,
			enum dma_data_direction direction);
int pvdrm_attach_vmap(struct dma_buf *dmabuf, struct iosys_map *map);
void pvdrm_attach_vunmap(struct dma_buf *dmabuf, struct iosys_map *map);

#endif /* PVDRM_FRONT_ATTACH_H */
