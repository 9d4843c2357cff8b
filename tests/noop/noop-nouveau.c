// SPDX-License-Identifier: GPL-2.0-only
/*
 * noop-nouveau.c: the ioctls of nouveau, on a TU104
 *
 * NVK maps buffers where it likes (VM_BIND) and submits by address (EXEC); the
 * OpenGL driver gets addresses with its buffers and submits lists of these (GEM_PUSHBUF).
 */
#include "noop-nouveau.h"

#include <linux/ktime.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define GART_SIZE	SZ_1G
#define MOST_PUSHES	510
#define MOST_SYNCS	4096
#define UNITS		(6 | 23 << 8 | 64ull << 32)	/* GPCs, TPCs, ROPs */

#define NOTIFIER_SIZE	SZ_4K

/* The length of commands has flags above */
#define PUSH_LENGTH	(NOUVEAU_GEM_PUSHBUF_NO_PREFETCH - 1)

static int getparam(struct noop_call *call, struct drm_nouveau_getparam *arg)
{
	noop_add_value(call, arg->param);
	switch (arg->param) {
	case NOUVEAU_GETPARAM_PCI_VENDOR:
		arg->value = 0x10de;
		return 0;
	case NOUVEAU_GETPARAM_PCI_DEVICE:
		arg->value = 0x1e87;
		return 0;
	case NOUVEAU_GETPARAM_BUS_TYPE:
		arg->value = 2; /* PCIe */
		return 0;
	case NOUVEAU_GETPARAM_CHIPSET_ID:
		arg->value = 0x164;
		return 0;
	case NOUVEAU_GETPARAM_FB_SIZE:
	case NOUVEAU_GETPARAM_VRAM_BAR_SIZE:
		arg->value = NOOP_NOUVEAU_VRAM;
		return 0;
	case NOUVEAU_GETPARAM_AGP_SIZE:
		arg->value = GART_SIZE;
		return 0;
	case NOUVEAU_GETPARAM_GRAPH_UNITS:
		arg->value = UNITS;
		return 0;
	case NOUVEAU_GETPARAM_PTIMER_TIME:
		arg->value = ktime_get_ns();
		return 0;
	case NOUVEAU_GETPARAM_HAS_BO_USAGE:
	case NOUVEAU_GETPARAM_HAS_VMA_TILEMODE:
		arg->value = 1;
		return 0;
	case NOUVEAU_GETPARAM_EXEC_PUSH_MAX:
		arg->value = MOST_PUSHES;
		return 0;
	case NOUVEAU_GETPARAM_VRAM_USED:
		arg->value = SZ_1M;
		return 0;
	default:
		return -EINVAL;
	}
}

NOOP_HANDLER(getparam, DRM_NOUVEAU_GETPARAM, struct drm_nouveau_getparam)

/* ----------------------------------------------------------------- channels */

static int channel_alloc(struct noop_call *call, struct drm_nouveau_channel_alloc *arg)
{
	u32 id;
	int ret;

	noop_add_value(call, arg->fb_ctxdma_handle);
	noop_add_value(call, arg->tt_ctxdma_handle);
	ret = noop_context_create(call, &id);
	if (ret)
		return ret;
	ret = noop_bo_create(call, NOTIFIER_SIZE, NULL, &arg->notifier_handle);
	if (ret) {
		noop_context_destroy(call, id);
		return ret;
	}
	arg->channel = id;
	arg->pushbuf_domains = NOUVEAU_GEM_DOMAIN_VRAM | NOUVEAU_GEM_DOMAIN_GART;
	arg->nr_subchan = 0;
	return 0;
}

NOOP_HANDLER(channel_alloc, DRM_NOUVEAU_CHANNEL_ALLOC, struct drm_nouveau_channel_alloc)

static int channel_free(struct noop_call *call, struct drm_nouveau_channel_free *arg)
{
	noop_add_value(call, arg->channel);
	return noop_context_destroy(call, arg->channel);
}

NOOP_HANDLER(channel_free, DRM_NOUVEAU_CHANNEL_FREE, struct drm_nouveau_channel_free)

/* ------------------------------------------------------------------ buffers */

/* What the driver remembers of a buffer */
struct nouveau_bo {
	u32 domain;
	u32 tile_mode;
	u32 tile_flags;
	u64 offset;
};

