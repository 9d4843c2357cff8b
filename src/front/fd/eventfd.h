/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * eventfd.h: programs' eventfds that the host signals
 */
#ifndef PVDRM_FRONT_EVENTFD_H
#define PVDRM_FRONT_EVENTFD_H

#include <linux/types.h>

struct pvdrm_front;

void pvdrm_front_eventfds_init(struct pvdrm_front *front);
void pvdrm_front_eventfd_signal(struct pvdrm_front *front, u32 id, u32 count);
void pvdrm_front_eventfds_disconnect(struct pvdrm_front *front);

#endif /* PVDRM_FRONT_EVENTFD_H */
