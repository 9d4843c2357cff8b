/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * teardown.h: the end of a connection
 */
#ifndef PVDRM_BACK_TEARDOWN_H
#define PVDRM_BACK_TEARDOWN_H

struct pvdrm_link;
struct pvdrm_server;
struct xenbus_device;

void pvdrm_link_kill(struct pvdrm_link *link, struct xenbus_device *xdev);
void pvdrm_link_reap_all(struct pvdrm_server *server);

#endif /* PVDRM_BACK_TEARDOWN_H */
