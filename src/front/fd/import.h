/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * import.h: dma-bufs of other devices of the guest, imported into the host's driver
 */
#ifndef PVDRM_FRONT_IMPORT_H
#define PVDRM_FRONT_IMPORT_H

#include <linux/types.h>

struct dma_buf;
struct file;
struct pvdrm_front;
struct vm_area_struct;

int pvdrm_import_get(struct pvdrm_front *front, const struct file *user,
		     struct dma_buf *dmabuf, u32 *id);
void pvdrm_import_put(struct pvdrm_front *front, u32 id);
void pvdrm_import_idle(struct pvdrm_front *front, u32 id);
struct dma_buf *pvdrm_import_dmabuf(struct pvdrm_front *front, u32 id);
int pvdrm_import_mmap(struct pvdrm_front *front, u32 id, u64 offset,
		      struct vm_area_struct *vma);
void pvdrm_imports_init(struct pvdrm_front *front);
void pvdrm_imports_disconnect(struct pvdrm_front *front);
bool pvdrm_imports_any(void);
int pvdrm_import_module_init(void);
void pvdrm_import_module_exit(void);

#endif /* PVDRM_FRONT_IMPORT_H */
