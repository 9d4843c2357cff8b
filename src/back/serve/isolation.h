/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * isolation.h: whether a GPU separates its users
 */
#ifndef PVDRM_BACK_ISOLATION_H
#define PVDRM_BACK_ISOLATION_H

struct file;
struct pvdrm_isolation_rule;

int pvdrm_isolation_check(struct file *file,
			  const struct pvdrm_isolation_rule *rule);

#endif /* PVDRM_BACK_ISOLATION_H */
