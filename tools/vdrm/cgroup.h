/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cgroup.h: the control group of the process that serves a device
 */
#ifndef VDRM_CGROUP_H
#define VDRM_CGROUP_H

#include "vdrm.h"

/**
 * struct cgroup - a server's control group; 0: not known, or no limit
 * @path: as in /proc/PID/cgroup
 * @memory: bytes that are charged to it
 * @memory_high: bytes beyond which the kernel reclaims them and slows the server down
 * @pids: threads
 * @pids_max: threads that it may have
 * @cpu_weight: its part of the CPUs when there are too few, relative to other servers
 */
struct cgroup {
	char path[64];
	unsigned long long memory;
	unsigned long long memory_high;
	unsigned long long pids;
	unsigned long long pids_max;
	unsigned long long cpu_weight;
};

void cgroup_enter(const struct device *dev, pid_t server);
void cgroup_remove(const struct device *dev);
bool cgroup_read(const struct device *dev, struct cgroup *cgroup);

#endif /* VDRM_CGROUP_H */
