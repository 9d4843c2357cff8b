// SPDX-License-Identifier: GPL-2.0-only
/*
 * nouveau.c: the ioctls of nouveau
 *
 * Read with nouveau_drm.c, nouveau_abi16.c, nouveau_gem.c, nouveau_exec.c and
 * nouveau_uvmm.c of Linux 7.2, and nouveau_usif.c of 6.1. The older drivers have
 * fewer ioctls and no other structs.
 */
#include "back/tables/tables.h"
#include "uapi/newest/nouveau_drm.h"

/* The driver refuses with EINVAL what is more than 1024, or 512 pushes: let it */
#define MOST_OF_PUSHBUF	8192

/* The driver allocates as many as it is told, some of it contiguous */
#define MOST_SYNCS	4096
#define MOST_BINDS	8192
#define MOST_PUSHES	4096

/* So long a push is accepted, and so many by each channel: all have at least 510 */
#define MOST_OF_A_PUSH	0x7fffff
#define SURELY_PUSHES	500

/*
 * The header tells the numbers of these, not their structs: those of
 * nouveau_abi16.h, the driver's own.
 */
struct nouveau_setparam {
	__u64 param;
	__u64 value;
};

struct nouveau_grobj_alloc {
	__s32 channel;
	__u32 handle;
	__s32 class;
};

/*
 * nvif/ioctl.h: what each call of NVIF begins with, and the class of the object
 * that NEW makes. Other calls may be shorter.
 */
struct nouveau_nvif {
	__u8 version;
	__u8 type;
	__u8 pad[4];
	__u8 owner;
	__u8 route;
	__u64 token;
	__u64 object;
	__u8 pad2[28];
	__u32 class;
};

#define NVIF_NEW		0x02
#define NVIF_CLASS_CONTROL	0xffffffff
#define NVIF_CLASS_PERFMON	0xfffffffe

#define NOUVEAU_NR(command)	(DRM_COMMAND_BASE + DRM_NOUVEAU_##command)

#define DRM_IOCTL_NOUVEAU_SETPARAM \
	DRM_IOWR(NOUVEAU_NR(SETPARAM), struct nouveau_setparam)
#define DRM_IOCTL_NOUVEAU_GROBJ_ALLOC \
	DRM_IOW(NOUVEAU_NR(GROBJ_ALLOC), struct nouveau_grobj_alloc)
#define DRM_IOCTL_NOUVEAU_NOTIFIEROBJ_ALLOC \
	DRM_IOWR(NOUVEAU_NR(NOTIFIEROBJ_ALLOC), \
		 struct drm_nouveau_notifierobj_alloc)
#define DRM_IOCTL_NOUVEAU_GPUOBJ_FREE \
	DRM_IOW(NOUVEAU_NR(GPUOBJ_FREE), struct drm_nouveau_gpuobj_free)
#define DRM_IOCTL_NOUVEAU_NVIF \
	DRM_IOWR(NOUVEAU_NR(NVIF), struct nouveau_nvif)

/* Clocks and counters of the whole GPU, which drivers up to 6.1 give anybody */
#define ARG struct nouveau_nvif
static const struct pvdrm_field_entry nvif[] = {
	REFUSE(EACCES, RANGE(type, NVIF_NEW, NVIF_NEW),
	       WHEN_EQ(class, NVIF_CLASS_CONTROL)),
	REFUSE(EACCES, RANGE(type, NVIF_NEW, NVIF_NEW),
	       WHEN_EQ(class, NVIF_CLASS_PERFMON)),
};

#undef ARG

/*
 * Of a GPU before NV50 it is a pitch. The driver multiplies it by 64 and divides by that:
 * it must not become 0.
 */
#define MOST_TILE_MODE	0x100000

#define ARG struct drm_nouveau_gem_new
static const struct pvdrm_field_entry gem_new[] = {
	REFUSE(EINVAL, WHEN_GT(info.tile_mode, MOST_TILE_MODE)),
};

#undef ARG

/*
 * Of the buffers, the driver writes where they are, if that has changed.
 * user_priv is the program's own affair.
 */
#define ARG struct drm_nouveau_gem_pushbuf
static const struct pvdrm_field_entry gem_pushbuf[] = {
	ARRAY(buffers, INOUT, COUNT(nr_buffers),
	      ELEM(struct drm_nouveau_gem_pushbuf_bo), AT_MOST(MOST_OF_PUSHBUF)),
	ARRAY(relocs, IN, COUNT(nr_relocs),
	      ELEM(struct drm_nouveau_gem_pushbuf_reloc),
	      AT_MOST(MOST_OF_PUSHBUF)),
	ARRAY(push, IN, COUNT(nr_push),
	      ELEM(struct drm_nouveau_gem_pushbuf_push),
	      AT_MOST(MOST_OF_PUSHBUF)),
};

