/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * answer.h: the answer to a request that nobody waits for
 */
#ifndef PVDRM_FRONT_ANSWER_H
#define PVDRM_FRONT_ANSWER_H

#include <linux/types.h>

struct pvdrm_call;
struct pvdrm_new_fd;
struct pvdrm_plan;

bool pvdrm_answer_is_known(const struct pvdrm_plan *plan);
void pvdrm_answer_expect(struct pvdrm_call *call, struct pvdrm_plan *plan,
			 const struct pvdrm_new_fd *new);

#endif /* PVDRM_FRONT_ANSWER_H */
