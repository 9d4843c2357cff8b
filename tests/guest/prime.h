/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * prime.h: what the parts of drm-prime and drm-attach share
 */
#ifndef PRIME_H
#define PRIME_H

#include <fcntl.h>
#include <drm.h>

#include "common.h"

#define PRIME_SIDE	256			/* pixels */
#define PRIME_BYTES	(PRIME_SIDE * PRIME_SIDE * 4)
#define PRIME_WORDS	(PRIME_BYTES / 4)

struct prime_buffer {
	int fd;
	__u32 handle;
	__u64 offset;
};

/* prime-buffer.c */
extern const char *prime_node;

int prime_open(void);
int prime_call(int fd, unsigned long cmd, void *arg);	/* 0 or errno */
void prime_must(const char *what, int error);
void prime_create(struct prime_buffer *b, int fd);
void prime_destroy(int fd, __u32 handle);
int prime_export(int fd, __u32 handle, __u32 flags, int *dmabuf);	/* 0 or errno */
int prime_import(int fd, int dmabuf, __u32 *handle);			/* 0 or errno */
int prime_share(const struct prime_buffer *b);		/* dies if it cannot */
__u32 *prime_map(int fd, __u64 offset);
void prime_fill(__u32 *map, __u32 seed);
int prime_wrong(const __u32 *map, __u32 seed);
int prime_sync(int dmabuf, __u64 flags);		/* 0 or errno */

extern int prime_cycles;

/* prime-processes.c */
void prime_test_processes(int fd);

/* prime-lost.c: until the device is gone, which --lost says */
void prime_hold(int fd, const char *path);

#endif /* PRIME_H */
