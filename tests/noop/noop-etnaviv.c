// SPDX-License-Identifier: GPL-2.0-only
/*
 * noop-etnaviv.c: the ioctls of etnaviv, on the GC7000L of an i.MX8MQ, whose programs
 * choose addresses, or the GC2000 of an i.MX6Q, whose programs need relocations
 */
#include "noop.h"
#include "uapi/newest/etnaviv_drm.h"

#include <linux/ktime.h>
#include <linux/uaccess.h>

#define SOFTPIN_START	0x00400000
#define NO_SOFTPIN	(~0ull)
#define MOST_STREAM	SZ_128K
#define BO_FLAGS	(ETNA_BO_CACHED | ETNA_BO_WC | ETNA_BO_UNCACHED | ETNA_BO_FORCE_MMU)

/* By number of the parameter */
static const u64 gc7000l[] = {
	[ETNAVIV_PARAM_GPU_MODEL] = 0x7000,
	[ETNAVIV_PARAM_GPU_REVISION] = 0x6214,
	[ETNAVIV_PARAM_GPU_FEATURES_0] = 0xe0287cad,
	[ETNAVIV_PARAM_GPU_FEATURES_1] = 0xc1799eff,
	[ETNAVIV_PARAM_GPU_FEATURES_2] = 0xfefbfad9,
	[ETNAVIV_PARAM_GPU_FEATURES_3] = 0xeb9d4fbf,
	[ETNAVIV_PARAM_GPU_FEATURES_4] = 0xedfffced,
	[ETNAVIV_PARAM_GPU_FEATURES_5] = 0xdb0dafc7,
	[ETNAVIV_PARAM_GPU_FEATURES_6] = 0xbb5ac333,
	[ETNAVIV_PARAM_GPU_FEATURES_7] = 0xfc8ee200,
	[ETNAVIV_PARAM_GPU_FEATURES_8] = 0x03fbfa6f,
	[ETNAVIV_PARAM_GPU_FEATURES_9] = 0x00ef0ef0,
	[ETNAVIV_PARAM_GPU_FEATURES_10] = 0x0edbf03c,
	[ETNAVIV_PARAM_GPU_FEATURES_11] = 0x90044250,
	[ETNAVIV_PARAM_GPU_FEATURES_12] = 0x00000024,
	[ETNAVIV_PARAM_GPU_STREAM_COUNT] = 16,
	[ETNAVIV_PARAM_GPU_REGISTER_MAX] = 64,
	[ETNAVIV_PARAM_GPU_THREAD_COUNT] = 1024,
	[ETNAVIV_PARAM_GPU_VERTEX_CACHE_SIZE] = 16,
	[ETNAVIV_PARAM_GPU_SHADER_CORE_COUNT] = 4,
	[ETNAVIV_PARAM_GPU_PIXEL_PIPES] = 2,
	[ETNAVIV_PARAM_GPU_VERTEX_OUTPUT_BUFFER_SIZE] = 1024,
	[ETNAVIV_PARAM_GPU_INSTRUCTION_COUNT] = 512,
	[ETNAVIV_PARAM_GPU_NUM_CONSTANTS] = 320,
	[ETNAVIV_PARAM_GPU_NUM_VARYINGS] = 16,
	[ETNAVIV_PARAM_SOFTPIN_START_ADDR] = SOFTPIN_START,
	[ETNAVIV_PARAM_GPU_PRODUCT_ID] = 0x70002,
	[ETNAVIV_PARAM_GPU_CUSTOMER_ID] = 0x30,
	[ETNAVIV_PARAM_GPU_ECO_ID] = 0,
};

