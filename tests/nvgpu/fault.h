/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults that tests ask for, through PCI configuration space (pci.h)
 */
#ifndef NVGPU_FAULT_H
#define NVGPU_FAULT_H

#include <stdint.h>

struct gpu;

enum fault_command {
	FAULT_NONE = 0x00,	/* all as it should be; what was lost comes now */
	FAULT_HANG = 0x01,	/* channel: takes no more words */
	FAULT_RESUME = 0x02,	/* channel */
	FAULT_METHOD = 0x03,	/* channel: its next graphics method is an illegal one */
	FAULT_DROP = 0x04,	/* number: so many interrupts are lost */
	FAULT_DELAY = 0x05,	/* ms: each operation of an engine takes so long */
	FAULT_SPEED = 0x06,	/* KiB/ms that engines move; 0: as fast as they can */
};

/* A command word: the command in the highest byte, its argument below */
#define FAULT_WORD(command, argument)	((uint32_t)(command) << 24 | (argument))

/**
 * struct fault - what is wrong at present
 * @hang: a bit for each channel
 * @method: the same
 * @delay_ms: of each operation
 * @speed: KiB a millisecond; 0: no limit
 * @methods: executed so far
 * @bytes: written by engines so far
 */
struct fault {
	uint32_t hang;
	uint32_t method;
	unsigned int delay_ms;
	unsigned int speed;
	uint32_t methods;
	uint64_t bytes;
};

/* With the GPU's lock held */
void fault_command(struct gpu *gpu, uint32_t word);

#endif /* NVGPU_FAULT_H */
