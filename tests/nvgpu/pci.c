// SPDX-License-Identifier: GPL-2.0-only
/*
 * PCI configuration space: see pci.h
 */
#include <string.h>

#include "gpu.h"

static const struct {
	unsigned int at;
	uint32_t value;		/* at reset */
	uint32_t writable;
} words[] = {
	{ 0x00, PCI_DEVICE << 16 | PCI_VENDOR, 0 },
	{ 0x04, 0, 0x0407 },			/* command: I/O, memory, master, INTx off */
	{ 0x08, 0x030000a1, 0 },		/* VGA controller, revision a1 */
	{ 0x0c, 0, 0x0000ffff },
	{ 0x10, 0x00000000, 0xff000000 },	/* BAR0: registers */
	{ 0x14, 0x00000008, 0xfc000000 },	/* BAR1: VRAM, prefetchable */
	{ 0x18, 0x00000000, 0xff000000 },	/* BAR2: instance memory */
	{ 0x2c, PCI_DEVICE << 16 | PCI_VENDOR, 0 },
	{ 0x3c, 0x00000100, 0x000000ff },	/* interrupt pin A */
};

void pci_put32(struct pci_config *config, unsigned int at, uint32_t value)
{
	config->byte[at] = value;
	config->byte[at + 1] = value >> 8;
	config->byte[at + 2] = value >> 16;
	config->byte[at + 3] = value >> 24;
}

void pci_init(struct pci_config *config)
{
	unsigned int i;

	memset(config, 0, sizeof(*config));
	for (i = 0; i < ARRAY_SIZE(words); i++)
		pci_put32(config, words[i].at, words[i].value);
}

static uint8_t writable(unsigned int at)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (at >= words[i].at && at < words[i].at + 4)
			return words[i].writable >> (at - words[i].at) * 8;
	return 0;
}

void pci_write(struct pci_config *config, unsigned int at, const uint8_t *data, unsigned int size)
{
	uint8_t mask;

	for (; size && at < PCI_CONFIG_SIZE; size--, at++, data++) {
		mask = writable(at);
		config->byte[at] = (config->byte[at] & ~mask) | (*data & mask);
	}
}