static int fill_info(struct noop_call *call, const struct nouveau_bo *bo, u64 size,
		     struct drm_nouveau_gem_info *info)
{
	info->domain = bo->domain;
	info->size = size;
	info->offset = bo->offset;
	info->tile_mode = bo->tile_mode;
	info->tile_flags = bo->tile_flags;
	return noop_bo_offset(call, info->handle, &info->map_handle);
}

static int gem_new(struct noop_call *call, struct drm_nouveau_gem_new *arg)
{
	const u32 domain = arg->info.domain;
	u64 size = PAGE_ALIGN(arg->info.size);
	struct nouveau_bo made, *bo;
	int ret;

	noop_add_value(call, domain);
	noop_add_value(call, arg->info.size);
	noop_add_value(call, arg->info.tile_mode);
	noop_add_value(call, arg->info.tile_flags);
	noop_add_value(call, arg->channel_hint);
	noop_add_value(call, arg->align);
	if (size < arg->info.size || arg->align > SZ_1G)
		return -EINVAL;
	made = (struct nouveau_bo){
		.domain = domain & NOUVEAU_GEM_DOMAIN_VRAM ?: NOUVEAU_GEM_DOMAIN_GART,
		.tile_mode = arg->info.tile_mode,
		.tile_flags = arg->info.tile_flags,
		.offset = noop_place(call, size, arg->align),
	};
	bo = kmemdup(&made, sizeof(made), GFP_KERNEL);
	if (!bo)
		return -ENOMEM;
	ret = noop_bo_create(call, size, bo, &arg->info.handle);
	return ret ?: fill_info(call, &made, size, &arg->info);
}

NOOP_HANDLER(gem_new, DRM_NOUVEAU_GEM_NEW, struct drm_nouveau_gem_new)

static int gem_info(struct noop_call *call, struct drm_nouveau_gem_info *arg)
{
	/* The driver tells as much of a notifier. */
	static const struct nouveau_bo plain = { .domain = NOUVEAU_GEM_DOMAIN_GART };
	struct drm_gem_object *obj = drm_gem_object_lookup(call->file, arg->handle);
	int ret;

	noop_add_value(call, arg->handle);
	if (!obj)
		return -ENOENT;
	ret = fill_info(call, to_noop_bo(obj)->priv ?: &plain, obj->size, arg);
	drm_gem_object_put(obj);
	return ret;
}

NOOP_HANDLER(gem_info, DRM_NOUVEAU_GEM_INFO, struct drm_nouveau_gem_info)

static int gem_cpu_prep(struct noop_call *call, struct drm_nouveau_gem_cpu_prep *arg)
{
	noop_add_value(call, *arg);
	return noop_bo_exists(call, arg->handle) ? 0 : -ENOENT;
}

NOOP_HANDLER(gem_cpu_prep, DRM_NOUVEAU_GEM_CPU_PREP, struct drm_nouveau_gem_cpu_prep)

static int gem_cpu_fini(struct noop_call *call, struct drm_nouveau_gem_cpu_fini *arg)
{
	noop_add_value(call, *arg);
	return noop_bo_exists(call, arg->handle) ? 0 : -ENOENT;
}

NOOP_HANDLER(gem_cpu_fini, DRM_NOUVEAU_GEM_CPU_FINI, struct drm_nouveau_gem_cpu_fini)

/* ------------------------------------------------- submissions with buffers */

static int read_push(struct noop_call *call, const struct drm_nouveau_gem_pushbuf *arg,
		     const struct drm_nouveau_gem_pushbuf_bo *buffers,
		     const struct drm_nouveau_gem_pushbuf_push *push)
{
	struct drm_gem_object *obj;
	int ret;

	/* The OpenGL driver leaves the padding between these as it is. */
	noop_add_value(call, push->bo_index);
	noop_add_value(call, push->offset);
	noop_add_value(call, push->length);
	if (push->bo_index >= arg->nr_buffers)
		return -EINVAL;
	obj = drm_gem_object_lookup(call->file, buffers[push->bo_index].handle);
	if (!obj)
		return -ENOENT;
	ret = noop_add_object(call, obj, push->offset, push->length & PUSH_LENGTH);
	drm_gem_object_put(obj);
	return ret;
}

