/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fdinfo.h: /proc/PID/fdinfo of our files
 */
#ifndef PVDRM_FRONT_FDINFO_H
#define PVDRM_FRONT_FDINFO_H

struct file;
struct seq_file;

void pvdrm_front_fdinfo(struct seq_file *m, struct file *fp);

#endif /* PVDRM_FRONT_FDINFO_H */
