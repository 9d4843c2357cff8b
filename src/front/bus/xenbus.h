/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xenbus.h: the xenbus driver, which makes and ends connections
 */
#ifndef PVDRM_FRONT_XENBUS_H
#define PVDRM_FRONT_XENBUS_H

#include <linux/types.h>

struct xenbus_device;

void pvdrm_front_read_key(struct xenbus_device *dev, const char *key, char *to,
			  size_t size);
int pvdrm_front_xenbus_init(void);
void pvdrm_front_xenbus_exit(void);

#endif /* PVDRM_FRONT_XENBUS_H */
