// SPDX-License-Identifier: GPL-2.0-only
/*
 * mocks_etnaviv.c: stand-ins for etnaviv_drv.c and etnaviv_gem_submit.c
 */
#include "mocks.h"
#include "uapi/newest/etnaviv_drm.h"

PLAIN(ETNAVIV_GET_PARAM, struct drm_etnaviv_param);
PLAIN(ETNAVIV_GEM_INFO, struct drm_etnaviv_gem_info);
PLAIN(ETNAVIV_GEM_CPU_FINI, struct drm_etnaviv_gem_cpu_fini);

static long mock_gem_new(struct space *s, void *data)
{
	struct drm_etnaviv_gem_new *arg = data;

	if (!arg->size || arg->size > 0xfffff000)
		return -EINVAL;	/* not the driver's, which makes something else */
	return mock_plain(data, sizeof(*arg));
}

static void make_gem_new(void *data)
{
	struct drm_etnaviv_gem_new *arg = data;

	test_random_fill(arg, sizeof(*arg));
	arg->size = test_random() % 8 ? test_random() % 0x100000 :
		    (u64)test_random() << test_random() % 32;
}

/* etnaviv_timeout_to_jiffies(), of a time that is well-formed: how long until then */
static u32 until(struct space *s, const struct drm_etnaviv_timespec *t)
{
	s64 sec = t->tv_sec;

	if (sec > S64_MAX / 1000000000 - 1)
		return ~0u;
	return sec < 0 ? 0 : kinds_until(s, sec * 1000000000 + t->tv_nsec);
}

static void make_timespec(struct space *s, struct drm_etnaviv_timespec *t)
{
	t->tv_nsec = test_random() % 1000000000;
	switch (test_random() % 6) {
	case 0:
		t->tv_sec = S64_MAX - test_random();
		break;
	case 1:
		t->tv_sec = -1;
		break;
	default:
		t->tv_sec = s->now / 1000000000 + test_random() % 100 - 20;
	}
}

static long mock_cpu_prep(struct space *s, void *data)
{
	struct drm_etnaviv_gem_cpu_prep *arg = data;

	return mock_status(arg->handle + arg->op * 3 + until(s, &arg->timeout));
}

static void make_cpu_prep(void *data)
{
	struct drm_etnaviv_gem_cpu_prep *arg = data;

	arg->handle = test_random();
	arg->op = test_random() % 8;
	make_timespec(&program, &arg->timeout);
}

static long mock_wait_fence(struct space *s, void *data)
{
	struct drm_etnaviv_wait_fence *arg = data;

	return mock_status(arg->pipe + arg->fence * 3 + arg->flags * 5 + until(s, &arg->timeout));
}

static void make_wait_fence(void *data)
{
	struct drm_etnaviv_wait_fence *arg = data;

	test_random_fill(arg, sizeof(*arg));
	make_timespec(&program, &arg->timeout);
}

static long mock_gem_wait(struct space *s, void *data)
{
	struct drm_etnaviv_gem_wait *arg = data;

	return mock_status(arg->pipe + arg->handle * 3 + arg->flags * 5 + until(s, &arg->timeout));
}

static void make_gem_wait(void *data)
{
	struct drm_etnaviv_gem_wait *arg = data;

	test_random_fill(arg, sizeof(*arg));
	make_timespec(&program, &arg->timeout);
}

static long read_some(struct space *s, u64 at, size_t len, u32 *sum)
{
	return len ? mock_read(s, at, len, sum) : 0;
}

static long mock_submit(struct space *s, void *data)
{
	struct drm_etnaviv_gem_submit *arg = data;
	u32 sum = arg->pipe + arg->exec_state * 3 + arg->flags * 5;

	if (arg->flags & ~15u || arg->nr_pmrs || arg->stream_size % 4)
		return -EINVAL;
	if (read_some(s, arg->bos, 16ul * arg->nr_bos, &sum) ||
	    read_some(s, arg->relocs, 24ul * arg->nr_relocs, &sum) ||
	    read_some(s, arg->stream, arg->stream_size, &sum))
		return -EFAULT;
	arg->fence_fd = -1;
	arg->fence = sum;
	return 0;
}

static void make_submit(void *data)
{
	struct drm_etnaviv_gem_submit *arg = data;

	test_random_fill(arg, sizeof(*arg));
	arg->nr_bos = test_random() % 50;
	arg->bos = make_pointee(16 * arg->nr_bos);
	arg->nr_relocs = test_random() % 50;
	arg->relocs = make_pointee(24 * arg->nr_relocs);
	arg->stream_size = 4 * (test_random() % 1000);
	arg->stream = make_pointee(arg->stream_size);
	/* Descriptors are tried elsewhere */
	arg->flags = test_random() % 16 ? (test_random() & 1) * ETNA_SUBMIT_SOFTPIN : 16;
	arg->nr_pmrs = test_random() % 16 == 0;
	arg->fence_fd = -1;
}

const struct mock etnaviv_mocks[] = {
	PLAIN_MOCK(ETNAVIV_GET_PARAM),
	PLAIN_MOCK(ETNAVIV_GEM_INFO),
	PLAIN_MOCK(ETNAVIV_GEM_CPU_FINI),
	MOCK(ETNAVIV_GEM_NEW, mock_gem_new, make_gem_new),
	/* Half a time is another one for a driver that looks at each ns. */
	MOCK_WHOLE(ETNAVIV_GEM_CPU_PREP, mock_cpu_prep, make_cpu_prep),
	MOCK_WHOLE(ETNAVIV_WAIT_FENCE, mock_wait_fence, make_wait_fence),
	MOCK_WHOLE(ETNAVIV_GEM_WAIT, mock_gem_wait, make_gem_wait),
	MOCK(ETNAVIV_GEM_SUBMIT, mock_submit, make_submit),
};

const size_t nr_etnaviv_mocks = ARRAY_SIZE(etnaviv_mocks);
