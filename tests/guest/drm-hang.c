// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm-hang: use contexts of a mock GPU (tests/system/modules/mockgpu.h) and count
 * those of which it says that they have hung the GPU
 *
 * The mock says so of some, always of the same. The host counts, too.
 */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <xf86drm.h>

#include "common.h"
#include "uapi/newest/amdgpu_drm.h"
#include "uapi/newest/i915_drm.h"
#include "uapi/newest/xe_drm.h"

static const char *node = DEFAULT_NODE;
static int rounds = 40;

static bool amdgpu_submit(int fd, __u32 id)
{
	struct drm_amdgpu_cs_chunk_ib work = { 0 };
	struct drm_amdgpu_cs_chunk chunk = {
		.chunk_id = AMDGPU_CHUNK_ID_IB,
		.length_dw = sizeof(work) / 4,
		.chunk_data = (__u64)(unsigned long)&work,
	};
	__u64 chunks = (__u64)(unsigned long)&chunk;
	union drm_amdgpu_cs arg = {
		.in.ctx_id = id,
		.in.num_chunks = 1,
		.in.chunks = (__u64)(unsigned long)&chunks,
	};

	return !ioctl(fd, DRM_IOCTL_AMDGPU_CS, &arg);
}

static bool amdgpu_guilty(int fd, __u32 id)
{
	union drm_amdgpu_ctx arg = {
		.in.op = AMDGPU_CTX_OP_QUERY_STATE2,
		.in.ctx_id = id,
	};

	return !ioctl(fd, DRM_IOCTL_AMDGPU_CTX, &arg) &&
	       arg.out.state.flags & AMDGPU_CTX_QUERY2_FLAGS_GUILTY;
}

static void amdgpu_free(int fd, __u32 id)
{
	union drm_amdgpu_ctx arg = {
		.in.op = AMDGPU_CTX_OP_FREE_CTX,
		.in.ctx_id = id,
	};

	ioctl(fd, DRM_IOCTL_AMDGPU_CTX, &arg);
}

static bool i915_submit(int fd, __u32 id)
{
	struct drm_i915_gem_exec_object2 buffer = { 0 };
	struct drm_i915_gem_execbuffer2 arg = {
		.buffers_ptr = (__u64)(unsigned long)&buffer,
		.buffer_count = 1,
		.rsvd1 = id,
	};

	return !ioctl(fd, DRM_IOCTL_I915_GEM_EXECBUFFER2, &arg);
}

static bool i915_guilty(int fd, __u32 id)
{
	struct drm_i915_reset_stats arg = { .ctx_id = id };

	return !ioctl(fd, DRM_IOCTL_I915_GET_RESET_STATS, &arg) && arg.batch_active;
}

static void i915_free(int fd, __u32 id)
{
	struct drm_i915_gem_context_destroy arg = { .ctx_id = id };

	ioctl(fd, DRM_IOCTL_I915_GEM_CONTEXT_DESTROY, &arg);
}

static bool xe_submit(int fd, __u32 id)
{
	struct drm_xe_exec arg = {
		.exec_queue_id = id,
		.num_batch_buffer = 1,
	};

	return !ioctl(fd, DRM_IOCTL_XE_EXEC, &arg);
}

static bool xe_guilty(int fd, __u32 id)
{
	struct drm_xe_exec_queue_get_property arg = {
		.exec_queue_id = id,
		.property = DRM_XE_EXEC_QUEUE_GET_PROPERTY_BAN,
	};

	return !ioctl(fd, DRM_IOCTL_XE_EXEC_QUEUE_GET_PROPERTY, &arg) && arg.value;
}

static void xe_free(int fd, __u32 id)
{
	struct drm_xe_exec_queue_destroy arg = { .exec_queue_id = id };

	ioctl(fd, DRM_IOCTL_XE_EXEC_QUEUE_DESTROY, &arg);
}

static const struct family {
	const char *driver;
	bool (*submit)(int fd, __u32 id);
	bool (*guilty)(int fd, __u32 id);
	void (*free)(int fd, __u32 id);
} families[] = {
	{ "amdgpu", amdgpu_submit, amdgpu_guilty, amdgpu_free },
	{ "i915", i915_submit, i915_guilty, i915_free },
	{ "xe", xe_submit, xe_guilty, xe_free },
};

static const struct family *find_family(int fd)
{
	drmVersion *version = drmGetVersion(fd);
	size_t i;

	for (i = 0; version && i < ARRAY_SIZE(families); i++)
		if (!strcmp(version->name, families[i].driver))
			return &families[i];
	die("%s: no driver that is known here", node);
}

/* A context that is freed, or goes with its file; the mock has all that are named. */
static void one_round(__u32 id, int *used, int *guilty)
{
	int fd = open_drm(node);
	const struct family *family = find_family(fd);

	if (family->submit(fd, id)) {
		++*used;
		*guilty += family->guilty(fd, id);
	}
	if (id % 2)
		family->free(fd, id);
	close(fd);
}

int main(int argc, char **argv)
{
	const struct option_spec spec[] = {
		{ "device", .text = &node, .help = "a render node" },
		{ "rounds", .number = &rounds, .help = "contexts to use" },
	};
	int i, used = 0, guilty = 0;

	parse_options(argc, argv, "count contexts that have hung a mock GPU", spec,
		      ARRAY_SIZE(spec));
	for (i = 0; i < rounds; i++)
		one_round(i, &used, &guilty);
	result("%d contexts, %d guilty", used, guilty);
	return 0;
}
