/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * noop.h: what the families of a GPU that does nothing share
 *
 * A family has the ioctls of one driver, as far as Mesa needs them. Buffers are
 * real and can be mapped, submissions are checked, read and done at once. Each
 * call adds what it reads to a digest, so that what a guest's Mesa asks for can be
 * compared with what Mesa asks for in dom0.
 */
#ifndef NOOP_H
#define NOOP_H

/* The newest drm.h, before the kernel's own */
#include "uapi/newest/drm.h"

#include <linux/dma-fence.h>
#include <linux/mutex.h>
#include <linux/xarray.h>
#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <drm/drm_gem_shmem_helper.h>
#include <drm/drm_ioctl.h>

/**
 * struct noop_family - one driver and one model of its GPUs
 * @driver: the driver's name
 * @model: the model's name; NULL: the one that is taken if none is named
 * @data: of the model, for the family
 * @major: its version
 * @minor: its version
 * @platform: the platform device's name as in a machine that has it; NULL: a PCI device
 * @vendor: PCI ids of the model
 * @device: PCI ids of the model
 * @revision: PCI ids of the model
 * @ioctls: as in struct drm_driver
 * @nr_ioctls: their number
 */
struct noop_family {
	const char *driver;
	const char *model;
	const void *data;
	int major;
	int minor;
	const char *platform;
	u16 vendor;
	u16 device;
	u8 revision;
	const struct drm_ioctl_desc *ioctls;
	int nr_ioctls;
};

extern const struct noop_family noop_amdgpu;
extern const struct noop_family noop_amdgpu_vega10;
extern const struct noop_family noop_etnaviv;
extern const struct noop_family noop_etnaviv_gc2000;
extern const struct noop_family noop_i915;
extern const struct noop_family noop_i915_broadwell;
extern const struct noop_family noop_i915_haswell;
extern const struct noop_family noop_i915_skylake;
extern const struct noop_family noop_nouveau;
extern const struct noop_family noop_panfrost;
extern const struct noop_family noop_panfrost_t860;
extern const struct noop_family noop_radeon;
extern const struct noop_family noop_v3d;
extern const struct noop_family noop_v3d_71;
extern const struct noop_family noop_xe;

/* What insmod asked for */
extern const struct noop_family *noop_gpu;

/**
 * struct noop_bo - a buffer
 * @base: its memory
 * @priv: what the family remembers of it; freed with it by kfree()
 * @place: where the driver has put it in the GPU's address space; 0: nowhere
 * @hidden: programs do not map it, and what it has is nobody's business
 */
struct noop_bo {
	struct drm_gem_shmem_object base;
	void *priv;
	u64 place;
	bool hidden;
};

#define to_noop_bo(obj) container_of(to_drm_gem_shmem_obj(obj), struct noop_bo, base)

/* Of an engine of a context: so many rings have numbers of their own */
#define NOOP_RINGS	8

/**
 * struct noop_context - what programs submit to
 * @seqno: of the last submission to each ring of each engine
 * @state: for the family
 */
struct noop_context {
	u64 seqno[16 * NOOP_RINGS];
	u32 state;
};

/**
 * struct noop_file - an open file
 * @lock: protects all of it
 * @mappings: of buffers in the GPU's address space
 * @contexts: struct noop_context by id
 * @lists: kmalloc()ed values of the family by id
 * @next_va: where a family that chooses addresses puts the next buffer
 * @fences: number of the last submission's, in a family without contexts
 */
struct noop_file {
	struct mutex lock;
	struct list_head mappings;
	struct xarray contexts;
	struct xarray lists;
	u64 next_va;
	atomic_t fences;
};

/**
 * struct noop_call - one ioctl in progress
 * @dev: the device
 * @file: who calls
 * @sum: digest of what it has read
 * @fence: of all that it signals; NULL: nothing yet
 * @ring: for the family: where its work goes
 */
struct noop_call {
	struct drm_device *dev;
	struct drm_file *file;
	u64 sum;
	struct dma_fence *fence;
	u32 ring;
};

#define NOOP_SUM_START	0xcbf29ce484222325ull

static inline struct noop_file *noop_file(const struct noop_call *call)
{
	return call->file->driver_priv;
}

/* Give a handler DRM's form; @nr is the driver's number of the ioctl. */
#define NOOP_HANDLER(name, nr, type) \
	static int name##_ioctl(struct drm_device *dev, void *data, struct drm_file *file) \
	{ \
		struct noop_call call = { .dev = dev, .file = file, .sum = NOOP_SUM_START }; \
		type *arg = data; \
		int ret = name(&call, arg); \
		\
		noop_done(&call, nr); \
		noop_signal(&call); \
		return ret; \
	}

/* For a family's list */
#define NOOP_IOCTL(ioctl, name) \
	DRM_IOCTL_DEF_DRV(ioctl, name##_ioctl, DRM_RENDER_ALLOW)

/* noop-digest.c */
void noop_add(struct noop_call *call, const void *data, size_t len);
#define noop_add_value(call, value)	noop_add(call, &(value), sizeof(value))
void noop_done(const struct noop_call *call, unsigned int nr);
void noop_digest_show(struct seq_file *m);
void noop_digest_reset(void);

/* An array of the program's memory; noop_get() adds it to the digest. Free it with kvfree(). */
void *noop_copy(u64 from, u64 nr, size_t size);
void *noop_get(struct noop_call *call, u64 from, u64 nr, size_t size);

/* noop-buffer.c */
struct drm_gem_object *noop_create_object(struct drm_device *dev, size_t size);
int noop_bo_create(struct noop_call *call, u64 size, void *priv, u32 *handle);
int noop_bo_offset(struct noop_call *call, u32 handle, u64 *offset);
int noop_bo_create_placed(struct noop_call *call, u64 size, bool hidden, u32 *handle, u64 *place);
u64 noop_bo_place(struct noop_call *call, u32 handle);
bool noop_bo_exists(struct noop_call *call, u32 handle);
void noop_add_bo(struct noop_call *call, u32 handle);
u64 noop_place(struct noop_call *call, u64 size, u32 align);
int noop_map(struct noop_call *call, u32 handle, u64 va, u64 size, u64 offset);
void noop_unmap(struct noop_call *call, u64 va, u64 size);
int noop_add_mapped(struct noop_call *call, u64 va, u64 size);
int noop_add_object(struct noop_call *call, struct drm_gem_object *obj, u64 offset, u64 size);
int noop_add_contents(struct noop_call *call, u32 handle);
int noop_add_buffers(struct noop_call *call, u64 from, u32 nr);
void noop_unmap_all(struct noop_file *nfile);

/* noop-context.c */
int noop_context_create(struct noop_call *call, u32 *id);
int noop_context_destroy(struct noop_call *call, u32 id);
struct noop_context *noop_context(struct noop_call *call, u32 id);
int noop_syncobj_wait(struct noop_call *call, u32 handle, u64 point, u64 flags);
int noop_syncobj_signal(struct noop_call *call, u32 handle, u64 point);
void noop_signal(const struct noop_call *call);
int noop_fence_fd(struct dma_fence *fence, int *fd);
int noop_wait_fd(int fd);

#endif /* NOOP_H */
