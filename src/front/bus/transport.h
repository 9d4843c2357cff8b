/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * transport.h: the memory and the event channel shared with the backend
 */
#ifndef PVDRM_FRONT_TRANSPORT_H
#define PVDRM_FRONT_TRANSPORT_H

#include <linux/types.h>

struct pvdrm_front;

int pvdrm_front_transport_open(struct pvdrm_front *front, u32 ring_order,
			       u32 data_pages);
void pvdrm_front_transport_stop(struct pvdrm_front *front);
void pvdrm_front_transport_free(struct pvdrm_front *front);

#endif /* PVDRM_FRONT_TRANSPORT_H */
