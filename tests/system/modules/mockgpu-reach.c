// SPDX-License-Identifier: GPL-2.0-only
/*
 * mockgpu-reach.c: the program's memory, and sums of it: see mockgpu.h
 */
#include "mockgpu.h"

#define FNV_PRIME	0x100000001b3ull
#define PIECE		256

void mock_add(struct mock *m, const void *data, size_t len)
{
	const u8 *byte = data;
	size_t i;

	for (i = 0; i < len; i++)
		m->sum = (m->sum ^ byte[i]) * FNV_PRIME;
}

int mock_get(void *dst, u64 from, size_t len)
{
	return copy_from_user(dst, u64_to_user_ptr(from), len) ? -EFAULT : 0;
}

int mock_put(u64 to, const void *src, size_t len)
{
	return copy_to_user(u64_to_user_ptr(to), src, len) ? -EFAULT : 0;
}

int mock_array(struct mock *m, u64 from, u64 nr, size_t size)
{
	u8 piece[PIECE];
	u64 len = nr * size;
	u64 pos = 0;

	while (pos < len) {
		size_t now = min_t(u64, len - pos, sizeof(piece));

		if (mock_get(piece, from + pos, now))
			return -EFAULT;
		mock_add(m, piece, now);
		pos += now;
	}
	return 0;
}

int mock_string(struct mock *m, u64 from, u32 most)
{
	u32 i;
	u8 c;

	for (i = 0; i < most; i++) {
		if (mock_get(&c, from + i, 1))
			return -EFAULT;
		if (!c)
			return 0;
		mock_add_value(m, c);
	}
	return -E2BIG;
}

static u8 next_byte(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 32;
}

void mock_fill(struct mock *m, void *dst, size_t len)
{
	u64 state = m->sum | 1;
	u8 *byte = dst;
	size_t i;

	for (i = 0; i < len; i++)
		byte[i] = next_byte(&state);
	/* The next answer is another one */
	m->sum = state;
}

int mock_answer(struct mock *m, u64 to, size_t len)
{
	u8 piece[PIECE];
	size_t pos = 0;

	while (pos < len) {
		size_t now = min_t(size_t, len - pos, sizeof(piece));

		mock_fill(m, piece, now);
		if (mock_put(to + pos, piece, now))
			return -EFAULT;
		pos += now;
	}
	return 0;
}

u32 mock_number(struct mock *m, u32 bound)
{
	u32 value;

	mock_fill_value(m, value);
	return value % bound;
}

int mock_verdict(struct mock *m)
{
	static const int errors[] = { -ENOENT, -EINVAL, -ENOMEM, -ENOSPC, -EBUSY, -ENODEV };
	u32 dice = mock_number(m, 24);

	return dice < ARRAY_SIZE(errors) ? errors[dice] : 0;
}

int mock_finish(struct mock *m, void *dst, size_t len)
{
	int ret = mock_verdict(m);

	if (!ret)
		mock_fill(m, dst, len);
	return ret;
}
