/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * keys.h: keys in xenstore
 */
#ifndef PVDRM_FRONT_KEYS_H
#define PVDRM_FRONT_KEYS_H

#include <linux/types.h>

struct pvdrm_front;
struct pvdrm_identity;
struct xenbus_device;

void pvdrm_front_read_key(struct xenbus_device *dev, const char *key, char *to,
			  size_t size);
int pvdrm_front_read_identity(struct xenbus_device *dev,
			      struct pvdrm_identity *id);
int pvdrm_front_check_versions(struct xenbus_device *dev);
int pvdrm_front_publish(struct pvdrm_front *front);

#endif /* PVDRM_FRONT_KEYS_H */
