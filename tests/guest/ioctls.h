/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the files of drm-ioctls
 *
 * Two kinds of tests: expect() knows the right answer; observe() prints what
 * the kernel said, for the comparison with dom0.
 */
#ifndef IOCTLS_H
#define IOCTLS_H

#include <drm.h>
#include <stdbool.h>
#include <stddef.h>

#define MS		1000000ll	/* ns */

extern const char *node;

int call(int fd, unsigned long cmd, void *arg);	/* 0 or errno; never restarts */
bool expect(const char *what, int got, int wanted);
void observe(const char *what, int got);
void *no_access_page(void);
void *read_only_page(void);

void test_sizes(int fd);
void test_pointers(int fd);
void test_unknown(int fd);
void test_syncobjs(int fd);
void test_waits(int fd);
void test_signals(int fd);
void test_threads(int fd);
void test_fds(int fd);
void test_fences(int fd);
void test_execute_fences(int fd);
void test_virtio(int fd);
void test_vgem(int fd);

int gem_close(int fd, __u32 handle);
void test_closes(int fd, __u32 (*make)(int fd));
void test_submits(int fd, __u32 (*make)(int fd));

__u32 syncobj_create(int fd, __u32 flags);
int syncobj_destroy(int fd, __u32 handle);
int syncobj_wait(int fd, const __u32 *handles, __u32 count, long long ns, __u32 flags);
int syncobj_signal(int fd, __u32 handle);

#endif /* IOCTLS_H */
