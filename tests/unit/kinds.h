/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kinds.h: a made-up driver whose ioctls have a field of every kind
 */
#ifndef PVDRM_TEST_KINDS_H
#define PVDRM_TEST_KINDS_H

#include "carry.h"

/* Arrays that are read, written, and both; counts of each width */
struct kinds_arrays {
	u64 in;
	u64 out;
	u64 both;
	u64 nr_in;
	u32 nr_both;
	u16 nr_out;
	u8 nr_bytes;
	u8 fail;
	u64 bytes;
};

#define DRM_IOCTL_KINDS_ARRAYS	DRM_IOWR(0x40, struct kinds_arrays)

/* Three levels: jobs, each with buffers, each with relocations */
struct kinds_reloc {
	u32 offset;
	u32 value;
};

struct kinds_buffer {
	u64 relocs;
	u32 nr_relocs;
	u32 handle;
};

struct kinds_job {
	u32 nr_buffers;
	u32 result;
	u64 buffers;
	u64 name;
};

struct kinds_nest {
	u64 jobs;
	u32 nr_jobs;
	u32 sum;
};

#define DRM_IOCTL_KINDS_NEST	DRM_IOWR(0x41, struct kinds_nest)

/* Elements whose size is the program's choice */
struct kinds_point {
	u64 data;
	u32 len;
	u32 flags;
};

struct kinds_stride {
	u64 points;
	u32 nr;
	u32 stride;
	u32 sum;
	u32 pad;
};

#define DRM_IOCTL_KINDS_STRIDE	DRM_IOWR(0x42, struct kinds_stride)

/* What a pointer is depends on a type */
struct kinds_tagged {
	u32 type;
	u32 result;
	u64 value;
	s64 timeout;
	u64 since;
};

enum {
	KINDS_NUMBER, KINDS_STRING, KINDS_INT, KINDS_PAIR,
};

#define KINDS_NAME_LEN	16

#define DRM_IOCTL_KINDS_TAGGED	DRM_IOWR(0x43, struct kinds_tagged)

/* Linked extensions */
struct kinds_link {
	u64 next;
	u32 tag;
	u32 pad;
};

struct kinds_number {
	struct kinds_link link;
	u64 number;
};

struct kinds_blob {
	struct kinds_link link;
	u64 bytes;
	u32 len;
	u32 result;
};

enum {
	KINDS_LINK_NUMBER = 3, KINDS_LINK_BLOB = 9,
};

#define KINDS_MOST_LINKS	5

struct kinds_chain {
	u64 extensions;
	u32 sum;
	u32 pad;
};

#define DRM_IOCTL_KINDS_CHAIN	DRM_IOWR(0x44, struct kinds_chain)

/* Descriptors, come what may or when a flag is set */
struct kinds_fds {
	u32 flags;
	s32 fd;
};

/* Two of them, and others that do not cross */
enum {
	KINDS_FD_IN = 1, KINDS_FD_OUT = 2, KINDS_EVENT = 4, KINDS_SECOND = 8,
	KINDS_RESULT = 16,
};

struct kinds_fences {
	u32 flags;
	s32 fd;
	s32 event;
	s32 both;
	u64 list;
	u32 nr;
	u32 context;		/* and after KINDS_RESULT, a descriptor */
};

struct kinds_fence {
	u64 point;
	s32 fd;
	u32 pad;
};

#define DRM_IOCTL_KINDS_FENCES	DRM_IOWR(0x45, struct kinds_fences)
#define DRM_IOCTL_KINDS_FD_OUT	DRM_IOR(0x46, struct kinds_fds)

/* One that goes only in, one that comes only out, one that has no struct */
#define DRM_IOCTL_KINDS_WRITE	DRM_IOW(0x47, struct kinds_tagged)
#define DRM_IOCTL_KINDS_READ	DRM_IOR(0x48, struct kinds_fds)
#define DRM_IOCTL_KINDS_NONE	DRM_IO(0x49)

/* The caller chooses the size; what is after the header is its own affair */
#define DRM_IOCTL_KINDS_VARSIZE	DRM_IOWR(0x4a, struct kinds_fds)

/* A time in seconds and ns */
struct kinds_timespec {
	u32 id;
	u32 result;
	struct {
		s64 sec;
		s64 nsec;
	} when;
};

#define DRM_IOCTL_KINDS_TIMESPEC	DRM_IOWR(0x4b, struct kinds_timespec)

extern const struct pvdrm_driver_table kinds_table;

/* The descriptor that the next kinds_fences() makes, and what it returns */
extern s32 kinds_makes_fd;
extern u32 kinds_saw_context;
extern long kinds_returns;

/* The descriptor that the last one was given */
extern s32 kinds_saw_fd;

/* What a driver makes of an absolute time: how long until then */
u32 kinds_until(struct space *s, s64 when);

long kinds_arrays(struct space *s, void *data);
long kinds_nest(struct space *s, void *data);
long kinds_stride(struct space *s, void *data);
long kinds_tagged(struct space *s, void *data);
long kinds_chain(struct space *s, void *data);
long kinds_fences(struct space *s, void *data);
long kinds_sum_bytes(struct space *s, void *data);

#endif /* PVDRM_TEST_KINDS_H */
