/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pci.h: a PCI device for a GPU that is one on the host
 */
#ifndef PVDRM_FRONT_PCI_H
#define PVDRM_FRONT_PCI_H

#include <linux/errno.h>

struct pvdrm_front;

#ifdef CONFIG_PCI
int pvdrm_pci_init(void);
void pvdrm_pci_exit(void);
int pvdrm_pci_add(struct pvdrm_front *front);
void pvdrm_pci_remove(struct pvdrm_front *front);
#else
static inline int pvdrm_pci_init(void)
{
	return 0;
}

static inline void pvdrm_pci_exit(void)
{
}

static inline int pvdrm_pci_add(struct pvdrm_front *front)
{
	return -EOPNOTSUPP;
}

static inline void pvdrm_pci_remove(struct pvdrm_front *front)
{
}
#endif

#endif /* PVDRM_FRONT_PCI_H */