static int read_pushes(struct noop_call *call, const struct drm_nouveau_gem_pushbuf *arg,
		       const struct drm_nouveau_gem_pushbuf_bo *buffers)
{
	struct drm_nouveau_gem_pushbuf_push *pushes;
	u32 i;
	int ret = 0;

	pushes = vmemdup_array_user(u64_to_user_ptr(arg->push), arg->nr_push, sizeof(*pushes));
	if (IS_ERR(pushes))
		return PTR_ERR(pushes);
	for (i = 0; i < arg->nr_push && !ret; i++)
		ret = read_push(call, arg, buffers, &pushes[i]);
	kvfree(pushes);
	return ret;
}

/* Buffers stay where they are: there is nothing to relocate. */
static int read_buffers(struct noop_call *call, struct drm_nouveau_gem_pushbuf_bo *buffers, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++) {
		/* A pointer of the program's */
		buffers[i].user_priv = 0;
		noop_add_value(call, buffers[i]);
		if (!buffers[i].presumed.valid)
			return -EINVAL;
		if (!noop_bo_exists(call, buffers[i].handle))
			return -ENOENT;
	}
	return 0;
}

static int gem_pushbuf(struct noop_call *call, struct drm_nouveau_gem_pushbuf *arg)
{
	struct drm_nouveau_gem_pushbuf_bo *buffers;
	int ret;

	noop_add_value(call, arg->channel);
	noop_add_value(call, arg->nr_buffers);
	noop_add_value(call, arg->nr_relocs);
	noop_add_value(call, arg->nr_push);
	if (!noop_context(call, arg->channel))
		return -ENOENT;
	if (arg->nr_buffers > NOUVEAU_GEM_MAX_BUFFERS || arg->nr_push > NOUVEAU_GEM_MAX_PUSH ||
	    arg->nr_relocs)
		return -EINVAL;
	arg->vram_available = NOOP_NOUVEAU_VRAM;
	arg->gart_available = GART_SIZE;
	if (!arg->nr_push)
		return 0;
	buffers = vmemdup_array_user(u64_to_user_ptr(arg->buffers), arg->nr_buffers,
				     sizeof(*buffers));
	if (IS_ERR(buffers))
		return PTR_ERR(buffers);
	ret = read_buffers(call, buffers, arg->nr_buffers);
	if (!ret)
		ret = read_pushes(call, arg, buffers);
	kvfree(buffers);
	return ret;
}

NOOP_HANDLER(gem_pushbuf, DRM_NOUVEAU_GEM_PUSHBUF, struct drm_nouveau_gem_pushbuf)

/* ----------------------------------------------- the program's address space */

static int vm_init(struct noop_call *call, struct drm_nouveau_vm_init *arg)
{
	noop_add_value(call, *arg);
	return arg->kernel_managed_size ? 0 : -EINVAL;
}

NOOP_HANDLER(vm_init, DRM_NOUVEAU_VM_INIT, struct drm_nouveau_vm_init)

static int use_sync(struct noop_call *call, const struct drm_nouveau_sync *sync, bool signal)
{
	u64 point = 0;

	switch (sync->flags & DRM_NOUVEAU_SYNC_TYPE_MASK) {
	case DRM_NOUVEAU_SYNC_SYNCOBJ:
		break;
	case DRM_NOUVEAU_SYNC_TIMELINE_SYNCOBJ:
		point = sync->timeline_value;
		break;
	default:
		return -EINVAL;
	}
	return signal ? noop_syncobj_signal(call, sync->handle, point) :
			noop_syncobj_wait(call, sync->handle, point, 0);
}

static int use_syncs(struct noop_call *call, u64 at, u32 nr, bool signal)
{
	struct drm_nouveau_sync *syncs;
	u32 i;
	int ret = 0;

	if (nr > MOST_SYNCS)
		return -EINVAL;
	syncs = noop_get(call, at, nr, sizeof(*syncs));
	if (IS_ERR(syncs))
		return PTR_ERR(syncs);
	for (i = 0; i < nr && !ret; i++)
		ret = use_sync(call, &syncs[i], signal);
	kvfree(syncs);
	return ret;
}

static int bind(struct noop_call *call, const struct drm_nouveau_vm_bind_op *op)
{
	bool sparse = op->flags & DRM_NOUVEAU_VM_BIND_SPARSE;

	switch (op->op) {
	case DRM_NOUVEAU_VM_BIND_OP_MAP:
		if (sparse)
			return op->handle ? -EINVAL : 0;
		return noop_map(call, op->handle, op->addr, op->range, op->bo_offset);
	case DRM_NOUVEAU_VM_BIND_OP_UNMAP:
		noop_unmap(call, op->addr, op->range);
		return 0;
	default:
		return -EINVAL;
	}
}

