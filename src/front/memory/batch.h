/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * batch.h: the pages that a response brings
 */
#ifndef PVDRM_FRONT_BATCH_H
#define PVDRM_FRONT_BATCH_H

#include <linux/types.h>

struct pvdrm_batch;
struct pvdrm_front;
struct xendrm_page;

int pvdrm_batch_alloc(struct pvdrm_batch *batch);
const char *pvdrm_batch_check(const struct pvdrm_front *front,
			      const struct xendrm_page *reply, u32 count, u32 len);

#endif /* PVDRM_FRONT_BATCH_H */
