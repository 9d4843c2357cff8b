/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The video BIOS image: tables that a driver looks for, no code
 */
#ifndef NVGPU_VBIOS_H
#define NVGPU_VBIOS_H

#include <stdint.h>

#define VBIOS_SIZE	8192

void vbios_make(uint8_t image[VBIOS_SIZE]);

#endif /* NVGPU_VBIOS_H */
