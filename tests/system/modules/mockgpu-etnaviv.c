// SPDX-License-Identifier: GPL-2.0-only
/*
 * mockgpu-etnaviv.c: the ioctls of etnaviv, as etnaviv_drv.c, etnaviv_gem_submit.c
 * and etnaviv_gpu.c read and write
 */
#include "mockgpu.h"
#include "uapi/newest/etnaviv_drm.h"

#define MOST_LISTED	0x20000		/* SZ_128K */
#define MOST_PMRS	128
#define NSEC		1000000000ll
#define LAST_PARAM	ETNAVIV_PARAM_GPU_ECO_ID

/* Of the four pipes, one has no GPU. */
static int look_up_pipe(struct mock *m, u32 pipe)
{
	if (pipe >= ETNA_MAX_PIPES)
		return -EINVAL;
	mock_add_value(m, pipe);
	return pipe == 3 ? -ENXIO : 0;
}

/* etnaviv_timeout_to_jiffies(): is nothing left of it? */
static bool is_over(const struct drm_etnaviv_timespec *t)
{
	s64 sec = t->tv_sec;

	if (sec < 0)
		return true;
	return sec < S64_MAX / NSEC && mock_is_over(sec * NSEC + t->tv_nsec);
}

/* Busy as the sum has it: ETIMEDOUT is told after a time that is over, or at its end */
static int wait_until(struct mock *m, const struct drm_etnaviv_timespec *timeout)
{
	int ret = mock_verdict(m);

	if (ret || mock_number(m, 2))
		return ret;
	return is_over(timeout) ? -ETIMEDOUT : 0;
}

static int get_param(struct mock *m, struct drm_etnaviv_param *arg)
{
	int ret = look_up_pipe(m, arg->pipe);

	if (ret)
		return ret;
	if (!arg->param || arg->param > LAST_PARAM)
		return -EINVAL;
	mock_add_value(m, arg->param);
	mock_fill_value(m, arg->value);
	return 0;
}

/* Sizes above 32 bits are cut, which guests are not let do */
static int gem_new(struct mock *m, struct drm_etnaviv_gem_new *arg)
{
	u32 cache = arg->flags & ETNA_BO_CACHE_MASK;
	int ret;

	if (arg->flags & ~(ETNA_BO_CACHED | ETNA_BO_WC | ETNA_BO_UNCACHED | ETNA_BO_FORCE_MMU))
		return -EINVAL;
	if (cache != ETNA_BO_CACHED && cache != ETNA_BO_WC && cache != ETNA_BO_UNCACHED)
		return -EINVAL;
	mock_add_value(m, arg->size);
	mock_add_value(m, arg->flags);
	ret = mock_verdict(m);
	if (!ret)
		arg->handle = 1 + mock_number(m, 100000);
	return ret;
}

static int gem_info(struct mock *m, struct drm_etnaviv_gem_info *arg)
{
	if (arg->pad)
		return -EINVAL;
	mock_add_value(m, arg->handle);
	return mock_finish_value(m, arg->offset);
}

static int gem_cpu_prep(struct mock *m, struct drm_etnaviv_gem_cpu_prep *arg)
{
	if (arg->op & ~(ETNA_PREP_READ | ETNA_PREP_WRITE | ETNA_PREP_NOSYNC))
		return -EINVAL;
	mock_add_value(m, arg->handle);
	mock_add_value(m, arg->op);
	if (arg->op & ETNA_PREP_NOSYNC)
		return mock_verdict(m);
	return wait_until(m, &arg->timeout);
}

static int gem_cpu_fini(struct mock *m, struct drm_etnaviv_gem_cpu_fini *arg)
{
	if (arg->flags)
		return -EINVAL;
	mock_add_value(m, arg->handle);
	return mock_verdict(m);
}

static int read_submit(struct mock *m, const struct drm_etnaviv_gem_submit *arg)
{
	if (mock_array(m, arg->bos, arg->nr_bos, sizeof(struct drm_etnaviv_gem_submit_bo)) ||
	    mock_array(m, arg->relocs, arg->nr_relocs,
		       sizeof(struct drm_etnaviv_gem_submit_reloc)) ||
	    mock_array(m, arg->pmrs, arg->nr_pmrs, sizeof(struct drm_etnaviv_gem_submit_pmr)) ||
	    mock_array(m, arg->stream, arg->stream_size, 1))
		return -EFAULT;
	return 0;
}

