// SPDX-License-Identifier: GPL-2.0-only
/*
 * mock-radeon.c: cases for radeon's ioctls
 */
#include <errno.h>

#include "common.h"
#include "mock.h"
#include "uapi/newest/radeon_drm.h"

/* Numbers alone */
#define NUMBERS(maker, type) \
	static void maker(void *data) \
	{ \
		fill(data, sizeof(type)); \
	}

NUMBERS(gem_info, struct drm_radeon_gem_info)
NUMBERS(gem_mmap, struct drm_radeon_gem_mmap)
NUMBERS(gem_set_domain, struct drm_radeon_gem_set_domain)
NUMBERS(gem_wait_idle, struct drm_radeon_gem_wait_idle)
NUMBERS(gem_set_tiling, struct drm_radeon_gem_set_tiling)
NUMBERS(gem_get_tiling, struct drm_radeon_gem_get_tiling)
NUMBERS(gem_busy, struct drm_radeon_gem_busy)

static void gem_create(void *data)
{
	struct drm_radeon_gem_create *arg = data;

	fill(arg, sizeof(*arg));
	arg->size = 1 + pick(65536);
}

static void gem_va(void *data)
{
	struct drm_radeon_gem_va *arg = data;

	arg->handle = any();
	arg->operation = pick(4);
	arg->vm_id = one_in(16);
	arg->flags = one_in(16) ? any() : RADEON_VM_PAGE_READABLE;
	arg->offset = one_in(16) ? 4096 : any() | 1ull << 40;
}

static void gem_op(void *data)
{
	struct drm_radeon_gem_op *arg = data;

	arg->handle = any();
	arg->op = pick(3);
	arg->value = any();
}

static __u64 chunk(__u32 id)
{
	struct drm_radeon_cs_chunk *chunk = bytes(sizeof(*chunk));
	__u32 *words;

	chunk->chunk_id = id;
	if (id == RADEON_CHUNK_ID_FLAGS) {
		words = bytes(3 * sizeof(*words));
		words[1] = pick(5) + one_in(32);
		chunk->length_dw = one_in(32) ? 0 : 1 + pick(3);
		chunk->chunk_data = point(words, 3 * sizeof(*words), READ);
	} else {
		/* Some are never read */
		chunk->length_dw = id == RADEON_CHUNK_ID_CONST_IB ? pick(100) : count_of(100);
		chunk->chunk_data = array(chunk->length_dw, sizeof(__u32), READ);
	}
	return point(chunk, sizeof(*chunk), READ);
}

static void cs(void *data)
{
	struct drm_radeon_cs *arg = data;
	__u32 i, nr = pick(5);
	__u64 *chunks = bytes(nr * sizeof(*chunks));

	for (i = 0; i < nr; i++)
		chunks[i] = chunk(one_in(16) ? any() : 1 + pick(RADEON_CHUNK_ID_CONST_IB));
	arg->num_chunks = nr;
	if (mock_group == MOCK_EXTREMES && one_in(4))
		arg->num_chunks = count_of(nr);
	arg->cs_id = any();
	arg->gart_limit = any();
	arg->vram_limit = any();
	arg->chunks = point(chunks, nr * sizeof(*chunks), READ);
}

/* A value is as long as the request has it: more would be found out */
static void get_info(void *data)
{
	struct drm_radeon_info *arg = data;
	__u32 len = sizeof(__u32);
	__u32 *value;

	arg->request = pick(RADEON_INFO_GPU_RESET_COUNTER + 4);
	switch (arg->request) {
	case RADEON_INFO_TIMESTAMP:
	case RADEON_INFO_NUM_BYTES_MOVED:
	case RADEON_INFO_VRAM_USAGE:
	case RADEON_INFO_GTT_USAGE:
		len = sizeof(__u64);
		break;
	case RADEON_INFO_SI_TILE_MODE_ARRAY:
		len = 32 * sizeof(__u32);
		break;
	case RADEON_INFO_CIK_MACROTILE_MODE_ARRAY:
		len = 16 * sizeof(__u32);
		break;
	}
	value = bytes(len);
	if (!one_in(8))
		*value = pick(3);
	arg->value = point(value, len, BOTH);
}

static void userptr(void *data)
{
	struct drm_radeon_gem_userptr *arg = data;

	arg->addr = (unsigned long)bytes(4096);
	arg->size = 4096;
}

static const struct mock_op ops[] = {
	MOCK_OP(RADEON_GEM_INFO, gem_info),
	MOCK_OP(RADEON_GEM_CREATE, gem_create),
	MOCK_OP(RADEON_GEM_MMAP, gem_mmap),
	MOCK_OP(RADEON_GEM_SET_DOMAIN, gem_set_domain),
	MOCK_OP(RADEON_GEM_WAIT_IDLE, gem_wait_idle),
	MOCK_OP(RADEON_CS, cs),
	MOCK_OP(RADEON_INFO, get_info),
	MOCK_OP(RADEON_GEM_SET_TILING, gem_set_tiling),
	MOCK_OP(RADEON_GEM_GET_TILING, gem_get_tiling),
	MOCK_OP(RADEON_GEM_BUSY, gem_busy),
	MOCK_OP(RADEON_GEM_VA, gem_va),
	MOCK_OP(RADEON_GEM_OP, gem_op),
};

static const struct mock_refused refused[] = {
	{ "userptr", DRM_IOCTL_RADEON_GEM_USERPTR, userptr, EINVAL },
};

const struct mock_driver mock_driver_radeon = {
	.name = "radeon",
	.ops = ops,
	.nr_ops = ARRAY_SIZE(ops),
	.refused = refused,
	.nr_refused = ARRAY_SIZE(refused),
};
