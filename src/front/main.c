// SPDX-License-Identifier: GPL-2.0-only
/*
 * pvdrm-front: a DRM device whose driver runs in another Xen domain
 *
 * This is the guest's half of PVDRM. Each open file, ioctl and mapping of the
 * device is forwarded to the backend, which owns the GPU. This module knows no
 * GPU: the backend serves a table that says how each ioctl's argument is packed.
 *
 * bus/     connects to the backend: xenbus, shared memory, events; and is the
 *          bus that the DRM device hangs on
 * file/    what programs open: the DRM device, its files and ioctls
 * memory/  what programs map
 * fd/      descriptors that ioctls take and return
 * cache/   freed buffers, to be used again
 * call/    requests to the backend, and their responses
 */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <xen/page.h>
#include <xen/platform_pci.h>
#include <xen/xen.h>

#include "drmif.h"
#include "front/bus/pci.h"
#include "front/bus/xenbus.h"
#include "front/call/queue.h"
#include "front/fd/import.h"
#include "front/file/debugfs.h"
#include "front/memory/chunk.h"

static int __init pvdrm_front_init(void)
{
	int err;

	if (XEN_PAGE_SIZE != PAGE_SIZE)
		return -ENODEV;
	if (!xen_domain() || !xen_has_pv_devices())
		return -ENODEV;

	err = pvdrm_front_queue_init();
	if (err)
		return err;
	err = pvdrm_import_module_init();
	if (err)
		goto fail_queue;
	pvdrm_front_debugfs_init();
	err = pvdrm_pci_init();
	if (err)
		goto fail;
	err = pvdrm_front_xenbus_init();
	if (err)
		goto fail_pci;
	return 0;

fail_pci:
	pvdrm_pci_exit();
fail:
	pvdrm_front_debugfs_exit();
	pvdrm_import_module_exit();
fail_queue:
	pvdrm_front_queue_exit();
	return err;
}
module_init(pvdrm_front_init);

static void __exit pvdrm_front_exit(void)
{
	pvdrm_front_xenbus_exit();
	pvdrm_pci_exit();
	pvdrm_chunks_exit();
	pvdrm_front_debugfs_exit();
	pvdrm_import_module_exit();
	pvdrm_front_queue_exit();
	rcu_barrier(); /* our functions free fences */
}
module_exit(pvdrm_front_exit);

MODULE_DESCRIPTION("PVDRM: DRM device of another Xen domain (guest's half)");
MODULE_AUTHOR("The PVDRM authors");
MODULE_LICENSE("GPL");
MODULE_ALIAS("xen:" XENDRM_DEVICE_TYPE);
