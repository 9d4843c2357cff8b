/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the files of drm-campaign
 *
 * A campaign has processes one after the other, and several at once. Each has threads,
 * which share its files. All that they do follows from the seed and from the answers.
 */
#ifndef CAMPAIGN_H
#define CAMPAIGN_H

#include <linux/types.h>
#include <stdbool.h>

#define CAMPAIGN_NUMBERS	256	/* of ioctls, by _IOC_NR() */
#define CAMPAIGN_SAMPLES	4
#define CAMPAIGN_SAMPLE		1024
#define CAMPAIGN_THREADS	8

/* Arguments are at addresses that are the same in each process, far from all others. */
#define CAMPAIGN_ROOM		(64u << 10)
#define CAMPAIGN_ROOM_AT(thread)	((1ull << 44) + ((__u64)(thread) << 32))

/* An argument that was right, for others to change */
struct campaign_sample {
	__u64 at;			/* where it was; 0: there is none */
	__u32 cmd;
	__u32 used;
	__u8 bytes[CAMPAIGN_SAMPLE];
};

/* Shared by all processes. Samples may be torn, which makes others. */
struct campaign {
	__u64 calls, good, touches, signals, maps, closes, children;
	__u64 called[CAMPAIGN_NUMBERS], succeeded[CAMPAIGN_NUMBERS];
	struct campaign_sample samples[CAMPAIGN_NUMBERS][CAMPAIGN_SAMPLES];
};

extern struct campaign *campaign;
extern bool campaign_faults;	/* allocations may fail */

static inline void campaign_count(__u64 *counter)
{
	__atomic_add_fetch(counter, 1, __ATOMIC_RELAXED);
}

/* Numbers that look random, by a state that is not 0 */
static inline __u64 campaign_noise(__u64 *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dull;
}

static inline unsigned int campaign_below(__u64 *state, unsigned int limit)
{
	return (campaign_noise(state) >> 32) % limit;
}

#define CAMPAIGN_VALUES		64

/* What a thread asks for, and what it has learned from answers */
struct argument {
	__u64 noise;
	__u8 *room;			/* the struct is at its start */
	__u32 used;			/* of the room */
	unsigned long cmd;
	void *arg;			/* mostly the room */
	__u8 before[CAMPAIGN_SAMPLE];
	__u64 values[CAMPAIGN_VALUES];	/* handles, offsets and the like */
	unsigned int nr_values;
	__u64 offset;			/* the last one that could be for mmap() */
};

/*
 * The ioctls of a driver, without those that are named there, such as VIRTGPU_MAP.
 * Return: false: there is no table of it
 */
bool argument_table(const char *driver, const char *without);
const char *argument_name(unsigned int nr);

void argument_make(struct argument *a);
void argument_learn(struct argument *a);	/* the call was successful */

/* campaign-process.c: a descriptor of a kind (enum xendrm_fd_kind), for an argument */
int campaign_fd(__u64 *noise, unsigned int kind);
void campaign_keep_fd(__u64 *noise, unsigned int kind, int fd);
void *campaign_mapping(__u64 *noise);		/* an address where a buffer may be */

enum campaign_end {
	CAMPAIGN_IN_CALLS,		/* the process ends in the middle of its calls */
	CAMPAIGN_AFTER_CALLS,
	CAMPAIGN_KILLED,		/* it is there until it is killed */
};

/* The whole life of a process; never returns */
void campaign_process(const char *node, __u64 seed, int threads, int ms, enum campaign_end end);

#endif /* CAMPAIGN_H */
