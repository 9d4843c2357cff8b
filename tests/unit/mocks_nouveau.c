// SPDX-License-Identifier: GPL-2.0-only
/*
 * mocks_nouveau.c: stand-ins for nouveau_abi16.c, nouveau_gem.c, nouveau_exec.c
 * and nouveau_uvmm.c
 */
#include "mocks.h"
#include "uapi/newest/nouveau_drm.h"

/* nouveau_abi16.h and nvif/ioctl.h have what the header has not */
struct grobj_alloc {
	int channel;
	u32 handle;
	int class;
};

#define DRM_IOCTL_NOUVEAU_GROBJ_ALLOC \
	DRM_IOW(DRM_COMMAND_BASE + 4, struct grobj_alloc)
#define DRM_IOCTL_NOUVEAU_NOTIFIEROBJ_ALLOC \
	DRM_IOWR(DRM_COMMAND_BASE + 5, struct drm_nouveau_notifierobj_alloc)
#define DRM_IOCTL_NOUVEAU_GPUOBJ_FREE \
	DRM_IOW(DRM_COMMAND_BASE + 6, struct drm_nouveau_gpuobj_free)

PLAIN(NOUVEAU_GETPARAM, struct drm_nouveau_getparam);
PLAIN(NOUVEAU_CHANNEL_ALLOC, struct drm_nouveau_channel_alloc);
PLAIN(NOUVEAU_CHANNEL_FREE, struct drm_nouveau_channel_free);
PLAIN(NOUVEAU_GROBJ_ALLOC, struct grobj_alloc);
PLAIN(NOUVEAU_NOTIFIEROBJ_ALLOC, struct drm_nouveau_notifierobj_alloc);
PLAIN(NOUVEAU_GPUOBJ_FREE, struct drm_nouveau_gpuobj_free);
PLAIN(NOUVEAU_VM_INIT, struct drm_nouveau_vm_init);
PLAIN(NOUVEAU_GET_ZCULL_INFO, struct drm_nouveau_get_zcull_info);
PLAIN(NOUVEAU_GEM_NEW, struct drm_nouveau_gem_new);
PLAIN(NOUVEAU_GEM_CPU_PREP, struct drm_nouveau_gem_cpu_prep);
PLAIN(NOUVEAU_GEM_CPU_FINI, struct drm_nouveau_gem_cpu_fini);
PLAIN(NOUVEAU_GEM_INFO, struct drm_nouveau_gem_info);

static void make_gem_new(void *data)
{
	struct drm_nouveau_gem_new *arg = data;

	make_NOUVEAU_GEM_NEW(data);
	arg->info.tile_mode %= 1 << 20;		/* more is refused */
}

/* --------------------------------------------------------------------- NVIF */

static long nvif_sclass(struct mock_nvif *call, u32 argc)
{
	u8 *args = (u8 *)(call + 1);

	if (!call->route || argc < 8 || argc - 8 != args[1] * 8u)
		return -EINVAL;
	memset(args + 8, 0x77, min(argc - 8, 5 * 8u));
	args[1] = 5;
	return 0;
}

static long nvif_new(struct mock_nvif *call, u32 argc)
{
	u8 *args = (u8 *)(call + 1);

	if (argc < 32 || args[0])
		return -EINVAL;
	return call->route || !call->object ? 0 : -EEXIST;
}

/* The only method left tells about the device, in 104 bytes */
static long nvif_method(struct mock_nvif *call, u32 argc)
{
	u8 *args = (u8 *)(call + 1);

	if (call->route || argc != 8 + 104 || args[1] || args[8])
		return -EINVAL;
	memset(args + 8, 0x31, 104);
	return 0;
}

long mock_nvif(struct space *s, void *data)
{
	struct mock_nvif *call = data;
	u32 argc = mock_size - sizeof(*call);

	if (mock_size < sizeof(*call))
		return -EINVAL;
	if (call->version || (call->route && call->route != 0xff))
		return -EINVAL;
	switch (call->type) {
	case MOCK_NVIF_SCLASS:
		return nvif_sclass(call, argc);
	case MOCK_NVIF_NEW:
		return nvif_new(call, argc);
	case MOCK_NVIF_DEL:
		return call->route || argc ? -EINVAL : 0;
	case MOCK_NVIF_MTHD:
		return nvif_method(call, argc);
	default:
		return -EINVAL;
	}
}

