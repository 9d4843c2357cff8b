// SPDX-License-Identifier: GPL-2.0-only
/*
 * mocks.c: what the stand-ins share, and those without any pointers
 */
#include "mocks.h"

long mock_plain(void *data, size_t len)
{
	u8 *bytes = data;
	u32 sum = 0;
	size_t i;

	for (i = 0; i < len; i++)
		sum = sum * 31 + bytes[i];
	for (i = 0; i < len; i++)
		bytes[i] ^= sum >> i % 24;
	return sum % 3 ? 0 : -(long)(sum % 40);
}

long mock_read(struct space *s, u64 addr, size_t len, u32 *sum)
{
	u8 *bytes = malloc(len + 1);
	size_t i;

	if (space_read(s, bytes, addr, len)) {
		free(bytes);
		return -EFAULT;
	}
	for (i = 0; i < len; i++)
		*sum = *sum * 31 + bytes[i];
	free(bytes);
	return 0;
}

long mock_read_string(struct space *s, u64 addr, u32 *sum)
{
	u8 byte = 1;
	u32 i;

	for (i = 0; byte; i++) {
		if (i == 4096)
			return -E2BIG;
		if (space_read(s, &byte, addr + i, 1))
			return -EFAULT;
		*sum = *sum * 31 + byte;
	}
	return 0;
}

long mock_status(u32 sum)
{
	return sum % 3 ? 0 : -(long)(sum % 100 + 1);
}

u64 make_pointee(size_t len)
{
	static u8 bytes[XENDRM_MAX_ARG];

	switch (test_random() % 16) {
	case 0:
		return 0;
	case 1:
		return BAD_ADDRESS;
	default:
		test_random_fill(bytes, len);
		return space_put(&program, bytes, len);
	}
}

u64 make_string(void)
{
	u8 text[5000];
	u32 end = test_random() % 4 ? test_random() % 40 : 4093;

	memset(text, 'x', sizeof(text));
	text[end + test_random() % 6] = 0;
	switch (test_random() % 8) {
	case 0:
		return BAD_ADDRESS;
	case 1:
		return 0;
	default:
		return space_put(&program, text, sizeof(text));
	}
}

s64 make_time(void)
{
	switch (test_random() % 6) {
	case 0:
		return 0;
	case 1:
		return -1;
	case 2:
		return S64_MAX;
	case 3:
		return program.now - test_random();
	default:
		return program.now + test_random();
	}
}

PLAIN(VGEM_FENCE_ATTACH, struct drm_vgem_fence_attach);
PLAIN(VGEM_FENCE_SIGNAL, struct drm_vgem_fence_signal);

const struct mock vgem_mocks[] = {
	PLAIN_MOCK(VGEM_FENCE_ATTACH),
	PLAIN_MOCK(VGEM_FENCE_SIGNAL),
};

const size_t nr_vgem_mocks = ARRAY_SIZE(vgem_mocks);
