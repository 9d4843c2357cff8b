/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * keys.h: the keys that tell the backend where a connection's memory is
 */
#ifndef PVDRM_FRONT_KEYS_H
#define PVDRM_FRONT_KEYS_H

struct pvdrm_front;

int pvdrm_front_publish(struct pvdrm_front *front);

#endif /* PVDRM_FRONT_KEYS_H */
