/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * events.h: the event queue, from the backend to us
 */
#ifndef PVDRM_FRONT_EVENTS_H
#define PVDRM_FRONT_EVENTS_H

#include <linux/types.h>

struct pvdrm_front;
struct work_struct;

void pvdrm_front_events_work(struct work_struct *work);
bool pvdrm_front_events_check(struct pvdrm_front *front, int *woken_cpu);

#endif /* PVDRM_FRONT_EVENTS_H */
