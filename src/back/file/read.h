/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * read.h: the DRM events of a file
 */
#ifndef PVDRM_BACK_READ_H
#define PVDRM_BACK_READ_H

struct pvdrm_job;

int pvdrm_back_file_read(struct pvdrm_job *job);

#endif /* PVDRM_BACK_READ_H */
