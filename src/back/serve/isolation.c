// SPDX-License-Identifier: GPL-2.0-only
/*
 * isolation.c: whether a GPU separates its users
 *
 * On some GPUs the commands of one file reach the memory of all others, and some
 * drivers do not clear memory before somebody else gets it. Those are not shared
 * unless the administrator says so. See docs/isolation.md.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "back/serve/isolation.h"
#include "back/tables/driver.h"

static bool pvdrm_allow_unisolated;
module_param_named(allow_unisolated, pvdrm_allow_unisolated, bool, 0644);
MODULE_PARM_DESC(allow_unisolated,
		 "share GPUs as well on which guests can read each other's memory (default: 0)");

/* For one call, in the memory of the process: the argument and a value behind it */
#define VALUE_AT	PVDRM_BUFFER_ARG

static int put(unsigned long at, u64 value, size_t width)
{
	return copy_to_user((void __user *)at, &value, width) ? -EFAULT : 0;
}

/* Little-endian: a value of 32 bits is in the lower half. */
static int ask(struct file *file, const struct pvdrm_isolation_rule *rule,
	       unsigned long page, u64 *value)
{
	unsigned long at = page + rule->value;
	int ret;

	ret = put(page + rule->param, rule->which, sizeof(u32));
	if (!ret && rule->by_pointer) {
		at = page + VALUE_AT;
		ret = put(page + rule->value, at, sizeof(u64));
	}
	if (!ret)
		ret = file->f_op->unlocked_ioctl(file, rule->cmd, page);
	if (ret)
		return ret;
	return copy_from_user(value, (void __user *)at, sizeof(*value)) ?
	       -EFAULT : 0;
}

/* A GPU that does not answer counts as one that does not separate them. */
static bool is_isolated(struct file *file,
			const struct pvdrm_isolation_rule *rule)
{
	unsigned long page;
	u64 value = 0;
	int ret;

	if (!rule->cmd)
		return false;
	page = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(page))
		return false;
	ret = ask(file, rule, page, &value);
	vm_munmap(page, PAGE_SIZE);
	return !ret && value >= rule->least;
}

/**
 * pvdrm_isolation_check() - may this GPU be shared?
 * @file: its node
 * @rule: the driver's; NULL: each GPU of it separates its users
 *
 * The caller is the serving process.
 *
 * Return: 0; -EPERM: guests could read each other's memory.
 */
int pvdrm_isolation_check(struct file *file,
			  const struct pvdrm_isolation_rule *rule)
{
	if (!rule || READ_ONCE(pvdrm_allow_unisolated) ||
	    is_isolated(file, rule))
		return 0;
	pr_warn("pvdrm-back: not shared without allow_unisolated=1: %s\n",
		rule->why);
	return -EPERM;
}
