// SPDX-License-Identifier: GPL-2.0-only
/*
 * pci.c: a PCI device for a GPU that is one on the host
 *
 * Programs choose their driver by PCI ids and name GPUs by PCI addresses. So each
 * connection has a PCI root bus in software, with one function on it: the host's
 * ids and class, no BARs, no interrupt, nothing that can be written. Our driver is
 * bound to it by name, so that the guest's own drivers for these ids stay away.
 */
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/pci.h>

#include "front/bus/pci.h"
#include "front/call/ring.h"
#include "front/file/drm.h"
#include "front/front.h"

/* Above what firmware, pcifront and other software buses use; four digits. */
#define FIRST_DOMAIN	0xd000
#define NR_DOMAINS	0x1000
#define BUSES		256

#define DRIVER_NAME	"pvdrm-front"

static struct pvdrm_front *bus_to_front(const struct pci_bus *bus)
{
	return to_pci_host_bridge(bus->bridge)->release_data;
}

/* ------------------------------------------------------ configuration space */

static int config_read(struct pci_bus *bus, unsigned int devfn, int where,
		       int size, u32 *value)
{
	const struct pvdrm_pci *pci = &bus_to_front(bus)->parent.pci;
	u32 word = 0;

	/* Once it is removed, a rescan must not bring it back. */
	if (devfn || pci->removed || where >= PCI_CFG_SPACE_SIZE) {
		PCI_SET_ERROR_RESPONSE(value);
		return PCIBIOS_DEVICE_NOT_FOUND;
	}
	if (where < PCI_STD_HEADER_SIZEOF)
		word = le32_to_cpu(pci->config[where / 4]) >> where % 4 * 8;
	*value = size == 4 ? word : word & (BIT(size * 8) - 1);
	return PCIBIOS_SUCCESSFUL;
}

static int config_write(struct pci_bus *bus, unsigned int devfn, int where,
			int size, u32 value)
{
	return devfn ? PCIBIOS_DEVICE_NOT_FOUND : PCIBIOS_SUCCESSFUL;
}

static struct pci_ops config_ops = {
	.read = config_read,
	.write = config_write,
};

static bool bus_is_ours(const struct pci_bus *bus)
{
	return bus->ops == &config_ops;
}

static void fill_config(struct pvdrm_pci *pci, const struct pvdrm_pci_ids *ids)
{
	pci->config[PCI_VENDOR_ID / 4] =
		cpu_to_le32((u32)ids->device << 16 | ids->vendor);
	pci->config[PCI_CLASS_REVISION / 4] =
		cpu_to_le32(ids->class << 8 | ids->revision);
	pci->config[PCI_SUBSYSTEM_VENDOR_ID / 4] =
		cpu_to_le32((u32)ids->subsystem_device << 16 |
			    ids->subsystem_vendor);
}

/* --------------------------------------------------------------- the driver */

/* Another device comes here if the guest's root says so (new_id). */
static int probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct pvdrm_front *front;
	int err;

	if (!bus_is_ours(pdev->bus))
		return -ENODEV;
	front = bus_to_front(pdev->bus);
	/* Unbound and bound again: the connection is gone. */
	if (front->parent.pci.bound)
		return -ENODEV;
	err = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (err)
		return err;
	err = pvdrm_drm_register(front, &pdev->dev);
	if (err)
		return err;
	front->parent.pci.bound = true;
	return 0;
}

/* With the connection, or because the guest's root removes or unbinds it */
static void remove(struct pci_dev *pdev)
{
	struct pvdrm_front *front = bus_to_front(pdev->bus);

	front->parent.pci.removed = true;
	pvdrm_front_remove(front);
	pvdrm_drm_unregister(front);
}

/* Bound by driver_override only */
static const struct pci_device_id no_ids[] = { { } };

static struct pci_driver driver = {
	.name = DRIVER_NAME,
	.id_table = no_ids,
	.probe = probe,
	.remove = remove,
	/* pvdrm_pci_add() looks at the outcome. */
	.driver.probe_type = PROBE_FORCE_SYNCHRONOUS,
};

/**
 * pvdrm_pci_init() - register the driver of the PCI devices
 *
 * Return: 0 or an error.
 */
