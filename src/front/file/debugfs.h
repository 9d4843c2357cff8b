/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * debugfs.h: a connection's counters in debugfs
 */
#ifndef PVDRM_FRONT_DEBUGFS_H
#define PVDRM_FRONT_DEBUGFS_H

struct pvdrm_front;

void pvdrm_front_debugfs_init(void);
void pvdrm_front_debugfs_exit(void);
void pvdrm_front_debugfs_show(struct pvdrm_front *front, const char *name);
void pvdrm_front_debugfs_hide(struct pvdrm_front *front);

#endif /* PVDRM_FRONT_DEBUGFS_H */
