/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * syncobj.h: what the parts of drm-syncobj share
 */
#ifndef SYNCOBJ_H
#define SYNCOBJ_H

#include <limits.h>

#include "common.h"
#include "uapi/newest/drm.h"

#define MS		1000000ll	/* ns */
#define FOREVER		LLONG_MAX
#define SOON		50		/* ms in which nothing is to happen */
#define LONG_ENOUGH	20000		/* ms for what is to happen */
#define SUBMIT		DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT
#define AVAILABLE	DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE
#define ALL		DRM_SYNCOBJ_WAIT_FLAGS_WAIT_ALL

extern const char *sync_node;
extern int sync_cycles;

int sync_open(void);
int sync_call(int fd, unsigned long cmd, void *arg);	/* 0 or errno; never restarts */
long long sync_clock(void);				/* CLOCK_MONOTONIC, ns */
void sync_must(const char *what, int error);

/* These end the program when they fail, ... */
__u32 sync_create(int fd);
void sync_destroy(int fd, __u32 handle);
void sync_signal(int fd, __u32 handle);
void sync_signal_point(int fd, __u32 handle, __u64 point);
int sync_share(int fd, __u32 handle);
__u64 sync_point(int fd, __u32 handle);

/* and these return 0 or errno. @at: CLOCK_MONOTONIC, ns */
int sync_export(int fd, __u32 handle, __u32 flags, int *to);
int sync_import(int fd, int from, __u32 flags, __u32 *handle);
int sync_wait(int fd, __u32 handle, long long at, __u32 flags);
int sync_wait_point(int fd, __u32 handle, __u64 point, long long at, __u32 flags);
int sync_eventfd(int fd, __u32 handle, __u64 point, int event, __u32 flags);

void sync_test_descriptors(int fd);
void sync_test_processes(int fd);	/* syncobj-processes.c */
void sync_hold(int fd, const char *path);
void sync_test_eventfds(int fd);	/* syncobj-eventfd.c */
void sync_test_waits(int fd);		/* syncobj-wait.c */
/* Wait for both kinds in vain, so many ms, and tell how long that took: a guest may be paused */
void sync_wait_long(int fd, int ms);

#endif /* SYNCOBJ_H */
