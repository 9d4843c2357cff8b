/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mockgpu.h: what the mock GPU's families share
 *
 * A family has the ioctls of one driver. Each takes its argument apart as the
 * driver does, adds all it reaches to a sum, and writes wherever the driver
 * writes: bytes that follow from the sum. They are written from the drivers'
 * sources (Linux 7.2), never from PVDRM's tables: what both would have wrong
 * could not be found.
 *
 * The families also are compiled in user space, for tests/unit.
 */
#ifndef MOCKGPU_H
#define MOCKGPU_H

/* The newest drm.h, before the kernel's own */
#include "uapi/newest/drm.h"

#ifdef __KERNEL__
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <drm/drm_ioctl.h>
#else
#include "mockgpu-user.h"
#endif

/**
 * struct mock - one call
 * @sum: of all bytes reached so far
 */
struct mock {
	u64 sum;
};

/**
 * struct mock_left_out - an ioctl that no mock can mean anything for
 * @name: without DRM_IOCTL_
 * @why: for people
 */
struct mock_left_out {
	const char *name;
	const char *why;
};

/**
 * struct mock_family - one driver's ioctls
 * @driver: its name
 * @major: its version
 * @minor: its version
 * @ioctls: as in struct drm_driver
 * @nr_ioctls: their number
 * @left_out: the others of its header
 * @nr_left_out: their number
 */
struct mock_family {
	const char *driver;
	int major;
	int minor;
	const struct drm_ioctl_desc *ioctls;
	int nr_ioctls;
	const struct mock_left_out *left_out;
	int nr_left_out;
};

extern const struct mock_family mock_amdgpu;
extern const struct mock_family mock_etnaviv;
extern const struct mock_family mock_i915;
extern const struct mock_family mock_panfrost;
extern const struct mock_family mock_panthor;
extern const struct mock_family mock_radeon;
extern const struct mock_family mock_v3d;
extern const struct mock_family mock_xe;

#ifdef __KERNEL__
/* With a compat_ioctl of its own */
const struct file_operations *mock_i915_fops(void);
#endif

/* Give a handler DRM's form; the handler's name is the driver's ioctl's */
#define MOCK_HANDLER(name, type) \
	static int name##_ioctl(struct drm_device *dev, void *data, struct drm_file *file) \
	{ \
		struct mock m = { .sum = MOCK_SUM_START }; \
		type *arg = data; \
		\
		return name(&m, arg); \
	}
#define MOCK_SUM_START	0xcbf29ce484222325ull

/* For a family's list */
#define MOCK_IOCTL(ioctl, name, flags) \
	DRM_IOCTL_DEF_DRV(ioctl, name##_ioctl, flags)

/* Add bytes to the sum; mock_add_value(): a variable's */
void mock_add(struct mock *m, const void *data, size_t len);
#define mock_add_value(m, value)	mock_add(m, &(value), sizeof(value))

/* Copy in, without adding it. Return 0 or -EFAULT */
int mock_get(void *dst, u64 from, size_t len);

/* Add an array of the program's memory. Return 0 or -EFAULT */
int mock_array(struct mock *m, u64 from, u64 nr, size_t size);

/*
 * Add a string of at most so many bytes with its end, as strndup_user() reads it. Return
 * 0, -EFAULT, or -E2BIG: it is longer, for which drivers have other words
 */
int mock_string(struct mock *m, u64 from, u32 most);

/* Copy out. Return 0 or -EFAULT */
int mock_put(u64 to, const void *src, size_t len);

/* Bytes that follow from the sum, into memory of the mock's or the program's */
void mock_fill(struct mock *m, void *dst, size_t len);
int mock_answer(struct mock *m, u64 to, size_t len);
#define mock_fill_value(m, value)	mock_fill(m, &(value), sizeof(value))

/* A number that follows from the sum, below a bound */
u32 mock_number(struct mock *m, u32 bound);

/*
 * What the rest of the driver says: mostly 0, now and then an error, as the sum
 * has it
 */
int mock_verdict(struct mock *m);

/* The same, and if it is 0, an answer as by mock_fill() */
int mock_finish(struct mock *m, void *dst, size_t len);
#define mock_finish_value(m, value)	mock_finish(m, &(value), sizeof(value))

/* Is an absolute time (ns of CLOCK_MONOTONIC) over? */
bool mock_is_over(s64 when);

#endif /* MOCKGPU_H */
