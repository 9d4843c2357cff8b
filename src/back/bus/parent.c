// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tell the guest what the host's DRM device hangs on, so that the guest's hangs on
 * the same: programs choose their driver by PCI ids
 */
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/of.h>
#include <linux/pci.h>
#include <linux/string.h>

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <xen/xenbus.h>

#include "back/bus/parent.h"
#include "drmif.h"

#define COMPATIBLE_LEN	256

/* Of virtio's GPU it is what the virtio device hangs on. */
static const struct device *drm_parent(const struct file *node)
{
	const struct drm_file *file = node->private_data;
	const struct device *dev = file->minor->dev->dev;

	if (dev && dev->bus && !strcmp(dev->bus->name, "virtio"))
		dev = dev->parent;
	return dev;
}

static int write_pci_id(const char *dir, const struct pci_dev *pdev)
{
	return xenbus_printf(XBT_NIL, dir, XENDRM_KEY_PCI_ID,
			     XENDRM_PCI_ID_FORMAT, pdev->vendor, pdev->device,
			     pdev->subsystem_vendor, pdev->subsystem_device,
			     pdev->revision, pdev->class);
}

static int write_compatible(const char *dir, struct device_node *of)
{
	char all[COMPATIBLE_LEN] = "";
	const char *one;
	size_t len = 0;
	int i;

	for (i = 0; !of_property_read_string_index(of, "compatible", i, &one); i++)
		len += scnprintf(all + len, sizeof(all) - len, "%s%s",
				 i ? " " : "", one);
	return len ? xenbus_write(XBT_NIL, dir, XENDRM_KEY_COMPATIBLE, all) : 0;
}

/**
 * pvdrm_back_write_parent() - write the keys about the DRM device's parent
 * @xdev: the device; a former node's keys are removed
 * @node: the DRM node that it is served with
 *
 * Return: 0 or an error of xenstore.
 */
int pvdrm_back_write_parent(const struct xenbus_device *xdev,
			    const struct file *node)
{
	const struct device *dev = drm_parent(node);
	const char *dir = xdev->nodename;
	int ret;

	xenbus_rm(XBT_NIL, dir, XENDRM_KEY_PCI_ID);
	xenbus_rm(XBT_NIL, dir, XENDRM_KEY_PLATFORM_NAME);
	xenbus_rm(XBT_NIL, dir, XENDRM_KEY_COMPATIBLE);
	if (!dev)
		return 0;
	if (dev_is_pci(dev))
		return write_pci_id(dir, to_pci_dev(dev));
	ret = xenbus_write(XBT_NIL, dir, XENDRM_KEY_PLATFORM_NAME,
			   dev_name(dev));
	return ret ?: write_compatible(dir, dev->of_node);
}
