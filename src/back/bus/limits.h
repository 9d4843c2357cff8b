/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * limits.h: how much of this domain a guest may use through one device
 */
#ifndef PVDRM_BACK_LIMITS_H
#define PVDRM_BACK_LIMITS_H

#include <linux/spinlock.h>
#include <linux/sysfs.h>
#include <linux/types.h>

struct xenbus_device;

enum pvdrm_limit {
	PVDRM_LIMIT_FILES,
	PVDRM_LIMIT_INFLIGHT,		/* counted by leader.c */
	PVDRM_LIMIT_BUFFER_BYTES,
	PVDRM_LIMIT_MAPPED_BYTES,
	PVDRM_LIMIT_GRANTED_BYTES,
	PVDRM_LIMIT_OBJECTS,
	PVDRM_LIMIT_HANGS,		/* counted by hangs.c; 0: any number */
	PVDRM_LIMIT_WEIGHT,		/* not used up; see gpu/turn.h */
	PVDRM_LIMIT_CAP,		/* likewise */
	PVDRM_NR_LIMITS
};

/**
 * struct pvdrm_limits - the limits of a device, across all its connections
 *
 * In sysfs, below the device: limits/files and so on, each "used max most".
 */
struct pvdrm_limits {
	/** @lock: guards all below; any context; innermost */
	spinlock_t lock;

	/** @max: what is allowed; set when a process binds */
	u64 max[PVDRM_NR_LIMITS];

	/** @used: what is used now */
	u64 used[PVDRM_NR_LIMITS];

	/** @most: the most that was ever used */
	u64 most[PVDRM_NR_LIMITS];
};

void pvdrm_limits_init(struct pvdrm_limits *limits);
int pvdrm_limits_read(struct pvdrm_limits *limits, struct xenbus_device *xdev);
bool pvdrm_limits_try_charge(struct pvdrm_limits *limits, enum pvdrm_limit what,
			     u64 amount);
u64 pvdrm_limits_charge_some(struct pvdrm_limits *limits, enum pvdrm_limit what,
			     u64 amount, u64 unit);
u64 pvdrm_limits_max(struct pvdrm_limits *limits, enum pvdrm_limit what);
u64 pvdrm_limits_room(struct pvdrm_limits *limits, enum pvdrm_limit what);
void pvdrm_limits_uncharge(struct pvdrm_limits *limits, enum pvdrm_limit what,
			   u64 amount);
void pvdrm_limits_set(struct pvdrm_limits *limits, enum pvdrm_limit what,
		      u64 amount);

bool pvdrm_limits_short_of_memory(void);
u32 pvdrm_limits_all_grants(void);

extern const struct attribute_group pvdrm_limits_group;

#endif /* PVDRM_BACK_LIMITS_H */
