// SPDX-License-Identifier: GPL-2.0-only
/*
 * job.c: the memory of a request: an arena in the process, a buffer in the
 * kernel
 */
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/slab.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/memory/frame.h"
#include "back/serve/job.h"

/* Enough for nearly every request; never freed while the thread is there */
#define SMALL_SIZE	(64u << 10)
/* Memory that a big request needed is freed after so many small ones. */
#define TRIM_AFTER	1024

/*
 * Memory of the process with a guard page behind it. Return: address or error.
 */
static unsigned long arena_map(size_t size)
{
	unsigned long area, addr;

	area = vm_mmap(NULL, 0, size + PAGE_SIZE, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(area))
		return area;
	addr = vm_mmap(NULL, area, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0);
	if (IS_ERR_VALUE(addr))
		vm_munmap(area, size + PAGE_SIZE);
	return addr;
}

static u64 excess(size_t size)
{
	return size > SMALL_SIZE ? size - SMALL_SIZE : 0;
}

/* What a guest's requests keep here is the guest's, as its buffers are. */
static bool charge(struct pvdrm_job *job, size_t size)
{
	return pvdrm_limits_try_charge(job->limits, PVDRM_LIMIT_BUFFER_BYTES,
				       excess(size));
}

static void uncharge(struct pvdrm_job *job, size_t size)
{
	pvdrm_limits_uncharge(job->limits, PVDRM_LIMIT_BUFFER_BYTES,
			      excess(size));
}

static void arena_unmap(struct pvdrm_job *job)
{
	if (job->arena)
		vm_munmap(job->arena, job->arena_size + PAGE_SIZE);
	uncharge(job, job->arena_size);
	job->arena = 0;
	job->arena_size = 0;
}

static void buf_free(struct pvdrm_job *job)
{
	kvfree(job->buf);
	uncharge(job, job->buf_size);
	job->buf = NULL;
	job->buf_size = 0;
}

/**
 * pvdrm_job_need_arena() - provide an arena
 * @job: of the calling thread; what the arena held is lost
 * @len: bytes
 *
 * Return: 0 or -errno.
 */
int pvdrm_job_need_arena(struct pvdrm_job *job, size_t len)
{
	unsigned long addr;
	size_t size;

	if (len > SMALL_SIZE)
		job->small = 0;
	if (len <= job->arena_size)
		return 0;
	size = max_t(size_t, PAGE_ALIGN(len), SMALL_SIZE);
	arena_unmap(job);
	if (!charge(job, size))
		return -ENOMEM;
	addr = arena_map(size);
	if (IS_ERR_VALUE(addr)) {
		uncharge(job, size);
		return addr;
	}
	job->arena = addr;
	job->arena_size = size;
	return 0;
}

/**
 * pvdrm_job_need_buf() - provide a private buffer
 * @job: of the calling thread; what the buffer held is lost
 * @len: bytes
 *
 * Return: 0 or -ENOMEM.
 */
int pvdrm_job_need_buf(struct pvdrm_job *job, size_t len)
{
	size_t size;
	void *buf;

	if (len > SMALL_SIZE)
		job->small = 0;
	if (len <= job->buf_size)
		return 0;
	size = max_t(size_t, PAGE_ALIGN(len), SMALL_SIZE);
	if (!charge(job, size))
		return -ENOMEM;
	buf = kvmalloc(size, GFP_KERNEL_ACCOUNT);
	if (!buf) {
		uncharge(job, size);
		return -ENOMEM;
	}
	buf_free(job);
	job->buf = buf;
	job->buf_size = size;
	return 0;
}

/**
 * pvdrm_job_trim() - after each request: free what is long unused
 * @job: of the calling thread
 */
void pvdrm_job_trim(struct pvdrm_job *job)
{
	if (++job->small < TRIM_AFTER)
		return;
	job->small = 0;
	if (job->arena_size > SMALL_SIZE)
		arena_unmap(job);
	if (job->buf_size > SMALL_SIZE)
		buf_free(job);
}

/**
 * pvdrm_job_init() - for a new worker
 * @job: zeroed
 * @limits: of the device
 *
 * Return: 0 or -ENOMEM.
 */
int pvdrm_job_init(struct pvdrm_job *job, struct pvdrm_limits *limits)
{
	job->limits = limits;
	job->frames = kvcalloc(XENDRM_MAX_FAULT_PAGES, sizeof(*job->frames),
			       GFP_KERNEL_ACCOUNT);
	if (!job->frames)
		return -ENOMEM;
	pvdrm_plan_init(&job->plan);
	return 0;
}

/**
 * pvdrm_job_free() - free all memory of a job
 * @job: of a worker whose process is gone, and the arena with it
 */
void pvdrm_job_free(struct pvdrm_job *job)
{
	pvdrm_link_put(job->link);
	pvdrm_plan_free(&job->plan);
	kvfree(job->frames);
	buf_free(job);
	uncharge(job, job->arena_size);
}
