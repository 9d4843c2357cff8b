/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the files of drm-mock: cases for the ioctls of a mock GPU
 *
 * A case is an argument and all it points to, made by a function of the
 * driver's file from numbers that are the same in each run. All its memory is
 * in one place at the same address everywhere, with guards between the pieces,
 * so that a hash of it tells of every byte the call has changed.
 *
 * tests/unit compiles this, too: there the mock is called directly, and by way
 * of PVDRM's engine.
 */
#ifndef MOCK_H
#define MOCK_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* What is tried of each ioctl */
enum mock_group {
	MOCK_VALID,	/* as programs do, or nearly */
	MOCK_SIZES,	/* the struct of an older or newer program */
	MOCK_POINTERS,	/* some lead nowhere */
	MOCK_EXTREMES,	/* counts and lengths that are too large, chains without an end */
	MOCK_GROUPS,
};

extern const char *const mock_group_names[MOCK_GROUPS];

/**
 * struct mock_op - an ioctl
 * @name: for people
 * @cmd: its number
 * @make: fills in an argument, which is all zeroes
 */
struct mock_op {
	const char *name;
	unsigned int cmd;
	void (*make)(void *arg);
};

/**
 * struct mock_refused - what PVDRM refuses a guest, though the driver has it
 * @name: for people
 * @cmd: its number
 * @make: fills in an argument
 * @error: what the guest is told
 */
struct mock_refused {
	const char *name;
	unsigned int cmd;
	void (*make)(void *arg);
	int error;
};

/**
 * struct mock_driver - a driver's ioctls
 * @name: the driver's
 * @ops: those that are tried
 * @nr_ops: their number
 * @refused: examples of what a guest must not do
 * @nr_refused: their number
 */
struct mock_driver {
	const char *name;
	const struct mock_op *ops;
	size_t nr_ops;
	const struct mock_refused *refused;
	size_t nr_refused;
};

extern const struct mock_driver mock_driver_amdgpu;
extern const struct mock_driver mock_driver_etnaviv;
extern const struct mock_driver mock_driver_i915;
extern const struct mock_driver mock_driver_panfrost;
extern const struct mock_driver mock_driver_panthor;
extern const struct mock_driver mock_driver_radeon;
extern const struct mock_driver mock_driver_v3d;
extern const struct mock_driver mock_driver_xe;
extern const struct mock_driver *const mock_drivers[];
extern const size_t nr_mock_drivers;

/* -------------------------------------------------- for the drivers' files */

enum mock_access {
	READ,		/* by the driver */
	WRITTEN,	/* by the driver */
	BOTH,
};

/* The group the case is of */
extern enum mock_group mock_group;

/* A number below @bound; all 64 bits of one; true once in @n times */
__u32 pick(__u32 bound);
__u64 any(void);
bool one_in(__u32 n);

/* A number of elements: up to @most, or much more if extreme */
__u32 count_of(__u32 most);

/* @len bytes for a pointee, of any content, or zeroes */
void *bytes(size_t len);
void *zeroes(size_t len);

/* Their address; among pointers, now and then another one */
__u64 point(void *memory, size_t len, enum mock_access access);

/* Both at once, for what needs no filling in */
__u64 array(__u32 nr, size_t size, enum mock_access access);

/* A string whose end is near the driver's limit now and then, and beyond; or none */
__u64 label(__u32 most);

void fill(void *memory, size_t len);

/*
 * A time in ns: long, short, or a special one. Or one of CLOCK_MONOTONIC, put where
 * it belongs: the same, or one that will soon have come, by the caller's clock.
 */
__s64 some_duration(void);
void some_time(__u64 *at);

/* The same in seconds and ns, one after the other */
void some_timespec(__s64 *at);

#define pick_of(list)	((list)[pick(sizeof(list) / sizeof((list)[0]))])
#define MOCK_OP(ioctl, maker)	{ #ioctl, DRM_IOCTL_##ioctl, maker }

/* --------------------------------------------------------------- to run them */

/**
 * typedef mock_call - call a driver's ioctl
 * @cmd: its number
 * @arg: the argument
 *
 * Return: 0 or more, or -errno.
 */
typedef long (*mock_call)(unsigned int cmd, void *arg);

/**
 * struct mock_outcome - of the cases of a group
 * @digest: of all results, and of all memory
 * @good: how many were successful
 * @errors: how many failed so, by errno; those above 255 count as 0
 */
struct mock_outcome {
	__u64 digest;
	int good;
	int errors[256];
};

/* What CLOCK_MONOTONIC says to the caller; whoever runs the cases has it */
__s64 mock_now(void);

/* Have the memory ready. Once. */
void mock_start(void);

/* Is it in that memory? */
bool mock_is_memory(const void *at, size_t len);

/**
 * mock_run() - run the cases of one ioctl and group
 * @op: the ioctl
 * @group: the group
 * @seed: for the cases' numbers
 * @cases: how many
 * @call: calls the driver
 * @each: NULL, or to be told of each case: its number, result and digest
 * @outcome: result
 */
void mock_run(const struct mock_op *op, enum mock_group group, __u32 seed, int cases,
	      mock_call call, void (*each)(int number, long ret, __u64 digest),
	      struct mock_outcome *outcome);

/* Run one that is refused. Return what the call did */
long mock_run_refused(const struct mock_refused *refused, mock_call call);

/* The driver of that name, or NULL */
const struct mock_driver *mock_driver_find(const char *name);

#endif /* MOCK_H */
