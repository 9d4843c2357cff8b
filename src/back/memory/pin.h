/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pin.h: memory of a dma-buf that devices of the guest use
 */
#ifndef PVDRM_BACK_PIN_H
#define PVDRM_BACK_PIN_H

#include <linux/types.h>

struct file;
struct pvdrm_back;
struct pvdrm_pin;

struct pvdrm_pin *pvdrm_pin_create(struct pvdrm_back *back, struct file *file,
				   u64 bytes);
void pvdrm_pin_free(struct pvdrm_pin *pin, struct pvdrm_back *back);
int pvdrm_pin_init(void);
void pvdrm_pin_exit(void);

#endif /* PVDRM_BACK_PIN_H */
