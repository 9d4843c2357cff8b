// SPDX-License-Identifier: GPL-2.0-only
/*
 * pvdrm-back: lets guests use the GPU of this domain
 *
 * Their DRM ioctls arrive over a Xen ring and run in the threads of a process
 * (`vdrm serve`, one for each device) that lends them through /dev/pvdrm-back.
 * See docs/architecture.md.
 */
#include <linux/module.h>
#include <xen/xen.h>

#include "back/bus/back.h"
#include "back/memory/map.h"

bool pvdrm_sequential;
module_param_named(sequential, pvdrm_sequential, bool, 0644);
MODULE_PARM_DESC(sequential,
		 "run the requests of a device one at a time, in order, unless its xenstore key 'sequential' says otherwise (default: no; read when a process binds)");

unsigned int pvdrm_ack_timeout_ms = 1000;
module_param_named(ack_timeout_ms, pvdrm_ack_timeout_ms, uint, 0644);
MODULE_PARM_DESC(ack_timeout_ms,
		 "how long a guest may take to let go of pages before its device is closed (default: 1000)");

unsigned int pvdrm_spin_us = 100;
module_param_named(spin_us, pvdrm_spin_us, uint, 0644);
MODULE_PARM_DESC(spin_us,
		 "longest time to watch a ring before sleeping; 0: never; adapts below this (default: 100)");

static int __init pvdrm_back_init(void)
{
	int ret;

	if (!xen_domain())
		return -ENODEV;

	pvdrm_back_stats_init();
	ret = pvdrm_chardev_init();
	if (ret)
		goto err_stats;
	ret = pvdrm_back_xenbus_init();
	if (ret)
		goto err_chardev;
	return 0;

err_chardev:
	pvdrm_chardev_exit();
err_stats:
	pvdrm_back_stats_exit();
	return ret;
}
module_init(pvdrm_back_init);

static void __exit pvdrm_back_exit(void)
{
	pvdrm_back_xenbus_exit();
	pvdrm_chardev_exit();
	pvdrm_zombies_exit();
	pvdrm_back_stats_exit();
}
module_exit(pvdrm_back_exit);

MODULE_DESCRIPTION("Xen PV DRM backend");
MODULE_LICENSE("GPL");
MODULE_ALIAS("xen-backend:" XENDRM_DEVICE_TYPE);
MODULE_ALIAS("devname:pvdrm-back");