/* Only NEW is as long as that */
static void make_nvif(void *data)
{
	struct mock_nvif_new *call = data;

	test_random_fill(call, sizeof(*call));
	call->head.version = test_random() % 8 == 0;
	call->head.route = test_random() % 4 ? 0xff : 0;
	call->head.type = test_random() % 4 ? MOCK_NVIF_NEW : test_random() % 8;
	call->args[0] = test_random() % 8 == 0;
}

/* ------------------------------------------------------------------ pushbuf */

static bool pushbuf_has_buffers(const struct drm_nouveau_gem_pushbuf_push *push,
				const struct drm_nouveau_gem_pushbuf *arg)
{
	u32 i;

	for (i = 0; i < arg->nr_push; i++)
		if (push[i].bo_index >= arg->nr_buffers)
			return false;
	return true;
}

/* Where the buffers are now, for those that have moved */
static long pushbuf_relocate(struct space *s,
			     const struct drm_nouveau_gem_pushbuf *arg,
			     const struct drm_nouveau_gem_pushbuf_bo *bo,
			     u32 *sum)
{
	u32 i;

	if (mock_read(s, arg->relocs,
		      arg->nr_relocs *
		      sizeof(struct drm_nouveau_gem_pushbuf_reloc), sum))
		return -EFAULT;
	for (i = 0; i < arg->nr_buffers; i++) {
		struct drm_nouveau_gem_pushbuf_bo_presumed presumed = {
			.domain = 2,
			.offset = *sum,
		};
		u64 at = arg->buffers + i * sizeof(*bo) +
			 offsetof(struct drm_nouveau_gem_pushbuf_bo, presumed);

		if (bo[i].presumed.valid & 1)
			continue;
		if (space_write(s, at, &presumed, sizeof(presumed)))
			return -EFAULT;
	}
	return 0;
}

static long mock_pushbuf(struct space *s, void *data)
{
	struct drm_nouveau_gem_pushbuf *arg = data;
	static struct drm_nouveau_gem_pushbuf_push push[NOUVEAU_GEM_MAX_PUSH];
	static struct drm_nouveau_gem_pushbuf_bo bo[NOUVEAU_GEM_MAX_BUFFERS];
	u32 sum = arg->channel + arg->vram_available;
	long ret;

	if (arg->channel % 8 == 7)
		return -ENOENT;
	arg->vram_available = 1ull << 33;
	arg->gart_available = 1ull << 32;
	arg->suffix0 = 0;
	arg->suffix1 = 0;
	if (!arg->nr_push)
		return 0;
	if (arg->nr_push > NOUVEAU_GEM_MAX_PUSH ||
	    arg->nr_buffers > NOUVEAU_GEM_MAX_BUFFERS ||
	    arg->nr_relocs > NOUVEAU_GEM_MAX_RELOCS)
		return -EINVAL;
	if (space_read(s, push, arg->push, arg->nr_push * sizeof(push[0])) ||
	    space_read(s, bo, arg->buffers, arg->nr_buffers * sizeof(bo[0])))
		return -EFAULT;
	if (!pushbuf_has_buffers(push, arg))
		return -EINVAL;
	if (mock_read(s, arg->push, arg->nr_push * sizeof(push[0]), &sum) ||
	    mock_read(s, arg->buffers, arg->nr_buffers * sizeof(bo[0]), &sum))
		return -EFAULT;
	/* Of newer cards, buffers do not move */
	if (arg->channel % 2) {
		ret = pushbuf_relocate(s, arg, bo, &sum);
		if (ret)
			return ret;
	}
	arg->suffix0 = sum;
	return sum % 5 ? 0 : -EINVAL;
}

static u32 some_count(u32 limit)
{
	return test_random() % 16 ? test_random() % 20 : test_random() % limit;
}

static u64 make_pushes(u32 nr, u32 nr_buffers)
{
	static struct drm_nouveau_gem_pushbuf_push push[600];
	u32 i;

	if (!nr_buffers || test_random() % 8 == 0)
		return make_pointee(nr * sizeof(push[0]));
	test_random_fill(push, sizeof(push));
	for (i = 0; i < ARRAY_SIZE(push); i++)
		push[i].bo_index %= nr_buffers;
	return space_put(&program, push, nr * sizeof(push[0]));
}

