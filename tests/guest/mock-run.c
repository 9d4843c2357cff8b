// SPDX-License-Identifier: GPL-2.0-only
/*
 * mock-run.c: memory and numbers for the cases, and what comes of them: see mock.h
 */
#include <sys/ioctl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common.h"
#include "mock.h"

#define PAGE		4096ul
/* Where nothing else is, anywhere */
#ifdef __LP64__
#define PLACE		0x200000000000ul
#else
#define PLACE		0x20000000ul
#endif
#define SIZE		(8ul << 20)
#define GUARD		32
#define GUARD_BYTE	0xc7
#define ALIGNED		16
#define KERNEL		0xffff888000001000ull
#define NON_CANONICAL	0x0000900000000000ull
#define MORE_ARGUMENT	64
#define SOON		8000000000ll		/* ns */
#define MOST_SOON	4

const char *const mock_group_names[MOCK_GROUPS] = {
	[MOCK_VALID] = "valid",
	[MOCK_SIZES] = "sizes",
	[MOCK_POINTERS] = "pointers",
	[MOCK_EXTREMES] = "extremes",
};

const struct mock_driver *const mock_drivers[] = {
	&mock_driver_amdgpu, &mock_driver_etnaviv, &mock_driver_i915, &mock_driver_panfrost,
	&mock_driver_panthor, &mock_driver_radeon, &mock_driver_v3d, &mock_driver_xe,
};

const size_t nr_mock_drivers = ARRAY_SIZE(mock_drivers);

enum mock_group mock_group;

static unsigned char *memory;	/* SIZE bytes; before and behind it a page without access */
static unsigned char *fixed;	/* a page that can only be read */
static size_t used;
static __u64 state;
static bool loose;		/* the memory is not compared */

/* Times that are another in each run */
static struct soon {
	__u64 *at;
	__u64 when;
} soon[MOST_SOON];

static size_t nr_soon;

/* ------------------------------------------------------------------- numbers */

