/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user.h: the memory of the process at hand, for the engine; in the kernel only
 *
 * For one file of each module.
 */
#ifndef PVDRM_USER_H
#define PVDRM_USER_H

#include <linux/ktime.h>
#include <linux/uaccess.h>

#include "engine.h"

static int user_in(void *dst, u64 addr, size_t len)
{
	return copy_from_user(dst, u64_to_user_ptr(addr), len) ? -EFAULT : 0;
}

static int user_out(u64 addr, const void *src, size_t len)
{
	return copy_to_user(u64_to_user_ptr(addr), src, len) ? -EFAULT : 0;
}

static int user_zero(u64 addr, size_t len)
{
	return clear_user(u64_to_user_ptr(addr), len) ? -EFAULT : 0;
}

static long user_str(void *dst, u64 addr, size_t len)
{
	long n = strncpy_from_user(dst, u64_to_user_ptr(addr), len);

	/* It does not count the NUL. */
	return n < 0 || n == len ? n : n + 1;
}

static s64 user_now(void)
{
	return ktime_get_ns();
}

static const struct pvdrm_mem user_mem = {
	.in = user_in,
	.out = user_out,
	.zero = user_zero,
	.str = user_str,
	.now = user_now,
};

#endif /* PVDRM_USER_H */
