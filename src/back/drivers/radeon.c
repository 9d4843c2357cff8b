// SPDX-License-Identifier: GPL-2.0-only
/*
 * radeon.c: the ioctls of radeon
 *
 * Read with radeon_cs.c, radeon_gem.c and radeon_kms.c of Linux 7.2, which
 * differs from 6.1 in no struct.
 */
#include "back/tables/tables.h"
#include "uapi/newest/radeon_drm.h"

/* The driver takes as many as it is told; so many are never needed */
#define MOST_CHUNKS	256

/* What an array of pointers has */
struct radeon_cs_pointer {
	__u64 chunk;
};

#define ARG struct drm_radeon_cs_chunk
static const struct pvdrm_field_entry cs_chunk[] = {
	ARRAY(chunk_data, IN, COUNT(length_dw), ELEM(__u32),
	      AT_MOST(XENDRM_MAX_ARG / 4)),
};

#undef ARG

#define ARG struct radeon_cs_pointer
static const struct pvdrm_field_entry cs_pointer[] = {
	ARRAY(chunk, IN, ONE, ELEM(struct drm_radeon_cs_chunk), EACH(cs_chunk)),
};

#undef ARG

#define ARG struct drm_radeon_cs
static const struct pvdrm_field_entry cs[] = {
	ARRAY(chunks, IN, COUNT(num_chunks), ELEM(struct radeon_cs_pointer),
	      AT_MOST(MOST_CHUNKS), EACH(cs_pointer)),
};

#undef ARG

/*
 * Most values are of 32 bits, and some of these are read. Requests of later
 * kernels get the answer of one that does not know them.
 */
#define ARG struct drm_radeon_info
static const struct pvdrm_field_entry info[] = {
	REFUSE(EINVAL, WHEN_GT(request, RADEON_INFO_GPU_RESET_COUNTER)),
	ARRAY(value, OUT, ONE, ELEM(__u64),
	      WHEN_EQ(request, RADEON_INFO_TIMESTAMP)),
	ARRAY(value, OUT, ONE, ELEM(__u64),
	      WHEN_EQ(request, RADEON_INFO_NUM_BYTES_MOVED)),
	ARRAY(value, OUT, ONE, ELEM(__u64),
	      WHEN_EQ(request, RADEON_INFO_VRAM_USAGE)),
	ARRAY(value, OUT, ONE, ELEM(__u64),
	      WHEN_EQ(request, RADEON_INFO_GTT_USAGE)),
	ARRAY(value, OUT, ONE, ELEM(__u32[32]),
	      WHEN_EQ(request, RADEON_INFO_SI_TILE_MODE_ARRAY)),
	ARRAY(value, OUT, ONE, ELEM(__u32[16]),
	      WHEN_EQ(request, RADEON_INFO_CIK_MACROTILE_MODE_ARRAY)),
	ARRAY(value, INOUT, ONE, ELEM(__u32)),
};

#undef ARG

static const struct pvdrm_ioctl_entry radeon_ioctls[] = {
	IOCTL(RADEON_GEM_INFO,		NOTHING),
	IOCTL(RADEON_GEM_CREATE,	MAY_BLOCK,
	      CREATES(struct drm_radeon_gem_create, size, handle)),
	IOCTL(RADEON_GEM_MMAP,		NOTHING),
	IOCTL(RADEON_GEM_SET_DOMAIN,	MAY_BLOCK),
	IOCTL(RADEON_GEM_WAIT_IDLE,	MAY_BLOCK),
	IOCTL(RADEON_CS,		MAY_BLOCK,	FIELDS(cs)),
	IOCTL(RADEON_INFO,		NOTHING,	FIELDS(info)),
	IOCTL(RADEON_GEM_SET_TILING,	NOTHING),
	IOCTL(RADEON_GEM_GET_TILING,	NOTHING),
	IOCTL(RADEON_GEM_BUSY,		NOTHING),
	IOCTL(RADEON_GEM_VA,		MAY_BLOCK,	GROWS),
	IOCTL(RADEON_GEM_OP,		NOTHING),
};

static const char legacy[] =
	"of the time before kernel modesetting: refused by all supported kernels";
static const char missing[] =
	"does nothing in any supported kernel";

static const struct pvdrm_refusal radeon_refused[] = {
	REFUSED(RADEON_CP_INIT, legacy),
	REFUSED(RADEON_CP_START, legacy),
	REFUSED(RADEON_CP_STOP, legacy),
	REFUSED(RADEON_CP_RESET, legacy),
	REFUSED(RADEON_CP_IDLE, legacy),
	REFUSED(RADEON_RESET, legacy),
	REFUSED(RADEON_FULLSCREEN, legacy),
	REFUSED(RADEON_SWAP, legacy),
	REFUSED(RADEON_CLEAR, legacy),
	REFUSED(RADEON_VERTEX, legacy),
	REFUSED(RADEON_INDICES, legacy),
	REFUSED(RADEON_STIPPLE, legacy),
	REFUSED(RADEON_INDIRECT, legacy),
	REFUSED(RADEON_TEXTURE, legacy),
	REFUSED(RADEON_VERTEX2, legacy),
	REFUSED(RADEON_CMDBUF, legacy),
	REFUSED(RADEON_GETPARAM, legacy),
	REFUSED(RADEON_FLIP, legacy),
	REFUSED(RADEON_ALLOC, legacy),
	REFUSED(RADEON_FREE, legacy),
	REFUSED(RADEON_INIT_HEAP, legacy),
	REFUSED(RADEON_IRQ_EMIT, legacy),
	REFUSED(RADEON_IRQ_WAIT, legacy),
	REFUSED(RADEON_CP_RESUME, legacy),
	REFUSED(RADEON_SETPARAM, legacy),
	REFUSED(RADEON_SURF_ALLOC, legacy),
	REFUSED(RADEON_SURF_FREE, legacy),
	REFUSED(RADEON_GEM_PREAD, missing),
	REFUSED(RADEON_GEM_PWRITE, missing),
	REFUSED(RADEON_GEM_USERPTR,
		"would make a buffer of the memory of the process in dom0"),
};

static const struct pvdrm_isolation_rule radeon_isolation = {
	.why = "radeon does not clear VRAM for its next user",
};

#define CHUNK_OF(id) \
	MANY_OF(struct drm_radeon_cs, chunks, num_chunks, \
		struct radeon_cs_pointer), \
	ONE_OF(struct radeon_cs_pointer, chunk, struct drm_radeon_cs_chunk, \
	       ONLY_IF(struct drm_radeon_cs_chunk, chunk_id, ~0u, id))

static const struct pvdrm_work_rule radeon_work[] = {
	WORK_ON_BUFFER(RADEON_CS, struct drm_radeon_cs_reloc, handle,
		       CHUNK_OF(RADEON_CHUNK_ID_RELOCS),
		       ONE_OF(struct drm_radeon_cs_chunk, chunk_data,
			      struct drm_radeon_cs_reloc)),
	{ 0 }
};

const struct pvdrm_driver_table pvdrm_radeon_table = {
	.driver = "radeon",
	.isolation = &radeon_isolation,
	.ioctls = radeon_ioctls,
	.nr = ARRAY_SIZE(radeon_ioctls),
	.refused = radeon_refused,
	.nr_refused = ARRAY_SIZE(radeon_refused),
	.work = radeon_work,
};
