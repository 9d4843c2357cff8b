// SPDX-License-Identifier: GPL-2.0-only
/*
 * PTIMER: nanoseconds, and an alarm
 */
#include <time.h>

#include "gpu.h"
#include "regs.h"

static uint64_t system_time(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

uint64_t timer_now(const struct gpu *gpu)
{
	return system_time() + gpu->clock;
}

uint32_t timer_read(struct gpu *gpu, uint32_t address)
{
	uint64_t now = timer_now(gpu);

	return address == PTIMER_TIME_HIGH ? now >> 32 : now & ~31u;
}

void timer_write(struct gpu *gpu, uint32_t address, uint32_t value)
{
	uint64_t now = timer_now(gpu);
	uint64_t want = address == PTIMER_TIME_HIGH ?
		(uint64_t)value << 32 | (now & UINT32_MAX) : (now & ~(uint64_t)UINT32_MAX) | value;

	gpu->clock += want - now;
}

uint64_t timer_check(struct gpu *gpu)
{
	int32_t left;

	if (!(REG(gpu, PTIMER_INTR_EN) & 1) || REG(gpu, PTIMER_INTR) & 1)
		return 0;
	left = REG(gpu, PTIMER_ALARM) - (uint32_t)timer_now(gpu);
	if (left > 0)
		return left;
	REG(gpu, PTIMER_INTR) |= 1;
	gpu_update_line(gpu);
	return 0;
}