#undef ARG

#define ARG struct drm_nouveau_sync
static const struct pvdrm_field_entry wait_sync[] = {
	WAIT(WHEN_GT(flags, DRM_NOUVEAU_SYNC_TIMELINE_SYNCOBJ)),
	SYNC(handle, WAITED, WHEN_EQ(flags, DRM_NOUVEAU_SYNC_SYNCOBJ)),
	SYNC(handle, WAITED, POINT(timeline_value),
	     WHEN_EQ(flags, DRM_NOUVEAU_SYNC_TIMELINE_SYNCOBJ)),
};

static const struct pvdrm_field_entry signal_sync[] = {
	WAIT(WHEN_GT(flags, DRM_NOUVEAU_SYNC_TIMELINE_SYNCOBJ)),
	SYNC(handle, SIGNALLED, WHEN_EQ(flags, DRM_NOUVEAU_SYNC_SYNCOBJ)),
	SYNC(handle, SIGNALLED, POINT(timeline_value),
	     WHEN_EQ(flags, DRM_NOUVEAU_SYNC_TIMELINE_SYNCOBJ)),
};

#undef ARG

#define ARG struct drm_nouveau_vm_bind
static const struct pvdrm_field_entry vm_bind[] = {
	ARRAY(wait_ptr, IN, COUNT(wait_count), ELEM(struct drm_nouveau_sync),
	      AT_MOST(MOST_SYNCS)),
	ARRAY(sig_ptr, IN, COUNT(sig_count), ELEM(struct drm_nouveau_sync),
	      AT_MOST(MOST_SYNCS), EACH(signal_sync)),
	ARRAY(op_ptr, IN, COUNT(op_count), ELEM(struct drm_nouveau_vm_bind_op),
	      AT_MOST(MOST_BINDS)),
};

#undef ARG

#define ARG struct drm_nouveau_exec_push
static const struct pvdrm_field_entry push[] = {
	WAIT(WHEN_GT(va_len, MOST_OF_A_PUSH)),
};

#undef ARG

#define ARG struct drm_nouveau_exec
static const struct pvdrm_field_entry exec[] = {
	QUEUE(channel),
	WAIT(WHEN_GT(push_count, SURELY_PUSHES)),
	ARRAY(wait_ptr, IN, COUNT(wait_count), ELEM(struct drm_nouveau_sync),
	      AT_MOST(MOST_SYNCS), EACH(wait_sync)),
	ARRAY(sig_ptr, IN, COUNT(sig_count), ELEM(struct drm_nouveau_sync),
	      AT_MOST(MOST_SYNCS), EACH(signal_sync)),
	ARRAY(push_ptr, IN, COUNT(push_count), ELEM(struct drm_nouveau_exec_push),
	      AT_MOST(MOST_PUSHES), EACH(push)),
};

#undef ARG

/*
 * A file's mutex is held through GEM_PUSHBUF, which may wait for the GPU, and
 * through freeing a channel, which does: what takes that mutex may block as
 * well. So may what makes room for a buffer.
 *
 * EXEC itself waits for nothing but locks and room in memory: syncobjs are waited
 * for later. It may refuse channels, syncobjs and pushes that are too many or too
 * long. GEM_PUSHBUF, whose results depend on where buffers are, waits for room in
 * the channel. VM_BIND is refused for addresses that only the driver knows.
 *
 * NVIF's calls have the size that the program gives them. Within are numbers
 * alone: object and token are the program's own names, which the driver keeps
 * and gives back.
 */
