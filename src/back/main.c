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

#include "back/bus/stats.h"
#include "back/bus/xenbus.h"
#include "back/memory/grant.h"
#include "back/memory/pin.h"
#include "back/serve/serve.h"
#include "drmif.h"

static int __init pvdrm_back_init(void)
{
	int ret;

	if (!xen_domain())
		return -ENODEV;

	pvdrm_back_stats_init();
	ret = pvdrm_pin_init();
	if (ret)
		goto err_stats;
	ret = pvdrm_chardev_init();
	if (ret)
		goto err_pin;
	ret = pvdrm_back_xenbus_init();
	if (ret)
		goto err_chardev;
	return 0;

err_chardev:
	pvdrm_chardev_exit();
err_pin:
	pvdrm_pin_exit();
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
	pvdrm_pin_exit();
	pvdrm_back_stats_exit();
}
module_exit(pvdrm_back_exit);

MODULE_DESCRIPTION("Xen PV DRM backend");
MODULE_LICENSE("GPL");
MODULE_ALIAS("xen-backend:" XENDRM_DEVICE_TYPE);