static const u64 gc2000[] = {
	[ETNAVIV_PARAM_GPU_MODEL] = 0x2000,
	[ETNAVIV_PARAM_GPU_REVISION] = 0x5108,
	[ETNAVIV_PARAM_GPU_FEATURES_0] = 0xe0296cad,
	[ETNAVIV_PARAM_GPU_FEATURES_1] = 0xc9799eff,
	[ETNAVIV_PARAM_GPU_FEATURES_2] = 0x2efbf2d9,
	[ETNAVIV_PARAM_GPU_STREAM_COUNT] = 8,
	[ETNAVIV_PARAM_GPU_REGISTER_MAX] = 64,
	[ETNAVIV_PARAM_GPU_THREAD_COUNT] = 1024,
	[ETNAVIV_PARAM_GPU_VERTEX_CACHE_SIZE] = 16,
	[ETNAVIV_PARAM_GPU_SHADER_CORE_COUNT] = 4,
	[ETNAVIV_PARAM_GPU_PIXEL_PIPES] = 2,
	[ETNAVIV_PARAM_GPU_VERTEX_OUTPUT_BUFFER_SIZE] = 512,
	[ETNAVIV_PARAM_GPU_INSTRUCTION_COUNT] = 512,
	[ETNAVIV_PARAM_GPU_NUM_CONSTANTS] = 168,
	[ETNAVIV_PARAM_GPU_NUM_VARYINGS] = 11,
	[ETNAVIV_PARAM_SOFTPIN_START_ADDR] = NO_SOFTPIN,
	[ETNAVIV_PARAM_GPU_ECO_ID] = 0,
};

static bool has_softpin(void)
{
	const u64 *values = noop_gpu->data;

	return values[ETNAVIV_PARAM_SOFTPIN_START_ADDR] != NO_SOFTPIN;
}

/* There is one GPU, with three dimensions. */
static int check_pipe(u32 pipe)
{
	if (pipe >= ETNA_MAX_PIPES)
		return -EINVAL;
	return pipe ? -ENXIO : 0;
}

static int get_param(struct noop_call *call, struct drm_etnaviv_param *arg)
{
	const u64 *values = noop_gpu->data;
	int ret = check_pipe(arg->pipe);

	noop_add_value(call, arg->pipe);
	noop_add_value(call, arg->param);
	if (ret)
		return ret;
	if (!arg->param || arg->param > ETNAVIV_PARAM_GPU_ECO_ID)
		return -EINVAL;
	arg->value = values[arg->param];
	return 0;
}

NOOP_HANDLER(get_param, DRM_ETNAVIV_GET_PARAM, struct drm_etnaviv_param)

/* ------------------------------------------------------------------ buffers */

static int gem_new(struct noop_call *call, struct drm_etnaviv_gem_new *arg)
{
	noop_add_value(call, arg->size);
	noop_add_value(call, arg->flags);
	if (arg->flags & ~BO_FLAGS)
		return -EINVAL;
	return noop_bo_create(call, PAGE_ALIGN(arg->size), NULL, &arg->handle);
}

NOOP_HANDLER(gem_new, DRM_ETNAVIV_GEM_NEW, struct drm_etnaviv_gem_new)

static int gem_info(struct noop_call *call, struct drm_etnaviv_gem_info *arg)
{
	noop_add_bo(call, arg->handle);
	return arg->pad ? -EINVAL : noop_bo_offset(call, arg->handle, &arg->offset);
}

NOOP_HANDLER(gem_info, DRM_ETNAVIV_GEM_INFO, struct drm_etnaviv_gem_info)

/*
 * Nothing is ever busy, so nothing is waited for. But a program means a time that is to
 * come; on the clock of a guest, which has started later, it would be over.
 */
static int check_deadline(const struct drm_etnaviv_timespec *deadline)
{
	if (deadline->tv_nsec < 0 || deadline->tv_nsec >= NSEC_PER_SEC)
		return -EINVAL;
	return deadline->tv_sec < ktime_get_seconds() ? -ETIMEDOUT : 0;
}

static int cpu_prep(struct noop_call *call, struct drm_etnaviv_gem_cpu_prep *arg)
{
	noop_add_bo(call, arg->handle);
	noop_add_value(call, arg->op);
	if (arg->op & ~(ETNA_PREP_READ | ETNA_PREP_WRITE | ETNA_PREP_NOSYNC))
		return -EINVAL;
	if (!noop_bo_exists(call, arg->handle))
		return -ENOENT;
	return arg->op & ETNA_PREP_NOSYNC ? 0 : check_deadline(&arg->timeout);
}

