// SPDX-License-Identifier: GPL-2.0-only
/*
 * wakeups.c: preloaded into the renderer of `--gpu venus`, makes no wait endless
 *
 * When its command ring is empty, the renderer sets a flag and sleeps. Mesa writes a
 * command, reads the flag, and wakes the renderer. Now and then each misses what the
 * other wrote, and both wait for ever (docs/rig.md, trap 12). Condition variables may
 * wake up without a reason: here they do so often, and the renderer finds the command.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <time.h>

#define PERIOD_NS	20000000

int pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	struct timespec end;
	int ret;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_nsec += PERIOD_NS;
	if (end.tv_nsec >= 1000000000) {
		end.tv_nsec -= 1000000000;
		end.tv_sec++;
	}
	ret = pthread_cond_clockwait(cond, mutex, CLOCK_MONOTONIC, &end);
	return ret == ETIMEDOUT ? 0 : ret;
}
