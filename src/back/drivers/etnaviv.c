// SPDX-License-Identifier: GPL-2.0-only
/*
 * etnaviv.c: the ioctls of etnaviv
 *
 * Read with etnaviv_drv.c, etnaviv_gem.c, etnaviv_gem_submit.c, etnaviv_gpu.c and
 * etnaviv_buffer.c of Linux 7.2, 6.12 and 6.1, which have the same ioctls. Flags of
 * later kernels, which might have pointers, get the answer of a kernel that does not
 * know them.
 */
#include "back/tables/tables.h"
#include "uapi/newest/etnaviv_drm.h"

/* As the driver has it, which says EINVAL to more */
#define MOST_STREAM	(128 * 1024)
#define MOST_LISTED	(128 * 1024)

/* The driver allows more, which are never needed: of buffers 40 bytes each, contiguous */
#define MOST_BUFFERS	8192
#define MOST_RELOCS	32768

/* The driver drops the upper half of a size, and makes buffers of nothing. */
#define MOST_BYTES	0xfffff000u

#define ARG struct drm_etnaviv_gem_new
static const struct pvdrm_field_entry gem_new[] = {
	REFUSE(EINVAL, WHEN_EQ(size, 0)),
	REFUSE(EINVAL, WHEN_GT(size, MOST_BYTES)),
};

#undef ARG

#define ARG struct drm_etnaviv_gem_cpu_prep
static const struct pvdrm_field_entry gem_cpu_prep[] = {
	ABS_TIMESPEC(timeout),
};

#undef ARG

#define ARG struct drm_etnaviv_wait_fence
static const struct pvdrm_field_entry wait_fence[] = {
	ABS_TIMESPEC(timeout),
};

#undef ARG

#define ARG struct drm_etnaviv_gem_wait
static const struct pvdrm_field_entry gem_wait[] = {
	ABS_TIMESPEC(timeout),
};

#undef ARG

/* Requests to the performance monitor are refused as by a kernel without one. */
#define ARG struct drm_etnaviv_gem_submit
static const struct pvdrm_field_entry gem_submit[] = {
	REFUSE(EINVAL, WHEN_NE(nr_pmrs, 0)),
	REFUSE(EINVAL, WHEN_GT(flags, ETNA_SUBMIT_FLAGS)),
	REFUSE(EINVAL, WHEN_GT(stream_size, MOST_STREAM)),
	REFUSE(EINVAL, WHEN_GT(nr_bos, MOST_LISTED)),
	REFUSE(EINVAL, WHEN_GT(nr_relocs, MOST_LISTED)),
	ARRAY(bos, IN, COUNT(nr_bos), ELEM(struct drm_etnaviv_gem_submit_bo),
	      AT_MOST(MOST_BUFFERS)),
	ARRAY(relocs, IN, COUNT(nr_relocs),
	      ELEM(struct drm_etnaviv_gem_submit_reloc), AT_MOST(MOST_RELOCS)),
	ARRAY(stream, IN, COUNT(stream_size), ELEM(char), AT_MOST(MOST_STREAM)),
	FD(fence_fd, SYNC_FILE, IN, WHEN_ANY(flags, ETNA_SUBMIT_FENCE_FD_IN)),
	FD(fence_fd, SYNC_FILE, OUT, WHEN_ANY(flags, ETNA_SUBMIT_FENCE_FD_OUT)),
};

#undef ARG

/*
 * GEM_SUBMIT waits for room among the command streams, and tells the number of its fence,
 * so a program waits for it.
 */
static const struct pvdrm_ioctl_entry etnaviv_ioctls[] = {
	IOCTL(ETNAVIV_GET_PARAM,	NOTHING),
	IOCTL(ETNAVIV_GEM_NEW,		NOTHING,	FIELDS(gem_new),
	      CREATES(struct drm_etnaviv_gem_new, size, handle)),
	IOCTL(ETNAVIV_GEM_INFO,		NOTHING),
	IOCTL(ETNAVIV_GEM_CPU_PREP,	MAY_BLOCK,	FIELDS(gem_cpu_prep)),
	IOCTL(ETNAVIV_GEM_CPU_FINI,	NOTHING),
	IOCTL(ETNAVIV_GEM_SUBMIT,	MAY_BLOCK,	FIELDS(gem_submit)),
	IOCTL(ETNAVIV_WAIT_FENCE,	MAY_BLOCK,	FIELDS(wait_fence)),
	IOCTL(ETNAVIV_GEM_WAIT,		MAY_BLOCK,	FIELDS(gem_wait)),
};

static const char performance[] =
	"counts what all users of the GPU do";

static const struct pvdrm_refusal etnaviv_refused[] = {
	REFUSED(ETNAVIV_GEM_USERPTR,
		"would make a buffer of the memory of the process in dom0"),
	REFUSED(ETNAVIV_PM_QUERY_DOM, performance),
	REFUSED(ETNAVIV_PM_QUERY_SIG, performance),
};

/* With MMUv2, the driver itself sets the page tables by commands in the stream. */
static const struct pvdrm_isolation_rule etnaviv_isolation = {
	.why = "etnaviv lets commands set up the MMU, and older GPUs have one address space",
};

static const struct pvdrm_work_rule etnaviv_work[] = {
	WORK_IN_QUEUE(ETNAVIV_GEM_SUBMIT, struct drm_etnaviv_gem_submit, pipe),
	WORK_ON_BUFFER(ETNAVIV_GEM_SUBMIT, struct drm_etnaviv_gem_submit_bo,
		       handle,
		       MANY_OF(struct drm_etnaviv_gem_submit, bos, nr_bos,
			       struct drm_etnaviv_gem_submit_bo)),
	{ 0 }
};

const struct pvdrm_driver_table pvdrm_etnaviv_table = {
	.driver = "etnaviv",
	.ioctls = etnaviv_ioctls,
	.nr = ARRAY_SIZE(etnaviv_ioctls),
	.refused = etnaviv_refused,
	.nr_refused = ARRAY_SIZE(etnaviv_refused),
	.isolation = &etnaviv_isolation,
	.work = etnaviv_work,
};