NOOP_HANDLER(cpu_prep, DRM_ETNAVIV_GEM_CPU_PREP, struct drm_etnaviv_gem_cpu_prep)

static int cpu_fini(struct noop_call *call, struct drm_etnaviv_gem_cpu_fini *arg)
{
	noop_add_bo(call, arg->handle);
	if (arg->flags)
		return -EINVAL;
	return noop_bo_exists(call, arg->handle) ? 0 : -ENOENT;
}

NOOP_HANDLER(cpu_fini, DRM_ETNAVIV_GEM_CPU_FINI, struct drm_etnaviv_gem_cpu_fini)

static int gem_wait(struct noop_call *call, struct drm_etnaviv_gem_wait *arg)
{
	int ret = check_pipe(arg->pipe);

	noop_add_bo(call, arg->handle);
	noop_add_value(call, arg->flags);
	if (ret || arg->flags & ~ETNA_WAIT_NONBLOCK)
		return ret ?: -EINVAL;
	if (!noop_bo_exists(call, arg->handle))
		return -ENOENT;
	return arg->flags & ETNA_WAIT_NONBLOCK ? 0 : check_deadline(&arg->timeout);
}

NOOP_HANDLER(gem_wait, DRM_ETNAVIV_GEM_WAIT, struct drm_etnaviv_gem_wait)

/* -------------------------------------------------------------- submissions */

static int read_bos(struct noop_call *call, const struct drm_etnaviv_gem_submit *arg)
{
	struct drm_etnaviv_gem_submit_bo *bos = noop_copy(arg->bos, arg->nr_bos, sizeof(*bos));
	int ret = 0;
	u32 i;

	if (IS_ERR(bos))
		return PTR_ERR(bos);
	for (i = 0; i < arg->nr_bos && !ret; i++) {
		noop_add_value(call, bos[i].flags);
		noop_add_value(call, bos[i].presumed);
		if (bos[i].flags & ~(ETNA_SUBMIT_BO_READ | ETNA_SUBMIT_BO_WRITE) ||
		    (arg->flags & ETNA_SUBMIT_SOFTPIN && bos[i].presumed < SOFTPIN_START))
			ret = -EINVAL;
		ret = ret ?: noop_add_contents(call, bos[i].handle);
	}
	kvfree(bos);
	return ret;
}

/* As the driver: in the order of their places in the stream */
static int read_relocs(struct noop_call *call, const struct drm_etnaviv_gem_submit *arg)
{
	struct drm_etnaviv_gem_submit_reloc *relocs;
	u32 i, last = 0;
	int ret = 0;

	if (arg->flags & ETNA_SUBMIT_SOFTPIN && arg->nr_relocs)
		return -EINVAL;
	relocs = noop_copy(arg->relocs, arg->nr_relocs, sizeof(*relocs));
	if (IS_ERR(relocs))
		return PTR_ERR(relocs);
	for (i = 0; i < arg->nr_relocs && !ret; i++) {
		/* There is padding behind its flags. */
		noop_add(call, &relocs[i], offsetofend(struct drm_etnaviv_gem_submit_reloc, flags));
		if (relocs[i].flags || relocs[i].submit_offset % 4 ||
		    relocs[i].submit_offset < last ||
		    relocs[i].submit_offset >= arg->stream_size ||
		    relocs[i].reloc_idx >= arg->nr_bos)
			ret = -EINVAL;
		last = relocs[i].submit_offset;
	}
	kvfree(relocs);
	return ret;
}

static int read_stream(struct noop_call *call, const struct drm_etnaviv_gem_submit *arg)
{
	void *stream = noop_get(call, arg->stream, arg->stream_size, 1);

	if (IS_ERR(stream))
		return PTR_ERR(stream);
	kvfree(stream);
	return 0;
}

