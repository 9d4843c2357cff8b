/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * evict.h: end grants of pages to make room for others
 */
#ifndef PVDRM_BACK_EVICT_H
#define PVDRM_BACK_EVICT_H

struct pvdrm_link;

int pvdrm_evict(struct pvdrm_link *link);
int pvdrm_evict_wait(struct pvdrm_link *link);

#endif /* PVDRM_BACK_EVICT_H */