static void make_pushbuf(void *data)
{
	struct drm_nouveau_gem_pushbuf *arg = data;

	test_random_fill(arg, sizeof(*arg));
	arg->nr_buffers = some_count(1100);
	arg->nr_relocs = some_count(1100);
	arg->nr_push = some_count(600);
	arg->buffers = make_pointee(arg->nr_buffers * 40);
	arg->relocs = make_pointee(arg->nr_relocs * 28);
	arg->push = make_pushes(arg->nr_push, arg->nr_buffers);
}

/* ---------------------------------------------------------- VM_BIND and EXEC */

static long read_some(struct space *s, u64 at, u32 nr, size_t size, u32 *sum)
{
	return nr ? mock_read(s, at, nr * size, sum) : 0;
}

/* All that is read would be seen at once: in what the function returns */
static long hash_status(u32 sum)
{
	return sum % 5 ? 0 : -(long)(sum % 100 + 1);
}

static long mock_vm_bind(struct space *s, void *data)
{
	struct drm_nouveau_vm_bind *arg = data;
	u32 sum = arg->flags;

	if (read_some(s, arg->op_ptr, arg->op_count, 40, &sum) ||
	    read_some(s, arg->wait_ptr, arg->wait_count, 16, &sum) ||
	    read_some(s, arg->sig_ptr, arg->sig_count, 16, &sum))
		return -EFAULT;
	arg->flags = sum;
	return hash_status(sum);
}

static void make_vm_bind(void *data)
{
	struct drm_nouveau_vm_bind *arg = data;

	arg->flags = test_random();
	arg->op_count = some_count(5000);
	arg->wait_count = some_count(1000);
	arg->sig_count = some_count(1000);
	arg->op_ptr = make_pointee(arg->op_count * 40);
	arg->wait_ptr = make_pointee(arg->wait_count * 16);
	arg->sig_ptr = make_pointee(arg->sig_count * 16);
}

static long mock_exec(struct space *s, void *data)
{
	struct drm_nouveau_exec *arg = data;
	u32 sum = 0;

	if (arg->push_count > 2046)
		return -EINVAL;
	if (read_some(s, arg->push_ptr, arg->push_count, 16, &sum) ||
	    read_some(s, arg->wait_ptr, arg->wait_count, 16, &sum) ||
	    read_some(s, arg->sig_ptr, arg->sig_count, 16, &sum))
		return -EFAULT;
	arg->channel = sum;
	return hash_status(sum);
}

static void make_exec(void *data)
{
	struct drm_nouveau_exec *arg = data;

	arg->channel = test_random();
	arg->push_count = some_count(3000);
	arg->wait_count = some_count(1000);
	arg->sig_count = some_count(1000);
	arg->push_ptr = make_pointee(arg->push_count * 16);
	arg->wait_ptr = make_pointee(arg->wait_count * 16);
	arg->sig_ptr = make_pointee(arg->sig_count * 16);
}

const struct mock nouveau_mocks[] = {
	PLAIN_MOCK(NOUVEAU_GETPARAM),
	PLAIN_MOCK(NOUVEAU_CHANNEL_ALLOC),
	PLAIN_MOCK(NOUVEAU_CHANNEL_FREE),
	PLAIN_MOCK(NOUVEAU_GROBJ_ALLOC),
	PLAIN_MOCK(NOUVEAU_NOTIFIEROBJ_ALLOC),
	PLAIN_MOCK(NOUVEAU_GPUOBJ_FREE),
	PLAIN_MOCK(NOUVEAU_VM_INIT),
	PLAIN_MOCK(NOUVEAU_GET_ZCULL_INFO),
	MOCK(NOUVEAU_GEM_NEW, mock_NOUVEAU_GEM_NEW, make_gem_new),
	PLAIN_MOCK(NOUVEAU_GEM_CPU_PREP),
	PLAIN_MOCK(NOUVEAU_GEM_CPU_FINI),
	PLAIN_MOCK(NOUVEAU_GEM_INFO),
	MOCK(NOUVEAU_NVIF, mock_nvif, make_nvif),
	MOCK(NOUVEAU_GEM_PUSHBUF, mock_pushbuf, make_pushbuf),
	MOCK(NOUVEAU_VM_BIND, mock_vm_bind, make_vm_bind),
	MOCK(NOUVEAU_EXEC, mock_exec, make_exec),
};

const size_t nr_nouveau_mocks = ARRAY_SIZE(nouveau_mocks);
