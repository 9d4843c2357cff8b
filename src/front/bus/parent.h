/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * parent.h: the device that a connection's DRM device hangs on
 */
#ifndef PVDRM_FRONT_PARENT_H
#define PVDRM_FRONT_PARENT_H

#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/types.h>

struct pvdrm_front;

#define PVDRM_PARENT_TEXT	256	/* bytes of a key's value that are read */

/**
 * struct pvdrm_pci_ids - what a PCI device is
 */
struct pvdrm_pci_ids {
	/** @vendor: who makes the chip */
	u16 vendor;
	/** @device: which chip it is */
	u16 device;
	/** @subsystem_vendor: who makes the card */
	u16 subsystem_vendor;
	/** @subsystem_device: which card it is */
	u16 subsystem_device;
	/** @revision: of the chip */
	u8 revision;
	/** @class: base class, subclass, interface; three bytes */
	u32 class;
};

/**
 * struct pvdrm_pci - a PCI root bus with one function
 */
struct pvdrm_pci {
	/** @bus: the bus, %NULL: none. Under pvdrm_front_xenbus.lock */
	struct pci_bus *bus;
	/** @busn: its only number */
	struct resource busn;
#ifdef CONFIG_X86
	/** @sysdata: what x86 wants to know of a root bus */
	struct pci_sysdata sysdata;
#endif
	/** @config: the function's configuration space, little-endian */
	__le32 config[PCI_STD_HEADER_SIZEOF / 4];
	/** @bound: our driver has had the device. Under the device's lock */
	bool bound;
	/** @removed: our driver has lost it. Under the device's lock */
	bool removed;
};

/**
 * struct pvdrm_parent - what the DRM device hangs on
 */
struct pvdrm_parent {
	/** @on_pci: the host's is a PCI device */
	bool on_pci;
	/** @ids: of that */
	struct pvdrm_pci_ids ids;
	/** @pci: the guest's PCI device */
	struct pvdrm_pci pci;
	/** @on_platform: the guest has @pdev instead */
	bool on_platform;
	/** @pdev: the guest's platform device */
	struct platform_device pdev;
	/** @name: its name; unique in this guest */
	char name[64];
	/** @compatible: its strings, separated by blanks, or empty */
	char compatible[PVDRM_PARENT_TEXT];
};

void pvdrm_parent_read(struct pvdrm_front *front);
int pvdrm_parent_add(struct pvdrm_front *front);
void pvdrm_parent_remove(struct pvdrm_front *front);

#endif /* PVDRM_FRONT_PARENT_H */
