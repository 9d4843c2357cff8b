/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sys.h: what the kernel and pvdrm-back show in files
 */
#ifndef VDRM_SYS_H
#define VDRM_SYS_H

#include <dirent.h>
#include <stdio.h>

#include "vdrm.h"

#define SYS_PATH	512
#define BACK_DEBUGFS	"/sys/kernel/debug/pvdrm-back"

/**
 * struct limit - what a guest may have of something
 * @used: it has now
 * @max: it may have
 * @peak: the most it has had
 */
struct limit {
	unsigned long long used;
	unsigned long long max;
	unsigned long long peak;
};

/**
 * struct gpu_use - what the GPU does for a guest
 * @time_ns: how long it has worked for it
 * @submissions: that it was given
 * @inflight: that are not done
 */
struct gpu_use {
	unsigned long long time_ns;
	unsigned long long submissions;
	unsigned long long inflight;
};

extern const char *sys_root;

FILE *sys_open(const char *format, ...) __printf(1, 2);
DIR *sys_dir(const char *name);
bool sys_exists(const char *format, ...) __printf(1, 2);
bool sys_first_line(FILE *file, char *to, size_t size);
bool limit_read(const struct device *dev, int which, struct limit *limit);
bool gpu_read(const struct device *dev, struct gpu_use *use);
FILE *counters_open(const struct device *dev);

#endif /* VDRM_SYS_H */
