// SPDX-License-Identifier: GPL-2.0-only
/*
 * BAR0: which register is where
 */
#include "gpu.h"
#include "regs.h"

#define PFB_MASK	0xff000000u

static uint32_t interrupts(struct gpu *gpu)
{
	uint32_t all = 0;

	if (REG(gpu, PFIFO_INTR) & REG(gpu, PFIFO_INTR_EN))
		all |= PMC_INTR_FIFO;
	if (REG(gpu, PGRAPH_INTR) & REG(gpu, PGRAPH_INTR_EN))
		all |= PMC_INTR_GRAPH;
	if (REG(gpu, PTIMER_INTR) & REG(gpu, PTIMER_INTR_EN))
		all |= PMC_INTR_TIMER;
	return all;
}

void gpu_update_line(struct gpu *gpu)
{
	irq_set_level(&gpu->irq, interrupts(gpu) && REG(gpu, PMC_INTR_EN) & 1);
}

static uint32_t read_prom(struct gpu *gpu, uint32_t at)
{
	const uint8_t *p = gpu->vbios + at;

	if (at + 4 > VBIOS_SIZE)
		return 0;
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint32_t read32(struct gpu *gpu, uint32_t address)
{
	if (address >= USER)
		return pfifo_user_read(gpu, address);
	if (address >= PRAMIN && address < PRAMIN + PRAMIN_SIZE)
		return inst_read(&gpu->memory, address - PRAMIN);
	if (address >= PROM && address < PROM + PROM_SIZE)
		return read_prom(gpu, address - PROM);
	switch (address) {
	case PMC_BOOT:
		return 0x040000a1 | (PCI_DEVICE & 0xf) << 20;
	case PMC_ENDIAN:
		return 0;
	case PMC_INTR:
		return interrupts(gpu);
	case PTIMER_TIME_LOW:
	case PTIMER_TIME_HIGH:
		return timer_read(gpu, address);
	case PFB_SIZE:
		return gpu->memory.vram_size & PFB_MASK;
	case PGRAPH_STATUS:
		return gpu->gr.busy;
	case PRAMDAC_VBLANK:
	case PRAMDAC_VBLANK + 0x2000:
		/* Drivers wait for the beginning of a vertical blank. */
		return gpu->toggle ^= 0x00010000;
	default:
		return REG(gpu, address);
	}
}

static void write32(struct gpu *gpu, uint32_t address, uint32_t value)
{
	if (address >= USER) {
		pfifo_user_write(gpu, address, value);
		return;
	}
	if (address >= PRAMIN && address < PRAMIN + PRAMIN_SIZE) {
		inst_write(&gpu->memory, address - PRAMIN, value);
		return;
	}
	switch (address) {
	case PMC_INTR:
		break;
	case PFIFO_INTR:
	case PTIMER_INTR:
	case PGRAPH_INTR:
		REG(gpu, address) &= ~value;
		break;
	case PTIMER_TIME_LOW:
	case PTIMER_TIME_HIGH:
		timer_write(gpu, address, value);
		break;
	case PFIFO_MODE:
		pfifo_write(gpu, address, value);
		break;
	default:
		REG(gpu, address) = value;
		break;
	}
	gpu_update_line(gpu);
	gpu_wake(gpu);
}

uint32_t mmio_read(struct gpu *gpu, uint32_t address, unsigned int size)
{
	unsigned int shift = (address & 3) * 8;
	uint8_t byte;

	if (size == 1 && vga_read(gpu, address, &byte))
		return byte;
	if (size == 4)
		return read32(gpu, address);
	return read32(gpu, address & ~3u) >> shift & ((1u << size * 8) - 1);
}

void mmio_write(struct gpu *gpu, uint32_t address, uint32_t value, unsigned int size)
{
	unsigned int shift = (address & 3) * 8;
	uint32_t mask;

	if (size == 4) {
		write32(gpu, address, value);
		return;
	}
	if (size == 1 && vga_write(gpu, address, value))
		return;
	/* The VGA ports' index registers; nothing else is written in parts. */
	mask = ((1u << size * 8) - 1) << shift;
	REG(gpu, address) = (REG(gpu, address) & ~mask) | (value << shift & mask);
}