static int bind_all(struct noop_call *call, const struct drm_nouveau_vm_bind *arg)
{
	struct drm_nouveau_vm_bind_op *ops;
	u32 i;
	int ret = 0;

	ops = noop_get(call, arg->op_ptr, arg->op_count, sizeof(*ops));
	if (IS_ERR(ops))
		return PTR_ERR(ops);
	for (i = 0; i < arg->op_count && !ret; i++)
		ret = bind(call, &ops[i]);
	kvfree(ops);
	return ret;
}

static int vm_bind(struct noop_call *call, struct drm_nouveau_vm_bind *arg)
{
	int ret;

	noop_add_value(call, arg->op_count);
	noop_add_value(call, arg->flags);
	noop_add_value(call, arg->wait_count);
	noop_add_value(call, arg->sig_count);
	if (!(arg->flags & DRM_NOUVEAU_VM_BIND_RUN_ASYNC) && (arg->wait_count || arg->sig_count))
		return -EINVAL;
	ret = use_syncs(call, arg->wait_ptr, arg->wait_count, false);
	if (!ret)
		ret = bind_all(call, arg);
	return ret ?: use_syncs(call, arg->sig_ptr, arg->sig_count, true);
}

NOOP_HANDLER(vm_bind, DRM_NOUVEAU_VM_BIND, struct drm_nouveau_vm_bind)

/* -------------------------------------------------- submissions by address */

static int read_commands(struct noop_call *call, const struct drm_nouveau_exec *arg)
{
	struct drm_nouveau_exec_push *pushes;
	u32 i;
	int ret = 0;

	pushes = noop_get(call, arg->push_ptr, arg->push_count, sizeof(*pushes));
	if (IS_ERR(pushes))
		return PTR_ERR(pushes);
	for (i = 0; i < arg->push_count && !ret; i++)
		ret = noop_add_mapped(call, pushes[i].va, pushes[i].va_len);
	kvfree(pushes);
	return ret;
}

static int exec(struct noop_call *call, struct drm_nouveau_exec *arg)
{
	int ret;

	noop_add(call, arg, offsetof(struct drm_nouveau_exec, wait_ptr));
	if (!noop_context(call, arg->channel))
		return -ENODEV;
	if (arg->push_count > MOST_PUSHES)
		return -EINVAL;
	ret = use_syncs(call, arg->wait_ptr, arg->wait_count, false);
	if (!ret)
		ret = read_commands(call, arg);
	return ret ?: use_syncs(call, arg->sig_ptr, arg->sig_count, true);
}

NOOP_HANDLER(exec, DRM_NOUVEAU_EXEC, struct drm_nouveau_exec)

NOOP_HANDLER(noop_nouveau_nvif, DRM_NOUVEAU_NVIF, struct nvif)

static const struct drm_ioctl_desc ioctls[] = {
	NOOP_IOCTL(NOUVEAU_GETPARAM, getparam),
	NOOP_IOCTL(NOUVEAU_CHANNEL_ALLOC, channel_alloc),
	NOOP_IOCTL(NOUVEAU_CHANNEL_FREE, channel_free),
	NOOP_IOCTL(NOUVEAU_NVIF, noop_nouveau_nvif),
	NOOP_IOCTL(NOUVEAU_VM_INIT, vm_init),
	NOOP_IOCTL(NOUVEAU_VM_BIND, vm_bind),
	NOOP_IOCTL(NOUVEAU_EXEC, exec),
	NOOP_IOCTL(NOUVEAU_GEM_NEW, gem_new),
	NOOP_IOCTL(NOUVEAU_GEM_PUSHBUF, gem_pushbuf),
	NOOP_IOCTL(NOUVEAU_GEM_CPU_PREP, gem_cpu_prep),
	NOOP_IOCTL(NOUVEAU_GEM_CPU_FINI, gem_cpu_fini),
	NOOP_IOCTL(NOUVEAU_GEM_INFO, gem_info),
};

const struct noop_family noop_nouveau = {
	.driver = "nouveau",
	.major = 1,
	.minor = 4,
	.vendor = 0x10de,
	.device = 0x1e87,
	.revision = 0xa1,
	.ioctls = ioctls,
	.nr_ioctls = ARRAY_SIZE(ioctls),
};
