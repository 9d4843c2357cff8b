// SPDX-License-Identifier: GPL-2.0-only
/*
 * pvdrm-front: a DRM device whose driver lives in another Xen domain
 *
 * The guest's half of PVDRM. Each open file, ioctl and mapping of the device
 * is carried to the backend, which owns the GPU. This module knows no GPU: how
 * an ioctl's argument is carried is told by a table that the backend serves.
 */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <xen/page.h>
#include <xen/platform_pci.h>
#include <xen/xen.h>

#include "front/front.h"
#include "front/memory/map.h"

/* Acknowledging an invalidation may be what frees memory: it must not wait. */
struct workqueue_struct *pvdrm_front_wq;

static int __init pvdrm_front_init(void)
{
	int err;

	if (XEN_PAGE_SIZE != PAGE_SIZE)
		return -ENODEV;
	if (!xen_domain() || !xen_has_pv_devices())
		return -ENODEV;

	pvdrm_front_wq = alloc_workqueue("pvdrm-front",
					 WQ_UNBOUND | WQ_HIGHPRI |
					 WQ_MEM_RECLAIM, 0);
	if (!pvdrm_front_wq)
		return -ENOMEM;

	pvdrm_front_stats_init();
	err = pvdrm_front_xenbus_init();
	if (err) {
		pvdrm_front_stats_exit();
		destroy_workqueue(pvdrm_front_wq);
	}
	return err;
}
module_init(pvdrm_front_init);

static void __exit pvdrm_front_exit(void)
{
	pvdrm_front_xenbus_exit();
	pvdrm_front_maps_exit();
	pvdrm_front_stats_exit();
	destroy_workqueue(pvdrm_front_wq);
	rcu_barrier(); /* fences are freed by our code */
}
module_exit(pvdrm_front_exit);

MODULE_DESCRIPTION("PVDRM: DRM device of another Xen domain (guest's half)");
MODULE_AUTHOR("The PVDRM authors");
MODULE_LICENSE("GPL");
MODULE_ALIAS("xen:" XENDRM_DEVICE_TYPE);
