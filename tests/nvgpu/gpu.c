// SPDX-License-Identifier: GPL-2.0-only
/*
 * Making and ending the device: see gpu.h
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "gpu.h"
#include "regs.h"

static int open_memory(const char *name, uint64_t size, int *fd, uint8_t **memory)
{
	*fd = memfd_create(name, MFD_CLOEXEC);
	if (*fd < 0 || ftruncate(*fd, size))
		return -errno;
	*memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	return *memory == MAP_FAILED ? -errno : 0;
}

static void init_locks(struct gpu *gpu)
{
	pthread_condattr_t attributes;

	pthread_mutex_init(&gpu->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&gpu->work, &attributes);
	pthread_condattr_destroy(&attributes);
}

int gpu_open(struct gpu *gpu, uint64_t vram_size)
{
	int error;

	memset(gpu, 0, sizeof(*gpu));
	init_locks(gpu);
	bus_init(&gpu->bus);
	irq_init(&gpu->irq);
	pci_init(&gpu->pci);
	vbios_make(gpu->vbios);
	gpu->memory.vram_size = vram_size;
	gpu->memory.bus = &gpu->bus;
	error = open_memory("vram", vram_size, &gpu->vram_fd, &gpu->memory.vram);
	if (!error)
		error = open_memory("inst", INST_SIZE, &gpu->inst_fd, &gpu->memory.inst);
	if (error)
		return error;
	gpu->reg = calloc(1, REGS_SIZE);
	if (!gpu->reg)
		return -ENOMEM;
	REG(gpu, PGRAPH_FIFO) = 1;
	REG(gpu, CACHE1_PUSH1) = NO_CHANNEL;
	return 0;
}

void gpu_close(struct gpu *gpu)
{
	unsigned int i;

	for (i = 0; i < CHANNELS; i++)
		gr_forget(&gpu->gr.channel[i]);
	bus_clear(&gpu->bus);
	irq_listen(&gpu->irq, -1);
	munmap(gpu->memory.vram, gpu->memory.vram_size);
	munmap(gpu->memory.inst, INST_SIZE);
	close(gpu->vram_fd);
	close(gpu->inst_fd);
	free(gpu->reg);
	pthread_cond_destroy(&gpu->work);
	pthread_mutex_destroy(&gpu->lock);
}

void gpu_lock(struct gpu *gpu)
{
	__atomic_add_fetch(&gpu->callers, 1, __ATOMIC_RELAXED);
	pthread_mutex_lock(&gpu->lock);
	__atomic_sub_fetch(&gpu->callers, 1, __ATOMIC_RELAXED);
}

void gpu_unlock(struct gpu *gpu)
{
	pthread_mutex_unlock(&gpu->lock);
}
