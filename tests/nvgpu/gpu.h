/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A GPU of the NV40 family (GeForce 6800 class), as far as nouveau drives it
 * without a display: what the parts of the device share
 */
#ifndef NVGPU_GPU_H
#define NVGPU_GPU_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "bus.h"
#include "dma.h"
#include "fault.h"
#include "gr.h"
#include "irq.h"
#include "pci.h"
#include "vbios.h"

#define CHANNELS	32
#define NO_CHANNEL	31	/* the number that stands for none */
#define REGS_SIZE	(16u << 20)	/* BAR0 */
#define VGA_HEADS	2

/* Registers behind an 8-bit index and data port */
struct vga_head {
	uint8_t crtc[256];
	uint8_t sequencer[256];
	uint8_t graphics[256];
};

/**
 * struct gpu - the device
 * @lock: for everything but where told otherwise; the engines drop it while they
 *	  move data, so registers can be read meanwhile
 * @callers: that want the lock for a register
 * @work: something happened that the execution thread may wait for
 * @reg: BAR0 as words; what has no meaning here reads back what was written
 * @clock: added to the system's, nanoseconds
 * @retry: time at which a channel that waits for a semaphore is tried again; 0: none
 * @waiting: channels that wait for a semaphore
 * @fresh: channels that began anew since their graphics state was looked at
 * @slice: words the present channel may still take before others
 * @toggle: for a register that must change
 */
struct gpu {
	pthread_mutex_t lock;
	unsigned int callers;
	pthread_cond_t work;
	bool stop;
	struct bus bus;
	struct memory memory;
	int vram_fd, inst_fd;
	struct pci_config pci;
	struct irq irq;
	uint32_t *reg;
	uint8_t vbios[VBIOS_SIZE];
	struct vga_head vga[VGA_HEADS];
	int64_t clock;
	uint64_t retry;
	uint32_t waiting;
	uint32_t fresh;
	unsigned int slice;
	uint32_t toggle;
	struct gr gr;
	struct fault fault;
};

static inline uint32_t *gpu_reg(struct gpu *gpu, uint32_t address)
{
	return &gpu->reg[(address & (REGS_SIZE - 1)) / 4];
}

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#define REG(gpu, address)	(*gpu_reg(gpu, address))

/* Return 0 or a negative errno. */
int gpu_open(struct gpu *gpu, uint64_t vram_size);
void gpu_close(struct gpu *gpu);

/* By all threads but the execution thread */
void gpu_lock(struct gpu *gpu);
void gpu_unlock(struct gpu *gpu);

/* All below: with the lock held */

/* Tell the interrupt line what the registers say. */
void gpu_update_line(struct gpu *gpu);
void gpu_wake(struct gpu *gpu);

/* BAR0; @size is 1, 2 or 4, @address a multiple of it */
uint32_t mmio_read(struct gpu *gpu, uint32_t address, unsigned int size);
void mmio_write(struct gpu *gpu, uint32_t address, uint32_t value, unsigned int size);

/* The VGA ports in BAR0; false: it is none of them */
bool vga_read(struct gpu *gpu, uint32_t address, uint8_t *value);
bool vga_write(struct gpu *gpu, uint32_t address, uint8_t value);

/* PTIMER */
uint64_t timer_now(const struct gpu *gpu);
uint32_t timer_read(struct gpu *gpu, uint32_t address);
void timer_write(struct gpu *gpu, uint32_t address, uint32_t value);
/* Raises the alarm if it is due; else the nanoseconds until then; 0: none */
uint64_t timer_check(struct gpu *gpu);

/* PFIFO */
uint32_t pfifo_user_read(struct gpu *gpu, uint32_t address);
void pfifo_user_write(struct gpu *gpu, uint32_t address, uint32_t value);
void pfifo_write(struct gpu *gpu, uint32_t address, uint32_t value);
/* Do what there is to do, and sleep; returns when the device is stopped. */
void *pfifo_run(void *gpu);

#endif /* NVGPU_GPU_H */
