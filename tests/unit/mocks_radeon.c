// SPDX-License-Identifier: GPL-2.0-only
/*
 * mocks_radeon.c: stand-ins for radeon_cs.c, radeon_gem.c and radeon_kms.c
 */
#include "mocks.h"
#include "uapi/newest/radeon_drm.h"

PLAIN(RADEON_GEM_INFO, struct drm_radeon_gem_info);
PLAIN(RADEON_GEM_CREATE, struct drm_radeon_gem_create);
PLAIN(RADEON_GEM_MMAP, struct drm_radeon_gem_mmap);
PLAIN(RADEON_GEM_SET_DOMAIN, struct drm_radeon_gem_set_domain);
PLAIN(RADEON_GEM_WAIT_IDLE, struct drm_radeon_gem_wait_idle);
PLAIN(RADEON_GEM_SET_TILING, struct drm_radeon_gem_set_tiling);
PLAIN(RADEON_GEM_GET_TILING, struct drm_radeon_gem_get_tiling);
PLAIN(RADEON_GEM_BUSY, struct drm_radeon_gem_busy);
PLAIN(RADEON_GEM_VA, struct drm_radeon_gem_va);
PLAIN(RADEON_GEM_OP, struct drm_radeon_gem_op);

static long mock_cs(struct space *s, void *data)
{
	struct drm_radeon_cs *arg = data;
	u64 chunks[16];
	u32 sum = 0;
	u32 i;

	if (!arg->num_chunks)
		return 0;
	if (space_read(s, chunks, arg->chunks, 8ul * arg->num_chunks))
		return -EFAULT;
	for (i = 0; i < arg->num_chunks; i++) {
		struct drm_radeon_cs_chunk chunk;

		if (space_read(s, &chunk, chunks[i], sizeof(chunk)))
			return -EFAULT;
		sum = sum * 31 + chunk.chunk_id;
		if (chunk.chunk_id == RADEON_CHUNK_ID_IB && !chunk.length_dw)
			return -EINVAL;
		if (mock_read(s, chunk.chunk_data, 4ul * chunk.length_dw, &sum))
			return -EFAULT;
	}
	arg->gart_limit = sum;
	return sum % 5 ? 0 : -EINVAL;
}

static u64 make_chunk(void)
{
	struct drm_radeon_cs_chunk chunk = {
		.chunk_id = test_random() % 5,
		.length_dw = test_random() % 300,
	};

	chunk.chunk_data = make_pointee(4 * chunk.length_dw);
	return space_put(&program, &chunk, sizeof(chunk));
}

static void make_cs(void *data)
{
	struct drm_radeon_cs *arg = data;
	u64 chunks[6];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(chunks); i++)
		chunks[i] = test_random() % 32 ? make_chunk() : BAD_ADDRESS;
	arg->num_chunks = test_random() % ARRAY_SIZE(chunks);
	arg->chunks = test_random() % 16 ?
		space_put(&program, chunks, sizeof(chunks)) : BAD_ADDRESS;
}

static bool info_is_long(u32 request)
{
	switch (request) {
	case RADEON_INFO_TIMESTAMP:
	case RADEON_INFO_NUM_BYTES_MOVED:
	case RADEON_INFO_VRAM_USAGE:
	case RADEON_INFO_GTT_USAGE:
		return true;
	default:
		return false;
	}
}

static long mock_info(struct space *s, void *data)
{
	struct drm_radeon_info *arg = data;
	u32 value[32];
	u32 size = 4;

	memset(value, 0x66, sizeof(value));
	switch (arg->request) {
	case RADEON_INFO_CRTC_FROM_ID:
	case RADEON_INFO_WANT_HYPERZ:
	case RADEON_INFO_WANT_CMASK:
	case RADEON_INFO_RING_WORKING:
	case RADEON_INFO_READ_REG:
		if (space_read(s, value, arg->value, 4))
			return -EFAULT;
		if (value[0] % 4 == 0)
			return -EINVAL;
		value[0]++;
		break;
	case RADEON_INFO_SI_TILE_MODE_ARRAY:
		size = 32 * 4;
		break;
	case RADEON_INFO_CIK_MACROTILE_MODE_ARRAY:
		size = 16 * 4;
		break;
	default:
		if (arg->request > RADEON_INFO_GPU_RESET_COUNTER)
			return -EINVAL;
		if (info_is_long(arg->request))
			size = 8;
	}
	return space_write(s, arg->value, value, size);
}

static void make_info(void *data)
{
	struct drm_radeon_info *arg = data;

	arg->request = test_random() % 42;
	arg->value = make_pointee(128);
}

const struct mock radeon_mocks[] = {
	PLAIN_MOCK(RADEON_GEM_INFO),
	PLAIN_MOCK(RADEON_GEM_CREATE),
	PLAIN_MOCK(RADEON_GEM_MMAP),
	PLAIN_MOCK(RADEON_GEM_SET_DOMAIN),
	PLAIN_MOCK(RADEON_GEM_WAIT_IDLE),
	PLAIN_MOCK(RADEON_GEM_SET_TILING),
	PLAIN_MOCK(RADEON_GEM_GET_TILING),
	PLAIN_MOCK(RADEON_GEM_BUSY),
	PLAIN_MOCK(RADEON_GEM_VA),
	PLAIN_MOCK(RADEON_GEM_OP),
	MOCK(RADEON_CS, mock_cs, make_cs),
	MOCK(RADEON_INFO, mock_info, make_info),
};

const size_t nr_radeon_mocks = ARRAY_SIZE(radeon_mocks);
