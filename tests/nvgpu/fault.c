// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults that tests ask for: see fault.h
 */
#include "gpu.h"

static void no_faults(struct gpu *gpu)
{
	gpu->fault.hang = 0;
	gpu->fault.method = 0;
	gpu->fault.delay_ms = 0;
	irq_drop(&gpu->irq, 0);
}

void fault_command(struct gpu *gpu, uint32_t word)
{
	uint32_t argument = word & 0xffffff;
	uint32_t channel = 1u << (argument & (CHANNELS - 1));

	switch (word >> 24) {
	case FAULT_NONE:
		no_faults(gpu);
		break;
	case FAULT_HANG:
		gpu->fault.hang |= channel;
		break;
	case FAULT_RESUME:
		gpu->fault.hang &= ~channel;
		break;
	case FAULT_METHOD:
		gpu->fault.method |= channel;
		break;
	case FAULT_DROP:
		irq_drop(&gpu->irq, argument);
		break;
	case FAULT_DELAY:
		gpu->fault.delay_ms = argument > 10000 ? 10000 : argument;
		break;
	case FAULT_SPEED:
		gpu->fault.speed = argument;
		break;
	}
	gpu_wake(gpu);
}
