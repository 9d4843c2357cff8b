/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * read.h: the DRM events of a file
 */
#ifndef PVDRM_FRONT_READ_H
#define PVDRM_FRONT_READ_H

#include <linux/poll.h>
#include <linux/types.h>

struct file;
struct pvdrm_front;

__poll_t pvdrm_front_poll(struct file *fp, struct poll_table_struct *table);
ssize_t pvdrm_front_read(struct file *fp, char __user *to, size_t count,
			 loff_t *pos);
void pvdrm_front_file_readable(struct pvdrm_front *front, u32 id, u32 seq);
void pvdrm_front_files_disconnect(struct pvdrm_front *front);

#endif /* PVDRM_FRONT_READ_H */
