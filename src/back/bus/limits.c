// SPDX-License-Identifier: GPL-2.0-only
/*
 * limits.c: what a guest may use, from xenstore or parameters, shown in sysfs
 *
 * Memory has a bound for all guests together as well, so that any number of
 * them leaves this domain enough to live on.
 */
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <xen/grant_table.h>
#include <xen/xenbus.h>

#include "back/bus/back.h"

static unsigned int pvdrm_max_files = 1024;
module_param_named(max_files, pvdrm_max_files, uint, 0644);
MODULE_PARM_DESC(max_files,
		 "files a guest may have open, unless its xenstore key 'max-files' says otherwise (default: 1024; this and the next eight are read when a process binds)");

static unsigned int pvdrm_max_objects = 65536;
module_param_named(max_objects, pvdrm_max_objects, uint, 0644);
MODULE_PARM_DESC(max_objects,
		 "buffers, syncobjs, contexts, address spaces, queues and shared descriptors a guest may have, unless 'max-objects' says otherwise (default: 65536)");

static unsigned int pvdrm_ban_after;
module_param_named(ban_after, pvdrm_ban_after, uint, 0644);
MODULE_PARM_DESC(ban_after,
		 "how often a guest may hang the GPU until it loses it, unless 'ban-after' says otherwise; 0: any number (default: 0)");

static unsigned int pvdrm_weight = 100;
module_param_named(weight, pvdrm_weight, uint, 0644);
MODULE_PARM_DESC(weight,
		 "a guest's share of a GPU that several want, unless 'weight' says otherwise, 1 to 10000 (default: 100)");

static unsigned int pvdrm_cap = 100;
module_param_named(cap, pvdrm_cap, uint, 0644);
MODULE_PARM_DESC(cap,
		 "percentage of a GPU's time that a guest may have at most, unless 'cap' says otherwise, 1 to 100 (default: 100)");

static unsigned int pvdrm_max_inflight = 32;
module_param_named(max_inflight, pvdrm_max_inflight, uint, 0644);
MODULE_PARM_DESC(max_inflight,
		 "requests of a guest that run at once, unless 'max-inflight' says otherwise; one that has slept for 20 ms is not counted any more (default: 32)");

static unsigned long long pvdrm_max_buffer_bytes;
module_param_named(max_buffer_bytes, pvdrm_max_buffer_bytes, ullong, 0644);
MODULE_PARM_DESC(max_buffer_bytes,
		 "memory of the buffers a guest has made, unless 'max-buffer-bytes' says otherwise (default: 0, half of this domain's memory)");

static unsigned long long pvdrm_total_bytes;
module_param_named(total_bytes, pvdrm_total_bytes, ullong, 0644);
MODULE_PARM_DESC(total_bytes,
		 "memory that all guests together may have in buffers and mapped, whatever is allowed to each; what is both counts twice (default: 0, three quarters of this domain's memory)");

static unsigned long long pvdrm_reserve_bytes;
module_param_named(reserve_bytes, pvdrm_reserve_bytes, ullong, 0644);
MODULE_PARM_DESC(reserve_bytes,
		 "memory that has to be available in this domain for guests to make anything (default: 0, 1/32 of this domain's memory)");

static unsigned long long pvdrm_max_mapped_bytes = 4ull << 30;
module_param_named(max_mapped_bytes, pvdrm_max_mapped_bytes, ullong, 0644);
MODULE_PARM_DESC(max_mapped_bytes,
		 "bytes a guest may have mapped, unless 'max-mapped-bytes' says otherwise (default: 4 GiB)");

static unsigned long long pvdrm_max_granted_bytes;
module_param_named(max_granted_bytes, pvdrm_max_granted_bytes, ullong, 0644);
MODULE_PARM_DESC(max_granted_bytes,
		 "bytes of these that are granted at a time, unless 'max-granted-bytes' says otherwise; from 4 MiB on (default: 0, half of what all guests together can have)");

/* Of all devices together */
static DEFINE_SPINLOCK(total_lock);
static u64 total_used;

/* Version 1 of the grant table; with the other, the shortage is noticed. */
#define GRANTS_PER_FRAME	512u
/* 1/16 of all grants remain for others than mappings. */
#define SPARE_SHIFT		4

/**
 * pvdrm_limits_all_grants() - how many grants mappings of all guests may have
 *
 * Return: their number.
 */
