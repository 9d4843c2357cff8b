/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * implicit.h: the fences of a dma-buf that the guest holds
 */
#ifndef PVDRM_BACK_IMPLICIT_H
#define PVDRM_BACK_IMPLICIT_H

struct pvdrm_job;

int pvdrm_implicit_get_fence(struct pvdrm_job *job);
int pvdrm_implicit_add_fence(struct pvdrm_job *job);

#endif /* PVDRM_BACK_IMPLICIT_H */
