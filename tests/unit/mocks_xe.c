// SPDX-License-Identifier: GPL-2.0-only
/*
 * mocks_xe.c: stand-ins for xe_vm.c, xe_exec.c, xe_exec_queue.c, xe_query.c,
 * xe_bo.c and xe_vm_madvise.c
 */
#include "mocks.h"
#include "uapi/newest/xe_drm.h"

/* Numbers after a pointer that must be NULL */
#define UNEXTENDED(ioctl, type) \
	static long mock_##ioctl(struct space *s, void *data) \
	{ \
		return unextended(data, sizeof(type)); \
	} \
	static void make_##ioctl(void *arg) \
	{ \
		make_unextended(arg, sizeof(type)); \
	} \
	static_assert(_IOC_SIZE(DRM_IOCTL_##ioctl) == sizeof(type), #ioctl)

static long unextended(u64 *arg, size_t len)
{
	return *arg ? -EINVAL : mock_plain(arg + 1, len - sizeof(*arg));
}

static void make_unextended(u64 *arg, size_t len)
{
	test_random_fill(arg, len);
	*arg = test_random() % 8 ? 0 : test_random();
}

UNEXTENDED(XE_GEM_MMAP_OFFSET, struct drm_xe_gem_mmap_offset);
UNEXTENDED(XE_VM_CREATE, struct drm_xe_vm_create);
UNEXTENDED(XE_EXEC_QUEUE_GET_PROPERTY, struct drm_xe_exec_queue_get_property);
PLAIN(XE_VM_DESTROY, struct drm_xe_vm_destroy);
PLAIN(XE_EXEC_QUEUE_DESTROY, struct drm_xe_exec_queue_destroy);

static long mock_set_property(struct space *s, void *data)
{
	struct drm_xe_exec_queue_set_property *arg = data;

	if (arg->extensions || arg->property != 5)
		return -EINVAL;
	return arg->value % 3 ? 0 : -(long)(arg->value % 100);
}

static void make_set_property(void *data)
{
	struct drm_xe_exec_queue_set_property *arg = data;

	arg->extensions = test_random() % 8 ? 0 : test_random();
	arg->property = test_random() % 4 ? 5 : test_random() % 10;
	arg->value = test_random();
}

/* ---------------------------------------------------------------------- queries */

/* A size of 0 asks for it; another one than that is wrong */
static long answer(struct space *s, u64 at, u32 *size)
{
	u8 bytes[88];

	if (!*size) {
		*size = sizeof(bytes);
		return 0;
	}
	if (*size != sizeof(bytes))
		return -EINVAL;
	/* Part is read, part is written */
	if (space_read(s, bytes, at, 20))
		return -EFAULT;
	memset(bytes + 20, bytes[3], 60);
	return space_write(s, at + 20, bytes + 20, 60);
}

static u32 make_size(void)
{
	u32 dice = test_random() % 4;

	return dice ? dice == 1 ? test_random() % 100 : 88 : 0;
}

static long mock_query(struct space *s, void *data)
{
	struct drm_xe_device_query *arg = data;

	if (arg->extensions || arg->query > 10)
		return -EINVAL;
	if (arg->query == DRM_XE_DEVICE_QUERY_ENGINE_CYCLES)
		return -EOPNOTSUPP;
	return answer(s, arg->data, &arg->size);
}

static void make_query(void *data)
{
	struct drm_xe_device_query *arg = data;

	arg->query = test_random() % 13;
	arg->size = make_size();
	arg->data = make_pointee(arg->size);
}

static long mock_vm_property(struct space *s, void *data)
{
	struct drm_xe_vm_get_property *arg = data;

	if (arg->extensions || arg->property)
		return -EINVAL;
	return answer(s, arg->data, &arg->size);
}

static void make_vm_property(void *data)
{
	struct drm_xe_vm_get_property *arg = data;

	arg->property = test_random() % 4 == 3;
	arg->size = make_size();
	arg->data = make_pointee(arg->size);
}

static long mock_mem_range(struct space *s, void *data)
{
	struct drm_xe_vm_query_mem_range_attr *arg = data;
	u8 found[3 * sizeof(struct drm_xe_mem_range_attr)];

	memset(found, 0x18, sizeof(found));
	if (arg->extensions)
		return -EINVAL;
	if (!arg->num_mem_ranges) {
		if (arg->vector_of_mem_attr || arg->sizeof_mem_range_attr)
			return -EINVAL;
		arg->num_mem_ranges = 3;
		arg->sizeof_mem_range_attr = sizeof(found) / 3;
		return 0;
	}
	if (!arg->vector_of_mem_attr ||
	    arg->sizeof_mem_range_attr != sizeof(found) / 3)
		return -EINVAL;
	if (arg->num_mem_ranges < 3)
		return -ENOSPC;
	arg->num_mem_ranges = 3;
	return space_write(s, arg->vector_of_mem_attr, found, sizeof(found));
}

static void make_mem_range(void *data)
{
	struct drm_xe_vm_query_mem_range_attr *arg = data;

	arg->num_mem_ranges = test_random() % 6;
	if (!arg->num_mem_ranges)
		return;
	arg->sizeof_mem_range_attr = test_random() % 8 ?
		sizeof(struct drm_xe_mem_range_attr) : test_random() % 100;
	arg->vector_of_mem_attr = make_pointee(arg->num_mem_ranges *
					       arg->sizeof_mem_range_attr);
}

/* ---------------------------------------------------------- buffers and spaces */

/* The driver's chains: of one kind of struct */
static long set_properties(struct space *s, u64 at, u32 most, u32 *sum)
{
	struct drm_xe_ext_set_property ext;
	u32 links = 0;

	while (at) {
		if (links++ >= 16)
			return -E2BIG;
		if (space_read(s, &ext, at, sizeof(ext.base)))
			return -EFAULT;
		if (ext.base.name)
			return -EINVAL;
		if (space_read(s, &ext, at, sizeof(ext)))
			return -EFAULT;
		if (ext.property > most)
			return -EINVAL;
		*sum = *sum * 31 + ext.property * 7 + ext.value;
		at = ext.base.next_extension;
	}
	return 0;
}

static u64 make_property(u64 next, u32 most)
{
	struct drm_xe_ext_set_property ext = {
		.base.next_extension = next,
		.base.name = test_random() % 8 == 7,
		.property = test_random() % (most + 1),
		.value = test_random() % 2,
	};

	/* The one that is refused */
	if (ext.property == DRM_XE_EXEC_QUEUE_SET_HANG_REPLAY_STATE)
		ext.property = 0;
	return space_put(&program, &ext, sizeof(ext));
}

static long mock_gem_create(struct space *s, void *data)
{
	struct drm_xe_gem_create *arg = data;
	u32 sum = arg->size;
	long err = set_properties(s, arg->extensions, 0, &sum);

	if (!err)
		arg->handle = sum;
	return err;
}

static void make_gem_create(void *data)
{
	struct drm_xe_gem_create *arg = data;

	arg->size = test_random();
	if (test_random() % 2)
		arg->extensions = make_property(test_random() % 2 ? 0 :
						make_property(0, 0), 0);
}

static long read_syncs(struct space *s, u64 at, u32 nr, bool exec, u32 *sum)
{
	struct drm_xe_sync sync;
	u32 i;

	for (i = 0; i < nr; i++, at += sizeof(sync)) {
		if (space_read(s, &sync, at, sizeof(sync)))
			return -EFAULT;
		if (sync.type > 2)
			return -EINVAL;
		if (sync.type == DRM_XE_SYNC_TYPE_USER_FENCE && !exec)
			return -EOPNOTSUPP;
		*sum = *sum * 31 + sync.type + sync.addr + sync.timeline_value;
	}
	return 0;
}

static u64 make_syncs(u32 nr, bool exec)
{
	struct drm_xe_sync sync[8];
	u32 i;

	test_random_fill(sync, sizeof(sync));
	for (i = 0; i < ARRAY_SIZE(sync); i++) {
		sync[i].type = test_random() % (exec ? 3 : 2);
		if (test_random() % 32 == 0)
			sync[i].type = 2 + test_random() % 2;
	}
	return test_random() % 16 ? space_put(&program, sync, sizeof(sync)) :
	       BAD_ADDRESS;
}

static long read_bind(const struct drm_xe_vm_bind_op *op, u32 *sum)
{
	*sum = *sum * 31 + op->op + op->obj + op->obj_offset + op->addr;
	return op->op > DRM_XE_VM_BIND_OP_PREFETCH ? -EINVAL : 0;
}

static long mock_vm_bind(struct space *s, void *data)
{
	struct drm_xe_vm_bind *arg = data;
	struct drm_xe_vm_bind_op op;
	u32 sum = arg->vm_id;
	long err = 0;
	u32 i;

	if (arg->extensions)
		return -EINVAL;
	if (arg->num_binds == 1)
		err = read_bind(&arg->bind, &sum);
	for (i = 0; !err && arg->num_binds > 1 && i < arg->num_binds; i++) {
		if (space_read(s, &op, arg->vector_of_binds + i * sizeof(op),
			       sizeof(op)))
			return -EFAULT;
		err = read_bind(&op, &sum);
	}
	err = err ?: read_syncs(s, arg->syncs, arg->num_syncs, false, &sum);
	return err ?: mock_status(sum);
}

static void make_bind(struct drm_xe_vm_bind_op *op)
{
	test_random_fill(op, sizeof(*op));
	op->op = test_random() % 4;
	if (op->op == DRM_XE_VM_BIND_OP_MAP_USERPTR)
		op->op = DRM_XE_VM_BIND_OP_PREFETCH;
	op->flags = test_random() % 32;
}

static void make_vm_bind(void *data)
{
	struct drm_xe_vm_bind_op op[6];
	struct drm_xe_vm_bind *arg = data;
	u32 i;

	arg->num_binds = test_random() % ARRAY_SIZE(op);
	arg->num_syncs = test_random() % 8;
	arg->syncs = make_syncs(arg->num_syncs, false);
	if (arg->num_binds == 1) {
		make_bind(&arg->bind);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(op); i++)
		make_bind(&op[i]);
	if (arg->num_binds > 1)
		arg->vector_of_binds = test_random() % 8 ?
			space_put(&program, op, sizeof(op)) : BAD_ADDRESS;
}

static long mock_madvise(struct space *s, void *data)
{
	struct drm_xe_madvise *arg = data;
	u32 retained;

	if (arg->extensions || arg->type > DRM_XE_VMA_ATTR_PURGEABLE_STATE)
		return -EINVAL;
	if (arg->type != DRM_XE_VMA_ATTR_PURGEABLE_STATE ||
	    !arg->purge_state_val.retained_ptr)
		return 0;
	if (space_read(s, &retained, arg->purge_state_val.retained_ptr, 4))
		return -EFAULT;
	retained = !retained;
	return space_write(s, arg->purge_state_val.retained_ptr, &retained, 4);
}

static void make_madvise(void *data)
{
	struct drm_xe_madvise *arg = data;

	arg->type = test_random() % 5;
	if (arg->type == DRM_XE_VMA_ATTR_PURGEABLE_STATE)
		arg->purge_state_val.retained_ptr = make_pointee(4);
	if (arg->type == DRM_XE_MEM_RANGE_ATTR_PREFERRED_LOC)
		arg->preferred_mem_loc.devmem_fd = test_random() % 2 ? 0 : -1;
}

/* ---------------------------------------------------------------------- queues */

static long mock_queue_create(struct space *s, void *data)
{
	struct drm_xe_exec_queue_create *arg = data;
	u32 nr = arg->width * arg->num_placements;
	u32 sum = arg->flags;
	long err;

	if (!nr || nr > 64)
		return -EINVAL;
	if (mock_read(s, arg->instances, 8ul * nr, &sum))
		return -EFAULT;
	err = set_properties(s, arg->extensions, 6, &sum);
	if (!err)
		arg->exec_queue_id = sum;
	return err;
}

static void make_queue_create(void *data)
{
	struct drm_xe_exec_queue_create *arg = data;

	arg->flags = test_random();
	arg->width = test_random() % 9;
	arg->num_placements = test_random() % 9;
	arg->instances = make_pointee(8 * arg->width * arg->num_placements);
	/* What is refused at once would otherwise come after other errors */
	if (arg->instances != BAD_ADDRESS && arg->instances)
		arg->extensions = make_property(0, 6);
}

static long mock_exec(struct space *s, void *data)
{
	struct drm_xe_exec *arg = data;
	u32 sum = arg->exec_queue_id;
	long err;

	if (arg->extensions)
		return -EINVAL;
	err = read_syncs(s, arg->syncs, arg->num_syncs, true, &sum);
	if (err)
		return err;
	if (arg->num_batch_buffer > 1 &&
	    mock_read(s, arg->address, 8ul * arg->num_batch_buffer, &sum))
		return -EFAULT;
	if (arg->num_batch_buffer == 1)
		sum += arg->address;
	return mock_status(sum);
}

static void make_exec(void *data)
{
	struct drm_xe_exec *arg = data;

	arg->exec_queue_id = test_random();
	arg->num_syncs = test_random() % 8;
	arg->syncs = make_syncs(arg->num_syncs, true);
	arg->num_batch_buffer = test_random() % 5;
	arg->address = arg->num_batch_buffer > 1 ?
		       make_pointee(8 * arg->num_batch_buffer) : test_random();
}

const struct mock xe_mocks[] = {
	PLAIN_MOCK(XE_GEM_MMAP_OFFSET),
	PLAIN_MOCK(XE_VM_CREATE),
	PLAIN_MOCK(XE_VM_DESTROY),
	PLAIN_MOCK(XE_EXEC_QUEUE_DESTROY),
	PLAIN_MOCK(XE_EXEC_QUEUE_GET_PROPERTY),
	MOCK(XE_EXEC_QUEUE_SET_PROPERTY, mock_set_property, make_set_property),
	MOCK(XE_DEVICE_QUERY, mock_query, make_query),
	MOCK(XE_VM_GET_PROPERTY, mock_vm_property, make_vm_property),
	MOCK(XE_VM_QUERY_MEM_RANGE_ATTRS, mock_mem_range, make_mem_range),
	MOCK(XE_GEM_CREATE, mock_gem_create, make_gem_create),
	MOCK(XE_VM_BIND, mock_vm_bind, make_vm_bind),
	MOCK(XE_MADVISE, mock_madvise, make_madvise),
	MOCK(XE_EXEC_QUEUE_CREATE, mock_queue_create, make_queue_create),
	MOCK_WHOLE(XE_EXEC, mock_exec, make_exec),
};

const size_t nr_xe_mocks = ARRAY_SIZE(xe_mocks);
