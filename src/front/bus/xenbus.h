/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xenbus.h: the xenbus driver, which makes and ends connections
 */
#ifndef PVDRM_FRONT_XENBUS_H
#define PVDRM_FRONT_XENBUS_H

int pvdrm_front_xenbus_init(void);
void pvdrm_front_xenbus_exit(void);

#endif /* PVDRM_FRONT_XENBUS_H */