/* Fences are none of the mock's: the test asks for no descriptor */
static int gem_submit(struct mock *m, struct drm_etnaviv_gem_submit *arg)
{
	int ret = look_up_pipe(m, arg->pipe);

	if (ret)
		return ret;
	if (arg->stream_size % 4 || arg->exec_state > ETNA_PIPE_VG ||
	    arg->flags & ~ETNA_SUBMIT_FLAGS)
		return -EINVAL;
	if (arg->stream_size > MOST_LISTED || arg->nr_relocs > MOST_LISTED ||
	    arg->nr_bos > MOST_LISTED || arg->nr_pmrs > MOST_PMRS)
		return -EINVAL;
	mock_add_value(m, arg->exec_state);
	mock_add_value(m, arg->flags);
	ret = read_submit(m, arg);
	if (!ret)
		ret = mock_verdict(m);
	if (ret)
		return ret;
	arg->fence_fd = -1;
	mock_fill_value(m, arg->fence);
	return 0;
}

static int wait_fence(struct mock *m, struct drm_etnaviv_wait_fence *arg)
{
	int ret;

	if (arg->flags & ~ETNA_WAIT_NONBLOCK)
		return -EINVAL;
	ret = look_up_pipe(m, arg->pipe);
	if (ret)
		return ret;
	mock_add_value(m, arg->fence);
	mock_add_value(m, arg->flags);
	if (arg->flags & ETNA_WAIT_NONBLOCK)
		return mock_verdict(m);
	return wait_until(m, &arg->timeout);
}

static int gem_wait(struct mock *m, struct drm_etnaviv_gem_wait *arg)
{
	int ret;

	if (arg->flags & ~ETNA_WAIT_NONBLOCK)
		return -EINVAL;
	ret = look_up_pipe(m, arg->pipe);
	if (ret)
		return ret;
	mock_add_value(m, arg->handle);
	mock_add_value(m, arg->flags);
	if (arg->flags & ETNA_WAIT_NONBLOCK)
		return mock_verdict(m);
	return wait_until(m, &arg->timeout);
}

MOCK_HANDLER(get_param, struct drm_etnaviv_param)
MOCK_HANDLER(gem_new, struct drm_etnaviv_gem_new)
MOCK_HANDLER(gem_info, struct drm_etnaviv_gem_info)
MOCK_HANDLER(gem_cpu_prep, struct drm_etnaviv_gem_cpu_prep)
MOCK_HANDLER(gem_cpu_fini, struct drm_etnaviv_gem_cpu_fini)
MOCK_HANDLER(gem_submit, struct drm_etnaviv_gem_submit)
MOCK_HANDLER(wait_fence, struct drm_etnaviv_wait_fence)
MOCK_HANDLER(gem_wait, struct drm_etnaviv_gem_wait)

static const struct drm_ioctl_desc ioctls[] = {
	MOCK_IOCTL(ETNAVIV_GET_PARAM, get_param, DRM_RENDER_ALLOW),
	MOCK_IOCTL(ETNAVIV_GEM_NEW, gem_new, DRM_RENDER_ALLOW),
	MOCK_IOCTL(ETNAVIV_GEM_INFO, gem_info, DRM_RENDER_ALLOW),
	MOCK_IOCTL(ETNAVIV_GEM_CPU_PREP, gem_cpu_prep, DRM_RENDER_ALLOW),
	MOCK_IOCTL(ETNAVIV_GEM_CPU_FINI, gem_cpu_fini, DRM_RENDER_ALLOW),
	MOCK_IOCTL(ETNAVIV_GEM_SUBMIT, gem_submit, DRM_RENDER_ALLOW),
	MOCK_IOCTL(ETNAVIV_WAIT_FENCE, wait_fence, DRM_RENDER_ALLOW),
	MOCK_IOCTL(ETNAVIV_GEM_WAIT, gem_wait, DRM_RENDER_ALLOW),
};

static const struct mock_left_out left_out[] = {
	{ "ETNAVIV_GEM_USERPTR", "not for guests, and nothing comes of it without a GPU" },
	{ "ETNAVIV_PM_QUERY_DOM", "for what comes of a GPU that runs" },
	{ "ETNAVIV_PM_QUERY_SIG", "for what comes of a GPU that runs" },
};

const struct mock_family mock_etnaviv = {
	.driver = "etnaviv",
	.major = 1,
	.minor = 4,
	.ioctls = ioctls,
	.nr_ioctls = ARRAY_SIZE(ioctls),
	.left_out = left_out,
	.nr_left_out = ARRAY_SIZE(left_out),
};