u32 pvdrm_limits_all_grants(void)
{
	static u32 grants;
	u64 all;

	/* A hypercall, whose result never changes */
	if (!READ_ONCE(grants)) {
		all = (u64)gnttab_max_grant_frames() * GRANTS_PER_FRAME;
		all -= all >> SPARE_SHIFT;
		WRITE_ONCE(grants, min_t(u64, all, S32_MAX));
	}
	return READ_ONCE(grants);
}

/* Names in xenstore, and the values there */
static const struct {
	const char *key;
	u64 least;
	u64 top;
} known[PVDRM_NR_LIMITS] = {
	[PVDRM_LIMIT_FILES]	   = { XENDRM_KEY_MAX_FILES, 1, S32_MAX },
	[PVDRM_LIMIT_INFLIGHT]	   = { XENDRM_KEY_MAX_INFLIGHT, 1,
				       XENDRM_MAX_REQUESTS },
	[PVDRM_LIMIT_BUFFER_BYTES] = { XENDRM_KEY_MAX_BUFFER_BYTES, 1,
				       S64_MAX },
	[PVDRM_LIMIT_MAPPED_BYTES] = { XENDRM_KEY_MAX_MAPPED_BYTES, 1,
				       S64_MAX },
	[PVDRM_LIMIT_GRANTED_BYTES] = { XENDRM_KEY_MAX_GRANTED_BYTES,
					XENDRM_MIN_GRANTED_BYTES, S64_MAX },
	[PVDRM_LIMIT_OBJECTS]	   = { XENDRM_KEY_MAX_OBJECTS, 1, S32_MAX },
	[PVDRM_LIMIT_HANGS]	   = { XENDRM_KEY_BAN_AFTER, 0, S32_MAX },
	[PVDRM_LIMIT_WEIGHT]	   = { XENDRM_KEY_WEIGHT, 1, XENDRM_MAX_WEIGHT },
	[PVDRM_LIMIT_CAP]	   = { XENDRM_KEY_CAP, 1, 100 },
};

static u64 parameter(enum pvdrm_limit what)
{
	switch (what) {
	case PVDRM_LIMIT_FILES:
		return READ_ONCE(pvdrm_max_files);
	case PVDRM_LIMIT_OBJECTS:
		return READ_ONCE(pvdrm_max_objects);
	case PVDRM_LIMIT_INFLIGHT:
		return READ_ONCE(pvdrm_max_inflight);
	case PVDRM_LIMIT_HANGS:
		return READ_ONCE(pvdrm_ban_after);
	case PVDRM_LIMIT_WEIGHT:
		return READ_ONCE(pvdrm_weight);
	case PVDRM_LIMIT_CAP:
		return READ_ONCE(pvdrm_cap);
	case PVDRM_LIMIT_BUFFER_BYTES:
		return READ_ONCE(pvdrm_max_buffer_bytes) ?:
		       ((u64)totalram_pages() << PAGE_SHIFT) / 2;
	case PVDRM_LIMIT_GRANTED_BYTES:
		return READ_ONCE(pvdrm_max_granted_bytes) ?:
		       (u64)pvdrm_limits_all_grants() << PAGE_SHIFT >> 1;
	default:
		return READ_ONCE(pvdrm_max_mapped_bytes);
	}
}

static u64 default_max(enum pvdrm_limit what)
{
	return clamp(parameter(what), known[what].least, known[what].top);
}

/**
 * pvdrm_limits_init() - nothing is used, and the parameters hold
 * @limits: zeroed
 */
void pvdrm_limits_init(struct pvdrm_limits *limits)
{
	int i;

	spin_lock_init(&limits->lock);
	for (i = 0; i < PVDRM_NR_LIMITS; i++)
		limits->max[i] = default_max(i);
}

static int read_limit(struct xenbus_device *xdev, enum pvdrm_limit what,
		      u64 *max)
{
	char *text = xenbus_read(XBT_NIL, xdev->nodename, known[what].key,
				 NULL);
	int ret;

	*max = default_max(what);
	if (IS_ERR(text))
		return PTR_ERR(text) == -ENOENT ? 0 : PTR_ERR(text);
	ret = kstrtou64(text, 10, max);
	kfree(text);
	if (!ret && *max >= known[what].least && *max <= known[what].top)
		return 0;
	xenbus_dev_error(xdev, -EINVAL, "%s is no number from %llu to %llu",
			 known[what].key, known[what].least, known[what].top);
	return -EINVAL;
}

/**
 * pvdrm_limits_read() - take the limits from xenstore, or the parameters
 * @limits: the limits; what is in use already remains so
 * @xdev: the device
 *
 * Return: 0; -EINVAL for a key that is not a number in its bounds: no device is
 * better than one without the limit that was meant; or an error of xenstore.
 */
