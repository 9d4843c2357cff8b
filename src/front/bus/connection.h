/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * connection.h: make a connection
 */
#ifndef PVDRM_FRONT_CONNECTION_H
#define PVDRM_FRONT_CONNECTION_H

struct pvdrm_front;
struct xenbus_device;

struct pvdrm_front *pvdrm_front_alloc(struct xenbus_device *xbdev);

#endif /* PVDRM_FRONT_CONNECTION_H */
