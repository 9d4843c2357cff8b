// SPDX-License-Identifier: GPL-2.0-only
/*
 * mock-etnaviv.c: cases for etnaviv's ioctls
 */
#include <errno.h>

#include "common.h"
#include "mock.h"
#include "uapi/newest/etnaviv_drm.h"

/* Now and then one without a GPU, or none */
static __u32 pipe_of(void)
{
	return one_in(16) ? 3 + pick(2) : pick(3);
}

static void get_param(void *data)
{
	struct drm_etnaviv_param *arg = data;

	arg->pipe = pipe_of();
	arg->param = one_in(16) ? any() : pick(32);
	arg->value = any();
}

/* No size that a guest is refused, and in all no more memory than it may have */
static void gem_new(void *data)
{
	static const __u32 caches[] = {
		ETNA_BO_CACHED, ETNA_BO_WC, ETNA_BO_UNCACHED, ETNA_BO_WC | ETNA_BO_FORCE_MMU,
	};
	struct drm_etnaviv_gem_new *arg = data;

	arg->size = 1 + pick(65536);
	arg->flags = one_in(16) ? any() : pick_of(caches);
	arg->handle = any();
}

static void gem_info(void *data)
{
	struct drm_etnaviv_gem_info *arg = data;

	arg->handle = any();
	arg->pad = one_in(16);
	arg->offset = any();
}

static void gem_cpu_prep(void *data)
{
	struct drm_etnaviv_gem_cpu_prep *arg = data;

	arg->handle = any();
	arg->op = one_in(16) ? any() : pick(8);
	some_timespec(&arg->timeout.tv_sec);
}

static void gem_cpu_fini(void *data)
{
	struct drm_etnaviv_gem_cpu_fini *arg = data;

	arg->handle = any();
	arg->flags = one_in(8);
}

/* Without descriptors, and what a guest is refused */
static void gem_submit(void *data)
{
	struct drm_etnaviv_gem_submit *arg = data;

	arg->fence = any();
	arg->pipe = pipe_of();
	arg->exec_state = one_in(16) ? any() : pick(3);
	arg->nr_bos = count_of(40);
	arg->bos = array(arg->nr_bos, sizeof(struct drm_etnaviv_gem_submit_bo), READ);
	arg->nr_relocs = count_of(40);
	arg->relocs = array(arg->nr_relocs, sizeof(struct drm_etnaviv_gem_submit_reloc), READ);
	arg->stream_size = 4 * count_of(500) + one_in(32);
	arg->stream = array(arg->stream_size, 1, READ);
	arg->flags = pick(2) * ETNA_SUBMIT_NO_IMPLICIT + pick(2) * ETNA_SUBMIT_SOFTPIN;
	arg->fence_fd = any();
	arg->pmrs = any();
	arg->pad = any();
}

static void wait_fence(void *data)
{
	struct drm_etnaviv_wait_fence *arg = data;

	arg->pipe = pipe_of();
	arg->fence = any();
	arg->flags = one_in(16) ? any() : one_in(2);
	arg->pad = any();
	some_timespec(&arg->timeout.tv_sec);
}

static void gem_wait(void *data)
{
	struct drm_etnaviv_gem_wait *arg = data;

	arg->pipe = pipe_of();
	arg->handle = any();
	arg->flags = one_in(16) ? any() : one_in(2);
	arg->pad = any();
	some_timespec(&arg->timeout.tv_sec);
}

static void userptr(void *data)
{
	struct drm_etnaviv_gem_userptr *arg = data;

	arg->user_ptr = ((unsigned long)bytes(8192) + 4095) & ~4095ul;
	arg->user_size = 4096;
	arg->flags = ETNA_USERPTR_READ;
}

static void domains(void *data)
{
	fill(data, sizeof(struct drm_etnaviv_pm_domain));
}

static void signals(void *data)
{
	fill(data, sizeof(struct drm_etnaviv_pm_signal));
}

static void counters(void *data)
{
	struct drm_etnaviv_gem_submit *arg = data;

	arg->nr_pmrs = 1;
	arg->pmrs = (unsigned long)bytes(sizeof(struct drm_etnaviv_gem_submit_pmr));
}

static void later_flags(void *data)
{
	struct drm_etnaviv_gem_submit *arg = data;

	arg->flags = ETNA_SUBMIT_FLAGS + 1;
}

static void no_bytes(void *data)
{
	struct drm_etnaviv_gem_new *arg = data;

	arg->size = 1ull << 32;
	arg->flags = ETNA_BO_WC;
}

static const struct mock_op ops[] = {
	MOCK_OP(ETNAVIV_GET_PARAM, get_param),
	MOCK_OP(ETNAVIV_GEM_NEW, gem_new),
	MOCK_OP(ETNAVIV_GEM_INFO, gem_info),
	MOCK_OP(ETNAVIV_GEM_CPU_PREP, gem_cpu_prep),
	MOCK_OP(ETNAVIV_GEM_CPU_FINI, gem_cpu_fini),
	MOCK_OP(ETNAVIV_GEM_SUBMIT, gem_submit),
	MOCK_OP(ETNAVIV_WAIT_FENCE, wait_fence),
	MOCK_OP(ETNAVIV_GEM_WAIT, gem_wait),
};

static const struct mock_refused refused[] = {
	{ "memory of the program", DRM_IOCTL_ETNAVIV_GEM_USERPTR, userptr, EINVAL },
	{ "domains of counters", DRM_IOCTL_ETNAVIV_PM_QUERY_DOM, domains, EINVAL },
	{ "signals of counters", DRM_IOCTL_ETNAVIV_PM_QUERY_SIG, signals, EINVAL },
	{ "counters", DRM_IOCTL_ETNAVIV_GEM_SUBMIT, counters, EINVAL },
	{ "flags of a later kernel", DRM_IOCTL_ETNAVIV_GEM_SUBMIT, later_flags, EINVAL },
	{ "buffer of no bytes", DRM_IOCTL_ETNAVIV_GEM_NEW, no_bytes, EINVAL },
};

const struct mock_driver mock_driver_etnaviv = {
	.name = "etnaviv",
	.ops = ops,
	.nr_ops = ARRAY_SIZE(ops),
	.refused = refused,
	.nr_refused = ARRAY_SIZE(refused),
};
