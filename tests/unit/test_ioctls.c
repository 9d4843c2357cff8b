// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_ioctls.c: the real tables: each ioctl, called with random arguments
 * directly and carried across, byte for byte the same
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "mocks.h"
#include "uapi/newest/etnaviv_drm.h"

#define ROUNDS	120

/* A third of the time in a struct of another size, by whole words */
static u32 some_size(const struct mock *mock)
{
	u32 cmd = mock->cmd;
	u32 size = _IOC_SIZE(cmd);

	switch (test_random() % 6) {
	case 0:
		if (mock->whole)
			break;
		size = (test_random() % (size + 1)) & ~7u;
		break;
	case 1:
		size += 8 * (test_random() % 4);
		break;
	}
	return _IOC(_IOC_DIR(cmd), _IOC_TYPE(cmd), _IOC_NR(cmd), size);
}

/* Return how often it was successful */
static u32 try_ioctl(const struct pvdrm_table *table, const struct mock *mock)
{
	u32 good = 0;
	u32 i;

	for (i = 0; i < ROUNDS; i++) {
		u8 arg[512];

		space_reset();
		memset(arg, 0x5a, sizeof(arg));
		memset(arg, 0, _IOC_SIZE(mock->cmd));
		mock->make(arg);
		good += carry_compare(table, some_size(mock),
				      space_put(&program, arg, sizeof(arg)),
				      mock->cmd, mock->func) >= 0;
	}
	return good;
}

static void try_all(const char *driver, const struct mock *mocks, size_t nr)
{
	const struct pvdrm_driver_table *drv = pvdrm_driver_table_find(driver);
	const struct pvdrm_table *table;
	size_t i;

	space_reset();
	test_random_seed(5);
	table = carry_table(drv);
	for (i = 0; i < nr; i++) {
		const struct xendrm_ioctl *desc;

		desc = pvdrm_table_find(table, mocks[i].cmd);
		if (!desc || desc->cmd != mocks[i].cmd)
			fail_msg("%s: not in the table", mocks[i].name);
		if (try_ioctl(table, &mocks[i]) < ROUNDS / 20)
			fail_msg("%s: hardly ever succeeds", mocks[i].name);
	}
}

#define TRIED(driver) \
	{ &pvdrm_##driver##_table, #driver, driver##_mocks, \
	  &nr_##driver##_mocks },

/* All the tables, and what is tried of them */
static const struct {
	const struct pvdrm_driver_table *drv;
	const char *with;	/* the driver whose table has them */
	const struct mock *mocks;
	const size_t *nr;
} tried[] = {
	{ &pvdrm_core_table, "vgem", core_mocks, &nr_core_mocks },
	PVDRM_DRIVERS(TRIED)
};

static void all_ioctls(void **state)
{
	size_t t;

	for (t = 0; t < ARRAY_SIZE(tried); t++)
		try_all(tried[t].with, tried[t].mocks, *tried[t].nr);
}

/* Its calls have many sizes, and no number of classes is too many */
static void nouveau_nvif(void **state)
{
	const struct pvdrm_table *table;
	u32 good = 0;
	u32 i;

	space_reset();
	table = carry_table(&pvdrm_nouveau_table);
	for (i = 0; i < ROUNDS; i++) {
		static const u32 sizes[] = { 0, 8, 32, 8 + 104, 8 + 5 * 8 };
		u8 arg[sizeof(struct mock_nvif) + 8 + 255 * 8];
		struct mock_nvif *call = (void *)arg;
		u32 argc = sizes[test_random() % ARRAY_SIZE(sizes)];
		u8 classes = test_random();
		u32 cmd;

		if (test_random() % 2)
			argc = 8 + classes * 8;
		space_reset();
		test_random_fill(arg, sizeof(arg));
		memset(call, 0, sizeof(*call) + 9);
		call->type = test_random() % 6;
		call->route = test_random() % 2 ? 0 : 0xff;
		call->token = test_random();
		if (call->type == MOCK_NVIF_SCLASS)
			arg[sizeof(*call) + 1] = classes;
		cmd = _IOC(_IOC_READ | _IOC_WRITE, 'd',
			   _IOC_NR(DRM_IOCTL_NOUVEAU_NVIF),
			   sizeof(*call) + argc);
		good += carry_compare(table, cmd,
				      space_put(&program, arg, sizeof(arg)),
				      cmd, mock_nvif) >= 0;
	}
	assert_true(good > ROUNDS / 10);
}

/* What the tables carry and what is tried here are the same */
static bool is_tried(const struct mock *mocks, size_t nr, u32 cmd)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (mocks[i].cmd == cmd)
			return true;
	return false;
}

static bool always_has_a_descriptor(const struct pvdrm_ioctl_entry *entry)
{
	switch (entry->cmd) {
	case DRM_IOCTL_PRIME_HANDLE_TO_FD:
	case DRM_IOCTL_PRIME_FD_TO_HANDLE:
	case DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD:
	case DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE:
	case DRM_IOCTL_SYNCOBJ_EVENTFD:
		return true;
	default:
		return false;
	}
}

static void every_ioctl_is_tried(void **state)
{
	size_t t, i;

	for (t = 0; t < ARRAY_SIZE(tried); t++) {
		const struct pvdrm_driver_table *drv = tried[t].drv;

		for (i = 0; i < drv->nr; i++) {
			const struct pvdrm_ioctl_entry *e = &drv->ioctls[i];

			if (e->flags & XENDRM_IOCTL_LOCAL ||
			    always_has_a_descriptor(e))
				continue;
			if (!is_tried(tried[t].mocks, *tried[t].nr, e->cmd))
				fail_msg("%s: not tried", e->name);
		}
	}
}

