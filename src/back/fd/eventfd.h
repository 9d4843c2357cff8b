/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * eventfd.h: eventfds of the process that stand for a guest's
 */
#ifndef PVDRM_BACK_EVENTFD_H
#define PVDRM_BACK_EVENTFD_H

#include <linux/types.h>

struct pvdrm_eventfd;
struct pvdrm_job;

int pvdrm_eventfd_create(struct pvdrm_job *job);
void pvdrm_eventfd_free(struct pvdrm_eventfd *eventfd);
void pvdrm_eventfd_set_id(struct pvdrm_eventfd *eventfd, u32 id);

#endif /* PVDRM_BACK_EVENTFD_H */