int pvdrm_pci_init(void)
{
	return pci_register_driver(&driver);
}

/**
 * pvdrm_pci_exit() - unregister it; all connections are gone
 */
void pvdrm_pci_exit(void)
{
	pci_unregister_driver(&driver);
}

/* ------------------------------------------------------------------ the bus */

/* The last reference to the bus, and to the device on it, is gone. */
static void release(struct pci_host_bridge *bridge)
{
	pvdrm_front_put(bridge->release_data);
}

static struct pci_host_bridge *alloc_bridge(struct pvdrm_front *front)
{
	struct pci_host_bridge *bridge = pci_alloc_host_bridge(0);
	struct pvdrm_pci *pci = &front->parent.pci;
	u32 number = front->devid % BUSES;

	if (!bridge)
		return NULL;
	pci->busn = (struct resource) {
		.name = DRIVER_NAME,
		.start = number,
		.end = number,
		.flags = IORESOURCE_BUS,
	};
	pci_add_resource(&bridge->windows, &pci->busn);
	bridge->busnr = number;
	bridge->domain_nr = FIRST_DOMAIN + front->devid / BUSES;
	bridge->ops = &config_ops;
#ifdef CONFIG_X86
	pci->sysdata.domain = bridge->domain_nr;
	pci->sysdata.node = NUMA_NO_NODE;
	bridge->sysdata = &pci->sysdata;
#endif
	pvdrm_front_get(front);
	pci_set_host_bridge_release(bridge, release, front);
	return bridge;
}

/*
 * Puts the reference of alloc_bridge(). If the bridge had a domain number, Linux 7.2 would
 * free that, too, and warn that it has not allocated it.
 */
static void free_bridge(struct pci_host_bridge *bridge)
{
	bridge->domain_nr = PCI_DOMAIN_NR_NOT_SET;
	pci_free_host_bridge(bridge);
}

/* Other references to the bridge end with the bus and its device. */
static void remove_bus(struct pci_bus *bus)
{
	struct pci_host_bridge *bridge = to_pci_host_bridge(bus->bridge);

	pci_stop_root_bus(bus);
	pci_remove_root_bus(bus);
	free_bridge(bridge);
}

/* Nobody binds a device between the two: it is not on offer before it is added. */
static int add_devices(struct pci_bus *bus)
{
	struct pci_dev *pdev;
	int err;

	list_for_each_entry(pdev, &bus->devices, bus_list) {
		err = pvdrm_pci_set_driver_override(pdev, DRIVER_NAME);
		if (err)
			return err;
	}
	pci_bus_add_devices(bus);
	return bus_to_front(bus)->parent.pci.bound ? 0 : -ENODEV;
}

static int add_locked(struct pvdrm_front *front)
{
	struct pci_host_bridge *bridge = alloc_bridge(front);
	int err;

	if (!bridge)
		return -ENOMEM;
	err = pci_scan_root_bus_bridge(bridge);
	if (err) {
		free_bridge(bridge);
		return err;
	}
	err = add_devices(bridge->bus);
	if (err)
		remove_bus(bridge->bus);
	else
		front->parent.pci.bus = bridge->bus;
	return err;
}

/**
 * pvdrm_pci_add() - make the PCI device, and the DRM device below it
 * @front: a connection whose host device is on PCI
 *
 * The address depends on the device id alone.
 *
 * Return: 0 or an error; then there is no DRM device.
 */
int pvdrm_pci_add(struct pvdrm_front *front)
{
	int err;

	if (front->devid / BUSES >= NR_DOMAINS)
		return -ERANGE;
	fill_config(&front->parent.pci, &front->parent.ids);
	pci_lock_rescan_remove();
	err = add_locked(front);
	pci_unlock_rescan_remove();
	return err;
}

/**
 * pvdrm_pci_remove() - take the PCI device away, and the DRM device with it
 * @front: a dead connection; nothing happens if it has no PCI device
 */
void pvdrm_pci_remove(struct pvdrm_front *front)
{
	if (!front->parent.pci.bus)
		return;
	pci_lock_rescan_remove();
	remove_bus(front->parent.pci.bus);
	pci_unlock_rescan_remove();
	front->parent.pci.bus = NULL;
}
