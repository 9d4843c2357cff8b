/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * leader.h: which thread of the process takes the next request
 */
#ifndef PVDRM_BACK_LEADER_H
#define PVDRM_BACK_LEADER_H

#include <linux/types.h>

struct pvdrm_job;
struct pvdrm_link;
struct pvdrm_server;
struct pvdrm_worker;
struct work_struct;

int pvdrm_leader_kick(struct pvdrm_link *link);
void pvdrm_leader_step_aside(struct pvdrm_job *job);
void pvdrm_leader_uncount(struct pvdrm_job *job);
void pvdrm_leader_end_request(struct pvdrm_worker *worker);
void pvdrm_leader_overdue(struct work_struct *work);
bool pvdrm_leader_stale(struct pvdrm_worker *worker);
bool pvdrm_leader_try(struct pvdrm_worker *worker);
void pvdrm_leader_stop(struct pvdrm_worker *worker);
void pvdrm_server_close(struct pvdrm_server *server);

#endif /* PVDRM_BACK_LEADER_H */