__u64 any(void)
{
	/* splitmix64 */
	__u64 z = state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

__u32 pick(__u32 bound)
{
	return any() % bound;
}

bool one_in(__u32 n)
{
	return !pick(n);
}

__u32 count_of(__u32 most)
{
	static const __u32 extremes[] = {
		0, 1, 0x400, 0x401, 0x1000, 0x10000, 0x20000, 0x20001, 0x7ffffff, 0x7fffffff,
		0x80000000, 0xffffffff,
	};

	if (mock_group == MOCK_EXTREMES && one_in(2))
		return pick_of(extremes);
	return pick(most + 1);
}

void fill(void *dst, size_t len)
{
	unsigned char *byte = dst;
	size_t i;

	for (i = 0; i < len; i++)
		byte[i] = any();
}

__u64 label(__u32 most)
{
	__u32 i, len = pick(100);
	char *text;

	if (one_in(4))
		len = most - 3 + pick(6);
	if (mock_group == MOCK_EXTREMES)
		len = 100000;
	text = bytes(len + 1);
	for (i = 0; i < len; i++)
		text[i] = ' ' + pick(90);
	text[len] = '\0';
	return one_in(16) ? 0 : point(text, len + 1, READ);
}

__s64 some_duration(void)
{
	static const __s64 times[] = { 0, 1, 1000, 1ll << 62, 0x7fffffffffffffff, -1, -1000 };

	return pick_of(times);
}

/* A guest's clock is behind dom0's by more than that, but no call lasts so long */
void some_time(__u64 *at)
{
	*at = some_duration();
	if (one_in(2) && nr_soon < MOST_SOON) {
		*at = mock_now() + SOON;
		soon[nr_soon++] = (struct soon){ at, *at };
	}
}

void some_timespec(__s64 *at)
{
	static const __s64 seconds[] = { 0, -1, -1000, 1ll << 62, 0x7fffffffffffffff };

	at[0] = pick_of(seconds);
	at[1] = pick(1000000000);
	if (one_in(2) && nr_soon < MOST_SOON) {
		at[0] = (mock_now() + SOON) / 1000000000;
		soon[nr_soon++] = (struct soon){ (__u64 *)at, at[0] };
	}
}

/* If nobody has put anything else there, it is the same in each run */
static void hide_times(void)
{
	size_t i;

	for (i = 0; i < nr_soon; i++)
		if (*soon[i].at == soon[i].when)
			*soon[i].at = SOON;
	nr_soon = 0;
}

/* -------------------------------------------------------------------- memory */

void mock_start(void)
{
	void *all;

	all = mmap((void *)PLACE, SIZE + 3 * PAGE, PROT_NONE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (all != (void *)PLACE)
		die("no memory at %#lx: %s", PLACE, strerror(errno));
	fixed = all;
	memory = fixed + 2 * PAGE;
	if (mprotect(fixed, PAGE, PROT_READ) || mprotect(memory, SIZE, PROT_READ | PROT_WRITE))
		die("mprotect: %s", strerror(errno));
}

bool mock_is_memory(const void *at, size_t len)
{
	unsigned long start = (unsigned long)at - (unsigned long)memory;

	return start < SIZE && len <= SIZE - start;
}

static void *room(size_t len)
{
	unsigned char *start = memory + used;

	used = (used + GUARD + len + GUARD + ALIGNED - 1) & ~(ALIGNED - 1ul);
	if (used > SIZE - PAGE)
		die("a case is too large");
	memset(start, GUARD_BYTE, memory + used - start);
	return start + GUARD;
}

void *zeroes(size_t len)
{
	return memset(room(len), 0, len);
}

void *bytes(size_t len)
{
	void *start = room(len);

	fill(start, len);
	return start;
}

/* Where the memory is at its end in the midst of what is pointed to */
static __u64 at_the_end(size_t len)
{
	return (unsigned long)(memory + SIZE - (len / 2 & ~7ul));
}

__u64 point(void *to, size_t len, enum mock_access access)
{
	static const __u64 nowhere[] = { 0, 8, KERNEL, NON_CANONICAL, ~7ull, PLACE + PAGE };

	if (mock_group != MOCK_POINTERS || !one_in(8))
		return (unsigned long)to;
	if (access == READ && (len < 16 || !one_in(4)))
		return pick_of(nowhere);
	/*
	 * What was done before it was found that memory ends, or cannot be
	 * written, depends on who comes upon it.
	 */
	loose = true;
	if (access == READ)
		return at_the_end(len);
	return one_in(2) ? (unsigned long)fixed : pick_of(nowhere);
}

__u64 array(__u32 nr, size_t size, enum mock_access access)
{
	size_t len = nr * size;

	/* Of extremes, there never is as much as was said */
	if (mock_group == MOCK_EXTREMES && len > PAGE)
		return (unsigned long)(memory + SIZE - PAGE);
	return point(bytes(len), len, access);
}

/* ----------------------------------------------------------------- the cases */

static unsigned int other_size(unsigned int cmd)
{
	unsigned int size = _IOC_SIZE(cmd);

	if (one_in(2))
		size = pick(size / 8 + 1) * 8;
	else
		size += 8 * pick(MORE_ARGUMENT / 8 + 1);
	return _IOC(_IOC_DIR(cmd), _IOC_TYPE(cmd), _IOC_NR(cmd), size);
}

/* Which of several errors is found first depends on who looks */
static long plain_error(long ret)
{
	return mock_group == MOCK_EXTREMES && ret < 0 ? -E2BIG : ret;
}

static __u64 digest(long ret)
{
	__u64 h = hash(HASH_START, &ret, sizeof(ret));

	if (ret < 0 && (loose || mock_group == MOCK_EXTREMES))
		return h;
	return hash(h, memory, used);
}

static void begin(__u64 seed)
{
	state = seed * 0x2545f4914f6cdd1dull + 1;
	used = 0;
	loose = false;
	memset(memory + SIZE - PAGE, 0, PAGE);
}

static void count_result(struct mock_outcome *outcome, long ret)
{
	if (ret >= 0)
		outcome->good++;
	else
		outcome->errors[-ret < 256 ? -ret : 0]++;
}

void mock_run(const struct mock_op *op, enum mock_group group, __u32 seed, int cases,
	      mock_call call, void (*each)(int number, long ret, __u64 digest),
	      struct mock_outcome *outcome)
{
	unsigned int cmd;
	__u64 one;
	void *arg;
	long ret;
	int i;

	memset(outcome, 0, sizeof(*outcome));
	outcome->digest = HASH_START;
	mock_group = group;
	for (i = 0; i < cases; i++) {
		begin(((__u64)seed << 32) ^ (__u64)_IOC_NR(op->cmd) << 20 ^ group << 16 ^ i);
		arg = bytes(_IOC_SIZE(op->cmd) + MORE_ARGUMENT);
		memset(arg, 0, _IOC_SIZE(op->cmd));
		op->make(arg);
		cmd = group == MOCK_SIZES ? other_size(op->cmd) : op->cmd;
		ret = plain_error(call(cmd, arg));
		hide_times();
		one = digest(ret);
		outcome->digest = hash(outcome->digest, &one, sizeof(one));
		count_result(outcome, ret);
		if (each)
			each(i, ret, one);
	}
}

long mock_run_refused(const struct mock_refused *refused, mock_call call)
{
	void *arg;

	begin(1);
	mock_group = MOCK_VALID;
	arg = zeroes(_IOC_SIZE(refused->cmd));
	refused->make(arg);
	return call(refused->cmd, arg);
}

const struct mock_driver *mock_driver_find(const char *name)
{
	size_t i;

	for (i = 0; i < nr_mock_drivers; i++)
		if (!strcmp(mock_drivers[i]->name, name))
			return mock_drivers[i];
	return NULL;
}
