/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * suspend.h: wait for a backend after the guest was saved, migrated or suspended
 */
#ifndef PVDRM_FRONT_SUSPEND_H
#define PVDRM_FRONT_SUSPEND_H

#include <linux/workqueue.h>
#include <xen/xenbus.h>

/**
 * struct pvdrm_suspend - part of what lives as long as the xenbus device
 */
struct pvdrm_suspend {
	/** @dev: the device */
	struct xenbus_device *dev;
	/** @watch: of the backend's name */
	struct xenbus_watch watch;
	/** @waiting: for a backend */
	bool waiting;
	/** @work: connects to the backend when it is there */
	struct work_struct work;
};

int pvdrm_suspend_init(struct pvdrm_suspend *suspend, struct xenbus_device *dev);
void pvdrm_suspend_begin(struct pvdrm_suspend *suspend);
void pvdrm_suspend_wait(struct pvdrm_suspend *suspend, bool wait);
void pvdrm_suspend_exit(struct pvdrm_suspend *suspend);

#endif /* PVDRM_FRONT_SUSPEND_H */
