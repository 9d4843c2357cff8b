/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xenbus.h: devices on the bus, and which process serves them
 */
#ifndef PVDRM_BACK_XENBUS_H
#define PVDRM_BACK_XENBUS_H

#include <linux/types.h>

struct pvdrm_back;
struct pvdrm_server;

int pvdrm_back_xenbus_init(void);
void pvdrm_back_xenbus_exit(void);
struct pvdrm_back *pvdrm_back_find(u32 domid, u32 devid);
int pvdrm_back_attach(struct pvdrm_back *back, struct pvdrm_server *server);
void pvdrm_back_detach(struct pvdrm_back *back);

#endif /* PVDRM_BACK_XENBUS_H */