static int check_submit(const struct drm_etnaviv_gem_submit *arg)
{
	int ret = check_pipe(arg->pipe);

	if (ret)
		return ret;
	if (arg->stream_size % 4 || arg->stream_size > MOST_STREAM || arg->nr_pmrs ||
	    arg->exec_state > ETNA_PIPE_VG || arg->flags & ~ETNA_SUBMIT_FLAGS ||
	    (arg->flags & ETNA_SUBMIT_SOFTPIN && !has_softpin()))
		return -EINVAL;
	return 0;
}

/* As the driver: the descriptor is -1 if none is asked for. */
static int gem_submit(struct noop_call *call, struct drm_etnaviv_gem_submit *arg)
{
	struct dma_fence *fence;
	int ret = check_submit(arg);

	noop_add(call, &arg->pipe, offsetof(struct drm_etnaviv_gem_submit, bos) -
		 offsetof(struct drm_etnaviv_gem_submit, pipe));
	noop_add_value(call, arg->flags);
	ret = ret ?: read_bos(call, arg);
	ret = ret ?: read_relocs(call, arg);
	ret = ret ?: read_stream(call, arg);
	if (!ret && arg->flags & ETNA_SUBMIT_FENCE_FD_IN)
		ret = noop_wait_fd(arg->fence_fd);
	if (ret)
		return ret;
	arg->fence_fd = -1;
	if (arg->flags & ETNA_SUBMIT_FENCE_FD_OUT) {
		fence = dma_fence_get_stub();
		ret = noop_fence_fd(fence, &arg->fence_fd);
		dma_fence_put(fence);
	}
	arg->fence = atomic_inc_return(&noop_file(call)->fences);
	return ret;
}

NOOP_HANDLER(gem_submit, DRM_ETNAVIV_GEM_SUBMIT, struct drm_etnaviv_gem_submit)

static int wait_fence(struct noop_call *call, struct drm_etnaviv_wait_fence *arg)
{
	int ret = check_pipe(arg->pipe);

	noop_add_value(call, arg->fence);
	noop_add_value(call, arg->flags);
	if (ret || arg->flags & ~ETNA_WAIT_NONBLOCK)
		return ret ?: -EINVAL;
	if (arg->fence > atomic_read(&noop_file(call)->fences))
		return -EINVAL;
	return arg->flags & ETNA_WAIT_NONBLOCK ? 0 : check_deadline(&arg->timeout);
}

NOOP_HANDLER(wait_fence, DRM_ETNAVIV_WAIT_FENCE, struct drm_etnaviv_wait_fence)

static const struct drm_ioctl_desc ioctls[] = {
	NOOP_IOCTL(ETNAVIV_GET_PARAM, get_param),
	NOOP_IOCTL(ETNAVIV_GEM_NEW, gem_new),
	NOOP_IOCTL(ETNAVIV_GEM_INFO, gem_info),
	NOOP_IOCTL(ETNAVIV_GEM_CPU_PREP, cpu_prep),
	NOOP_IOCTL(ETNAVIV_GEM_CPU_FINI, cpu_fini),
	NOOP_IOCTL(ETNAVIV_GEM_SUBMIT, gem_submit),
	NOOP_IOCTL(ETNAVIV_WAIT_FENCE, wait_fence),
	NOOP_IOCTL(ETNAVIV_GEM_WAIT, gem_wait),
};

/* The DRM device is not on one of the GPUs, but on a device of the driver's own. */
const struct noop_family noop_etnaviv = {
	.driver = "etnaviv",
	.data = gc7000l,
	.major = 1,
	.minor = 4,
	.platform = "etnaviv",
	.ioctls = ioctls,
	.nr_ioctls = ARRAY_SIZE(ioctls),
};

const struct noop_family noop_etnaviv_gc2000 = {
	.driver = "etnaviv",
	.model = "gc2000",
	.data = gc2000,
	.major = 1,
	.minor = 4,
	.platform = "etnaviv",
	.ioctls = ioctls,
	.nr_ioctls = ARRAY_SIZE(ioctls),
};
