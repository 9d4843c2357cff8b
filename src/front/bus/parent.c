// SPDX-License-Identifier: GPL-2.0-only
/*
 * parent.c: what the DRM device hangs on
 *
 * The same as on the host: a PCI device, or a platform device. libdrm does not list
 * DRM devices of buses it does not know, and takes two for one if all they say of
 * themselves is equal.
 */
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/pci_ids.h>
#include <linux/string.h>
#include <xen/xenbus.h>

#include "front/bus/keys.h"
#include "front/bus/parent.h"
#include "front/bus/pci.h"
#include "front/bus/text.h"
#include "front/file/drm.h"
#include "front/front.h"

#define CLASS_ACCELERATOR	0x1200	/* older kernels have no name for it */

/* -------------------------------------------------------- the backend's keys */

static bool is_gpu_class(u32 class)
{
	return class >> 16 == PCI_BASE_CLASS_DISPLAY ||
	       class >> 8 == CLASS_ACCELERATOR;
}

/* Exactly as the backend writes it; sscanf() alone would take less. */
static bool parse_pci_ids(const char *text, struct pvdrm_pci_ids *ids)
{
	unsigned int v, d, sv, sd, rev, class;
	char again[XENDRM_PCI_ID_LEN + 1];

	if (sscanf(text, XENDRM_PCI_ID_FORMAT, &v, &d, &sv, &sd, &rev,
		   &class) != 6)
		return false;
	snprintf(again, sizeof(again), XENDRM_PCI_ID_FORMAT, v, d, sv, sd, rev,
		 class);
	if (strcmp(again, text) || !v || v == 0xffff || !is_gpu_class(class))
		return false;
	*ids = (struct pvdrm_pci_ids) { v, d, sv, sd, rev, class };
	return true;
}

/**
 * pvdrm_parent_read() - learn what the host's DRM device hangs on
 * @front: a new connection
 *
 * Without the keys, or with bad ones, it is a platform device that says nothing.
 */
void pvdrm_parent_read(struct pvdrm_front *front)
{
	struct pvdrm_parent *parent = &front->parent;
	struct xenbus_device *dev = front->xbdev;
	char text[PVDRM_PARENT_TEXT];

	pvdrm_front_read_key(dev, XENDRM_KEY_PCI_ID, text, sizeof(text));
	if (*text) {
		parent->on_pci = parse_pci_ids(text, &parent->ids);
		if (!parent->on_pci)
			dev_warn(&dev->dev, "bad %s \"%*pE\"\n",
				 XENDRM_KEY_PCI_ID, (int)strlen(text), text);
	}
	pvdrm_front_read_key(dev, XENDRM_KEY_PLATFORM_NAME, text,
			     sizeof(text));
	snprintf(parent->name, sizeof(parent->name), "%.40s-vdrm%u",
		 pvdrm_is_name(text) ? text : "pvdrm", front->devid);
	if (*text && !pvdrm_is_name(text))
		dev_warn(&dev->dev, "bad %s \"%*pE\"\n",
			 XENDRM_KEY_PLATFORM_NAME, (int)strlen(text), text);
	pvdrm_front_read_key(dev, XENDRM_KEY_COMPATIBLE, parent->compatible,
			     sizeof(parent->compatible));
	if (!pvdrm_is_printable(parent->compatible)) {
		dev_warn(&dev->dev, "bad %s\n", XENDRM_KEY_COMPATIBLE);
		parent->compatible[0] = '\0';
	}
}

/* ------------------------------------------------------ the platform device */

static void release(struct device *dev)
{
	pvdrm_front_put(container_of(to_platform_device(dev),
				     struct pvdrm_front, parent.pdev));
}

/* What a node of a device tree would add; libdrm looks for it. */
static int uevent(pvdrm_uevent_device *dev, struct kobj_uevent_env *env)
{
	const struct pvdrm_front *front =
		container_of(to_platform_device(dev), struct pvdrm_front, parent.pdev);
	char text[PVDRM_PARENT_TEXT], *rest = text, *word;
	int err, nr = 0;

	strscpy(text, front->parent.compatible, sizeof(text));
	if (!*text)
		return 0;
	err = add_uevent_var(env, "OF_FULLNAME=/%s", front->parent.name);
	while (!err && (word = strsep(&rest, " ")))
		err = add_uevent_var(env, "OF_COMPATIBLE_%d=%s", nr++, word);
	return err ?: add_uevent_var(env, "OF_COMPATIBLE_N=%d", nr);
}

static const struct device_type platform_type = {
	.name = "pvdrm",
	.uevent = uevent,
};

static int platform_add(struct pvdrm_front *front)
{
	struct platform_device *pdev = &front->parent.pdev;
	int err;

	pvdrm_front_get(front);
	pdev->name = front->parent.name;
	pdev->id = PLATFORM_DEVID_NONE;
	pdev->dev.type = &platform_type;
	pdev->dev.release = release;
	device_initialize(&pdev->dev);
	err = dma_coerce_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	err = err ?: platform_device_add(pdev);
	if (err) {
		put_device(&pdev->dev);
		return err;
	}
	err = pvdrm_drm_register(front, &pdev->dev);
	if (err)
		platform_device_unregister(pdev);
	else
		front->parent.on_platform = true;
	return err;
}

static void platform_remove(struct pvdrm_front *front)
{
	if (!front->parent.on_platform)
		return;
	pvdrm_drm_unregister(front);
	platform_device_unregister(&front->parent.pdev);
	front->parent.on_platform = false;
}

/* -------------------------------------------------------------------- either */

/**
 * pvdrm_parent_add() - make the parent and the DRM device; programs may open it
 * @front: a connection with a table
 *
 * A guest that cannot have the PCI device has a platform device.
 *
 * Return: 0 or an error; pvdrm_parent_remove() is due either way.
 */
int pvdrm_parent_add(struct pvdrm_front *front)
{
	struct device *dev = &front->xbdev->dev;
	int err;

	if (!front->parent.on_pci) {
		dev_info(dev, "the host tells no PCI ids: a platform device\n");
		return platform_add(front);
	}
	err = pvdrm_pci_add(front);
	if (!err)
		return 0;
	dev_warn(dev, "no PCI device (%d): a platform device instead\n", err);
	return platform_add(front);
}

/**
 * pvdrm_parent_remove() - take both away
 * @front: a dead connection, pvdrm_parent_add() done or not
 */
void pvdrm_parent_remove(struct pvdrm_front *front)
{
	pvdrm_pci_remove(front);
	platform_remove(front);
}
