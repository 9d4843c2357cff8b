// SPDX-License-Identifier: GPL-2.0-only
/*
 * noop-digest.c: what the device was asked for
 *
 * Sums of an ioctl's calls are added up, so that the order in which a program's
 * threads call does not matter.
 */
#include "noop.h"

#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>

#define NR_IOCTLS	(DRM_COMMAND_END - DRM_COMMAND_BASE)
#define FNV_PRIME	0x100000001b3ull
#define MOST_BYTES	(16 << 20)

static DEFINE_SPINLOCK(lock);
static struct {
	u64 calls;
	u64 sum;
} digests[NR_IOCTLS];

/**
 * noop_add() - add bytes to a call's digest
 * @call: the call
 * @data: the bytes
 * @len: their number
 */
void noop_add(struct noop_call *call, const void *data, size_t len)
{
	const u8 *byte = data;

	while (len--)
		call->sum = (call->sum ^ *byte++) * FNV_PRIME;
}

/**
 * noop_done() - count a call
 * @call: it has read all it reads
 * @nr: the ioctl's number among the driver's
 */
void noop_done(const struct noop_call *call, unsigned int nr)
{
	spin_lock(&lock);
	digests[nr].calls++;
	digests[nr].sum += call->sum;
	spin_unlock(&lock);
}

/**
 * noop_digest_show() - list the ioctls that were called
 * @m: gets a line for each: number, calls, sum
 */
void noop_digest_show(struct seq_file *m)
{
	int i;

	for (i = 0; i < NR_IOCTLS; i++)
		if (digests[i].calls)
			seq_printf(m, "ioctl-%02x: %llu %016llx\n", i, digests[i].calls,
				   digests[i].sum);
}

/**
 * noop_digest_reset() - begin anew
 */
void noop_digest_reset(void)
{
	spin_lock(&lock);
	memset(digests, 0, sizeof(digests));
	spin_unlock(&lock);
}

/**
 * noop_copy() - read an array of the program's
 * @from: where it is
 * @nr: elements
 * @size: of an element
 *
 * Return: memory to free by kvfree(), or an ERR_PTR(); NULL if there is none.
 */
void *noop_copy(u64 from, u64 nr, size_t size)
{
	if (!nr)
		return NULL;
	if (nr > MOST_BYTES / size)
		return ERR_PTR(-EINVAL);
	return vmemdup_user(u64_to_user_ptr(from), nr * size);
}

/**
 * noop_get() - read an array of the program's and add it to the digest
 * @call: the call
 * @from: where it is
 * @nr: elements
 * @size: of an element
 *
 * Return: as noop_copy() does.
 */
void *noop_get(struct noop_call *call, u64 from, u64 nr, size_t size)
{
	void *array = noop_copy(from, nr, size);

	if (!IS_ERR_OR_NULL(array))
		noop_add(call, array, nr * size);
	return array;
}
