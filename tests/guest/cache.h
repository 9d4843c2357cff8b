/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the files of drm-cache: buffers that are mapped, filled and freed
 */
#ifndef CACHE_H
#define CACHE_H

#include <linux/types.h>
#include <stddef.h>

#define SIDE		128			/* pixels: 16 pages */
#define ROUNDS		40

extern const char *node;
extern enum driver { DUMB_BUFFERS, VIRTIO_GPU, NOUVEAU } driver;

struct buffer {
	int fd;
	int side;
	__u32 handle;
	__u32 resource;		/* virtio: a name that is never used twice */
	__u64 offset;
	__u32 *map;
};

void find_driver(int fd);

/* 0 or errno */
int make(struct buffer *b, int fd, int side);
int place(struct buffer *b);
int map_buffer(struct buffer *b);
int make_mapped(struct buffer *b, int fd, int side);	/* all three */
int free_handle(int fd, __u32 handle);

/* These end the program with a message when they fail. */
void must(const char *what, int error);
void make_one(struct buffer *b, int fd, int side);
void end_one(struct buffer *b);

void unmap_buffer(struct buffer *b);
void fill(const struct buffer *b, __u32 value);
size_t differ(const struct buffer *b, __u32 value);	/* words that are not @value */

void test_gpu(int fd);

#endif /* CACHE_H */
