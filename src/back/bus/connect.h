/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * connect.h: the shared memory and the event channel of a connection
 */
#ifndef PVDRM_BACK_CONNECT_H
#define PVDRM_BACK_CONNECT_H

struct pvdrm_back;
struct pvdrm_link;
struct pvdrm_server;
struct xenbus_device;

struct pvdrm_link *pvdrm_link_create(struct pvdrm_back *back,
				     struct pvdrm_server *server);
int pvdrm_link_connect(struct pvdrm_link *link, struct xenbus_device *xdev);
void pvdrm_link_disconnect(struct pvdrm_link *link, struct xenbus_device *xdev);

#endif /* PVDRM_BACK_CONNECT_H */
