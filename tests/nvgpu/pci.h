/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PCI configuration space, with a port for tests in it
 */
#ifndef NVGPU_PCI_H
#define NVGPU_PCI_H

#include <stdint.h>

#define PCI_VENDOR	0x10de
#define PCI_DEVICE	0x0045
#define PCI_CONFIG_SIZE	256

/*
 * In the part that belongs to the device no real card has these; what is written
 * there as a 32-bit word is a command for fault.h.
 */
#define PCI_TEST_COMMAND	0x80
#define PCI_TEST_METHODS	0x84	/* read: methods executed */
#define PCI_TEST_BYTES		0x88	/* read: KiB written by engines */
#define PCI_TEST_STATE		0x8c	/* read: channels that hang */

struct pci_config {
	uint8_t byte[PCI_CONFIG_SIZE];
};

void pci_init(struct pci_config *config);
/* Only what a driver may write is changed. */
void pci_write(struct pci_config *config, unsigned int at, const uint8_t *data, unsigned int size);
void pci_put32(struct pci_config *config, unsigned int at, uint32_t value);

#endif /* NVGPU_PCI_H */