int pvdrm_limits_read(struct pvdrm_limits *limits, struct xenbus_device *xdev)
{
	u64 max[PVDRM_NR_LIMITS];
	unsigned long flags;
	int i, ret;

	for (i = 0; i < PVDRM_NR_LIMITS; i++) {
		ret = read_limit(xdev, i, &max[i]);
		if (ret)
			return ret;
	}
	spin_lock_irqsave(&limits->lock, flags);
	memcpy(limits->max, max, sizeof(max));
	spin_unlock_irqrestore(&limits->lock, flags);
	return 0;
}

/**
 * pvdrm_limits_short_of_memory() - whether guests have to make do with what they have
 *
 * Drivers take memory for guests that nobody counts. If this domain runs out of it,
 * the kernel kills processes, and hardly those to blame.
 *
 * Return: true if the available memory is below the reserve; looks at it once in a jiffy.
 */
bool pvdrm_limits_short_of_memory(void)
{
	static unsigned long seen;
	static bool is_short;
	unsigned long now = jiffies;
	u64 reserve;

	if (READ_ONCE(seen) == now)
		return READ_ONCE(is_short);
	reserve = READ_ONCE(pvdrm_reserve_bytes) >> PAGE_SHIFT ?:
		  totalram_pages() / 32;
	WRITE_ONCE(is_short,
		   si_mem_available() < (s64)min_t(u64, reserve, S64_MAX));
	WRITE_ONCE(seen, now);
	return READ_ONCE(is_short);
}

static bool is_memory(enum pvdrm_limit what)
{
	return what == PVDRM_LIMIT_BUFFER_BYTES ||
	       what == PVDRM_LIMIT_MAPPED_BYTES;
}

static u64 total_max(void)
{
	u64 memory = (u64)totalram_pages() << PAGE_SHIFT;

	return READ_ONCE(pvdrm_total_bytes) ?: memory - memory / 4;
}

/* Lock of the limits held. Return: whether all guests together may have that. */
static bool total_charge(enum pvdrm_limit what, u64 amount)
{
	u64 max;
	bool ok;

	if (!is_memory(what))
		return true;
	max = total_max();
	spin_lock(&total_lock);
	ok = total_used <= max && amount <= max - total_used;
	if (ok)
		total_used += amount;
	spin_unlock(&total_lock);
	return ok;
}

static void total_uncharge(enum pvdrm_limit what, u64 amount)
{
	if (!is_memory(what))
		return;
	spin_lock(&total_lock);
	total_used -= amount;
	spin_unlock(&total_lock);
}

/**
 * pvdrm_limits_try_charge() - use something, if that is allowed
 * @limits: the limits
 * @what: of which kind
 * @amount: how much; any number
 *
 * Return: false when it would be too much; nothing is taken then.
 */
bool pvdrm_limits_try_charge(struct pvdrm_limits *limits, enum pvdrm_limit what,
			     u64 amount)
{
	unsigned long flags;
	bool ok;

	spin_lock_irqsave(&limits->lock, flags);
	/* A limit may have been lowered below what is used. */
	ok = limits->used[what] <= limits->max[what] &&
	     amount <= limits->max[what] - limits->used[what] &&
	     total_charge(what, amount);
	if (ok) {
		limits->used[what] += amount;
		limits->most[what] = max(limits->most[what],
					 limits->used[what]);
	}
	spin_unlock_irqrestore(&limits->lock, flags);
	return ok;
}

static u64 room(const struct pvdrm_limits *limits, enum pvdrm_limit what)
{
	return limits->max[what] > limits->used[what] ?
	       limits->max[what] - limits->used[what] : 0;
}

/**
 * pvdrm_limits_charge_some() - use as much as is allowed
 * @limits: the limits
 * @what: of which kind
 * @amount: how much is wanted
 * @unit: what is taken is a multiple of it; a power of two
 *
 * Return: how much is taken.
 */
u64 pvdrm_limits_charge_some(struct pvdrm_limits *limits, enum pvdrm_limit what,
			     u64 amount, u64 unit)
{
	unsigned long flags;

	spin_lock_irqsave(&limits->lock, flags);
	amount = min(amount, round_down(room(limits, what), unit));
	limits->used[what] += amount;
	limits->most[what] = max(limits->most[what], limits->used[what]);
	spin_unlock_irqrestore(&limits->lock, flags);
	return amount;
}

/**
 * pvdrm_limits_max() - how much may be used
 * @limits: the limits
 * @what: of which kind
 *
 * Return: so much in all.
 */