static long carry_bytes(const struct pvdrm_table *table, u32 cmd,
			const void *arg, size_t len, mock_ioctl func)
{
	return carry(table, cmd, space_put(&program, arg, len), cmd, func);
}

/* Both drivers' functions: a number in, a number out if all goes well */
static long mock_export(struct space *s, void *data)
{
	struct drm_syncobj_handle *arg = data;

	if (!arg->handle)
		return -ENOENT;
	arg->fd = 33;
	return 0;
}

static long mock_import(struct space *s, void *data)
{
	struct drm_syncobj_handle *arg = data;

	return arg->fd < 0 ? -EINVAL : 0;
}

static long mock_execute(struct space *s, void *data)
{
	struct drm_virtgpu_execbuffer *arg = data;

	if (arg->flags & VIRTGPU_EXECBUF_FENCE_FD_IN && arg->fence_fd < 0)
		return -EINVAL;
	if (arg->flags & VIRTGPU_EXECBUF_FENCE_FD_OUT)
		arg->fence_fd = 44;
	return 0;
}

static long compare(const struct pvdrm_table *table, u32 cmd, const void *arg,
		    size_t len, mock_ioctl func)
{
	return carry_compare(table, cmd, space_put(&program, arg, len), cmd,
			     func);
}

static long mock_eventfd(struct space *s, void *data)
{
	struct drm_syncobj_eventfd *arg = data;

	return arg->fd < 0 ? -EBADF : 0;
}

static void descriptors_cross(void **state)
{
	const struct pvdrm_table *table;
	struct drm_syncobj_handle handle = { 0 };
	struct drm_syncobj_eventfd event = { 0 };
	struct drm_prime_handle prime = { 0 };
	struct drm_virtgpu_execbuffer exec;
	s32 fd;

	space_reset();
	table = carry_table(&pvdrm_virtio_gpu_table);
	/* Kinds that are not known yet, too */
	for (; handle.flags < 9; handle.flags++) {
		for (fd = -1; fd < 2; fd++) {
			handle.fd = fd;
			handle.handle = fd + 1;
			compare(table, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &handle,
				sizeof(handle), mock_export);
			compare(table, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &handle,
				sizeof(handle), mock_import);
		}
	}
	for (fd = -1; fd < 2; fd++) {
		event.fd = fd;
		prime.fd = fd;
		prime.handle = fd + 1;
		compare(table, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime,
			sizeof(prime), mock_export);
		compare(table, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime,
			sizeof(prime), mock_import);
		compare(table, DRM_IOCTL_SYNCOBJ_EVENTFD, &event,
			sizeof(event), mock_eventfd);
	}
	memset(&exec, 0, sizeof(exec));
	for (exec.flags = 0; exec.flags <= 3; exec.flags++) {
		for (exec.fence_fd = -1; exec.fence_fd < 2; exec.fence_fd++)
			compare(table, DRM_IOCTL_VIRTGPU_EXECBUFFER, &exec,
				sizeof(exec), mock_execute);
	}
}

static long mock_etnaviv(struct space *s, void *data)
{
	struct drm_etnaviv_gem_submit *arg = data;

	if (arg->flags & ETNA_SUBMIT_FENCE_FD_IN && arg->fence_fd < 0)
		return -EINVAL;
	/* Without OUT, there is none */
	arg->fence_fd = arg->flags & ETNA_SUBMIT_FENCE_FD_OUT ? 44 : -1;
	arg->fence = 5;
	return 0;
}

static void etnaviv_descriptors_cross(void **state)
{
	struct drm_etnaviv_gem_submit arg = { 0 };
	const struct pvdrm_table *table;

	space_reset();
	table = carry_table(&pvdrm_etnaviv_table);
	for (arg.flags = 0; arg.flags <= ETNA_SUBMIT_FLAGS; arg.flags++)
		for (arg.fence_fd = -1; arg.fence_fd < 2; arg.fence_fd++)
			compare(table, DRM_IOCTL_ETNAVIV_GEM_SUBMIT, &arg,
				sizeof(arg), mock_etnaviv);
}

/* As long as a command buffer may be, and a byte more */
static void largest_command(void **state)
{
	static u8 command[XENDRM_MAX_ARG + 1];
	struct drm_virtgpu_execbuffer arg = { .size = XENDRM_MAX_ARG };
	u32 cmd = DRM_IOCTL_VIRTGPU_EXECBUFFER;
	const struct mock *mock = virtio_gpu_mocks;
	const struct pvdrm_table *table;

	while (mock->cmd != cmd)
		mock++;
	space_reset();
	table = carry_table(&pvdrm_virtio_gpu_table);
	test_random_fill(command, sizeof(command));
	arg.command = space_put(&program, command, sizeof(command));
	arg.bo_handles = arg.command;
	arg.num_bo_handles = 1000;
	carry_compare(table, cmd, space_put(&program, &arg, sizeof(arg)), cmd,
		      mock->func);
	assert_true(carried_req_len > XENDRM_MAX_ARG + 4000);
	arg.size++;
	assert_int_equal(carry_bytes(table, cmd, &arg, sizeof(arg), NULL),
			 -E2BIG);
}

int main(void)
{
	const struct unit_case tests[] = {
		cmocka_unit_test(all_ioctls),
		cmocka_unit_test(nouveau_nvif),
		cmocka_unit_test(every_ioctl_is_tried),
		cmocka_unit_test(descriptors_cross),
		cmocka_unit_test(etnaviv_descriptors_cross),
		cmocka_unit_test(largest_command),
	};
	int failed = cmocka_run_group_tests_name("ioctls", tests, NULL, NULL);

	pvdrm_plan_free(&carried);
	return failed;
}