static const struct pvdrm_ioctl_entry nouveau_ioctls[] = {
	IOCTL(NOUVEAU_GETPARAM,		HARMLESS),
	/* The channel, and the buffer of its notifiers */
	IOCTL(NOUVEAU_CHANNEL_ALLOC,	MAY_BLOCK,	MAKES_OBJECTS(2)),
	IOCTL(NOUVEAU_CHANNEL_FREE,	MAY_BLOCK | ENDS, FREES_OBJECT),
	IOCTL(NOUVEAU_GROBJ_ALLOC,	MAY_BLOCK,	GROWS),
	IOCTL(NOUVEAU_NOTIFIEROBJ_ALLOC, MAY_BLOCK,	GROWS),
	IOCTL(NOUVEAU_GPUOBJ_FREE,	MAY_BLOCK),
	IOCTL(NOUVEAU_NVIF,		MAY_BLOCK | VARSIZE, FIELDS(nvif), GROWS),
	IOCTL(NOUVEAU_VM_INIT,		MAY_BLOCK),
	IOCTL(NOUVEAU_VM_BIND,		MAY_BLOCK,	FIELDS(vm_bind), GROWS),
	IOCTL(NOUVEAU_EXEC,		MAY_BLOCK | SUBMITS, FIELDS(exec)),
	IOCTL(NOUVEAU_GET_ZCULL_INFO,	HARMLESS),
	IOCTL(NOUVEAU_GEM_NEW,		MAY_BLOCK | HARMLESS, FIELDS(gem_new),
	      CREATES(struct drm_nouveau_gem_new, info.size, info.handle, SIZE_TOLD,
		      CACHED(RESULT(struct drm_nouveau_gem_new, info.handle) |
			     RESULT(struct drm_nouveau_gem_new, info.offset) |
			     RESULT(struct drm_nouveau_gem_new, info.map_handle)),
		      MMAP_AT(struct drm_nouveau_gem_new, info.map_handle))),
	IOCTL(NOUVEAU_GEM_PUSHBUF,	MAY_BLOCK | HARMLESS, FIELDS(gem_pushbuf)),
	IOCTL(NOUVEAU_GEM_CPU_PREP,	MAY_BLOCK | HARMLESS,
	      USES(struct drm_nouveau_gem_cpu_prep, handle)),
	IOCTL(NOUVEAU_GEM_CPU_FINI,	HARMLESS,
	      USES(struct drm_nouveau_gem_cpu_fini, handle)),
	IOCTL(NOUVEAU_GEM_INFO,		HARMLESS,
	      USES(struct drm_nouveau_gem_info, handle)),
};

/*
 * Those who wrote and those who read, both. A buffer that VM_BIND has mapped is not
 * kept: the GPU may use it without any fence on it.
 */
static const struct pvdrm_idle_rule nouveau_idle = {
	.cmd = DRM_IOCTL_NOUVEAU_GEM_CPU_PREP,
	.handle = offsetof(struct drm_nouveau_gem_cpu_prep, handle),
	.flags = offsetof(struct drm_nouveau_gem_cpu_prep, flags),
	.value = NOUVEAU_GEM_CPU_PREP_NOWAIT | NOUVEAU_GEM_CPU_PREP_WRITE,
};

/*
 * A submission of nothing succeeds unless the driver has killed the channel, or the
 * file uses VM_BIND, where that cannot be asked.
 */
static const struct pvdrm_hang_rule nouveau_hangs = {
	.submit = DRM_IOCTL_NOUVEAU_GEM_PUSHBUF,
	.used = offsetof(struct drm_nouveau_gem_pushbuf, channel),
	.free = DRM_IOCTL_NOUVEAU_CHANNEL_FREE,
	.freed = offsetof(struct drm_nouveau_channel_free, channel),
	.ask = DRM_IOCTL_NOUVEAU_GEM_PUSHBUF,
	.id = offsetof(struct drm_nouveau_gem_pushbuf, channel),
	.op = offsetof(struct drm_nouveau_gem_pushbuf, nr_push),
	.error = ENODEV,
};

static const struct pvdrm_isolation_rule nouveau_isolation = {
	.why = "nouveau does not clear VRAM, and before NV50 everybody reaches all of it",
};

static const char shared_memory[] =
	"would have the GPU share the memory of the process in dom0";

static const struct pvdrm_refusal nouveau_refused[] = {
	REFUSED(NOUVEAU_SETPARAM, "privileged, and does nothing any more"),
	REFUSED(NOUVEAU_SVM_INIT, shared_memory),
	REFUSED(NOUVEAU_SVM_BIND, shared_memory),
};

static const struct pvdrm_work_rule nouveau_work[] = {
	WORK_ON_BUFFER(NOUVEAU_GEM_PUSHBUF, struct drm_nouveau_gem_pushbuf_bo,
		       handle,
		       MANY_OF(struct drm_nouveau_gem_pushbuf, buffers,
			       nr_buffers, struct drm_nouveau_gem_pushbuf_bo)),
	WORK_IN_QUEUE(NOUVEAU_EXEC, struct drm_nouveau_exec, channel),
	WORK_SIGNALS(NOUVEAU_EXEC, struct drm_nouveau_sync, handle,
		     MANY_OF(struct drm_nouveau_exec, sig_ptr, sig_count,
			     struct drm_nouveau_sync)),
	WORK_IN_SPACE(NOUVEAU_EXEC),
	{ 0 }
};

const struct pvdrm_driver_table pvdrm_nouveau_table = {
	.driver = "nouveau",
	.ioctls = nouveau_ioctls,
	.nr = ARRAY_SIZE(nouveau_ioctls),
	.refused = nouveau_refused,
	.nr_refused = ARRAY_SIZE(nouveau_refused),
	.isolation = &nouveau_isolation,
	.idle = &nouveau_idle,
	.hangs = &nouveau_hangs,
	.work = nouveau_work,
};