u64 pvdrm_limits_max(struct pvdrm_limits *limits, enum pvdrm_limit what)
{
	unsigned long flags;
	u64 ret;

	spin_lock_irqsave(&limits->lock, flags);
	ret = limits->max[what];
	spin_unlock_irqrestore(&limits->lock, flags);
	return ret;
}

/**
 * pvdrm_limits_room() - how much more may be used
 * @limits: the limits
 * @what: of which kind
 *
 * Return: so much at the moment.
 */
u64 pvdrm_limits_room(struct pvdrm_limits *limits, enum pvdrm_limit what)
{
	unsigned long flags;
	u64 ret;

	spin_lock_irqsave(&limits->lock, flags);
	ret = room(limits, what);
	spin_unlock_irqrestore(&limits->lock, flags);
	return ret;
}

/**
 * pvdrm_limits_uncharge() - use something no more
 * @limits: the limits
 * @what: of which kind
 * @amount: as taken
 */
void pvdrm_limits_uncharge(struct pvdrm_limits *limits, enum pvdrm_limit what,
			   u64 amount)
{
	unsigned long flags;

	spin_lock_irqsave(&limits->lock, flags);
	total_uncharge(what, amount);
	limits->used[what] -= amount;
	spin_unlock_irqrestore(&limits->lock, flags);
}

/**
 * pvdrm_limits_set() - say how much is used of what is counted elsewhere
 * @limits: the limits
 * @what: of which kind
 * @amount: how much
 */
void pvdrm_limits_set(struct pvdrm_limits *limits, enum pvdrm_limit what,
		      u64 amount)
{
	unsigned long flags;

	spin_lock_irqsave(&limits->lock, flags);
	limits->used[what] = amount;
	limits->most[what] = max(limits->most[what], amount);
	spin_unlock_irqrestore(&limits->lock, flags);
}

static ssize_t show(struct device *dev, char *buf, enum pvdrm_limit what)
{
	struct pvdrm_back *back = dev_get_drvdata(dev);
	struct pvdrm_limits *limits = &back->limits;
	u64 used, max, most;

	spin_lock_irq(&limits->lock);
	used = limits->used[what];
	max = limits->max[what];
	most = limits->most[what];
	spin_unlock_irq(&limits->lock);
	return sysfs_emit(buf, "%llu %llu %llu\n", used, max, most);
}

static ssize_t files_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return show(dev, buf, PVDRM_LIMIT_FILES);
}
static DEVICE_ATTR_RO(files);

static ssize_t inflight_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return show(dev, buf, PVDRM_LIMIT_INFLIGHT);
}
static DEVICE_ATTR_RO(inflight);

static ssize_t buffer_bytes_show(struct device *dev,
				 struct device_attribute *attr, char *buf)
{
	return show(dev, buf, PVDRM_LIMIT_BUFFER_BYTES);
}
static DEVICE_ATTR_RO(buffer_bytes);

static ssize_t mapped_bytes_show(struct device *dev,
				 struct device_attribute *attr, char *buf)
{
	return show(dev, buf, PVDRM_LIMIT_MAPPED_BYTES);
}
static DEVICE_ATTR_RO(mapped_bytes);

static ssize_t granted_bytes_show(struct device *dev,
				  struct device_attribute *attr, char *buf)
{
	return show(dev, buf, PVDRM_LIMIT_GRANTED_BYTES);
}
static DEVICE_ATTR_RO(granted_bytes);

static ssize_t objects_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	return show(dev, buf, PVDRM_LIMIT_OBJECTS);
}
static DEVICE_ATTR_RO(objects);

static ssize_t hangs_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return show(dev, buf, PVDRM_LIMIT_HANGS);
}
static DEVICE_ATTR_RO(hangs);

static ssize_t weight_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return show(dev, buf, PVDRM_LIMIT_WEIGHT);
}
static DEVICE_ATTR_RO(weight);

static ssize_t cap_show(struct device *dev, struct device_attribute *attr,
			char *buf)
{
	return show(dev, buf, PVDRM_LIMIT_CAP);
}
static DEVICE_ATTR_RO(cap);

static struct attribute *attrs[] = {
	&dev_attr_files.attr,
	&dev_attr_inflight.attr,
	&dev_attr_buffer_bytes.attr,
	&dev_attr_mapped_bytes.attr,
	&dev_attr_granted_bytes.attr,
	&dev_attr_objects.attr,
	&dev_attr_hangs.attr,
	&dev_attr_weight.attr,
	&dev_attr_cap.attr,
	NULL
};

const struct attribute_group pvdrm_limits_group = {
	.name = "limits",
	.attrs = attrs,
};
